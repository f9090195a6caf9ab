//===- GraphShapeOps.td - ops on shapes and places ---------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSHAPEOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSHAPEOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

class Graph_ShapeOpBase<string mnemonic, list<Trait> traits = []>
    : Graph_PureOp<mnemonic, traits> {
  let hasFolder = 1;
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

def Graph_ShapeOp : Graph_ShapeOpBase<"shape"> {
  let summary = "the sizes of a tensor's dims";
  let description = [{
    Gives the sizes of the dims of `x` as a vector of `out_type`. Sizes that
    do not fit wrap around.

    Constraints:
    - C1: `out_type` is i32 or i64.
    - C2: the result's type is compatible with a vector of `out_type` of as many
      elements as `x` has dims.

    Example:

    ```mlir
    graph.func @example(%x: tensor<?x4xf32>) -> tensor<2xi32> {
      %y = graph.shape %x : tensor<?x4xf32> to tensor<2xi32>
      graph.return %y : tensor<2xi32>
    }
    ```

    Source: TensorFlow `Shape`, `ShapeN`.
  }];
  let arguments = (ins Graph_Tensor:$x, TypeAttr:$out_type);
  let results = (outs Graph_IndexVector:$result);
  let assemblyFormat = [{
    $x attr-dict `:` type($x) `to`
    custom<ResultOfElement>(type($result), $out_type)
  }];
}

def Graph_SizeOp : Graph_ShapeOpBase<"size"> {
  let summary = "the number of a tensor's elements";
  let description = [{
    Gives the number of elements of `x` as a scalar of `out_type`. A number that
    does not fit wraps around.

    Constraints:
    - C1: `out_type` is i32 or i64.
    - C2: the result is a scalar of `out_type`.

    Example:

    ```mlir
    graph.func @example(%x: tensor<?x4xf32>) -> tensor<i64> {
      %y = graph.size %x : tensor<?x4xf32> to tensor<i64>
      graph.return %y : tensor<i64>
    }
    ```

    Source: TensorFlow `Size`.
  }];
  let arguments = (ins Graph_Tensor:$x, TypeAttr:$out_type);
  let results = (outs Graph_IndexScalar:$result);
  let assemblyFormat = [{
    $x attr-dict `:` type($x) `to`
    custom<ResultOfElement>(type($result), $out_type)
  }];
}

def Graph_ReshapeOp : Graph_ShapeOpBase<"reshape"> {
  let summary = "the same elements in another shape";
  let description = [{
    Gives the elements of `x`, in row-major order, the shape `shape`. One size may be
    -1 and stands for what is left. Takes for granted what
    `graph.check_reshape` checks.

    Constraints:
    - C1: known sizes are -1 or more, and at most one is -1.
    - C2: the numbers of elements agree if they are known; with a -1 the
      product of the other sizes divides the number of elements.
    - C3: the result's type is compatible with the shape given.

    Example:

    ```mlir
    graph.func @flat(%x: tensor<?x4xf32>) -> tensor<?xf32> {
      %shape = graph.constant dense<-1> : tensor<1xi32>
      %y = graph.reshape %x, %shape : (tensor<?x4xf32>, tensor<1xi32>) -> tensor<?xf32>
      graph.return %y : tensor<?xf32>
    }
    ```

    Source: TensorFlow `Reshape`.
  }];
  let arguments = (ins Graph_Tensor:$x, Graph_IndexVector:$shape);
  let results = (outs Graph_Tensor:$result);
  let hasCanonicalizeMethod = 1;
}

def Graph_ExpandDimsOp : Graph_ShapeOpBase<"expand_dims"> {
  let summary = "inserts dims of size 1";
  let description = [{
    Gives `x` with dims of size 1 inserted, so that they stand at the positions
    `axes` of the result.

    Constraints:
    - C1: `axes` are in ascending order, different, and dims of the result.
    - C2: the result's type is compatible with the shape that `axes` give.

    Example:

    ```mlir
    graph.func @column(%x: tensor<?xf32>) -> tensor<?x1xf32> {
      %y = graph.expand_dims %x {axes = array<i64: 1>} : (tensor<?xf32>) -> tensor<?x1xf32>
      graph.return %y : tensor<?x1xf32>
    }
    ```

    Source: TensorFlow `ExpandDims`, `Pack`.
  }];
  let arguments = (ins Graph_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Graph_Tensor:$result);
}

def Graph_SqueezeOp : Graph_ShapeOpBase<"squeeze"> {
  let summary = "drops dims of size 1";
  let description = [{
    Gives `x` without the dims `axes`, which have size 1. Takes for granted
    what `graph.check_squeeze` checks.

    Constraints:
    - C1: `axes` are in ascending order, different, and dims of `x`.
    - C2: no dim in `axes` has a static size other than 1.
    - C3: the result's type is compatible with the shape left over.

    Example:

    ```mlir
    graph.func @row(%x: tensor<1x?xf32>) -> tensor<?xf32> {
      %y = graph.squeeze %x {axes = array<i64: 0>} : (tensor<1x?xf32>) -> tensor<?xf32>
      graph.return %y : tensor<?xf32>
    }
    ```

    Source: TensorFlow `Squeeze`, `Unpack`.
  }];
  let arguments = (ins Graph_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Graph_Tensor:$result);
}

def Graph_BroadcastToOp : Graph_ShapeOpBase<"broadcast_to"> {
  let summary = "repeats a tensor up to a shape";
  let description = [{
    Gives `x` repeated along new dims and dims of size 1 so that it has the shape
    `shape`. A size that is negative or to which `x` cannot be repeated must not come at run time.

    Constraints:
    - C1: `shape` has as many elements as `x` has dims, or more.
    - C2: known sizes are not negative.
    - C3: a static size of `x` other than 1 equals the known size in its place.
    - C4: the result's type is compatible with the shape given.

    Example:

    ```mlir
    graph.func @fill(%x: tensor<f32>, %shape: tensor<2xi32>) -> tensor<?x?xf32> {
      %y = graph.broadcast_to %x, %shape : (tensor<f32>, tensor<2xi32>) -> tensor<?x?xf32>
      graph.return %y : tensor<?x?xf32>
    }
    ```

    Source: TensorFlow `BroadcastTo`, `Fill`.
  }];
  let arguments = (ins Graph_Tensor:$x, Graph_IndexVector:$shape);
  let results = (outs Graph_Tensor:$result);
}

def Graph_TransposeOp : Graph_ShapeOpBase<"transpose"> {
  let summary = "puts the dims in another order";
  let description = [{
    Gives `x` with its dims reordered: dim `i` of the result is dim
    `permutation[i]` of `x`.

    Constraints:
    - C1: `permutation` is a permutation of the dims of `x`.
    - C2: the result's type is compatible with the permuted shape.

    Example:

    ```mlir
    graph.func @turn(%x: tensor<?x4xf32>) -> tensor<4x?xf32> {
      %y = graph.transpose %x {permutation = array<i64: 1, 0>} : (tensor<?x4xf32>) -> tensor<4x?xf32>
      graph.return %y : tensor<4x?xf32>
    }
    ```

    Source: TensorFlow `Transpose`.
  }];
  let arguments = (ins Graph_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs Graph_Tensor:$result);
  let hasCanonicalizeMethod = 1;
}

//===----------------------------------------------------------------------===//
// Joining and cutting
//===----------------------------------------------------------------------===//

def Graph_ConcatOp : Graph_ShapeOpBase<"concat"> {
  let summary = "joins tensors along a dim";
  let description = [{
    Gives the `inputs` one after the other along the dim `axis`. Their other dims
    are equal at run time (see `graph.check_dims`).

    Constraints:
    - C1: there is at least one input.
    - C2: all inputs have the same element type and the same number of dims.
    - C3: `axis` is a dim of the inputs.
    - C4: static sizes of the other dims are equal.
    - C5: the result's type is compatible with the joined shape.

    Example:

    ```mlir
    graph.func @join(%x: tensor<?x4xf32>, %y: tensor<2x4xf32>) -> tensor<?x4xf32> {
      %z = graph.concat %x, %y {axis = 0 : i64} : (tensor<?x4xf32>, tensor<2x4xf32>) -> tensor<?x4xf32>
      graph.return %z : tensor<?x4xf32>
    }
    ```

    Source: TensorFlow `ConcatV2`, `Concat`, `Pack`.
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let hasCanonicalizeMethod = 1;
}

def Graph_SplitOp : Graph_PureOp<"split"> {
  let summary = "cuts a tensor into equal parts";
  let description = [{
    Gives the `num` equal parts of `x` along the dim `axis`, in order. Takes
    for granted what `graph.check_split` checks.

    Constraints:
    - C1: `axis` is a dim of `x`.
    - C2: `num` is positive and the number of results.
    - C3: `num` divides the dim's size if that is static.
    - C4: the results' types are compatible with the shape of a part.

    Example:

    ```mlir
    graph.func @halves(%x: tensor<4x?xf32>) -> (tensor<2x?xf32>, tensor<2x?xf32>) {
      %a, %b = graph.split %x {axis = 0 : i64, num = 2 : i64} : (tensor<4x?xf32>) -> (tensor<2x?xf32>, tensor<2x?xf32>)
      graph.return %a, %b : tensor<2x?xf32>, tensor<2x?xf32>
    }
    ```

    Source: TensorFlow `Split`, `Unpack`.
  }];
  let arguments = (ins Graph_Tensor:$x, I64Attr:$axis, I64Attr:$num);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_SliceOp : Graph_ShapeOpBase<"slice"> {
  let summary = "a box cut out of a tensor";
  let description = [{
    Gives the elements of `x` from position `begin`, `size` of them in each dim; a
    size of -1 means up to the end. The box must lie inside `x` at run time.

    Constraints:
    - C1: `begin` and `size` have one element per dim of `x` and the same type.
    - C2: known begins are not negative and known sizes are -1 or more.
    - C3: begin plus size, if known, is at most a static size of the dim.
    - C4: the result's type is compatible with the sizes.

    Example:

    ```mlir
    graph.func @rest(%x: tensor<?x4xf32>) -> tensor<?x2xf32> {
      %begin = graph.constant dense<[1, 2]> : tensor<2xi32>
      %size = graph.constant dense<[-1, 2]> : tensor<2xi32>
      %y = graph.slice %x, %begin, %size : (tensor<?x4xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x2xf32>
      graph.return %y : tensor<?x2xf32>
    }
    ```

    Source: TensorFlow `Slice`.
  }];
  let arguments = (ins Graph_Tensor:$x, Graph_IndexVector:$begin,
                       Graph_IndexVector:$size);
  let results = (outs Graph_Tensor:$result);
}

def Graph_StridedSliceOp : Graph_ShapeOpBase<"strided_slice"> {
  let summary = "what indexing with colons gives in Python";
  let description = [{
    Reads `begin`, `end` and `strides` as one index expression with one entry per
    element. Bit `i` of a mask speaks of entry `i`: `begin_mask` and `end_mask`
    mean that the begin or the end is left out, `ellipsis_mask` that the entry stands for all
    dims that no other entry speaks of, `new_axis_mask` that it inserts a dim of
    size 1, `shrink_axis_mask` that it picks one position and drops the dim. Dims
    after the last entry are taken whole. Negative positions count from the end;
    ranges are clamped to the tensor, picked positions must lie inside it.

    Constraints:
    - C1: `begin`, `end` and `strides` have the same static type.
    - C2: at most one bit of `ellipsis_mask` speaks of an entry.
    - C3: the entries speak of at most as many dims as `x` has.
    - C4: known strides are not 0, and positive where `shrink_axis_mask` picks.
    - C5: a known picked position lies inside a static dim.
    - C6: the result's type is compatible with the expression.

    Example:

    ```mlir
    graph.func @last(%x: tensor<?x4xf32>) -> tensor<4xf32> {
      %begin = graph.constant dense<-1> : tensor<1xi32>
      %end = graph.constant dense<0> : tensor<1xi32>
      %stride = graph.constant dense<1> : tensor<1xi32>
      %y = graph.strided_slice %x, %begin, %end, %stride {shrink_axis_mask = 1 : i64} : (tensor<?x4xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<4xf32>
      graph.return %y : tensor<4xf32>
    }
    ```

    Source: TensorFlow `StridedSlice`.
  }];
  let arguments = (ins Graph_Tensor:$x, Graph_IndexVector:$begin,
                       Graph_IndexVector:$end, Graph_IndexVector:$strides,
                       DefaultValuedAttr<I64Attr, "0">:$begin_mask,
                       DefaultValuedAttr<I64Attr, "0">:$end_mask,
                       DefaultValuedAttr<I64Attr, "0">:$ellipsis_mask,
                       DefaultValuedAttr<I64Attr, "0">:$new_axis_mask,
                       DefaultValuedAttr<I64Attr, "0">:$shrink_axis_mask);
  let results = (outs Graph_Tensor:$result);
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSHAPEOPS_TD
