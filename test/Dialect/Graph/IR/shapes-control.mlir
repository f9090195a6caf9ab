// RUN: graph-opt %s -canonicalize -split-input-file | FileCheck %s
// What is known of shapes through conditionals and loops: checks fold by it.

// A size that all branches agree on is that of the result.
// CHECK-LABEL: graph.func @branches
// CHECK-NOT:   check_broadcast
// CHECK:       graph.return
graph.func @branches(%go: tensor<i1>, %x: tensor<?xf32>) -> tensor<?xf32> {
  %r = graph.if %go -> (tensor<?xf32>) {
    %e = graph.exp %x : tensor<?xf32>
    graph.yield %e : tensor<?xf32>
  } else {
    graph.yield %x : tensor<?xf32>
  }
  %c, %t = graph.check_broadcast %r, %x : tensor<?xf32>, tensor<?xf32>
  %s = graph.add %c, %x : tensor<?xf32>
  graph.return %s after(%t) : tensor<?xf32>
}

// -----

// CHECK-LABEL: graph.func @branches_differ
// CHECK:       graph.check_broadcast
graph.func @branches_differ(%go: tensor<i1>, %x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %r = graph.if %go -> (tensor<?xf32>) {
    %e = graph.exp %y : tensor<?xf32>
    graph.yield %e : tensor<?xf32>
  } else {
    graph.yield %x : tensor<?xf32>
  }
  %c, %t = graph.check_broadcast %r, %x : tensor<?xf32>, tensor<?xf32>
  %s = graph.add %c, %x : tensor<?xf32>
  graph.return %s after(%t) : tensor<?xf32>
}

// -----

// Elements that all branches agree on are known.
// CHECK-LABEL: graph.func @elements
// CHECK:       graph.slice {{.*}} -> tensor<2x?xf32>
graph.func @elements(%index: tensor<i32>, %x: tensor<4x4xf32>, %n: tensor<i32>) -> tensor<2x?xf32> {
  %size = graph.case %index -> (tensor<2xi32>) {
    %a = graph.constant dense<[2, 3]> : tensor<2xi32>
    graph.yield %a : tensor<2xi32>
  } {
    %b = graph.constant dense<[2, 1]> : tensor<2xi32>
    graph.yield %b : tensor<2xi32>
  }
  %begin = graph.constant dense<0> : tensor<2xi32>
  %y = graph.slice %x, %begin, %size : (tensor<4x4xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<2x?xf32>
  graph.return %y : tensor<2x?xf32>
}

// -----

// A size that every iteration keeps is the first one, in the loop and after it.
// CHECK-LABEL: graph.func @kept
// CHECK-NOT:   check_broadcast
// CHECK:       graph.return
graph.func @kept(%go: tensor<i1>, %x: tensor<?xf32>) -> tensor<?xf32> {
  %r = graph.while (%a = %x) : (tensor<?xf32>) {
    graph.condition %go
  } do {
    %c, %t = graph.check_broadcast %a, %x : tensor<?xf32>, tensor<?xf32>
    %s = graph.add %c, %x : tensor<?xf32>
    %e = graph.exp %s : tensor<?xf32>
    graph.yield %e after(%t) : tensor<?xf32>
  }
  %c, %t = graph.check_broadcast %r, %x : tensor<?xf32>, tensor<?xf32>
  %s = graph.add %c, %x : tensor<?xf32>
  graph.return %s after(%t) : tensor<?xf32>
}

// -----

// One that changes is not looked through, nor are two that change places.
// CHECK-LABEL: graph.func @changes
// CHECK:       graph.check_dims
// CHECK:       graph.check_dims
// CHECK:       graph.check_dims
graph.func @changes(%go: tensor<i1>, %x: tensor<?xf32>, %y: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %twice = graph.constant dense<2> : tensor<1xi32>
  %r:3 = graph.while (%a = %x, %b = %x, %c = %y) : (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) {
    graph.condition %go
  } do {
    %d = graph.tile %a, %twice : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>
    graph.yield %d, %c, %b : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
  }
  %0, %t0 = graph.check_dims %r#0, %x {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<?xf32>, tensor<?xf32>
  %1, %t1 = graph.check_dims %r#1, %x {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<?xf32>, tensor<?xf32>
  %2, %t2 = graph.check_dims %r#2, %y {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<?xf32>, tensor<?xf32>
  graph.return %0, %1, %2 after(%t0, %t1, %t2) : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
}
