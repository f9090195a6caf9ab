//===- ShapeUtils.h - what is known about shapes at compile time ---------*- C++
//-*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_SHAPEUTILS_H
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_SHAPEUTILS_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <limits>
#include <optional>

namespace graph_compile::graph {

//===----------------------------------------------------------------------===//
// Values of shape operands
//===----------------------------------------------------------------------===//

/// An element that `partialValue` does not know.
inline constexpr int64_t kUnknown = std::numeric_limits<int64_t>::min();

/// Longer tensors are not looked into.
inline constexpr int64_t kMaxShapeElements = 64;

/// What is known of the elements of a small tensor of integers of rank 0 or 1
/// (or of rank 2, row-major, if it is a constant): each is its value or
/// `kUnknown`. Nothing if the value is of another type, its number of elements
/// is open, or it has more than `kMaxShapeElements`.
///
/// Looks through constants, shapes and integer arithmetic up to a fixed number
/// of ops, so that the cost of a call is bounded.
std::optional<llvm::SmallVector<int64_t>> partialValue(mlir::Value value);

/// `partialValue` of a scalar; nothing if it is not known.
std::optional<int64_t> knownScalar(mlir::Value value);

/// `partialValue` if every element is known.
std::optional<llvm::SmallVector<int64_t>> knownValue(mlir::Value value);

//===----------------------------------------------------------------------===//
// Sizes of dims
//===----------------------------------------------------------------------===//

/// A number that is the same wherever it appears in one call: a constant, the
/// size of an open dim of a value, or an element of a value that holds
/// integers.
struct Size {
  enum class Kind { Constant, Dim, Element };
  Kind kind = Kind::Constant;
  /// The constant, the dim, or the row-major position of the element.
  int64_t number = 0;
  /// Null for a constant.
  mlir::Value value;

  static Size constant(int64_t number) {
    return {Kind::Constant, number, nullptr};
  }
  bool isConstant() const { return kind == Kind::Constant; }
  bool isConstant(int64_t wanted) const {
    return isConstant() && number == wanted;
  }
  bool operator==(const Size &other) const {
    return kind == other.kind && number == other.number && value == other.value;
  }
  bool operator!=(const Size &other) const { return !(*this == other); }
};

/// Where the size of dim `dim` of `value` comes from, one step back through
/// the op that defines `value`; the dim itself where that op makes it.
Size previousSize(mlir::Value value, int64_t dim);

/// Whether dim `i` of `a` and dim `j` of `b` have the same size in every call
/// that does not fail: both are static and equal, or both lead back to the same
/// number. The cost is bounded; false also means "not known".
bool sameDim(mlir::Value a, int64_t i, mlir::Value b, int64_t j);

/// Whether two sizes are the same number in every call that does not fail.
bool sameSize(Size a, Size b);

/// Whether `a` and `b` have the same rank and pairwise the same dims.
bool sameShape(mlir::Value a, mlir::Value b);

/// The elements of a shape operand, each as a size; nothing where
/// `partialValue` gives nothing.
std::optional<llvm::SmallVector<Size>> shapeElements(mlir::Value shape);

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

/// The shape to which `lhs` and `rhs` broadcast; fails if two static sizes of
/// one place differ and neither is 1. An open size beside a static one other
/// than 1 gives the static one, for it must be that or 1.
mlir::FailureOr<llvm::SmallVector<int64_t>>
broadcastShapes(llvm::ArrayRef<int64_t> lhs, llvm::ArrayRef<int64_t> rhs);

/// Whether broadcasting `from` with a tensor of shape `to` gives shape `to`,
/// whatever the open sizes are.
bool broadcastsInto(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

//===----------------------------------------------------------------------===//
// Index expressions
//===----------------------------------------------------------------------===//

class StridedSliceOp;

/// What one place of a `graph.strided_slice` does.
struct SliceEntry {
  enum class Kind {
    Whole,   ///< takes all of `dim`
    Range,   ///< takes the range that element `entry` of the operands states
    Index,   ///< picks position `begin[entry]` of `dim` and drops the dim
    NewAxis, ///< inserts a dim of size 1
  };
  Kind kind;
  /// The dim of the operand; -1 for `NewAxis`.
  int64_t dim;
  /// The element of begin, end and strides; -1 for `Whole`.
  int64_t entry;
  /// Of a `Range`: the begin or the end is left out.
  bool openBegin = false;
  bool openEnd = false;
};

/// The places of a strided slice in order: one per dim of `x` and one per
/// inserted dim. Fails if the entries speak of more dims than `x` has.
struct SliceMasks {
  int64_t begin, end, ellipsis, newAxis, shrinkAxis;
};
mlir::FailureOr<llvm::SmallVector<SliceEntry>>
sliceEntries(int64_t rank, int64_t entries, const SliceMasks &masks);
/// The same of a verified op.
llvm::SmallVector<SliceEntry> sliceEntries(StridedSliceOp op);

/// A range of positions: `count` of them from `first` on, `stride` apart.
struct SliceRange {
  int64_t first, stride, count;
};
/// The range that an entry takes of a dim of static size `size`; a position
/// that is left out is ignored. `stride` is not 0.
SliceRange sliceRange(const SliceEntry &entry, int64_t size, int64_t begin,
                      int64_t end, int64_t stride);

/// The number of elements of a range of integers; `delta` is not 0.
int64_t rangeLength(int64_t start, int64_t limit, int64_t delta);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_SHAPEUTILS_H
