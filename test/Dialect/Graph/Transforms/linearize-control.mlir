// RUN: graph-opt %s -graph-linearize=schedule=source -split-input-file | FileCheck %s
// RUN: graph-opt %s -graph-linearize=schedule=memory -split-input-file | FileCheck %s
// RUN: graph-opt %s -graph-linearize="schedule=shuffle seed=1" -split-input-file | FileCheck %s
// RUN: graph-opt %s -graph-linearize="schedule=shuffle seed=2" -split-input-file | FileCheck %s
// RUN: graph-opt %s -graph-linearize -graph-verify-linear -split-input-file -o /dev/null

// Regions are put in order too, however deep, and lose their tokens.
// CHECK-LABEL: graph.func @regions
// CHECK-SAME:  attributes {linear}
// CHECK-NEXT:  graph.print ["before"]
// CHECK-NEXT:  graph.if %{{[a-z0-9]*}} {
// CHECK-NEXT:    graph.print ["first"]
// CHECK-NEXT:    graph.while () : () {
// CHECK-NEXT:      graph.print ["asked"]
// CHECK-NEXT:      graph.condition %{{[a-z0-9]*$}}
// CHECK-NEXT:    } do {
// CHECK-NEXT:      graph.print ["a"]
// CHECK-NEXT:      graph.print ["b"]
// CHECK-NEXT:      graph.yield{{$}}
// CHECK-NEXT:    }
// CHECK-NEXT:    graph.yield{{$}}
// CHECK-NEXT:  } else {
// CHECK-NEXT:    graph.yield{{$}}
// CHECK-NEXT:  }
// CHECK-NEXT:  graph.print ["after"]
graph.func @regions(%go: tensor<i1>) {
  %t3 = graph.print ["after"] after(%t2)
  %t2 = graph.if %go after(%t1) {
    %u2 = graph.while () after(%u1) : () {
      %v = graph.print ["asked"]
      graph.condition %go after(%v)
    } do {
      %w2 = graph.print ["b"] after(%w1)
      %w1 = graph.print ["a"]
      graph.yield after(%w2)
    }
    %u1 = graph.print ["first"]
    graph.yield after(%u2)
  } else {
    graph.yield
  }
  %t1 = graph.print ["before"]
  graph.return after(%t3)
}

// -----

// A conditional waits for what its branches use, a loop too.
// CHECK-LABEL: graph.func @captures
// CHECK:       %[[A:.*]] = graph.exp
// CHECK:       %[[R:.*]] = graph.if
// CHECK:         graph.while
// CHECK:           graph.add %{{.*}}, %[[A]]
// CHECK:       %[[B:.*]] = graph.neg %[[R]]
// CHECK:       graph.case
// CHECK:         graph.yield %[[B]]
graph.func @captures(%go: tensor<i1>, %index: tensor<i32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %s = graph.case %index -> (tensor<4xf32>) {
    graph.yield %b : tensor<4xf32>
  } {
    graph.yield %x : tensor<4xf32>
  }
  %b = graph.neg %r : tensor<4xf32>
  %r = graph.if %go -> (tensor<4xf32>) {
    %y = graph.while (%z = %x) : (tensor<4xf32>) {
      graph.condition %go
    } do {
      %sum = graph.add %z, %a : tensor<4xf32>
      graph.yield %sum : tensor<4xf32>
    }
    graph.yield %y : tensor<4xf32>
  } else {
    graph.yield %x : tensor<4xf32>
  }
  %a = graph.exp %x : tensor<4xf32>
  graph.return %s : tensor<4xf32>
}
