// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Ops on shapes and places, reductions and products are parsed and printed.

// CHECK-LABEL: graph.func @reductions
graph.func @reductions(%x: tensor<?x4xf32>, %b: tensor<?x4xi1>, %k: tensor<i32>) -> tensor<f32> {
  // CHECK: graph.reduce sum %{{.*}} {axes = array<i64: 1>} : (tensor<?x4xf32>) -> tensor<?xf32>
  %sum = graph.reduce sum %x {axes = array<i64: 1>} : (tensor<?x4xf32>) -> tensor<?xf32>
  // CHECK: graph.reduce prod %{{.*}} {axes = array<i64: 0>, keep_dims} : (tensor<?x4xf32>) -> tensor<1x4xf32>
  %prod = graph.reduce prod %x {axes = array<i64: 0>, keep_dims} : (tensor<?x4xf32>) -> tensor<1x4xf32>
  // CHECK: graph.reduce max
  %max = graph.reduce max %x {axes = array<i64: 0, 1>} : (tensor<?x4xf32>) -> tensor<f32>
  // CHECK: graph.reduce min
  %min = graph.reduce min %x {axes = array<i64: 0, 1>} : (tensor<?x4xf32>) -> tensor<f32>
  // CHECK: graph.reduce mean
  %mean = graph.reduce mean %x {axes = array<i64: 0, 1>} : (tensor<?x4xf32>) -> tensor<f32>
  // CHECK: graph.reduce all
  %all = graph.reduce all %b {axes = array<i64: 1>} : (tensor<?x4xi1>) -> tensor<?xi1>
  // CHECK: graph.reduce any
  %any = graph.reduce any %b {axes = array<i64: 1>} : (tensor<?x4xi1>) -> tensor<?xi1>
  // CHECK: graph.arg_max %{{.*}} {axis = 1 : i64} : tensor<?x4xf32> to tensor<?xi64>
  %arg_max = graph.arg_max %x {axis = 1 : i64} : tensor<?x4xf32> to tensor<?xi64>
  // CHECK: graph.arg_min %{{.*}} {axis = 0 : i64} : tensor<?x4xf32> to tensor<4xi32>
  %arg_min = graph.arg_min %x {axis = 0 : i64} : tensor<?x4xf32> to tensor<4xi32>
  // CHECK: %{{.*}}, %{{.*}} = graph.top_k %{{.*}}, %{{.*}} {sorted} : (tensor<?x4xf32>, tensor<i32>) -> (tensor<?x?xf32>, tensor<?x?xi32>)
  %values, %indices = graph.top_k %x, %k {sorted} : (tensor<?x4xf32>, tensor<i32>) -> (tensor<?x?xf32>, tensor<?x?xi32>)
  graph.return %mean : tensor<f32>
}

// CHECK-LABEL: graph.func @matmul
graph.func @matmul(%a: tensor<?x8x3xf32>, %b: tensor<5x8xf32>) -> tensor<?x3x5xf32> {
  // CHECK: graph.matmul %{{.*}}, %{{.*}} {transpose_a, transpose_b} : (tensor<?x8x3xf32>, tensor<5x8xf32>) -> tensor<?x3x5xf32>
  %0 = graph.matmul %a, %b {transpose_a, transpose_b} : (tensor<?x8x3xf32>, tensor<5x8xf32>) -> tensor<?x3x5xf32>
  graph.return %0 : tensor<?x3x5xf32>
}

// CHECK-LABEL: graph.func @shapes
graph.func @shapes(%x: tensor<?x4xf32>, %shape: tensor<2xi32>) -> tensor<?x?xf32> {
  // CHECK: graph.shape %{{.*}} : tensor<?x4xf32> to tensor<2xi64>
  %0 = graph.shape %x : tensor<?x4xf32> to tensor<2xi64>
  // CHECK: graph.size %{{.*}} : tensor<?x4xf32> to tensor<i32>
  %1 = graph.size %x : tensor<?x4xf32> to tensor<i32>
  // CHECK: graph.reshape %{{.*}}, %{{.*}} : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  %2 = graph.reshape %x, %shape : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  // CHECK: graph.expand_dims %{{.*}} {axes = array<i64: 0, 3>} : (tensor<?x4xf32>) -> tensor<1x?x4x1xf32>
  %3 = graph.expand_dims %x {axes = array<i64: 0, 3>} : (tensor<?x4xf32>) -> tensor<1x?x4x1xf32>
  // CHECK: graph.squeeze %{{.*}} {axes = array<i64: 0>} : (tensor<1x?x4x1xf32>) -> tensor<?x4x1xf32>
  %4 = graph.squeeze %3 {axes = array<i64: 0>} : (tensor<1x?x4x1xf32>) -> tensor<?x4x1xf32>
  // CHECK: graph.broadcast_to %{{.*}}, %{{.*}} : (tensor<?x?xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  %5 = graph.broadcast_to %2, %shape : (tensor<?x?xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  // CHECK: graph.transpose %{{.*}} {permutation = array<i64: 1, 0>} : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %6 = graph.transpose %5 {permutation = array<i64: 1, 0>} : (tensor<?x?xf32>) -> tensor<?x?xf32>
  graph.return %6 : tensor<?x?xf32>
}

// CHECK-LABEL: graph.func @places
graph.func @places(%x: tensor<?x4xf32>, %i: tensor<2xi32>, %p: tensor<2x2xi32>, %v: tensor<f32>, %n: tensor<i64>) -> tensor<?xi64> {
  // CHECK: graph.concat %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  %0 = graph.concat %x, %x {axis = 1 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  // CHECK: %{{.*}}:2 = graph.split %{{.*}} {axis = 1 : i64, num = 2 : i64} : (tensor<?x8xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  %1:2 = graph.split %0 {axis = 1 : i64, num = 2 : i64} : (tensor<?x8xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  // CHECK: graph.slice %{{.*}}, %{{.*}}, %{{.*}} : (tensor<?x4xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x?xf32>
  %2 = graph.slice %1#0, %i, %i : (tensor<?x4xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x?xf32>
  // CHECK: graph.strided_slice %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {begin_mask = 1 : i64, shrink_axis_mask = 2 : i64} : (tensor<?x?xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?xf32>
  %3 = graph.strided_slice %2, %i, %i, %i {begin_mask = 1 : i64, shrink_axis_mask = 2 : i64} : (tensor<?x?xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?xf32>
  // CHECK: graph.pad %{{.*}}, %{{.*}}, %{{.*}} : (tensor<?x?xf32>, tensor<2x2xi32>, tensor<f32>) -> tensor<?x?xf32>
  %4 = graph.pad %2, %p, %v : (tensor<?x?xf32>, tensor<2x2xi32>, tensor<f32>) -> tensor<?x?xf32>
  // CHECK: graph.tile %{{.*}}, %{{.*}} : (tensor<?x?xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  %5 = graph.tile %4, %i : (tensor<?x?xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  // CHECK: graph.gather %{{.*}}, %{{.*}} {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<?x?xf32>, tensor<2xi32>) -> tensor<2xf32>
  %6 = graph.gather %5, %i {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<?x?xf32>, tensor<2xi32>) -> tensor<2xf32>
  // CHECK: graph.range %{{.*}}, %{{.*}}, %{{.*}} : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %7 = graph.range %n, %n, %n : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  graph.return %7 : tensor<?xi64>
}
