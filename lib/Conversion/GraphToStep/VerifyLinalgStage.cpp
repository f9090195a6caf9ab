//===- VerifyLinalgStage.cpp - check the end of the stage linalg ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Conversion/GraphToStep/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace graph_compile {
#define GEN_PASS_DEF_VERIFYLINALGSTAGE
#include "graph-compile/Conversion/GraphToStep/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

static bool isOfStage(Operation *op) {
  return isa<ModuleOp>(op) ||
         isa_and_nonnull<arith::ArithDialect, func::FuncDialect,
                         linalg::LinalgDialect, math::MathDialect,
                         memref::MemRefDialect, scf::SCFDialect,
                         step::StepDialect, tensor::TensorDialect>(
             op->getDialect());
}

static bool hasSign(Type type) {
  auto integer = dyn_cast<IntegerType>(getElementTypeOrSelf(type));
  return integer && !integer.isSignless();
}

static LogicalResult verifyOperation(Operation *op) {
  if (!isOfStage(op))
    return op->emitOpError("is not an operation of the stage 'linalg'");
  if (llvm::any_of(op->getOperandTypes(), hasSign) ||
      llvm::any_of(op->getResultTypes(), hasSign))
    return op->emitOpError("expects signless integers in the stage 'linalg'");
  if (isa<arith::SelectOp>(op) && isa<TensorType>(op->getResult(0).getType()))
    return op->emitOpError("expects branches to choose between tensors in the "
                           "stage 'linalg'; run branch-tensor-selects");
  return success();
}

namespace {
struct VerifyLinalgStage
    : graph_compile::impl::VerifyLinalgStageBase<VerifyLinalgStage> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([](Operation *op) {
      return failed(verifyOperation(op)) ? WalkResult::interrupt()
                                         : WalkResult::advance();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
