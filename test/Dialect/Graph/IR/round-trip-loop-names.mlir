// RUN: graph-opt %s -mlir-use-nameloc-as-prefix | FileCheck %s
// RUN: graph-opt %s -mlir-use-nameloc-as-prefix | graph-opt -o /dev/null
// A loop's arguments that are called differently in its two regions.

// CHECK-LABEL: graph.func @names
// CHECK:       graph.while (%first = %{{.*}}) : (tensor<i32>) {
// CHECK:       } do (%second) {
// CHECK-NEXT:    graph.neg %second
graph.func @names(%n: tensor<i32>, %go: tensor<i1>) -> tensor<i32> {
  %r = "graph.while"(%n) <{operandSegmentSizes = array<i32: 1, 0>}> ({
  ^bb0(%a: tensor<i32> loc("first")):
    graph.condition %go
  }, {
  ^bb0(%a: tensor<i32> loc("second")):
    %k = graph.neg %a : tensor<i32>
    graph.yield %k : tensor<i32>
  }) : (tensor<i32>) -> tensor<i32>
  graph.return %r : tensor<i32>
}
