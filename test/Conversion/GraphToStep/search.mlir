// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse | FileCheck %s

// The elements are counted, then a kernel of as many rows finds them again.
// CHECK-LABEL: func.func @nonzero
// CHECK:         linalg.generic {{.*}}iterator_types = ["reduction", "reduction"]
// CHECK:         %[[COUNT:.*]] = tensor.extract
// CHECK:         %[[ROWS:.*]] = arith.index_cast %[[COUNT]] : i64 to index
// CHECK:         %[[INIT:.*]] = tensor.empty(%[[ROWS]]) : tensor<?x2xi64>
// CHECK:         step.launch @nonzero.nx4xf32.nx2xi64 ins(%arg0 : tensor<?x4xf32>) outs(%[[INIT]] : tensor<?x2xi64>)
graph.func @nonzero(%x: tensor<?x4xf32>) -> tensor<?x2xi64> attributes {linear} {
  %0 = graph.nonzero %x : (tensor<?x4xf32>) -> tensor<?x2xi64>
  graph.return %0 : tensor<?x2xi64>
}

// Slices get numbers; the first slice of each number is a value. The table is
// twice as large as the dim.
// CHECK-LABEL: func.func @unique
// CHECK:         tensor.empty() : tensor<19xi32>
// CHECK:         %[[U:.*]]:4 = step.launch @unique.9x2xf16.19xi32.9xi32.9xi64.i64
// CHECK:         %[[COUNT:.*]] = tensor.extract %[[U]]#3[]
// CHECK:         %[[N:.*]] = arith.index_cast %[[COUNT]]
// CHECK:         tensor.empty(%[[N]]) : tensor<?x2xf16>
// CHECK:         linalg.generic
// CHECK:           tensor.extract %[[U]]#2
// CHECK:           tensor.extract %arg0
// CHECK:         step.launch @counts.9xi32.nxi32 ins(%[[U]]#1 : tensor<9xi32>)
graph.func @unique(%x: tensor<9x2xf16>) -> (tensor<?x2xf16>, tensor<9xi32>, tensor<?xi32>) attributes {linear} {
  %0, %1, %2 = graph.unique %x {index_type = i32} : (tensor<9x2xf16>) -> (tensor<?x2xf16>, tensor<9xi32>, tensor<?xi32>)
  graph.return %0, %1, %2 : tensor<?x2xf16>, tensor<9xi32>, tensor<?xi32>
}

// Counts that nobody asks for are not made.
// CHECK-LABEL: func.func @vocabulary
// CHECK:         step.launch @unique.
// CHECK-NOT:     step.launch @counts.
// CHECK:         return
graph.func @vocabulary(%x: tensor<?xi64>) -> tensor<?xi64> attributes {linear} {
  %0, %1, %2 = graph.unique %x {index_type = i64} : (tensor<?xi64>) -> (tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  graph.return %0 : tensor<?xi64>
}

// CHECK-LABEL: func.func private @nonzero.nx4xf32.nx2xi64(
// CHECK:         scf.for {{.*}} iter_args
// CHECK:           scf.for {{.*}} iter_args
// CHECK:             scf.if
// CHECK:               memref.store
// CHECK:               memref.store
// CHECK:             arith.cmpf une
// CHECK-LABEL: func.func private @unique.9x2xf16.
// CHECK:         arith.cmpf uno
// CHECK:         scf.while
