// RUN: graph-opt %s -step-outline-kernels -step-verify-kernels -split-input-file | FileCheck %s

// Fill, contraction and epilogue are one kernel; the epilogue works in place.
// CHECK-LABEL: func.func @contraction
// CHECK-SAME:    %[[A:.*]]: tensor<?x8xf32>, %[[B:.*]]: tensor<8x4xf32>, %[[C:.*]]: tensor<?x4xf32>
// CHECK:         %[[N:.*]] = tensor.dim %[[A]]
// CHECK:         %[[E:.*]] = tensor.empty(%[[N]])
// CHECK:         step.launch @kernel_0 ins(%[[A]], %[[B]], %[[C]] : {{.*}}) outs(%[[E]] : tensor<?x4xf32>)
// CHECK-LABEL: func.func private @kernel_0
// CHECK-SAME:    %[[A:[a-z0-9]*]]: memref<?x8xf32>, %[[B:[a-z0-9]*]]: memref<8x4xf32>, %[[C:[a-z0-9]*]]: memref<?x4xf32>, %[[O:[a-z0-9]*]]: memref<?x4xf32>
// CHECK-SAME:    step.kernel
// CHECK:         linalg.fill ins(%{{.*}} : f32) outs(%[[O]]
// CHECK:         linalg.matmul ins(%[[A]], %[[B]] : {{.*}}) outs(%[[O]]
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%[[C]] : memref<?x4xf32>) outs(%[[O]] : memref<?x4xf32>)
// CHECK-NEXT:    ^bb0(%[[CI:.*]]: f32, %[[OI:.*]]: f32):
// CHECK-NEXT:      arith.addf %[[OI]], %[[CI]]
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @contraction(%a: tensor<?x8xf32>, %b: tensor<8x4xf32>, %c: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?x8xf32>
  %e = tensor.empty(%n) : tensor<?x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<?x8xf32>, tensor<8x4xf32>) outs(%f : tensor<?x4xf32>) -> tensor<?x4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%0, %c : tensor<?x4xf32>, tensor<?x4xf32>) outs(%e : tensor<?x4xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}

// -----

// Equal kernels are one, and remember all nodes they came from.
// CHECK-LABEL: func.func @equal_kernels
// CHECK:         step.launch @kernel_0
// CHECK:         step.launch @kernel_1
// CHECK:         step.launch @kernel_0
// CHECK:       func.func private @kernel_0
// CHECK-SAME:    step.nodes = ["first", "third"]
// CHECK:       func.func private @kernel_1
// CHECK-SAME:    step.nodes = ["second"]
// CHECK-NOT:   func.func
func.func @equal_kernels(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> loc("first")
  %1 = linalg.log ins(%0 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> loc("second")
  %2 = linalg.exp ins(%1 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> loc("third")
  return %2 : tensor<4xf32>
}

// -----

// A function of the model has the name that the kernel would get.
// CHECK-LABEL: func.func @kernel_0(
// CHECK:         step.launch @kernel_1
func.func @kernel_0(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Captured scalars are arguments, constants move in, captured tensors are read
// in place.
// CHECK-LABEL: func.func @captures
// CHECK-SAME:    %[[X:[a-z0-9]*]]: tensor<4xf32>, %[[I:[a-z0-9]*]]: tensor<9xindex>, %[[S:[a-z0-9]*]]: f32
// CHECK:         step.launch @kernel_0 ins(%[[I]], %[[X]], %[[S]] : tensor<9xindex>, tensor<4xf32>, f32)
// CHECK-LABEL: func.func private @kernel_0
// CHECK-SAME:    %[[I:[a-z0-9]*]]: memref<9xindex>, %[[X:[a-z0-9]*]]: memref<4xf32>, %[[S:[a-z0-9]*]]: f32, %[[O:[a-z0-9]*]]: memref<9xf32>
// CHECK:         %[[TWO:.*]] = arith.constant 2.0
// CHECK:         linalg.generic
// CHECK:         ^bb0(%[[AT:.*]]: index, %{{.*}}: f32):
// CHECK-NEXT:      %[[E:.*]] = memref.load %[[X]][%[[AT]]]
// CHECK-NEXT:      %[[M:.*]] = arith.mulf %[[E]], %[[S]]
// CHECK-NEXT:      arith.addf %[[M]], %[[TWO]]
#id = affine_map<(d0) -> (d0)>
func.func @captures(%x: tensor<4xf32>, %i: tensor<9xindex>, %s: f32) -> tensor<9xf32> {
  %two = arith.constant 2.0 : f32
  %e = tensor.empty() : tensor<9xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%i : tensor<9xindex>) outs(%e : tensor<9xf32>) {
  ^bb0(%a: index, %o: f32):
    %c = tensor.extract %x[%a] : tensor<4xf32>
    %d = arith.mulf %c, %s : f32
    %f = arith.addf %d, %two : f32
    linalg.yield %f : f32
  } -> tensor<9xf32>
  return %0 : tensor<9xf32>
}

// -----

// Accumulating on something that is no fill starts from a copy of it.
// CHECK-LABEL: func.func private @kernel_0
// CHECK-SAME:    %{{.*}}: memref<4x8xf32>, %{{.*}}: memref<8x4xf32>, %[[C:[a-z0-9]*]]: memref<4x4xf32>, %[[O:[a-z0-9]*]]: memref<4x4xf32>
// CHECK:         linalg.copy ins(%[[C]] : memref<4x4xf32>) outs(%[[O]]
// CHECK:         linalg.matmul
func.func @accumulates(%a: tensor<4x8xf32>, %b: tensor<8x4xf32>, %c: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x4xf32>) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// -----

// A concatenation is one kernel with a loop nest per part.
// CHECK-LABEL: func.func @concatenation
// CHECK:         step.launch @kernel_0
// CHECK-NOT:     step.launch
// CHECK-LABEL: func.func private @kernel_0
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<?x8xf32>, %[[Y:[a-z0-9]*]]: memref<?x4xf32>, %[[O:[a-z0-9]*]]: memref<?x12xf32>
// CHECK:         memref.load %[[X]]
// CHECK:         memref.store %{{.*}}, %[[O]]
// CHECK:         memref.load %[[Y]]
// CHECK:         memref.store %{{.*}}, %[[O]]
func.func @concatenation(%x: tensor<?x8xf32>, %y: tensor<?x4xf32>) -> tensor<?x12xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x8xf32>
  %e = tensor.empty(%n) : tensor<?x12xf32>
  %0 = tensor.insert_slice %x into %e[0, 0] [%n, 8] [1, 1] : tensor<?x8xf32> into tensor<?x12xf32>
  %1 = tensor.insert_slice %y into %0[0, 8] [%n, 4] [1, 1] : tensor<?x4xf32> into tensor<?x12xf32>
  return %1 : tensor<?x12xf32>
}

// -----

// A padding fills first; offset and stride are arguments where they are open.
// CHECK-LABEL: func.func private @kernel_0
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<3xf32>, %[[AT:[a-z0-9]*]]: index, %[[O:[a-z0-9]*]]: memref<9xf32>
// CHECK:         linalg.fill ins({{.*}}) outs(%[[O]]
// CHECK:         scf.for %[[I:.*]] =
// CHECK:           %[[D:.*]] = arith.muli %[[I]]
// CHECK:           %[[TO:.*]] = arith.addi %[[AT]], %[[D]]
// CHECK:           %[[E:.*]] = memref.load %[[X]][%[[I]]]
// CHECK:           memref.store %[[E]], %[[O]][%[[TO]]]
func.func @padding(%x: tensor<3xf32>, %at: index) -> tensor<9xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<9xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<9xf32>) -> tensor<9xf32>
  %0 = tensor.insert_slice %x into %f[%at] [3] [2] : tensor<3xf32> into tensor<9xf32>
  return %0 : tensor<9xf32>
}

// -----

step.variable @v : tensor<100xf32>
// Large constants of one value need no weights.
// CHECK-LABEL: func.func @splat_is_filled
// CHECK:         %[[F:.*]] = step.launch @kernel_0
// CHECK:         step.store %[[F]], @v
// CHECK:       func.func private @kernel_0
// CHECK:         linalg.fill
func.func @splat_is_filled() {
  %zero = arith.constant dense<0.0> : tensor<100xf32>
  step.store %zero, @v : tensor<100xf32>
  return
}

// -----

// Sizes are read where they come from.
// CHECK-LABEL: func.func @sizes_outlive_kernels
// CHECK-SAME:    %{{.*}}: tensor<?xf32>, %[[N:[a-z0-9]*]]: index
// CHECK:         step.launch
// CHECK:         return %{{.*}}, %[[N]]
func.func @sizes_outlive_kernels(%x: tensor<?xf32>, %n: index) -> (tensor<?xf32>, index) {
  %c0 = arith.constant 0 : index
  %e = tensor.empty(%n) : tensor<?xf32>
  %0 = linalg.exp ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %m = tensor.dim %0, %c0 : tensor<?xf32>
  return %0, %m : tensor<?xf32>, index
}
