// RUN: graph-opt %s -graph-fold-batch-norm -o %t --remark-format=emitRemark --remarks-filter-missed=fold 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=KEPT --input-file=%t

// KEPT-COUNT-6: graph.batch_norm

// CHECK: remark: {{.*}}"argument": batch normalization is not folded: it begins with an input, and {{.*}}"relu" behind it has no constant weights
graph.func @argument(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %v = graph.constant dense<1.0> : tensor<2xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.batch_norm %x, %v, %v, %v, %v {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32> loc("argument")
  %1 = graph.max %0, %zero : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32> loc("relu")
  graph.return %1 : tensor<?x2xf32>
}

// CHECK: remark: {{.*}}"variables": batch normalization is not folded: its vectors are no constants
graph.func @variables(%x: tensor<?x2xf32>, %m: tensor<2xf32>) -> tensor<?x2xf32> {
  %w = graph.constant dense<1.0> : tensor<2x2xf32>
  %v = graph.constant dense<1.0> : tensor<2xf32>
  %0 = graph.matmul %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %1 = graph.batch_norm %0, %v, %v, %m, %v {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32> loc("variables")
  graph.return %1 : tensor<?x2xf32>
}

// A convolution is not computed twice.
// CHECK: remark: {{.*}}"two_users": batch normalization is not folded: what node "product" gives has other users
graph.func @two_users(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = graph.constant dense<1.0> : tensor<2x2xf32>
  %v = graph.constant dense<1.0> : tensor<2xf32>
  %0 = graph.matmul %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("product")
  %1 = graph.batch_norm %0, %v, %v, %v, %v {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32> loc("two_users")
  %2 = graph.add %0, %1 : tensor<?x2xf32>
  graph.return %2 : tensor<?x2xf32>
}

// CHECK: remark: {{.*}}"infinite": batch normalization is not folded: its vectors are not finite
graph.func @infinite(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %w = graph.constant dense<1.0> : tensor<2x2xf32>
  %v = graph.constant dense<1.0> : tensor<2xf32>
  %zero = graph.constant dense<0.0> : tensor<2xf32>
  %0 = graph.matmul %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %1 = graph.batch_norm %0, %v, %v, %v, %zero {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32> loc("infinite")
  graph.return %1 : tensor<?x2xf32>
}

// A weight that half cannot hold.
// CHECK: remark: {{.*}}"overflow": batch normalization is not folded: the new weights would not be finite
graph.func @overflow(%x: tensor<?x2xf16>) -> tensor<?x2xf16> {
  %w = graph.constant dense<3.0e4> : tensor<2x2xf16>
  %v = graph.constant dense<4.0> : tensor<2xf32>
  %zero = graph.constant dense<0.0> : tensor<2xf32>
  %one = graph.constant dense<1.0> : tensor<2xf32>
  %0 = graph.matmul %x, %w : (tensor<?x2xf16>, tensor<2x2xf16>) -> tensor<?x2xf16>
  %1 = graph.batch_norm %0, %v, %v, %zero, %one {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x2xf16>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf16> loc("overflow")
  graph.return %1 : tensor<?x2xf16>
}

// CHECK: remark: {{.*}}"shared_and_large": batch normalization is not folded: its weights are large and have other users
graph.func @shared_and_large(%x: tensor<?x300xf32>) -> (tensor<?x300xf32>, tensor<?x300xf32>) {
  %w = graph.constant dense<1.0> : tensor<300x300xf32>
  %v = graph.constant dense<2.0> : tensor<f32>
  %0 = graph.matmul %x, %w : (tensor<?x300xf32>, tensor<300x300xf32>) -> tensor<?x300xf32>
  %1 = graph.batch_norm %0, %v, %v, %v, %v {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x300xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x300xf32> loc("shared_and_large")
  %2 = graph.matmul %1, %w : (tensor<?x300xf32>, tensor<300x300xf32>) -> tensor<?x300xf32>
  graph.return %1, %2 : tensor<?x300xf32>, tensor<?x300xf32>
}
