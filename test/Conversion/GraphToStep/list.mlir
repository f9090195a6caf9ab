// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse | FileCheck %s

// Zeros; sizes that nothing says are 0.
// CHECK-LABEL: func.func @make
// CHECK-SAME:    %[[N:[^:]*]]: tensor<i32>
// CHECK:         %[[LENGTH:.*]] = arith.maxsi
// CHECK:         %[[LIST:.*]] = tensor.empty(%[[LENGTH]]) : tensor<?x0x4xf32>
// CHECK:         linalg.fill ins(%{{.*}} : f32) outs(%[[LIST]] : tensor<?x0x4xf32>)
graph.func @make(%n: tensor<i32>) -> tensor<?x?x4xf32> attributes {linear} {
  %0 = graph.list %n : (tensor<i32>) -> tensor<?x?x4xf32>
  graph.return %0 : tensor<?x?x4xf32>
}

// A kernel goes on from the list, so that it may write in place.
// CHECK-LABEL: func.func @set
// CHECK-SAME:    %[[LIST:[^:]*]]: tensor<?x4xf32>
// CHECK-SAME:    %[[X:[^:]*]]: tensor<4xf32>
// CHECK:         step.launch @list_set.4xf32.index.nx4xf32 ins(%[[X]], %{{.*}} : tensor<4xf32>, index) outs(%[[LIST]] : tensor<?x4xf32>)
graph.func @set(%list: tensor<?x4xf32>, %i: tensor<i32>, %x: tensor<4xf32>) -> tensor<?x4xf32> attributes {linear} {
  %0 = graph.list_set %list, %i, %x : (tensor<?x4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}

// A scalar element stays in a register.
// CHECK-LABEL: func.func @set_scalar
// CHECK:         %[[X:.*]] = tensor.extract
// CHECK:         step.launch @list_set.f32.index.nxf32 ins(%[[X]], %{{.*}} : f32, index)
graph.func @set_scalar(%list: tensor<?xf32>, %i: tensor<i64>, %x: tensor<f32>) -> tensor<?xf32> attributes {linear} {
  %0 = graph.list_set %list, %i, %x : (tensor<?xf32>, tensor<i64>, tensor<f32>) -> tensor<?xf32>
  graph.return %0 : tensor<?xf32>
}

// The list grows in its place; a kernel writes the new elements only.
// CHECK-LABEL: func.func @resize
// CHECK-SAME:    %[[LIST:[^:]*]]: tensor<?x4xf32>
// CHECK:         %[[OLD:.*]] = tensor.dim %[[LIST]]
// CHECK:         %[[NEW:.*]] = step.resize %[[LIST]] sizes(%{{.*}}) : tensor<?x4xf32> -> tensor<?x4xf32>
// CHECK:         step.launch @list_clear.index.nx4xf32 ins(%[[OLD]] : index) outs(%[[NEW]] : tensor<?x4xf32>)
graph.func @resize(%list: tensor<?x4xf32>, %n: tensor<i32>) -> tensor<?x4xf32> attributes {linear} {
  %0 = graph.list_resize %list, %n : (tensor<?x4xf32>, tensor<i32>) -> tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @fit
// CHECK-SAME:    %[[LIST:[^:]*]]: tensor<?x?xf32>
// CHECK:         %[[SAME:.*]] = arith.cmpi eq
// CHECK:         scf.if %[[SAME]] -> (tensor<?x?xf32>) {
// CHECK-NEXT:      scf.yield %[[LIST]]
// CHECK-NEXT:    } else {
// CHECK:           linalg.fill
// CHECK:           scf.yield
graph.func @fit(%list: tensor<?x?xf32>, %s: tensor<1xi32>) -> tensor<?x?xf32> attributes {linear} {
  %0 = graph.list_fit %list, %s : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?x?xf32>
  graph.return %0 : tensor<?x?xf32>
}

// An index outside writes nothing.
// CHECK-LABEL: func.func private @list_set.4xf32.index.nx4xf32(
// CHECK-SAME:    %[[X:[^:]*]]: memref<4xf32>, %[[I:.*]]: index, %[[L:.*]]: memref<?x4xf32>
// CHECK:         %[[N:.*]] = memref.dim %[[L]]
// CHECK:         %[[INSIDE:.*]] = arith.cmpi ult, %[[I]], %[[N]]
// CHECK:         scf.if %[[INSIDE]]
