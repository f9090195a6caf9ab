//===- Passes.h - passes that make CPU code ---------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CODEGEN_CPU_PASSES_H
#define GRAPH_COMPILE_CODEGEN_CPU_PASSES_H

#include "graph-compile/Codegen/CPU/Target.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/Pass.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace graph_compile {

#define GEN_PASS_DECL
#include "graph-compile/Codegen/CPU/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "graph-compile/Codegen/CPU/Passes.h.inc"

/// From stage `plan` (steps and kernels on memrefs) to stage `codegen` (the
/// llvm dialect only), for the CPU that `options` describes.
void buildCpuCodegenPipeline(mlir::OpPassManager &pm,
                             const CpuOptions &options);

/// Registers the pipeline above as `cpu-codegen`, with the option `cpu`.
void registerCpuCodegenPipeline();

} // namespace graph_compile

#endif // GRAPH_COMPILE_CODEGEN_CPU_PASSES_H
