// RUN: graph-opt %s -split-input-file -verify-diagnostics
// One negative test per constraint of lists.

// graph.list C1: a first dim.
graph.func @list_c1(%n: tensor<i32>) {
  // expected-error @+1 {{'graph.list' op expects a list of at least one dim, but got 'tensor<f32>'}}
  %0 = graph.list %n : (tensor<i32>) -> tensor<f32>
  graph.return
}

// -----

// graph.list C2: a size for each dim of the elements.
graph.func @list_c2(%n: tensor<i32>, %s: tensor<2xi32>) {
  // expected-error @+1 {{'graph.list' op expects shape to have one element per dim of the list's elements, 1, but got 'tensor<2xi32>'}}
  %0 = graph.list %n, %s : (tensor<i32>, tensor<2xi32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.list C3: the length that is asked for.
graph.func @list_c3() {
  %n = graph.constant dense<3> : tensor<i32>
  // expected-error @+1 {{'graph.list' op expects a list of length 3, but got 'tensor<2x4xf32>'}}
  %0 = graph.list %n : (tensor<i32>) -> tensor<2x4xf32>
  graph.return
}

// -----

// graph.list_set C1: a list.
graph.func @list_set_c1(%list: tensor<f32>, %i: tensor<i32>, %x: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_set' op expects list to have at least one dim, but got 'tensor<f32>'}}
  %0 = graph.list_set %list, %i, %x : (tensor<f32>, tensor<i32>, tensor<f32>) -> tensor<f32>
  graph.return
}

// -----

// graph.list_set C2: elements of one type.
graph.func @list_set_c2(%list: tensor<?x4xf32>, %i: tensor<i32>, %x: tensor<4xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_set' op expects list and item to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.list_set %list, %i, %x : (tensor<?x4xf32>, tensor<i32>, tensor<4xf64>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.list_set C3: elements of one shape.
graph.func @list_set_c3(%list: tensor<?x4xf32>, %i: tensor<i32>, %x: tensor<5xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_set' op expects item to have a shape compatible with 'tensor<4xf32>', but got 'tensor<5xf32>'}}
  %0 = graph.list_set %list, %i, %x : (tensor<?x4xf32>, tensor<i32>, tensor<5xf32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.list_set C4: the list's type.
graph.func @list_set_c4(%list: tensor<?x4xf32>, %i: tensor<i32>, %x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_set' op inferred type(s) 'tensor<?x4xf32>' are incompatible with return type(s) of operation 'tensor<?x5xf32>'}}
  %0 = graph.list_set %list, %i, %x : (tensor<?x4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<?x5xf32>
  graph.return
}

// -----

// graph.list_resize C1: a list.
graph.func @list_resize_c1(%list: tensor<f32>, %n: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_resize' op expects list to have at least one dim, but got 'tensor<f32>'}}
  %0 = graph.list_resize %list, %n : (tensor<f32>, tensor<i32>) -> tensor<f32>
  graph.return
}

// -----

// graph.list_resize C2: the length that is asked for.
graph.func @list_resize_c2(%list: tensor<?x4xf32>) {
  %n = graph.constant dense<3> : tensor<i32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_resize' op inferred type(s) 'tensor<3x4xf32>' are incompatible with return type(s) of operation 'tensor<2x4xf32>'}}
  %0 = graph.list_resize %list, %n : (tensor<?x4xf32>, tensor<i32>) -> tensor<2x4xf32>
  graph.return
}

// -----

// graph.list_fit C1: a list.
graph.func @list_fit_c1(%list: tensor<f32>, %s: tensor<0xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_fit' op expects list to have at least one dim, but got 'tensor<f32>'}}
  %0 = graph.list_fit %list, %s : (tensor<f32>, tensor<0xi32>) -> tensor<f32>
  graph.return
}

// -----

// graph.list_fit C2: a size for each dim of the elements.
graph.func @list_fit_c2(%list: tensor<?x?xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_fit' op expects shape to have one element per dim of the list's elements, 1, but got 2}}
  %0 = graph.list_fit %list, %s : (tensor<?x?xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.list_fit C3: sizes that the elements may have.
graph.func @list_fit_c3(%list: tensor<?x4xf32>) {
  %s = graph.constant dense<5> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_fit' op expects element 0 of shape to be compatible with the list 'tensor<?x4xf32>', but got 5}}
  %0 = graph.list_fit %list, %s : (tensor<?x4xf32>, tensor<1xi32>) -> tensor<?x4xf32>
  graph.return
}

// -----

// graph.list_fit C4: what is known of the elements.
graph.func @list_fit_c4(%list: tensor<?x?xf32>) {
  %s = graph.constant dense<5> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.list_fit' op inferred type(s) 'tensor<?x5xf32>' are incompatible with return type(s) of operation 'tensor<?x4xf32>'}}
  %0 = graph.list_fit %list, %s : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?x4xf32>
  graph.return
}
