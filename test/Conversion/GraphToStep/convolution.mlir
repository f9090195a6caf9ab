// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// Windows are in the input's map; nothing is padded that needs no padding.
// CHECK-DAG:   #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 + d5 * 3, d6)>
// CHECK-DAG:   #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// CHECK-DAG:   #[[Y:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @valid
// CHECK-NOT:   tensor.insert_slice
// CHECK:       linalg.generic {indexing_maps = [#[[X]], #[[W]], #[[Y]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
// CHECK-SAME:    ins(%arg0, %arg1 : tensor<?x9x9x4xf32>, tensor<3x3x4x6xf32>) outs(%{{.*}} : tensor<?x4x3x6xf32>)
graph.func @valid(%x: tensor<?x9x9x4xf32>, %w: tensor<3x3x4x6xf32>) -> tensor<?x4x3x6xf32> attributes {linear} {
  %0 = graph.conv %x, %w {strides = array<i64: 2, 1>, dilations = array<i64: 1, 3>} : (tensor<?x9x9x4xf32>, tensor<3x3x4x6xf32>) -> tensor<?x4x3x6xf32>
  graph.return %0 : tensor<?x4x3x6xf32>
}

// -----

// Windows at every place reach beyond any input by the same; with a stride
// the padding depends on the size.
// CHECK-LABEL: func.func @open
// CHECK-DAG:   %[[ONE:.*]] = arith.constant 1 : index
// CHECK:       %[[OUT:.*]] = arith.divsi
// CHECK:       %[[PADDING:.*]] = arith.maxsi
// CHECK:       %[[BEFORE:.*]] = arith.divsi %[[PADDING]]
// CHECK:       tensor.insert_slice %arg0 into %{{.*}}[0, %[[BEFORE]], 1, 0]
// CHECK:       linalg.generic
// CHECK-SAME:    outs(%{{.*}} : tensor<2x?x?x6xf32>)
graph.func @open(%x: tensor<2x?x?x4xf32>, %w: tensor<3x3x4x6xf32>) -> tensor<2x?x?x6xf32> attributes {linear} {
  %0 = graph.conv %x, %w {strides = array<i64: 2, 1>, same_padding} : (tensor<2x?x?x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x?x?x6xf32>
  graph.return %0 : tensor<2x?x?x6xf32>
}

// -----

// Groups are a loop of their own: here, of single channels.
// CHECK-DAG:   #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 + d4, d2, d5)>
// CHECK-DAG:   #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5, d2, d3)>
// CHECK-DAG:   #[[Y:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @depthwise
// CHECK:       %[[X4:.*]] = tensor.expand_shape %{{.*}} : tensor<2x9x4xf32> into tensor<2x9x4x1xf32>
// CHECK:       %[[W4:.*]] = tensor.expand_shape %arg1 {{.*}} : tensor<3x1x8xf32> into tensor<3x1x4x2xf32>
// CHECK:       %[[SUM:.*]] = linalg.generic {indexing_maps = [#[[X]], #[[W]], #[[Y]]]
// CHECK-SAME:    ins(%[[X4]], %[[W4]]
// CHECK:       tensor.collapse_shape %[[SUM]] {{.*}} : tensor<2x7x4x2xf32> into tensor<2x7x8xf32>
graph.func @depthwise(%x: tensor<2x9x4xf32>, %w: tensor<3x1x8xf32>) -> tensor<2x7x8xf32> attributes {linear} {
  %0 = graph.conv %x, %w {groups = 4 : i64} : (tensor<2x9x4xf32>, tensor<3x1x8xf32>) -> tensor<2x7x8xf32>
  graph.return %0 : tensor<2x7x8xf32>
}

// -----

// Halves are added in f32 and rounded once.
// CHECK-LABEL: func.func @narrow
// CHECK:       linalg.generic
// CHECK-SAME:    outs(%{{.*}} : tensor<2x7x8xf32>)
// CHECK:         arith.extf
// CHECK:         arith.extf
// CHECK:         arith.addf %{{.*}} : f32
// CHECK:         arith.truncf %{{.*}} : f32 to f16
graph.func @narrow(%x: tensor<2x9x4xf16>, %w: tensor<3x4x8xf16>) -> tensor<2x7x8xf16> attributes {linear} {
  %0 = graph.conv %x, %w : (tensor<2x9x4xf16>, tensor<3x4x8xf16>) -> tensor<2x7x8xf16>
  graph.return %0 : tensor<2x7x8xf16>
}

// -----

// The taps are what is computed, batch and places what is added up.
// CHECK-DAG:   #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5 * 2 + d0, d6 * 2 + d1, d2)>
// CHECK-DAG:   #[[G:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// CHECK-DAG:   #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @filter_grad
// CHECK:       %[[X4:.*]] = tensor.insert_slice %arg0 into %{{.*}}[0, 0, 1, 0]
// CHECK:       linalg.generic {indexing_maps = [#[[X]], #[[G]], #[[W]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
// CHECK-SAME:    ins(%[[X4]], %arg1 : tensor<?x9x9x4xf32>, tensor<?x4x4x6xf32>) outs(%{{.*}} : tensor<3x3x4x6xf32>)
graph.func @filter_grad(%x: tensor<?x8x8x4xf32>, %y: tensor<?x4x4x6xf32>) -> tensor<3x3x4x6xf32> attributes {linear} {
  %sizes = graph.constant dense<3> : tensor<2xi32>
  %0 = graph.conv_filter_grad %x, %y, %sizes {strides = array<i64: 2, 2>, padding = array<i64: 0, 1, 1, 0>} : (tensor<?x8x8x4xf32>, tensor<?x4x4x6xf32>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return %0 : tensor<3x3x4x6xf32>
}
