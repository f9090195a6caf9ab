// RUN: graph-opt %s -step-outline-kernels -step-verify-kernels -split-input-file | FileCheck %s

// A convolution reads its input among zeros, which nothing writes. Only the
// spatial dims have some, and the open batch has the input's own size.
// CHECK-LABEL: func.func @convolution
// CHECK-SAME:    %[[X:.*]]: tensor<?x6x6x3xf32>, %[[W:.*]]: tensor<3x3x3x8xf32>
// CHECK-NOT:     tensor.insert_slice
// CHECK:         step.launch @kernel_0 ins(%[[X]], %[[W]] : {{.*}})
// CHECK-NOT:     step.launch
// CHECK-LABEL: func.func private @kernel_0
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<?x6x6x3xf32>, %[[W:[a-z0-9]*]]: memref<3x3x3x8xf32>
// CHECK-DAG:     %[[ONE:.*]] = arith.constant 1 : index
// CHECK-DAG:     %[[EIGHT:.*]] = arith.constant 8 : index
// CHECK:         %[[P:.*]] = step.padded %[[X]] dims [1, 2] at(%[[ONE]], %{{.*}}) sizes(%[[EIGHT]], %{{.*}}) : memref<?x6x6x3xf32> -> memref<?x8x8x3xf32>
// CHECK:         linalg.generic {{.*}} ins(%[[P]], %[[W]] :
#x = affine_map<(n, h, w, q, i, j, c) -> (n, h + i, w + j, c)>
#f = affine_map<(n, h, w, q, i, j, c) -> (i, j, c, q)>
#y = affine_map<(n, h, w, q, i, j, c) -> (n, h, w, q)>
func.func @convolution(%x: tensor<?x6x6x3xf32>, %w: tensor<3x3x3x8xf32>) -> tensor<?x6x6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x6x6x3xf32>
  %e = tensor.empty(%n) : tensor<?x8x8x3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x8x8x3xf32>) -> tensor<?x8x8x3xf32>
  %p = tensor.insert_slice %x into %f[0, 1, 1, 0] [%n, 6, 6, 3] [1, 1, 1, 1] : tensor<?x6x6x3xf32> into tensor<?x8x8x3xf32>
  %g = tensor.empty(%n) : tensor<?x6x6x8xf32>
  %h = linalg.fill ins(%zero : f32) outs(%g : tensor<?x6x6x8xf32>) -> tensor<?x6x6x8xf32>
  %0 = linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %w : tensor<?x8x8x3xf32>, tensor<3x3x3x8xf32>) outs(%h : tensor<?x6x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %m = arith.mulf %a, %b : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<?x6x6x8xf32>
  return %0 : tensor<?x6x6x8xf32>
}

// -----

// The gradient of a filter: the places of the result are taps. An offset that
// is known at run time only is an argument.
// CHECK-LABEL: func.func @filter_gradient
// CHECK:         step.launch @kernel_0 ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<2x7x4xf32>, tensor<2x9x8xf32>, index)
// CHECK-LABEL: func.func private @kernel_0
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<2x7x4xf32>, %{{[a-z0-9]*}}: memref<2x9x8xf32>, %[[AT:[a-z0-9]*]]: index
// CHECK:         step.padded %[[X]] dims [1] at(%[[AT]]) sizes(%{{.*}}) : memref<2x7x4xf32> -> memref<2x11x4xf32>
#x = affine_map<(j, c, q, n, w) -> (n, w + j, c)>
#g = affine_map<(j, c, q, n, w) -> (n, w, q)>
#f = affine_map<(j, c, q, n, w) -> (j, c, q)>
func.func @filter_gradient(%x: tensor<2x7x4xf32>, %y: tensor<2x9x8xf32>, %at: index) -> tensor<3x4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x11x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x11x4xf32>) -> tensor<2x11x4xf32>
  %p = tensor.insert_slice %x into %f[0, %at, 0] [2, 7, 4] [1, 1, 1] : tensor<2x7x4xf32> into tensor<2x11x4xf32>
  %g = tensor.empty() : tensor<3x4x8xf32>
  %h = linalg.fill ins(%zero : f32) outs(%g : tensor<3x4x8xf32>) -> tensor<3x4x8xf32>
  %0 = linalg.generic {indexing_maps = [#x, #g, #f], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%p, %y : tensor<2x11x4xf32>, tensor<2x9x8xf32>) outs(%h : tensor<3x4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %m = arith.mulf %a, %b : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<3x4x8xf32>
  return %0 : tensor<3x4x8xf32>
}

// -----

// In memory are a padding with another value and one that something else reads
// too, be it a contraction whose result has few columns.
// CHECK-LABEL: func.func @in_memory
// CHECK-COUNT-2: step.launch {{.*}} outs(%{{.*}} : tensor<2x9x4xf32>)
// CHECK-NOT:     step.padded
#x = affine_map<(n, w, q, j, c) -> (n, w + j, c)>
#f = affine_map<(n, w, q, j, c) -> (j, c, q)>
#y = affine_map<(n, w, q, j, c) -> (n, w, q)>
#id = affine_map<(n, w, c) -> (n, w, c)>
func.func @in_memory(%x: tensor<2x7x4xf32>, %v: tensor<3x4x8xf32>, %few: tensor<3x4x2xf32>) -> (tensor<2x7x8xf32>, tensor<2x7x8xf32>, tensor<2x9x4xf32>, tensor<2x7x2xf32>) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<2x9x4xf32>
  %g = tensor.empty() : tensor<2x7x8xf32>
  %h = linalg.fill ins(%zero : f32) outs(%g : tensor<2x7x8xf32>) -> tensor<2x7x8xf32>
  %f1 = linalg.fill ins(%one : f32) outs(%e : tensor<2x9x4xf32>) -> tensor<2x9x4xf32>
  %p1 = tensor.insert_slice %x into %f1[0, 1, 0] [2, 7, 4] [1, 1, 1] : tensor<2x7x4xf32> into tensor<2x9x4xf32>
  %0 = linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%p1, %v : tensor<2x9x4xf32>, tensor<3x4x8xf32>) outs(%h : tensor<2x7x8xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %m = arith.mulf %a, %b : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<2x7x8xf32>
  %f2 = linalg.fill ins(%zero : f32) outs(%e : tensor<2x9x4xf32>) -> tensor<2x9x4xf32>
  %p2 = tensor.insert_slice %x into %f2[0, 2, 0] [2, 7, 4] [1, 1, 1] : tensor<2x7x4xf32> into tensor<2x9x4xf32>
  %1 = linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%p2, %v : tensor<2x9x4xf32>, tensor<3x4x8xf32>) outs(%h : tensor<2x7x8xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %m = arith.mulf %a, %b : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<2x7x8xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p2 : tensor<2x9x4xf32>) outs(%e : tensor<2x9x4xf32>) {
  ^bb0(%a: f32, %s: f32):
    %m = math.exp %a : f32
    linalg.yield %m : f32
  } -> tensor<2x9x4xf32>
  %k = tensor.empty() : tensor<2x7x2xf32>
  %l = linalg.fill ins(%zero : f32) outs(%k : tensor<2x7x2xf32>) -> tensor<2x7x2xf32>
  %3 = linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%p2, %few : tensor<2x9x4xf32>, tensor<3x4x2xf32>) outs(%l : tensor<2x7x2xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %m = arith.mulf %a, %b : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<2x7x2xf32>
  return %0, %1, %2, %3 : tensor<2x7x8xf32>, tensor<2x7x8xf32>, tensor<2x9x4xf32>, tensor<2x7x2xf32>
}
