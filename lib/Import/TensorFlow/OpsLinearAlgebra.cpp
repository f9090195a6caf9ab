//===- OpsLinearAlgebra.cpp - TensorFlow's factors, solutions, inverses ---===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Inverses, solutions and determinants come from the LU factors. half and
// bfloat16 are computed in float.
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
// Cholesky
//===----------------------------------------------------------------------===//

static LogicalResult buildCholesky(NodeBuilder &node, Results &results) {
  Chain chain(node);
  return giveNarrow(node, results,
                    chain.op<graph::CholeskyOp>(getSquareMatrices(node, 0)));
}

/// L^-T S L^-1 / 2, where S is the symmetric matrix whose lower triangle is
/// that of L^T grad.
static LogicalResult buildCholeskyGrad(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value l = getSquareMatrices(node, 0);
  Value grad = chain.checkSameShape(getSquareMatrices(node, 1), l);
  if (!l || !grad)
    return failure();
  Value zero = chain.scalar(0, l);
  Value product =
      multiply(chain, selectLower(node, l, l, zero),
               selectLower(node, grad, grad, zero), Form::Transposed);
  Value symmetric =
      selectLower(node, product, product, transposeMatrices(chain, product));
  Value half = solveLower(chain, l, symmetric, Form::Transposed);
  Value whole =
      solveLower(chain, l, transposeMatrices(chain, half), Form::Transposed);
  return giveNarrow(node, results, chain.mul(whole, chain.scalar(0.5, l)));
}

//===----------------------------------------------------------------------===//
// LU and what comes of it
//===----------------------------------------------------------------------===//

namespace {
/// Square matrices, rows permuted, as a product of triangles.
struct LuFactors {
  Value factors, permutation, sign;

  explicit operator bool() const { return factors != nullptr; }
};
} // namespace

static LuFactors factorize(NodeBuilder &node, Value x) {
  if (!x)
    return {};
  auto op = node.build<graph::LuOp>(x);
  if (failed(op))
    return {};
  return {op->getFactors(), op->getPermutation(), op->getSign()};
}

/// The same; the call fails if a matrix is singular.
static LuFactors factorizeRegular(NodeBuilder &node, Value x,
                                  StringRef message) {
  LuFactors lu = factorize(node, x);
  if (!lu)
    return {};
  Chain chain(node);
  Value isRegular =
      chain.compare(CompareDirection::NE, getDiagonal(node, lu.factors),
                    chain.scalar(0, lu.factors));
  lu.factors = chain.checkTrue(lu.factors, isRegular, message);
  return lu;
}

/// The solution of systems whose right sides have their rows permuted already.
static Value solve(Chain &chain, const LuFactors &lu, Value permuted) {
  Value y = chain.op<graph::TriangularSolveOp>(
      {lu.factors, permuted},
      {chain.flag("lower"), chain.flag("unit_diagonal")});
  return chain.op<graph::TriangularSolveOp>({lu.factors, y});
}

static LogicalResult buildLu(NodeBuilder &node, Results &results) {
  LuFactors lu = factorizeRegular(node, getSquareMatrices(node, 0),
                                  "Input is not invertible.");
  if (!lu || failed(giveNarrow(node, results, lu.factors)))
    return failure();
  Chain chain(node);
  return chain.give(
      results, chain.cast(lu.permutation, node.typeAttr("output_idx_type")));
}

static LogicalResult buildMatrixInverse(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value x = getSquareMatrices(node, 0);
  if (node.boolAttr("adjoint"))
    x = transposeMatrices(chain, x);
  LuFactors lu = factorizeRegular(node, x, "Input is not invertible.");
  if (!lu)
    return failure();
  // The rows of the identity, permuted.
  int64_t rank = tensorType(lu.permutation).getRank();
  Type indexType = node.builder().getI64Type();
  Value columns = positionsAlong(chain, chain.dim(x, rank, indexType),
                                 /*dim=*/0, /*rank=*/1);
  Value rows = chain.expandDims(chain.cast(lu.permutation, indexType), rank);
  Value permuted =
      chain.cast(chain.compare(CompareDirection::EQ, rows, columns),
                 tensorType(x).getElementType());
  return giveNarrow(node, results, solve(chain, lu, permuted));
}

static LogicalResult buildMatrixSolve(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value matrix = getSquareMatrices(node, 0);
  Value rhs = checkSystem(node, matrix, getMatrices(node, 1));
  if (!rhs)
    return failure();
  if (node.boolAttr("adjoint"))
    matrix = transposeMatrices(chain, matrix);
  LuFactors lu =
      factorizeRegular(node, matrix, "Input matrix is not invertible.");
  if (!lu)
    return failure();
  int64_t rowDim = tensorType(rhs).getRank() - 2;
  Value permuted = chain.gather(rhs, lu.permutation, rowDim, rowDim);
  return giveNarrow(node, results, solve(chain, lu, permuted));
}

static LogicalResult buildMatrixDeterminant(NodeBuilder &node,
                                            Results &results) {
  Chain chain(node);
  LuFactors lu = factorize(node, getSquareMatrices(node, 0));
  if (!lu)
    return failure();
  Value product = chain.reduce(ReduceKind::Prod, getDiagonal(node, lu.factors),
                               tensorType(lu.sign).getRank());
  return giveNarrow(node, results, chain.mul(lu.sign, product));
}

static LogicalResult buildLogMatrixDeterminant(NodeBuilder &node,
                                               Results &results) {
  Chain chain(node);
  LuFactors lu = factorize(node, getSquareMatrices(node, 0));
  if (!lu)
    return failure();
  int64_t last = tensorType(lu.sign).getRank();
  Value diagonal = getDiagonal(node, lu.factors);
  Value signs =
      chain.reduce(ReduceKind::Prod, chain.op<graph::SignOp>(diagonal), last);
  if (failed(giveNarrow(node, results, chain.mul(lu.sign, signs))))
    return failure();
  Value logarithms = chain.op<graph::LogOp>(chain.op<graph::AbsOp>(diagonal));
  return giveNarrow(node, results,
                    chain.reduce(ReduceKind::Sum, logarithms, last));
}

//===----------------------------------------------------------------------===//
// Triangular systems
//===----------------------------------------------------------------------===//

/// Repeats `x` along batch dims up to the shape `batch`.
static Value broadcastBatch(NodeBuilder &node, Value x, Value batch) {
  if (!x || !batch)
    return {};
  Chain chain(node);
  Type indexType = node.builder().getI64Type();
  int64_t rank = tensorType(x).getRank();
  Value matrix = chain.part(chain.shape(x, indexType), rank - 2, rank);
  return chain.broadcastTo(x, chain.concat({batch, matrix}, 0));
}

/// Whether the batch dims of both are surely the same.
static bool haveSameBatch(Value a, Value b) {
  int64_t rank = tensorType(a).getRank();
  if (tensorType(b).getRank() != rank)
    return false;
  return llvm::all_of(llvm::seq<int64_t>(0, rank - 2), [&](int64_t dim) {
    return graph::sameDim(a, dim, b, dim);
  });
}

static LogicalResult buildMatrixTriangularSolve(NodeBuilder &node,
                                                Results &results) {
  Chain chain(node);
  Value matrix = getSquareMatrices(node, 0);
  Value rhs = getMatrices(node, 1);
  if (!matrix || !rhs)
    return failure();
  int64_t rank = tensorType(matrix).getRank();
  int64_t rhsRank = tensorType(rhs).getRank();
  rhs = chain.checkDims(rhs, matrix, rhsRank - 2, rank - 2);
  if (!rhs)
    return failure();
  if (!haveSameBatch(matrix, rhs)) {
    Type indexType = node.builder().getI64Type();
    Value batch = chain.broadcastShape(
        chain.part(chain.shape(matrix, indexType), 0, rank - 2),
        chain.part(chain.shape(rhs, indexType), 0, rhsRank - 2));
    matrix = broadcastBatch(node, matrix, batch);
    rhs = broadcastBatch(node, rhs, batch);
  }
  SmallVector<NamedAttribute> flags;
  if (node.boolAttr("lower"))
    flags.push_back(chain.flag("lower"));
  if (node.boolAttr("adjoint"))
    flags.push_back(chain.flag("transpose"));
  return giveNarrow(node, results,
                    chain.op<graph::TriangularSolveOp>({matrix, rhs}, flags));
}

//===----------------------------------------------------------------------===//
// Cross
//===----------------------------------------------------------------------===//

/// Products of the elements one place further in `a` and two in `b`, less the
/// same with the places exchanged.
static LogicalResult buildCross(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  int64_t last = node.inputType(0).getRank() - 1;
  if (last < 0)
    return node.error("expected vectors of three elements, got scalars");
  Value b = node.input(1);
  Value a = chain.checkSameShape(node.input(0), b);
  a = chain.checkSize(a, last, 3);
  Value one = node.intVector({1, 2, 0}), two = node.intVector({2, 0, 1});
  Value ahead =
      chain.mul(chain.gather(a, one, last), chain.gather(b, two, last));
  Value behind =
      chain.mul(chain.gather(a, two, last), chain.gather(b, one, last));
  return chain.give(results, chain.sub(ahead, behind));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerLinearAlgebraOps(OpTable &table) {
  constexpr StringLiteral unary = "input: T -> output: T";
  constexpr StringLiteral isSingular = "a singular matrix fails the call";
  // TensorFlow has kept the names of the time when ops on batches were others.
  for (std::string prefix : {"", "Batch"}) {
    table.add(prefix + "Cholesky", unary, buildCholesky)
        .note("NaN if a matrix is not positive definite");
    table.add(prefix + "CholeskyGrad", "l: T, grad: T -> output: T",
              buildCholeskyGrad);
    table
        .add(prefix + "MatrixInverse",
             "input: T -> output: T; adjoint: bool = false", buildMatrixInverse)
        .note(isSingular);
    table
        .add(prefix + "MatrixSolve",
             "matrix: T, rhs: T -> output: T; adjoint: bool = false",
             buildMatrixSolve)
        .note(isSingular);
    table.add(prefix + "MatrixDeterminant", unary, buildMatrixDeterminant);
    table
        .add(prefix + "MatrixTriangularSolve",
             "matrix: T, rhs: T -> output: T; lower: bool = true, adjoint: "
             "bool = false",
             buildMatrixTriangularSolve)
        .note("batch dims broadcast");
  }
  table.add("LogMatrixDeterminant",
            "input: T -> sign: T, log_abs_determinant: T",
            buildLogMatrixDeterminant);
  table
      .add("Lu",
           "input: T -> lu: T, p: output_idx_type; output_idx_type: "
           "type = int32",
           buildLu)
      .note(isSingular);
  table.add("Cross", "a: T, b: T -> product: T", buildCross);
}
