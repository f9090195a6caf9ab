// RUN: graph-opt %s -canonicalize -split-input-file | FileCheck %s
// A check that holds in every call passes its value on and keeps the order that ran
// through it. One that may fail stays.

// CHECK-LABEL: graph.func @order_stays
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<3xf32>)
graph.func @order_stays(%x: tensor<2x3xf32>, %y: tensor<3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: %[[A:.*]] = graph.print ["a"]
  %a = graph.print ["a"]
  // CHECK-NEXT: %[[B:.*]] = graph.print ["b"]
  %b = graph.print ["b"]
  %0, %t = graph.check_broadcast %x, %y after(%a, %b) : tensor<2x3xf32>, tensor<3xf32>
  // CHECK-NEXT: %[[AB:.*]] = graph.join %[[A]], %[[B]]
  // CHECK-NEXT: %[[C:.*]] = graph.print ["c"] after(%[[AB]])
  %c = graph.print ["c"] after(%t)
  // CHECK-NEXT: graph.return %[[X]] after(%[[C]])
  graph.return %0 after(%c) : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: graph.func @in_line
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
graph.func @in_line(%x: tensor<2xf32>) -> tensor<2xf32> attributes {linear} {
  // CHECK-NEXT: graph.return %[[X]]
  %0 = graph.check_broadcast %x, %x : tensor<2xf32>, tensor<2xf32>
  graph.return %0 : tensor<2xf32>
}

// -----

// Both operands lead back to one open dim.
// CHECK-LABEL: graph.func @broadcast_same_dim
// CHECK-NOT: graph.check_broadcast
graph.func @broadcast_same_dim(%x: tensor<?x4xf32>, %w: tensor<4x4xf32>) -> tensor<?x4xf32> {
  %0 = graph.matmul %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = graph.exp %0 : tensor<?x4xf32>
  %2, %t = graph.check_broadcast %1, %x : tensor<?x4xf32>, tensor<?x4xf32>
  %3 = graph.add %2, %x : tensor<?x4xf32>
  // Also through a sum of two tensors of that dim.
  %4 = graph.tanh %3 : tensor<?x4xf32>
  %5, %u = graph.check_broadcast %4, %3 : tensor<?x4xf32>, tensor<?x4xf32>
  graph.return %5 after(%t, %u) : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: graph.func @broadcast_through_shapes
// CHECK-NOT: graph.check_broadcast
graph.func @broadcast_through_shapes(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %shape = graph.shape %x : tensor<?x?xf32> to tensor<2xi32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.broadcast_to %zero, %shape : (tensor<f32>, tensor<2xi32>) -> tensor<?x?xf32>
  %1, %t0 = graph.check_broadcast %0, %x : tensor<?x?xf32>, tensor<?x?xf32>
  // x flattened and given its shape again.
  %flat = graph.constant dense<-1> : tensor<1xi32>
  %2 = graph.reshape %1, %flat : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?xf32>
  %3 = graph.abs %2 : tensor<?xf32>
  %4 = graph.reshape %3, %shape : (tensor<?xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  %5, %t1 = graph.check_broadcast %4, %x : tensor<?x?xf32>, tensor<?x?xf32>
  graph.return %5 after(%t0, %t1) : tensor<?x?xf32>
}

// -----

// CHECK-LABEL: graph.func @broadcast_may_fail
graph.func @broadcast_may_fail(%x: tensor<?xf32>, %y: tensor<?xf32>, %z: tensor<4xf32>) {
  // CHECK: graph.check_broadcast
  %0, %t = graph.check_broadcast %x, %y : tensor<?xf32>, tensor<?xf32>
  // An open dim beside 4 may be 5.
  // CHECK: graph.check_broadcast
  %1, %u = graph.check_broadcast %x, %z : tensor<?xf32>, tensor<4xf32>
  graph.return after(%t, %u)
}

// -----

// CHECK-LABEL: graph.func @dims
// CHECK-COUNT-1: graph.check_dims
// CHECK-NOT: graph.check_dims
graph.func @dims(%x: tensor<?x4xf32>, %y: tensor<4x?xf32>) {
  %0, %t = graph.check_dims %x, %y {lhs_dims = array<i64: 1>, rhs_dims = array<i64: 0>} : tensor<?x4xf32>, tensor<4x?xf32>
  %1 = graph.transpose %x {permutation = array<i64: 1, 0>} : (tensor<?x4xf32>) -> tensor<4x?xf32>
  %2, %u = graph.check_dims %x, %1 {lhs_dims = array<i64: 0, 1>, rhs_dims = array<i64: 1, 0>} : tensor<?x4xf32>, tensor<4x?xf32>
  %3, %v = graph.check_dims %x, %y {lhs_dims = array<i64: 0>, rhs_dims = array<i64: 1>} : tensor<?x4xf32>, tensor<4x?xf32>
  graph.return after(%t, %u, %v)
}

// -----

// CHECK-LABEL: graph.func @index
// CHECK-COUNT-2: graph.check_index
// CHECK-NOT: graph.check_index
graph.func @index(%x: tensor<4x?xf32>, %none: tensor<0xi32>) {
  %i = graph.constant dense<[0, 3]> : tensor<2xi32>
  %0, %t = graph.check_index %i, %x {axis = 0 : i64} : tensor<2xi32>, tensor<4x?xf32>
  %1, %u = graph.check_index %none, %x {axis = 1 : i64} : tensor<0xi32>, tensor<4x?xf32>
  // The size is open; the position is not inside.
  %2, %v = graph.check_index %i, %x {axis = 1 : i64} : tensor<2xi32>, tensor<4x?xf32>
  %j = graph.constant dense<[0, 4]> : tensor<2xi32>
  %3, %w = graph.check_index %j, %x {axis = 0 : i64} : tensor<2xi32>, tensor<4x?xf32>
  graph.return after(%t, %u, %v, %w)
}

// -----

// CHECK-LABEL: graph.func @nonzero
// CHECK-COUNT-2: graph.check_nonzero
// CHECK-NOT: graph.check_nonzero
graph.func @nonzero(%x: tensor<?x4xf32>) {
  %two = graph.constant dense<[2, -1]> : tensor<2xi32>
  %0, %t = graph.check_nonzero %two : tensor<2xi32>
  %zero = graph.constant dense<[2, 0]> : tensor<2xi32>
  %1, %u = graph.check_nonzero %zero : tensor<2xi32>
  %size = graph.size %x : tensor<?x4xf32> to tensor<i32>
  %2, %v = graph.check_nonzero %size : tensor<i32>
  graph.return after(%t, %u, %v)
}

// -----

// CHECK-LABEL: graph.func @bounds
// CHECK-COUNT-1: graph.check_bounds
// CHECK-NOT: graph.check_bounds
graph.func @bounds() {
  %x = graph.constant dense<[0, 3]> : tensor<2xi32>
  %low = graph.constant dense<0> : tensor<i32>
  %three = graph.constant dense<3> : tensor<i32>
  %two = graph.constant dense<2> : tensor<i32>
  %0, %t = graph.check_bounds %x, %low, %three : tensor<2xi32>, tensor<i32>, tensor<i32>
  %1, %u = graph.check_bounds %x, %low, %two : tensor<2xi32>, tensor<i32>, tensor<i32>
  graph.return after(%t, %u)
}

// -----

// CHECK-LABEL: graph.func @reshape_holds
// CHECK-NOT: graph.check_reshape
graph.func @reshape_holds(%x: tensor<?x6xf32>, %y: tensor<2x6xf32>) {
  // Equal static counts.
  %a = graph.constant dense<[3, 4]> : tensor<2xi32>
  %0, %t0 = graph.check_reshape %a, %y : tensor<2xi32>, tensor<2x6xf32>
  // 3 divides 6, whatever the open dim is.
  %b = graph.constant dense<[-1, 3]> : tensor<2xi32>
  %1, %t1 = graph.check_reshape %b, %x : tensor<2xi32>, tensor<?x6xf32>
  // The same open dim.
  %shape = graph.shape %x : tensor<?x6xf32> to tensor<2xi32>
  %zero = graph.constant dense<0> : tensor<1xi32>
  %one = graph.constant dense<1> : tensor<1xi32>
  %n = graph.slice %shape, %zero, %one : (tensor<2xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  %rest = graph.constant dense<[2, 3]> : tensor<2xi32>
  %c = graph.concat %n, %rest {axis = 0 : i64} : (tensor<1xi32>, tensor<2xi32>) -> tensor<3xi32>
  %2, %t2 = graph.check_reshape %c, %x : tensor<3xi32>, tensor<?x6xf32>
  graph.return after(%t0, %t1, %t2)
}

// -----

// CHECK-LABEL: graph.func @reshape_may_fail
// CHECK-COUNT-4: graph.check_reshape
graph.func @reshape_may_fail(%x: tensor<?x6xf32>, %s: tensor<2xi32>) {
  // 4 may divide the number of elements or not.
  %a = graph.constant dense<[-1, 4]> : tensor<2xi32>
  %0, %t0 = graph.check_reshape %a, %x : tensor<2xi32>, tensor<?x6xf32>
  %1, %t1 = graph.check_reshape %s, %x : tensor<2xi32>, tensor<?x6xf32>
  %b = graph.constant dense<[2, 6]> : tensor<2xi32>
  %2, %t2 = graph.check_reshape %b, %x : tensor<2xi32>, tensor<?x6xf32>
  // An open dim beside the -1 may be 0.
  %shape = graph.shape %x : tensor<?x6xf32> to tensor<2xi32>
  %zero = graph.constant dense<0> : tensor<1xi32>
  %one = graph.constant dense<1> : tensor<1xi32>
  %n = graph.slice %shape, %zero, %one : (tensor<2xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  %hole = graph.constant dense<-1> : tensor<1xi32>
  %c = graph.concat %n, %hole {axis = 0 : i64} : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %3, %t3 = graph.check_reshape %c, %x : tensor<2xi32>, tensor<?x6xf32>
  graph.return after(%t0, %t1, %t2, %t3)
}

// -----

// CHECK-LABEL: graph.func @squeeze_and_split
// CHECK-COUNT-1: graph.check_squeeze
// CHECK-COUNT-1: graph.check_split
// CHECK-NOT: graph.check
graph.func @squeeze_and_split(%x: tensor<1x?xf32>, %y: tensor<4x?xf32>) {
  %0, %t0 = graph.check_squeeze %x {axes = array<i64: 0>} : tensor<1x?xf32>
  %1, %t1 = graph.check_squeeze %x {axes = array<i64: 1>} : tensor<1x?xf32>
  %2, %t2 = graph.check_split %y {axis = 0 : i64, num = 2 : i64} : tensor<4x?xf32>
  %3, %t3 = graph.check_split %y {axis = 1 : i64, num = 2 : i64} : tensor<4x?xf32>
  graph.return after(%t0, %t1, %t2, %t3)
}

// -----

// CHECK-LABEL: graph.func @numerics
// CHECK-COUNT-1: graph.check_numerics
// CHECK-NOT: graph.check_numerics
graph.func @numerics() {
  %x = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0, %t = graph.check_numerics %x {message = "x"} : tensor<2xf32>
  %y = graph.constant dense<[1.0, 0x7F800000]> : tensor<2xf32>
  %1, %u = graph.check_numerics %y {message = "y"} : tensor<2xf32>
  graph.return after(%t, %u)
}
