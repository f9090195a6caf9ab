// RUN: graph-opt %s -step-verify-kernels -split-input-file -verify-diagnostics

func.func @step(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{'linalg.exp' op in an unnamed node is not legal at stage `kernels`: what computes a tensor must be in a kernel}}
  %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func private @k(memref<4xf32>, memref<4xf32>)
func.func private @kernel_0(%x: memref<4xf32>, %o: memref<4xf32>) attributes {step.kernel} {
  // expected-error @+1 {{'func.call' op in an unnamed node is not legal at stage `kernels`: a kernel is on its own}}
  call @k(%x, %o) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}

// -----

func.func private @kernel_0(%x: memref<4xf32>) attributes {step.kernel} {
  // expected-error @+1 {{a kernel works on memrefs}}
  %0 = tensor.empty() : tensor<4xf32>
  return
}

// -----

// expected-error @+1 {{expects memrefs with an identity layout and scalars as arguments of a kernel, but got 'memref<4xf32, strided<[2]>>'}}
func.func private @kernel_0(%x: memref<4xf32, strided<[2]>>) attributes {step.kernel} {
  return
}

// -----

// expected-error @+1 {{expects a kernel without results}}
func.func private @kernel_0(%x: f32) -> f32 attributes {step.kernel} {
  return %x : f32
}

// -----

// expected-error @+1 {{expects one block, but has 2}}
func.func @step() {
  cf.br ^next
^next:
  return
}

// -----

// A kernel may go on from what a destination contains.
func.func private @kernel_0(%x: memref<4xf32>, %o: memref<4xf32>) attributes {step.kernel} {
  return
}
func.func @step(%x: tensor<4xf32>, %y: tensor<4xf32>) {
  %0 = step.launch @kernel_0 ins(%x : tensor<4xf32>) outs(%y : tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @step() {
  // expected-error @+1 {{a step works on tensors}}
  %0 = memref.alloc() : memref<4xf32>
  return
}

// -----

step.variable @v : tensor<4xf32>
func.func @step() {
  // expected-error @+1 {{it belongs to stage `plan`}}
  step.mark_set @v
  return
}
