// RUN: graph-opt %s -step-plan-memory -step-verify-plan -split-input-file | FileCheck %s
// Kernels that go on from contents of their outputs.

func.func private @fill(%o: memref<16xf32>) attributes {step.kernel} {
  %c = arith.constant 0.0 : f32
  linalg.fill ins(%c : f32) outs(%o : memref<16xf32>)
  return
}
func.func private @step(%i: memref<i64>, %o: memref<16xf32>) attributes {step.kernel} {
  return
}

// What nothing else needs is changed where it is, up to the output.
// CHECK-LABEL: @in_place
// CHECK-SAME:    step.arena_bytes = 0
// CHECK-NEXT:    %[[OUT:.*]] = step.output 0
// CHECK-NEXT:    step.launch @fill outs(%[[OUT]] :
// CHECK-NEXT:    step.launch @step {{.*}} outs(%[[OUT]] :
// CHECK-NEXT:    step.launch @step {{.*}} outs(%[[OUT]] :
// CHECK-NEXT:    return
func.func @in_place(%i: tensor<i64>) -> tensor<16xf32> {
  %e = tensor.empty() : tensor<16xf32>
  %0 = step.launch @fill outs(%e : tensor<16xf32>) -> tensor<16xf32>
  %1 = step.launch @step ins(%i : tensor<i64>) outs(%0 : tensor<16xf32>) -> tensor<16xf32>
  %2 = step.launch @step ins(%i : tensor<i64>) outs(%1 : tensor<16xf32>) -> tensor<16xf32>
  return %2 : tensor<16xf32>
}

// What is needed later, and what is not the step's to change, is copied.
// CHECK-LABEL: @copied
// CHECK-SAME:    %[[X:.*]]: memref<16xf32>, %{{.*}}: memref<i64>
// CHECK:         %[[A:.*]] = step.output 0
// CHECK-NEXT:    memref.copy %[[X]], %[[A]]
// CHECK-NEXT:    step.launch @step {{.*}} outs(%[[A]] :
// CHECK:         %[[B:.*]] = step.output 1
// CHECK-NEXT:    memref.copy %[[A]], %[[B]]
// CHECK-NEXT:    step.launch @step {{.*}} outs(%[[B]] :
func.func @copied(%x: tensor<16xf32>, %i: tensor<i64>) -> (tensor<16xf32>, tensor<16xf32>) {
  %0 = step.launch @step ins(%i : tensor<i64>) outs(%x : tensor<16xf32>) -> tensor<16xf32>
  %1 = step.launch @step ins(%i : tensor<i64>) outs(%0 : tensor<16xf32>) -> tensor<16xf32>
  return %0, %1 : tensor<16xf32>, tensor<16xf32>
}

// -----

func.func private @step(%i: memref<i64>, %o: memref<16xf32>) attributes {step.kernel} {
  return
}
step.variable @v : tensor<16xf32> = dense<0.0> : tensor<16xf32>

// A variable is changed in place: nothing is copied.
// CHECK-LABEL: @in_variable
// CHECK:         %[[V:.*]] = step.variable_ref @v
// CHECK-NOT:     memref.copy
// CHECK:         step.launch @step {{.*}} outs(
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @in_variable(%i: tensor<i64>) {
  %0 = step.load @v : tensor<16xf32>
  %1 = step.launch @step ins(%i : tensor<i64>) outs(%0 : tensor<16xf32>) -> tensor<16xf32>
  step.store %1, @v : tensor<16xf32>
  return
}

// The old value is the result: the kernel works on a copy.
// CHECK-LABEL: @old_value_of_variable
// CHECK:         %[[V:.*]] = step.variable_ref @v
// CHECK:         memref.copy %[[V]], %[[COPY:.*]] :
// CHECK:         step.launch @step {{.*}} outs(%[[COPY]] :
func.func @old_value_of_variable(%i: tensor<i64>) -> tensor<16xf32> {
  %0 = step.load @v : tensor<16xf32>
  %1 = step.launch @step ins(%i : tensor<i64>) outs(%0 : tensor<16xf32>) -> tensor<16xf32>
  return %1 : tensor<16xf32>
}

// -----

func.func private @fill(%o: memref<?xf32>) attributes {step.kernel} {
  return
}
func.func private @step(%i: memref<?xf32>, %o: memref<?xf32>) attributes {step.kernel} {
  return
}

// Sizes that depend on the data have slots too. An operand that is read beside
// the output does not share its place.
// CHECK-LABEL: @open_sizes
// CHECK:         %[[N:.*]] = arith.index_cast
// CHECK:         %[[A:.*]] = step.scratch 0 sizes(%[[N]])
// CHECK-NEXT:    step.launch @fill outs(%[[A]] :
// CHECK:         %[[OUT:.*]] = step.output 0 sizes(%[[N]])
// CHECK-NEXT:    memref.copy %[[A]], %[[OUT]]
// CHECK-NEXT:    step.launch @step ins(%[[A]] : {{.*}} outs(%[[OUT]] :
func.func @open_sizes(%size: tensor<i64>) -> tensor<?xf32> {
  %count = tensor.extract %size[] : tensor<i64>
  %n = arith.index_cast %count : i64 to index
  %e = tensor.empty(%n) : tensor<?xf32>
  %0 = step.launch @fill outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %1 = step.launch @step ins(%0 : tensor<?xf32>) outs(%0 : tensor<?xf32>) -> tensor<?xf32>
  return %1 : tensor<?xf32>
}

// The sizes of an argument are those of what goes on from it.
// CHECK-LABEL: @argument
// CHECK-SAME:    %[[X:.*]]: memref<?xf32>, %[[Y:.*]]: memref<?xf32>
// CHECK:         %[[N:.*]] = memref.dim %[[X]]
// CHECK:         %[[A:.*]] = step.scratch 0 sizes(%[[N]])
// CHECK-NEXT:    memref.copy %[[X]], %[[A]]
// CHECK-NEXT:    step.launch @step ins(%[[Y]] : {{.*}} outs(%[[A]] :
// CHECK:         step.output 0
func.func @argument(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %0 = step.launch @step ins(%y : tensor<?xf32>) outs(%x : tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
