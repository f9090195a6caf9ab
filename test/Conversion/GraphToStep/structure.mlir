// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -split-input-file | FileCheck %s

// Names of arguments and results stay; unsigned integers become signless, which
// an attribute remembers.
// CHECK:       step.variable @count : tensor<2xi8> = dense<[-56, 3]> : tensor<2xi8> {step.unsigned}
// CHECK:       step.variable @w : tensor<4xf32>{{ *$}}
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[X:.*]]: tensor<?xf32> {graph.name = "x"}
// CHECK-SAME:    %[[N:.*]]: tensor<2xi8> {graph.name = "n", step.unsigned}
// CHECK-SAME:    -> (tensor<?xf32> {graph.name = "y"}, tensor<2xi8> {step.unsigned})
// CHECK-NEXT:  return %[[X]], %[[N]]
graph.variable @count : tensor<2xui8> = dense<[200, 3]> : tensor<2xui8>
graph.variable @w : tensor<4xf32>
graph.func @main(%x: tensor<?xf32> {graph.name = "x"}, %n: tensor<2xui8> {graph.name = "n"})
    -> (tensor<?xf32> {graph.name = "y"}, tensor<2xui8>) attributes {linear} {
  graph.return %x, %n : tensor<?xf32>, tensor<2xui8>
}

// -----

// CHECK:       step.variable @v : tensor<2xf32>
// CHECK-LABEL: func.func @init() attributes {step.initializer}
// CHECK-NEXT:  %[[VALUE:.*]] = arith.constant dense<1.000000e+00> : tensor<2xf32>
// CHECK-NEXT:  step.store %[[VALUE]], @v
graph.variable @v : tensor<2xf32>
graph.func @init() attributes {initializer, linear} {
  %0 = graph.constant dense<1.0> : tensor<2xf32>
  graph.assign @v, %0 : tensor<2xf32>
  graph.return
}

// -----

// Elements of constants keep their bits, those in resources stay there.
// CHECK-LABEL: func.func @constants
// CHECK:       arith.constant dense<[-1, 1]> : tensor<2xi8>
// CHECK:       arith.constant dense_resource<blob> : tensor<2xi16>
graph.func @constants() -> (tensor<2xui8>, tensor<2xui16>) attributes {linear} {
  %0 = graph.constant dense<[255, 1]> : tensor<2xui8>
  %1 = graph.constant dense_resource<blob> : tensor<2xui16>
  graph.return %0, %1 : tensor<2xui8>, tensor<2xui16>
}
{-#
  dialect_resources: {
    builtin: {
      blob: "0x0200000001000200"
    }
  }
#-}
