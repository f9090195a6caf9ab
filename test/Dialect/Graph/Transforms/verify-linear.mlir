// RUN: graph-opt %s -graph-verify-linear -split-input-file -verify-diagnostics

graph.func @linear(%x: tensor<f32>) -> tensor<f32> attributes {linear} {
  graph.print ["x"] {stream = "stdout"}
  graph.return %x : tensor<f32>
}

// -----

// expected-error @+1 {{expects the attribute 'linear' after the stage 'linearize'; run graph-linearize first}}
graph.func @graph_region(%x: tensor<f32>) -> tensor<f32> {
  graph.return %x : tensor<f32>
}

// -----

// C5 holds in regions.
graph.func @inside(%go: tensor<i1>, %x: tensor<f32>) -> tensor<f32> attributes {linear} {
  %r = graph.if %go -> (tensor<f32>) {
    // expected-error @+1 {{'graph.exp' op expects operand #0 to be defined above, the function is linear}}
    %a = graph.exp %b : tensor<f32>
    // expected-note @+1 {{defined here}}
    %b = graph.neg %x : tensor<f32>
    graph.yield %a : tensor<f32>
  } else {
    graph.yield %x : tensor<f32>
  }
  graph.return %r : tensor<f32>
}
