// RUN: graph-opt %s -step-pack-constants -step-verify-kernels -split-input-file | FileCheck %s

// A constant right factor comes in panels of 32 columns; what it is multiplied
// with stays as it is. One kernel for the constant, one for the input.
// CHECK:       #[[PANELS:.*]] = affine_map<(d0, d1, d2) -> (d1 floordiv 32, d2, d1 mod 32)>
// CHECK-LABEL: @constant_right_factor
// CHECK:         %[[W:.*]] = arith.constant #step.panels<dense<1.000000e+00> : tensor<3x40xf32>, dim = 1, width = 32> : tensor<2x3x32xf32>
// CHECK:         step.launch @kernel_0_packed ins(%{{.*}}, %[[W]] : tensor<5x3xf32>, tensor<2x3x32xf32>)
// CHECK:         step.launch @kernel_0 ins(%{{.*}}, %{{.*}} : tensor<5x3xf32>, tensor<3x40xf32>)
func.func @constant_right_factor(%x: tensor<5x3xf32>, %y: tensor<3x40xf32>) -> (tensor<5x40xf32>, tensor<5x40xf32>) {
  %w = arith.constant dense<1.0> : tensor<3x40xf32>
  %e = tensor.empty() : tensor<5x40xf32>
  %0 = step.launch @kernel_0 ins(%x, %w : tensor<5x3xf32>, tensor<3x40xf32>) outs(%e : tensor<5x40xf32>) -> tensor<5x40xf32>
  %1 = step.launch @kernel_0 ins(%x, %y : tensor<5x3xf32>, tensor<3x40xf32>) outs(%e : tensor<5x40xf32>) -> tensor<5x40xf32>
  return %0, %1 : tensor<5x40xf32>, tensor<5x40xf32>
}
// CHECK:       func.func private @kernel_0(%{{.*}}: memref<5x3xf32>, %{{.*}}: memref<3x40xf32>, %{{.*}}: memref<5x40xf32>)
// CHECK:       func.func private @kernel_0_packed(%[[A:.*]]: memref<5x3xf32>, %[[B:.*]]: memref<2x3x32xf32>, %{{.*}}: memref<5x40xf32>)
// CHECK:         linalg.generic {indexing_maps = [#{{.*}}, #[[PANELS]], #{{.*}}]
// CHECK-SAME:      ins(%[[A]], %[[B]] : memref<5x3xf32>, memref<2x3x32xf32>)
func.func private @kernel_0(%a: memref<5x3xf32>, %b: memref<3x40xf32>, %c: memref<5x40xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<5x40xf32>)
  linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<5x3xf32>, memref<3x40xf32>) outs(%c : memref<5x40xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %t = arith.addf %s, %p : f32
    linalg.yield %t : f32
  }
  return
}


// -----

// A transposed factor, and batches: panels come first, then the batch. Few
// columns fill one panel up to whole vectors. The accumulator is f32.
// CHECK-LABEL: @transposed_and_batched
// CHECK-DAG:     arith.constant #step.panels<dense<1.000000e+00> : tensor<2x10x3xbf16>, dim = 1, width = 16> : tensor<1x2x3x16xbf16>
func.func @transposed_and_batched(%x: tensor<2x?x3xbf16>, %m: index) -> tensor<2x?x10xf32> {
  %w = arith.constant dense<1.0> : tensor<2x10x3xbf16>
  %e = tensor.empty(%m) : tensor<2x?x10xf32>
  %0 = step.launch @kernel_0 ins(%x, %w : tensor<2x?x3xbf16>, tensor<2x10x3xbf16>) outs(%e : tensor<2x?x10xf32>) -> tensor<2x?x10xf32>
  return %0 : tensor<2x?x10xf32>
}
// The kernel without a constant has no launch any more.
// CHECK-NOT:   @kernel_0(
// CHECK:       @kernel_0_packed(
func.func private @kernel_0(%a: memref<2x?x3xbf16>, %b: memref<2x10x3xbf16>, %c: memref<2x?x10xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, n, k)>, affine_map<(b, m, n, k) -> (b, m, n)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<2x?x3xbf16>, memref<2x10x3xbf16>) outs(%c : memref<2x?x10xf32>) {
  ^bb0(%x: bf16, %y: bf16, %s: f32):
    %x32 = arith.extf %x : bf16 to f32
    %y32 = arith.extf %y : bf16 to f32
    %p = arith.mulf %x32, %y32 : f32
    %t = arith.addf %s, %p : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// As they are: a factor without the columns, one of two columns, and one that
// is a panel already.
// CHECK-LABEL: @not_packed
// CHECK-NOT:     #step.panels
// CHECK:         return
func.func @not_packed(%x: tensor<3x40xf32>, %y: tensor<5x3xf32>) -> (tensor<5x40xf32>, tensor<5x2xf32>, tensor<5x32xf32>) {
  %a = arith.constant dense<1.0> : tensor<5x3xf32>
  %e = tensor.empty() : tensor<5x40xf32>
  %0 = step.launch @left ins(%a, %x : tensor<5x3xf32>, tensor<3x40xf32>) outs(%e : tensor<5x40xf32>) -> tensor<5x40xf32>
  %b = arith.constant dense<1.0> : tensor<3x2xf32>
  %f = tensor.empty() : tensor<5x2xf32>
  %1 = step.launch @narrow ins(%y, %b : tensor<5x3xf32>, tensor<3x2xf32>) outs(%f : tensor<5x2xf32>) -> tensor<5x2xf32>
  %c = arith.constant dense<1.0> : tensor<3x32xf32>
  %g = tensor.empty() : tensor<5x32xf32>
  %2 = step.launch @panel ins(%y, %c : tensor<5x3xf32>, tensor<3x32xf32>) outs(%g : tensor<5x32xf32>) -> tensor<5x32xf32>
  return %0, %1, %2 : tensor<5x40xf32>, tensor<5x2xf32>, tensor<5x32xf32>
}
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func private @left(%a: memref<5x3xf32>, %b: memref<3x40xf32>, %c: memref<5x40xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<5x3xf32>, memref<3x40xf32>) outs(%c : memref<5x40xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %t = arith.addf %s, %p : f32
    linalg.yield %t : f32
  }
  return
}
func.func private @narrow(%a: memref<5x3xf32>, %b: memref<3x2xf32>, %c: memref<5x2xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<5x3xf32>, memref<3x2xf32>) outs(%c : memref<5x2xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %t = arith.addf %s, %p : f32
    linalg.yield %t : f32
  }
  return
}
func.func private @panel(%a: memref<5x3xf32>, %b: memref<3x32xf32>, %c: memref<5x32xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<5x3xf32>, memref<3x32xf32>) outs(%c : memref<5x32xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %t = arith.addf %s, %p : f32
    linalg.yield %t : f32
  }
  return
}
