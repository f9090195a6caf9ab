//===- RegionRewrites.h - what rewrites of ops with regions share ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_REGIONREWRITES_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_REGIONREWRITES_H

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/BitVector.h"

namespace graph_compile::graph {

/// The results of a conditional or loop without its token.
mlir::ResultRange getControlValues(OrderedOpInterface op);

/// Creates the same operation as `op` at the insertion point, but with results
/// of `types`. The regions move to it; what uses the results is the caller's.
mlir::Operation *recreate(mlir::RewriterBase &rewriter, mlir::Operation *op,
                          mlir::TypeRange types);

/// Replaces the uses of `from` by `to`, whose type may be more exact; what is
/// computed from it becomes more exact too. Users that could not take it get
/// the old type by way of a reshape.
void replaceByExact(mlir::RewriterBase &rewriter, mlir::Value from,
                    mlir::Value to);

/// The type that says of a tensor what both `a` and `b` say; they have one
/// element type and rank.
mlir::Type getCommonType(mlir::Type a, mlir::Type b);

/// Replaces a conditional or loop by the contents of `block`, the block of one
/// of its regions, and by `values`. `arguments` stand for the block's; what the
/// op waited for, the block's effects wait for.
void replaceByBlock(mlir::RewriterBase &rewriter, OrderedOpInterface op,
                    mlir::Block &block, mlir::ValueRange arguments,
                    mlir::ValueRange values);

/// Takes the results in `dropped`, which have no use, out of a conditional or
/// loop, and with each what the yields of its regions give for it. A loop's
/// inits and arguments are the caller's.
void dropValues(mlir::RewriterBase &rewriter, OrderedOpInterface op,
                const llvm::BitVector &dropped);

/// Gives the values of a conditional or loop the more exact types `types`. The
/// arguments of its regions keep theirs.
void retypeValues(mlir::RewriterBase &rewriter, OrderedOpInterface op,
                  mlir::TypeRange types);

/// Removes the token of a conditional or loop without effects, and what it
/// waits for.
struct DropNeedlessOrder : mlir::OpInterfaceRewritePattern<OrderedOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  mlir::LogicalResult
  matchAndRewrite(OrderedOpInterface op,
                  mlir::PatternRewriter &rewriter) const override;
};

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_REGIONREWRITES_H
