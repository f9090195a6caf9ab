// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of ops on windows and of resampling.

// graph.pool C1: a size per dim.
graph.func @pool_c1(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects window to have 2 elements, but got 1}}
  %0 = graph.pool max %x {window = array<i64: 2>} : (tensor<?x4xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.pool C1: sizes of at least 1.
graph.func @pool_c1(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects elements of window to be at least 1, but got 0}}
  %0 = graph.pool max %x {window = array<i64: 1, 0>} : (tensor<?x4xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.pool C2: a stride per dim.
graph.func @pool_c2(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects strides to have 2 elements, but got 3}}
  %0 = graph.pool max %x {window = array<i64: 1, 2>, strides = array<i64: 1, 1, 1>} : (tensor<?x4xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.pool C2: strides of at least 1.
graph.func @pool_c2(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects elements of strides to be at least 1, but got 0}}
  %0 = graph.pool max %x {window = array<i64: 1, 2>, strides = array<i64: 1, 0>} : (tensor<?x4xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.pool C3: two paddings per dim.
graph.func @pool_c3(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects padding to have 4 elements, but got 2}}
  %0 = graph.pool max %x {window = array<i64: 1, 2>, padding = array<i64: 0, 1>} : (tensor<?x4xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.pool C3: no window lies outside.
graph.func @pool_c3(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects padding to be less than the window's size (2) in dim 1, but got 2}}
  %0 = graph.pool max %x {window = array<i64: 1, 2>, padding = array<i64: 0, 0, 0, 2>} : (tensor<?x4xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.pool C3: paddings in one way.
graph.func @pool_c3(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects either padding or same_padding, but got both}}
  %0 = graph.pool max %x {window = array<i64: 1, 2>, padding = array<i64: 0, 0, 0, 1>, same_padding} : (tensor<?x4xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.pool C4: x is large enough.
graph.func @pool_c4(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects dim 1 (4), padded, to be about as large as the window (9)}}
  %0 = graph.pool max %x {window = array<i64: 1, 9>} : (tensor<?x4xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.arg_max_pool C1: a size per dim.
graph.func @arg_max_pool_c1(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max_pool' op expects window to have 2 elements, but got 1}}
  %0 = graph.arg_max_pool %x {window = array<i64: 2>} : (tensor<?x4xf32>) -> tensor<?x2xi64>
  graph.return
}

// -----

// graph.arg_max_pool C1: sizes of at least 1.
graph.func @arg_max_pool_c1(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max_pool' op expects elements of window to be at least 1, but got 0}}
  %0 = graph.arg_max_pool %x {window = array<i64: 1, 0>} : (tensor<?x4xf32>) -> tensor<?x2xi64>
  graph.return
}

// -----

// graph.arg_max_pool C2: a stride per dim.
graph.func @arg_max_pool_c2(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max_pool' op expects strides to have 2 elements, but got 3}}
  %0 = graph.arg_max_pool %x {window = array<i64: 1, 2>, strides = array<i64: 1, 1, 1>} : (tensor<?x4xf32>) -> tensor<?x2xi64>
  graph.return
}

// -----

// graph.arg_max_pool C2: strides of at least 1.
graph.func @arg_max_pool_c2(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max_pool' op expects elements of strides to be at least 1, but got 0}}
  %0 = graph.arg_max_pool %x {window = array<i64: 1, 2>, strides = array<i64: 1, 0>} : (tensor<?x4xf32>) -> tensor<?x2xi64>
  graph.return
}

// -----

// graph.arg_max_pool C3: two paddings per dim.
graph.func @arg_max_pool_c3(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max_pool' op expects padding to have 4 elements, but got 2}}
  %0 = graph.arg_max_pool %x {window = array<i64: 1, 2>, padding = array<i64: 0, 1>} : (tensor<?x4xf32>) -> tensor<?x2xi64>
  graph.return
}

// -----

// graph.arg_max_pool C3: no window lies outside.
graph.func @arg_max_pool_c3(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max_pool' op expects padding to be less than the window's size (2) in dim 1, but got 2}}
  %0 = graph.arg_max_pool %x {window = array<i64: 1, 2>, padding = array<i64: 0, 0, 0, 2>} : (tensor<?x4xf32>) -> tensor<?x2xi64>
  graph.return
}

// -----

// graph.arg_max_pool C3: paddings in one way.
graph.func @arg_max_pool_c3(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max_pool' op expects either padding or same_padding, but got both}}
  %0 = graph.arg_max_pool %x {window = array<i64: 1, 2>, padding = array<i64: 0, 0, 0, 1>, same_padding} : (tensor<?x4xf32>) -> tensor<?x2xi64>
  graph.return
}

// -----

// graph.arg_max_pool C4: x is large enough.
graph.func @arg_max_pool_c4(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max_pool' op expects dim 1 (4), padded, to be about as large as the window (9)}}
  %0 = graph.arg_max_pool %x {window = array<i64: 1, 9>} : (tensor<?x4xf32>) -> tensor<?x2xi64>
  graph.return
}

// -----

// graph.max_pool_grad C1: a size per dim.
graph.func @max_pool_grad_c1(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects window to have 2 elements, but got 1}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 2>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C1: sizes of at least 1.
graph.func @max_pool_grad_c1(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects elements of window to be at least 1, but got 0}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 0>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C2: a stride per dim.
graph.func @max_pool_grad_c2(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects strides to have 2 elements, but got 3}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 2>, strides = array<i64: 1, 1, 1>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C2: strides of at least 1.
graph.func @max_pool_grad_c2(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects elements of strides to be at least 1, but got 0}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 2>, strides = array<i64: 1, 0>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C3: two paddings per dim.
graph.func @max_pool_grad_c3(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects padding to have 4 elements, but got 2}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 2>, padding = array<i64: 0, 1>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C3: no window lies outside.
graph.func @max_pool_grad_c3(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects padding to be less than the window's size (2) in dim 1, but got 2}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 2>, padding = array<i64: 0, 0, 0, 2>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C3: paddings in one way.
graph.func @max_pool_grad_c3(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects either padding or same_padding, but got both}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 2>, padding = array<i64: 0, 0, 0, 1>, same_padding} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C4: x is large enough.
graph.func @max_pool_grad_c4(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects dim 1 (4), padded, to be about as large as the window (9)}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 9>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C1: a size per dim.
graph.func @mean_pool_grad_c1(%dy: tensor<?x2xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects window to have 2 elements, but got 1}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 2>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C1: sizes of at least 1.
graph.func @mean_pool_grad_c1(%dy: tensor<?x2xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects elements of window to be at least 1, but got 0}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 0>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C2: a stride per dim.
graph.func @mean_pool_grad_c2(%dy: tensor<?x2xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects strides to have 2 elements, but got 3}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>, strides = array<i64: 1, 1, 1>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C2: strides of at least 1.
graph.func @mean_pool_grad_c2(%dy: tensor<?x2xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects elements of strides to be at least 1, but got 0}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>, strides = array<i64: 1, 0>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C3: two paddings per dim.
graph.func @mean_pool_grad_c3(%dy: tensor<?x2xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects padding to have 4 elements, but got 2}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>, padding = array<i64: 0, 1>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C3: no window lies outside.
graph.func @mean_pool_grad_c3(%dy: tensor<?x2xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects padding to be less than the window's size (2) in dim 1, but got 2}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>, padding = array<i64: 0, 0, 0, 2>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C3: paddings in one way.
graph.func @mean_pool_grad_c3(%dy: tensor<?x2xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects either padding or same_padding, but got both}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>, padding = array<i64: 0, 0, 0, 1>, same_padding} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.pool C5: mean takes floats.
graph.func @pool_c5(%x: tensor<?x4xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects floats for mean, but got 'tensor<?x4xi32>'}}
  %0 = graph.pool mean %x {window = array<i64: 1, 2>} : (tensor<?x4xi32>) -> tensor<?x3xi32>
  graph.return
}

// -----

// graph.pool C5: finite is about maxima.
graph.func @pool_c5(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pool' op expects finite with max only}}
  %0 = graph.pool sum %x {finite, window = array<i64: 1, 2>} : (tensor<?x4xf32>) -> tensor<?x3xf32>
  graph.return
}

// -----

// graph.pool C6: the result's type.
graph.func @pool_c6(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x3xf32>' are incompatible}}
  %0 = graph.pool max %x {window = array<i64: 1, 2>} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.arg_max_pool C5: the result's type.
graph.func @arg_max_pool_c5(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x2xi64>' are incompatible}}
  %0 = graph.arg_max_pool %x {same_padding, strides = array<i64: 1, 3>, window = array<i64: 1, 2>} : (tensor<?x4xf32>) -> tensor<?x4xi64>
  graph.return
}

// -----

// graph.max_pool_grad C5: one element type.
graph.func @max_pool_grad_c5(%x: tensor<?x4xf32>, %dy: tensor<?x2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects x and output_grad to have one element type}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 3>} : (tensor<?x4xf32>, tensor<?x2xf64>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C6: the shape of the pool.
graph.func @max_pool_grad_c6(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects output_grad to have the shape of the pool, as in 'tensor<?x3xf32>', but got 'tensor<?x2xf32>'}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 2>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C6: so has y.
graph.func @max_pool_grad_c6(%x: tensor<?x4xf32>, %dy: tensor<?x3xf32>, %y: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max_pool_grad' op expects y to have the shape of the pool}}
  %0 = graph.max_pool_grad %x, %dy equal %y {window = array<i64: 1, 2>} : (tensor<?x4xf32>, tensor<?x3xf32>, tensor<?xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.max_pool_grad C7: the result's type.
graph.func @max_pool_grad_c7(%x: tensor<?x4xf32>, %dy: tensor<?x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x4xf32>' are incompatible}}
  %0 = graph.max_pool_grad %x, %dy {window = array<i64: 1, 2>} : (tensor<?x4xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C4: a size per dim.
graph.func @mean_pool_grad_c4(%dy: tensor<?x2xf32>, %s: tensor<3xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects sizes to have}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>} : (tensor<?x2xf32>, tensor<3xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C4: sizes that are not negative.
graph.func @mean_pool_grad_c4(%dy: tensor<?x2xf32>) {
  %s = graph.constant dense<[1, -3]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects sizes not to be negative, but got -3}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C4: sizes that are large enough.
graph.func @mean_pool_grad_c4(%dy: tensor<?x2xf32>) {
  %s = graph.constant dense<[1, 0]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects dim 1 (0), padded, to be about as large as the window (2)}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C5: the shape of the pool.
graph.func @mean_pool_grad_c5(%dy: tensor<?x2xf32>) {
  %s = graph.constant dense<[1, 4]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mean_pool_grad' op expects output_grad to have the shape of the pool}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.mean_pool_grad C6: the result's type.
graph.func @mean_pool_grad_c6(%dy: tensor<?x2xf32>) {
  %s = graph.constant dense<[1, 3]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<1x3xf32>' are incompatible}}
  %0 = graph.mean_pool_grad %dy, %s {window = array<i64: 1, 2>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<1x4xf32>
  graph.return
}

// -----

// graph.resample C1: a dim of x.
graph.func @resample_c1(%x: tensor<?x4xf32>, %i: tensor<2x3xi32>, %w: tensor<2x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.resample' op expects axis to be in [0, 2), but got 2}}
  %0 = graph.resample %x, %i, %w {axis = 2 : i64} : (tensor<?x4xf32>, tensor<2x3xi32>, tensor<2x3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.resample C2: matrices of one shape.
graph.func @resample_c2(%x: tensor<?x4xf32>, %i: tensor<2x3xi32>, %w: tensor<2x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.resample' op expects positions and weights to be matrices of one shape, but got 'tensor<2x3xi32>' and 'tensor<2x4xf32>'}}
  %0 = graph.resample %x, %i, %w {axis = 1 : i64} : (tensor<?x4xf32>, tensor<2x3xi32>, tensor<2x4xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.resample C3: one element type.
graph.func @resample_c3(%x: tensor<?x4xf32>, %i: tensor<2x3xi32>, %w: tensor<2x3xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.resample' op expects x and weights to have one element type}}
  %0 = graph.resample %x, %i, %w {axis = 1 : i64} : (tensor<?x4xf32>, tensor<2x3xi32>, tensor<2x3xf64>) -> tensor<?x2xf32>
  graph.return
}

// -----

// graph.resample C4: the result's type.
graph.func @resample_c4(%x: tensor<?x4xf32>, %i: tensor<2x3xi32>, %w: tensor<2x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x2xf32>' are incompatible}}
  %0 = graph.resample %x, %i, %w {axis = 1 : i64} : (tensor<?x4xf32>, tensor<2x3xi32>, tensor<2x3xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.resample_grad C1: a dim of output_grad.
graph.func @resample_grad_c1(%x: tensor<?x2xf32>, %i: tensor<2x3xi32>, %w: tensor<2x3xf32>, %s: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.resample_grad' op expects axis to be in [0, 2), but got 2}}
  %0 = graph.resample_grad %x, %i, %w, %s {axis = 2 : i64} : (tensor<?x2xf32>, tensor<2x3xi32>, tensor<2x3xf32>, tensor<i32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.resample_grad C2: matrices of one shape.
graph.func @resample_grad_c2(%x: tensor<?x2xf32>, %i: tensor<2x3xi32>, %w: tensor<2x4xf32>, %s: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.resample_grad' op expects positions and weights to be matrices of one shape}}
  %0 = graph.resample_grad %x, %i, %w, %s {axis = 1 : i64} : (tensor<?x2xf32>, tensor<2x3xi32>, tensor<2x4xf32>, tensor<i32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.resample_grad C2: a row for each place.
graph.func @resample_grad_c2(%x: tensor<?x5xf32>, %i: tensor<2x3xi32>, %w: tensor<2x3xf32>, %s: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.resample_grad' op expects positions to have as many rows as output_grad has places in dim 1 (5), but got 'tensor<2x3xi32>'}}
  %0 = graph.resample_grad %x, %i, %w, %s {axis = 1 : i64} : (tensor<?x5xf32>, tensor<2x3xi32>, tensor<2x3xf32>, tensor<i32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.resample_grad C3: one element type.
graph.func @resample_grad_c3(%x: tensor<?x2xf32>, %i: tensor<2x3xi32>, %w: tensor<2x3xf64>, %s: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.resample_grad' op expects output_grad and weights to have one element type}}
  %0 = graph.resample_grad %x, %i, %w, %s {axis = 1 : i64} : (tensor<?x2xf32>, tensor<2x3xi32>, tensor<2x3xf64>, tensor<i32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.resample_grad C4: a size.
graph.func @resample_grad_c4(%x: tensor<?x2xf32>, %i: tensor<2x3xi32>, %w: tensor<2x3xf32>) {
  %s = graph.constant dense<-1> : tensor<i32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.resample_grad' op expects size not to be negative, but got -1}}
  %0 = graph.resample_grad %x, %i, %w, %s {axis = 1 : i64} : (tensor<?x2xf32>, tensor<2x3xi32>, tensor<2x3xf32>, tensor<i32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.resample_grad C5: the result's type.
graph.func @resample_grad_c5(%x: tensor<?x2xf32>, %i: tensor<2x3xi32>, %w: tensor<2x3xf32>) {
  %s = graph.constant dense<4> : tensor<i32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x4xf32>' are incompatible}}
  %0 = graph.resample_grad %x, %i, %w, %s {axis = 1 : i64} : (tensor<?x2xf32>, tensor<2x3xi32>, tensor<2x3xf32>, tensor<i32>) -> tensor<?x2xf32>
  graph.return
}
