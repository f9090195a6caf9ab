// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Scatters and searches are parsed and printed.

// CHECK-LABEL: graph.func @scatters
graph.func @scatters(%x: tensor<?x4xf32>, %b: tensor<?xi1>, %i: tensor<2x?x1xi64>, %u: tensor<2x?x4xf32>, %j: tensor<3x1xi32>, %v: tensor<3xi1>) -> tensor<?x4xf32> {
  // CHECK: graph.scatter update %{{.*}}, %{{.*}}, %{{.*}} : (tensor<?xi1>, tensor<3x1xi32>, tensor<3xi1>) -> tensor<?xi1>
  %0 = graph.scatter update %b, %j, %v : (tensor<?xi1>, tensor<3x1xi32>, tensor<3xi1>) -> tensor<?xi1>
  // CHECK: graph.scatter add
  %1 = graph.scatter add %x, %i, %u : (tensor<?x4xf32>, tensor<2x?x1xi64>, tensor<2x?x4xf32>) -> tensor<?x4xf32>
  // CHECK: graph.scatter sub
  %2 = graph.scatter sub %x, %i, %u : (tensor<?x4xf32>, tensor<2x?x1xi64>, tensor<2x?x4xf32>) -> tensor<?x4xf32>
  // CHECK: graph.scatter mul
  %3 = graph.scatter mul %x, %i, %u : (tensor<?x4xf32>, tensor<2x?x1xi64>, tensor<2x?x4xf32>) -> tensor<?x4xf32>
  // CHECK: graph.scatter max %{{.*}}, %{{.*}}, %{{.*}} {takes_nan} :
  %4 = graph.scatter max %x, %i, %u {takes_nan} : (tensor<?x4xf32>, tensor<2x?x1xi64>, tensor<2x?x4xf32>) -> tensor<?x4xf32>
  // CHECK: graph.scatter min
  %5 = graph.scatter min %x, %i, %u : (tensor<?x4xf32>, tensor<2x?x1xi64>, tensor<2x?x4xf32>) -> tensor<?x4xf32>
  graph.return %1 : tensor<?x4xf32>
}

// CHECK-LABEL: graph.func @searches
graph.func @searches(%x: tensor<?x4xbf16>) -> tensor<?x2xi64> {
  // CHECK: graph.nonzero %{{.*}} : (tensor<?x4xbf16>) -> tensor<?x2xi64>
  %0 = graph.nonzero %x : (tensor<?x4xbf16>) -> tensor<?x2xi64>
  // CHECK: graph.unique %{{.*}} {index_type = i32} : (tensor<?x4xbf16>) -> (tensor<?x4xbf16>, tensor<?xi32>, tensor<?xi32>)
  %1, %2, %3 = graph.unique %x {index_type = i32} : (tensor<?x4xbf16>) -> (tensor<?x4xbf16>, tensor<?xi32>, tensor<?xi32>)
  graph.return %0 : tensor<?x2xi64>
}
