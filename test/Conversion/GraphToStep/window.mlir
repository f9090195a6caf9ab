// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse | FileCheck %s

// Pools are kernels of loops; the result's size is computed where it is open.
// CHECK-LABEL: func.func @pool(
// CHECK-SAME:    %[[X:.*]]: tensor<?x?x6x3xf32>
// CHECK-DAG:   %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG:   %[[C2:.*]] = arith.constant 2 : index
// CHECK:       %[[H:.*]] = tensor.dim %[[X]], %[[C1]]
// CHECK:       %[[SUM:.*]] = arith.addi %[[H]], %[[C1]]
// CHECK:       %[[OUT:.*]] = arith.divui %[[SUM]], %[[C2]]
// CHECK:       tensor.empty(%{{.*}}, %[[OUT]]) : tensor<?x?x3x3xf32>
// CHECK:       step.launch @pool_max_finite.w1x3x3x1.s1x2x2x1.same.nxnx6x3xf32.nxnx3x3xf32
graph.func @pool(%x: tensor<?x?x6x3xf32>) -> tensor<?x?x3x3xf32> attributes {linear} {
  %y = graph.pool max %x {finite, same_padding, strides = array<i64: 1, 2, 2, 1>, window = array<i64: 1, 3, 3, 1>} : (tensor<?x?x6x3xf32>) -> tensor<?x?x3x3xf32>
  graph.return %y : tensor<?x?x3x3xf32>
}

// The gradient of a maximum finds the positions first.
// CHECK-LABEL: func.func @max_grad(
// CHECK:       %[[AT:.*]]:2 = step.launch @arg_max_pool_unsigned.w1x2.s1x2.p0x0.
// CHECK:       step.launch @max_pool_grad.w1x2.s1x2.p0x0.{{.*}} ins(%{{.*}}, %[[AT]]#1 :
graph.func @max_grad(%x: tensor<?x4xui8>, %dy: tensor<?x2xui8>) -> tensor<?x4xui8> attributes {linear} {
  %dx = graph.max_pool_grad %x, %dy {strides = array<i64: 1, 2>, window = array<i64: 1, 2>} : (tensor<?x4xui8>, tensor<?x2xui8>) -> tensor<?x4xui8>
  graph.return %dx : tensor<?x4xui8>
}

// CHECK-LABEL: func.func @equal_grad(
// CHECK:       step.launch @max_pool_grad_equal.w1x2.s1x2.p0x0.
graph.func @equal_grad(%x: tensor<?x4xf32>, %dy: tensor<?x2xf32>, %y: tensor<?x2xf32>) -> tensor<?x4xf32> attributes {linear} {
  %dx = graph.max_pool_grad %x, %dy equal %y {strides = array<i64: 1, 2>, window = array<i64: 1, 2>} : (tensor<?x4xf32>, tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  graph.return %dx : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @mean_grad(
// CHECK:       step.launch @mean_pool_grad.w1x2.s1x1.p0x1.nx4xf32.nxnxf32
graph.func @mean_grad(%dy: tensor<?x4xf32>, %sizes: tensor<2xi32>) -> tensor<?x?xf32> attributes {linear} {
  %dx = graph.mean_pool_grad %dy, %sizes {padding = array<i64: 0, 0, 1, 0>, window = array<i64: 1, 2>} : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  graph.return %dx : tensor<?x?xf32>
}

// A scalar is its own only window.
// CHECK-LABEL: func.func @scalar(
// CHECK-NOT:   step.launch
// CHECK:       return %arg0
graph.func @scalar(%x: tensor<f32>) -> tensor<f32> attributes {linear} {
  %y = graph.pool mean %x {window = array<i64>} : (tensor<f32>) -> tensor<f32>
  graph.return %y : tensor<f32>
}

// CHECK:       func.func private @pool_max_finite.
// CHECK-SAME:    attributes {step.kernel}
// CHECK:       scf.parallel
// CHECK:         scf.for
// CHECK:           arith.cmpf ogt
// CHECK:       func.func private @arg_max_pool_unsigned.
// CHECK:           arith.cmpi ugt
