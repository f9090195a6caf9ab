// RUN: graph-opt %s -canonicalize | FileCheck %s

// Amounts are cut to what the type can be shifted by.
// CHECK-LABEL: graph.func @shifts
graph.func @shifts() -> (tensor<4xi8>, tensor<4xi8>, tensor<2xui8>) {
  %x = graph.constant dense<[1, -5, 100, -1]> : tensor<4xi8>
  %y = graph.constant dense<[-3, 2, 70, 1]> : tensor<4xi8>
  %u = graph.constant dense<[251, 251]> : tensor<2xui8>
  %v = graph.constant dense<[2, 200]> : tensor<2xui8>
  // CHECK-DAG: %[[LEFT:.*]] = graph.constant dense<[1, -20, 0, -2]> : tensor<4xi8>
  %0 = graph.shift_left %x, %y : tensor<4xi8>
  // CHECK-DAG: %[[RIGHT:.*]] = graph.constant dense<[1, -2, 0, -1]> : tensor<4xi8>
  %1 = graph.shift_right %x, %y : tensor<4xi8>
  // CHECK-DAG: %[[UNSIGNED:.*]] = graph.constant dense<[62, 1]> : tensor<2xui8>
  %2 = graph.shift_right %u, %v : tensor<2xui8>
  // CHECK: graph.return %[[LEFT]], %[[RIGHT]], %[[UNSIGNED]]
  graph.return %0, %1, %2 : tensor<4xi8>, tensor<4xi8>, tensor<2xui8>
}

// CHECK-LABEL: graph.func @no_shift
// CHECK-SAME:  %[[X:.*]]: tensor<?xi32>
graph.func @no_shift(%x: tensor<?xi32>) -> tensor<?xi32> {
  %0 = graph.constant dense<0> : tensor<i32>
  %1 = graph.shift_left %x, %0 : (tensor<?xi32>, tensor<i32>) -> tensor<?xi32>
  // CHECK: graph.return %[[X]]
  graph.return %1 : tensor<?xi32>
}

// CHECK-LABEL: graph.func @population_count
graph.func @population_count() -> tensor<3xui8> {
  %x = graph.constant dense<[0, -1, 5]> : tensor<3xi64>
  // CHECK: graph.constant dense<[0, 64, 2]> : tensor<3xui8>
  %0 = graph.population_count %x : (tensor<3xi64>) -> tensor<3xui8>
  graph.return %0 : tensor<3xui8>
}

// CHECK-LABEL: graph.func @bitcast_and_back
// CHECK-SAME:  %[[X:.*]]: tensor<?xf32>
graph.func @bitcast_and_back(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %0 = graph.bitcast %x : tensor<?xf32> to tensor<?xf32>
  %1 = graph.bitcast %x : tensor<?xf32> to tensor<?x4xi8>
  %2 = graph.bitcast %1 : tensor<?x4xi8> to tensor<?xf32>
  // CHECK: graph.return %[[X]], %[[X]]
  graph.return %0, %2 : tensor<?xf32>, tensor<?xf32>
}

// Sizes are seen through.
// CHECK-LABEL: graph.func @sizes
graph.func @sizes(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = graph.cumulate sum %x {axis = 1 : i64} : tensor<?x4xf32>
  // CHECK-NOT: graph.check_dims
  %1 = graph.check_dims %x, %0 {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<?x4xf32>, tensor<?x4xf32>
  graph.return %1 : tensor<?x4xf32>
}
