// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// Without a stride the gradient is a convolution with the filter backwards.
// CHECK-DAG:   #[[G:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1 + d3 * 2, d4)>
// CHECK-DAG:   #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d3, d4, d2)>
// CHECK-DAG:   #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2)>
// CHECK-LABEL: func.func @stride_1
// CHECK-DAG:   %[[TWO:.*]] = arith.constant 2 : index
// CHECK:       %[[G3:.*]] = tensor.insert_slice %arg1 into %{{.*}}[0, 4, 0] [%{{.*}}, 4, 6] [1, 1, 1] : tensor<?x4x6xf32> into tensor<?x12x6xf32>
// CHECK:       %[[W3:.*]] = linalg.generic
// CHECK-SAME:    outs(%{{.*}} : tensor<3x6x4xf32>)
// CHECK:         %[[TAP:.*]] = arith.subi %[[TWO]], %{{.*}} : index
// CHECK:         tensor.extract %arg0[%[[TAP]], %{{.*}}, %{{.*}}] : tensor<3x4x6xf32>
// CHECK:       linalg.generic {indexing_maps = [#[[G]], #[[W]], #[[X]]], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
// CHECK-SAME:    ins(%[[G3]], %[[W3]] : tensor<?x12x6xf32>, tensor<3x6x4xf32>) outs(%{{.*}} : tensor<?x8x4xf32>)
graph.func @stride_1(%w: tensor<3x4x6xf32>, %y: tensor<?x4x6xf32>) -> tensor<?x8x4xf32> attributes {linear} {
  %sizes = graph.constant dense<8> : tensor<1xi32>
  %0 = graph.conv_input_grad %w, %y, %sizes {dilations = array<i64: 2>} : (tensor<3x4x6xf32>, tensor<?x4x6xf32>, tensor<1xi32>) -> tensor<?x8x4xf32>
  graph.return %0 : tensor<?x8x4xf32>
}

// -----

// With a stride, input and filter are cut into blocks of that size. Four taps
// are two full blocks of two.
// CHECK-DAG:   #[[G:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 + d4, d5)>
// CHECK-DAG:   #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5, d2, d3)>
// CHECK-DAG:   #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @stride_2
// CHECK-NOT:     arith.select
// CHECK:       %[[BLOCKS:.*]] = linalg.generic {indexing_maps = [#[[G]], #[[W]], #[[X]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
// CHECK-SAME:    ins(%{{.*}}, %{{.*}} : tensor<2x6x6xf32>, tensor<2x6x2x4xf32>) outs(%{{.*}} : tensor<2x5x2x4xf32>)
// CHECK:       tensor.collapse_shape %[[BLOCKS]] {{.*}} : tensor<2x5x2x4xf32> into tensor<2x10x4xf32>
graph.func @stride_2(%w: tensor<4x4x6xf32>, %y: tensor<2x4x6xf32>) -> tensor<2x10x4xf32> attributes {linear} {
  %sizes = graph.constant dense<10> : tensor<1xi32>
  %0 = graph.conv_input_grad %w, %y, %sizes {strides = array<i64: 2>} : (tensor<4x4x6xf32>, tensor<2x4x6xf32>, tensor<1xi32>) -> tensor<2x10x4xf32>
  graph.return %0 : tensor<2x10x4xf32>
}

// -----

// A block that is not full has zeros; places before the input's first are cut
// off.
// CHECK-LABEL: func.func @partial_block
// CHECK:         arith.cmpi slt
// CHECK:         arith.select %{{.*}}, %{{.*}}, %{{.*}} : f32
// CHECK:       %[[ALL:.*]] = tensor.collapse_shape
// CHECK:       linalg.generic
// CHECK:         tensor.extract %[[ALL]]
graph.func @partial_block(%w: tensor<3x4x6xf32>, %y: tensor<2x5x6xf32>) -> tensor<2x9x4xf32> attributes {linear} {
  %sizes = graph.constant dense<9> : tensor<1xi32>
  %0 = graph.conv_input_grad %w, %y, %sizes {strides = array<i64: 2>, same_padding} : (tensor<3x4x6xf32>, tensor<2x5x6xf32>, tensor<1xi32>) -> tensor<2x9x4xf32>
  graph.return %0 : tensor<2x9x4xf32>
}

// -----

// Phases that no tap meets are 0 and cost nothing.
// CHECK-LABEL: func.func @pointwise
// CHECK:       %[[BLOCKS:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<2x4x1x4xf32>)
// CHECK:       linalg.fill
// CHECK:       tensor.insert_slice %[[BLOCKS]] into %{{.*}} : tensor<2x4x1x4xf32> into tensor<2x4x3x4xf32>
graph.func @pointwise(%w: tensor<1x4x6xf32>, %y: tensor<2x4x6xf32>) -> tensor<2x12x4xf32> attributes {linear} {
  %sizes = graph.constant dense<12> : tensor<1xi32>
  %0 = graph.conv_input_grad %w, %y, %sizes {strides = array<i64: 3>} : (tensor<1x4x6xf32>, tensor<2x4x6xf32>, tensor<1xi32>) -> tensor<2x12x4xf32>
  graph.return %0 : tensor<2x12x4xf32>
}

// -----

// Of a padding as wide as the window, whole windows lie in it: their gradients
// go nowhere.
// CHECK-LABEL: func.func @wide_padding
// CHECK:       linalg.generic {{.*}} outs(%{{.*}} : tensor<2x10x6xf32>)
// CHECK:         tensor.extract %arg1
graph.func @wide_padding(%w: tensor<3x4x6xf32>, %y: tensor<2x14x6xf32>) -> tensor<2x8x4xf32> attributes {linear} {
  %sizes = graph.constant dense<8> : tensor<1xi32>
  %0 = graph.conv_input_grad %w, %y, %sizes {padding = array<i64: 4, 4>} : (tensor<3x4x6xf32>, tensor<2x14x6xf32>, tensor<1xi32>) -> tensor<2x8x4xf32>
  graph.return %0 : tensor<2x8x4xf32>
}
