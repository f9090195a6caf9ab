// RUN: graph-opt %s -step-plan-memory -step-verify-plan -split-input-file | FileCheck %s
//
// Variables of open shape: a store makes them as large as the value.

step.variable @v : tensor<?x2xf32> = dense<0.0> : tensor<1x2xf32>
func.func private @kernel_0(%v: memref<?x2xf32>, %g: memref<?x2xf32>, %o: memref<?x2xf32>) attributes {step.kernel} {
  linalg.sub ins(%v, %g : memref<?x2xf32>, memref<?x2xf32>) outs(%o : memref<?x2xf32>)
  return
}

// The sizes stay the same, and so does the place.
// CHECK-LABEL: @updates_in_place
// CHECK:         %[[N:.*]] = step.variable_size @v 0
// CHECK:         %[[OLD:.*]] = step.variable_ref @v sizes(%[[N]]) : memref<?x2xf32>
// CHECK:         %[[NEW:.*]] = step.resize_variable @v sizes(%[[N]]) : memref<?x2xf32>
// CHECK:         step.launch @kernel_0 ins(%[[OLD]], {{.*}}) outs(%[[NEW]] :
// CHECK-NEXT:    return
func.func @updates_in_place(%g: tensor<?x2xf32>) {
  %c0 = arith.constant 0 : index
  %v = step.load @v : tensor<?x2xf32>
  %n = tensor.dim %v, %c0 : tensor<?x2xf32>
  %e = tensor.empty(%n) : tensor<?x2xf32>
  %0 = step.launch @kernel_0 ins(%v, %g : tensor<?x2xf32>, tensor<?x2xf32>) outs(%e : tensor<?x2xf32>) -> tensor<?x2xf32>
  step.store %0, @v : tensor<?x2xf32>
  return
}

// What nobody reads any more is written over, in whatever size.
// CHECK-LABEL: @replaces
// CHECK-SAME:    %[[G:[a-z0-9]*]]: memref<?x2xf32>
// CHECK:         %[[N:.*]] = memref.dim %[[G]]
// CHECK:         %[[NEW:.*]] = step.resize_variable @v sizes(%[[N]])
// CHECK:         step.launch @kernel_0 ins(%[[G]], %[[G]] {{.*}}) outs(%[[NEW]] :
// CHECK-NEXT:    return
func.func @replaces(%g: tensor<?x2xf32>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %g, %c0 : tensor<?x2xf32>
  %e = tensor.empty(%n) : tensor<?x2xf32>
  %0 = step.launch @kernel_0 ins(%g, %g : tensor<?x2xf32>, tensor<?x2xf32>) outs(%e : tensor<?x2xf32>) -> tensor<?x2xf32>
  step.store %0, @v : tensor<?x2xf32>
  return
}

// -----

step.variable @v : tensor<?x2xf32> = dense<0.0> : tensor<1x2xf32>
func.func private @append(%v: memref<?x2xf32>, %g: memref<?x2xf32>, %o: memref<?x2xf32>) attributes {step.kernel} {
  return
}

// The kernel may read any row of the old value while it writes the new one.
// CHECK-LABEL: @grows
// CHECK:         %[[N:.*]] = step.variable_size @v 0
// CHECK:         %[[OLD:.*]] = step.variable_ref @v sizes(%[[N]])
// CHECK:         %[[SUM:.*]] = arith.addi %[[N]],
// CHECK:         %[[NEW:.*]] = step.scratch 0 sizes(%[[SUM]])
// CHECK:         step.launch @append ins(%[[OLD]], {{.*}}) outs(%[[NEW]] :
// CHECK:         %[[PLACE:.*]] = step.resize_variable @v sizes(%[[SUM]])
// CHECK:         memref.copy %[[NEW]], %[[PLACE]]
func.func @grows(%g: tensor<?x2xf32>) {
  %c0 = arith.constant 0 : index
  %v = step.load @v : tensor<?x2xf32>
  %n = tensor.dim %v, %c0 : tensor<?x2xf32>
  %m = tensor.dim %g, %c0 : tensor<?x2xf32>
  %sum = arith.addi %n, %m : index
  %e = tensor.empty(%sum) : tensor<?x2xf32>
  %0 = step.launch @append ins(%v, %g : tensor<?x2xf32>, tensor<?x2xf32>) outs(%e : tensor<?x2xf32>) -> tensor<?x2xf32>
  step.store %0, @v : tensor<?x2xf32>
  return
}

// A snapshot that is needed longer is copied, in the sizes that it has.
// CHECK-LABEL: @snapshot
// CHECK:         %[[N:.*]] = step.variable_size @v 0
// CHECK:         %[[OLD:.*]] = step.variable_ref @v sizes(%[[N]])
// CHECK:         %[[COPY:.*]] = step.scratch 0 sizes(%[[N]])
// CHECK:         memref.copy %[[OLD]], %[[COPY]]
// CHECK:         step.resize_variable @v
// CHECK:         %[[OUT:.*]] = step.output 0 sizes(%[[N]])
// CHECK:         memref.copy %[[COPY]], %[[OUT]]
func.func @snapshot(%g: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %v = step.load @v : tensor<?x2xf32>
  step.store %g, @v : tensor<?x2xf32>
  return %v : tensor<?x2xf32>
}

// A value of fixed shape is stored like any other.
// CHECK-LABEL: @fixed_value
// CHECK:         %[[THREE:.*]] = arith.constant 3 : index
// CHECK:         %[[PLACE:.*]] = step.resize_variable @v sizes(%[[THREE]])
// CHECK:         memref.copy %{{.*}}, %[[PLACE]]
func.func @fixed_value(%x: tensor<3x2xf32>) {
  %0 = tensor.cast %x : tensor<3x2xf32> to tensor<?x2xf32>
  step.store %0, @v : tensor<?x2xf32>
  return
}

// -----

step.variable @v : tensor<?x?xf32> = dense<0.0> : tensor<1x2xf32>

// The variable's own value in another shape stays where it is.
// CHECK-LABEL: @reshaped
// CHECK:         step.variable_ref @v
// CHECK-NOT:     memref.copy
// CHECK:         step.resize_variable @v sizes(%{{.*}}, %{{.*}})
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @reshaped(%m: tensor<2xindex>) {
  %v = step.load @v : tensor<?x?xf32>
  %0 = tensor.reshape %v(%m) : (tensor<?x?xf32>, tensor<2xindex>) -> tensor<?x?xf32>
  step.store %0, @v : tensor<?x?xf32>
  return
}
