// A million counters that all go up by one in a step.
graph.variable @counters : tensor<1000000xf32> = dense<0.0> : tensor<1000000xf32>

graph.func @step() {
  %one = graph.constant dense<1.0> : tensor<1000000xf32>
  %done = graph.assign_add @counters, %one : tensor<1000000xf32>
  graph.return after(%done)
}
