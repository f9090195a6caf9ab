//===- KernelBuilder.h - one kernel of a fusion group -----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_KERNELBUILDER_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_KERNELBUILDER_H

#include "KernelSignature.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graph_compile {

/// What one kernel computes: `anchor`, then `epilogue` on its result, if there
/// is one.
struct KernelGroup {
  mlir::linalg::LinalgOp anchor;
  mlir::linalg::GenericOp epilogue;

  /// The operation whose results are the group's.
  mlir::linalg::LinalgOp getLast() const {
    return epilogue ? mlir::linalg::LinalgOp(epilogue) : anchor;
  }
};

/// The operand of `epilogue` that it may take from a kernel that computes
/// `anchor` in the destination they share: read once, at the place that it
/// writes. Null if there is none.
mlir::OpOperand *getEpilogueOperand(mlir::linalg::LinalgOp anchor,
                                    mlir::linalg::GenericOp epilogue);

/// Writes `group` as a function on memrefs. The group stays as it is.
BuiltKernel buildKernel(const KernelGroup &group);

/// Writes a chain of `tensor.insert_slice`, each into the result of the one
/// before, as a function on memrefs. If `goesOnFrom` says so of the first
/// destination, its contents have to be in the output already. The chain stays
/// as it is.
BuiltKernel
buildInsertKernel(llvm::ArrayRef<mlir::tensor::InsertSliceOp> chain);

/// Whether a destination has contents that matter: it is no `tensor.empty`.
bool hasContents(mlir::Value init);

/// Whether a kernel goes on from the contents of `init` where they are, as it
/// does not write them itself: they are more than one scalar.
bool goesOnFrom(mlir::Value init);

/// Adds what `emitContents` of `init` needs.
void addContents(KernelSignature &signature, mlir::Value init);

/// Writes the contents of `init`, a fill or a copy, to `place`.
void emitContents(mlir::OpBuilder &builder, KernelSignature &signature,
                  mlir::Value init, mlir::Value place);

/// Adds the inputs of `op` that its body can read as one scalar to `scalars`:
/// fills and tensors of one element, as long as the loops keep their bounds.
void findScalarOperands(mlir::linalg::LinalgOp op,
                        llvm::SmallPtrSetImpl<mlir::OpOperand *> &scalars);

/// `tensor` as a scalar in the kernel, or null.
mlir::Value emitScalarOf(mlir::OpBuilder &builder, KernelSignature &signature,
                         mlir::Value tensor);

/// The scalar that is every element of `tensor`, if the step has it already:
/// that of `linalg.fill` or of a tensor of one element.
mlir::Value getScalarOf(mlir::Value tensor);

/// The one value of a splat constant, or null.
mlir::TypedAttr getSplatOf(mlir::Value tensor);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_KERNELBUILDER_H
