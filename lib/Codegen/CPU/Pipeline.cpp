//===- Pipeline.cpp - from planned steps to the llvm dialect --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/CPU/Passes.h"

#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace graph_compile {

void buildCpuCodegenPipeline(OpPassManager &pm, const CpuOptions &options) {
  // Kernels become llvm.func with scf, arith, math and vector inside.
  CpuEmitKernelsOptions kernels;
  kernels.vectorBytes = options.vectorBytes;
  kernels.vectorRegisters = options.vectorRegisters;
  kernels.hasMasks = options.hasMasks;
  pm.addPass(createCpuEmitKernels(kernels));
  // Before loops become blocks: some functions choose by scf.if.
  CpuExpandMathOptions math;
  math.hasFma = options.hasFma;
  math.hasScale = options.hasScale;
  pm.addPass(createCpuExpandMath(math));
  // Steps leave on failure from anywhere, so they need blocks, not regions.
  pm.addNestedPass<LLVM::LLVMFuncOp>(createSCFToControlFlowPass());
  pm.addNestedPass<func::FuncOp>(createSCFToControlFlowPass());
  CpuLowerStepOptions step;
  step.poisonArena = options.poisonArena;
  step.markLaunches = options.markLaunches;
  pm.addPass(createCpuLowerStep(step));
  // No memref is left; what remains converts one by one.
  CpuToLLVMOptions llvm;
  llvm.cpu = options.cpu;
  llvm.features = options.features;
  llvm.vectorBytes = options.vectorBytes;
  OpPassManager &functions = pm.nest<LLVM::LLVMFuncOp>();
  functions.addPass(createCpuToLLVM(llvm));
  functions.addPass(createReconcileUnrealizedCastsPass());
}

namespace {
struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<std::string> cpu{*this, "cpu", llvm::cl::desc("CPU to make code for"),
                          llvm::cl::init("x86-64")};
  Option<bool> markLaunches{*this, "mark-launches",
                            llvm::cl::desc("Tell profiles of launches"),
                            llvm::cl::init(false)};
};
} // namespace

void registerCpuCodegenPipeline() {
  PassPipelineRegistration<PipelineOptions>(
      "cpu-codegen", "from stage plan to stage codegen",
      [](OpPassManager &pm, const PipelineOptions &options) {
        llvm::Expected<CpuOptions> cpu = resolveCpu(options.cpu);
        if (!cpu)
          llvm::report_fatal_error(cpu.takeError(), /*gen_crash_diag=*/false);
        cpu->markLaunches = options.markLaunches;
        buildCpuCodegenPipeline(pm, *cpu);
      });
}

} // namespace graph_compile
