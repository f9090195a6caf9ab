//===- ToLLVM.cpp - the rest of kernels and steps to the llvm dialect -----===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/CPU/Passes.h"

#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/DialectConversion.h"

namespace graph_compile {
#define GEN_PASS_DEF_CPUTOLLVM
#include "graph-compile/Codegen/CPU/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

/// Fills `patterns` with all that takes an operation to the llvm dialect.
static void populatePatterns(const LLVMTypeConverter &converter,
                             RewritePatternSet &patterns) {
  vector::populateVectorStepLoweringPatterns(patterns);
  vector::populateVectorMaskMaterializationPatterns(
      patterns, /*force32BitVectorIndices=*/false);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  index::populateIndexToLLVMConversionPatterns(converter, patterns);
  populateMathToLLVMConversionPatterns(converter, patterns);
  populateVectorToLLVMConversionPatterns(converter, patterns,
                                         /*reassociateFPReductions=*/false,
                                         /*force32BitVectorIndices=*/false);
  ub::populateUBToLLVMConversionPatterns(converter, patterns);
}

namespace {
struct CpuToLLVM : graph_compile::impl::CpuToLLVMBase<CpuToLLVM> {
  using CpuToLLVMBase::CpuToLLVMBase;

  LogicalResult initialize(MLIRContext *context) override;
  void runOnOperation() override;
  void setTarget(LLVM::LLVMFuncOp function);

  /// Made once, for all functions and threads.
  std::shared_ptr<LLVMTypeConverter> converter;
  std::shared_ptr<LLVMConversionTarget> target;
  FrozenRewritePatternSet patterns;
};
} // namespace

LogicalResult CpuToLLVM::initialize(MLIRContext *context) {
  converter = std::make_shared<LLVMTypeConverter>(context);
  target = std::make_shared<LLVMConversionTarget>(*context);
  RewritePatternSet all(context);
  populatePatterns(*converter, all);
  patterns = std::move(all);
  return success();
}

void CpuToLLVM::setTarget(LLVM::LLVMFuncOp function) {
  // Generated code and what it calls are C.
  function.setNoUnwind(true);
  function->removeAttr(step::StepDialect::kKernelAttr);
  if (function.isExternal())
    return;
  if (!cpu.empty())
    function.setTargetCpu(cpu);
  if (!features.empty()) {
    SmallVector<StringRef> list;
    StringRef(features).split(list, ',', -1, /*KeepEmpty=*/false);
    function.setTargetFeaturesAttr(
        LLVM::TargetFeaturesAttr::get(&getContext(), list));
  }
  function.setPreferVectorWidth(std::to_string(8 * vectorBytes));
}

void CpuToLLVM::runOnOperation() {
  setTarget(getOperation());
  // The conversion keeps a record of all that it does, so it goes function by
  // function: a long step is many.
  if (failed(applyFullConversion(getOperation().getOperation(), *target,
                                 patterns)))
    signalPassFailure();
}
