//===- Contraction.cpp - products of matrices -----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product is a linalg.generic in contraction form: its loops are the batch
// dims, the rows, the columns and last the contracted dim, its maps projected
// permutations. Transposes and broadcast batch dims are in the maps alone.
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"
#include "Broadcast.h"
#include "ElementOps.h"
#include "Reshape.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Contractions
//===----------------------------------------------------------------------===//

static Value emitMultiplyAdd(NodeBuilder &b, Value x, Value y, Value sum) {
  Type type = sum.getType();
  if (!isa<FloatType>(type))
    return arith::AddIOp::create(b, sum, arith::MulIOp::create(b, x, y));
  Value product = arith::MulFOp::create(b, convertFloat(b, x, type),
                                        convertFloat(b, y, type));
  return arith::AddFOp::create(b, sum, product);
}

Value graph_compile::createContraction(
    NodeBuilder &b, const ContractionLoops &loops, RankedTensorType type,
    function_ref<Value(int64_t)> getOpenDim) {
  Type accumulator = getComputeType(type.getElementType());
  RankedTensorType sumType = type.clone(accumulator);
  Value init = createFill(b, createNumber(b, accumulator, 0),
                          createEmpty(b, sumType, getOpenDim));
  auto buildBody = [&](OpBuilder &nested, Location location, ValueRange args) {
    NodeBuilder body(location, nested);
    linalg::YieldOp::create(body,
                            emitMultiplyAdd(body, args[0], args[1], args[2]));
  };
  SmallVector<AffineMap> maps = {loops.lhsMap, loops.rhsMap, loops.resultMap};
  Value sum =
      linalg::GenericOp::create(b, sumType, ValueRange{loops.lhs, loops.rhs},
                                init, maps, loops.iterators, buildBody)
          .getResult(0);
  if (sumType == type)
    return sum;
  Value rounded =
      createEmpty(b, type, [&](int64_t dim) { return getDim(b, sum, dim); });
  return createParallel(
      b, rounded, sum, b.getMultiDimIdentityMap(type.getRank()),
      [&](NodeBuilder &body, ValueRange args) {
        return convertFloat(body, args[0], type.getElementType());
      });
}

//===----------------------------------------------------------------------===//
// graph.matmul
//===----------------------------------------------------------------------===//

namespace {
struct MatmulLowering : GraphPattern<graph::MatmulOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::MatmulOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override;

private:
  /// An operand as the generic takes it.
  struct Factor {
    Value tensor;
    AffineMap map;
  };
  Factor prepare(NodeBuilder &b, graph::MatmulOp op, unsigned number,
                 Value tensor, const BroadcastReader &batch,
                 bool transposes) const;
};
} // namespace

/// Repeats `tensor`, operand `number` of `op`, along the batch dims of which
/// only the run time knows whether they have to be repeated.
static Value materializeBroadcast(NodeBuilder &b, Operation *op,
                                  unsigned number, Value tensor, int64_t rank,
                                  const BroadcastReader &batch,
                                  const BroadcastFacts &facts) {
  RankedTensorType type = getTensorType(tensor);
  SmallVector<Value> isOne(type.getRank());
  bool any = false;
  for (int64_t dim = 0; dim < type.getRank() - 2; ++dim)
    if (facts.mayBroadcast(op, number, dim)) {
      isOne[dim] = compareIntegers(b, arith::CmpIPredicate::eq,
                                   getDim(b, tensor, dim), createIndex(b, 1));
      any = true;
    }
  if (!any)
    return tensor;
  Value init = createEmpty(b, type, [&](int64_t dim) {
    return isOne[dim] ? batch.getResultDim(b, rank - type.getRank() + dim)
                      : getDim(b, tensor, dim);
  });
  return createFromIndices(
      b, init, [&](NodeBuilder &body, ArrayRef<Value> indices) -> Value {
        SmallVector<Value> place(indices);
        for (auto [index, one] : llvm::zip(place, isOne))
          if (one)
            index = createSelect(body, one, createIndex(body, 0), index);
        return tensor::ExtractOp::create(body, tensor, place);
      });
}

/// Brings an operand into the form that the contraction takes. Loops: `rank` -
/// 2 batch dims, rows, columns, contracted dim.
MatmulLowering::Factor MatmulLowering::prepare(NodeBuilder &b,
                                               graph::MatmulOp op,
                                               unsigned number, Value tensor,
                                               const BroadcastReader &batch,
                                               bool transposes) const {
  auto resultType = op.getResult().getType();
  int64_t rank = resultType.getRank();
  tensor =
      materializeBroadcast(b, op, number, tensor, rank, batch, context.facts);

  // Batch dims of size 1 that are repeated vanish, so that the map needs no
  // constants and stays a projected permutation.
  RankedTensorType type = getTensorType(tensor);
  SmallVector<int64_t> repeated;
  SmallVector<AffineExpr> places;
  for (int64_t dim = 0; dim < type.getRank() - 2; ++dim) {
    int64_t loop = rank - type.getRank() + dim;
    if (type.getDimSize(dim) == 1 && resultType.getDimSize(loop) != 1)
      repeated.push_back(dim);
    else
      places.push_back(b.getAffineDimExpr(loop));
  }
  if (!repeated.empty())
    tensor = createSqueeze(b, tensor, repeated);

  AffineExpr outer = b.getAffineDimExpr(number == 0 ? rank - 2 : rank - 1);
  AffineExpr inner = b.getAffineDimExpr(rank);
  // The right factor has its contracted dim first, the left one last.
  bool contractedFirst = (number == 1) != transposes;
  places.push_back(contractedFirst ? inner : outer);
  places.push_back(contractedFirst ? outer : inner);
  return {tensor,
          AffineMap::get(rank + 1, /*symbolCount=*/0, places, b.getContext())};
}

LogicalResult
MatmulLowering::matchAndRewrite(graph::MatmulOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const {
  NodeBuilder b(op.getLoc(), rewriter);
  RankedTensorType type = convert(op.getResult().getType());
  int64_t rank = type.getRank();
  BroadcastReader batch(b, op, {adaptor.getA(), adaptor.getB()}, rank,
                        context.facts);
  Factor left = prepare(b, op, 0, adaptor.getA(), batch, op.getTransposeA());
  Factor right = prepare(b, op, 1, adaptor.getB(), batch, op.getTransposeB());

  auto getOpenDim = [&](int64_t dim) -> Value {
    int64_t leftRank = getTensorType(adaptor.getA()).getRank();
    int64_t rightRank = getTensorType(adaptor.getB()).getRank();
    if (dim == rank - 2)
      return getDim(b, adaptor.getA(), leftRank - (op.getTransposeA() ? 1 : 2));
    if (dim == rank - 1)
      return getDim(b, adaptor.getB(),
                    rightRank - (op.getTransposeB() ? 2 : 1));
    return batch.getResultDim(b, dim);
  };

  SmallVector<AffineExpr> places;
  for (int64_t dim = 0; dim < rank; ++dim)
    places.push_back(b.getAffineDimExpr(dim));
  ContractionLoops loops{
      left.tensor,
      right.tensor,
      left.map,
      right.map,
      AffineMap::get(rank + 1, /*symbolCount=*/0, places, b.getContext()),
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel)};
  loops.iterators.push_back(utils::IteratorType::reduction);
  rewriter.replaceOp(op, createContraction(b, loops, type, getOpenDim));
  return success();
}

void graph_compile::populateContractionPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns.add<MatmulLowering>(patterns.getContext(), context);
}
