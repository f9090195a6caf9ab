//===- ModelDescription.h - what the descriptor of a model says ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_MODELDESCRIPTION_H
#define GRAPH_COMPILE_EMIT_MODELDESCRIPTION_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>
#include <string>
#include <vector>

namespace graph_compile {

/// An input or an output of a function. Its type keeps the signedness of
/// integers; a dynamic dimension is open until the call.
struct TensorDescription {
  std::string name;
  mlir::RankedTensorType type;
};

/// One entry point.
struct FunctionDescription {
  std::string name;
  /// The symbol of its llvm.func.
  std::string symbol;
  std::vector<TensorDescription> inputs;
  std::vector<TensorDescription> outputs;
  uint64_t arenaBytes = 0;
  /// How many growable places (gcrt_scratch) a call uses.
  uint32_t scratchCount = 0;
};

/// One variable; its index is the one that generated code uses.
struct VariableDescription {
  std::string name;
  /// What is dynamic changes with what is assigned.
  mlir::RankedTensorType type;
  /// Null where nothing has set the variable when an instance is created.
  mlir::ElementsAttr initial;
  /// Whether it is the model's own, without a name that users see.
  bool isHidden = false;
};

/// Constant data at an offset, in bytes, of the weights that kernels read.
struct WeightDescription {
  uint64_t offset = 0;
  mlir::ElementsAttr value;
};

/// One launch in the code, as profiles show it.
struct LaunchDescription {
  std::string kernel;
  std::string kind;
  std::vector<std::string> nodes;
  /// Nothing where they depend on a call.
  std::optional<uint64_t> flops, bytes;
};

/// Everything that the object says about its model, apart from its code.
struct ModelDescription {
  std::string name;
  std::vector<FunctionDescription> functions;
  /// The function that runs when an instance is created, if there is one.
  std::optional<FunctionDescription> initializer;
  std::vector<VariableDescription> variables;
  /// In ascending order of their offsets.
  std::vector<WeightDescription> weights;
  /// In the order of the numbers that the code has for them.
  std::vector<LaunchDescription> launches;
};

/// Reads the description from a module at stage `codegen`. What is missing or
/// malformed is reported as an error at its place.
mlir::FailureOr<ModelDescription> readModelDescription(mlir::ModuleOp module);

/// Takes away from `module` what describes the model and is no code, so that
/// what is left can be translated to LLVM IR.
void eraseModelDescription(mlir::ModuleOp module);

/// Returns the gcrt_dtype of an element type; nothing if the runtime has none.
std::optional<uint32_t> getRuntimeDtype(mlir::Type elementType);

/// Returns how many bytes the runtime stores for a tensor of static shape: its
/// elements one after the other, a boolean in one byte.
uint64_t getStoredBytes(mlir::ShapedType type);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_MODELDESCRIPTION_H
