// RUN: graph-opt %s -step-describe-kernels | FileCheck %s

#id = affine_map<(i) -> (i)>
#row = affine_map<(i, j) -> (i)>
#all = affine_map<(i, j) -> (i, j)>
#a = affine_map<(i, j, k) -> (i, k)>
#b = affine_map<(i, j, k) -> (k, j)>
#panels = affine_map<(i, j, k) -> (j floordiv 4, k, j mod 4)>
#c = affine_map<(i, j, k) -> (i, j)>
#window = affine_map<(i, k) -> (i + k)>
#taps = affine_map<(i, k) -> (k)>

// Three operations for each of 16 points; a comparison and a choice are none.
// CHECK-LABEL: func.func private @elementwise
// CHECK-SAME:    step.bytes = 128 : i64, step.flops = 48 : i64
// CHECK-SAME:    step.kind = "elementwise"
func.func private @elementwise(%x: memref<16xf32>, %o: memref<16xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<16xf32>) outs(%o : memref<16xf32>) {
  ^bb0(%e: f32, %old: f32):
    %0 = math.exp %e : f32
    %1 = arith.mulf %0, %e : f32
    %2 = arith.negf %1 : f32
    %3 = arith.cmpf olt, %e, %zero : f32
    %4 = arith.select %3, %2, %1 : f32
    linalg.yield %4 : f32
  }
  return
}

// What depends on an open size is not known.
// CHECK-LABEL: func.func private @open_size
// CHECK-SAME:    attributes {step.kernel, step.kind = "elementwise"}
func.func private @open_size(%x: memref<?xf32>, %o: memref<?xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<?xf32>) outs(%o : memref<?xf32>) {
  ^bb0(%e: f32, %old: f32):
    %0 = arith.addf %e, %e : f32
    linalg.yield %0 : f32
  }
  return
}

// Nothing is nothing, however often.
// CHECK-LABEL: func.func private @copy
// CHECK-SAME:    attributes {step.flops = 0 : i64, step.kernel, step.kind = "copy"}
func.func private @copy(%x: memref<?xf32>, %o: memref<?xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<?xf32>) outs(%o : memref<?xf32>) {
  ^bb0(%e: f32, %old: f32):
    linalg.yield %e : f32
  }
  return
}

// CHECK-LABEL: func.func private @fill
// CHECK-SAME:    step.kind = "fill"
func.func private @fill(%o: memref<4xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%o : memref<4xf32>)
  return
}

// CHECK-LABEL: func.func private @reduction
// CHECK-SAME:    step.flops = 32 : i64
// CHECK-SAME:    step.kind = "reduction"
func.func private @reduction(%x: memref<4x8xf32>, %o: memref<4xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%o : memref<4xf32>)
  linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : memref<4x8xf32>) outs(%o : memref<4xf32>) {
  ^bb0(%e: f32, %sum: f32):
    %0 = arith.addf %sum, %e : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func private @product
// CHECK-SAME:    step.bytes = 256 : i64, step.flops = 256 : i64
// CHECK-SAME:    step.kind = "matrix product"
func.func private @product(%a: memref<4x8xf32>, %b: memref<8x4xbf16>, %o: memref<4x4xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : memref<4x8xf32>, memref<8x4xbf16>) outs(%o : memref<4x4xf32>) {
  ^bb0(%l: f32, %r: bf16, %sum: f32):
    %wide = arith.extf %r : bf16 to f32
    %0 = arith.mulf %l, %wide : f32
    %1 = arith.addf %0, %sum : f32
    linalg.yield %1 : f32
  }
  return
}

// CHECK-LABEL: func.func private @packed
// CHECK-SAME:    step.kind = "packed matrix product"
func.func private @packed(%a: memref<4x8xf32>, %b: memref<1x8x4xf32>, %o: memref<4x4xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#a, #panels, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : memref<4x8xf32>, memref<1x8x4xf32>) outs(%o : memref<4x4xf32>) {
  ^bb0(%l: f32, %r: f32, %sum: f32):
    %0 = arith.mulf %l, %r : f32
    %1 = arith.addf %0, %sum : f32
    linalg.yield %1 : f32
  }
  return
}

// CHECK-LABEL: func.func private @convolution
// CHECK-SAME:    step.kind = "convolution"
func.func private @convolution(%x: memref<10xf32>, %w: memref<3xf32>, %o: memref<8xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#window, #taps, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %w : memref<10xf32>, memref<3xf32>) outs(%o : memref<8xf32>) {
  ^bb0(%l: f32, %r: f32, %sum: f32):
    %0 = arith.mulf %l, %r : f32
    %1 = arith.addf %sum, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// A largest element is no sum of products.
// CHECK-LABEL: func.func private @pool
// CHECK-SAME:    step.kind = "window reduction"
func.func private @pool(%x: memref<10xf32>, %w: memref<3xf32>, %o: memref<8xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#window, #taps, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %w : memref<10xf32>, memref<3xf32>) outs(%o : memref<8xf32>) {
  ^bb0(%e: f32, %unused: f32, %max: f32):
    %0 = arith.maximumf %max, %e : f32
    linalg.yield %0 : f32
  }
  return
}

// A loop of known length, whose branch counts as the heavier one.
// CHECK-LABEL: func.func private @loops
// CHECK-SAME:    step.flops = 20 : i64
// CHECK-SAME:    step.kind = "loops"
func.func private @loops(%x: memref<10xf32>, %flag: i1, %o: memref<10xf32>) attributes {step.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c10 = arith.constant 10 : index
  scf.for %i = %c0 to %c10 step %c1 {
    %e = memref.load %x[%i] : memref<10xf32>
    %r = scf.if %flag -> f32 {
      %0 = arith.mulf %e, %e : f32
      %1 = arith.addf %0, %e : f32
      scf.yield %1 : f32
    } else {
      %2 = arith.negf %e : f32
      scf.yield %2 : f32
    }
    memref.store %r, %o[%i] : memref<10xf32>
  }
  return
}

// A step is no kernel.
// CHECK-LABEL: func.func @step
// CHECK-NOT:     step.kind
func.func @step() attributes {step.results = []} {
  return
}
