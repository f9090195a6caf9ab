//===- GraphReductionOps.td - ops that combine elements ----*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHREDUCTIONOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHREDUCTIONOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

def Graph_ReduceOp : Graph_PureOp<"reduce"> {
  let summary = "combines the elements along dims";
  let description = [{
    Combines the elements of `x` along the dims `axes`: `sum`, `prod`, `max`, `min`,
    `mean` of numbers, `all` and `any` of booleans. The dims in `axes` vanish, or
    stay with size 1 if `keep_dims` is set. Without axes the result is `x`.

    Of no elements the result is 0 (`sum`), 1 (`prod`), the lowest value
    (`max`; -infinity of floats), the highest value (`min`; infinity), NaN
    (`mean` of floats; of integers an unspecified value), true (`all`), false
    (`any`). A NaN gives NaN. Integers wrap around; the mean of integers is their
    sum in 64 bits divided by their number, rounded toward 0. The order of
    additions is not specified; f16 and bf16 are added in f32.

    Constraints:
    - C1: `axes` are different dims of `x`, in ascending order.
    - C2: `all` and `any` take booleans, the other kinds numbers.
    - C3: the result's type is compatible with the shape left over.

    Example:

    ```mlir
    graph.func @row_sums(%x: tensor<?x4xf32>) -> tensor<?xf32> {
      %y = graph.reduce sum %x {axes = array<i64: 1>} : (tensor<?x4xf32>) -> tensor<?xf32>
      graph.return %y : tensor<?xf32>
    }
    ```

    Source: TensorFlow `Sum`, `Prod`, `Max`, `Min`, `Mean`, `All`, `Any`.
  }];
  let arguments = (ins Graph_ReduceKindAttr:$kind, Graph_Tensor:$x,
                       DenseI64ArrayAttr:$axes, UnitAttr:$keep_dims);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $kind $x attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

class Graph_ArgOp<string mnemonic, string which, string source>
    : Graph_PureOp<mnemonic> {
  let summary = "the position of the " # which # " element along a dim";
  let description = "Gives the position of the " # which # [{ element of `x` along the dim
    `axis`, as the element type `out_type`; of equal ones the first. A NaN is never
    picked, except that position 0 is given where there is nothing else. The dim
    vanishes; it must not be empty at run time unless another is.

    Constraints:
    - C1: `axis` is a dim of `x`.
    - C2: `out_type` is an integer type of the dialect.
    - C3: the result's type is compatible with the shape left over made of
      `out_type`.

    Example:

    ```mlir
    graph.func @example(%x: tensor<?x4xf32>) -> tensor<?xi64> {
      %y = graph.}] # mnemonic # [{ %x {axis = 1 : i64} : tensor<?x4xf32> to tensor<?xi64>
      graph.return %y : tensor<?xi64>
    }
    ```

    Source: TensorFlow }] # source # [{.
  }];
  let arguments = (ins Graph_Tensor:$x, I64Attr:$axis, TypeAttr:$out_type);
  let results = (outs Graph_IntTensor:$result);
  let assemblyFormat = [{
    $x attr-dict `:` type($x) `to`
    custom<ResultOfElement>(type($result), $out_type)
  }];
}

def Graph_ArgMaxOp : Graph_ArgOp<"arg_max", "greatest", "`ArgMax`">;
def Graph_ArgMinOp : Graph_ArgOp<"arg_min", "least", "`ArgMin`">;

def Graph_TopKOp : Graph_PureOp<"top_k"> {
  let summary = "the greatest elements along the last dim";
  let description = [{
    Gives the `k` greatest elements of each row (the last dim) of `x`, and their
    positions. Of equal elements the one with the lower position comes first.
    With `sorted` they are in descending order, else in any order. `k` must be in
    [0, size of the last dim] at run time.

    Constraints:
    - C1: `x` has at least one dim.
    - C2: a `k` that is known is not negative nor greater than a static last dim.
    - C3: the results' types are compatible with the shape of `x` with `k` as
      its last size.

    Example:

    ```mlir
    graph.func @best(%x: tensor<?x9xf32>, %k: tensor<i32>) -> (tensor<?x?xf32>, tensor<?x?xi32>) {
      %y, %i = graph.top_k %x, %k {sorted} : (tensor<?x9xf32>, tensor<i32>) -> (tensor<?x?xf32>, tensor<?x?xi32>)
      graph.return %y, %i : tensor<?x?xf32>, tensor<?x?xi32>
    }
    ```

    Source: TensorFlow `TopKV2`, `TopK`.
  }];
  let arguments = (ins Graph_NumberTensor:$x, Graph_IndexScalar:$k,
                       UnitAttr:$sorted);
  let results = (outs Graph_NumberTensor:$values,
                      Graph_TensorOf<[I32], "tensor of i32">:$indices);
  let assemblyFormat = [{
    $x `,` $k attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHREDUCTIONOPS_TD
