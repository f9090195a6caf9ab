// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of checks.

// C1 of every check: the result has the type of what it passes.
graph.func @check_numerics_c1(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_numerics' op failed to verify that all of {x, result} have same type}}
  %0 = "graph.check_numerics"(%x) <{message = ""}> : (tensor<?xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @check_broadcast_c1(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_broadcast' op failed to verify that all of {x, result} have same type}}
  %0 = "graph.check_broadcast"(%x, %x) <{operandSegmentSizes = array<i32: 1, 1, 0>}> : (tensor<?xf32>, tensor<?xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @check_dims_c1(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_dims' op failed to verify that all of {x, result} have same type}}
  %0 = "graph.check_dims"(%x, %x) <{lhs_dims = array<i64>, rhs_dims = array<i64>}> : (tensor<?xf32>, tensor<?xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @check_index_c1(%i: tensor<?xi32>, %x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_index' op failed to verify that all of {indices, result} have same type}}
  %0 = "graph.check_index"(%i, %x) <{axis = 0 : i64}> : (tensor<?xi32>, tensor<?xf32>) -> tensor<?xi64>
  graph.return
}

// -----

graph.func @check_nonzero_c1(%x: tensor<?xi32>) {
  // expected-error @+1 {{'graph.check_nonzero' op failed to verify that all of {x, result} have same type}}
  %0 = "graph.check_nonzero"(%x) : (tensor<?xi32>) -> tensor<?xi64>
  graph.return
}

// -----

graph.func @check_bounds_c1(%x: tensor<?xi32>) {
  // expected-error @+1 {{'graph.check_bounds' op failed to verify that all of {x, result} have same type}}
  %0 = "graph.check_bounds"(%x, %x, %x) : (tensor<?xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?xi64>
  graph.return
}

// -----

graph.func @check_reshape_c1(%s: tensor<2xi32>, %x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_reshape' op failed to verify that all of {shape, result} have same type}}
  %0 = "graph.check_reshape"(%s, %x) : (tensor<2xi32>, tensor<?xf32>) -> tensor<3xi32>
  graph.return
}

// -----

graph.func @check_squeeze_c1(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_squeeze' op failed to verify that all of {x, result} have same type}}
  %0 = "graph.check_squeeze"(%x) <{axes = array<i64: 0>}> : (tensor<?xf32>) -> tensor<1xf32>
  graph.return
}

// -----

graph.func @check_split_c1(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_split' op failed to verify that all of {x, result} have same type}}
  %0 = "graph.check_split"(%x) <{axis = 0 : i64, num = 2 : i64}> : (tensor<?xf32>) -> tensor<2xf32>
  graph.return
}

// -----

// graph.check_broadcast C2: static sizes broadcast.
graph.func @check_broadcast_c2(%x: tensor<?x2xf32>, %y: tensor<1xf32>, %z: tensor<3xf32>) {
  // expected-error @+1 {{'graph.check_broadcast' op expects shapes that broadcast, but got 'tensor<?x2xf32>' and 'tensor<1xf32>', 'tensor<3xf32>'}}
  %0 = graph.check_broadcast %x, %y, %z : tensor<?x2xf32>, tensor<1xf32>, tensor<3xf32>
  graph.return
}

// -----

// graph.check_dims C2: the dims come in pairs.
graph.func @check_dims_c2(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_dims' op expects as many lhs_dims as rhs_dims, but got 1 and 0}}
  %0 = graph.check_dims %x, %x {lhs_dims = array<i64: 0>, rhs_dims = array<i64>} : tensor<?xf32>, tensor<?xf32>
  graph.return
}

// -----

// graph.check_dims C3: dims of x and y.
graph.func @check_dims_c3(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_dims' op expects lhs_dims to be in [0, 1), but got -1}}
  %0 = graph.check_dims %x, %x {lhs_dims = array<i64: -1>, rhs_dims = array<i64: 0>} : tensor<?xf32>, tensor<?xf32>
  graph.return
}

// -----

graph.func @check_dims_c3(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_dims' op expects rhs_dims to be in [0, 1), but got 1}}
  %0 = graph.check_dims %x, %x {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 1>} : tensor<?xf32>, tensor<?xf32>
  graph.return
}

// -----

// graph.check_dims C4: static sizes agree.
graph.func @check_dims_c4(%x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{'graph.check_dims' op expects x dim 0 (2) to equal y dim 0 (3)}}
  %0 = graph.check_dims %x, %y {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<2xf32>, tensor<3xf32>
  graph.return
}

// -----

// graph.check_index C2: a dim of x.
graph.func @check_index_c2(%i: tensor<?xi32>, %x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_index' op expects axis to be in [0, 1), but got 1}}
  %0 = graph.check_index %i, %x {axis = 1 : i64} : tensor<?xi32>, tensor<?xf32>
  graph.return
}

// -----

// graph.check_bounds C2: one element type.
graph.func @check_bounds_c2(%x: tensor<?xi32>, %low: tensor<i32>, %high: tensor<i64>) {
  // expected-error @+1 {{'graph.check_bounds' op expects bounds of element type 'i32', but got 'tensor<i64>'}}
  %0 = graph.check_bounds %x, %low, %high : tensor<?xi32>, tensor<i32>, tensor<i64>
  graph.return
}

// -----

// graph.check_bounds C3: a scalar, or a shape that fits.
graph.func @check_bounds_c3(%x: tensor<2xi32>, %low: tensor<i32>, %high: tensor<3xi32>) {
  // expected-error @+1 {{'graph.check_bounds' op expects bounds that are scalars or of a shape compatible with 'tensor<2xi32>', but got 'tensor<3xi32>'}}
  %0 = graph.check_bounds %x, %low, %high : tensor<2xi32>, tensor<i32>, tensor<3xi32>
  graph.return
}

// -----

// graph.check_squeeze C2: different dims of x.
graph.func @check_squeeze_c2(%x: tensor<1x1xf32>) {
  // expected-error @+1 {{'graph.check_squeeze' op expects axes to be different, but got 1 twice}}
  %0 = graph.check_squeeze %x {axes = array<i64: 1, 1>} : tensor<1x1xf32>
  graph.return
}

// -----

// graph.check_squeeze C3: a static size is 1.
graph.func @check_squeeze_c3(%x: tensor<?x2xf32>) {
  // expected-error @+1 {{'graph.check_squeeze' op expects dim 1 to have size 1, but got 2}}
  %0 = graph.check_squeeze %x {axes = array<i64: 0, 1>} : tensor<?x2xf32>
  graph.return
}

// -----

// graph.check_split C2: a dim of x.
graph.func @check_split_c2(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_split' op expects axis to be in [0, 1), but got 1}}
  %0 = graph.check_split %x {axis = 1 : i64, num = 2 : i64} : tensor<?xf32>
  graph.return
}

// -----

// graph.check_split C3: a number of parts.
graph.func @check_split_c3(%x: tensor<?xf32>) {
  // expected-error @+1 {{'graph.check_split' op expects num to be positive, but got 0}}
  %0 = graph.check_split %x {axis = 0 : i64, num = 0 : i64} : tensor<?xf32>
  graph.return
}

// -----

// graph.check_split C4: a static size is divisible.
graph.func @check_split_c4(%x: tensor<5xf32>) {
  // expected-error @+1 {{'graph.check_split' op expects num (2) to divide dim 0 (5)}}
  %0 = graph.check_split %x {axis = 0 : i64, num = 2 : i64} : tensor<5xf32>
  graph.return
}
