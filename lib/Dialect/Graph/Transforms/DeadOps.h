//===- DeadOps.h - removal of what is no longer used ------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_DEADOPS_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_DEADOPS_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

namespace graph_compile::graph {

/// Erases `op`, if nothing uses it and it has no effect, and what only it used.
/// Calls `willErase` with each op before.
inline void eraseIfDead(mlir::RewriterBase &rewriter, mlir::Operation *op,
                        llvm::function_ref<void(mlir::Operation *)> willErase) {
  llvm::SetVector<mlir::Operation *> worklist;
  worklist.insert(op);
  while (!worklist.empty()) {
    mlir::Operation *dead = worklist.pop_back_val();
    if (!mlir::isOpTriviallyDead(dead))
      continue;
    llvm::SmallVector<mlir::Value> operands(dead->getOperands());
    willErase(dead);
    rewriter.eraseOp(dead);
    for (mlir::Value operand : operands)
      if (mlir::Operation *definition = operand.getDefiningOp())
        worklist.insert(definition);
  }
}

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_DEADOPS_H
