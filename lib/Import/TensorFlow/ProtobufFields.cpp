//===- ProtobufFields.cpp - the fields of an encoded message --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProtobufFields.h"

#include "llvm/Support/LEB128.h"

using namespace llvm;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

bool tensorflow::takeVarint(StringRef &bytes, uint64_t &value) {
  unsigned length = 0;
  const char *error = nullptr;
  value = llvm::decodeULEB128(bytes.bytes_begin(), &length, bytes.bytes_end(),
                              &error);
  bytes = bytes.drop_front(error ? 0 : length);
  return !error;
}

bool tensorflow::takeField(StringRef &bytes, Field &field) {
  StringRef start = bytes;
  uint64_t tag, length = 0;
  if (!takeVarint(bytes, tag))
    return false;
  field.number = tag >> 3;
  field.wireType = tag & 7;
  switch (field.wireType) {
  case Field::Varint:
    if (!takeVarint(bytes, length))
      return false;
    length = 0;
    break;
  case Field::Fixed64:
    length = 8;
    break;
  case Field::Length:
    if (!takeVarint(bytes, length))
      return false;
    break;
  case Field::Fixed32:
    length = 4;
    break;
  default:
    return false;
  }
  if (length > bytes.size())
    return false;
  field.payload = bytes.take_front(length);
  bytes = bytes.drop_front(length);
  field.encoded = start.drop_back(bytes.size());
  return true;
}
