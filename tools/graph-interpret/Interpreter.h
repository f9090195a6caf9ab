//===- Interpreter.h - runs a graph in an order drawn by chance -*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a module of the graph dialect means, in the most obvious way: of the ops
// of a block whose operands are there, tokens included, one that chance picks
// runs next. So every order that the graph allows can happen, and a graph whose
// order is complete gives one result.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_TOOLS_GRAPH_INTERPRET_INTERPRETER_H
#define GRAPH_COMPILE_TOOLS_GRAPH_INTERPRET_INTERPRETER_H

#include "Tensor.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <map>
#include <random>

namespace graph_compile::interpret {

/// What one call did.
struct CallResult {
  /// Why the call ended early, with the node; empty if it did not.
  std::string failure;
  std::vector<Tensor> outputs;
  /// Text and data of each print, in the order that they happened.
  std::vector<std::string> prints;
};

/// One instance of a model: its variables, and calls one after the other.
class Instance {
public:
  /// Gives the variables their initial values and runs the initializer.
  Instance(mlir::ModuleOp module, uint64_t seed);

  /// Why the initializer failed, or the interpreter cannot run the model.
  const std::string &getFailure() const { return failure; }
  CallResult call(graph::FuncOp function, std::vector<Tensor> inputs);
  /// The variables that are set.
  const std::map<std::string, Tensor> &getVariables() const {
    return variables;
  }

private:
  using Values = llvm::DenseMap<mlir::Value, Tensor>;

  bool runBlock(mlir::Block &block);
  bool runOp(mlir::Operation *op);
  bool runPure(mlir::Operation *op);
  bool runRead(graph::ReadOp op);
  bool runWrite(mlir::Operation *op, llvm::StringRef variable, mlir::Value x,
                int sign);
  bool runAssert(graph::AssertOp op);
  bool runPrint(graph::PrintOp op);
  bool runBranch(mlir::Operation *op, mlir::Region &branch);
  bool runLoop(graph::WhileOp op);
  void set(mlir::Value value, Tensor tensor);
  bool fail(mlir::Operation *op, const llvm::Twine &reason);
  std::string describe(mlir::ArrayAttr text, mlir::ValueRange data);

  mlir::ModuleOp module;
  std::mt19937_64 chance;
  std::map<std::string, Tensor> variables;
  Values values;
  std::string failure;
  std::vector<std::string> prints;
};

} // namespace graph_compile::interpret

#endif // GRAPH_COMPILE_TOOLS_GRAPH_INTERPRET_INTERPRETER_H
