// RUN: graph-opt %s -canonicalize | FileCheck %s
// Tokens that are not needed, chains of shape ops.

// CHECK-LABEL: graph.func @one_token
graph.func @one_token() {
  // CHECK-NEXT: %[[T:.*]] = graph.print
  %t = graph.print ["a"]
  %0 = graph.join %t
  %1 = graph.join %0, %0
  // CHECK-NEXT: graph.return after(%[[T]])
  graph.return after(%1)
}

// CHECK-LABEL: graph.func @nothing_and_twice
graph.func @nothing_and_twice() {
  %nothing = graph.join()
  // CHECK-NEXT: %[[A:.*]] = graph.print ["a"]{{$}}
  %a = graph.print ["a"] after(%nothing)
  // CHECK-NEXT: %[[B:.*]] = graph.print ["b"] after(%[[A]]){{$}}
  %b = graph.print ["b"] after(%a, %nothing, %a)
  // CHECK-NEXT: graph.return after(%[[A]], %[[B]])
  graph.return after(%a, %b, %a)
}

// An assertion that holds vanishes, what it ordered stays ordered.
// CHECK-LABEL: graph.func @true_assert
graph.func @true_assert() {
  // CHECK-NEXT: %[[A:.*]] = graph.print ["a"]
  %a = graph.print ["a"]
  %true = graph.constant dense<true> : tensor<i1>
  %0 = graph.assert %true, ["no"] after(%a)
  // CHECK-NEXT: %[[B:.*]] = graph.print ["b"] after(%[[A]])
  %b = graph.print ["b"] after(%0)
  // CHECK-NEXT: graph.return after(%[[B]])
  graph.return after(%b)
}

// CHECK-LABEL: graph.func @false_assert
graph.func @false_assert() {
  %false = graph.constant dense<false> : tensor<i1>
  // CHECK: graph.assert
  %0 = graph.assert %false, ["no"]
  graph.return after(%0)
}

// Effects neither vanish nor merge, whether their results are used or not.
// CHECK-LABEL: graph.func @effects_stay
graph.func @effects_stay(%x: tensor<?xf32>) {
  // CHECK-COUNT-2: graph.print
  graph.print ["a"]
  graph.print ["a"]
  // CHECK-COUNT-2: graph.check_numerics
  graph.check_numerics %x {message = "x"} : tensor<?xf32>
  graph.check_numerics %x {message = "x"} : tensor<?xf32>
  graph.return
}

// CHECK-LABEL: graph.func @reshapes
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x4xf32>)
graph.func @reshapes(%x: tensor<2x3x4xf32>) -> (tensor<24xf32>, tensor<4x6xf32>) {
  // CHECK-DAG: %[[FLAT:.*]] = graph.constant dense<-1>
  // CHECK-DAG: %[[WIDE:.*]] = graph.constant dense<[4, 6]>
  %wide = graph.constant dense<[4, 6]> : tensor<2xi32>
  %flat = graph.constant dense<-1> : tensor<1xi32>
  %0 = graph.reshape %x, %wide : (tensor<2x3x4xf32>, tensor<2xi32>) -> tensor<4x6xf32>
  // CHECK: %[[Y:.*]] = graph.reshape %[[X]], %[[FLAT]]
  %1 = graph.reshape %0, %flat : (tensor<4x6xf32>, tensor<1xi32>) -> tensor<24xf32>
  %2 = graph.expand_dims %x {axes = array<i64: 0>} : (tensor<2x3x4xf32>) -> tensor<1x2x3x4xf32>
  // CHECK: %[[Z:.*]] = graph.reshape %[[X]], %[[WIDE]]
  %3 = graph.reshape %2, %wide : (tensor<1x2x3x4xf32>, tensor<2xi32>) -> tensor<4x6xf32>
  // CHECK: graph.return %[[Y]], %[[Z]]
  graph.return %1, %3 : tensor<24xf32>, tensor<4x6xf32>
}

// CHECK-LABEL: graph.func @transposes
// CHECK-SAME: (%[[X:.*]]: tensor<?x3x4xf32>)
graph.func @transposes(%x: tensor<?x3x4xf32>) -> (tensor<?x3x4xf32>, tensor<3x?x4xf32>) {
  %0 = graph.transpose %x {permutation = array<i64: 2, 0, 1>} : (tensor<?x3x4xf32>) -> tensor<4x?x3xf32>
  %1 = graph.transpose %0 {permutation = array<i64: 1, 2, 0>} : (tensor<4x?x3xf32>) -> tensor<?x3x4xf32>
  // CHECK-NEXT: %[[Y:.*]] = graph.transpose %[[X]] {permutation = array<i64: 1, 0, 2>}
  %2 = graph.transpose %0 {permutation = array<i64: 2, 1, 0>} : (tensor<4x?x3xf32>) -> tensor<3x?x4xf32>
  // CHECK-NEXT: graph.return %[[X]], %[[Y]]
  graph.return %1, %2 : tensor<?x3x4xf32>, tensor<3x?x4xf32>
}

// CHECK-LABEL: graph.func @empty_inputs
// CHECK-SAME: (%[[X:.*]]: tensor<?xf32>, %[[Y:.*]]: tensor<?xf32>, %[[E:.*]]: tensor<0xf32>)
graph.func @empty_inputs(%x: tensor<?xf32>, %y: tensor<?xf32>, %e: tensor<0xf32>) -> tensor<?xf32> {
  // CHECK-NEXT: %[[Z:.*]] = graph.concat %[[X]], %[[Y]] {axis = 0 : i64}
  %0 = graph.concat %x, %e, %y {axis = 0 : i64} : (tensor<?xf32>, tensor<0xf32>, tensor<?xf32>) -> tensor<?xf32>
  // CHECK-NEXT: graph.return %[[Z]]
  graph.return %0 : tensor<?xf32>
}
