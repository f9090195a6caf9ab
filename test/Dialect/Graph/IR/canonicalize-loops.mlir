// RUN: graph-opt %s -canonicalize -split-input-file | FileCheck %s
// Rewrites of graph.while.

// What no iteration changes is captured, be it given back as it is or from
// outside. So are types that it makes exact.
// CHECK-LABEL: graph.func @invariants
// CHECK-SAME:  %[[N:.*]]: tensor<i32>, %[[X:.*]]: tensor<4xf32>
// CHECK:       %[[R:.*]]:2 = graph.while (%[[I:.*]] = %{{.*}}, %[[Y:.*]] = %[[X]]) : (tensor<i32>, tensor<4xf32>) {
// CHECK-NEXT:    %[[C:.*]] = graph.compare LT %[[I]], %[[N]]
// CHECK-NEXT:    graph.condition %[[C]]
// CHECK-NEXT:  } do {
// CHECK-NEXT:    %[[NEXT:.*]] = graph.add %[[I]], %{{.*}}
// CHECK-NEXT:    %[[SUM:.*]] = graph.add %[[Y]], %[[X]] : tensor<4xf32>
// CHECK-NEXT:    graph.yield %[[NEXT]], %[[SUM]]
// CHECK-NEXT:  }
// CHECK-NEXT:  graph.return %[[X]], %[[R]]#1, %[[N]]
graph.func @invariants(%n: tensor<i32>, %x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<i32>) {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %r:4 = graph.while (%i = %zero, %m = %n, %a = %x, %y = %x) : (tensor<i32>, tensor<i32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<i32>, tensor<i32>, tensor<?xf32>, tensor<?xf32>) {
    %c = graph.compare LT %i, %m : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %next = graph.add %i, %one : tensor<i32>
    %sum = graph.add %y, %a : tensor<?xf32>
    graph.yield %next, %n, %a, %sum : tensor<i32>, tensor<i32>, tensor<?xf32>, tensor<?xf32>
  }
  %shape = graph.constant dense<4> : tensor<1xi32>
  %z = graph.reshape %r#3, %shape : (tensor<?xf32>, tensor<1xi32>) -> tensor<4xf32>
  %a2 = graph.reshape %r#2, %shape : (tensor<?xf32>, tensor<1xi32>) -> tensor<4xf32>
  graph.return %a2, %z, %r#1 : tensor<4xf32>, tensor<4xf32>, tensor<i32>
}

// -----

// Values that are equal all the way are carried once, those that matter to
// nothing not at all.
// CHECK-LABEL: graph.func @carried
// CHECK:       %[[R:.*]] = graph.while (%[[I:.*]] = %{{.*}}) : (tensor<i32>) {
// CHECK:       } do {
// CHECK-NEXT:    %[[NEXT:.*]] = graph.add %[[I]], %{{.*}}
// CHECK-NEXT:    graph.yield %[[NEXT]] : tensor<i32>
// CHECK-NEXT:  }
// CHECK-NEXT:  graph.return %[[R]], %[[R]]
graph.func @carried(%n: tensor<i32>, %x: tensor<f32>) -> (tensor<i32>, tensor<i32>) {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %r:4 = graph.while (%i = %zero, %j = %zero, %y = %x, %z = %x) : (tensor<i32>, tensor<i32>, tensor<f32>, tensor<f32>) {
    %c = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %next = graph.add %i, %one : tensor<i32>
    %y1 = graph.mul %y, %z : tensor<f32>
    %z1 = graph.add %y, %z : tensor<f32>
    graph.yield %next, %next, %y1, %z1 : tensor<i32>, tensor<i32>, tensor<f32>, tensor<f32>
  }
  graph.return %r#0, %r#1 : tensor<i32>, tensor<i32>
}

// -----

// An effect inside makes what it takes matter.
// CHECK-LABEL: graph.func @printed
// CHECK:       graph.while (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) : (tensor<i32>, tensor<f32>)
// CHECK:         graph.if
// CHECK:           graph.print
graph.func @printed(%go: tensor<i1>, %n: tensor<i32>, %x: tensor<f32>) {
  %r:2, %t = graph.while (%i = %n, %y = %x) : (tensor<i32>, tensor<f32>) {
    %c = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %next = graph.neg %i : tensor<i32>
    %u = graph.if %go {
      %e = graph.exp %y : tensor<f32>
      %p = graph.print ["y ", 0](%e) : tensor<f32>
      graph.yield after(%p)
    } else {
      graph.yield
    }
    %z = graph.neg %y : tensor<f32>
    graph.yield %next, %z after(%u) : tensor<i32>, tensor<f32>
  }
  graph.return after(%t)
}

// -----

// A loop that never starts asks once.
// CHECK-LABEL: graph.func @never
// CHECK-SAME:  %[[X:.*]]: tensor<f32>
// CHECK-NEXT:  %[[T0:.*]] = graph.print ["before"]
// CHECK-NEXT:  %[[T1:.*]] = graph.print ["asked ", 0](%[[X]]) after(%[[T0]])
// CHECK-NEXT:  %[[T2:.*]] = graph.print ["after"] after(%[[T1]])
// CHECK-NEXT:  graph.return %[[X]] after(%[[T2]])
graph.func @never(%x: tensor<f32>) -> tensor<f32> {
  %no = graph.constant dense<false> : tensor<i1>
  %t0 = graph.print ["before"]
  %r, %t = graph.while (%y = %x) after(%t0) : (tensor<f32>) {
    %u = graph.print ["asked ", 0](%y) : tensor<f32>
    graph.condition %no after(%u)
  } do {
    %z = graph.exp %y : tensor<f32>
    graph.yield %z : tensor<f32>
  }
  %t1 = graph.print ["after"] after(%t)
  graph.return %r after(%t1) : tensor<f32>
}

// -----

// Nothing inside happens and nobody uses it: the loop goes.
// CHECK-LABEL: graph.func @unused
// CHECK-NEXT:  %[[T0:.*]] = graph.print ["before"]
// CHECK-NEXT:  graph.return after(%[[T0]])
graph.func @unused(%n: tensor<i32>) {
  %t0 = graph.print ["before"]
  %r, %t = graph.while (%i = %n) after(%t0) : (tensor<i32>) {
    %c = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %next = graph.neg %i : tensor<i32>
    graph.yield %next : tensor<i32>
  }
  graph.return after(%t)
}
