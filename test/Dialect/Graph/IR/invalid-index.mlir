// RUN: graph-opt %s -split-input-file -verify-diagnostics
// One negative test per constraint of scatters and searches.

// graph.scatter C1: rows of positions.
graph.func @scatter_c1(%x: tensor<4xf32>, %i: tensor<3x2xi32>, %u: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.scatter' op expects indices to end with a dim of static size of at most 1, but got 'tensor<3x2xi32>'}}
  %0 = graph.scatter add %x, %i, %u : (tensor<4xf32>, tensor<3x2xi32>, tensor<3xf32>) -> tensor<4xf32>
  graph.return
}

// -----

graph.func @scatter_c1_open(%x: tensor<4xf32>, %i: tensor<3x?xi32>, %u: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.scatter' op expects indices to end with a dim of static size of at most 1, but got 'tensor<3x?xi32>'}}
  %0 = graph.scatter add %x, %i, %u : (tensor<4xf32>, tensor<3x?xi32>, tensor<3xf32>) -> tensor<4xf32>
  graph.return
}

// -----

// graph.scatter C2: updates of one type with x.
graph.func @scatter_c2(%x: tensor<4xf32>, %i: tensor<3x1xi32>, %u: tensor<3xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.scatter' op expects x and updates to have one element type, but got 'f32' and 'i32'}}
  %0 = graph.scatter add %x, %i, %u : (tensor<4xf32>, tensor<3x1xi32>, tensor<3xi32>) -> tensor<4xf32>
  graph.return
}

// -----

// graph.scatter C3: a slice for each row.
graph.func @scatter_c3(%x: tensor<4x5xf32>, %i: tensor<3x1xi32>, %u: tensor<3x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.scatter' op expects updates to have a shape of at least one dim that is compatible with 'tensor<3x5xf32>', but got 'tensor<3x4xf32>'}}
  %0 = graph.scatter add %x, %i, %u : (tensor<4x5xf32>, tensor<3x1xi32>, tensor<3x4xf32>) -> tensor<4x5xf32>
  graph.return
}

// -----

// graph.scatter C4: booleans have no sum.
graph.func @scatter_c4(%x: tensor<4xi1>, %i: tensor<3x1xi32>, %u: tensor<3xi1>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.scatter' op expects update, max or min for booleans, but got add}}
  %0 = graph.scatter add %x, %i, %u : (tensor<4xi1>, tensor<3x1xi32>, tensor<3xi1>) -> tensor<4xi1>
  graph.return
}

// -----

// graph.scatter C5: NaN matters to max and min.
graph.func @scatter_c5(%x: tensor<4xf32>, %i: tensor<3x1xi32>, %u: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.scatter' op expects takes_nan with max or min only, but got update}}
  %0 = graph.scatter update %x, %i, %u {takes_nan} : (tensor<4xf32>, tensor<3x1xi32>, tensor<3xf32>) -> tensor<4xf32>
  graph.return
}

// -----

// graph.scatter C6: the result is like x.
graph.func @scatter_c6(%x: tensor<4xf32>, %i: tensor<3x1xi32>, %u: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4xf32>' are incompatible}}
  %0 = graph.scatter add %x, %i, %u : (tensor<4xf32>, tensor<3x1xi32>, tensor<3xf32>) -> tensor<3xf32>
  graph.return
}

// -----

// graph.nonzero C1: a dim.
graph.func @nonzero_c1(%x: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.nonzero' op expects x to have at least one dim, but got 'tensor<f32>'}}
  %0 = graph.nonzero %x : (tensor<f32>) -> tensor<?x0xi64>
  graph.return
}

// -----

// graph.nonzero C2: a column for each dim.
graph.func @nonzero_c2(%x: tensor<4x5xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x2xi64>' are incompatible}}
  %0 = graph.nonzero %x : (tensor<4x5xf32>) -> tensor<?x1xi64>
  graph.return
}

// -----

// graph.unique C1: a dim.
graph.func @unique_c1(%x: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.unique' op expects x to have at least one dim, but got 'tensor<f32>'}}
  %0, %1, %2 = graph.unique %x {index_type = i32} : (tensor<f32>) -> (tensor<f32>, tensor<i32>, tensor<i32>)
  graph.return
}

// -----

// graph.unique C2: a type of positions.
graph.func @unique_c2(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.unique' op expects index_type to be i32 or i64, but got 'i16'}}
  %0, %1, %2 = graph.unique %x {index_type = i16} : (tensor<4xf32>) -> (tensor<?xf32>, tensor<4xi32>, tensor<?xi32>)
  graph.return
}

// -----

// graph.unique C3: what each result is for.
graph.func @unique_c3(%x: tensor<4x5xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x5xf32>', 'tensor<4xi32>', 'tensor<?xi32>' are incompatible}}
  %0, %1, %2 = graph.unique %x {index_type = i32} : (tensor<4x5xf32>) -> (tensor<?x5xf32>, tensor<5xi32>, tensor<?xi32>)
  graph.return
}
