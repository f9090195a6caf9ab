// RUN: graph-opt %s -canonicalize | FileCheck %s
// Shapes, reductions and moved elements of constants; integers that follow from
// static dims although their operands are no constants.

// CHECK-LABEL: graph.func @static
graph.func @static(%x: tensor<2x3xf32>) -> (tensor<2xi32>, tensor<i64>) {
  // CHECK-DAG: %[[SHAPE:.*]] = graph.constant dense<[2, 3]> : tensor<2xi32>
  %0 = graph.shape %x : tensor<2x3xf32> to tensor<2xi32>
  // CHECK-DAG: %[[SIZE:.*]] = graph.constant dense<6> : tensor<i64>
  %1 = graph.size %x : tensor<2x3xf32> to tensor<i64>
  // CHECK: graph.return %[[SHAPE]], %[[SIZE]]
  graph.return %0, %1 : tensor<2xi32>, tensor<i64>
}

// Element 1 of the shape is known although the shape is not.
// CHECK-LABEL: graph.func @known_element
graph.func @known_element(%x: tensor<?x4xf32>) -> (tensor<i32>, tensor<1xi32>, tensor<i32>, tensor<i1>) {
  %shape = graph.shape %x : tensor<?x4xf32> to tensor<2xi32>
  %one = graph.constant dense<1> : tensor<1xi32>
  %two = graph.constant dense<2> : tensor<1xi32>
  // CHECK-DAG: %[[FOUR:.*]] = graph.constant dense<4> : tensor<i32>
  %0 = graph.strided_slice %shape, %one, %two, %one {shrink_axis_mask = 1 : i64} : (tensor<2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<i32>
  // CHECK-DAG: %[[VECTOR:.*]] = graph.constant dense<4> : tensor<1xi32>
  %1 = graph.slice %shape, %one, %one : (tensor<2xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  %index = graph.constant dense<1> : tensor<i32>
  %2 = graph.gather %shape, %index {axis = 0 : i64} : (tensor<2xi32>, tensor<i32>) -> tensor<i32>
  // CHECK-DAG: %[[TRUE:.*]] = graph.constant dense<true> : tensor<i1>
  %3 = graph.compare EQ %0, %2 : (tensor<i32>, tensor<i32>) -> tensor<i1>
  // CHECK: graph.return %[[FOUR]], %[[VECTOR]], %[[FOUR]], %[[TRUE]]
  graph.return %0, %1, %2, %3 : tensor<i32>, tensor<1xi32>, tensor<i32>, tensor<i1>
}

// CHECK-LABEL: graph.func @reduce_floats
graph.func @reduce_floats() -> (tensor<2xf32>, tensor<1x3xf32>, tensor<f32>, tensor<f32>, tensor<f16>) {
  %x = graph.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  // CHECK-DAG: %[[SUM:.*]] = graph.constant dense<[6.000000e+00, 1.500000e+01]>
  %0 = graph.reduce sum %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2xf32>
  // CHECK-DAG: %[[PROD:.*]] = graph.constant dense<{{\[}}[4.000000e+00, 1.000000e+01, 1.800000e+01]]>
  %1 = graph.reduce prod %x {axes = array<i64: 0>, keep_dims} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  // CHECK-DAG: %[[MEAN:.*]] = graph.constant dense<3.500000e+00> : tensor<f32>
  %2 = graph.reduce mean %x {axes = array<i64: 0, 1>} : (tensor<2x3xf32>) -> tensor<f32>
  %empty = graph.constant dense<> : tensor<0xf32>
  // CHECK-DAG: %[[LOWEST:.*]] = graph.constant dense<0xFF800000> : tensor<f32>
  %3 = graph.reduce max %empty {axes = array<i64: 0>} : (tensor<0xf32>) -> tensor<f32>
  // Added in f32: in f16, 2048 + 1 is 2048 again.
  %half = graph.constant dense<[2048.0, 1.0, 1.0]> : tensor<3xf16>
  // CHECK-DAG: %[[HALF:.*]] = graph.constant dense<2.050000e+03> : tensor<f16>
  %4 = graph.reduce sum %half {axes = array<i64: 0>} : (tensor<3xf16>) -> tensor<f16>
  // CHECK: graph.return %[[SUM]], %[[PROD]], %[[MEAN]], %[[LOWEST]], %[[HALF]]
  graph.return %0, %1, %2, %3, %4 : tensor<2xf32>, tensor<1x3xf32>, tensor<f32>, tensor<f32>, tensor<f16>
}

// CHECK-LABEL: graph.func @reduce_ints
graph.func @reduce_ints() -> (tensor<i8>, tensor<i8>, tensor<ui8>, tensor<i1>, tensor<i1>) {
  %x = graph.constant dense<[100, 100, -7]> : tensor<3xi8>
  // CHECK-DAG: %[[SUM:.*]] = graph.constant dense<-63> : tensor<i8>
  %0 = graph.reduce sum %x {axes = array<i64: 0>} : (tensor<3xi8>) -> tensor<i8>
  // CHECK-DAG: %[[MEAN:.*]] = graph.constant dense<64> : tensor<i8>
  %1 = graph.reduce mean %x {axes = array<i64: 0>} : (tensor<3xi8>) -> tensor<i8>
  %u = graph.constant dense<[100, 200]> : tensor<2xui8>
  // CHECK-DAG: %[[MAX:.*]] = graph.constant dense<200> : tensor<ui8>
  %2 = graph.reduce max %u {axes = array<i64: 0>} : (tensor<2xui8>) -> tensor<ui8>
  %b = graph.constant dense<[true, false]> : tensor<2xi1>
  // CHECK-DAG: %[[ALL:.*]] = graph.constant dense<false> : tensor<i1>
  %3 = graph.reduce all %b {axes = array<i64: 0>} : (tensor<2xi1>) -> tensor<i1>
  // CHECK-DAG: %[[ANY:.*]] = graph.constant dense<true> : tensor<i1>
  %4 = graph.reduce any %b {axes = array<i64: 0>} : (tensor<2xi1>) -> tensor<i1>
  // CHECK: graph.return %[[SUM]], %[[MEAN]], %[[MAX]], %[[ALL]], %[[ANY]]
  graph.return %0, %1, %2, %3, %4 : tensor<i8>, tensor<i8>, tensor<ui8>, tensor<i1>, tensor<i1>
}

// CHECK-LABEL: graph.func @moved
graph.func @moved() -> (tensor<3x2xi32>, tensor<3x2xi32>, tensor<2x1x3xi32>, tensor<2x2x3xi32>) {
  %x = graph.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  // CHECK-DAG: %[[T:.*]] = graph.constant dense<{{\[}}[1, 4], [2, 5], [3, 6]]>
  %0 = graph.transpose %x {permutation = array<i64: 1, 0>} : (tensor<2x3xi32>) -> tensor<3x2xi32>
  %shape = graph.constant dense<[3, -1]> : tensor<2xi32>
  // CHECK-DAG: %[[R:.*]] = graph.constant dense<{{\[}}[1, 2], [3, 4], [5, 6]]>
  %1 = graph.reshape %x, %shape : (tensor<2x3xi32>, tensor<2xi32>) -> tensor<3x2xi32>
  // CHECK-DAG: %[[E:.*]] = graph.constant dense<{{\[\[}}[1, 2, 3]], {{\[}}[4, 5, 6]]]>
  %2 = graph.expand_dims %x {axes = array<i64: 1>} : (tensor<2x3xi32>) -> tensor<2x1x3xi32>
  %wide = graph.constant dense<[2, 2, 3]> : tensor<3xi32>
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<{{\[\[}}[1, 2, 3], [4, 5, 6]], {{\[}}[1, 2, 3], [4, 5, 6]]]>
  %3 = graph.broadcast_to %x, %wide : (tensor<2x3xi32>, tensor<3xi32>) -> tensor<2x2x3xi32>
  // CHECK: graph.return %[[T]], %[[R]], %[[E]], %[[B]]
  graph.return %0, %1, %2, %3 : tensor<3x2xi32>, tensor<3x2xi32>, tensor<2x1x3xi32>, tensor<2x2x3xi32>
}

// CHECK-LABEL: graph.func @joined_and_cut
graph.func @joined_and_cut() -> (tensor<2x3xi32>, tensor<2x1xi32>, tensor<2x1xi32>, tensor<1x2xi32>, tensor<2xi32>) {
  %x = graph.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  %y = graph.constant dense<[[5], [6]]> : tensor<2x1xi32>
  // CHECK-DAG: %[[JOIN:.*]] = graph.constant dense<{{\[}}[1, 2, 5], [3, 4, 6]]>
  %0 = graph.concat %x, %y {axis = 1 : i64} : (tensor<2x2xi32>, tensor<2x1xi32>) -> tensor<2x3xi32>
  // CHECK-DAG: %[[LEFT:.*]] = graph.constant dense<{{\[}}[1], [3]]>
  // CHECK-DAG: %[[RIGHT:.*]] = graph.constant dense<{{\[}}[2], [4]]>
  %1, %2 = graph.split %x {axis = 1 : i64, num = 2 : i64} : (tensor<2x2xi32>) -> (tensor<2x1xi32>, tensor<2x1xi32>)
  %begin = graph.constant dense<[1, 1]> : tensor<2xi32>
  %size = graph.constant dense<[1, -1]> : tensor<2xi32>
  // CHECK-DAG: %[[BOX:.*]] = graph.constant dense<{{\[}}[4, 6]]>
  %3 = graph.slice %0, %begin, %size : (tensor<2x3xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<1x2xi32>
  // x[-1, ::-1]
  %last = graph.constant dense<[-1, 0]> : tensor<2xi32>
  %strides = graph.constant dense<[1, -1]> : tensor<2xi32>
  // CHECK-DAG: %[[BACK:.*]] = graph.constant dense<[4, 3]>
  %4 = graph.strided_slice %x, %last, %last, %strides {begin_mask = 2 : i64, end_mask = 2 : i64, shrink_axis_mask = 1 : i64} : (tensor<2x2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: graph.return %[[JOIN]], %[[LEFT]], %[[RIGHT]], %[[BOX]], %[[BACK]]
  graph.return %0, %1, %2, %3, %4 : tensor<2x3xi32>, tensor<2x1xi32>, tensor<2x1xi32>, tensor<1x2xi32>, tensor<2xi32>
}

// CHECK-LABEL: graph.func @looked_up
graph.func @looked_up() -> (tensor<2x2xi32>, tensor<2x1xi32>, tensor<4xi32>, tensor<4xi32>, tensor<3xf32>) {
  %x = graph.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  %ids = graph.constant dense<[1, 0]> : tensor<2xi32>
  // CHECK-DAG: %[[ROWS:.*]] = graph.constant dense<{{\[}}[3, 4], [1, 2]]>
  %0 = graph.gather %x, %ids {axis = 0 : i64} : (tensor<2x2xi32>, tensor<2xi32>) -> tensor<2x2xi32>
  %each = graph.constant dense<[[1], [0]]> : tensor<2x1xi32>
  // CHECK-DAG: %[[SHARED:.*]] = graph.constant dense<{{\[}}[2], [3]]>
  %1 = graph.gather %x, %each {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<2x2xi32>, tensor<2x1xi32>) -> tensor<2x1xi32>
  %paddings = graph.constant dense<[[1, 1]]> : tensor<1x2xi32>
  %nine = graph.constant dense<9> : tensor<i32>
  // CHECK-DAG: %[[PAD:.*]] = graph.constant dense<[9, 1, 0, 9]>
  %2 = graph.pad %ids, %paddings, %nine : (tensor<2xi32>, tensor<1x2xi32>, tensor<i32>) -> tensor<4xi32>
  %two = graph.constant dense<2> : tensor<1xi32>
  // CHECK-DAG: %[[TILE:.*]] = graph.constant dense<[1, 0, 1, 0]>
  %3 = graph.tile %ids, %two : (tensor<2xi32>, tensor<1xi32>) -> tensor<4xi32>
  %start = graph.constant dense<1.0> : tensor<f32>
  %limit = graph.constant dense<2.0> : tensor<f32>
  %delta = graph.constant dense<0.375> : tensor<f32>
  // CHECK-DAG: %[[RANGE:.*]] = graph.constant dense<[1.000000e+00, 1.375000e+00, 1.750000e+00]>
  %4 = graph.range %start, %limit, %delta : (tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<3xf32>
  // CHECK: graph.return %[[ROWS]], %[[SHARED]], %[[PAD]], %[[TILE]], %[[RANGE]]
  graph.return %0, %1, %2, %3, %4 : tensor<2x2xi32>, tensor<2x1xi32>, tensor<4xi32>, tensor<4xi32>, tensor<3xf32>
}

// A position outside the tensor is left to run time.
// CHECK-LABEL: graph.func @outside
graph.func @outside() -> tensor<i32> {
  %x = graph.constant dense<[1, 2]> : tensor<2xi32>
  %five = graph.constant dense<5> : tensor<i32>
  // CHECK: graph.gather
  %0 = graph.gather %x, %five {axis = 0 : i64} : (tensor<2xi32>, tensor<i32>) -> tensor<i32>
  graph.return %0 : tensor<i32>
}
