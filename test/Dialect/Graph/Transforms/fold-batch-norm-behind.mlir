// RUN: graph-opt %s -graph-fold-batch-norm | FileCheck %s

// Into the weights behind a norm: its factors are 2 and 4, its shifts 6 and 8.

// Where no window reaches over the border, shifts become a bias: with weights 1, 2, 3, 4
// they are 6 * 1 + 8 * 3 and 6 * 2 + 8 * 4.
// CHECK-LABEL: graph.func @valid
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor
// CHECK-DAG:   %[[W:.*]] = graph.constant dense<{{\[\[\[}}2.000000e+00, 4.000000e+00], [1.200000e+01, 1.600000e+01]]]> : tensor<1x2x2xf32>
// CHECK-DAG:   %[[B:.*]] = graph.constant dense<[3.000000e+01, 4.400000e+01]> : tensor<2xf32>
// CHECK:       %[[Y:.*]] = graph.conv %[[X]], %[[W]]
// CHECK:       graph.add %[[Y]], %[[B]]
// CHECK-NOT:   graph.batch_norm
graph.func @valid(%x: tensor<?x8x2xf32>) -> tensor<?x8x2xf32> {
  %w = graph.constant dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>
  %scale = graph.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %offset = graph.constant dense<[6.0, 8.0]> : tensor<2xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.batch_norm %x, %scale, %offset, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<?x8x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<?x8x2xf32>
  %1 = graph.conv %0, %w {same_padding} : (tensor<?x8x2xf32>, tensor<1x2x2xf32>) -> tensor<?x8x2xf32>
  graph.return %1 : tensor<?x8x2xf32>
}

// With padding only the factors are folded. The other norm, which shifts nothing,
// disappears, although the padding is another op's.
// CHECK-LABEL: graph.func @padded
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor
// CHECK-DAG:   %[[R:.*]] = graph.constant dense<[3.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-DAG:   %[[S:.*]] = graph.add %[[X]], %[[R]]
// CHECK-DAG:   %[[Y:.*]] = graph.conv %[[S]], %{{.*}} {same_padding}
// CHECK-DAG:   %[[P:.*]] = graph.pad %[[X]],
// CHECK-DAG:   %[[Z:.*]] = graph.conv %[[P]],
// CHECK:       graph.return %[[Y]], %[[Z]]
graph.func @padded(%x: tensor<?x8x2xf32>) -> (tensor<?x8x1xf32>, tensor<?x8x1xf32>) {
  %w = graph.constant dense<1.0> : tensor<3x2x1xf32>
  %scale = graph.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %offset = graph.constant dense<[6.0, 8.0]> : tensor<2xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %pads = graph.constant dense<[[0, 0], [1, 1], [0, 0]]> : tensor<3x2xi32>
  %0 = graph.batch_norm %x, %scale, %offset, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<?x8x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<?x8x2xf32>
  %1 = graph.conv %0, %w {same_padding} : (tensor<?x8x2xf32>, tensor<3x2x1xf32>) -> tensor<?x8x1xf32>
  %2 = graph.batch_norm %x, %scale, %zero, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<?x8x2xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x8x2xf32>
  %3 = graph.pad %2, %pads, %zero : (tensor<?x8x2xf32>, tensor<3x2xi32>, tensor<f32>) -> tensor<?x10x2xf32>
  %4 = graph.conv %3, %w : (tensor<?x10x2xf32>, tensor<3x2x1xf32>) -> tensor<?x8x1xf32>
  graph.return %1, %4 : tensor<?x8x1xf32>, tensor<?x8x1xf32>
}

// Several users fold it together; a transposed convolution has borders everywhere.
// CHECK-LABEL: graph.func @users
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor
// CHECK-DAG:   %[[S:.*]] = graph.add %[[X]], %{{.*}}
// CHECK-DAG:   %[[Y:.*]] = graph.conv_input_grad %[[W:.*]], %[[S]],
// CHECK-DAG:   %[[W]] = graph.constant dense<{{\[\[\[}}2.000000e+00, 4.000000e+00]]]> : tensor<1x1x2xf32>
// CHECK-DAG:   graph.matmul %[[S]], %{{.*}}
// CHECK-NOT:   graph.batch_norm
graph.func @users(%x: tensor<1x8x2xf32>) -> (tensor<1x16x1xf32>, tensor<1x8x4xf32>) {
  %w = graph.constant dense<1.0> : tensor<1x1x2xf32>
  %v = graph.constant dense<1.0> : tensor<2x4xf32>
  %n = graph.constant dense<16> : tensor<1xi32>
  %scale = graph.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %offset = graph.constant dense<[6.0, 8.0]> : tensor<2xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.batch_norm %x, %scale, %offset, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<1x8x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<1x8x2xf32>
  %1 = graph.conv_input_grad %w, %0, %n {strides = array<i64: 2>, same_padding} : (tensor<1x1x2xf32>, tensor<1x8x2xf32>, tensor<1xi32>) -> tensor<1x16x1xf32>
  %2 = graph.matmul %0, %v : (tensor<1x8x2xf32>, tensor<2x4xf32>) -> tensor<1x8x4xf32>
  graph.return %1, %2 : tensor<1x16x1xf32>, tensor<1x8x4xf32>
}
