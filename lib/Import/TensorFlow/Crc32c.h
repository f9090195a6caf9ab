//===- Crc32c.h - the checksum of checkpoints -------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CRC32C_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CRC32C_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace graph_compile::tensorflow {

/// Returns the CRC-32C (Castagnoli) of `bytes`, or, given that of what comes
/// before them, of the whole.
uint32_t computeCrc32c(llvm::StringRef bytes, uint32_t before = 0);

/// The same on any machine.
uint32_t computeCrc32cByTables(llvm::StringRef bytes, uint32_t before = 0);

/// A checksum as files store it: a checksum over bytes that contain checksums
/// would be weak.
inline uint32_t maskCrc(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CRC32C_H
