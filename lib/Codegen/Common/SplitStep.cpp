//===- SplitStep.cpp - cut long steps into parts of bounded size ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations move into parts in their order. What is cheap to derive again
// (places, constants, sizes of inputs) is not moved: each part clones what it
// uses, where it first uses it. What is left to cross a cut are scalars.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

namespace graph_compile {
#define GEN_PASS_DEF_SPLITSTEP
#include "graph-compile/Codegen/Common/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

/// Whether a part clones `op` rather than receive its result. The operands of
/// such an operation are inputs, scalars, or again such operations; there are
/// no chains of them, as views look at places and sizes at inputs.
static bool isDerived(Operation *op) {
  if (auto dim = dyn_cast<memref::DimOp>(op))
    return isa<BlockArgument>(dim.getSource());
  // What grows may keep what was there, which can be done once.
  if (auto grow = dyn_cast<step::GrowOp>(op))
    return !grow.getKept();
  // Asked again for the same sizes, it gives the same place. That of a value
  // which is there already is used by nothing.
  if (isa<step::ResizeVariableOp>(op))
    return !op->use_empty();
  return op->hasTrait<OpTrait::ConstantLike>() ||
         isa<step::ArenaOp, step::ScratchOp, step::OutputOp, step::WeightOp,
             step::VariableRefOp, step::ViewOp>(op);
}

/// Operations that `op` and what it derives take in a part, about.
static unsigned getCost(Operation *op) {
  unsigned cost = 0;
  op->walk([&](Operation *inner) { cost += 1 + inner->getNumOperands(); });
  return cost;
}

namespace {
/// Scalars that one part hands to later ones, eight bytes of the arena each.
class Crossings {
public:
  explicit Crossings(int64_t arenaBytes)
      : nextOffset(llvm::alignTo(arenaBytes, 8)) {}

  /// Reads `scalar`, which an earlier part computes, at `builder`.
  Value load(OpBuilder &builder, Value scalar) {
    auto [it, isNew] = offsets.try_emplace(scalar, nextOffset);
    if (isNew) {
      nextOffset += 8;
      OpBuilder definition(builder.getContext());
      definition.setInsertionPointAfterValue(scalar);
      memref::StoreOp::create(definition, scalar.getLoc(), scalar,
                              createPlace(definition, scalar, it->second));
    }
    return memref::LoadOp::create(builder, scalar.getLoc(),
                                  createPlace(builder, scalar, it->second));
  }

  int64_t getArenaBytes() const { return nextOffset; }

private:
  static Value createPlace(OpBuilder &builder, Value scalar, int64_t offset) {
    return step::ArenaOp::create(builder, scalar.getLoc(),
                                 MemRefType::get({}, scalar.getType()), offset);
  }

  int64_t nextOffset;
  DenseMap<Value, int64_t> offsets;
};

/// Fills one part.
class PartBuilder {
public:
  PartBuilder(func::FuncOp part, Crossings &crossings)
      : part(part), crossings(crossings), body(part.addEntryBlock()) {}

  /// Moves `op` of the step to the end of the part.
  void append(Operation *op);
  /// Ends the part, and returns the inputs of the step to call it with.
  ArrayRef<Value> finish();

private:
  /// Makes what `op` uses available before it, and lets it use that.
  void localizeOperands(Operation *op, OpBuilder &builder);
  Value localize(Value value, OpBuilder &builder);

  func::FuncOp part;
  Crossings &crossings;
  Block *body;
  /// From values of the step to values of this part.
  DenseMap<Value, Value> local;
  SmallVector<Value> inputs;
};
} // namespace

Value PartBuilder::localize(Value value, OpBuilder &builder) {
  if (Value known = local.lookup(value))
    return known;
  Value result;
  Operation *definition = value.getDefiningOp();
  if (!definition) {
    inputs.push_back(value);
    result = body->addArgument(value.getType(), value.getLoc());
  } else if (definition->getBlock() == body) {
    return value;
  } else if (isDerived(definition)) {
    Operation *clone = definition->clone();
    localizeOperands(clone, builder);
    result = builder.insert(clone)->getResult(0);
  } else {
    result = crossings.load(builder, value);
  }
  return local[value] = result;
}

void PartBuilder::localizeOperands(Operation *op, OpBuilder &builder) {
  op->walk([&](Operation *inner) {
    for (OpOperand &use : inner->getOpOperands()) {
      Region *region = use.get().getParentRegion();
      if (op->isAncestor(region->getParentOp()))
        continue; // defined inside `op`
      use.set(localize(use.get(), builder));
    }
  });
}

void PartBuilder::append(Operation *op) {
  op->moveBefore(body, body->end());
  OpBuilder builder(op);
  localizeOperands(op, builder);
}

ArrayRef<Value> PartBuilder::finish() {
  OpBuilder builder = OpBuilder::atBlockEnd(body);
  func::ReturnOp::create(builder, part.getLoc());
  part.setFunctionType(builder.getFunctionType(body->getArgumentTypes(), {}));
  return inputs;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// The last operation of its block that uses a place which `op`, a loop, ends
/// with: only the part of the loop knows that place. Null if there is none.
static Operation *getLastPlaceUser(Operation &op) {
  Operation *last = nullptr;
  SmallVector<Operation *> pending;
  for (Value result : op.getResults())
    if (isa<MemRefType>(result.getType()))
      llvm::append_range(pending, result.getUsers());
  while (!pending.empty()) {
    Operation *user =
        op.getBlock()->findAncestorOpInBlock(*pending.pop_back_val());
    if (isDerived(user))
      llvm::append_range(pending, user->getUsers());
    else if (!last || last->isBeforeInBlock(user))
      last = user;
  }
  return last;
}

/// The operations that move, in runs of at most about `maxOps` operations.
static std::vector<SmallVector<Operation *>> findParts(Block &step,
                                                       unsigned maxOps) {
  std::vector<SmallVector<Operation *>> parts;
  unsigned cost = 0;
  // No cut comes before it.
  Operation *kept = nullptr;
  for (Operation &op : step.without_terminator()) {
    if (isDerived(&op))
      continue;
    unsigned added = getCost(&op);
    if (parts.empty() || (cost + added > maxOps && !kept)) {
      parts.emplace_back();
      cost = 0;
    }
    cost += added;
    parts.back().push_back(&op);
    if (kept == &op)
      kept = nullptr;
    Operation *last = getLastPlaceUser(op);
    if (last && (!kept || kept->isBeforeInBlock(last)))
      kept = last;
  }
  return parts;
}

namespace {
struct SplitStep : graph_compile::impl::SplitStepBase<SplitStep> {
  using SplitStepBase::SplitStepBase;
  void runOnOperation() override;
  void split(func::FuncOp step, SymbolTable &symbols);
};
} // namespace

void SplitStep::split(func::FuncOp step, SymbolTable &symbols) {
  Block &body = step.getBody().front();
  auto arenaBytes =
      step->getAttrOfType<IntegerAttr>(step::StepDialect::kArenaBytesAttr);
  Crossings crossings(arenaBytes ? arenaBytes.getInt() : 0);
  SmallVector<Operation *> derived;
  for (Operation &op : body)
    if (isDerived(&op))
      derived.push_back(&op);

  OpBuilder builder(body.getTerminator());
  SmallVector<func::FuncOp> functions;
  Operation *previous = step;
  for (auto [number, ops] : llvm::enumerate(findParts(body, maxOps))) {
    auto part = func::FuncOp::create(
        ops.front()->getLoc(),
        (step.getSymName() + "_part_" + Twine(number)).str(),
        builder.getFunctionType({}, {}));
    part.setPrivate();
    part->setAttr(step::StepDialect::kPartAttr, builder.getUnitAttr());
    PartBuilder partBuilder(part, crossings);
    for (Operation *op : ops)
      partBuilder.append(op);
    ArrayRef<Value> inputs = partBuilder.finish();
    symbols.insert(part, std::next(previous->getIterator()));
    previous = part;
    functions.push_back(part);
    step::CallOp::create(builder, part.getLoc(), part.getSymName(), inputs);
  }
  for (Operation *op : llvm::reverse(derived))
    op->erase();

  functions.push_back(step);
  auto bytes = builder.getI64IntegerAttr(crossings.getArenaBytes());
  for (func::FuncOp function : functions)
    function->setAttr(step::StepDialect::kArenaBytesAttr, bytes);
}

void SplitStep::runOnOperation() {
  SmallVector<func::FuncOp> longSteps;
  for (auto step : getOperation().getOps<func::FuncOp>())
    if (!step.isExternal() && !step->hasAttr(step::StepDialect::kKernelAttr) &&
        !step->hasAttr(step::StepDialect::kPartAttr) &&
        step.getBody().front().getOperations().size() > maxOps)
      longSteps.push_back(step);
  if (longSteps.empty())
    return;
  SymbolTable symbols(getOperation());
  for (func::FuncOp step : longSteps) {
    // What is left is a call for each part, which may be too long again.
    auto &operations = step.getBody().front().getOperations();
    size_t length;
    do {
      length = operations.size();
      split(step, symbols);
    } while (operations.size() > maxOps && operations.size() < length);
  }
}
