// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Random numbers and the hidden state of generators are parsed and printed.

// CHECK: graph.variable hidden @"draw/state" : tensor<i64> = dense<0> : tensor<i64>
graph.variable hidden @"draw/state" : tensor<i64> = dense<0> : tensor<i64>

// CHECK-LABEL: graph.func @random_bits
graph.func @random_bits(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi32>) -> (tensor<?x3xui32>, tensor<?x?xui64>) {
  // CHECK: graph.random_bits %{{.*}}, %{{.*}}, %{{.*}} : tensor<2xi32> to tensor<?x3xui32>
  %0 = graph.random_bits %key, %counter, %shape : tensor<2xi32> to tensor<?x3xui32>
  // CHECK: graph.random_bits %{{.*}}, %{{.*}}, %{{.*}} : tensor<2xi32> to tensor<?x?xui64>
  %1 = graph.random_bits %key, %counter, %shape : tensor<2xi32> to tensor<?x?xui64>
  graph.return %0, %1 : tensor<?x3xui32>, tensor<?x?xui64>
}

// CHECK-LABEL: graph.func @random_numbers
graph.func @random_numbers(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi64>, %p: tensor<3xf16>, %n: tensor<3xf16>)
    -> (tensor<?x?xf32>, tensor<?x?xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>) {
  // CHECK: graph.random_numbers normal %{{.*}}, %{{.*}}, %{{.*}} : tensor<2xi64> to tensor<?x?xf32>
  %0 = graph.random_numbers normal %key, %counter, %shape : tensor<2xi64> to tensor<?x?xf32>
  // CHECK: graph.random_numbers truncated_normal %{{.*}}, %{{.*}}, %{{.*}} : tensor<2xi64> to tensor<?x?xf64>
  %1 = graph.random_numbers truncated_normal %key, %counter, %shape : tensor<2xi64> to tensor<?x?xf64>
  // CHECK: graph.random_numbers gamma %{{.*}}, %{{.*}}, %{{.*}}(%{{.*}} : tensor<3xf16>) : tensor<2xi64> to tensor<?x3xf64>
  %2 = graph.random_numbers gamma %key, %counter, %shape(%p : tensor<3xf16>) : tensor<2xi64> to tensor<?x3xf64>
  // CHECK: graph.random_numbers poisson
  %3 = graph.random_numbers poisson %key, %counter, %shape(%p : tensor<3xf16>) : tensor<2xi64> to tensor<?x3xf64>
  // CHECK: graph.random_numbers binomial %{{.*}}, %{{.*}}, %{{.*}}(%{{.*}}, %{{.*}} : tensor<3xf16>, tensor<3xf16>) : tensor<2xi64> to tensor<?x3xf64>
  %4 = graph.random_numbers binomial %key, %counter, %shape(%n, %p : tensor<3xf16>, tensor<3xf16>) : tensor<2xi64> to tensor<?x3xf64>
  graph.return %0, %1, %2, %3, %4 : tensor<?x?xf32>, tensor<?x?xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>
}

// CHECK-LABEL: graph.func @random_permutation
graph.func @random_permutation(%key: tensor<1xui64>, %counter: tensor<2xui64>, %size: tensor<i32>) -> tensor<?xi64> {
  // CHECK: graph.random_permutation %{{.*}}, %{{.*}}, %{{.*}} : tensor<i32> to tensor<?xi64>
  %0 = graph.random_permutation %key, %counter, %size : tensor<i32> to tensor<?xi64>
  graph.return %0 : tensor<?xi64>
}
