// RUN: graph-opt %s -graph-linearize | FileCheck %s
// RUN: graph-opt %s -graph-linearize=schedule=memory | FileCheck %s

graph.variable @a : tensor<1024xf32>
graph.variable @b : tensor<1024xf32>

// A branch is followed to its small end before the next one begins, so that one
// large value lives at a time.
// CHECK-LABEL: graph.func @branches_are_finished
// CHECK:       graph.exp
// CHECK-NEXT:  graph.reduce sum
// CHECK-NEXT:  graph.log
// CHECK-NEXT:  graph.reduce sum
// CHECK-NEXT:  graph.sin
// CHECK-NEXT:  graph.reduce sum
graph.func @branches_are_finished(%x: tensor<4096xf32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %0 = graph.exp %x : tensor<4096xf32>
  %1 = graph.log %x : tensor<4096xf32>
  %2 = graph.sin %x : tensor<4096xf32>
  %3 = graph.reduce sum %0 {axes = array<i64: 0>} : (tensor<4096xf32>) -> tensor<f32>
  %4 = graph.reduce sum %1 {axes = array<i64: 0>} : (tensor<4096xf32>) -> tensor<f32>
  %5 = graph.reduce sum %2 {axes = array<i64: 0>} : (tensor<4096xf32>) -> tensor<f32>
  graph.return %3, %4, %5 : tensor<f32>, tensor<f32>, tensor<f32>
}

// A snapshot is taken right before its first user, but never after what waits
// for it.
// CHECK-LABEL: graph.func @snapshots_are_late
// CHECK:       %[[A:.*]] = graph.read @a
// CHECK-NEXT:  graph.add %{{.*}}, %[[A]]
// CHECK:       graph.assign @a
// CHECK-NEXT:  %[[B:.*]] = graph.read @b
// CHECK-NEXT:  graph.add %{{.*}}, %[[B]]
// CHECK-NEXT:  graph.assign @b
graph.func @snapshots_are_late(%x: tensor<1024xf32>, %y: tensor<1024xf32>) {
  %a, %read_a = graph.read @a : tensor<1024xf32>
  %b, %read_b = graph.read @b : tensor<1024xf32>
  %0 = graph.add %x, %a : tensor<1024xf32>
  %1 = graph.add %y, %b : tensor<1024xf32>
  %set_a = graph.assign @a, %0 after(%read_a) : tensor<1024xf32>
  %set_b = graph.assign @b, %1 after(%read_b) : tensor<1024xf32>
  graph.return after(%set_a, %set_b)
}

// Each gradient is used up by its update before the next one is made, although
// the updates' other inputs were ready from the start.
// CHECK-LABEL: graph.func @updates_free_gradients
// CHECK:       graph.assign_sub @a
// CHECK:       graph.exp
// CHECK:       graph.assign_sub @b
graph.func @updates_free_gradients(%x: tensor<1024xf32>, %rate: tensor<1024xf32>) {
  %decay_a = graph.neg %rate : tensor<1024xf32>
  %decay_b = graph.abs %rate : tensor<1024xf32>
  %0 = graph.tanh %x : tensor<1024xf32>
  %grad_a = graph.mul %0, %decay_a : tensor<1024xf32>
  %1 = graph.exp %0 : tensor<1024xf32>
  %grad_b = graph.mul %1, %decay_b : tensor<1024xf32>
  %set_a = graph.assign_sub @a, %grad_a : tensor<1024xf32>
  %set_b = graph.assign_sub @b, %grad_b : tensor<1024xf32>
  graph.return after(%set_a, %set_b)
}
