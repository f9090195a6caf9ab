//===- TensorSlice.cpp - parts of partitioned variables -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checkpoint.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

std::optional<TensorSlice> TensorSlice::parse(StringRef text) {
  TensorSlice slice;
  SmallVector<StringRef> extents;
  if (!text.empty())
    text.split(extents, ':');
  for (StringRef extent : extents) {
    int64_t start = 0, length = full;
    auto [first, second] = extent.split(',');
    bool isFull = extent == "-";
    if (!isFull && (first.getAsInteger(10, start) ||
                    second.getAsInteger(10, length) || start < 0 || length < 0))
      return std::nullopt;
    slice.starts.push_back(start);
    slice.lengths.push_back(length);
  }
  return slice;
}

bool TensorSlice::resolve(ArrayRef<int64_t> shape) {
  if (shape.size() != starts.size())
    return false;
  for (auto [start, length, dim] : llvm::zip_equal(starts, lengths, shape)) {
    if (length == full && start == 0)
      length = dim;
    if (start < 0 || length < 0 || start > dim || length > dim - start)
      return false;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//
//
// The key of a slice is a sequence of numbers and a string, each encoded so
// that the order of the bytes is the order of what they mean.

/// Appends an unsigned number: how many bytes it has, and those.
static void appendNumber(std::string &out, uint64_t value) {
  char bytes[8];
  llvm::support::endian::write64be(bytes, value);
  size_t length = llvm::divideCeil(llvm::bit_width(value), 8);
  out.push_back(static_cast<char>(length));
  out.append(bytes + sizeof(bytes) - length, length);
}

/// Appends a string: bytes that the end could be taken for are escaped.
static void appendString(std::string &out, StringRef text) {
  for (char c : text) {
    out.push_back(c);
    if (c == '\0')
      out.push_back('\xff');
    else if (c == '\xff')
      out.push_back('\0');
  }
  out.append("\0\1", 2);
}

/// Appends a signed number in as many bytes as its bits and one bit per byte
/// need: that many ones and a zero stand before the bits of a number that is
/// not negative; all is inverted for others.
static void appendSignedNumber(std::string &out, int64_t value) {
  uint64_t magnitude = value < 0 ? ~value : value;
  size_t length = llvm::bit_width(magnitude) / 7 + 1;
  // Ten bytes are enough: the number with its sign in front.
  char bytes[10];
  bytes[0] = bytes[1] = value < 0 ? '\xff' : '\0';
  llvm::support::endian::write64be(bytes + 2, value);
  char *begin = bytes + sizeof(bytes) - length;
  uint16_t header = static_cast<uint16_t>(0xffff0000u >> length);
  begin[0] ^= static_cast<char>(header >> 8);
  if (length > 8)
    begin[1] ^= static_cast<char>(header & 0xff);
  out.append(begin, length);
}

std::string tensorflow::encodeSliceKey(StringRef key,
                                       const TensorSlice &slice) {
  std::string out;
  appendNumber(out, 0);
  appendString(out, key);
  appendNumber(out, slice.starts.size());
  for (auto [start, length] : llvm::zip_equal(slice.starts, slice.lengths)) {
    appendSignedNumber(out, start);
    appendSignedNumber(out, length);
  }
  return out;
}
