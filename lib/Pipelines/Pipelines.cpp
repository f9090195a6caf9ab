//===- Pipelines.cpp - the stages of a compilation ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Pipelines/Pipelines.h"

#include "graph-compile/Codegen/CPU/Passes.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Conversion/GraphToStep/Passes.h"
#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace graph_compile;

void graph_compile::registerPipelineDialects(DialectRegistry &registry) {
  registry.insert<graph::GraphDialect, step::StepDialect>();
  registry
      .insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect,
              linalg::LinalgDialect, LLVM::LLVMDialect, math::MathDialect,
              memref::MemRefDialect, scf::SCFDialect, tensor::TensorDialect,
              ub::UBDialect, vector::VectorDialect>();
}

//===----------------------------------------------------------------------===//
// Names of stages
//===----------------------------------------------------------------------===//

std::optional<Stage> graph_compile::parseStage(StringRef name) {
  return llvm::StringSwitch<std::optional<Stage>>(name)
      .Case("import", Stage::Import)
      .Case("optimize", Stage::Optimize)
      .Case("linearize", Stage::Linearize)
      .Case("linalg", Stage::Linalg)
      .Case("kernels", Stage::Kernels)
      .Case("plan", Stage::Plan)
      .Case("codegen", Stage::Codegen)
      .Default(std::nullopt);
}

StringRef graph_compile::getStageName(Stage stage) {
  switch (stage) {
  case Stage::Import:
    return "import";
  case Stage::Optimize:
    return "optimize";
  case Stage::Linearize:
    return "linearize";
  case Stage::Linalg:
    return "linalg";
  case Stage::Kernels:
    return "kernels";
  case Stage::Plan:
    return "plan";
  case Stage::Codegen:
    return "codegen";
  }
  llvm_unreachable("unknown stage");
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

/// Folds one function. Its regions are one block each, so that there is nothing
/// to simplify about their blocks, only time to lose.
static std::unique_ptr<Pass> createFolder() {
  GreedyRewriteConfig config;
  config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
  return createCanonicalizerPass(config);
}

/// graph -> graph: folded, types refined, dead nodes gone. Diagnostics about
/// order have been given by the importer, so folding cannot change a verdict.
static void buildOptimize(OpPassManager &pm) {
  pm.addNestedPass<graph::FuncOp>(createFolder());
  // A batch norm goes into the weights beside it or, written out, into the
  // kernels of its neighbours: whatever it was imported from, it ends the same.
  pm.addNestedPass<graph::FuncOp>(createRaiseBatchNorm());
  pm.addPass(createFoldBatchNorm());
  pm.addNestedPass<graph::FuncOp>(createExpandBatchNorm());
  pm.addPass(createHoistReads());
  // What is multiplied must be outside to be found, and the products may leave
  // outer loops.
  pm.addNestedPass<graph::FuncOp>(createHoistInvariants());
  pm.addNestedPass<graph::FuncOp>(createHoistProjections());
  pm.addNestedPass<graph::FuncOp>(createHoistInvariants());
}

/// graph -> graph in one textual order; no token is left.
static void buildLinearize(OpPassManager &pm, const ScheduleOptions &options) {
  pm.addNestedPass<graph::FuncOp>(
      createLinearizeGraph({options.policy, options.seed}));
  pm.addNestedPass<graph::FuncOp>(createVerifyLinear());
  // Common subexpressions need an order to be found in.
  pm.addNestedPass<graph::FuncOp>(createCSEPass());
}

/// graph -> step + linalg, tensor, arith, math, scf; no graph operation.
static void buildLinalg(OpPassManager &pm) {
  pm.addPass(createConvertGraphToStep());
  // Shape computations become constants and arithmetic on dimensions here; the
  // outliner expects the rest to be what really has to be computed.
  pm.addNestedPass<func::FuncOp>(createFolder());
  pm.addNestedPass<func::FuncOp>(createCSEPass());
  pm.addNestedPass<func::FuncOp>(createBranchTensorSelects());
  pm.addPass(createVerifyLinalgStage());
}

/// step + linalg on tensors -> step on tensors, kernels on memrefs.
static void buildKernels(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createFuseStep());
  pm.addPass(createOutlineKernels());
  pm.addPass(createVerifyKernels());
}

/// step on tensors -> step on places.
static void buildPlan(OpPassManager &pm, const PipelineOptions &options) {
  PlanMemoryOptions memory;
  memory.redZone = options.redZone;
  memory.listPlaces = options.listPlaces;
  pm.addPass(createPackConstants());
  pm.addPass(createPlanMemory(memory));
  pm.addPass(createSplitStep());
  pm.addPass(createDescribeKernels());
  pm.addPass(createVerifyPlan());
}

void graph_compile::buildPipeline(OpPassManager &pm, Stage from, Stage to,
                                  const PipelineOptions &options) {
  auto runs = [&](Stage stage) { return from < stage && stage <= to; };
  if (runs(Stage::Optimize))
    buildOptimize(pm);
  if (runs(Stage::Linearize))
    buildLinearize(pm, options.schedule);
  if (runs(Stage::Linalg))
    buildLinalg(pm);
  if (runs(Stage::Kernels))
    buildKernels(pm);
  if (runs(Stage::Plan))
    buildPlan(pm, options);
  if (runs(Stage::Codegen))
    buildCpuCodegenPipeline(pm, options.cpu);
}

//===----------------------------------------------------------------------===//
// Hand-written modules
//===----------------------------------------------------------------------===//

/// Returns the stage of a step: what its operations are made of tells.
static Stage detectStepStage(func::FuncOp function) {
  if (function->hasAttr(step::StepDialect::kResultsAttr) ||
      function->hasAttr(step::StepDialect::kPartAttr))
    return Stage::Plan;
  WalkResult result =
      function.walk([](step::LaunchOp) { return WalkResult::interrupt(); });
  return result.wasInterrupted() ? Stage::Kernels : Stage::Linalg;
}

Stage graph_compile::detectStage(ModuleOp module) {
  Stage stage = Stage::Codegen;
  for (Operation &op : *module.getBody()) {
    if (auto function = dyn_cast<graph::FuncOp>(op))
      stage = std::min(stage,
                       function.getLinear() ? Stage::Linearize : Stage::Import);
    else if (auto function = dyn_cast<func::FuncOp>(op))
      if (!function->hasAttr(step::StepDialect::kKernelAttr))
        stage = std::min(stage, detectStepStage(function));
  }
  return stage;
}
