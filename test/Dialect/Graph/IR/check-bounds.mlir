// RUN: graph-opt %s -canonicalize -split-input-file -verify-diagnostics | FileCheck %s

// Numbers that are known to lie within their bounds need no check.
// CHECK-LABEL: @known
// CHECK-SAME:    %[[X:.*]]: tensor<?x4xf32>
// CHECK-NOT:   graph.check_bounds
// CHECK:       graph.tile %[[X]]
// CHECK:       graph.return %{{.*}} : tensor<?x8xf32>
graph.func @known(%x: tensor<?x4xf32>) -> tensor<?x8xf32> {
  %multiples = graph.constant dense<[1, 2]> : tensor<2xi32>
  %zero = graph.constant dense<0> : tensor<i32>
  %most = graph.constant dense<[1, 3]> : tensor<2xi32>
  %ok, %done = graph.check_bounds %multiples, %zero, %most : tensor<2xi32>, tensor<i32>, tensor<2xi32>
  %y = graph.tile %x, %ok : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x8xf32>
  graph.return %y after(%done) : tensor<?x8xf32>
}

// -----

// One that lies outside stays: the call must fail.
// CHECK-LABEL: @outside
// CHECK:       graph.check_bounds
graph.func @outside() -> tensor<i32> {
  %x = graph.constant dense<5> : tensor<i32>
  %zero = graph.constant dense<0> : tensor<i32>
  %four = graph.constant dense<4> : tensor<i32>
  %ok, %done = graph.check_bounds %x, %zero, %four : tensor<i32>, tensor<i32>, tensor<i32>
  graph.return %ok after(%done) : tensor<i32>
}

// -----

// Nothing lies outside where there is nothing.
// CHECK-LABEL: @empty
// CHECK-NOT:   graph.check_bounds
graph.func @empty(%x: tensor<0xi32>, %bound: tensor<i32>) -> tensor<0xi32> {
  %ok, %done = graph.check_bounds %x, %bound, %bound : tensor<0xi32>, tensor<i32>, tensor<i32>
  graph.return %ok after(%done) : tensor<0xi32>
}

// -----

// C2
graph.func @other_element(%x: tensor<2xi32>, %bound: tensor<i64>) -> tensor<2xi32> {
  // expected-error @+1 {{'graph.check_bounds' op expects bounds of element type 'i32', but got 'tensor<i64>'}}
  %ok, %done = graph.check_bounds %x, %bound, %bound : tensor<2xi32>, tensor<i64>, tensor<i64>
  graph.return %ok after(%done) : tensor<2xi32>
}

// -----

// C3
graph.func @other_shape(%x: tensor<2xi32>, %bound: tensor<3xi32>) -> tensor<2xi32> {
  // expected-error @+1 {{'graph.check_bounds' op expects bounds that are scalars or of a shape compatible with 'tensor<2xi32>', but got 'tensor<3xi32>'}}
  %ok, %done = graph.check_bounds %x, %bound, %bound : tensor<2xi32>, tensor<3xi32>, tensor<3xi32>
  graph.return %ok after(%done) : tensor<2xi32>
}
