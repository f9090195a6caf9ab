//===- GraphEffectOps.td - variables, assertions, prints ---*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHEFFECTOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHEFFECTOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"
include "mlir/IR/SymbolInterfaces.td"

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

class Graph_VariableAccessOp<string mnemonic>
    : Graph_EffectOp<mnemonic,
                     [DeclareOpInterfaceMethods<SymbolUserOpInterface>]>;

def Graph_ReadOp : Graph_VariableAccessOp<"read"> {
  let summary = "a snapshot of a variable";
  let description = [{
    Gives the value that the variable has at this moment; later assignments do
    not change it. Reading a variable that nothing has set fails the call.

    Effect: reads the variable, in the order that tokens state.

    Constraints:
    - C1: `variable` names a `graph.variable` of the module.
    - C2: the result has the variable's type.

    Example:

    ```mlir
    graph.variable @v : tensor<2xf32>
    graph.func @get() -> tensor<2xf32> {
      %value, %done = graph.read @v : tensor<2xf32>
      graph.return %value after(%done) : tensor<2xf32>
    }
    ```

    Source: TensorFlow `ReadVariableOp`; a use of a reference variable's value.
  }];
  let arguments = !con((ins FlatSymbolRefAttr:$variable), graphAfter);
  let results = !con((outs Graph_Tensor:$value), graphToken);
  let assemblyFormat = [{
    $variable (`after` `(` $after^ `)`)? attr-dict `:` type($value)
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Type":$value, "::llvm::StringRef":$variable,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
}

class Graph_WriteOp<string mnemonic, TypeConstraint type>
    : Graph_VariableAccessOp<mnemonic> {
  let arguments = !con((ins FlatSymbolRefAttr:$variable, type:$x), graphAfter);
  let results = graphToken;
  let assemblyFormat = [{
    $variable `,` $x (`after` `(` $after^ `)`)? attr-dict `:` type($x)
    `` custom<TokenOnly>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::llvm::StringRef":$variable, "::mlir::Value":$x,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
}

def Graph_AssignOp : Graph_WriteOp<"assign", Graph_Tensor> {
  let summary = "sets a variable";
  let description = [{
    Gives the variable the value `x`. The variable is set from then on. Where its
    type is open the variable takes the size of `x`; an open dim of `x` that
    differs from a static one of the variable at run time fails the call. With
    `keep_shape` so does any dim that differs from what the variable has, if it
    is set.

    Effect: writes the variable, in the order that tokens state.

    Constraints:
    - C1: `variable` names a `graph.variable` of the module.
    - C2: `x` has the variable's element type and rank, and its static dims.

    Example:

    ```mlir
    graph.variable @v : tensor<2xf32>
    graph.func @set(%x: tensor<2xf32>) {
      %done = graph.assign @v, %x : tensor<2xf32>
      graph.return after(%done)
    }
    ```

    Source: TensorFlow `AssignVariableOp`, `Assign`; `keep_shape` is their
    `validate_shape`.
  }];
  let arguments = !con((ins FlatSymbolRefAttr:$variable, Graph_Tensor:$x),
                       graphAfter, (ins UnitAttr:$keep_shape));
}

def Graph_AssignAddOp : Graph_WriteOp<"assign_add", Graph_NumberTensor> {
  let summary = "adds to a variable";
  let description = [{
    Adds `x` to the variable, elementwise and without broadcasting. Integers wrap
    around. Adding to a variable that nothing has set fails the call, and so
    does an open dim of `x` that differs from the variable's.

    Effect: reads and writes the variable as one step, in the order that
    tokens state.

    Constraints:
    - C1: `variable` names a `graph.variable` of the module.
    - C2: `x` has the variable's element type and rank, and its static dims.

    Example:

    ```mlir
    graph.variable @count : tensor<i64> = dense<0> : tensor<i64>
    graph.func @tick(%by: tensor<i64>) {
      %done = graph.assign_add @count, %by : tensor<i64>
      graph.return after(%done)
    }
    ```

    Source: TensorFlow `AssignAddVariableOp`, `AssignAdd`.
  }];
}

def Graph_AssignSubOp : Graph_WriteOp<"assign_sub", Graph_NumberTensor> {
  let summary = "subtracts from a variable";
  let description = [{
    Subtracts `x` from the variable, elementwise and without broadcasting.
    Integers wrap around. Subtracting from a variable that nothing has set fails
    the call, and so does an open dim of `x` that differs from the variable's.

    Effect: reads and writes the variable as one step, in the order that
    tokens state.

    Constraints:
    - C1: `variable` names a `graph.variable` of the module.
    - C2: `x` has the variable's element type and rank, and its static dims.

    Example:

    ```mlir
    graph.variable @w : tensor<3xf32>
    graph.func @step(%gradient: tensor<3xf32>) {
      %done = graph.assign_sub @w, %gradient : tensor<3xf32>
      graph.return after(%done)
    }
    ```

    Source: TensorFlow `AssignSubVariableOp`, `AssignSub`.
  }];
}

def Graph_IsInitializedOp : Graph_VariableAccessOp<"is_initialized"> {
  let summary = "whether a variable is set";
  let description = [{
    Gives true if the variable has an initial value or something has assigned it.
    No read of the variable's value.

    Effect: observes the variable, in the order that tokens state.

    Constraints:
    - C1: `variable` names a `graph.variable` of the module.

    Example:

    ```mlir
    graph.variable @v : tensor<2xf32>
    graph.func @ready() -> tensor<i1> {
      %set, %done = graph.is_initialized @v
      graph.return %set after(%done) : tensor<i1>
    }
    ```

    Source: TensorFlow `VarIsInitializedOp`, `IsVariableInitialized`.
  }];
  let arguments = !con((ins FlatSymbolRefAttr:$variable), graphAfter);
  let results = !con((outs Graph_BoolScalar:$value), graphToken);
  let assemblyFormat = [{
    $variable (`after` `(` $after^ `)`)? attr-dict
    `` custom<TokenAfterValue>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::llvm::StringRef":$variable,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
}

//===----------------------------------------------------------------------===//
// Assertions and prints
//===----------------------------------------------------------------------===//

def Graph_AssertOp : Graph_EffectOp<"assert", [AttrSizedOperandSegments]> {
  let summary = "stops the call unless a condition holds";
  let description = [{
    If `condition` is false, the call ends with the status "assertion failed":
    effects ordered before the assertion have happened, none after it. The
    message is the pieces of `text` in order: a string stands for itself, an integer `i`
    for a summary of `data[i]` that shows `summarize` elements (-1: all).

    Effect: may end the call, in the order that tokens state.

    Constraints:
    - C1: `text` holds strings and `i64` integers.
    - C2: integers in `text` are positions in `data`.
    - C3: `summarize` is -1 or more.

    Example:

    ```mlir
    graph.func @positive(%ok: tensor<i1>, %x: tensor<?xf32>) {
      %done = graph.assert %ok, ["x must be positive: ", 0](%x) {summarize = 3 : i64} : tensor<?xf32>
      graph.return after(%done)
    }
    ```

    Source: TensorFlow `Assert`.
  }];
  let arguments = !con((ins Graph_BoolScalar:$condition,
                            Variadic<Graph_Tensor>:$data), graphAfter,
                       (ins ArrayAttr:$text,
                            DefaultValuedAttr<I64Attr, "3">:$summarize));
  let results = graphToken;
  let assemblyFormat = [{
    $condition `,` $text (`(` $data^ `)`)? (`after` `(` $after^ `)`)? attr-dict
    (`:` type($data)^)? `` custom<TokenOnly>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::Value":$condition, "::mlir::ValueRange":$data,
                   "::mlir::ArrayAttr":$text, "int64_t":$summarize,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Graph_PrintOp : Graph_EffectOp<"print", [AttrSizedOperandSegments]> {
  let summary = "prints tensors";
  let description = [{
    Writes the pieces of `text` in order: a string stands for itself, an integer
    `i` for a rendering of `data[i]`. With the style `summary` that is the first
    `summarize` elements (-1: all) as TensorFlow's `Print` writes them;
    with the style `format` it is nested brackets with the first and last `summarize`
    entries of each dim (-1: all), as `StringFormat` writes them. `stream` is
    `stderr`, `stdout`, `log(info)`, `log(warning)`, `log(error)` or
    `file://` and a path.

    Effect: prints, in the order that tokens state.

    Constraints:
    - C1: `text` holds strings and `i64` integers.
    - C2: integers in `text` are positions in `data`.
    - C3: `summarize` is -1 or more.
    - C4: `style` is `summary` or `format`.
    - C5: `stream` is one of those above.

    Example:

    ```mlir
    graph.func @show(%x: tensor<?xf32>) {
      %done = graph.print ["x = ", 0, "\n"](%x) {stream = "stdout", style = "format"} : tensor<?xf32>
      graph.return after(%done)
    }
    ```

    Source: TensorFlow `Print`, `PrintV2` of a `StringFormat`.
  }];
  let arguments = !con((ins Variadic<Graph_Tensor>:$data), graphAfter,
                       (ins ArrayAttr:$text,
                            DefaultValuedAttr<I64Attr, "3">:$summarize,
                            DefaultValuedStrAttr<StrAttr, "summary">:$style,
                            DefaultValuedStrAttr<StrAttr, "stderr">:$stream));
  let results = graphToken;
  let assemblyFormat = [{
    $text (`(` $data^ `)`)? (`after` `(` $after^ `)`)? attr-dict
    (`:` type($data)^)? `` custom<TokenOnly>(type($token))
  }];
  let builders = [
    // With a token.
    OpBuilder<(ins "::mlir::ValueRange":$data, "::mlir::ArrayAttr":$text,
                   "int64_t":$summarize, "::llvm::StringRef":$style,
                   "::llvm::StringRef":$stream,
                   CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHEFFECTOPS_TD
