//===- GraphIndexOps.td - scatters, searches by value ------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHINDEXOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHINDEXOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

class Graph_IndexOpBase<string mnemonic> : Graph_PureOp<mnemonic> {
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_ScatterOp : Graph_IndexOpBase<"scatter"> {
  let summary = "combines updates with the elements at given positions";
  let description = [{
    Gives `x` with `updates` combined into it. The last dim of `indices` holds
    positions in the first dims of `x`, as many as it is long; each such row
    picks an element or, with fewer positions than `x` has dims, a slice. The
    shape of `updates` is that of the rows followed by that of a slice. A row
    with a position outside `x` changes nothing.

    The rows come one after the other, in row-major order, so that repeated ones
    combine again and again: `update` replaces (the last one stays), `add`,
    `sub`, `mul`, and `max` and `min`, which of booleans are "or" and "and".
    Every step rounds to the element type and integers wrap around. `max` and
    `min` leave out an update that is NaN and never change a NaN; with `takes_nan` it is the
    other way round: a NaN replaces what is there, and gives way to the next
    update.

    Constraints:
    - C1: `indices` has at least one dim, and its last one is of a static size of at
      most the number of dims of `x`.
    - C2: `updates` has the element type of `x`.
    - C3: `updates` has at least one dim, and a shape compatible with that of the rows
      followed by that of a slice.
    - C4: booleans are combined by `update`, `max` or `min`.
    - C5: `takes_nan` stands with `max` and `min` only.
    - C6: the result's type is compatible with that of `x`.

    Example:

    ```mlir
    graph.func @count(%bins: tensor<9xi32>, %rows: tensor<?x1xi64>, %ones: tensor<?xi32>) -> tensor<9xi32> {
      %y = graph.scatter add %bins, %rows, %ones : (tensor<9xi32>, tensor<?x1xi64>, tensor<?xi32>) -> tensor<9xi32>
      graph.return %y : tensor<9xi32>
    }
    ```

    Source: TensorFlow `ScatterNd`, `TensorScatterUpdate` and its like,
    `UnsortedSegmentSum` and its like.
  }];
  let arguments = (ins Graph_ScatterKindAttr:$kind, Graph_Tensor:$x,
                       Graph_IndexTensor:$indices, Graph_Tensor:$updates,
                       UnitAttr:$takes_nan);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $kind $x `,` $indices `,` $updates attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_NonzeroOp : Graph_IndexOpBase<"nonzero"> {
  let summary = "the positions of the elements that are not zero";
  let description = [{
    Gives the positions of the elements of `x` that are not zero (true, of
    booleans; NaN is not zero), in row-major order: a matrix with one row for
    each, which has one position per dim of `x`.

    Constraints:
    - C1: `x` has at least one dim.
    - C2: the result's type is compatible with a matrix of i64 with as many
      columns as `x` has dims.

    Example:

    ```mlir
    graph.func @where(%mask: tensor<?x4xi1>) -> tensor<?x2xi64> {
      %y = graph.nonzero %mask : (tensor<?x4xi1>) -> tensor<?x2xi64>
      graph.return %y : tensor<?x2xi64>
    }
    ```

    Source: TensorFlow `Where`.
  }];
  let arguments = (ins Graph_Tensor:$x);
  let results = (outs Graph_TensorOf<[I64], "tensor of i64">:$result);
}

def Graph_UniqueOp : Graph_IndexOpBase<"unique"> {
  let summary = "the different slices of a tensor";
  let description = [{
    Compares the slices of `x` along its first dim (its elements, if that is the
    only one). Gives each different slice once, in the order of first
    appearance; for each slice of `x` the position of its like in that result; and
    for each different slice how often it appears.

    Slices are equal if all their elements are. A NaN equals nothing, 0.0 equals
    -0.0, but not in a vector of f16 or bf16. Takes linear time.

    Constraints:
    - C1: `x` has at least one dim.
    - C2: `index_type` is i32 or i64.
    - C3: the results' types are compatible with slices of `x`, one number of
      `index_type` per slice of `x`, and one per slice of the first result.

    Example:

    ```mlir
    graph.func @vocabulary(%ids: tensor<?xi32>) -> (tensor<?xi32>, tensor<?xi64>, tensor<?xi64>) {
      %y, %i, %n = graph.unique %ids {index_type = i64} : (tensor<?xi32>) -> (tensor<?xi32>, tensor<?xi64>, tensor<?xi64>)
      graph.return %y, %i, %n : tensor<?xi32>, tensor<?xi64>, tensor<?xi64>
    }
    ```

    Source: TensorFlow `Unique`, `UniqueWithCountsV2`.
  }];
  let arguments = (ins Graph_Tensor:$x, TypeAttr:$index_type);
  let results = (outs Graph_Tensor:$values, Graph_IndexTensor:$indices,
                      Graph_IndexTensor:$counts);
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHINDEXOPS_TD
