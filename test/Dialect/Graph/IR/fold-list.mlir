// RUN: graph-opt %s -canonicalize | FileCheck %s
// Lists that change nothing are what they were.

// CHECK-LABEL: graph.func @fits_already(
// CHECK-SAME:    %[[LIST:[^:]*]]: tensor<?x4xf32>
// CHECK-NEXT:  graph.return %[[LIST]]
graph.func @fits_already(%list: tensor<?x4xf32>, %s: tensor<1xi32>) -> tensor<?x4xf32> {
  %0 = graph.list_fit %list, %s : (tensor<?x4xf32>, tensor<1xi32>) -> tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}

// The second element has the shape of the first.
// CHECK-LABEL: graph.func @fits_since
// CHECK-COUNT-1: graph.list_fit
// CHECK-NOT:     graph.list_fit
graph.func @fits_since(%list: tensor<?x?xf32>, %i: tensor<i32>, %x: tensor<?xf32>) -> tensor<?x?xf32> {
  %s = graph.shape %x : tensor<?xf32> to tensor<1xi32>
  %0 = graph.list_fit %list, %s : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?x?xf32>
  %1 = graph.list_set %0, %i, %x : (tensor<?x?xf32>, tensor<i32>, tensor<?xf32>) -> tensor<?x?xf32>
  %2 = graph.list_fit %1, %s : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?x?xf32>
  graph.return %2 : tensor<?x?xf32>
}

// CHECK-LABEL: graph.func @may_not_fit
// CHECK:       graph.list_fit
graph.func @may_not_fit(%list: tensor<?x?xf32>, %s: tensor<1xi32>) -> tensor<?x?xf32> {
  %0 = graph.list_fit %list, %s : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?x?xf32>
  graph.return %0 : tensor<?x?xf32>
}

// CHECK-LABEL: graph.func @has_the_length(
// CHECK-SAME:    %[[LIST:[^:]*]]: tensor<3x4xf32>
// CHECK-NEXT:  graph.return %[[LIST]]
graph.func @has_the_length(%list: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %n = graph.constant dense<3> : tensor<i32>
  %0 = graph.list_resize %list, %n : (tensor<3x4xf32>, tensor<i32>) -> tensor<3x4xf32>
  graph.return %0 : tensor<3x4xf32>
}

// CHECK-LABEL: graph.func @may_have_the_length
// CHECK:       graph.list_resize
graph.func @may_have_the_length(%list: tensor<?x4xf32>, %n: tensor<i32>) -> tensor<?x4xf32> {
  %0 = graph.list_resize %list, %n : (tensor<?x4xf32>, tensor<i32>) -> tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}
