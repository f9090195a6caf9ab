// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// One linalg.generic per operation; a constant of one value comes into the body.
// CHECK-LABEL: func.func @scale
// CHECK-SAME:    (%[[X:.*]]: tensor<?x4xf32>)
// CHECK:       %[[DIM:.*]] = tensor.dim %[[X]]
// CHECK:       %[[INIT:.*]] = tensor.empty(%[[DIM]])
// CHECK:       linalg.generic
// CHECK-SAME:    ins(%[[X]] : tensor<?x4xf32>) outs(%[[INIT]] : tensor<?x4xf32>)
// CHECK:         arith.mulf %{{.*}}, %cst
graph.func @scale(%x: tensor<?x4xf32>) -> tensor<?x4xf32> attributes {linear} {
  %two = graph.constant dense<2.0> : tensor<f32>
  %0 = graph.mul %x, %two : (tensor<?x4xf32>, tensor<f32>) -> tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}

// -----

// A scalar from memory is read once, outside.
// CHECK-LABEL: func.func @scale_by_argument
// CHECK:       %[[RATE:.*]] = tensor.extract %arg1[] : tensor<f32>
// CHECK:       linalg.generic
// CHECK:         arith.mulf %{{.*}}, %[[RATE]]
graph.func @scale_by_argument(%x: tensor<4xf32>, %rate: tensor<f32>) -> tensor<4xf32> attributes {linear} {
  %0 = graph.mul %x, %rate : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  graph.return %0 : tensor<4xf32>
}

// -----

// Rank 0 is computed in registers.
// CHECK-LABEL: func.func @on_scalars
// CHECK-NOT:   linalg
// CHECK:       %[[X:.*]] = tensor.extract %arg0[]
// CHECK:       %[[E:.*]] = math.exp %[[X]] : f32
// CHECK:       %[[N:.*]] = arith.negf %[[E]]
// CHECK:       tensor.from_elements %[[N]] : tensor<f32>
graph.func @on_scalars(%x: tensor<f32>) -> tensor<f32> attributes {linear} {
  %0 = graph.exp %x : tensor<f32>
  %1 = graph.neg %0 : tensor<f32>
  graph.return %1 : tensor<f32>
}

// -----

// Narrow floats are computed in f32 and rounded after each operation.
// CHECK-LABEL: func.func @narrow_floats
// CHECK:         %[[X:.*]] = arith.extf %{{.*}} : bf16 to f32
// CHECK:         %[[Y:.*]] = arith.extf %{{.*}} : bf16 to f32
// CHECK:         %[[SUM:.*]] = arith.addf %[[X]], %[[Y]] : f32
// CHECK:         arith.truncf %[[SUM]] : f32 to bf16
graph.func @narrow_floats(%x: tensor<9xbf16>, %y: tensor<9xbf16>) -> tensor<9xbf16> attributes {linear} {
  %0 = graph.add %x, %y : tensor<9xbf16>
  graph.return %0 : tensor<9xbf16>
}

// -----

// Unsigned integers take the operations for them.
// CHECK-LABEL: func.func @unsigned
// CHECK:         arith.divui
// CHECK:         arith.cmpi ult
// CHECK:         arith.maxui
// CHECK:         arith.uitofp
graph.func @unsigned(%x: tensor<?xui8>, %y: tensor<9xui8>)
    -> (tensor<9xui8>, tensor<9xi1>, tensor<9xui8>, tensor<9xf32>) attributes {linear} {
  %0 = graph.floor_div %x, %y : (tensor<?xui8>, tensor<9xui8>) -> tensor<9xui8>
  %1 = graph.compare LT %0, %y : (tensor<9xui8>, tensor<9xui8>) -> tensor<9xi1>
  %2 = graph.max %0, %y : tensor<9xui8>
  %3 = graph.cast %2 : tensor<9xui8> to tensor<9xf32>
  graph.return %0, %1, %2, %3 : tensor<9xui8>, tensor<9xi1>, tensor<9xui8>, tensor<9xf32>
}

// -----

// A division never traps: neither by 0 nor of the lowest integer by -1.
// CHECK-LABEL: func.func @division
// CHECK:         %[[IS_ZERO:.*]] = arith.cmpi eq, %[[Y:.*]], %c0_i32
// CHECK:         %[[IS_MINUS_ONE:.*]] = arith.cmpi eq, %[[Y]], %c-1_i32
// CHECK:         %[[IS_SPECIAL:.*]] = arith.ori %[[IS_ZERO]], %[[IS_MINUS_ONE]]
// CHECK:         %[[DIVISOR:.*]] = arith.select %[[IS_SPECIAL]], %c1_i32, %[[Y]]
// CHECK:         %[[QUOTIENT:.*]] = arith.divsi %[[X:.*]], %[[DIVISOR]]
// CHECK:         %[[NEGATED:.*]] = arith.subi %c0_i32, %[[X]]
// CHECK:         arith.select %[[IS_MINUS_ONE]], %[[NEGATED]], %[[QUOTIENT]]
graph.func @division(%x: tensor<9xi32>, %y: tensor<9xi32>) -> tensor<9xi32> attributes {linear} {
  %0 = graph.trunc_div %x, %y : tensor<9xi32>
  graph.return %0 : tensor<9xi32>
}

// -----

// NE is the one comparison that NaN satisfies.
// CHECK-LABEL: func.func @compare
// CHECK:         arith.cmpf une
// CHECK:         arith.cmpf oeq
graph.func @compare(%x: tensor<9xf32>, %y: tensor<9xf32>) -> (tensor<9xi1>, tensor<9xi1>) attributes {linear} {
  %0 = graph.compare NE %x, %y : (tensor<9xf32>, tensor<9xf32>) -> tensor<9xi1>
  %1 = graph.compare EQ %x, %y : (tensor<9xf32>, tensor<9xf32>) -> tensor<9xi1>
  graph.return %0, %1 : tensor<9xi1>, tensor<9xi1>
}

// -----

// What does not fit the integer gives the lowest one and never LLVM's poison.
// CHECK-LABEL: func.func @float_to_integer
// CHECK:         %[[ABOVE:.*]] = arith.cmpf oge, %[[X:.*]], %{{.*}} : f32
// CHECK:         %[[BELOW:.*]] = arith.cmpf olt, %[[X]], %{{.*}} : f32
// CHECK:         %[[FITS:.*]] = arith.andi %[[ABOVE]], %[[BELOW]]
// CHECK:         %[[SAFE:.*]] = arith.select %[[FITS]], %[[X]]
// CHECK:         %[[I:.*]] = arith.fptosi %[[SAFE]] : f32 to i32
// CHECK:         arith.select %[[FITS]], %[[I]], %c-2147483648_i32
graph.func @float_to_integer(%x: tensor<9xf32>) -> tensor<9xi32> attributes {linear} {
  %0 = graph.cast %x : tensor<9xf32> to tensor<9xi32>
  graph.return %0 : tensor<9xi32>
}

// -----

// libm's function is declared once and called.
// CHECK:       func.func private @lgammaf(f32) -> f32
// CHECK-LABEL: func.func @lgamma
// CHECK:         func.call @lgammaf
graph.func @lgamma(%x: tensor<9xf32>) -> tensor<9xf32> attributes {linear} {
  %0 = graph.lgamma %x : tensor<9xf32>
  graph.return %0 : tensor<9xf32>
}

// -----

// A call is never made by the step itself, not even for one element.
// CHECK-LABEL: func.func @lgamma_of_scalar
// CHECK:       %[[X:.*]] = tensor.extract %arg0[] : tensor<f64>
// CHECK:       linalg.generic
// CHECK:         func.call @lgamma(%[[X]]) : (f64) -> f64
graph.func @lgamma_of_scalar(%x: tensor<f64>) -> tensor<f64> attributes {linear} {
  %0 = graph.lgamma %x : tensor<f64>
  graph.return %0 : tensor<f64>
}
