// RUN: graph-opt %s -graph-hoist-invariants | FileCheck %s

graph.variable @v : tensor<f32>

// What depends on nothing of the loop is computed before it, operands first or
// not. Effects stay, and what needs them.
// CHECK-LABEL: graph.func @invariants
// CHECK-NEXT:  graph.neg %{{.*}} : tensor<i32>
// CHECK-NEXT:  %[[Y:.*]] = graph.exp
// CHECK-NEXT:  %[[Z:.*]] = graph.neg %[[Y]] : tensor<f32>
// CHECK-NEXT:  %{{.*}} = graph.while (%[[I:[a-z0-9]*]] =
// CHECK-NEXT:    graph.compare
// CHECK-NEXT:    graph.condition
// CHECK-NEXT:  } do {
// CHECK-NEXT:    %[[A:.*]], %{{.*}} = graph.read @v
// CHECK-NEXT:    %[[B:.*]] = graph.mul %[[A]], %[[Z]]
// CHECK-NEXT:    %[[C:.*]], %{{.*}} = graph.check_nonzero
// CHECK-NEXT:    %[[D:.*]] = graph.trunc_div %[[I]], %[[C]]
// CHECK-NEXT:    graph.yield %[[D]], %[[B]]
graph.func @invariants(%n: tensor<i32>, %x: tensor<f32>) -> tensor<f32> {
  %r:2, %t = graph.while (%i = %n, %w = %x) : (tensor<i32>, tensor<f32>) {
    %m = graph.neg %n : tensor<i32>
    %c = graph.compare LT %i, %m : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %a, %u = graph.read @v : tensor<f32>
    %b = graph.mul %a, %z : tensor<f32>
    %z = graph.neg %y : tensor<f32>
    %y = graph.exp %x : tensor<f32>
    %d, %p = graph.check_nonzero %n : tensor<i32>
    %e = graph.trunc_div %i, %d : tensor<i32>
    graph.yield %e, %b after(%u, %p) : tensor<i32>, tensor<f32>
  }
  graph.return %r#1 after(%t) : tensor<f32>
}

// Out of as many loops as do not matter, but not out of a branch.
// CHECK-LABEL: graph.func @nested
// CHECK-NEXT:  graph.exp
// CHECK-NEXT:  graph.while
// CHECK:       } do {
// CHECK:         graph.mul
// CHECK:         graph.while
// CHECK:         } do {
// CHECK:           graph.if
// CHECK-NEXT:        graph.log
graph.func @nested(%go: tensor<i1>, %x: tensor<f32>) -> tensor<f32> {
  %r = graph.while (%a = %x) : (tensor<f32>) {
    graph.condition %go
  } do {
    %s = graph.while (%b = %a) : (tensor<f32>) {
      graph.condition %go
    } do {
      %e = graph.exp %x : tensor<f32>
      %f = graph.mul %e, %a : tensor<f32>
      %g = graph.if %go -> (tensor<f32>) {
        %h = graph.log %x : tensor<f32>
        graph.yield %h : tensor<f32>
      } else {
        graph.yield %f : tensor<f32>
      }
      %k = graph.add %b, %g : tensor<f32>
      graph.yield %k : tensor<f32>
    }
    graph.yield %s : tensor<f32>
  }
  graph.return %r : tensor<f32>
}

// A broadcast stays with its users.
// CHECK-LABEL: graph.func @broadcast
// CHECK:       graph.while
// CHECK:         graph.broadcast_to
graph.func @broadcast(%go: tensor<i1>, %x: tensor<f32>, %y: tensor<8xf32>, %shape: tensor<1xi32>) -> tensor<8xf32> {
  %r = graph.while (%a = %y) : (tensor<8xf32>) {
    graph.condition %go
  } do {
    %b = graph.broadcast_to %x, %shape : (tensor<f32>, tensor<1xi32>) -> tensor<8xf32>
    %c = graph.add %a, %b : tensor<8xf32>
    graph.yield %c : tensor<8xf32>
  }
  graph.return %r : tensor<8xf32>
}

// What needs a check of the loop stays behind it: nobody has asked yet whether the
// product may be computed. A constant and what needs nothing else go.
// CHECK-LABEL: graph.func @behind_a_check
// CHECK:       graph.constant
// CHECK:       graph.while
// CHECK:       } do {
// CHECK-NEXT:    %[[C:.*]], %{{.*}} = graph.check_numerics
// CHECK-NEXT:    graph.matmul %[[C]]
// CHECK-NEXT:    graph.add
// CHECK-NEXT:    graph.mul
// CHECK-NEXT:    graph.yield
graph.func @behind_a_check(%go: tensor<i1>, %x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %r, %t = graph.while (%a = %x) : (tensor<4x4xf32>) {
    graph.condition %go
  } do {
    %two = graph.constant dense<2.0> : tensor<f32>
    %c, %u = graph.check_numerics %x {message = "x"} : tensor<4x4xf32>
    %p = graph.matmul %c, %x : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %b = graph.add %a, %p : tensor<4x4xf32>
    %d = graph.mul %b, %two : (tensor<4x4xf32>, tensor<f32>) -> tensor<4x4xf32>
    graph.yield %d after(%u) : tensor<4x4xf32>
  }
  graph.return %r after(%t) : tensor<4x4xf32>
}

// A loop or branch inside stays, however little it needs; so does what it gives.
// CHECK-LABEL: graph.func @regions_stay
// CHECK-NEXT:  %{{.*}} = graph.while
// CHECK:       } do {
// CHECK-NEXT:    %[[I:.*]] = graph.if
// CHECK:         graph.neg %[[I]]
graph.func @regions_stay(%go: tensor<i1>, %x: tensor<f32>) -> tensor<f32> {
  %r = graph.while (%a = %x) : (tensor<f32>) {
    graph.condition %go
  } do {
    %i = graph.if %go -> (tensor<f32>) {
      graph.yield %x : tensor<f32>
    } else {
      graph.yield %x : tensor<f32>
    }
    %n = graph.neg %i : tensor<f32>
    %b = graph.add %a, %n : tensor<f32>
    graph.yield %b : tensor<f32>
  }
  graph.return %r : tensor<f32>
}
