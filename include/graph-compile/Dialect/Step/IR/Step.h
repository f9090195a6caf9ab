//===- Step.h - the step dialect ------------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_STEP_IR_STEP_H
#define GRAPH_COMPILE_DIALECT_STEP_IR_STEP_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace graph_compile::step {

/// The variables of an instance, and which of them are set.
struct VariableResource : mlir::SideEffects::Resource::Base<VariableResource> {
  llvm::StringRef getName() final { return "step.variables"; }
};

/// What the user sees of a call beside its results: failure and prints.
struct OutcomeResource : mlir::SideEffects::Resource::Base<OutcomeResource> {
  llvm::StringRef getName() final { return "step.outcome"; }
};

} // namespace graph_compile::step

#include "graph-compile/Dialect/Step/IR/StepDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "graph-compile/Dialect/Step/IR/StepAttributes.h.inc"

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Step/IR/StepOps.h.inc"

#endif // GRAPH_COMPILE_DIALECT_STEP_IR_STEP_H
