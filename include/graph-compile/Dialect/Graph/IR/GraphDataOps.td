//===- GraphDataOps.td - padding, tiling, lookups ----------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHDATAOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHDATAOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

class Graph_DataOp<string mnemonic> : Graph_PureOp<mnemonic> {
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_PadOp : Graph_DataOp<"pad"> {
  let summary = "surrounds a tensor with a value";
  let description = [{
    Gives `x` with `paddings[d, 0]` entries before and `paddings[d, 1]` entries
    after it in dim `d`, filled with `value`. Paddings are not negative.

    Constraints:
    - C1: `paddings` is a matrix of i32 or i64 with one row of two per dim of `x`.
    - C2: `value` has the element type of `x`.
    - C3: known paddings are not negative.
    - C4: the result's type is compatible with the padded shape.

    Example:

    ```mlir
    graph.func @border(%x: tensor<?xf32>, %zero: tensor<f32>) -> tensor<?xf32> {
      %paddings = graph.constant dense<[[1, 1]]> : tensor<1x2xi32>
      %y = graph.pad %x, %paddings, %zero : (tensor<?xf32>, tensor<1x2xi32>, tensor<f32>) -> tensor<?xf32>
      graph.return %y : tensor<?xf32>
    }
    ```

    Source: TensorFlow `Pad`, `PadV2`.
  }];
  let arguments = (ins Graph_Tensor:$x, Graph_IndexTensor:$paddings,
                       Graph_Scalar:$value);
  let results = (outs Graph_Tensor:$result);
  let hasFolder = 1;
}

def Graph_TileOp : Graph_DataOp<"tile"> {
  let summary = "repeats a tensor along its dims";
  let description = [{
    Gives `x` repeated `multiples[d]` times along dim `d`. Multiples are not
    negative; a 0 gives an empty result.

    Constraints:
    - C1: `multiples` has one element per dim of `x`.
    - C2: known multiples are not negative.
    - C3: the result's type is compatible with the repeated shape.

    Example:

    ```mlir
    graph.func @twice(%x: tensor<?xf32>) -> tensor<?xf32> {
      %multiples = graph.constant dense<2> : tensor<1xi32>
      %y = graph.tile %x, %multiples : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>
      graph.return %y : tensor<?xf32>
    }
    ```

    Source: TensorFlow `Tile`.
  }];
  let arguments = (ins Graph_Tensor:$x, Graph_IndexVector:$multiples);
  let results = (outs Graph_Tensor:$result);
  let hasFolder = 1;
}

def Graph_GatherOp : Graph_DataOp<"gather"> {
  let summary = "looks up slices by position";
  let description = [{
    Gives the slices of `x` along the dim `axis` at the positions `indices`. The first
    `batch_dims` dims of `x` and `indices` are shared: each such place looks up
    in itself. The result has the dims of `x` before `axis`, then those of
    `indices` after the shared ones, then those of `x` after `axis`. Takes for
    granted what `graph.check_index` checks, and that shared dims are equal.

    Constraints:
    - C1: `axis` is a dim of `x`.
    - C2: `batch_dims` is in [0, dims of `indices`] and at most `axis`.
    - C3: static sizes of shared dims are equal.
    - C4: the result's type is compatible with the shape above.

    Example:

    ```mlir
    graph.func @embed(%table: tensor<100x8xf32>, %ids: tensor<?xi32>) -> tensor<?x8xf32> {
      %y = graph.gather %table, %ids {axis = 0 : i64} : (tensor<100x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
      graph.return %y : tensor<?x8xf32>
    }
    ```

    Source: TensorFlow `GatherV2`, `Gather`, `ResourceGather`.
  }];
  let arguments = (ins Graph_Tensor:$x, Graph_IndexTensor:$indices,
                       I64Attr:$axis,
                       DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs Graph_Tensor:$result);
  let hasFolder = 1;
}

def Graph_RangeOp : Graph_DataOp<"range"> {
  let summary = "numbers at equal distances";
  let description = [{
    Gives `start`, `start + delta`, and so on, as long as they are less than
    `limit` (greater, if `delta` is negative). The number of elements is
    `ceil((limit - start) / delta)`, 0 if that is negative. `delta` is not 0.

    Constraints:
    - C1: `start`, `limit` and `delta` have the same element type.
    - C2: a known `delta` is not 0.
    - C3: the result's type is compatible with a vector of that many elements.

    Example:

    ```mlir
    graph.func @count(%n: tensor<i32>) -> tensor<?xi32> {
      %zero = graph.constant dense<0> : tensor<i32>
      %one = graph.constant dense<1> : tensor<i32>
      %y = graph.range %zero, %n, %one : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<?xi32>
      graph.return %y : tensor<?xi32>
    }
    ```

    Source: TensorFlow `Range`.
  }];
  let arguments = (ins Graph_NumberScalar:$start, Graph_NumberScalar:$limit,
                       Graph_NumberScalar:$delta);
  let results = (outs Graph_NumberTensor:$result);
  let hasFolder = 1;
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHDATAOPS_TD
