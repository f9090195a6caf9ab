//===- GraphListOps.td - lists of tensors ------------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A list of tensors of one shape is one tensor: its first dim is the length of
// the list, the others are those of the elements. So looking an element up is
// graph.gather, and joining lists is graph.concat; here is what remains.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHLISTOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHLISTOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

class Graph_ListOpBase<string mnemonic> : Graph_PureOp<mnemonic> {
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_ListOp : Graph_Op<"list", [Pure]> {
  let summary = "a list of zeros";
  let description = [{
    Gives `length` elements that are zero (false, of booleans); a negative
    length counts as none. The result's type says the dims of the elements. Those
    that it leaves open are given by `shape`, where a negative size counts as 0;
    without `shape` they have size 0, so that the elements hold nothing until
    `graph.list_fit` gives them a shape.

    While a graph is imported, the shape of the elements may not be known yet: the
    result is then a `!graph.untyped_list`, which no other op takes, and
    becomes a tensor as soon as an element is met.

    Constraints:
    - C1: a result that is a tensor has at least one dim.
    - C2: `shape` has one element per dim of the list's elements.
    - C3: a known `length` is compatible with the first dim of the result.

    Example:

    ```mlir
    graph.func @rows(%n: tensor<i32>) -> tensor<?x4xf32> {
      %y = graph.list %n : (tensor<i32>) -> tensor<?x4xf32>
      graph.return %y : tensor<?x4xf32>
    }
    ```

    Source: TensorFlow `TensorListReserve`, `EmptyTensorList`, `TensorArrayV3`,
    `StackV2`.
  }];
  let arguments = (ins Graph_IndexScalar:$length,
                       Optional<Graph_IndexVector>:$shape);
  let results = (outs AnyTypeOf<[Graph_Tensor, Graph_UntypedList]>:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Graph_ListSetOp : Graph_ListOpBase<"list_set"> {
  let summary = "a list with one element replaced";
  let description = [{
    Gives `list` with element `index` replaced by `item`. An index outside the
    list changes nothing. Where nobody else needs the old list, the element is
    written in place. Takes for granted that `item` has the dims of the elements.

    Constraints:
    - C1: `list` has at least one dim.
    - C2: `item` has the element type of `list`.
    - C3: `item` has a shape compatible with that of the elements.
    - C4: the result's type is compatible with that of `list`.

    Example:

    ```mlir
    graph.func @put(%list: tensor<?x4xf32>, %i: tensor<i32>, %x: tensor<4xf32>) -> tensor<?x4xf32> {
      %y = graph.list_set %list, %i, %x : (tensor<?x4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<?x4xf32>
      graph.return %y : tensor<?x4xf32>
    }
    ```

    Source: TensorFlow `TensorListSetItem`, `TensorArrayWriteV3`.
  }];
  let arguments = (ins Graph_Tensor:$list, Graph_IndexScalar:$index,
                       Graph_Tensor:$item);
  let results = (outs Graph_Tensor:$result);
}

def Graph_ListResizeOp : Graph_ListOpBase<"list_resize"> {
  let summary = "a list made longer or shorter";
  let description = [{
    Gives a list of `length` elements: the first ones of `list`, as many as there
    are, and then zeros. A negative length counts as none.

    Constraints:
    - C1: `list` has at least one dim.
    - C2: the result's type is compatible with that of `list` where its first dim
      is `length`.

    Example:

    ```mlir
    graph.func @drop(%list: tensor<?x4xf32>, %n: tensor<i32>) -> tensor<?x4xf32> {
      %y = graph.list_resize %list, %n : (tensor<?x4xf32>, tensor<i32>) -> tensor<?x4xf32>
      graph.return %y : tensor<?x4xf32>
    }
    ```

    Source: TensorFlow `TensorListResize`, `TensorListPushBack`,
    `TensorListPopBack`.
  }];
  let arguments = (ins Graph_Tensor:$list, Graph_IndexScalar:$length);
  let results = (outs Graph_Tensor:$result);
  let hasFolder = 1;
}

def Graph_ListFitOp : Graph_ListOpBase<"list_fit"> {
  let summary = "gives the elements of a list of nothing a shape";
  let description = [{
    Gives `list` if its elements have the sizes in `shape`, else as many zeros of
    that shape. Takes for granted that elements of another shape hold nothing: a
    list whose elements were never set gets the shape of the first one.

    Constraints:
    - C1: `list` has at least one dim.
    - C2: `shape` has one element per dim of the list's elements.
    - C3: the known elements of `shape` are compatible with the dims of the list's elements.
    - C4: the result's type is compatible with that of `list`, refined by what is known of `shape`.

    Example:

    ```mlir
    graph.func @first(%list: tensor<?x?xf32>, %i: tensor<i32>, %x: tensor<?xf32>) -> tensor<?x?xf32> {
      %s = graph.shape %x : tensor<?xf32> to tensor<1xi32>
      %fit = graph.list_fit %list, %s : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?x?xf32>
      %y = graph.list_set %fit, %i, %x : (tensor<?x?xf32>, tensor<i32>, tensor<?xf32>) -> tensor<?x?xf32>
      graph.return %y : tensor<?x?xf32>
    }
    ```

    Source: TensorFlow `TensorListSetItem` and `TensorArrayWriteV3` of a list whose
    element shape is not known when it is made.
  }];
  let arguments = (ins Graph_Tensor:$list, Graph_IndexVector:$shape);
  let results = (outs Graph_Tensor:$result);
  let hasFolder = 1;
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHLISTOPS_TD
