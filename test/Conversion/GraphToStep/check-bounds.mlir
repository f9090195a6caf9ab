// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// A few numbers are looked at one by one, each with its own bounds.
// CHECK-LABEL: func.func @vector
// CHECK-COUNT-2: step.assert %{{.*}}, ["the number ", 0, " is outside [", 1, ", ", 2, "]"]
// CHECK-NOT:   step.assert
// CHECK:       return %arg0
graph.func @vector(%x: tensor<2xi32>, %least: tensor<i32>, %most: tensor<2xi32>) -> tensor<2xi32> attributes {linear} {
  %0 = graph.check_bounds %x, %least, %most : tensor<2xi32>, tensor<i32>, tensor<2xi32>
  graph.return %0 : tensor<2xi32>
}

// -----

// The highest number of the type bounds nothing.
// CHECK-LABEL: func.func @not_negative
// CHECK:       arith.cmpi sge
// CHECK-NOT:   arith.cmpi sle
// CHECK:       step.assert %{{.*}}, ["the number ", 0, " is less than ", 1]
graph.func @not_negative(%x: tensor<i32>) -> tensor<i32> attributes {linear} {
  %zero = graph.constant dense<0> : tensor<i32>
  %most = graph.constant dense<2147483647> : tensor<i32>
  %0 = graph.check_bounds %x, %zero, %most : tensor<i32>, tensor<i32>, tensor<i32>
  graph.return %0 : tensor<i32>
}

// -----

// Many numbers are reduced to one answer.
// CHECK-LABEL: func.func @tensor
// CHECK:       linalg.generic
// CHECK:         arith.cmpi sge
// CHECK:         arith.cmpi sle
// CHECK:       step.assert %{{.*}}, ["a number is outside its bounds"]
graph.func @tensor(%x: tensor<?x9xi64>, %least: tensor<i64>, %most: tensor<?x9xi64>) -> tensor<?x9xi64> attributes {linear} {
  %0 = graph.check_bounds %x, %least, %most : tensor<?x9xi64>, tensor<i64>, tensor<?x9xi64>
  graph.return %0 : tensor<?x9xi64>
}
