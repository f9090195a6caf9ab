// RUN: graph-opt %s -graph-hoist-projections -canonicalize -split-input-file | FileCheck %s

// The product of each step with weights becomes one before the loop.
// CHECK-LABEL: graph.func @recurrent
// CHECK-SAME:  %[[X:.*]]: tensor<?x?x3xf32>, %[[W:.*]]: tensor<3x4xf32>, %[[U:.*]]: tensor<4x4xf32>
// CHECK:       %[[FLAT:.*]] = graph.reshape %[[X]], %{{.*}} -> tensor<?x3xf32>
// CHECK-NEXT:  %[[ALL:.*]] = graph.matmul %[[FLAT]], %[[W]]
// CHECK:       %[[P:.*]] = graph.reshape %[[ALL]], %{{.*}} -> tensor<?x?x4xf32>
// CHECK:       graph.while (%[[I:[a-z0-9]*]] = %{{.*}}, %[[H:[a-z0-9]*]] = %{{.*}})
// CHECK:       } do {
// CHECK:         %[[J:.*]], %{{.*}} = graph.check_index %[[I]], %[[X]]
// CHECK-NEXT:    %[[A:.*]] = graph.gather %[[P]], %[[J]]
// CHECK-NEXT:    %[[B:.*]] = graph.matmul %[[H]], %[[U]]
// CHECK-NEXT:    graph.add %[[A]], %[[B]]
graph.func @recurrent(%x: tensor<?x?x3xf32>, %w: tensor<3x4xf32>, %u: tensor<4x4xf32>, %h0: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %first = graph.constant dense<0> : tensor<1xi32>
  %second = graph.constant dense<1> : tensor<1xi32>
  %sizes = graph.shape %x : tensor<?x?x3xf32> to tensor<3xi32>
  %n = graph.strided_slice %sizes, %first, %second, %second {shrink_axis_mask = 1 : i64} : (tensor<3xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<i32>
  %r:2, %t = graph.while (%i = %zero, %h = %h0) : (tensor<i32>, tensor<?x4xf32>) {
    %c = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %j, %v = graph.check_index %i, %x {axis = 0 : i64} : tensor<i32>, tensor<?x?x3xf32>
    %rows = graph.gather %x, %j {axis = 0 : i64} : (tensor<?x?x3xf32>, tensor<i32>) -> tensor<?x3xf32>
    %a = graph.matmul %rows, %w : (tensor<?x3xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
    %b = graph.matmul %h, %u : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
    %s = graph.add %a, %b : tensor<?x4xf32>
    %next = graph.add %i, %one : tensor<i32>
    graph.yield %next, %s after(%v) : tensor<i32>, tensor<?x4xf32>
  }
  graph.return %r#1 after(%t) : tensor<?x4xf32>
}

// -----

// Rows that are joined with others: the weights are cut. The loop may end for
// other reasons too.
// CHECK-LABEL: graph.func @joined
// CHECK-SAME:  %[[X:.*]]: tensor<5x2x3xf32>, %[[W:.*]]: tensor<7x4xf32>
// CHECK-DAG:   %[[WX:.*]] = graph.slice %[[W]], %{{.*}} -> tensor<3x4xf32>
// CHECK-DAG:   %[[WH:.*]] = graph.slice %[[W]], %{{.*}} -> tensor<4x4xf32>
// CHECK-DAG:   %[[FLAT:.*]] = graph.reshape %[[X]], %{{.*}} -> tensor<10x3xf32>
// CHECK-DAG:   %[[ALL:.*]] = graph.matmul %[[FLAT]], %[[WX]]
// CHECK-DAG:   %[[P:.*]] = graph.reshape %[[ALL]], %{{.*}} -> tensor<5x2x4xf32>
// CHECK:       graph.while (%[[I:[a-z0-9]*]] = %{{.*}}, %[[H:[a-z0-9]*]] = %{{.*}})
// CHECK:       } do {
// CHECK:         %[[A:.*]] = graph.gather %[[P]], %[[I]]
// CHECK-NEXT:    %[[B:.*]] = graph.matmul %[[H]], %[[WH]]
// CHECK-NEXT:    graph.add %[[A]], %[[B]]
graph.func @joined(%x: tensor<5x2x3xf32>, %w: tensor<7x4xf32>, %n: tensor<i32>, %h0: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %five = graph.constant dense<5> : tensor<i32>
  %r:2 = graph.while (%i = %zero, %h = %h0) : (tensor<i32>, tensor<2x4xf32>) {
    %c = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %d = graph.compare GT %five, %i : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %both = graph.and %c, %d : tensor<i1>
    graph.condition %both
  } do {
    %rows = graph.gather %x, %i {axis = 0 : i64} : (tensor<5x2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
    %all = graph.concat %rows, %h {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
    %s = graph.matmul %all, %w : (tensor<2x7xf32>, tensor<7x4xf32>) -> tensor<2x4xf32>
    %next = graph.add %one, %i : tensor<i32>
    graph.yield %next, %s : tensor<i32>, tensor<2x4xf32>
  }
  graph.return %r#1 : tensor<2x4xf32>
}

// -----

// A loop that may not come to all rows keeps its products: one that counts to
// something else, one that skips, and one that looks a row up.
// CHECK-LABEL: graph.func @not_all_rows
// CHECK-NOT:   graph.matmul
// CHECK:       graph.while
// CHECK:         graph.gather %arg0
// CHECK:         graph.matmul
// CHECK:       graph.while
// CHECK:         graph.gather %arg0
// CHECK:         graph.matmul
// CHECK:       graph.while
// CHECK:         graph.gather %arg0
// CHECK:         graph.matmul
graph.func @not_all_rows(%x: tensor<5x2x3xf32>, %w: tensor<3x4xf32>, %n: tensor<i32>, %h0: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>) {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %two = graph.constant dense<2> : tensor<i32>
  %five = graph.constant dense<5> : tensor<i32>
  %r:2 = graph.while (%i = %zero, %h = %h0) : (tensor<i32>, tensor<2x4xf32>) {
    %c = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %rows = graph.gather %x, %i {axis = 0 : i64} : (tensor<5x2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
    %a = graph.matmul %rows, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
    %s = graph.add %a, %h : tensor<2x4xf32>
    %next = graph.add %i, %one : tensor<i32>
    graph.yield %next, %s : tensor<i32>, tensor<2x4xf32>
  }
  %q:2 = graph.while (%i = %zero, %h = %h0) : (tensor<i32>, tensor<2x4xf32>) {
    %c = graph.compare LT %i, %five : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %rows = graph.gather %x, %i {axis = 0 : i64} : (tensor<5x2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
    %a = graph.matmul %rows, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
    %s = graph.add %a, %h : tensor<2x4xf32>
    %next = graph.add %i, %two : tensor<i32>
    graph.yield %next, %s : tensor<i32>, tensor<2x4xf32>
  }
  %p:3 = graph.while (%i = %zero, %h = %h0, %k = %n) : (tensor<i32>, tensor<2x4xf32>, tensor<i32>) {
    %c = graph.compare LT %i, %five : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %rows = graph.gather %x, %k {axis = 0 : i64} : (tensor<5x2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
    %a = graph.matmul %rows, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
    %s = graph.add %a, %h : tensor<2x4xf32>
    %next = graph.add %i, %one : tensor<i32>
    %l = graph.trunc_div %k, %two : tensor<i32>
    graph.yield %next, %s, %l : tensor<i32>, tensor<2x4xf32>, tensor<i32>
  }
  graph.return %r#1, %q#1, %p#1 : tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// Weights that a loop changes, rows of a carried tensor, a count from 1 on, a limit
// that is included: each keeps the product in the loop.
// CHECK-LABEL: graph.func @not_from_outside
// CHECK-NOT:   graph.matmul
// CHECK-COUNT-4: graph.while
graph.func @not_from_outside(%x: tensor<5x2x3xf32>, %w: tensor<3x4xf32>, %h0: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>) {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %five = graph.constant dense<5> : tensor<i32>
  %r:3 = graph.while (%i = %zero, %h = %h0, %v = %w) : (tensor<i32>, tensor<2x4xf32>, tensor<3x4xf32>) {
    %c = graph.compare LT %i, %five : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %rows = graph.gather %x, %i {axis = 0 : i64} : (tensor<5x2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
    %a = graph.matmul %rows, %v : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
    %s = graph.add %a, %h : tensor<2x4xf32>
    %next = graph.add %i, %one : tensor<i32>
    %v1 = graph.neg %v : tensor<3x4xf32>
    graph.yield %next, %s, %v1 : tensor<i32>, tensor<2x4xf32>, tensor<3x4xf32>
  }
  %q:3 = graph.while (%i = %zero, %h = %h0, %y = %x) : (tensor<i32>, tensor<2x4xf32>, tensor<5x2x3xf32>) {
    %c = graph.compare LT %i, %five : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %rows = graph.gather %y, %i {axis = 0 : i64} : (tensor<5x2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
    %a = graph.matmul %rows, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
    %s = graph.add %a, %h : tensor<2x4xf32>
    %next = graph.add %i, %one : tensor<i32>
    %y1 = graph.neg %y : tensor<5x2x3xf32>
    graph.yield %next, %s, %y1 : tensor<i32>, tensor<2x4xf32>, tensor<5x2x3xf32>
  }
  %p:2 = graph.while (%i = %one, %h = %h0) : (tensor<i32>, tensor<2x4xf32>) {
    %c = graph.compare LT %i, %five : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %rows = graph.gather %x, %i {axis = 0 : i64} : (tensor<5x2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
    %a = graph.matmul %rows, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
    %s = graph.add %a, %h : tensor<2x4xf32>
    %next = graph.add %i, %one : tensor<i32>
    graph.yield %next, %s : tensor<i32>, tensor<2x4xf32>
  }
  %o:2 = graph.while (%i = %zero, %h = %h0) : (tensor<i32>, tensor<2x4xf32>) {
    %c = graph.compare LE %i, %five : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %rows = graph.gather %x, %i {axis = 0 : i64} : (tensor<5x2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
    %a = graph.matmul %rows, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
    %s = graph.add %a, %h : tensor<2x4xf32>
    %next = graph.add %i, %one : tensor<i32>
    graph.yield %next, %s : tensor<i32>, tensor<2x4xf32>
  }
  graph.return %r#1, %q#1, %p#1, %o#1 : tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// Weights that lie transposed are used as they lie; a sum of products with such
// weights is no product of joined rows.
// CHECK-LABEL: graph.func @transposed
// CHECK-SAME:  %[[X:.*]]: tensor<5x2x3xf32>, %[[W:.*]]: tensor<4x3xf32>
// CHECK:       %[[ALL:.*]] = graph.matmul %{{.*}}, %[[W]] {transpose_b}
// CHECK:       graph.reshape %[[ALL]], %{{.*}} -> tensor<5x2x4xf32>
// CHECK:       graph.while
// CHECK:       } do {
// CHECK-NEXT:    graph.gather
// CHECK-NEXT:    graph.concat
// CHECK-NEXT:    graph.gather
// CHECK-NEXT:    %{{.*}} = graph.matmul %{{.*}}, %arg2 {transpose_b}
graph.func @transposed(%x: tensor<5x2x3xf32>, %w: tensor<4x3xf32>, %w2: tensor<4x7xf32>, %h0: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %five = graph.constant dense<5> : tensor<i32>
  %r:2 = graph.while (%i = %zero, %h = %h0) : (tensor<i32>, tensor<2x4xf32>) {
    %c = graph.compare LT %i, %five : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.condition %c
  } do {
    %rows = graph.gather %x, %i {axis = 0 : i64} : (tensor<5x2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
    %joined = graph.concat %rows, %h {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
    %a = graph.matmul %rows, %w {transpose_b} : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<2x4xf32>
    %b = graph.matmul %joined, %w2 {transpose_b} : (tensor<2x7xf32>, tensor<4x7xf32>) -> tensor<2x4xf32>
    %s = graph.add %a, %b : tensor<2x4xf32>
    %next = graph.add %i, %one : tensor<i32>
    graph.yield %next, %s : tensor<i32>, tensor<2x4xf32>
  }
  graph.return %r#1 : tensor<2x4xf32>
}
