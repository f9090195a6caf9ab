//===- StepDialect.td - the step dialect ----------------- -*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_STEP_IR_STEPDIALECT_TD
#define GRAPH_COMPILE_DIALECT_STEP_IR_STEPDIALECT_TD

include "mlir/IR/OpBase.td"

def Step_Dialect : Dialect {
  let name = "step";
  let cppNamespace = "::graph_compile::step";
  let summary = "what a program does, from linearization to machine code";
  let description = [{
    A *step* is a function that ran through linearization: textual order is the
    order of execution. It launches kernels, loads and stores variables, asserts
    and prints; the kernels hold the computation.

    The dialect is used in three stages, and the same operations become more
    concrete from one to the next:

    - `linalg`: tensors. `step.load` and `step.store` access variables by
      symbol; everything that computes is an upstream operation.
    - `kernels`: tensors. What computes is outlined into functions with the unit
      attribute `step.kernel`, which `step.launch` runs in destination-passing
      style.
    - `plan`: memrefs with an identity layout, each with a place: the arena, a
      scratch place of the instance, an output, the weights, a variable.

    A function's `graph.name` argument and result attributes keep the names of
    its inputs and outputs. From `plan` on a step has no results; its attribute
    `step.results` lists their names and types instead.
  }];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    void registerAttributes();

    /// Unit attribute of a function: it is a kernel in destination-passing style.
    static constexpr ::llvm::StringLiteral kKernelAttr = "step.kernel";
    /// Array of strings of a kernel: the nodes that it came from.
    static constexpr ::llvm::StringLiteral kNodesAttr = "step.nodes";
    /// String of a kernel, from `plan` on: what it does, "matrix product".
    static constexpr ::llvm::StringLiteral kKindAttr = "step.kind";
    /// Of a kernel, from `plan` on: its operations on floating-point numbers and
    /// the bytes of its arguments (i64). Absent where a size is open.
    static constexpr ::llvm::StringLiteral kFlopsAttr = "step.flops";
    static constexpr ::llvm::StringLiteral kBytesAttr = "step.bytes";
    /// Unit attribute of a kernel, from `plan` on: some launch passes one memref
    /// as an input and as an output. The kernel reads each element of that input
    /// before it writes the same element, and reads no other of it.
    static constexpr ::llvm::StringLiteral kInPlaceAttr = "step.in_place";
    /// Unit attribute of a function: it runs once when an instance is created.
    static constexpr ::llvm::StringLiteral kInitializerAttr = "step.initializer";
    /// Unit attribute of a function: a part that a long step was cut into.
    static constexpr ::llvm::StringLiteral kPartAttr = "step.part";
    /// Unit attribute of an argument, a result or a variable: its integers,
    /// signless by now, are unsigned to the user.
    static constexpr ::llvm::StringLiteral kUnsignedAttr = "step.unsigned";
    /// Unit attribute of a variable: it is the model's own, not the user's, who
    /// neither sees nor saves it.
    static constexpr ::llvm::StringLiteral kHiddenAttr = "step.hidden";
    /// At `codegen`: array of dictionaries {name: string, type: tensor type},
    /// the inputs of a step. The types keep the sign of integers.
    static constexpr ::llvm::StringLiteral kInputsAttr = "step.inputs";
    /// From `plan` on: array of dictionaries {name: string, type: tensor type},
    /// the outputs of a step. The types keep the sign of integers.
    static constexpr ::llvm::StringLiteral kResultsAttr = "step.results";
    /// From `plan` on: bytes of the arena that a step needs (i64).
    static constexpr ::llvm::StringLiteral kArenaBytesAttr = "step.arena_bytes";
    /// From `plan` on: number of scratch places that a step needs (i64).
    static constexpr ::llvm::StringLiteral kScratchSlotsAttr = "step.scratch_slots";
    /// From `plan` on, where asked for: array of dictionaries, the values that
    /// have a place of their own (see `step-plan-memory`).
    static constexpr ::llvm::StringLiteral kPlacesAttr = "step.places";
    /// At `codegen`: array of dictionaries of the module, its launches in the
    /// order of the numbers that generated code has for them (see
    /// `cpu-lower-step`).
    static constexpr ::llvm::StringLiteral kLaunchesAttr = "step.launches";
    /// Argument and result attribute: the name that the user knows it by.
    static constexpr ::llvm::StringLiteral kNameAttr = "graph.name";
  }];
}

#endif // GRAPH_COMPILE_DIALECT_STEP_IR_STEPDIALECT_TD
