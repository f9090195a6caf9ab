// RUN: graph-opt %s -canonicalize | FileCheck %s

// Without updates nothing changes.
// CHECK-LABEL: graph.func @scatter_nothing
// CHECK-SAME:    %[[X:.*]]: tensor<?xf32>
// CHECK-NEXT:    graph.return %[[X]]
graph.func @scatter_nothing(%x: tensor<?xf32>, %i: tensor<0x1xi32>, %u: tensor<0xf32>) -> tensor<?xf32> {
  %0 = graph.scatter add %x, %i, %u : (tensor<?xf32>, tensor<0x1xi32>, tensor<0xf32>) -> tensor<?xf32>
  graph.return %0 : tensor<?xf32>
}

// The result has the sizes of what is scattered into, and so have the slices
// that are compared: the check holds.
// CHECK-LABEL: graph.func @sizes
// CHECK-NOT:     check_dims
graph.func @sizes(%x: tensor<?x?xf32>, %i: tensor<?x1xi32>, %u: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = graph.scatter max %x, %i, %u : (tensor<?x?xf32>, tensor<?x1xi32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %v, %j, %n = graph.unique %0 {index_type = i32} : (tensor<?x?xf32>) -> (tensor<?x?xf32>, tensor<?xi32>, tensor<?xi32>)
  %1, %t1 = graph.check_dims %v, %x {lhs_dims = array<i64: 1>, rhs_dims = array<i64: 1>} : tensor<?x?xf32>, tensor<?x?xf32>
  %2, %t2 = graph.check_dims %j, %x {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<?xi32>, tensor<?x?xf32>
  %3, %t3 = graph.check_dims %1, %n {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 0>} : tensor<?x?xf32>, tensor<?xi32>
  graph.return %3 after(%t1, %t2, %t3) : tensor<?x?xf32>
}
