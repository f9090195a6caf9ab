// RUN: graph-opt %s -step-split=max-ops=3 -step-verify-plan | FileCheck %s
//
// Sizes of variables of open shape cross a cut as numbers; each part asks for the
// place itself, and gets the same one.

step.variable @v : tensor<?x2xf32>
func.func private @kernel(memref<?x2xf32>, memref<?x2xf32>) attributes {step.kernel}

// CHECK-LABEL: func.func private @grows_part_0(
// CHECK:         %[[N:.*]] = step.variable_size @v 0
// CHECK:         %[[SUM:.*]] = arith.addi %[[N]],
// CHECK:         memref.store %[[SUM]], %{{.*}}[] : memref<index>
// CHECK:         %[[PLACE:.*]] = step.resize_variable @v sizes(%[[SUM]])
// CHECK:         step.launch @kernel ins(%{{.*}}) outs(%[[PLACE]] :

// CHECK-LABEL: func.func private @grows_part_1(
// CHECK:         %[[SUM:.*]] = memref.load %{{.*}}[] : memref<index>
// CHECK:         %[[SAME:.*]] = step.resize_variable @v sizes(%[[SUM]])
// CHECK:         memref.copy %[[SAME]],
func.func @grows(%x: memref<?x2xf32>) attributes {step.results = [{name = "y", type = tensor<?x2xf32>}], step.arena_bytes = 0 : i64} {
  %n = step.variable_size @v 0
  %c0 = arith.constant 0 : index
  %m = memref.dim %x, %c0 : memref<?x2xf32>
  %sum = arith.addi %n, %m : index
  %place = step.resize_variable @v sizes(%sum) : memref<?x2xf32>
  step.launch @kernel ins(%x : memref<?x2xf32>) outs(%place : memref<?x2xf32>)
  %out = step.output 0 sizes(%sum) : memref<?x2xf32>
  memref.copy %place, %out : memref<?x2xf32> to memref<?x2xf32>
  return
}
