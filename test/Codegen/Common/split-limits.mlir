// RUN: graph-opt %s -step-split="max-places=2" -step-verify-plan | FileCheck %s --check-prefix=PLACES
// RUN: graph-opt %s -step-split="max-exits=2" -step-verify-plan | FileCheck %s --check-prefix=EXITS

step.variable @a : tensor<f32>
step.variable @b : tensor<f32>
step.variable @c : tensor<f32>

// A part names few places, and has few ways out, however short it is.
// PLACES-LABEL: func.func @few_operations(
// PLACES-COUNT-2: step.call
// PLACES-NOT:     step.call
// PLACES-LABEL: func.func private @few_operations_part_0(
// PLACES:         step.variable_ref @a
// PLACES:         step.variable_ref @b
// PLACES-NOT:     step.variable_ref
// PLACES-LABEL: func.func private @few_operations_part_1(
// PLACES:         step.variable_ref @c

// EXITS-LABEL: func.func @few_operations(
// EXITS-COUNT-2: step.call
// EXITS-NOT:     step.call
// EXITS-LABEL: func.func private @few_operations_part_0(
// EXITS:         step.check_set @a
// EXITS:         step.check_set @b
// EXITS-NOT:     step.check_set
// EXITS-LABEL: func.func private @few_operations_part_1(
// EXITS:         step.check_set @c
func.func @few_operations() attributes {step.results = [], step.arena_bytes = 0 : i64, step.scratch_slots = 0 : i64} {
  %one = arith.constant 1.0 : f32
  step.check_set @a
  %a = step.variable_ref @a : memref<f32>
  memref.store %one, %a[] : memref<f32>
  step.check_set @b
  %b = step.variable_ref @b : memref<f32>
  memref.store %one, %b[] : memref<f32>
  step.check_set @c
  %c = step.variable_ref @c : memref<f32>
  memref.store %one, %c[] : memref<f32>
  return
}
