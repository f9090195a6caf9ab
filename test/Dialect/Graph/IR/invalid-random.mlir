// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of random numbers.

graph.func @random_bits_c1(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<1xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_bits' op expects ui32 or ui64 as the type of the bits, but got 'i32'}}
  %0 = "graph.random_bits"(%key, %counter, %shape) {to = i32} : (tensor<1xui64>, tensor<2xui64>, tensor<1xi32>) -> tensor<?xui32>
  graph.return
}

// -----

graph.func @random_bits_c2(%key: tensor<1xui64>, %counter: tensor<2xui64>) {
  %shape = graph.constant dense<[2, -1]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_bits' op expects sizes not to be negative, but got -1}}
  %0 = graph.random_bits %key, %counter, %shape : tensor<2xi32> to tensor<2x?xui32>
  graph.return
}

// -----

graph.func @random_bits_c3(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_bits' op inferred type(s) 'tensor<?x?xui32>' are incompatible with return type(s) of operation 'tensor<?xui32>'}}
  %0 = graph.random_bits %key, %counter, %shape : tensor<2xi32> to tensor<?xui32>
  graph.return
}

// -----

graph.func @random_numbers_c1(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi32>, %x: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_numbers' op expects 2 parameters of the distribution binomial, but got 1}}
  %0 = graph.random_numbers binomial %key, %counter, %shape(%x : tensor<3xf32>) : tensor<2xi32> to tensor<?x3xf64>
  graph.return
}

// -----

graph.func @random_numbers_c2(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_numbers' op expects f32 or f64 as the type of the numbers, but got 'f16'}}
  %0 = graph.random_numbers normal %key, %counter, %shape : tensor<2xi32> to tensor<?x?xf16>
  graph.return
}

// -----

// With parameters, f32 is not enough.
graph.func @random_numbers_c2_parameters(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi32>, %x: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_numbers' op expects f64 as the type of the numbers, but got 'f32'}}
  %0 = graph.random_numbers gamma %key, %counter, %shape(%x : tensor<3xf32>) : tensor<2xi32> to tensor<?x3xf32>
  graph.return
}

// -----

graph.func @random_numbers_c3(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<1xi32>, %x: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_numbers' op expects a shape of two sizes, the numbers of samples and parameters, but got 1}}
  %0 = graph.random_numbers gamma %key, %counter, %shape(%x : tensor<3xf32>) : tensor<1xi32> to tensor<?xf64>
  graph.return
}

// -----

graph.func @random_numbers_c3_length(%key: tensor<1xui64>, %counter: tensor<2xui64>, %x: tensor<3xf32>) {
  %shape = graph.constant dense<[2, 4]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_numbers' op expects vectors of 4 parameters, as the shape says, but got 'tensor<3xf32>'}}
  %0 = graph.random_numbers gamma %key, %counter, %shape(%x : tensor<3xf32>) : tensor<2xi32> to tensor<2x4xf64>
  graph.return
}

// -----

graph.func @random_numbers_c4(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi32>, %n: tensor<3xf32>, %p: tensor<3xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_numbers' op expects parameters of one element type, but got 'tensor<3xf32>' and 'tensor<3xf64>'}}
  %0 = graph.random_numbers binomial %key, %counter, %shape(%n, %p : tensor<3xf32>, tensor<3xf64>) : tensor<2xi32> to tensor<?x3xf64>
  graph.return
}

// -----

graph.func @random_numbers_c5(%key: tensor<1xui64>, %counter: tensor<2xui64>) {
  %shape = graph.constant dense<-3> : tensor<1xi64>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_numbers' op expects sizes not to be negative, but got -3}}
  %0 = graph.random_numbers normal %key, %counter, %shape : tensor<1xi64> to tensor<?xf32>
  graph.return
}

// -----

graph.func @random_numbers_c6(%key: tensor<1xui64>, %counter: tensor<2xui64>) {
  %shape = graph.constant dense<3> : tensor<1xi64>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_numbers' op inferred type(s) 'tensor<3xf32>' are incompatible with return type(s) of operation 'tensor<4xf32>'}}
  %0 = graph.random_numbers normal %key, %counter, %shape : tensor<1xi64> to tensor<4xf32>
  graph.return
}

// -----

graph.func @random_permutation_c1(%key: tensor<1xui64>, %counter: tensor<2xui64>) {
  %size = graph.constant dense<-3> : tensor<i64>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_permutation' op expects a size that is not negative, but got -3}}
  %0 = graph.random_permutation %key, %counter, %size : tensor<i64> to tensor<?xi64>
  graph.return
}

// -----

graph.func @random_permutation_c2(%key: tensor<1xui64>, %counter: tensor<2xui64>) {
  %size = graph.constant dense<3> : tensor<i64>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.random_permutation' op inferred type(s) 'tensor<3xi64>' are incompatible with return type(s) of operation 'tensor<4xi64>'}}
  %0 = graph.random_permutation %key, %counter, %size : tensor<i64> to tensor<4xi64>
  graph.return
}

// -----

// Nobody could set it.
// expected-error @+1 {{'graph.variable' op expects an initial value, for the variable is hidden}}
graph.variable hidden @variable_c3 : tensor<i64>
