// RUN: graph-opt %s -convert-graph-to-step -canonicalize -verify-linalg-stage -split-input-file | FileCheck %s
// Conditionals and loops.

graph.variable @v : tensor<4xf32>

// What has rank 0 crosses the border as a scalar, other tensors as they are.
// CHECK-LABEL: func.func @if(
// CHECK-SAME:  %[[GO:.*]]: tensor<i1>, %[[X:.*]]: tensor<4xf32>, %[[N:.*]]: tensor<i8> {step.unsigned})
// CHECK:       %[[CONDITION:.*]] = tensor.extract %[[GO]][] : tensor<i1>
// CHECK-NEXT:  %[[R:.*]]:2 = scf.if %[[CONDITION]] -> (tensor<4xf32>, i8) {
// CHECK-NEXT:    %[[V:.*]] = step.load @v : tensor<4xf32>
// CHECK-NEXT:    %[[M:.*]] = tensor.extract %[[N]][] : tensor<i8>
// CHECK-NEXT:    scf.yield %[[V]], %[[M]] : tensor<4xf32>, i8
// CHECK-NEXT:  } else {
// CHECK-NEXT:    %[[K:.*]] = tensor.extract %[[N]][] : tensor<i8>
// CHECK-NEXT:    %[[SUM:.*]] = arith.xori %[[K]], %{{.*}} : i8
// CHECK-NEXT:    scf.yield %[[X]], %[[SUM]] : tensor<4xf32>, i8
// CHECK-NEXT:  }
// CHECK-NEXT:  %[[S:.*]] = tensor.from_elements %[[R]]#1 : tensor<i8>
// CHECK-NEXT:  return %[[R]]#0, %[[S]] : tensor<4xf32>, tensor<i8>
graph.func @if(%go: tensor<i1>, %x: tensor<4xf32>, %n: tensor<ui8>) -> (tensor<4xf32>, tensor<ui8>) attributes {linear} {
  %r:2 = graph.if %go -> (tensor<4xf32>, tensor<ui8>) {
    %v = graph.read @v : tensor<4xf32>
    graph.yield %v, %n : tensor<4xf32>, tensor<ui8>
  } else {
    %m = graph.not %n : tensor<ui8>
    graph.yield %x, %m : tensor<4xf32>, tensor<ui8>
  }
  graph.return %r#0, %r#1 : tensor<4xf32>, tensor<ui8>
}

// -----

graph.variable @v : tensor<f32>

// Nothing but effects.
// CHECK-LABEL: func.func @effects(
// CHECK:       scf.if %{{.*}} {
// CHECK-NEXT:    step.store %{{.*}}, @v
// CHECK-NEXT:  } else {
// CHECK-NEXT:    step.print ["not now"] {{.*}}
// CHECK-NEXT:  }
// CHECK-NEXT:  return
graph.func @effects(%go: tensor<i1>, %x: tensor<f32>) attributes {linear} {
  graph.if %go {
    graph.assign @v, %x : tensor<f32>
    graph.yield
  } else {
    graph.print ["not now"]
    graph.yield
  }
  graph.return
}

// -----

// An index out of range takes the last branch. Open results are cast to.
// CHECK-LABEL: func.func @case(
// CHECK:       %[[INDEX:.*]] = arith.index_cast %{{.*}} : i32 to index
// CHECK-NEXT:  %[[R:.*]] = scf.index_switch %[[INDEX]] -> tensor<?xf32>
// CHECK-NEXT:  case 0 {
// CHECK-NEXT:    %[[A:.*]] = tensor.cast %{{.*}} : tensor<2xf32> to tensor<?xf32>
// CHECK-NEXT:    scf.yield %[[A]]
// CHECK-NEXT:  }
// CHECK-NEXT:  case 1 {
// CHECK-NEXT:    step.print ["one"]
// CHECK:         scf.yield %{{.*}}
// CHECK-NEXT:  }
// CHECK-NEXT:  default {
// CHECK-NEXT:    step.print ["two"]
// CHECK:         scf.yield %{{.*}}
// CHECK-NEXT:  }
// CHECK-NEXT:  return %[[R]]
graph.func @case(%index: tensor<i32>, %x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<?xf32> attributes {linear} {
  %r = graph.case %index -> (tensor<?xf32>) {
    graph.yield %x : tensor<2xf32>
  } {
    graph.print ["one"]
    graph.yield %y : tensor<3xf32>
  } {
    graph.print ["two"]
    graph.yield %y : tensor<3xf32>
  }
  graph.return %r : tensor<?xf32>
}

// -----

// Scalars and short integer vectors are carried in registers.
// CHECK-LABEL: func.func @while(
// CHECK-SAME:  %[[N:.*]]: tensor<i32>, %[[X:.*]]: tensor<2xf32>, %[[S:.*]]: tensor<2xi32>)
// CHECK-DAG:   %[[ZERO:.*]] = arith.constant 0 : i32
// CHECK-DAG:   %[[ONE:.*]] = arith.constant 1 : i32
// CHECK-DAG:   %[[OPEN:.*]] = tensor.cast %[[X]] : tensor<2xf32> to tensor<?xf32>
// CHECK-DAG:   %[[S0:.*]] = tensor.extract %[[S]][%c0]
// CHECK-DAG:   %[[S1:.*]] = tensor.extract %[[S]][%c1]
// CHECK:       %[[R:.*]]:4 = scf.while (%[[I:.*]] = %[[ZERO]], %[[Y:.*]] = %[[OPEN]], %[[T0:.*]] = %[[S0]], %[[T1:.*]] = %[[S1]]) : (i32, tensor<?xf32>, i32, i32) -> (i32, tensor<?xf32>, i32, i32) {
// CHECK:         %[[SHOWN:.*]] = tensor.from_elements %[[I]] : tensor<i32>
// CHECK:         %[[LIMIT:.*]] = tensor.extract %[[N]][] : tensor<i32>
// CHECK:         %[[MORE:.*]] = arith.cmpi slt, %[[I]], %[[LIMIT]] : i32
// CHECK:         step.print ["i = ", 0](%[[SHOWN]])
// CHECK:         scf.condition(%[[MORE]]) %[[I]], %[[Y]], %[[T0]], %[[T1]]
// CHECK-NEXT:  } do {
// CHECK-NEXT:  ^bb0(%[[J:.*]]: i32, %[[Z:.*]]: tensor<?xf32>, %[[U0:.*]]: i32, %[[U1:.*]]: i32):
// CHECK:         %[[NEXT:.*]] = arith.addi %[[J]], %[[ONE]] : i32
// CHECK:         %[[TWICE:.*]] = linalg.generic
// CHECK:           tensor.extract %[[Z]]
// CHECK:         %[[Q0:.*]] = arith.muli %[[U0]], %[[U0]]
// CHECK:         %[[Q1:.*]] = arith.muli %[[U1]], %[[U1]]
// CHECK:         scf.yield %[[NEXT]], %[[TWICE]], %[[Q0]], %[[Q1]]
// CHECK-NEXT:  }
// CHECK-DAG:   tensor.from_elements %[[R]]#0 : tensor<i32>
// CHECK-DAG:   tensor.from_elements %[[R]]#2, %[[R]]#3 : tensor<2xi32>
graph.func @while(%n: tensor<i32>, %x: tensor<2xf32>, %s: tensor<2xi32>) -> (tensor<i32>, tensor<?xf32>, tensor<2xi32>) attributes {linear} {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %twice = graph.constant dense<2> : tensor<1xi32>
  %r:3 = graph.while (%i = %zero, %y = %x, %t = %s) : (tensor<i32>, tensor<2xf32>, tensor<2xi32>) -> (tensor<i32>, tensor<?xf32>, tensor<2xi32>) {
    %c = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    graph.print ["i = ", 0](%i) : tensor<i32>
    graph.condition %c
  } do {
    %next = graph.add %i, %one : tensor<i32>
    %tiled = graph.tile %y, %twice : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>
    %u = graph.mul %t, %t : tensor<2xi32>
    graph.yield %next, %tiled, %u : tensor<i32>, tensor<?xf32>, tensor<2xi32>
  }
  graph.return %r#0, %r#1, %r#2 : tensor<i32>, tensor<?xf32>, tensor<2xi32>
}

// -----

// Unsigned integers keep their meaning inside, regions nest, empty vectors
// stay tensors.
// CHECK-LABEL: func.func @nested(
// CHECK:       scf.while (%[[I:.*]] = %{{.*}}, %[[E:.*]] = %{{.*}}) : (i8, tensor<0xi32>) -> (i8, tensor<0xi32>)
// CHECK:         arith.cmpi ult, %[[I]], %{{.*}} : i8
// CHECK:       } do {
// CHECK:         scf.if %{{.*}} -> (i8)
// CHECK:           arith.divui
// CHECK:         scf.yield %{{.*}}, %{{.*}} : i8, tensor<0xi32>
graph.func @nested(%go: tensor<i1>, %n: tensor<ui8>, %e: tensor<0xi32>) -> (tensor<ui8>, tensor<0xi32>) attributes {linear} {
  %r:2 = graph.while (%i = %n, %f = %e) : (tensor<ui8>, tensor<0xi32>) {
    %c = graph.compare LT %i, %n : (tensor<ui8>, tensor<ui8>) -> tensor<i1>
    graph.condition %c
  } do {
    %s = graph.if %go -> (tensor<ui8>) {
      %a = graph.trunc_div %i, %n : tensor<ui8>
      graph.yield %a : tensor<ui8>
    } else {
      graph.yield %n : tensor<ui8>
    }
    %g = graph.neg %f : tensor<0xi32>
    graph.yield %s, %g : tensor<ui8>, tensor<0xi32>
  }
  graph.return %r#0, %r#1 : tensor<ui8>, tensor<0xi32>
}
