// RUN: graph-opt %s -step-plan-memory -step-verify-plan -split-input-file | FileCheck %s
//
// Where variables are read and written: nothing is copied unless somebody would
// notice.

step.variable @v : tensor<4xf32> = dense<0.0> : tensor<4xf32>
func.func private @kernel_0(%v: memref<4xf32>, %g: memref<4xf32>, %o: memref<4xf32>) attributes {step.kernel} {
  linalg.sub ins(%v, %g : memref<4xf32>, memref<4xf32>) outs(%o : memref<4xf32>)
  return
}

// The old value is read element by element, by the kernel that writes the new.
// CHECK:       func.func private @kernel_0
// CHECK-SAME:    step.in_place
// CHECK-LABEL: @updates_in_place
// CHECK-SAME:    %[[G:.*]]: memref<4xf32>
// CHECK:         %[[V:.*]] = step.variable_ref @v
// CHECK-NEXT:    step.launch @kernel_0 ins(%[[V]], %[[G]] : {{.*}}) outs(%[[V]] :
// CHECK-NEXT:    return
func.func @updates_in_place(%g: tensor<4xf32>) {
  %v = step.load @v : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %0 = step.launch @kernel_0 ins(%v, %g : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  step.store %0, @v : tensor<4xf32>
  return
}

// CHECK-LABEL: @old_value_is_needed_after_the_kernel
// CHECK:         step.launch @kernel_0 {{.*}} outs(%[[NEW:[0-9]*]] :
// CHECK:         step.launch @kernel_0 ins(%[[V:[0-9]*]],
// CHECK:         memref.copy %[[NEW]], %{{.*}}
func.func @old_value_is_needed_after_the_kernel(%g: tensor<4xf32>) -> tensor<4xf32> {
  %v = step.load @v : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %0 = step.launch @kernel_0 ins(%v, %g : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = step.launch @kernel_0 ins(%v, %0 : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  step.store %0, @v : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: @snapshot_outlives_a_store
// CHECK:         %[[V:.*]] = step.variable_ref @v
// CHECK-NEXT:    %[[OUT:.*]] = step.output 0
// CHECK-NEXT:    memref.copy %[[V]], %[[OUT]]
// CHECK:         step.launch
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @snapshot_outlives_a_store(%g: tensor<4xf32>) -> tensor<4xf32> {
  %v = step.load @v : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %0 = step.launch @kernel_0 ins(%g, %g : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  step.store %0, @v : tensor<4xf32>
  return %v : tensor<4xf32>
}

// The assertion may fail: until then the variable must keep its value.
// CHECK-LABEL: @assertion_before_the_store
// CHECK:         %[[PLACE:.*]] = step.arena 0
// CHECK:         step.launch @kernel_0 {{.*}} outs(%[[PLACE]] :
// CHECK:         step.assert
// CHECK:         memref.copy %[[PLACE]]
func.func @assertion_before_the_store(%g: tensor<4xf32>, %c: tensor<i1>) {
  %v = step.load @v : tensor<4xf32>
  %ok = tensor.extract %c[] : tensor<i1>
  %e = tensor.empty() : tensor<4xf32>
  %0 = step.launch @kernel_0 ins(%v, %g : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  step.assert %ok, ["no"] {status = 3 : i32}
  step.store %0, @v : tensor<4xf32>
  return
}

// The second load sees what the first store left, and not what comes next.
// CHECK-LABEL: @load_between_stores
// CHECK:         %[[V:.*]] = step.variable_ref @v
// CHECK:         step.launch @kernel_0 {{.*}} outs(%[[V]] :
// CHECK:         %[[COPY:.*]] = step.output 0
// CHECK:         memref.copy %[[V]], %[[COPY]]
// CHECK:         step.launch @kernel_0 ins(%[[COPY]],
func.func @load_between_stores(%g: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = step.launch @kernel_0 ins(%g, %g : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  step.store %0, @v : tensor<4xf32>
  %v = step.load @v : tensor<4xf32>
  %1 = step.launch @kernel_0 ins(%v, %g : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  step.store %1, @v : tensor<4xf32>
  return %v : tensor<4xf32>
}

// A load between kernel and store must see the old value.
// CHECK-LABEL: @load_between_kernel_and_store
// CHECK:         step.launch @kernel_0 {{.*}} outs(%[[NEW:[0-9]*]] :
// CHECK:         %[[V:.*]] = step.variable_ref @v
// CHECK:         step.launch @kernel_0 ins(%[[V]],
// CHECK:         memref.copy %[[NEW]]
func.func @load_between_kernel_and_store(%g: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = step.launch @kernel_0 ins(%g, %g : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %v = step.load @v : tensor<4xf32>
  %1 = step.launch @kernel_0 ins(%v, %g : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  step.store %0, @v : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: @storing_the_own_value_does_nothing
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @storing_the_own_value_does_nothing() {
  %v = step.load @v : tensor<4xf32>
  step.store %v, @v : tensor<4xf32>
  return
}

// -----

step.variable @a : tensor<4xf32> = dense<0.0> : tensor<4xf32>
step.variable @b : tensor<4xf32> = dense<0.0> : tensor<4xf32>

// CHECK-LABEL: @swap
// CHECK:         %[[A:.*]] = step.variable_ref @a
// CHECK:         %[[COPY:.*]] = step.arena 0
// CHECK:         memref.copy %[[A]], %[[COPY]]
// CHECK:         %[[B:.*]] = step.variable_ref @b
// CHECK:         memref.copy %[[B]], %{{.*}}
// CHECK:         memref.copy %[[COPY]], %{{.*}}
func.func @swap() {
  %a = step.load @a : tensor<4xf32>
  %b = step.load @b : tensor<4xf32>
  step.store %b, @a : tensor<4xf32>
  step.store %a, @b : tensor<4xf32>
  return
}

// A snapshot that has to be copied is copied where it is stored next.
// CHECK-LABEL: @snapshot_moves_to_another_variable
// CHECK:         %[[A:.*]] = step.variable_ref @a
// CHECK:         %[[B:.*]] = step.variable_ref @b
// CHECK:         memref.copy %[[A]], %[[B]]
// CHECK:         step.print {{.*}}(%[[B]])
func.func @snapshot_moves_to_another_variable(%x: tensor<4xf32>) {
  %a = step.load @a : tensor<4xf32>
  step.store %a, @b : tensor<4xf32>
  step.store %x, @a : tensor<4xf32>
  step.print [0](%a) : tensor<4xf32> {stream = "stderr", style = "format"}
  return
}

// -----

step.variable @v : tensor<4x4xf32> = dense<0.0> : tensor<4x4xf32>
func.func private @kernel_0(%v: memref<4x4xf32>, %o: memref<4x4xf32>) attributes {step.kernel} {
  linalg.transpose ins(%v : memref<4x4xf32>) outs(%o : memref<4x4xf32>) permutation = [1, 0]
  return
}
// A transposition reads elements that it has overwritten.
// CHECK:       func.func private @kernel_0
// CHECK-SAME:    %{{.*}}: memref<4x4xf32>, %{{.*}}: memref<4x4xf32> {llvm.noalias}
// CHECK-NOT:     step.in_place
// CHECK-LABEL: @transposition_is_not_in_place
// CHECK:         step.launch @kernel_0 {{.*}} outs(%[[NEW:[0-9]*]] :
// CHECK:         memref.copy %[[NEW]]
func.func @transposition_is_not_in_place() {
  %v = step.load @v : tensor<4x4xf32>
  %e = tensor.empty() : tensor<4x4xf32>
  %0 = step.launch @kernel_0 ins(%v : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  step.store %0, @v : tensor<4x4xf32>
  return
}

// -----

step.variable @v : tensor<f32>

// A scalar is a register between load and store. Once checked or stored, the
// variable is set.
// CHECK-LABEL: @scalar_in_a_register
// CHECK:         step.check_set @v
// CHECK:         %[[V:.*]] = memref.load %{{.*}}[]
// CHECK:         %[[W:.*]] = arith.addf %[[V]], %[[V]]
// CHECK:         memref.store %[[W]], %{{.*}}[]
// CHECK-NOT:     step.check_set
// CHECK-NOT:     step.mark_set
// CHECK:         %[[X:.*]] = memref.load %{{.*}}[]
// CHECK:         memref.store %{{.*}}, %{{.*}}[]
// CHECK:         arith.mulf %[[X]], %[[V]]
func.func @scalar_in_a_register() -> tensor<f32> {
  %0 = step.load @v : tensor<f32>
  %a = tensor.extract %0[] : tensor<f32>
  %b = arith.addf %a, %a : f32
  %1 = tensor.from_elements %b : tensor<f32>
  step.store %1, @v : tensor<f32>
  %2 = step.load @v : tensor<f32>
  step.store %1, @v : tensor<f32>
  %c = tensor.extract %2[] : tensor<f32>
  %d = arith.mulf %c, %a : f32
  %3 = tensor.from_elements %d : tensor<f32>
  return %3 : tensor<f32>
}

// A constant comes from a register, too, unless something wants it in memory.
// CHECK-LABEL: @scalar_constant
// CHECK:         %[[W:.*]] = step.weight
// CHECK:         step.print [0](%[[W]])
// CHECK:         %[[TWO:.*]] = arith.constant 2.000000e+00 : f32
// CHECK:         memref.store %[[TWO]], %{{.*}}[]
// CHECK-NOT:     step.weight
// CHECK:         %[[THREE:.*]] = arith.constant 3.000000e+00 : f32
// CHECK:         memref.store %[[THREE]], %{{.*}}[]
// CHECK:         return
func.func @scalar_constant() {
  %0 = arith.constant dense<2.0> : tensor<f32>
  step.print [0](%0) : tensor<f32> {stream = "stderr", style = "format"}
  step.store %0, @v : tensor<f32>
  %1 = arith.constant dense<3.0> : tensor<f32>
  step.store %1, @v : tensor<f32>
  return
}

// CHECK-LABEL: @first_store_marks
// CHECK:         memref.store
// CHECK-NEXT:    step.mark_set @v
// CHECK:         memref.store
// CHECK-NOT:     step.mark_set
// CHECK:         return
func.func @first_store_marks(%x: tensor<f32>) {
  %a = tensor.extract %x[] : tensor<f32>
  %0 = tensor.from_elements %a : tensor<f32>
  step.store %0, @v : tensor<f32>
  step.store %0, @v : tensor<f32>
  return
}

// -----

step.variable @v : tensor<f32>

// A check without a load counts as one, and is one too many after another.
// CHECK-LABEL: @check_without_load
// CHECK-NEXT:    step.check_set @v
// CHECK-NOT:     step.check_set
// CHECK:         return
func.func @check_without_load() -> tensor<f32> {
  step.check_set @v
  step.check_set @v
  %0 = step.load @v : tensor<f32>
  return %0 : tensor<f32>
}
