// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// A box that may lie outside fails the call before anything is read.
// CHECK-LABEL: func.func @slice
// CHECK:       step.assert %{{.*}}, ["slice [", 0, ", ", 1, ") of dimension 0 is outside [0, ", 2, ")"]
// CHECK-SAME:    {status = 1 : i32}
// CHECK:         %[[I:.*]] = linalg.index 0
// CHECK:         %[[J:.*]] = linalg.index 1
// CHECK:         %[[ROW:.*]] = arith.addi %[[I]], %c1
// CHECK:         %[[COLUMN:.*]] = arith.addi %[[J]], %c2
// CHECK:         tensor.extract %arg0[%[[ROW]], %[[COLUMN]]]
graph.func @slice(%x: tensor<?x4xf32>) -> tensor<?x2xf32> attributes {linear} {
  %begin = graph.constant dense<[1, 2]> : tensor<2xi32>
  %size = graph.constant dense<[-1, 2]> : tensor<2xi32>
  %0 = graph.slice %x, %begin, %size : (tensor<?x4xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x2xf32>
  graph.return %0 : tensor<?x2xf32>
}

// -----

// Known to be inside: no assertion.
// CHECK-LABEL: func.func @strided
// CHECK-NOT:   step.assert
// CHECK:         %[[I:.*]] = linalg.index 0
// CHECK:         %[[STEPS:.*]] = arith.muli %[[I]], %c-2
// CHECK:         %[[PLACE:.*]] = arith.addi %[[STEPS]], %c7
// CHECK:         tensor.extract %arg0[%[[PLACE]]]
graph.func @strided(%x: tensor<10xf32>) -> tensor<3xf32> attributes {linear} {
  %begin = graph.constant dense<7> : tensor<1xi32>
  %end = graph.constant dense<1> : tensor<1xi32>
  %stride = graph.constant dense<-2> : tensor<1xi32>
  %0 = graph.strided_slice %x, %begin, %end, %stride : (tensor<10xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<3xf32>
  graph.return %0 : tensor<3xf32>
}

// -----

// A picked position may lie outside an open dim.
// CHECK-LABEL: func.func @picked
// CHECK:       %[[LAST:.*]] = arith.addi %{{.*}}, %c-1
// CHECK:       step.assert %{{.*}}, ["slice index ", 0, " of dimension 0 is outside [0, ", 1, ")"]
// CHECK:         tensor.extract %arg0[%[[LAST]], %{{.*}}]
graph.func @picked(%x: tensor<?x4xf32>) -> tensor<4xf32> attributes {linear} {
  %begin = graph.constant dense<-1> : tensor<1xi32>
  %end = graph.constant dense<0> : tensor<1xi32>
  %stride = graph.constant dense<1> : tensor<1xi32>
  %0 = graph.strided_slice %x, %begin, %end, %stride {shrink_axis_mask = 1 : i64} : (tensor<?x4xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<4xf32>
  graph.return %0 : tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @gather
// CHECK:         %[[PLACE:.*]] = tensor.extract %arg1[%{{.*}}] : tensor<?xi32>
// CHECK:         %[[ROW:.*]] = arith.index_cast %[[PLACE]] : i32 to index
// CHECK:         tensor.extract %arg0[%[[ROW]], %{{.*}}]
graph.func @gather(%x: tensor<100x8xf32>, %ids: tensor<?xi32>) -> tensor<?x8xf32> attributes {linear} {
  %0 = graph.gather %x, %ids {axis = 0 : i64} : (tensor<100x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  graph.return %0 : tensor<?x8xf32>
}

// -----

// CHECK-LABEL: func.func @pad
// CHECK:       %[[SIZE:.*]] = arith.addi %{{.*}}, %c3
// CHECK:       %[[NEW:.*]] = tensor.empty(%[[SIZE]])
// CHECK:       %[[FILLED:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%[[NEW]]
// CHECK:       tensor.insert_slice %arg0 into %[[FILLED]][1] [%{{.*}}] [1]
graph.func @pad(%x: tensor<?xf32>, %value: tensor<f32>) -> tensor<?xf32> attributes {linear} {
  %paddings = graph.constant dense<[[1, 2]]> : tensor<1x2xi32>
  %0 = graph.pad %x, %paddings, %value : (tensor<?xf32>, tensor<1x2xi32>, tensor<f32>) -> tensor<?xf32>
  graph.return %0 : tensor<?xf32>
}

// -----

// CHECK-LABEL: func.func @tile
// CHECK:       %[[DIM:.*]] = tensor.dim %arg0
// CHECK:         %[[I:.*]] = linalg.index 0
// CHECK:         %[[J:.*]] = linalg.index 1
// CHECK:         %[[ROW:.*]] = arith.remui %[[I]], %[[DIM]]
// CHECK:         tensor.extract %arg0[%[[ROW]], %[[J]]]
graph.func @tile(%x: tensor<?x4xf32>) -> tensor<?x4xf32> attributes {linear} {
  %multiples = graph.constant dense<[2, 1]> : tensor<2xi32>
  %0 = graph.tile %x, %multiples : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: func.func @range
// CHECK:       %[[COUNT:.*]] = arith.maxsi
// CHECK:       %[[SIZE:.*]] = arith.index_cast %[[COUNT]] : i64 to index
// CHECK:       tensor.empty(%[[SIZE]]) : tensor<?xi32>
// CHECK:         linalg.index 0
graph.func @range(%n: tensor<i32>) -> tensor<?xi32> attributes {linear} {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %0 = graph.range %zero, %n, %one : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<?xi32>
  graph.return %0 : tensor<?xi32>
}
