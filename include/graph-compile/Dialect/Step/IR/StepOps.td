//===- StepOps.td - operations of a step ----------------- -*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_STEP_IR_STEPOPS_TD
#define GRAPH_COMPILE_DIALECT_STEP_IR_STEPOPS_TD

include "graph-compile/Dialect/Step/IR/StepAttributes.td"
include "graph-compile/Dialect/Step/IR/StepDialect.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// The variables of an instance, and which of them are set.
def Step_VariableResource : Resource<"::graph_compile::step::VariableResource">;
/// What the user sees of a call beside its results: failure and prints.
def Step_OutcomeResource : Resource<"::graph_compile::step::OutcomeResource">;

class Step_Op<string mnemonic, list<Trait> traits = []>
    : Op<Step_Dialect, mnemonic, traits>;

def Step_TensorOrMemRef : AnyTypeOf<[AnyRankedTensor, AnyMemRef]>;

//===----------------------------------------------------------------------===//
// Module level
//===----------------------------------------------------------------------===//

def Step_VariableOp : Step_Op<"variable", [Symbol]> {
  let summary = "state of an instance, kept from call to call";
  let description = [{
    A tensor that lives in the instance. Without an initial value it is not set
    until something stores to it. A dimension that is open in its type has the
    size that the last store, or whoever else set the variable, gave it.

    C1: the initial value has the variable's type, with any size where that is
        open.

    Example:

    ```mlir
    step.variable @w : tensor<2xf32> = dense<[1.0, 2.0]> : tensor<2xf32>
    step.variable @rows : tensor<?x2xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       TypeAttrOf<AnyRankedTensor>:$type,
                       OptionalAttr<ElementsAttr>:$initial_value);
  let assemblyFormat = [{
    $sym_name `:` $type (`=` $initial_value^)? attr-dict
  }];
  let extraClassDeclaration = [{
    ::mlir::RankedTensorType getTensorType() {
      return ::llvm::cast<::mlir::RankedTensorType>(getType());
    }
  }];
  let hasVerifier = 1;
}

def Step_WeightDataOp : Step_Op<"weight_data", [Symbol]> {
  let summary = "a constant in the weights of the model";
  let description = [{
    The elements, row-major, at `offset` bytes from the start of the weights.
    Equal constants are one; offsets are multiples of 64 and do not overlap.
    With a `#step.panels` as the value the data is laid out when it is written.

    C1: the offset is a multiple of 64.

    Example:

    ```mlir
    step.weight_data @weight_0 at 64 = dense<[1.0, 2.0]> : tensor<2xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, I64Attr:$offset,
                       ElementsAttr:$value);
  let assemblyFormat = "$sym_name `at` $offset `=` $value attr-dict";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

def Step_LoadOp : Step_Op<"load", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    MemoryEffects<[MemRead<Step_VariableResource>]>]> {
  let summary = "a variable's value at this place";
  let description = [{
    A snapshot: a later store does not change the result. Fails the call with
    GCRT_UNINITIALIZED when nothing has set the variable.

    C1: the result has the variable's type.

    Example:

    ```mlir
    %0 = step.load @w : tensor<2xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let results = (outs AnyRankedTensor:$value);
  let assemblyFormat = "$variable attr-dict `:` type($value)";
}

def Step_StoreOp : Step_Op<"store", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    MemoryEffects<[MemWrite<Step_VariableResource>]>]> {
  let summary = "replaces a variable's value";
  let description = [{
    A variable takes the sizes of the value where its own are open.

    C1: the value has the variable's type.

    Example:

    ```mlir
    step.store %0, @w : tensor<2xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$value,
                       FlatSymbolRefAttr:$variable);
  let assemblyFormat = "$value `,` $variable attr-dict `:` type($value)";
}

def Step_IsSetOp : Step_Op<"is_set", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    MemoryEffects<[MemRead<Step_VariableResource>]>]> {
  let summary = "whether something has set a variable";
  let description = [{
    Example:

    ```mlir
    %0 = step.is_set @w
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let results = (outs I1:$result);
  let assemblyFormat = "$variable attr-dict";
}

def Step_MarkSetOp : Step_Op<"mark_set", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    MemoryEffects<[MemWrite<Step_VariableResource>]>]> {
  let summary = "notes that a variable has been set";
  let description = [{
    Stage `plan`: what is left of a store whose data a kernel wrote in place.

    Example:

    ```mlir
    step.mark_set @w
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let assemblyFormat = "$variable attr-dict";
}

def Step_CheckSetOp : Step_Op<"check_set", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    MemoryEffects<[MemRead<Step_VariableResource>,
                   MemWrite<Step_OutcomeResource>]>]> {
  let summary = "fails the call when nothing has set a variable";
  let description = [{
    What is left of a load whose value nothing uses. At the end of stage `plan`
    also what is left of the checks of other loads.

    Example:

    ```mlir
    step.check_set @w
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let assemblyFormat = "$variable attr-dict";
}

//===----------------------------------------------------------------------===//
// Outcome
//===----------------------------------------------------------------------===//

def Step_AssertOp : Step_Op<"assert", [
    MemoryEffects<[MemRead<Step_VariableResource>,
                   MemWrite<Step_OutcomeResource>]>]> {
  let summary = "fails the call when a condition is false";
  let description = [{
    Nothing after it in the step runs when the condition is false; what came
    before has happened. The call returns `status`: 3 for an assertion or a
    numerics check, 1 for a graph that fails on its inputs. The message is made
    of `text`: strings, and integers that stand for the summary of that operand
    of `data`, of which at most `summarize` elements are shown (-1: all).

    C1: every integer in `text` is the index of an operand of `data`.
    C2: `status` is 1 or 3.

    Example:

    ```mlir
    step.assert %ok, ["x must be positive, but is ", 0](%x) : tensor<4xf32>
        {status = 3 : i32, summarize = 3 : i64}
    ```
  }];
  let arguments = (ins I1:$condition, ArrayAttr:$text,
                       Variadic<AnyType>:$data, I32Attr:$status,
                       DefaultValuedAttr<I64Attr, "3">:$summarize);
  let assemblyFormat = [{
    $condition `,` $text (`(` $data^ `)` `:` type($data))? attr-dict
  }];
  let hasVerifier = 1;
}

def Step_PrintOp : Step_Op<"print", [
    MemoryEffects<[MemRead<Step_VariableResource>,
                   MemWrite<Step_OutcomeResource>]>]> {
  let summary = "prints a text";
  let description = [{
    Hands a text to the instance's print callback, which by default writes it to
    `stream`: `stderr`, `stdout`, `log(info)`, `log(warning)`, `log(error)` or
    `file://PATH`. Text and `summarize` are as for `step.assert`; the style is
    `summary` (Print of TensorFlow 1) or `format` (StringFormat).

    C1: every integer in `text` is the index of an operand of `data`.
    C2: the style is `summary` or `format`.

    Example:

    ```mlir
    step.print ["loss ", 0](%loss) : tensor<f32>
        {stream = "stderr", style = "format", summarize = 3 : i64}
    ```
  }];
  let arguments = (ins ArrayAttr:$text, Variadic<AnyType>:$data,
                       StrAttr:$stream, StrAttr:$style,
                       DefaultValuedAttr<I64Attr, "3">:$summarize);
  let assemblyFormat = [{
    $text (`(` $data^ `)` `:` type($data))? attr-dict
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Kernels and parts
//===----------------------------------------------------------------------===//

def Step_LaunchOp : Step_Op<"launch", [
    AttrSizedOperandSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "runs a kernel";
  let description = [{
    The kernel's arguments are the inputs (tensors or memrefs, and scalars by
    value) followed by the outputs. On tensors each output gives one result of
    its type, and the operation is pure: the output operand supplies shape and
    (where the kernel reads it) contents. On memrefs there is no result and the
    kernel writes the outputs in place.

    C1: the callee is a function with the attribute `step.kernel`.
    C2: the operands' types are the kernel's argument types; a tensor stands for
        the memref of its shape and element type.
    C3: one result per output, of its type, on tensors; none on memrefs.

    Example:

    ```mlir
    %0 = tensor.empty() : tensor<4xf32>
    %1 = step.launch @kernel_0 ins(%x, %y : tensor<4xf32>, f32)
        outs(%0 : tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyType>:$inputs,
                       Variadic<Step_TensorOrMemRef>:$outputs);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $kernel (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    (`outs` `(` $outputs^ `:` type($outputs) `)`)? attr-dict
    (`->` type($results)^)?
  }];
  let hasVerifier = 1;
}

def Step_ResizeOp : Step_Op<"resize", [Pure]> {
  let summary = "a tensor with more rows or fewer";
  let description = [{
    The rows (elements of the outermost dimension) of `source` as far as the
    result has them; rows beyond are undefined until a kernel writes them. Where
    nothing else needs the source the plan lets it grow in its place, whose size
    then at least doubles, so that adding rows one by one costs as much as the
    rows.

    C1: one size per open dimension of the result's type.
    C2: source and result have the same element type and, but for the outermost
        one, the same dimensions.

    Example:

    ```mlir
    %1 = step.resize %0 sizes(%n) : tensor<?x4xf32> -> tensor<?x4xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source, Variadic<Index>:$sizes);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $source (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($source) `->`
    type($result)
  }];
  let hasVerifier = 1;
}

def Step_CallOp : Step_Op<"call", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    MemoryEffects<[MemRead<Step_VariableResource>,
                   MemWrite<Step_VariableResource>,
                   MemWrite<Step_OutcomeResource>]>]> {
  let summary = "runs a part of a step";
  let description = [{
    Stage `plan`: a long step is cut into functions that run one after the
    other. When the part fails, so does the step.

    C1: the callee is a function with the attribute `step.part`, whose argument
        types are the operands' types.

    Example:

    ```mlir
    step.call @main_part_0(%x) : memref<4xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<AnyType>:$operands);
  let assemblyFormat = [{
    $callee `(` $operands `)` attr-dict (`:` type($operands)^)?
  }];
}

//===----------------------------------------------------------------------===//
// Places (stage `plan`)
//===----------------------------------------------------------------------===//

class Step_PlaceOp<string mnemonic, list<Trait> traits = []>
    : Step_Op<mnemonic, traits>;

def Step_ArenaOp : Step_PlaceOp<"arena", [Pure]> {
  let summary = "a fixed place in the arena of the instance";
  let description = [{
    The bytes from `offset` on. Planned so that values that live at the same
    time do not overlap.

    C1: the offset is a multiple of 8 and not negative.

    Example:

    ```mlir
    %0 = step.arena 128 : memref<4xf32>
    ```
  }];
  let arguments = (ins I64Attr:$offset);
  let results = (outs AnyStaticShapeMemRef:$place);
  let assemblyFormat = "$offset attr-dict `:` type($place)";
  let hasVerifier = 1;
}

def Step_ScratchOp : Step_PlaceOp<"scratch", [
    MemoryEffects<[MemWrite<Step_OutcomeResource>]>]> {
  let summary = "a growable place of the instance";
  let description = [{
    For sizes that are known at run time only. The place keeps its largest size
    from call to call, so that a call whose sizes were seen before allocates
    nothing. Fails the call when there is no memory. Its contents do not outlive
    another `step.scratch` of the same slot.

    C1: one size per open dimension of the type.

    Example:

    ```mlir
    %0 = step.scratch 0 sizes(%n) : memref<?x4xf32>
    ```
  }];
  let arguments = (ins I64Attr:$slot, Variadic<Index>:$sizes);
  let results = (outs AnyMemRef:$place);
  let assemblyFormat = [{
    $slot (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($place)
  }];
  let hasVerifier = 1;
}

def Step_GrowOp : Step_PlaceOp<"grow", [
    AttrSizedOperandSegments, MemoryEffects<[MemWrite<Step_OutcomeResource>]>]> {
  let summary = "a growable place that is expected to grow again";
  let description = [{
    The place of `slot`, as `step.scratch` gives it. When it has to grow, it
    grows to twice its size at least, and keeps the elements of `kept`, a place
    in the same slot, where that is given: places that it gave before are no
    longer valid then. Loops use it: which slot it is may change from iteration
    to iteration, and sizes may grow in each.

    C1: one size per open dimension of the type.

    Example:

    ```mlir
    %1 = step.grow %slot sizes(%n) keeping(%0 : memref<?x4xf32>) : memref<?x4xf32>
    ```
  }];
  let arguments = (ins Index:$slot, Variadic<Index>:$sizes,
                       Optional<AnyMemRef>:$kept);
  let results = (outs AnyMemRef:$place);
  let assemblyFormat = [{
    $slot (`sizes` `(` $sizes^ `)`)?
    (`keeping` `(` $kept^ `:` type($kept) `)`)? attr-dict `:` type($place)
  }];
  let hasVerifier = 1;
}

def Step_OutputOp : Step_PlaceOp<"output", [
    MemoryEffects<[MemWrite<Step_OutcomeResource>]>]> {
  let summary = "the place of an output of the step";
  let description = [{
    The caller's buffer where it gave one that is large enough, else a place of
    the instance. Every successful call runs it for every output; the parts of a
    step that is cut ask again with the same sizes, and get the same place.

    C1: one size per open dimension of the type.

    Example:

    ```mlir
    %0 = step.output 0 sizes(%n) : memref<?x4xf32>
    ```
  }];
  let arguments = (ins I64Attr:$index, Variadic<Index>:$sizes);
  let results = (outs AnyMemRef:$place);
  let assemblyFormat = [{
    $index (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($place)
  }];
  let hasVerifier = 1;
}

def Step_WeightOp : Step_PlaceOp<"weight", [
    Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the place of a constant";
  let description = [{
    Read only.

    C1: the symbol is a `step.weight_data` of this shape and element type.

    Example:

    ```mlir
    %0 = step.weight @weight_0 : memref<2xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$weight);
  let results = (outs AnyStaticShapeMemRef:$place);
  let assemblyFormat = "$weight attr-dict `:` type($place)";
}

def Step_VariableRefOp : Step_PlaceOp<"variable_ref", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "the place of a variable";
  let description = [{
    Where the variable lies at this moment; a variable of open shape lies
    elsewhere once it has been resized. `sizes` are those that the variable has.

    C1: the symbol is a `step.variable` of this shape and element type.
    C2: one size per open dimension of the type.

    Example:

    ```mlir
    %0 = step.variable_ref @w : memref<2xf32>
    %n = step.variable_size @rows 0
    %1 = step.variable_ref @rows sizes(%n) : memref<?x2xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable, Variadic<Index>:$sizes);
  let results = (outs AnyMemRef:$place);
  let assemblyFormat = [{
    $variable (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($place)
  }];
  let hasVerifier = 1;
}

def Step_VariableSizeOp : Step_PlaceOp<"variable_size", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    MemoryEffects<[MemRead<Step_VariableResource>]>]> {
  let summary = "a size that a variable has at this moment";
  let description = [{
    C1: the symbol is a `step.variable`, in whose type dimension `dim` is open.

    Example:

    ```mlir
    %n = step.variable_size @rows 0
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable, I64Attr:$dim);
  let results = (outs Index:$size);
  let assemblyFormat = "$variable $dim attr-dict";
}

def Step_ResizeVariableOp : Step_PlaceOp<"resize_variable", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    MemoryEffects<[MemWrite<Step_VariableResource>,
                   MemWrite<Step_OutcomeResource>]>]> {
  let summary = "the place of a variable, made large enough for a new value";
  let description = [{
    Gives a variable of open shape the sizes of the value that is written next.
    What the variable holds stays where the new value takes no more bytes. Fails
    the call when there is no memory; the variable is then as it was.

    C1: the symbol is a `step.variable` of this shape and element type, which is
        open.
    C2: one size per open dimension of the type.

    Example:

    ```mlir
    %0 = step.resize_variable @rows sizes(%n) : memref<?x2xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable, Variadic<Index>:$sizes);
  let results = (outs AnyMemRef:$place);
  let assemblyFormat = [{
    $variable `sizes` `(` $sizes `)` attr-dict `:` type($place)
  }];
  let hasVerifier = 1;
}

def Step_ViewOp : Step_PlaceOp<"view", [Pure]> {
  let summary = "the same elements in another shape";
  let description = [{
    Places are row-major without gaps, so that a reshape moves nothing. The
    result may end before the source does.

    C1: one size per open dimension of the result's type.
    C2: source and result have the same element type.

    Example:

    ```mlir
    %0 = step.view %x sizes(%n) : memref<?xf32> -> memref<?x4xf32>
    ```
  }];
  let arguments = (ins AnyMemRef:$source, Variadic<Index>:$sizes);
  let results = (outs AnyMemRef:$place);
  let assemblyFormat = [{
    $source (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($source) `->`
    type($place)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

def Step_PaddedOp : Step_Op<"padded", [Pure, AttrSizedOperandSegments]> {
  let summary = "a memref among zeros";
  let description = [{
    What `source` would be with zeros around it along `dims`: it lies at
    `offsets`, one for each of them, in dimensions of `sizes`. Only `source` is
    in memory: the zeros are never written, and nothing may be stored through
    the result. Stands in kernels, before an operation that knows where its
    windows leave the source.

    C1: `dims` are dimensions of the source, ascending, with one offset and one
        size each.
    C2: source and result have the same element type and, but for `dims`, the
        same dimensions.

    Example:

    ```mlir
    %0 = step.padded %x dims [1] at(%c1) sizes(%c6) : memref<?x4xf32> -> memref<?x6xf32>
    ```
  }];
  let arguments = (ins AnyMemRef:$source, DenseI64ArrayAttr:$dims,
                       Variadic<Index>:$offsets, Variadic<Index>:$sizes);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = [{
    $source `dims` $dims `at` `(` $offsets `)` `sizes` `(` $sizes `)` attr-dict
    `:` type($source) `->` type($result)
  }];
  let extraClassDeclaration = [{
    ::mlir::MemRefType getSourceType() {
      return ::llvm::cast<::mlir::MemRefType>(getSource().getType());
    }
  }];
  let hasVerifier = 1;
}

#endif // GRAPH_COMPILE_DIALECT_STEP_IR_STEPOPS_TD
