// RUN: graph-opt %s -cpu-lower-step=poison-arena | FileCheck %s

// A step starts with its whole arena poisoned; what it uses is addressable.
// CHECK-LABEL: llvm.func internal @main(
// CHECK:         %[[BYTES:.*]] = arith.constant 192 : i64
// CHECK:         llvm.call @__asan_poison_memory_region(%[[ARENA:.*]], %[[BYTES]])
// CHECK:         %[[PLACE:.*]] = llvm.getelementptr %[[ARENA]]
// CHECK:         %[[SIZE:.*]] = arith.constant 12 : i64
// CHECK:         llvm.call @__asan_unpoison_memory_region(%[[PLACE]], %[[SIZE]])
func.func @main() attributes {step.results = [], step.arena_bytes = 192 : i64} {
  %0 = step.arena 64 : memref<3xf32>
  return
}

// A part finds the arena as its step left it.
// CHECK-LABEL: llvm.func internal @part(
// CHECK-NOT:     @__asan_poison_memory_region
// CHECK:         llvm.call @__asan_unpoison_memory_region
func.func @part() attributes {step.part, step.arena_bytes = 192 : i64} {
  %0 = step.arena 64 : memref<3xf32>
  return
}
