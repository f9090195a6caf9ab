// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse | FileCheck %s

// What a generator remembers is no variable of the user's.
// CHECK: step.variable @"draw/state" : tensor<i64> = dense<0> : tensor<i64> {step.hidden}
graph.variable hidden @"draw/state" : tensor<i64> = dense<0> : tensor<i64>

// Key and counter travel in registers; the kernel sees a vector. Draws of one
// type share their kernel.
// CHECK-LABEL: func.func @bits
// CHECK:       step.launch @random_bits.i64.i64.i64.nxi32 ins(%{{.*}}, %{{.*}}, %{{.*}} : i64, i64, i64) outs(%{{.*}} : tensor<?xi32>)
// CHECK:       tensor.expand_shape
// CHECK:       step.launch @random_bits.i64.i64.i64.nxi32 ins(
graph.func @bits(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi32>) -> (tensor<?x3xui32>, tensor<?x?xui32>) attributes {linear} {
  %0 = graph.random_bits %key, %counter, %shape : tensor<2xi32> to tensor<?x3xui32>
  %1 = graph.random_bits %key, %counter, %shape : tensor<2xi32> to tensor<?x?xui32>
  graph.return %0, %1 : tensor<?x3xui32>, tensor<?x?xui32>
}

// Normal numbers of f32 have the bits of libm's functions.
// CHECK-LABEL: func.func @numbers
// CHECK:       step.launch @random_normal.i64.i64.i64.9xf32
// CHECK:       step.launch @random_truncated_normal.i64.i64.i64.9xf64
// CHECK:       step.launch @random_poisson.i64.i64.i64.3xf32.5x3xf64
// CHECK:       step.launch @random_permutation.i64.i64.i64.nxi64
graph.func @numbers(%key: tensor<1xui64>, %counter: tensor<2xui64>, %rate: tensor<3xf32>, %size: tensor<i64>)
    -> (tensor<9xf32>, tensor<9xf64>, tensor<5x3xf64>, tensor<?xi64>) attributes {linear} {
  %shape = graph.constant dense<9> : tensor<1xi32>
  %samples = graph.constant dense<[5, 3]> : tensor<2xi32>
  %0 = graph.random_numbers normal %key, %counter, %shape : tensor<1xi32> to tensor<9xf32>
  %1 = graph.random_numbers truncated_normal %key, %counter, %shape : tensor<1xi32> to tensor<9xf64>
  %2 = graph.random_numbers poisson %key, %counter, %samples(%rate : tensor<3xf32>) : tensor<2xi32> to tensor<5x3xf64>
  %3 = graph.random_permutation %key, %counter, %size : tensor<i64> to tensor<?xi64>
  graph.return %0, %1, %2, %3 : tensor<9xf32>, tensor<9xf64>, tensor<5x3xf64>, tensor<?xi64>
}

// Blocks are independent of each other; what is left of the last one comes
// behind the loop.
// CHECK:       func.func private @random_bits.i64.i64.i64.nxi32(
// CHECK-SAME:    i64, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: memref<?xi32>) attributes {step.kernel}
// CHECK:       scf.parallel
// CHECK:         scf.for
// CHECK:       scf.if

// CHECK:       func.func private @random_normal.
// CHECK:       call @logf
// CHECK:       math.sqrt
// CHECK:       call @sinf
// CHECK:       call @cosf

// Each group of numbers has a loop of its own.
// CHECK:       func.func private @random_truncated_normal.
// CHECK:       scf.parallel
// CHECK:         scf.while
// CHECK:           math.log

// CHECK:       func.func private @random_poisson.
// CHECK:       scf.parallel
// CHECK:         scf.while
// CHECK:       call @lgamma
