//===- FusionGroup.cpp - elementwise operations that become one -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A group is rewritten once, when it is complete, so that the work is linear in
// its size; merging one pair after another would clone the body again and
// again.
//
//===----------------------------------------------------------------------===//

#include "FusionGroup.h"

#include "KernelBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Kinds of operations
//===----------------------------------------------------------------------===//

bool graph_compile::hasPlainBody(linalg::GenericOp op) {
  return llvm::all_of(*op.getBody(), [](Operation &inner) {
    return inner.getNumRegions() == 0 &&
           (isa<linalg::YieldOp>(inner) || isPure(&inner)) &&
           !isa<tensor::ExtractOp>(inner);
  });
}

bool graph_compile::isElementwise(linalg::GenericOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumReductionLoops() != 0 ||
      !hasPlainBody(op))
    return false;
  return llvm::all_of(op.getDpsInitsMutable(), [&](OpOperand &init) {
    return op.getMatchingIndexingMap(&init).isPermutation() &&
           !op.payloadUsesValueFromOperand(&init);
  });
}

bool graph_compile::isFusionRoot(linalg::GenericOp op) {
  if (!op.hasPureTensorSemantics() || !hasPlainBody(op))
    return false;
  if (op.getNumReductionLoops() == 0)
    return isElementwise(op);
  return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    return op.getMatchingIndexingMap(input).isPermutation();
  });
}

/// Roughly the instructions of `op`: functions are polynomials, and a division
/// keeps its unit busy for as long.
static unsigned getOperationSize(Operation &op) {
  if (isa<math::AbsFOp, math::AbsIOp, math::CopySignOp, math::FmaOp,
          math::FloorOp, math::CeilOp, math::RoundEvenOp, math::TruncOp>(op))
    return 1;
  if (isa<math::TanhOp, math::ErfOp, math::PowFOp, math::Atan2Op>(op))
    return 32;
  if (isa<math::MathDialect>(op.getDialect()))
    return 16;
  if (isa<arith::DivFOp, arith::RemFOp, arith::DivSIOp, arith::DivUIOp,
          arith::RemSIOp, arith::RemUIOp>(op))
    return 8;
  return 1;
}

unsigned graph_compile::getBodySize(linalg::GenericOp op) {
  unsigned size = 0;
  for (Operation &inner : op.getBody()->without_terminator())
    size += getOperationSize(inner);
  return size;
}

bool graph_compile::isCheap(linalg::GenericOp op) {
  unsigned numTensors = 0;
  for (OpOperand *input : op.getDpsInputOperands())
    numTensors += !getScalarOf(input->get()) && !getSplatOf(input->get());
  if (numTensors > 1 || getBodySize(op) > 2)
    return false;
  return llvm::all_of(*op.getBody(), [](Operation &inner) {
    return isa<linalg::YieldOp, linalg::IndexOp, math::AbsFOp, math::AbsIOp>(
               inner) ||
           (isa<arith::ArithDialect>(inner.getDialect()) &&
            !isa<arith::DivFOp, arith::DivSIOp, arith::DivUIOp, arith::RemFOp,
                 arith::RemSIOp, arith::RemUIOp, arith::CeilDivSIOp,
                 arith::CeilDivUIOp, arith::FloorDivSIOp>(inner));
  });
}

//===----------------------------------------------------------------------===//
// Building a group
//===----------------------------------------------------------------------===//

/// Whether `input` becomes an operand of the fused operation.
static bool isTensorRead(Value input) {
  return isa<RankedTensorType>(input.getType()) && !getScalarOf(input) &&
         !getSplatOf(input);
}

FusionGroup::FusionGroup(linalg::GenericOp root) {
  add(root,
      AffineMap::getMultiDimIdentityMap(root.getNumLoops(), root.getContext()),
      Join::WithResult);
}

void FusionGroup::add(linalg::GenericOp producer, AffineMap loops, Join join) {
  memberOf[producer] = members.size();
  members.push_back({producer, loops, join});
  bodySize += graph_compile::getBodySize(producer);
  for (Value result : producer->getResults())
    tensorsRead.erase(result);
  for (Value input : producer.getInputs())
    if (isTensorRead(input))
      tensorsRead.insert(input);
}

unsigned FusionGroup::getNumOperandsWith(linalg::GenericOp producer) const {
  unsigned count = tensorsRead.size() + getRoot()->getNumResults();
  // Read before, it is computed inside now, but may be wanted outside too.
  for (Value input : producer.getInputs())
    count += isTensorRead(input) && !tensorsRead.contains(input);
  return count;
}

/// Whether every loop of a producer is a loop of the group or stands still, so
/// that indices and bounds carry over.
static bool isPlainMap(AffineMap loops) {
  return llvm::all_of(loops.getResults(), [](AffineExpr expr) {
    return isa<AffineDimExpr, AffineConstantExpr>(expr);
  });
}

AffineMap FusionGroup::getLoops(linalg::GenericOp producer) const {
  AffineMap loops;
  for (OpOperand &use : producer->getUses()) {
    auto it = memberOf.find(use.getOwner());
    if (it == memberOf.end())
      continue;
    const Member &user = members[it->second];
    linalg::GenericOp consumer = user.op;
    if (!consumer.isDpsInput(&use))
      return {};
    AffineMap result =
        producer.getIndexingMapMatchingResult(cast<OpResult>(use.get()));
    AffineMap read = consumer.getMatchingIndexingMap(&use).compose(user.loops);
    AffineMap point = inversePermutation(result).compose(read);
    if (!isPlainMap(point) || (loops && loops != point))
      return {};
    loops = point;
  }
  return loops;
}

//===----------------------------------------------------------------------===//
// Rewriting a group
//===----------------------------------------------------------------------===//

/// Collects the operands of the fused operation, then clones the bodies.
class FusionGroup::Rewriter {
public:
  Rewriter(FusionGroup &group, OpBuilder &builder,
           function_ref<void(Operation *)> onErase)
      : group(group), builder(builder), onErase(onErase),
        root(group.getRoot()) {}

  linalg::GenericOp rewrite();

private:
  void collectInputs(const Member &member, bool allowScalars);
  void collectOutputs();
  bool hasBounds();
  linalg::GenericOp createFused();
  void cloneBody(const Member &member, linalg::GenericOp fused);
  void replaceResults(linalg::GenericOp fused);

  /// The producer's scalar that `operand` reads, once its body is cloned.
  Value getOperand(const Member &member, OpOperand *operand,
                   linalg::GenericOp fused);
  bool isInternal(Value value) const {
    return group.contains(value.getDefiningOp());
  }

  FusionGroup &group;
  OpBuilder &builder;
  function_ref<void(Operation *)> onErase;
  linalg::GenericOp root;
  SmallVector<Value> inputs, outputs;
  SmallVector<AffineMap> inputMaps, outputMaps;
  /// Inputs by what they read, and scalars in place of inputs.
  DenseMap<std::pair<Value, AffineMap>, unsigned> inputOf;
  DenseMap<Value, Value> scalarOf;
  /// What bodies yield for the results of members.
  DenseMap<Value, Value> yielded;
  SmallVector<Value> kept;
};

void FusionGroup::Rewriter::collectInputs(const Member &member,
                                          bool allowScalars) {
  linalg::GenericOp op = member.op;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    Value value = operand->get();
    if (isInternal(value) || scalarOf.contains(value))
      continue;
    if (allowScalars && isa<RankedTensorType>(value.getType())) {
      if (Value scalar = getScalarOf(value)) {
        scalarOf[value] = scalar;
        continue;
      }
      if (TypedAttr splat = getSplatOf(value)) {
        scalarOf[value] =
            arith::ConstantOp::create(builder, value.getLoc(), splat);
        continue;
      }
    }
    AffineMap map = op.getMatchingIndexingMap(operand).compose(member.loops);
    if (inputOf.try_emplace({value, map}, inputs.size()).second) {
      inputs.push_back(value);
      inputMaps.push_back(map);
    }
  }
}

void FusionGroup::Rewriter::collectOutputs() {
  for (const Member &member : group.members) {
    if (member.join != Join::WithResult)
      continue;
    linalg::GenericOp op = member.op;
    for (OpOperand &init : op.getDpsInitsMutable()) {
      outputs.push_back(init.get());
      outputMaps.push_back(
          op.getMatchingIndexingMap(&init).compose(member.loops));
      kept.push_back(op.getTiedOpResult(&init));
    }
  }
}

/// Whether some operand bounds each loop.
bool FusionGroup::Rewriter::hasBounds() {
  SmallVector<AffineMap> maps(inputMaps);
  llvm::append_range(maps, outputMaps);
  llvm::SmallBitVector bounded(root.getNumLoops());
  for (AffineMap map : maps)
    for (AffineExpr expr : map.getResults())
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        bounded.set(dim.getPosition());
  return bounded.all();
}

linalg::GenericOp FusionGroup::Rewriter::createFused() {
  SmallVector<Location> locations;
  for (const Member &member : llvm::reverse(group.members))
    locations.push_back(member.op->getLoc());
  SmallVector<AffineMap> maps(inputMaps);
  llvm::append_range(maps, outputMaps);
  auto fused = linalg::GenericOp::create(
      builder, builder.getFusedLoc(locations), ValueRange(kept).getTypes(),
      inputs, outputs, maps, root.getIteratorTypesArray());
  Block &body = fused.getRegion().emplaceBlock();
  for (Value operand : fused->getOperands())
    body.addArgument(getElementTypeOrSelf(operand), operand.getLoc());
  return fused;
}

Value FusionGroup::Rewriter::getOperand(const Member &member,
                                        OpOperand *operand,
                                        linalg::GenericOp fused) {
  linalg::GenericOp op = member.op;
  Value value = operand->get();
  if (op.isDpsInit(operand)) {
    // Only a reduction looks at its destination, and only the root is one.
    if (op != root)
      return {};
    return fused.getMatchingBlockArgument(fused.getDpsInitOperand(
        operand->getOperandNumber() - op.getNumDpsInputs()));
  }
  if (Value scalar = scalarOf.lookup(value))
    return scalar;
  if (isInternal(value))
    return yielded.lookup(value);
  AffineMap map = op.getMatchingIndexingMap(operand).compose(member.loops);
  return fused.getBody()->getArgument(inputOf.lookup({value, map}));
}

void FusionGroup::Rewriter::cloneBody(const Member &member,
                                      linalg::GenericOp fused) {
  linalg::GenericOp op = member.op;
  IRMapping mapping;
  for (OpOperand &operand : op->getOpOperands())
    if (Value value = getOperand(member, &operand, fused))
      mapping.map(op.getMatchingBlockArgument(&operand), value);
  for (Operation &inner : op.getBody()->without_terminator()) {
    auto index = dyn_cast<linalg::IndexOp>(inner);
    if (!index) {
      builder.clone(inner, mapping);
      continue;
    }
    AffineExpr loop = member.loops.getResult(index.getDim());
    Value value;
    if (auto dim = dyn_cast<AffineDimExpr>(loop))
      value =
          linalg::IndexOp::create(builder, index.getLoc(), dim.getPosition());
    else
      value = arith::ConstantIndexOp::create(
          builder, index.getLoc(), cast<AffineConstantExpr>(loop).getValue());
    mapping.map(index.getResult(), value);
  }
  for (auto [result, value] : llvm::zip_equal(
           op->getResults(), op.getBody()->getTerminator()->getOperands()))
    yielded[result] = mapping.lookupOrDefault(value);
}

/// Lets the uses outside the group read from `fused`, and removes the members
/// that nothing uses any more, which are all but those computed twice.
void FusionGroup::Rewriter::replaceResults(linalg::GenericOp fused) {
  for (auto [old, result] : llvm::zip_equal(kept, fused.getResults()))
    old.replaceUsesWithIf(result, [&](OpOperand &use) {
      return !group.contains(use.getOwner());
    });
  for (const Member &member : group.members)
    if (member.op->use_empty()) {
      onErase(member.op);
      member.op->erase();
    }
}

linalg::GenericOp FusionGroup::Rewriter::rewrite() {
  builder.setInsertionPoint(root);
  collectOutputs();
  for (const Member &member : llvm::reverse(group.members))
    collectInputs(member, /*allowScalars=*/true);
  if (!hasBounds()) {
    // Only a scalar operand says how long some reduction runs.
    inputs.clear();
    inputMaps.clear();
    inputOf.clear();
    scalarOf.clear();
    for (const Member &member : llvm::reverse(group.members))
      collectInputs(member, /*allowScalars=*/false);
    if (!hasBounds())
      return {};
  }
  linalg::GenericOp fused = createFused();
  builder.setInsertionPointToStart(fused.getBody());
  for (const Member &member : llvm::reverse(group.members))
    cloneBody(member, fused);
  SmallVector<Value> results;
  for (Value value : kept)
    results.push_back(yielded.lookup(value));
  linalg::YieldOp::create(builder, root.getLoc(), results);
  replaceResults(fused);
  return fused;
}

linalg::GenericOp
FusionGroup::rewrite(OpBuilder &builder,
                     function_ref<void(Operation *)> onErase) {
  return Rewriter(*this, builder, onErase).rewrite();
}
