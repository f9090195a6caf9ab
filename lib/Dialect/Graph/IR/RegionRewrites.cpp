//===- RegionRewrites.cpp - what rewrites of ops with regions share -------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegionRewrites.h"

#include "Inference.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

ResultRange graph::getControlValues(OrderedOpInterface op) {
  return op->getResults().drop_back(op.getToken() ? 1 : 0);
}

Operation *graph::recreate(RewriterBase &rewriter, Operation *op,
                           TypeRange types) {
  Operation *replacement = Operation::create(
      op->getLoc(), op->getName(), types, op->getOperands(),
      NamedAttrList(op->getDiscardableAttrDictionary()),
      op->getPropertiesStorage(), /*successors=*/{}, op->getNumRegions());
  for (auto [from, to] : llvm::zip(op->getRegions(), replacement->getRegions()))
    rewriter.inlineRegionBefore(from, to, to.end());
  return rewriter.insert(replacement);
}

//===----------------------------------------------------------------------===//
// Exact types
//===----------------------------------------------------------------------===//

Type graph::getCommonType(Type a, Type b) {
  auto type = cast<RankedTensorType>(a);
  SmallVector<int64_t> shape(type.getShape());
  for (auto [size, other] :
       llvm::zip(shape, cast<RankedTensorType>(b).getShape()))
    if (size != other)
      size = ShapedType::kDynamic;
  return type.clone(shape);
}

/// The types that `op` infers for its results; fails if it is no pure op, or if
/// they contradict those that it has. Checks are none: they pass a type on, and
/// one that fails in every call must go on failing at run time.
static FailureOr<SmallVector<Type>> inferAgain(Operation *op) {
  auto inference = dyn_cast<InferTypeOpInterface>(op);
  if (!inference || isa<OrderedOpInterface>(op) || !isWellFormed(op))
    return failure();
  SmallVector<Type> types;
  if (failed(inference.inferReturnTypes(
          op->getContext(), /*location=*/std::nullopt, op->getOperands(),
          op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
          op->getRegions(), types)) ||
      !areCompatibleTypes(types, op->getResultTypes()))
    return failure();
  return types;
}

namespace {
/// Tells users of values that the type has become more exact.
class ExactTypes {
public:
  explicit ExactTypes(RewriterBase &rewriter) : rewriter(rewriter) {}

  /// `value` had the type `oldType` when `users` came to use it.
  void spread(Value value, Type oldType, ArrayRef<Operation *> users);

private:
  struct Change {
    Value value;
    Type oldType;
    SmallVector<Operation *> users;
  };

  void visit(const Change &change);
  void refine(Operation *op, ArrayRef<Type> types);

  RewriterBase &rewriter;
  SmallVector<Change> worklist;
};
} // namespace

/// The users of `value`, each once.
static SmallVector<Operation *> getUsers(Value value) {
  llvm::SmallSetVector<Operation *, 8> users(value.user_begin(),
                                             value.user_end());
  return users.takeVector();
}

void ExactTypes::spread(Value value, Type oldType,
                        ArrayRef<Operation *> users) {
  OpBuilder::InsertionGuard guard(rewriter);
  worklist.push_back({value, oldType, SmallVector<Operation *>(users)});
  while (!worklist.empty())
    visit(worklist.pop_back_val());
}

/// Users that could not take the exact type get the old one again.
void ExactTypes::visit(const Change &change) {
  Value open;
  for (Operation *user : change.users) {
    if (isa<YieldOp, WhileOp>(user))
      continue;
    FailureOr<SmallVector<Type>> types = inferAgain(user);
    if (succeeded(types)) {
      refine(user, *types);
      continue;
    }
    if (!open) {
      Location location = change.value.getLoc();
      rewriter.setInsertionPointAfterValue(change.value);
      Value shape = ShapeOp::create(rewriter, location, change.value,
                                    rewriter.getI64Type());
      open = ReshapeOp::create(rewriter, location, change.oldType, change.value,
                               shape);
    }
    rewriter.modifyOpInPlace(
        user, [&] { user->replaceUsesOfWith(change.value, open); });
  }
}

/// Gives the results of `op` those of `types` that are more exact.
void ExactTypes::refine(Operation *op, ArrayRef<Type> types) {
  for (auto [result, type] : llvm::zip(op->getResults(), types)) {
    Type oldType = result.getType();
    if (type == oldType || !isRefinement(type, oldType))
      continue;
    rewriter.modifyOpInPlace(
        op, [&, &result = result, &type = type] { result.setType(type); });
    worklist.push_back({result, oldType, getUsers(result)});
  }
}

void graph::replaceByExact(RewriterBase &rewriter, Value from, Value to) {
  SmallVector<Operation *> users = getUsers(from);
  rewriter.replaceAllUsesWith(from, to);
  if (from.getType() != to.getType())
    ExactTypes(rewriter).spread(to, from.getType(), users);
}

//===----------------------------------------------------------------------===//
// Blocks in place of ops
//===----------------------------------------------------------------------===//

/// Whether an effect gives `token`, and no join.
static bool isOfEffect(Value token) {
  return isa_and_present<OrderedOpInterface>(token.getDefiningOp());
}

/// Makes the effects of `block` wait for `tokens`. Those that wait for another
/// effect of the block do so already.
static void waitInside(RewriterBase &rewriter, Block &block,
                       ValueRange tokens) {
  if (tokens.empty())
    return;
  for (auto effect : block.getOps<OrderedOpInterface>()) {
    bool isOrdered = effect.getToken() || !isMemoryEffectFree(effect);
    if (isOrdered && llvm::none_of(effect.getAfter(), isOfEffect))
      rewriter.modifyOpInPlace(
          effect, [&] { effect.getAfterMutable().append(tokens); });
  }
}

void graph::replaceByBlock(RewriterBase &rewriter, OrderedOpInterface op,
                           Block &block, ValueRange arguments,
                           ValueRange values) {
  // The terminator's tokens; its values are among `values` where they matter.
  Operation *terminator = block.getTerminator();
  SmallVector<Value> tokens(
      llvm::make_filter_range(terminator->getOperands(), [](Value operand) {
        return isa<TokenType>(operand.getType());
      }));
  waitInside(rewriter, block, op.getAfter());
  // Behind an effect of the block is behind what it waits for.
  if (llvm::none_of(tokens, isOfEffect))
    llvm::append_range(tokens, op.getAfter());

  rewriter.setInsertionPoint(op);
  for (auto [argument, value] : llvm::zip(block.getArguments(), arguments))
    replaceByExact(rewriter, argument, value);
  block.eraseArguments(0, block.getNumArguments());
  rewriter.eraseOp(terminator);
  rewriter.inlineBlockBefore(&block, op);
  for (auto [result, value] : llvm::zip(getControlValues(op), values))
    replaceByExact(rewriter, result, value);
  if (Value token = op.getToken())
    rewriter.replaceAllUsesWith(token,
                                JoinOp::create(rewriter, op.getLoc(), tokens));
  rewriter.eraseOp(op);
}

//===----------------------------------------------------------------------===//
// Other results
//===----------------------------------------------------------------------===//

void graph::dropValues(RewriterBase &rewriter, OrderedOpInterface op,
                       const llvm::BitVector &dropped) {
  for (Region &region : op->getRegions())
    if (auto yield = dyn_cast<YieldOp>(region.front().getTerminator()))
      rewriter.modifyOpInPlace(yield, [&] {
        SmallVector<Value> kept;
        for (auto [i, value] : llvm::enumerate(yield.getValues()))
          if (!dropped.test(i))
            kept.push_back(value);
        yield.getValuesMutable().assign(kept);
      });
  SmallVector<Type> types;
  SmallVector<Value> oldResults;
  for (OpResult result : op->getResults())
    if (result.getResultNumber() >= dropped.size() ||
        !dropped.test(result.getResultNumber())) {
      types.push_back(result.getType());
      oldResults.push_back(result);
    }
  rewriter.setInsertionPoint(op);
  Operation *replacement = recreate(rewriter, op, types);
  rewriter.replaceAllUsesWith(oldResults, replacement->getResults());
  rewriter.eraseOp(op);
}

void graph::retypeValues(RewriterBase &rewriter, OrderedOpInterface op,
                         TypeRange types) {
  SmallVector<Type> resultTypes(types);
  if (op.getToken())
    resultTypes.push_back(op.getToken().getType());
  rewriter.setInsertionPoint(op);
  Operation *replacement = recreate(rewriter, op, resultTypes);
  for (auto [from, to] :
       llvm::zip_equal(op->getResults(), replacement->getResults()))
    replaceByExact(rewriter, from, to);
  rewriter.eraseOp(op);
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

LogicalResult
DropNeedlessOrder::matchAndRewrite(OrderedOpInterface op,
                                   PatternRewriter &rewriter) const {
  if (!isa<IfOp, CaseOp, WhileOp>(op) ||
      (!op.getToken() && op.getAfter().empty()) || !isMemoryEffectFree(op))
    return rewriter.notifyMatchFailure(op, "its order matters or is none");
  if (Value token = op.getToken())
    rewriter.replaceAllUsesWith(
        token, JoinOp::create(rewriter, op.getLoc(), op.getAfter()));
  dropTokens(rewriter, op);
  return success();
}
