//===- MatrixKernel.h - kernels on batches of matrices ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Factorizations are kernels of loops that see one batch dim before the matrix:
// threads share the matrices of a batch. Inner loops run along rows, whose
// elements lie side by side, so that LLVM makes vectors of them.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_MATRIXKERNEL_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_MATRIXKERNEL_H

#include "LoopKernel.h"

namespace graph_compile {

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

mlir::Value addFloat(NodeBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value subFloat(NodeBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value mulFloat(NodeBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value divFloat(NodeBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value compareFloat(NodeBuilder &b, mlir::arith::CmpFPredicate predicate,
                         mlir::Value x, mlir::Value y);

//===----------------------------------------------------------------------===//
// In a kernel
//===----------------------------------------------------------------------===//

/// One matrix (or vector, or scalar) of an argument of a kernel: what its first
/// dim has at `batch`.
class MatrixRef {
public:
  MatrixRef(NodeBuilder &b, mlir::Value memref, mlir::Value batch)
      : b(b), memref(memref), batch(batch) {}

  mlir::Type getElementType() const {
    return mlir::cast<mlir::MemRefType>(memref.getType()).getElementType();
  }
  mlir::Value getNumRows() const { return getMemRefDim(b, memref, 1); }
  mlir::Value getNumColumns() const { return getMemRefDim(b, memref, 2); }

  mlir::Value load(mlir::ValueRange place) const;
  void store(mlir::Value x, mlir::ValueRange place) const;

  /// Writes `getElement` of every place of the matrix to it.
  void fill(llvm::function_ref<mlir::Value(mlir::Value i, mlir::Value j)>
                getElement) const;
  /// row i -= factor * row k, in columns [from, to).
  void subtractRow(mlir::Value i, mlir::Value factor, mlir::Value k,
                   mlir::Value from, mlir::Value to) const;
  void swapRows(mlir::Value i, mlir::Value k) const;
  /// Transposes a square matrix in place.
  void transpose() const;

private:
  NodeBuilder &b;
  mlir::Value memref;
  mlir::Value batch;
};

//===----------------------------------------------------------------------===//
// Around a kernel
//===----------------------------------------------------------------------===//

/// Sees the dims of a tensor before its matrices as one.
class MatrixBatch {
public:
  /// The last two dims of `tensor` are the matrices.
  MatrixBatch(NodeBuilder &b, mlir::Value tensor);

  /// `tensor`, of which all but the last `numLast` dims are these batch dims.
  mlir::Value flatten(mlir::Value tensor, int64_t numLast = 2) const;
  /// A tensor of the batch dim and dims of the sizes `last`, without contents.
  mlir::Value createOutput(mlir::Type elementType,
                           llvm::ArrayRef<mlir::Value> last) const;
  /// What a kernel wrote, with its batch dims apart again: a value of `type`.
  mlir::Value unflatten(mlir::Value tensor, mlir::RankedTensorType type) const;

private:
  NodeBuilder &b;
  mlir::Value tensor;
  int64_t numDims;
  int64_t staticSize;
  mlir::Value size;
};

/// Writes a kernel's body: `write` is called for each matrix, with the
/// kernel's arguments at its place of the batch.
void createMatrixLoop(
    NodeBuilder &b, llvm::ArrayRef<mlir::Value> arguments,
    llvm::function_ref<void(llvm::ArrayRef<MatrixRef>)> write);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_MATRIXKERNEL_H
