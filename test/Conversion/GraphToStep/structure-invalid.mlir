// RUN: graph-opt %s -convert-graph-to-step -verify-diagnostics

// expected-error @+1 {{expects to be linear before it becomes a step; run graph-linearize first}}
graph.func @graph_region(%x: tensor<f32>) -> tensor<f32> {
  graph.return %x : tensor<f32>
}
