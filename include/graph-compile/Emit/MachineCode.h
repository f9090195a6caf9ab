//===- MachineCode.h - from the LLVM dialect to machine code ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_MACHINECODE_H
#define GRAPH_COMPILE_EMIT_MACHINECODE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>

namespace graph_compile {

/// Registers what translateToLLVMIR needs.
void registerLLVMIRTranslations(mlir::DialectRegistry &registry);

/// Translates a module of the LLVM dialect for `machine`. Null after an error,
/// which has been reported.
std::unique_ptr<llvm::Module> translateToLLVMIR(mlir::ModuleOp module,
                                                llvm::LLVMContext &context,
                                                llvm::TargetMachine &machine);

/// Puts `prefix` before the names of everything that `module` defines, so that
/// models never meet each other or a program that they are linked to, nor the
/// names of functions that the code generator calls by itself. All is exported
/// for now: linking modules loses what is local and not used yet.
void prefixDefinitions(llvm::Module &module, llvm::StringRef prefix);

/// Makes everything that `module` defines local to it.
void localizeDefinitions(llvm::Module &module);

/// Optimizes `module`; with `sanitizeAddress` it then instruments all memory
/// accesses for LLVM's AddressSanitizer.
void optimize(llvm::Module &module, llvm::TargetMachine &machine,
              bool sanitizeAddress);

/// Writes `module` as an object or as assembly.
llvm::Error emitMachineCode(llvm::Module &module, llvm::TargetMachine &machine,
                            llvm::CodeGenFileType type,
                            llvm::raw_pwrite_stream &os);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_MACHINECODE_H
