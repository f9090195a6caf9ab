// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Normalization is parsed and printed.

// CHECK-LABEL: graph.func @batch_norm
graph.func @batch_norm(%x: tensor<?x8x8x4xf16>, %y: tensor<?x?x7xf64>, %v: tensor<4xf32>, %w: tensor<?xf64>, %one: tensor<f64>) -> (tensor<?x8x8x4xf16>, tensor<?x?x7xf64>) {
  // CHECK: graph.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {axis = 3 : i64, epsilon = 1.000000e-03 : f64} : (tensor<?x8x8x4xf16>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x8x8x4xf16>
  %0 = graph.batch_norm %x, %v, %v, %v, %v {axis = 3 : i64, epsilon = 1.0e-3 : f64} : (tensor<?x8x8x4xf16>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x8x8x4xf16>
  // Scalars hold for all channels.
  // CHECK: graph.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64, epsilon = 0.000000e+00 : f64} : (tensor<?x?x7xf64>, tensor<f64>, tensor<?xf64>, tensor<?xf64>, tensor<f64>) -> tensor<?x?x7xf64>
  %1 = graph.batch_norm %y, %one, %w, %w, %one {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x?x7xf64>, tensor<f64>, tensor<?xf64>, tensor<?xf64>, tensor<f64>) -> tensor<?x?x7xf64>
  graph.return %0, %1 : tensor<?x8x8x4xf16>, tensor<?x?x7xf64>
}
