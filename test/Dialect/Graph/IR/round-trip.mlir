// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Functions, variables, effects and checks are parsed and printed, with tokens and without.

// CHECK: module attributes {graph.name = "model"}
module attributes {graph.name = "model"} {
  // CHECK: graph.variable @step : tensor<i64> = dense<0> : tensor<i64>
  graph.variable @step : tensor<i64> = dense<0> : tensor<i64>
  // CHECK: graph.variable @w : tensor<2x3xf32>{{$}}
  graph.variable @w : tensor<2x3xf32>
  // CHECK: graph.variable @rows : tensor<?x3xf32> = dense<1.000000e+00> : tensor<2x3xf32>
  graph.variable @rows : tensor<?x3xf32> = dense<1.0> : tensor<2x3xf32>

  // CHECK: graph.func @names(%[[X:.*]]: tensor<?x8xf32> {graph.name = "x:0"}) -> (tensor<?x8xf32> {graph.name = "y"}) {
  graph.func @names(%x: tensor<?x8xf32> {graph.name = "x:0"}) -> (tensor<?x8xf32> {graph.name = "y"}) {
    graph.return %x : tensor<?x8xf32>
  }

  // Nodes of a graph region stand in any order.
  // CHECK-LABEL: graph.func @any_order
  graph.func @any_order() -> tensor<2xf32> {
    // CHECK: graph.neg
    // CHECK: graph.constant dense<1.000000e+00> : tensor<2xf32>
    %0 = graph.neg %1 : tensor<2xf32>
    %1 = graph.constant dense<1.0> : tensor<2xf32>
    graph.return %0 : tensor<2xf32>
  }

  // CHECK-LABEL: graph.func @variables
  graph.func @variables(%x: tensor<2x3xf32>, %n: tensor<i64>) -> (tensor<2x3xf32>, tensor<i1>) {
    // CHECK: %[[W:.*]], %[[T0:.*]] = graph.read @w : tensor<2x3xf32>
    %w, %t0 = graph.read @w : tensor<2x3xf32>
    // CHECK: %[[T1:.*]] = graph.assign @w, %{{.*}} after(%[[T0]]) : tensor<2x3xf32>
    %t1 = graph.assign @w, %x after(%t0) : tensor<2x3xf32>
    // CHECK: %[[T2:.*]] = graph.assign_add @step, %{{.*}} : tensor<i64>
    %t2 = graph.assign_add @step, %n : tensor<i64>
    // CHECK: %[[T3:.*]] = graph.assign_sub @step, %{{.*}} after(%[[T1]], %[[T2]]) : tensor<i64>
    %t3 = graph.assign_sub @step, %n after(%t1, %t2) : tensor<i64>
    // CHECK: %[[SET:.*]], %[[T4:.*]] = graph.is_initialized @w after(%[[T3]])
    %set, %t4 = graph.is_initialized @w after(%t3)
    // CHECK: %[[ALL:.*]] = graph.join %[[T3]], %[[T4]]
    %all = graph.join %t3, %t4
    // CHECK: graph.return %[[W]], %[[SET]] after(%[[ALL]]) : tensor<2x3xf32>, tensor<i1>
    graph.return %w, %set after(%all) : tensor<2x3xf32>, tensor<i1>
  }

  // CHECK-LABEL: graph.func @open_variable
  graph.func @open_variable(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
    // CHECK: %[[ROWS:.*]], %[[T0:.*]] = graph.read @rows : tensor<?x3xf32>
    %rows, %t0 = graph.read @rows : tensor<?x3xf32>
    // CHECK: %[[T1:.*]] = graph.assign @rows, %{{.*}} after(%[[T0]]) {keep_shape} : tensor<?x3xf32>
    %t1 = graph.assign @rows, %x after(%t0) {keep_shape} : tensor<?x3xf32>
    // CHECK: graph.return %[[ROWS]] after(%[[T1]]) : tensor<?x3xf32>
    graph.return %rows after(%t1) : tensor<?x3xf32>
  }

  // CHECK: graph.func @in_line(%{{.*}}: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {linear}
  graph.func @in_line(%x: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {linear} {
    // CHECK: %[[W:.*]] = graph.read @w : tensor<2x3xf32>
    %w = graph.read @w : tensor<2x3xf32>
    // CHECK-NEXT: graph.assign @w, %{{.*}} : tensor<2x3xf32>
    graph.assign @w, %x : tensor<2x3xf32>
    // CHECK-NEXT: %[[Y:.*]] = graph.check_numerics %[[W]] {message = "w"} : tensor<2x3xf32>
    %y = graph.check_numerics %w {message = "w"} : tensor<2x3xf32>
    // CHECK-NEXT: graph.print ["done"]
    graph.print ["done"]
    // CHECK-NEXT: graph.return %[[Y]] : tensor<2x3xf32>
    graph.return %y : tensor<2x3xf32>
  }

  // CHECK: graph.func @init() attributes {initializer}
  graph.func @init() attributes {initializer} {
    // CHECK: %[[NOTHING:.*]] = graph.join(){{$}}
    %nothing = graph.join()
    graph.return after(%nothing)
  }

  // CHECK-LABEL: graph.func @messages
  graph.func @messages(%ok: tensor<i1>, %x: tensor<?xf32>, %y: tensor<i32>) {
    // CHECK: %[[T0:.*]] = graph.assert %{{.*}}, ["x: ", 0, ", y: ", 1](%{{.*}}, %{{.*}}) {summarize = -1 : i64} : tensor<?xf32>, tensor<i32>
    %t0 = graph.assert %ok, ["x: ", 0, ", y: ", 1](%x, %y) {summarize = -1 : i64} : tensor<?xf32>, tensor<i32>
    // CHECK: %[[T1:.*]] = graph.assert %{{.*}}, ["no"] after(%[[T0]])
    %t1 = graph.assert %ok, ["no"] after(%t0)
    // CHECK: graph.print [0, "\0A"](%{{.*}}) after(%[[T1]]) {stream = "file:///tmp/x", style = "format"} : tensor<?xf32>
    %t2 = graph.print [0, "\n"](%x) after(%t1) {stream = "file:///tmp/x", style = "format"} : tensor<?xf32>
    graph.return after(%t2)
  }

  // CHECK-LABEL: graph.func @checks
  graph.func @checks(%x: tensor<?x?xf32>, %y: tensor<?xf32>, %i: tensor<?xi32>, %shape: tensor<2xi64>, %bound: tensor<i32>) -> (tensor<?x?xf32>, tensor<?xi32>, tensor<2xi64>) {
    // CHECK: %[[X0:.*]], %[[T0:.*]] = graph.check_numerics %{{.*}} {message = "bad"} : tensor<?x?xf32>
    %x0, %t0 = graph.check_numerics %x {message = "bad"} : tensor<?x?xf32>
    // CHECK: %[[X1:.*]], %[[T1:.*]] = graph.check_broadcast %[[X0]], %{{.*}}, %{{.*}} after(%[[T0]]) : tensor<?x?xf32>, tensor<?xf32>, tensor<?x?xf32>
    %x1, %t1 = graph.check_broadcast %x0, %y, %x after(%t0) : tensor<?x?xf32>, tensor<?xf32>, tensor<?x?xf32>
    // CHECK: %[[X2:.*]], %[[T2:.*]] = graph.check_dims %[[X1]], %{{.*}} after(%[[T1]]) {lhs_dims = array<i64: 1>, rhs_dims = array<i64: 0>} : tensor<?x?xf32>, tensor<?xf32>
    %x2, %t2 = graph.check_dims %x1, %y after(%t1) {lhs_dims = array<i64: 1>, rhs_dims = array<i64: 0>} : tensor<?x?xf32>, tensor<?xf32>
    // CHECK: %[[I0:.*]], %[[T3:.*]] = graph.check_index %{{.*}}, %[[X2]] after(%[[T2]]) {axis = 1 : i64} : tensor<?xi32>, tensor<?x?xf32>
    %i0, %t3 = graph.check_index %i, %x2 after(%t2) {axis = 1 : i64} : tensor<?xi32>, tensor<?x?xf32>
    // CHECK: %[[I1:.*]], %[[T4:.*]] = graph.check_nonzero %[[I0]] after(%[[T3]]) : tensor<?xi32>
    %i1, %t4 = graph.check_nonzero %i0 after(%t3) : tensor<?xi32>
    // CHECK: %[[S:.*]], %[[T5:.*]] = graph.check_reshape %{{.*}}, %[[X2]] after(%[[T4]]) : tensor<2xi64>, tensor<?x?xf32>
    %s, %t5 = graph.check_reshape %shape, %x2 after(%t4) : tensor<2xi64>, tensor<?x?xf32>
    // CHECK: %[[X3:.*]], %[[T6:.*]] = graph.check_squeeze %[[X2]] after(%[[T5]]) {axes = array<i64: 0>} : tensor<?x?xf32>
    %x3, %t6 = graph.check_squeeze %x2 after(%t5) {axes = array<i64: 0>} : tensor<?x?xf32>
    // CHECK: %[[X4:.*]], %[[T7:.*]] = graph.check_split %[[X3]] after(%[[T6]]) {axis = 0 : i64, num = 2 : i64} : tensor<?x?xf32>
    %x4, %t7 = graph.check_split %x3 after(%t6) {axis = 0 : i64, num = 2 : i64} : tensor<?x?xf32>
    // CHECK: %[[I2:.*]], %[[T8:.*]] = graph.check_bounds %[[I1]], %{{.*}}, %{{.*}} after(%[[T7]]) : tensor<?xi32>, tensor<i32>, tensor<i32>
    %i2, %t8 = graph.check_bounds %i1, %bound, %bound after(%t7) : tensor<?xi32>, tensor<i32>, tensor<i32>
    graph.return %x4, %i2, %s after(%t8) : tensor<?x?xf32>, tensor<?xi32>, tensor<2xi64>
  }
}
