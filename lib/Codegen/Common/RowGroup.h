//===- RowGroup.h - operations that go row by row ---------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A softmax reads each row four times: for its greatest element, for the
// powers, for their sum and for the quotients. One kernel that does all of it
// for a row before it goes to the next finds the row in the nearest cache, and
// keeps what lies between on its stack.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_ROWGROUP_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_ROWGROUP_H

#include "KernelSignature.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graph_compile {

/// Operations of one block, in its order, whose first `numRowDims` loops are
/// the same: a point of these loops is a row. What a member reads of another
/// one's result lies in the row that it is at.
struct RowGroup {
  int64_t numRowDims = 0;
  llvm::SmallVector<mlir::linalg::GenericOp> members;

  mlir::Location getLoc() const {
    return mlir::linalg::GenericOp(members.front()).getLoc();
  }
  bool contains(mlir::Operation *op) const {
    return llvm::is_contained(members, op);
  }
  /// The results that the kernel hands out: those used elsewhere, and those of
  /// which a row does not fit on its stack.
  llvm::SmallVector<mlir::OpResult> getResults() const;
};

/// Finds the groups of `block` for which one kernel is better than one for each
/// member. No operation between the members of a group uses its results or has
/// side effects, so all of it may stand where its last member does.
llvm::SmallVector<RowGroup> findRowGroups(mlir::Block &block);

/// Writes `group` as a function on memrefs that gives `results`. The group
/// stays as it is.
BuiltKernel buildRowKernel(const RowGroup &group,
                           llvm::ArrayRef<mlir::OpResult> results);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_ROWGROUP_H
