// RUN: graph-opt %s -step-outline-kernels -step-verify-kernels -split-input-file | FileCheck %s

// A reduction of rows and what reads its result go row by row: one kernel, a
// buffer for what stays inside.
// CHECK-LABEL: func.func @softmax
// CHECK:         %[[Y:.*]] = step.launch @kernel_0 ins(%arg0 : tensor<512x768xf32>) outs(%{{.*}} : tensor<512x768xf32>)
// CHECK-NEXT:    return %[[Y]]
// CHECK-LABEL: func.func private @kernel_0
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<512x768xf32>, %[[Y:[a-z0-9]*]]: memref<512x768xf32>)
// CHECK:         scf.parallel (%[[I:.*]]) = (%{{.*}}) to (%{{.*}}) step
// CHECK:           %[[ROW:.*]] = memref.subview %[[X]][%[[I]], 0] [1, 768] [1, 1] : memref<512x768xf32> to memref<768xf32, strided<[1], offset: ?>>
// CHECK:           %[[MAX:.*]] = memref.alloca() : memref<f32>
// CHECK:           linalg.fill ins(%{{.*}} : f32) outs(%[[MAX]] : memref<f32>)
// CHECK:           linalg.generic {{.*}} iterator_types = ["reduction"]} ins(%[[ROW]] {{.*}} outs(%[[MAX]]
// CHECK:           %[[POWERS:.*]] = memref.alloca() : memref<768xf32>
// CHECK:           linalg.generic {{.*}} ins(%[[ROW]], %[[MAX]] : {{.*}} outs(%[[POWERS]]
// CHECK:           %[[SUM:.*]] = memref.alloca() : memref<f32>
// CHECK:           linalg.generic {{.*}} ins(%[[POWERS]] : memref<768xf32>) outs(%[[SUM]]
// CHECK:           %[[OUT:.*]] = memref.subview %[[Y]][%[[I]], 0]
// CHECK:           linalg.generic {{.*}} ins(%[[POWERS]], %[[SUM]] : {{.*}} outs(%[[OUT]]
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @softmax(%x: tensor<512x768xf32>) -> tensor<512x768xf32> {
  %lowest = arith.constant 0xFF800000 : f32
  %zero = arith.constant 0.0 : f32
  %rows = tensor.empty() : tensor<512xf32>
  %full = tensor.empty() : tensor<512x768xf32>
  %start = linalg.fill ins(%lowest : f32) outs(%rows : tensor<512xf32>) -> tensor<512xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<512x768xf32>) outs(%start : tensor<512xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %o : f32
    linalg.yield %m : f32
  } -> tensor<512xf32>
  %powers = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %max : tensor<512x768xf32>, tensor<512xf32>) outs(%full : tensor<512x768xf32>) {
  ^bb0(%a: f32, %m: f32, %o: f32):
    %d = arith.subf %a, %m : f32
    %e = math.exp %d : f32
    linalg.yield %e : f32
  } -> tensor<512x768xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%rows : tensor<512xf32>) -> tensor<512xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%powers : tensor<512x768xf32>) outs(%zeros : tensor<512xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<512xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%powers, %sum : tensor<512x768xf32>, tensor<512xf32>) outs(%full : tensor<512x768xf32>) {
  ^bb0(%a: f32, %s: f32, %o: f32):
    %q = arith.divf %a, %s : f32
    linalg.yield %q : f32
  } -> tensor<512x768xf32>
  return %y : tensor<512x768xf32>
}

// -----

// Several row dims become one loop. What is used elsewhere is an output, so is
// what is too large, or of open size, for the stack; an operand without the row
// dims is the same for every row.
// CHECK-LABEL: func.func @results
// CHECK:         %[[L:.*]]:3 = step.launch @kernel_0 ins(%arg0, %arg1 : tensor<2x?x?xf32>, tensor<?xf32>) outs(
// CHECK:         return %[[L]]#0, %[[L]]#2
// CHECK-LABEL: func.func private @kernel_0
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<2x?x?xf32>, %[[W:[a-z0-9]*]]: memref<?xf32>,
// CHECK:         scf.parallel
// CHECK:           %[[FLAT:.*]] = memref.collapse_shape %[[X]] {{\[}}[0, 1], [2]]
// CHECK:           memref.subview %[[FLAT]][%{{.*}}, 0] [1, %{{.*}}] [1, 1]
// CHECK:           linalg.generic {indexing_maps = [#[[$IN:.*]], #[[$NONE:.*]], #[[$IN]], #[[$IN]]], iterator_types = ["parallel"]} ins(%{{.*}}, %{{.*}}, %[[W]] :
#cube = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#rows = affine_map<(d0, d1, d2) -> (d0, d1)>
#last = affine_map<(d0, d1, d2) -> (d2)>
func.func @results(%x: tensor<2x?x?xf32>, %w: tensor<?xf32>) -> (tensor<2x?xf32>, tensor<2x?x?xf32>) {
  %one = arith.constant 1 : index
  %two = arith.constant 2 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %one : tensor<2x?x?xf32>
  %n = tensor.dim %x, %two : tensor<2x?x?xf32>
  %r = tensor.empty(%m) : tensor<2x?xf32>
  %f = tensor.empty(%m, %n) : tensor<2x?x?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%r : tensor<2x?xf32>) -> tensor<2x?xf32>
  %sum = linalg.generic {indexing_maps = [#cube, #rows], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x : tensor<2x?x?xf32>) outs(%zeros : tensor<2x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<2x?xf32>
  %scaled = linalg.generic {indexing_maps = [#cube, #rows, #last, #cube], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %sum, %w : tensor<2x?x?xf32>, tensor<2x?xf32>, tensor<?xf32>) outs(%f : tensor<2x?x?xf32>) {
  ^bb0(%a: f32, %s: f32, %c: f32, %o: f32):
    %p = arith.mulf %a, %s : f32
    %q = arith.mulf %p, %c : f32
    linalg.yield %q : f32
  } -> tensor<2x?x?xf32>
  %best = linalg.generic {indexing_maps = [#cube, #rows], iterator_types = ["parallel", "parallel", "reduction"]} ins(%scaled : tensor<2x?x?xf32>) outs(%zeros : tensor<2x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<2x?xf32>
  %y = linalg.generic {indexing_maps = [#cube, #rows, #cube], iterator_types = ["parallel", "parallel", "parallel"]} ins(%scaled, %best : tensor<2x?x?xf32>, tensor<2x?xf32>) outs(%f : tensor<2x?x?xf32>) {
  ^bb0(%a: f32, %s: f32, %o: f32):
    %p = arith.subf %a, %s : f32
    linalg.yield %p : f32
  } -> tensor<2x?x?xf32>
  return %sum, %y : tensor<2x?xf32>, tensor<2x?x?xf32>
}

// -----

// Something else reads the sum, and the last operation waits for it: no group.
// CHECK-LABEL: func.func @interrupted
// CHECK:         step.launch @kernel_0
// CHECK:         step.store
// CHECK:         step.launch @kernel_1
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
step.variable @v : tensor<64xf32>
func.func @interrupted(%x: tensor<64x32xf32>) -> tensor<64x32xf32> {
  %zero = arith.constant 0.0 : f32
  %r = tensor.empty() : tensor<64xf32>
  %f = tensor.empty() : tensor<64x32xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%r : tensor<64xf32>) -> tensor<64xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<64x32xf32>) outs(%zeros : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  step.store %sum, @v : tensor<64xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %sum : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %s: f32, %o: f32):
    %p = arith.subf %a, %s : f32
    linalg.yield %p : f32
  } -> tensor<64x32xf32>
  return %y : tensor<64x32xf32>
}

// -----

// A few long rows are shared by threads each: no group.
// CHECK-LABEL: func.func @long_rows
// CHECK-COUNT-2: step.launch
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @long_rows(%x: tensor<2x1000000xf32>) -> tensor<2x1000000xf32> {
  %zero = arith.constant 0.0 : f32
  %r = tensor.empty() : tensor<2xf32>
  %f = tensor.empty() : tensor<2x1000000xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%r : tensor<2xf32>) -> tensor<2xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<2x1000000xf32>) outs(%zeros : tensor<2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %sum : tensor<2x1000000xf32>, tensor<2xf32>) outs(%f : tensor<2x1000000xf32>) {
  ^bb0(%a: f32, %s: f32, %o: f32):
    %p = arith.subf %a, %s : f32
    linalg.yield %p : f32
  } -> tensor<2x1000000xf32>
  return %y : tensor<2x1000000xf32>
}

// -----

// A group has sixteen members at most; what follows is another kernel.
// CHECK-LABEL: func.func @long_chain
// CHECK:         step.launch @kernel_0
// CHECK:         step.launch @kernel_1
// CHECK:         return
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @long_chain(%x: tensor<64x32xf32>) -> tensor<64x32xf32> {
  %zero = arith.constant 0.0 : f32
  %r = tensor.empty() : tensor<64xf32>
  %f = tensor.empty() : tensor<64x32xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%r : tensor<64xf32>) -> tensor<64xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<64x32xf32>) outs(%zeros : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %t = arith.addf %a, %o : f32
    linalg.yield %t : f32
  } -> tensor<64xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%0, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %2 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%1, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %3 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%2, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %4 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%3, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %5 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%4, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %6 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%5, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %7 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%6, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %8 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%7, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %9 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%8, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %10 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%9, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %11 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%10, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %12 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%11, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %13 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%12, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %14 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%13, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  %15 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%14, %s : tensor<64x32xf32>, tensor<64xf32>) outs(%f : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.subf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<64x32xf32>
  return %15 : tensor<64x32xf32>
}
