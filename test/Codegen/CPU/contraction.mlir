// RUN: graph-opt %s -cpu-emit-kernels="vector-bytes=64 vector-registers=32 masks=true" -cse -split-input-file | FileCheck %s

// A tile of 6 rows by 4 vectors in registers; the epilogue before the store.
// CHECK-LABEL: llvm.func internal @dense
// CHECK-NOT:     llvm.store
// CHECK:         scf.for
// CHECK:           %[[TILE:.*]]:24 = scf.for
// CHECK-COUNT-4:     llvm.load {{.*}} -> vector<16xf32>
// CHECK-NOT:         vector<16xf32>{{$}}
// CHECK:             math.fma
// CHECK:           arith.addf %[[TILE]]#0, %{{.*}} : vector<16xf32>
// CHECK-NEXT:      arith.maximumf
// CHECK:           llvm.store
func.func private @dense(%a: memref<6x8xf32>, %b: memref<8x64xf32>, %bias: memref<64xf32>, %c: memref<6x64xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<6x64xf32>)
  linalg.matmul ins(%a, %b : memref<6x8xf32>, memref<8x64xf32>) outs(%c : memref<6x64xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%bias : memref<64xf32>) outs(%c : memref<6x64xf32>) {
  ^bb0(%x: f32, %y: f32):
    %s = arith.addf %y, %x : f32
    %t = arith.maximumf %s, %zero : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// With many rows the columns of a task are copied first; a long reduction goes
// panel by panel, with partial results in the output.
// CHECK-LABEL: llvm.func internal @panels_range_0(
// CHECK:         llvm.alloca %{{.*}} x i8 {alignment = 64 : i64}
// CHECK:         scf.for
// CHECK:           %[[FIRST:.*]] = arith.cmpi eq
// CHECK:           %[[LAST:.*]] = arith.cmpi eq
// CHECK:           scf.if %[[COPY:.*]] {
// CHECK:             llvm.store
// CHECK:           arith.select %[[COPY]], %{{.*}}, %{{.*}} : !llvm.ptr
// CHECK:           scf.for
// CHECK:             scf.if %[[FIRST]]
// CHECK:             math.fma
// CHECK:             scf.if %[[LAST]]
func.func private @panels(%a: memref<500x3000xf32>, %b: memref<3000x700xf32>, %c: memref<500x700xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<500x700xf32>)
  linalg.matmul ins(%a, %b : memref<500x3000xf32>, memref<3000x700xf32>) outs(%c : memref<500x700xf32>)
  return
}

// -----

// A convolution whose channels are innermost: the same tiles. A row of the
// window and its channels are one loop.
// CHECK-LABEL: llvm.func internal @convolution
// CHECK:         scf.for {{.*}} to %c3_i64 {{.*}} vector<16xf32>
// CHECK:           scf.for {{.*}} to %c9_i64 {{.*}} vector<16xf32>
// CHECK:             math.fma {{.*}} : vector<16xf32>
func.func private @convolution(%x: memref<1x6x6x3xf32>, %w: memref<3x3x3x16xf32>, %c: memref<1x4x4x16xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<1x4x4x16xf32>)
  linalg.conv_2d_nhwc_hwcf ins(%x, %w : memref<1x6x6x3xf32>, memref<3x3x3x16xf32>) outs(%c : memref<1x4x4x16xf32>)
  return
}
