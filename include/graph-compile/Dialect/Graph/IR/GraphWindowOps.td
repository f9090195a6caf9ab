//===- GraphWindowOps.td - pooling and resampling ----------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHWINDOWOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHWINDOWOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

/// How windows lie: a size and a stride for every dim (strides absent: all 1),
/// two paddings for every dim (absent: 0, unless `same_padding`).
defvar graphWindowAttributes = (ins
    DenseI64ArrayAttr:$window,
    OptionalAttr<DenseI64ArrayAttr>:$strides,
    OptionalAttr<DenseI64ArrayAttr>:$padding,
    UnitAttr:$same_padding);

class Graph_WindowOp<string mnemonic> : Graph_PureOp<mnemonic> {
  let extraClassDeclaration = [{
    /// How windows lie along each dim; their sizes are `getWindow()`.
    ::llvm::SmallVector<::graph_compile::graph::ConvolutionDim> getDims();
  }];
}

def Graph_PoolOp : Graph_WindowOp<"pool"> {
  let summary = "combines the elements of windows";
  let description = [{
    Combines the elements of each window on `x` into one element of the result: their
    `max`, `sum`, or `mean`. A window has a size along every dim of `x`, 1 along those
    that are not pooled.

    `padding` has the numbers of places before and after `x` for each dim. The
    result's size along a dim is `(size + before + after - window + stride) / stride`,
    rounded toward 0 and at least 0. With `same_padding` it is
    `ceil(size / stride)`: the padding is as large as that needs, half of it, rounded
    down, before. Places outside `x` take no part: `mean` divides by the number
    of places inside.

    `max` skips NaN; of no other element it gives negative infinity (of integers,
    the lowest value). With `finite` the result is at least the lowest finite value.
    Sums are added in row-major order, rounded to the element type; integers wrap
    around.

    Constraints:
    - C1: `window` has one element per dim of `x`, at least 1.
    - C2: `strides` has one element per dim of `x`, at least 1.
    - C3: `padding` has two elements per dim of `x`, at least 0 and less than the
      window's size, and is absent with `same_padding`.
    - C4: static sizes of `x` are not smaller than the window by more than a stride.
    - C5: `mean` takes floats; `finite` goes with `max`.
    - C6: the result's type is compatible with the shape of the output.

    Example:

    ```mlir
    graph.func @halve(%x: tensor<?x32x32x8xf32>) -> tensor<?x16x16x8xf32> {
      %y = graph.pool max %x {window = array<i64: 1, 3, 3, 1>, strides = array<i64: 1, 2, 2, 1>, same_padding} : (tensor<?x32x32x8xf32>) -> tensor<?x16x16x8xf32>
      graph.return %y : tensor<?x16x16x8xf32>
    }
    ```

    Source: TensorFlow `MaxPool`, `AvgPool`, `MaxPool3D`, `AvgPool3D`.
  }];
  let arguments = !con((ins Graph_PoolKindAttr:$kind, Graph_NumberTensor:$x),
                       graphWindowAttributes, (ins UnitAttr:$finite));
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $kind $x attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_ArgMaxPoolOp : Graph_WindowOp<"arg_max_pool"> {
  let summary = "where the greatest element of each window is";
  let description = [{
    Gives, for each window as in `graph.pool`, the position of its greatest element:
    of equal ones the first, and a NaN only if it is the first of the window. A
    position counts the elements of all of `x`, row-major.

    Constraints:
    - C1: `window` has one element per dim of `x`, at least 1.
    - C2: `strides` has one element per dim of `x`, at least 1.
    - C3: `padding` has two elements per dim of `x`, at least 0 and less than the
      window's size, and is absent with `same_padding`.
    - C4: static sizes of `x` are not smaller than the window by more than a stride.
    - C5: the result's type is compatible with the shape of the output.

    Example:

    ```mlir
    graph.func @where(%x: tensor<?x32x8xf32>) -> tensor<?x16x8xi64> {
      %i = graph.arg_max_pool %x {window = array<i64: 1, 2, 1>, strides = array<i64: 1, 2, 1>} : (tensor<?x32x8xf32>) -> tensor<?x16x8xi64>
      graph.return %i : tensor<?x16x8xi64>
    }
    ```

    Source: TensorFlow `MaxPoolWithArgmax`.
  }];
  let arguments = !con((ins Graph_NumberTensor:$x), graphWindowAttributes);
  let results = (outs Graph_TensorOf<[I64], "ranked tensor of i64">:$result);
  let assemblyFormat = [{
    $x attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_MaxPoolGradOp : Graph_WindowOp<"max_pool_grad"> {
  let summary = "gradient of a maximum of windows";
  let description = [{
    Hands each element of `output_grad` to the element of `x` that is the greatest of
    its window (of equal ones, and of NaNs, as `graph.arg_max_pool` says), and gives
    the sums. With `y`, which has the shape of `output_grad`, every element of the
    window that equals the window's element of `y` receives it. Sums are
    rounded to the element type. Takes for granted that open sizes of `output_grad`
    are those of the pool of `x`.

    Constraints:
    - C1: `window` has one element per dim of `x`, at least 1.
    - C2: `strides` has one element per dim of `x`, at least 1.
    - C3: `padding` has two elements per dim of `x`, at least 0 and less than the
      window's size, and is absent with `same_padding`.
    - C4: static sizes of `x` are not smaller than the window by more than a stride.
    - C5: the operands have the same element type.
    - C6: `output_grad` and `y` have a shape that is compatible with that of the pool.
    - C7: the result's type is compatible with that of `x`.

    Example:

    ```mlir
    graph.func @grad(%x: tensor<?x32x8xf32>, %dy: tensor<?x16x8xf32>) -> tensor<?x32x8xf32> {
      %dx = graph.max_pool_grad %x, %dy {window = array<i64: 1, 2, 1>, strides = array<i64: 1, 2, 1>} : (tensor<?x32x8xf32>, tensor<?x16x8xf32>) -> tensor<?x32x8xf32>
      graph.return %dx : tensor<?x32x8xf32>
    }
    ```

    Source: TensorFlow `MaxPoolGrad`, `MaxPoolGradV2`; with `y`, `MaxPool3DGrad`.
  }];
  let arguments = !con((ins Graph_NumberTensor:$x,
                            Graph_NumberTensor:$output_grad,
                            Optional<Graph_NumberTensor>:$y),
                       graphWindowAttributes);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $x `,` $output_grad (`equal` $y^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Graph_MeanPoolGradOp : Graph_WindowOp<"mean_pool_grad"> {
  let summary = "gradient of a mean of windows";
  let description = [{
    Shares out each element of `output_grad` evenly among the elements of its window
    inside a tensor of sizes `sizes`, and gives the sums. Shares and sums are rounded
    to the element type. Takes for granted that open sizes of `output_grad` are those
    of the pool of such a tensor.

    Constraints:
    - C1: `window` has one element per dim of `output_grad`, at least 1.
    - C2: `strides` has one element per dim of `output_grad`, at least 1.
    - C3: `padding` has two elements per dim of `output_grad`, at least 0 and less than
      the window's size, and is absent with `same_padding`.
    - C4: `sizes` has one element per dim of `output_grad`; known ones are at least 0
      and not smaller than the window by more than a stride.
    - C5: `output_grad` has a shape that is compatible with that of the pool.
    - C6: the result's type is compatible with a tensor of sizes `sizes`.

    Example:

    ```mlir
    graph.func @grad(%dy: tensor<2x16x8xf32>, %sizes: tensor<3xi32>) -> tensor<?x?x?xf32> {
      %dx = graph.mean_pool_grad %dy, %sizes {window = array<i64: 1, 2, 1>, strides = array<i64: 1, 2, 1>} : (tensor<2x16x8xf32>, tensor<3xi32>) -> tensor<?x?x?xf32>
      graph.return %dx : tensor<?x?x?xf32>
    }
    ```

    Source: TensorFlow `AvgPoolGrad`, `AvgPool3DGrad`.
  }];
  let arguments = !con((ins Graph_FloatTensor:$output_grad,
                            Graph_IndexVector:$sizes),
                       graphWindowAttributes);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $output_grad `,` $sizes attr-dict `:` functional-type(operands, results)
  }];
}

//===----------------------------------------------------------------------===//
// Resampling
//===----------------------------------------------------------------------===//

def Graph_ResampleOp : Graph_PureOp<"resample"> {
  let summary = "weighted sums of places along a dim";
  let description = [{
    Makes each slice of the result along the dim `axis` of a few slices of `x`: slice
    `o` is the sum over `k`, in ascending order, of `weights[o, k]` times the slice
    of `x` at `positions[o, k]`. Sums are rounded to the element type. Takes for
    granted that positions lie inside `x`, and that open sizes of `positions` and
    `weights` agree.

    Constraints:
    - C1: `axis` is a dim of `x`.
    - C2: `positions` and `weights` are matrices of compatible shapes.
    - C3: `weights` has the element type of `x`.
    - C4: the result's type is compatible with that of `x`, with the rows of
      `positions` as its size along `axis`.

    Example:

    ```mlir
    graph.func @between(%x: tensor<?x4x8xf32>) -> tensor<?x2x8xf32> {
      %i = graph.constant dense<[[0, 1], [2, 3]]> : tensor<2x2xi32>
      %w = graph.constant dense<0.5> : tensor<2x2xf32>
      %y = graph.resample %x, %i, %w {axis = 1 : i64} : (tensor<?x4x8xf32>, tensor<2x2xi32>, tensor<2x2xf32>) -> tensor<?x2x8xf32>
      graph.return %y : tensor<?x2x8xf32>
    }
    ```

    Source: what TensorFlow's `ResizeBilinear`, `ResizeBicubic`, `ResizeArea` and
    `ScaleAndTranslate` do along each side of an image.
  }];
  let arguments = (ins Graph_NumberTensor:$x, Graph_IndexTensor:$positions,
                       Graph_NumberTensor:$weights, I64Attr:$axis);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_ResampleGradOp : Graph_PureOp<"resample_grad"> {
  let summary = "gradient of weighted sums of places along a dim";
  let description = [{
    The transpose of `graph.resample` as a function of `x`, which has `size` places
    along the dim `axis`: adds `weights[o, k]` times slice `o` of `output_grad` to
    slice `positions[o, k]` of the result, which is 0 to begin with, for `o` and then
    `k` in ascending order. Sums are rounded to the element type. Takes for granted
    that positions are in `[0, size)` and that open sizes of the operands agree.

    Constraints:
    - C1: `axis` is a dim of `output_grad`.
    - C2: `positions` and `weights` are matrices of compatible shapes, with as many
      rows as `output_grad` has places along `axis`.
    - C3: `weights` has the element type of `output_grad`.
    - C4: a known `size` is not negative.
    - C5: the result's type is compatible with that of `output_grad`, with `size` as
      its size along `axis`.

    Example:

    ```mlir
    graph.func @spread(%dy: tensor<?x2x8xf32>, %size: tensor<i32>) -> tensor<?x?x8xf32> {
      %i = graph.constant dense<[[0, 1], [2, 3]]> : tensor<2x2xi32>
      %w = graph.constant dense<0.5> : tensor<2x2xf32>
      %dx = graph.resample_grad %dy, %i, %w, %size {axis = 1 : i64} : (tensor<?x2x8xf32>, tensor<2x2xi32>, tensor<2x2xf32>, tensor<i32>) -> tensor<?x?x8xf32>
      graph.return %dx : tensor<?x?x8xf32>
    }
    ```

    Source: TensorFlow `ResizeBilinearGrad`, `ResizeBicubicGrad`,
    `ResizeNearestNeighborGrad`, `ScaleAndTranslateGrad`.
  }];
  let arguments = (ins Graph_NumberTensor:$output_grad,
                       Graph_IndexTensor:$positions,
                       Graph_NumberTensor:$weights, Graph_IndexScalar:$size,
                       I64Attr:$axis);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHWINDOWOPS_TD
