//===- Reduction.cpp - what reductions have in common ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace graph_compile::cpu {

bool Combiner::isAddition() const { return isa<arith::AddFOp>(op); }

//===----------------------------------------------------------------------===//
// Analysis
//===----------------------------------------------------------------------===//

static bool canCombine(Operation *op) {
  return isa<arith::AddFOp, arith::MulFOp, arith::MaximumFOp, arith::MinimumFOp,
             arith::MaxNumFOp, arith::MinNumFOp, arith::AddIOp, arith::MulIOp,
             arith::MaxSIOp, arith::MinSIOp, arith::MaxUIOp, arith::MinUIOp,
             arith::AndIOp, arith::OrIOp, arith::XOrIOp>(op);
}

/// A value without the conversions that made it.
static Value skipExtension(Value value) {
  while (auto extension = value.getDefiningOp<arith::ExtFOp>())
    value = extension.getIn();
  return value;
}

bool Reduction::findCombiners() {
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  bool isSum = true, isContraction = true;
  for (auto [argument, value] :
       llvm::zip_equal(op.getRegionOutputArgs(), yield.getOperands())) {
    Operation *combiner = value.getDefiningOp();
    if (!combiner || !canCombine(combiner) || !argument.hasOneUse() ||
        !value.hasOneUse() || *argument.getUsers().begin() != combiner)
      return false;
    bool isFirst = combiner->getOperand(0) == argument;
    Value contribution = combiner->getOperand(isFirst ? 1 : 0);
    Type type = value.getType();
    if (type.isF16() || type.isBF16())
      type = b.getF32Type();
    Combiner result{combiner, contribution, nullptr, type};
    auto product = contribution.getDefiningOp<arith::MulFOp>();
    if (product && contribution.hasOneUse() && result.isAddition())
      result.product = product;
    isSum &= result.isAddition() && type.isF32();
    isContraction &=
        product && isa<BlockArgument>(skipExtension(product.getLhs())) &&
        isa<BlockArgument>(skipExtension(product.getRhs())) &&
        skipExtension(product.getLhs()) != skipExtension(product.getRhs());
    combiners.push_back(result);
  }
  inBlocks = isSum && !isContraction;
  return true;
}

/// Appends the operands of the epilogue to the accesses of the nest.
bool Reduction::addEpilogue() {
  linalg::GenericOp epilogue = fusion.epilogue;
  if (!epilogue)
    return true;
  // The loop of `main` for each loop of the epilogue: both meet in the result.
  OpOperand *output = op.getDpsInitOperand(0);
  AffineMap mainMap = op.getMatchingIndexingMap(output);
  SmallVector<unsigned> loopOfDim(epilogue.getNumLoops());
  AffineMap map = epilogue.getMatchingIndexingMap(fusion.epilogueRead);
  for (unsigned position = 0; position != map.getNumResults(); ++position)
    loopOfDim[map.getDimPosition(position)] = mainMap.getDimPosition(position);
  for (OpOperand &operand : epilogue->getOpOperands())
    if (failed(nest.addAccess(emitter, operand.get(),
                              epilogue.getMatchingIndexingMap(&operand),
                              loopOfDim)))
      return false;
  return true;
}

std::optional<Reduction> Reduction::get(KernelEmitter &emitter,
                                        Fusion &fusion) {
  linalg::GenericOp op = fusion.main;
  if (op.getNumReductionLoops() == 0 || !isVectorizable(*op.getBody()) ||
      op.hasIndexSemantics())
    return std::nullopt;
  for (OpOperand &output : op.getDpsInitsMutable())
    if (!op.getMatchingIndexingMap(&output).isProjectedPermutation())
      return std::nullopt;
  FailureOr<LoopNest> nest = LoopNest::get(emitter, op);
  if (failed(nest))
    return std::nullopt;
  Reduction reduction(emitter, fusion, std::move(*nest));
  if (!reduction.findCombiners() || !reduction.addEpilogue())
    return std::nullopt;

  // The outputs are written row by row; the reduction follows the operand that
  // has most of its loops.
  AffineMap leader = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  for (OpOperand *input : op.getDpsInputOperands())
    if (op.getMatchingIndexingMap(input).getNumResults() >
        leader.getNumResults())
      leader = op.getMatchingIndexingMap(input);
  AffineMap outputMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  reduction.nest.reorder(getLoopOrder(reduction.nest, outputMap, leader));
  reduction.nest.simplify();
  for (const Loop &loop : reduction.nest.loops)
    reduction.numParallel += loop.isParallel;
  reduction.numInputs = op.getNumDpsInputs();
  reduction.lanes = getLanes(op, emitter.target);
  return reduction;
}

bool Reduction::isContiguous(unsigned loop, bool inputsOnly) const {
  unsigned end = inputsOnly ? getNumInputs() : nest.accesses.size();
  return llvm::all_of(ArrayRef(nest.accesses).take_front(end),
                      [&](const Access &access) {
                        return access.scalar || access.strides[loop].isZero() ||
                               access.strides[loop].isOne();
                      });
}

//===----------------------------------------------------------------------===//
// Accumulation
//===----------------------------------------------------------------------===//

/// The least or greatest value of an integer or float type.
static TypedAttr getExtreme(Builder &b, Type type, bool greatest,
                            bool isSigned) {
  if (auto floatType = dyn_cast<FloatType>(type))
    return b.getFloatAttr(
        type, APFloat::getInf(floatType.getFloatSemantics(), !greatest));
  unsigned width = type.getIntOrFloatBitWidth();
  if (isSigned)
    return b.getIntegerAttr(type, greatest ? APInt::getSignedMaxValue(width)
                                           : APInt::getSignedMinValue(width));
  return b.getIntegerAttr(type, greatest ? APInt::getMaxValue(width)
                                         : APInt::getMinValue(width));
}

static TypedAttr getNeutralAttr(Builder &b, Operation *op, Type type) {
  if (isa<arith::MaximumFOp, arith::MaxNumFOp, arith::MaxSIOp>(op))
    return getExtreme(b, type, /*greatest=*/false, /*isSigned=*/true);
  if (isa<arith::MinimumFOp, arith::MinNumFOp, arith::MinSIOp>(op))
    return getExtreme(b, type, /*greatest=*/true, /*isSigned=*/true);
  if (isa<arith::MinUIOp, arith::AndIOp>(op))
    return getExtreme(b, type, /*greatest=*/true, /*isSigned=*/false);
  if (isa<arith::MulFOp>(op))
    return b.getFloatAttr(type, 1.0);
  if (isa<arith::MulIOp>(op))
    return b.getIntegerAttr(type, 1);
  return cast<TypedAttr>(b.getZeroAttr(type));
}

Value Reduction::getNeutral(unsigned output, unsigned lanes) {
  const Combiner &combiner = combiners[output];
  return b.splatConstant(CodeBuilder::withLanes(combiner.type, lanes),
                         getNeutralAttr(b, combiner.op, combiner.type));
}

Value Reduction::extend(Value value, Type element) {
  if (getElementTypeOrSelf(value) == element)
    return value;
  Type type = element;
  if (auto vectorType = dyn_cast<VectorType>(value.getType()))
    type = vectorType.clone(element);
  return arith::ExtFOp::create(b, type, value);
}

Value Reduction::getStart(unsigned output, ArrayRef<Value> offsets,
                          unsigned lanes, Value mask) {
  Type type = combiners[output].type;
  if (Value initial = fusion.initial[output])
    return b.splat(extend(initial, type), lanes);
  unsigned number = getNumInputs() + output;
  const Access &access = nest.accesses[number];
  return extend(
      b.load(access.base, access.elementType, offsets[number], lanes, mask),
      type);
}

Value Reduction::combine(unsigned output, Value lhs, Value rhs) {
  Operation *combiner = combiners[output].op;
  OperationState state(b.getLoc(), combiner->getName(), {lhs, rhs},
                       lhs.getType());
  state.propertiesAttr = combiner->getPropertiesAsAttribute();
  return b.create(state)->getResult(0);
}

Value Reduction::combineLanes(unsigned output, Value vector) {
  int64_t lanes = cast<VectorType>(vector.getType()).getNumElements();
  for (int64_t half = lanes / 2; half != 0; half /= 2) {
    auto lower = llvm::to_vector(llvm::seq<int64_t>(0, half));
    auto upper = llvm::to_vector(llvm::seq<int64_t>(half, 2 * half));
    Value low = vector::ShuffleOp::create(b, vector, vector, lower);
    Value high = vector::ShuffleOp::create(b, vector, vector, upper);
    vector = combine(output, low, high);
  }
  return vector::ExtractOp::create(b, vector, 0);
}

void Reduction::accumulate(ArrayRef<Value> inputs, unsigned lanes,
                           MutableArrayRef<Value> values) {
  BodyEmitter body(emitter, lanes);
  for (auto [argument, value] :
       llvm::zip_equal(op.getRegionInputArgs(), inputs))
    if (value)
      body.map(argument,
               b.splat(value, isa<VectorType>(value.getType()) ? 0 : lanes));
  SmallVector<Operation *> skipped;
  for (const Combiner &combiner : combiners) {
    skipped.push_back(combiner.op);
    if (combiner.product)
      skipped.push_back(combiner.product);
  }
  body.emit(*op.getBody(), skipped);
  for (auto [output, combiner] : llvm::enumerate(combiners)) {
    if (combiner.product) {
      Value lhs = body.get(combiner.product->getOperand(0));
      Value rhs = body.get(combiner.product->getOperand(1));
      values[output] =
          math::FmaOp::create(b, extend(lhs, combiner.type),
                              extend(rhs, combiner.type), values[output]);
      continue;
    }
    Value contribution = extend(body.get(combiner.contribution), combiner.type);
    values[output] = combine(output, values[output], contribution);
  }
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

void Reduction::finish(ArrayRef<Value> results, ArrayRef<Value> offsets,
                       unsigned lanes, Value mask) {
  SmallVector<Value> rounded;
  for (auto [output, result] : llvm::enumerate(results)) {
    const Access &access = nest.accesses[getNumInputs() + output];
    Value value = result;
    if (getElementTypeOrSelf(value) != access.elementType)
      value = arith::TruncFOp::create(
          b, CodeBuilder::withLanes(access.elementType, lanes), value);
    rounded.push_back(value);
    if (!fusion.epilogue || fusion.storesMain)
      b.store(value, access.base, offsets[getNumInputs() + output], mask);
  }
  linalg::GenericOp epilogue = fusion.epilogue;
  if (!epilogue)
    return;

  unsigned first = getNumInputs() + getNumOutputs();
  BodyEmitter body(emitter, lanes);
  for (OpOperand &operand : epilogue->getOpOperands()) {
    BlockArgument argument = epilogue.getMatchingBlockArgument(&operand);
    if (argument.use_empty())
      continue;
    unsigned number = first + operand.getOperandNumber();
    const Access &access = nest.accesses[number];
    Value value;
    if (&operand == fusion.epilogueRead)
      value = rounded[0];
    else if (access.scalar)
      value = b.splat(access.scalar, lanes);
    else if (lanes != 0 && access.strides[numParallel - 1].isZero())
      value = b.splat(b.load(access.base, access.elementType, offsets[number]),
                      lanes);
    else
      value =
          b.load(access.base, access.elementType, offsets[number], lanes, mask);
    body.map(argument, value);
  }
  body.emit(*epilogue.getBody());
  auto yield = cast<linalg::YieldOp>(epilogue.getBody()->getTerminator());
  unsigned number = first + epilogue.getDpsInitOperand(0)->getOperandNumber();
  b.store(body.get(yield.getOperand(0)), nest.accesses[number].base,
          offsets[number], mask);
}

SmallVector<Value> Reduction::getStartOffsets() const {
  SmallVector<Value> offsets;
  for (const Access &access : nest.accesses)
    offsets.push_back(access.start);
  return offsets;
}

SmallVector<Value> Reduction::advance(ArrayRef<Value> offsets, unsigned loop,
                                      Value iv) {
  SmallVector<Value> result;
  for (auto [access, offset] : llvm::zip_equal(nest.accesses, offsets)) {
    if (access.scalar || access.strides[loop].isZero()) {
      result.push_back(offset);
      continue;
    }
    Value inside = iv, to = offset;
    if (access.panels && access.panels->loop == loop) {
      Value width = b.constant(access.panels->width);
      Value stride = nest.materialize(b, access.panels->stride);
      to = b.add(to, b.mul(b.div(iv, width), stride));
      inside = b.rem(iv, width);
    }
    result.push_back(
        b.add(to, b.mul(inside, nest.materialize(b, access.strides[loop]))));
  }
  return result;
}

} // namespace graph_compile::cpu
