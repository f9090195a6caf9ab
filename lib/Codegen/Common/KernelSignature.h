//===- KernelSignature.h - what a kernel takes ------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_KERNELSIGNATURE_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_KERNELSIGNATURE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace graph_compile {

/// A kernel without a parent, and what to launch it with.
struct BuiltKernel {
  mlir::func::FuncOp function;
  /// Tensors, then scalars.
  llvm::SmallVector<mlir::Value> inputs;
  llvm::SmallVector<mlir::Location> origins;
};

/// The memref that a tensor of type `type` lives in.
mlir::MemRefType getPlaceType(mlir::Type type);

/// Collects the values of a step that a kernel uses, then starts the kernel:
/// tensors and scalars become arguments, constants are copied into it.
class KernelSignature {
public:
  /// Makes `value` available in the kernel.
  void add(mlir::Value value);

  /// Makes the function, with `outputs` (tensor types) as its last arguments,
  /// and puts `builder` to its start.
  BuiltKernel start(mlir::OpBuilder &builder, mlir::TypeRange outputs,
                    llvm::ArrayRef<mlir::Location> origins);

  /// From values of the step to values in the kernel.
  mlir::IRMapping mapping;
  /// The memrefs of the outputs.
  llvm::SmallVector<mlir::Value> outputs;

private:
  llvm::SetVector<mlir::Value> tensors;
  llvm::SetVector<mlir::Value> scalars;
  llvm::SetVector<mlir::Value> constants;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_KERNELSIGNATURE_H
