//===- MachineCode.cpp - from the LLVM dialect to machine code ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/MachineCode.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/Instrumentation/AddressSanitizer.h"

using namespace llvm;

void graph_compile::registerLLVMIRTranslations(
    mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
}

std::unique_ptr<Module>
graph_compile::translateToLLVMIR(mlir::ModuleOp module, LLVMContext &context,
                                 TargetMachine &machine) {
  // A fixed name: where a model was compiled must not show in its object.
  std::unique_ptr<Module> result =
      mlir::translateModuleToLLVMIR(module, context, "model");
  if (!result)
    return nullptr;
  result->setTargetTriple(machine.getTargetTriple());
  result->setDataLayout(machine.createDataLayout());
  // One place decides what the code may use: the descriptor names it too.
  for (Function &function : *result) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    function.addFnAttr("target-features", machine.getTargetFeatureString());
  }
  return result;
}

void graph_compile::prefixDefinitions(Module &module, StringRef prefix) {
  for (GlobalValue &value : module.global_values()) {
    if (value.isDeclaration())
      continue;
    value.setName(prefix + value.getName());
    value.setLinkage(GlobalValue::ExternalLinkage);
  }
}

void graph_compile::localizeDefinitions(Module &module) {
  for (GlobalValue &value : module.global_values()) {
    if (value.isDeclaration())
      continue;
    value.setLinkage(GlobalValue::InternalLinkage);
    value.setVisibility(GlobalValue::DefaultVisibility);
  }
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.setDoesNotThrow();
    // Kernels and the parts of a long step are functions of their own so that
    // none grows beyond what LLVM compiles in linear time. A helper that is
    // worth it says so.
    if (!function.hasFnAttribute(Attribute::AlwaysInline))
      function.addFnAttr(Attribute::NoInline);
  }
}

/// Marks all functions for the sanitizer's pass.
static void requestAddressSanitizer(Module &module) {
  for (Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(Attribute::SanitizeAddress);
}

void graph_compile::optimize(Module &module, TargetMachine &machine,
                             bool sanitizeAddress) {
  LoopAnalysisManager loopAnalyses;
  FunctionAnalysisManager functionAnalyses;
  CGSCCAnalysisManager cgsccAnalyses;
  ModuleAnalysisManager moduleAnalyses;
  // Kernels come in vectors where that pays. What is straight-line code is a
  // step, thousands of loads and stores between which the SLP vectorizer would
  // look for what is not there.
  PipelineTuningOptions tuning;
  tuning.SLPVectorization = false;
  PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(moduleAnalyses);
  builder.registerCGSCCAnalyses(cgsccAnalyses);
  builder.registerFunctionAnalyses(functionAnalyses);
  builder.registerLoopAnalyses(loopAnalyses);
  builder.crossRegisterProxies(loopAnalyses, functionAnalyses, cgsccAnalyses,
                               moduleAnalyses);
  ModulePassManager passes =
      builder.buildPerModuleDefaultPipeline(OptimizationLevel::O2);
  if (sanitizeAddress) {
    // Last, as Clang does it: optimizations must see plain accesses.
    requestAddressSanitizer(module);
    passes.addPass(AddressSanitizerPass(AddressSanitizerOptions()));
  }
  passes.run(module, moduleAnalyses);
}

Error graph_compile::emitMachineCode(Module &module, TargetMachine &machine,
                                     CodeGenFileType type,
                                     raw_pwrite_stream &os) {
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, os, /*DwoOut=*/nullptr, type))
    return createStringError("LLVM cannot write this kind of file for " +
                             machine.getTargetTriple().str());
  passes.run(module);
  return Error::success();
}
