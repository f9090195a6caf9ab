// RUN: graph-opt %s -canonicalize -split-input-file | FileCheck %s
// Rewrites of graph.if and graph.case.

// A branch that always runs stands in for the conditional, order included.
// CHECK-LABEL: graph.func @known_condition
// CHECK-SAME:  %[[X:[a-z0-9]*]]: tensor<f32>
// CHECK-NEXT:  %[[T0:.*]] = graph.print ["before"]
// CHECK-NEXT:  %[[T1:.*]] = graph.print ["one"] after(%[[T0]])
// CHECK-NEXT:  %[[T2:.*]] = graph.print ["two"] after(%[[T1]])
// CHECK-NEXT:  %[[T3:.*]] = graph.print ["after"] after(%[[T2]])
// CHECK-NEXT:  graph.return %[[X]] after(%[[T3]])
graph.func @known_condition(%x: tensor<f32>) -> tensor<f32> {
  %yes = graph.constant dense<true> : tensor<i1>
  %t0 = graph.print ["before"]
  %r, %t = graph.if %yes after(%t0) -> (tensor<f32>) {
    %u0 = graph.print ["one"]
    %u1 = graph.print ["two"] after(%u0)
    graph.yield %x after(%u1) : tensor<f32>
  } else {
    %y = graph.neg %x : tensor<f32>
    graph.yield %y : tensor<f32>
  }
  %t1 = graph.print ["after"] after(%t)
  graph.return %r after(%t1) : tensor<f32>
}

// -----

// What the branch does not order keeps its place after what came before.
// CHECK-LABEL: graph.func @unordered_inside
// CHECK-NEXT:  %[[T0:.*]] = graph.print ["before"]
// CHECK-NEXT:  graph.print ["inside"] after(%[[T0]])
// CHECK-NEXT:  %[[T1:.*]] = graph.print ["after"] after(%[[T0]])
// CHECK-NEXT:  graph.return after(%[[T1]])
graph.func @unordered_inside() {
  %no = graph.constant dense<false> : tensor<i1>
  %t0 = graph.print ["before"]
  %t = graph.if %no after(%t0) {
    graph.yield
  } else {
    graph.print ["inside"]
    graph.yield
  }
  %t1 = graph.print ["after"] after(%t)
  graph.return after(%t1)
}

// -----

// An index out of range means the last branch.
// CHECK-LABEL: graph.func @known_index
// CHECK-SAME:  %[[X:[a-z0-9]*]]: tensor<f32>, %[[Y:[a-z0-9]*]]: tensor<f32>, %[[Z:[a-z0-9]*]]: tensor<f32>
// CHECK-NEXT:  graph.return %[[Y]], %[[Z]], %[[Z]], %[[X]]
graph.func @known_index(%index: tensor<i32>, %x: tensor<f32>, %y: tensor<f32>, %z: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) {
  %one = graph.constant dense<1> : tensor<i32>
  %many = graph.constant dense<7> : tensor<i32>
  %minus = graph.constant dense<-1> : tensor<i32>
  %a = graph.case %one -> (tensor<f32>) {
    graph.yield %x : tensor<f32>
  } {
    graph.yield %y : tensor<f32>
  } {
    graph.yield %z : tensor<f32>
  }
  %b = graph.case %many -> (tensor<f32>) {
    graph.yield %x : tensor<f32>
  } {
    graph.yield %z : tensor<f32>
  }
  %c = graph.case %minus -> (tensor<f32>) {
    graph.yield %x : tensor<f32>
  } {
    graph.yield %z : tensor<f32>
  }
  %only = graph.case %index -> (tensor<f32>) {
    graph.yield %x : tensor<f32>
  }
  graph.return %a, %b, %c, %only : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
}

// -----

// In a branch the condition is known, however deep.
// CHECK-LABEL: graph.func @condition_inside
// CHECK-SAME:  %[[GO:.*]]: tensor<i1>, %[[X:.*]]: tensor<f32>
// CHECK-NEXT:  %[[R:.*]] = graph.if %[[GO]] -> (tensor<f32>) {
// CHECK-NEXT:    %[[Y:.*]] = graph.neg %[[X]]
// CHECK-NEXT:    graph.yield %[[Y]]
// CHECK-NEXT:  } else {
// CHECK-NEXT:    graph.yield %[[X]]
// CHECK-NEXT:  }
// CHECK-NEXT:  graph.return %[[R]]
graph.func @condition_inside(%go: tensor<i1>, %x: tensor<f32>) -> tensor<f32> {
  %r = graph.if %go -> (tensor<f32>) {
    %s = graph.if %go -> (tensor<f32>) {
      %y = graph.neg %x : tensor<f32>
      graph.yield %y : tensor<f32>
    } else {
      %z = graph.exp %x : tensor<f32>
      graph.yield %z : tensor<f32>
    }
    graph.yield %s : tensor<f32>
  } else {
    graph.yield %x : tensor<f32>
  }
  graph.return %r : tensor<f32>
}

// -----

// One value in all branches, equal results, unused results; then types as exact
// as the branches'. The function's own type stays.
// CHECK-LABEL: graph.func @values
// CHECK-SAME:  %[[GO:.*]]: tensor<i1>, %[[X:.*]]: tensor<4xf32>
// CHECK:       %[[R:.*]] = graph.if %[[GO]] -> (tensor<4xf32>) {
// CHECK-NEXT:    %[[N:.*]] = graph.neg %[[X]]
// CHECK-NEXT:    graph.yield %[[N]]
// CHECK-NEXT:  } else {
// CHECK-NEXT:    graph.yield %[[X]]
// CHECK-NEXT:  }
// CHECK-NEXT:  %[[OPEN:.*]] = graph.reshape %[[R]], %{{.*}} -> tensor<?xf32>
// CHECK-NEXT:  %[[SUM:.*]] = graph.add %[[R]], %[[X]] : tensor<4xf32>
// CHECK-NEXT:  graph.return %[[OPEN]], %[[SUM]]
graph.func @values(%go: tensor<i1>, %x: tensor<4xf32>) -> (tensor<?xf32>, tensor<4xf32>) {
  %r:4 = graph.if %go -> (tensor<?xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?xf32>) {
    %n = graph.neg %x : tensor<4xf32>
    graph.yield %n, %x, %x, %n : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } else {
    %n = graph.abs %x : tensor<4xf32>
    graph.yield %x, %x, %n, %x : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  %sum = graph.add %r#3, %r#1 : (tensor<?xf32>, tensor<4xf32>) -> tensor<4xf32>
  graph.return %r#0, %sum : tensor<?xf32>, tensor<4xf32>
}

// -----

// A result is no more exact than the branches agree on; what is computed from
// it becomes more exact, and a check keeps its type.
// CHECK-LABEL: graph.func @types
// CHECK:       %[[R:.*]] = graph.case %{{.*}} -> (tensor<?x4xf32>) {
// CHECK:       %[[OPEN:.*]] = graph.reshape %[[R]], %{{.*}} -> tensor<?x?xf32>
// CHECK-NEXT:  %[[CHECKED:.*]], %{{.*}} = graph.check_numerics %[[OPEN]] {{.*}} : tensor<?x?xf32>
// CHECK:       graph.exp %[[R]] : tensor<?x4xf32>
graph.func @types(%index: tensor<i32>, %x: tensor<2x4xf32>, %y: tensor<3x4xf32>) -> (tensor<?x?xf32>, tensor<?x4xf32>) {
  %r = graph.case %index -> (tensor<?x?xf32>) {
    graph.yield %x : tensor<2x4xf32>
  } {
    graph.yield %y : tensor<3x4xf32>
  } {
    graph.yield %x : tensor<2x4xf32>
  }
  %checked, %t = graph.check_numerics %r {message = "x"} : tensor<?x?xf32>
  %e = graph.exp %r : tensor<?x?xf32>
  %shape = graph.constant dense<[-1, 4]> : tensor<2xi32>
  %f = graph.reshape %e, %shape : (tensor<?x?xf32>, tensor<2xi32>) -> tensor<?x4xf32>
  graph.return %checked, %f after(%t) : tensor<?x?xf32>, tensor<?x4xf32>
}

// -----

graph.variable @v : tensor<f32>

// Without effects there is nothing to order, and nothing to keep if nobody
// uses it. Effects stay.
// CHECK-LABEL: graph.func @effects
// CHECK-NEXT:  %[[T0:.*]] = graph.print ["before"]
// CHECK-NEXT:  %[[T:.*]] = graph.if %{{.*}} after(%[[T0]]) {
// CHECK:         graph.assign @v
// CHECK:       %[[T1:.*]] = graph.print ["after"] after(%[[T0]], %[[T]])
// CHECK-NEXT:  graph.return after(%[[T1]])
graph.func @effects(%go: tensor<i1>, %x: tensor<f32>) {
  %t0 = graph.print ["before"]
  %r, %pure = graph.if %go after(%t0) -> (tensor<f32>) {
    %y = graph.neg %x : tensor<f32>
    graph.yield %y : tensor<f32>
  } else {
    graph.yield %x : tensor<f32>
  }
  %t = graph.if %go after(%t0) {
    %u = graph.assign @v, %x : tensor<f32>
    graph.yield after(%u)
  } else {
    graph.yield
  }
  %t1 = graph.print ["after"] after(%pure, %t)
  graph.return after(%t1)
}
