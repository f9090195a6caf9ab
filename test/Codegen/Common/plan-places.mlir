// RUN: graph-opt %s -step-plan-memory -step-verify-plan -split-input-file | FileCheck %s
// RUN: graph-opt %s -step-plan-memory=red-zone=32 -split-input-file | FileCheck %s --check-prefix=RED

func.func private @kernel_0(%x: memref<16xf32>, %o: memref<16xf32>) attributes {step.kernel} {
  linalg.exp ins(%x : memref<16xf32>) outs(%o : memref<16xf32>)
  return
}

// Two places serve a chain, and the last kernel writes the output.
// CHECK-LABEL: @chain_in_the_arena
// CHECK-SAME:    step.arena_bytes = 128
// CHECK-SAME:    step.results = [{name = "y", type = tensor<16xf32>}]
// CHECK:         step.arena 0 : memref<16xf32>
// CHECK:         step.arena 64 : memref<16xf32>
// CHECK:         step.arena 0 : memref<16xf32>
// CHECK:         %[[OUT:.*]] = step.output 0 : memref<16xf32>
// CHECK:         step.launch @kernel_0 {{.*}} outs(%[[OUT]] :
// CHECK-NEXT:    return
// With red zones every value has bytes of its own.
// RED-LABEL: @chain_in_the_arena
// RED-SAME:    step.arena_bytes = 384
// RED:         step.arena 0 : memref<16xf32>
// RED:         step.arena 128 : memref<16xf32>
// RED:         step.arena 256 : memref<16xf32>
func.func @chain_in_the_arena(%x: tensor<16xf32> {graph.name = "x"}) -> (tensor<16xf32> {graph.name = "y"}) {
  %e = tensor.empty() : tensor<16xf32>
  %0 = step.launch @kernel_0 ins(%x : tensor<16xf32>) outs(%e : tensor<16xf32>) -> tensor<16xf32>
  %1 = step.launch @kernel_0 ins(%0 : tensor<16xf32>) outs(%e : tensor<16xf32>) -> tensor<16xf32>
  %2 = step.launch @kernel_0 ins(%1 : tensor<16xf32>) outs(%e : tensor<16xf32>) -> tensor<16xf32>
  %3 = step.launch @kernel_0 ins(%2 : tensor<16xf32>) outs(%e : tensor<16xf32>) -> tensor<16xf32>
  return %3 : tensor<16xf32>
}

// What has no kernel of its own to write it is copied.
// CHECK-LABEL: @results_that_are_copied
// CHECK-SAME:    %[[X:.*]]: memref<16xf32>
// CHECK:         %[[OUT:.*]] = step.output 1
// CHECK:         step.launch @kernel_0 {{.*}} outs(%[[OUT]] :
// CHECK:         %[[A:.*]] = step.output 0
// CHECK:         memref.copy %[[X]], %[[A]]
// CHECK:         %[[B:.*]] = step.output 2
// CHECK:         memref.copy %[[OUT]], %[[B]]
// CHECK:         %[[C:.*]] = step.output 3
// CHECK:         memref.copy %{{.*}}, %[[C]]
func.func @results_that_are_copied(%x: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<2xf32>) {
  %e = tensor.empty() : tensor<16xf32>
  %0 = step.launch @kernel_0 ins(%x : tensor<16xf32>) outs(%e : tensor<16xf32>) -> tensor<16xf32>
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %x, %0, %0, %c : tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<2xf32>
}

// -----

func.func private @kernel_0(%x: memref<?xf32>, %o: memref<?xf32>) attributes {step.kernel} {
  linalg.exp ins(%x : memref<?xf32>) outs(%o : memref<?xf32>)
  return
}

// Values of open size have slots; equal sizes meet in one.
// CHECK-LABEL: @open_sizes
// CHECK-SAME:    step.scratch_slots = 3
// CHECK-DAG:     %[[N:.*]] = memref.dim %arg0
// CHECK-DAG:     %[[M:.*]] = memref.dim %arg1
// CHECK:         step.scratch 0 sizes(%[[N]])
// CHECK:         step.scratch 1 sizes(%[[M]])
// CHECK:         step.scratch 2 sizes(%[[N]])
// CHECK:         step.scratch 0 sizes(%[[N]])
// CHECK:         step.output 0 sizes(%[[N]])
func.func @open_sizes(%x: tensor<?xf32>, %y: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %m = tensor.dim %y, %c0 : tensor<?xf32>
  %en = tensor.empty(%n) : tensor<?xf32>
  %em = tensor.empty(%m) : tensor<?xf32>
  %0 = step.launch @kernel_0 ins(%x : tensor<?xf32>) outs(%en : tensor<?xf32>) -> tensor<?xf32>
  %1 = step.launch @kernel_0 ins(%y : tensor<?xf32>) outs(%em : tensor<?xf32>) -> tensor<?xf32>
  %2 = step.launch @kernel_0 ins(%0 : tensor<?xf32>) outs(%en : tensor<?xf32>) -> tensor<?xf32>
  %3 = step.launch @kernel_0 ins(%2 : tensor<?xf32>) outs(%en : tensor<?xf32>) -> tensor<?xf32>
  %4 = step.launch @kernel_0 ins(%3 : tensor<?xf32>) outs(%en : tensor<?xf32>) -> tensor<?xf32>
  %5 = step.launch @kernel_0 ins(%1 : tensor<?xf32>) outs(%em : tensor<?xf32>) -> tensor<?xf32>
  return %4, %5 : tensor<?xf32>, tensor<?xf32>
}

// The output has the shape of the result, the kernel sees its own.
// CHECK-LABEL: @result_is_a_view
// CHECK:         %[[N:.*]] = memref.dim %arg0
// CHECK:         %[[Q:.*]] = arith.divui %[[N]]
// CHECK:         %[[OUT:.*]] = step.output 0 sizes(%[[Q]]) : memref<?x4xf32>
// CHECK:         %[[FLAT:.*]] = step.view %[[OUT]] sizes(%[[N]]) : memref<?x4xf32> -> memref<?xf32>
// CHECK:         step.launch @kernel_0 {{.*}} outs(%[[FLAT]] :
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @result_is_a_view(%x: tensor<?xf32>) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %q = arith.divui %n, %c4 : index
  %e = tensor.empty(%n) : tensor<?xf32>
  %0 = step.launch @kernel_0 ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %1 = tensor.expand_shape %0 [[0, 1]] output_shape [%q, 4] : tensor<?xf32> into tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}

// CHECK-LABEL: @views_look_at_places
// CHECK-SAME:    %[[X:.*]]: memref<?x4xf32>
// CHECK:         %[[N:.*]] = memref.dim %[[X]]
// CHECK:         %[[SIZE:.*]] = arith.muli %[[N]]
// CHECK:         %[[FLAT:.*]] = step.view %[[X]] sizes(%[[SIZE]]) : memref<?x4xf32> -> memref<?xf32>
// CHECK:         step.launch @kernel_0 ins(%[[FLAT]] :
// CHECK:         step.view %[[X]] {{.*}} : memref<?x4xf32> -> memref<?x2xf32>
func.func @views_look_at_places(%x: tensor<?x4xf32>, %q: tensor<index>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %0 = tensor.collapse_shape %x [[0, 1]] : tensor<?x4xf32> into tensor<?xf32>
  %n = tensor.dim %0, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %1 = step.launch @kernel_0 ins(%0 : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %h = tensor.extract %q[] : tensor<index>
  %2 = tensor.expand_shape %0 [[0, 1]] output_shape [%h, 2] : tensor<?xf32> into tensor<?x2xf32>
  step.print ["x ", 0](%2) : tensor<?x2xf32> {stream = "stderr", style = "format"}
  return %1 : tensor<?xf32>
}

// -----

// Equal bytes are stored once, whatever their shape.
// CHECK:       step.weight_data @weight_0 at 0 = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK:       step.weight_data @weight_1 at 64 = dense<3> : tensor<2xi32>
// CHECK-NOT:   step.weight_data
// CHECK-LABEL: @weights
// CHECK:         step.weight @weight_0 : memref<2xf32>
// CHECK:         %[[W:.*]] = step.weight @weight_0 : memref<2xf32>
// CHECK:         step.view %[[W]] : memref<2xf32> -> memref<1x2xf32>
// CHECK:         step.weight @weight_1
func.func @weights() {
  %a = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %c = arith.constant dense<3> : tensor<2xi32>
  step.print [0, 1, 2](%a, %b, %c) : tensor<2xf32>, tensor<1x2xf32>, tensor<2xi32> {stream = "stderr", style = "format"}
  return
}

// Scalars of the step are stored where something needs them in memory.
// CHECK-LABEL: @elements
// CHECK-SAME:    %[[X:.*]]: memref<2xi64>
// CHECK:         %[[A:.*]] = memref.load %[[X]]
// CHECK:         %[[P:.*]] = step.arena 0 : memref<1x2xi64>
// CHECK:         memref.store %[[A]], %[[P]][%{{.*}}, %{{.*}}]
// CHECK:         memref.store %[[A]], %[[P]]
// CHECK:         step.print {{.*}}(%[[P]])
// CHECK:         %[[OUT:.*]] = step.output 0 : memref<1x2xi64>
// CHECK:         memref.store %[[A]], %[[OUT]]
func.func @elements(%x: tensor<2xi64>) -> tensor<1x2xi64> {
  %c1 = arith.constant 1 : index
  %a = tensor.extract %x[%c1] : tensor<2xi64>
  %0 = tensor.from_elements %a, %a : tensor<1x2xi64>
  step.print [0](%0) : tensor<1x2xi64> {stream = "stderr", style = "format"}
  return %0 : tensor<1x2xi64>
}
