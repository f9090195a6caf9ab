//===- ControlCanonicalize.cpp - rewrites of conditionals -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "RegionRewrites.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

//===----------------------------------------------------------------------===//
// Which branch runs
//===----------------------------------------------------------------------===//

/// The branch that runs in every call; null if that is not known.
static Region *getOnlyBranch(IfOp op) {
  std::optional<int64_t> condition = knownScalar(op.getCondition());
  if (!condition)
    return nullptr;
  return *condition ? &op.getThenRegion() : &op.getElseRegion();
}

static Region *getOnlyBranch(CaseOp op) {
  int64_t last = op.getBranches().size() - 1;
  if (last == 0)
    return &op.getBranches().front();
  std::optional<int64_t> index = knownScalar(op.getIndex());
  if (!index)
    return nullptr;
  bool inRange = *index >= 0 && *index < last;
  return &op.getBranches()[inRange ? *index : last];
}

static YieldOp getYieldOf(Region &branch) {
  return cast<YieldOp>(branch.front().getTerminator());
}

namespace {
/// A conditional of which one branch always runs is that branch.
template <typename OpTy> struct TakeOnlyBranch : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Region *branch = getOnlyBranch(op);
    if (!branch)
      return rewriter.notifyMatchFailure(op, "any branch may run");
    SmallVector<Value> values(getYieldOf(*branch).getValues());
    replaceByBlock(rewriter, op, branch->front(), /*arguments=*/{}, values);
    return success();
  }
};

/// In a branch it is known what the condition was.
struct UseConditionInBranches : OpRewritePattern<IfOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(IfOp op,
                                PatternRewriter &rewriter) const override {
    bool changes = replaceIn(op, op.getThenRegion(), true, rewriter);
    changes |= replaceIn(op, op.getElseRegion(), false, rewriter);
    return success(changes);
  }

private:
  static bool replaceIn(IfOp op, Region &branch, bool value,
                        PatternRewriter &rewriter) {
    Value condition = op.getCondition();
    auto isInside = [&](OpOperand &use) {
      return branch.isAncestor(use.getOwner()->getParentRegion());
    };
    if (llvm::none_of(condition.getUses(), isInside))
      return false;
    auto type = cast<RankedTensorType>(condition.getType());
    rewriter.setInsertionPoint(op);
    Value known = ConstantOp::create(rewriter, op.getLoc(),
                                     DenseElementsAttr::get(type, value));
    rewriter.replaceUsesWithIf(condition, known, isInside);
    return true;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// What the branches of `op` give for its result `i`, if it is one value.
static Value getCommonValue(Operation *op, unsigned i) {
  Value common;
  for (Region &branch : op->getRegions()) {
    Value value = getYieldOf(branch).getValues()[i];
    if (common && value != common)
      return nullptr;
    common = value;
  }
  return common;
}

/// Whether the branches of `op` give the same for its results `i` and `j`.
static bool areEqual(Operation *op, unsigned i, unsigned j) {
  return op->getResult(i).getType() == op->getResult(j).getType() &&
         llvm::all_of(op->getRegions(), [&](Region &branch) {
           OperandRange values = getYieldOf(branch).getValues();
           return values[i] == values[j];
         });
}

namespace {
/// A result that is the same value in all branches is that value.
template <typename OpTy> struct ForwardCommonValues : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    bool changes = false;
    for (OpResult result : op.getValues()) {
      // A value of all branches is none of one branch, but of outside.
      Value common = getCommonValue(op, result.getResultNumber());
      if (result.use_empty() || !common || op->getNumRegions() < 2)
        continue;
      replaceByExact(rewriter, result, common);
      changes = true;
    }
    return success(changes);
  }
};

/// Of equal results one is enough.
template <typename OpTy> struct MergeEqualValues : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    bool changes = false;
    // Results are equal only if the first branch gives one value for both.
    llvm::SmallDenseMap<Value, unsigned> first;
    OperandRange values = getYieldOf(op->getRegion(0)).getValues();
    for (OpResult result : op.getValues()) {
      unsigned i = result.getResultNumber();
      auto [known, isNew] = first.try_emplace(values[i], i);
      if (isNew || result.use_empty() || !areEqual(op, known->second, i))
        continue;
      rewriter.replaceAllUsesWith(result, op->getResult(known->second));
      changes = true;
    }
    return success(changes);
  }
};

/// What nobody uses is not given.
template <typename OpTy> struct DropUnusedValues : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    llvm::BitVector unused(op.getValues().size());
    for (OpResult result : op.getValues())
      if (result.use_empty())
        unused.set(result.getResultNumber());
    if (unused.none())
      return rewriter.notifyMatchFailure(op, "all results are used");
    dropValues(rewriter, op, unused);
    return success();
  }
};

/// A result is as exact as what all branches give for it.
template <typename OpTy> struct RefineValues : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Type> types(
        getYieldOf(op->getRegion(0)).getValues().getTypes());
    for (Region &branch : op->getRegions().drop_front())
      for (auto [type, other] :
           llvm::zip(types, getYieldOf(branch).getValues().getTypes()))
        type = getCommonType(type, other);
    if (TypeRange(types) == op.getValues().getTypes())
      return rewriter.notifyMatchFailure(op, "the types are exact");
    retypeValues(rewriter, op, types);
    return success();
  }
};
} // namespace

template <typename OpTy>
static void addConditionalPatterns(RewritePatternSet &patterns) {
  patterns
      .add<TakeOnlyBranch<OpTy>, ForwardCommonValues<OpTy>,
           MergeEqualValues<OpTy>, DropUnusedValues<OpTy>, RefineValues<OpTy>>(
          patterns.getContext());
}

void IfOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                       MLIRContext *context) {
  addConditionalPatterns<IfOp>(patterns);
  patterns.add<UseConditionInBranches>(context);
}

void CaseOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  addConditionalPatterns<CaseOp>(patterns);
}
