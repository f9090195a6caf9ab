// The interpreter takes every order that a graph allows, so that it sees where
// an order is missing.
//
// RUN: echo '[{"function": "open", "inputs": {"x": 2}}]' > %t.open
// RUN: graph-interpret %s --calls %t.open | FileCheck %s --check-prefix=OPEN
// OPEN: "difference":{"call":0,"first":{{.*}},"other":{{.*}}}
//
// RUN: echo '[{"function": "loop", "inputs": {"x": 2}}, {"function": "loop", "inputs": {"x": 3}}]' > %t.loop
// RUN: graph-interpret %s --calls %t.loop | FileCheck %s --check-prefix=LOOP
// LOOP: {"calls":[{"failure":"","outputs":{"y":{"data":[8],"shape":[]}},"prints":[],"variables":{"v":{"data":[3],"shape":[]}}},
// LOOP-SAME: {"failure":"","outputs":{"y":{"data":[27],"shape":[]}},"prints":[],"variables":{"v":{"data":[6],"shape":[]}}}],"difference":null}
//
// RUN: echo '[{"function": "loop", "inputs": {"x": -1}}]' > %t.stops
// RUN: graph-interpret %s --calls %t.stops | FileCheck %s --check-prefix=STOPS
// STOPS: {"calls":[{"failure":"{{.*}}assertion failed: not positive: {{.*}}"}],"difference":null}
//
// RUN: echo '[{"function": "sine", "inputs": {"x": 0}}]' > %t.sine
// RUN: graph-interpret %s --calls %t.sine | FileCheck %s --check-prefix=SINE
// SINE: graph-interpret does not know graph.sin

graph.variable @v : tensor<f32> = dense<0.0> : tensor<f32>

graph.func @open(%x: tensor<f32> {graph.name = "x"}) -> (tensor<f32> {graph.name = "y"}) {
  %value, %read = graph.read @v : tensor<f32>
  %done = graph.assign @v, %x : tensor<f32>
  graph.return %value after(%read, %done) : tensor<f32>
}

// x to the power of 3, and a count of the steps.
graph.func @loop(%x: tensor<f32> {graph.name = "x"}) -> (tensor<f32> {graph.name = "y"}) {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %three = graph.constant dense<3.0> : tensor<f32>
  %positive = graph.compare GT %x, %zero : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %checked = graph.assert %positive, ["not positive: ", 0](%x) : tensor<f32>
  %n, %y, %done = graph.while (%i = %zero, %p = %one) after(%checked) : (tensor<f32>, tensor<f32>) {
    %more = graph.compare LT %i, %three : (tensor<f32>, tensor<f32>) -> tensor<i1>
    graph.condition %more
  } do {
    %next = graph.add %i, %one : tensor<f32>
    %product = graph.mul %p, %x : tensor<f32>
    %counted = graph.assign_add @v, %one : tensor<f32>
    graph.yield %next, %product after(%counted) : tensor<f32>, tensor<f32>
  }
  graph.return %y after(%done) : tensor<f32>
}

graph.func @sine(%x: tensor<f32> {graph.name = "x"}) -> (tensor<f32> {graph.name = "y"}) {
  %y = graph.sin %x : tensor<f32>
  graph.return %y : tensor<f32>
}
