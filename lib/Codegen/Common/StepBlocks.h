//===- StepBlocks.h - the blocks of a step ----------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPBLOCKS_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPBLOCKS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Block.h"

namespace graph_compile {

/// Adds the blocks under `op` whose operations run one after the other: its
/// own, and those of conditionals and loops, inner ones first. Bodies of
/// structured operations are none.
inline void collectStepBlocks(mlir::Operation *op,
                              llvm::SmallVectorImpl<mlir::Block *> &blocks) {
  for (mlir::Region &region : op->getRegions())
    for (mlir::Block &block : region) {
      for (mlir::Operation &inner : block)
        if (!llvm::isa<mlir::linalg::LinalgOp>(inner))
          collectStepBlocks(&inner, blocks);
      blocks.push_back(&block);
    }
}

inline llvm::SmallVector<mlir::Block *> getStepBlocks(mlir::Operation *step) {
  llvm::SmallVector<mlir::Block *> blocks;
  collectStepBlocks(step, blocks);
  return blocks;
}

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPBLOCKS_H
