// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Convolutions and their gradients are parsed and printed.

// CHECK-LABEL: graph.func @image
graph.func @image(%x: tensor<?x32x32x6xf32>, %w: tensor<3x3x2x9xf32>) -> tensor<?x16x16x9xf32> {
  // CHECK: graph.conv %{{.*}}, %{{.*}} {groups = 3 : i64, same_padding, strides = array<i64: 2, 2>} : (tensor<?x32x32x6xf32>, tensor<3x3x2x9xf32>) -> tensor<?x16x16x9xf32>
  %y = graph.conv %x, %w {groups = 3 : i64, same_padding, strides = array<i64: 2, 2>} : (tensor<?x32x32x6xf32>, tensor<3x3x2x9xf32>) -> tensor<?x16x16x9xf32>
  // CHECK: %[[SIZES:.*]] = graph.constant dense<32>
  %sizes = graph.constant dense<32> : tensor<2xi64>
  // CHECK: graph.conv_input_grad %{{.*}}, %{{.*}}, %[[SIZES]] {groups = 3 : i64, same_padding, strides = array<i64: 2, 2>} : (tensor<3x3x2x9xf32>, tensor<?x16x16x9xf32>, tensor<2xi64>) -> tensor<?x32x32x6xf32>
  %dx = graph.conv_input_grad %w, %y, %sizes {groups = 3 : i64, same_padding, strides = array<i64: 2, 2>} : (tensor<3x3x2x9xf32>, tensor<?x16x16x9xf32>, tensor<2xi64>) -> tensor<?x32x32x6xf32>
  %taps = graph.constant dense<3> : tensor<2xi32>
  // CHECK: graph.conv_filter_grad %{{.*}}, %{{.*}}, %{{.*}} {groups = 3 : i64, same_padding, strides = array<i64: 2, 2>} : (tensor<?x32x32x6xf32>, tensor<?x16x16x9xf32>, tensor<2xi32>) -> tensor<3x3x2x9xf32>
  %dw = graph.conv_filter_grad %x, %y, %taps {groups = 3 : i64, same_padding, strides = array<i64: 2, 2>} : (tensor<?x32x32x6xf32>, tensor<?x16x16x9xf32>, tensor<2xi32>) -> tensor<3x3x2x9xf32>
  graph.return %y : tensor<?x16x16x9xf32>
}

// One spatial dim and three of them, every attribute.
// CHECK-LABEL: graph.func @line_and_volume
graph.func @line_and_volume(%x: tensor<2x9x4xi32>, %w: tensor<3x4x5xi32>, %v: tensor<1x?x?x?x2xbf16>, %f: tensor<2x3x3x2x?xbf16>) -> tensor<2x7x5xi32> {
  // CHECK: graph.conv %{{.*}}, %{{.*}} {dilations = array<i64: 2>, padding = array<i64: 2, 0>}
  %0 = graph.conv %x, %w {dilations = array<i64: 2>, padding = array<i64: 2, 0>} : (tensor<2x9x4xi32>, tensor<3x4x5xi32>) -> tensor<2x7x5xi32>
  // CHECK: graph.conv %{{.*}}, %{{.*}} : (tensor<1x?x?x?x2xbf16>, tensor<2x3x3x2x?xbf16>) -> tensor<1x?x?x?x?xbf16>
  %1 = graph.conv %v, %f : (tensor<1x?x?x?x2xbf16>, tensor<2x3x3x2x?xbf16>) -> tensor<1x?x?x?x?xbf16>
  graph.return %0 : tensor<2x7x5xi32>
}
