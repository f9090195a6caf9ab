//===- PaddedReads.h - paddings that need no memory -------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_PADDEDREADS_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_PADDEDREADS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graph_compile {

/// Whether the body of a contraction multiplies two elements and adds the
/// product.
bool isMultiplyAdd(mlir::Block &body);

/// A tensor among zeros.
struct Padding {
  mlir::tensor::InsertSliceOp insert;
  /// The dimensions that have zeros, or may have.
  llvm::SmallVector<int64_t> dims;

  mlir::Value getSource() { return insert.getSource(); }
  mlir::OpFoldResult getOffset(int64_t dim) {
    return insert.getMixedOffsets()[dim];
  }
  /// The size with the zeros.
  mlir::OpFoldResult getSize(int64_t dim);
};

/// The padding that `operand` reads in windows: its user may read the padded
/// tensor's source instead, as it knows where its windows end. Nothing where
/// it reads no padding, or not so.
std::optional<Padding> getPaddedRead(mlir::OpOperand &operand);

/// Whether all that reads the result of `insert` can do without it.
bool isReadInWindowsOnly(mlir::tensor::InsertSliceOp insert);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_PADDEDREADS_H
