//===- CheckBoundsOp.cpp - integers within bounds -------------------------===//
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
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

void CheckBoundsOp::build(OpBuilder &builder, OperationState &state, Value x,
                          Value lower, Value upper, ValueRange after) {
  build(builder, state, x.getType(), builder.getType<TokenType>(), x, lower,
        upper, after);
}

LogicalResult CheckBoundsOp::verify() {
  RankedTensorType type = tensorType(getX());
  for (Value bound : {getLower(), getUpper()}) {
    RankedTensorType boundType = tensorType(bound);
    // C2: bounds are numbers of the same kind.
    if (boundType.getElementType() != type.getElementType())
      return emitOpError() << "expects bounds of element type "
                           << type.getElementType() << ", but got "
                           << boundType;
    // C3: one bound for all places or one per place.
    if (boundType.getRank() != 0 &&
        failed(verifyCompatibleShape(boundType, type)))
      return emitOpError() << "expects bounds that are scalars or of a shape "
                              "compatible with "
                           << type << ", but got " << boundType;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Canonicalization
//===----------------------------------------------------------------------===//

/// Element `i` of the known elements of a bound, which may be one for all.
static int64_t getBound(ArrayRef<int64_t> bounds, size_t i) {
  return bounds.size() == 1 ? bounds.front() : bounds[i];
}

/// Whether every element is known to lie within its bounds.
static bool surelyHolds(CheckBoundsOp op) {
  RankedTensorType type = op.getX().getType();
  if (type.hasStaticShape() && type.getNumElements() == 0)
    return true;
  std::optional<SmallVector<int64_t>> known = knownValue(op.getX());
  std::optional<SmallVector<int64_t>> lower = knownValue(op.getLower());
  std::optional<SmallVector<int64_t>> upper = knownValue(op.getUpper());
  if (!known || !lower || !upper)
    return false;
  for (auto [i, value] : llvm::enumerate(*known))
    if (value < getBound(*lower, i) || value > getBound(*upper, i))
      return false;
  return true;
}

namespace {
struct DropCheckThatHolds : OpRewritePattern<CheckBoundsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CheckBoundsOp op,
                                PatternRewriter &rewriter) const override {
    if (!surelyHolds(op))
      return rewriter.notifyMatchFailure(op, "may fail at run time");
    eraseEffect(rewriter, op, op.getX());
    return success();
  }
};
} // namespace

void CheckBoundsOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                MLIRContext *context) {
  patterns.add<DropCheckThatHolds>(context);
}
