// RUN: graph-opt %s -cse -canonicalize | FileCheck %s
// Effects are neither merged nor dropped by upstream passes; pure ops are.

graph.variable @v : tensor<f32>

// CHECK-LABEL: graph.func @reads
graph.func @reads(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  // CHECK: %[[A:.*]], %{{.*}} = graph.read @v
  %a, %t0 = graph.read @v : tensor<f32>
  // CHECK: graph.assign @v
  %t1 = graph.assign @v, %x after(%t0) : tensor<f32>
  // CHECK: %[[B:.*]], %{{.*}} = graph.read @v
  %b, %t2 = graph.read @v after(%t1) : tensor<f32>
  // CHECK: graph.read @v
  %unused, %t3 = graph.read @v after(%t2) : tensor<f32>
  // CHECK: graph.return %[[A]], %[[B]]
  graph.return %a, %b after(%t3) : tensor<f32>, tensor<f32>
}

// CHECK-LABEL: graph.func @in_line
graph.func @in_line(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) attributes {linear} {
  // CHECK: %[[A:.*]] = graph.read @v
  %a = graph.read @v : tensor<f32>
  // CHECK-NEXT: graph.assign @v
  graph.assign @v, %x : tensor<f32>
  // CHECK-NEXT: %[[B:.*]] = graph.read @v
  %b = graph.read @v : tensor<f32>
  // CHECK-NEXT: graph.return %[[A]], %[[B]]
  graph.return %a, %b : tensor<f32>, tensor<f32>
}

// CHECK-LABEL: graph.func @pure
graph.func @pure(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) attributes {linear} {
  // CHECK-NEXT: %[[A:.*]] = graph.exp
  %a = graph.exp %x : tensor<f32>
  %b = graph.exp %x : tensor<f32>
  %unused = graph.log %x : tensor<f32>
  // CHECK-NEXT: graph.return %[[A]], %[[A]]
  graph.return %a, %b : tensor<f32>, tensor<f32>
}
