// RUN: graph-opt %s -cpu-codegen="cpu=x86-64" | FileCheck %s

func.func private @k(%x: memref<4xf32>, %o: memref<4xf32>) attributes {step.kernel} {
  return
}

// Buffers that change roles are addresses that a branch hands on; a failure
// leaves from inside the loop.
// CHECK-LABEL: llvm.func internal @two_buffers
// CHECK:         llvm.br ^[[HEAD:.*]](%[[A:.*]], %{{.*}} : !llvm.ptr, !llvm.ptr)
// CHECK:       ^[[HEAD]](%[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr):
// CHECK-NEXT:    llvm.cond_br %{{.*}}, ^[[BODY:.*]](%[[X]], %[[Y]] : !llvm.ptr, !llvm.ptr), ^[[END:.*]]
// CHECK:       ^[[BODY]](%[[OLD:.*]]: !llvm.ptr, %[[NEW:.*]]: !llvm.ptr):
// CHECK-NEXT:    llvm.call @k(%{{.*}}, %[[OLD]], %[[NEW]])
// CHECK-NEXT:    llvm.cond_br %{{.*}}, ^[[REST:.*]], ^[[FAIL:bb[0-9]+]]
// CHECK:       ^[[REST]]:
// CHECK-NEXT:    llvm.br ^[[HEAD]](%[[NEW]], %[[OLD]] : !llvm.ptr, !llvm.ptr)
// CHECK:       ^[[END]]:
// CHECK:         "llvm.intr.memmove"(%[[A]], %[[X]],
// CHECK:       ^[[FAIL]]:
// CHECK:         %[[STATUS:.*]] = llvm.call @gcrt_fail
// CHECK-NEXT:    llvm.return %[[STATUS]]
func.func @two_buffers(%x: memref<4xf32>, %b: memref<i1>) attributes {step.results = [], step.arena_bytes = 128 : i64} {
  %c = memref.load %b[] : memref<i1>
  %p = step.arena 0 : memref<4xf32>
  %q = step.arena 64 : memref<4xf32>
  %r:2 = scf.while (%v = %p, %w = %q) : (memref<4xf32>, memref<4xf32>) -> (memref<4xf32>, memref<4xf32>) {
    scf.condition(%c) %v, %w : memref<4xf32>, memref<4xf32>
  } do {
  ^bb0(%v: memref<4xf32>, %w: memref<4xf32>):
    step.launch @k ins(%v : memref<4xf32>) outs(%w : memref<4xf32>)
    step.assert %c, ["no"] {status = 3 : i32}
    scf.yield %w, %v : memref<4xf32>, memref<4xf32>
  }
  memref.copy %r#0, %p : memref<4xf32> to memref<4xf32>
  return
}

// What has to keep its contents says how many bytes they are.
// CHECK-LABEL: llvm.func internal @grow
// CHECK-SAME:    (%[[FRAME:.*]]: !llvm.ptr, %[[N:.*]]: i64, %[[S:.*]]: i64)
// CHECK:         %[[SLOT:.*]] = llvm.trunc %[[S]] : i64 to i32
// CHECK-NEXT:    %[[ZERO:.*]] = llvm.mlir.constant(0
// CHECK:         llvm.call @gcrt_scratch_grow(%[[FRAME]], %[[SLOT]], %{{.*}}, %[[ZERO]]) :
// CHECK:         %[[COUNT:.*]] = llvm.mul %[[N]],
// CHECK:         %[[KEPT:.*]] = llvm.mul %[[COUNT]],
// CHECK:         llvm.call @gcrt_scratch_grow(%[[FRAME]], %{{.*}}, %{{.*}}, %[[KEPT]]) :
func.func private @grow(%n: index, %slot: index) attributes {step.part, step.arena_bytes = 0 : i64} {
  %c1 = arith.constant 1 : index
  %old = step.grow %slot sizes(%n) : memref<?x4xf32>
  %more = arith.addi %n, %c1 : index
  %new = step.grow %slot sizes(%more) keeping(%old : memref<?x4xf32>) : memref<?x4xf32>
  return
}
