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

// In loops, too, and one select after the other.
// CHECK-LABEL: func.func @choose_in_a_loop(
// CHECK:       scf.while
// CHECK:       } do {
// CHECK-COUNT-2: scf.if %{{.*}} -> (tensor<4xf32>)
// CHECK-NOT:   arith.select
// CHECK:       scf.yield
graph.func @choose_in_a_loop(%go: tensor<i1>, %p: tensor<i1>, %q: tensor<i1>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> attributes {linear} {
  %r = graph.while (%a = %x) : (tensor<4xf32>) {
    graph.condition %go
  } do {
    %b = graph.if %p -> (tensor<4xf32>) {
      graph.yield %a : tensor<4xf32>
    } else {
      graph.yield %y : tensor<4xf32>
    }
    %c = graph.if %q -> (tensor<4xf32>) {
      graph.yield %b : tensor<4xf32>
    } else {
      graph.yield %x : tensor<4xf32>
    }
    graph.yield %c : tensor<4xf32>
  }
  graph.return %r : tensor<4xf32>
}

// A choice of scalars alone needs no branch.
// CHECK-LABEL: func.func @choose_scalars(
// CHECK-NOT:   scf.if
// CHECK:       arith.select %{{.*}}, %{{.*}}, %{{.*}} : f32
// CHECK-NOT:   scf.if
graph.func @choose_scalars(%go: tensor<i1>, %x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> attributes {linear} {
  %p = graph.neg %x : tensor<f32>
  %q = graph.neg %y : tensor<f32>
  %r = graph.if %go -> (tensor<f32>) {
    graph.yield %p : tensor<f32>
  } else {
    graph.yield %q : tensor<f32>
  }
  graph.return %r : tensor<f32>
}
