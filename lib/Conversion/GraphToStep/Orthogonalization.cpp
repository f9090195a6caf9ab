//===- Orthogonalization.cpp - orthogonal factors of matrices -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "MatrixKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/APFloat.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// qr
//===----------------------------------------------------------------------===//

namespace {
/// Writes the factorization of one matrix by Householder reflections
/// I - scale * v v^T. The vectors v start with a 1 that is not stored; the rest
/// lies below the diagonal of `work`, above which R arises.
class QrWriter {
public:
  QrWriter(NodeBuilder &b, ArrayRef<MatrixRef> matrices)
      : b(b), x(matrices[0]), q(matrices[1]), r(matrices[2]), work(matrices[3]),
        scales(matrices[4]), sums(matrices[5]), start(createIndex(b, 0)),
        one(createIndex(b, 1)), type(x.getElementType()),
        numRows(work.getNumRows()),
        numReflections(minIndex(b, numRows, work.getNumColumns())) {}

  void write();

private:
  void makeReflection(Value k);
  void reflect(const MatrixRef &matrix, Value k, Value from);
  Value next(Value i) { return addIndex(b, i, one); }

  NodeBuilder &b;
  const MatrixRef &x, &q, &r, &work, &scales, &sums;
  Value start, one;
  Type type;
  Value numRows, numReflections;
};
} // namespace

/// Makes the reflection that leaves of column `k`, from its diagonal on, only
/// the diagonal.
void QrWriter::makeReflection(Value k) {
  Value zero = createNumber(b, type, 0);
  Value below = createCarryingLoop(
      b, next(k), numRows, zero,
      [&](Value i, ValueRange sum) -> SmallVector<Value> {
        Value element = work.load({i, k});
        return {addFloat(b, sum[0], mulFloat(b, element, element))};
      })[0];
  Value head = work.load({k, k});
  Value length =
      math::SqrtOp::create(b, addFloat(b, mulFloat(b, head, head), below));
  // The sign that does not cancel.
  Value isNegative = compareFloat(b, arith::CmpFPredicate::OLT, head, zero);
  Value image =
      createSelect(b, isNegative, length, arith::NegFOp::create(b, length));
  // Where nothing is left to eliminate the reflection is the identity.
  double smallest =
      APFloat::getSmallestNormalized(cast<FloatType>(type).getFloatSemantics())
          .convertToDouble();
  Value isIdentity = compareFloat(b, arith::CmpFPredicate::OLE, below,
                                  createNumber(b, type, smallest));
  Value scale = divFloat(b, subFloat(b, image, head), image);
  scales.store(createSelect(b, isIdentity, zero, scale), k);
  work.store(createSelect(b, isIdentity, head, image), {k, k});
  Value divisor = subFloat(b, head, image);
  createLoop(b, next(k), numRows, [&](Value i) {
    Value element = divFloat(b, work.load({i, k}), divisor);
    work.store(createSelect(b, isIdentity, zero, element), {i, k});
  });
}

/// Applies reflection `k` to the columns of `matrix` from `from` on.
void QrWriter::reflect(const MatrixRef &matrix, Value k, Value from) {
  Value to = matrix.getNumColumns();
  createLoop(b, from, to, [&](Value j) { sums.store(matrix.load({k, j}), j); });
  createLoop(b, next(k), numRows, [&](Value i) {
    Value element = work.load({i, k});
    createLoop(b, from, to, [&](Value j) {
      Value product = mulFloat(b, element, matrix.load({i, j}));
      sums.store(addFloat(b, sums.load(j), product), j);
    });
  });
  Value scale = scales.load(k);
  auto subtract = [&](Value i, Value factor) {
    createLoop(b, from, to, [&](Value j) {
      Value product = mulFloat(b, factor, sums.load(j));
      matrix.store(subFloat(b, matrix.load({i, j}), product), {i, j});
    });
  };
  subtract(k, scale);
  createLoop(b, next(k), numRows, [&](Value i) {
    subtract(i, mulFloat(b, scale, work.load({i, k})));
  });
}

void QrWriter::write() {
  Value zero = createNumber(b, type, 0), unit = createNumber(b, type, 1);
  work.fill([&](Value i, Value j) { return x.load({i, j}); });
  createLoop(b, start, numReflections, [&](Value k) {
    makeReflection(k);
    reflect(work, k, next(k));
  });
  r.fill([&](Value i, Value j) {
    Value isUpper = compareIntegers(b, arith::CmpIPredicate::sge, j, i);
    return createSelect(b, isUpper, work.load({i, j}), zero);
  });
  // Q is the product of the reflections. From the last one on, the columns
  // before the k-th have nothing yet in the rows that the k-th changes.
  q.fill([&](Value i, Value j) {
    Value isDiagonal = compareIntegers(b, arith::CmpIPredicate::eq, i, j);
    return createSelect(b, isDiagonal, unit, zero);
  });
  createLoop(b, start, numReflections, [&](Value i) {
    Value k = subIndex(b, subIndex(b, numReflections, one), i);
    reflect(q, k, k);
  });
}

namespace {
struct QrLowering : GraphPattern<graph::QrOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::QrOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    MatrixBatch batch(b, adaptor.getX());
    Value x = batch.flatten(adaptor.getX());
    Value rows = getDim(b, x, 1), columns = getDim(b, x, 2);
    Value shorter = minIndex(b, rows, columns);
    Value inner = op.getFullMatrices() ? rows : shorter;
    Type type = getTensorType(x).getElementType();
    SmallVector<Value> outputs = {
        batch.createOutput(type, {rows, inner}),
        batch.createOutput(type, {inner, columns}),
        // Scratch: the reflections, and sums over the columns.
        batch.createOutput(type, {rows, columns}),
        batch.createOutput(type, shorter),
        batch.createOutput(type, maxIndex(b, inner, columns))};
    SmallVector<Value> results = createLoopKernel(
        b, "qr", x, outputs, [](NodeBuilder &body, ArrayRef<Value> arguments) {
          createMatrixLoop(body, arguments, [&](ArrayRef<MatrixRef> matrices) {
            QrWriter(body, matrices).write();
          });
        });
    rewriter.replaceOp(
        op, {batch.unflatten(results[0], convert(op.getQ().getType())),
             batch.unflatten(results[1], convert(op.getR().getType()))});
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// orthogonalize
//===----------------------------------------------------------------------===//

namespace {
/// Writes the rotations of the columns of one matrix. Both results are kept
/// transposed until the end, so that a column is a row.
class JacobiWriter {
public:
  JacobiWriter(NodeBuilder &b, ArrayRef<MatrixRef> matrices)
      : b(b), x(matrices[0]), product(matrices[1]), rotation(matrices[2]),
        start(createIndex(b, 0)), one(createIndex(b, 1)),
        type(x.getElementType()), size(product.getNumRows()) {}

  void write();

private:
  /// Convergence is quadratic: about ten sweeps suffice for any matrix.
  static constexpr int64_t maxSweeps = 40;
  static constexpr int64_t numLanes = 8;

  Value getTolerance();
  Value sweep(Value tolerance);
  Value makeOrthogonal(Value p, Value q, Value tolerance);
  void rotate(const MatrixRef &matrix, Value p, Value q, Value cosine,
              Value sine);
  Value dot(Value p, Value q);
  void sort();
  Value number(double value) { return createNumber(b, type, value); }
  Value next(Value i) { return addIndex(b, i, one); }

  NodeBuilder &b;
  const MatrixRef &x, &product, &rotation;
  Value start, one;
  Type type;
  Value size;
};
} // namespace

/// The cosine of the angle that counts as right: rounding errors of a sum of
/// `size` products.
Value JacobiWriter::getTolerance() {
  const llvm::fltSemantics &semantics =
      cast<FloatType>(type).getFloatSemantics();
  double epsilon =
      std::ldexp(1.0, 1 - int(APFloat::semanticsPrecision(semantics)));
  Value count = arith::SIToFPOp::create(
      b, type, arith::IndexCastOp::create(b, b.getI64Type(), size));
  return mulFloat(b, count, number(epsilon));
}

/// The sum of the products of two rows: in a few partial sums, which do not
/// wait for each other and make up a vector.
Value JacobiWriter::dot(Value p, Value q) {
  auto addProduct = [&](Value sum, Value j) {
    Value term = mulFloat(b, product.load({p, j}), product.load({q, j}));
    return addFloat(b, sum, term);
  };
  Value width = createIndex(b, numLanes);
  Value numBlocks = b.createOrFold<arith::DivUIOp>(size, width);
  SmallVector<Value> sums = createCarryingLoop(
      b, start, numBlocks, SmallVector<Value>(numLanes, number(0)),
      [&](Value block, ValueRange partial) {
        Value first = mulIndex(b, block, width);
        SmallVector<Value> next;
        for (auto [lane, sum] : llvm::enumerate(partial))
          next.push_back(
              addProduct(sum, addIndex(b, first, createIndex(b, lane))));
        return next;
      });
  Value total = sums.front();
  for (Value sum : llvm::drop_begin(sums))
    total = addFloat(b, total, sum);
  return createCarryingLoop(b, mulIndex(b, numBlocks, width), size, total,
                            [&](Value j, ValueRange sum) -> SmallVector<Value> {
                              return {addProduct(sum[0], j)};
                            })[0];
}

void JacobiWriter::rotate(const MatrixRef &matrix, Value p, Value q,
                          Value cosine, Value sine) {
  createLoop(b, start, size, [&](Value j) {
    Value first = matrix.load({p, j}), second = matrix.load({q, j});
    matrix.store(
        subFloat(b, mulFloat(b, cosine, first), mulFloat(b, sine, second)),
        {p, j});
    matrix.store(
        addFloat(b, mulFloat(b, sine, first), mulFloat(b, cosine, second)),
        {q, j});
  });
}

/// Rotates two columns so that they are orthogonal, and returns whether they
/// were not.
Value JacobiWriter::makeOrthogonal(Value p, Value q, Value tolerance) {
  Value pp = dot(p, p), qq = dot(q, q), pq = dot(p, q);
  Value bound = mulFloat(
      b, tolerance,
      mulFloat(b, math::SqrtOp::create(b, pp), math::SqrtOp::create(b, qq)));
  Value isAskew = compareFloat(b, arith::CmpFPredicate::OGT,
                               math::AbsFOp::create(b, pq), bound);
  createWhen(b, isAskew, [&] {
    // The smaller of the two angles that do it: its tangent t solves
    // t^2 + 2 zeta t - 1 = 0.
    Value zeta = divFloat(b, subFloat(b, qq, pp), mulFloat(b, number(2), pq));
    Value root = math::SqrtOp::create(
        b, addFloat(b, number(1), mulFloat(b, zeta, zeta)));
    Value tangent = divFloat(b, number(1),
                             addFloat(b, math::AbsFOp::create(b, zeta), root));
    tangent = math::CopySignOp::create(b, tangent, zeta);
    Value cosine =
        divFloat(b, number(1),
                 math::SqrtOp::create(
                     b, addFloat(b, number(1), mulFloat(b, tangent, tangent))));
    Value sine = mulFloat(b, cosine, tangent);
    rotate(product, p, q, cosine, sine);
    rotate(rotation, p, q, cosine, sine);
  });
  return isAskew;
}

/// Goes through all pairs of columns and returns whether any was rotated.
Value JacobiWriter::sweep(Value tolerance) {
  Value no = createInteger(b, b.getI1Type(), 0);
  return createCarryingLoop(
      b, start, size, no, [&](Value p, ValueRange outer) -> SmallVector<Value> {
        return createCarryingLoop(
            b, next(p), size, outer,
            [&](Value q, ValueRange any) -> SmallVector<Value> {
              Value isAskew = makeOrthogonal(p, q, tolerance);
              return {arith::OrIOp::create(b, any[0], isAskew)};
            });
      })[0];
}

/// Puts the columns in descending order of length.
void JacobiWriter::sort() {
  createLoop(b, start, size, [&](Value p) {
    Value longest = createCarryingLoop(
        b, next(p), size, {p, dot(p, p)},
        [&](Value q, ValueRange best) -> SmallVector<Value> {
          Value length = dot(q, q);
          Value isLonger =
              compareFloat(b, arith::CmpFPredicate::OGT, length, best[1]);
          return {createSelect(b, isLonger, q, best[0]),
                  createSelect(b, isLonger, length, best[1])};
        })[0];
    product.swapRows(p, longest);
    rotation.swapRows(p, longest);
  });
}

void JacobiWriter::write() {
  product.fill([&](Value i, Value j) { return x.load({j, i}); });
  rotation.fill([&](Value i, Value j) {
    Value isDiagonal = compareIntegers(b, arith::CmpIPredicate::eq, i, j);
    return createSelect(b, isDiagonal, number(1), number(0));
  });
  Value tolerance = getTolerance();
  Value yes = createInteger(b, b.getI1Type(), 1);
  createCarryingLoop(b, start, createIndex(b, maxSweeps), yes,
                     [&](Value, ValueRange goesOn) -> SmallVector<Value> {
                       auto branch = scf::IfOp::create(
                           b, TypeRange{b.getI1Type()}, goesOn[0],
                           /*addThenBlock=*/true, /*addElseBlock=*/true);
                       OpBuilder::InsertionGuard guard(b);
                       b.setInsertionPointToStart(branch.thenBlock());
                       scf::YieldOp::create(b, sweep(tolerance));
                       b.setInsertionPointToStart(branch.elseBlock());
                       scf::YieldOp::create(b, goesOn[0]);
                       return {branch.getResult(0)};
                     });
  sort();
  product.transpose();
  rotation.transpose();
}

namespace {
struct OrthogonalizeLowering : GraphPattern<graph::OrthogonalizeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::OrthogonalizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    MatrixBatch batch(b, adaptor.getX());
    Value x = batch.flatten(adaptor.getX());
    Value size = getDim(b, x, 1);
    Type type = getTensorType(x).getElementType();
    SmallVector<Value> outputs = {batch.createOutput(type, {size, size}),
                                  batch.createOutput(type, {size, size})};
    SmallVector<Value> results = createLoopKernel(
        b, "orthogonalize", x, outputs,
        [](NodeBuilder &body, ArrayRef<Value> arguments) {
          createMatrixLoop(body, arguments, [&](ArrayRef<MatrixRef> matrices) {
            JacobiWriter(body, matrices).write();
          });
        });
    for (auto [result, wanted] : llvm::zip(results, op.getResultTypes()))
      result = batch.unflatten(result, convert(wanted));
    rewriter.replaceOp(op, results);
    return success();
  }
};
} // namespace

void graph_compile::populateOrthogonalizationPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns.add<QrLowering, OrthogonalizeLowering>(patterns.getContext(),
                                                  context);
}
