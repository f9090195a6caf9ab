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

namespace {
struct CpuToLLVM : graph_compile::impl::CpuToLLVMBase<CpuToLLVM> {
  using CpuToLLVMBase::CpuToLLVMBase;

  void runOnOperation() override;
  void setTarget(LLVM::LLVMFuncOp function);
};
} // namespace

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
  MLIRContext &context = getContext();
  for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
    setTarget(function);

  LLVMTypeConverter converter(&context);
  LLVMConversionTarget target(context);
  target.addLegalOp<ModuleOp>();
  target.addLegalDialect<step::StepDialect>();
  RewritePatternSet patterns(&context);
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
  if (failed(applyFullConversion(getOperation(), target, std::move(patterns))))
    signalPassFailure();
}
