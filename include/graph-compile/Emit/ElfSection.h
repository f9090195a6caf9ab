//===- ElfSection.h - large section contents without the assembler ------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_ELFSECTION_H
#define GRAPH_COMPILE_EMIT_ELFSECTION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace graph_compile {

/// Moves the contents of the section `name` of a 64-bit little-endian ELF
/// relocatable object behind the end of the object, where they are `bytes`
/// bytes long, and returns their offset in the file, a multiple of the
/// section's alignment. The caller writes the object, zeros up to that offset,
/// then the contents. The section must hold exactly one symbol, which then
/// spans it.
///
/// LLVM's own writer keeps an object in memory and its assembler copies every
/// byte several times; so the code is assembled with a section of one byte, and
/// the data of a model, gigabytes maybe, takes its place only in the file.
llvm::Expected<uint64_t>
moveSectionBehindObject(llvm::MutableArrayRef<char> object,
                        llvm::StringRef name, uint64_t bytes);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_ELFSECTION_H
