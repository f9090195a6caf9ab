// RUN: not graph-opt %s -graph-linearize -split-input-file 2>&1 | FileCheck %s

// CHECK: error: loc("a"): nodes "a", "b" wait for each other
// CHECK: note: loc("a"): "a" waits for "b"
// CHECK: note: loc("b"): "b" waits for "a"
graph.func @two_nodes(%x: tensor<f32>) -> tensor<f32> {
  %a = graph.add %x, %b : tensor<f32> loc("a")
  %b = graph.exp %a : tensor<f32> loc("b")
  graph.return %b : tensor<f32>
}

// -----

// CHECK: error: node 'graph.print' waits for itself
graph.func @itself() {
  %a = graph.print ["a"] after(%a) {stream = "stdout"}
  graph.return after(%a)
}

// -----

// Nodes that only wait for the cycle are not of it, and a join that closes it is.
// CHECK:     error: {{.*}}nodes "c", "j" wait for each other
// CHECK-DAG: "c" waits for "j"
// CHECK-DAG: "j" waits for "c"
// CHECK-NOT: "d"
graph.func @behind_a_join() {
  %d = graph.print ["d"] after(%c) {stream = "stdout"} loc("d")
  %c = graph.print ["c"] after(%j) {stream = "stdout"} loc("c")
  %j = graph.join %c, %e loc("j")
  %e = graph.print ["e"] {stream = "stdout"} loc("e")
  graph.return after(%d)
}

// -----

// A conditional waits for what its branches use.
// CHECK: error: {{.*}}nodes "if", "a" wait for each other
graph.func @through_a_branch(%go: tensor<i1>, %x: tensor<f32>) -> tensor<f32> {
  %r = graph.if %go -> (tensor<f32>) {
    graph.yield %a : tensor<f32>
  } else {
    graph.yield %x : tensor<f32>
  } loc("if")
  %a = graph.exp %r : tensor<f32> loc("a")
  graph.return %x : tensor<f32>
}

// -----

// A cycle inside of a loop.
// CHECK: error: {{.*}}nodes "c", "d" wait for each other
graph.func @in_a_loop(%go: tensor<i1>, %x: tensor<f32>) -> tensor<f32> {
  %r = graph.while (%a = %x) : (tensor<f32>) {
    graph.condition %go
  } do {
    %c = graph.add %a, %d : tensor<f32> loc("c")
    %d = graph.exp %c : tensor<f32> loc("d")
    graph.yield %d : tensor<f32>
  }
  graph.return %r : tensor<f32>
}
