// RUN: graph-opt %s -step-split=max-ops=4 -step-verify-plan | FileCheck %s

step.variable @v : tensor<f32> = dense<0.0> : tensor<f32>

// What is left of a very long step, a call of each part, is cut again.
// CHECK-LABEL: func.func @very_long_step()
// CHECK-NEXT:    step.call @[[FIRST:.*]]()
// CHECK-NEXT:    step.call @[[SECOND:.*]]()
// CHECK-NEXT:    return

// CHECK:       func.func private @[[FIRST]]() attributes {{.*}}step.part
// CHECK-NEXT:    step.call @very_long_step_part_0()
// CHECK-NEXT:    step.call @very_long_step_part_1()
// CHECK-NEXT:    step.call @very_long_step_part_2()
// CHECK-NEXT:    step.call @very_long_step_part_3()
// CHECK-NEXT:    return

// CHECK:       func.func private @[[SECOND]]() attributes {{.*}}step.part
// CHECK-NEXT:    step.call @very_long_step_part_4()
// CHECK-NEXT:    return
func.func @very_long_step() attributes {step.results = [], step.arena_bytes = 0 : i64, step.scratch_slots = 0 : i64} {
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  step.mark_set @v
  return
}
