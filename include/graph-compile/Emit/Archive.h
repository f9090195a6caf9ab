//===- Archive.h - static libraries --------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_ARCHIVE_H
#define GRAPH_COMPILE_EMIT_ARCHIVE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace graph_compile {

/// Writes an archive with the object at `objectPath`, as the member `name`, and
/// the members of libgcrt.a in `libraryFolder`. Linkers take a member once, for
/// the first archive that has it, so that several such libraries, and libgcrt.a
/// itself, link into one program. The bytes do not depend on time or user.
llvm::Error writeStaticLibrary(llvm::raw_ostream &os,
                               llvm::StringRef objectPath, llvm::StringRef name,
                               llvm::StringRef libraryFolder);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_ARCHIVE_H
