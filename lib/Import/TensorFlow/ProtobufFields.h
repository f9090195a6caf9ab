//===- ProtobufFields.h - the fields of an encoded message ------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model's message may have more bytes than protobuf reads at once, and mostly
// bytes that nobody should copy. Such a message is taken apart here, and its
// parts are parsed.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_PROTOBUFFIELDS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_PROTOBUFFIELDS_H

#include "llvm/ADT/StringRef.h"

#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <limits>

namespace graph_compile::tensorflow {

/// One field as protobuf encodes it.
struct Field {
  enum WireType { Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5 };

  uint64_t number = 0;
  unsigned wireType = 0;
  llvm::StringRef encoded; ///< all of it
  llvm::StringRef payload; ///< of a Length field: what it contains

  /// Whether this is a message, or bytes, of that number.
  bool isMessage(int wanted) const {
    return number == uint64_t(wanted) && wireType == Length;
  }
};

/// Takes a number off the front of `bytes`.
bool takeVarint(llvm::StringRef &bytes, uint64_t &value);

/// Takes a field off the front of `bytes`, which are not empty. Fails if they
/// are damaged, and for the kinds of fields that TensorFlow's messages do not
/// have.
bool takeField(llvm::StringRef &bytes, Field &field);

/// Parses a message of the size that protobuf can read.
template <typename Message>
bool parseMessage(llvm::StringRef bytes, Message &message) {
  // Who calls says what is wrong; protobuf would print it as well.
  google::protobuf::LogSilencer silencer;
  return bytes.size() <= size_t(std::numeric_limits<int>::max()) &&
         message.ParseFromArray(bytes.data(), bytes.size());
}

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_PROTOBUFFIELDS_H
