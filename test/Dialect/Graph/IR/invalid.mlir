// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of variables, functions, constants and names.

// graph.variable C1: the type is a ranked tensor.
// expected-error @+1 {{'graph.variable' op expects a ranked tensor type of an element type of the dialect, but got 'tensor<*xf32>'}}
graph.variable @variable_c1 : tensor<*xf32>

// -----

// expected-error @+1 {{'graph.variable' op expects a ranked tensor type of an element type of the dialect, but got 'tensor<2xi7>'}}
graph.variable @variable_c1 : tensor<2xi7>

// -----

// expected-error @+1 {{'graph.variable' op expects a ranked tensor type of an element type of the dialect, but got 'f32'}}
graph.variable @variable_c1 : f32

// -----

// graph.variable C2: the initial value has the type.
// expected-error @+1 {{'graph.variable' op expects an initial value of type 'tensor<2xf32>', but got 'tensor<3xf32>'}}
graph.variable @variable_c2 : tensor<2xf32> = dense<0.0> : tensor<3xf32>

// -----

// expected-error @+1 {{'graph.variable' op expects an initial value of type 'tensor<?x2xf32>', but got 'tensor<2x3xf32>'}}
graph.variable @variable_c2 : tensor<?x2xf32> = dense<0.0> : tensor<2x3xf32>

// -----

// expected-error @+1 {{'graph.variable' op expects an initial value of type 'tensor<?xf32>', but got 'tensor<3xi32>'}}
graph.variable @variable_c2 : tensor<?xf32> = dense<0> : tensor<3xi32>

// -----

// graph.func C1: the body's arguments are those of the type.
// expected-error @+1 {{'graph.func' op entry block must have 1 arguments to match function signature}}
"graph.func"() <{sym_name = "func_c1", function_type = (tensor<f32>) -> ()}> ({
  graph.return
}) : () -> ()

// -----

// expected-error @+1 {{region with 1 blocks}}
graph.func @no_body()

// -----

// graph.func C2: arguments and results are tensors of the dialect.
// expected-error @+1 {{'graph.func' op expects arguments and results to be tensors of the dialect, but got 'f32'}}
graph.func @func_c2(%x: f32) {
  graph.return
}

// -----

// expected-error @+1 {{'graph.func' op expects arguments and results to be tensors of the dialect, but got 'tensor<*xf32>'}}
graph.func @func_c2(%x: tensor<*xf32>) {
  graph.return
}

// -----

// graph.func C3: an initializer takes and gives nothing.
// expected-error @+1 {{'graph.func' op expects an initializer to have neither arguments nor results}}
graph.func @func_c3(%x: tensor<f32>) attributes {initializer} {
  graph.return
}

// -----

// graph.func C4: there is one initializer.
// expected-note @+1 {{"first" is one too}}
graph.func @first() attributes {initializer} {
  graph.return
}
// expected-error @+1 {{'graph.func' op expects the module to have one initializer}}
graph.func @func_c4() attributes {initializer} {
  graph.return
}

// -----

// graph.func C5: a linear function defines before it uses.
graph.func @func_c5(%x: tensor<f32>) -> tensor<f32> attributes {linear} {
  // expected-error @+1 {{'graph.neg' op expects operand #0 to be defined above, the function is linear}}
  %0 = graph.neg %1 : tensor<f32>
  // expected-note @+1 {{defined here}}
  %1 = graph.abs %x : tensor<f32>
  graph.return %0 : tensor<f32>
}

// -----

// graph.func C6: a linear function has no token.
graph.func @func_c6() attributes {linear} {
  // expected-error @+1 {{'graph.join' op expects no token, the function is linear}}
  %0 = graph.join()
  graph.return
}

// -----

// graph.return C1: one value per result, of its type.
graph.func @return_c1(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{'graph.return' op expects 1 values, one per result of "return_c1", but got 2}}
  graph.return %x, %x : tensor<f32>, tensor<f32>
}

// -----

graph.func @return_c1(%x: tensor<?xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'graph.return' op expects value #0 to be of type 'tensor<2xf32>', but got 'tensor<?xf32>'}}
  graph.return %x : tensor<?xf32>
}

// -----

// graph.constant C1: a tensor of the dialect.
graph.func @constant_c1() {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.constant' op expects a ranked tensor of an element type of the dialect, but got 'vector<2xf32>'}}
  %0 = "graph.constant"() <{value = dense<0.0> : vector<2xf32>}> : () -> tensor<2xf32>
  graph.return
}

// -----

// graph.constant C2: the result has the value's type.
graph.func @constant_c2() {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<2xf32>' are incompatible with return type(s) of operation 'tensor<?xf32>'}}
  %0 = "graph.constant"() <{value = dense<0.0> : tensor<2xf32>}> : () -> tensor<?xf32>
  graph.return
}

// -----

// expected-error @+1 {{expects 'graph.name' to be a string, but got 1}}
graph.func @name(%x: tensor<f32> {graph.name = 1}) {
  graph.return
}

// -----

// expected-error @+1 {{expects 'graph.name' to be a string, but got unit}}
module attributes {graph.name} {
}
