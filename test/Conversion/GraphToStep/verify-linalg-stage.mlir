// RUN: graph-opt %s -verify-linalg-stage -split-input-file -verify-diagnostics

func.func @step(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}

// -----

graph.func @left_over(%x: tensor<f32>) -> tensor<f32> attributes {linear} {
  // expected-error @+1 {{is not an operation of the stage 'linalg'}}
  %0 = graph.exp %x : tensor<f32>
  graph.return %0 : tensor<f32>
}

// -----

func.func @signs(%x: tensor<2xi8>) -> tensor<2xui8> {
  // expected-error @+1 {{expects signless integers in the stage 'linalg'}}
  %0 = tensor.bitcast %x : tensor<2xi8> to tensor<2xui8>
  return %0 : tensor<2xui8>
}

// -----

func.func @choice(%go: i1, %x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{expects branches to choose between tensors in the stage 'linalg'; run branch-tensor-selects}}
  %0 = arith.select %go, %x, %y : tensor<2xf32>
  return %0 : tensor<2xf32>
}
