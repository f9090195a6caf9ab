// RUN: graph-opt %s -convert-graph-to-step -canonicalize -cse | FileCheck %s

// Sizes that a check has found equal are no sizes that broadcast: no operand
// is repeated, and so none is copied.
// CHECK-LABEL: func.func @checked
// CHECK:       step.assert
// CHECK-NOT:   step.assert
// CHECK-NOT:   tensor.extract
// CHECK:       linalg.generic
// CHECK-SAME:    ins(%arg0, %arg1 : tensor<?x3x4xf32>, tensor<?x4x5xf32>)
graph.func @checked(%x: tensor<?x3x4xf32>, %y: tensor<?x4x5xf32>) -> tensor<?x3x5xf32> attributes {linear} {
  %0 = graph.check_dims %x, %y {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<?x3x4xf32>, tensor<?x4x5xf32>
  %1 = graph.matmul %0, %y : (tensor<?x3x4xf32>, tensor<?x4x5xf32>) -> tensor<?x3x5xf32>
  graph.return %1 : tensor<?x3x5xf32>
}
