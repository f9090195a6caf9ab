//===- Link.h - executables ----------------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_LINK_H
#define GRAPH_COMPILE_EMIT_LINK_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace graph_compile {

/// Returns the folder of libgcrt.a and libgcrt_main.a for a compiler whose
/// program lies in `programFolder`: a build tree or an installed one.
llvm::Expected<std::string> findRuntimeLibraries(llvm::StringRef programFolder);

/// Links `object` with the runtime in `libraryFolder` to the executable
/// `output`, with `cc` where there is one, else with LLVM's linker. With
/// `sanitizeAddress` it is Clang that links, with its sanitizer's runtime. The
/// error holds what the linker said.
llvm::Error linkExecutable(llvm::StringRef object, llvm::StringRef output,
                           llvm::StringRef libraryFolder, bool sanitizeAddress);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_LINK_H
