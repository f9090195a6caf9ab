// RUN: graph-opt %s -split-input-file -verify-diagnostics
// What ops on shapes and places, reductions and products infer, told by the error that a
// result of another type gives.

graph.func @reduce(%x: tensor<?x4x5xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x5xf32>' are incompatible}}
  %0 = graph.reduce sum %x {axes = array<i64: 1>} : (tensor<?x4x5xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @reduce_keep_dims(%x: tensor<?x4x5xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<1x1x5xf32>' are incompatible}}
  %0 = graph.reduce max %x {axes = array<i64: 0, 1>, keep_dims} : (tensor<?x4x5xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @arg_max(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4xi32>' are incompatible}}
  %0 = graph.arg_max %x {axis = 0 : i64} : tensor<?x4xf32> to tensor<i32>
  graph.return
}

// -----

graph.func @arg_min(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?xi64>' are incompatible}}
  %0 = graph.arg_min %x {axis = 1 : i64} : tensor<?x4xf32> to tensor<i64>
  graph.return
}

// -----

graph.func @top_k(%x: tensor<?x4xf32>) {
  %k = graph.constant dense<3> : tensor<i32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x3xf32>', 'tensor<?x3xi32>' are incompatible}}
  %0, %1 = graph.top_k %x, %k : (tensor<?x4xf32>, tensor<i32>) -> (tensor<f32>, tensor<i32>)
  graph.return
}

// -----

graph.func @matmul(%a: tensor<7x1x8x?xf32>, %b: tensor<?x5x8xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<7x?x?x5xf32>' are incompatible}}
  %0 = graph.matmul %a, %b {transpose_a, transpose_b} : (tensor<7x1x8x?xf32>, tensor<?x5x8xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @shape(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<2xi64>' are incompatible}}
  %0 = graph.shape %x : tensor<?x4xf32> to tensor<3xi64>
  graph.return
}

// -----

graph.func @reshape_static(%x: tensor<2x6xf32>) {
  %s = graph.constant dense<[3, -1]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<3x4xf32>' are incompatible}}
  %0 = graph.reshape %x, %s : (tensor<2x6xf32>, tensor<2xi32>) -> tensor<f32>
  graph.return
}

// -----

// What is left for the -1 depends on the open dim.
graph.func @reshape_open(%x: tensor<?x6xf32>) {
  %s = graph.constant dense<[-1, 3]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x3xf32>' are incompatible}}
  %0 = graph.reshape %x, %s : (tensor<?x6xf32>, tensor<2xi32>) -> tensor<f32>
  graph.return
}

// -----

// The static dims of a shape are known.
graph.func @reshape_by_shape(%x: tensor<?x6xf32>, %y: tensor<?x3xf32>) {
  %s = graph.shape %y : tensor<?x3xf32> to tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x3xf32>' are incompatible}}
  %0 = graph.reshape %x, %s : (tensor<?x6xf32>, tensor<2xi32>) -> tensor<f32>
  graph.return
}

// -----

// The open dim of x is one of the sizes asked for, so 6 / 2 is left for the -1.
graph.func @reshape_cancels(%x: tensor<?x6xf32>) {
  %shape = graph.shape %x : tensor<?x6xf32> to tensor<2xi32>
  %zero = graph.constant dense<0> : tensor<1xi32>
  %one = graph.constant dense<1> : tensor<1xi32>
  %n = graph.slice %shape, %zero, %one : (tensor<2xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  %rest = graph.constant dense<[2, -1]> : tensor<2xi32>
  %s = graph.concat %n, %rest {axis = 0 : i64} : (tensor<1xi32>, tensor<2xi32>) -> tensor<3xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x2x3xf32>' are incompatible}}
  %0 = graph.reshape %x, %s : (tensor<?x6xf32>, tensor<3xi32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @expand_dims(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<1x?x1x4xf32>' are incompatible}}
  %0 = graph.expand_dims %x {axes = array<i64: 0, 2>} : (tensor<?x4xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @squeeze(%x: tensor<?x4x1x5xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4x5xf32>' are incompatible}}
  %0 = graph.squeeze %x {axes = array<i64: 0, 2>} : (tensor<?x4x1x5xf32>) -> tensor<f32>
  graph.return
}

// -----

// A size that is not known is that of a dim that cannot be repeated.
graph.func @broadcast_to(%x: tensor<4x1xf32>, %n: tensor<1xi32>) {
  %two = graph.constant dense<2> : tensor<1xi32>
  %s = graph.concat %two, %n, %n {axis = 0 : i64} : (tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<3xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<2x4x?xf32>' are incompatible}}
  %0 = graph.broadcast_to %x, %s : (tensor<4x1xf32>, tensor<3xi32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @transpose(%x: tensor<?x4x5xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<5x?x4xf32>' are incompatible}}
  %0 = graph.transpose %x {permutation = array<i64: 2, 0, 1>} : (tensor<?x4x5xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @concat(%x: tensor<2x?xf32>, %y: tensor<3x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<5x4xf32>' are incompatible}}
  %0 = graph.concat %x, %y {axis = 0 : i64} : (tensor<2x?xf32>, tensor<3x4xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @concat_open(%x: tensor<2x?xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<2x?xf32>' are incompatible}}
  %0 = graph.concat %x, %y {axis = 1 : i64} : (tensor<2x?xf32>, tensor<2x4xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @split(%x: tensor<6x?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<3x?xf32>', 'tensor<3x?xf32>' are incompatible}}
  %0, %1 = graph.split %x {axis = 0 : i64, num = 2 : i64} : (tensor<6x?xf32>) -> (tensor<f32>, tensor<f32>)
  graph.return
}

// -----

graph.func @split_count(%x: tensor<6xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<3xf32>', 'tensor<3xf32>' are incompatible}}
  %0 = graph.split %x {axis = 0 : i64, num = 2 : i64} : (tensor<6xf32>) -> tensor<3xf32>
  graph.return
}

// -----

graph.func @slice(%x: tensor<?x4x5xf32>) {
  %b = graph.constant dense<[0, 1, 2]> : tensor<3xi32>
  %s = graph.constant dense<[-1, -1, 2]> : tensor<3xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x3x2xf32>' are incompatible}}
  %0 = graph.slice %x, %b, %s : (tensor<?x4x5xf32>, tensor<3xi32>, tensor<3xi32>) -> tensor<f32>
  graph.return
}

// -----

// x[..., newaxis, -1, :-2:2]
graph.func @strided_slice(%x: tensor<?x4x9xf32>) {
  %b = graph.constant dense<[0, 0, -1, 0]> : tensor<4xi32>
  %e = graph.constant dense<[0, 0, 0, -2]> : tensor<4xi32>
  %s = graph.constant dense<[1, 1, 1, 2]> : tensor<4xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x1x4xf32>' are incompatible}}
  %0 = graph.strided_slice %x, %b, %e, %s {begin_mask = 8 : i64, ellipsis_mask = 1 : i64, new_axis_mask = 2 : i64, shrink_axis_mask = 4 : i64} : (tensor<?x4x9xf32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>) -> tensor<f32>
  graph.return
}

// -----

// x[::-2]
graph.func @strided_slice_back(%x: tensor<5x4xf32>) {
  %b = graph.constant dense<0> : tensor<1xi32>
  %s = graph.constant dense<-2> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<3x4xf32>' are incompatible}}
  %0 = graph.strided_slice %x, %b, %b, %s {begin_mask = 1 : i64, end_mask = 1 : i64} : (tensor<5x4xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<f32>
  graph.return
}

// -----

// x[0:2] may be shorter than 2.
graph.func @strided_slice_of_open(%x: tensor<?xf32>) {
  %b = graph.constant dense<0> : tensor<1xi32>
  %e = graph.constant dense<2> : tensor<1xi32>
  %s = graph.constant dense<1> : tensor<1xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?xf32>' are incompatible}}
  %0 = graph.strided_slice %x, %b, %e, %s : (tensor<?xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @pad(%x: tensor<?x4xf32>, %v: tensor<f32>) {
  %p = graph.constant dense<[[1, 0], [1, 2]]> : tensor<2x2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x7xf32>' are incompatible}}
  %0 = graph.pad %x, %p, %v : (tensor<?x4xf32>, tensor<2x2xi32>, tensor<f32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @tile(%x: tensor<?x4xf32>) {
  %m = graph.constant dense<[3, 2]> : tensor<2xi32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x8xf32>' are incompatible}}
  %0 = graph.tile %x, %m : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @gather(%x: tensor<?x4x5xf32>, %i: tensor<3x?xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x3x?x5xf32>' are incompatible}}
  %0 = graph.gather %x, %i {axis = 1 : i64} : (tensor<?x4x5xf32>, tensor<3x?xi32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @gather_batch(%x: tensor<?x4x5xf32>, %i: tensor<3x?xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<3x4x?xf32>' are incompatible}}
  %0 = graph.gather %x, %i {axis = 2 : i64, batch_dims = 1 : i64} : (tensor<?x4x5xf32>, tensor<3x?xi32>) -> tensor<f32>
  graph.return
}

// -----

// 10, 7, 4, 1
graph.func @range() {
  %a = graph.constant dense<10> : tensor<i32>
  %b = graph.constant dense<-1> : tensor<i32>
  %d = graph.constant dense<-3> : tensor<i32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<4xi32>' are incompatible}}
  %0 = graph.range %a, %b, %d : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<i32>
  graph.return
}

// -----

graph.func @range_of_floats() {
  %a = graph.constant dense<0.0> : tensor<f32>
  %b = graph.constant dense<1.0> : tensor<f32>
  %d = graph.constant dense<0.4> : tensor<f32>
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<3xf32>' are incompatible}}
  %0 = graph.range %a, %b, %d : (tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  graph.return
}
