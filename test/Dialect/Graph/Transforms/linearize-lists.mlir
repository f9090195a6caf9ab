// RUN: graph-opt %s -graph-linearize | FileCheck %s
// RUN: graph-opt %s -graph-linearize=schedule=source | FileCheck %s
//
// What changes a list comes after those who only read it, so that it can change
// it in place.

// CHECK-LABEL: @set_after_readers
// CHECK-DAG:     graph.gather %arg0
// CHECK-DAG:     graph.shape %arg0
// CHECK:         graph.list_set %arg0
graph.func @set_after_readers(%list: tensor<?x4xf32>, %i: tensor<i32>, %x: tensor<4xf32>)
    -> (tensor<?x4xf32>, tensor<4xf32>, tensor<2xi32>) {
  %0 = graph.list_set %list, %i, %x : (tensor<?x4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<?x4xf32>
  %1 = graph.gather %list, %i {axis = 0 : i64} : (tensor<?x4xf32>, tensor<i32>) -> tensor<4xf32>
  %2 = graph.shape %list : tensor<?x4xf32> to tensor<2xi32>
  graph.return %0, %1, %2 : tensor<?x4xf32>, tensor<4xf32>, tensor<2xi32>
}

// A reader that needs what the change gives comes after it all the same.
// CHECK-LABEL: @reader_waits
// CHECK:         graph.list_set %arg0
// CHECK:         graph.gather %arg0
graph.func @reader_waits(%list: tensor<4x4xf32>, %i: tensor<i32>, %x: tensor<4xf32>)
    -> (tensor<4x4xf32>, tensor<4xf32>) {
  %0 = graph.list_set %list, %i, %x : (tensor<4x4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<4x4xf32>
  %sum = graph.reduce sum %0 {axes = array<i64: 0, 1>} : (tensor<4x4xf32>) -> tensor<f32>
  %j = graph.cast %sum : tensor<f32> to tensor<i32>
  %1 = graph.gather %list, %j {axis = 0 : i64} : (tensor<4x4xf32>, tensor<i32>) -> tensor<4xf32>
  graph.return %0, %1 : tensor<4x4xf32>, tensor<4xf32>
}

// Two changes of one list: one of them has to copy it.
// CHECK-LABEL: @two_changes
// CHECK:         graph.gather %arg0
// CHECK:         graph.list_set %arg0
// CHECK:         graph.list_set %arg0
graph.func @two_changes(%list: tensor<4x4xf32>, %i: tensor<i32>, %x: tensor<4xf32>, %y: tensor<4xf32>)
    -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4xf32>) {
  %0 = graph.list_set %list, %i, %x : (tensor<4x4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<4x4xf32>
  %1 = graph.list_set %list, %i, %y : (tensor<4x4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<4x4xf32>
  %2 = graph.gather %list, %i {axis = 0 : i64} : (tensor<4x4xf32>, tensor<i32>) -> tensor<4xf32>
  graph.return %0, %1, %2 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4xf32>
}
