// RUN: graph-opt %s -canonicalize | FileCheck %s
// Ops that change nothing vanish.

// CHECK-LABEL: graph.func @neutral
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>, %[[I:.*]]: tensor<?xi32>)
graph.func @neutral(%x: tensor<?x4xf32>, %i: tensor<?xi32>) -> (tensor<?x4xf32>, tensor<?xi32>) {
  // CHECK-NOT: graph.constant
  // CHECK-NOT: graph.add
  %minus_zero = graph.constant dense<-0.0> : tensor<f32>
  %0 = graph.add %x, %minus_zero : (tensor<?x4xf32>, tensor<f32>) -> tensor<?x4xf32>
  %one = graph.constant dense<1.0> : tensor<4xf32>
  %1 = graph.mul %one, %0 : (tensor<4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  %2 = graph.div %1, %one : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %zero = graph.constant dense<0.0> : tensor<1x1xf32>
  %3 = graph.sub %2, %zero : (tensor<?x4xf32>, tensor<1x1xf32>) -> tensor<?x4xf32>
  %4 = graph.pow %3, %one : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %int_zero = graph.constant dense<0> : tensor<i32>
  %5 = graph.add %int_zero, %i : (tensor<i32>, tensor<?xi32>) -> tensor<?xi32>
  %int_one = graph.constant dense<1> : tensor<i32>
  %6 = graph.floor_div %5, %int_one : (tensor<?xi32>, tensor<i32>) -> tensor<?xi32>
  %7 = graph.xor %6, %int_zero : (tensor<?xi32>, tensor<i32>) -> tensor<?xi32>
  // CHECK: graph.return %[[X]], %[[I]]
  graph.return %4, %7 : tensor<?x4xf32>, tensor<?xi32>
}

// -0.0 + 0.0 is 0.0, and 0 times NaN is NaN.
// CHECK-LABEL: graph.func @not_neutral
graph.func @not_neutral(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = graph.constant dense<0.0> : tensor<4xf32>
  // CHECK: graph.add
  %0 = graph.add %x, %zero : tensor<4xf32>
  // CHECK: graph.mul
  %1 = graph.mul %x, %zero : tensor<4xf32>
  graph.return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// The constant decides the size where the other operand's is open.
// CHECK-LABEL: graph.func @may_broadcast
graph.func @may_broadcast(%x: tensor<?xf32>) -> tensor<?xf32> {
  %one = graph.constant dense<1.0> : tensor<4xf32>
  // CHECK: graph.mul
  %0 = graph.mul %x, %one : (tensor<?xf32>, tensor<4xf32>) -> tensor<?xf32>
  graph.return %0 : tensor<?xf32>
}

// CHECK-LABEL: graph.func @zero_times
graph.func @zero_times(%i: tensor<4xi32>, %b: tensor<4xi1>) -> (tensor<4xi32>, tensor<4xi1>) {
  %zero = graph.constant dense<0> : tensor<i32>
  // CHECK-DAG: %[[ZERO:.*]] = graph.constant dense<0> : tensor<4xi32>
  %0 = graph.mul %i, %zero : (tensor<4xi32>, tensor<i32>) -> tensor<4xi32>
  %false = graph.constant dense<false> : tensor<i1>
  // CHECK-DAG: %[[FALSE:.*]] = graph.constant dense<false> : tensor<4xi1>
  %1 = graph.and %b, %false : (tensor<4xi1>, tensor<i1>) -> tensor<4xi1>
  // CHECK: graph.return %[[ZERO]], %[[FALSE]]
  graph.return %0, %1 : tensor<4xi32>, tensor<4xi1>
}

// CHECK-LABEL: graph.func @twice
// CHECK-SAME: (%[[X:.*]]: tensor<?xf32>, %[[B:.*]]: tensor<?xi1>, %[[I:.*]]: tensor<?xi32>)
graph.func @twice(%x: tensor<?xf32>, %b: tensor<?xi1>, %i: tensor<?xi32>) -> (tensor<?xf32>, tensor<?xi1>, tensor<?xi32>, tensor<?xf32>) {
  %0 = graph.neg %x : tensor<?xf32>
  %1 = graph.neg %0 : tensor<?xf32>
  %2 = graph.not %b : tensor<?xi1>
  %3 = graph.not %2 : tensor<?xi1>
  %4 = graph.cast %i : tensor<?xi32> to tensor<?xi64>
  %5 = graph.cast %4 : tensor<?xi64> to tensor<?xi32>
  %6 = graph.cast %1 : tensor<?xf32> to tensor<?xf32>
  %7 = graph.max %6, %6 : tensor<?xf32>
  // CHECK-NEXT: graph.return %[[X]], %[[B]], %[[I]], %[[X]]
  graph.return %1, %3, %5, %7 : tensor<?xf32>, tensor<?xi1>, tensor<?xi32>, tensor<?xf32>
}

// A cast that may lose something stays.
// CHECK-LABEL: graph.func @lossy
graph.func @lossy(%i: tensor<?xi64>) -> tensor<?xi64> {
  // CHECK-COUNT-2: graph.cast
  %0 = graph.cast %i : tensor<?xi64> to tensor<?xi32>
  %1 = graph.cast %0 : tensor<?xi32> to tensor<?xi64>
  graph.return %1 : tensor<?xi64>
}

// CHECK-LABEL: graph.func @select
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>, %[[C:.*]]: tensor<4xi1>)
graph.func @select(%x: tensor<4xf32>, %y: tensor<4xf32>, %c: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xf32>) {
  %true = graph.constant dense<true> : tensor<i1>
  %0 = graph.select %true, %x, %y : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = graph.select %c, %y, %y : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: graph.return %[[X]], %[[Y]]
  graph.return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: graph.func @square
// CHECK-SAME: (%[[X:.*]]: tensor<?xf32>)
graph.func @square(%x: tensor<?xf32>) -> tensor<?xf32> {
  %two = graph.constant dense<2.0> : tensor<f32>
  // CHECK-NEXT: %[[Y:.*]] = graph.mul %[[X]], %[[X]]
  %0 = graph.pow %x, %two : (tensor<?xf32>, tensor<f32>) -> tensor<?xf32>
  // CHECK-NEXT: graph.return %[[Y]]
  graph.return %0 : tensor<?xf32>
}

// CHECK-LABEL: graph.func @same_shape
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>)
graph.func @same_shape(%x: tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  %shape = graph.shape %x : tensor<?x4xf32> to tensor<2xi32>
  %0 = graph.reshape %x, %shape : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x4xf32>
  %1 = graph.broadcast_to %x, %shape : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x4xf32>
  %minus_one = graph.constant dense<[-1, 4]> : tensor<2xi32>
  %2 = graph.reshape %x, %minus_one : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x4xf32>
  %zeros = graph.constant dense<0> : tensor<2xi32>
  %3 = graph.slice %x, %zeros, %shape : (tensor<?x4xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x4xf32>
  %ones = graph.constant dense<1> : tensor<2xi32>
  %4 = graph.strided_slice %x, %zeros, %zeros, %ones {begin_mask = 3 : i64, end_mask = 3 : i64} : (tensor<?x4xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x4xf32>
  // CHECK-NEXT: graph.return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
  graph.return %0, %1, %2, %3, %4 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: graph.func @nothing_to_do
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>)
graph.func @nothing_to_do(%x: tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  %0 = graph.concat %x {axis = 1 : i64} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %1 = graph.split %0 {axis = 0 : i64, num = 1 : i64} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %2 = graph.reduce sum %1 {axes = array<i64>} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %3 = graph.transpose %2 {permutation = array<i64: 0, 1>} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %4 = graph.expand_dims %x {axes = array<i64: 1>} : (tensor<?x4xf32>) -> tensor<?x1x4xf32>
  %5 = graph.squeeze %4 {axes = array<i64: 1>} : (tensor<?x1x4xf32>) -> tensor<?x4xf32>
  %zeros = graph.constant dense<0> : tensor<2x2xi32>
  %value = graph.constant dense<0.0> : tensor<f32>
  %6 = graph.pad %x, %zeros, %value : (tensor<?x4xf32>, tensor<2x2xi32>, tensor<f32>) -> tensor<?x4xf32>
  %ones = graph.constant dense<1> : tensor<2xi32>
  %7 = graph.tile %x, %ones : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x4xf32>
  // CHECK-NEXT: graph.return %[[X]], %[[X]], %[[X]], %[[X]]
  graph.return %3, %5, %6, %7 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}
