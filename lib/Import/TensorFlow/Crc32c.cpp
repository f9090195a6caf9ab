//===- Crc32c.cpp - the checksum of checkpoints ---------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every byte of every variable goes through here, so x86-64's instruction for
// it is used where the machine has it. Otherwise eight bytes are taken at a
// time: table `i` has the checksums of a byte that `i` bytes follow (Kounavis
// and Berry, "A systematic approach to building high performance software-based
// CRC generators", 2005).
//
//===----------------------------------------------------------------------===//

#include "Crc32c.h"

#include "llvm/Support/Endian.h"

#include <array>

using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Tables = std::array<std::array<uint32_t, 256>, 8>;

static constexpr Tables makeTables() {
  constexpr uint32_t polynomial = 0x82f63b78; // bits reversed
  Tables tables = {};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ (crc & 1 ? polynomial : 0);
    tables[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; ++byte)
    for (size_t i = 1; i < tables.size(); ++i) {
      uint32_t shorter = tables[i - 1][byte];
      tables[i][byte] = (shorter >> 8) ^ tables[0][shorter & 0xff];
    }
  return tables;
}

static constexpr Tables tables = makeTables();

/// Both take and return the remainder that is inverted at the ends.
static uint32_t updateByTables(uint32_t crc, llvm::StringRef bytes) {
  for (; bytes.size() >= 8; bytes = bytes.drop_front(8)) {
    uint64_t next = llvm::support::endian::read64le(bytes.data()) ^ crc;
    crc = 0;
    for (int i = 0; i < 8; ++i)
      crc ^= tables[7 - i][(next >> (8 * i)) & 0xff];
  }
  for (unsigned char byte : bytes)
    crc = (crc >> 8) ^ tables[0][(crc ^ byte) & 0xff];
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t
updateByInstruction(uint32_t crc, llvm::StringRef bytes) {
  uint64_t wide = crc;
  for (; bytes.size() >= 8; bytes = bytes.drop_front(8))
    wide = __builtin_ia32_crc32di(
        wide, llvm::support::endian::read64le(bytes.data()));
  crc = static_cast<uint32_t>(wide);
  for (unsigned char byte : bytes)
    crc = __builtin_ia32_crc32qi(crc, byte);
  return crc;
}

static bool hasInstruction() { return __builtin_cpu_supports("sse4.2"); }
#else
static uint32_t updateByInstruction(uint32_t crc, llvm::StringRef bytes) {
  return updateByTables(crc, bytes);
}

static bool hasInstruction() { return false; }
#endif

uint32_t tensorflow::computeCrc32c(llvm::StringRef bytes, uint32_t before) {
  static const bool useInstruction = hasInstruction();
  return ~(useInstruction ? updateByInstruction(~before, bytes)
                          : updateByTables(~before, bytes));
}

uint32_t tensorflow::computeCrc32cByTables(llvm::StringRef bytes,
                                           uint32_t before) {
  return ~updateByTables(~before, bytes);
}
