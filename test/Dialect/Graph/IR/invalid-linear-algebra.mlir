// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of factors and solutions of matrices.

graph.func @cholesky_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.cholesky' op expects x to have at least two dims, but got 'tensor<4xf32>'}}
  %0 = graph.cholesky %x : (tensor<4xf32>) -> tensor<4xf32>
  graph.return
}

// -----

graph.func @cholesky_c1(%x: tensor<?x3x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.cholesky' op expects x to have square matrices, but got 'tensor<?x3x4xf32>'}}
  %0 = graph.cholesky %x : (tensor<?x3x4xf32>) -> tensor<?x3x4xf32>
  graph.return
}

// -----

graph.func @cholesky_c2(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4x4xf32>' are incompatible with return type(s) of operation 'tensor<3x4xf32>'}}
  %0 = graph.cholesky %x : (tensor<?x4xf32>) -> tensor<3x4xf32>
  graph.return
}

// -----

graph.func @lu_c1(%x: tensor<3x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.lu' op expects x to have square matrices, but got 'tensor<3x4xf32>'}}
  %0, %1, %2 = graph.lu %x : (tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<3xi32>, tensor<f32>)
  graph.return
}

// -----

graph.func @lu_c2(%x: tensor<4x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4x4xf32>', 'tensor<4xi32>', 'tensor<f32>' are incompatible with return type(s) of operation 'tensor<4x4xf32>', 'tensor<3xi32>', 'tensor<f32>'}}
  %0, %1, %2 = graph.lu %x : (tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<3xi32>, tensor<f32>)
  graph.return
}

// -----

graph.func @triangular_solve_c1(%a: tensor<4x4xf32>, %b: tensor<4x1xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.triangular_solve' op expects a and b to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.triangular_solve %a, %b : (tensor<4x4xf32>, tensor<4x1xf64>) -> tensor<4x1xf32>
  graph.return
}

// -----

graph.func @triangular_solve_c2(%a: tensor<4x3xf32>, %b: tensor<4x1xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.triangular_solve' op expects a to have square matrices, but got 'tensor<4x3xf32>'}}
  %0 = graph.triangular_solve %a, %b : (tensor<4x3xf32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  graph.return
}

// -----

graph.func @triangular_solve_c3(%a: tensor<4x4xf32>, %b: tensor<3x1xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.triangular_solve' op expects a and b to have the same dims but for the last, but got 'tensor<4x4xf32>' and 'tensor<3x1xf32>'}}
  %0 = graph.triangular_solve %a, %b : (tensor<4x4xf32>, tensor<3x1xf32>) -> tensor<3x1xf32>
  graph.return
}

// -----

graph.func @triangular_solve_c4(%a: tensor<4x4xf32>, %b: tensor<?x1xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4x1xf32>' are incompatible with return type(s) of operation 'tensor<3x1xf32>'}}
  %0 = graph.triangular_solve %a, %b : (tensor<4x4xf32>, tensor<?x1xf32>) -> tensor<3x1xf32>
  graph.return
}

// -----

graph.func @qr_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.qr' op expects x to have at least two dims, but got 'tensor<4xf32>'}}
  %0, %1 = graph.qr %x : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  graph.return
}

// -----

graph.func @qr_c2(%x: tensor<6x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<6x4xf32>', 'tensor<4x4xf32>' are incompatible with return type(s) of operation 'tensor<6x6xf32>', 'tensor<6x4xf32>'}}
  %0, %1 = graph.qr %x : (tensor<6x4xf32>) -> (tensor<6x6xf32>, tensor<6x4xf32>)
  graph.return
}

// -----

graph.func @orthogonalize_c1(%x: tensor<3x4xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.orthogonalize' op expects x to have square matrices, but got 'tensor<3x4xf64>'}}
  %0, %1 = graph.orthogonalize %x : (tensor<3x4xf64>) -> (tensor<3x4xf64>, tensor<4x4xf64>)
  graph.return
}

// -----

graph.func @orthogonalize_c2(%x: tensor<4x4xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4x4xf64>', 'tensor<4x4xf64>' are incompatible with return type(s) of operation 'tensor<4x4xf64>', 'tensor<4x3xf64>'}}
  %0, %1 = graph.orthogonalize %x : (tensor<4x4xf64>) -> (tensor<4x4xf64>, tensor<4x3xf64>)
  graph.return
}

// -----

graph.func @check_true_c1(%x: tensor<?xf32>, %fits: tensor<i1>) {
  // expected-error @+1 {{'graph.check_true' op failed to verify that all of {x, result} have same type}}
  %0 = "graph.check_true"(%x, %fits) <{message = ""}> : (tensor<?xf32>, tensor<i1>) -> tensor<2xf32>
  graph.return
}
