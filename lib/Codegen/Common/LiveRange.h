//===- LiveRange.h - where in a step a value is needed ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A position is the number of an operation in its step, regions included, in
// textual order; an operation with regions has a second one after them, and
// between two regions one is left out. Each position is two points: an
// operation reads at the first and writes at the second, so that what it writes
// may lie where the last thing that it reads did.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_LIVERANGE_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_LIVERANGE_H

#include "graph-compile/Codegen/Common/PlacePlanner.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace graph_compile {

/// A set of points.
class LiveRange {
public:
  /// Points from `first` to `last`, both included.
  struct Interval {
    unsigned first = 0;
    unsigned last = 0;
  };

  void add(unsigned first, unsigned last);
  void add(const LiveRange &other);

  /// The points that both have.
  llvm::SmallVector<Interval, 1> intersect(const LiveRange &other) const;

  /// Whether it has `point`, but not the one before, or the one after.
  bool beginsAt(unsigned point) const;
  bool endsAt(unsigned point) const;

  /// From the first position to the last, both included.
  Lifetime getHull() const {
    return {intervals.front().first / 2, intervals.back().last / 2};
  }

private:
  /// Sorted; neighbours do not touch.
  llvm::SmallVector<Interval, 1> intervals;
};

/// Whether one of the regions of `op` runs, once; those of other operations are
/// loops.
bool isBranch(mlir::Operation *op);

/// The positions of the operations of a step.
class StepOrder {
public:
  explicit StepOrder(mlir::func::FuncOp step);

  unsigned getPosition(mlir::Operation *op) const {
    return positions.lookup(op);
  }
  /// The position after the regions of `op`.
  unsigned getEnd(mlir::Operation *op) const { return ends.lookup(op); }
  /// The operation at `position`, be it its first or its second one; null
  /// between regions.
  mlir::Operation *getOperation(unsigned position) const {
    return operations[position];
  }

  /// How many positions there are.
  unsigned size() const { return operations.size(); }

  static unsigned readAt(unsigned position) { return 2 * position; }
  static unsigned writeAt(unsigned position) { return 2 * position + 1; }

  /// Something reads a value, at a point of its own position.
  struct Use {
    mlir::Operation *user = nullptr;
    unsigned point = 0;
  };

  /// Adds to `range` where a value is needed that is there from point `from`
  /// of `block` on. `uses` are in the order of their points. What a loop uses
  /// from outside is needed until the loop ends; of the branches of a
  /// conditional, only those that use a value need it.
  void addLiveness(LiveRange &range, mlir::Block *block, unsigned from,
                   llvm::ArrayRef<Use> uses) const;

private:
  void number(mlir::Block &block);

  llvm::DenseMap<mlir::Operation *, unsigned> positions, ends;
  std::vector<mlir::Operation *> operations;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_LIVERANGE_H
