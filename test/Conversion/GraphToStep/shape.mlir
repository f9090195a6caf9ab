// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// From a shape by way of a slice and a pack to a reshape: index arithmetic.
// CHECK-LABEL: func.func @computed_shape
// CHECK-NOT:   linalg
// CHECK:       tensor.expand_shape %arg0
// CHECK-NOT:   linalg
// CHECK:       return
graph.func @computed_shape(%x: tensor<?x6xf32>) -> tensor<?x2x3xf32> attributes {linear} {
  %shape = graph.shape %x : tensor<?x6xf32> to tensor<2xi32>
  %zero = graph.constant dense<0> : tensor<1xi32>
  %one = graph.constant dense<1> : tensor<1xi32>
  %batch = graph.strided_slice %shape, %zero, %one, %one {shrink_axis_mask = 1 : i64} : (tensor<2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<i32>
  %first = graph.expand_dims %batch {axes = array<i64: 0>} : (tensor<i32>) -> tensor<1xi32>
  %rest = graph.constant dense<[2, 3]> : tensor<2xi32>
  %packed = graph.concat %first, %rest {axis = 0 : i64} : (tensor<1xi32>, tensor<2xi32>) -> tensor<3xi32>
  %0 = graph.reshape %x, %packed : (tensor<?x6xf32>, tensor<3xi32>) -> tensor<?x2x3xf32>
  graph.return %0 : tensor<?x2x3xf32>
}

// -----

// One open dim on each side: the types show which dims join.
// CHECK-LABEL: func.func @join_dims
// CHECK:       tensor.collapse_shape %arg0 {{\[}}[0], [1, 2]] : tensor<?x2x3xf32> into tensor<?x6xf32>
graph.func @join_dims(%x: tensor<?x2x3xf32>) -> tensor<?x6xf32> attributes {linear} {
  %shape = graph.constant dense<[-1, 6]> : tensor<2xi32>
  %0 = graph.reshape %x, %shape : (tensor<?x2x3xf32>, tensor<2xi32>) -> tensor<?x6xf32>
  graph.return %0 : tensor<?x6xf32>
}

// -----

// In general by way of a vector. The -1 is what the other sizes leave.
// CHECK-LABEL: func.func @inferred_size
// CHECK-DAG:   %[[D0:.*]] = tensor.dim %arg0, %c0
// CHECK-DAG:   %[[D1:.*]] = tensor.dim %arg0, %c1
// CHECK:       %[[N:.*]] = arith.muli %[[D0]], %[[D1]]
// CHECK:       %[[SIZE:.*]] = arith.muli %[[N]], %c2
// CHECK:       tensor.expand_shape %{{.*}} {{\[}}[0, 1]] output_shape [%[[SIZE]], 4]
graph.func @inferred_size(%x: tensor<?x?x8xf32>) -> tensor<?x4xf32> attributes {linear} {
  %shape = graph.constant dense<[-1, 4]> : tensor<2xi32>
  %0 = graph.reshape %x, %shape : (tensor<?x?x8xf32>, tensor<2xi32>) -> tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: func.func @units
// CHECK:       tensor.expand_shape %arg0 {{\[}}[0, 1], [2, 3]] output_shape [1, %{{.*}}, 4, 1]
// CHECK:       tensor.collapse_shape %{{.*}} {{\[}}[0, 1, 2]] : tensor<1x4x1xf32> into tensor<4xf32>
graph.func @units(%x: tensor<?x4xf32>, %y: tensor<?x4x1xf32>) -> (tensor<1x?x4x1xf32>, tensor<4xf32>) attributes {linear} {
  %0 = graph.expand_dims %x {axes = array<i64: 0, 3>} : (tensor<?x4xf32>) -> tensor<1x?x4x1xf32>
  %1 = graph.squeeze %y {axes = array<i64: 0, 2>} : (tensor<?x4x1xf32>) -> tensor<4xf32>
  graph.return %0, %1 : tensor<1x?x4x1xf32>, tensor<4xf32>
}

// -----

// CHECK:       #[[MAP:.*]] = affine_map<(d0, d1, d2) -> (d1, d2, d0)>
// CHECK-LABEL: func.func @transpose
// CHECK:       linalg.generic {indexing_maps = [#[[MAP]], #{{.*}}]
graph.func @transpose(%x: tensor<?x4x5xf32>) -> tensor<5x?x4xf32> attributes {linear} {
  %0 = graph.transpose %x {permutation = array<i64: 2, 0, 1>} : (tensor<?x4x5xf32>) -> tensor<5x?x4xf32>
  graph.return %0 : tensor<5x?x4xf32>
}

// -----

// Each input is written into its place of one new tensor.
// CHECK-LABEL: func.func @concat
// CHECK:       %[[DIM:.*]] = tensor.dim %arg0, %c0
// CHECK:       %[[SIZE:.*]] = arith.addi %[[DIM]], %c2
// CHECK:       %[[NEW:.*]] = tensor.empty(%[[SIZE]])
// CHECK:       %[[ONE:.*]] = tensor.insert_slice %arg0 into %[[NEW]][0, 0] [%[[DIM]], 4] [1, 1]
// CHECK:       tensor.insert_slice %arg1 into %[[ONE]][%[[DIM]], 0] [2, 4] [1, 1]
graph.func @concat(%x: tensor<?x4xf32>, %y: tensor<2x4xf32>) -> tensor<?x4xf32> attributes {linear} {
  %0 = graph.concat %x, %y {axis = 0 : i64} : (tensor<?x4xf32>, tensor<2x4xf32>) -> tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: func.func @split
// CHECK:         %[[I:.*]] = linalg.index 0
// CHECK:         tensor.extract %arg0[%[[I]], %{{.*}}]
// CHECK:         %[[J:.*]] = linalg.index 0
// CHECK:         %[[K:.*]] = arith.addi %[[J]], %c2
// CHECK:         tensor.extract %arg0[%[[K]], %{{.*}}]
graph.func @split(%x: tensor<4x?xf32>) -> (tensor<2x?xf32>, tensor<2x?xf32>) attributes {linear} {
  %0, %1 = graph.split %x {axis = 0 : i64, num = 2 : i64} : (tensor<4x?xf32>) -> (tensor<2x?xf32>, tensor<2x?xf32>)
  graph.return %0, %1 : tensor<2x?xf32>, tensor<2x?xf32>
}

// -----

// CHECK-LABEL: func.func @size
// CHECK:       %[[N:.*]] = arith.muli
// CHECK:       arith.index_cast %[[N]] : index to i64
graph.func @size(%x: tensor<?x4xf32>) -> tensor<i64> attributes {linear} {
  %0 = graph.size %x : tensor<?x4xf32> to tensor<i64>
  graph.return %0 : tensor<i64>
}
