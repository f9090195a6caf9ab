//===- LinkedData.h - large data in linked files -------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_LINKEDDATA_H
#define GRAPH_COMPILE_EMIT_LINKEDDATA_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace graph_compile {

/// Makes room for `bytes` bytes of data in `file`, a linked ELF program or
/// shared library in which one byte in a section `.lrodata` or `.lrodata.*`
/// stands for them. After that the file ends where the data begin: the caller
/// writes it, then the data.
///
/// A linker would read and write gigabytes of weights, several times some of
/// them. So it links without them; linkers put large read-only data behind
/// everything else, where it can grow. Returns false, and leaves the file as it
/// is, if this one has put it elsewhere.
llvm::Expected<bool> makeRoomForData(llvm::SmallVectorImpl<char> &file,
                                     uint64_t bytes);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_LINKEDDATA_H
