//===- CheckCanonicalize.cpp - removal of checks that hold ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A check that holds in every call passes its value and joins the tokens it
// waited for. A check that is known to fail stays: it fails when it is run.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "ConstantFolding.h"
#include "Inference.h"

#include "mlir/IR/PatternMatch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

//===----------------------------------------------------------------------===//
// What is known to hold
//===----------------------------------------------------------------------===//

static bool holds(CheckNumericsOp op) {
  DenseElementsAttr x = constantElements(op.getX());
  if (!x || (!x.isSplat() && x.getNumElements() > kMaxFoldedElements))
    return false;
  if (x.isSplat())
    return x.getSplatValue<APFloat>().isFinite();
  return llvm::all_of(x.getValues<APFloat>(),
                      [](const APFloat &number) { return number.isFinite(); });
}

/// In each place, the sizes other than 1 are one and the same.
static bool holds(CheckBroadcastOp op) {
  SmallVector<Value> operands = {op.getX()};
  llvm::append_range(operands, op.getOthers());
  int64_t rank = 0;
  for (Value operand : operands)
    rank = std::max(rank, tensorType(operand).getRank());
  for (int64_t fromEnd = 1; fromEnd <= rank; ++fromEnd) {
    std::pair<Value, int64_t> size;
    for (Value operand : operands) {
      int64_t dim = tensorType(operand).getRank() - fromEnd;
      if (dim < 0 || tensorType(operand).getDimSize(dim) == 1)
        continue;
      if (size.first && !sameDim(size.first, size.second, operand, dim))
        return false;
      size = {operand, dim};
    }
  }
  return true;
}

static bool holds(CheckDimsOp op) {
  return llvm::all_of(llvm::zip(op.getLhsDims(), op.getRhsDims()),
                      [&](auto pair) {
                        auto [i, j] = pair;
                        return sameDim(op.getX(), i, op.getY(), j);
                      });
}

/// Whether every element of a constant lies in [0, size).
static bool isInRange(DenseElementsAttr indices, int64_t size) {
  auto lies = [&](const APInt &index) {
    return !index.isNegative() && index.getSExtValue() < size;
  };
  if (indices.isSplat())
    return lies(indices.getSplatValue<APInt>());
  return indices.getNumElements() <= kMaxFoldedElements &&
         llvm::all_of(indices.getValues<APInt>(), lies);
}

static bool holds(CheckIndexOp op) {
  if (tensorType(op.getIndices()).hasStaticShape() &&
      tensorType(op.getIndices()).getNumElements() == 0)
    return true;
  int64_t size = tensorType(op.getX()).getDimSize(op.getAxis());
  if (ShapedType::isDynamic(size))
    return false;
  if (DenseElementsAttr indices = constantElements(op.getIndices()))
    return isInRange(indices, size);
  std::optional<SmallVector<int64_t>> indices = knownValue(op.getIndices());
  return indices && llvm::all_of(*indices, [&](int64_t index) {
           return index >= 0 && index < size;
         });
}

static bool holds(CheckNonzeroOp op) {
  if (DenseElementsAttr x = constantElements(op.getX())) {
    if (std::optional<APInt> number = splatInt(x))
      return !number->isZero();
    return x.getNumElements() <= kMaxFoldedElements &&
           llvm::all_of(x.getValues<APInt>(),
                        [](const APInt &number) { return !number.isZero(); });
  }
  std::optional<SmallVector<int64_t>> x = knownValue(op.getX());
  return x && !llvm::is_contained(*x, 0);
}

/// Element `i` of the known elements of a bound, which may be one for all.
static int64_t getBound(ArrayRef<int64_t> bounds, size_t i) {
  return bounds.size() == 1 ? bounds.front() : bounds[i];
}

static bool holds(CheckBoundsOp op) {
  RankedTensorType type = op.getX().getType();
  if (type.hasStaticShape() && type.getNumElements() == 0)
    return true;
  std::optional<SmallVector<int64_t>> known = knownValue(op.getX());
  std::optional<SmallVector<int64_t>> lower = knownValue(op.getLower());
  std::optional<SmallVector<int64_t>> upper = knownValue(op.getUpper());
  if (!known || !lower || !upper)
    return false;
  for (auto [i, value] : llvm::enumerate(*known))
    if (value < getBound(*lower, i) || value > getBound(*upper, i))
      return false;
  return true;
}

/// Removes from `sizes` the one that is the same as `size`.
static bool takeSame(SmallVectorImpl<Size> &sizes, Size size) {
  auto *same =
      llvm::find_if(sizes, [&](Size other) { return sameSize(size, other); });
  if (same == sizes.end())
    return false;
  sizes.erase(same);
  return true;
}

/// A number of elements: a constant times sizes of open dims.
namespace {
struct Count {
  int64_t constant = 1;
  SmallVector<Size> open;
  bool multiply(Size size) {
    if (!size.isConstant()) {
      open.push_back(size);
      return true;
    }
    return !llvm::MulOverflow(constant, size.number, constant);
  }
};
} // namespace

static bool holds(CheckReshapeOp op) {
  std::optional<SmallVector<Size>> sizes = shapeElements(op.getShape());
  if (!sizes)
    return false;
  Count asked, given;
  unsigned holes = 0;
  for (Size size : *sizes) {
    // An element of a tensor might be anything; the size of a dim is a size.
    if (size.kind == Size::Kind::Element ||
        (size.isConstant() && size.number < -1))
      return false;
    if (size.isConstant(-1))
      ++holes;
    else if (!asked.multiply(size))
      return false;
  }
  for (auto [dim, size] : llvm::enumerate(tensorType(op.getX()).getShape())) {
    Size one = ShapedType::isDynamic(size)
                   ? Size{Size::Kind::Dim, static_cast<int64_t>(dim), op.getX()}
                   : Size::constant(size);
    if (!given.multiply(one))
      return false;
  }
  // With a -1, the other sizes divide what is given, whatever the open ones
  // are; these may be 0 if nothing else is asked for.
  if (holes)
    return holes == 1 && asked.open.empty() && asked.constant > 0 &&
           given.constant % asked.constant == 0;
  if (given.constant != asked.constant ||
      given.open.size() != asked.open.size())
    return false;
  return llvm::all_of(given.open,
                      [&](Size size) { return takeSame(asked.open, size); });
}

static bool holds(CheckSqueezeOp op) {
  return llvm::all_of(op.getAxes(), [&](int64_t axis) {
    return tensorType(op.getX()).getDimSize(axis) == 1;
  });
}

static bool holds(CheckSplitOp op) {
  // C4 has seen that a static size is divisible.
  return op.getNum() == 1 || !tensorType(op.getX()).isDynamicDim(op.getAxis());
}

static bool holds(CheckTrueOp op) {
  DenseElementsAttr conditions = constantElements(op.getConditions());
  if (!conditions)
    return false;
  if (conditions.isSplat())
    return conditions.getSplatValue<bool>();
  return conditions.getNumElements() <= kMaxFoldedElements &&
         llvm::all_of(conditions.getValues<bool>(),
                      [](bool condition) { return condition; });
}

//===----------------------------------------------------------------------===//
// Pattern
//===----------------------------------------------------------------------===//

namespace {
template <typename CheckOp>
struct EraseCheckThatHolds : OpRewritePattern<CheckOp> {
  using OpRewritePattern<CheckOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(CheckOp op,
                                PatternRewriter &rewriter) const override {
    if (!holds(op))
      return rewriter.notifyMatchFailure(op, "not known to hold");
    eraseEffect(rewriter, op, op->getOperand(0));
    return success();
  }
};
} // namespace

// NOLINTBEGIN(bugprone-macro-parentheses): a class has none.
#define CHECK(OP)                                                              \
  void OP::getCanonicalizationPatterns(RewritePatternSet &patterns,            \
                                       MLIRContext *context) {                 \
    patterns.add<EraseCheckThatHolds<OP>>(context);                            \
  }

CHECK(CheckBoundsOp)
CHECK(CheckBroadcastOp)
CHECK(CheckDimsOp)
CHECK(CheckIndexOp)
CHECK(CheckNonzeroOp)
CHECK(CheckNumericsOp)
CHECK(CheckReshapeOp)
CHECK(CheckSplitOp)
CHECK(CheckSqueezeOp)
CHECK(CheckTrueOp)
#undef CHECK
// NOLINTEND(bugprone-macro-parentheses)
