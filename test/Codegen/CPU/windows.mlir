// RUN: graph-opt %s -cpu-emit-kernels="vector-bytes=64 vector-registers=32 masks=true" -cse -split-input-file | FileCheck %s

// Tiles of 6 windows by 4 vectors. Where all windows lie inside, a row of taps
// and their channels are one loop; at the border each row has an address for
// each tap, of its elements or of zeros. Above and below, only the rows of taps
// that lie inside are walked. The epilogue works on registers.
// CHECK-LABEL: llvm.func internal @convolution_range_0(
// CHECK:         %[[ZEROS:.*]] = llvm.alloca %{{.*}} x i8 {alignment = 64 : i64}
// CHECK:         llvm.store %{{.*}}, %{{.*}} : vector<16xf32>, !llvm.ptr
// CHECK:         %[[BEFORE:.*]] = arith.subi %c1_i64, %{{.*}} : i64
// CHECK:         %[[FIRST:.*]] = arith.maxsi %[[BEFORE]], %c0_i64
// CHECK:         %[[END:.*]] = arith.minsi %{{.*}}, %c3_i64
// CHECK:         scf.if
// CHECK:           scf.for %{{.*}} = %[[FIRST]] to %[[END]] {{.*}} iter_args
// CHECK:             %[[TILE:.*]]:24 = scf.for %{{.*}} = %c0_i64 to %c192_i64 step %c4_i64
// CHECK-NOT:           arith.select
// CHECK-COUNT-96:      math.fma
// CHECK:           arith.addf {{.*}} : vector<16xf32>
// CHECK-NEXT:      arith.maximumf
// CHECK-NEXT:      llvm.getelementptr
// CHECK-NEXT:      llvm.store
// CHECK:         } else {
// CHECK:           scf.for %{{.*}} = %[[FIRST]] to %[[END]] {{.*}} iter_args
// CHECK:             scf.for %{{.*}} = %c0_i64 to %c3_i64
// CHECK:               %[[INSIDE:.*]] = arith.cmpi ult
// CHECK:               arith.select %[[INSIDE]], %{{.*}}, %[[ZEROS]] : !llvm.ptr
// CHECK-COUNT-5:       arith.select %{{.*}}, %{{.*}}, %[[ZEROS]] : !llvm.ptr
// CHECK:               scf.for %{{.*}} = %c0_i64 to %c64_i64 step %c4_i64
#x = affine_map<(n, h, w, q, i, j, c) -> (n, h + i, w + j, c)>
#f = affine_map<(n, h, w, q, i, j, c) -> (q floordiv 32, i, j, c, q mod 32)>
#y = affine_map<(n, h, w, q, i, j, c) -> (n, h, w, q)>
#bias = affine_map<(n, h, w, q) -> (q)>
#id = affine_map<(n, h, w, q) -> (n, h, w, q)>
func.func private @convolution(%x: memref<?x56x56x64xf32>, %w: memref<2x3x3x64x32xf32>, %b: memref<64xf32>, %y: memref<?x56x56x64xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %c58 = arith.constant 58 : index
  linalg.fill ins(%zero : f32) outs(%y : memref<?x56x56x64xf32>)
  %p = step.padded %x dims [1, 2] at(%c1, %c1) sizes(%c58, %c58) : memref<?x56x56x64xf32> -> memref<?x58x58x64xf32>
  linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %w : memref<?x58x58x64xf32>, memref<2x3x3x64x32xf32>) outs(%y : memref<?x56x56x64xf32>) {
  ^bb0(%a: f32, %v: f32, %s: f32):
    %m = arith.mulf %a, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  }
  linalg.generic {indexing_maps = [#bias, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%b : memref<64xf32>) outs(%y : memref<?x56x56x64xf32>) {
  ^bb0(%v: f32, %s: f32):
    %t = arith.addf %s, %v : f32
    %u = arith.maximumf %t, %zero : f32
    linalg.yield %u : f32
  }
  return
}

// -----

// Of a narrow image every tile is at the border.
// CHECK-LABEL: llvm.func internal @narrow
// CHECK-NOT:     scf.if
// CHECK:         arith.select %{{.*}}, %{{.*}}, %{{.*}} : !llvm.ptr
#x = affine_map<(n, h, w, q, i, j, c) -> (n, h + i, w + j, c)>
#f = affine_map<(n, h, w, q, i, j, c) -> (i, j, c, q)>
#y = affine_map<(n, h, w, q, i, j, c) -> (n, h, w, q)>
func.func private @narrow(%x: memref<1x4x4x8xf32>, %w: memref<3x3x8x16xf32>, %y: memref<1x4x4x16xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  linalg.fill ins(%zero : f32) outs(%y : memref<1x4x4x16xf32>)
  %p = step.padded %x dims [1, 2] at(%c1, %c1) sizes(%c6, %c6) : memref<1x4x4x8xf32> -> memref<1x6x6x8xf32>
  linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %w : memref<1x6x6x8xf32>, memref<3x3x8x16xf32>) outs(%y : memref<1x4x4x16xf32>) {
  ^bb0(%a: f32, %v: f32, %s: f32):
    %m = arith.mulf %a, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// Depthwise, with an open width: vectors of channels, which a tap's weights are
// loaded for once.
// CHECK-LABEL: llvm.func internal @depthwise
// CHECK:         scf.if
// CHECK:           scf.for %{{.*}} = %c0_i64 to %c3_i64 step %c3_i64
// CHECK-COUNT-4:     llvm.load {{.*}} -> vector<16xf32>
// CHECK:             math.fma {{.*}} : vector<16xf32>
// CHECK:         } else {
// CHECK:             arith.select %{{.*}}, %{{.*}}, %{{.*}} : !llvm.ptr
#x = affine_map<(n, h, w, q, i, j) -> (n, h + i, w + j, q)>
#f = affine_map<(n, h, w, q, i, j) -> (i, j, q)>
#y = affine_map<(n, h, w, q, i, j) -> (n, h, w, q)>
func.func private @depthwise(%x: memref<1x9x?x32xf32>, %w: memref<3x3x32xf32>, %size: index, %y: memref<1x9x?x32xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %c11 = arith.constant 11 : index
  linalg.fill ins(%zero : f32) outs(%y : memref<1x9x?x32xf32>)
  %p = step.padded %x dims [1, 2] at(%c1, %c1) sizes(%c11, %size) : memref<1x9x?x32xf32> -> memref<1x11x?x32xf32>
  linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%p, %w : memref<1x11x?x32xf32>, memref<3x3x32xf32>) outs(%y : memref<1x9x?x32xf32>) {
  ^bb0(%a: f32, %v: f32, %s: f32):
    %m = arith.mulf %a, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// The gradient of a filter: for each tap, the windows that have it inside.
// CHECK-LABEL: llvm.func internal @filter_gradient
// CHECK-NOT:     arith.select %{{.*}} : !llvm.ptr
// CHECK:         %[[BEFORE:.*]] = arith.subi %c1_i64, %{{.*}} : i64
// CHECK:         %[[FIRST:.*]] = arith.maxsi %[[BEFORE]], %c0_i64
// CHECK:         %[[END:.*]] = arith.minsi %{{.*}}, %c7_i64
// CHECK:         scf.for %{{.*}} = %c0_i64 to %c2_i64 {{.*}} vector<16xf32>
// CHECK:           scf.for %{{.*}} = %[[FIRST]] to %[[END]] {{.*}} vector<16xf32>
// CHECK:             math.fma
#x = affine_map<(j, c, q, n, w) -> (n, w + j, c)>
#g = affine_map<(j, c, q, n, w) -> (n, w, q)>
#f = affine_map<(j, c, q, n, w) -> (j, c, q)>
func.func private @filter_gradient(%x: memref<2x7x4xf32>, %g: memref<2x7x16xf32>, %w: memref<3x4x16xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  linalg.fill ins(%zero : f32) outs(%w : memref<3x4x16xf32>)
  %p = step.padded %x dims [1] at(%c1) sizes(%c9) : memref<2x7x4xf32> -> memref<2x9x4xf32>
  linalg.generic {indexing_maps = [#x, #g, #f], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%p, %g : memref<2x9x4xf32>, memref<2x7x16xf32>) outs(%w : memref<3x4x16xf32>) {
  ^bb0(%a: f32, %v: f32, %s: f32):
    %m = arith.mulf %a, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// A long one, over all images, goes block by block of them, with partial results
// in the output.
// CHECK-LABEL: llvm.func internal @long_filter_gradient_range_0(
// CHECK:         scf.for %[[BEGIN:.*]] = %c0_i64 to %{{.*}} step %c113_i64
// CHECK:           %[[BLOCK:.*]] = arith.addi %[[BEGIN]], %c113_i64
// CHECK:           %[[END:.*]] = arith.minsi %{{.*}}, %[[BLOCK]]
// CHECK:           %[[FIRST:.*]] = arith.cmpi eq, %[[BEGIN]], %c0_i64
// CHECK:           %[[LAST:.*]] = arith.cmpi eq, %[[END]], %{{.*}}
// CHECK:           scf.if %[[FIRST]]
// CHECK:           scf.for %{{.*}} = %[[N:.*]] to %{{.*}} step %c1_i64
// CHECK:             math.fma
// CHECK:           scf.if %[[LAST]]
#x = affine_map<(j, c, q, n, w) -> (n, w + j, c)>
#g = affine_map<(j, c, q, n, w) -> (n, w, q)>
#f = affine_map<(j, c, q, n, w) -> (j, c, q)>
func.func private @long_filter_gradient(%x: memref<?x9x64xf32>, %g: memref<?x9x64xf32>, %w: memref<3x64x64xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %c11 = arith.constant 11 : index
  linalg.fill ins(%zero : f32) outs(%w : memref<3x64x64xf32>)
  %p = step.padded %x dims [1] at(%c1) sizes(%c11) : memref<?x9x64xf32> -> memref<?x11x64xf32>
  linalg.generic {indexing_maps = [#x, #g, #f], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%p, %g : memref<?x11x64xf32>, memref<?x9x64xf32>) outs(%w : memref<3x64x64xf32>) {
  ^bb0(%a: f32, %v: f32, %s: f32):
    %m = arith.mulf %a, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// A window along the vectors has no tile: each element is loaded where it is
// inside.
// CHECK-LABEL: llvm.func internal @channels_first
// CHECK-NOT:     vector<
// CHECK:         %[[INSIDE:.*]] = arith.cmpi ult
// CHECK:         scf.if %[[INSIDE]] -> (f32)
// CHECK:           llvm.getelementptr
// CHECK-NEXT:    llvm.load
// CHECK:         arith.mulf
#x = affine_map<(q, w, j, c) -> (c, w + j)>
#f = affine_map<(q, w, j, c) -> (q, c, j)>
#y = affine_map<(q, w, j, c) -> (q, w)>
func.func private @channels_first(%x: memref<4x16xf32>, %w: memref<8x4x3xf32>, %y: memref<8x16xf32>) attributes {step.kernel} {
  %c1 = arith.constant 1 : index
  %c18 = arith.constant 18 : index
  %p = step.padded %x dims [1] at(%c1) sizes(%c18) : memref<4x16xf32> -> memref<4x18xf32>
  linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%p, %w : memref<4x18xf32>, memref<8x4x3xf32>) outs(%y : memref<8x16xf32>) {
  ^bb0(%a: f32, %v: f32, %s: f32):
    %m = arith.mulf %a, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  }
  return
}
