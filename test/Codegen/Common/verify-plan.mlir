// RUN: graph-opt %s -step-verify-plan -split-input-file -verify-diagnostics

// expected-error @+1 {{expects no results at stage `plan`: they are in `step.results`}}
func.func @step(%x: memref<f32>) -> memref<f32> {
  return %x : memref<f32>
}

// -----

// expected-error @+1 {{expects the attribute `step.results` at stage `plan`}}
func.func @step() {
  return
}

// -----

// expected-error @+1 {{expects the attribute `step.arena_bytes` at stage `plan`}}
func.func @step() attributes {step.results = []} {
  return
}

// -----

// expected-error @+1 {{expects memrefs with an identity layout as arguments at stage `plan`, but got 'tensor<4xf32>'}}
func.func @step(%x: tensor<4xf32>) attributes {step.results = [], step.arena_bytes = 0 : i64} {
  return
}

// -----

func.func @step() attributes {step.results = [], step.arena_bytes = 0 : i64} {
  // expected-error @+1 {{every value needs a place}}
  %0 = tensor.empty() : tensor<4xf32>
  return
}

// -----

func.func @step() attributes {step.results = [], step.arena_bytes = 0 : i64} {
  // expected-error @+1 {{a step allocates nothing}}
  %0 = memref.alloc() : memref<4xf32>
  return
}

// -----

step.variable @v : tensor<4xf32>
func.func @step() attributes {step.results = [], step.arena_bytes = 0 : i64} {
  // expected-error @+1 {{every value needs a place}}
  %0 = step.load @v : tensor<4xf32>
  return
}

// -----

func.func @step() attributes {step.results = [], step.arena_bytes = 64 : i64} {
  // expected-error @+1 {{it ends at byte 80 of an arena of 64}}
  %0 = step.arena 64 : memref<4xf32>
  return
}

// -----

func.func @step(%x: memref<4xf32>) attributes {step.results = [], step.arena_bytes = 64 : i64} {
  // expected-error @+1 {{places have an identity layout, but this is 'memref<2xf32, strided<[1], offset: 1>>'}}
  %0 = memref.subview %x[1] [2] [1] : memref<4xf32> to memref<2xf32, strided<[1], offset: 1>>
  return
}
