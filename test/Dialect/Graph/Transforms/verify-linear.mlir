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
