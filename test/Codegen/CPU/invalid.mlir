// RUN: graph-opt %s -cpu-codegen -split-input-file -verify-diagnostics

// expected-error@+1 {{expects memrefs with an identity layout in a kernel, but argument 0 has type}}
func.func private @layout(%a: memref<4xf32, strided<[2]>>) attributes {step.kernel} {
  return
}

// -----

func.func private @large_buffer() attributes {step.kernel} {
  // expected-error@+1 {{expects a buffer inside a kernel to be of static size and at most 262144 bytes; place larger ones in the plan}}
  %a = memref.alloc() : memref<100000xf32>
  return
}

// -----

// The loops around the error carry a value nevertheless.
func.func private @other_memory_in_reduction(%a: memref<4xf32>, %b: memref<f32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a : memref<4xf32>) outs(%b : memref<f32>) {
  ^bb0(%x: f32, %sum: f32):
    // expected-error@+1 {{has no CPU code}}
    %c = memref.reinterpret_cast %a to offset: [1], sizes: [2], strides: [1] : memref<4xf32> to memref<2xf32, strided<[1], offset: 1>>
    %next = arith.addf %x, %sum : f32
    linalg.yield %next : f32
  }
  return
}

// -----

func.func private @other_memory(%a: memref<4xf32>) attributes {step.kernel} {
  // expected-error@+1 {{has no CPU code: kernels access memrefs by linalg operations, memref.load and memref.store}}
  %b = memref.reinterpret_cast %a to offset: [1], sizes: [2], strides: [1] : memref<4xf32> to memref<2xf32, strided<[1], offset: 1>>
  return
}

// -----

// expected-error@+1 {{expects a planned step, whose inputs are memrefs, but got 'tensor<4xf32>'}}
func.func @unplanned(%a: tensor<4xf32>) {
  return
}

// -----

step.variable @v : tensor<2xf32>
func.func @unplanned_load() {
  // expected-error@+1 {{is on tensors, but CPU code is made from a planned step; run the plan first}}
  %0 = step.load @v : tensor<2xf32>
  return
}

// -----

func.func private @loops_in_two_dims(%a: memref<4x4xf32>) attributes {step.kernel} {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %four = arith.constant 4 : index
  // expected-error@+1 {{expects one loop and no reduction in a kernel; nest scf.for in it}}
  scf.parallel (%i, %j) = (%zero, %zero) to (%four, %four) step (%one, %one) {
    scf.reduce
  }
  return
}

// -----

func.func private @part_of_a_row(%a: memref<4x8xf32>, %i: index) attributes {step.kernel} {
  // expected-error@+1 {{expects a row in a kernel: one place in the leading dims, all of the others}}
  %row = memref.subview %a[%i, 0] [1, 4] [1, 1] : memref<4x8xf32> to memref<4xf32, strided<[1], offset: ?>>
  return
}
