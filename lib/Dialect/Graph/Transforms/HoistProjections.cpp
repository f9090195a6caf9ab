//===- HoistProjections.cpp - one product before a recurrent loop ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A recurrent layer multiplies, step by step, a row of its input with weights:
// few rows at a time, so that each step reads all weights for little work. As
// the loop comes to every row anyway, one product of all of them before it
// gives the same numbers much faster, and the step picks its rows of that.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"

namespace graph_compile {
#define GEN_PASS_DEF_HOISTPROJECTIONS
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Counters
//===----------------------------------------------------------------------===//

namespace {
/// A carried value that counts 0, 1, .. as long as it is less than `bound`.
struct Counter {
  /// The body's argument.
  Value value;
  Size bound;
};
} // namespace

/// Whether carried value `i` starts at 0 and grows by 1.
static bool countsUp(WhileOp loop, unsigned i) {
  if (knownScalar(loop.getInits()[i]) != 0)
    return false;
  auto next = loop.getYield().getValues()[i].getDefiningOp<AddOp>();
  if (!next)
    return false;
  Value argument = loop.getBodyBlock().getArgument(i);
  return (next.getLhs() == argument && knownScalar(next.getRhs()) == 1) ||
         (next.getRhs() == argument && knownScalar(next.getLhs()) == 1);
}

/// Appends the counter that `condition`, which must hold for the loop to go on,
/// bounds, if it is such a comparison.
static void addCounter(WhileOp loop, CompareOp condition,
                       SmallVectorImpl<Counter> &counters) {
  Value lesser = condition.getLhs(), greater = condition.getRhs();
  if (condition.getDirection() == CompareDirection::GT)
    std::swap(lesser, greater);
  else if (condition.getDirection() != CompareDirection::LT)
    return;
  auto argument = dyn_cast<BlockArgument>(lesser);
  if (!argument || argument.getOwner() != &loop.getConditionBlock() ||
      !countsUp(loop, argument.getArgNumber()))
    return;
  std::optional<SmallVector<Size>> bound = shapeElements(greater);
  if (bound && bound->size() == 1)
    counters.push_back(
        {loop.getBodyBlock().getArgument(argument.getArgNumber()),
         bound->front()});
}

/// Returns what counts the iterations of `loop`. A loop may end earlier.
static SmallVector<Counter> getCounters(WhileOp loop) {
  // What must hold together: more than a few conditions are no plain loop.
  constexpr unsigned maxConditions = 16;
  SmallVector<Counter> counters;
  SmallVector<Value> conditions = {loop.getConditionOp().getCondition()};
  for (unsigned i = 0; i < conditions.size() && i < maxConditions; ++i) {
    if (auto both = conditions[i].getDefiningOp<AndOp>())
      llvm::append_range(conditions, both->getOperands());
    else if (auto compare = conditions[i].getDefiningOp<CompareOp>())
      addCounter(loop, compare, counters);
  }
  return counters;
}

//===----------------------------------------------------------------------===//
// Rows and products
//===----------------------------------------------------------------------===//

namespace {
/// Takes products with rows of an outer tensor out of one loop.
class ProjectionHoister {
public:
  ProjectionHoister(WhileOp loop, IRRewriter &rewriter)
      : loop(loop), rewriter(rewriter), counters(getCounters(loop)) {}

  void run();

private:
  bool isOutside(Value value) const {
    return !loop->isAncestor(value.getParentRegion()->getParentOp());
  }
  GatherOp getRows(Value value) const;
  bool isProjection(MatmulOp product) const;
  void split(MatmulOp product, SmallVectorImpl<MatmulOp> &products);
  Value sliceWeights(Value weights, int64_t first, int64_t count);
  void hoist(MatmulOp product, GatherOp rows);

  WhileOp loop;
  IRRewriter &rewriter;
  SmallVector<Counter> counters;
};
} // namespace

/// Looks through checks, which pass their first operand on.
static Value skipChecks(Value value) {
  while (auto check = value.getDefiningOp<CheckIndexOp>())
    value = check.getIndices();
  return value;
}

/// Returns the op that picks `value`, [rows, features], from an outer tensor of
/// which the loop comes to every part; null if there is none.
GatherOp ProjectionHoister::getRows(Value value) const {
  auto gather = value.getDefiningOp<GatherOp>();
  if (!gather || gather.getAxis() != 0 || gather.getBatchDims() != 0 ||
      !isOutside(gather.getX()))
    return nullptr;
  RankedTensorType type = getTensorType(gather.getX());
  // An empty row says nothing about how many there are.
  if (type.getRank() != 3 || type.isDynamicDim(2) || type.getDimSize(2) == 0)
    return nullptr;
  Size count = type.isDynamicDim(0) ? Size{Size::Kind::Dim, 0, gather.getX()}
                                    : Size::constant(type.getDimSize(0));
  Value index = skipChecks(gather.getIndices());
  bool isCounted = llvm::any_of(counters, [&](const Counter &counter) {
    return counter.value == index && sameSize(counter.bound, count);
  });
  return isCounted ? gather : nullptr;
}

/// Whether `product` multiplies [rows, features] with outer weights.
bool ProjectionHoister::isProjection(MatmulOp product) const {
  RankedTensorType weights = getTensorType(product.getB());
  return !product.getTransposeA() && isOutside(product.getB()) &&
         weights.getRank() == 2 && weights.hasStaticShape() &&
         getTensorType(product.getA()).getRank() == 2;
}

/// Returns `count` rows of `weights` from `first` on, before the loop.
Value ProjectionHoister::sliceWeights(Value weights, int64_t first,
                                      int64_t count) {
  ImplicitLocOpBuilder b(weights.getLoc(), rewriter);
  b.setInsertionPoint(loop);
  int64_t columns = getTensorType(weights).getDimSize(1);
  auto vector = [&](ArrayRef<int64_t> elements) -> Value {
    return ConstantOp::create(b, b.getI64TensorAttr(elements));
  };
  return SliceOp::create(b, weights, vector({first, 0}),
                         vector({count, columns}));
}

/// Replaces a product with rows that are joined out of several, one of which is
/// picked from outside, by a sum of products with each, appended to `products`.
void ProjectionHoister::split(MatmulOp product,
                              SmallVectorImpl<MatmulOp> &products) {
  auto concat = product.getA().getDefiningOp<ConcatOp>();
  auto hasStaticWidth = [](Value part) {
    return !getTensorType(part).isDynamicDim(1);
  };
  if (!concat || concat.getAxis() != 1 || product.getTransposeB() ||
      concat.getInputs().size() < 2 ||
      !llvm::all_of(concat.getInputs(), hasStaticWidth) ||
      llvm::none_of(concat.getInputs(),
                    [&](Value part) { return getRows(part); }))
    return;
  Value sum;
  int64_t first = 0;
  for (Value part : concat.getInputs()) {
    int64_t width = getTensorType(part).getDimSize(1);
    Value weights = sliceWeights(product.getB(), first, width);
    first += width;
    rewriter.setInsertionPoint(product);
    auto term = MatmulOp::create(rewriter, product.getLoc(), part, weights);
    products.push_back(term);
    sum = sum ? AddOp::create(rewriter, product.getLoc(), sum, term).getResult()
              : term.getResult();
  }
  rewriter.replaceOp(product, sum);
}

/// Computes `product` for all rows before the loop and picks from that.
void ProjectionHoister::hoist(MatmulOp product, GatherOp rows) {
  ImplicitLocOpBuilder b(product.getLoc(), rewriter);
  b.setInsertionPoint(loop);
  Value x = rows.getX();
  auto vector = [&](ArrayRef<int64_t> elements) -> Value {
    return ConstantOp::create(b, b.getI64TensorAttr(elements));
  };
  // One product of two dims: [steps * rows, features] with the weights.
  Value flat =
      ReshapeOp::create(b, x, vector({-1, getTensorType(x).getDimSize(2)}));
  Value all = MatmulOp::create(b, flat, product.getB(), /*transpose_a=*/false,
                               product.getTransposeB());
  Value outer =
      SliceOp::create(b, ShapeOp::create(b, x, b.getI64Type()).getResult(),
                      vector({0}), vector({2}));
  Value shape = ConcatOp::create(
      b, ValueRange{outer, vector({getTensorType(all).getDimSize(1)})},
      /*axis=*/0);
  Value projected = ReshapeOp::create(b, all, shape);

  b.setInsertionPoint(product);
  auto picked = GatherOp::create(b, product.getType(), projected,
                                 rows.getIndices(), /*axis=*/0);
  rewriter.replaceOp(product, picked);
}

void ProjectionHoister::run() {
  if (counters.empty())
    return;
  SmallVector<MatmulOp> products(loop.getBodyBlock().getOps<MatmulOp>());
  // The list grows by the terms of sums.
  for (unsigned i = 0; i < products.size(); ++i) {
    MatmulOp product = products[i];
    if (!isProjection(product))
      continue;
    if (GatherOp rows = getRows(product.getA()))
      hoist(product, rows);
    else
      split(product, products);
  }
}

namespace {
struct HoistProjections
    : graph_compile::impl::HoistProjectionsBase<HoistProjections> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation().walk(
        [&](WhileOp loop) { ProjectionHoister(loop, rewriter).run(); });
  }
};
} // namespace
