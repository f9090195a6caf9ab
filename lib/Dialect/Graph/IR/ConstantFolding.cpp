//===- ConstantFolding.cpp - computing with constants ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstantFolding.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

#include "llvm/ADT/APSInt.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

RankedTensorType graph::foldedType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  std::optional<int64_t> count = staticCount(tensor.getShape());
  return count && *count <= kMaxFoldedElements ? tensor : RankedTensorType();
}

DenseElementsAttr graph::constantElements(Attribute attribute) {
  return dyn_cast_or_null<DenseElementsAttr>(attribute);
}

DenseElementsAttr graph::constantElements(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant ? constantElements(constant.getValue()) : DenseElementsAttr();
}

std::optional<APInt> graph::splatInt(Attribute constant) {
  DenseElementsAttr elements = constantElements(constant);
  if (!elements || !elements.isSplat() ||
      !isa<IntegerType>(elements.getElementType()))
    return std::nullopt;
  return elements.getSplatValue<APInt>();
}

std::optional<APFloat> graph::splatFloat(Attribute constant) {
  DenseElementsAttr elements = constantElements(constant);
  if (!elements || !elements.isSplat() ||
      !isa<FloatType>(elements.getElementType()))
    return std::nullopt;
  return elements.getSplatValue<APFloat>();
}

bool graph::isZeroConstant(Value value) {
  DenseElementsAttr elements = constantElements(value);
  if (!elements)
    return false;
  if (std::optional<APInt> number = splatInt(elements))
    return number->isZero();
  std::optional<APFloat> number = splatFloat(elements);
  return number && number->isZero();
}

int64_t graph::asInt64(const APInt &number, Type element) {
  return isSignedElement(element) ? number.getSExtValue()
                                  : static_cast<int64_t>(number.getZExtValue());
}

/// The length of a range of floats: ceil((limit - start) / delta), computed in
/// the elements' type as at run time.
static std::optional<int64_t> floatRangeLength(const APFloat &start,
                                               const APFloat &limit,
                                               const APFloat &delta) {
  APFloat length = limit;
  length.subtract(start, APFloat::rmNearestTiesToEven);
  length.divide(delta, APFloat::rmNearestTiesToEven);
  length.roundToIntegral(APFloat::rmTowardPositive);
  if (!length.isFinite())
    return std::nullopt;
  if (length.isNegative() || length.isZero())
    return 0;
  llvm::APSInt count(64, /*isUnsigned=*/false);
  bool isExact;
  if (length.convertToInteger(count, APFloat::rmTowardZero, &isExact) ==
      APFloat::opInvalidOp)
    return std::nullopt;
  return count.getSExtValue();
}

std::optional<int64_t> graph::constantRangeLength(Value start, Value limit,
                                                  Value delta) {
  std::optional<int64_t> first = knownScalar(start), last = knownScalar(limit);
  std::optional<int64_t> step = knownScalar(delta);
  if (first && last && step && *step != 0)
    return rangeLength(*first, *last, *step);
  DenseElementsAttr from = constantElements(start),
                    to = constantElements(limit);
  DenseElementsAttr by = constantElements(delta);
  if (!from || !to || !by)
    return std::nullopt;
  std::optional<APFloat> begin = splatFloat(from), end = splatFloat(to);
  std::optional<APFloat> distance = splatFloat(by);
  if (!begin || !end || !distance || distance->isZero())
    return std::nullopt;
  return floatRangeLength(*begin, *end, *distance);
}

Attribute
graph::moveElements(Attribute x, Type result,
                    function_ref<int64_t(int64_t position)> sourceOf) {
  DenseElementsAttr elements = constantElements(x);
  auto type = cast<RankedTensorType>(result);
  if (!elements || !type.hasStaticShape())
    return {};
  if (elements.isSplat())
    return elements.resizeSplat(type);
  if (type.getNumElements() > kMaxFoldedElements)
    return {};
  auto values = elements.getValues<Attribute>();
  SmallVector<Attribute> moved;
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i)
    moved.push_back(values[sourceOf(i)]);
  return DenseElementsAttr::get(type, moved);
}

Attribute graph::foldKnownInts(Value result) {
  auto type = dyn_cast<RankedTensorType>(result.getType());
  if (!type || !isa<IntegerType>(type.getElementType()))
    return {};
  std::optional<SmallVector<int64_t>> elements = knownValue(result);
  if (!elements)
    return {};
  unsigned width = type.getElementTypeBitWidth();
  return DenseElementsAttr::get(
      type, llvm::map_to_vector(*elements, [&](int64_t element) {
        return APInt(width, element, /*isSigned=*/true, /*implicitTrunc=*/true);
      }));
}

//===----------------------------------------------------------------------===//
// BroadcastPositions
//===----------------------------------------------------------------------===//

BroadcastPositions::BroadcastPositions(ArrayRef<int64_t> operand,
                                       ArrayRef<int64_t> result)
    : shape(result), strides(result.size(), 0), index(result.size(), 0) {
  int64_t stride = 1;
  size_t missing = result.size() - operand.size();
  for (size_t dim = operand.size(); dim-- > 0;) {
    // A dim that is repeated has the stride 0.
    if (operand[dim] != 1)
      strides[missing + dim] = stride;
    stride *= operand[dim];
  }
}

void BroadcastPositions::next() {
  for (size_t dim = shape.size(); dim-- > 0;) {
    position += strides[dim];
    if (++index[dim] < shape[dim])
      return;
    position -= strides[dim] * shape[dim];
    index[dim] = 0;
  }
}
