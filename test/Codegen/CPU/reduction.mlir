// RUN: graph-opt %s -cpu-emit-kernels="vector-bytes=32" -cse -split-input-file | FileCheck %s

// Along rows: four accumulators, which a fill starts; the maximum of a NaN is
// NaN.
// CHECK-LABEL: llvm.func internal @row_maximum
// CHECK-NOT:     llvm.store
// CHECK:         scf.for
// CHECK:           %[[MANY:.*]]:4 = scf.for
// CHECK-COUNT-4:     arith.maximumf {{.*}} : vector<8xf32>
// CHECK-COUNT-3:   arith.maximumf {{.*}} : vector<8xf32>
// CHECK:           scf.for
// CHECK:             arith.maximumf {{.*}} : vector<8xf32>
// CHECK:           vector.shuffle
// CHECK:           arith.maximumf {{.*}} : vector<4xf32>
// CHECK:           arith.maximumf {{.*}} : vector<2xf32>
// CHECK:           arith.maximumf {{.*}} : vector<1xf32>
// CHECK:           scf.for
// CHECK:             arith.maximumf {{.*}} : f32
// CHECK:           llvm.store {{.*}} : f32
func.func private @row_maximum(%a: memref<4x100xf32>, %c: memref<4xf32>) attributes {step.kernel} {
  %low = arith.constant 0xFF800000 : f32
  linalg.fill ins(%low : f32) outs(%c : memref<4xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%a : memref<4x100xf32>) outs(%c : memref<4xf32>) {
  ^bb0(%x: f32, %y: f32):
    %s = arith.maximumf %x, %y : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Across rows: vectors of columns. Sums of f32 are added in f64 block by block.
// CHECK-LABEL: llvm.func internal @column_sum
// CHECK:         scf.for {{.*}} -> (vector<8xf64>, vector<8xf64>)
// CHECK:           scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>)
// CHECK-COUNT-2:     arith.addf {{.*}} : vector<8xf32>
// CHECK:           arith.extf {{.*}} : vector<8xf32> to vector<8xf64>
// CHECK:           arith.addf {{.*}} : vector<8xf64>
// CHECK:         arith.truncf {{.*}} : vector<8xf64> to vector<8xf32>
func.func private @column_sum(%a: memref<300x16xf32>, %c: memref<16xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<16xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]} ins(%a : memref<300x16xf32>) outs(%c : memref<16xf32>) {
  ^bb0(%x: f32, %y: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// To one number: chunks, whose number depends on the length only, are shared by
// the threads; then the partial results are added in order.
// CHECK-LABEL: llvm.func internal @full_sum_range_0(
// CHECK:         llvm.store {{.*}} : f64
// CHECK-LABEL: llvm.func internal @full_sum(
// CHECK:         llvm.call @gcrt_parallel_for
// CHECK:         scf.for {{.*}} -> (f64)
// CHECK:           llvm.load {{.*}} -> f64
// CHECK:         llvm.store {{.*}} : f32
func.func private @full_sum(%a: memref<?x?xf32>, %c: memref<f32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<f32>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%a : memref<?x?xf32>) outs(%c : memref<f32>) {
  ^bb0(%x: f32, %y: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Without a fill the output's value is where the reduction begins; f16 is
// accumulated in f32.
// CHECK-LABEL: llvm.func internal @half_sum
// CHECK:         llvm.load {{.*}} -> f16
// CHECK:         arith.addf {{.*}} : vector<8xf32>
// CHECK:         arith.truncf {{.*}} : f32 to f16
func.func private @half_sum(%a: memref<4x64xf16>, %c: memref<4xf16>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%a : memref<4x64xf16>) outs(%c : memref<4xf16>) {
  ^bb0(%x: f16, %y: f16):
    %s = arith.addf %x, %y : f16
    linalg.yield %s : f16
  }
  return
}

// -----

// A part of an output keeps the sum, although here only the next operation
// reads it.
// CHECK-LABEL: llvm.func internal @part_of_output
// CHECK:         llvm.store %[[SUM:.*]], %{{.*}} : f32
// CHECK:         llvm.store {{.*}} : f32
func.func private @part_of_output(%a: memref<100xf32>, %sum: memref<4xf32>, %root: memref<f32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  %part = memref.subview %sum[2] [1] [1] : memref<4xf32> to memref<f32, strided<[], offset: 2>>
  linalg.fill ins(%zero : f32) outs(%part : memref<f32, strided<[], offset: 2>>)
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]} ins(%a : memref<100xf32>) outs(%part : memref<f32, strided<[], offset: 2>>) {
  ^bb0(%x: f32, %y: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%part : memref<f32, strided<[], offset: 2>>) outs(%root : memref<f32>) {
  ^bb0(%x: f32, %y: f32):
    %s = math.sqrt %x : f32
    linalg.yield %s : f32
  }
  return
}
