// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @accesses
// CHECK:       %[[OLD:.*]] = step.load @v : tensor<9xf32>
// CHECK:       step.store %arg0, @v : tensor<9xf32>
// CHECK:       %[[SET:.*]] = step.is_set @v
// CHECK:       %[[TENSOR:.*]] = tensor.from_elements %[[SET]] : tensor<i1>
// CHECK:       return %[[OLD]], %[[TENSOR]]
graph.variable @v : tensor<9xf32>
graph.func @accesses(%x: tensor<9xf32>) -> (tensor<9xf32>, tensor<i1>) attributes {linear} {
  %0 = graph.read @v : tensor<9xf32>
  graph.assign @v, %x : tensor<9xf32>
  %1 = graph.is_initialized @v
  graph.return %0, %1 : tensor<9xf32>, tensor<i1>
}

// -----

// What is left of a read whose value nothing uses.
// CHECK-LABEL: func.func @unused_read
// CHECK-NEXT:  step.check_set @v
// CHECK-NEXT:  return
graph.variable @v : tensor<9xf32>
graph.func @unused_read() attributes {linear} {
  %0 = graph.read @v : tensor<9xf32>
  graph.return
}

// -----

// CHECK-LABEL: func.func @updates
// CHECK:       %[[V:.*]] = step.load @v
// CHECK:       %[[SUM:.*]] = linalg.generic
// CHECK-SAME:    ins(%[[V]], %arg0
// CHECK:         arith.addf
// CHECK:       step.store %[[SUM]], @v
// CHECK:       %[[N:.*]] = step.load @n
// CHECK:       %[[X:.*]] = tensor.extract %[[N]][]
// CHECK:       %[[LESS:.*]] = arith.subi %[[X]], %c1_i64
// CHECK:       %[[TENSOR:.*]] = tensor.from_elements %[[LESS]]
// CHECK:       step.store %[[TENSOR]], @n
graph.variable @v : tensor<9xf32>
graph.variable @n : tensor<i64>
graph.func @updates(%x: tensor<9xf32>) attributes {linear} {
  %one = graph.constant dense<1> : tensor<i64>
  graph.assign_add @v, %x : tensor<9xf32>
  graph.assign_sub @n, %one : tensor<i64>
  graph.return
}

// -----

// An open dim has to be the variable's at run time.
// CHECK-LABEL: func.func @open_dim
// CHECK:       step.assert %{{.*}}, ["the value assigned has size ", 0, " in dimension 0, but the variable has size ", 1]
// CHECK:       %[[CAST:.*]] = tensor.cast %arg0 : tensor<?xf32> to tensor<9xf32>
// CHECK:       step.store %[[CAST]], @v
graph.variable @v : tensor<9xf32>
graph.func @open_dim(%x: tensor<?xf32>) attributes {linear} {
  graph.assign @v, %x : tensor<?xf32>
  graph.return
}

// -----

// A variable of open shape takes any size where it is open.
// CHECK-LABEL: func.func @open_variable
// CHECK:       %[[OLD:.*]] = step.load @v : tensor<?x2xf32>
// CHECK:       step.assert %{{.*}}, ["the value assigned has size ", 0, " in dimension 1, but the variable has size ", 1]
// CHECK-NOT:   step.assert
// CHECK:       %[[CAST:.*]] = tensor.cast %arg0 : tensor<?x?xf32> to tensor<?x2xf32>
// CHECK:       step.store %[[CAST]], @v : tensor<?x2xf32>
// CHECK:       return %[[OLD]] : tensor<?x2xf32>
graph.variable @v : tensor<?x2xf32> = dense<0.0> : tensor<1x2xf32>
graph.func @open_variable(%x: tensor<?x?xf32>) -> tensor<?x2xf32> attributes {linear} {
  %0 = graph.read @v : tensor<?x2xf32>
  graph.assign @v, %x : tensor<?x?xf32>
  graph.return %0 : tensor<?x2xf32>
}

// -----

// What is added has the size that the variable has.
// CHECK-LABEL: func.func @open_update
// CHECK:       %[[OLD:.*]] = step.load @v : tensor<?xf32>
// CHECK-DAG:   %[[SIZE:.*]] = tensor.dim %arg0
// CHECK-DAG:   %[[OLD_SIZE:.*]] = tensor.dim %[[OLD]]
// CHECK:       %[[OK:.*]] = arith.cmpi eq, %[[SIZE]], %[[OLD_SIZE]]
// CHECK:       step.assert %[[OK]]
// CHECK:       linalg.generic
// CHECK:       step.store
graph.variable @v : tensor<?xf32>
graph.func @open_update(%x: tensor<?xf32>) attributes {linear} {
  graph.assign_add @v, %x : tensor<?xf32>
  graph.return
}

// -----

// Unless nothing has set it, the variable keeps its size.
// CHECK-LABEL: func.func @keep_shape
// CHECK:       %[[SET:.*]] = step.is_set @v
// CHECK:       %[[UNSET:.*]] = arith.xori %[[SET]]
// CHECK:       %[[SIZE:.*]] = step.variable_size @v 0
// CHECK:       %[[EQUAL:.*]] = arith.cmpi eq, %{{.*}}, %[[SIZE]]
// CHECK:       %[[OK:.*]] = arith.ori %[[EQUAL]], %[[UNSET]]
// CHECK:       step.assert %[[OK]]
// CHECK:       step.store %arg0, @v
graph.variable @v : tensor<?xf32>
graph.func @keep_shape(%x: tensor<?xf32>) attributes {linear} {
  graph.assign @v, %x {keep_shape} : tensor<?xf32>
  graph.return
}

// -----

// CHECK-LABEL: func.func @texts
// CHECK:       %[[OK:.*]] = tensor.extract %arg0[]
// CHECK:       step.assert %[[OK]], ["x is off: ", 0](%arg1) : tensor<?xf32> {status = 3 : i32, summarize = 5 : i64}
// CHECK:       step.print ["x = ", 0](%arg1) : tensor<?xf32> {stream = "stdout", style = "format", summarize = -1 : i64}
graph.func @texts(%ok: tensor<i1>, %x: tensor<?xf32>) attributes {linear} {
  graph.assert %ok, ["x is off: ", 0](%x) {summarize = 5 : i64} : tensor<?xf32>
  graph.print ["x = ", 0](%x) {stream = "stdout", style = "format", summarize = -1 : i64} : tensor<?xf32>
  graph.return
}

// -----

// Unsigned integers are shown as what they are.
// CHECK-LABEL: func.func @unsigned_data
// CHECK:         arith.extui %{{.*}} : i8 to i16
// CHECK:       step.print [0](%{{.*}}) : tensor<?xi16>
graph.func @unsigned_data(%x: tensor<?xui8>) attributes {linear} {
  graph.print [0](%x) {stream = "stdout"} : tensor<?xui8>
  graph.return
}
