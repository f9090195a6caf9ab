// RUN: graph-opt %s -cpu-codegen="cpu=x86-64 mark-launches=true" | FileCheck %s

// The module says what the numbers of launches stand for.
// CHECK: module attributes {step.launches = [
// CHECK-SAME: {bytes = 32 : i64, flops = 8 : i64, kernel = "kernel_0", kind = "elementwise", nodes = ["first", "fused"]},
// CHECK-SAME: {bytes = 32 : i64, flops = 0 : i64, kernel = "copy", kind = "copy", nodes = ["kept"]},
// CHECK-SAME: {bytes = 32 : i64, flops = 8 : i64, kernel = "kernel_0", kind = "elementwise", nodes = ["second"]}]}

// Before each launch a call that is profiled tells so, and before a print that
// none is running.
// CHECK-LABEL: llvm.func internal @main(
// CHECK-SAME:    %[[FRAME:.*]]: !llvm.ptr)
// CHECK:         llvm.br ^[[BODY:.*]]
// CHECK:       ^[[BODY]]:
// CHECK:         %[[PLACE:.*]] = llvm.getelementptr %[[FRAME]][7]
// CHECK:         %[[PROFILE:.*]] = llvm.load %[[PLACE]]
// CHECK:         %[[OFF:.*]] = llvm.icmp "eq" %[[PROFILE]]
// CHECK:         llvm.cond_br %[[OFF]] weights([2000, 1]), ^[[GO:.*]], ^[[MARK:.*]]
// CHECK:       ^[[GO]]:
// CHECK:         llvm.call @kernel_0
// CHECK:         llvm.cond_br %{{.*}} weights([2000, 1]), ^[[COPY:.*]], ^[[MARK_COPY:.*]]
// CHECK:       ^[[COPY]]:
// CHECK:         "llvm.intr.memmove"
// CHECK:         llvm.cond_br %{{.*}} weights([2000, 1]), ^[[PRINT:.*]], ^[[MARK_PRINT:.*]]
// CHECK:       ^[[PRINT]]:
// CHECK:         llvm.call @gcrt_print
// CHECK:         llvm.call @kernel_0
// CHECK:       ^[[MARK]]:
// CHECK:         %[[ZERO:.*]] = llvm.mlir.constant(0 : i32)
// CHECK:         llvm.call @gcrt_mark(%[[FRAME]], %[[ZERO]])
// CHECK:         llvm.br ^[[GO]]
// CHECK:       ^[[MARK_COPY]]:
// CHECK:         %[[ONE:.*]] = llvm.mlir.constant(1 : i32)
// CHECK:         llvm.call @gcrt_mark(%[[FRAME]], %[[ONE]])
// CHECK:       ^[[MARK_PRINT]]:
// CHECK:         %[[NONE:.*]] = llvm.mlir.constant(-1 : i32)
// CHECK:         llvm.call @gcrt_mark(%[[FRAME]], %[[NONE]])
#id = affine_map<(i) -> (i)>
func.func private @kernel_0(%x: memref<4xf32>, %o: memref<4xf32>)
    attributes {step.kernel, step.kind = "elementwise", step.flops = 8 : i64, step.bytes = 32 : i64} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<4xf32>) outs(%o : memref<4xf32>) {
  ^bb0(%e: f32, %old: f32):
    linalg.yield %e : f32
  }
  return
}
func.func @main(%x: memref<4xf32> {graph.name = "x"}) attributes {step.results = [], step.arena_bytes = 128 : i64} {
  %a = step.arena 0 : memref<4xf32>
  step.launch @kernel_0 ins(%x : memref<4xf32>) outs(%a : memref<4xf32>) loc(fused["first"("graph":1:0), "fused"("graph":2:0)])
  %b = step.arena 64 : memref<4xf32>
  memref.copy %a, %b : memref<4xf32> to memref<4xf32> loc("kept"("graph":3:0))
  step.print ["on"] {stream = "stderr", style = "summary"}
  step.launch @kernel_0 ins(%b : memref<4xf32>) outs(%a : memref<4xf32>) loc("second"("graph":4:0))
  return
}
