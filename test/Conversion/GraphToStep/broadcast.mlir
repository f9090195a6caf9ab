// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// What is known to be repeated is in the maps.
// CHECK-DAG:   #[[BOTH:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG:   #[[ROW:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG:   #[[COLUMN:.*]] = affine_map<(d0, d1) -> (d0, 0)>
// CHECK-LABEL: func.func @known
// CHECK:       linalg.generic {indexing_maps = [#[[BOTH]], #[[ROW]], #[[BOTH]]]
// CHECK:       linalg.generic {indexing_maps = [#[[BOTH]], #[[COLUMN]], #[[BOTH]]]
// CHECK-NOT:   tensor.extract
graph.func @known(%x: tensor<?x4xf32>, %y: tensor<4xf32>) -> tensor<?x4xf32> attributes {linear} {
  %0 = graph.add %x, %y : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %1 = graph.reduce sum %x {axes = array<i64: 1>, keep_dims} : (tensor<?x4xf32>) -> tensor<?x1xf32>
  %2 = graph.div %0, %1 : (tensor<?x4xf32>, tensor<?x1xf32>) -> tensor<?x4xf32>
  graph.return %2 : tensor<?x4xf32>
}

// -----

// Open dims that lead back to one dim need no care.
// CHECK-LABEL: func.func @same_dim
// CHECK-NOT:   tensor.extract
// CHECK:       return
graph.func @same_dim(%x: tensor<?xf32>) -> tensor<?xf32> attributes {linear} {
  %0 = graph.exp %x : tensor<?xf32>
  %1 = graph.add %0, %x : tensor<?xf32>
  graph.return %1 : tensor<?xf32>
}

// -----

// Open dims that may be 1 or not are read at an index chosen at run time.
// CHECK-LABEL: func.func @maybe
// CHECK-SAME:    (%[[X:.*]]: tensor<?xf32>, %[[Y:.*]]: tensor<?xf32>)
// CHECK-DAG:   %[[DIM_X:.*]] = tensor.dim %[[X]]
// CHECK-DAG:   %[[DIM_Y:.*]] = tensor.dim %[[Y]]
// CHECK-DAG:   %[[ONE_X:.*]] = arith.cmpi eq, %[[DIM_X]], %c1
// CHECK-DAG:   %[[ONE_Y:.*]] = arith.cmpi eq, %[[DIM_Y]], %c1
// CHECK:       %[[SIZE:.*]] = arith.select %[[ONE_X]], %[[DIM_Y]], %[[DIM_X]]
// CHECK:       tensor.empty(%[[SIZE]])
// CHECK:         %[[I:.*]] = linalg.index 0
// CHECK:         %[[IX:.*]] = arith.select %[[ONE_X]], %c0, %[[I]]
// CHECK:         tensor.extract %[[X]][%[[IX]]]
// CHECK:         %[[IY:.*]] = arith.select %[[ONE_Y]], %c0, %[[I]]
// CHECK:         tensor.extract %[[Y]][%[[IY]]]
graph.func @maybe(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> attributes {linear} {
  %0 = graph.add %x, %y : tensor<?xf32>
  graph.return %0 : tensor<?xf32>
}

// -----

// CHECK-LABEL: func.func @select
// CHECK:         arith.select %{{.*}}, %{{.*}}, %{{.*}} : f32
graph.func @select(%c: tensor<4x1xi1>, %x: tensor<?xf32>, %y: tensor<f32>) -> tensor<4x?xf32> attributes {linear} {
  %0 = graph.select %c, %x, %y : (tensor<4x1xi1>, tensor<?xf32>, tensor<f32>) -> tensor<4x?xf32>
  graph.return %0 : tensor<4x?xf32>
}

// -----

// CHECK-LABEL: func.func @fill
// CHECK-DAG:   %[[VALUE:.*]] = tensor.extract %arg0[] : tensor<f32>
// CHECK-DAG:   %[[INIT:.*]] = tensor.empty(%{{.*}}) : tensor<?x3xf32>
// CHECK:       linalg.fill ins(%[[VALUE]] : f32) outs(%[[INIT]]
graph.func @fill(%x: tensor<f32>, %n: tensor<i32>) -> tensor<?x3xf32> attributes {linear} {
  %0 = graph.expand_dims %n {axes = array<i64: 0>} : (tensor<i32>) -> tensor<1xi32>
  %1 = graph.constant dense<3> : tensor<1xi32>
  %2 = graph.concat %0, %1 {axis = 0 : i64} : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %3 = graph.broadcast_to %x, %2 : (tensor<f32>, tensor<2xi32>) -> tensor<?x3xf32>
  graph.return %3 : tensor<?x3xf32>
}
