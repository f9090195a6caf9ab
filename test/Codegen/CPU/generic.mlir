// RUN: graph-opt %s -cpu-emit-kernels -cse -split-input-file | FileCheck %s

// A body that loads from a computed place: one element at a time.
// CHECK-LABEL: llvm.func internal @gather
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             %[[I:.*]] = llvm.load {{.*}} -> i32
// CHECK:             arith.index_cast %[[I]]
// CHECK:             llvm.load {{.*}} -> f32
// CHECK:             llvm.store {{.*}} : f32, !llvm.ptr
func.func private @gather(%x: memref<9x4xf32>, %i: memref<3xi32>, %c: memref<3x4xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%i : memref<3xi32>) outs(%c : memref<3x4xf32>) {
  ^bb0(%k: i32, %z: f32):
    %row = arith.index_cast %k : i32 to index
    %column = linalg.index 1 : index
    %v = memref.load %x[%row, %column] : memref<9x4xf32>
    linalg.yield %v : f32
  }
  return
}

// -----

// Integer division traps in lanes that are not used, so it has none.
// CHECK-LABEL: llvm.func internal @integer_division
// CHECK-NOT:     vector
// CHECK:         arith.divsi {{.*}} : i32
#id = affine_map<(i) -> (i)>
func.func private @integer_division(%a: memref<9xi32>, %b: memref<9xi32>, %c: memref<9xi32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%a, %b : memref<9xi32>, memref<9xi32>) outs(%c : memref<9xi32>) {
  ^bb0(%x: i32, %y: i32, %z: i32):
    %s = arith.divsi %x, %y : i32
    linalg.yield %s : i32
  }
  return
}

// -----

// The values of a reduction that no vector form fits stay in registers.
// CHECK-LABEL: llvm.func internal @arg_max
// CHECK:         scf.for
// CHECK:           %[[V:.*]] = llvm.load {{.*}} -> f32
// CHECK:           %[[I:.*]] = llvm.load {{.*}} -> i64
// CHECK:           %[[R:.*]]:2 = scf.for {{.*}} iter_args(%{{.*}} = %[[V]], %{{.*}} = %[[I]]) -> (f32, i64)
// CHECK:           llvm.store %[[R]]#0
// CHECK:           llvm.store %[[R]]#1
#ij = affine_map<(i, j) -> (i, j)>
#i = affine_map<(i, j) -> (i)>
func.func private @arg_max(%x: memref<3x5xf32>, %v: memref<3xf32>, %p: memref<3xi64>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#ij, #i, #i], iterator_types = ["parallel", "reduction"]} ins(%x : memref<3x5xf32>) outs(%v, %p : memref<3xf32>, memref<3xi64>) {
  ^bb0(%e: f32, %best: f32, %at: i64):
    %j = linalg.index 1 : index
    %n = arith.index_cast %j : index to i64
    %c = arith.cmpf ogt, %e, %best : f32
    %s = arith.select %c, %e, %best : f32
    %t = arith.select %c, %n, %at : i64
    linalg.yield %s, %t : f32, i64
  }
  return
}

// -----

// Loops and memory operations of a kernel outside of linalg.
// CHECK-LABEL: llvm.func internal @loops
// CHECK-SAME:    %[[X:[a-z0-9]*]]: !llvm.ptr, %[[N:[a-z0-9]*]]: i64, %[[C:[a-z0-9]*]]: !llvm.ptr)
// CHECK:         %[[END:.*]] = arith.index_cast %[[N]] : i64 to index
// CHECK:         scf.for %{{.*}} = %{{.*}} to %[[END]]
// CHECK:           llvm.load
// CHECK:           llvm.call @lgammaf(%{{.*}}) : (f32) -> f32
// CHECK:         llvm.store
func.func private @lgammaf(f32) -> f32
func.func private @loops(%x: memref<?xf32>, %c: memref<f32>) attributes {step.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %n = memref.dim %x, %c0 : memref<?xf32>
  %sum = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero) -> f32 {
    %v = memref.load %x[%i] : memref<?xf32>
    %l = func.call @lgammaf(%v) : (f32) -> f32
    %t = arith.addf %s, %l : f32
    scf.yield %t : f32
  }
  memref.store %sum, %c[] : memref<f32>
  return
}
