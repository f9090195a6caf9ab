// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Errors of the text form of loops.

graph.func @types(%go: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{expected 1 types, one per carried value, but got 2}}
  %0 = graph.while (%a = %x) : (tensor<f32>, tensor<f32>) {
    graph.condition %go
  } do {
    graph.yield %a : tensor<f32>
  }
  graph.return
}

// -----

graph.func @names(%go: tensor<i1>, %x: tensor<f32>) {
  %0 = graph.while (%a = %x) : (tensor<f32>) {
    graph.condition %go
  // expected-error @+1 {{expected 1 names, one per carried value, but got 2}}
  } do (%b, %c) {
    graph.yield %b : tensor<f32>
  }
  graph.return
}
