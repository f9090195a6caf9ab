// RUN: graph-opt %s -canonicalize | FileCheck %s

// A norm of constants is a constant; channels lie along any dim.
// CHECK-LABEL: graph.func @constants
graph.func @constants() -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %x = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = graph.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %offset = graph.constant dense<10.0> : tensor<f32>
  %mean = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %variance = graph.constant dense<[0.5, 3.5]> : tensor<2xf32>
  // CHECK-DAG: %[[LAST:.*]] = graph.constant dense<{{\[\[}}1.000000e+01, 1.000000e+01], [1.400000e+01, 1.300000e+01]]> : tensor<2x2xf32>
  %0 = graph.batch_norm %x, %scale, %offset, %mean, %variance {axis = 1 : i64, epsilon = 0.5 : f64} : (tensor<2x2xf32>, tensor<2xf32>, tensor<f32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  // CHECK-DAG: %[[FIRST:.*]] = graph.constant dense<{{\[\[}}1.000000e+01, 1.200000e+01], [1.150000e+01, 1.300000e+01]]> : tensor<2x2xf32>
  %1 = graph.batch_norm %x, %scale, %offset, %mean, %variance {axis = 0 : i64, epsilon = 0.5 : f64} : (tensor<2x2xf32>, tensor<2xf32>, tensor<f32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  // CHECK: graph.return %[[LAST]], %[[FIRST]]
  graph.return %0, %1 : tensor<2x2xf32>, tensor<2x2xf32>
}

// An open dim behind a norm is that of the tensor, which needs no check.
// CHECK-LABEL: graph.func @sizes
graph.func @sizes(%x: tensor<?x4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = graph.batch_norm %x, %v, %v, %v, %v {axis = 1 : i64, epsilon = 0.5 : f64} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  // CHECK-NOT: graph.check_broadcast
  %1, %t = graph.check_broadcast %0, %x : tensor<?x4xf32>, tensor<?x4xf32>
  %2 = graph.add %1, %x : tensor<?x4xf32>
  graph.return %2 after(%t) : tensor<?x4xf32>
}
