// RUN: graph-opt %s -cpu-emit-kernels -cse -split-input-file | FileCheck %s

// A loop with enough work is a function of a range. The kernel runs it itself
// where there is little to do; else the values it uses go through a closure.
// CHECK: llvm.func @gcrt_parallel_for(!llvm.ptr, i64, i64, !llvm.ptr, !llvm.ptr)
// CHECK-LABEL: llvm.func internal @large_range_0(
// CHECK-SAME:    %[[LO:.*]]: i64, %[[HI:.*]]: i64, %[[N:.*]]: i64, %[[A:.*]]: !llvm.ptr {llvm.noalias}, %[[C:.*]]: !llvm.ptr)
// CHECK:         scf.for %{{.*}} = %[[LO]] to %[[HI]]
// CHECK-LABEL: llvm.func internal @large_range_0_closure(
// CHECK-SAME:    %[[CLOSURE:.*]]: !llvm.ptr, %[[LO:.*]]: i64, %[[HI:.*]]: i64)
// CHECK:         llvm.getelementptr %[[CLOSURE]][0, 0]
// CHECK:         llvm.getelementptr %[[CLOSURE]][0, 2]
// CHECK:         llvm.call @large_range_0(%[[LO]], %[[HI]]
// CHECK-LABEL: llvm.func internal @large(
// CHECK-SAME:    %[[FRAME:.*]]: !llvm.ptr, %{{.*}}: !llvm.ptr {llvm.noalias}
// CHECK:         %[[MANY:.*]] = arith.cmpi sgt, %[[COUNT:.*]], %[[GRAIN:.*]] : i64
// CHECK:         scf.if %[[MANY]] {
// CHECK:           %[[BODY:.*]] = llvm.mlir.addressof @large_range_0_closure
// CHECK:           llvm.call @gcrt_parallel_for(%[[FRAME]], %[[COUNT]], %[[GRAIN]], %[[BODY]], %{{.*}})
// CHECK:         } else {
// CHECK:           llvm.call @large_range_0(
#id = affine_map<(i) -> (i)>
func.func private @large(%a: memref<?xf32> {llvm.noalias}, %c: memref<?xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : memref<?xf32>) outs(%c : memref<?xf32>) {
  ^bb0(%x: f32, %z: f32):
    %s = arith.negf %x : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A kernel of loops shares its outer one in the same way.
// CHECK-LABEL: llvm.func internal @rows_range_0(
// CHECK:         scf.for
// CHECK-LABEL: llvm.func internal @rows(
// CHECK:         llvm.call @gcrt_parallel_for
// CHECK:         llvm.return
func.func private @rows(%a: memref<?x?xf32>, %c: memref<?xf32>) attributes {step.kernel} {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %rows = memref.dim %a, %zero : memref<?x?xf32>
  scf.parallel (%i) = (%zero) to (%rows) step (%one) {
    %x = memref.load %a[%i, %zero] : memref<?x?xf32>
    memref.store %x, %c[%i] : memref<?xf32>
    scf.reduce
  }
  return
}

// -----

// Little work, known at compile time: no function, no call.
// CHECK-NOT: gcrt_parallel_for
// CHECK-NOT: llvm.call
#id = affine_map<(i, j) -> (i, j)>
func.func private @small(%a: memref<10x10xf32>, %c: memref<10x10xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, #id], iterator_types = ["parallel", "parallel"]} ins(%a : memref<10x10xf32>) outs(%c : memref<10x10xf32>) {
  ^bb0(%x: f32, %z: f32):
    linalg.yield %x : f32
  }
  return
}
