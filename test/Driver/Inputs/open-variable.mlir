graph.variable @count : tensor<f32> = dense<0.0> : tensor<f32>
graph.variable @rows : tensor<?x3xf32> = dense<1.0> : tensor<2x3xf32>

graph.func @main() -> (tensor<?x3xf32> {graph.name = "rows"}) attributes {linear} {
  %one = graph.constant dense<1.0> : tensor<f32>
  graph.assign_add @count, %one : tensor<f32>
  %rows = graph.read @rows : tensor<?x3xf32>
  graph.return %rows : tensor<?x3xf32>
}
