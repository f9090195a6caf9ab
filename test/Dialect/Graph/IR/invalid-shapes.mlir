// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of ops on shapes and places, reductions and products.

// graph.reduce C1: different dims of x, ascending.
graph.func @reduce_c1(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reduce' op expects axes to be in [0, 2), but got 2}}
  %0 = graph.reduce sum %x {axes = array<i64: 2>} : (tensor<?x4xf32>) -> tensor<?xf32>
  graph.return
}

// -----

graph.func @reduce_c1(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reduce' op expects axes to be different, but got 1 twice}}
  %0 = graph.reduce sum %x {axes = array<i64: 1, 1>} : (tensor<?x4xf32>) -> tensor<?xf32>
  graph.return
}

// -----

graph.func @reduce_c1(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reduce' op expects axes in ascending order, but got 0 after 1}}
  %0 = graph.reduce sum %x {axes = array<i64: 1, 0>} : (tensor<?x4xf32>) -> tensor<f32>
  graph.return
}

// -----

// graph.reduce C2: logical kinds take booleans, the others numbers.
graph.func @reduce_c2(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reduce' op expects booleans for all, but got 'tensor<4xf32>'}}
  %0 = graph.reduce all %x {axes = array<i64: 0>} : (tensor<4xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @reduce_c2(%x: tensor<4xi1>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reduce' op expects numbers for sum, but got 'tensor<4xi1>'}}
  %0 = graph.reduce sum %x {axes = array<i64: 0>} : (tensor<4xi1>) -> tensor<i1>
  graph.return
}

// -----

// graph.arg_max C1: a dim of x.
graph.func @arg_max_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max' op expects axis to be in [0, 1), but got 1}}
  %0 = graph.arg_max %x {axis = 1 : i64} : tensor<4xf32> to tensor<i32>
  graph.return
}

// -----

// graph.arg_max C2: an integer type.
graph.func @arg_max_c2(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max' op expects out_type to be an integer type of the dialect, but got 'i1'}}
  %0 = "graph.arg_max"(%x) <{axis = 0 : i64, out_type = i1}> : (tensor<4xf32>) -> tensor<i32>
  graph.return
}

// -----

// graph.arg_min C1: a dim of x.
graph.func @arg_min_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_min' op expects axis to be in [0, 1), but got 1}}
  %0 = graph.arg_min %x {axis = 1 : i64} : tensor<4xf32> to tensor<i32>
  graph.return
}

// -----

// graph.arg_min C2: an integer type.
graph.func @arg_min_c2(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_min' op expects out_type to be an integer type of the dialect, but got 'i1'}}
  %0 = "graph.arg_min"(%x) <{axis = 0 : i64, out_type = i1}> : (tensor<4xf32>) -> tensor<i32>
  graph.return
}

// -----

// graph.top_k C1: there are rows.
graph.func @top_k_c1(%x: tensor<f32>, %k: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.top_k' op expects x to have at least one dim, but got 'tensor<f32>'}}
  %0, %1 = graph.top_k %x, %k : (tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<i32>)
  graph.return
}

// -----

// graph.top_k C2: k lies in the row.
graph.func @top_k_c2(%x: tensor<4xf32>) {
  %k = graph.constant dense<5> : tensor<i32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.top_k' op expects k to be at most the last dim (4), but got 5}}
  %0, %1 = graph.top_k %x, %k : (tensor<4xf32>, tensor<i32>) -> (tensor<?xf32>, tensor<?xi32>)
  graph.return
}

// -----

graph.func @top_k_c2(%x: tensor<4xf32>) {
  %k = graph.constant dense<-1> : tensor<i32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.top_k' op expects k not to be negative, but got -1}}
  %0, %1 = graph.top_k %x, %k : (tensor<4xf32>, tensor<i32>) -> (tensor<?xf32>, tensor<?xi32>)
  graph.return
}

// -----

// graph.matmul C1: one element type.
graph.func @matmul_c1(%a: tensor<2x3xf32>, %b: tensor<3x4xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.matmul' op expects a and b to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.matmul %a, %b : (tensor<2x3xf32>, tensor<3x4xf64>) -> tensor<2x4xf32>
  graph.return
}

// -----

// graph.matmul C2: at least two dims.
graph.func @matmul_c2(%a: tensor<3xf32>, %b: tensor<3x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.matmul' op expects a and b to have at least two dims, but got 'tensor<3xf32>' and 'tensor<3x4xf32>'}}
  %0 = graph.matmul %a, %b : (tensor<3xf32>, tensor<3x4xf32>) -> tensor<4xf32>
  graph.return
}

// -----

// graph.matmul C3: the contracted sizes are equal.
graph.func @matmul_c3(%a: tensor<2x3xf32>, %b: tensor<4x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.matmul' op expects a dim 1 (3) to equal b dim 0 (4)}}
  %0 = graph.matmul %a, %b : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  graph.return
}

// -----

// graph.matmul C4: the batch dims broadcast.
graph.func @matmul_c4(%a: tensor<2x2x3xf32>, %b: tensor<3x3x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.matmul' op expects batch dims that broadcast, but got 'tensor<2x2x3xf32>' and 'tensor<3x3x3xf32>'}}
  %0 = graph.matmul %a, %b : (tensor<2x2x3xf32>, tensor<3x3x3xf32>) -> tensor<2x2x3xf32>
  graph.return
}

// -----

// graph.reshape C1: sizes are -1 or more, at most one is -1.
graph.func @reshape_c1(%x: tensor<6xf32>) {
  %s = graph.constant dense<[3, -2]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reshape' op expects sizes to be -1 or more, but got -2}}
  %0 = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

graph.func @reshape_c1(%x: tensor<6xf32>) {
  %s = graph.constant dense<-1> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reshape' op expects at most one size to be -1, but got two, for dims 0 and 1}}
  %0 = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.reshape C2: the numbers of elements agree.
graph.func @reshape_c2(%x: tensor<6xf32>) {
  %s = graph.constant dense<[2, 4]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reshape' op expects a shape of 6 elements, as x has, but got 2, 4}}
  %0 = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

graph.func @reshape_c2(%x: tensor<6xf32>) {
  %s = graph.constant dense<[-1, 4]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reshape' op expects the product of the given sizes (4) to divide the number of elements (6)}}
  %0 = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// With a -1 no other size is 0.
graph.func @reshape_c2(%x: tensor<0xf32>) {
  %s = graph.constant dense<[-1, 0]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reshape' op expects the product of the given sizes (0) to divide the number of elements (0)}}
  %0 = graph.reshape %x, %s : (tensor<0xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.expand_dims C1: different dims of the result, ascending.
graph.func @expand_dims_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.expand_dims' op expects axes to be in [0, 2), but got 2}}
  %0 = graph.expand_dims %x {axes = array<i64: 2>} : (tensor<4xf32>) -> tensor<4x1xf32>
  graph.return
}

// -----

graph.func @expand_dims_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.expand_dims' op expects axes in ascending order, but got 0 after 1}}
  %0 = graph.expand_dims %x {axes = array<i64: 1, 0>} : (tensor<4xf32>) -> tensor<1x1x4xf32>
  graph.return
}

// -----

// graph.squeeze C1: different dims of x, ascending.
graph.func @squeeze_c1(%x: tensor<1xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.squeeze' op expects axes to be in [0, 1), but got 1}}
  %0 = graph.squeeze %x {axes = array<i64: 1>} : (tensor<1xf32>) -> tensor<f32>
  graph.return
}

// -----

// graph.squeeze C2: a static size is 1.
graph.func @squeeze_c2(%x: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.squeeze' op expects dim 0 to have size 1, but got 2}}
  %0 = graph.squeeze %x {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<f32>
  graph.return
}

// -----

// graph.broadcast_to C1: no dim vanishes.
graph.func @broadcast_to_c1(%x: tensor<2x3xf32>, %s: tensor<1xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.broadcast_to' op expects a shape of at least 2 elements, as x has dims, but got 1}}
  %0 = graph.broadcast_to %x, %s : (tensor<2x3xf32>, tensor<1xi32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.broadcast_to C2: sizes are not negative.
graph.func @broadcast_to_c2(%x: tensor<2x3xf32>) {
  %s = graph.constant dense<[2, -1]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.broadcast_to' op expects sizes not to be negative, but got -1}}
  %0 = graph.broadcast_to %x, %s : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.broadcast_to C3: only 1 can be repeated.
graph.func @broadcast_to_c3(%x: tensor<2x3xf32>) {
  %s = graph.constant dense<[4, 3]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.broadcast_to' op expects x dim 0 (2) to be 1 or the size asked for (4)}}
  %0 = graph.broadcast_to %x, %s : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return
}

// -----

// graph.transpose C1: a permutation of the dims.
graph.func @transpose_c1(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.transpose' op expects permutation to be different, but got 0 twice}}
  %0 = graph.transpose %x {permutation = array<i64: 0, 0>} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  graph.return
}

// -----

graph.func @transpose_c1(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.transpose' op expects a permutation of 2 dims, but got 1}}
  %0 = graph.transpose %x {permutation = array<i64: 0>} : (tensor<2x3xf32>) -> tensor<2xf32>
  graph.return
}

// -----

// graph.concat C1: there is an input.
graph.func @concat_c1() {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.concat' op expects at least one input}}
  %0 = "graph.concat"() <{axis = 0 : i64}> : () -> tensor<2xf32>
  graph.return
}

// -----

// graph.concat C2: one element type, one number of dims.
graph.func @concat_c2(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.concat' op expects inputs of one element type and number of dims, but got 'tensor<2xf32>' and 'tensor<2xf64>'}}
  %0 = graph.concat %x, %y {axis = 0 : i64} : (tensor<2xf32>, tensor<2xf64>) -> tensor<4xf32>
  graph.return
}

// -----

graph.func @concat_c2(%x: tensor<2xf32>, %y: tensor<2x1xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.concat' op expects inputs of one element type and number of dims, but got 'tensor<2xf32>' and 'tensor<2x1xf32>'}}
  %0 = graph.concat %x, %y {axis = 0 : i64} : (tensor<2xf32>, tensor<2x1xf32>) -> tensor<4xf32>
  graph.return
}

// -----

// graph.concat C3: a dim of the inputs.
graph.func @concat_c3(%x: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.concat' op expects axis to be in [0, 1), but got 1}}
  %0 = graph.concat %x, %x {axis = 1 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  graph.return
}

// -----

// graph.concat C4: the other dims are equal.
graph.func @concat_c4(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.concat' op expects inputs to have equal dims but for 0, but got 3 and 4 for dim 1}}
  %0 = graph.concat %x, %y {axis = 0 : i64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  graph.return
}

// -----

// graph.split C1: a dim of x.
graph.func @split_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.split' op expects axis to be in [0, 1), but got 1}}
  %0, %1 = graph.split %x {axis = 1 : i64, num = 2 : i64} : (tensor<4xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  graph.return
}

// -----

// graph.split C2: num is positive and the number of results.
graph.func @split_c2(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.split' op expects num to be positive, but got 0}}
  %0 = graph.split %x {axis = 0 : i64, num = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  graph.return
}

// -----

// graph.split C3: a static size is divisible.
graph.func @split_c3(%x: tensor<5xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.split' op expects num (2) to divide dim 0 (5)}}
  %0, %1 = graph.split %x {axis = 0 : i64, num = 2 : i64} : (tensor<5xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  graph.return
}

// -----

// graph.slice C1: one begin and one size per dim, of one type.
graph.func @slice_c1(%x: tensor<4xf32>, %b: tensor<2xi32>, %s: tensor<1xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.slice' op expects begin to have 1 elements, one per dim of x, but got 2}}
  %0 = graph.slice %x, %b, %s : (tensor<4xf32>, tensor<2xi32>, tensor<1xi32>) -> tensor<?xf32>
  graph.return
}

// -----

graph.func @slice_c1(%x: tensor<4xf32>, %b: tensor<1xi32>, %s: tensor<1xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.slice' op expects begin and size to have one element type, but got 'i32' and 'i64'}}
  %0 = graph.slice %x, %b, %s : (tensor<4xf32>, tensor<1xi32>, tensor<1xi64>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.slice C2: begins are not negative, sizes are -1 or more.
graph.func @slice_c2(%x: tensor<4xf32>) {
  %b = graph.constant dense<-1> : tensor<1xi32>
  %s = graph.constant dense<1> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.slice' op expects begin not to be negative, but got -1 for dim 0}}
  %0 = graph.slice %x, %b, %s : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xf32>
  graph.return
}

// -----

graph.func @slice_c2(%x: tensor<4xf32>) {
  %b = graph.constant dense<0> : tensor<1xi32>
  %s = graph.constant dense<-2> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.slice' op expects size to be -1 or more, but got -2 for dim 0}}
  %0 = graph.slice %x, %b, %s : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.slice C3: the box lies inside x.
graph.func @slice_c3(%x: tensor<4xf32>) {
  %b = graph.constant dense<2> : tensor<1xi32>
  %s = graph.constant dense<3> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.slice' op expects the slice to lie inside dim 0 (4), but got begin 2 and size 3}}
  %0 = graph.slice %x, %b, %s : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.strided_slice C1: begin, end and strides have one type.
graph.func @strided_slice_c1(%x: tensor<4xf32>, %b: tensor<1xi32>, %e: tensor<1xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.strided_slice' op expects begin, end and strides of one type, but got 'tensor<1xi32>', 'tensor<1xi64>', 'tensor<1xi32>'}}
  %0 = graph.strided_slice %x, %b, %e, %b : (tensor<4xf32>, tensor<1xi32>, tensor<1xi64>, tensor<1xi32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.strided_slice C2: at most one ellipsis.
graph.func @strided_slice_c2(%x: tensor<4xf32>, %b: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.strided_slice' op expects at most one ellipsis, but got the mask 3}}
  %0 = graph.strided_slice %x, %b, %b, %b {ellipsis_mask = 3 : i64} : (tensor<4xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.strided_slice C3: the dims spoken of exist.
graph.func @strided_slice_c3(%x: tensor<4xf32>, %b: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.strided_slice' op expects entries for at most 1 dims}}
  %0 = graph.strided_slice %x, %b, %b, %b : (tensor<4xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.strided_slice C4: strides are not 0, and positive where a position is picked.
graph.func @strided_slice_c4(%x: tensor<4xf32>, %b: tensor<1xi32>) {
  %s = graph.constant dense<0> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.strided_slice' op expects stride #0 to be other than 0, but got 0}}
  %0 = graph.strided_slice %x, %b, %b, %s : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xf32>
  graph.return
}

// -----

graph.func @strided_slice_c4(%x: tensor<4xf32>, %b: tensor<1xi32>) {
  %s = graph.constant dense<-1> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.strided_slice' op expects stride #0 to be positive, but got -1}}
  %0 = graph.strided_slice %x, %b, %b, %s {shrink_axis_mask = 1 : i64} : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<f32>
  graph.return
}

// -----

// graph.strided_slice C5: a picked position lies inside the dim.
graph.func @strided_slice_c5(%x: tensor<4xf32>) {
  %b = graph.constant dense<4> : tensor<1xi32>
  %s = graph.constant dense<1> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.strided_slice' op expects position 4 to lie inside dim 0 (4)}}
  %0 = graph.strided_slice %x, %b, %b, %s {shrink_axis_mask = 1 : i64} : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<f32>
  graph.return
}

// -----

// graph.pad C1: a matrix with one row of two per dim.
graph.func @pad_c1(%x: tensor<4xf32>, %p: tensor<2x2xi32>, %v: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pad' op expects paddings to be a matrix of 1 by 2, but got 'tensor<2x2xi32>'}}
  %0 = graph.pad %x, %p, %v : (tensor<4xf32>, tensor<2x2xi32>, tensor<f32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.pad C2: the value fits.
graph.func @pad_c2(%x: tensor<4xf32>, %p: tensor<1x2xi32>, %v: tensor<f64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pad' op expects x and value to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.pad %x, %p, %v : (tensor<4xf32>, tensor<1x2xi32>, tensor<f64>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.pad C3: paddings are not negative.
graph.func @pad_c3(%x: tensor<4xf32>, %v: tensor<f32>) {
  %p = graph.constant dense<[[0, -1]]> : tensor<1x2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pad' op expects paddings not to be negative, but got -1}}
  %0 = graph.pad %x, %p, %v : (tensor<4xf32>, tensor<1x2xi32>, tensor<f32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.tile C1: one multiple per dim.
graph.func @tile_c1(%x: tensor<4xf32>, %m: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.tile' op expects multiples to have 1 elements, one per dim of x, but got 2}}
  %0 = graph.tile %x, %m : (tensor<4xf32>, tensor<2xi32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.tile C2: multiples are not negative.
graph.func @tile_c2(%x: tensor<4xf32>) {
  %m = graph.constant dense<-1> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.tile' op expects multiples not to be negative, but got -1}}
  %0 = graph.tile %x, %m : (tensor<4xf32>, tensor<1xi32>) -> tensor<?xf32>
  graph.return
}

// -----

// graph.gather C1: a dim of x.
graph.func @gather_c1(%x: tensor<4xf32>, %i: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.gather' op expects axis to be in [0, 1), but got 1}}
  %0 = graph.gather %x, %i {axis = 1 : i64} : (tensor<4xf32>, tensor<i32>) -> tensor<f32>
  graph.return
}

// -----

// graph.gather C2: shared dims are dims of both, before the axis.
graph.func @gather_c2(%x: tensor<4x5xf32>, %i: tensor<4x1xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.gather' op expects batch_dims to be in [0, 1], but got 2}}
  %0 = graph.gather %x, %i {axis = 1 : i64, batch_dims = 2 : i64} : (tensor<4x5xf32>, tensor<4x1xi32>) -> tensor<4xf32>
  graph.return
}

// -----

// graph.gather C3: shared sizes are equal.
graph.func @gather_c3(%x: tensor<4x5xf32>, %i: tensor<3x1xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.gather' op expects x and indices to share dim 0, but got 4 and 3}}
  %0 = graph.gather %x, %i {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<4x5xf32>, tensor<3x1xi32>) -> tensor<4x1xf32>
  graph.return
}

// -----

// graph.range C1: one element type.
graph.func @range_c1(%a: tensor<i32>, %b: tensor<i64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.range' op expects start and limit to have one element type, but got 'i32' and 'i64'}}
  %0 = graph.range %a, %b, %a : (tensor<i32>, tensor<i64>, tensor<i32>) -> tensor<?xi32>
  graph.return
}

// -----

// graph.range C2: the delta is not 0.
graph.func @range_c2(%a: tensor<i32>) {
  %d = graph.constant dense<0> : tensor<i32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.range' op expects delta not to be 0}}
  %0 = graph.range %a, %a, %d : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<?xi32>
  graph.return
}

// -----

// Sizes are i32 or i64: C1 of graph.shape and graph.size.
graph.func @shape_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.shape' op expects out_type to be i32 or i64, but got 'i8'}}
  %0 = "graph.shape"(%x) <{out_type = i8}> : (tensor<4xf32>) -> tensor<1xi32>
  graph.return
}

// -----

graph.func @size_c1(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.size' op expects out_type to be i32 or i64, but got 'ui32'}}
  %0 = "graph.size"(%x) <{out_type = ui32}> : (tensor<4xf32>) -> tensor<i32>
  graph.return
}

// -----

// The last constraint of every op: the type of its result.
graph.func @reduce_c3(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reduce' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.reduce sum %x {axes = array<i64: 1>} : (tensor<?x4xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @arg_max_c3(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_max' op inferred type(s) 'tensor<?xi64>' are incompatible with return type(s) of operation 'tensor<i64>'}}
  %0 = graph.arg_max %x {axis = 1 : i64} : tensor<?x4xf32> to tensor<i64>
  graph.return
}

// -----

graph.func @arg_min_c3(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.arg_min' op inferred type(s) 'tensor<?xi64>' are incompatible with return type(s) of operation 'tensor<i64>'}}
  %0 = graph.arg_min %x {axis = 1 : i64} : tensor<?x4xf32> to tensor<i64>
  graph.return
}

// -----

graph.func @top_k_c3(%x: tensor<4xf32>, %k: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.top_k' op inferred type(s) 'tensor<?xf32>', 'tensor<?xi32>' are incompatible with return type(s) of operation 'tensor<?xf32>', 'tensor<i32>'}}
  %0, %1 = graph.top_k %x, %k : (tensor<4xf32>, tensor<i32>) -> (tensor<?xf32>, tensor<i32>)
  graph.return
}

// -----

graph.func @matmul_c5(%a: tensor<?x8xf32>, %b: tensor<8x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.matmul' op inferred type(s) 'tensor<?x4xf32>' are incompatible with return type(s) of operation 'tensor<?x8xf32>'}}
  %0 = graph.matmul %a, %b : (tensor<?x8xf32>, tensor<8x4xf32>) -> tensor<?x8xf32>
  graph.return
}

// -----

graph.func @shape_c2(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.shape' op inferred type(s) 'tensor<2xi32>' are incompatible with return type(s) of operation 'tensor<3xi32>'}}
  %0 = graph.shape %x : tensor<?x4xf32> to tensor<3xi32>
  graph.return
}

// -----

graph.func @size_c2(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.size' op inferred type(s) 'tensor<i64>' are incompatible with return type(s) of operation 'tensor<i32>'}}
  %0 = "graph.size"(%x) <{out_type = i64}> : (tensor<4xf32>) -> tensor<i32>
  graph.return
}

// -----

graph.func @reshape_c3(%x: tensor<?xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.reshape' op inferred type(s) 'tensor<?x?xf32>' are incompatible with return type(s) of operation 'tensor<?xf32>'}}
  %0 = graph.reshape %x, %s : (tensor<?xf32>, tensor<2xi32>) -> tensor<?xf32>
  graph.return
}

// -----

graph.func @expand_dims_c2(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.expand_dims' op inferred type(s) 'tensor<1x?xf32>' are incompatible with return type(s) of operation 'tensor<2x?xf32>'}}
  %0 = graph.expand_dims %x {axes = array<i64: 0>} : (tensor<?xf32>) -> tensor<2x?xf32>
  graph.return
}

// -----

graph.func @squeeze_c3(%x: tensor<1x?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.squeeze' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<1x?xf32>'}}
  %0 = graph.squeeze %x {axes = array<i64: 0>} : (tensor<1x?xf32>) -> tensor<1x?xf32>
  graph.return
}

// -----

graph.func @broadcast_to_c4(%x: tensor<2xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.broadcast_to' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<?x3xf32>'}}
  %0 = graph.broadcast_to %x, %s : (tensor<2xf32>, tensor<2xi32>) -> tensor<?x3xf32>
  graph.return
}

// -----

graph.func @transpose_c2(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.transpose' op inferred type(s) 'tensor<3x2xf32>' are incompatible with return type(s) of operation 'tensor<2x3xf32>'}}
  %0 = graph.transpose %x {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  graph.return
}

// -----

graph.func @concat_c5(%x: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.concat' op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<3xf32>'}}
  %0 = graph.concat %x, %x {axis = 0 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<3xf32>
  graph.return
}

// -----

graph.func @split_c4(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.split' op inferred type(s) 'tensor<2xf32>', 'tensor<2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>', 'tensor<3xf32>'}}
  %0, %1 = graph.split %x {axis = 0 : i64, num = 2 : i64} : (tensor<4xf32>) -> (tensor<2xf32>, tensor<3xf32>)
  graph.return
}

// -----

graph.func @slice_c4(%x: tensor<4xf32>, %b: tensor<1xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.slice' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.slice %x, %b, %b : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @strided_slice_c6(%x: tensor<4xf32>, %b: tensor<1xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.strided_slice' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.strided_slice %x, %b, %b, %b : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @pad_c4(%x: tensor<4xf32>, %p: tensor<1x2xi32>, %v: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pad' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.pad %x, %p, %v : (tensor<4xf32>, tensor<1x2xi32>, tensor<f32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @tile_c3(%x: tensor<4xf32>, %m: tensor<1xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.tile' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.tile %x, %m : (tensor<4xf32>, tensor<1xi32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @gather_c4(%x: tensor<4x5xf32>, %i: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.gather' op inferred type(s) 'tensor<5xf32>' are incompatible with return type(s) of operation 'tensor<4xf32>'}}
  %0 = graph.gather %x, %i {axis = 0 : i64} : (tensor<4x5xf32>, tensor<i32>) -> tensor<4xf32>
  graph.return
}

// -----

graph.func @range_c3(%a: tensor<i32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.range' op inferred type(s) 'tensor<?xi32>' are incompatible with return type(s) of operation 'tensor<i32>'}}
  %0 = graph.range %a, %a, %a : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<i32>
  graph.return
}
