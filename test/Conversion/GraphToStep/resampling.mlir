// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse | FileCheck %s

// The kernels see the dims before and behind the axis as one each.
// CHECK-LABEL: func.func @resample(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x4x8xf32>, %[[I:.*]]: tensor<3x2xi32>, %[[W:.*]]: tensor<3x2xf32>
// CHECK:       %[[SLICES:.*]] = tensor.collapse_shape %[[X]] {{\[}}[0, 1], [2], [3]]
// CHECK:       %[[Y:.*]] = step.launch @resample.nx4x8xf32.3x2xi32.3x2xf32.nx3x8xf32 ins(%[[SLICES]], %[[I]], %[[W]]
// CHECK:       tensor.expand_shape %[[Y]] {{\[}}[0, 1], [2], [3]]
graph.func @resample(%x: tensor<?x2x4x8xf32>, %i: tensor<3x2xi32>, %w: tensor<3x2xf32>) -> tensor<?x2x3x8xf32> attributes {linear} {
  %y = graph.resample %x, %i, %w {axis = 2 : i64} : (tensor<?x2x4x8xf32>, tensor<3x2xi32>, tensor<3x2xf32>) -> tensor<?x2x3x8xf32>
  graph.return %y : tensor<?x2x3x8xf32>
}

// CHECK-LABEL: func.func @resample_grad(
// CHECK:       step.launch @resample_grad.nx3x8xf32.3x2xi32.3x2xf32.nxnx8xf32
graph.func @resample_grad(%dy: tensor<?x3x8xf32>, %i: tensor<3x2xi32>, %w: tensor<3x2xf32>, %size: tensor<i32>) -> tensor<?x?x8xf32> attributes {linear} {
  %dx = graph.resample_grad %dy, %i, %w, %size {axis = 1 : i64} : (tensor<?x3x8xf32>, tensor<3x2xi32>, tensor<3x2xf32>, tensor<i32>) -> tensor<?x?x8xf32>
  graph.return %dx : tensor<?x?x8xf32>
}

// CHECK:       func.func private @resample.
// CHECK-SAME:    attributes {step.kernel}
// CHECK:       scf.parallel
// CHECK:         scf.for
// CHECK:           arith.mulf
// CHECK:           arith.addf
