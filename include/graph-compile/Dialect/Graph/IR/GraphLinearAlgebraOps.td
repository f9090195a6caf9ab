//===- GraphLinearAlgebraOps.td - factors and solutions of matrices *- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHLINEARALGEBRAOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHLINEARALGEBRAOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

/// Factorizations of f16 and bf16 are computed in f32, with casts around them.
def Graph_WideFloatTensor
    : Graph_TensorOf<[F64, F32], "ranked tensor of f64 or f32">;

/// An op on the matrices in the last two dims; the dims before them are batch
/// dims.
class Graph_MatrixOp<string mnemonic> : Graph_PureOp<mnemonic> {
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_CholeskyOp : Graph_MatrixOp<"cholesky"> {
  let summary = "lower triangular factors of positive definite matrices";
  let description = [{
    Gives, for each matrix in the last two dims of `x`, the lower triangular matrix L
    with L L^T equal to it. Only the lower triangles of `x` are read; above the diagonal
    the result is 0. If a matrix is not positive definite or has a NaN in its
    lower triangle, the lower triangle of its factor is NaN.

    Constraints:
    - C1: `x` has at least two dims, the last two of the same size.
    - C2: the result's type is compatible with that of `x`.

    Example:

    ```mlir
    graph.func @factor(%x: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
      %l = graph.cholesky %x : (tensor<?x4x4xf32>) -> tensor<?x4x4xf32>
      graph.return %l : tensor<?x4x4xf32>
    }
    ```

    Source: TensorFlow `Cholesky`.
  }];
  let arguments = (ins Graph_WideFloatTensor:$x);
  let results = (outs Graph_WideFloatTensor:$result);
}

def Graph_LuOp : Graph_MatrixOp<"lu"> {
  let summary = "triangular factors of square matrices with their rows permuted";
  let description = [{
    Factors each matrix A in the last two dims of `x` into L U, with partial
    pivoting: row `i` of the product L U is row `permutation[i]` of A. `factors` holds U
    on and above the diagonal and below it L, whose diagonal of ones is not
    stored. `sign` is 1 if the permutation is even and -1 if it is odd. Of a singular
    matrix U has a 0 on its diagonal.

    Constraints:
    - C1: `x` has at least two dims, the last two of the same size.
    - C2: the types of the results are compatible with those of `x`, of its shape without
      the last dim, and without the last two.

    Example:

    ```mlir
    graph.func @factor(%x: tensor<?x4x4xf32>) -> (tensor<?x4x4xf32>, tensor<?x4xi32>, tensor<?xf32>) {
      %lu, %p, %sign = graph.lu %x : (tensor<?x4x4xf32>) -> (tensor<?x4x4xf32>, tensor<?x4xi32>, tensor<?xf32>)
      graph.return %lu, %p, %sign : tensor<?x4x4xf32>, tensor<?x4xi32>, tensor<?xf32>
    }
    ```

    Source: TensorFlow `Lu`, `MatrixSolve`, `MatrixInverse`, `MatrixDeterminant`.
  }];
  let arguments = (ins Graph_WideFloatTensor:$x);
  let results = (outs Graph_WideFloatTensor:$factors,
                      Graph_TensorOf<[I32], "ranked tensor of i32">:$permutation,
                      Graph_WideFloatTensor:$sign);
}

def Graph_TriangularSolveOp : Graph_MatrixOp<"triangular_solve"> {
  let summary = "solutions of triangular systems of linear equations";
  let description = [{
    Gives, for each triangular matrix A in the last two dims of `a` and the matrix B in
    its place of `b`, the matrix X with A X = B; with `transpose` X solves A^T X = B.
    A is the upper triangle of the stored matrix, with `lower` the lower one; the other
    triangle is not read. With `unit_diagonal` the diagonal is not read either and
    stands for ones. A 0 on the diagonal gives infinities and NaN.

    Constraints:
    - C1: `a` and `b` have the same element type.
    - C2: `a` has at least two dims, the last two of the same size.
    - C3: `b` has as many dims as `a`, and all sizes but the last are equal.
    - C4: the result's type is compatible with that of `b`.

    Example:

    ```mlir
    graph.func @solve(%a: tensor<?x4x4xf32>, %b: tensor<?x4x1xf32>) -> tensor<?x4x1xf32> {
      %x = graph.triangular_solve %a, %b {lower} : (tensor<?x4x4xf32>, tensor<?x4x1xf32>) -> tensor<?x4x1xf32>
      graph.return %x : tensor<?x4x1xf32>
    }
    ```

    Source: TensorFlow `MatrixTriangularSolve`.
  }];
  let arguments = (ins Graph_WideFloatTensor:$a, Graph_WideFloatTensor:$b,
                       UnitAttr:$lower, UnitAttr:$transpose,
                       UnitAttr:$unit_diagonal);
  let results = (outs Graph_WideFloatTensor:$result);
}

def Graph_QrOp : Graph_MatrixOp<"qr"> {
  let summary = "orthogonal times upper triangular factors of matrices";
  let description = [{
    Factors each matrix of m rows and n columns in the last two dims of `x` into Q R. The
    columns of Q are orthogonal and of length 1; R is upper triangular, 0 below the
    diagonal. Q has m rows and min(m, n) columns, R has min(m, n) rows and n columns;
    with `full_matrices` Q is square and R has the shape of the matrix. They are
    made by Householder reflections, so that an element on the diagonal of R has the
    opposite sign of the one that it eliminates with.

    Constraints:
    - C1: `x` has at least two dims.
    - C2: the results' types are compatible with the shapes above.

    Example:

    ```mlir
    graph.func @factor(%x: tensor<?x6x4xf32>) -> (tensor<?x6x4xf32>, tensor<?x4x4xf32>) {
      %q, %r = graph.qr %x : (tensor<?x6x4xf32>) -> (tensor<?x6x4xf32>, tensor<?x4x4xf32>)
      graph.return %q, %r : tensor<?x6x4xf32>, tensor<?x4x4xf32>
    }
    ```

    Source: TensorFlow `Qr`.
  }];
  let arguments = (ins Graph_WideFloatTensor:$x, UnitAttr:$full_matrices);
  let results = (outs Graph_WideFloatTensor:$q, Graph_WideFloatTensor:$r);
}

def Graph_OrthogonalizeOp : Graph_MatrixOp<"orthogonalize"> {
  let summary = "rotations that make columns of matrices orthogonal";
  let description = [{
    Gives, for each square matrix A in the last two dims of `x`, an orthogonal
    matrix V such that the columns of A V are orthogonal and in descending order of
    length, and the product A V. Their lengths are the singular values of A, the columns of V
    its right singular vectors. Found by Jacobi rotations of pairs of columns. If A has a NaN
    or an infinity, the results are unspecified.

    Constraints:
    - C1: `x` has at least two dims, the last two of the same size.
    - C2: the results' types are compatible with that of `x`.

    Example:

    ```mlir
    graph.func @rotate(%x: tensor<?x4x4xf64>) -> (tensor<?x4x4xf64>, tensor<?x4x4xf64>) {
      %av, %v = graph.orthogonalize %x : (tensor<?x4x4xf64>) -> (tensor<?x4x4xf64>, tensor<?x4x4xf64>)
      graph.return %av, %v : tensor<?x4x4xf64>, tensor<?x4x4xf64>
    }
    ```

    Source: the one-sided Jacobi method, for TensorFlow's `Svd` and
    `SelfAdjointEigV2`.
  }];
  let arguments = (ins Graph_WideFloatTensor:$x);
  let results = (outs Graph_WideFloatTensor:$product,
                      Graph_WideFloatTensor:$rotation);
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHLINEARALGEBRAOPS_TD
