// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Result types that are inferred; a wrong one shows them.

// Sizes depend on static sizes alone.
graph.func @open(%x: tensor<?x32x?x3xf32>, %w: tensor<3x3x3x8xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x16x?x8xf32>' are incompatible}}
  %0 = graph.conv %x, %w {same_padding, strides = array<i64: 2, 2>} : (tensor<?x32x?x3xf32>, tensor<3x3x3x8xf32>) -> tensor<f32>
  graph.return
}

// -----

// With an equal padding the filter's size does not matter.
graph.func @open_filter(%x: tensor<?x9x9x?xf32>, %w: tensor<?x3x?x?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x5x5x?xf32>' are incompatible}}
  %0 = graph.conv %x, %w {same_padding, strides = array<i64: 2, 2>} : (tensor<?x9x9x?xf32>, tensor<?x3x?x?xf32>) -> tensor<f32>
  graph.return
}

// -----

// (10 + 1 + 2 - 5 + 3) / 3 = 3
graph.func @padded(%x: tensor<4x10x2xf32>, %w: tensor<3x2x8xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4x3x8xf32>' are incompatible}}
  %0 = graph.conv %x, %w {padding = array<i64: 1, 2>, dilations = array<i64: 2>, strides = array<i64: 3>} : (tensor<4x10x2xf32>, tensor<3x2x8xf32>) -> tensor<f32>
  graph.return
}

// -----

// An input that lacks less than a stride has no windows.
graph.func @no_windows(%x: tensor<4x2x2xf32>, %w: tensor<3x2x8xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4x0x8xf32>' are incompatible}}
  %0 = graph.conv %x, %w : (tensor<4x2x2xf32>, tensor<3x2x8xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @input_grad(%w: tensor<3x3x2x6xf32>, %y: tensor<?x?x6x6xf32>, %n: tensor<i32>) {
  %axis = graph.constant dense<8> : tensor<1xi32>
  %open = graph.expand_dims %n {axes = array<i64: 0>} : (tensor<i32>) -> tensor<1xi32>
  %sizes = graph.concat %open, %axis {axis = 0 : i64} : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x?x8x4xf32>' are incompatible}}
  %0 = graph.conv_input_grad %w, %y, %sizes {groups = 2 : i64} : (tensor<3x3x2x6xf32>, tensor<?x?x6x6xf32>, tensor<2xi32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @filter_grad(%x: tensor<?x8x8x4xf32>, %y: tensor<?x?x7x?xf32>, %sizes: tensor<2xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x?x2x?xf32>' are incompatible}}
  %0 = graph.conv_filter_grad %x, %y, %sizes {groups = 2 : i64} : (tensor<?x8x8x4xf32>, tensor<?x?x7x?xf32>, tensor<2xi64>) -> tensor<f32>
  graph.return
}
