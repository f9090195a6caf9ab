//===- Link.h - executables and shared libraries -------------------------===//
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

/// One run of the linker.
struct LinkJob {
  std::string object;
  std::string output;
  std::string libraryFolder; ///< what findRuntimeLibraries has returned
  /// Whether Clang links, with the runtime of its address sanitizer.
  bool sanitizeAddress = false;
  /// The name under which programs ask for the output, a shared library; empty:
  /// it is an executable.
  std::string sharedName;

  bool isShared() const { return !sharedName.empty(); }
};

/// Links the object with the runtime, with `cc` where there is one, else with
/// LLVM's linker. The error holds what the linker said.
///
/// An executable takes from the runtime what it uses, and its `main`. A shared
/// library takes all but that, and exports what the runtime's headers declare:
/// the inline functions of the model's header call it. Of several such
/// libraries in one process the first one's runtime serves all, generated code
/// included, so that an instance never meets two of them.
llvm::Error linkModel(const LinkJob &job);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_LINK_H
