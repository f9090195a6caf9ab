//===- RaiseBatchNorm.cpp - find batch normalization written out ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is done to a tensor by adding, subtracting, multiplying and dividing
// vectors of channels, one after the other, is x * a + b. The pass follows such
// a chain from its end back, and with each op asks whether a and b are those of
// a batch norm:
//
//   a = scale / sqrt(variance + epsilon)       b = offset - mean * a
//
// As sums of products, all ways to write that are one: `a` has the reciprocal
// deviation once in each term, the terms of `b` that have it are the mean's,
// and the others are the offset.
//
//===----------------------------------------------------------------------===//

#include "ChannelAlgebra.h"
#include "DeadOps.h"

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"

namespace graph_compile {
#define GEN_PASS_DEF_RAISEBATCHNORM
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

namespace {
/// An op that combines a tensor with a vector of channels or a scalar.
struct Step {
  Operation *op = nullptr;
  Value tensor, vector;
  /// The dim of the vector; -1 for a scalar.
  int64_t axis = -1;

  bool isReversed() const { return op->getOperand(0) == vector; }
};

/// `x * factor + shift`
struct Affine {
  ChannelSum factor, shift;
};

/// The vectors of a batch norm.
struct Norm {
  ChannelFactor deviation;
  ChannelSum scale, offset, mean;
};
} // namespace

/// Whether `vector` has an element per entry of dim `axis` of `tensor`.
static bool fitsChannels(Value vector, Value tensor, int64_t axis) {
  int64_t rank = getTensorType(tensor).getRank();
  return sameDim(vector, getTensorType(vector).getRank() - rank + axis, tensor,
                 axis);
}

/// `op` as a step that takes `tensor` and keeps its shape.
static std::optional<Step> makeStep(Operation *op, Value tensor, Value vector) {
  RankedTensorType type = getTensorType(tensor);
  RankedTensorType other = getTensorType(vector);
  if (type.getShape() != getTensorType(op->getResult(0)).getShape() ||
      other.getRank() > type.getRank())
    return std::nullopt;
  std::optional<int64_t> axis = getChannelAxis(other, type.getRank());
  if (!axis || (*axis >= 0 && !fitsChannels(vector, tensor, *axis)))
    return std::nullopt;
  return Step{op, tensor, vector, *axis};
}

/// `op` as a step, if it is one. Of two operands that might be the tensor, the
/// first is.
static std::optional<Step> getStep(Operation *op) {
  if (!isa_and_nonnull<AddOp, SubOp, MulOp, DivOp>(op) ||
      !isa<FloatType>(getTensorType(op->getResult(0)).getElementType()) ||
      getTensorType(op->getResult(0)).getRank() < 2)
    return std::nullopt;
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  if (std::optional<Step> step = makeStep(op, lhs, rhs))
    return step;
  // A division by the tensor is no step.
  return isa<DivOp>(op) ? std::nullopt : makeStep(op, rhs, lhs);
}

/// Applies a step to `affine`; fails if the formula gets too long.
static LogicalResult apply(const Step &step, ChannelAlgebra &algebra,
                           Affine &affine) {
  std::optional<ChannelSum> vector = isa<DivOp>(step.op)
                                         ? algebra.readReciprocal(step.vector)
                                         : algebra.read(step.vector);
  if (!vector)
    return failure();
  std::optional<ChannelSum> factor = affine.factor, shift;
  if (isa<MulOp, DivOp>(step.op)) {
    factor = ChannelAlgebra::multiply(affine.factor, *vector);
    shift = ChannelAlgebra::multiply(affine.shift, *vector);
  } else if (isa<AddOp>(step.op)) {
    shift = ChannelAlgebra::add(affine.shift, *vector);
  } else if (!step.isReversed()) {
    shift = ChannelAlgebra::add(affine.shift, ChannelAlgebra::negate(*vector));
  } else {
    factor = ChannelAlgebra::negate(affine.factor);
    shift = ChannelAlgebra::add(*vector, ChannelAlgebra::negate(affine.shift));
  }
  if (!factor || !shift)
    return failure();
  affine = {*factor, *shift};
  return success();
}

//===----------------------------------------------------------------------===//
// Norms
//===----------------------------------------------------------------------===//

/// The reciprocal deviation that every term of `factor` has exactly once and
/// has no other than it.
static std::optional<unsigned> getDeviation(const ChannelAlgebra &algebra,
                                            const ChannelSum &factor) {
  std::optional<unsigned> common;
  for (const ChannelTerm &term : factor) {
    std::optional<unsigned> own;
    for (unsigned id : term.factors) {
      if (!algebra.getFactor(id).isReciprocalDeviation)
        continue;
      if (own || (common && *common != id))
        return std::nullopt;
      own = id;
    }
    if (!own)
      return std::nullopt;
    common = own;
  }
  return common;
}

static bool hasDeviation(const ChannelAlgebra &algebra, const ChannelSum &sum) {
  return llvm::any_of(sum, [&](const ChannelTerm &term) {
    return llvm::any_of(term.factors, [&](unsigned id) {
      return algebra.getFactor(id).isReciprocalDeviation;
    });
  });
}

/// `affine` as a batch norm, if it is one.
static std::optional<Norm> getNorm(const ChannelAlgebra &algebra,
                                   const Affine &affine) {
  std::optional<unsigned> deviation = getDeviation(algebra, affine.factor);
  if (!deviation)
    return std::nullopt;
  Norm norm;
  norm.deviation = algebra.getFactor(*deviation);
  for (const ChannelTerm &term : affine.factor)
    norm.scale.push_back(*ChannelAlgebra::divide(term, {1, {*deviation}}));
  // Each term of the mean meets each term of the factor; the longest of these
  // divides no product of the others.
  const ChannelTerm *longest = &affine.factor.front();
  for (const ChannelTerm &term : affine.factor)
    if (term.factors.size() > longest->factors.size())
      longest = &term;
  for (const ChannelTerm &term : affine.shift)
    if (std::optional<ChannelTerm> quotient =
            ChannelAlgebra::divide(term, *longest))
      norm.mean.push_back({-quotient->coefficient, quotient->factors});
  if (norm.mean.empty())
    return std::nullopt;
  auto product = ChannelAlgebra::multiply(norm.mean, affine.factor);
  auto offset =
      product ? ChannelAlgebra::add(affine.shift, *product) : std::nullopt;
  if (!offset || hasDeviation(algebra, *offset) ||
      hasDeviation(algebra, norm.scale) || hasDeviation(algebra, norm.mean))
    return std::nullopt;
  norm.offset = *offset;
  return norm;
}

/// Whether `vector` is computed from what a reduction gives.
static bool isReduced(Value vector) {
  constexpr unsigned maxOps = 16;
  SmallVector<Value> values = {vector};
  for (unsigned i = 0; i < values.size() && i < maxOps; ++i) {
    Operation *op = values[i].getDefiningOp();
    if (isa_and_nonnull<ReduceOp>(op))
      return true;
    if (isa_and_nonnull<AddOp, SubOp, MulOp, DivOp, CastOp, ReshapeOp,
                        SqueezeOp, ExpandDimsOp>(op))
      llvm::append_range(values, op->getOperands());
  }
  return false;
}

/// Whether the mean or the variance is reduced from a tensor, as in training.
static bool hasOwnStatistics(const ChannelAlgebra &algebra, const Norm &norm) {
  return isReduced(norm.deviation.vector) ||
         llvm::any_of(norm.mean, [&](const ChannelTerm &term) {
           return llvm::any_of(term.factors, [&](unsigned id) {
             return isReduced(algebra.getFactor(id).vector);
           });
         });
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
/// The ops of a chain, the last one first, up to where it begins.
struct Chain {
  SmallVector<Step> steps;
  /// The dim of all vectors in it; -1 if they are scalars.
  int64_t axis = -1;
  /// Why it goes no further although there is a step there.
  std::string end;

  Operation *getLast() const { return steps.front().op; }
  Chain takeLast(size_t numSteps) const {
    return {{steps.begin(), steps.begin() + numSteps}, axis, end};
  }
};

class Raiser {
public:
  Raiser(FuncOp function)
      : function(function), rewriter(function.getContext()) {}

  /// Returns how many norms it found.
  unsigned run();

private:
  unsigned raiseChain(Operation *end);
  Value raiseAt(Operation *last, std::string &whyNot);
  Value replace(const Chain &chain, const ChannelAlgebra &algebra,
                const Norm &norm);
  remark::RemarkOpts getOptions() {
    return remark::RemarkOpts::name("BatchNorm")
        .category("raise")
        .function(function.getName());
  }

  FuncOp function;
  IRRewriter rewriter;
  /// What was erased since the search for ends.
  DenseSet<Operation *> erased;
};
} // namespace

/// Whether `op` is a step whose result another step goes on with.
static bool isContinued(Operation *op) {
  if (!op->hasOneUse())
    return false;
  std::optional<Step> next = getStep(*op->user_begin());
  return next && next->tensor == op->getResult(0);
}

/// Returns the chain that ends with `last`.
static Chain followChain(Operation *last) {
  // As many steps as a batch norm and what may be grouped with it have.
  constexpr unsigned maxSteps = 6;
  Chain chain;
  Operation *op = last;
  while (chain.steps.size() < maxSteps) {
    std::optional<Step> step = getStep(op);
    if (!step)
      return chain;
    if (step->axis >= 0 && chain.axis >= 0 && step->axis != chain.axis) {
      chain.end = ("its vectors lie along dims " + Twine(step->axis) + " and " +
                   Twine(chain.axis))
                      .str();
      return chain;
    }
    chain.axis = std::max(chain.axis, step->axis);
    chain.steps.push_back(*step);
    op = step->tensor.getDefiningOp();
    if (getStep(op) && !step->tensor.hasOneUse()) {
      // A gradient that is scaled has others too, and is no norm.
      if (isa<AddOp, SubOp>(op))
        chain.end = "what " + describeNode(op->getLoc()) +
                    " gives on the way has other users";
      return chain;
    }
  }
  return chain;
}

/// The cast of `value` to f16 or bf16 that is all it is used for; null if there
/// is none.
static CastOp getNarrowing(Value value) {
  if (!getTensorType(value).getElementType().isF32() || !value.hasOneUse())
    return nullptr;
  auto narrowing = dyn_cast<CastOp>(*value.user_begin());
  return narrowing && (narrowing.getTo().isF16() || narrowing.getTo().isBF16())
             ? narrowing
             : nullptr;
}

/// Replaces the chain and returns the tensor that it began with.
Value Raiser::replace(const Chain &chain, const ChannelAlgebra &algebra,
                      const Norm &norm) {
  Operation *last = chain.getLast();
  Value x = chain.steps.back().tensor;
  // What is widened before and narrowed behind is the norm of a narrow tensor.
  CastOp narrowing = getNarrowing(last->getResult(0));
  auto widening = x.getDefiningOp<CastOp>();
  if (narrowing && widening &&
      getTensorType(widening.getX()).getElementType() == narrowing.getTo()) {
    x = widening.getX();
    last = narrowing;
  }
  Type narrow = getTensorType(x).getElementType();
  Type type =
      narrow.isF16() || narrow.isBF16() ? rewriter.getF32Type() : narrow;
  int64_t axis = chain.axis >= 0 ? chain.axis : getTensorType(x).getRank() - 1;

  Location loc = last->getLoc();
  rewriter.setInsertionPoint(last);
  Value scale = algebra.write(rewriter, loc, norm.scale, type);
  Value offset = algebra.write(rewriter, loc, norm.offset, type);
  Value mean = algebra.write(rewriter, loc, norm.mean, type);
  Value variance =
      ChannelAlgebra::writeVector(rewriter, loc, norm.deviation.vector, type);
  auto raised = BatchNormOp::create(rewriter, loc, last->getResult(0).getType(),
                                    x, scale, offset, mean, variance, axis,
                                    APFloat(norm.deviation.epsilon));
  rewriter.replaceAllUsesWith(last->getResult(0), raised);
  eraseIfDead(rewriter, last, [&](Operation *dead) { erased.insert(dead); });
  remark::passed(loc, getOptions())
      << (describeNode(loc) + ": is batch normalization along dim " +
          std::to_string(axis));
  return x;
}

/// Replaces the shortest chain that ends with `last` and is a batch norm:
/// what comes before it is none of it. Returns the tensor that is normalized,
/// or null; then `whyNot` says why, if it looked like a batch norm.
Value Raiser::raiseAt(Operation *last, std::string &whyNot) {
  Chain chain = followChain(last);
  ChannelAlgebra algebra;
  std::optional<unsigned> deviation;
  bool isShifted = false, isOwn = false;
  for (size_t length = 1; length <= chain.steps.size(); ++length) {
    Chain part = chain.takeLast(length);
    Affine affine = {ChannelAlgebra::constant(1), {}};
    for (const Step &step : llvm::reverse(part.steps))
      if (failed(apply(step, algebra, affine)))
        return {};
    deviation = getDeviation(algebra, affine.factor);
    isOwn = deviation && isReduced(algebra.getFactor(*deviation).vector);
    isShifted = !affine.shift.empty();
    std::optional<Norm> norm = getNorm(algebra, affine);
    if (!norm)
      continue;
    if (!hasOwnStatistics(algebra, *norm))
      return replace(part, algebra, *norm);
    isOwn = true;
    break;
  }
  // What is scaled only, a gradient say, does not look like a norm; along dim 0
  // it would be what a layer norm does with each row.
  if (!deviation || (!isShifted && chain.end.empty()) ||
      (isOwn && chain.axis == 0))
    return {};
  if (isOwn)
    whyNot = "it takes its statistics from the batch, as in training";
  else if (!chain.end.empty())
    whyNot = chain.end;
  else
    whyNot = "no mean is taken off before the scaling";
  return {};
}

/// Finds the norms in the chain that `end` ends. Where its last op ends none,
/// the one before it may.
unsigned Raiser::raiseChain(Operation *end) {
  unsigned numRaised = 0;
  std::string whyNot;
  Location loc = end->getLoc();
  for (Operation *op = end; op && getStep(op);) {
    std::string why;
    Value before = getStep(op)->tensor;
    if (Value x = raiseAt(op, why)) {
      ++numRaised;
      before = x;
    } else if (op == end) {
      whyNot = why;
    }
    op = before.getDefiningOp();
    // What has other users is an end of its own.
    if (op && !op->hasOneUse())
      break;
  }
  if (numRaised == 0 && !whyNot.empty())
    remark::missed(loc, getOptions())
        << (describeNode(loc) + ": looks like batch normalization, but " +
            whyNot);
  return numRaised;
}

unsigned Raiser::run() {
  SmallVector<Operation *> ends;
  function.walk([&](Operation *op) {
    if (getStep(op) && !isContinued(op))
      ends.push_back(op);
  });
  unsigned numRaised = 0;
  for (Operation *end : ends)
    if (!erased.contains(end))
      numRaised += raiseChain(end);
  return numRaised;
}

namespace {
struct RaiseBatchNorm
    : graph_compile::impl::RaiseBatchNormBase<RaiseBatchNorm> {
  void runOnOperation() override { numRaised += Raiser(getOperation()).run(); }
};
} // namespace
