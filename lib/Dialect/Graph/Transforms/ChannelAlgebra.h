//===- ChannelAlgebra.h - arithmetic on vectors of channels -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a graph computes from vectors with an element per channel, as sums of
// products: two ways to write one formula read as the same sum.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_CHANNELALGEBRA_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_CHANNELALGEBRA_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace graph_compile::graph {

/// The dim of `rank` along which a value of this type that broadcasts to them
/// lies: its only dim of a size other than 1. -1 if it has none; nothing if it
/// has several.
std::optional<int64_t> getChannelAxis(mlir::RankedTensorType type,
                                      int64_t rank);

/// A vector of channels, or 1 / sqrt(vector + epsilon).
struct ChannelFactor {
  mlir::Value vector;
  bool isReciprocalDeviation = false;
  double epsilon = 0;

  bool operator==(const ChannelFactor &other) const {
    return vector == other.vector &&
           isReciprocalDeviation == other.isReciprocalDeviation &&
           epsilon == other.epsilon;
  }
};

/// A number times factors, which stand for themselves by their numbers in
/// ascending order.
struct ChannelTerm {
  double coefficient = 1;
  llvm::SmallVector<unsigned, 4> factors;
};

/// A sum of terms with different factors, none of them 0 times something.
using ChannelSum = llvm::SmallVector<ChannelTerm, 4>;

/// Reads expressions into sums and writes sums as expressions. The formulas
/// that it is for are short: whatever is too long is a factor of its own.
class ChannelAlgebra {
public:
  /// What `value` is.
  ChannelSum read(mlir::Value value) { return read(value, /*depth=*/0); }
  /// 1 / `value`, where that is a square root or a number.
  std::optional<ChannelSum> readReciprocal(mlir::Value value);

  const ChannelFactor &getFactor(unsigned id) const { return factors[id]; }

  /// Nothing if the result has too many terms.
  static std::optional<ChannelSum> add(const ChannelSum &a,
                                       const ChannelSum &b);
  static std::optional<ChannelSum> multiply(const ChannelSum &a,
                                            const ChannelSum &b);
  static ChannelSum negate(ChannelSum sum);
  static ChannelSum constant(double number);
  /// `term` without the factors of `divisor`; nothing if it lacks one.
  static std::optional<ChannelTerm> divide(const ChannelTerm &term,
                                           const ChannelTerm &divisor);

  /// Builds a scalar or a vector of `elementType` that is `sum`, which has no
  /// reciprocal deviation; a sum of nothing is -0.0.
  mlir::Value write(mlir::OpBuilder &builder, mlir::Location loc,
                    const ChannelSum &sum, mlir::Type elementType) const;
  /// Builds the scalar or vector `vector`, freed of other dims.
  static mlir::Value writeVector(mlir::OpBuilder &builder, mlir::Location loc,
                                 mlir::Value vector, mlir::Type elementType);

private:
  ChannelSum read(mlir::Value value, unsigned depth);
  std::optional<ChannelSum> readOp(mlir::Operation *op, unsigned depth);
  ChannelSum makeSum(ChannelFactor factor);
  ChannelSum readReciprocalDeviation(mlir::Value squared);

  llvm::SmallVector<ChannelFactor> factors;
};

/// The only element of a constant of floats; a vector of equal numbers is none.
std::optional<double> getNumber(mlir::Value value);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_CHANNELALGEBRA_H
