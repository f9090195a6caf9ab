//===- CompiledKernels.cpp - kernels that a test can call -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledKernels.h"

#include "graph-compile/Codegen/CPU/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace graph_compile;

/// The stand-in for the runtime's.
static void parallelFor(void *frame, int64_t n, int64_t grain,
                        void (*body)(void *, int64_t, int64_t), void *closure) {
  ASSERT_GE(grain, 1);
  int64_t parts = std::max<int64_t>(n / grain, 1);
  for (int64_t part = parts; part-- > 0;)
    body(closure, part * grain, part + 1 == parts ? n : (part + 1) * grain);
}

template <typename T> static T check(llvm::Expected<T> value) {
  if (!value)
    llvm::report_fatal_error(value.takeError());
  return std::move(*value);
}

CpuOptions graph_compile::getNativeCpu() { return check(resolveCpu("native")); }

CpuOptions graph_compile::getBaselineCpu() {
  return check(resolveCpu("x86-64"));
}

CompiledKernels::CompiledKernels(StringRef source, const CpuOptions &cpu) {
  MLIRContext context;
  context
      .loadDialect<arith::ArithDialect, func::FuncDialect,
                   linalg::LinalgDialect, LLVM::LLVMDialect, math::MathDialect,
                   memref::MemRefDialect, scf::SCFDialect, step::StepDialect>();
  registerBuiltinDialectTranslation(context);
  registerLLVMDialectTranslation(context);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(source, &context);
  PassManager pm(&context);
  buildCpuCodegenPipeline(pm, cpu);
  if (!module || failed(pm.run(*module)))
    llvm::report_fatal_error("the kernels do not compile");
  for (auto function : module->getOps<LLVM::LLVMFuncOp>())
    function.setLinkage(LLVM::Linkage::External);

  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> llvmModule =
      translateModuleToLLVMIR(*module, *llvmContext);
  jit = check(llvm::orc::LLJITBuilder().create());
  llvmModule->setDataLayout(jit->getDataLayout());
  llvm::orc::JITDylib &library = jit->getMainJITDylib();
  library.addGenerator(
      check(llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
          jit->getDataLayout().getGlobalPrefix())));
  llvm::cantFail(library.define(llvm::orc::absoluteSymbols(
      {{jit->mangleAndIntern("gcrt_parallel_for"),
        {llvm::orc::ExecutorAddr::fromPtr(&parallelFor),
         llvm::JITSymbolFlags::Exported}}})));
  llvm::cantFail(jit->addIRModule(llvm::orc::ThreadSafeModule(
      std::move(llvmModule), std::move(llvmContext))));
}

CompiledKernels::~CompiledKernels() = default;

void *CompiledKernels::lookup(StringRef name) {
  return check(jit->lookup(name)).toPtr<void *>();
}
