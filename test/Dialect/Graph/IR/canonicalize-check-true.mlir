// RUN: graph-opt %s -canonicalize | FileCheck %s
// A check of conditions that are true vanishes; any other stays.

// CHECK-LABEL: graph.func @true
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
// CHECK-NEXT: graph.return %[[X]]
graph.func @true(%x: tensor<2xf32>) -> tensor<2xf32> attributes {linear} {
  %fits = graph.constant dense<true> : tensor<3xi1>
  %0 = graph.check_true %x, %fits {message = "is off"} : tensor<2xf32>, tensor<3xi1>
  graph.return %0 : tensor<2xf32>
}

// CHECK-LABEL: graph.func @false
// CHECK: graph.check_true
graph.func @false(%x: tensor<2xf32>) -> tensor<2xf32> attributes {linear} {
  %fits = graph.constant dense<[true, false]> : tensor<2xi1>
  %0 = graph.check_true %x, %fits {message = "is off"} : tensor<2xf32>, tensor<2xi1>
  graph.return %0 : tensor<2xf32>
}
