//===- GraphScanOps.td - running sums, order ---------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSCANOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSCANOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

def Graph_CumulateOp : Graph_PureOp<"cumulate"> {
  let summary = "sums or products that run along a dim";
  let description = [{
    Gives at each place the elements of `x` up to it along the dim `axis`,
    combined: their `sum`, their product (`prod`), or the logarithm of the sum of
    their exponentials (`log_sum_exp`), which does not overflow before its result
    does. With `exclusive` the place itself is left out, so the first one holds 0,
    1 or the logarithm of nothing, -infinity. With `reverse` it all runs
    from the end of the dim.

    Integers wrap around. The elements are combined one after the other in the
    order of the dim, and each place is rounded to the element type before it goes
    on. An empty tensor gives an empty tensor.

    Constraints:
    - C1: `axis` is a dim of `x`.
    - C2: `log_sum_exp` takes floats.
    - C3: the result's type is compatible with that of `x`.

    Example:

    ```mlir
    graph.func @integral(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
      %y = graph.cumulate sum %x {axis = 0 : i64} : tensor<?x4xf32>
      graph.return %y : tensor<?x4xf32>
    }
    ```

    Source: TensorFlow `Cumsum`, `Cumprod`, `CumulativeLogsumexp`.
  }];
  let arguments = (ins Graph_CumulateKindAttr:$kind, Graph_NumberTensor:$x,
                       I64Attr:$axis, UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $kind $x attr-dict `:` custom<SameTypes>(type($x), type($result))
  }];
}

def Graph_BitcastOp : Graph_PureOp<"bitcast"> {
  let summary = "the bytes of a tensor as another element type";
  let description = [{
    Reads the bytes of `x`, row-major and little-endian, as elements of the type
    `to`. Elements of the same width keep the shape. Narrower ones add a
    last dim that holds the parts of one element, the lowest first; wider ones need
    a last dim of as many elements as make one, and drop it; an open last dim is for
    `graph.check_dims` to compare.

    Constraints:
    - C1: `to` is a type of numbers.
    - C2: to wider elements, the last dim of `x` has the size that makes one.
    - C3: the result's type is compatible with the shape that is left.

    Example:

    ```mlir
    graph.func @bytes(%x: tensor<?xf32>) -> tensor<?x4xui8> {
      %y = graph.bitcast %x : tensor<?xf32> to tensor<?x4xui8>
      graph.return %y : tensor<?x4xui8>
    }
    ```

    Source: TensorFlow `Bitcast`.
  }];
  let arguments = (ins Graph_NumberTensor:$x, TypeAttr:$to);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $x attr-dict `:` type($x) `to`
    custom<ResultOfElement>(type($result), $to)
  }];
  let hasFolder = 1;
}

def Graph_SearchSortedOp : Graph_PureOp<"search_sorted"> {
  let summary = "where values belong in sorted rows";
  let description = [{
    Gives, for each element of a row of `values`, the first position in the same row
    of `sorted` whose element is not less, or with `upper` the first whose
    element is greater; the size of the row if there is none. The rows of `sorted`
    are in ascending order, else the positions are unspecified. Open numbers of rows
    are for `graph.check_dims` to compare.

    Constraints:
    - C1: `sorted` and `values` are matrices.
    - C2: they have the same element type.
    - C3: static numbers of rows are equal.
    - C4: `out_type` is i32 or i64.
    - C5: the result's type is compatible with the shape of `values` made of
      `out_type`.

    Example:

    ```mlir
    graph.func @classes(%sorted: tensor<1x9xf32>, %x: tensor<1x?xf32>) -> tensor<1x?xi32> {
      %i = graph.search_sorted %sorted, %x {upper} : (tensor<1x9xf32>, tensor<1x?xf32>) to tensor<1x?xi32>
      graph.return %i : tensor<1x?xi32>
    }
    ```

    Source: TensorFlow `LowerBound`, `UpperBound`, `Bucketize`.
  }];
  let arguments = (ins Graph_NumberTensor:$sorted, Graph_NumberTensor:$values,
                       TypeAttr:$out_type, UnitAttr:$upper);
  let results = (outs Graph_IndexTensor:$result);
  let assemblyFormat = [{
    $sorted `,` $values attr-dict `:` `(` type($sorted) `,` type($values) `)`
    `to` custom<ResultOfElement>(type($result), $out_type)
  }];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSCANOPS_TD
