// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Running sums, searches, bits and special functions are parsed and printed.

// CHECK-LABEL: graph.func @cumulate
graph.func @cumulate(%x: tensor<?x4xf32>, %i: tensor<3xui8>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<3xui8>) {
  // CHECK: graph.cumulate sum %{{.*}} {axis = 0 : i64, exclusive, reverse} : tensor<?x4xf32>
  %0 = graph.cumulate sum %x {axis = 0 : i64, exclusive, reverse} : tensor<?x4xf32>
  // CHECK: graph.cumulate log_sum_exp %{{.*}} {axis = 1 : i64} : tensor<?x4xf32>
  %1 = graph.cumulate log_sum_exp %x {axis = 1 : i64} : tensor<?x4xf32>
  // CHECK: graph.cumulate prod %{{.*}} {axis = 0 : i64} : tensor<3xui8>
  %2 = graph.cumulate prod %i {axis = 0 : i64} : tensor<3xui8>
  graph.return %0, %1, %2 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<3xui8>
}

// CHECK-LABEL: graph.func @bitcast
graph.func @bitcast(%x: tensor<?x2xf32>) -> (tensor<?x2xi32>, tensor<?x2x4xui8>, tensor<?xf64>) {
  // CHECK: graph.bitcast %{{.*}} : tensor<?x2xf32> to tensor<?x2xi32>
  %0 = graph.bitcast %x : tensor<?x2xf32> to tensor<?x2xi32>
  // CHECK: graph.bitcast %{{.*}} : tensor<?x2xf32> to tensor<?x2x4xui8>
  %1 = graph.bitcast %x : tensor<?x2xf32> to tensor<?x2x4xui8>
  // CHECK: graph.bitcast %{{.*}} : tensor<?x2xf32> to tensor<?xf64>
  %2 = graph.bitcast %x : tensor<?x2xf32> to tensor<?xf64>
  graph.return %0, %1, %2 : tensor<?x2xi32>, tensor<?x2x4xui8>, tensor<?xf64>
}

// CHECK-LABEL: graph.func @search_sorted
graph.func @search_sorted(%s: tensor<2x?xf32>, %x: tensor<2x3xf32>) -> (tensor<2x3xi32>, tensor<2x3xi64>) {
  // CHECK: graph.search_sorted %{{.*}}, %{{.*}} : (tensor<2x?xf32>, tensor<2x3xf32>) to tensor<2x3xi32>
  %0 = graph.search_sorted %s, %x : (tensor<2x?xf32>, tensor<2x3xf32>) to tensor<2x3xi32>
  // CHECK: graph.search_sorted %{{.*}}, %{{.*}} {upper} : (tensor<2x?xf32>, tensor<2x3xf32>) to tensor<2x3xi64>
  %1 = graph.search_sorted %s, %x {upper} : (tensor<2x?xf32>, tensor<2x3xf32>) to tensor<2x3xi64>
  graph.return %0, %1 : tensor<2x3xi32>, tensor<2x3xi64>
}

// CHECK-LABEL: graph.func @bits
graph.func @bits(%x: tensor<?xi32>, %y: tensor<i32>) -> (tensor<?xi32>, tensor<?xui8>) {
  // CHECK: graph.shift_left %{{.*}}, %{{.*}} : (tensor<?xi32>, tensor<i32>) -> tensor<?xi32>
  %0 = graph.shift_left %x, %y : (tensor<?xi32>, tensor<i32>) -> tensor<?xi32>
  // CHECK: graph.shift_right %{{.*}}, %{{.*}} : (tensor<?xi32>, tensor<i32>) -> tensor<?xi32>
  %1 = graph.shift_right %0, %y : (tensor<?xi32>, tensor<i32>) -> tensor<?xi32>
  // CHECK: graph.population_count %{{.*}} : (tensor<?xi32>) -> tensor<?xui8>
  %2 = graph.population_count %1 : (tensor<?xi32>) -> tensor<?xui8>
  graph.return %1, %2 : tensor<?xi32>, tensor<?xui8>
}

// CHECK-LABEL: graph.func @special
graph.func @special(%a: tensor<f32>, %x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) {
  // CHECK: graph.special digamma(%{{.*}}) : (tensor<?xf32>) -> tensor<?xf32>
  %0 = graph.special digamma(%x) : (tensor<?xf32>) -> tensor<?xf32>
  // CHECK: graph.special igamma(%{{.*}}, %{{.*}}) : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
  %1 = graph.special igamma(%a, %x) : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
  // CHECK: graph.special betainc(%{{.*}}, %{{.*}}, %{{.*}}) : (tensor<f32>, tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
  %2 = graph.special betainc(%a, %a, %x) : (tensor<f32>, tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
  graph.return %0, %1, %2 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
}
