//===- IndexChain.h - chains with scatters and searches ---------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the families of scatters, segments and partitions share.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_INDEXCHAIN_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_INDEXCHAIN_H

#include "PureOps.h"

namespace graph_compile::tensorflow {

/// What TensorFlow's attribute bad_indices_policy says of positions outside.
enum class OutsidePolicy { Fail, Ignore };

class IndexChain : public Chain {
public:
  explicit IndexChain(NodeBuilder &node) : Chain(node), node(node) {}

  //===--------------------------------------------------------------------===//
  // Scatters and searches
  //===--------------------------------------------------------------------===//

  /// `x` with `updates` combined into it; see graph.scatter.
  mlir::Value scatter(graph::ScatterKind kind, mlir::Value x,
                      mlir::Value indices, mlir::Value updates,
                      bool takesNan = false);
  /// The same where each element of `rows` is a position in the first dim of
  /// `x`. The shape of `updates` begins with that of `rows`.
  mlir::Value scatterRows(graph::ScatterKind kind, mlir::Value x,
                          mlir::Value rows, mlir::Value updates,
                          bool takesNan = false);
  /// The same as `scatter` after the checks of the shapes and, unless positions
  /// outside are to be ignored, of the positions.
  mlir::Value checkedScatter(graph::ScatterKind kind, mlir::Value x,
                             mlir::Value indices, mlir::Value updates,
                             OutsidePolicy policy);
  /// The positions of the elements of the vector `x` that are not zero, as a
  /// vector of i64.
  mlir::Value nonzero(mlir::Value x);

  //===--------------------------------------------------------------------===//
  // Sizes
  //===--------------------------------------------------------------------===//

  /// A vector of one size, a scalar of i64, and the sizes of the dims of `like`
  /// from `from` on.
  mlir::Value rowsShape(mlir::Value numRows, mlir::Value like, int64_t from);
  /// One more than the greatest of numbers that are not negative, 0 if there
  /// are none; a scalar of i64.
  mlir::Value rangeOf(mlir::Value numbers);
  /// The elements of `x` as a vector.
  mlir::Value flatten(mlir::Value x);
  /// `x` with the dims before `from` joined to one, of size `numRows`.
  mlir::Value joinRows(mlir::Value x, mlir::Value numRows, int64_t from);
  mlir::Value i64(mlir::Value x) {
    return cast(x, node.builder().getI64Type());
  }
  mlir::Value i64(int64_t value) {
    return integer(value, node.builder().getI64Type());
  }

  //===--------------------------------------------------------------------===//
  // Positions
  //===--------------------------------------------------------------------===//

  /// Positions of a narrow type as i32.
  mlir::Value widenPositions(mlir::Value indices);
  /// No element of the integers `x` is negative; `what` is plural, as in
  /// "segment ids".
  mlir::Value checkNotNegative(mlir::Value x, llvm::StringRef what);
  /// All elements of the integers `x` are less than the scalar `limit`.
  mlir::Value checkLess(mlir::Value x, mlir::Value limit,
                        llvm::StringRef message);
  /// The first dims of `x` are those of `index`.
  mlir::Value checkLeadingDims(mlir::Value x, mlir::Value index);

private:
  /// Checks the shapes of `indices` and `updates` against each other and `x`.
  mlir::Value checkUpdates(mlir::Value x, mlir::Value indices,
                           mlir::Value updates);
  /// Checks that rows of positions lie inside `x`.
  mlir::Value checkRows(mlir::Value indices, mlir::Value x);

  NodeBuilder &node;
};

mlir::FailureOr<OutsidePolicy> getOutsidePolicy(NodeBuilder &node);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_INDEXCHAIN_H
