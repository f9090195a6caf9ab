//===- OpsOrthogonal.cpp - TensorFlow's orthogonal factors ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Singular values and vectors, eigenvalues and eigenvectors, and least squares
// come from rotations that make columns orthogonal, computed in double.
//
//===----------------------------------------------------------------------===//

#include "Diagonals.h"
#include "Matrices.h"
#include "OpFamilies.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;
using graph::CompareDirection;
using graph::ReduceKind;

//===----------------------------------------------------------------------===//
// Orthogonal factors
//===----------------------------------------------------------------------===//

namespace {
/// Matrices as an orthogonal times a triangular one.
struct QrFactors {
  Value q, r;

  explicit operator bool() const { return q != nullptr; }
};
} // namespace

static QrFactors factorizeQr(NodeBuilder &node, Value x, bool isFull) {
  if (!x)
    return {};
  SmallVector<NamedAttribute> flags;
  if (isFull)
    flags.push_back(Chain(node).flag("full_matrices"));
  auto op = node.build<graph::QrOp>(x, flags);
  if (failed(op))
    return {};
  return {op->getQ(), op->getR()};
}

static LogicalResult buildQr(NodeBuilder &node, Results &results) {
  QrFactors qr =
      factorizeQr(node, getMatrices(node, 0), node.boolAttr("full_matrices"));
  return success(qr && succeeded(giveNarrow(node, results, qr.q)) &&
                 succeeded(giveNarrow(node, results, qr.r)));
}

namespace {
/// Any matrices as `left` C `right`^T, where C is square and the columns of
/// `left` and `right` are orthogonal and of length 1, and the rotation V such
/// that the columns of `product` = C V are orthogonal. All of f64.
struct Diagonalization {
  Value left, right, product, rotation;

  explicit operator bool() const { return product != nullptr; }
};
} // namespace

/// The QR factors of x, and then those of R^T, whichever side is longer: a
/// square core is left, whose columns need few rotations.
static Diagonalization diagonalize(NodeBuilder &node, Value x) {
  Chain chain(node);
  x = chain.cast(x, node.builder().getF64Type());
  QrFactors first = factorizeQr(node, x, /*isFull=*/false);
  if (!first)
    return {};
  QrFactors second = factorizeQr(node, transposeMatrices(chain, first.r),
                                 /*isFull=*/false);
  if (!second)
    return {};
  // R^T has no fewer rows than columns, so R2 is square.
  Value core = transposeMatrices(chain, second.r);
  if (!core)
    return {};
  auto op = node.build<graph::OrthogonalizeOp>(core);
  if (failed(op))
    return {};
  return {first.q, second.q, op->getProduct(), op->getRotation()};
}

/// The squares of the lengths of columns, as rows of one element per column;
/// with `keepDims` as matrices of one row.
static Value sumSquares(Chain &chain, Value columns, bool keepDims = false) {
  if (!columns)
    return {};
  return chain.reduce(ReduceKind::Sum, chain.mul(columns, columns),
                      tensorType(columns).getRank() - 2, keepDims);
}

/// `vectors`, one per column, orthogonal and in descending order of length:
/// made of length 1 and completed to as many as they have rows. For vectors of
/// length 0 others stand in.
static Value completeBasis(NodeBuilder &node, Value vectors) {
  Chain chain(node);
  QrFactors qr = factorizeQr(node, vectors, /*isFull=*/true);
  if (!qr)
    return {};
  // Q has the vectors up to their signs, which R has on its diagonal.
  int64_t rank = tensorType(vectors).getRank();
  Type indexType = node.builder().getI64Type();
  Value diagonal = getDiagonal(node, qr.r);
  if (!diagonal)
    return {};
  Value one = chain.scalar(1, diagonal);
  Value isTurned =
      chain.compare(CompareDirection::LT, diagonal, chain.scalar(0, diagonal));
  Value signs = chain.select(isTurned, chain.scalar(-1, diagonal), one);
  Value numAdded = chain.sub(chain.dim(vectors, rank - 2, indexType),
                             chain.dim(vectors, rank - 1, indexType));
  Value batch = chain.part(chain.shape(vectors, indexType), 0, rank - 2);
  Value others =
      chain.broadcastTo(one, chain.concat({batch, chain.vector(numAdded)}, 0));
  signs = chain.concat({signs, others}, rank - 2);
  return chain.mul(qr.q, chain.expandDims(signs, rank - 2));
}

static LogicalResult buildSvd(NodeBuilder &node, Results &results) {
  Chain chain(node);
  if (failed(expectMatrices(node, 0)))
    return failure();
  Diagonalization svd = diagonalize(node, node.input(0));
  if (!svd)
    return failure();
  Value lengths = chain.op<graph::SqrtOp>(sumSquares(chain, svd.product));
  if (failed(giveNarrow(node, results, lengths)))
    return failure();
  if (!node.boolAttr("compute_uv")) {
    // TensorFlow leaves the vectors undefined.
    results.append(2, Value());
    return success();
  }
  Value left = multiply(chain, svd.left, completeBasis(node, svd.product));
  Value right = multiply(chain, svd.right, svd.rotation);
  if (node.boolAttr("full_matrices")) {
    left = completeBasis(node, left);
    right = completeBasis(node, right);
  }
  return success(succeeded(giveNarrow(node, results, left)) &&
                 succeeded(giveNarrow(node, results, right)));
}

/// Eigenvectors of A are those of c I - A; c is at least as large as any
/// eigenvalue, so that these are singular vectors, in ascending order of the
/// eigenvalues of A.
static LogicalResult buildSelfAdjointEig(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value x = chain.cast(getSquareMatrices(node, 0), node.builder().getF64Type());
  if (!x)
    return failure();
  // Only the lower triangle counts.
  x = selectLower(node, x, x, transposeMatrices(chain, x));
  if (!x)
    return failure();
  int64_t rank = tensorType(x).getRank();
  Value rowSums = chain.reduce(ReduceKind::Sum, chain.op<graph::AbsOp>(x),
                               rank - 1, /*keepDims=*/true);
  Value bound = chain.reduce(ReduceKind::Max, rowSums, rank - 2,
                             /*keepDims=*/true);
  Type indexType = node.builder().getI64Type();
  Value size = chain.dim(x, rank - 1, indexType);
  Value isDiagonal =
      chain.compare(CompareDirection::EQ, positionsAlong(chain, size, 0, 2),
                    positionsAlong(chain, size, 1, 2));
  Value shifted =
      chain.sub(chain.select(isDiagonal, bound, chain.scalar(0, x)), x);
  if (!shifted)
    return failure();
  auto op = node.build<graph::OrthogonalizeOp>(shifted);
  if (failed(op))
    return failure();
  Value vectors = op->getRotation();
  // v^T A v, which is more exact than the lengths.
  Value values =
      chain.reduce(ReduceKind::Sum,
                   chain.mul(vectors, multiply(chain, x, vectors)), rank - 2);
  if (failed(giveNarrow(node, results, values)))
    return failure();
  if (!node.boolAttr("compute_v")) {
    // TensorFlow leaves the vectors undefined.
    results.push_back(Value());
    return success();
  }
  return giveNarrow(node, results, vectors);
}

//===----------------------------------------------------------------------===//
// Least squares
//===----------------------------------------------------------------------===//

/// A^T A + r I, or A A^T + r I if `isWide`.
static Value getNormalMatrix(NodeBuilder &node, Value a, Value regularizer,
                             bool isWide) {
  Chain chain(node);
  Value product = isWide ? multiply(chain, a, a, Form::AsIs, Form::Transposed)
                         : multiply(chain, a, a, Form::Transposed);
  if (!product)
    return {};
  Value size = chain.dim(product, tensorType(product).getRank() - 1,
                         node.builder().getI64Type());
  Value isDiagonal =
      chain.compare(CompareDirection::EQ, positionsAlong(chain, size, 0, 2),
                    positionsAlong(chain, size, 1, 2));
  Value added = chain.select(
      isDiagonal, chain.cast(regularizer, tensorType(product).getElementType()),
      chain.scalar(0, product));
  return chain.add(product, added);
}

/// The solution by the normal equations.
static Value solveNormal(NodeBuilder &node, Value a, Value b,
                         Value regularizer) {
  Chain chain(node);
  RankedTensorType type = tensorType(a);
  int64_t rank = type.getRank();
  if (type.isDynamicDim(rank - 2) || type.isDynamicDim(rank - 1)) {
    node.error() << "expected input 0 (matrix) to have matrices of known size "
                    "with fast=true, got "
                 << type << "; give the feeds static shapes";
    return {};
  }
  bool isWide = type.getDimSize(rank - 2) < type.getDimSize(rank - 1);
  Value factor = chain.op<graph::CholeskyOp>(
      getNormalMatrix(node, a, regularizer, isWide));
  if (!factor)
    return {};
  // The factor of what is not positive definite is NaN, which equals nothing.
  Value diagonal = getDiagonal(node, factor);
  factor = chain.checkTrue(
      factor, chain.compare(CompareDirection::EQ, diagonal, diagonal),
      "Input matrix was rank deficient or ill-conditioned. Try setting "
      "fast=False or provide a larger l2_regularizer > 0.");
  Value rhs = isWide ? b : multiply(chain, a, b, Form::Transposed);
  Value y = solveLower(chain, factor, rhs);
  Value x = solveLower(chain, factor, y, Form::Transposed);
  return isWide ? multiply(chain, a, x, Form::Transposed) : x;
}

/// The shortest solution, also where the rank is less than full: with A = Q C
/// Q2^T and C V = W it is Q2 V D W^T Q^T b, where D has the inverse squares of
/// the lengths of the columns of W, and 0 for lengths that are rounding errors.
static Value solveShortest(NodeBuilder &node, Value a, Value b) {
  Chain chain(node);
  Type resultType = tensorType(a).getElementType();
  Diagonalization svd = diagonalize(node, a);
  if (!svd)
    return {};
  Value lengths = chain.op<graph::SqrtOp>(
      sumSquares(chain, svd.product, /*keepDims=*/true));
  if (!lengths)
    return {};
  int64_t rank = tensorType(lengths).getRank();
  Value longest =
      chain.reduce(ReduceKind::Max, lengths, rank - 1, /*keepDims=*/true);
  // Rounding errors of the type that the caller computes in.
  double epsilon =
      resultType.isF64() ? 2.220446049250313e-16 : 1.1920928955078125e-07;
  Type indexType = node.builder().getI64Type();
  Value size = chain.max(chain.dim(a, rank - 2, indexType),
                         chain.dim(a, rank - 1, indexType));
  Value smallest = chain.mul(
      longest, chain.mul(chain.cast(size, node.builder().getF64Type()),
                         chain.scalar(epsilon, lengths)));
  Value counts = chain.compare(CompareDirection::GT, lengths, smallest);
  Value one = chain.scalar(1, lengths);
  Value scales =
      chain.select(counts, chain.div(one, chain.select(counts, lengths, one)),
                   chain.scalar(0, lengths));
  // The scales stand beside the factors, so that no square overflows.
  Value directions = chain.mul(svd.product, scales);
  Value target =
      multiply(chain, svd.left, chain.cast(b, node.builder().getF64Type()),
               Form::Transposed);
  Value parts = multiply(chain, directions, target, Form::Transposed);
  Value solution = multiply(chain, chain.mul(svd.rotation, scales), parts);
  return chain.cast(multiply(chain, svd.right, solution), resultType);
}

static LogicalResult buildMatrixSolveLs(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 2, 0)))
    return failure();
  Value matrix = getMatrices(node, 0);
  Value rhs = checkSystem(node, matrix, getMatrices(node, 1));
  if (!rhs)
    return failure();
  return giveNarrow(node, results,
                    node.boolAttr("fast")
                        ? solveNormal(node, matrix, rhs, node.input(2))
                        : solveShortest(node, matrix, rhs));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerOrthogonalOps(OpTable &table) {
  table.add("Qr", "input: T -> q: T, r: T; full_matrices: bool = false",
            buildQr);
  for (std::string prefix : {"", "Batch"}) {
    table
        .add(prefix + "MatrixSolveLs",
             "matrix: T, rhs: T, l2_regularizer: double -> output: T; "
             "fast: bool = true",
             buildMatrixSolveLs)
        .note("matrices of known size with fast");
    table
        .add(prefix.empty() ? "SelfAdjointEigV2" : "BatchSelfAdjointEigV2",
             "input: T -> e: T, v: T; compute_v: bool = true",
             buildSelfAdjointEig)
        .note("signs of eigenvectors differ from TensorFlow's");
    table
        .add(prefix + "Svd",
             "input: T -> s: T, u: T, v: T; compute_uv: bool = true, "
             "full_matrices: bool = false",
             buildSvd)
        .note("signs of singular vectors differ from TensorFlow's");
  }
}
