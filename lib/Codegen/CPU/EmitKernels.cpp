//===- EmitKernels.cpp - write the bodies of kernels ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"

#include "graph-compile/Codegen/CPU/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace graph_compile {
#define GEN_PASS_DEF_CPUEMITKERNELS
#include "graph-compile/Codegen/CPU/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

/// Turns linalg operations with a name of their own into linalg.generic.
static LogicalResult generalize(func::FuncOp kernel) {
  SmallVector<linalg::LinalgOp> named;
  kernel.walk([&](linalg::LinalgOp op) {
    if (!isa<linalg::GenericOp, linalg::FillOp>(op.getOperation()))
      named.push_back(op);
  });
  IRRewriter rewriter(kernel.getContext());
  for (linalg::LinalgOp op : named) {
    rewriter.setInsertionPoint(op);
    if (failed(linalg::generalizeNamedOp(rewriter, op)))
      return op.emitOpError("has no form as linalg.generic");
  }
  return success();
}

/// Declares the C functions on scalars that kernels call.
static void convertDeclaration(func::FuncOp declaration, SymbolTable &symbols) {
  FunctionType type = declaration.getFunctionType();
  OpBuilder builder(declaration);
  Type result = type.getNumResults() == 0
                    ? LLVM::LLVMVoidType::get(builder.getContext())
                    : type.getResult(0);
  symbols.remove(declaration);
  auto function = LLVM::LLVMFuncOp::create(
      builder, declaration.getLoc(), declaration.getName(),
      LLVM::LLVMFunctionType::get(result, type.getInputs()));
  symbols.insert(function);
  declaration.erase();
}

namespace {
struct CpuEmitKernels
    : graph_compile::impl::CpuEmitKernelsBase<CpuEmitKernels> {
  using CpuEmitKernelsBase::CpuEmitKernelsBase;

  void runOnOperation() override {
    cpu::KernelTarget target{vectorBytes, vectorRegisters, hasMasks};
    SymbolTable symbols(getOperation());
    auto functions = llvm::to_vector(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions) {
      if (function.isDeclaration()) {
        convertDeclaration(function, symbols);
        continue;
      }
      if (!function->hasAttr(step::StepDialect::kKernelAttr))
        continue;
      if (failed(generalize(function)) ||
          failed(cpu::KernelEmitter(function, symbols, target).emit()))
        return signalPassFailure();
    }
  }
};
} // namespace
