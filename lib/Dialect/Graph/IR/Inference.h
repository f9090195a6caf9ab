//===- Inference.h - inference of result types ----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the families of ops share in `inferReturnTypes`.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_INFERENCE_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_INFERENCE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace graph_compile::graph {

/// The type of a value that the op's constraints make a ranked tensor.
inline mlir::RankedTensorType tensorType(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

/// Whether the values are ranked tensors; inference also runs on ops whose
/// operands were not verified yet. Reports if not.
mlir::LogicalResult requireTensors(std::optional<mlir::Location> location,
                                   llvm::StringRef op, mlir::ValueRange values);

/// An error about `op`, silent without a location. Converts to failure.
class InferenceError {
public:
  InferenceError(std::optional<mlir::Location> location, llvm::StringRef op) {
    if (location)
      diagnostic.emplace(emitError(*location));
    *this << "'" << op << "' op ";
  }
  template <typename T> InferenceError &operator<<(T &&value) {
    if (diagnostic)
      *diagnostic << std::forward<T>(value);
    return *this;
  }
  operator mlir::LogicalResult() const { return mlir::failure(); }
  operator mlir::ParseResult() const { return mlir::failure(); }
  template <typename T> operator mlir::FailureOr<T>() const {
    return mlir::failure();
  }

private:
  std::optional<mlir::InFlightDiagnostic> diagnostic;
};

/// Checks that the constraint "dims are different dims of a tensor of rank
/// `rank`" holds; `ascending` asks for ascending order too.
mlir::LogicalResult verifyDims(std::optional<mlir::Location> location,
                               llvm::StringRef op, llvm::StringRef name,
                               llvm::ArrayRef<int64_t> dims, int64_t rank,
                               bool ascending);

/// Checks that `dim` is a dim of a tensor of rank `rank`.
mlir::LogicalResult verifyDim(std::optional<mlir::Location> location,
                              llvm::StringRef op, llvm::StringRef name,
                              int64_t dim, int64_t rank);

/// Checks that the attribute `values` has `length` elements, none of them less
/// than `least`.
mlir::LogicalResult verifyNumbers(std::optional<mlir::Location> location,
                                  llvm::StringRef op, llvm::StringRef name,
                                  llvm::ArrayRef<int64_t> values,
                                  int64_t length, int64_t least);

/// Whether `op` has the operands and attributes that its accessors rely on.
/// In a graph region, inference may meet ops that are not verified yet.
bool isWellFormed(mlir::Operation *op);

/// What each branch of a conditional gives for its result `result`; empty if
/// the conditional is not verified yet and has no such values.
llvm::SmallVector<mlir::Value> branchValues(mlir::OpResult result);

class WhileOp;

/// What a loop carries as one value: the first and the next.
struct CarriedValue {
  mlir::Value init, yielded;
};
/// Carried value `i` of a loop; nothing if the loop is not verified yet and has
/// none.
std::optional<CarriedValue> carriedValue(WhileOp loop, unsigned i);

/// Whether `value` belongs to a region of `op`.
bool isInside(mlir::Value value, mlir::Operation *op);

/// The length of the vector `value`, whose length is static; reports if it is
/// something else.
mlir::FailureOr<int64_t> vectorLength(std::optional<mlir::Location> location,
                                      llvm::StringRef op, llvm::StringRef name,
                                      mlir::Value value);

/// Checks that the vector `value` has one element per dim of a tensor of rank
/// `rank`.
mlir::LogicalResult verifyLength(std::optional<mlir::Location> location,
                                 llvm::StringRef op, llvm::StringRef name,
                                 mlir::Value value, int64_t rank);

/// `partialValue`, or as many unknown elements as the vector `value` has.
llvm::SmallVector<int64_t> elementsOrUnknown(mlir::Value value);

/// An element of a shape operand as a size of a type: open if not known.
inline int64_t asDim(int64_t element) {
  return element < 0 ? mlir::ShapedType::kDynamic : element;
}

/// The product of static sizes; nothing if one is open or it does not fit.
std::optional<int64_t> staticCount(llvm::ArrayRef<int64_t> shape);

/// Checks that `lhs` and `rhs` have one element type.
mlir::LogicalResult verifySameElement(std::optional<mlir::Location> location,
                                      llvm::StringRef op,
                                      llvm::StringRef lhsName, mlir::Value lhs,
                                      llvm::StringRef rhsName, mlir::Value rhs);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_INFERENCE_H
