// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Ops on windows and resampling are parsed and printed.

// CHECK-LABEL: graph.func @pools
graph.func @pools(%x: tensor<?x9x9x3xf32>) -> tensor<?x4x4x3xf32> {
  // CHECK: graph.pool max %{{.*}} {finite, window = array<i64: 1, 2, 2, 1>} : (tensor<?x9x9x3xf32>) -> tensor<?x8x8x3xf32>
  %max = graph.pool max %x {finite, window = array<i64: 1, 2, 2, 1>} : (tensor<?x9x9x3xf32>) -> tensor<?x8x8x3xf32>
  // CHECK: graph.pool mean %{{.*}} {same_padding, strides = array<i64: 1, 2, 2, 1>, window = array<i64: 1, 3, 3, 1>} : (tensor<?x9x9x3xf32>) -> tensor<?x5x5x3xf32>
  %mean = graph.pool mean %x {same_padding, strides = array<i64: 1, 2, 2, 1>, window = array<i64: 1, 3, 3, 1>} : (tensor<?x9x9x3xf32>) -> tensor<?x5x5x3xf32>
  // CHECK: graph.pool sum %{{.*}} {padding = array<i64: 0, 0, 1, 0, 0, 1, 0, 0>, strides = array<i64: 1, 2, 2, 1>, window = array<i64: 1, 3, 3, 1>} : (tensor<?x9x9x3xf32>) -> tensor<?x4x4x3xf32>
  %sum = graph.pool sum %x {padding = array<i64: 0, 0, 1, 0, 0, 1, 0, 0>, strides = array<i64: 1, 2, 2, 1>, window = array<i64: 1, 3, 3, 1>} : (tensor<?x9x9x3xf32>) -> tensor<?x4x4x3xf32>
  // CHECK: graph.arg_max_pool %{{.*}} {window = array<i64: 1, 2, 2, 1>} : (tensor<?x9x9x3xf32>) -> tensor<?x8x8x3xi64>
  %arg = graph.arg_max_pool %x {window = array<i64: 1, 2, 2, 1>} : (tensor<?x9x9x3xf32>) -> tensor<?x8x8x3xi64>
  graph.return %sum : tensor<?x4x4x3xf32>
}

// CHECK-LABEL: graph.func @gradients
graph.func @gradients(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>, %y: tensor<?x2xf32>, %sizes: tensor<2xi32>) -> tensor<?x?xf32> {
  // CHECK: graph.max_pool_grad %{{.*}}, %{{.*}} {strides = array<i64: 1, 2>, window = array<i64: 1, 2>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  %first = graph.max_pool_grad %x, %dy {strides = array<i64: 1, 2>, window = array<i64: 1, 2>} : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  // CHECK: graph.max_pool_grad %{{.*}}, %{{.*}} equal %{{.*}} {strides = array<i64: 1, 2>, window = array<i64: 1, 2>} : (tensor<?x4xf32>, tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  %equal = graph.max_pool_grad %x, %dy equal %y {strides = array<i64: 1, 2>, window = array<i64: 1, 2>} : (tensor<?x4xf32>, tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  // CHECK: graph.mean_pool_grad %{{.*}}, %{{.*}} {strides = array<i64: 1, 2>, window = array<i64: 1, 2>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  %mean = graph.mean_pool_grad %dy, %sizes {strides = array<i64: 1, 2>, window = array<i64: 1, 2>} : (tensor<?x2xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return %mean : tensor<?x?xf32>
}

// CHECK-LABEL: graph.func @resampling
graph.func @resampling(%x: tensor<?x4x8xf32>, %i: tensor<2x3xi32>, %w: tensor<2x3xf32>, %size: tensor<i32>) -> tensor<?x?x8xf32> {
  // CHECK: graph.resample %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<?x4x8xf32>, tensor<2x3xi32>, tensor<2x3xf32>) -> tensor<?x2x8xf32>
  %y = graph.resample %x, %i, %w {axis = 1 : i64} : (tensor<?x4x8xf32>, tensor<2x3xi32>, tensor<2x3xf32>) -> tensor<?x2x8xf32>
  // CHECK: graph.resample_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<?x2x8xf32>, tensor<2x3xi32>, tensor<2x3xf32>, tensor<i32>) -> tensor<?x?x8xf32>
  %dx = graph.resample_grad %y, %i, %w, %size {axis = 1 : i64} : (tensor<?x2x8xf32>, tensor<2x3xi32>, tensor<2x3xf32>, tensor<i32>) -> tensor<?x?x8xf32>
  graph.return %dx : tensor<?x?x8xf32>
}
