// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of convolutions and their gradients.

// graph.conv C1: one element type.
graph.func @conv_c1(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf16>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects input and filter to have one element type, but got 'f32' and 'f16'}}
  %0 = graph.conv %x, %w : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf16>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

// graph.conv C2: as many dims, at least three.
graph.func @conv_c2(%x: tensor<2x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects input and filter to have the same number of dims, at least three, but got 'tensor<2x8x4xf32>' and 'tensor<3x3x4x6xf32>'}}
  %0 = graph.conv %x, %w : (tensor<2x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

graph.func @conv_c2(%x: tensor<2x4xf32>, %w: tensor<4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects input and filter to have the same number of dims, at least three, but got 'tensor<2x4xf32>' and 'tensor<4x6xf32>'}}
  %0 = graph.conv %x, %w : (tensor<2x4xf32>, tensor<4x6xf32>) -> tensor<2x6xf32>
  graph.return
}

// -----

// graph.conv C3: a positive stride and dilation per spatial dim.
graph.func @conv_c3(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects strides to have 2 elements, but got 4}}
  %0 = graph.conv %x, %w {strides = array<i64: 1, 2, 2, 1>} : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

graph.func @conv_c3(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects elements of dilations to be at least 1, but got 0}}
  %0 = graph.conv %x, %w {dilations = array<i64: 1, 0>} : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

// graph.conv C4: two paddings per spatial dim, stated once.
graph.func @conv_c4(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects padding to have 4 elements, but got 2}}
  %0 = graph.conv %x, %w {padding = array<i64: 1, 1>} : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

graph.func @conv_c4(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects elements of padding to be at least 0, but got -1}}
  %0 = graph.conv %x, %w {padding = array<i64: 1, 1, -1, 1>} : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

graph.func @conv_c4(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects either padding or same_padding, but got both}}
  %0 = graph.conv %x, %w {padding = array<i64: 1, 1, 1, 1>, same_padding} : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

// graph.conv C5: channels and groups fit.
graph.func @conv_c5(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects groups to be at least 1, but got 0}}
  %0 = graph.conv %x, %w {groups = 0 : i64} : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

graph.func @conv_c5(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects the channels of filter (6) to be a multiple of groups (4)}}
  %0 = graph.conv %x, %w {groups = 4 : i64} : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

graph.func @conv_c5(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects input to have 8 channels, 2 groups of 4, but got 4}}
  %0 = graph.conv %x, %w {groups = 2 : i64} : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

// graph.conv C6: sizes that make sense.
graph.func @conv_c6(%x: tensor<2x8x8x4xf32>, %w: tensor<0x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects spatial sizes of the filter to be at least 1, but got 0}}
  %0 = graph.conv %x, %w : (tensor<2x8x8x4xf32>, tensor<0x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

graph.func @conv_c6(%x: tensor<2x1x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op expects spatial dim 0 of the padded input to hold a window of 3 taps, but got size 1}}
  %0 = graph.conv %x, %w : (tensor<2x1x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6x6xf32>
  graph.return
}

// -----

// graph.conv C7: the result has the shape of the output.
graph.func @conv_c7(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv' op inferred type(s) 'tensor<2x6x6x6xf32>' are incompatible with return type(s) of operation 'tensor<2x8x8x6xf32>'}}
  %0 = graph.conv %x, %w : (tensor<2x8x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x8x8x6xf32>
  graph.return
}

// -----

// graph.conv_input_grad C1: one element type.
graph.func @conv_input_grad_c1(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6x6xf16>) {
  %sizes = graph.constant dense<8> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op expects filter and output_grad to have one element type, but got 'f32' and 'f16'}}
  %0 = graph.conv_input_grad %w, %y, %sizes : (tensor<3x3x4x6xf32>, tensor<2x6x6x6xf16>, tensor<2xi32>) -> tensor<2x8x8x4xf32>
  graph.return
}

// -----

// graph.conv_input_grad C2: as many dims, at least three.
graph.func @conv_input_grad_c2(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6xf32>) {
  %sizes = graph.constant dense<8> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op expects filter and output_grad to have the same number of dims, at least three, but got 'tensor<3x3x4x6xf32>' and 'tensor<2x6x6xf32>'}}
  %0 = graph.conv_input_grad %w, %y, %sizes : (tensor<3x3x4x6xf32>, tensor<2x6x6xf32>, tensor<2xi32>) -> tensor<2x8x8x4xf32>
  graph.return
}

// -----

// graph.conv_input_grad C3: a positive stride and dilation per spatial dim.
graph.func @conv_input_grad_c3(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<8> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op expects elements of strides to be at least 1, but got 0}}
  %0 = graph.conv_input_grad %w, %y, %sizes {strides = array<i64: 0, 1>} : (tensor<3x3x4x6xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<2x8x8x4xf32>
  graph.return
}

// -----

// graph.conv_input_grad C4: two paddings per spatial dim, stated once.
graph.func @conv_input_grad_c4(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<8> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op expects padding to have 4 elements, but got 2}}
  %0 = graph.conv_input_grad %w, %y, %sizes {padding = array<i64: 1, 1>} : (tensor<3x3x4x6xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<2x8x8x4xf32>
  graph.return
}

// -----

// graph.conv_input_grad C5: channels and groups fit.
graph.func @conv_input_grad_c5(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<8> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op expects the channels of filter (6) to be a multiple of groups (4)}}
  %0 = graph.conv_input_grad %w, %y, %sizes {groups = 4 : i64} : (tensor<3x3x4x6xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<2x8x8x4xf32>
  graph.return
}

// -----

graph.func @conv_input_grad_c5(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6x5xf32>) {
  %sizes = graph.constant dense<8> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op expects output_grad to have as many channels as filter (6), but got 5}}
  %0 = graph.conv_input_grad %w, %y, %sizes : (tensor<3x3x4x6xf32>, tensor<2x6x6x5xf32>, tensor<2xi32>) -> tensor<2x8x8x4xf32>
  graph.return
}

// -----

// graph.conv_input_grad C6: one size per spatial dim that makes sense.
graph.func @conv_input_grad_c6(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<8> : tensor<4xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op expects sizes to have 2 elements, one per spatial dim, but got 4}}
  %0 = graph.conv_input_grad %w, %y, %sizes : (tensor<3x3x4x6xf32>, tensor<2x6x6x6xf32>, tensor<4xi32>) -> tensor<2x8x8x4xf32>
  graph.return
}

// -----

graph.func @conv_input_grad_c6(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<[8, -1]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op expects sizes to be at least 0, but got -1}}
  %0 = graph.conv_input_grad %w, %y, %sizes : (tensor<3x3x4x6xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<2x8x8x4xf32>
  graph.return
}

// -----

// graph.conv_input_grad C7: the sizes of output_grad are the output's.
graph.func @conv_input_grad_c7(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<[8, 9]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op expects output_grad to have size 7 in spatial dim 1, but got 6}}
  %0 = graph.conv_input_grad %w, %y, %sizes : (tensor<3x3x4x6xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<2x8x8x4xf32>
  graph.return
}

// -----

// graph.conv_input_grad C8: the result has the shape of the input.
graph.func @conv_input_grad_c8(%w: tensor<3x3x4x6xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<8> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_input_grad' op inferred type(s) 'tensor<2x8x8x4xf32>' are incompatible with return type(s) of operation 'tensor<2x8x8x6xf32>'}}
  %0 = graph.conv_input_grad %w, %y, %sizes : (tensor<3x3x4x6xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<2x8x8x6xf32>
  graph.return
}

// -----

// graph.conv_filter_grad C1: one element type.
graph.func @conv_filter_grad_c1(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6x6xf16>) {
  %sizes = graph.constant dense<3> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects input and output_grad to have one element type, but got 'f32' and 'f16'}}
  %0 = graph.conv_filter_grad %x, %y, %sizes : (tensor<2x8x8x4xf32>, tensor<2x6x6x6xf16>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

// graph.conv_filter_grad C2: as many dims, at least three.
graph.func @conv_filter_grad_c2(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6xf32>) {
  %sizes = graph.constant dense<3> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects input and output_grad to have the same number of dims, at least three, but got 'tensor<2x8x8x4xf32>' and 'tensor<2x6x6xf32>'}}
  %0 = graph.conv_filter_grad %x, %y, %sizes : (tensor<2x8x8x4xf32>, tensor<2x6x6xf32>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

// graph.conv_filter_grad C3: a positive stride and dilation per spatial dim.
graph.func @conv_filter_grad_c3(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<3> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects dilations to have 2 elements, but got 1}}
  %0 = graph.conv_filter_grad %x, %y, %sizes {dilations = array<i64: 2>} : (tensor<2x8x8x4xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

// graph.conv_filter_grad C4: two paddings per spatial dim, stated once.
graph.func @conv_filter_grad_c4(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<3> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects elements of padding to be at least 0, but got -2}}
  %0 = graph.conv_filter_grad %x, %y, %sizes {padding = array<i64: 0, 0, -2, 1>} : (tensor<2x8x8x4xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

// graph.conv_filter_grad C5: channels and groups fit.
graph.func @conv_filter_grad_c5(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<3> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects the channels of input (4) to be a multiple of groups (3)}}
  %0 = graph.conv_filter_grad %x, %y, %sizes {groups = 3 : i64} : (tensor<2x8x8x4xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

graph.func @conv_filter_grad_c5(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<3> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects the channels of output_grad (6) to be a multiple of groups (4)}}
  %0 = graph.conv_filter_grad %x, %y, %sizes {groups = 4 : i64} : (tensor<2x8x8x4xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

// graph.conv_filter_grad C6: one size per spatial dim that makes sense.
graph.func @conv_filter_grad_c6(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<3> : tensor<3xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects sizes to have 2 elements, one per spatial dim, but got 3}}
  %0 = graph.conv_filter_grad %x, %y, %sizes : (tensor<2x8x8x4xf32>, tensor<2x6x6x6xf32>, tensor<3xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

graph.func @conv_filter_grad_c6(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<[3, 0]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects sizes to be at least 1, but got 0}}
  %0 = graph.conv_filter_grad %x, %y, %sizes : (tensor<2x8x8x4xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

// graph.conv_filter_grad C7: the sizes of output_grad are the output's.
graph.func @conv_filter_grad_c7(%x: tensor<2x8x8x4xf32>, %y: tensor<3x6x6x6xf32>) {
  %sizes = graph.constant dense<3> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects output_grad to have the batch size of input (2), but got 3}}
  %0 = graph.conv_filter_grad %x, %y, %sizes : (tensor<2x8x8x4xf32>, tensor<3x6x6x6xf32>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

graph.func @conv_filter_grad_c7(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<[4, 3]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op expects output_grad to have size 5 in spatial dim 0, but got 6}}
  %0 = graph.conv_filter_grad %x, %y, %sizes : (tensor<2x8x8x4xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<3x3x4x6xf32>
  graph.return
}

// -----

// graph.conv_filter_grad C8: the result has the shape of the filter.
graph.func @conv_filter_grad_c8(%x: tensor<2x8x8x4xf32>, %y: tensor<2x6x6x6xf32>) {
  %sizes = graph.constant dense<3> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.conv_filter_grad' op inferred type(s) 'tensor<3x3x4x6xf32>' are incompatible with return type(s) of operation 'tensor<3x3x6x4xf32>'}}
  %0 = graph.conv_filter_grad %x, %y, %sizes : (tensor<2x8x8x4xf32>, tensor<2x6x6x6xf32>, tensor<2xi32>) -> tensor<3x3x6x4xf32>
  graph.return
}
