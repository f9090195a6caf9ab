// RUN: graph-opt %s -split-input-file -verify-diagnostics
// What elementwise ops infer, told by the error that a result of another type gives.

graph.func @unary(%x: tensor<?x4xf16>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x4xf16>' are incompatible with return type(s) of operation 'tensor<f16>'}}
  %0 = graph.exp %x : (tensor<?x4xf16>) -> tensor<f16>
  graph.return
}

// -----

graph.func @classify(%x: tensor<?xf16>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?xi1>' are incompatible}}
  %0 = graph.is_nan %x : (tensor<?xf16>) -> tensor<2x2xi1>
  graph.return
}

// -----

graph.func @cast(%x: tensor<?x3xf16>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x3xui8>' are incompatible}}
  %0 = graph.cast %x : tensor<?x3xf16> to tensor<3xui8>
  graph.return
}

// -----

// An open size beside 1 stays open, beside another static size it is that one.
graph.func @binary(%x: tensor<?x?x4xf32>, %y: tensor<1x5x1xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x5x4xf32>' are incompatible}}
  %0 = graph.add %x, %y : (tensor<?x?x4xf32>, tensor<1x5x1xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @missing_dims(%x: tensor<4xi64>, %y: tensor<2x1xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<2x4xi64>' are incompatible}}
  %0 = graph.floor_div %x, %y : (tensor<4xi64>, tensor<2x1xi64>) -> tensor<i64>
  graph.return
}

// -----

graph.func @empty(%x: tensor<0xf32>, %y: tensor<1xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<0xf32>' are incompatible}}
  %0 = graph.mul %x, %y : (tensor<0xf32>, tensor<1xf32>) -> tensor<1xf32>
  graph.return
}

// -----

graph.func @compare(%x: tensor<?xf32>, %y: tensor<3x1xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<3x?xi1>' are incompatible}}
  %0 = graph.compare GE %x, %y : (tensor<?xf32>, tensor<3x1xf32>) -> tensor<i1>
  graph.return
}

// -----

graph.func @select(%c: tensor<2x1xi1>, %x: tensor<f32>, %y: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<2x?xf32>' are incompatible}}
  %0 = graph.select %c, %x, %y : (tensor<2x1xi1>, tensor<f32>, tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

// A type that is less or more exact than the inferred one is fine.
graph.func @compatible(%x: tensor<?x4xf32>) -> (tensor<?x?xf32>, tensor<2x4xf32>) {
  %0 = graph.exp %x : (tensor<?x4xf32>) -> tensor<?x?xf32>
  %1 = graph.exp %x : (tensor<?x4xf32>) -> tensor<2x4xf32>
  graph.return %0, %1 : tensor<?x?xf32>, tensor<2x4xf32>
}
