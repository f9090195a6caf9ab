//===- SizeTracer.cpp - which dims have the same size ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two open dims are equal where both lead back to the same dim of a value, or
// to the same number: sameDim and what it stands on.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

namespace {
/// Follows the sizes of dims back through the ops that make them. One tracer
/// answers one question; it takes a bounded number of steps.
class SizeTracer {
public:
  bool same(Size a, Size b);
  Size previous(Value value, int64_t dim);

private:
  static constexpr unsigned maxChain = 48;
  static constexpr unsigned maxDepth = 4;

  Size step(Size size);
  std::optional<Size> throughBroadcast(ValueRange operands, int64_t fromEnd,
                                       unsigned trailing);
  std::optional<Size> throughReshape(ReshapeOp op, int64_t dim);
  std::optional<Size> throughOp(Operation *op, OpResult result, int64_t dim);
  std::optional<Size> throughMatmul(MatmulOp op, int64_t dim);
  std::optional<Size> throughBranches(OpResult result, int64_t dim);
  std::optional<Size> throughLoop(WhileOp loop, unsigned i, int64_t dim);
  std::optional<Size> stepOutOf(Operation *op, Size size);

  /// A dim of a carried value of a loop.
  struct CarriedDim {
    Operation *loop;
    unsigned i;
    int64_t dim;
    bool operator==(const CarriedDim &other) const {
      return loop == other.loop && i == other.i && dim == other.dim;
    }
  };

  unsigned budget = 512;
  unsigned depth = 0;
  /// What is taken to keep its size from one iteration to the next, while that
  /// is being shown: the induction's hypotheses.
  SmallVector<CarriedDim> assumed;
};
} // namespace

/// Whether `value` has the dim: ops that are not verified yet may ask for
/// others.
static bool hasDim(Value value, int64_t dim) {
  return dim >= 0 && dim < tensorType(value).getRank();
}

static Size dimOf(Value value, int64_t dim) {
  if (hasDim(value, dim) && !tensorType(value).isDynamicDim(dim))
    return Size::constant(tensorType(value).getDimSize(dim));
  return {Size::Kind::Dim, dim, value};
}

/// Element `i` of what is known of a shape operand; nothing if there is none.
static std::optional<Size> elementOf(Value shape, int64_t i) {
  std::optional<SmallVector<Size>> elements = shapeElements(shape);
  if (!elements || i >= static_cast<int64_t>(elements->size()))
    return std::nullopt;
  return (*elements)[i];
}

/// The dim at `fromEnd` from the end (0 is the last, `trailing` are no batch
/// dims and do not count) of what `operands` broadcast to.
std::optional<Size> SizeTracer::throughBroadcast(ValueRange operands,
                                                 int64_t fromEnd,
                                                 unsigned trailing) {
  std::optional<Size> open;
  for (Value operand : operands) {
    int64_t dim = tensorType(operand).getRank() - trailing - 1 - fromEnd;
    if (dim < 0)
      continue;
    Size size = dimOf(operand, dim);
    if (size.isConstant(1))
      continue;
    if (size.isConstant())
      return size;
    if (open && !same(*open, size))
      return std::nullopt;
    open = size;
  }
  return open.value_or(Size::constant(1));
}

std::optional<Size> SizeTracer::throughMatmul(MatmulOp op, int64_t dim) {
  int64_t rank = tensorType(op.getResult()).getRank();
  int64_t aRank = tensorType(op.getA()).getRank();
  int64_t bRank = tensorType(op.getB()).getRank();
  if (dim == rank - 2)
    return dimOf(op.getA(), aRank - (op.getTransposeA() ? 1 : 2));
  if (dim == rank - 1)
    return dimOf(op.getB(), bRank - (op.getTransposeB() ? 2 : 1));
  return throughBroadcast(op.getOperands(), rank - 3 - dim, /*trailing=*/2);
}

std::optional<Size> SizeTracer::throughReshape(ReshapeOp op, int64_t dim) {
  std::optional<SmallVector<Size>> sizes = shapeElements(op.getShape());
  if (!sizes || dim >= static_cast<int64_t>(sizes->size()))
    return std::nullopt;
  Size asked = (*sizes)[dim];
  if (asked.isConstant() ? asked.number >= 0 : asked.kind == Size::Kind::Dim)
    return asked;
  if (!asked.isConstant(-1))
    return std::nullopt;
  // What is left for the -1: a dim of x, if all others are asked for elsewhere.
  int64_t countLeft = 1;
  SmallVector<Size> dimsLeft;
  for (int64_t i = 0, e = tensorType(op.getX()).getRank(); i < e; ++i) {
    Size size = dimOf(op.getX(), i);
    if (!size.isConstant())
      dimsLeft.push_back(size);
    else if (llvm::MulOverflow(countLeft, size.number, countLeft))
      return std::nullopt;
  }
  int64_t countAsked = 1;
  for (auto [i, size] : llvm::enumerate(*sizes)) {
    if (static_cast<int64_t>(i) == dim)
      continue;
    if (size.isConstant()) {
      if (llvm::MulOverflow(countAsked, size.number, countAsked))
        return std::nullopt;
      continue;
    }
    auto *asked = &size;
    auto *match = llvm::find_if(
        dimsLeft, [&](const Size &left) { return same(left, *asked); });
    if (match == dimsLeft.end())
      return std::nullopt;
    dimsLeft.erase(match);
  }
  if (dimsLeft.size() != 1 || countLeft != countAsked || countLeft == 0)
    return std::nullopt;
  return dimsLeft.front();
}

/// The dim of `x` that stays as dim `dim` of a strided slice, if it stays
/// whole.
static std::optional<Size> throughStridedSlice(StridedSliceOp op, int64_t dim) {
  SmallVector<SliceEntry> places = sliceEntries(op);
  llvm::erase_if(places, [](const SliceEntry &place) {
    return place.kind == SliceEntry::Kind::Index;
  });
  if (dim >= static_cast<int64_t>(places.size()))
    return std::nullopt;
  const SliceEntry &place = places[dim];
  if (place.kind == SliceEntry::Kind::NewAxis)
    return Size::constant(1);
  if (place.kind == SliceEntry::Kind::Whole)
    return dimOf(op.getX(), place.dim);
  std::optional<Size> begin = elementOf(op.getBegin(), place.entry);
  std::optional<Size> stride = elementOf(op.getStrides(), place.entry);
  if (!begin || !stride)
    return std::nullopt;
  bool forward =
      stride->isConstant(1) && (place.openBegin || begin->isConstant(0));
  bool backward = stride->isConstant(-1) && place.openBegin;
  if (!place.openEnd || (!forward && !backward))
    return std::nullopt;
  return dimOf(op.getX(), place.dim);
}

static std::optional<Size> throughSlice(SliceOp op, int64_t dim) {
  std::optional<Size> size = elementOf(op.getSize(), dim);
  std::optional<Size> begin = elementOf(op.getBegin(), dim);
  if (!size || !begin)
    return std::nullopt;
  if (size->isConstant(-1) && begin->isConstant(0))
    return dimOf(op.getX(), dim);
  bool isSize =
      size->isConstant() ? size->number >= 0 : size->kind == Size::Kind::Dim;
  return isSize ? size : std::nullopt;
}

static std::optional<Size> throughGather(GatherOp op, int64_t dim) {
  int64_t axis = op.getAxis(), batchDims = op.getBatchDims();
  int64_t lookedUp = tensorType(op.getIndices()).getRank() - batchDims;
  if (dim < axis)
    return dimOf(op.getX(), dim);
  if (dim < axis + lookedUp)
    return dimOf(op.getIndices(), batchDims + dim - axis);
  return dimOf(op.getX(), dim - lookedUp + 1);
}

/// The dim of the operand of a reduction along `axes` that is dim `dim` of the
/// result.
static int64_t unreducedDim(ArrayRef<int64_t> axes, int64_t dim) {
  // Ascending axes, so each one passed moves the dim by one.
  for (int64_t axis : axes)
    if (axis <= dim)
      ++dim;
  return dim;
}

/// The size of a dim of a concat: that of any input, but along the axis.
static std::optional<Size> throughConcat(ConcatOp op, int64_t dim) {
  if (op.getInputs().size() == 1 || dim != static_cast<int64_t>(op.getAxis()))
    return dimOf(op.getInputs().front(), dim);
  return std::nullopt;
}

/// The size of a dim of pad and tile: that of `x` where they change nothing.
static std::optional<Size> throughGrowth(Value x, Value growth, int64_t dim,
                                         unsigned perDim, int64_t neutral) {
  for (unsigned i = 0; i < perDim; ++i) {
    std::optional<Size> element = elementOf(growth, dim * perDim + i);
    if (!element || !element->isConstant(neutral))
      return std::nullopt;
  }
  return dimOf(x, dim);
}

/// The batch of a convolution is that of its input; windows that lie at every
/// place keep its spatial sizes.
static std::optional<Size> throughConv(ConvOp op, int64_t dim) {
  SmallVector<ConvolutionDim> dims = op.getSpatialDims();
  int64_t spatial = dims.size();
  if (dim == spatial + 1)
    return dimOf(op.getFilter(), dim);
  bool staysWhole = dim == 0 || (dim <= spatial && dims[dim - 1].isSame &&
                                 dims[dim - 1].stride == 1);
  return staysWhole ? std::optional(dimOf(op.getInput(), dim)) : std::nullopt;
}

/// The size of a spatial dim that a gradient of a convolution is given.
static std::optional<Size> givenSize(Value sizes, int64_t i) {
  std::optional<Size> size = elementOf(sizes, i);
  bool isSize = size && (size->isConstant() || size->kind == Size::Kind::Dim);
  return isSize ? size : std::nullopt;
}

/// The size of a dim of a pool: that of `x` where windows of one element lie
/// side by side, or any at every place.
template <typename OpTy>
static std::optional<Size> throughPool(OpTy op, int64_t dim) {
  if (dim >= static_cast<int64_t>(op.getWindow().size()))
    return std::nullopt;
  ConvolutionDim place = op.getDims()[dim];
  bool keepsSize =
      place.stride == 1 &&
      (place.isSame || op.getWindow()[dim] == 1 + place.before + place.after);
  return keepsSize ? std::optional<Size>(dimOf(op.getX(), dim)) : std::nullopt;
}

/// Follows `size` to a number from outside of `op`, an op with regions; nothing
/// if it ends inside.
std::optional<Size> SizeTracer::stepOutOf(Operation *op, Size size) {
  while (!size.isConstant() && isInside(size.value, op)) {
    Size next = step(size);
    if (next == size)
      return std::nullopt;
    size = next;
  }
  return size;
}

/// The size of a dim that is the same in all branches of a conditional.
std::optional<Size> SizeTracer::throughBranches(OpResult result, int64_t dim) {
  std::optional<Size> common;
  for (Value value : branchValues(result)) {
    if (!hasDim(value, dim))
      return std::nullopt;
    std::optional<Size> size = stepOutOf(result.getOwner(), dimOf(value, dim));
    if (!size || (common && !same(*common, *size)))
      return std::nullopt;
    common = size;
  }
  return common;
}

/// The first size of a dim of the carried value `i`, if every iteration keeps
/// it. If an iteration that starts with it ends with it, all do.
std::optional<Size> SizeTracer::throughLoop(WhileOp loop, unsigned i,
                                            int64_t dim) {
  std::optional<CarriedValue> carried = carriedValue(loop, i);
  if (!carried || !hasDim(carried->init, dim) || !hasDim(carried->yielded, dim))
    return std::nullopt;
  Size first = dimOf(carried->init, dim);
  CarriedDim hypothesis = {loop, i, dim};
  if (llvm::is_contained(assumed, hypothesis))
    return first;
  if (depth == maxDepth)
    return std::nullopt;
  ++depth;
  assumed.push_back(hypothesis);
  std::optional<Size> next = stepOutOf(loop, dimOf(carried->yielded, dim));
  bool staysSame = next && same(*next, first);
  assumed.pop_back();
  --depth;
  return staysSame ? std::optional<Size>(first) : std::nullopt;
}

std::optional<Size> SizeTracer::throughOp(Operation *op, OpResult result,
                                          int64_t dim) {
  using Result = std::optional<Size>;
  int64_t rank = tensorType(result).getRank();
  if (op->hasTrait<Broadcasting>())
    return throughBroadcast(op->getOperands(), rank - 1 - dim, /*trailing=*/0);
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case<CheckNumericsOp, CheckBoundsOp, CheckBroadcastOp, CheckDimsOp,
            CheckIndexOp, CheckNonzeroOp, CheckReshapeOp, CheckSqueezeOp,
            CheckSplitOp, CheckTrueOp>(
          [&](Operation *check) { return dimOf(check->getOperand(0), dim); })
      .Case<CholeskyOp, LuOp, OrthogonalizeOp>(
          [&](Operation *op) { return dimOf(op->getOperand(0), dim); })
      .Case<TriangularSolveOp>(
          [&](TriangularSolveOp op) { return dimOf(op.getB(), dim); })
      .Case<MatmulOp>([&](MatmulOp op) { return throughMatmul(op, dim); })
      .Case<IfOp, CaseOp>(
          [&](Operation *) { return throughBranches(result, dim); })
      .Case<WhileOp>([&](WhileOp op) {
        return throughLoop(op, result.getResultNumber(), dim);
      })
      .Case<ConvOp>([&](ConvOp op) { return throughConv(op, dim); })
      .Case<ConvInputGradOp>([&](ConvInputGradOp op) -> Result {
        if (dim == 0)
          return dimOf(op.getOutputGrad(), 0);
        return dim < rank - 1 ? givenSize(op.getSizes(), dim - 1) : Result();
      })
      .Case<ConvFilterGradOp>([&](ConvFilterGradOp op) -> Result {
        if (dim == rank - 1)
          return dimOf(op.getOutputGrad(), dim);
        return dim < rank - 2 ? givenSize(op.getSizes(), dim) : Result();
      })
      .Case<ReshapeOp>([&](ReshapeOp op) { return throughReshape(op, dim); })
      .Case<TransposeOp>([&](TransposeOp op) -> Result {
        if (dim >= static_cast<int64_t>(op.getPermutation().size()))
          return std::nullopt;
        return dimOf(op.getX(), op.getPermutation()[dim]);
      })
      .Case<ExpandDimsOp>([&](ExpandDimsOp op) -> Result {
        if (llvm::is_contained(op.getAxes(), dim))
          return Size::constant(1);
        int64_t before =
            llvm::count_if(op.getAxes(), [&](int64_t a) { return a < dim; });
        return dimOf(op.getX(), dim - before);
      })
      .Case<SqueezeOp>([&](SqueezeOp op) {
        return dimOf(op.getX(), unreducedDim(op.getAxes(), dim));
      })
      .Case<ReduceOp>([&](ReduceOp op) -> Result {
        if (!op.getKeepDims())
          return dimOf(op.getX(), unreducedDim(op.getAxes(), dim));
        if (llvm::is_contained(op.getAxes(), dim))
          return Size::constant(1);
        return dimOf(op.getX(), dim);
      })
      .Case<ArgMaxOp, ArgMinOp>([&](auto op) {
        int64_t axis = op.getAxis();
        return dimOf(op.getX(), unreducedDim(axis, dim));
      })
      .Case<BatchNormOp>([&](BatchNormOp op) { return dimOf(op.getX(), dim); })
      .Case<CumulateOp>([&](CumulateOp op) { return dimOf(op.getX(), dim); })
      .Case<BitcastOp>([&](BitcastOp op) -> Result {
        if (!hasDim(op.getX(), dim))
          return std::nullopt;
        return dimOf(op.getX(), dim);
      })
      .Case<SearchSortedOp>(
          [&](SearchSortedOp op) { return dimOf(op.getValues(), dim); })
      .Case<TopKOp>([&](TopKOp op) -> Result {
        if (dim != rank - 1)
          return dimOf(op.getX(), dim);
        return elementOf(op.getK(), 0);
      })
      .Case<BroadcastToOp, RandomBitsOp, RandomNumbersOp>(
          [&](auto op) { return elementOf(op.getShape(), dim); })
      .Case<RandomPermutationOp>(
          [&](RandomPermutationOp op) { return elementOf(op.getSize(), 0); })
      .Case<ConcatOp>([&](ConcatOp op) { return throughConcat(op, dim); })
      .Case<SplitOp>([&](SplitOp op) -> Result {
        if (dim == static_cast<int64_t>(op.getAxis()) && op.getNum() != 1)
          return std::nullopt;
        return dimOf(op.getX(), dim);
      })
      .Case<SliceOp>([&](SliceOp op) { return throughSlice(op, dim); })
      .Case<StridedSliceOp>(
          [&](StridedSliceOp op) { return throughStridedSlice(op, dim); })
      .Case<PadOp>([&](PadOp op) {
        return throughGrowth(op.getX(), op.getPaddings(), dim, 2, 0);
      })
      .Case<TileOp>([&](TileOp op) {
        return throughGrowth(op.getX(), op.getMultiples(), dim, 1, 1);
      })
      .Case<GatherOp>([&](GatherOp op) { return throughGather(op, dim); })
      .Case<ScatterOp>([&](ScatterOp op) { return dimOf(op.getX(), dim); })
      .Case<ListOp>([&](ListOp op) -> Result {
        return dim == 0 ? elementOf(op.getLength(), 0) : Result();
      })
      .Case<ListSetOp>([&](ListSetOp op) { return dimOf(op.getList(), dim); })
      .Case<ListResizeOp>([&](ListResizeOp op) -> Result {
        return dim == 0 ? elementOf(op.getLength(), 0)
                        : dimOf(op.getList(), dim);
      })
      .Case<ListFitOp>([&](ListFitOp op) -> Result {
        return dim == 0 ? dimOf(op.getList(), dim)
                        : elementOf(op.getShape(), dim - 1);
      })
      .Case<UniqueOp>([&](UniqueOp op) -> Result {
        bool isValue = result == op.getValues();
        if (dim > 0 || result == op.getIndices())
          return dimOf(op.getX(), dim);
        return isValue ? Result() : dimOf(op.getValues(), 0);
      })
      .Case<PoolOp, ArgMaxPoolOp>([&](auto op) { return throughPool(op, dim); })
      .Case<MaxPoolGradOp>(
          [&](MaxPoolGradOp op) { return dimOf(op.getX(), dim); })
      .Case<MeanPoolGradOp>(
          [&](MeanPoolGradOp op) { return elementOf(op.getSizes(), dim); })
      .Case<ResampleOp>([&](ResampleOp op) {
        return dim == static_cast<int64_t>(op.getAxis())
                   ? dimOf(op.getPositions(), 0)
                   : dimOf(op.getX(), dim);
      })
      .Case<ResampleGradOp>([&](ResampleGradOp op) -> Result {
        if (dim == static_cast<int64_t>(op.getAxis()))
          return elementOf(op.getSize(), 0);
        return dimOf(op.getOutputGrad(), dim);
      })
      .Default([](Operation *) { return std::nullopt; });
}

Size SizeTracer::previous(Value value, int64_t dim) {
  Size itself = dimOf(value, dim);
  if (itself.isConstant() || !hasDim(value, dim))
    return itself;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop =
        dyn_cast_if_present<WhileOp>(argument.getOwner()->getParentOp());
    if (!loop)
      return itself;
    return throughLoop(loop, argument.getArgNumber(), dim).value_or(itself);
  }
  auto result = cast<OpResult>(value);
  if (!isWellFormed(result.getOwner()))
    return itself;
  return throughOp(result.getOwner(), result, dim).value_or(itself);
}

Size SizeTracer::step(Size size) {
  if (size.kind != Size::Kind::Dim || budget == 0)
    return size;
  --budget;
  return previous(size.value, size.number);
}

/// The size that a check has found equal to `size`, which is beside the one
/// that it passes on.
static std::optional<Size> checkedSize(Size size) {
  if (size.kind != Size::Kind::Dim)
    return std::nullopt;
  auto check = size.value.getDefiningOp<CheckDimsOp>();
  if (!check || size.value != check.getResult())
    return std::nullopt;
  for (auto [i, j] : llvm::zip(check.getLhsDims(), check.getRhsDims()))
    if (i == size.number)
      return dimOf(check.getY(), j);
  return std::nullopt;
}

bool SizeTracer::same(Size a, Size b) {
  if (a == b)
    return true;
  if (depth == maxDepth)
    return false;
  ++depth;
  // Both chains grow in turn, so that the shorter way to a common size wins.
  SmallVector<Size> fromA = {a}, fromB = {b};
  bool found = false, grows = true;
  while (!found && grows && fromA.size() < maxChain) {
    grows = false;
    for (auto [chain, other] : {std::pair(&fromA, &fromB), {&fromB, &fromA}}) {
      Size last = chain->back();
      Size next = step(last);
      if (next == last)
        continue;
      grows = true;
      // What a check has found equal lies beside the way back.
      if (std::optional<Size> equal = checkedSize(last)) {
        chain->push_back(*equal);
        found |= llvm::is_contained(*other, *equal);
      }
      chain->push_back(next);
      found |= llvm::is_contained(*other, next);
    }
  }
  --depth;
  return found;
}

Size graph::previousSize(Value value, int64_t dim) {
  return SizeTracer().previous(value, dim);
}

bool graph::sameSize(Size a, Size b) { return SizeTracer().same(a, b); }

bool graph::sameDim(Value a, int64_t i, Value b, int64_t j) {
  return sameSize(dimOf(a, i), dimOf(b, j));
}

bool graph::sameShape(Value a, Value b) {
  int64_t rank = tensorType(a).getRank();
  if (tensorType(b).getRank() != rank)
    return false;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!sameDim(a, dim, b, dim))
      return false;
  return true;
}
