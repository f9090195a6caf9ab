// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of variables' accesses, assertions and prints.

// C1 of every access: the name is that of a variable.
graph.func @read_c1() {
  // expected-error @+1 {{'graph.read' op expects @v to name a graph.variable of the module}}
  %0, %t = graph.read @v : tensor<f32>
  graph.return
}

// -----

graph.func @v() {
  graph.return
}
graph.func @assign_c1(%x: tensor<f32>) {
  // expected-error @+1 {{'graph.assign' op expects @v to name a graph.variable of the module}}
  graph.assign @v, %x : tensor<f32>
  graph.return
}

// -----

graph.func @assign_add_c1(%x: tensor<f32>) {
  // expected-error @+1 {{'graph.assign_add' op expects @v to name a graph.variable of the module}}
  graph.assign_add @v, %x : tensor<f32>
  graph.return
}

// -----

graph.func @assign_sub_c1(%x: tensor<f32>) {
  // expected-error @+1 {{'graph.assign_sub' op expects @v to name a graph.variable of the module}}
  graph.assign_sub @v, %x : tensor<f32>
  graph.return
}

// -----

graph.func @is_initialized_c1() {
  // expected-error @+1 {{'graph.is_initialized' op expects @v to name a graph.variable of the module}}
  %0 = graph.is_initialized @v
  graph.return
}

// -----

// graph.read C2: the variable's type.
graph.variable @v : tensor<2xf32>
graph.func @read_c2() {
  // expected-error @+1 {{'graph.read' op expects the result to have the type of @v, 'tensor<2xf32>', but got 'tensor<?xf32>'}}
  %0 = graph.read @v : tensor<?xf32>
  graph.return
}

// -----

// C2 of every write: a value that fits the variable; open dims may fit.
graph.variable @v : tensor<2xf32>
graph.func @assign_c2(%x: tensor<3xf32>, %y: tensor<?xf32>) {
  graph.assign @v, %y : tensor<?xf32>
  // expected-error @+1 {{'graph.assign' op expects a value that fits @v, 'tensor<2xf32>', but got 'tensor<3xf32>'}}
  graph.assign @v, %x : tensor<3xf32>
  graph.return
}

// -----

graph.variable @v : tensor<2xf32>
graph.func @assign_add_c2(%x: tensor<2xf64>) {
  // expected-error @+1 {{'graph.assign_add' op expects a value that fits @v, 'tensor<2xf32>', but got 'tensor<2xf64>'}}
  graph.assign_add @v, %x : tensor<2xf64>
  graph.return
}

// -----

graph.variable @v : tensor<2xf32>
graph.func @assign_sub_c2(%x: tensor<f32>) {
  // expected-error @+1 {{'graph.assign_sub' op expects a value that fits @v, 'tensor<2xf32>', but got 'tensor<f32>'}}
  graph.assign_sub @v, %x : tensor<f32>
  graph.return
}

// -----

// C1 of texts: strings and i64 integers.
graph.func @assert_c1(%ok: tensor<i1>) {
  // expected-error @+1 {{'graph.assert' op expects text to hold strings and i64 integers, but got 1.000000e+00}}
  graph.assert %ok, [1.0]
  graph.return
}

// -----

graph.func @print_c1(%x: tensor<f32>) {
  // expected-error @+1 {{'graph.print' op expects text to hold strings and i64 integers, but got 0 : i32}}
  graph.print [0 : i32](%x) : tensor<f32>
  graph.return
}

// -----

// C2 of texts: positions in the data.
graph.func @assert_c2(%ok: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{'graph.assert' op expects positions in text to be in [0, 1), but got 1}}
  graph.assert %ok, ["x", 1](%x) : tensor<f32>
  graph.return
}

// -----

graph.func @print_c2(%x: tensor<f32>) {
  // expected-error @+1 {{'graph.print' op expects positions in text to be in [0, 1), but got -1}}
  graph.print [-1](%x) : tensor<f32>
  graph.return
}

// -----

// C3 of texts: a number of elements, or all.
graph.func @assert_c3(%ok: tensor<i1>) {
  // expected-error @+1 {{'graph.assert' op expects summarize to be -1 or more, but got -2}}
  graph.assert %ok, [] {summarize = -2 : i64}
  graph.return
}

// -----

graph.func @print_c3() {
  // expected-error @+1 {{'graph.print' op expects summarize to be -1 or more, but got -2}}
  graph.print [] {summarize = -2 : i64}
  graph.return
}

// -----

// graph.print C4: a known style.
graph.func @print_c4() {
  // expected-error @+1 {{'graph.print' op expects style to be "summary" or "format", but got "fancy"}}
  graph.print [] {style = "fancy"}
  graph.return
}

// -----

// graph.print C5: a known stream.
graph.func @print_c5() {
  // expected-error @+1 {{'graph.print' op expects stream to be "stderr", "stdout", "log(info)", "log(warning)", "log(error)" or "file://" and a path, but got "file://"}}
  graph.print [] {stream = "file://"}
  graph.return
}

// -----

// The condition is a scalar, tokens are tokens.
graph.func @assert(%ok: tensor<2xi1>) {
  // expected-error @+1 {{'graph.assert' op operand #0 must be scalar tensor of i1, but got 'tensor<2xi1>'}}
  "graph.assert"(%ok) <{operandSegmentSizes = array<i32: 1, 0, 0>, text = []}> : (tensor<2xi1>) -> ()
  graph.return
}
