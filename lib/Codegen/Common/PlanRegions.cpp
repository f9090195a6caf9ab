//===- PlanRegions.cpp - conditionals and loops on places -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// No tensor passes the border of a region any more. What passes are scalars,
// then the open sizes of the tensors, and through loops the places of the
// buffers that change roles: a memref of fixed size, or the number of a slot.
// The other places are the same on both sides, and each side names them itself.
//
//===----------------------------------------------------------------------===//

#include "KernelSignature.h"
#include "StepRewriter.h"

using namespace mlir;
using namespace graph_compile;

static bool isTensor(Value value) {
  return isa<RankedTensorType>(value.getType());
}

static unsigned getNumOpenSizes(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getNumDynamicDims();
}

/// The types of what passes a border instead of `values`, but for buffers.
static SmallVector<Type> getBorderTypes(ValueRange values) {
  SmallVector<Type> types;
  unsigned numSizes = 0;
  for (Value value : values) {
    if (isTensor(value))
      numSizes += getNumOpenSizes(value);
    else
      types.push_back(value.getType());
  }
  if (!values.empty())
    types.append(numSizes, IndexType::get(values.front().getContext()));
  return types;
}

namespace {
/// Splits what has passed a border, in the order of `getBorderTypes`.
class BorderReader {
public:
  BorderReader(ValueRange original, ValueRange passed)
      : scalars(passed),
        sizes(passed.drop_front(llvm::count_if(
            original, [](Value value) { return !isTensor(value); }))) {}

  Value takeScalar() {
    Value scalar = scalars.front();
    scalars = scalars.drop_front();
    return scalar;
  }
  ValueRange takeSizesOf(Value tensor) {
    unsigned count = getNumOpenSizes(tensor);
    ValueRange taken = sizes.take_front(count);
    sizes = sizes.drop_front(count);
    return taken;
  }
  /// The buffers, when all sizes are taken.
  ValueRange getRest() const { return sizes; }

private:
  ValueRange scalars;
  ValueRange sizes;
};

/// Collects what is to pass a border.
struct BorderWriter {
  SmallVector<Value> scalars, sizes;

  SmallVector<Value> take() {
    llvm::append_range(scalars, sizes);
    return std::move(scalars);
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Tensors at a border
//===----------------------------------------------------------------------===//

/// Whether something asks for the place of `tensor` before its block ends.
static bool isPlaceUsed(Value tensor) {
  return llvm::any_of(tensor.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    bool endsLoop = isa<scf::YieldOp, scf::ConditionOp>(user) &&
                    !isBranch(user->getParentOp()) &&
                    user->getBlock() == tensor.getParentBlock();
    return !endsLoop && !isa<tensor::DimOp>(user);
  });
}

/// Takes note of `tensor`, which has come over a border.
void StepRewriter::define(Value tensor, ValueRange sizes) {
  borderSizes[tensor].assign(sizes.begin(), sizes.end());
  if (isPlaceUsed(tensor))
    createPlace(tensor, sizes);
}

/// Writes `source` to the storage, as elements of `type`.
void StepRewriter::copyTo(unsigned storage, Value source, Type type,
                          ValueRange sizes) {
  if (!getPlace(source) && borderSizes.contains(source))
    createPlace(source, sizes);
  write(source, createPlaceIn(storage, getPlaceType(type), sizes));
}

void StepRewriter::copyOverBorder(Value source, Value target,
                                  ValueRange sizes) {
  if (!memory.share(source, target))
    copyTo(*memory.getNumber(target), source, target.getType(), sizes);
}

//===----------------------------------------------------------------------===//
// Conditionals
//===----------------------------------------------------------------------===//

void StepRewriter::convertBranchEnd(Operation *terminator, ValueRange results) {
  builder.setInsertionPoint(terminator);
  builder.setLoc(terminator->getLoc());
  BorderWriter border;
  for (auto [source, result] :
       llvm::zip_equal(terminator->getOperands(), results)) {
    if (!isTensor(source)) {
      border.scalars.push_back(source);
      continue;
    }
    SmallVector<Value> sizes = getSizesOf(source);
    copyOverBorder(source, result, sizes);
    llvm::append_range(border.sizes, sizes);
  }
  scf::YieldOp::create(builder, border.take());
  replaced.push_back(terminator);
}

LogicalResult StepRewriter::convertBranches(Operation *op) {
  OperationState state(op->getLoc(), op->getName(), op->getOperands(),
                       getBorderTypes(op->getResults()), op->getAttrs());
  for (unsigned i = 0, e = op->getNumRegions(); i < e; ++i)
    state.addRegion();
  Operation *created = builder.create(state);
  for (auto [from, to] :
       llvm::zip_equal(op->getRegions(), created->getRegions()))
    to.takeBody(from);
  for (Region &region : created->getRegions())
    for (Block &branch : region) {
      if (failed(convertBlock(branch)))
        return failure();
      convertBranchEnd(branch.getTerminator(), op->getResults());
    }

  builder.setInsertionPoint(op);
  builder.setLoc(op->getLoc());
  BorderReader border(op->getResults(), created->getResults());
  for (Value result : op->getResults()) {
    if (isTensor(result))
      define(result, border.takeSizesOf(result));
    else
      result.replaceAllUsesWith(border.takeScalar());
  }
  replaced.push_back(op);
  return success();
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// Where `buffer` lies as the loop begins: its memref, or its slot.
Value StepRewriter::createBuffer(const LoopBuffers::Buffer &buffer) {
  Value outside = bufferOf.lookup(buffer.storage);
  if (outside && outside.getType().isIndex())
    return outside;
  const Storage &storage = memory.getStorage(buffer.storage);
  if (storage.kind == Storage::Kind::Scratch)
    return arith::ConstantIndexOp::create(builder, storage.index);
  return createPlaceIn(buffer.storage, getPlaceType(buffer.carried.getType()),
                       ValueRange());
}

void StepRewriter::setBuffers(const LoopBuffers &plan, ValueRange values) {
  for (auto [buffer, value] : llvm::zip_equal(plan.buffers, values))
    bufferOf[buffer.storage] = value;
}

/// Gives a region of a loop the arguments that replace its tensors.
void StepRewriter::enterRegion(Block &block, const LoopBuffers &plan) {
  SmallVector<Value> original(block.getArguments());
  SmallVector<Type> types = getBorderTypes(original);
  for (const LoopBuffers::Buffer &buffer : plan.buffers)
    types.push_back(bufferOf.lookup(buffer.storage).getType());
  for (Type type : types)
    block.addArgument(type, builder.getLoc());
  replacedArguments.push_back({&block, original.size()});

  builder.setInsertionPointToStart(&block);
  BorderReader border(original,
                      block.getArguments().drop_front(original.size()));
  setBuffers(plan, block.getArguments().take_back(plan.buffers.size()));
  for (Value argument : original) {
    if (isTensor(argument))
      define(argument, border.takeSizesOf(argument));
    else
      argument.replaceAllUsesWith(border.takeScalar());
  }
}

void StepRewriter::convertCondition(scf::ConditionOp condition,
                                    const LoopBuffers &plan) {
  builder.setInsertionPoint(condition);
  builder.setLoc(condition.getLoc());
  auto loop = cast<scf::WhileOp>(condition->getParentOp());
  BorderWriter border;
  for (auto [index, source] : llvm::enumerate(condition.getArgs())) {
    if (!isTensor(source)) {
      border.scalars.push_back(source);
      continue;
    }
    SmallVector<Value> sizes = getSizesOf(source);
    copyOverBorder(source, loop.getAfterArguments()[index], sizes);
    llvm::append_range(border.sizes, sizes);
  }
  SmallVector<Value> operands = border.take();
  for (const LoopBuffers::Buffer &buffer : plan.buffers)
    operands.push_back(bufferOf.lookup(buffer.storage));
  scf::ConditionOp::create(builder, condition.getCondition(), operands);
  replaced.push_back(condition);
}

/// The buffers change roles as the next iteration begins.
void StepRewriter::convertBackEdge(scf::YieldOp yield,
                                   const LoopBuffers &plan) {
  builder.setInsertionPoint(yield);
  builder.setLoc(yield.getLoc());
  BorderWriter border;
  for (Value source : yield.getOperands()) {
    if (isTensor(source))
      llvm::append_range(border.sizes, getSizesOf(source));
    else
      border.scalars.push_back(source);
  }
  for (const LoopBuffers::Copy &next : plan.copies) {
    Value source = yield.getOperand(next.carried);
    copyTo(next.storage, source, source.getType(), getSizesOf(source));
  }
  SmallVector<Value> operands = border.take();
  for (const LoopBuffers::Buffer &buffer : plan.buffers)
    operands.push_back(bufferOf.lookup(plan.buffers[buffer.source].storage));
  scf::YieldOp::create(builder, operands);
  replaced.push_back(yield);
}

/// The place of `source`, which `loop` ends with, behind the loop.
Value StepRewriter::createPlaceBehind(scf::WhileOp loop, Value source,
                                      MemRefType type, ValueRange sizes) {
  if (!loop->isAncestor(source.getParentRegion()->getParentOp()))
    return createView(getPlace(source), type, sizes);
  const Storage &storage = *memory.lookup(source);
  switch (storage.kind) {
  case Storage::Kind::Input:
    return createView(getPlace(storage.root), type, sizes);
  case Storage::Kind::Weight:
    return createView(
        createWeight(storage.root.getDefiningOp<arith::ConstantOp>()), type,
        sizes);
  case Storage::Kind::Variable:
    return createView(createVariableRef(storage.variable), type, sizes);
  default:
    return createPlaceIn(*memory.getNumber(source), type, sizes);
  }
}

/// Brings what `loop`, now `created`, ends with to where it is looked for: a
/// buffer may lie in another place than at the beginning.
void StepRewriter::convertLoopResults(scf::WhileOp loop, scf::WhileOp created,
                                      ValueRange sources,
                                      const LoopBuffers &plan) {
  BorderReader border(loop.getResults(), created.getResults());
  struct Result {
    Value source, result, place;
    ValueRange sizes;
  };
  SmallVector<Result> tensors;
  for (auto [source, result] : llvm::zip_equal(sources, loop.getResults())) {
    if (isTensor(result))
      tensors.push_back({source, result, {}, border.takeSizesOf(result)});
    else
      result.replaceAllUsesWith(border.takeScalar());
  }

  llvm::DenseMap<unsigned, Value> outside = bufferOf;
  setBuffers(plan, border.getRest());
  for (Result &tensor : tensors) {
    std::optional<unsigned> storage = memory.getNumber(tensor.source);
    bool isBuffer = llvm::any_of(plan.buffers, [&](const auto &buffer) {
      return buffer.storage == storage;
    });
    bool isRead = llvm::any_of(tensor.result.getUsers(), [](Operation *user) {
      return !isa<tensor::DimOp>(user);
    });
    if (isRead && (isBuffer || !memory.share(tensor.source, tensor.result)))
      tensor.place = createPlaceBehind(created, tensor.source,
                                       getPlaceType(tensor.result.getType()),
                                       tensor.sizes);
  }
  bufferOf = std::move(outside);
  for (const Result &tensor : tensors) {
    define(tensor.result, tensor.sizes);
    if (!tensor.place)
      continue;
    if (!getPlace(tensor.result))
      createPlace(tensor.result, tensor.sizes);
    copy(tensor.place, getPlace(tensor.result));
  }
}

LogicalResult StepRewriter::convertLoop(scf::WhileOp loop) {
  const LoopBuffers &plan = memory.getBuffers(loop);
  scf::ConditionOp condition = loop.getConditionOp();
  scf::YieldOp yield = loop.getYieldOp();
  SmallVector<Value> sources(condition.getArgs());

  BorderWriter border;
  for (auto [source, argument] :
       llvm::zip_equal(loop.getInits(), loop.getBeforeArguments())) {
    if (!isTensor(source)) {
      border.scalars.push_back(source);
      continue;
    }
    SmallVector<Value> sizes = getSizesOf(source);
    copyOverBorder(source, argument, sizes);
    llvm::append_range(border.sizes, sizes);
  }
  SmallVector<Value> buffers, operands = border.take();
  for (const LoopBuffers::Buffer &buffer : plan.buffers)
    buffers.push_back(createBuffer(buffer));
  llvm::append_range(operands, buffers);
  SmallVector<Type> types = getBorderTypes(loop.getResults());
  llvm::append_range(types, ValueRange(buffers).getTypes());
  auto created =
      scf::WhileOp::create(builder, types, operands, nullptr, nullptr);
  created.getBefore().takeBody(loop.getBefore());
  created.getAfter().takeBody(loop.getAfter());

  llvm::DenseMap<unsigned, Value> outside = bufferOf;
  setBuffers(plan, buffers);
  ++loopDepth;
  enterRegion(*created.getBeforeBody(), plan);
  if (failed(convertBlock(*created.getBeforeBody())))
    return failure();
  convertCondition(condition, plan);
  enterRegion(*created.getAfterBody(), plan);
  if (failed(convertBlock(*created.getAfterBody())))
    return failure();
  convertBackEdge(yield, plan);
  --loopDepth;
  bufferOf = std::move(outside);

  builder.setInsertionPoint(loop);
  builder.setLoc(loop.getLoc());
  convertLoopResults(loop, created, sources, plan);
  replaced.push_back(loop);
  return success();
}
