//===- GraphNormOps.td - normalization ---------------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHNORMOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHNORMOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

def Graph_BatchNormOp : Graph_PureOp<"batch_norm"> {
  let summary = "batch normalization with statistics that are given";
  let description = [{
    Normalizes each channel of `x` with a mean and a variance that are given, as a
    trained model does, then scales and shifts it:

        (x - mean) / sqrt(variance + epsilon) * scale + offset

    The channels lie along the dim `axis`. Each of `scale`, `offset`, `mean` and
    `variance` is a vector with an element per channel, or a scalar that holds for
    all of them: a norm without a scale has the scalar 1.0, one without an offset
    the scalar -0.0, which changes no zero.

    Computes in the type of the vectors, f16 and bf16 in f32, and rounds to that of
    `x` once, at the end; `epsilon` is rounded to the type in which is computed.
    What has no square root gives NaN, a variance plus epsilon of 0 infinities and
    NaN. An empty tensor gives an empty one. Takes for granted that an open number
    of channels fits.

    Constraints:
    - C1: `scale`, `offset`, `mean` and `variance` have one element type: that of
      `x`, or f32 where that is f16 or bf16.
    - C2: `axis` is a dim of `x`.
    - C3: `scale`, `offset`, `mean` and `variance` are scalars, or vectors with as
      many elements as `x` has channels.
    - C4: the result's type is compatible with that of `x`.

    Example:

    ```mlir
    graph.func @norm(%x: tensor<?x8x8x4xf16>, %offset: tensor<4xf32>, %mean: tensor<4xf32>, %variance: tensor<4xf32>) -> tensor<?x8x8x4xf16> {
      %scale = graph.constant dense<1.0> : tensor<f32>
      %y = graph.batch_norm %x, %scale, %offset, %mean, %variance {axis = 3 : i64, epsilon = 1.0e-3 : f64} : (tensor<?x8x8x4xf16>, tensor<f32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x8x8x4xf16>
      graph.return %y : tensor<?x8x8x4xf16>
    }
    ```

    Source: TensorFlow `FusedBatchNorm`, `FusedBatchNormV2`, `FusedBatchNormV3`,
    `BatchNormWithGlobalNormalization`, `tf.nn.batch_normalization`.
  }];
  let arguments = (ins Graph_FloatTensor:$x, Graph_FloatTensor:$scale,
                       Graph_FloatTensor:$offset, Graph_FloatTensor:$mean,
                       Graph_FloatTensor:$variance, I64Attr:$axis,
                       F64Attr:$epsilon);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// Builds what the op means out of elementwise ops and returns its result.
    ::mlir::Value expand(::mlir::OpBuilder &builder);
  }];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHNORMOPS_TD
