// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse | FileCheck %s

// The kernel sees [outer, dim, inner]; neighbours run side by side.
// CHECK-LABEL: func.func @cumulate_outer
// CHECK:       step.launch @cumulate_sum_reverse.2xnx12xf32.2xnx12xf32
graph.func @cumulate_outer(%x: tensor<2x?x6x2xf32>) -> tensor<2x?x6x2xf32> attributes {linear} {
  %0 = graph.cumulate sum %x {axis = 1 : i64, reverse} : tensor<2x?x6x2xf32>
  graph.return %0 : tensor<2x?x6x2xf32>
}

// Along the last dim the running value is carried. Narrow floats are rounded at
// each place.
// CHECK-LABEL: func.func @cumulate_inner
// CHECK:       step.launch @cumulate_prod_exclusive.nx6x1xf16.nx6x1xf16
graph.func @cumulate_inner(%x: tensor<?x6xf16>) -> tensor<?x6xf16> attributes {linear} {
  %0 = graph.cumulate prod %x {axis = 1 : i64, exclusive} : tensor<?x6xf16>
  graph.return %0 : tensor<?x6xf16>
}

// Bytes of an element, the lowest first.
// CHECK-LABEL: func.func @bitcast_to_narrow
// CHECK:       linalg.generic
// CHECK:         %[[BITS:.*]] = arith.bitcast %{{.*}} : f32 to i32
// CHECK:         arith.shrui %[[BITS]]
// CHECK:         arith.trunci
graph.func @bitcast_to_narrow(%x: tensor<9xf32>) -> tensor<9x4xui8> attributes {linear} {
  %0 = graph.bitcast %x : tensor<9xf32> to tensor<9x4xui8>
  graph.return %0 : tensor<9x4xui8>
}

// CHECK-LABEL: func.func @bitcast_to_wide
// CHECK:       linalg.generic
// CHECK:         arith.extui
// CHECK:         arith.shli
// CHECK:         arith.ori
// CHECK:         arith.bitcast %{{.*}} : i64 to f64
graph.func @bitcast_to_wide(%x: tensor<9x2xi32>) -> tensor<9xf64> attributes {linear} {
  %0 = graph.bitcast %x : tensor<9x2xi32> to tensor<9xf64>
  graph.return %0 : tensor<9xf64>
}

// Elements of the same width are an elementwise operation.
// CHECK-LABEL: func.func @bitcast_of_same_width
// CHECK:       linalg.generic {{.*}} ins(%{{.*}} : tensor<?xi32>)
// CHECK-NOT:     tensor.extract
// CHECK:         arith.bitcast %{{.*}} : i32 to f32
graph.func @bitcast_of_same_width(%x: tensor<?xui32>) -> tensor<?xf32> attributes {linear} {
  %0 = graph.bitcast %x : tensor<?xui32> to tensor<?xf32>
  graph.return %0 : tensor<?xf32>
}

// Signs are no bits: nothing is left of the op.
// CHECK-LABEL: func.func @bitcast_of_sign
// CHECK-NEXT:  return %arg0
graph.func @bitcast_of_sign(%x: tensor<9xi32>) -> tensor<9xui32> attributes {linear} {
  %0 = graph.bitcast %x : tensor<9xi32> to tensor<9xui32>
  graph.return %0 : tensor<9xui32>
}

// CHECK-LABEL: func.func @search
// CHECK:       step.launch @search_lower.1x9xf32.1xnxf32.1xnxi32
// CHECK:       step.launch @search_upper_unsigned.1x9xi8.1xnxi8.1xnxi64
graph.func @search(%s: tensor<1x9xf32>, %x: tensor<1x?xf32>, %t: tensor<1x9xui8>, %y: tensor<1x?xui8>)
    -> (tensor<1x?xi32>, tensor<1x?xi64>) attributes {linear} {
  %0 = graph.search_sorted %s, %x : (tensor<1x9xf32>, tensor<1x?xf32>) to tensor<1x?xi32>
  %1 = graph.search_sorted %t, %y {upper} : (tensor<1x9xui8>, tensor<1x?xui8>) to tensor<1x?xi64>
  graph.return %0, %1 : tensor<1x?xi32>, tensor<1x?xi64>
}

// CHECK-LABEL: func.func @shifts
// CHECK:         %[[SOME:.*]] = arith.maxsi
// CHECK:         %[[AMOUNT:.*]] = arith.minsi %[[SOME]]
// CHECK:         arith.shli %{{.*}}, %[[AMOUNT]]
// CHECK:         arith.minui
// CHECK:         arith.shrui
graph.func @shifts(%x: tensor<9xi32>, %y: tensor<9xui16>) -> (tensor<9xi32>, tensor<9xui16>) attributes {linear} {
  %0 = graph.shift_left %x, %x : tensor<9xi32>
  %1 = graph.shift_right %y, %y : tensor<9xui16>
  graph.return %0, %1 : tensor<9xi32>, tensor<9xui16>
}

// CHECK-LABEL: func.func @population_count
// CHECK:         %[[COUNT:.*]] = math.ctpop
// CHECK:         arith.trunci %[[COUNT]] : i32 to i8
graph.func @population_count(%x: tensor<9xi32>) -> tensor<9xui8> attributes {linear} {
  %0 = graph.population_count %x : (tensor<9xi32>) -> tensor<9xui8>
  graph.return %0 : tensor<9xui8>
}

// Special functions are the runtime's, in double.
// CHECK-LABEL: func.func @special
// CHECK:         arith.extf
// CHECK:         %[[VALUE:.*]] = func.call @gcrt_igamma(%{{.*}}, %{{.*}}) : (f64, f64) -> f64
// CHECK:         arith.truncf %[[VALUE]] : f64 to f32
graph.func @special(%a: tensor<f32>, %x: tensor<9xf32>) -> tensor<9xf32> attributes {linear} {
  %0 = graph.special igamma(%a, %x) : (tensor<f32>, tensor<9xf32>) -> tensor<9xf32>
  graph.return %0 : tensor<9xf32>
}

// CHECK:       func.func private @cumulate_sum_reverse.2xnx12xf32.2xnx12xf32
// CHECK:       scf.parallel
// CHECK:         memref.alloca() : memref<256xf32>
// CHECK:       func.func private @cumulate_prod_exclusive.nx6x1xf16.nx6x1xf16
// CHECK:       scf.parallel
// CHECK:         scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}) -> (f16)
// CHECK:           arith.mulf %{{.*}} : f32
// CHECK:           arith.truncf %{{.*}} : f32 to f16
// CHECK:       func.func private @search_lower.1x9xf32.1xnxf32.1xnxi32
// CHECK:       scf.while
// CHECK:         arith.cmpf olt
