//===- ConstantFolding.h - computing with constants -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_CONSTANTFOLDING_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_CONSTANTFOLDING_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

#include <optional>

namespace graph_compile::graph {

/// Results of more elements are not computed at compile time, but for those
/// whose elements are all the same.
inline constexpr int64_t kMaxFoldedElements = 1024;

/// `type` as that of a folded result: static and of a size that is folded.
/// Null if it is not.
mlir::RankedTensorType foldedType(mlir::Type type);

/// `attribute` as the elements of a constant that is not a resource; null if
/// it is something else.
mlir::DenseElementsAttr constantElements(mlir::Attribute attribute);

/// The elements of the constant that defines `value`; null if none does.
mlir::DenseElementsAttr constantElements(mlir::Value value);

/// The integer or the float that every element of a constant is.
std::optional<llvm::APInt> splatInt(mlir::Attribute constant);
std::optional<llvm::APFloat> splatFloat(mlir::Attribute constant);

/// Whether every element of `value` is known to be 0.
bool isZeroConstant(mlir::Value value);

/// The number of elements of a `graph.range` if it is known.
std::optional<int64_t> constantRangeLength(mlir::Value start, mlir::Value limit,
                                           mlir::Value delta);

/// Whether integers of this element type are signed; booleans are not.
inline bool isSignedElement(mlir::Type element) {
  return element.isSignlessInteger() && !element.isInteger(1);
}

/// The value of `attribute`, an integer constant of any width, as the int64_t
/// that its type's signedness means.
int64_t asInt64(const llvm::APInt &number, mlir::Type element);

/// A constant of type `result` whose element at row-major position `i` is
/// element `sourceOf(i)` of `x`. Null if it is too large.
mlir::Attribute
moveElements(mlir::Attribute x, mlir::Type result,
             llvm::function_ref<int64_t(int64_t position)> sourceOf);

/// The integers that an op gives, if they are known (see `partialValue`), as a
/// constant of its type; null otherwise.
mlir::Attribute foldKnownInts(mlir::Value result);

/// Walks the positions of a tensor in row-major order and gives the
/// position of the element of an operand that broadcasts to it.
class BroadcastPositions {
public:
  BroadcastPositions(llvm::ArrayRef<int64_t> operand,
                     llvm::ArrayRef<int64_t> result);
  int64_t current() const { return position; }
  void next();

private:
  llvm::SmallVector<int64_t> shape, strides, index;
  int64_t position = 0;
};

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_CONSTANTFOLDING_H
