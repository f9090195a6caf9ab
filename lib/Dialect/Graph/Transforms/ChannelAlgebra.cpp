//===- ChannelAlgebra.cpp - arithmetic on vectors of channels -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelAlgebra.h"

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graph_compile::graph;

/// Longer sums, and formulas of more ops in a row, are nothing that we look
/// for.
static constexpr size_t maxTerms = 8;
static constexpr unsigned maxDepth = 8;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

std::optional<int64_t>
graph_compile::graph::getChannelAxis(RankedTensorType type, int64_t rank) {
  int64_t axis = -1;
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    if (size == 1)
      continue;
    if (axis >= 0)
      return std::nullopt;
    axis = rank - type.getRank() + static_cast<int64_t>(i);
  }
  return axis;
}

std::optional<double> graph_compile::graph::getNumber(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  auto elements =
      constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : nullptr;
  if (!elements || elements.getNumElements() != 1 ||
      !isa<FloatType>(elements.getElementType()))
    return std::nullopt;
  APFloat number = elements.getSplatValue<APFloat>();
  bool losesInfo;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToDouble();
}

/// Whether the elements of `value` are floats that lie along one dim at most.
static bool isVector(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isa<FloatType>(type.getElementType()) &&
         getChannelAxis(type, type.getRank());
}

/// The operand of an op that moves the elements of a vector to other dims or
/// another type; null if `value` is nothing like that.
static Value getMoved(Value value) {
  Operation *op = value.getDefiningOp();
  if (!isa_and_nonnull<CastOp, ReshapeOp, ExpandDimsOp, SqueezeOp>(op) ||
      !isVector(op->getOperand(0)))
    return {};
  return op->getOperand(0);
}

static Value skipMoves(Value value) {
  while (Value moved = getMoved(value))
    value = moved;
  return value;
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// Adds `term` to `sum`, which has at most one term of the same factors.
static void addTerm(ChannelSum &sum, const ChannelTerm &term) {
  auto *same = llvm::find_if(sum, [&](const ChannelTerm &other) {
    return other.factors == term.factors;
  });
  if (same == sum.end()) {
    sum.push_back(term);
    return;
  }
  same->coefficient += term.coefficient;
  if (same->coefficient == 0)
    sum.erase(same);
}

std::optional<ChannelSum> ChannelAlgebra::add(const ChannelSum &a,
                                              const ChannelSum &b) {
  ChannelSum sum = a;
  for (const ChannelTerm &term : b)
    addTerm(sum, term);
  return sum.size() <= maxTerms ? std::optional(sum) : std::nullopt;
}

std::optional<ChannelSum> ChannelAlgebra::multiply(const ChannelSum &a,
                                                   const ChannelSum &b) {
  ChannelSum sum;
  for (const ChannelTerm &left : a)
    for (const ChannelTerm &right : b) {
      ChannelTerm product = {left.coefficient * right.coefficient,
                             left.factors};
      llvm::append_range(product.factors, right.factors);
      llvm::sort(product.factors);
      addTerm(sum, product);
    }
  return sum.size() <= maxTerms ? std::optional(sum) : std::nullopt;
}

ChannelSum ChannelAlgebra::negate(ChannelSum sum) {
  for (ChannelTerm &term : sum)
    term.coefficient = -term.coefficient;
  return sum;
}

ChannelSum ChannelAlgebra::constant(double number) {
  ChannelSum sum;
  if (number != 0)
    sum.push_back({number, {}});
  return sum;
}

std::optional<ChannelTerm> ChannelAlgebra::divide(const ChannelTerm &term,
                                                  const ChannelTerm &divisor) {
  ChannelTerm quotient = {term.coefficient / divisor.coefficient, term.factors};
  for (unsigned factor : divisor.factors) {
    auto *found = llvm::find(quotient.factors, factor);
    if (found == quotient.factors.end())
      return std::nullopt;
    quotient.factors.erase(found);
  }
  return quotient;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

ChannelSum ChannelAlgebra::makeSum(ChannelFactor factor) {
  auto *known = llvm::find(factors, factor);
  unsigned id = known - factors.begin();
  if (known == factors.end())
    factors.push_back(factor);
  ChannelSum sum;
  sum.push_back({1, {id}});
  return sum;
}

/// 1 / sqrt(`squared`), where a number that is added is the epsilon.
ChannelSum ChannelAlgebra::readReciprocalDeviation(Value squared) {
  squared = skipMoves(squared);
  if (auto add = squared.getDefiningOp<AddOp>()) {
    if (std::optional<double> epsilon = getNumber(add.getRhs()))
      return makeSum({skipMoves(add.getLhs()), true, *epsilon});
    if (std::optional<double> epsilon = getNumber(add.getLhs()))
      return makeSum({skipMoves(add.getRhs()), true, *epsilon});
  }
  return makeSum({squared, true, 0});
}

std::optional<ChannelSum> ChannelAlgebra::readReciprocal(Value value) {
  value = skipMoves(value);
  if (std::optional<double> number = getNumber(value))
    return *number == 0 ? std::nullopt : std::optional(constant(1 / *number));
  if (auto root = value.getDefiningOp<SqrtOp>())
    return readReciprocalDeviation(root.getX());
  return std::nullopt;
}

/// Whether the vectors that `op` combines lie along one dim, each of them as
/// long as the result or a scalar.
static bool combinesVectors(Operation *op) {
  RankedTensorType result = getTensorType(op->getResult(0));
  std::optional<int64_t> axis = getChannelAxis(result, result.getRank());
  return axis && llvm::all_of(op->getOperands(), [&](Value operand) {
           RankedTensorType type = getTensorType(operand);
           std::optional<int64_t> own = getChannelAxis(type, result.getRank());
           return own &&
                  (*own < 0 || (own == axis && type.getNumDynamicDims() ==
                                                   result.getNumDynamicDims()));
         });
}

std::optional<ChannelSum> ChannelAlgebra::readOp(Operation *op,
                                                 unsigned depth) {
  auto lhs = [&] { return read(op->getOperand(0), depth + 1); };
  auto rhs = [&] { return read(op->getOperand(1), depth + 1); };
  if (!combinesVectors(op))
    return std::nullopt;
  using Result = std::optional<ChannelSum>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](AddOp) { return add(lhs(), rhs()); })
      .Case([&](SubOp) { return add(lhs(), negate(rhs())); })
      .Case([&](MulOp) { return multiply(lhs(), rhs()); })
      .Case([&](DivOp div) -> Result {
        Result reciprocal = readReciprocal(div.getRhs());
        return reciprocal ? multiply(lhs(), *reciprocal) : std::nullopt;
      })
      .Case([&](NegOp) { return negate(lhs()); })
      .Case([&](RsqrtOp root) { return readReciprocalDeviation(root.getX()); })
      .Case([&](PowOp power) -> Result {
        if (getNumber(power.getRhs()) != -0.5)
          return std::nullopt;
        return readReciprocalDeviation(power.getLhs());
      })
      .Default([](Operation *) { return Result(); });
}

ChannelSum ChannelAlgebra::read(Value value, unsigned depth) {
  value = skipMoves(value);
  if (std::optional<double> number = getNumber(value))
    return constant(*number);
  if (isa_and_nonnull<AddOp, SubOp, MulOp, DivOp, NegOp, RsqrtOp, PowOp>(
          value.getDefiningOp()) &&
      depth < maxDepth)
    if (std::optional<ChannelSum> sum = readOp(value.getDefiningOp(), depth))
      return *sum;
  return makeSum({value});
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

Value ChannelAlgebra::writeVector(OpBuilder &builder, Location loc,
                                  Value vector, Type elementType) {
  ImplicitLocOpBuilder b(loc, builder);
  RankedTensorType type = getTensorType(vector);
  // All dims but the channels' are of size 1.
  std::optional<int64_t> axis = getChannelAxis(type, type.getRank());
  SmallVector<int64_t> others;
  for (int64_t i = 0, e = type.getRank(); i < e; ++i)
    if (i != axis)
      others.push_back(i);
  if (!others.empty())
    vector = b.createOrFold<SqueezeOp>(vector, others);
  if (type.getElementType() != elementType)
    vector = b.createOrFold<CastOp>(vector, TypeAttr::get(elementType));
  return vector;
}

Value ChannelAlgebra::write(OpBuilder &builder, Location loc,
                            const ChannelSum &sum, Type elementType) const {
  ImplicitLocOpBuilder b(loc, builder);
  auto scalar = [&](double number) -> Value {
    return ConstantOp::create(
        b, DenseElementsAttr::get(RankedTensorType::get({}, elementType),
                                  b.getFloatAttr(elementType, number)));
  };
  Value total;
  for (const ChannelTerm &term : sum) {
    Value product;
    for (unsigned id : term.factors) {
      Value factor = writeVector(b, loc, factors[id].vector, elementType);
      product = product ? b.createOrFold<MulOp>(product, factor) : factor;
    }
    if (!product)
      product = scalar(term.coefficient);
    else if (term.coefficient == -1)
      product = b.createOrFold<NegOp>(product);
    else if (term.coefficient != 1)
      product = b.createOrFold<MulOp>(product, scalar(term.coefficient));
    total = total ? b.createOrFold<AddOp>(total, product) : product;
  }
  return total ? total : scalar(-0.0);
}
