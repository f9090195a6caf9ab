// RUN: graph-opt %s -graph-fold-batch-norm | FileCheck %s
// RUN: graph-opt %s -graph-fold-batch-norm -o /dev/null --remark-format=emitRemark --remarks-filter-passed=fold 2>&1 | FileCheck %s --check-prefix=REMARK

// Into the weights before a norm: its factors are 0.5 and 1, its shifts 0 and -2.

// The norm and the bias before it become other weights and another bias.
// CHECK-LABEL: graph.func @conv
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor
// CHECK-DAG:   %[[W:.*]] = graph.constant dense<{{\[\[\[\[}}5.000000e-01, 2.000000e+00], [1.500000e+00, 4.000000e+00]]]]> : tensor<1x1x2x2xf32>
// CHECK-DAG:   %[[B:.*]] = graph.constant dense<[5.000000e+00, 1.800000e+01]> : tensor<2xf32>
// CHECK:       %[[Y:.*]] = graph.conv %[[X]], %[[W]] {same_padding}
// CHECK-NEXT:  %[[Z:.*]] = graph.add %[[Y]], %[[B]]
// CHECK-NEXT:  graph.return %[[Z]]
// REMARK: remark: {{.*}}fold{{.*}}conv{{.*}}node "norm": batch normalization is folded into the weights of node "convolve" before it
graph.func @conv(%x: tensor<?x8x8x2xf32>) -> tensor<?x8x8x2xf32> {
  %w = graph.constant dense<[[[[1.0, 2.0], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32>
  %b = graph.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %offset = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %mean = graph.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %variance = graph.constant dense<3.0> : tensor<2xf32>
  %0 = graph.conv %x, %w {same_padding} : (tensor<?x8x8x2xf32>, tensor<1x1x2x2xf32>) -> tensor<?x8x8x2xf32> loc("convolve")
  %1 = graph.add %0, %b : (tensor<?x8x8x2xf32>, tensor<2xf32>) -> tensor<?x8x8x2xf32>
  %2 = graph.batch_norm %1, %scale, %offset, %mean, %variance {axis = 3 : i64, epsilon = 1.0 : f64} : (tensor<?x8x8x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x8x8x2xf32> loc("norm")
  graph.return %2 : tensor<?x8x8x2xf32>
}

// Groups of one channel with two filters each; f16 with vectors of f32. The factors
// are 1, 2, 3, 4 and nothing is shifted.
// CHECK-LABEL: graph.func @depthwise
// CHECK:       %[[W:.*]] = graph.constant dense<{{\[\[\[}}5.000000e-01, 1.000000e+00, 1.500000e+00, 2.000000e+00]]]> : tensor<1x1x4xf16>
// CHECK-NEXT:  %[[Y:.*]] = graph.conv %{{.*}}, %[[W]] {groups = 2 : i64}
// CHECK-NEXT:  graph.return %[[Y]]
graph.func @depthwise(%x: tensor<?x8x2xf16>) -> tensor<?x8x4xf16> {
  %w = graph.constant dense<0.5> : tensor<1x1x4xf16>
  %scale = graph.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.conv %x, %w {groups = 2 : i64} : (tensor<?x8x2xf16>, tensor<1x1x4xf16>) -> tensor<?x8x4xf16>
  %1 = graph.batch_norm %0, %scale, %zero, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<?x8x4xf16>, tensor<4xf32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x8x4xf16>
  graph.return %1 : tensor<?x8x4xf16>
}

// The channels of a transposed convolution's result lie along the rows of its
// weights, those of its second group with the later columns.
// CHECK-LABEL: graph.func @conv_input_grad
// CHECK:       graph.constant dense<{{\[\[\[}}1.000000e+00, 1.000000e+00, 3.000000e+00, 3.000000e+00], [2.000000e+00, 2.000000e+00, 4.000000e+00, 4.000000e+00]]]> : tensor<1x2x4xf32>
// CHECK-NOT:   graph.batch_norm
graph.func @conv_input_grad(%y: tensor<?x4x4xf32>) -> tensor<?x8x4xf32> {
  %w = graph.constant dense<1.0> : tensor<1x2x4xf32>
  %n = graph.constant dense<8> : tensor<1xi32>
  %scale = graph.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.conv_input_grad %w, %y, %n {groups = 2 : i64, same_padding, strides = array<i64: 2>} : (tensor<1x2x4xf32>, tensor<?x4x4xf32>, tensor<1xi32>) -> tensor<?x8x4xf32>
  %1 = graph.batch_norm %0, %scale, %zero, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<?x8x4xf32>, tensor<4xf32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x8x4xf32>
  graph.return %1 : tensor<?x8x4xf32>
}

// Weights on either side of a product, transposed or not.
// CHECK-LABEL: graph.func @dense
// CHECK-DAG:   %[[RIGHT:.*]] = graph.constant dense<{{\[\[}}1.000000e+00, 1.000000e+00, 1.000000e+00], [2.000000e+00, 2.000000e+00, 2.000000e+00]]> : tensor<2x3xf32>
// CHECK-DAG:   %[[BR:.*]] = graph.constant dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf32>
// CHECK-DAG:   %[[YR:.*]] = graph.matmul %{{.*}}, %[[RIGHT]] {transpose_b}
// CHECK-DAG:   %[[ZR:.*]] = graph.add %[[YR]], %[[BR]]
// CHECK-DAG:   %[[LEFT:.*]] = graph.constant dense<{{\[\[}}1.000000e+00, 1.000000e+00, 1.000000e+00], [2.000000e+00, 2.000000e+00, 2.000000e+00]]> : tensor<2x3xf32>
// CHECK-DAG:   %[[BL:.*]] = graph.constant dense<{{\[\[}}3.000000e+00], [4.000000e+00]]> : tensor<2x1xf32>
// CHECK-DAG:   %[[YL:.*]] = graph.matmul %[[LEFT]], %{{.*}} : (tensor<2x3xf32>, tensor<?x3x5xf32>)
// CHECK-DAG:   %[[ZL:.*]] = graph.add %[[YL]], %[[BL]]
// CHECK:       graph.return %[[ZR]], %[[ZL]]
graph.func @dense(%x: tensor<?x3xf32>, %z: tensor<?x3x5xf32>) -> (tensor<?x2xf32>, tensor<?x2x5xf32>) {
  %w = graph.constant dense<1.0> : tensor<2x3xf32>
  %scale = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %offset = graph.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.matmul %x, %w {transpose_b} : (tensor<?x3xf32>, tensor<2x3xf32>) -> tensor<?x2xf32>
  %1 = graph.batch_norm %0, %scale, %offset, %zero, %one {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<?x2xf32>
  %2 = graph.matmul %w, %z : (tensor<2x3xf32>, tensor<?x3x5xf32>) -> tensor<?x2x5xf32>
  %3 = graph.batch_norm %2, %scale, %offset, %zero, %one {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x2x5xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<?x2x5xf32>
  graph.return %1, %3 : tensor<?x2xf32>, tensor<?x2x5xf32>
}

// A transpose keeps channels apart, and so does a mean over places; what asks for
// the shape on the way is no user. Constants that follow the norm go with it.
// CHECK-LABEL: graph.func @between
// CHECK-DAG:   %[[W:.*]] = graph.constant dense<{{\[\[\[\[}}2.000000e+00, 4.000000e+00]]]]> : tensor<1x1x1x2xf32>
// CHECK-DAG:   %[[B:.*]] = graph.constant dense<5.000000e+00> : tensor<2xf32>
// CHECK:       %[[Y:.*]] = graph.conv %{{.*}}, %[[W]]
// CHECK:       %[[Z:.*]] = graph.add %[[Y]], %[[B]]
// CHECK:       %[[T:.*]] = graph.transpose %[[Z]]
// CHECK-DAG:   %[[P:.*]] = graph.pool mean %[[T]]
// CHECK-DAG:   %[[S:.*]] = graph.shape %[[T]]
// CHECK:       graph.return %[[P]], %[[S]]
graph.func @between(%x: tensor<?x8x8x1xf32>) -> (tensor<?x2x4x4xf32>, tensor<4xi32>) {
  %w = graph.constant dense<1.0> : tensor<1x1x1x2xf32>
  %scale = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %offset = graph.constant dense<2.0> : tensor<f32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<1x1x1xf32>
  %var = graph.constant dense<1.0> : tensor<f32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %0 = graph.conv %x, %w : (tensor<?x8x8x1xf32>, tensor<1x1x1x2xf32>) -> tensor<?x8x8x2xf32>
  %1 = graph.transpose %0 {permutation = array<i64: 0, 3, 1, 2>} : (tensor<?x8x8x2xf32>) -> tensor<?x2x8x8xf32>
  %s = graph.shape %1 : tensor<?x2x8x8xf32> to tensor<4xi32>
  %2 = graph.pool mean %1 {window = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<?x2x8x8xf32>) -> tensor<?x2x4x4xf32>
  %3 = graph.batch_norm %2, %scale, %offset, %zero, %var {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x2x4x4xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x2x4x4xf32>
  %4 = graph.mul %3, %two : (tensor<?x2x4x4xf32>, tensor<f32>) -> tensor<?x2x4x4xf32>
  %5 = graph.add %one, %4 : (tensor<1x1x1xf32>, tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  graph.return %5, %s : tensor<?x2x4x4xf32>, tensor<4xi32>
}

// The parts of a concatenation take their channels' share.
// CHECK-LABEL: graph.func @parts
// CHECK-DAG:   %[[W1:.*]] = graph.constant dense<1.000000e+00> : tensor<1x1x1xf32>
// CHECK-DAG:   %[[W2:.*]] = graph.constant dense<{{\[\[\[}}2.000000e+00, 3.000000e+00]]]> : tensor<1x1x2xf32>
// CHECK-DAG:   %[[Y1:.*]] = graph.conv %{{.*}}, %[[W1]]
// CHECK-DAG:   %[[Y2:.*]] = graph.conv %{{.*}}, %[[W2]]
// CHECK:       %[[C:.*]] = graph.concat %[[Y1]], %[[Y2]]
// CHECK-NEXT:  graph.return %[[C]]
graph.func @parts(%x: tensor<?x8x1xf32>) -> tensor<?x8x3xf32> {
  %w1 = graph.constant dense<1.0> : tensor<1x1x1xf32>
  %w2 = graph.constant dense<1.0> : tensor<1x1x2xf32>
  %scale = graph.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.conv %x, %w1 : (tensor<?x8x1xf32>, tensor<1x1x1xf32>) -> tensor<?x8x1xf32>
  %1 = graph.conv %x, %w2 : (tensor<?x8x1xf32>, tensor<1x1x2xf32>) -> tensor<?x8x2xf32>
  %2 = graph.concat %0, %1 {axis = 2 : i64} : (tensor<?x8x1xf32>, tensor<?x8x2xf32>) -> tensor<?x8x3xf32>
  %3 = graph.batch_norm %2, %scale, %zero, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<?x8x3xf32>, tensor<3xf32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x8x3xf32>
  graph.return %3 : tensor<?x8x3xf32>
}

// What another tool has left of a norm.
// CHECK-LABEL: graph.func @multiplication
// CHECK:       %[[W:.*]] = graph.constant dense<{{\[\[\[}}2.000000e+00, 3.000000e+00]]]> : tensor<1x1x2xf32>
// CHECK:       %[[Y:.*]] = graph.conv %{{.*}}, %[[W]]
// CHECK:       graph.add %[[Y]],
// CHECK-NOT:   graph.mul
graph.func @multiplication(%x: tensor<?x8x1xf32>) -> tensor<?x8x2xf32> {
  %w = graph.constant dense<1.0> : tensor<1x1x2xf32>
  %a = graph.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %b = graph.constant dense<[4.0, 5.0]> : tensor<2xf32>
  %0 = graph.conv %x, %w : (tensor<?x8x1xf32>, tensor<1x1x2xf32>) -> tensor<?x8x2xf32>
  %1 = graph.mul %0, %a : (tensor<?x8x2xf32>, tensor<2xf32>) -> tensor<?x8x2xf32>
  %2 = graph.add %1, %b : (tensor<?x8x2xf32>, tensor<2xf32>) -> tensor<?x8x2xf32>
  graph.return %2 : tensor<?x8x2xf32>
}

// Small weights that two ops share are copied.
// CHECK-LABEL: graph.func @shared
// CHECK-DAG:   %[[W2:.*]] = graph.constant dense<2.000000e+00> : tensor<1x1x1xf32>
// CHECK-DAG:   %[[W3:.*]] = graph.constant dense<3.000000e+00> : tensor<1x1x1xf32>
// CHECK-DAG:   %[[Y:.*]] = graph.conv %{{.*}}, %[[W2]]
// CHECK:       %[[Z:.*]] = graph.conv %[[Y]], %[[W3]]
// CHECK-NEXT:  graph.return %[[Z]]
graph.func @shared(%x: tensor<?x8x1xf32>) -> tensor<?x8x1xf32> {
  %w = graph.constant dense<1.0> : tensor<1x1x1xf32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %three = graph.constant dense<3.0> : tensor<f32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.conv %x, %w : (tensor<?x8x1xf32>, tensor<1x1x1xf32>) -> tensor<?x8x1xf32>
  %1 = graph.batch_norm %0, %two, %zero, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<?x8x1xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x8x1xf32>
  %2 = graph.conv %1, %w : (tensor<?x8x1xf32>, tensor<1x1x1xf32>) -> tensor<?x8x1xf32>
  %3 = graph.batch_norm %2, %three, %zero, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<?x8x1xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x8x1xf32>
  graph.return %3 : tensor<?x8x1xf32>
}

// Large ones are folded if all users ask for the same.
// CHECK-LABEL: graph.func @shared_and_large
// CHECK-NOT:   graph.batch_norm
graph.func @shared_and_large(%x: tensor<?x300xf32>, %y: tensor<?x300xf32>) -> (tensor<?x300xf32>, tensor<?x300xf32>) {
  %w = graph.constant dense<1.0> : tensor<300x300xf32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.matmul %x, %w : (tensor<?x300xf32>, tensor<300x300xf32>) -> tensor<?x300xf32>
  %1 = graph.batch_norm %0, %two, %zero, %zero, %one {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x300xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x300xf32>
  %2 = graph.matmul %y, %w : (tensor<?x300xf32>, tensor<300x300xf32>) -> tensor<?x300xf32>
  %3 = graph.batch_norm %2, %two, %one, %zero, %one {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<?x300xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x300xf32>
  graph.return %1, %3 : tensor<?x300xf32>, tensor<?x300xf32>
}

// A check that compares sizes takes no element.
// CHECK-LABEL: graph.func @checked
// CHECK:       %[[Y:.*]] = graph.matmul
// CHECK:       graph.check_reshape %{{.*}}, %[[Y]]
// CHECK-NOT:   graph.batch_norm
graph.func @checked(%x: tensor<?x4xf32>, %s: tensor<3xi32>) -> tensor<?x?x2xf32> {
  %w = graph.constant dense<1.0> : tensor<4x2xf32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.matmul %x, %w : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32>
  %c, %t = graph.check_reshape %s, %0 : tensor<3xi32>, tensor<?x2xf32>
  %1 = graph.reshape %0, %c : (tensor<?x2xf32>, tensor<3xi32>) -> tensor<?x?x2xf32>
  %2 = graph.batch_norm %1, %two, %zero, %zero, %one {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<?x?x2xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?x?x2xf32>
  graph.return %2 after(%t) : tensor<?x?x2xf32>
}
