// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of normalization.

// graph.batch_norm C1: the vectors have one element type.
graph.func @batch_norm_c1(%x: tensor<2x4xf32>, %v: tensor<4xf32>, %w: tensor<4xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.batch_norm' op expects scale and mean to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.batch_norm %x, %v, %v, %w, %v {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf64>, tensor<4xf32>) -> tensor<2x4xf32>
  graph.return
}

// -----

// That type goes with that of the tensor.
graph.func @batch_norm_c1(%x: tensor<2x4xf32>, %v: tensor<4xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.batch_norm' op expects scale, offset, mean and variance to have the element type of x ('f32'), or f32 for f16 and bf16, but got 'f64'}}
  %0 = graph.batch_norm %x, %v, %v, %v, %v {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<2x4xf32>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>) -> tensor<2x4xf32>
  graph.return
}

// -----

// graph.batch_norm C2: a dim of the tensor.
graph.func @batch_norm_c2(%x: tensor<2x4xf32>, %v: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.batch_norm' op expects axis to be in [0, 2), but got 2}}
  %0 = graph.batch_norm %x, %v, %v, %v, %v {axis = 2 : i64, epsilon = 0.0 : f64} : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  graph.return
}

// -----

// graph.batch_norm C3: vectors of as many elements as there are channels.
graph.func @batch_norm_c3(%x: tensor<2x4xf32>, %v: tensor<4xf32>, %w: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.batch_norm' op expects variance to have an element for each of the 4 channels of x, but got 'tensor<2xf32>'}}
  %0 = graph.batch_norm %x, %v, %v, %v, %w {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<2xf32>) -> tensor<2x4xf32>
  graph.return
}

// -----

graph.func @batch_norm_c3(%x: tensor<2x4xf32>, %v: tensor<4xf32>, %w: tensor<1x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.batch_norm' op expects offset to be a vector or a scalar, but got 'tensor<1x4xf32>'}}
  %0 = graph.batch_norm %x, %v, %w, %v, %v {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<2x4xf32>, tensor<4xf32>, tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  graph.return
}

// -----

// graph.batch_norm C4: the tensor's type.
graph.func @batch_norm_c4(%x: tensor<2x4xf32>, %v: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.batch_norm' op inferred type(s) 'tensor<2x4xf32>' are incompatible with return type(s) of operation 'tensor<3x4xf32>'}}
  %0 = graph.batch_norm %x, %v, %v, %v, %v {axis = 1 : i64, epsilon = 0.0 : f64} : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<3x4xf32>
  graph.return
}
