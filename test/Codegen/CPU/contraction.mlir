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

// -----

// A right operand in panels: rows are copied group by group of four steps; a
// tile of 14 rows by 2 vectors reads them and the panel without gaps. The rest
// of the columns is stored under a mask, which the products do without.
// CHECK-LABEL: llvm.func internal @packed_range_0(
// CHECK:         %[[ROWS:.*]] = llvm.alloca %{{.*}} x i8 {alignment = 64 : i64}
// CHECK:         scf.for
// CHECK-COUNT-14:  llvm.load {{.*}} -> vector<4xf32>
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             %[[TILE:.*]]:28 = scf.for
// CHECK-COUNT-2:       llvm.load {{.*}} -> vector<16xf32>
// CHECK-NOT:           llvm.intr.masked.load
// CHECK-COUNT-112:     math.fma
// CHECK:             llvm.store
// CHECK-NOT:     llvm.intr.masked.load
// CHECK:         llvm.intr.masked.store
#a = affine_map<(m, n, k) -> (m, k)>
#panels = affine_map<(m, n, k) -> (n floordiv 32, k, n mod 32)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func private @packed(%a: memref<140x512xf32>, %b: memref<13x512x32xf32>, %c: memref<140x410xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<140x410xf32>)
  linalg.generic {indexing_maps = [#a, #panels, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<140x512xf32>, memref<13x512x32xf32>) outs(%c : memref<140x410xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %t = arith.addf %s, %p : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// One row: tiles go over two panels, so that sums need not wait for each other.
// CHECK-LABEL: llvm.func internal @packed_row
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-4:     llvm.load {{.*}} -> vector<16xf32>
#a = affine_map<(m, n, k) -> (m, k)>
#panels = affine_map<(m, n, k) -> (n floordiv 32, k, n mod 32)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func private @packed_row(%a: memref<1x64xf32>, %b: memref<4x64x32xf32>, %c: memref<1x128xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<1x128xf32>)
  linalg.generic {indexing_maps = [#a, #panels, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<1x64xf32>, memref<4x64x32xf32>) outs(%c : memref<1x128xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %t = arith.addf %s, %p : f32
    linalg.yield %t : f32
  }
  return
}
