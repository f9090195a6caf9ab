// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// CHECK-DAG:   #[[ALL:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG:   #[[KEPT:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @sum
// CHECK:       %[[FILLED:.*]] = linalg.fill ins(%cst : f32)
// CHECK:       linalg.generic
// CHECK-SAME:    indexing_maps = [#[[ALL]], #[[KEPT]]], iterator_types = ["parallel", "reduction"]
// CHECK-SAME:    outs(%[[FILLED]] : tensor<?xf32>)
// CHECK:         arith.addf
graph.func @sum(%x: tensor<?x4xf32>) -> tensor<?xf32> attributes {linear} {
  %0 = graph.reduce sum %x {axes = array<i64: 1>} : (tensor<?x4xf32>) -> tensor<?xf32>
  graph.return %0 : tensor<?xf32>
}

// -----

// A mean divides by the number of elements that the run time knows.
// CHECK-LABEL: func.func @mean
// CHECK:       %[[SUM:.*]] = linalg.generic
// CHECK:       %[[DIM:.*]] = tensor.dim %arg0, %c0
// CHECK:       %[[COUNT:.*]] = arith.index_cast %[[DIM]] : index to i64
// CHECK:       linalg.generic
// CHECK-SAME:    ins(%[[SUM]]
// CHECK:         %[[DIVISOR:.*]] = arith.sitofp %[[COUNT]] : i64 to f32
// CHECK:         arith.divf %{{.*}}, %[[DIVISOR]]
// CHECK:       tensor.expand_shape %{{.*}} {{\[}}[0, 1]] output_shape [1, 4]
graph.func @mean(%x: tensor<?x4xf32>) -> tensor<1x4xf32> attributes {linear} {
  %0 = graph.reduce mean %x {axes = array<i64: 0>, keep_dims} : (tensor<?x4xf32>) -> tensor<1x4xf32>
  graph.return %0 : tensor<1x4xf32>
}

// -----

// Narrow floats accumulate in f32.
// CHECK-LABEL: func.func @narrow
// CHECK:       linalg.generic
// CHECK:         ^bb0(%[[X:.*]]: f16, %[[SUM:.*]]: f32):
// CHECK:         %[[WIDE:.*]] = arith.extf %[[X]] : f16 to f32
// CHECK:         arith.addf %[[WIDE]], %[[SUM]]
// CHECK:       linalg.generic
// CHECK:         arith.truncf %{{.*}} : f32 to f16
graph.func @narrow(%x: tensor<9x4xf16>) -> tensor<9xf16> attributes {linear} {
  %0 = graph.reduce sum %x {axes = array<i64: 1>} : (tensor<9x4xf16>) -> tensor<9xf16>
  graph.return %0 : tensor<9xf16>
}

// -----

// What neutral elements there are.
// CHECK-LABEL: func.func @neutral
// CHECK-DAG:   arith.constant -128 : i8
// CHECK-DAG:   arith.constant -1 : i8
// CHECK-DAG:   arith.constant 0xFF800000 : f32
// CHECK-DAG:   arith.constant true
// CHECK:         arith.maxsi
// CHECK:         arith.minui
// CHECK:         arith.maximumf
// CHECK:         arith.andi
graph.func @neutral(%a: tensor<9xi8>, %b: tensor<9xui8>, %c: tensor<9xf32>, %d: tensor<9xi1>)
    -> (tensor<i8>, tensor<ui8>, tensor<f32>, tensor<i1>) attributes {linear} {
  %0 = graph.reduce max %a {axes = array<i64: 0>} : (tensor<9xi8>) -> tensor<i8>
  %1 = graph.reduce min %b {axes = array<i64: 0>} : (tensor<9xui8>) -> tensor<ui8>
  %2 = graph.reduce max %c {axes = array<i64: 0>} : (tensor<9xf32>) -> tensor<f32>
  %3 = graph.reduce all %d {axes = array<i64: 0>} : (tensor<9xi1>) -> tensor<i1>
  graph.return %0, %1, %2, %3 : tensor<i8>, tensor<ui8>, tensor<f32>, tensor<i1>
}

// -----

// The product of a shape is index arithmetic.
// CHECK-LABEL: func.func @product_of_shape
// CHECK-NOT:   linalg
// CHECK:       arith.muli
// CHECK-NOT:   linalg
// CHECK:       return
graph.func @product_of_shape(%x: tensor<?x?xf32>) -> tensor<i32> attributes {linear} {
  %0 = graph.shape %x : tensor<?x?xf32> to tensor<2xi32>
  %1 = graph.reduce prod %0 {axes = array<i64: 0>} : (tensor<2xi32>) -> tensor<i32>
  graph.return %1 : tensor<i32>
}

// -----

// A loop along the axis for each element of the result.
// CHECK-LABEL: func.func @arg_max
// CHECK:       linalg.generic
// CHECK:         %[[ROW:.*]] = linalg.index 0
// CHECK:         %[[BEST:.*]]:2 = scf.for %[[I:.*]] = %c0 to %{{.*}} step %c1 iter_args
// CHECK:           tensor.extract %arg0[%[[ROW]], %[[I]]]
// CHECK:           arith.cmpf ogt
// CHECK:         arith.index_cast %[[BEST]]#1 : index to i64
graph.func @arg_max(%x: tensor<4x?xf32>) -> tensor<4xi64> attributes {linear} {
  %0 = graph.arg_max %x {axis = 1 : i64} : tensor<4x?xf32> to tensor<4xi64>
  graph.return %0 : tensor<4xi64>
}

// -----

// The mean of narrow integers does not overflow on the way.
// CHECK-LABEL: func.func @mean_of_integers
// CHECK:         arith.extui %{{.*}} : i8 to i64
// CHECK:         arith.addi %{{.*}} : i64
// CHECK:         %[[MEAN:.*]] = arith.divui %{{.*}} : i64
// CHECK:         arith.trunci %[[MEAN]] : i64 to i8
graph.func @mean_of_integers(%x: tensor<9x?xui8>) -> tensor<9xui8> attributes {linear} {
  %0 = graph.reduce mean %x {axes = array<i64: 1>} : (tensor<9x?xui8>) -> tensor<9xui8>
  graph.return %0 : tensor<9xui8>
}

// True is greater than false.
// CHECK-LABEL: func.func @arg_max_of_booleans
// CHECK:         arith.cmpi ugt, %{{.*}} : i1
graph.func @arg_max_of_booleans(%x: tensor<9x5xi1>) -> tensor<9xi32> attributes {linear} {
  %0 = graph.arg_max %x {axis = 1 : i64} : tensor<9x5xi1> to tensor<9xi32>
  graph.return %0 : tensor<9xi32>
}
