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

namespace {
/// What code generation takes more time for than in proportion.
struct StepSize {
  /// Operations that are not derived.
  unsigned ops = 0;
  /// Places in memory that are named: each access to one may be to another.
  unsigned places = 0;
  /// Ways out on failure.
  unsigned exits = 0;

  /// Adds `op` and what is in it.
  void add(Operation *op);
  bool exceeds(const StepSize &limits) const {
    return ops > limits.ops || places > limits.places || exits > limits.exits;
  }
};
} // namespace

void StepSize::add(Operation *op) {
  ops += !isDerived(op);
  places +=
      isa<step::ArenaOp, step::ScratchOp, step::GrowOp, step::OutputOp,
          step::WeightOp, step::VariableRefOp, step::ResizeVariableOp>(op);
  exits +=
      isa<step::ScratchOp, step::GrowOp, step::OutputOp, step::ResizeVariableOp,
          step::CallOp, step::AssertOp, step::PrintOp, step::CheckSetOp>(op);
  for (Region &region : op->getRegions())
    for (Operation &inner : region.getOps())
      add(&inner);
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

  const StepSize &getSize() const { return size; }

private:
  /// Makes what `op` uses available before it, and lets it use that.
  void localizeOperands(Operation *op, OpBuilder &builder);
  /// The same for `inner`, which is `op` or inside of it.
  void localizeOperands(Operation *op, Operation *inner, OpBuilder &builder);
  Value localize(Value value, OpBuilder &builder);

  func::FuncOp part;
  Crossings &crossings;
  Block *body;
  /// From values of the step to values of this part.
  DenseMap<Value, Value> local;
  SmallVector<Value> inputs;
  StepSize size;
};
} // namespace

Value PartBuilder::localize(Value value, OpBuilder &builder) {
  Operation *definition = value.getDefiningOp();
  if (definition && definition->getBlock() == body)
    return value;
  Value &result = local[value];
  if (result)
    return result;
  if (!definition) {
    inputs.push_back(value);
    return result = body->addArgument(value.getType(), value.getLoc());
  }
  if (!isDerived(definition))
    return result = crossings.load(builder, value);
  size.add(definition);
  // Its operands may become local, too, which moves `result`.
  Operation *clone = definition->clone();
  localizeOperands(clone, builder);
  return local[value] = builder.insert(clone)->getResult(0);
}

void PartBuilder::localizeOperands(Operation *op, Operation *inner,
                                   OpBuilder &builder) {
  for (OpOperand &use : inner->getOpOperands()) {
    if (op != inner &&
        op->isAncestor(use.get().getParentRegion()->getParentOp()))
      continue; // defined inside `op`
    use.set(localize(use.get(), builder));
  }
}

void PartBuilder::localizeOperands(Operation *op, OpBuilder &builder) {
  if (op->getNumRegions() == 0)
    return localizeOperands(op, op, builder);
  op->walk([&](Operation *inner) { localizeOperands(op, inner, builder); });
}

void PartBuilder::append(Operation *op) {
  size.add(op);
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

namespace {
/// Cuts one step into parts.
class StepSplitter {
public:
  StepSplitter(func::FuncOp step, const StepSize &limits, SymbolTable &symbols)
      : step(step), limits(limits), symbols(symbols),
        crossings(getArenaBytes(step)) {}

  void run();

private:
  struct Part {
    func::FuncOp function;
    /// The inputs of the step to call it with.
    SmallVector<Value> inputs = {};
  };

  static int64_t getArenaBytes(func::FuncOp step);
  void move(Operation *op);
  bool fits(Operation *op) const;
  void beginPart(Location loc);
  void finishPart();
  void callParts();

  func::FuncOp step;
  const StepSize &limits;
  SymbolTable &symbols;
  Crossings crossings;
  std::vector<Part> parts;
  /// Fills the last part.
  std::optional<PartBuilder> filling;
  /// No cut comes before it.
  Operation *kept = nullptr;
};
} // namespace

int64_t StepSplitter::getArenaBytes(func::FuncOp step) {
  auto bytes =
      step->getAttrOfType<IntegerAttr>(step::StepDialect::kArenaBytesAttr);
  return bytes ? bytes.getInt() : 0;
}

void StepSplitter::beginPart(Location loc) {
  Builder builder(step.getContext());
  auto function = func::FuncOp::create(
      loc, (step.getSymName() + "_part_" + Twine(parts.size())).str(),
      builder.getFunctionType({}, {}));
  function.setPrivate();
  function->setAttr(step::StepDialect::kPartAttr, builder.getUnitAttr());
  Operation *previous = parts.empty() ? step : parts.back().function;
  symbols.insert(function, std::next(previous->getIterator()));
  parts.push_back({function});
  filling.emplace(function, crossings);
}

void StepSplitter::finishPart() {
  if (filling)
    llvm::append_range(parts.back().inputs, filling->finish());
  filling.reset();
}

/// Whether `op` goes to the part that is being filled.
bool StepSplitter::fits(Operation *op) const {
  if (!filling || kept)
    return kept;
  StepSize size = filling->getSize();
  // The places that an operation needs are counted when it is there.
  if (size.places >= limits.places)
    return false;
  size.add(op);
  return !size.exceeds(limits);
}

/// Moves `op` to the part that is being filled, or to the next one.
void StepSplitter::move(Operation *op) {
  if (!fits(op)) {
    finishPart();
    beginPart(op->getLoc());
  }
  if (kept == op)
    kept = nullptr;
  Operation *last = getLastPlaceUser(*op);
  if (last && (!kept || kept->isBeforeInBlock(last)))
    kept = last;
  filling->append(op);
}

void StepSplitter::callParts() {
  OpBuilder builder(step.getBody().front().getTerminator());
  auto bytes = builder.getI64IntegerAttr(crossings.getArenaBytes());
  step->setAttr(step::StepDialect::kArenaBytesAttr, bytes);
  for (Part &part : parts) {
    part.function->setAttr(step::StepDialect::kArenaBytesAttr, bytes);
    step::CallOp::create(builder, part.function.getLoc(),
                         part.function.getSymName(), part.inputs);
  }
}

void StepSplitter::run() {
  SmallVector<Operation *> derived;
  for (Operation &op : llvm::make_early_inc_range(
           step.getBody().front().without_terminator())) {
    if (isDerived(&op))
      derived.push_back(&op);
    else
      move(&op);
  }
  finishPart();
  callParts();
  for (Operation *op : llvm::reverse(derived))
    op->erase();
}

namespace {
struct SplitStep : graph_compile::impl::SplitStepBase<SplitStep> {
  using SplitStepBase::SplitStepBase;
  void runOnOperation() override;
};
} // namespace

static bool exceeds(Block &step, const StepSize &limits) {
  StepSize size;
  return llvm::any_of(step.without_terminator(), [&](Operation &op) {
    size.add(&op);
    return size.exceeds(limits);
  });
}

void SplitStep::runOnOperation() {
  StepSize limits = {maxOps, maxPlaces, maxExits};
  SmallVector<func::FuncOp> longSteps;
  for (auto step : getOperation().getOps<func::FuncOp>())
    if (!step.isExternal() && !step->hasAttr(step::StepDialect::kKernelAttr) &&
        !step->hasAttr(step::StepDialect::kPartAttr) &&
        exceeds(step.getBody().front(), limits))
      longSteps.push_back(step);
  if (longSteps.empty())
    return;
  SymbolTable symbols(getOperation());
  for (func::FuncOp step : longSteps) {
    // What is left is a call for each part, which may be too long again.
    Block &body = step.getBody().front();
    size_t length;
    do {
      length = body.getOperations().size();
      StepSplitter(step, limits, symbols).run();
    } while (body.getOperations().size() < length && exceeds(body, limits));
  }
}
