// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// TensorFlow's words; one pass over the elements finds NaN and infinities.
// CHECK-LABEL: func.func @numerics
// CHECK:       linalg.generic
// CHECK:         arith.cmpf uno
// CHECK:         arith.ori
// CHECK:       step.assert %{{.*}}, ["bad : Tensor had Inf and NaN values"] {status = 3 : i32}
// CHECK:       step.assert %{{.*}}, ["bad : Tensor had Inf values"] {status = 3 : i32}
// CHECK:       step.assert %{{.*}}, ["bad : Tensor had NaN values"] {status = 3 : i32}
// CHECK:       return %arg0
graph.func @numerics(%x: tensor<?xf32>) -> tensor<?xf32> attributes {linear} {
  %0 = graph.check_numerics %x {message = "bad"} : tensor<?xf32>
  graph.return %0 : tensor<?xf32>
}

// -----

// The greatest index, read as unsigned, tells of negative ones as well.
// CHECK-LABEL: func.func @index
// CHECK:         arith.maxui
// CHECK:       arith.cmpi ult
// CHECK:       step.assert %{{.*}}, ["index ", 0, " is outside [0, ", 1, ")"]
// CHECK-SAME:    {status = 1 : i32}
// CHECK:       return %arg0
graph.func @index(%i: tensor<?xi32>, %x: tensor<?x4xf32>) -> tensor<?xi32> attributes {linear} {
  %0 = graph.check_index %i, %x {axis = 0 : i64} : tensor<?xi32>, tensor<?x4xf32>
  graph.return %0 : tensor<?xi32>
}

// -----

// CHECK-LABEL: func.func @nonzero
// CHECK:         arith.cmpi ne
// CHECK:         arith.andi
// CHECK:       step.assert %{{.*}}, ["integer division by zero"] {status = 1 : i32}
graph.func @nonzero(%x: tensor<?xi32>) -> tensor<?xi32> attributes {linear} {
  %0 = graph.check_nonzero %x : tensor<?xi32>
  graph.return %0 : tensor<?xi32>
}

// -----

// CHECK-LABEL: func.func @broadcast
// CHECK-DAG:   %[[X:.*]] = tensor.dim %arg0
// CHECK-DAG:   %[[Y:.*]] = tensor.dim %arg1
// CHECK:       arith.cmpi eq, %[[Y]], %[[X]]
// CHECK:       step.assert %{{.*}}, ["dimensions of size ", 0, " and ", 1, " do not broadcast together"]
// CHECK-NOT:   step.assert
graph.func @broadcast(%x: tensor<?x4xf32>, %y: tensor<?x1xf32>) -> tensor<?x4xf32> attributes {linear} {
  %0 = graph.check_broadcast %x, %y : tensor<?x4xf32>, tensor<?x1xf32>
  graph.return %0 : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: func.func @dims
// CHECK:       step.assert %{{.*}}, ["expects equal sizes, but dimension 1 of one operand has size ", 0, " and dimension 0 of the other has size ", 1]
graph.func @dims(%x: tensor<2x?xf32>, %y: tensor<?x3xf32>) -> tensor<2x?xf32> attributes {linear} {
  %0 = graph.check_dims %x, %y {lhs_dims = array<i64: 1>, rhs_dims = array<i64: 0>} : tensor<2x?xf32>, tensor<?x3xf32>
  graph.return %0 : tensor<2x?xf32>
}

// -----

// CHECK-LABEL: func.func @reshape
// CHECK:       arith.remsi
// CHECK:       step.assert %{{.*}}, ["a tensor of ", 0, " elements cannot take the shape [", 1, ", ", 2, "]"]
graph.func @reshape(%shape: tensor<2xi32>, %x: tensor<?xf32>) -> tensor<2xi32> attributes {linear} {
  %0 = graph.check_reshape %shape, %x : tensor<2xi32>, tensor<?xf32>
  graph.return %0 : tensor<2xi32>
}

// -----

// CHECK-LABEL: func.func @squeeze
// CHECK:       step.assert %{{.*}}, ["dimension 0 to be dropped has size ", 0, " instead of 1"]
graph.func @squeeze(%x: tensor<?x4xf32>) -> tensor<?x4xf32> attributes {linear} {
  %0 = graph.check_squeeze %x {axes = array<i64: 0>} : tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: func.func @split
// CHECK:       %[[REST:.*]] = arith.remsi %{{.*}}, %c2
// CHECK:       arith.cmpi eq, %[[REST]], %c0
// CHECK:       step.assert %{{.*}}, ["dimension 0 of size ", 0, " cannot be split into 2 equal parts"]
graph.func @split(%x: tensor<?xf32>) -> tensor<?xf32> attributes {linear} {
  %0 = graph.check_split %x {axis = 0 : i64, num = 2 : i64} : tensor<?xf32>
  graph.return %0 : tensor<?xf32>
}
