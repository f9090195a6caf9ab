// The model that the tests of variables of open shape use: append(x) adds the
// rows of x to the variable "rows".
module attributes {graph.name = "rows"} {
  graph.variable @rows : tensor<?x2xf32> = dense<1.0> : tensor<1x2xf32>
  graph.func @append(%x: tensor<?x2xf32> {graph.name = "x"}) -> (tensor<?x2xf32> {graph.name = "all"}) {
    %old, %t0 = graph.read @rows : tensor<?x2xf32>
    %all = graph.concat %old, %x {axis = 0 : i64} : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
    %t1 = graph.assign @rows, %all after(%t0) : tensor<?x2xf32>
    graph.return %all after(%t1) : tensor<?x2xf32>
  }
}
