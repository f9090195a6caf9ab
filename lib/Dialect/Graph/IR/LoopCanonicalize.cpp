//===- LoopCanonicalize.cpp - rewrites of loops ---------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegionRewrites.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

//===----------------------------------------------------------------------===//
// Carried values
//===----------------------------------------------------------------------===//

/// Stops carrying the values in `dropped`: both regions use `substitutes`, one
/// per carried value and from outside, in place of their arguments. Their
/// results must have no use.
static void stopCarrying(WhileOp op, const llvm::BitVector &dropped,
                         ValueRange substitutes, RewriterBase &rewriter) {
  for (Block *block : {&op.getConditionBlock(), &op.getBodyBlock()}) {
    for (unsigned i : dropped.set_bits())
      replaceByExact(rewriter, block->getArgument(i), substitutes[i]);
    block->eraseArguments(dropped);
  }
  SmallVector<Value> inits;
  for (auto [i, init] : llvm::enumerate(op.getInits()))
    if (!dropped.test(i))
      inits.push_back(init);
  rewriter.modifyOpInPlace(op, [&] { op.getInitsMutable().assign(inits); });
  dropValues(rewriter, op, dropped);
}

namespace {
/// What no iteration changes is captured.
struct CaptureInvariants : OpRewritePattern<WhileOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(WhileOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> inits(op.getInits());
    OperandRange yielded = op.getYield().getValues();
    llvm::BitVector invariant(inits.size());
    for (unsigned i = 0; i < inits.size(); ++i)
      if (yielded[i] == inits[i] ||
          yielded[i] == op.getBodyBlock().getArgument(i))
        invariant.set(i);
    if (invariant.none())
      return rewriter.notifyMatchFailure(op, "all carried values change");
    for (unsigned i : invariant.set_bits())
      replaceByExact(rewriter, op->getResult(i), inits[i]);
    stopCarrying(op, invariant, inits, rewriter);
    return success();
  }
};

/// Two values that are the same in the first iteration and in every next one
/// are carried as one.
struct MergeEqualCarried : OpRewritePattern<WhileOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(WhileOp op,
                                PatternRewriter &rewriter) const override {
    bool changes = false;
    OperandRange yielded = op.getYield().getValues();
    llvm::SmallDenseMap<std::pair<Value, Value>, unsigned> first;
    for (unsigned i = 0, e = op.getInits().size(); i < e; ++i) {
      auto [known, isNew] =
          first.try_emplace({op.getInits()[i], yielded[i]}, i);
      if (!isNew &&
          op->getResult(i).getType() == op->getResult(known->second).getType())
        changes |= merge(op, known->second, i, rewriter);
    }
    return success(changes);
  }

private:
  /// Uses carried value `kept` instead of `i`, which then has no use.
  static bool merge(WhileOp op, unsigned kept, unsigned i,
                    PatternRewriter &rewriter) {
    bool changes = false;
    auto replace = [&](Value from, Value to) {
      changes |= !from.use_empty();
      rewriter.replaceAllUsesWith(from, to);
    };
    replace(op->getResult(i), op->getResult(kept));
    for (Block *block : {&op.getConditionBlock(), &op.getBodyBlock()})
      replace(block->getArgument(i), block->getArgument(kept));
    return changes;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Unused values
//===----------------------------------------------------------------------===//

namespace {
/// Which carried values of a loop matter: to its result, its condition, its
/// effects, or to another one that matters.
class CarriedLiveness {
public:
  explicit CarriedLiveness(WhileOp loop);
  const llvm::BitVector &getLive() const { return live; }

private:
  void markCarried(unsigned i);
  void markValue(Value value);

  WhileOp loop;
  Block &body;
  llvm::BitVector live;
  /// The ops of the body that matter.
  llvm::SetVector<Operation *> ops;
};
} // namespace

CarriedLiveness::CarriedLiveness(WhileOp loop)
    : loop(loop), body(loop.getBodyBlock()), live(loop.getInits().size()) {
  for (Operation &op : body.without_terminator())
    if (!isMemoryEffectFree(&op))
      ops.insert(&op);
  for (unsigned i = 0; i < live.size(); ++i)
    if (!loop->getResult(i).use_empty() ||
        !loop.getConditionBlock().getArgument(i).use_empty())
      markCarried(i);
  // The set grows as ops are visited.
  for (unsigned next = 0; next < ops.size(); ++next)
    ops[next]->walk([&](Operation *op) {
      for (Value operand : op->getOperands())
        markValue(operand);
    });
}

void CarriedLiveness::markCarried(unsigned i) {
  if (live.test(i))
    return;
  live.set(i);
  markValue(loop.getYield().getValues()[i]);
}

void CarriedLiveness::markValue(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() == &body)
      markCarried(argument.getArgNumber());
    return;
  }
  // Values of regions inside belong to an op of the body; others are from
  // outside.
  if (Operation *op = body.findAncestorOpInBlock(*value.getDefiningOp()))
    ops.insert(op);
}

namespace {
/// What matters to nothing is not carried.
struct DropUnusedCarried : OpRewritePattern<WhileOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(WhileOp op,
                                PatternRewriter &rewriter) const override {
    auto mayBeUnused = [&](OpResult result) {
      return result.use_empty() && op.getConditionBlock()
                                       .getArgument(result.getResultNumber())
                                       .use_empty();
    };
    if (llvm::none_of(op.getValues(), mayBeUnused))
      return rewriter.notifyMatchFailure(op, "all carried values are used");
    llvm::BitVector unused = CarriedLiveness(op).getLive();
    unused.flip();
    if (unused.none())
      return rewriter.notifyMatchFailure(op, "all carried values matter");
    // What still computes with them computes something that nobody uses.
    SmallVector<Value> inits(op.getInits());
    stopCarrying(op, unused, inits, rewriter);
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Loops without iterations, types
//===----------------------------------------------------------------------===//

namespace {
/// A loop whose condition never holds asks once and gives its inits.
struct SkipNeverTaken : OpRewritePattern<WhileOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(WhileOp op,
                                PatternRewriter &rewriter) const override {
    if (!matchPattern(op.getConditionOp().getCondition(), m_Zero()))
      return rewriter.notifyMatchFailure(op, "the condition may hold");
    SmallVector<Value> inits(op.getInits());
    replaceByBlock(rewriter, op, op.getConditionBlock(), inits, inits);
    return success();
  }
};

/// A carried value is as exact as the first one and all next ones.
struct RefineCarried : OpRewritePattern<WhileOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(WhileOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    for (auto [init, yielded] :
         llvm::zip(op.getInits(), op.getYield().getValues()))
      types.push_back(getCommonType(init.getType(), yielded.getType()));
    if (TypeRange(types) == op.getValues().getTypes())
      return rewriter.notifyMatchFailure(op, "the types are exact");
    for (Block *block : {&op.getConditionBlock(), &op.getBodyBlock()})
      retypeArguments(*block, types, rewriter);
    retypeValues(rewriter, op, types);
    return success();
  }

private:
  static void retypeArguments(Block &block, ArrayRef<Type> types,
                              PatternRewriter &rewriter) {
    for (auto [i, type] : llvm::enumerate(types)) {
      BlockArgument old = block.getArgument(i);
      if (old.getType() == type)
        continue;
      BlockArgument exact = block.insertArgument(i, type, old.getLoc());
      replaceByExact(rewriter, block.getArgument(i + 1), exact);
      block.eraseArgument(i + 1);
    }
  }
};
} // namespace

void WhileOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<CaptureInvariants, MergeEqualCarried, DropUnusedCarried,
               SkipNeverTaken, RefineCarried>(context);
}
