// RUN: graph-opt %s -step-split=max-ops=3 -step-verify-plan | FileCheck %s
// RUN: graph-opt %s -step-split=max-ops=100 | FileCheck %s --check-prefix=WHOLE

step.variable @v : tensor<f32> = dense<0.0> : tensor<f32>
func.func private @kernel_0(%x: memref<?xf32>, %s: f32, %o: memref<?xf32>) attributes {step.kernel} {
  return
}

// The parts derive places and sizes again; the scalar goes through the arena.
// CHECK-LABEL: func.func @long_step(
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<?xf32> {graph.name = "x"}, %[[Y:[a-z0-9]*]]: memref<?xf32>
// CHECK-SAME:    step.arena_bytes = 16
// CHECK-NEXT:    step.call @long_step_part_0(%[[X]]) : memref<?xf32>
// CHECK-NEXT:    step.call @long_step_part_1(%[[X]], %[[Y]]) : memref<?xf32>, memref<?xf32>
// CHECK-NEXT:    return

// CHECK-LABEL: func.func private @long_step_part_0(
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<?xf32>)
// CHECK-SAME:    step.part
// CHECK:         %[[A:.*]] = arith.addf
// CHECK:         %[[CROSSING:.*]] = step.arena 8 : memref<f32>
// CHECK:         memref.store %[[A]], %[[CROSSING]][]
// CHECK:         %[[N:.*]] = memref.dim %[[X]]
// CHECK:         %[[S:.*]] = step.scratch 0 sizes(%[[N]])
// CHECK:         step.launch @kernel_0 ins(%[[X]], %[[A]] : {{.*}}) outs(%[[S]] :

// CHECK-LABEL: func.func private @long_step_part_1(
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<?xf32>, %[[Y:[a-z0-9]*]]: memref<?xf32>)
// CHECK:         %[[N:.*]] = memref.dim %[[X]]
// CHECK:         %[[S:.*]] = step.scratch 0 sizes(%[[N]])
// CHECK:         %[[CROSSING:.*]] = step.arena 8 : memref<f32>
// CHECK:         %[[A:.*]] = memref.load %[[CROSSING]][]
// CHECK:         step.launch @kernel_0 ins(%[[S]], %[[A]] :
// CHECK:         step.launch @kernel_0 ins(%[[Y]], %[[A]] :

// WHOLE-NOT: step.call
func.func @long_step(%x: memref<?xf32> {graph.name = "x"}, %y: memref<?xf32> {graph.name = "y"})
    attributes {step.results = [{name = "r", type = tensor<?xf32>}], step.arena_bytes = 8 : i64, step.scratch_slots = 1 : i64} {
  %c0 = arith.constant 0 : index
  %v = step.variable_ref @v : memref<f32>
  %s = memref.load %v[] : memref<f32>
  %a = arith.addf %s, %s : f32
  %n = memref.dim %x, %c0 : memref<?xf32>
  %t = step.scratch 0 sizes(%n) : memref<?xf32>
  step.launch @kernel_0 ins(%x, %a : memref<?xf32>, f32) outs(%t : memref<?xf32>)
  %o = step.output 0 sizes(%n) : memref<?xf32>
  step.launch @kernel_0 ins(%t, %a : memref<?xf32>, f32) outs(%o : memref<?xf32>)
  step.launch @kernel_0 ins(%y, %a : memref<?xf32>, f32) outs(%o : memref<?xf32>)
  return
}
