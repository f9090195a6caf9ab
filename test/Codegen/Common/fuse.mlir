// RUN: graph-opt %s -step-fuse -split-input-file | FileCheck %s
// RUN: graph-opt %s -step-fuse=max-ops=2 -split-input-file | FileCheck %s --check-prefix=SMALL

// CHECK-LABEL: @chain_becomes_one
// CHECK:       linalg.generic
// CHECK-SAME:    ins(%{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xf32>)
// CHECK:         %[[E:.*]] = math.exp
// CHECK:         %[[A:.*]] = arith.addf %[[E]]
// CHECK:         %[[M:.*]] = arith.mulf %[[A]]
// CHECK:         linalg.yield %[[M]]
// CHECK-NOT:   linalg.generic
// A group never grows beyond the limit.
// SMALL-LABEL: @chain_becomes_one
// SMALL:       math.exp
// SMALL:       linalg.generic
// SMALL:       arith.addf
// SMALL:       arith.mulf
func.func @chain_becomes_one(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = linalg.add ins(%0, %y : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %2 = linalg.mul ins(%1, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// What others use after the group stays a result of it.
// CHECK-LABEL: @result_used_later_is_kept
// CHECK:       %[[G:.*]]:2 = linalg.generic
// CHECK:         %[[E:.*]] = math.exp
// CHECK:         %[[A:.*]] = arith.addf %[[E]]
// CHECK:         linalg.yield %[[A]], %[[E]]
// CHECK:       return %[[G]]#0, %[[G]]#1
func.func @result_used_later_is_kept(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = linalg.add ins(%0, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %1, %0 : tensor<4xf32>, tensor<4xf32>
}

// -----

// The reduction needs %0 before the division can run: exp is not computed twice.
// CHECK-LABEL: @function_is_not_computed_twice
// CHECK-COUNT-1: math.exp
// CHECK-NOT:     math.exp
// CHECK:         arith.divf
func.func @function_is_not_computed_twice(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %r = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%r : tensor<4xf32>) -> tensor<4xf32>
  %1 = linalg.reduce { arith.addf } ins(%0 : tensor<4x8xf32>) outs(%f : tensor<4xf32>) dimensions = [1]
  %2 = linalg.broadcast ins(%1 : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %3 = linalg.div ins(%0, %2 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: @cheap_is_computed_again
// CHECK:       linalg.generic
// CHECK:         arith.negf
// CHECK:         arith.addf
// CHECK:       linalg.generic
// CHECK:         arith.negf
// CHECK:         arith.mulf
// CHECK-NOT:   linalg.generic
func.func @cheap_is_computed_again(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %r = tensor.empty() : tensor<4xf32>
  %0 = linalg.negf ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%r : tensor<4xf32>) -> tensor<4xf32>
  %1 = linalg.reduce { arith.addf } ins(%0 : tensor<4x8xf32>) outs(%f : tensor<4xf32>) dimensions = [1]
  %2 = linalg.mul ins(%0, %x : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %1, %2 : tensor<4xf32>, tensor<4x8xf32>
}

// -----

// A row that is repeated is computed once, unless it is cheap.
// CHECK-LABEL: @repeated_row
// CHECK:       linalg.generic
// CHECK:         math.exp
// CHECK:       linalg.generic
// CHECK:         arith.negf
// CHECK:         arith.addf
// CHECK:         arith.addf
// CHECK-NOT:   linalg.generic
func.func @repeated_row(%x: tensor<4x8xf32>, %a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %r = tensor.empty() : tensor<8xf32>
  %0 = linalg.exp ins(%a : tensor<8xf32>) outs(%r : tensor<8xf32>) -> tensor<8xf32>
  %1 = linalg.negf ins(%b : tensor<8xf32>) outs(%r : tensor<8xf32>) -> tensor<8xf32>
  %2 = linalg.broadcast ins(%0 : tensor<8xf32>) outs(%e : tensor<4x8xf32>) dimensions = [0]
  %3 = linalg.broadcast ins(%1 : tensor<8xf32>) outs(%e : tensor<4x8xf32>) dimensions = [0]
  %4 = linalg.add ins(%2, %3 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %5 = linalg.add ins(%4, %x : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0) -> (d0)>
#scalar = affine_map<(d0) -> ()>
// Operands of one value are captured: a splat, a fill, a tensor of one element.
// CHECK-LABEL: @scalars_are_captured
// CHECK-SAME:    %[[X:[a-z0-9]*]]: tensor<4xf32>, %[[S:[a-z0-9]*]]: f32
// CHECK-DAG:   %[[TWO:.*]] = arith.constant 2.000000e+00
// CHECK-DAG:   %[[THREE:.*]] = arith.constant 3.000000e+00
// CHECK:       linalg.generic
// CHECK-SAME:    ins(%[[X]] : tensor<4xf32>)
// CHECK:         %[[A:.*]] = arith.addf %{{.*}}, %[[TWO]]
// CHECK:         %[[B:.*]] = arith.addf %[[A]], %[[THREE]]
// CHECK:         %[[C:.*]] = arith.addf %[[B]], %[[S]]
func.func @scalars_are_captured(%x: tensor<4xf32>, %s: f32) -> tensor<4xf32> {
  %two = arith.constant dense<2.0> : tensor<4xf32>
  %c3 = arith.constant 3.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %three = linalg.fill ins(%c3 : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %t = tensor.from_elements %s : tensor<f32>
  %0 = linalg.add ins(%x, %two : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = linalg.add ins(%0, %three : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %2 = linalg.generic {indexing_maps = [#id, #scalar, #id], iterator_types = ["parallel"]} ins(%1, %t : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %c = arith.addf %a, %b : f32
    linalg.yield %c : f32
  } -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Only the operand says how far the reduction runs, so it stays.
// CHECK-LABEL: @bounds_stay
// CHECK:       linalg.generic
// CHECK-SAME:    ins(%{{.*}} : tensor<?xf32>)
func.func @bounds_stay(%n: index) -> tensor<f32> {
  %one = arith.constant 1.0 : f32
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%n) : tensor<?xf32>
  %ones = linalg.fill ins(%one : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %r = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%zero : f32) outs(%r : tensor<f32>) -> tensor<f32>
  %0 = linalg.reduce { arith.addf } ins(%ones : tensor<?xf32>) outs(%f : tensor<f32>) dimensions = [0]
  return %0 : tensor<f32>
}

// -----

// A contraction reads each element many times: its producer stays. Its consumer
// is left to the outlining.
// CHECK-LABEL: @contraction_takes_no_producer
// CHECK:       linalg.generic
// CHECK:         arith.negf
// CHECK:       linalg.matmul
func.func @contraction_takes_no_producer(%a: tensor<4x8xf32>, %b: tensor<8x4xf32>, %c: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.negf ins(%a : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %1 = linalg.matmul ins(%0, %b : tensor<4x8xf32>, tensor<8x4xf32>) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}

// -----

#id = affine_map<(d0) -> (d0)>
// Reads by index neither move nor repeat.
// CHECK-LABEL: @reads_by_index_stay
// CHECK:       linalg.generic
// CHECK:         tensor.extract
// CHECK:       linalg.generic
// CHECK:         math.exp
func.func @reads_by_index_stay(%x: tensor<4xf32>, %i: tensor<9xindex>) -> tensor<9xf32> {
  %e = tensor.empty() : tensor<9xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%i : tensor<9xindex>) outs(%e : tensor<9xf32>) {
  ^bb0(%a: index, %o: f32):
    %c = tensor.extract %x[%a] : tensor<4xf32>
    linalg.yield %c : f32
  } -> tensor<9xf32>
  %1 = linalg.exp ins(%0 : tensor<9xf32>) outs(%e : tensor<9xf32>) -> tensor<9xf32>
  return %1 : tensor<9xf32>
}

// -----

step.variable @v : tensor<4xf32>
// Moved past the store, the snapshot would have to be copied.
// CHECK-LABEL: @snapshot_does_not_cross_a_store
// CHECK:       step.load
// CHECK-NEXT:  linalg.generic
// CHECK:         math.exp
// CHECK:       step.store
// CHECK-NEXT:  linalg.generic
// CHECK:         arith.addf
func.func @snapshot_does_not_cross_a_store(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %v = step.load @v : tensor<4xf32>
  %0 = linalg.exp ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  step.store %x, @v : tensor<4xf32>
  %1 = linalg.add ins(%0, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d1)>
// Read transposed, the producer's first loop is the group's second, and a read
// of its rows becomes one of columns.
// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[COLUMN:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: @transposed_read
// CHECK:       linalg.generic
// CHECK-SAME:    indexing_maps = [#[[COLUMN]], #[[ID]]]
// CHECK:         linalg.index 1
func.func @transposed_read(%x: tensor<8xindex>) -> tensor<8x4xindex> {
  %e = tensor.empty() : tensor<4x8xindex>
  %t = tensor.empty() : tensor<8x4xindex>
  %0 = linalg.generic {indexing_maps = [#row, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8xindex>) outs(%e : tensor<4x8xindex>) {
  ^bb0(%a: index, %o: index):
    %i = linalg.index 0 : index
    %c = arith.muli %a, %i : index
    linalg.yield %c : index
  } -> tensor<4x8xindex>
  %1 = linalg.transpose ins(%0 : tensor<4x8xindex>) outs(%t : tensor<8x4xindex>) permutation = [1, 0]
  return %1 : tensor<8x4xindex>
}

// -----

// The copy of a cheap producer does not take its own producer with it, which
// the original still needs.
// CHECK-LABEL: @copy_leaves_its_producer
// CHECK-COUNT-1: math.exp
// CHECK-NOT:     math.exp
func.func @copy_leaves_its_producer(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %r = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %1 = linalg.negf ins(%0 : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%r : tensor<4xf32>) -> tensor<4xf32>
  %2 = linalg.reduce { arith.addf } ins(%1 : tensor<4x8xf32>) outs(%f : tensor<4xf32>) dimensions = [1]
  %3 = linalg.mul ins(%1, %x : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %2, %3 : tensor<4xf32>, tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#column = affine_map<(d0, d1) -> (d0, 0)>
// A dimension of size 1 that was only kept for broadcasting does not come
// between the root and the product.
// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[COLUMN:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: @kept_dimension
// CHECK-SAME:    %[[X:.*]]: tensor<?x8xf32>, %[[M:.*]]: tensor<?xf32>
// CHECK-NOT:   tensor.expand_shape
// CHECK:       %[[R:.*]] = linalg.generic {{.*}} ins(%[[M]] : tensor<?xf32>)
// CHECK:         arith.addf
// CHECK:         math.rsqrt
// CHECK:       linalg.generic
// CHECK-SAME:    indexing_maps = [#[[ID]], #[[COLUMN]], #[[ID]]]
// CHECK-SAME:    ins(%[[X]], %[[R]] : tensor<?x8xf32>, tensor<?xf32>)
func.func @kept_dimension(%x: tensor<?x8xf32>, %m: tensor<?xf32>, %n: index) -> tensor<?x8xf32> {
  %eps = arith.constant 1.0 : f32
  %e1 = tensor.empty(%n) : tensor<?x1xf32>
  %e8 = tensor.empty(%n) : tensor<?x8xf32>
  %k = tensor.expand_shape %m [[0, 1]] output_shape [%n, 1] : tensor<?xf32> into tensor<?x1xf32>
  %0 = linalg.generic {indexing_maps = [#column, #id], iterator_types = ["parallel", "parallel"]} ins(%k : tensor<?x1xf32>) outs(%e1 : tensor<?x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %c = arith.addf %a, %eps : f32
    %d = math.rsqrt %c : f32
    linalg.yield %d : f32
  } -> tensor<?x1xf32>
  %1 = linalg.generic {indexing_maps = [#id, #column, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %0 : tensor<?x8xf32>, tensor<?x1xf32>) outs(%e8 : tensor<?x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %c = arith.mulf %a, %b : f32
    linalg.yield %c : f32
  } -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
// A dimension that an operand has on its own stays.
// CHECK-LABEL: @own_dimension
// CHECK:       linalg.generic
// CHECK-SAME:    iterator_types = ["parallel", "parallel"]
// CHECK:       -> tensor<4x1xindex>
func.func @own_dimension(%m: tensor<4xindex>, %y: tensor<4x1xindex>) -> tensor<4x1xindex> {
  %e = tensor.empty() : tensor<4x1xindex>
  %k = tensor.expand_shape %m [[0, 1]] output_shape [4, 1] : tensor<4xindex> into tensor<4x1xindex>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%k, %y : tensor<4x1xindex>, tensor<4x1xindex>) outs(%e : tensor<4x1xindex>) {
  ^bb0(%a: index, %b: index, %o: index):
    %c = arith.addi %a, %b : index
    linalg.yield %c : index
  } -> tensor<4x1xindex>
  return %0 : tensor<4x1xindex>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
// The index of a loop that vanishes is 0, that of another moves.
// CHECK-LABEL: @indices_of_dropped_loops
// CHECK:       linalg.generic
// CHECK-SAME:    iterator_types = ["parallel"]
// CHECK:         %[[ZERO:.*]] = arith.constant 0 : index
// CHECK:         %[[I:.*]] = linalg.index 0
// CHECK:         %[[SUM:.*]] = arith.addi %[[I]]
// CHECK:         arith.addi %[[SUM]], %[[ZERO]]
// CHECK:       tensor.expand_shape %{{.*}} {{\[\[}}0, 1]] output_shape [1, 4] : tensor<4xindex> into tensor<1x4xindex>
func.func @indices_of_dropped_loops(%m: tensor<4xindex>) -> tensor<1x4xindex> {
  %e = tensor.empty() : tensor<1x4xindex>
  %k = tensor.expand_shape %m [[0, 1]] output_shape [1, 4] : tensor<4xindex> into tensor<1x4xindex>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%k : tensor<1x4xindex>) outs(%e : tensor<1x4xindex>) {
  ^bb0(%a: index, %o: index):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c = arith.addi %j, %a : index
    %d = arith.addi %c, %i : index
    linalg.yield %d : index
  } -> tensor<1x4xindex>
  return %0 : tensor<1x4xindex>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#none = affine_map<(d0, d1) -> ()>
// A reduction over an added dimension keeps it: nothing else would say how long
// that loop is.
// CHECK-LABEL: @reduced_unit_dimension
// CHECK:       %[[X:.*]] = tensor.expand_shape
// CHECK:       linalg.generic
// CHECK-SAME:    iterator_types = ["reduction", "reduction"]
// CHECK-SAME:    ins(%[[X]] : tensor<1x4xf32>)
func.func @reduced_unit_dimension(%x: tensor<4xf32>, %zero: tensor<f32>) -> tensor<f32> {
  %k = tensor.expand_shape %x [[0, 1]] output_shape [1, 4] : tensor<4xf32> into tensor<1x4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction", "reduction"]} ins(%k : tensor<1x4xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%a: f32, %sum: f32):
    %b = arith.addf %sum, %a : f32
    linalg.yield %b : f32
  } -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

// Many scalars are no reason to stop: only tensors are operands.
// CHECK-LABEL: @scalars_are_no_operands
// CHECK-COUNT-1: linalg.generic
// CHECK-NOT:     linalg.generic
// CHECK:         return
#id = affine_map<(d0) -> (d0)>
#none = affine_map<(d0) -> ()>
func.func @scalars_are_no_operands(%x: tensor<4xf32>, %a: f32) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %s = tensor.from_elements %a : tensor<f32>
  %0 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%x, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%0, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %2 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%1, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %3 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%2, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %4 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%3, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %5 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%4, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %6 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%5, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %7 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%6, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %8 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%7, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %9 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%8, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %10 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%9, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %11 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%10, %s : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%b: f32, %c: f32, %o: f32):
    %r = arith.addf %b, %c : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  return %11 : tensor<4xf32>
}

// -----

// Functions are long: three of them fill a body.
// CHECK-LABEL: @functions_are_long
// CHECK:         linalg.generic
// CHECK-COUNT-2:   math.tanh
// CHECK:         linalg.generic
// CHECK-COUNT-3:   math.tanh
// CHECK:         return
func.func @functions_are_long(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.tanh ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = linalg.tanh ins(%0 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %2 = linalg.tanh ins(%1 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %3 = linalg.tanh ins(%2 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %4 = linalg.tanh ins(%3 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %4 : tensor<4xf32>
}
