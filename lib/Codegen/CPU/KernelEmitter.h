//===- KernelEmitter.h - writes the body of one kernel ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_CPU_KERNELEMITTER_H
#define GRAPH_COMPILE_LIB_CODEGEN_CPU_KERNELEMITTER_H

#include "CodeBuilder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

namespace graph_compile::cpu {

/// The facts of a CPU that kernels are shaped by.
struct KernelTarget {
  unsigned vectorBytes;
  unsigned vectorRegisters;
  bool hasMasks;
};

/// What is computed in one nest of loops: a linalg operation, what its outputs
/// begin with, and what is done with its result before it is stored.
struct Fusion {
  mlir::linalg::GenericOp main;
  /// For each output of `main`: the value of a fill before it, or null.
  llvm::SmallVector<mlir::Value, 2> initial;
  /// Elementwise on the only output of a reduction, or null.
  mlir::linalg::GenericOp epilogue;
  /// The operand through which it reads that output: an input, or its own
  /// output where it works in place.
  mlir::OpOperand *epilogueRead = nullptr;
  /// Something reads the output of `main` apart from the epilogue.
  bool storesMain = true;
};

/// Rewrites a kernel, a function on memrefs, as an `llvm.func` on addresses.
/// Operations are taken one by one; the order of effects stays as it is.
class KernelEmitter {
public:
  KernelEmitter(mlir::func::FuncOp kernel, mlir::SymbolTable &symbols,
                const KernelTarget &target);

  /// Replaces the kernel. Says what it cannot do as an error on the operation.
  mlir::LogicalResult emit();

  /// Emits an operation for one point; its results become known to getScalar.
  mlir::LogicalResult emitOp(mlir::Operation &op);

  /// What a value, or a memref, of the kernel is in the new function.
  mlir::Value getScalar(mlir::Value value) { return scalars.lookup(value); }
  const Place &getPlace(mlir::Value memref) { return places.at(memref); }
  void setScalar(mlir::Value value, mlir::Value to) { scalars.map(value, to); }

  /// Runs `body` for every number in [0, count), on several threads if that
  /// pays: `work` is roughly how many operations one number stands for. What
  /// the body does for one number must not touch what it writes for another.
  void parallelFor(mlir::Value count, mlir::Value work,
                   llvm::function_ref<void(mlir::Value)> body);

  /// Whether threads share a loop around what is emitted: it has no more to
  /// give them.
  bool isInParallel() const { return isInside; }

  /// `bytes` on the stack of the running function, for as long as it runs.
  mlir::Value stackBuffer(int64_t bytes);

  CodeBuilder b;
  const KernelTarget target;

private:
  void makeFunction();
  mlir::LogicalResult emitOps(llvm::iterator_range<mlir::Block::iterator> ops);
  mlir::LogicalResult emitMemory(mlir::Operation &op, bool &handled);
  mlir::LogicalResult emitPlace(mlir::Operation &op, bool &handled);
  mlir::LogicalResult emitSubView(mlir::memref::SubViewOp view);
  mlir::LogicalResult emitNested(mlir::Operation &op);
  mlir::LogicalResult emitParallel(mlir::scf::ParallelOp loop);
  mlir::LogicalResult emitCall(mlir::func::CallOp call);
  mlir::LogicalResult emitFill(mlir::linalg::FillOp fill);
  mlir::LogicalResult emitFusion(Fusion &fusion);

  bool foldFill(mlir::linalg::FillOp fill);
  void findEpilogue(Fusion &fusion);
  llvm::SmallVector<mlir::Value> getIndices(mlir::ValueRange indices);

  mlir::func::FuncOp kernel;
  mlir::LLVM::LLVMFuncOp function;
  mlir::SymbolTable &symbols;
  mlir::Value frame;
  mlir::IRMapping scalars;
  llvm::DenseMap<mlir::Value, Place> places;
  /// Fills that the next reduction into the memref starts from.
  llvm::DenseMap<mlir::Value, mlir::Value> pendingFills;
  bool isInside = false;
  /// Epilogues that were emitted with what they follow.
  llvm::SmallPtrSet<mlir::Operation *, 4> emitted;
};

/// The ways to emit a fusion. Each returns false, having emitted nothing, where
/// it does not fit; emitGeneric always fits.
bool emitElementwise(KernelEmitter &emitter, Fusion &fusion);
bool emitTiledReduction(KernelEmitter &emitter, Fusion &fusion);
bool emitRowReduction(KernelEmitter &emitter, Fusion &fusion);
mlir::LogicalResult emitGeneric(KernelEmitter &emitter,
                                mlir::linalg::GenericOp op);

} // namespace graph_compile::cpu

#endif // GRAPH_COMPILE_LIB_CODEGEN_CPU_KERNELEMITTER_H
