// RUN: graph-opt %s -canonicalize | FileCheck %s

// Blocks of Philox 4x32-10 for a key and a counter: the first two are test
// vectors of the generator's authors.
// CHECK-LABEL: graph.func @known_answers
graph.func @known_answers() -> (tensor<4xui32>, tensor<4xui32>) {
  %zero = graph.constant dense<0> : tensor<1xui64>
  %zeros = graph.constant dense<0> : tensor<2xui64>
  %ones = graph.constant dense<0xFFFFFFFFFFFFFFFF> : tensor<1xui64>
  %all_ones = graph.constant dense<0xFFFFFFFFFFFFFFFF> : tensor<2xui64>
  %shape = graph.constant dense<4> : tensor<1xi32>
  // CHECK-DAG: %[[ZERO:.*]] = graph.constant dense<[1713891541, 3781805453, 3159862348, 2600524760]> : tensor<4xui32>
  %0 = graph.random_bits %zero, %zeros, %shape : tensor<1xi32> to tensor<4xui32>
  // CHECK-DAG: %[[ONES:.*]] = graph.constant dense<[1083123565, 1103641358, 2718681030, 1834242557]> : tensor<4xui32>
  %1 = graph.random_bits %ones, %all_ones, %shape : tensor<1xi32> to tensor<4xui32>
  // CHECK: graph.return %[[ZERO]], %[[ONES]]
  graph.return %0, %1 : tensor<4xui32>, tensor<4xui32>
}

// Large tensors are drawn at run time.
// CHECK-LABEL: graph.func @large
graph.func @large() -> tensor<2000xui32> {
  %key = graph.constant dense<0> : tensor<1xui64>
  %counter = graph.constant dense<0> : tensor<2xui64>
  %shape = graph.constant dense<2000> : tensor<1xi32>
  // CHECK: graph.random_bits
  %0 = graph.random_bits %key, %counter, %shape : tensor<1xi32> to tensor<2000xui32>
  graph.return %0 : tensor<2000xui32>
}

// Sizes are seen through.
// CHECK-LABEL: graph.func @sizes
graph.func @sizes(%key: tensor<1xui64>, %counter: tensor<2xui64>, %x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %shape = graph.shape %x : tensor<?x4xf32> to tensor<2xi32>
  %0 = graph.random_bits %key, %counter, %shape : tensor<2xi32> to tensor<?x4xui32>
  %1 = graph.random_numbers normal %key, %counter, %shape : tensor<2xi32> to tensor<?x4xf32>
  // CHECK-NOT: graph.check_dims
  %2 = graph.check_dims %x, %0 {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<?x4xf32>, tensor<?x4xui32>
  %3 = graph.check_dims %2, %1 {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<?x4xf32>, tensor<?x4xf32>
  graph.return %3 : tensor<?x4xf32>
}
