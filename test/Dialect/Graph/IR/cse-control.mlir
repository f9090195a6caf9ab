// RUN: graph-opt %s -cse | FileCheck %s
// Common subexpressions across regions.

// What is computed outside is not computed again inside, equal conditionals
// are one, and effects stay what they are.
// CHECK-LABEL: graph.func @across
// CHECK:       %[[E:.*]] = graph.exp
// CHECK-NEXT:  %[[R:.*]] = graph.if %{{.*}} -> (tensor<f32>) {
// CHECK-NEXT:    graph.yield %[[E]]
// CHECK-NEXT:  } else {
// CHECK-NEXT:    graph.yield %{{.*}}
// CHECK-NEXT:  }
// CHECK-NEXT:  graph.if
// CHECK-NEXT:    graph.print
// CHECK:       graph.if
// CHECK-NEXT:    graph.print
// CHECK:       graph.return %[[E]], %[[R]], %[[R]]
graph.func @across(%go: tensor<i1>, %x: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) attributes {linear} {
  %e = graph.exp %x : tensor<f32>
  %r = graph.if %go -> (tensor<f32>) {
    %f = graph.exp %x : tensor<f32>
    graph.yield %f : tensor<f32>
  } else {
    graph.yield %x : tensor<f32>
  }
  %s = graph.if %go -> (tensor<f32>) {
    %f = graph.exp %x : tensor<f32>
    graph.yield %f : tensor<f32>
  } else {
    graph.yield %x : tensor<f32>
  }
  graph.if %go {
    graph.print ["here"]
    graph.yield
  } else {
    graph.yield
  }
  graph.if %go {
    graph.print ["here"]
    graph.yield
  } else {
    graph.yield
  }
  graph.return %e, %r, %s : tensor<f32>, tensor<f32>, tensor<f32>
}
