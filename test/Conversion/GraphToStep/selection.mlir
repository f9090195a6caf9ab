// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse | FileCheck %s

// A launch of a kernel that is written as loops; equal types share one.
// CHECK-LABEL: func.func @top_k
// CHECK:       step.assert %{{.*}}, ["cannot take the ", 0, " greatest of ", 1, " elements"]
// CHECK:       %[[ROWS:.*]] = tensor.collapse_shape %arg0 {{\[}}[0, 1], [2]]
// CHECK:       step.launch @top_k.nx9xf32.nxnxf32.nxnxi32 ins(%[[ROWS]] : tensor<?x9xf32>) outs(
// CHECK:       step.launch @top_k.nx9xf32.nxnxf32.nxnxi32 ins(
graph.func @top_k(%x: tensor<?x4x9xf32>, %k: tensor<i32>)
    -> (tensor<?x4x?xf32>, tensor<?x4x?xi32>, tensor<?x4x?xf32>, tensor<?x4x?xi32>) attributes {linear} {
  %0, %1 = graph.top_k %x, %k {sorted} : (tensor<?x4x9xf32>, tensor<i32>) -> (tensor<?x4x?xf32>, tensor<?x4x?xi32>)
  %y = graph.neg %x : tensor<?x4x9xf32>
  %2, %3 = graph.top_k %y, %k {sorted} : (tensor<?x4x9xf32>, tensor<i32>) -> (tensor<?x4x?xf32>, tensor<?x4x?xi32>)
  graph.return %0, %1, %2, %3 : tensor<?x4x?xf32>, tensor<?x4x?xi32>, tensor<?x4x?xf32>, tensor<?x4x?xi32>
}

// CHECK:       func.func private @top_k.nx9xf32.nxnxf32.nxnxi32(
// CHECK-SAME:    memref<?x9xf32>, %{{.*}}: memref<?x?xf32>, %{{.*}}: memref<?x?xi32>)
// CHECK-SAME:    attributes {step.kernel}
// CHECK:       scf.parallel
// CHECK:         scf.while
// CHECK-NOT:   func.func private @top_k
