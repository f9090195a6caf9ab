//===- GraphCheckOps.td - checks that fail the call --------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCHECKOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCHECKOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

/// A check passes its first operand through, so that what needs the check uses
/// the result. Its result has the first operand's type.
class Graph_CheckOp<string mnemonic, string passed = "x",
                    list<Trait> traits = []>
    : Graph_EffectOp<mnemonic,
                     !listconcat([AllTypesMatch<[passed, "result"]>], traits)> {
  let hasCanonicalizer = 1;
}

def Graph_CheckNumericsOp : Graph_CheckOp<"check_numerics"> {
  let summary = "fails the call if an element is NaN or infinite";
  let description = [{
    Gives `x`. If an element is NaN or an infinity, the call ends with the
    status "assertion failed" and a text that starts with `message`. An empty
    tensor passes.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `x`.

    Example:

    ```mlir
    graph.func @finite(%x: tensor<?xf32>) -> tensor<?xf32> {
      %y, %done = graph.check_numerics %x {message = "x is off"} : tensor<?xf32>
      graph.return %y after(%done) : tensor<?xf32>
    }
    ```

    Source: TensorFlow `CheckNumerics`, `CheckNumericsV2`.
  }];
  let arguments = !con((ins Graph_FloatTensor:$x), graphAfter,
                       (ins StrAttr:$message));
  let results = !con((outs Graph_FloatTensor:$result), graphToken);
  let assemblyFormat = [{
    $x (`after` `(` $after^ `)`)? attr-dict
    `:` type($x)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$x, "::llvm::StringRef":$message,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
}

def Graph_CheckBroadcastOp
    : Graph_CheckOp<"check_broadcast", "x", [AttrSizedOperandSegments]> {
  let summary = "fails the call unless shapes broadcast together";
  let description = [{
    Gives `x`. Fails the call unless the shapes of `x` and all `others` broadcast
    together: aligned at their last dims, the sizes of each place are
    equal or 1.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `x`.
    - C2: no two static sizes of one place differ unless one of them is 1.

    Example:

    ```mlir
    graph.func @add(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
      %x2, %done = graph.check_broadcast %x, %y : tensor<?xf32>, tensor<?xf32>
      %sum = graph.add %x2, %y : tensor<?xf32>
      graph.return %sum after(%done) : tensor<?xf32>
    }
    ```

    Source: the run-time check of TensorFlow's broadcasting ops (`AddV2`, `SelectV2`,
    `BatchMatMulV2`, `BroadcastTo` and their like).
  }];
  let arguments = !con((ins Graph_Tensor:$x, Variadic<Graph_Tensor>:$others),
                       graphAfter);
  let results = !con((outs Graph_Tensor:$result), graphToken);
  let assemblyFormat = [{
    $x (`,` $others^)? (`after` `(` $after^ `)`)? attr-dict
    `:` type($x) (`,` type($others)^)?
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$x, "::mlir::ValueRange":$others,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
}

def Graph_CheckDimsOp : Graph_CheckOp<"check_dims"> {
  let summary = "fails the call unless dims of two tensors are equal";
  let description = [{
    Gives `x`. Fails the call unless, for every `i`, the size of dim
    `lhs_dims[i]` of `x` equals the size of dim `rhs_dims[i]` of `y`.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `x`.
    - C2: `lhs_dims` and `rhs_dims` have the same length.
    - C3: `lhs_dims` are dims of `x`, `rhs_dims` are dims of `y`.
    - C4: no two static sizes that are compared differ.

    Example:

    ```mlir
    graph.func @dot(%x: tensor<2x?xf32>, %y: tensor<?x3xf32>) -> tensor<2x3xf32> {
      %x2, %done = graph.check_dims %x, %y {lhs_dims = array<i64: 1>, rhs_dims = array<i64: 0>} : tensor<2x?xf32>, tensor<?x3xf32>
      %z = graph.matmul %x2, %y : (tensor<2x?xf32>, tensor<?x3xf32>) -> tensor<2x3xf32>
      graph.return %z after(%done) : tensor<2x3xf32>
    }
    ```

    Source: the run-time checks of TensorFlow's `MatMul`, `ConcatV2`, `Pack` and
    assignments.
  }];
  let arguments = !con((ins Graph_Tensor:$x, Graph_Tensor:$y), graphAfter,
                       (ins DenseI64ArrayAttr:$lhs_dims,
                            DenseI64ArrayAttr:$rhs_dims));
  let results = !con((outs Graph_Tensor:$result), graphToken);
  let assemblyFormat = [{
    $x `,` $y (`after` `(` $after^ `)`)? attr-dict
    `:` type($x) `,` type($y)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$x, "::mlir::Value":$y,
                   "::llvm::ArrayRef<int64_t>":$lhsDims,
                   "::llvm::ArrayRef<int64_t>":$rhsDims,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
}

def Graph_CheckIndexOp : Graph_CheckOp<"check_index", "indices"> {
  let summary = "fails the call if a position is outside a dim";
  let description = [{
    Gives `indices`. Fails the call if an element of `indices` is negative or
    not less than the size of dim `axis` of `x`. No elements, no failure.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `indices`.
    - C2: `axis` is a dim of `x`.

    Example:

    ```mlir
    graph.func @row(%x: tensor<?x4xf32>, %i: tensor<i32>) -> tensor<4xf32> {
      %ok, %done = graph.check_index %i, %x {axis = 0 : i64} : tensor<i32>, tensor<?x4xf32>
      %row = graph.gather %x, %ok {axis = 0 : i64} : (tensor<?x4xf32>, tensor<i32>) -> tensor<4xf32>
      graph.return %row after(%done) : tensor<4xf32>
    }
    ```

    Source: the run-time check of TensorFlow's `GatherV2` and `ResourceGather`.
  }];
  let arguments = !con((ins Graph_IndexTensor:$indices, Graph_Tensor:$x),
                       graphAfter, (ins I64Attr:$axis));
  let results = !con((outs Graph_IndexTensor:$result), graphToken);
  let assemblyFormat = [{
    $indices `,` $x (`after` `(` $after^ `)`)? attr-dict
    `:` type($indices) `,` type($x)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$indices, "::mlir::Value":$x,
                   "int64_t":$axis,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
}

def Graph_CheckNonzeroOp : Graph_CheckOp<"check_nonzero"> {
  let summary = "fails the call if an integer is zero";
  let description = [{
    Gives `x`. Fails the call if an element of `x` is zero. An empty tensor passes.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `x`.

    Example:

    ```mlir
    graph.func @halves(%x: tensor<4xi32>, %y: tensor<4xi32>) -> tensor<4xi32> {
      %ok, %done = graph.check_nonzero %y : tensor<4xi32>
      %z = graph.floor_div %x, %ok : tensor<4xi32>
      graph.return %z after(%done) : tensor<4xi32>
    }
    ```

    Source: the run-time check of TensorFlow's integer `Div`, `FloorDiv`,
    `FloorMod`, `TruncateDiv`, `TruncateMod`, `Mod`.
  }];
  let arguments = !con((ins Graph_IntTensor:$x), graphAfter);
  let results = !con((outs Graph_IntTensor:$result), graphToken);
  let assemblyFormat = [{
    $x (`after` `(` $after^ `)`)? attr-dict
    `:` type($x)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$x,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
}

def Graph_CheckBoundsOp : Graph_CheckOp<"check_bounds"> {
  let summary = "fails the call if an integer is outside bounds";
  let description = [{
    Gives `x`. Fails the call if an element of `x` is less than that of `lower` in
    its place or greater than that of `upper`. A bound that is a scalar is one for
    all places; any other bound has the shape of `x` at run time. An empty tensor
    passes.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `x`.
    - C2: the bounds have the element type of `x`.
    - C3: a bound is a scalar or has a shape that is compatible with that of `x`.

    Example:

    ```mlir
    graph.func @first(%x: tensor<?xf32>, %k: tensor<i32>) -> (tensor<?xf32>, tensor<?xi32>) {
      %zero = graph.constant dense<0> : tensor<i32>
      %size = graph.size %x : tensor<?xf32> to tensor<i32>
      %ok, %done = graph.check_bounds %k, %zero, %size : tensor<i32>, tensor<i32>, tensor<i32>
      %y, %i = graph.top_k %x, %ok : (tensor<?xf32>, tensor<i32>) -> (tensor<?xf32>, tensor<?xi32>)
      graph.return %y, %i after(%done) : tensor<?xf32>, tensor<?xi32>
    }
    ```

    Source: the run-time checks of TensorFlow's `TopKV2`, `BroadcastTo`, `Slice`,
    `Fill` and of `Pow` of integers.
  }];
  let arguments = !con((ins Graph_SignedIntTensor:$x,
                            Graph_SignedIntTensor:$lower,
                            Graph_SignedIntTensor:$upper), graphAfter);
  let results = !con((outs Graph_SignedIntTensor:$result), graphToken);
  let assemblyFormat = [{
    $x `,` $lower `,` $upper (`after` `(` $after^ `)`)? attr-dict
    `:` type($x) `,` type($lower) `,` type($upper)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$x, "::mlir::Value":$lower,
                   "::mlir::Value":$upper,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
}

def Graph_CheckReshapeOp : Graph_CheckOp<"check_reshape", "shape"> {
  let summary = "fails the call unless a tensor can take a shape";
  let description = [{
    Gives `shape`. Fails the call unless `shape` is a shape that `x` can be
    given: sizes are 0 or more, but for at most one -1 that stands for what is
    left, and the numbers of elements agree. With a -1 the product of the other
    sizes is not 0 and divides the number of elements of `x`.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `shape`.

    Example:

    ```mlir
    graph.func @rows(%x: tensor<?xf32>, %shape: tensor<2xi32>) -> tensor<?x?xf32> {
      %ok, %done = graph.check_reshape %shape, %x : tensor<2xi32>, tensor<?xf32>
      %y = graph.reshape %x, %ok : (tensor<?xf32>, tensor<2xi32>) -> tensor<?x?xf32>
      graph.return %y after(%done) : tensor<?x?xf32>
    }
    ```

    Source: the run-time check of TensorFlow's `Reshape`.
  }];
  let arguments = !con((ins Graph_IndexVector:$shape, Graph_Tensor:$x),
                       graphAfter);
  let results = !con((outs Graph_IndexVector:$result), graphToken);
  let assemblyFormat = [{
    $shape `,` $x (`after` `(` $after^ `)`)? attr-dict
    `:` type($shape) `,` type($x)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$shape, "::mlir::Value":$x,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
}

def Graph_CheckSqueezeOp : Graph_CheckOp<"check_squeeze"> {
  let summary = "fails the call unless dims have size 1";
  let description = [{
    Gives `x`. Fails the call unless every dim in `axes` has size 1.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `x`.
    - C2: `axes` are different dims of `x`.
    - C3: no dim in `axes` has a static size other than 1.

    Example:

    ```mlir
    graph.func @drop(%x: tensor<?x4xf32>) -> tensor<4xf32> {
      %ok, %done = graph.check_squeeze %x {axes = array<i64: 0>} : tensor<?x4xf32>
      %y = graph.squeeze %ok {axes = array<i64: 0>} : (tensor<?x4xf32>) -> tensor<4xf32>
      graph.return %y after(%done) : tensor<4xf32>
    }
    ```

    Source: the run-time check of TensorFlow's `Squeeze`.
  }];
  let arguments = !con((ins Graph_Tensor:$x), graphAfter,
                       (ins DenseI64ArrayAttr:$axes));
  let results = !con((outs Graph_Tensor:$result), graphToken);
  let assemblyFormat = [{
    $x (`after` `(` $after^ `)`)? attr-dict
    `:` type($x)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$x, "::llvm::ArrayRef<int64_t>":$axes,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
}

def Graph_CheckSplitOp : Graph_CheckOp<"check_split"> {
  let summary = "fails the call unless a dim can be cut into equal parts";
  let description = [{
    Gives `x`. Fails the call unless `num` divides the size of dim `axis`.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `x`.
    - C2: `axis` is a dim of `x`.
    - C3: `num` is positive.
    - C4: `num` divides the dim's size if that is static.

    Example:

    ```mlir
    graph.func @halves(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
      %ok, %done = graph.check_split %x {axis = 0 : i64, num = 2 : i64} : tensor<?xf32>
      %a, %b = graph.split %ok {axis = 0 : i64, num = 2 : i64} : (tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>)
      graph.return %a, %b after(%done) : tensor<?xf32>, tensor<?xf32>
    }
    ```

    Source: the run-time check of TensorFlow's `Split`.
  }];
  let arguments = !con((ins Graph_Tensor:$x), graphAfter,
                       (ins I64Attr:$axis, I64Attr:$num));
  let results = !con((outs Graph_Tensor:$result), graphToken);
  let assemblyFormat = [{
    $x (`after` `(` $after^ `)`)? attr-dict
    `:` type($x)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$x, "int64_t":$axis, "int64_t":$num,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
}

def Graph_CheckTrueOp : Graph_CheckOp<"check_true"> {
  let summary = "fails the call unless all booleans are true";
  let description = [{
    Gives `x`. Fails the call, with the text `message`, if an element of `conditions`
    is false. No elements, no failure. It is for conditions on the data that no other
    check states.

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: the result has the type of `x`.

    Example:

    ```mlir
    graph.func @reciprocal(%x: tensor<?xf32>) -> tensor<?xf32> {
      %zero = graph.constant dense<0.0> : tensor<f32>
      %one = graph.constant dense<1.0> : tensor<f32>
      %fits = graph.compare NE %x, %zero : (tensor<?xf32>, tensor<f32>) -> tensor<?xi1>
      %ok, %done = graph.check_true %x, %fits {message = "x has no reciprocal"} : tensor<?xf32>, tensor<?xi1>
      %y = graph.div %one, %ok : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
      graph.return %y after(%done) : tensor<?xf32>
    }
    ```

    Source: the run-time checks of TensorFlow's `MatrixInverse`, `MatrixSolve` and
    their like.
  }];
  let arguments = !con((ins Graph_Tensor:$x, Graph_BoolTensor:$conditions),
                       graphAfter, (ins StrAttr:$message));
  let results = !con((outs Graph_Tensor:$result), graphToken);
  let assemblyFormat = [{
    $x `,` $conditions (`after` `(` $after^ `)`)? attr-dict
    `:` type($x) `,` type($conditions)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$x, "::mlir::Value":$conditions,
                   "::llvm::StringRef":$message,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCHECKOPS_TD
