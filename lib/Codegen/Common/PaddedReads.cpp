//===- PaddedReads.cpp - paddings that need no memory ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution reads its padded input in windows: place
//
//   window * stride + tap * dilation
//
// along each padded dimension, where windows are the loop of the result and
// taps that of the sum, or the other way round for the gradient of the filter.
// For one of the two, the numbers of the other that stay inside the input are a
// range, so that the sum need not see the zeros.
//
//===----------------------------------------------------------------------===//

#include "PaddedReads.h"

#include "KernelBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graph_compile;

/// Elements of one place along the padded dimensions: a kernel keeps as many
/// zeros at hand.
static constexpr int64_t kMaxPlaceElements = 8192;
/// So few columns of the result are computed along the sum instead.
static constexpr int64_t kMinColumns = 4;

bool graph_compile::isMultiplyAdd(Block &body) {
  std::string reason;
  llvm::raw_string_ostream os(reason);
  return linalg::detail::isContractionBody(
      body,
      [](Operation *product, Operation *sum) {
        return (isa<arith::MulFOp>(product) && isa<arith::AddFOp>(sum)) ||
               (isa<arith::MulIOp>(product) && isa<arith::AddIOp>(sum));
      },
      os);
}

//===----------------------------------------------------------------------===//
// Paddings
//===----------------------------------------------------------------------===//

/// The tensor whose sizes those of `insert` are.
static tensor::EmptyOp getShape(tensor::InsertSliceOp insert) {
  Value destination = insert.getDest();
  if (auto fill = destination.getDefiningOp<linalg::FillOp>())
    destination = fill.getOutputs().front();
  return destination.getDefiningOp<tensor::EmptyOp>();
}

OpFoldResult Padding::getSize(int64_t dim) {
  return getShape(insert).getMixedSizes()[dim];
}

static bool isZero(Value scalar) {
  return matchPattern(scalar, m_PosZeroFloat()) ||
         matchPattern(scalar, m_Zero());
}

/// `insert` as a padding with zeros, if it is one.
static std::optional<Padding> getPadding(tensor::InsertSliceOp insert) {
  auto fill = insert.getDest().getDefiningOp<linalg::FillOp>();
  if (!fill || !isZero(fill.value()) || !getShape(insert) ||
      !insert.hasUnitStride() || insert.getDroppedDims().any())
    return std::nullopt;
  Padding padding{insert, {}};
  SmallVector<OpFoldResult> sizes = insert.getMixedSizes();
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (!isConstantIntValue(padding.getOffset(dim), 0) ||
        !isEqualConstantIntOrValue(size, padding.getSize(dim)))
      padding.dims.push_back(dim);
  return padding;
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// The loop in `expr`, which is that loop times a positive constant.
static std::optional<unsigned> getSteppedLoop(AffineExpr expr) {
  if (auto product = dyn_cast<AffineBinaryOpExpr>(expr);
      product && product.getKind() == AffineExprKind::Mul) {
    auto step = dyn_cast<AffineConstantExpr>(product.getRHS());
    if (!step || step.getValue() <= 0)
      return std::nullopt;
    expr = product.getLHS();
  }
  auto loop = dyn_cast<AffineDimExpr>(expr);
  return loop ? std::optional(loop.getPosition()) : std::nullopt;
}

/// Whether dimension `dim` of `map` is a sum of two loops, one of the result
/// of `op` and one of its sum, that walk no other dimension.
static bool isWindow(linalg::GenericOp op, AffineMap map, int64_t dim) {
  auto sum = dyn_cast<AffineBinaryOpExpr>(map.getResult(dim));
  if (!sum || sum.getKind() != AffineExprKind::Add)
    return false;
  std::optional<unsigned> first = getSteppedLoop(sum.getLHS());
  std::optional<unsigned> second = getSteppedLoop(sum.getRHS());
  if (!first || !second)
    return false;
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  if (kinds[*first] == kinds[*second])
    return false;
  for (auto [other, expr] : llvm::enumerate(map.getResults()))
    if (int64_t(other) != dim &&
        (expr.isFunctionOfDim(*first) || expr.isFunctionOfDim(*second)))
      return false;
  return true;
}

/// Whether `op` is a contraction whose result's columns are computed together,
/// which dimension `dim` of `map` must not get in the way of.
static bool hasOtherColumns(linalg::GenericOp op, AffineMap map,
                            ArrayRef<int64_t> dims) {
  OpOperand *output = op.getDpsInitOperand(0);
  AffineMap result = op.getMatchingIndexingMap(output);
  if (!result.isProjectedPermutation() || result.getNumResults() == 0)
    return false;
  int64_t columns = cast<ShapedType>(output->get().getType()).getShape().back();
  unsigned columnLoop = result.getDimPosition(result.getNumResults() - 1);
  return (ShapedType::isDynamic(columns) || columns >= kMinColumns) &&
         llvm::none_of(dims, [&](int64_t dim) {
           return map.getResult(dim).isFunctionOfDim(columnLoop);
         });
}

std::optional<Padding> graph_compile::getPaddedRead(OpOperand &operand) {
  auto op = dyn_cast<linalg::GenericOp>(operand.getOwner());
  auto insert = operand.get().getDefiningOp<tensor::InsertSliceOp>();
  if (!op || !insert || !op.isDpsInput(&operand) ||
      insert->getBlock() != op->getBlock() || op.getNumDpsInputs() != 2 ||
      op.getNumDpsInits() != 1 || op.getNumReductionLoops() == 0 ||
      !isMultiplyAdd(*op.getBody()))
    return std::nullopt;
  std::optional<Padding> padding = getPadding(insert);
  if (!padding || padding->dims.empty())
    return std::nullopt;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  ArrayRef<int64_t> shape = insert.getSourceType().getShape();
  ArrayRef<int64_t> place = shape.drop_front(padding->dims.back() + 1);
  if (ShapedType::isDynamicShape(place) ||
      ShapedType::getNumElements(place) > kMaxPlaceElements ||
      !hasOtherColumns(op, map, padding->dims) ||
      !llvm::all_of(padding->dims,
                    [&](int64_t dim) { return isWindow(op, map, dim); }))
    return std::nullopt;
  return padding;
}

bool graph_compile::isReadInWindowsOnly(tensor::InsertSliceOp insert) {
  return llvm::all_of(insert->getUses(), [](OpOperand &use) {
    return getPaddedRead(use).has_value();
  });
}
