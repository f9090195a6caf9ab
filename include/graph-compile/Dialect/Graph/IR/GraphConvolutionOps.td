//===- GraphConvolutionOps.td - convolutions, gradients ----*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tensors have their channels last: an input is [batch, spatial.., channels], a
// filter [spatial.., channels of a group, output channels]. Any number of
// spatial dims will do. A depthwise convolution is one whose groups are single
// channels.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCONVOLUTIONOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCONVOLUTIONOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

/// How windows lie: a stride and a dilation per spatial dim (absent: all 1), two
/// paddings per spatial dim (absent: 0, unless `same_padding`).
defvar graphConvolutionAttributes = (ins
    OptionalAttr<DenseI64ArrayAttr>:$strides,
    OptionalAttr<DenseI64ArrayAttr>:$dilations,
    OptionalAttr<DenseI64ArrayAttr>:$padding,
    UnitAttr:$same_padding,
    DefaultValuedAttr<I64Attr, "1">:$groups);

class Graph_ConvolutionOp<string mnemonic> : Graph_PureOp<mnemonic> {
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// How windows lie along each spatial dim.
    ::llvm::SmallVector<::graph_compile::graph::ConvolutionDim>
    getSpatialDims();
  }];
}

def Graph_ConvOp : Graph_ConvolutionOp<"conv"> {
  let summary = "convolution";
  let description = [{
    Slides a filter over an input. Element `[n, o.., q]` of the result is the sum,
    over the taps `k..` of the filter and the channels `c` of a group, of

        input[n, o * stride + k * dilation - before.., g * C + c] * filter[k.., c, q]

    where `C` is the number of channels of a group and `g` the group that the
    output channel `q` belongs to: output channels are shared out to the `groups`
    in order. What lies outside the input is 0.

    `padding` has the entries before and after the input for each spatial dim. The
    size of the output is `(size + before + after - reach + stride) / stride`, where
    `reach` is `(taps - 1) * dilation + 1`. With `same_padding` it is
    `ceil(size / stride)`: the padding is as large as that needs, half of it, rounded
    down, before the input.

    Products are added in any order; f16 and bf16 are added in f32. Integers wrap
    around. Takes for granted that an open number of channels fits.

    Constraints:
    - C1: `input` and `filter` have the same element type.
    - C2: `input` and `filter` have the same number of dims, at least three.
    - C3: `strides` and `dilations` have one element per spatial dim, at least 1.
    - C4: `padding` has two elements per spatial dim, at least 0, and is absent with
      `same_padding`.
    - C5: `groups` is at least 1, divides the output channels, and times the channels
      of the filter gives those of the input.
    - C6: static spatial sizes of the filter are at least 1, static sizes of the
      output at least 0.
    - C7: the result's type is compatible with the shape of the output.

    Example:

    ```mlir
    graph.func @edges(%x: tensor<?x32x32x3xf32>, %w: tensor<3x3x3x8xf32>) -> tensor<?x16x16x8xf32> {
      %y = graph.conv %x, %w {same_padding, strides = array<i64: 2, 2>} : (tensor<?x32x32x3xf32>, tensor<3x3x3x8xf32>) -> tensor<?x16x16x8xf32>
      graph.return %y : tensor<?x16x16x8xf32>
    }
    ```

    Source: TensorFlow `Conv`, `Conv2D`, `Conv3D`, `DepthwiseConv2dNative`.
  }];
  let arguments = !con((ins Graph_NumberTensor:$input,
                            Graph_NumberTensor:$filter),
                       graphConvolutionAttributes);
}

def Graph_ConvInputGradOp : Graph_ConvolutionOp<"conv_input_grad"> {
  let summary = "gradient of a convolution for its input";
  let description = [{
    The transpose of `graph.conv` as a function of the input: gives what each element
    of an input of spatial sizes `sizes` adds to the sum of the output's elements,
    each weighted with its element of `output_grad`. Also known as a transposed
    convolution. Takes for granted that open sizes of `output_grad` are those of the
    output of such a convolution.

    Constraints:
    - C1: `filter` and `output_grad` have the same element type.
    - C2: `filter` and `output_grad` have the same number of dims, at least three.
    - C3: `strides` and `dilations` have one element per spatial dim, at least 1.
    - C4: `padding` has two elements per spatial dim, at least 0, and is absent with
      `same_padding`.
    - C5: `groups` is at least 1 and divides the output channels, which `filter` and
      `output_grad` share.
    - C6: `sizes` has one element per spatial dim; known ones are at least 0, and
      static spatial sizes of the filter at least 1.
    - C7: static spatial sizes of `output_grad` are those of the convolution's output.
    - C8: the result's type is compatible with `[batch, sizes.., channels]`.

    Example:

    ```mlir
    graph.func @upsample(%y: tensor<?x16x16x8xf32>, %w: tensor<3x3x3x8xf32>) -> tensor<?x32x32x3xf32> {
      %sizes = graph.constant dense<32> : tensor<2xi32>
      %x = graph.conv_input_grad %w, %y, %sizes {same_padding, strides = array<i64: 2, 2>} : (tensor<3x3x3x8xf32>, tensor<?x16x16x8xf32>, tensor<2xi32>) -> tensor<?x32x32x3xf32>
      graph.return %x : tensor<?x32x32x3xf32>
    }
    ```

    Source: TensorFlow `Conv2DBackpropInput`, `Conv3DBackpropInputV2`,
    `DepthwiseConv2dNativeBackpropInput`.
  }];
  let arguments = !con((ins Graph_NumberTensor:$filter,
                            Graph_NumberTensor:$output_grad,
                            Graph_IndexVector:$sizes),
                       graphConvolutionAttributes);
}

def Graph_ConvFilterGradOp : Graph_ConvolutionOp<"conv_filter_grad"> {
  let summary = "gradient of a convolution for its filter";
  let description = [{
    The transpose of `graph.conv` as a function of the filter: gives what each element
    of a filter of spatial sizes `sizes` adds to the sum of the output's elements,
    each weighted with its element of `output_grad`. Takes for granted that open
    sizes of `output_grad` are those of the output of such a convolution.

    Constraints:
    - C1: `input` and `output_grad` have the same element type.
    - C2: `input` and `output_grad` have the same number of dims, at least three.
    - C3: `strides` and `dilations` have one element per spatial dim, at least 1.
    - C4: `padding` has two elements per spatial dim, at least 0, and is absent with
      `same_padding`.
    - C5: `groups` is at least 1 and divides the channels of `input` and of
      `output_grad`.
    - C6: `sizes` has one element per spatial dim; known ones are at least 1.
    - C7: static sizes of `output_grad`, but for its channels, are those of the
      convolution's output.
    - C8: the result's type is compatible with
      `[sizes.., channels of a group, output channels]`.

    Example:

    ```mlir
    graph.func @learn(%x: tensor<?x32x32x3xf32>, %y: tensor<?x16x16x8xf32>) -> tensor<3x3x3x8xf32> {
      %sizes = graph.constant dense<3> : tensor<2xi32>
      %w = graph.conv_filter_grad %x, %y, %sizes {same_padding, strides = array<i64: 2, 2>} : (tensor<?x32x32x3xf32>, tensor<?x16x16x8xf32>, tensor<2xi32>) -> tensor<3x3x3x8xf32>
      graph.return %w : tensor<3x3x3x8xf32>
    }
    ```

    Source: TensorFlow `Conv2DBackpropFilter`, `Conv3DBackpropFilterV2`,
    `DepthwiseConv2dNativeBackpropFilter`.
  }];
  let arguments = !con((ins Graph_NumberTensor:$input,
                            Graph_NumberTensor:$output_grad,
                            Graph_IndexVector:$sizes),
                       graphConvolutionAttributes);
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCONVOLUTIONOPS_TD
