// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of running sums, searches, bits and special functions.

graph.func @cumulate_c1(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.cumulate' op expects axis}}
  %0 = graph.cumulate sum %x {axis = 2 : i64} : tensor<?x4xf32>
  graph.return
}

// -----

graph.func @cumulate_c2(%x: tensor<4xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.cumulate' op expects floats for log_sum_exp, but got 'tensor<4xi32>'}}
  %0 = graph.cumulate log_sum_exp %x {axis = 0 : i64} : tensor<4xi32>
  graph.return
}

// -----

graph.func @cumulate_c3(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.cumulate' op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  %0 = graph.cumulate sum %x {axis = 0 : i64} : (tensor<4xf32>) -> tensor<5xf32>
  graph.return
}

// -----

graph.func @bitcast_c1(%x: tensor<4xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.bitcast' op expects a type of numbers of the dialect, but got 'i1'}}
  %0 = "graph.bitcast"(%x) {to = i1} : (tensor<4xi32>) -> tensor<4xui32>
  graph.return
}

// -----

graph.func @bitcast_c2(%x: tensor<4xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.bitcast' op expects a last dim of 2, which make one 'i64', but got 'tensor<4xi32>'}}
  %0 = graph.bitcast %x : tensor<4xi32> to tensor<2xi64>
  graph.return
}

// -----

// A scalar has no last dim.
graph.func @bitcast_c2_scalar(%x: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.bitcast' op expects a last dim of 2, which make one 'i64', but got 'tensor<i32>'}}
  %0 = graph.bitcast %x : tensor<i32> to tensor<i64>
  graph.return
}

// -----

graph.func @bitcast_c3(%x: tensor<4xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.bitcast' op inferred type(s) 'tensor<4x2xi16>' are incompatible with return type(s) of operation 'tensor<8xi16>'}}
  %0 = graph.bitcast %x : tensor<4xi32> to tensor<8xi16>
  graph.return
}

// -----

graph.func @search_sorted_c1(%s: tensor<4xf32>, %x: tensor<1x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.search_sorted' op expects matrices, but got 'tensor<4xf32>' and 'tensor<1x4xf32>'}}
  %0 = graph.search_sorted %s, %x : (tensor<4xf32>, tensor<1x4xf32>) to tensor<1x4xi32>
  graph.return
}

// -----

graph.func @search_sorted_c2(%s: tensor<1x4xf32>, %x: tensor<1x4xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.search_sorted' op expects}}
  %0 = graph.search_sorted %s, %x : (tensor<1x4xf32>, tensor<1x4xf64>) to tensor<1x4xi32>
  graph.return
}

// -----

graph.func @search_sorted_c3(%s: tensor<2x4xf32>, %x: tensor<1x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.search_sorted' op expects the same number of rows, but got 2 and 1}}
  %0 = graph.search_sorted %s, %x : (tensor<2x4xf32>, tensor<1x4xf32>) to tensor<1x4xi32>
  graph.return
}

// -----

graph.func @search_sorted_c4(%s: tensor<1x4xf32>, %x: tensor<1x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.search_sorted' op expects out_type to be i32 or i64, but got 'i16'}}
  %0 = "graph.search_sorted"(%s, %x) {out_type = i16} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xi32>
  graph.return
}

// -----

graph.func @search_sorted_c5(%s: tensor<1x4xf32>, %x: tensor<1x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.search_sorted' op inferred type(s) 'tensor<1x4xi32>' are incompatible with return type(s) of operation 'tensor<4xi32>'}}
  %0 = graph.search_sorted %s, %x : (tensor<1x4xf32>, tensor<1x4xf32>) to tensor<4xi32>
  graph.return
}

// -----

graph.func @population_count_c1(%x: tensor<4xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.population_count' op inferred type(s) 'tensor<4xui8>' are incompatible with return type(s) of operation 'tensor<ui8>'}}
  %0 = graph.population_count %x : (tensor<4xi32>) -> tensor<ui8>
  graph.return
}

// -----

graph.func @shift_left_c1(%x: tensor<4xi32>, %y: tensor<4xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.shift_left' op expects}}
  %0 = graph.shift_left %x, %y : (tensor<4xi32>, tensor<4xi64>) -> tensor<4xi32>
  graph.return
}

// -----

graph.func @shift_left_c2(%x: tensor<4xi32>, %y: tensor<3xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.shift_left' op expects shapes that broadcast, but got 'tensor<4xi32>', 'tensor<3xi32>'}}
  %0 = graph.shift_left %x, %y : (tensor<4xi32>, tensor<3xi32>) -> tensor<4xi32>
  graph.return
}

// -----

graph.func @shift_left_c3(%x: tensor<4xi32>, %y: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.shift_left' op inferred type(s) 'tensor<4xi32>' are incompatible with return type(s) of operation 'tensor<i32>'}}
  %0 = graph.shift_left %x, %y : (tensor<4xi32>, tensor<i32>) -> tensor<i32>
  graph.return
}

// -----

graph.func @shift_right_c1(%x: tensor<4xi32>, %y: tensor<4xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.shift_right' op expects}}
  %0 = graph.shift_right %x, %y : (tensor<4xi32>, tensor<4xi64>) -> tensor<4xi32>
  graph.return
}

// -----

graph.func @shift_right_c2(%x: tensor<4xi32>, %y: tensor<3xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.shift_right' op expects shapes that broadcast, but got 'tensor<4xi32>', 'tensor<3xi32>'}}
  %0 = graph.shift_right %x, %y : (tensor<4xi32>, tensor<3xi32>) -> tensor<4xi32>
  graph.return
}

// -----

graph.func @shift_right_c3(%x: tensor<4xi32>, %y: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.shift_right' op inferred type(s) 'tensor<4xi32>' are incompatible with return type(s) of operation 'tensor<i32>'}}
  %0 = graph.shift_right %x, %y : (tensor<4xi32>, tensor<i32>) -> tensor<i32>
  graph.return
}

// -----

graph.func @special_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.special' op expects igamma to have 2 operands, but got 1}}
  %0 = graph.special igamma(%x) : (tensor<4xf32>) -> tensor<4xf32>
  graph.return
}

// -----

graph.func @special_c2(%x: tensor<4xf32>, %y: tensor<4xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.special' op expects}}
  %0 = graph.special igamma(%x, %y) : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  graph.return
}

// -----

graph.func @special_c3(%x: tensor<4xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.special' op expects shapes that broadcast, but got 'tensor<4xf32>', 'tensor<3xf32>'}}
  %0 = graph.special igamma(%x, %y) : (tensor<4xf32>, tensor<3xf32>) -> tensor<4xf32>
  graph.return
}

// -----

graph.func @special_c4(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.special' op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.special erfinv(%x) : (tensor<4xf32>) -> tensor<f32>
  graph.return
}
