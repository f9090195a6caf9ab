// RUN: graph-opt %s -graph-linearize=schedule=source -split-input-file | FileCheck %s
// RUN: graph-opt %s -graph-linearize=schedule=memory -split-input-file | FileCheck %s
// RUN: graph-opt %s -graph-linearize="schedule=shuffle seed=1" -split-input-file | FileCheck %s
// RUN: graph-opt %s -graph-linearize="schedule=shuffle seed=2" -split-input-file | FileCheck %s
// RUN: graph-opt %s -graph-linearize -graph-verify-linear -split-input-file -o /dev/null

// What every schedule has to keep, and the form that it leaves.

// A control edge with no data edge still fixes the order.
// CHECK-LABEL: graph.func @control_edge_keeps_order
// CHECK-SAME:  attributes {linear}
// CHECK-NEXT:  graph.print ["first"]
// CHECK-NEXT:  graph.print ["second"]
// CHECK-NEXT:  graph.return{{ *$}}
graph.func @control_edge_keeps_order() {
  %b = graph.print ["second"] after(%a) {stream = "stdout"}
  %a = graph.print ["first"] {stream = "stdout"}
  graph.return after(%b)
}

// -----

// Joins order what is behind them and vanish.
// CHECK-LABEL: graph.func @joins_are_erased
// CHECK-DAG:   graph.print ["a"]
// CHECK-DAG:   graph.print ["b"]
// CHECK:       graph.print ["c"]
// CHECK-NOT:   graph.join
// CHECK-NOT:   after
graph.func @joins_are_erased() {
  %c = graph.print ["c"] after(%ab2) {stream = "stdout"}
  %ab2 = graph.join %ab
  %ab = graph.join %a, %b
  %a = graph.print ["a"] {stream = "stdout"}
  %b = graph.print ["b"] {stream = "stdout"}
  graph.return after(%c)
}

// -----

graph.variable @v : tensor<2xf32>

// Data results stay when the token result goes.
// CHECK-LABEL: graph.func @token_results_are_dropped
// CHECK-NEXT:  %[[OLD:.*]] = graph.read @v : tensor<2xf32>{{ *$}}
// CHECK-NEXT:  graph.assign @v, %arg0 : tensor<2xf32>{{ *$}}
// CHECK-NEXT:  graph.return %[[OLD]] : tensor<2xf32>
graph.func @token_results_are_dropped(%x: tensor<2xf32>) -> tensor<2xf32> {
  %done = graph.assign @v, %x after(%read) : tensor<2xf32>
  %old, %read = graph.read @v : tensor<2xf32>
  graph.return %old after(%done) : tensor<2xf32>
}

// -----

// Attributes survive that the operation is made anew.
// CHECK-LABEL: graph.func @attributes_survive
// CHECK:       graph.check_numerics %{{.*}} {message = "off", note = "kept"} : tensor<4xf32>
graph.func @attributes_survive(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y, %done = graph.check_numerics %x {message = "off", note = "kept"} : tensor<4xf32>
  graph.return %y after(%done) : tensor<4xf32>
}

// -----

// Values are used before they are defined until the function is linear.
// CHECK-LABEL: graph.func @data_edges
// CHECK:       %[[A:.*]] = graph.exp
// CHECK-NEXT:  %[[B:.*]] = graph.neg %[[A]]
// CHECK-NEXT:  %[[C:.*]] = graph.abs %[[B]]
// CHECK-NEXT:  graph.return %[[C]]
graph.func @data_edges(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = graph.abs %b : tensor<4xf32>
  %b = graph.neg %a : tensor<4xf32>
  %a = graph.exp %x : tensor<4xf32>
  graph.return %c : tensor<4xf32>
}
