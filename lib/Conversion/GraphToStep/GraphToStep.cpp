//===- GraphToStep.cpp - the pass convert-graph-to-step -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Conversion/GraphToStep/GraphToStep.h"
#include "ElementOps.h"
#include "RandomKernel.h"
#include "graph-compile/Conversion/GraphToStep/Passes.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graph_compile {
#define GEN_PASS_DEF_CONVERTGRAPHTOSTEP
#include "graph-compile/Conversion/GraphToStep/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

/// Checks that textual order is the order of execution everywhere.
static LogicalResult verifyLinear(ModuleOp module) {
  for (auto function : module.getOps<graph::FuncOp>())
    if (!function.getLinear())
      return function.emitOpError(
          "expects to be linear before it becomes a step; run graph-linearize "
          "first");
  return success();
}

/// Declares the C functions, of libm and the runtime, that the bodies of
/// kernels call.
static void declareLibraryFunctions(ModuleOp module) {
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  llvm::MapVector<StringAttr, FunctionType> functions;
  module.walk([&](Operation *op) {
    if (auto lgamma = dyn_cast<graph::LgammaOp>(op)) {
      bool isDouble = lgamma.getX().getType().getElementType().isF64();
      Type type = isDouble ? Type(b.getF64Type()) : b.getF32Type();
      functions.insert({b.getStringAttr(isDouble ? "lgamma" : "lgammaf"),
                        b.getFunctionType(type, type)});
    } else if (auto special = dyn_cast<graph::SpecialOp>(op)) {
      SmallVector<Type> types(special.getInputs().size(), b.getF64Type());
      functions.insert(
          {b.getStringAttr(getSpecialFunctionName(special.getFunction())),
           b.getFunctionType(types, b.getF64Type())});
    } else if (auto random = dyn_cast<graph::RandomNumbersOp>(op)) {
      for (auto [name, type] : getLibraryFunctions(random))
        functions.insert(
            {b.getStringAttr(name), b.getFunctionType(type, type)});
    }
  });
  for (auto [name, type] : functions) {
    if (module.lookupSymbol(name))
      continue;
    auto function = func::FuncOp::create(b, module.getLoc(), name, type);
    function.setPrivate();
  }
}

namespace {
struct ConvertGraphToStep
    : graph_compile::impl::ConvertGraphToStepBase<ConvertGraphToStep> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(verifyLinear(module)))
      return signalPassFailure();
    declareLibraryFunctions(module);

    GraphToStepContext context(module);
    RewritePatternSet patterns(&getContext());
    populateStructurePatterns(patterns, context);
    populateControlPatterns(patterns, context);
    populateElementwisePatterns(patterns, context);
    populateReductionPatterns(patterns, context);
    populateContractionPatterns(patterns, context);
    populateShapePatterns(patterns, context);
    populateSlicingPatterns(patterns, context);
    populateSelectionPatterns(patterns, context);
    populateConvolutionPatterns(patterns, context);
    populateNormPatterns(patterns, context);
    populateWindowPatterns(patterns, context);
    populateWindowGradPatterns(patterns, context);
    populateResamplingPatterns(patterns, context);
    populateScatterPatterns(patterns, context);
    populateSearchPatterns(patterns, context);
    populateLinearAlgebraPatterns(patterns, context);
    populateOrthogonalizationPatterns(patterns, context);
    populateScanPatterns(patterns, context);
    populateListPatterns(patterns, context);
    populateRandomPatterns(patterns, context);
    populateEffectPatterns(patterns, context);
    populateCheckPatterns(patterns, context);

    ConversionTarget target(getContext());
    target.addLegalOp<ModuleOp>();
    target.addLegalDialect<arith::ArithDialect, func::FuncDialect,
                           linalg::LinalgDialect, math::MathDialect,
                           memref::MemRefDialect, scf::SCFDialect,
                           step::StepDialect, tensor::TensorDialect>();
    target.addIllegalDialect<graph::GraphDialect>();

    ConversionConfig config;
    // What folds here folds as it is created. Rollback stays allowed, because
    // patterns look at the signs of the original operands, which replaced ones
    // no longer have.
    config.foldingMode = DialectConversionFoldingMode::Never;
    if (failed(
            applyFullConversion(module, target, std::move(patterns), config)))
      signalPassFailure();
  }
};
} // namespace
