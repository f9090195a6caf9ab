// RUN: graph-opt %s -split-input-file -verify-diagnostics
// In a graph region an op is verified before those further down that it uses: looking
// through them must bear that they are wrong.

graph.func @no_operand(%x: tensor<?xf32>) {
  %0 = graph.reshape %x, %s : (tensor<?xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  // expected-error @+1 {{'graph.shape' op requires a single operand}}
  %s = "graph.shape"() <{out_type = i32}> : () -> tensor<2xi32>
  graph.return
}

// -----

graph.func @no_attribute(%x: tensor<?xf32>) {
  %0 = graph.reshape %x, %s : (tensor<?xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  // expected-error @+1 {{'graph.constant' op requires attribute 'value'}}
  %s = "graph.constant"() : () -> tensor<2xi32>
  graph.return
}

// -----

graph.func @no_tensor(%x: tensor<?xf32>, %i: tensor<1xi32>) {
  %0 = graph.reshape %x, %s : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>
  // expected-error @+1 {{'graph.slice' op operand #0 must be ranked tensor of floats, integers or booleans, but got '!graph.token'}}
  %s = "graph.slice"(%t, %i, %i) : (!graph.token, tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  %t = graph.join()
  graph.return
}

// -----

graph.func @too_many_elements(%x: tensor<?xf32>, %i: tensor<2xi32>) {
  %0 = graph.reshape %x, %s : (tensor<?xf32>, tensor<5xi32>) -> tensor<?x?x?x?x?xf32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<2xi32>' are incompatible}}
  %s = graph.add %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<5xi32>
  graph.return
}

// -----

graph.func @permutation(%x: tensor<?x4xf32>) {
  %0 = graph.reshape %y, %s : (tensor<?x?x4xf32>, tensor<3xi32>) -> tensor<?x4x?xf32>
  %shape = graph.shape %x : tensor<?x4xf32> to tensor<2xi32>
  %rest = graph.constant dense<-1> : tensor<1xi32>
  %s = graph.concat %shape, %rest {axis = 0 : i64} : (tensor<2xi32>, tensor<1xi32>) -> tensor<3xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.transpose' op expects permutation to be in [0, 2), but got 7}}
  %y = graph.transpose %x {permutation = array<i64: 7>} : (tensor<?x4xf32>) -> tensor<?x?x4xf32>
  graph.return
}
