//===- PureOps.h - chains of pure ops at a node -----------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the builders of op families share. TensorFlow's ops are often several
// of ours; Chain lets a builder write such a decomposition as the formula that
// it is, with one test for failure at its end.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_PUREOPS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_PUREOPS_H

#include "NodeBuilder.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"

namespace graph_compile::tensorflow {

/// Kinds of element types; sets of them are or-ed together.
enum ElementKinds : unsigned {
  Floats = 1,
  SignedInts = 2,
  UnsignedInts = 4,
  Booleans = 8,
  Ints = SignedInts | UnsignedInts,
  SignedNumbers = Floats | SignedInts,
  Numbers = Floats | Ints,
  Anything = Numbers | Booleans,
};

/// Whether `type` is of one of the kinds.
bool isOfKind(mlir::Type type, unsigned kinds);

/// An error unless the elements of input `i` are of one of the kinds.
mlir::LogicalResult expectKind(NodeBuilder &node, unsigned i, unsigned kinds);

/// An error unless input `i` has the rank `rank`.
mlir::LogicalResult expectRank(NodeBuilder &node, unsigned i, int64_t rank);

/// The name of input `i` in the node's signature, for errors.
std::string inputName(const NodeBuilder &node, unsigned i);

/// Builds chains of ops at a node. A null Value stands for an error that has
/// been emitted: whatever takes one gives one.
class Chain {
public:
  explicit Chain(NodeBuilder &node) : node(node) {}

  /// An op with one result whose type is inferred.
  template <typename OpTy>
  mlir::Value op(mlir::ValueRange operands,
                 llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    if (llvm::is_contained(operands, mlir::Value()))
      return {};
    return orNull(node.value<OpTy>(operands, attributes));
  }
  mlir::NamedAttribute attr(llvm::StringRef name, int64_t value);
  mlir::NamedAttribute attr(llvm::StringRef name,
                            llvm::ArrayRef<int64_t> value);
  mlir::NamedAttribute attr(llvm::StringRef name, mlir::Type value);
  /// The unit attribute `name`.
  mlir::NamedAttribute flag(llvm::StringRef name);

  //===--------------------------------------------------------------------===//
  // Elementwise
  //===--------------------------------------------------------------------===//

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  mlir::Value compare(graph::CompareDirection direction, mlir::Value a,
                      mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  mlir::Value cast(mlir::Value x, mlir::Type elementType);
  /// A scalar of the element type of `like`.
  mlir::Value scalar(double value, mlir::Value like);
  /// A scalar of the integer type `elementType`.
  mlir::Value integer(int64_t value, mlir::Type elementType);

  /// half and bfloat16 as float, so that a formula rounds once, at its end;
  /// everything else as it is.
  mlir::Value widen(mlir::Value x);

  //===--------------------------------------------------------------------===//
  // Shapes
  //===--------------------------------------------------------------------===//

  mlir::Value reduce(graph::ReduceKind kind, mlir::Value x,
                     llvm::ArrayRef<int64_t> axes, bool keepDims = false);
  mlir::Value reshape(mlir::Value x, mlir::Value shape);
  mlir::Value expandDims(mlir::Value x, llvm::ArrayRef<int64_t> axes);
  mlir::Value squeeze(mlir::Value x, llvm::ArrayRef<int64_t> axes);
  mlir::Value concat(mlir::ValueRange parts, int64_t axis);
  mlir::Value broadcastTo(mlir::Value x, mlir::Value shape);
  mlir::Value transpose(mlir::Value x, llvm::ArrayRef<int64_t> permutation);
  mlir::Value gather(mlir::Value x, mlir::Value indices, int64_t axis,
                     int64_t batchDims = 0);
  mlir::Value range(mlir::Value start, mlir::Value limit, mlir::Value delta);
  /// The sizes of `x` as a vector of i32, or of `elementType`.
  mlir::Value shape(mlir::Value x, mlir::Type elementType = {});
  /// The size of dim `axis` of `x` as a scalar of i32, or of `elementType`.
  mlir::Value dim(mlir::Value x, int64_t axis, mlir::Type elementType = {});
  /// Elements [begin, end) of the vector `x`.
  mlir::Value part(mlir::Value x, int64_t begin, int64_t end);
  /// Element `i` of the vector `x` as a scalar.
  mlir::Value element(mlir::Value x, int64_t i);
  /// Scalars as one vector.
  mlir::Value vector(mlir::ValueRange scalars);

  //===--------------------------------------------------------------------===//
  // Checks; see NodeBuilder
  //===--------------------------------------------------------------------===//

  mlir::Value checkBroadcast(mlir::Value x, mlir::ValueRange others);
  mlir::Value checkSameShape(mlir::Value x, mlir::Value y);
  mlir::Value checkDims(mlir::Value x, mlir::Value y,
                        llvm::ArrayRef<int64_t> lhsDims,
                        llvm::ArrayRef<int64_t> rhsDims);
  mlir::Value checkIndex(mlir::Value index, mlir::Value x, int64_t axis);
  mlir::Value checkNonzero(mlir::Value x);
  /// Every element of the signed integers `x` lies in [lower, upper]; the
  /// bounds are of the element type of `x` and scalars or of its shape.
  /// What is wrong for certain is an error about `what`, as in "a size".
  mlir::Value checkBounds(mlir::Value x, mlir::Value lower, mlir::Value upper,
                          llvm::StringRef what);
  /// No element of the signed integers `x` is less than `lower`.
  mlir::Value checkAtLeast(mlir::Value x, int64_t lower, llvm::StringRef what);
  /// Every element of `conditions` is true; if not, the call fails with the
  /// text `message`.
  mlir::Value checkTrue(mlir::Value x, mlir::Value conditions,
                        llvm::StringRef message);
  /// Dim `axis` of `x` has the size `size`.
  mlir::Value checkSize(mlir::Value x, int64_t axis, int64_t size);

  /// `x` repeated up to `shape`, a vector of known length, after the check
  /// that it can be.
  mlir::Value checkedBroadcastTo(mlir::Value x, mlir::Value shape);

  /// The shape to which two shapes, vectors of known length, broadcast, after
  /// the check that they do.
  mlir::Value broadcastShape(mlir::Value a, mlir::Value b);

  /// The integers of a small tensor, kUnknown where they are not known.
  llvm::SmallVector<int64_t> knownInts(mlir::Value x);

  //===--------------------------------------------------------------------===//
  // Ends
  //===--------------------------------------------------------------------===//

  /// Appends the node's next result, or fails if it is null.
  mlir::LogicalResult give(llvm::SmallVectorImpl<mlir::Value> &results,
                           mlir::Value value) {
    if (!value)
      return mlir::failure();
    results.push_back(value);
    return mlir::success();
  }

  static mlir::Value orNull(mlir::FailureOr<mlir::Value> value) {
    return mlir::succeeded(value) ? *value : mlir::Value();
  }

private:
  NodeBuilder &node;
};

/// The type of a value, which is a tensor.
inline mlir::RankedTensorType tensorType(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_PUREOPS_H
