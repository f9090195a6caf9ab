// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of conditionals and loops.

// C1: a token is the last result.
graph.func @if_c1(%go: tensor<i1>) {
  // expected-error @+1 {{'graph.if' op expects a token to be the last result}}
  %0:2 = "graph.if"(%go) ({
    graph.yield
  }, {
    graph.yield
  }) : (tensor<i1>) -> (!graph.token, !graph.token)
  graph.return
}

// -----

graph.func @case_c1(%index: tensor<i32>, %x: tensor<f32>) {
  // expected-error @+1 {{'graph.case' op expects a token to be the last result}}
  %0:2 = "graph.case"(%index) ({
    graph.yield %x : tensor<f32>
  }) : (tensor<i32>) -> (!graph.token, tensor<f32>)
  graph.return
}

// -----

// One result per init.
graph.func @while_c1(%go: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{'graph.while' op expects 1 results, one per init, but got 0}}
  "graph.while"(%x) <{operandSegmentSizes = array<i32: 1, 0>}> ({
    graph.condition %go
  }, {
    graph.yield
  }) : (tensor<f32>) -> ()
  graph.return
}

// -----

// C2: terminators.
graph.func @if_c2(%go: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{'graph.if' op expects a branch to have no arguments, but got 1}}
  "graph.if"(%go) ({
  ^bb0(%arg: tensor<f32>):
    graph.yield
  }, {
    graph.yield
  }) : (tensor<i1>) -> ()
  graph.return
}

// -----

graph.func @case_c2(%index: tensor<i32>, %go: tensor<i1>) {
  // expected-error @+1 {{'graph.case' op expects a branch to have no arguments, but got 2}}
  "graph.case"(%index) ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    graph.yield
  }) : (tensor<i32>) -> ()
  graph.return
}

// -----

graph.func @while_c2(%go: tensor<i1>) {
  // expected-error @+1 {{'graph.while' op expects the condition to end with graph.condition, but got 'graph.yield'}}
  graph.while () : () {
    graph.yield
  } do {
    graph.yield
  }
  graph.return
}

// -----

graph.func @while_c2_body(%go: tensor<i1>) {
  // expected-error @+1 {{'graph.while' op expects the body to end with graph.yield, but got 'graph.condition'}}
  graph.while () : () {
    graph.condition %go
  } do {
    graph.condition %go
  }
  graph.return
}

// -----

// C3 of conditionals, C4 of loops: as many values as results.
graph.func @if_c3(%go: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{'graph.if' op expects a branch to yield 1 values, one per result, but got 0}}
  %0 = graph.if %go -> (tensor<f32>) {
    graph.yield %x : tensor<f32>
  } else {
    // expected-note @+1 {{yielded here}}
    graph.yield
  }
  graph.return
}

// -----

graph.func @case_c3(%index: tensor<i32>, %x: tensor<f32>) {
  // expected-error @+1 {{'graph.case' op expects a branch to yield 0 values, one per result, but got 1}}
  graph.case %index {
    // expected-note @+1 {{yielded here}}
    graph.yield %x : tensor<f32>
  }
  graph.return
}

// -----

graph.func @while_c4(%go: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{'graph.while' op expects the body to yield 1 values, one per result, but got 2}}
  %0 = graph.while (%a = %x) : (tensor<f32>) {
    graph.condition %go
  } do {
    // expected-note @+1 {{yielded here}}
    graph.yield %a, %a : tensor<f32>, tensor<f32>
  }
  graph.return
}

// -----

// Types of the arguments of a loop's regions.
graph.func @while_c3(%go: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{'graph.while' op expects the arguments of the body to have the results' types, 'tensor<f32>', but got 'tensor<i32>'}}
  %0 = "graph.while"(%x) <{operandSegmentSizes = array<i32: 1, 0>}> ({
  ^bb0(%a: tensor<f32>):
    graph.condition %go
  }, {
  ^bb0(%a: tensor<i32>):
    graph.yield %x : tensor<f32>
  }) : (tensor<f32>) -> tensor<f32>
  graph.return
}

// -----

// C4 of conditionals, C5 of loops: values as exact as the results.
graph.func @if_c4(%go: tensor<i1>, %x: tensor<2xf32>, %y: tensor<?xf32>) {
  // expected-error @+1 {{'graph.if' op expects value yielded #0 to be as exact as result #0, 'tensor<2xf32>', but got 'tensor<?xf32>'}}
  %0 = graph.if %go -> (tensor<2xf32>) {
    graph.yield %x : tensor<2xf32>
  } else {
    graph.yield %y : tensor<?xf32>
  }
  graph.return
}

// -----

graph.func @case_c4(%index: tensor<i32>, %x: tensor<2xf32>, %y: tensor<2xi32>) {
  // expected-error @+1 {{'graph.case' op expects value yielded #1 to be as exact as result #1, 'tensor<?xf32>', but got 'tensor<2xi32>'}}
  %0:2 = graph.case %index -> (tensor<2xf32>, tensor<?xf32>) {
    graph.yield %x, %y : tensor<2xf32>, tensor<2xi32>
  }
  graph.return
}

// -----

graph.func @while_c5(%go: tensor<i1>, %x: tensor<1x2xf32>) {
  // expected-error @+1 {{'graph.while' op expects init #0 to be as exact as result #0, 'tensor<?xf32>', but got 'tensor<1x2xf32>'}}
  %0 = graph.while (%a = %x) : (tensor<1x2xf32>) -> (tensor<?xf32>) {
    graph.condition %go
  } do {
    graph.yield %a : tensor<?xf32>
  }
  graph.return
}

// -----

graph.func @while_c5_body(%go: tensor<i1>, %x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{'graph.while' op expects value yielded #0 to be as exact as result #0, 'tensor<2xf32>', but got 'tensor<3xf32>'}}
  %0 = graph.while (%a = %x) : (tensor<2xf32>) {
    graph.condition %go
  } do {
    graph.yield %y : tensor<3xf32>
  }
  graph.return
}

// -----

// C5 of conditionals, C6 of loops: tokens stay in their region.
graph.func @if_c5(%go: tensor<i1>) {
  // expected-note @+1 {{defined here}}
  %t = graph.print ["outside"]
  graph.if %go {
    // expected-error @+1 {{'graph.print' op expects operand #0, a token, to come from its own region}}
    %u = graph.print ["inside"] after(%t)
    graph.yield after(%u)
  } else {
    graph.yield
  }
  graph.return
}

// -----

graph.func @case_c5(%index: tensor<i32>) {
  // expected-note @+1 {{defined here}}
  %t = graph.print ["outside"]
  graph.case %index {
    // expected-error @+1 {{'graph.yield' op expects operand #0, a token, to come from its own region}}
    graph.yield after(%t)
  }
  graph.return
}

// -----

graph.func @while_c6(%go: tensor<i1>) {
  // expected-note @+1 {{defined here}}
  %t = graph.print ["outside"]
  graph.while () : () {
    // expected-error @+1 {{'graph.condition' op expects operand #1, a token, to come from its own region}}
    graph.condition %go after(%t)
  } do {
    graph.yield
  }
  graph.return
}

// -----

// C6 of graph.case: something to run.
graph.func @case_c6(%index: tensor<i32>) {
  // expected-error @+1 {{'graph.case' op expects at least one branch}}
  graph.case %index
  graph.return
}
