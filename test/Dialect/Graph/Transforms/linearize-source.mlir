// RUN: graph-opt %s -graph-linearize=schedule=source | FileCheck %s

// Of several ready nodes the first one in the source comes next.
// CHECK-LABEL: graph.func @source_order
// CHECK:       graph.print ["a"]
// CHECK-NEXT:  graph.print ["b"]
// CHECK-NEXT:  graph.print ["c"]
graph.func @source_order() {
  %a = graph.print ["a"] {stream = "stdout"}
  %c = graph.print ["c"] after(%b) {stream = "stdout"}
  %b = graph.print ["b"] {stream = "stdout"}
  graph.return after(%a, %b, %c)
}

// A constant comes right before its first user; one without a user at the end.
// CHECK-LABEL: graph.func @constants_are_near
// CHECK:       %[[A:.*]] = graph.exp
// CHECK-NEXT:  %[[TWO:.*]] = graph.constant dense<2.0
// CHECK-NEXT:  graph.mul %[[A]], %[[TWO]]
// CHECK-NEXT:  graph.add %{{.*}}, %[[TWO]]
// CHECK-NEXT:  graph.constant dense<3.0
// CHECK-NEXT:  graph.return
graph.func @constants_are_near(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = graph.constant dense<3.0> : tensor<f32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %a = graph.exp %x : tensor<4xf32>
  %b = graph.mul %a, %two : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %c = graph.add %b, %two : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  graph.return %c : tensor<4xf32>
}
