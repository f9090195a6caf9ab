//===- FusionGroup.h - elementwise operations that become one ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_FUSIONGROUP_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_FUSIONGROUP_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace graph_compile {

/// Whether the body computes a function of its arguments, the loop indices and
/// scalars from outside.
bool hasPlainBody(mlir::linalg::GenericOp op);

/// Whether `op` can join a consumer: one element of its results is a function
/// of one point of its loops, and cheap to name.
bool isElementwise(mlir::linalg::GenericOp op);

/// Whether `op` may take producers: elementwise, or a reduction that reads some
/// operand at every point of its loops once (a contraction does not).
bool isFusionRoot(mlir::linalg::GenericOp op);

/// Operations in the body of `op`.
unsigned getBodySize(mlir::linalg::GenericOp op);

/// Whether computing `op` again costs no more than reading its result.
bool isCheap(mlir::linalg::GenericOp op);

/// A root and the producers that joined it, all in the loops of the root.
class FusionGroup {
public:
  explicit FusionGroup(mlir::linalg::GenericOp root);

  mlir::linalg::GenericOp getRoot() const { return members.front().op; }
  bool contains(mlir::Operation *op) const { return memberOf.contains(op); }
  size_t size() const { return members.size(); }
  unsigned getBodySize() const { return bodySize; }
  /// Tensors that the group would read and write with one more member; what is
  /// a scalar counts for nothing.
  unsigned getNumOperandsWith(mlir::linalg::GenericOp producer) const;

  /// The point of `producer`'s loops that the group uses at a point of its own,
  /// as a map from the group's loops. Null if there is not one such point, or
  /// if the group uses `producer` other than as a plain input.
  mlir::AffineMap getLoops(mlir::linalg::GenericOp producer) const;

  /// How a producer joins.
  enum class Join {
    Alone,      // the group has all its users
    WithResult, // its results are results of the group too
    Again,      // it stays where it is as well
  };

  /// Adds `producer`, whose loops are `loops` (see above).
  void add(mlir::linalg::GenericOp producer, mlir::AffineMap loops, Join join);

  /// Whether `op` goes when the group is rewritten, and what it uses with it.
  bool replaces(mlir::Operation *op) const {
    auto it = memberOf.find(op);
    return it != memberOf.end() && members[it->second].join != Join::Again;
  }

  /// Rewrites the group as one operation and replaces what it gives outside.
  /// Calls `onErase` before it removes a member. Null, and nothing done, if the
  /// loops would lose their bounds.
  mlir::linalg::GenericOp
  rewrite(mlir::OpBuilder &builder,
          llvm::function_ref<void(mlir::Operation *)> onErase);

private:
  struct Member {
    mlir::linalg::GenericOp op;
    /// From the loops of the group to those of the member.
    mlir::AffineMap loops;
    Join join = Join::Alone;
  };
  class Rewriter;

  /// The root first, then from the last producer to the first.
  llvm::SmallVector<Member> members;
  llvm::DenseMap<mlir::Operation *, unsigned> memberOf;
  unsigned bodySize = 0;
  llvm::SmallDenseSet<mlir::Value, 8> tensorsRead;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_FUSIONGROUP_H
