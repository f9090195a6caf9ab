//===- PartialValue.cpp - elements of shape operands ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

namespace {
using Elements = SmallVector<Size>;

/// Evaluates small tensors of integers element by element. What an op computes
/// in a way that is not followed stands for itself: a `Size` of kind `Element`.
class Evaluator {
public:
  /// The elements of `value`; nothing if it is not a small tensor of integers.
  std::optional<Elements> evaluate(Value value);

private:
  // Results are remembered, so a value is visited once; these bound how many.
  static constexpr unsigned maxValues = 256;
  static constexpr unsigned maxDepth = 32;

  Elements evaluateOp(Operation *op, OpResult result, int64_t count);
  std::optional<Elements> evaluateShapeOp(Operation *op, OpResult result);
  std::optional<Elements> evaluateArithmetic(Operation *op, OpResult result);
  std::optional<Elements> evaluateBinary(Operation *op, OpResult result);
  std::optional<Elements> evaluateSelect(SelectOp op);
  std::optional<Elements> evaluateReduce(ReduceOp op);
  std::optional<Elements> evaluateCast(CastOp op);
  std::optional<Elements> evaluateSlice(SliceOp op);
  std::optional<Elements> evaluateStridedSlice(StridedSliceOp op);
  std::optional<Elements> evaluateGather(GatherOp op);
  std::optional<Elements> evaluateConcat(ConcatOp op);
  std::optional<Elements> evaluateBranches(OpResult result);

  llvm::DenseMap<Value, std::optional<Elements>> known;
  unsigned depth = 0;
};
} // namespace

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// Integers whose values an int64_t holds.
static bool isSmallInteger(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  return integer && integer.getWidth() <= (integer.isUnsigned() ? 32 : 64);
}

/// `number` as a value of the integer type `type`; i1 is 0 or 1.
static int64_t wrap(uint64_t number, Type type) {
  unsigned width = type.getIntOrFloatBitWidth();
  if (type.isUnsignedInteger() || width == 1)
    return static_cast<int64_t>(number &
                                llvm::maskTrailingOnes<uint64_t>(width));
  return llvm::SignExtend64(number, width);
}

/// What a binary op gives for two constants; nothing where it is unspecified.
static std::optional<int64_t> compute(Operation *op, int64_t lhs, int64_t rhs,
                                      Type type) {
  // Wrapping arithmetic is that of unsigned numbers.
  uint64_t a = lhs, b = rhs;
  bool canDivide =
      rhs != 0 && !(rhs == -1 && lhs == std::numeric_limits<int64_t>::min());
  std::optional<uint64_t> result =
      llvm::TypeSwitch<Operation *, std::optional<uint64_t>>(op)
          .Case<AddOp>([&](auto) { return a + b; })
          .Case<SubOp>([&](auto) { return a - b; })
          .Case<MulOp>([&](auto) { return a * b; })
          .Case<MaxOp>([&](auto) { return std::max(lhs, rhs); })
          .Case<MinOp>([&](auto) { return std::min(lhs, rhs); })
          .Case<AndOp>([&](auto) { return a & b; })
          .Case<OrOp>([&](auto) { return a | b; })
          .Case<TruncDivOp, FloorDivOp, TruncModOp, FloorModOp>(
              [&](Operation *division) -> std::optional<uint64_t> {
                if (!canDivide)
                  return std::nullopt;
                bool roundsDown = isa<FloorDivOp, FloorModOp>(division) &&
                                  lhs % rhs != 0 && (lhs < 0) != (rhs < 0);
                if (isa<TruncDivOp, FloorDivOp>(division))
                  return lhs / rhs - (roundsDown ? 1 : 0);
                return lhs % rhs + (roundsDown ? rhs : 0);
              })
          .Default([](Operation *) { return std::nullopt; });
  if (!result)
    return std::nullopt;
  return wrap(*result, type);
}

static bool holds(CompareDirection direction, int64_t lhs, int64_t rhs) {
  switch (direction) {
  case CompareDirection::EQ:
    return lhs == rhs;
  case CompareDirection::NE:
    return lhs != rhs;
  case CompareDirection::LT:
    return lhs < rhs;
  case CompareDirection::LE:
    return lhs <= rhs;
  case CompareDirection::GT:
    return lhs > rhs;
  case CompareDirection::GE:
    return lhs >= rhs;
  }
  llvm_unreachable("unknown direction");
}

/// A binary op on sizes of which at most one is a constant; nothing if its
/// value is neither.
static std::optional<Size> simplify(Operation *op, Size lhs, Size rhs) {
  bool commutes = isa<AddOp, MulOp, MaxOp, MinOp>(op);
  if (commutes && lhs.isConstant())
    std::swap(lhs, rhs);
  if (isa<AddOp, SubOp>(op) && rhs.isConstant(0))
    return lhs;
  if (isa<MulOp, FloorDivOp, TruncDivOp>(op) && rhs.isConstant(1))
    return lhs;
  if (isa<MulOp>(op) && rhs.isConstant(0))
    return rhs;
  // The size of a dim is never negative.
  if (lhs.kind == Size::Kind::Dim && rhs.isConstant()) {
    if (isa<MaxOp>(op) && rhs.number <= 0)
      return lhs;
    if (isa<MinOp>(op) && rhs.number <= 0)
      return rhs;
  }
  if (isa<MaxOp, MinOp>(op) && lhs == rhs)
    return lhs;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Elementwise ops
//===----------------------------------------------------------------------===//

/// Where element `position` of a result of rank 0 or 1 comes from in an operand
/// of `count` elements.
static int64_t broadcastPosition(int64_t position, size_t count) {
  return count == 1 ? 0 : position;
}

static int64_t resultCount(OpResult result) {
  return cast<RankedTensorType>(result.getType()).getNumElements();
}

/// Whether operands of these numbers of elements broadcast to a result of rank
/// 0 or 1.
static bool canBroadcast(OpResult result, ArrayRef<size_t> counts) {
  size_t wanted = resultCount(result);
  return tensorType(result).getRank() <= 1 &&
         llvm::all_of(counts, [&](size_t count) {
           return count == 1 || count == wanted;
         });
}

std::optional<Elements> Evaluator::evaluateBinary(Operation *op,
                                                  OpResult result) {
  std::optional<Elements> lhs = evaluate(op->getOperand(0));
  std::optional<Elements> rhs = evaluate(op->getOperand(1));
  if (!lhs || !rhs || !canBroadcast(result, {lhs->size(), rhs->size()}))
    return std::nullopt;
  Type type = getElementTypeOrSelf(result);
  auto compare = dyn_cast<CompareOp>(op);
  Elements elements;
  for (int64_t i = 0, e = resultCount(result); i < e; ++i) {
    Size a = (*lhs)[broadcastPosition(i, lhs->size())];
    Size b = (*rhs)[broadcastPosition(i, rhs->size())];
    Size element = {Size::Kind::Element, i, result};
    if (a.isConstant() && b.isConstant()) {
      std::optional<int64_t> number =
          compare ? holds(compare.getDirection(), a.number, b.number)
                  : compute(op, a.number, b.number, type);
      if (number)
        element = Size::constant(*number);
    } else if (!compare) {
      element = simplify(op, a, b).value_or(element);
    }
    elements.push_back(element);
  }
  return elements;
}

std::optional<Elements> Evaluator::evaluateSelect(SelectOp op) {
  std::optional<Elements> condition = evaluate(op.getCondition());
  std::optional<Elements> onTrue = evaluate(op.getOnTrue());
  std::optional<Elements> onFalse = evaluate(op.getOnFalse());
  OpResult result = op->getResult(0);
  if (!condition || !onTrue || !onFalse ||
      !canBroadcast(result,
                    {condition->size(), onTrue->size(), onFalse->size()}))
    return std::nullopt;
  Elements elements;
  for (int64_t i = 0, e = resultCount(result); i < e; ++i) {
    Size chooser = (*condition)[broadcastPosition(i, condition->size())];
    Size a = (*onTrue)[broadcastPosition(i, onTrue->size())];
    Size b = (*onFalse)[broadcastPosition(i, onFalse->size())];
    Size unknown = {Size::Kind::Element, i, result};
    elements.push_back(a == b                  ? a
                       : !chooser.isConstant() ? unknown
                       : chooser.number        ? a
                                               : b);
  }
  return elements;
}

/// An element's value may only be followed through a cast that keeps it; the
/// sizes of dims are taken to fit.
std::optional<Elements> Evaluator::evaluateCast(CastOp op) {
  Type from = getElementTypeOrSelf(op.getX()), to = op.getTo();
  std::optional<Elements> elements = evaluate(op.getX());
  if (!elements || !isSmallInteger(to))
    return std::nullopt;
  unsigned fromWidth = from.getIntOrFloatBitWidth();
  unsigned toWidth = to.getIntOrFloatBitWidth();
  bool keepsValue = from.isUnsignedInteger() == to.isUnsignedInteger()
                        ? fromWidth <= toWidth
                        : from.isUnsignedInteger() && fromWidth < toWidth;
  for (auto [i, element] : llvm::enumerate(*elements)) {
    if (element.isConstant())
      element.number =
          to.isInteger(1) ? element.number != 0 : wrap(element.number, to);
    else if (!keepsValue &&
             (element.kind == Size::Kind::Element || to.isInteger(1)))
      element = {Size::Kind::Element, static_cast<int64_t>(i), op.getResult()};
  }
  return elements;
}

std::optional<Elements> Evaluator::evaluateReduce(ReduceOp op) {
  std::optional<Elements> elements = evaluate(op.getX());
  RankedTensorType type = tensorType(op.getX());
  if (!elements || type.getRank() != 1 || op.getAxes().size() != 1)
    return std::nullopt;
  // The known factors of a product, and the one that is not known.
  Type element = type.getElementType();
  uint64_t product = 1;
  std::optional<Size> open;
  if (op.getKind() != ReduceKind::Prod)
    return std::nullopt;
  for (Size factor : *elements) {
    if (factor.isConstant())
      product *= static_cast<uint64_t>(factor.number);
    else if (open)
      return std::nullopt;
    else
      open = factor;
  }
  int64_t constant = wrap(product, element);
  if (!open || constant == 0)
    return Elements{Size::constant(constant)};
  if (constant != 1)
    return std::nullopt;
  return Elements{*open};
}

//===----------------------------------------------------------------------===//
// Ops that move elements
//===----------------------------------------------------------------------===//

std::optional<Elements> Evaluator::evaluateSlice(SliceOp op) {
  std::optional<Elements> x = evaluate(op.getX());
  std::optional<Elements> begin = evaluate(op.getBegin());
  if (!x || !begin || begin->size() != 1 || !begin->front().isConstant())
    return std::nullopt;
  int64_t first = begin->front().number, count = resultCount(op->getResult(0));
  int64_t size = x->size();
  if (first < 0 || first > size || count > size - first)
    return std::nullopt;
  return Elements(ArrayRef<Size>(*x).slice(first, count));
}

std::optional<Elements> Evaluator::evaluateStridedSlice(StridedSliceOp op) {
  std::optional<Elements> x = evaluate(op.getX());
  std::optional<Elements> begin = evaluate(op.getBegin());
  std::optional<Elements> end = evaluate(op.getEnd());
  std::optional<Elements> strides = evaluate(op.getStrides());
  if (!x || !begin || !end || !strides ||
      tensorType(op.getX()).getRank() != 1 || end->size() != begin->size() ||
      strides->size() != begin->size())
    return std::nullopt;
  int64_t size = x->size();
  for (const SliceEntry &place : sliceEntries(op)) {
    if (place.kind == SliceEntry::Kind::NewAxis)
      continue;
    if (place.kind == SliceEntry::Kind::Whole)
      return x;
    Size first = (*begin)[place.entry], last = (*end)[place.entry];
    Size stride = (*strides)[place.entry];
    if (place.kind == SliceEntry::Kind::Index) {
      int64_t position = first.number < 0 ? first.number + size : first.number;
      if (!first.isConstant() || position < 0 || position >= size)
        return std::nullopt;
      return Elements{(*x)[position]};
    }
    if ((!place.openBegin && !first.isConstant()) ||
        (!place.openEnd && !last.isConstant()) || !stride.isConstant() ||
        stride.number == 0)
      return std::nullopt;
    SliceRange range =
        sliceRange(place, size, first.number, last.number, stride.number);
    Elements elements;
    for (int64_t i = 0; i < range.count; ++i)
      elements.push_back((*x)[range.first + i * range.stride]);
    return elements;
  }
  return std::nullopt;
}

std::optional<Elements> Evaluator::evaluateGather(GatherOp op) {
  std::optional<Elements> x = evaluate(op.getX());
  std::optional<Elements> indices = evaluate(op.getIndices());
  if (!x || !indices || tensorType(op.getX()).getRank() != 1 ||
      op.getBatchDims() != 0)
    return std::nullopt;
  Elements elements;
  for (Size index : *indices) {
    if (!index.isConstant() || index.number < 0 ||
        index.number >= static_cast<int64_t>(x->size()))
      return std::nullopt;
    elements.push_back((*x)[index.number]);
  }
  return elements;
}

std::optional<Elements> Evaluator::evaluateConcat(ConcatOp op) {
  if (tensorType(op.getResult()).getRank() != 1)
    return std::nullopt;
  Elements elements;
  for (Value input : op.getInputs()) {
    std::optional<Elements> part = evaluate(input);
    if (!part)
      return std::nullopt;
    llvm::append_range(elements, *part);
  }
  return elements;
}

/// The elements of a result of a conditional: those that are the same whichever
/// branch runs, and are numbers from outside.
std::optional<Elements> Evaluator::evaluateBranches(OpResult result) {
  std::optional<Elements> common;
  for (Value value : branchValues(result)) {
    std::optional<Elements> elements = evaluate(value);
    if (!elements || (common && elements->size() != common->size()))
      return std::nullopt;
    if (!common)
      common = elements;
    for (auto [i, element] : llvm::enumerate(*elements)) {
      bool isFromOutside =
          element.isConstant() || !isInside(element.value, result.getOwner());
      if (element != (*common)[i] || !isFromOutside)
        (*common)[i] = {Size::Kind::Element, static_cast<int64_t>(i), result};
    }
  }
  return common;
}

/// The number of elements of `x` as a size, if at most one dim is open and the
/// others are 1 then.
static std::optional<Size> countSize(Value x, Type type) {
  uint64_t product = 1;
  std::optional<Size> open;
  for (auto [dim, size] : llvm::enumerate(tensorType(x).getShape())) {
    if (!ShapedType::isDynamic(size))
      product *= static_cast<uint64_t>(size);
    else if (open)
      return std::nullopt;
    else
      open = Size{Size::Kind::Dim, static_cast<int64_t>(dim), x};
  }
  if (!open || product == 0)
    return Size::constant(wrap(product, type));
  if (product != 1)
    return std::nullopt;
  return open;
}

std::optional<Elements> Evaluator::evaluateShapeOp(Operation *op,
                                                   OpResult result) {
  return llvm::TypeSwitch<Operation *, std::optional<Elements>>(op)
      .Case<ConstantOp>([&](ConstantOp constant) -> std::optional<Elements> {
        auto value = dyn_cast<DenseIntElementsAttr>(constant.getValue());
        if (!value)
          return std::nullopt;
        Elements elements;
        bool isSigned = !value.getElementType().isUnsignedInteger() &&
                        !value.getElementType().isInteger(1);
        for (const APInt &number : value.getValues<APInt>())
          elements.push_back(Size::constant(
              isSigned ? number.getSExtValue()
                       : static_cast<int64_t>(number.getZExtValue())));
        return elements;
      })
      .Case<ShapeOp>([](ShapeOp shape) {
        Elements elements;
        for (auto [dim, size] :
             llvm::enumerate(tensorType(shape.getX()).getShape()))
          elements.push_back(
              ShapedType::isDynamic(size)
                  ? Size{Size::Kind::Dim, static_cast<int64_t>(dim),
                         shape.getX()}
                  : Size::constant(wrap(size, shape.getOutType())));
        return elements;
      })
      .Case<SizeOp>([](SizeOp size) -> std::optional<Elements> {
        std::optional<Size> count = countSize(size.getX(), size.getOutType());
        if (!count)
          return std::nullopt;
        return Elements{*count};
      })
      // The order of the elements stays.
      .Case<ReshapeOp, ExpandDimsOp, SqueezeOp, CheckReshapeOp, CheckIndexOp,
            CheckNonzeroOp, CheckBoundsOp, CheckBroadcastOp, CheckDimsOp,
            CheckSqueezeOp, CheckSplitOp, CheckTrueOp>(
          [&](Operation *same) { return evaluate(same->getOperand(0)); })
      .Case<BroadcastToOp>([&](BroadcastToOp fill) -> std::optional<Elements> {
        std::optional<Elements> x = evaluate(fill.getX());
        if (!x || x->size() != 1)
          return std::nullopt;
        return Elements(resultCount(result), x->front());
      })
      .Case<SplitOp>([&](SplitOp split) -> std::optional<Elements> {
        std::optional<Elements> x = evaluate(split.getX());
        if (!x || tensorType(split.getX()).getRank() != 1)
          return std::nullopt;
        int64_t count = resultCount(result);
        int64_t first = result.getResultNumber() * count;
        if (first + count > static_cast<int64_t>(x->size()))
          return std::nullopt;
        return Elements(ArrayRef<Size>(*x).slice(first, count));
      })
      .Case<SliceOp>([&](SliceOp slice) { return evaluateSlice(slice); })
      .Case<StridedSliceOp>(
          [&](StridedSliceOp slice) { return evaluateStridedSlice(slice); })
      .Case<GatherOp>([&](GatherOp gather) { return evaluateGather(gather); })
      .Case<ConcatOp>([&](ConcatOp concat) { return evaluateConcat(concat); })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<Elements> Evaluator::evaluateArithmetic(Operation *op,
                                                      OpResult result) {
  return llvm::TypeSwitch<Operation *, std::optional<Elements>>(op)
      .Case<AddOp, SubOp, MulOp, MaxOp, MinOp, AndOp, OrOp, TruncDivOp,
            TruncModOp, FloorDivOp, FloorModOp, CompareOp>(
          [&](Operation *binary) { return evaluateBinary(binary, result); })
      .Case<SelectOp>([&](SelectOp select) { return evaluateSelect(select); })
      .Case<IfOp, CaseOp>([&](Operation *) { return evaluateBranches(result); })
      .Case<ReduceOp>([&](ReduceOp reduce) { return evaluateReduce(reduce); })
      .Case<CastOp>([&](CastOp cast) { return evaluateCast(cast); })
      .Default([](Operation *) { return std::nullopt; });
}

//===----------------------------------------------------------------------===//
// Evaluator
//===----------------------------------------------------------------------===//

Elements Evaluator::evaluateOp(Operation *op, OpResult result, int64_t count) {
  if (depth < maxDepth && known.size() < maxValues && isWellFormed(op)) {
    ++depth;
    std::optional<Elements> elements = evaluateShapeOp(op, result);
    if (!elements)
      elements = evaluateArithmetic(op, result);
    --depth;
    // A type that is less exact than the elements is no reason to doubt them,
    // but an op that is not verified yet may be wrong altogether.
    if (elements && static_cast<int64_t>(elements->size()) == count)
      return *elements;
  }
  Elements itself;
  for (int64_t i = 0; i < count; ++i)
    itself.push_back({Size::Kind::Element, i, result});
  return itself;
}

std::optional<Elements> Evaluator::evaluate(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || type.getRank() > 2 || !isSmallInteger(type.getElementType()))
    return std::nullopt;
  std::optional<int64_t> count = staticCount(type.getShape());
  if (!count || *count > kMaxShapeElements)
    return std::nullopt;
  // Set at once, so that a cycle, which verification finds, ends here.
  auto [entry, isNew] = known.try_emplace(value);
  if (!isNew && entry->second)
    return entry->second;
  auto result = dyn_cast<OpResult>(value);
  Elements elements;
  if (result && isNew) {
    elements = evaluateOp(result.getOwner(), result, *count);
  } else {
    for (int64_t i = 0; i < *count; ++i)
      elements.push_back({Size::Kind::Element, i, value});
  }
  known[value] = elements;
  return elements;
}

std::optional<SmallVector<Size>> graph::shapeElements(Value shape) {
  return Evaluator().evaluate(shape);
}

std::optional<SmallVector<int64_t>> graph::partialValue(Value value) {
  std::optional<Elements> elements = Evaluator().evaluate(value);
  if (!elements)
    return std::nullopt;
  return llvm::map_to_vector(*elements, [](Size element) {
    return element.isConstant() ? element.number : kUnknown;
  });
}

std::optional<SmallVector<int64_t>> graph::knownValue(Value value) {
  std::optional<SmallVector<int64_t>> elements = partialValue(value);
  if (!elements || llvm::is_contained(*elements, kUnknown))
    return std::nullopt;
  return elements;
}

std::optional<int64_t> graph::knownScalar(Value value) {
  std::optional<SmallVector<int64_t>> elements = knownValue(value);
  if (!elements || elements->size() != 1)
    return std::nullopt;
  return elements->front();
}
