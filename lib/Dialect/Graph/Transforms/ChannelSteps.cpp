//===- ChannelSteps.cpp - what constants do to channels -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelSteps.h"

#include "ChannelAlgebra.h"
#include "FloatConstants.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// ChannelAffine
//===----------------------------------------------------------------------===//

bool ChannelAffine::isFinite() const {
  auto finite = [](double number) { return std::isfinite(number); };
  return llvm::all_of(factor, finite) && llvm::all_of(shift, finite);
}

bool ChannelAffine::isShifted() const {
  return llvm::any_of(shift, [](double number) { return number != 0; });
}

ChannelAffine ChannelAffine::after(const ChannelAffine &first) const {
  ChannelAffine both(factor.size());
  for (size_t i = 0, e = factor.size(); i < e; ++i) {
    both.factor[i] = first.factor[i] * factor[i];
    both.shift[i] = first.shift[i] * factor[i] + shift[i];
  }
  return both;
}

ChannelAffine ChannelAffine::slice(size_t first, size_t count) const {
  ChannelAffine part(0);
  part.factor.assign(factor.begin() + first, factor.begin() + first + count);
  part.shift.assign(shift.begin() + first, shift.begin() + first + count);
  return part;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// The elements of a constant that lies along dim `axis` of `rank`, one for
/// each channel; a scalar repeated. Nothing if `value` is something else.
static std::optional<std::vector<double>>
readChannels(Value value, int64_t rank, int64_t axis, size_t numChannels) {
  std::optional<int64_t> own = getChannelAxis(getTensorType(value), rank);
  ConstantOp constant = getFloatConstant(value);
  if (!constant || !own || (*own >= 0 && *own != axis))
    return std::nullopt;
  std::optional<std::vector<double>> elements = readFloats(constant);
  if (elements && *own < 0 && elements->size() == 1)
    elements->assign(numChannels, elements->front());
  if (!elements || elements->size() != numChannels)
    return std::nullopt;
  return elements;
}

/// What a batch norm does, if its vectors are constants.
static std::optional<ChannelStep> readNorm(BatchNormOp op, size_t numChannels) {
  auto read = [&](Value vector) {
    return readChannels(vector, /*rank=*/1, /*axis=*/0, numChannels);
  };
  auto scale = read(op.getScale()), offset = read(op.getOffset());
  auto mean = read(op.getMean()), variance = read(op.getVariance());
  if (!scale || !offset || !mean || !variance)
    return std::nullopt;
  ChannelStep step = {&op.getXMutable(), ChannelAffine(numChannels)};
  double epsilon = op.getEpsilon().convertToDouble();
  for (size_t i = 0; i < numChannels; ++i) {
    double factor = (*scale)[i] / std::sqrt((*variance)[i] + epsilon);
    step.affine.factor[i] = factor;
    step.affine.shift[i] = (*offset)[i] - (*mean)[i] * factor;
  }
  return step;
}

/// What an op that combines a tensor with a constant does, if it keeps the
/// tensor's shape.
static std::optional<ChannelStep> readArithmetic(Operation *op, int64_t axis,
                                                 size_t numChannels) {
  RankedTensorType type = getTensorType(op->getResult(0));
  for (unsigned i : {0u, 1u}) {
    OpOperand &tensor = op->getOpOperand(i);
    auto numbers =
        readChannels(op->getOperand(1 - i), type.getRank(), axis, numChannels);
    if (!numbers || getTensorType(tensor.get()).getShape() != type.getShape())
      continue;
    ChannelStep step = {&tensor, ChannelAffine(numChannels)};
    if (isa<MulOp>(op)) {
      step.affine.factor = *numbers;
      return step;
    }
    step.affine.shift = *numbers;
    if (isa<SubOp>(op) && i == 0)
      for (double &shift : step.affine.shift)
        shift = -shift;
    if (isa<SubOp>(op) && i == 1)
      step.affine.factor.assign(numChannels, -1);
    return step;
  }
  return std::nullopt;
}

std::optional<ChannelStep> graph_compile::graph::readChannelStep(Operation *op,
                                                                 int64_t axis) {
  if (!isa_and_nonnull<BatchNormOp, AddOp, SubOp, MulOp>(op))
    return std::nullopt;
  RankedTensorType type = getTensorType(op->getResult(0));
  if (!isa<FloatType>(type.getElementType()) || axis >= type.getRank() ||
      type.isDynamicDim(axis))
    return std::nullopt;
  size_t numChannels = type.getDimSize(axis);
  if (auto norm = dyn_cast<BatchNormOp>(op))
    return static_cast<int64_t>(norm.getAxis()) == axis
               ? readNorm(norm, numChannels)
               : std::nullopt;
  return readArithmetic(op, axis, numChannels);
}

/// The dim whose channels `op`, a batch norm or a multiplication with a
/// constant per channel, is about; nothing if it is something else.
std::optional<int64_t> graph_compile::graph::getScaledAxis(Operation *op) {
  if (auto norm = dyn_cast<BatchNormOp>(op))
    return norm.getAxis();
  if (!isa<MulOp>(op))
    return std::nullopt;
  int64_t rank = getTensorType(op->getResult(0)).getRank();
  for (Value operand : op->getOperands()) {
    std::optional<int64_t> axis = getChannelAxis(getTensorType(operand), rank);
    if (rank > 1 && axis && *axis >= 0 && getFloatConstant(operand))
      return axis;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

int64_t graph_compile::graph::getResultAxis(Operation *op, int64_t axis) {
  auto countLess = [](ArrayRef<int64_t> axes, int64_t axis) {
    return llvm::count_if(axes, [&](int64_t other) { return other < axis; });
  };
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case([&](TransposeOp op) -> int64_t {
        auto places = op.getPermutation();
        const auto *place = llvm::find(places, axis);
        return place == places.end() ? -1 : place - places.begin();
      })
      .Case([&](SqueezeOp op) -> int64_t {
        if (llvm::is_contained(op.getAxes(), axis))
          return -1;
        return axis - countLess(op.getAxes(), axis);
      })
      .Case([&](ExpandDimsOp op) -> int64_t {
        // Axes are places in the result, in ascending order.
        for (int64_t inserted : op.getAxes())
          if (inserted <= axis)
            ++axis;
        return axis;
      })
      .Case([&](ReshapeOp op) -> int64_t {
        // Rows of the same length stay whole.
        RankedTensorType from = getTensorType(op.getX());
        RankedTensorType to = getTensorType(op);
        bool isLast = axis + 1 == from.getRank() && to.getRank() > 0 &&
                      !from.isDynamicDim(axis) &&
                      from.getShape().back() == to.getShape().back();
        return isLast ? to.getRank() - 1 : -1;
      })
      .Case([&](PoolOp op) -> int64_t {
        // The mean of what is inside; a window along channels would mix them.
        return op.getKind() == PoolKind::Mean && op.getWindow()[axis] == 1
                   ? axis
                   : -1;
      })
      .Default([](Operation *) -> int64_t { return -1; });
}

int64_t graph_compile::graph::getOperandAxis(Operation *op, int64_t axis) {
  if (!isa<TransposeOp, SqueezeOp, ExpandDimsOp, ReshapeOp, PoolOp>(op))
    return -1;
  for (int64_t i = 0, e = getTensorType(op->getOperand(0)).getRank(); i < e;
       ++i)
    if (getResultAxis(op, i) == axis)
      return i;
  return -1;
}
