//===- VerifyStages.cpp - check the stages `kernels` and `plan` -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementBytes.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graph_compile {
#define GEN_PASS_DEF_VERIFYKERNELS
#define GEN_PASS_DEF_VERIFYPLAN
#include "graph-compile/Codegen/Common/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Shared checks
//===----------------------------------------------------------------------===//

static bool isScalar(Type type) { return type.isIntOrIndexOrFloat(); }

static bool isPlace(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  return memref && memref.getLayout().isIdentity() &&
         isScalar(memref.getElementType());
}

static bool hasFixedSize(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  return memref && memref.hasStaticShape();
}

static bool isKernel(func::FuncOp function) {
  return function->hasAttr(step::StepDialect::kKernelAttr);
}

/// Whether `op` mentions a type of the given kind anywhere.
template <typename Kind> static bool mentions(Operation *op) {
  return llvm::any_of(op->getOperandTypes(), llvm::IsaPred<Kind>) ||
         llvm::any_of(op->getResultTypes(), llvm::IsaPred<Kind>);
}

static InFlightDiagnostic emitStageError(Operation *op, StringRef stage) {
  return op->emitOpError() << "in " << describeNode(op->getLoc())
                           << " is not legal at stage `" << stage << "`: ";
}

static LogicalResult verifyOneBlock(func::FuncOp function) {
  if (function.getBody().hasOneBlock())
    return success();
  return function.emitOpError() << "expects one block, but has "
                                << function.getBody().getBlocks().size();
}

static LogicalResult verifyKernel(func::FuncOp kernel, StringRef stage) {
  if (failed(verifyOneBlock(kernel)))
    return failure();
  if (kernel.getNumResults() != 0)
    return kernel.emitOpError() << "expects a kernel without results";
  for (Type type : kernel.getArgumentTypes())
    if (!isPlace(type) && !isScalar(type))
      return kernel.emitOpError()
             << "expects memrefs with an identity layout and scalars as "
                "arguments of a kernel, but got "
             << type;
  WalkResult result = kernel.getBody().walk([&](Operation *op) {
    if (mentions<TensorType>(op)) {
      emitStageError(op, stage) << "a kernel works on memrefs";
      return WalkResult::interrupt();
    }
    // Functions of the C library take and give scalars.
    if ((isa<step::StepDialect>(op->getDialect()) &&
         !isa<step::PaddedOp>(op)) ||
        (isa<func::CallOp>(op) && mentions<BaseMemRefType>(op))) {
      emitStageError(op, stage) << "a kernel is on its own";
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// Runs `verifyStep` on steps and checks kernels.
static LogicalResult
verifyFunctions(ModuleOp module, StringRef stage,
                function_ref<LogicalResult(func::FuncOp)> verifyStep) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    if (isKernel(function)) {
      if (failed(verifyKernel(function, stage)))
        return failure();
    } else if (failed(verifyOneBlock(function)) ||
               failed(verifyStep(function))) {
      return failure();
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Stage `kernels`
//===----------------------------------------------------------------------===//

static LogicalResult verifyKernelsOp(Operation *op) {
  if (isa<step::LaunchOp, step::LoadOp, step::StoreOp, step::IsSetOp,
          step::VariableSizeOp, step::CheckSetOp, step::AssertOp,
          step::PrintOp>(op))
    return success();
  if (isa<tensor::EmptyOp, tensor::DimOp, tensor::ExtractOp,
          tensor::FromElementsOp, tensor::ExpandShapeOp,
          tensor::CollapseShapeOp, tensor::CastOp, tensor::ReshapeOp,
          arith::ConstantOp, func::ReturnOp, step::ResizeOp>(op))
    return success();
  if (isa<scf::IfOp, scf::IndexSwitchOp, scf::WhileOp, scf::ConditionOp>(op) ||
      (isa<scf::YieldOp>(op) &&
       isa<scf::IfOp, scf::IndexSwitchOp, scf::WhileOp>(op->getParentOp())))
    return success();
  if (mentions<BaseMemRefType>(op))
    return emitStageError(op, "kernels") << "a step works on tensors";
  if (mentions<TensorType>(op))
    return emitStageError(op, "kernels")
           << "what computes a tensor must be in a kernel";
  if (isa<step::StepDialect>(op->getDialect()))
    return emitStageError(op, "kernels") << "it belongs to stage `plan`";
  return success();
}

namespace {
struct VerifyKernels : graph_compile::impl::VerifyKernelsBase<VerifyKernels> {
  void runOnOperation() override {
    auto verifyStep = [](func::FuncOp step) {
      WalkResult result = step.getBody().walk([](Operation *op) {
        return failed(verifyKernelsOp(op)) ? WalkResult::interrupt()
                                           : WalkResult::advance();
      });
      return failure(result.wasInterrupted());
    };
    if (failed(verifyFunctions(getOperation(), "kernels", verifyStep)))
      signalPassFailure();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Stage `plan`
//===----------------------------------------------------------------------===//

static LogicalResult verifyPlanOp(Operation *op, int64_t arenaBytes) {
  if (mentions<TensorType>(op))
    return emitStageError(op, "plan") << "every value needs a place";
  if (isa<memref::AllocOp, memref::AllocaOp, memref::DeallocOp,
          memref::ReallocOp>(op))
    return emitStageError(op, "plan") << "a step allocates nothing";
  if (isa<step::LoadOp, step::StoreOp>(op))
    return emitStageError(op, "plan") << "it belongs to stage `kernels`";
  if (auto arena = dyn_cast<step::ArenaOp>(op)) {
    int64_t end = arena.getOffset() +
                  getTotalBytes(cast<MemRefType>(arena.getPlace().getType()));
    if (end > arenaBytes)
      return emitStageError(op, "plan")
             << "it ends at byte " << end << " of an arena of " << arenaBytes;
  }
  if (isa<RegionBranchOpInterface>(op))
    for (Type type : op->getResultTypes())
      if (isa<BaseMemRefType>(type) && !hasFixedSize(type))
        return emitStageError(op, "plan")
               << "places of fixed size only leave its regions, but this is "
               << type;
  for (Type type : op->getResultTypes())
    if (isa<BaseMemRefType>(type) && !isPlace(type))
      return emitStageError(op, "plan")
             << "places have an identity layout, but this is " << type;
  return success();
}

static LogicalResult verifyPlannedStep(func::FuncOp step) {
  if (step.getNumResults() != 0)
    return step.emitOpError()
           << "expects no results at stage `plan`: they are in `"
           << step::StepDialect::kResultsAttr << "`";
  if (!step->hasAttr(step::StepDialect::kPartAttr) &&
      !step->hasAttr(step::StepDialect::kResultsAttr))
    return step.emitOpError()
           << "expects the attribute `" << step::StepDialect::kResultsAttr
           << "` at stage `plan`";
  auto bytes =
      step->getAttrOfType<IntegerAttr>(step::StepDialect::kArenaBytesAttr);
  if (!bytes)
    return step.emitOpError()
           << "expects the attribute `" << step::StepDialect::kArenaBytesAttr
           << "` at stage `plan`";
  for (Type type : step.getArgumentTypes())
    if (!isPlace(type))
      return step.emitOpError() << "expects memrefs with an identity layout as "
                                   "arguments at stage `plan`, but got "
                                << type;
  WalkResult result = step.getBody().walk([&](Operation *op) {
    return failed(verifyPlanOp(op, bytes.getInt())) ? WalkResult::interrupt()
                                                    : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

namespace {
struct VerifyPlan : graph_compile::impl::VerifyPlanBase<VerifyPlan> {
  void runOnOperation() override {
    if (failed(verifyFunctions(getOperation(), "plan", verifyPlannedStep)))
      signalPassFailure();
  }
};
} // namespace
