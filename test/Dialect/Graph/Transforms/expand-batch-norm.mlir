// RUN: graph-opt %s -graph-expand-batch-norm | FileCheck %s

// The mean comes off first, so that nothing cancels.
// CHECK-LABEL: graph.func @last
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4xf32>, %[[S:[a-z0-9]+]]: tensor<4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[V:[a-z0-9]+]]: tensor<4xf32>
// CHECK-DAG:   %[[CENTERED:.*]] = graph.sub %[[X]], %[[M]]
// CHECK-DAG:   %[[E:.*]] = graph.constant dense<1.250000e-01> : tensor<f32>
// CHECK-DAG:   %[[SHIFTED:.*]] = graph.add %[[V]], %[[E]]
// CHECK-DAG:   %[[R:.*]] = graph.rsqrt %[[SHIFTED]]
// CHECK-DAG:   %[[FACTOR:.*]] = graph.mul %[[R]], %[[S]]
// CHECK:       %[[SCALED:.*]] = graph.mul %[[CENTERED]], %[[FACTOR]]
// CHECK-NEXT:  %[[Y:.*]] = graph.add %[[SCALED]], %[[B]]
// CHECK-NEXT:  graph.return %[[Y]]
graph.func @last(%x: tensor<?x4xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf32> {
  %y = graph.batch_norm %x, %s, %b, %m, %v {axis = 1 : i64, epsilon = 0.125 : f64} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  graph.return %y : tensor<?x4xf32>
}

// Channels that do not lie last are spread; half goes through float; what does
// nothing is left out.
// CHECK-LABEL: graph.func @first
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4x8xf16>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[V:[a-z0-9]+]]: tensor<4xf32>
// CHECK-DAG:   %[[WIDE:.*]] = graph.cast %[[X]] : tensor<?x4x8xf16> to tensor<?x4x8xf32>
// CHECK-DAG:   %[[MEAN:.*]] = graph.expand_dims %[[M]] {axes = array<i64: 1>} : (tensor<4xf32>) -> tensor<4x1xf32>
// CHECK-DAG:   %[[CENTERED:.*]] = graph.sub %[[WIDE]], %[[MEAN]]
// CHECK-DAG:   %[[R:.*]] = graph.rsqrt
// CHECK-DAG:   %[[FACTOR:.*]] = graph.expand_dims %[[R]] {axes = array<i64: 1>}
// CHECK:       %[[SCALED:.*]] = graph.mul %[[CENTERED]], %[[FACTOR]]
// CHECK-NEXT:  %[[Y:.*]] = graph.cast %[[SCALED]] : tensor<?x4x8xf32> to tensor<?x4x8xf16>
// CHECK-NEXT:  graph.return %[[Y]]
graph.func @first(%x: tensor<?x4x8xf16>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x4x8xf16> {
  %one = graph.constant dense<1.0> : tensor<f32>
  %none = graph.constant dense<-0.0> : tensor<f32>
  %y = graph.batch_norm %x, %one, %none, %m, %v {axis = 1 : i64, epsilon = 0.125 : f64} : (tensor<?x4x8xf16>, tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4x8xf16>
  graph.return %y : tensor<?x4x8xf16>
}
