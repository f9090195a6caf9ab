// RUN: graph-opt %s -step-plan-memory -step-verify-plan -split-input-file | FileCheck %s

step.variable @v : tensor<4xf32> = dense<0.0> : tensor<4xf32>
step.variable @unset : tensor<4xf32>

#id = affine_map<(i) -> (i)>
#last = affine_map<(i) -> (3 - i)>
func.func private @forward(%x: memref<4xf32>, %o: memref<4xf32>) attributes {step.kernel} {
  linalg.exp ins(%x : memref<4xf32>) outs(%o : memref<4xf32>)
  return
}
func.func private @backward(%x: memref<4xf32>, %o: memref<4xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#last, #id], iterator_types = ["parallel"]}
      ins(%x : memref<4xf32>) outs(%o : memref<4xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  return
}

// An elementwise kernel overwrites what the loop carries, in the place of the
// result; only the input is copied, once.
// CHECK-LABEL: @in_place
// CHECK-SAME:    step.arena_bytes = 0
// CHECK:         %[[OUT:.*]] = step.output 0
// CHECK:         memref.copy %arg0, %[[OUT]]
// CHECK:         scf.while : () -> ()
// CHECK:         step.launch @forward ins(%[[OUT]] : memref<4xf32>) outs(%[[OUT]] :
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @in_place(%x: tensor<4xf32>, %b: tensor<i1>) -> tensor<4xf32> {
  %r = scf.while (%v = %x) : (tensor<4xf32>) -> tensor<4xf32> {
    %c = tensor.extract %b[] : tensor<i1>
    scf.condition(%c) %v : tensor<4xf32>
  } do {
  ^bb0(%v: tensor<4xf32>):
    %e = tensor.empty() : tensor<4xf32>
    %w = step.launch @forward ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %w : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// Elements depend on others: the new value has a buffer of its own, and the two
// change roles.
// CHECK-LABEL: @two_buffers
// CHECK-SAME:    step.arena_bytes = 64
// CHECK:         %[[OUT:.*]] = step.output 0
// CHECK:         %[[NEXT:.*]] = step.arena 0
// CHECK:         %[[R:.*]]:2 = scf.while (%{{.*}} = %[[OUT]], %{{.*}} = %[[NEXT]])
// CHECK:         ^bb0(%[[A:.*]]: memref<4xf32>, %[[B:.*]]: memref<4xf32>):
// CHECK-NEXT:      step.launch @backward ins(%[[A]] : memref<4xf32>) outs(%[[B]] :
// CHECK-NEXT:      scf.yield %[[B]], %[[A]]
// CHECK:         memref.copy %[[R]]#0, %[[OUT]]
// CHECK-NEXT:    return
func.func @two_buffers(%x: tensor<4xf32>, %b: tensor<i1>) -> tensor<4xf32> {
  %r = scf.while (%v = %x) : (tensor<4xf32>) -> tensor<4xf32> {
    %c = tensor.extract %b[] : tensor<i1>
    scf.condition(%c) %v : tensor<4xf32>
  } do {
  ^bb0(%v: tensor<4xf32>):
    %e = tensor.empty() : tensor<4xf32>
    %w = step.launch @backward ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %w : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// Values that change places are not copied in the loop.
// CHECK-LABEL: @swap
// CHECK:         scf.while
// CHECK:         ^bb0(%[[A:.*]]: memref<4xf32>, %[[B:.*]]: memref<4xf32>):
// CHECK-NEXT:      scf.yield %[[B]], %[[A]]
func.func @swap(%x: tensor<4xf32>, %y: tensor<4xf32>, %b: tensor<i1>) -> tensor<4xf32> {
  %r:2 = scf.while (%v = %x, %w = %y) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %c = tensor.extract %b[] : tensor<i1>
    scf.condition(%c) %v, %w : tensor<4xf32>, tensor<4xf32>
  } do {
  ^bb0(%v: tensor<4xf32>, %w: tensor<4xf32>):
    scf.yield %w, %v : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0 : tensor<4xf32>
}

// Both branches write to one place, the result's own; what only one of them
// needs shares memory with what the other one needs.
// CHECK-LABEL: @branches
// CHECK-SAME:    step.arena_bytes = 64
// CHECK:         %[[OUT:.*]] = step.output 0
// CHECK:         scf.if
// CHECK:           %[[T:.*]] = step.arena 0
// CHECK:           step.launch @backward ins(%arg0 : memref<4xf32>) outs(%[[T]] :
// CHECK:           step.launch @backward ins(%[[T]] : memref<4xf32>) outs(%[[OUT]] :
// CHECK:         } else {
// CHECK:           %[[E:.*]] = step.arena 0
// CHECK:           step.launch @forward ins(%arg0 : memref<4xf32>) outs(%[[E]] :
// CHECK:           step.launch @backward ins(%[[E]] : memref<4xf32>) outs(%[[OUT]] :
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @branches(%x: tensor<4xf32>, %b: tensor<i1>) -> tensor<4xf32> {
  %c = tensor.extract %b[] : tensor<i1>
  %e = tensor.empty() : tensor<4xf32>
  %r = scf.if %c -> tensor<4xf32> {
    %v = step.launch @backward ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %w = step.launch @backward ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %w : tensor<4xf32>
  } else {
    %v = step.launch @forward ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %w = step.launch @backward ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %w : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// What a loop uses from outside is not overwritten in it.
// CHECK-LABEL: @captured
// CHECK-SAME:    step.arena_bytes = 128
// CHECK:         %[[OUTSIDE:.*]] = step.arena 0
// CHECK:         step.launch @forward ins(%arg0 : memref<4xf32>) outs(%[[OUTSIDE]] :
// CHECK:         scf.while
// CHECK:           step.launch @forward ins(%[[OUTSIDE]] : memref<4xf32>) outs(%[[INSIDE:.*]] :
// CHECK:           step.print {{.*}}(%[[INSIDE]])
func.func @captured(%x: tensor<4xf32>, %b: tensor<i1>) {
  %e = tensor.empty() : tensor<4xf32>
  %v = step.launch @forward ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  scf.while : () -> () {
    %c = tensor.extract %b[] : tensor<i1>
    scf.condition(%c)
  } do {
    %w = step.launch @forward ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    step.print ["", 0](%w) : tensor<4xf32> {stream = "stderr", style = "format"}
    scf.yield
  }
  return
}

// A variable is updated in place in a loop; what one branch stores is known to be
// set in that branch only.
// CHECK-LABEL: @variables
// CHECK:         %[[V:.*]] = step.variable_ref @v
// CHECK:         scf.while
// CHECK:           step.launch @forward ins(%[[V]] : memref<4xf32>) outs(%[[V]] :
// CHECK-NOT:       memref.copy
// CHECK:           scf.if
// CHECK:             step.mark_set @unset
// CHECK:           } else {
// CHECK:             step.check_set @unset
// CHECK:         step.check_set @unset
func.func @variables(%x: tensor<4xf32>, %b: tensor<i1>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  scf.while : () -> () {
    %c = tensor.extract %b[] : tensor<i1>
    scf.condition(%c)
  } do {
    %old = step.load @v : tensor<4xf32>
    %new = step.launch @forward ins(%old : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    step.store %new, @v : tensor<4xf32>
    %c = tensor.extract %b[] : tensor<i1>
    scf.if %c {
      step.store %x, @unset : tensor<4xf32>
    } else {
      %y = step.load @unset : tensor<4xf32>
      step.print ["", 0](%y) : tensor<4xf32> {stream = "stderr", style = "format"}
    }
    scf.yield
  }
  %y = step.load @unset : tensor<4xf32>
  return %y : tensor<4xf32>
}

// What is not carried on still has to live as long as others need it.
// CHECK-LABEL: @carried_for_nothing
// CHECK:         %[[KEPT:.*]] = step.output 0
// CHECK:         step.launch @forward ins(%arg0 : memref<4xf32>) outs(%[[KEPT]] :
// CHECK-NOT:     %[[KEPT]] :
// CHECK:         return
func.func @carried_for_nothing(%x: tensor<4xf32>, %b: tensor<i1>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %v = step.launch @forward ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  scf.while (%w = %x) : (tensor<4xf32>) -> () {
    %c = tensor.extract %b[] : tensor<i1>
    scf.condition(%c)
  } do {
    scf.yield %v : tensor<4xf32>
  }
  return %v : tensor<4xf32>
}

// -----

func.func private @set(%row: memref<4xf32>, %i: index, %list: memref<?x4xf32>) attributes {step.kernel} {
  return
}

// A list grows where it is, and its new row is written there; its length is all
// that the loop carries.
// CHECK-LABEL: @push_back
// CHECK-SAME:    step.scratch_slots = 1
// CHECK:         %[[R:.*]] = scf.while (%{{.*}} = %{{.*}}) : (index) -> index
// CHECK:         ^bb0(%[[N:.*]]: index):
// CHECK:           %[[OLD:.*]] = step.grow %{{.*}} sizes(%[[N]]) : memref<?x4xf32>
// CHECK:           %[[MORE:.*]] = arith.addi %[[N]]
// CHECK:           step.grow %{{.*}} sizes(%[[MORE]]) keeping(%[[OLD]] : memref<?x4xf32>)
// CHECK:           %[[NEW:.*]] = step.grow %{{.*}} sizes(%[[MORE]]) : memref<?x4xf32>
// CHECK:           step.launch @set ins(%arg1, %[[N]] : memref<4xf32>, index) outs(%[[NEW]] :
// CHECK-NOT:       memref.copy
// CHECK:           scf.yield %[[MORE]]
func.func @push_back(%x: tensor<?x4xf32>, %row: tensor<4xf32>, %b: tensor<i1>) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.while (%list = %x) : (tensor<?x4xf32>) -> tensor<?x4xf32> {
    %c = tensor.extract %b[] : tensor<i1>
    scf.condition(%c) %list : tensor<?x4xf32>
  } do {
  ^bb0(%list: tensor<?x4xf32>):
    %n = tensor.dim %list, %c0 : tensor<?x4xf32>
    %more = arith.addi %n, %c1 : index
    %grown = step.resize %list sizes(%more) : tensor<?x4xf32> -> tensor<?x4xf32>
    %pushed = step.launch @set ins(%row, %n : tensor<4xf32>, index) outs(%grown : tensor<?x4xf32>) -> tensor<?x4xf32>
    scf.yield %pushed : tensor<?x4xf32>
  }
  return %r : tensor<?x4xf32>
}

// In a branch a list is changed where it is, and the other one leaves it alone.
// CHECK-LABEL: @changed_or_not
// CHECK:         %[[N:.*]] = scf.if %{{.*}} -> (index)
// CHECK:           step.launch @set
// CHECK-NOT:       memref.copy
// CHECK:         } else {
// CHECK-NOT:       memref.copy
// CHECK:         step.grow %{{.*}} sizes(%[[N]])
func.func @changed_or_not(%x: tensor<?x4xf32>, %row: tensor<4xf32>, %b: tensor<i1>) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %c = tensor.extract %b[] : tensor<i1>
  %n = tensor.dim %x, %c0 : tensor<?x4xf32>
  %list = step.resize %x sizes(%n) : tensor<?x4xf32> -> tensor<?x4xf32>
  %r = scf.if %c -> tensor<?x4xf32> {
    %set = step.launch @set ins(%row, %c0 : tensor<4xf32>, index) outs(%list : tensor<?x4xf32>) -> tensor<?x4xf32>
    scf.yield %set : tensor<?x4xf32>
  } else {
    scf.yield %list : tensor<?x4xf32>
  }
  return %r : tensor<?x4xf32>
}
