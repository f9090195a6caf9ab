//===- Target.h - the machine that code is made for ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_TARGET_H
#define GRAPH_COMPILE_EMIT_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>

namespace graph_compile {

/// Returns an error unless code can be made for this target triple; it says for
/// which ones it can.
llvm::Error checkTargetTriple(llvm::StringRef triple);

/// Makes the machine that code is made for: a target triple, a CPU as LLVM
/// names it, and all features of that CPU that the code may use,
/// `+avx,+avx2,..`. The error says what is not supported, and what is.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(llvm::StringRef triple, llvm::StringRef cpu,
                    llvm::StringRef features);

/// Returns the features that code for `machine` may use and that not every CPU
/// of the architecture has, as LLVM names them, joined by commas: what the
/// runtime checks before it runs the code.
std::string getRequiredCpuFeatures(const llvm::TargetMachine &machine);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_TARGET_H
