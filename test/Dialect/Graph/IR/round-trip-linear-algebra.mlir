// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Factors and solutions of matrices are parsed and printed.

// CHECK-LABEL: graph.func @factors
graph.func @factors(%x: tensor<?x4x4xf32>, %y: tensor<6x4xf64>) -> tensor<?x4x4xf32> {
  // CHECK: graph.cholesky %{{.*}} : (tensor<?x4x4xf32>) -> tensor<?x4x4xf32>
  %l = graph.cholesky %x : (tensor<?x4x4xf32>) -> tensor<?x4x4xf32>
  // CHECK: %{{.*}}, %{{.*}}, %{{.*}} = graph.lu %{{.*}} : (tensor<?x4x4xf32>) -> (tensor<?x4x4xf32>, tensor<?x4xi32>, tensor<?xf32>)
  %lu, %p, %sign = graph.lu %x : (tensor<?x4x4xf32>) -> (tensor<?x4x4xf32>, tensor<?x4xi32>, tensor<?xf32>)
  // CHECK: graph.qr %{{.*}} : (tensor<6x4xf64>) -> (tensor<6x4xf64>, tensor<4x4xf64>)
  %q, %r = graph.qr %y : (tensor<6x4xf64>) -> (tensor<6x4xf64>, tensor<4x4xf64>)
  // CHECK: graph.qr %{{.*}} {full_matrices} : (tensor<6x4xf64>) -> (tensor<6x6xf64>, tensor<6x4xf64>)
  %q2, %r2 = graph.qr %y {full_matrices} : (tensor<6x4xf64>) -> (tensor<6x6xf64>, tensor<6x4xf64>)
  // CHECK: graph.orthogonalize %{{.*}} : (tensor<4x4xf64>) -> (tensor<4x4xf64>, tensor<4x4xf64>)
  %rv, %v = graph.orthogonalize %r : (tensor<4x4xf64>) -> (tensor<4x4xf64>, tensor<4x4xf64>)
  graph.return %l : tensor<?x4x4xf32>
}

// CHECK-LABEL: graph.func @solutions
graph.func @solutions(%a: tensor<?x4x4xf32>, %b: tensor<?x4x?xf32>) -> tensor<?x4x?xf32> {
  // CHECK: graph.triangular_solve %{{.*}}, %{{.*}} : (tensor<?x4x4xf32>, tensor<?x4x?xf32>) -> tensor<?x4x?xf32>
  %0 = graph.triangular_solve %a, %b : (tensor<?x4x4xf32>, tensor<?x4x?xf32>) -> tensor<?x4x?xf32>
  // CHECK: graph.triangular_solve %{{.*}}, %{{.*}} {lower, transpose, unit_diagonal}
  %1 = graph.triangular_solve %a, %0 {lower, transpose, unit_diagonal} : (tensor<?x4x4xf32>, tensor<?x4x?xf32>) -> tensor<?x4x?xf32>
  graph.return %1 : tensor<?x4x?xf32>
}

// CHECK-LABEL: graph.func @check
graph.func @check(%x: tensor<?xf32>, %fits: tensor<?xi1>) -> tensor<?xf32> {
  // CHECK: %{{.*}}, %[[TOKEN:.*]] = graph.check_true %{{.*}}, %{{.*}} {message = "is off"} : tensor<?xf32>, tensor<?xi1>
  %0, %t = graph.check_true %x, %fits {message = "is off"} : tensor<?xf32>, tensor<?xi1>
  // CHECK: graph.check_true %{{.*}}, %{{.*}} after(%[[TOKEN]]) {message = "is off"} : tensor<?xf32>, tensor<?xi1>
  %1, %t1 = graph.check_true %0, %fits after(%t) {message = "is off"} : tensor<?xf32>, tensor<?xi1>
  graph.return %1 after(%t1) : tensor<?xf32>
}
