//===- Diagonals.h - diagonals, triangles, merged dims ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the families that work on matrices share, as chains of pure ops on
// positions.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGONALS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGONALS_H

#include "PureOps.h"

namespace graph_compile::tensorflow {

/// Some dims of a tensor that stand for one: their sizes are multiplied. None
/// stand for a dim of size 1.
struct DimGroup {
  mlir::Value tensor;
  llvm::SmallVector<int64_t, 2> dims;
};

/// Gives `x` one dim per group; the numbers of elements agree. The dims of the
/// groups' tensors have the sizes that `x` is made of.
mlir::Value regroup(NodeBuilder &node, mlir::Value x,
                    llvm::ArrayRef<DimGroup> groups);

/// The dims [first, first + count) of `x` as one.
mlir::Value mergeDims(NodeBuilder &node, mlir::Value x, int64_t first,
                      int64_t count);

/// 0, 1, .. up to the scalar `size` of i64, along dim `dim` of a tensor of
/// rank `rank` whose other dims have size 1.
mlir::Value positionsAlong(Chain &chain, mlir::Value size, int64_t dim,
                           int64_t rank);

/// The elements of `x` at equal positions in its dims `first` < `second`, the
/// first of which is as long as the second or longer. Instead of the two the
/// result has one dim, at `first`, that is as long as the second.
mlir::Value takeDiagonal(NodeBuilder &node, mlir::Value x, int64_t first,
                         int64_t second);

/// The opposite: a new dim at position `dim` of the result, of the size of dim
/// `like` of the result; elements off the diagonal of the two are 0.
mlir::Value placeOnDiagonal(NodeBuilder &node, mlir::Value x, int64_t like,
                            int64_t dim);

/// `yes` where the row is not less than the column, for tensors of matrices of
/// the shape of `sample`; `no` elsewhere. Both broadcast.
mlir::Value selectLower(NodeBuilder &node, mlir::Value sample, mlir::Value yes,
                        mlir::Value no);

/// Dims 0 to `rank` with the last two exchanged.
llvm::SmallVector<int64_t> matrixTransposition(int64_t rank);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGONALS_H
