//===- ReductionFold.cpp - folding of reductions --------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "ConstantFolding.h"
#include "Inference.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

static constexpr auto nearest = APFloat::rmNearestTiesToEven;

/// For each element of `x`, in row-major order, the position of the result's
/// element that it is combined into.
static SmallVector<int64_t> resultPositions(RankedTensorType x,
                                            ArrayRef<int64_t> axes) {
  SmallVector<int64_t> kept(x.getShape());
  for (int64_t axis : axes)
    kept[axis] = 1;
  // Seen from the result, an operand that is kept dims is broadcast to x.
  BroadcastPositions position(kept, x.getShape());
  SmallVector<int64_t> positions;
  for (int64_t i = 0, e = x.getNumElements(); i < e; ++i, position.next())
    positions.push_back(position.current());
  return positions;
}

/// The type in which floats are combined: at least f32.
static const llvm::fltSemantics &combinedSemantics(FloatType element) {
  return element.getWidth() < 32 ? APFloat::IEEEsingle()
                                 : element.getFloatSemantics();
}

static APFloat neutralFloat(ReduceKind kind,
                            const llvm::fltSemantics &semantics) {
  switch (kind) {
  case ReduceKind::Prod:
    return APFloat::getOne(semantics);
  case ReduceKind::Max:
    return APFloat::getInf(semantics, /*Negative=*/true);
  case ReduceKind::Min:
    return APFloat::getInf(semantics);
  default:
    return APFloat::getZero(semantics);
  }
}

static APFloat combine(ReduceKind kind, const APFloat &a, const APFloat &b) {
  switch (kind) {
  case ReduceKind::Prod:
    return a * b;
  case ReduceKind::Max:
    return llvm::maximum(a, b);
  case ReduceKind::Min:
    return llvm::minimum(a, b);
  default:
    return a + b;
  }
}

static Attribute reduceFloats(ReduceKind kind, DenseElementsAttr x,
                              ArrayRef<int64_t> axes, RankedTensorType result) {
  auto element = cast<FloatType>(result.getElementType());
  const llvm::fltSemantics &semantics = combinedSemantics(element);
  SmallVector<APFloat> values(result.getNumElements(),
                              neutralFloat(kind, semantics));
  bool losesInfo;
  auto xType = cast<RankedTensorType>(x.getType());
  for (auto [position, number] :
       llvm::zip(resultPositions(xType, axes), x.getValues<APFloat>())) {
    APFloat wide = number;
    wide.convert(semantics, nearest, &losesInfo);
    values[position] = combine(kind, values[position], wide);
  }
  int64_t count =
      values.empty() ? 0 : xType.getNumElements() / result.getNumElements();
  for (APFloat &value : values) {
    if (kind == ReduceKind::Mean) {
      APFloat divisor(semantics);
      divisor.convertFromAPInt(APInt(64, count), /*IsSigned=*/true, nearest);
      value = value / divisor;
    }
    value.convert(element.getFloatSemantics(), nearest, &losesInfo);
  }
  return DenseElementsAttr::get(result, values);
}

static APInt neutralInt(ReduceKind kind, unsigned width, bool isSigned) {
  switch (kind) {
  case ReduceKind::Prod:
    return APInt(width, 1);
  case ReduceKind::Max:
    return isSigned ? APInt::getSignedMinValue(width) : APInt::getZero(width);
  case ReduceKind::Min:
    return isSigned ? APInt::getSignedMaxValue(width)
                    : APInt::getAllOnes(width);
  case ReduceKind::All:
    return APInt::getAllOnes(width);
  default:
    return APInt::getZero(width);
  }
}

static APInt combine(ReduceKind kind, const APInt &a, const APInt &b,
                     bool isSigned) {
  using namespace llvm::APIntOps;
  switch (kind) {
  case ReduceKind::Prod:
    return a * b;
  case ReduceKind::Max:
    return isSigned ? smax(a, b) : umax(a, b);
  case ReduceKind::Min:
    return isSigned ? smin(a, b) : umin(a, b);
  case ReduceKind::All:
    return a & b;
  case ReduceKind::Any:
    return a | b;
  default:
    return a + b;
  }
}

static Attribute reduceInts(ReduceKind kind, DenseElementsAttr x,
                            ArrayRef<int64_t> axes, RankedTensorType result) {
  Type element = result.getElementType();
  bool isSigned = isSignedElement(element);
  // A mean adds up in 64 bits, so that narrow integers do not wrap around.
  unsigned elementWidth = element.getIntOrFloatBitWidth();
  unsigned width = kind == ReduceKind::Mean ? 64 : elementWidth;
  SmallVector<APInt> values(result.getNumElements(),
                            neutralInt(kind, width, isSigned));
  auto xType = cast<RankedTensorType>(x.getType());
  for (auto [position, number] :
       llvm::zip(resultPositions(xType, axes), x.getValues<APInt>()))
    values[position] = combine(kind, values[position],
                               isSigned ? number.sextOrTrunc(width)
                                        : number.zextOrTrunc(width),
                               isSigned);
  if (kind != ReduceKind::Mean || values.empty())
    return DenseElementsAttr::get(result, values);
  APInt count(width, xType.getNumElements() / result.getNumElements());
  if (count.isZero()) // Unspecified, so left to run time.
    return {};
  for (APInt &value : values)
    value =
        (isSigned ? value.sdiv(count) : value.udiv(count)).trunc(elementWidth);
  return DenseElementsAttr::get(result, values);
}

OpFoldResult ReduceOp::fold(FoldAdaptor adaptor) {
  if (getAxes().empty() && getX().getType() == getType())
    return getX();
  DenseElementsAttr x = constantElements(adaptor.getX());
  RankedTensorType result = foldedType(getType());
  if (!x || !result || !foldedType(x.getType()))
    return foldKnownInts(getResult());
  if (isa<FloatType>(result.getElementType()))
    return reduceFloats(getKind(), x, getAxes(), result);
  return reduceInts(getKind(), x, getAxes(), result);
}
