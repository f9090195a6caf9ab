//===- FoldPlan.cpp - how weights take over a batch norm ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FoldPlan.h"

#include "ChannelAlgebra.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"
#include "graph-compile/Support/NodeLocation.h"

#include <cmath>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

/// How many ops may lie between a norm and the weights.
static constexpr unsigned maxOpsBetween = 16;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// Whether `use` asks for the shape of a value only, as checks do of all
/// operands but the one that they pass on.
static bool usesShapeOnly(OpOperand &use) {
  Operation *op = use.getOwner();
  if (isa<ShapeOp, SizeOp>(op))
    return true;
  return use.getOperandNumber() > 0 &&
         isa<CheckBroadcastOp, CheckDimsOp, CheckIndexOp, CheckReshapeOp>(op);
}

/// The uses of `value` that take its elements, at most `limit` of them.
static SmallVector<OpOperand *> getUses(Value value, unsigned limit) {
  SmallVector<OpOperand *> uses;
  for (OpOperand &use : value.getUses()) {
    if (usesShapeOnly(use))
      continue;
    uses.push_back(&use);
    if (uses.size() == limit)
      break;
  }
  return uses;
}

static bool hasOneUse(Value value) {
  return getUses(value, /*limit=*/2).size() == 1;
}

//===----------------------------------------------------------------------===//
// Searches
//===----------------------------------------------------------------------===//

namespace {
/// Makes a plan out of what comes before a norm.
class SearchBefore {
public:
  SearchBefore(FoldPlan &plan, std::string &why) : plan(plan), why(why) {}

  /// Whether `affine` can be done to the channels of `value`, along dim `axis`,
  /// where it is computed.
  bool find(Value value, int64_t axis, const ChannelAffine &affine,
            unsigned depth);

private:
  bool findInParts(ConcatOp concat, int64_t axis, const ChannelAffine &affine,
                   unsigned depth);

  FoldPlan &plan;
  std::string &why;
};
} // namespace

bool SearchBefore::findInParts(ConcatOp concat, int64_t axis,
                               const ChannelAffine &affine, unsigned depth) {
  size_t first = 0;
  for (Value part : concat.getInputs()) {
    if (static_cast<int64_t>(concat.getAxis()) != axis) {
      if (!find(part, axis, affine, depth + 1))
        return false;
      continue;
    }
    RankedTensorType type = getTensorType(part);
    if (type.isDynamicDim(axis)) {
      why = "a part of " + describeNode(concat.getLoc()) +
            " has an open number of channels";
      return false;
    }
    size_t count = type.getDimSize(axis);
    if (first + count > affine.factor.size() ||
        !find(part, axis, affine.slice(first, count), depth + 1))
      return false;
    first += count;
  }
  return true;
}

bool SearchBefore::find(Value value, int64_t axis, const ChannelAffine &affine,
                        unsigned depth) {
  Operation *op = value.getDefiningOp();
  if (!op) {
    why = "it begins with an input";
    return false;
  }
  std::string node = describeNode(op->getLoc());
  std::optional<WeightedOp> weighted = WeightedOp::get(op);
  std::optional<ChannelStep> step = readChannelStep(op, axis);
  int64_t operandAxis = getOperandAxis(op, axis);
  bool isMatch = weighted && weighted->getResultAxis() == axis;
  if (depth == maxOpsBetween ||
      (!isMatch && !step && operandAxis < 0 && !isa<ConcatOp>(op))) {
    why = node + " has no constant weights";
    return false;
  }
  if (!hasOneUse(value)) {
    why = "what " + node + " gives has other users";
    return false;
  }
  if (isMatch) {
    plan.sites.push_back({*weighted, affine, /*isResult=*/true});
    return true;
  }
  if (step) {
    plan.steps.push_back(step->tensor);
    return find(step->tensor->get(), axis, affine.after(step->affine),
                depth + 1);
  }
  if (auto concat = dyn_cast<ConcatOp>(op))
    return findInParts(concat, axis, affine, depth);
  return find(op->getOperand(0), operandAxis, affine, depth + 1);
}

namespace {
/// Makes a plan out of what follows a norm.
class SearchBehind {
public:
  SearchBehind(FoldPlan &plan, std::string &why, const ChannelAffine &affine)
      : plan(plan), why(why), affine(affine) {}

  /// Whether all users of `value`, whose channels lie along dim `axis`, can do
  /// to them themselves what the norm does.
  bool find(Value value, int64_t axis, unsigned depth);
  /// Whether one of them pads what it is given.
  bool arePadded() const { return isPadded; }

private:
  bool findUse(OpOperand &use, int64_t axis, unsigned depth);

  FoldPlan &plan;
  std::string &why;
  const ChannelAffine &affine;
  bool isPadded = false;
};
} // namespace

/// Whether `pad` adds zeros, none of them as a channel.
static bool padsWithZeros(PadOp pad, int64_t axis) {
  std::optional<SmallVector<int64_t>> amounts = partialValue(pad.getPaddings());
  return getNumber(pad.getValue()) == 0.0 && amounts &&
         (*amounts)[2 * axis] == 0 && (*amounts)[2 * axis + 1] == 0;
}

bool SearchBehind::findUse(OpOperand &use, int64_t axis, unsigned depth) {
  Operation *op = use.getOwner();
  std::optional<WeightedOp> weighted = WeightedOp::get(op);
  if (weighted && &weighted->getInput() == &use &&
      weighted->getInputAxis() == axis) {
    isPadded |= !weighted->seesInputOnly();
    plan.sites.push_back({*weighted, affine, /*isResult=*/false});
    return true;
  }
  int64_t resultAxis = -1;
  if (auto pad = dyn_cast<PadOp>(op)) {
    if (use.getOperandNumber() == 0 && padsWithZeros(pad, axis))
      resultAxis = axis;
    isPadded = true;
  } else if (use.getOperandNumber() == 0) {
    resultAxis = getResultAxis(op, axis);
  }
  if (op->hasTrait<OpTrait::IsTerminator>()) {
    why = "what it gives is a result";
    return false;
  }
  if (resultAxis < 0 || depth == maxOpsBetween) {
    why = describeNode(op->getLoc()) + " behind it has no constant weights";
    return false;
  }
  return find(op->getResult(0), resultAxis, depth + 1);
}

bool SearchBehind::find(Value value, int64_t axis, unsigned depth) {
  // More than that are no layer.
  constexpr unsigned maxUses = 8;
  SmallVector<OpOperand *> uses = getUses(value, maxUses);
  if (uses.empty() || uses.size() == maxUses) {
    why = "it has no user or very many";
    return false;
  }
  return llvm::all_of(
      uses, [&](OpOperand *use) { return findUse(*use, axis, depth); });
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

/// Returns the last of the ops that go on with what `op` does to channels.
static Operation *getLastStep(Operation *op, int64_t axis) {
  for (unsigned i = 0; i < maxOpsBetween; ++i) {
    SmallVector<OpOperand *> uses = getUses(op->getResult(0), /*limit=*/2);
    if (uses.size() != 1)
      return op;
    Operation *user = uses.front()->getOwner();
    std::optional<ChannelStep> step = readChannelStep(user, axis);
    if (!step || step->tensor != uses.front())
      return op;
    op = user;
  }
  return op;
}

std::optional<FoldPlan> graph_compile::graph::planFoldBefore(Operation *op,
                                                             std::string &why) {
  std::optional<int64_t> axis = getScaledAxis(op);
  std::optional<ChannelStep> step = readChannelStep(op, *axis);
  if (!step) {
    why = "its vectors are no constants";
    return std::nullopt;
  }
  FoldPlan plan;
  plan.root = getLastStep(op, *axis);
  plan.axis = *axis;
  SearchBefore search(plan, why);
  size_t numChannels = getTensorType(op->getResult(0)).getDimSize(*axis);
  // The root is the first step of the search, which asks for one use of what
  // comes before only.
  step = readChannelStep(plan.root, *axis);
  plan.steps.push_back(step->tensor);
  if (numChannels == 0 ||
      !search.find(step->tensor->get(), *axis, step->affine, /*depth=*/0))
    return std::nullopt;
  if (llvm::all_of(plan.sites,
                   [](const FoldSite &site) { return site.affine.isFinite(); }))
    return plan;
  why = "its vectors are not finite";
  return std::nullopt;
}

std::optional<FoldPlan> graph_compile::graph::planFoldBehind(BatchNormOp norm,
                                                             std::string &why) {
  int64_t axis = norm.getAxis();
  std::optional<ChannelStep> step = readChannelStep(norm, axis);
  if (!step || !step->affine.isFinite())
    return std::nullopt;
  std::string whyBehind;
  FoldPlan plan;
  plan.root = norm;
  plan.axis = axis;
  plan.steps.push_back(step->tensor);
  SearchBehind search(plan, whyBehind, step->affine);
  if (!search.find(norm.getResult(), axis, /*depth=*/0)) {
    why += ", and " + whyBehind;
    return std::nullopt;
  }
  if (!search.arePadded() || !step->affine.isShifted())
    return plan;
  // x * factor + shift is (x + shift / factor) * factor, and zeros that are
  // padded stay zeros when they are scaled.
  for (auto [factor, shift] :
       llvm::zip_equal(step->affine.factor, step->affine.shift)) {
    plan.remainder.push_back(shift / factor);
    if (!std::isfinite(plan.remainder.back())) {
      why += ", and what follows pads it with zeros";
      return std::nullopt;
    }
  }
  for (FoldSite &site : plan.sites)
    site.affine.shift.assign(site.affine.shift.size(), 0);
  return plan;
}
