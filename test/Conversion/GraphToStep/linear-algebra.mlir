// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse | FileCheck %s

// A kernel of loops, whose matrices threads share. Its batch dim is the product
// of all batch dims.
// CHECK-LABEL: func.func @cholesky
// CHECK:       %[[FLAT:.*]] = tensor.collapse_shape %arg0 {{\[}}[0, 1], [2], [3]]
// CHECK:       step.launch @cholesky.nx4x4xf32.nx4x4xf32 ins(%[[FLAT]] : tensor<?x4x4xf32>)
// CHECK:       tensor.expand_shape
graph.func @cholesky(%x: tensor<?x3x4x4xf32>) -> tensor<?x3x4x4xf32> attributes {linear} {
  %0 = graph.cholesky %x : (tensor<?x3x4x4xf32>) -> tensor<?x3x4x4xf32>
  graph.return %0 : tensor<?x3x4x4xf32>
}

// One matrix is a batch of one.
// CHECK-LABEL: func.func @lu
// CHECK:       tensor.expand_shape %arg0 {{\[}}[0, 1], [2]]
// CHECK:       step.launch @lu.1x4x4xf64.1x4x4xf64.1x4xi32.1xf64
graph.func @lu(%x: tensor<4x4xf64>) -> (tensor<4x4xf64>, tensor<4xi32>, tensor<f64>) attributes {linear} {
  %0, %1, %2 = graph.lu %x : (tensor<4x4xf64>) -> (tensor<4x4xf64>, tensor<4xi32>, tensor<f64>)
  graph.return %0, %1, %2 : tensor<4x4xf64>, tensor<4xi32>, tensor<f64>
}

// Each form of a triangular matrix has a kernel of its own.
// CHECK-LABEL: func.func @triangular_solve
// CHECK:       step.launch @triangular_solve_lower_unit.nx4x4xf32.nx4xnxf32.nx4xnxf32
// CHECK:       step.launch @triangular_solve_upper_transposed.nx4x4xf32.nx4xnxf32.nx4xnxf32
graph.func @triangular_solve(%a: tensor<?x4x4xf32>, %b: tensor<?x4x?xf32>) -> tensor<?x4x?xf32> attributes {linear} {
  %0 = graph.triangular_solve %a, %b {lower, unit_diagonal} : (tensor<?x4x4xf32>, tensor<?x4x?xf32>) -> tensor<?x4x?xf32>
  %1 = graph.triangular_solve %a, %0 {transpose} : (tensor<?x4x4xf32>, tensor<?x4x?xf32>) -> tensor<?x4x?xf32>
  graph.return %1 : tensor<?x4x?xf32>
}

// The kernel's scratch is among its outputs.
// CHECK-LABEL: func.func @qr
// CHECK:       step.launch @qr.1x6x4xf32.1x6x4xf32.1x4x4xf32.1x6x4xf32.1x4xf32.1x4xf32
// CHECK:       step.launch @qr.1x6x4xf32.1x6x6xf32.1x6x4xf32.1x6x4xf32.1x4xf32.1x6xf32
graph.func @qr(%x: tensor<6x4xf32>)
    -> (tensor<6x4xf32>, tensor<4x4xf32>, tensor<6x6xf32>, tensor<6x4xf32>) attributes {linear} {
  %0, %1 = graph.qr %x : (tensor<6x4xf32>) -> (tensor<6x4xf32>, tensor<4x4xf32>)
  %2, %3 = graph.qr %x {full_matrices} : (tensor<6x4xf32>) -> (tensor<6x6xf32>, tensor<6x4xf32>)
  graph.return %0, %1, %2, %3 : tensor<6x4xf32>, tensor<4x4xf32>, tensor<6x6xf32>, tensor<6x4xf32>
}

// CHECK-LABEL: func.func @orthogonalize
// CHECK:       step.launch @orthogonalize.nxnxnxf64.nxnxnxf64.nxnxnxf64
graph.func @orthogonalize(%x: tensor<?x?x?xf64>) -> (tensor<?x?x?xf64>, tensor<?x?x?xf64>) attributes {linear} {
  %0, %1 = graph.orthogonalize %x : (tensor<?x?x?xf64>) -> (tensor<?x?x?xf64>, tensor<?x?x?xf64>)
  graph.return %0, %1 : tensor<?x?x?xf64>, tensor<?x?x?xf64>
}

// CHECK-LABEL: func.func @check_true
// CHECK:       %[[HOLDS:.*]] = tensor.extract
// CHECK:       step.assert %[[HOLDS]], ["Input is not invertible."] {status = 1 : i32}
graph.func @check_true(%x: tensor<?xf32>, %fits: tensor<?xi1>) -> tensor<?xf32> attributes {linear} {
  %0 = graph.check_true %x, %fits {message = "Input is not invertible."} : tensor<?xf32>, tensor<?xi1>
  graph.return %0 : tensor<?xf32>
}

// Eliminating runs along rows.
// CHECK-LABEL: func.func private @cholesky.
// CHECK-SAME:    attributes {step.kernel}
// CHECK:       scf.parallel
// CHECK:         math.sqrt
// CHECK-LABEL: func.func private @lu.
// CHECK-LABEL: func.func private @triangular_solve_lower_unit.
// CHECK-NOT:     arith.divf
// CHECK-LABEL: func.func private @triangular_solve_upper_transposed.
// CHECK:         arith.divf
