/*===- crc32c.c - the checksum of checkpoints ------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * For bundle.py, which checksums gigabytes: eight bytes at a time, with the
 * instruction that SSE 4.2 has for it.
 *
 *===----------------------------------------------------------------------===*/

#include <nmmintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

uint32_t crc32c(const unsigned char *bytes, size_t count) {
  uint64_t crc = UINT32_MAX;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    crc = _mm_crc32_u64(crc, word);
  }
  for (; count > 0; ++bytes, --count)
    crc = _mm_crc32_u8((uint32_t)crc, *bytes);
  return (uint32_t)crc ^ UINT32_MAX;
}
