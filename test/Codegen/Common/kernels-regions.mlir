// RUN: graph-opt %s -step-fuse -step-outline-kernels -step-verify-kernels | FileCheck %s

#id = affine_map<(i) -> (i)>
step.variable @v : tensor<4xf32> = dense<0.0> : tensor<4xf32>

// Each block is fused on its own: nothing moves over the border of a region.
// CHECK-LABEL: func.func @blocks
// CHECK:         %[[OUTSIDE:.*]] = step.launch @[[NEGATE:kernel_[0-9]+]] ins(%arg0 :
// CHECK:         scf.if
// CHECK:           step.launch @[[TWICE:kernel_[0-9]+]] ins(%[[OUTSIDE]] :
// CHECK-NEXT:      scf.yield
// CHECK:         } else {
// CHECK:           step.launch @[[NEGATE]] ins(%arg0 :
func.func @blocks(%x: tensor<4xf32>, %b: tensor<i1>) -> (tensor<4xf32>, tensor<4xf32>) {
  %c = tensor.extract %b[] : tensor<i1>
  %e = tensor.empty() : tensor<4xf32>
  %n = linalg.negf ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %r = scf.if %c -> tensor<4xf32> {
    %p = linalg.exp ins(%n : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %q = linalg.exp ins(%p : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %q : tensor<4xf32>
  } else {
    %p = linalg.negf ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %p : tensor<4xf32>
  }
  return %r, %n : tensor<4xf32>, tensor<4xf32>
}

// A read of a variable does not move past a conditional that may store to it.
// CHECK-LABEL: func.func @store_in_a_branch
// CHECK:         %[[OLD:.*]] = step.load @v
// CHECK:         %[[N:.*]] = step.launch @[[NEGATE]] ins(%[[OLD]] :
// CHECK:         scf.if
// CHECK:           step.store
// CHECK:         step.launch @{{.*}} ins(%[[N]] :
func.func @store_in_a_branch(%x: tensor<4xf32>, %b: tensor<i1>) -> tensor<4xf32> {
  %c = tensor.extract %b[] : tensor<i1>
  %e = tensor.empty() : tensor<4xf32>
  %old = step.load @v : tensor<4xf32>
  %n = linalg.negf ins(%old : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  scf.if %c {
    step.store %x, @v : tensor<4xf32>
  }
  %p = linalg.exp ins(%n : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %p : tensor<4xf32>
}

// A row that is set goes into what the loop carries, and large zeros that a loop
// begins with are written, not copied.
// CHECK-LABEL: func.func @set_row
// CHECK:         %[[ZEROS:.*]] = step.launch @{{.*}} outs(%{{.*}} : tensor<100x4xf32>)
// CHECK:         scf.while (%{{.*}} = %[[ZEROS]])
// CHECK:         ^bb0(%[[LIST:.*]]: tensor<100x4xf32>):
// CHECK:           step.launch @{{.*}} ins(%{{.*}} : tensor<4xf32>{{.*}}) outs(%[[LIST]] : tensor<100x4xf32>)
func.func @set_row(%row: tensor<4xf32>, %i: tensor<i64>, %b: tensor<i1>) -> tensor<100x4xf32> {
  %at = tensor.extract %i[] : tensor<i64>
  %index = arith.index_cast %at : i64 to index
  %zeros = arith.constant dense<0.0> : tensor<100x4xf32>
  %r = scf.while (%list = %zeros) : (tensor<100x4xf32>) -> tensor<100x4xf32> {
    %c = tensor.extract %b[] : tensor<i1>
    scf.condition(%c) %list : tensor<100x4xf32>
  } do {
  ^bb0(%list: tensor<100x4xf32>):
    %set = tensor.insert_slice %row into %list[%index, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<100x4xf32>
    scf.yield %set : tensor<100x4xf32>
  }
  return %r : tensor<100x4xf32>
}
