//===- Bands.h - diagonals of matrices --------------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Diagonal d of a matrix holds the elements whose column is d more than their
// row. Several diagonals are the rows of one tensor, the uppermost first, each
// padded at its left or right end to the length of the longest one.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BANDS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BANDS_H

#include "Diagonals.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

namespace graph_compile::tensorflow {

/// Arithmetic on i64 tensors; scalars that are known fold at once.
class Positions {
public:
  explicit Positions(NodeBuilder &node) : chain(node) {
    type = node.builder().getI64Type();
  }

  mlir::Value number(int64_t value) { return chain.integer(value, type); }
  mlir::Value dim(mlir::Value x, int64_t axis) {
    return chain.dim(x, axis, type);
  }
  mlir::Value add(mlir::Value a, mlir::Value b) {
    if (auto both = getBoth(a, b))
      return number(both->first + both->second);
    return chain.add(a, b);
  }
  mlir::Value sub(mlir::Value a, mlir::Value b) {
    if (auto both = getBoth(a, b))
      return number(both->first - both->second);
    return chain.sub(a, b);
  }
  mlir::Value mul(mlir::Value a, mlir::Value b) {
    if (auto both = getBoth(a, b))
      return number(both->first * both->second);
    return chain.mul(a, b);
  }
  mlir::Value min(mlir::Value a, mlir::Value b) {
    if (auto both = getBoth(a, b))
      return number(std::min(both->first, both->second));
    return chain.min(a, b);
  }
  mlir::Value max(mlir::Value a, mlir::Value b) {
    if (auto both = getBoth(a, b))
      return number(std::max(both->first, both->second));
    return chain.max(a, b);
  }
  mlir::Value isEqual(mlir::Value a, mlir::Value b) {
    return chain.compare(graph::CompareDirection::EQ, a, b);
  }
  mlir::Value isAtMost(mlir::Value a, mlir::Value b) {
    return chain.compare(graph::CompareDirection::LE, a, b);
  }
  mlir::Value both(mlir::Value a, mlir::Value b) {
    return chain.op<graph::AndOp>({a, b});
  }
  /// 0, 1, .. below `size` along dim `dim` of a tensor of rank `rank`.
  mlir::Value along(mlir::Value size, int64_t dim, int64_t rank) {
    return positionsAlong(chain, size, dim, rank);
  }

  /// Whether two scalars are known to be the same number.
  static bool areSame(mlir::Value a, mlir::Value b) {
    auto both = getBoth(a, b);
    return a == b || (both && both->first == both->second);
  }

private:
  static std::optional<std::pair<int64_t, int64_t>> getBoth(mlir::Value a,
                                                            mlir::Value b) {
    if (!a || !b || tensorType(a).getRank() != 0 ||
        tensorType(b).getRank() != 0)
      return std::nullopt;
    std::optional<int64_t> x = graph::knownScalar(a), y = graph::knownScalar(b);
    if (!x || !y)
      return std::nullopt;
    return std::make_pair(*x, *y);
  }

  Chain chain;
  mlir::Type type;
};

/// Which diagonals an op is about, and how they are padded.
struct Band {
  /// The first and the last one, scalars of i64.
  mlir::Value lower, upper;
  /// How many they are; one diagonal has no dim of its own.
  int64_t count = 1;
  /// Diagonals above (below) the main one are padded at their right end.
  bool isUpperLeft = true, isLowerLeft = true;

  bool isMain() const { return count == 1 && graph::knownScalar(lower) == 0; }
  /// How many dims its diagonals take in a tensor.
  int64_t numDims() const { return count == 1 ? 1 : 2; }
};

/// The sizes of a matrix, scalars of i64.
struct MatrixSize {
  mlir::Value rows, columns;
};

/// The diagonals that input `i`, k, names: one, or the first and the last.
mlir::FailureOr<Band> readBand(NodeBuilder &node, unsigned i);

/// Reads TensorFlow's attribute `align`: the ends, of the upper diagonals and
/// of the lower ones, at which elements are.
mlir::LogicalResult readAlignment(NodeBuilder &node, Band &band);

/// The number of elements of each of the diagonals `d`, scalars or not.
mlir::Value getLengths(Positions &at, MatrixSize size, mlir::Value d);

/// The length of the longest diagonal.
mlir::Value getLongest(Positions &at, MatrixSize size, const Band &band);

/// How many places of padding stand before the elements of each of the
/// diagonals `d`; null for none anywhere.
mlir::Value getPadding(NodeBuilder &node, MatrixSize size, const Band &band,
                       mlir::Value longest, mlir::Value d);

/// Checks that the diagonals are diagonals of the matrix: the call fails
/// otherwise.
mlir::LogicalResult checkBand(NodeBuilder &node, MatrixSize size, Band &band);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BANDS_H
