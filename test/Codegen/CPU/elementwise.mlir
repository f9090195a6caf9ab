// RUN: graph-opt %s -cpu-emit-kernels="vector-bytes=32" -cse -split-input-file | FileCheck %s
// RUN: graph-opt %s -cpu-emit-kernels="vector-bytes=64 masks=true" -cse -split-input-file | FileCheck %s --check-prefix=MASKS

// Whole vectors, then the rest: one by one, or under a mask.
// CHECK-LABEL: llvm.func internal @add(
// CHECK-SAME:    %{{.*}}: !llvm.ptr, %[[A:.*]]: !llvm.ptr, %[[B:.*]]: !llvm.ptr, %[[C:.*]]: !llvm.ptr)
// CHECK:         scf.for
// CHECK:           llvm.load {{.*}} : !llvm.ptr -> vector<8xf32>
// CHECK:           arith.addf {{.*}} : vector<8xf32>
// CHECK:           llvm.store {{.*}} : vector<8xf32>
// CHECK:         scf.for
// CHECK:           arith.addf {{.*}} : f32
// MASKS-LABEL: llvm.func internal @add(
// MASKS:         scf.for
// MASKS:           arith.addf {{.*}} : vector<16xf32>
// MASKS-NOT:     scf.for
// MASKS:         vector.create_mask
// MASKS:         llvm.intr.masked.load
// MASKS:         llvm.intr.masked.store
#id = affine_map<(i) -> (i)>
func.func private @add(%a: memref<37xf32>, %b: memref<37xf32>, %c: memref<37xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%a, %b : memref<37xf32>, memref<37xf32>) outs(%c : memref<37xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Loops that every operand walks as one are one: no rest of a row is left.
// CHECK-LABEL: llvm.func internal @merged_loops
// CHECK:         scf.for
// CHECK:           vector<8xf32>
// CHECK-NOT:     scf.for
#id = affine_map<(i, j) -> (i, j)>
func.func private @merged_loops(%a: memref<16x3xf32>, %c: memref<16x3xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : memref<16x3xf32>) outs(%c : memref<16x3xf32>) {
  ^bb0(%x: f32, %z: f32):
    %s = arith.negf %x : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// What the inner loop does not move is loaded once, before it; a scalar of the
// kernel is spread over the lanes.
// CHECK-LABEL: llvm.func internal @invariant
// CHECK:         scf.for
// CHECK:           %[[ROW:.*]] = llvm.load {{.*}} -> f32
// CHECK:           scf.for
// CHECK:             llvm.load {{.*}} -> vector<8xf32>
// CHECK:             vector.broadcast %[[ROW]] : f32 to vector<8xf32>
// CHECK:             vector.broadcast %{{.*}} : f32 to vector<8xf32>
func.func private @invariant(%a: memref<4x16xf32>, %b: memref<4xf32>, %f: f32, %c: memref<4x16xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%a, %b : memref<4x16xf32>, memref<4xf32>) outs(%c : memref<4x16xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %s = arith.addf %x, %y : f32
    %t = arith.mulf %s, %f : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// Arithmetic on half types is f32 arithmetic, rounded each time; booleans are
// bytes in memory.
// CHECK-LABEL: llvm.func internal @half
// CHECK:         llvm.load {{.*}} -> vector<8xi16>
// CHECK:         llvm.load {{.*}} -> vector<8xi8>
// CHECK:         arith.addf {{.*}} : vector<8xf32>
// CHECK:         arith.truncf {{.*}} : vector<8xf32> to vector<8xbf16>
// CHECK:         arith.mulf {{.*}} : vector<8xf32>
#id = affine_map<(i) -> (i)>
func.func private @half(%a: memref<8xbf16>, %p: memref<8xi1>, %c: memref<8xbf16>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%a, %p : memref<8xbf16>, memref<8xi1>) outs(%c : memref<8xbf16>) {
  ^bb0(%x: bf16, %q: i1, %z: bf16):
    %s = arith.addf %x, %x : bf16
    %t = arith.mulf %s, %x : bf16
    %u = arith.select %q, %t, %x : bf16
    linalg.yield %u : bf16
  }
  return
}

// -----

// The number of a loop, in lanes where it is the loop on vectors.
// CHECK-LABEL: llvm.func internal @index
// CHECK:         vector.step : vector<4xindex>
#id = affine_map<(i, j) -> (i, j)>
func.func private @index(%c: memref<3x8xi64>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]} outs(%c : memref<3x8xi64>) {
  ^bb0(%z: i64):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %s = arith.addi %i, %j : index
    %t = arith.index_cast %s : index to i64
    linalg.yield %t : i64
  }
  return
}
