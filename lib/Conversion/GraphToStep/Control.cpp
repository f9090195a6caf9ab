//===- Control.cpp - conditionals and loops -------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Conditionals and loops become those of scf. What has rank 0, or is a vector
// of a few integers, crosses the border of a region as scalars, so that it
// lives in registers; other tensors cross as they are, cast where the border's
// type is more open.
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Borders
//===----------------------------------------------------------------------===//

/// Whether tensors of `type` cross a border as scalars. Empty ones are tensors,
/// so that each value has something at the border.
static bool crossesAsScalars(RankedTensorType type) {
  return isScalarized(type) && type.getNumElements() > 0;
}

/// Returns the types at a border of tensors of `types`.
static SmallVector<Type> getBorderTypes(ArrayRef<RankedTensorType> types) {
  SmallVector<Type> border;
  for (RankedTensorType type : types) {
    if (crossesAsScalars(type))
      border.append(type.getNumElements(), type.getElementType());
    else
      border.push_back(type);
  }
  return border;
}

/// Takes `tensors` to a border of the types `border`.
static SmallVector<Value> toBorder(NodeBuilder &b, ValueRange tensors,
                                   TypeRange border) {
  SmallVector<Value> values;
  for (Value tensor : tensors) {
    // Where the border has scalars, the tensor's own shape says how many: it is
    // as static as the border's.
    if (auto type = dyn_cast<RankedTensorType>(border[values.size()]))
      values.push_back(castTo(b, tensor, type));
    else
      llvm::append_range(values, getElements(b, tensor));
  }
  return values;
}

/// Makes tensors of `types` out of the values that came over a border.
static SmallVector<Value> fromBorder(NodeBuilder &b, ValueRange values,
                                     ArrayRef<RankedTensorType> types) {
  SmallVector<Value> tensors;
  for (RankedTensorType type : types) {
    if (!crossesAsScalars(type)) {
      tensors.push_back(values.front());
      values = values.drop_front();
      continue;
    }
    int64_t count = type.getNumElements();
    tensors.push_back(createFromElements(b, type, values.take_front(count)));
    values = values.drop_front(count);
  }
  return tensors;
}

namespace {
/// Base of conditionals and loops.
template <typename OpTy> struct ControlPattern : GraphPattern<OpTy> {
  using GraphPattern<OpTy>::GraphPattern;

protected:
  SmallVector<RankedTensorType> getValueTypes(OpTy op) const {
    return llvm::map_to_vector(op.getValues().getTypes(),
                               [&](Type type) { return this->convert(type); });
  }

  /// Moves the one block of `from`, which has no arguments, to `to`.
  static void moveBranch(Region &from, Region &to,
                         ConversionPatternRewriter &rewriter) {
    rewriter.inlineRegionBefore(from, to, to.end());
  }

  /// Replaces `op` by tensors made of the results of `replacement`.
  void replaceValues(NodeBuilder &b, OpTy op, Operation *replacement,
                     ConversionPatternRewriter &rewriter) const {
    rewriter.replaceOp(
        op, fromBorder(b, replacement->getResults(), getValueTypes(op)));
  }
};

//===----------------------------------------------------------------------===//
// Conditionals
//===----------------------------------------------------------------------===//

struct IfLowering : ControlPattern<graph::IfOp> {
  using ControlPattern::ControlPattern;

  LogicalResult
  matchAndRewrite(graph::IfOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value condition = getElement(b, adaptor.getCondition(), {});
    auto conditional =
        scf::IfOp::create(b, getBorderTypes(getValueTypes(op)), condition,
                          /*addThenBlock=*/false, /*addElseBlock=*/false);
    moveBranch(op.getThenRegion(), conditional.getThenRegion(), rewriter);
    moveBranch(op.getElseRegion(), conditional.getElseRegion(), rewriter);
    replaceValues(b, op, conditional, rewriter);
    return success();
  }
};

struct CaseLowering : ControlPattern<graph::CaseOp> {
  using ControlPattern::ControlPattern;

  LogicalResult
  matchAndRewrite(graph::CaseOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value index = toIndex(b, getElement(b, adaptor.getIndex(), {}));
    // The last branch takes all that is out of range.
    unsigned last = op.getBranches().size() - 1;
    auto cases = llvm::to_vector(llvm::seq<int64_t>(0, last));
    auto conditional = scf::IndexSwitchOp::create(
        b, getBorderTypes(getValueTypes(op)), index, cases, last);
    for (unsigned i = 0; i < last; ++i)
      moveBranch(op.getBranches()[i], conditional.getCaseRegions()[i],
                 rewriter);
    moveBranch(op.getBranches()[last], conditional.getDefaultRegion(),
               rewriter);
    replaceValues(b, op, conditional, rewriter);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

struct WhileLowering : ControlPattern<graph::WhileOp> {
  using ControlPattern::ControlPattern;

  LogicalResult
  matchAndRewrite(graph::WhileOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    SmallVector<RankedTensorType> types = getValueTypes(op);
    SmallVector<Type> border = getBorderTypes(types);
    auto loop = scf::WhileOp::create(b, border,
                                     toBorder(b, adaptor.getInits(), border));
    moveCarrying(op.getConditionBlock(), loop.getBefore(), types, rewriter);
    moveCarrying(op.getBodyBlock(), loop.getAfter(), types, rewriter);
    rewriter.setInsertionPoint(op);
    replaceValues(b, op, loop, rewriter);
    return success();
  }

private:
  /// Moves a block of a loop; its arguments, of the types `types`, are made of
  /// those of a new block.
  static void moveCarrying(Block &from, Region &to,
                           ArrayRef<RankedTensorType> types,
                           ConversionPatternRewriter &rewriter) {
    Location location = from.getParentOp()->getLoc();
    SmallVector<Type> border = getBorderTypes(types);
    Block *block = rewriter.createBlock(
        &to, to.end(), border, SmallVector<Location>(border.size(), location));
    NodeBuilder b(location, rewriter);
    SmallVector<Value> arguments = fromBorder(b, block->getArguments(), types);
    rewriter.inlineBlockBefore(&from, block, block->end(), arguments);
  }
};

//===----------------------------------------------------------------------===//
// Terminators
//===----------------------------------------------------------------------===//

/// The op around has been converted already.
struct YieldLowering : GraphPattern<graph::YieldOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::YieldOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOpWithNewOp<scf::YieldOp>(
        op,
        toBorder(b, adaptor.getValues(), op->getParentOp()->getResultTypes()));
    return success();
  }
};

struct ConditionLowering : GraphPattern<graph::ConditionOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ConditionOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value condition = getElement(b, adaptor.getCondition(), {});
    rewriter.replaceOpWithNewOp<scf::ConditionOp>(
        op, condition, op->getBlock()->getArguments());
    return success();
  }
};
} // namespace

void graph_compile::populateControlPatterns(RewritePatternSet &patterns,
                                            const GraphToStepContext &context) {
  patterns.add<IfLowering, CaseLowering, WhileLowering, YieldLowering,
               ConditionLowering>(patterns.getContext(), context);
}
