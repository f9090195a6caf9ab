// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Lists are parsed and printed.

// CHECK-LABEL: graph.func @make
graph.func @make(%n: tensor<i32>, %s: tensor<2xi64>) -> (tensor<?x4xf32>, tensor<?x?x4xi1>) {
  // CHECK: graph.list %{{.*}} : (tensor<i32>) -> tensor<?x4xf32>
  %0 = graph.list %n : (tensor<i32>) -> tensor<?x4xf32>
  // CHECK: graph.list %{{.*}}, %{{.*}} : (tensor<i32>, tensor<2xi64>) -> tensor<?x?x4xi1>
  %1 = graph.list %n, %s : (tensor<i32>, tensor<2xi64>) -> tensor<?x?x4xi1>
  // CHECK: graph.list %{{.*}} : (tensor<i32>) -> !graph.untyped_list<f32>
  %2 = graph.list %n : (tensor<i32>) -> !graph.untyped_list<f32>
  // CHECK: graph.list %{{.*}} : (tensor<i32>) -> !graph.untyped_list<none>
  %3 = graph.list %n : (tensor<i32>) -> !graph.untyped_list<none>
  graph.return %0, %1 : tensor<?x4xf32>, tensor<?x?x4xi1>
}

// CHECK-LABEL: graph.func @change
graph.func @change(%list: tensor<?x?xf32>, %i: tensor<i64>, %x: tensor<?xf32>, %n: tensor<i32>) -> tensor<?x?xf32> {
  %s = graph.shape %x : tensor<?xf32> to tensor<1xi32>
  // CHECK: graph.list_fit %{{.*}}, %{{.*}} : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?x?xf32>
  %0 = graph.list_fit %list, %s : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?x?xf32>
  // CHECK: graph.list_set %{{.*}}, %{{.*}}, %{{.*}} : (tensor<?x?xf32>, tensor<i64>, tensor<?xf32>) -> tensor<?x?xf32>
  %1 = graph.list_set %0, %i, %x : (tensor<?x?xf32>, tensor<i64>, tensor<?xf32>) -> tensor<?x?xf32>
  // CHECK: graph.list_resize %{{.*}}, %{{.*}} : (tensor<?x?xf32>, tensor<i32>) -> tensor<?x?xf32>
  %2 = graph.list_resize %1, %n : (tensor<?x?xf32>, tensor<i32>) -> tensor<?x?xf32>
  graph.return %2 : tensor<?x?xf32>
}
