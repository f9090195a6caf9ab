//===- ShapeCanonicalize.cpp - rewrites of ops on shapes and places -------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

LogicalResult ReshapeOp::canonicalize(ReshapeOp op, PatternRewriter &rewriter) {
  // Only the last of several shapes in a row counts.
  Value source;
  if (auto inner = op.getX().getDefiningOp<ReshapeOp>())
    source = inner.getX();
  else if (auto inner = op.getX().getDefiningOp<ExpandDimsOp>())
    source = inner.getX();
  else if (auto inner = op.getX().getDefiningOp<SqueezeOp>())
    source = inner.getX();
  if (!source || source == op.getResult())
    return rewriter.notifyMatchFailure(op, "no reshape of a reshape");
  // A reshape that always fails at run time must still do so.
  SmallVector<Type> types;
  if (failed(ReshapeOp::inferReturnTypes(
          op.getContext(), /*location=*/std::nullopt, {source, op.getShape()},
          op->getDiscardableAttrDictionary(), /*properties=*/nullptr,
          /*regions=*/{}, types)) ||
      !areCompatibleTypes(types, op.getType()))
    return rewriter.notifyMatchFailure(op, "the sizes disagree");
  rewriter.modifyOpInPlace(op, [&] { op.getXMutable().set(source); });
  return success();
}

LogicalResult TransposeOp::canonicalize(TransposeOp op,
                                        PatternRewriter &rewriter) {
  auto inner = op.getX().getDefiningOp<TransposeOp>();
  if (!inner || inner == op)
    return rewriter.notifyMatchFailure(op, "no transpose of a transpose");
  SmallVector<int64_t> permutation =
      llvm::map_to_vector(op.getPermutation(), [&](int64_t dim) {
        return inner.getPermutation()[dim];
      });
  rewriter.modifyOpInPlace(op, [&] {
    op.getXMutable().set(inner.getX());
    op.setPermutation(permutation);
  });
  return success();
}

LogicalResult ConcatOp::canonicalize(ConcatOp op, PatternRewriter &rewriter) {
  // Inputs that are empty along the axis add nothing.
  int64_t axis = op.getAxis();
  SmallVector<Value> kept =
      llvm::filter_to_vector(op.getInputs(), [&](Value input) {
        return tensorType(input).getDimSize(axis) != 0;
      });
  if (kept.empty() || kept.size() == op.getInputs().size())
    return rewriter.notifyMatchFailure(op, "all inputs are needed");
  rewriter.modifyOpInPlace(op, [&] { op.getInputsMutable().assign(kept); });
  return success();
}
