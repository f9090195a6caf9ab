// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse | FileCheck %s

// A kernel of loops goes on from the elements; threads share the slices, and
// rows outside change nothing.
// CHECK-LABEL: func.func @scatter
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x?x?xf32>
// CHECK-SAME:    %[[I:[^:]*]]: tensor<?x2xi32>
// CHECK-SAME:    %[[U:[^:]*]]: tensor<?x?xf32>
// CHECK:         step.launch @scatter_add.nx2xi32.nxnxf32.nxnxnxf32
// CHECK-SAME:      ins(%[[I]], %[[U]] : tensor<?x2xi32>, tensor<?x?xf32>) outs(%[[X]] : tensor<?x?x?xf32>)
graph.func @scatter(%x: tensor<?x?x?xf32>, %i: tensor<?x2xi32>, %u: tensor<?x?xf32>) -> tensor<?x?x?xf32> attributes {linear} {
  %0 = graph.scatter add %x, %i, %u : (tensor<?x?x?xf32>, tensor<?x2xi32>, tensor<?x?xf32>) -> tensor<?x?x?xf32>
  graph.return %0 : tensor<?x?x?xf32>
}

// CHECK-LABEL: func.func @elements
// CHECK:         step.launch @scatter_update.nx1xi32.nxi1.5xi1
graph.func @elements(%x: tensor<5xi1>, %i: tensor<?x1xi32>, %u: tensor<?xi1>) -> tensor<5xi1> attributes {linear} {
  %0 = graph.scatter update %x, %i, %u : (tensor<5xi1>, tensor<?x1xi32>, tensor<?xi1>) -> tensor<5xi1>
  graph.return %0 : tensor<5xi1>
}

// What kernels for one type do is told apart by name.
// CHECK-LABEL: func.func @kinds
// CHECK:         step.launch @scatter_max.
// CHECK:         step.launch @scatter_max_nan.
// CHECK:         step.launch @scatter_min_unsigned.
// CHECK:         step.launch @scatter_min.
graph.func @kinds(%x: tensor<4xbf16>, %y: tensor<4xui8>, %z: tensor<4xi8>, %i: tensor<3x1xi64>,
    %u: tensor<3xbf16>, %v: tensor<3xui8>, %w: tensor<3xi8>)
    -> (tensor<4xbf16>, tensor<4xbf16>, tensor<4xui8>, tensor<4xi8>) attributes {linear} {
  %0 = graph.scatter max %x, %i, %u : (tensor<4xbf16>, tensor<3x1xi64>, tensor<3xbf16>) -> tensor<4xbf16>
  %1 = graph.scatter max %x, %i, %u {takes_nan} : (tensor<4xbf16>, tensor<3x1xi64>, tensor<3xbf16>) -> tensor<4xbf16>
  %2 = graph.scatter min %y, %i, %v : (tensor<4xui8>, tensor<3x1xi64>, tensor<3xui8>) -> tensor<4xui8>
  %3 = graph.scatter min %z, %i, %w : (tensor<4xi8>, tensor<3x1xi64>, tensor<3xi8>) -> tensor<4xi8>
  graph.return %0, %1, %2, %3 : tensor<4xbf16>, tensor<4xbf16>, tensor<4xui8>, tensor<4xi8>
}

// CHECK-LABEL: func.func private @scatter_add.nx2xi32.nxnxf32.nxnxnxf32(
// CHECK:         scf.parallel
// CHECK:           scf.for
// CHECK:             arith.cmpi ult
// CHECK:             arith.cmpi ult
// CHECK:             scf.if
// CHECK:               scf.for
// CHECK:                 arith.addf
// CHECK:                 memref.store

// A single element stays in a register while rows mean the same one.
// CHECK-LABEL: func.func private @scatter_update.
// CHECK:         %[[FIRST:.*]] = memref.load %[[X:.*]][%c0]
// CHECK:         %[[LAST:.*]]:2 = scf.for {{.*}} iter_args(%[[PLACE:.*]] = %c0, %[[ELEMENT:.*]] = %[[FIRST]])
// CHECK:           arith.cmpi ne, %{{.*}}, %[[PLACE]]
// CHECK:           scf.if
// CHECK:             memref.store %[[ELEMENT]], %[[X]][%[[PLACE]]]
// CHECK:             memref.load %[[X]]
// CHECK:         memref.store %[[LAST]]#1, %[[X]][%[[LAST]]#0]

// A NaN is no greater than anything and stays, or is never less and taken.
// CHECK-LABEL: func.func private @scatter_max.
// CHECK:         %[[X:.*]] = arith.extf
// CHECK:         %[[U:.*]] = arith.extf
// CHECK:         %[[LESS:.*]] = arith.cmpf olt, %[[X]], %[[U]]
// CHECK:         arith.select %[[LESS]], %[[U]], %[[X]]
// CHECK-LABEL: func.func private @scatter_max_nan.
// CHECK:         %[[X:.*]] = arith.extf
// CHECK:         %[[U:.*]] = arith.extf
// CHECK:         %[[LESS:.*]] = arith.cmpf olt, %[[U]], %[[X]]
// CHECK:         arith.select %[[LESS]], %[[X]], %[[U]]
// CHECK-LABEL: func.func private @scatter_min_unsigned.
// CHECK:         arith.minui
// CHECK-LABEL: func.func private @scatter_min.
// CHECK:         arith.minsi
