//===- LinearAlgebra.cpp - factors and solutions of matrices --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Triangular factors by elimination. Each step subtracts multiples of one row
// from the rows below it.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "MatrixKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <limits>

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// cholesky
//===----------------------------------------------------------------------===//

/// Eliminates with row `k` of the upper triangle of `factor` and returns
/// whether its pivot is positive.
static Value writeCholeskyStep(NodeBuilder &b, const MatrixRef &factor,
                               Value k) {
  Value size = factor.getNumRows();
  Value next = addIndex(b, k, createIndex(b, 1));
  Value pivot = factor.load({k, k});
  Value zero = createNumber(b, pivot.getType(), 0);
  Value root = math::SqrtOp::create(b, pivot);
  factor.store(root, {k, k});
  createLoop(b, next, size, [&](Value j) {
    factor.store(divFloat(b, factor.load({k, j}), root), {k, j});
  });
  createLoop(b, next, size, [&](Value i) {
    factor.subtractRow(i, factor.load({k, i}), k, i, size);
  });
  // False for NaN too.
  return compareFloat(b, arith::CmpFPredicate::OGT, pivot, zero);
}

/// The factor is made in the upper triangle, transposed, where elimination runs
/// along rows, and mirrored at the end.
static void writeCholesky(NodeBuilder &b, const MatrixRef &x,
                          const MatrixRef &factor) {
  Value start = createIndex(b, 0), one = createIndex(b, 1);
  Value size = factor.getNumRows();
  createLoop(b, start, size, [&](Value i) {
    createLoop(b, i, size,
               [&](Value j) { factor.store(x.load({j, i}), {i, j}); });
  });
  Value yes = createInteger(b, b.getI1Type(), 1);
  Value isDefinite = createCarryingLoop(
      b, start, size, yes,
      [&](Value k, ValueRange carried) -> SmallVector<Value> {
        Value isPositive = writeCholeskyStep(b, factor, k);
        return {arith::AndIOp::create(b, carried[0], isPositive)};
      })[0];
  Type type = factor.getElementType();
  Value nan = createNumber(b, type, std::numeric_limits<double>::quiet_NaN());
  createLoop(b, start, size, [&](Value i) {
    createLoop(b, start, addIndex(b, i, one), [&](Value j) {
      factor.store(createSelect(b, isDefinite, factor.load({j, i}), nan),
                   {i, j});
    });
  });
  createLoop(b, start, size, [&](Value i) {
    createLoop(b, addIndex(b, i, one), size, [&](Value j) {
      factor.store(createNumber(b, type, 0), {i, j});
    });
  });
}

namespace {
struct CholeskyLowering : GraphPattern<graph::CholeskyOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CholeskyOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    MatrixBatch batch(b, adaptor.getX());
    Value x = batch.flatten(adaptor.getX());
    Value size = getDim(b, x, 1);
    Type elementType = getTensorType(x).getElementType();
    SmallVector<Value> results = createLoopKernel(
        b, "cholesky", x, batch.createOutput(elementType, {size, size}),
        [](NodeBuilder &body, ArrayRef<Value> arguments) {
          createMatrixLoop(body, arguments, [&](ArrayRef<MatrixRef> matrices) {
            writeCholesky(body, matrices[0], matrices[1]);
          });
        });
    rewriter.replaceOp(
        op, batch.unflatten(results[0], convert(op.getResult().getType())));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// lu
//===----------------------------------------------------------------------===//

namespace {
/// Writes the factorization of one matrix.
class LuWriter {
public:
  LuWriter(NodeBuilder &b, ArrayRef<MatrixRef> matrices)
      : b(b), x(matrices[0]), factors(matrices[1]), permutation(matrices[2]),
        sign(matrices[3]), size(factors.getNumRows()), one(createIndex(b, 1)) {}

  void write();

private:
  Value findPivot(Value k);
  void exchange(Value k, Value row);
  void eliminate(Value k);

  NodeBuilder &b;
  const MatrixRef &x, &factors, &permutation, &sign;
  Value size, one;
};
} // namespace

/// Returns the row, from `k` on, with the greatest element in column `k`.
Value LuWriter::findPivot(Value k) {
  auto getMagnitude = [&](Value i) -> Value {
    return math::AbsFOp::create(b, factors.load({i, k}));
  };
  return createCarryingLoop(
      b, addIndex(b, k, one), size, {k, getMagnitude(k)},
      [&](Value i, ValueRange best) -> SmallVector<Value> {
        Value magnitude = getMagnitude(i);
        Value isGreater =
            compareFloat(b, arith::CmpFPredicate::OGT, magnitude, best[1]);
        return {createSelect(b, isGreater, i, best[0]),
                createSelect(b, isGreater, magnitude, best[1])};
      })[0];
}

void LuWriter::exchange(Value k, Value row) {
  factors.swapRows(k, row);
  Value first = permutation.load(k), second = permutation.load(row);
  permutation.store(second, k);
  permutation.store(first, row);
}

void LuWriter::eliminate(Value k) {
  Value pivot = factors.load({k, k});
  Value zero = createNumber(b, pivot.getType(), 0);
  // All elements of the column are 0 where the pivot is.
  Value isUsable = compareFloat(b, arith::CmpFPredicate::UNE, pivot, zero);
  createWhen(b, isUsable, [&] {
    Value next = addIndex(b, k, one);
    createLoop(b, next, size, [&](Value i) {
      Value factor = divFloat(b, factors.load({i, k}), pivot);
      factors.store(factor, {i, k});
      factors.subtractRow(i, factor, k, next, size);
    });
  });
}

void LuWriter::write() {
  Value start = createIndex(b, 0);
  factors.fill([&](Value i, Value j) { return x.load({i, j}); });
  createLoop(b, start, size, [&](Value i) {
    permutation.store(fromIndex(b, i, permutation.getElementType()), i);
  });
  Value even = createNumber(b, factors.getElementType(), 1);
  Value parity = createCarryingLoop(
      b, start, size, even,
      [&](Value k, ValueRange carried) -> SmallVector<Value> {
        Value row = findPivot(k);
        Value moves = compareIntegers(b, arith::CmpIPredicate::ne, row, k);
        createWhen(b, moves, [&] { exchange(k, row); });
        eliminate(k);
        return {createSelect(b, moves, arith::NegFOp::create(b, carried[0]),
                             carried[0])};
      })[0];
  sign.store(parity, {});
}

namespace {
struct LuLowering : GraphPattern<graph::LuOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::LuOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    MatrixBatch batch(b, adaptor.getX());
    Value x = batch.flatten(adaptor.getX());
    Value size = getDim(b, x, 1);
    Type elementType = getTensorType(x).getElementType();
    SmallVector<Value> outputs = {batch.createOutput(elementType, {size, size}),
                                  batch.createOutput(b.getI32Type(), size),
                                  batch.createOutput(elementType, {})};
    SmallVector<Value> results = createLoopKernel(
        b, "lu", x, outputs, [](NodeBuilder &body, ArrayRef<Value> arguments) {
          createMatrixLoop(body, arguments, [&](ArrayRef<MatrixRef> matrices) {
            LuWriter(body, matrices).write();
          });
        });
    for (auto [result, wanted] : llvm::zip(results, op.getResultTypes()))
      result = batch.unflatten(result, convert(wanted));
    rewriter.replaceOp(op, results);
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// triangular_solve
//===----------------------------------------------------------------------===//

namespace {
/// How the matrices of a triangular system are stored.
struct TriangularForm {
  bool isLower, isTransposed, hasUnitDiagonal;

  /// A name for each form.
  std::string getKernelName() const {
    std::string name = "triangular_solve";
    name += isLower ? "_lower" : "_upper";
    if (isTransposed)
      name += "_transposed";
    if (hasUnitDiagonal)
      name += "_unit";
    return name;
  }
};
} // namespace

/// Substitutes the rows of the solution that are known into the next one: from
/// the first on if the system's matrix is lower triangular, else from the last.
static void writeTriangularSolve(NodeBuilder &b, TriangularForm form,
                                 const MatrixRef &a, const MatrixRef &rhs,
                                 const MatrixRef &solution) {
  Value start = createIndex(b, 0), one = createIndex(b, 1);
  Value size = solution.getNumRows(), width = solution.getNumColumns();
  bool isForward = form.isLower != form.isTransposed;
  createLoop(b, start, size, [&](Value step) {
    Value i = isForward ? step : subIndex(b, subIndex(b, size, one), step);
    createLoop(b, start, width,
               [&](Value j) { solution.store(rhs.load({i, j}), {i, j}); });
    Value from = isForward ? start : addIndex(b, i, one);
    Value to = isForward ? i : size;
    createLoop(b, from, to, [&](Value k) {
      Value factor = form.isTransposed ? a.load({k, i}) : a.load({i, k});
      solution.subtractRow(i, factor, k, start, width);
    });
    if (form.hasUnitDiagonal)
      return;
    Value pivot = a.load({i, i});
    createLoop(b, start, width, [&](Value j) {
      solution.store(divFloat(b, solution.load({i, j}), pivot), {i, j});
    });
  });
}

namespace {
struct TriangularSolveLowering : GraphPattern<graph::TriangularSolveOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::TriangularSolveOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    MatrixBatch batch(b, adaptor.getB());
    Value a = batch.flatten(adaptor.getA());
    Value rhs = batch.flatten(adaptor.getB());
    TriangularForm form = {op.getLower(), op.getTranspose(),
                           op.getUnitDiagonal()};
    Value output = batch.createOutput(getTensorType(rhs).getElementType(),
                                      {getDim(b, rhs, 1), getDim(b, rhs, 2)});
    SmallVector<Value> results = createLoopKernel(
        b, form.getKernelName(), {a, rhs}, output,
        [&](NodeBuilder &body, ArrayRef<Value> arguments) {
          createMatrixLoop(body, arguments, [&](ArrayRef<MatrixRef> matrices) {
            writeTriangularSolve(body, form, matrices[0], matrices[1],
                                 matrices[2]);
          });
        });
    rewriter.replaceOp(
        op, batch.unflatten(results[0], convert(op.getResult().getType())));
    return success();
  }
};
} // namespace

void graph_compile::populateLinearAlgebraPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns.add<CholeskyLowering, LuLowering, TriangularSolveLowering>(
      patterns.getContext(), context);
}
