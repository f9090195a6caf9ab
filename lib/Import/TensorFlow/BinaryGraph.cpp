//===- BinaryGraph.cpp - a GraphDef in protobuf's binary form -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Weights make a GraphDef large: gigabytes, which protobuf would copy, and
// which as one message it would not read at all. So the nodes are found here,
// each is parsed as a message of its own, and before that the bytes of large
// tensors are cut out of it; they stay where they are, in the mapped file.
//
//===----------------------------------------------------------------------===//

#include "BinaryGraph.h"

#include "ProtobufFields.h"
#include "graph.pb.h"

#include "llvm/Support/LEB128.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// Smaller tensors are not worth a second look at their node.
static constexpr size_t kLargeBytes = 64 * 1024;

//===----------------------------------------------------------------------===//
// Fields of a message
//===----------------------------------------------------------------------===//

static void appendVarint(std::string &out, uint64_t value) {
  uint8_t encoded[10];
  unsigned length = llvm::encodeULEB128(value, encoded);
  out.append(reinterpret_cast<char *>(encoded), length);
}

static void appendLengthField(std::string &out, uint64_t number,
                              StringRef payload) {
  appendVarint(out, number << 3 | Field::Length);
  appendVarint(out, payload.size());
  out.append(payload.data(), payload.size());
}

//===----------------------------------------------------------------------===//
// Large tensors
//===----------------------------------------------------------------------===//

namespace {
/// Cuts the contents of large tensors out of one node: node, then its attribute
/// (an entry of a map), then the attribute's value, then the tensor.
class NodeCutter {
public:
  struct Content {
    std::string attribute;
    StringRef bytes;
  };

  /// Returns the node without those contents; nothing if it is damaged, or says
  /// something twice, which only protobuf knows what to make of.
  std::optional<std::string> cut(StringRef node) {
    std::string out;
    if (!cutMessage(node, /*depth=*/0, out))
      return std::nullopt;
    return out;
  }
  ArrayRef<Content> getContents() const { return contents; }

private:
  static constexpr unsigned pathLength = 4;
  /// NodeDef.attr, the value of the map's entry, AttrValue.tensor,
  /// TensorProto.tensor_content.
  static constexpr uint64_t path[pathLength] = {
      proto::NodeDef::kAttrFieldNumber, 2, proto::AttrValue::kTensorFieldNumber,
      proto::TensorProto::kTensorContentFieldNumber};

  bool cutMessage(StringRef message, unsigned depth, std::string &out);
  bool readName(StringRef entry);
  bool takeContent(StringRef bytes);

  std::string attribute; ///< the one that is being cut
  std::vector<Content> contents;
};
} // namespace

/// Reads the name of the attribute of a map's entry.
bool NodeCutter::readName(StringRef entry) {
  Field field;
  while (!entry.empty()) {
    if (!takeField(entry, field))
      return false;
    if (field.number == 1)
      attribute = field.payload.str();
  }
  return true;
}

bool NodeCutter::takeContent(StringRef bytes) {
  for (const Content &content : contents)
    if (content.attribute == attribute)
      return false;
  contents.push_back({attribute, bytes});
  return true;
}

/// Appends to `out` what is left of a message at that place of the path.
bool NodeCutter::cutMessage(StringRef message, unsigned depth,
                            std::string &out) {
  Field field;
  bool isSeen = false;
  while (!message.empty()) {
    if (!takeField(message, field))
      return false;
    bool isOnPath =
        field.number == path[depth] && field.wireType == Field::Length;
    // Attributes are many; of all else there is one.
    if (isOnPath && depth > 0 && std::exchange(isSeen, true))
      return false;
    if (!isOnPath || field.payload.size() < kLargeBytes) {
      out.append(field.encoded.data(), field.encoded.size());
      continue;
    }
    if (depth == 0 && !readName(field.payload))
      return false;
    if (depth + 1 == pathLength) {
      if (!takeContent(field.payload))
        return false;
      // One byte stays: without its contents the tensor has the wrong size, and
      // is not taken for one of zeros.
      appendLengthField(out, field.number, field.payload.take_front());
      continue;
    }
    std::string inner;
    if (!cutMessage(field.payload, depth + 1, inner))
      return false;
    appendLengthField(out, field.number, inner);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

static bool parseNode(StringRef bytes, proto::NodeDef &node,
                      TensorContents &contents) {
  if (bytes.size() < kLargeBytes)
    return parseMessage(bytes, node);
  NodeCutter cutter;
  std::optional<std::string> rest = cutter.cut(bytes);
  if (!rest)
    return parseMessage(bytes, node);
  if (!parseMessage(*rest, node))
    return false;
  for (const NodeCutter::Content &content : cutter.getContents()) {
    auto attribute = node.attr().find(content.attribute);
    if (attribute == node.attr().end() || !attribute->second.has_tensor())
      return false;
    contents[&attribute->second.tensor()] = content.bytes;
  }
  return true;
}

LogicalResult tensorflow::parseBinaryGraph(StringRef bytes,
                                           proto::GraphDef &graph,
                                           TensorContents &contents) {
  std::string rest;
  Field field;
  while (!bytes.empty()) {
    if (!takeField(bytes, field))
      return failure();
    if (!field.isMessage(proto::GraphDef::kNodeFieldNumber))
      rest.append(field.encoded.data(), field.encoded.size());
    else if (!parseNode(field.payload, *graph.add_node(), contents))
      return failure();
  }
  proto::GraphDef others;
  if (!parseMessage(StringRef(rest), others))
    return failure();
  graph.MergeFrom(others);
  return success();
}
