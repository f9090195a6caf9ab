// RUN: graph-opt %s -graph-hoist-reads -canonicalize -split-input-file | FileCheck %s

graph.variable @weights : tensor<4xf32> = dense<1.0> : tensor<4xf32>
graph.variable @state : tensor<4xf32> = dense<0.0> : tensor<4xf32>
graph.variable @late : tensor<f32>
graph.variable @unset : tensor<f32>
graph.func @begin() attributes {initializer} {
  %x = graph.constant dense<1.0> : tensor<f32>
  %t = graph.assign @late, %x : tensor<f32>
  graph.return after(%t)
}

// What the loop does not write is read before it, once and in the loop's
// place; what it writes, and what may not be set, where it stands.
// CHECK-LABEL: graph.func @loop
// CHECK:       %[[T0:.*]] = graph.print ["before"]
// CHECK-DAG:   %[[W:.*]], %[[TW:.*]] = graph.read @weights after(%[[T0]])
// CHECK-DAG:   %[[L:.*]], %[[TL:.*]] = graph.read @late after(%[[T0]])
// CHECK-NOT:   graph.read
// CHECK:       graph.while {{.*}} after(%[[T0]], %[[TW]], %[[TL]])
// CHECK-NOT:     graph.read @weights
// CHECK:         graph.read @unset
// CHECK-NOT:     graph.read @weights
// CHECK:         graph.read @state
// CHECK-NEXT:    graph.add %{{.*}}, %[[W]]
// CHECK-NEXT:    graph.mul %{{.*}}, %[[L]]
// CHECK-NEXT:    graph.add %{{.*}}, %[[W]]
// CHECK-NEXT:    graph.assign @state
graph.func @loop(%go: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %t0 = graph.print ["before"]
  %r, %t = graph.while (%a = %x) after(%t0) : (tensor<4xf32>) {
    %u, %v = graph.read @unset : tensor<f32>
    graph.condition %go after(%v)
  } do {
    %w, %v0 = graph.read @weights : tensor<4xf32>
    %l, %v1 = graph.read @late after(%v0) : tensor<f32>
    %s, %v2 = graph.read @state after(%v1) : tensor<4xf32>
    %b = graph.add %s, %w : tensor<4xf32>
    %c = graph.mul %b, %l : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    %w1, %v3 = graph.read @weights after(%v2) : tensor<4xf32>
    %d = graph.add %c, %w1 : tensor<4xf32>
    %v4 = graph.assign @state, %d after(%v3) : tensor<4xf32>
    graph.yield %d after(%v4) : tensor<4xf32>
  }
  graph.return %r after(%t) : tensor<4xf32>
}

// -----

graph.variable @v : tensor<f32> = dense<1.0> : tensor<f32>

// A write in an inner loop or a branch counts; a read in a branch stays; out of
// all loops that do not write.
// CHECK-LABEL: graph.func @nested
// CHECK-NEXT:  %[[V:.*]], %[[T:.*]] = graph.read @v
// CHECK-NEXT:  graph.while (%{{[a-z0-9]*}} = %{{[a-z0-9]*}}) : (tensor<f32>) {
// CHECK-NOT:     graph.read
// CHECK:       graph.while {{.*}} after(%[[T]])
// CHECK:         graph.read @v
// CHECK:         graph.if
// CHECK:           graph.assign @v
// CHECK:       graph.while
// CHECK:         graph.if
// CHECK-NEXT:      graph.read @v
graph.func @nested(%go: tensor<i1>, %x: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %r, %t = graph.while (%a = %x) : (tensor<f32>) {
    graph.condition %go
  } do {
    %s, %u = graph.while (%b = %a) : (tensor<f32>) {
      graph.condition %go
    } do {
      %v, %w = graph.read @v : tensor<f32>
      %c = graph.add %b, %v : tensor<f32>
      graph.yield %c after(%w) : tensor<f32>
    }
    graph.yield %s after(%u) : tensor<f32>
  }
  %q, %t1 = graph.while (%a = %x) after(%t) : (tensor<f32>) {
    graph.condition %go
  } do {
    %v, %w = graph.read @v : tensor<f32>
    %c = graph.add %a, %v : tensor<f32>
    %w1 = graph.if %go after(%w) {
      %y = graph.assign @v, %c : tensor<f32>
      graph.yield after(%y)
    } else {
      graph.yield
    }
    graph.yield %c after(%w1) : tensor<f32>
  }
  %p, %t2 = graph.while (%a = %x) after(%t1) : (tensor<f32>) {
    graph.condition %go
  } do {
    %c, %w = graph.if %go -> (tensor<f32>) {
      %v, %y = graph.read @v : tensor<f32>
      graph.yield %v after(%y) : tensor<f32>
    } else {
      graph.yield %a : tensor<f32>
    }
    graph.yield %c after(%w) : tensor<f32>
  }
  graph.return %r, %q, %p after(%t2) : tensor<f32>, tensor<f32>, tensor<f32>
}

// -----

graph.variable @v : tensor<2xf32> = dense<1.0> : tensor<2xf32>
graph.variable @w : tensor<2xf32> = dense<1.0> : tensor<2xf32>

// In the condition as in the body, and without tokens where there are none. To ask
// whether a variable is set is no write.
// CHECK-LABEL: graph.func @linear
// CHECK:       %[[V:.*]] = graph.read @v : tensor<2xf32>
// CHECK-NEXT:  graph.while (%{{[^)]*}}) : (tensor<2xf32>) {
// CHECK-NEXT:    graph.reduce sum %[[V]]
// CHECK-NOT:   graph.read
// CHECK:         graph.is_initialized @v
graph.func @linear(%x: tensor<2xf32>) -> tensor<2xf32> attributes {linear} {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %r = graph.while (%a = %x) : (tensor<2xf32>) {
    %v = graph.read @v : tensor<2xf32>
    %s = graph.reduce sum %v {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<f32>
    %c = graph.compare LT %s, %zero : (tensor<f32>, tensor<f32>) -> tensor<i1>
    graph.condition %c
  } do {
    %i = graph.is_initialized @v
    %f = graph.cast %i : tensor<i1> to tensor<f32>
    %b = graph.add %a, %f : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    graph.yield %b : tensor<2xf32>
  }
  graph.return %r : tensor<2xf32>
}

// Each kind of write keeps the read where it is, one in the condition too.
// CHECK-LABEL: graph.func @written
// CHECK-NOT:   graph.read
// CHECK:       graph.while
// CHECK:         graph.assign_sub @v
// CHECK:       } do {
// CHECK:         graph.read @v
// CHECK-NOT:   graph.read
// CHECK:       graph.while
// CHECK:       } do {
// CHECK:         graph.read @w
// CHECK:         graph.assign_add @w
graph.func @written(%go: tensor<i1>, %x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %r, %t = graph.while (%a = %x) : (tensor<2xf32>) {
    %u = graph.assign_sub @v, %x : tensor<2xf32>
    graph.condition %go after(%u)
  } do {
    %v, %u = graph.read @v : tensor<2xf32>
    %b = graph.add %a, %v : tensor<2xf32>
    graph.yield %b after(%u) : tensor<2xf32>
  }
  %q, %t1 = graph.while (%a = %x) after(%t) : (tensor<2xf32>) {
    graph.condition %go
  } do {
    %w, %u = graph.read @w : tensor<2xf32>
    %b = graph.add %a, %w : tensor<2xf32>
    %u1 = graph.assign_add @w, %b after(%u) : tensor<2xf32>
    graph.yield %b after(%u1) : tensor<2xf32>
  }
  graph.return %r, %q after(%t1) : tensor<2xf32>, tensor<2xf32>
}

// An initializer may run before the variable is set.
// CHECK-LABEL: graph.func @begin
// CHECK:       } do {
// CHECK:         graph.read @v
graph.func @begin() attributes {initializer} {
  %x = graph.constant dense<1.0> : tensor<2xf32>
  %go, %t0 = graph.is_initialized @w
  %r, %t = graph.while (%a = %x) : (tensor<2xf32>) {
    graph.condition %go
  } do {
    %v, %u = graph.read @v : tensor<2xf32>
    %b = graph.add %a, %v : tensor<2xf32>
    graph.yield %b after(%u) : tensor<2xf32>
  }
  graph.return after(%t0, %t)
}
