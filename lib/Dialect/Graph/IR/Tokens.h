//===- Tokens.h - lists of tokens -----------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_TOKENS_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_TOKENS_H

#include "mlir/IR/PatternMatch.h"

namespace graph_compile::graph {

/// Removes from `tokens`, operands of `op`, those that come twice or stand for
/// nothing. Fails if there are none. Long lists are left alone: a pattern
/// sees them once per token that changes.
mlir::LogicalResult simplifyTokens(mlir::Operation *op,
                                   mlir::MutableOperandRange tokens,
                                   mlir::PatternRewriter &rewriter);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_TOKENS_H
