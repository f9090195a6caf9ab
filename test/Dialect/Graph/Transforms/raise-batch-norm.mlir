// RUN: graph-opt %s -graph-raise-batch-norm | FileCheck %s
// RUN: graph-opt %s -graph-raise-batch-norm -o /dev/null --remark-format=emitRemark --remarks-filter-passed=raise 2>&1 | FileCheck %s --check-prefix=REMARK

// x * inv + (offset - mean * inv), as tf.nn.batch_normalization writes it.
// CHECK-LABEL: graph.func @keras
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x8x8x4xf32>, %[[G:[a-z0-9]+]]: tensor<4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[V:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:  %[[Y:.*]] = graph.batch_norm %[[X]], %[[G]], %[[B]], %[[M]], %[[V]] {axis = 3 : i64, epsilon = 1.250000e-01 : f64}
// CHECK-NEXT:  graph.return %[[Y]]
// REMARK: remark: {{.*}}raise{{.*}}keras{{.*}}is batch normalization along dim 3
graph.func @keras(%x: tensor<?x8x8x4xf32>, %g: tensor<4xf32>, %b: tensor<4xf32>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x8x8x4xf32> {
  %e = graph.constant dense<0.125> : tensor<f32>
  %0 = graph.add %v, %e : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = graph.rsqrt %0 : tensor<4xf32>
  %2 = graph.mul %1, %g : tensor<4xf32>
  %3 = graph.mul %x, %2 : (tensor<?x8x8x4xf32>, tensor<4xf32>) -> tensor<?x8x8x4xf32>
  %4 = graph.mul %m, %2 : tensor<4xf32>
  %5 = graph.sub %b, %4 : tensor<4xf32>
  %6 = graph.add %3, %5 : (tensor<?x8x8x4xf32>, tensor<4xf32>) -> tensor<?x8x8x4xf32>
  graph.return %6 : tensor<?x8x8x4xf32>
}

// The vectors lie along dim 1; neither scale nor offset; the mean's sign is on the other
// side.
// CHECK-LABEL: graph.func @channels_first
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4x8x8xf32>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[V:[a-z0-9]+]]: tensor<1x4x1x1xf32>
// CHECK-DAG:   %[[ONE:.*]] = graph.constant dense<1.000000e+00> : tensor<f32>
// CHECK-DAG:   %[[NONE:.*]] = graph.constant dense<-0.000000e+00> : tensor<f32>
// CHECK-DAG:   %[[W:.*]] = graph.squeeze %[[V]] {axes = array<i64: 0, 2, 3>}
// CHECK:       %[[Y:.*]] = graph.batch_norm %[[X]], %[[ONE]], %[[NONE]], %[[M]], %[[W]] {axis = 1 : i64, epsilon = 1.250000e-01 : f64}
// CHECK-NEXT:  graph.return %[[Y]]
graph.func @channels_first(%x: tensor<?x4x8x8xf32>, %m: tensor<4xf32>, %v: tensor<1x4x1x1xf32>) -> tensor<?x4x8x8xf32> {
  %e = graph.constant dense<0.125> : tensor<f32>
  %s = graph.constant dense<[1, 4, 1, 1]> : tensor<4xi32>
  %0 = graph.reshape %m, %s : (tensor<4xf32>, tensor<4xi32>) -> tensor<1x4x1x1xf32>
  %1 = graph.add %v, %e : (tensor<1x4x1x1xf32>, tensor<f32>) -> tensor<1x4x1x1xf32>
  %2 = graph.rsqrt %1 : tensor<1x4x1x1xf32>
  %3 = graph.neg %0 : tensor<1x4x1x1xf32>
  %4 = graph.mul %3, %2 : tensor<1x4x1x1xf32>
  %5 = graph.mul %x, %2 : (tensor<?x4x8x8xf32>, tensor<1x4x1x1xf32>) -> tensor<?x4x8x8xf32>
  %6 = graph.add %5, %4 : (tensor<?x4x8x8xf32>, tensor<1x4x1x1xf32>) -> tensor<?x4x8x8xf32>
  graph.return %6 : tensor<?x4x8x8xf32>
}

// (x - mean) / sqrt(variance + epsilon) * scale + offset, the epsilon first.
// CHECK-LABEL: graph.func @textbook
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4xf64>, %[[G:[a-z0-9]+]]: tensor<4xf64>, %[[B:[a-z0-9]+]]: tensor<4xf64>, %[[M:[a-z0-9]+]]: tensor<4xf64>, %[[V:[a-z0-9]+]]: tensor<4xf64>
// CHECK-NEXT:  %[[Y:.*]] = graph.batch_norm %[[X]], %[[G]], %[[B]], %[[M]], %[[V]] {axis = 1 : i64, epsilon = 1.250000e-01 : f64}
// CHECK-NEXT:  graph.return %[[Y]]
graph.func @textbook(%x: tensor<?x4xf64>, %g: tensor<4xf64>, %b: tensor<4xf64>, %m: tensor<4xf64>, %v: tensor<4xf64>) -> tensor<?x4xf64> {
  %e = graph.constant dense<0.125> : tensor<f64>
  %0 = graph.add %e, %v : (tensor<f64>, tensor<4xf64>) -> tensor<4xf64>
  %1 = graph.sqrt %0 : tensor<4xf64>
  %2 = graph.sub %x, %m : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %3 = graph.div %2, %1 : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %4 = graph.mul %g, %3 : (tensor<4xf64>, tensor<?x4xf64>) -> tensor<?x4xf64>
  %5 = graph.add %4, %b : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  graph.return %5 : tensor<?x4xf64>
}

// A scale of 1 + g, as in layers that start at the identity.
// CHECK-LABEL: graph.func @scale_is_a_sum
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4xf32>, %[[G:[a-z0-9]+]]: tensor<4xf32>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[V:[a-z0-9]+]]: tensor<4xf32>
// CHECK:       %[[S:.*]] = graph.add %{{.*}}, %{{.*}} -> tensor<4xf32>
// CHECK:       graph.batch_norm %[[X]], %[[S]], %{{.*}}, %[[M]], %[[V]] {axis = 1 : i64, epsilon = 0.000000e+00 : f64}
graph.func @scale_is_a_sum(%x: tensor<?x4xf32>, %g: tensor<4xf32>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf32> {
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.add %g, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = graph.rsqrt %v : tensor<4xf32>
  %2 = graph.mul %1, %0 : tensor<4xf32>
  %3 = graph.sub %x, %m : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %4 = graph.mul %3, %2 : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  graph.return %4 : tensor<?x4xf32>
}

// What is widened and narrowed again is the norm of a narrow tensor.
// CHECK-LABEL: graph.func @half
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4xf16>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[V:[a-z0-9]+]]: tensor<4xf32>
// CHECK:       %[[Y:.*]] = graph.batch_norm %[[X]], %{{.*}}, %{{.*}}, %[[M]], %[[V]] {{.*}} -> tensor<?x4xf16>
// CHECK-NEXT:  graph.return %[[Y]]
graph.func @half(%h: tensor<?x4xf16>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf16> {
  %x = graph.cast %h : tensor<?x4xf16> to tensor<?x4xf32>
  %0 = graph.sub %x, %m : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %1 = graph.rsqrt %v : tensor<4xf32>
  %2 = graph.mul %0, %1 : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %3 = graph.cast %2 : tensor<?x4xf32> to tensor<?x4xf16>
  graph.return %3 : tensor<?x4xf16>
}

// Vectors of floats that are narrowed to the tensor's type before they meet it.
// CHECK-LABEL: graph.func @half_with_narrowed_vectors
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4xf16>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[V:[a-z0-9]+]]: tensor<4xf32>
// CHECK:       graph.batch_norm %[[X]], %{{.*}}, %{{.*}}, %[[M]], %[[V]] {{.*}} -> tensor<?x4xf16>
graph.func @half_with_narrowed_vectors(%x: tensor<?x4xf16>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf16> {
  %0 = graph.rsqrt %v : tensor<4xf32>
  %1 = graph.cast %0 : tensor<4xf32> to tensor<4xf16>
  %2 = graph.mul %x, %1 : (tensor<?x4xf16>, tensor<4xf16>) -> tensor<?x4xf16>
  %3 = graph.neg %m : tensor<4xf32>
  %4 = graph.mul %3, %0 : tensor<4xf32>
  %5 = graph.cast %4 : tensor<4xf32> to tensor<4xf16>
  %6 = graph.add %2, %5 : (tensor<?x4xf16>, tensor<4xf16>) -> tensor<?x4xf16>
  graph.return %6 : tensor<?x4xf16>
}

// A bias before a norm is none of it, and one norm follows the other.
// CHECK-LABEL: graph.func @two_norms
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[V:[a-z0-9]+]]: tensor<4xf32>
// CHECK:       %[[A:.*]] = graph.add %[[X]], %[[B]]
// CHECK:       %[[Y:.*]] = graph.batch_norm %[[A]], %{{.*}}, %{{.*}}, %[[M]], %[[V]]
// CHECK:       %[[Z:.*]] = graph.batch_norm %[[Y]], %{{.*}}, %{{.*}}, %[[B]], %[[V]]
// CHECK:       graph.return %[[Z]]
graph.func @two_norms(%x: tensor<?x4xf32>, %b: tensor<4xf32>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf32> {
  %r = graph.rsqrt %v : tensor<4xf32>
  %0 = graph.add %x, %b : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %1 = graph.sub %0, %m : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %2 = graph.mul %1, %r : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %3 = graph.sub %2, %b : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %4 = graph.mul %3, %r : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  graph.return %4 : tensor<?x4xf32>
}
