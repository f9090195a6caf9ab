// RUN: graph-opt %s -convert-graph-to-step -canonicalize -branch-tensor-selects -verify-linalg-stage | FileCheck %s

// A choice between tensors stays a branch, one between scalars becomes a select.
// CHECK-LABEL: func.func @choose(
// CHECK-SAME:  %[[GO:.*]]: tensor<i1>, %[[X:.*]]: tensor<?xf32>, %[[Y:.*]]: tensor<?xf32>, %[[M:.*]]: tensor<i32>, %[[N:.*]]: tensor<i32>)
// CHECK:       %[[C:.*]] = tensor.extract %[[GO]][]
// CHECK:       %[[R:.*]] = scf.if %[[C]] -> (tensor<?xf32>) {
// CHECK-NEXT:    scf.yield %[[X]]
// CHECK-NEXT:  } else {
// CHECK-NEXT:    scf.yield %[[Y]]
// CHECK-NEXT:  }
// CHECK-NEXT:  %[[S:.*]] = arith.select %[[C]], %{{.*}}, %{{.*}} : i32
// CHECK-NEXT:  %[[T:.*]] = tensor.from_elements %[[S]]
// CHECK-NEXT:  return %[[R]], %[[T]]
graph.func @choose(%go: tensor<i1>, %x: tensor<?xf32>, %y: tensor<?xf32>, %m: tensor<i32>, %n: tensor<i32>) -> (tensor<?xf32>, tensor<i32>) attributes {linear} {
  %p = graph.neg %m : tensor<i32>
  %q = graph.neg %n : tensor<i32>
  %r:2 = graph.if %go -> (tensor<?xf32>, tensor<i32>) {
    graph.yield %x, %p : tensor<?xf32>, tensor<i32>
  } else {
    graph.yield %y, %q : tensor<?xf32>, tensor<i32>
  }
  graph.return %r#0, %r#1 : tensor<?xf32>, tensor<i32>
}
