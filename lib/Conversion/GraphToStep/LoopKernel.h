//===- LoopKernel.h - kernels written as loops ------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What linalg has no form for (a selection, a sum that runs along a dim, a
// factorization) is written as loops on memrefs: a kernel of its own, which the
// step launches. Kernels for equal types are written once.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_LOOPKERNEL_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_LOOPKERNEL_H

#include "Utils.h"

namespace graph_compile {

/// Launches the kernel `name` and returns its results, which have the contents
/// that it writes to `outputs` (as linalg's `outs`: tensors of createEmpty, or
/// with contents that the kernel goes on from). `inputs` are tensors and
/// scalars.
///
/// `write` writes the kernel's body; its arguments are the inputs and then the
/// outputs, tensors as memrefs. The body takes nothing from outside: whatever
/// it depends on beside the types of its arguments (signs, attributes of the
/// op) has to be part of `name`.
llvm::SmallVector<mlir::Value> createLoopKernel(
    NodeBuilder &b, llvm::Twine name, mlir::ValueRange inputs,
    mlir::ValueRange outputs,
    llvm::function_ref<void(NodeBuilder &, llvm::ArrayRef<mlir::Value>)> write);

/// Writes a loop over [from, to).
void createLoop(NodeBuilder &b, mlir::Value from, mlir::Value to,
                llvm::function_ref<void(mlir::Value)> body);

/// Writes a loop over [0, to) whose iterations are independent: threads share
/// them. Belongs at the top of a kernel.
void createParallelLoop(NodeBuilder &b, mlir::Value to,
                        llvm::function_ref<void(mlir::Value)> body);

/// Writes a loop over [from, to) that hands the values `initial` from iteration
/// to iteration, and returns the last ones.
llvm::SmallVector<mlir::Value> createCarryingLoop(
    NodeBuilder &b, mlir::Value from, mlir::Value to, mlir::ValueRange initial,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                      mlir::ValueRange)>
        body);

/// Writes what happens if `condition` holds.
void createWhen(NodeBuilder &b, mlir::Value condition,
                llvm::function_ref<void()> body);

/// Returns the size of dim `dim` of a memref as an index.
mlir::Value getMemRefDim(NodeBuilder &b, mlir::Value memref, int64_t dim);

/// Returns the elements of a memref of at least one dim as a vector.
mlir::Value createFlatMemRef(NodeBuilder &b, mlir::Value memref);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_LOOPKERNEL_H
