// RUN: graph-opt %s -convert-graph-to-step -canonicalize | FileCheck %s

// A norm that was not written out before a function became linear is here.
// CHECK-LABEL: func.func @norm
// CHECK:       linalg.generic
// CHECK:       math.rsqrt
// CHECK-NOT:   graph.
graph.func @norm(%x: tensor<?x4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf32> attributes {linear} {
  %y = graph.batch_norm %x, %v, %v, %v, %v {axis = 1 : i64, epsilon = 0.125 : f64} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  graph.return %y : tensor<?x4xf32>
}
