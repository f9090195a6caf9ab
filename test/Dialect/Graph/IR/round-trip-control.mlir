// RUN: graph-opt %s -verify-roundtrip | FileCheck %s
// RUN: graph-opt %s -mlir-print-op-generic | graph-opt | FileCheck %s
// Conditionals and loops.

graph.variable @v : tensor<4xf32>

// CHECK-LABEL: graph.func @if
graph.func @if(%go: tensor<i1>, %x: tensor<4xf32>, %n: tensor<i32>) -> (tensor<4xf32>, tensor<i32>) {
  %t0 = graph.assign @v, %x : tensor<4xf32>
  // CHECK: %[[R:.*]]:3 = graph.if %{{.*}} after(%{{.*}}) -> (tensor<4xf32>, tensor<i32>) {
  %r:2, %t = graph.if %go after(%t0) -> (tensor<4xf32>, tensor<i32>) {
    // CHECK: %[[V:.*]], %[[T:.*]] = graph.read @v
    %v, %u = graph.read @v : tensor<4xf32>
    // CHECK: graph.yield %[[V]], %{{.*}} after(%[[T]]) : tensor<4xf32>, tensor<i32>
    graph.yield %v, %n after(%u) : tensor<4xf32>, tensor<i32>
  // CHECK-NEXT: } else {
  } else {
    // CHECK-NEXT: graph.yield %{{.*}}, %{{.*}} : tensor<4xf32>, tensor<i32>
    graph.yield %x, %n : tensor<4xf32>, tensor<i32>
  }
  // CHECK: graph.return %[[R]]#0, %[[R]]#1 after(%[[R]]#2)
  graph.return %r#0, %r#1 after(%t) : tensor<4xf32>, tensor<i32>
}

// Nothing but effects, nothing but values, nothing at all.
// CHECK-LABEL: graph.func @parts
graph.func @parts(%go: tensor<i1>, %x: tensor<f32>) -> tensor<f32> {
  // CHECK: %[[T:.*]] = graph.if %{{.*}} {
  %t = graph.if %go {
    // CHECK-NEXT: %[[U:.*]] = graph.print
    %u = graph.print ["here"]
    // CHECK-NEXT: graph.yield after(%[[U]])
    graph.yield after(%u)
  } else {
    // CHECK: graph.yield{{$}}
    graph.yield
  }
  // CHECK: %[[Y:.*]] = graph.if %{{.*}} attributes {note = "kept"} -> (tensor<f32>) {
  %y = graph.if %go attributes {note = "kept"} -> (tensor<f32>) {
    graph.yield %x : tensor<f32>
  } else {
    %z = graph.neg %x : tensor<f32>
    graph.yield %z : tensor<f32>
  }
  graph.if %go {
    graph.yield
  } else {
    graph.yield
  }
  // CHECK: graph.return %[[Y]] after(%[[T]])
  graph.return %y after(%t) : tensor<f32>
}

// A result may be more open than what the branches give.
// CHECK-LABEL: graph.func @open
graph.func @open(%index: tensor<i32>, %x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<?xf32> {
  // CHECK: graph.case %{{.*}} -> (tensor<?xf32>) {
  %r = graph.case %index -> (tensor<?xf32>) {
    graph.yield %x : tensor<2xf32>
  // CHECK: } {
  } {
    // CHECK-NEXT: graph.yield %{{.*}} : tensor<3xf32>
    graph.yield %y : tensor<3xf32>
  // CHECK-NEXT: }
  }
  graph.return %r : tensor<?xf32>
}

// CHECK-LABEL: graph.func @case
graph.func @case(%index: tensor<i32>) {
  %t0 = graph.print ["before"]
  // CHECK: graph.case %{{.*}} after(%{{.*}}) {
  %t = graph.case %index after(%t0) {
    %u = graph.print ["one"]
    graph.yield after(%u)
  } {
    graph.yield
  } {
    graph.yield
  }
  graph.return after(%t)
}

// CHECK-LABEL: graph.func @while
graph.func @while(%n: tensor<i32>, %x: tensor<2xf32>) -> (tensor<i32>, tensor<?xf32>) {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %axis = graph.constant dense<2> : tensor<1xi32>
  %t0 = graph.print ["start"]
  // CHECK: %{{.*}}:3 = graph.while (%[[I:.*]] = %{{.*}}, %[[Y:.*]] = %{{.*}}) after(%{{.*}}) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<?xf32>) {
  %r:2, %t = graph.while (%i = %zero, %y = %x) after(%t0) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<?xf32>) {
    // CHECK-NEXT: %[[C:.*]] = graph.compare LT %[[I]], %{{.*}}
    %c = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    // CHECK-NEXT: %[[U:.*]] = graph.print
    %u = graph.print ["i = ", 0](%i) : tensor<i32>
    // CHECK-NEXT: graph.condition %[[C]] after(%[[U]])
    graph.condition %c after(%u)
  // CHECK-NEXT: } do {
  } do {
    // CHECK-NEXT: graph.add %[[I]], %{{.*}}
    %next = graph.add %i, %one : tensor<i32>
    // CHECK-NEXT: graph.tile %[[Y]]
    %twice = graph.tile %y, %axis : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>
    graph.yield %next, %twice : tensor<i32>, tensor<?xf32>
  }
  graph.return %r#0, %r#1 after(%t) : tensor<i32>, tensor<?xf32>
}

// The body's arguments may have names of their own, and there may be none.
// CHECK-LABEL: graph.func @names
graph.func @names(%n: tensor<i32>, %go: tensor<i1>) -> tensor<i32> {
  %r = graph.while (%i = %n) : (tensor<i32>) {
    graph.condition %go
  // CHECK: } do {
  } do (%j) {
    %next = graph.neg %j : tensor<i32>
    graph.yield %next : tensor<i32>
  }
  // CHECK: graph.while () : () {
  graph.while () : () {
    graph.condition %go
  } do {
    graph.yield
  }
  graph.return %r : tensor<i32>
}

// Regions in regions; values used before they are defined.
// CHECK-LABEL: graph.func @nested
graph.func @nested(%go: tensor<i1>, %n: tensor<i32>) -> tensor<i32> {
  // CHECK: graph.if
  %r = graph.if %go -> (tensor<i32>) {
    // CHECK: graph.while
    %s = graph.while (%i = %later) : (tensor<i32>) {
      %c = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      graph.condition %c
    } do {
      %next = graph.mul %i, %i : tensor<i32>
      graph.yield %next : tensor<i32>
    }
    graph.yield %s : tensor<i32>
  } else {
    graph.yield %later : tensor<i32>
  }
  %later = graph.neg %n : tensor<i32>
  graph.return %r : tensor<i32>
}
