// RUN: graph-opt %s -step-split=max-ops=6 -step-verify-plan | FileCheck %s

func.func private @k(%x: memref<4xf32>, %o: memref<4xf32>) attributes {step.kernel} {
  return
}

// A loop moves as a whole, and what takes the place that it ends with goes with
// it; what it carries of scalars crosses to the next part.
// CHECK-LABEL: func.func @loop
// CHECK-COUNT-3: step.call
// CHECK-LABEL: func.func private @loop_part_1
// CHECK:         %[[R:.*]]:3 = scf.while
// CHECK:         memref.store %[[R]]#0, %{{.*}} : memref<i64>
// CHECK:         memref.copy %[[R]]#1,
// CHECK-NEXT:    return
// CHECK-LABEL: func.func private @loop_part_2
// CHECK:         %[[N:.*]] = memref.load %{{.*}} : memref<i64>
// CHECK:         memref.store %[[N]],
func.func @loop(%x: memref<4xf32>, %b: memref<i1>, %n: memref<i64>) attributes {step.results = [{name = "n", type = tensor<i64>}], step.arena_bytes = 128 : i64, step.scratch_slots = 0 : i64} {
  %p = step.arena 0 : memref<4xf32>
  %q = step.arena 64 : memref<4xf32>
  step.launch @k ins(%x : memref<4xf32>) outs(%p : memref<4xf32>)
  step.launch @k ins(%x : memref<4xf32>) outs(%q : memref<4xf32>)
  step.launch @k ins(%x : memref<4xf32>) outs(%p : memref<4xf32>)
  %start = memref.load %n[] : memref<i64>
  %r:3 = scf.while (%i = %start, %v = %p, %w = %q) : (i64, memref<4xf32>, memref<4xf32>) -> (i64, memref<4xf32>, memref<4xf32>) {
    %c = memref.load %b[] : memref<i1>
    scf.condition(%c) %i, %v, %w : i64, memref<4xf32>, memref<4xf32>
  } do {
  ^bb0(%i: i64, %v: memref<4xf32>, %w: memref<4xf32>):
    step.launch @k ins(%v : memref<4xf32>) outs(%w : memref<4xf32>)
    %next = arith.addi %i, %i : i64
    scf.yield %next, %w, %v : i64, memref<4xf32>, memref<4xf32>
  }
  memref.copy %r#1, %p : memref<4xf32> to memref<4xf32>
  step.launch @k ins(%p : memref<4xf32>) outs(%q : memref<4xf32>)
  %o = step.output 0 : memref<i64>
  memref.store %r#0, %o[] : memref<i64>
  return
}

// No cut comes between a loop and the last that takes a place from it.
// CHECK-LABEL: func.func @two_places
// CHECK-COUNT-2: step.call
// CHECK-LABEL: func.func private @two_places_part_0
// CHECK:         %[[R:.*]]:2 = scf.while
// CHECK:         memref.copy %[[R]]#1,
// CHECK:         memref.copy %[[R]]#0,
// CHECK-NEXT:    return
func.func @two_places(%x: memref<4xf32>, %b: memref<i1>) attributes {step.results = [], step.arena_bytes = 256 : i64, step.scratch_slots = 0 : i64} {
  %p = step.arena 0 : memref<4xf32>
  %q = step.arena 64 : memref<4xf32>
  %s = step.arena 128 : memref<4xf32>
  %r:2 = scf.while (%v = %p, %w = %q) : (memref<4xf32>, memref<4xf32>) -> (memref<4xf32>, memref<4xf32>) {
    %c = memref.load %b[] : memref<i1>
    scf.condition(%c) %v, %w : memref<4xf32>, memref<4xf32>
  } do {
  ^bb0(%v: memref<4xf32>, %w: memref<4xf32>):
    scf.yield %w, %v : memref<4xf32>, memref<4xf32>
  }
  memref.copy %r#1, %s : memref<4xf32> to memref<4xf32>
  step.launch @k ins(%x : memref<4xf32>) outs(%s : memref<4xf32>)
  step.launch @k ins(%x : memref<4xf32>) outs(%s : memref<4xf32>)
  memref.copy %r#0, %s : memref<4xf32> to memref<4xf32>
  step.launch @k ins(%x : memref<4xf32>) outs(%s : memref<4xf32>)
  step.launch @k ins(%x : memref<4xf32>) outs(%s : memref<4xf32>)
  return
}
