//===- GraphStructureOps.td - functions, constants, joins --*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSTRUCTUREOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSTRUCTUREOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"

//===----------------------------------------------------------------------===//
// VariableOp
//===----------------------------------------------------------------------===//

def Graph_VariableOp
    : Graph_Op<"variable", [Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "state that outlives a call";
  let description = [{
    Declares a variable of the model. Every instance of the compiled model has
    its own copy; all functions of the model share it. Without an initial value
    the variable is unset until something assigns it, and reading it before
    fails the call. A `hidden` variable is no variable of the user's: it is
    neither listed nor saved nor loaded, and begins anew with each instance.

    `type` is the variable's tensor type; `initial_value` has the same type,
    its elements in row-major order. A dim that is open in `type` has the size
    that the last assignment gave it, or the initial value, which has any size
    there.

    Constraints:
    - C1: `type` is a ranked tensor of an element type of the dialect.
    - C2: `initial_value`, if present, has the type `type`, and any size where
      that is open.
    - C3: a hidden variable has an initial value.

    Example:

    ```mlir
    graph.variable @step : tensor<i64> = dense<0> : tensor<i64>
    graph.variable @weights : tensor<2x3xf32>
    graph.variable @history : tensor<?x3xf32>
    ```

    Source: TensorFlow `VarHandleOp`, `VariableV2`, `Variable`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type,
                       OptionalAttr<ElementsAttr>:$initial_value,
                       UnitAttr:$hidden);
  let assemblyFormat = [{
    (`hidden` $hidden^)? $sym_name `:` $type (`=` $initial_value^)? attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The variable's type, once verified.
    ::mlir::RankedTensorType getTensorType() {
      return ::llvm::cast<::mlir::RankedTensorType>(getType());
    }
  }];
}

//===----------------------------------------------------------------------===//
// FuncOp
//===----------------------------------------------------------------------===//

def Graph_FuncOp : Graph_Op<"func", [
    FunctionOpInterface, RegionKindInterface, IsolatedFromAbove,
    HasParent<"::mlir::ModuleOp">, SingleBlock]> {
  let summary = "an entry point of the model";
  let description = [{
    A function of the model: its body is one block of nodes that ends with
    `graph.return`. The block is a graph region: nodes may use values that are
    defined further down. With the unit attribute `linear` the order of the
    text is the order of execution: every value is defined before it is used
    and no token is left.

    The unit attribute `initializer` marks the function that runs once when an
    instance of the model is created. Arguments and results are tensors; each may carry
    `graph.name`, the name under which callers know it.

    Constraints:
    - C1: the function has a body and its arguments are those of its type.
    - C2: arguments and results are tensors of the dialect.
    - C3: an `initializer` has neither arguments nor results.
    - C4: at most one function of a module is an `initializer`.
    - C5: in a `linear` function every operand is defined above its use.
    - C6: in a `linear` function no value is a token.

    Example:

    ```mlir
    graph.func @twice(%x: tensor<?x8xf32> {graph.name = "x"})
        -> (tensor<?x8xf32> {graph.name = "y"}) {
      %0 = graph.add %x, %x : tensor<?x8xf32>
      graph.return %0 : tensor<?x8xf32>
    }
    ```

    Source: an entry point of a configuration (feeds, fetches and targets), a
    TensorFlow `FunctionDef`, a signature of a SavedModel.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs,
                       UnitAttr:$initializer, UnitAttr:$linear);
  let regions = (region SizedRegion<1>:$body);
  let skipDefaultBuilders = 1;
  // The body is created with its block and arguments, still without a return.
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name,
                                 "::mlir::FunctionType":$type)>];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The one block of the body.
    ::mlir::Block &getBlock() { return getBody().front(); }
    /// The terminator of the body.
    ::graph_compile::graph::ReturnOp getReturnOp();

    /// The name under which callers know argument `index`; empty if none.
    ::llvm::StringRef getArgName(unsigned index);
    /// The name under which callers know result `index`; empty if none.
    ::llvm::StringRef getResultName(unsigned index);

    // RegionKindInterface. The kind cannot depend on the single op, so a linear
    // function's order is checked by the op's own verifier.
    static ::mlir::RegionKind getRegionKind(unsigned index) {
      return ::mlir::RegionKind::Graph;
    }

    // FunctionOpInterface.
    ::mlir::Region *getCallableRegion() { return &getBody(); }
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() {
      return getFunctionType().getInputs();
    }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() {
      return getFunctionType().getResults();
    }
  }];
}

//===----------------------------------------------------------------------===//
// ReturnOp
//===----------------------------------------------------------------------===//

def Graph_ReturnOp : Graph_Op<"return", [
    Pure, Terminator, HasParent<"FuncOp">, AttrSizedOperandSegments]> {
  let summary = "ends a function";
  let description = [{
    Gives the function's results. The call ends when the values are computed
    and everything in `after` has happened: effects that no result needs
    are kept alive by their tokens here.

    Constraints:
    - C1: there is one value per result of the function, of its type.

    Example:

    ```mlir
    graph.func @hello(%x: tensor<f32>) -> tensor<f32> {
      %done = graph.print ["x is ", 0](%x) {stream = "stdout"} : tensor<f32>
      graph.return %x after(%done) : tensor<f32>
    }
    ```

    Source: TensorFlow `_Retval`, fetches, targets and `control_ret`.
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$values,
                       Variadic<Graph_Token>:$after);
  let assemblyFormat = [{
    ($values^)? (`after` `(` $after^ `)`)? attr-dict (`:` type($values)^)?
  }];
  let builders = [OpBuilder<(ins CArg<"::mlir::ValueRange", "{}">:$values), [{
    build($_builder, $_state, values, ::mlir::ValueRange());
  }]>];
  let hasCanonicalizeMethod = 1;
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

def Graph_ConstantOp
    : Graph_Op<"constant", [Pure, ConstantLike, InferTypeOpAdaptor,
                            DeclareOpInterfaceMethods<OpAsmOpInterface,
                                                      ["getAsmResultNames"]>]> {
  let summary = "a tensor known at compile time";
  let description = [{
    Gives `value`, row-major. Large tensors are resources, so that they
    are never printed, hashed or copied.

    Constraints:
    - C1: `value` is a ranked tensor of an element type of the dialect.
    - C2: the result has the type of `value`.

    Example:

    ```mlir
    graph.func @one() -> tensor<2xf32> {
      %one = graph.constant dense<1.0> : tensor<2xf32>
      graph.return %one : tensor<2xf32>
    }
    ```

    Source: TensorFlow `Const`.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// JoinOp
//===----------------------------------------------------------------------===//

def Graph_JoinOp : Graph_Op<"join", [Pure]> {
  let summary = "stands for several effects having happened";
  let description = [{
    Gives a token that stands for all of `tokens`; without operands, for
    nothing at all. No effect itself.

    Example:

    ```mlir
    graph.func @both(%x: tensor<f32>) {
      %a = graph.print ["a"] {stream = "stdout"}
      %b = graph.print ["b"] {stream = "stdout"}
      %both = graph.join %a, %b
      graph.return after(%both)
    }
    ```

    Source: TensorFlow `NoOp`, `tf.group` and any node without an effect that has
    control inputs.
  }];
  let arguments = (ins Variadic<Graph_Token>:$tokens);
  let results = (outs Graph_Token:$token);
  // Without operands `()` stands there, lest the next line be read as some.
  let assemblyFormat = "($tokens^) : (`(` `)`)? attr-dict";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSTRUCTUREOPS_TD
