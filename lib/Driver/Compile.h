//===- Compile.h - one compilation, start to finish ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DRIVER_COMPILE_H
#define GRAPH_COMPILE_LIB_DRIVER_COMPILE_H

#include "graph-compile/Driver/CompileOptions.h"
#include "graph-compile/Driver/Driver.h"

namespace graph_compile {

/// Compiles one model. `programFolder` is where the compiler's program lies:
/// the runtime's libraries are found from there. Errors go to standard error.
ExitStatus compile(const CompileOptions &options,
                   llvm::StringRef programFolder);

/// Answers --why on standard output. Errors go to standard error.
ExitStatus explainOrder(const CommandLine &commandLine);

/// Reports an error of the command line, or of what is around the model.
void reportError(llvm::Error error);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_DRIVER_COMPILE_H
