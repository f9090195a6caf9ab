//===- BinaryGraphTest.cpp - a GraphDef in protobuf's binary form ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BinaryGraph.h"

#include "graph.pb.h"

#include "gtest/gtest.h"

using namespace graph_compile::tensorflow;

namespace {
struct Parsed {
  explicit Parsed(llvm::StringRef bytes)
      : isGraph(succeeded(parseBinaryGraph(bytes, graph, contents))) {}

  llvm::StringRef getContent(int node, const std::string &attribute) const {
    return contents.lookup(&graph.node(node).attr().at(attribute).tensor());
  }

  proto::GraphDef graph;
  TensorContents contents;
  bool isGraph;
};
} // namespace

/// Adds a node with a tensor of `bytes` bytes.
static proto::TensorProto *addConstant(proto::GraphDef &graph, size_t bytes) {
  proto::NodeDef *node = graph.add_node();
  node->set_name("c" + std::to_string(graph.node_size()));
  node->set_op("Const");
  (*node->mutable_attr())["dtype"].set_type(proto::DT_UINT8);
  proto::TensorProto *tensor =
      (*node->mutable_attr())["value"].mutable_tensor();
  tensor->set_dtype(proto::DT_UINT8);
  tensor->mutable_tensor_shape()->add_dim()->set_size(bytes);
  tensor->set_tensor_content(std::string(bytes, 'x'));
  return tensor;
}

TEST(BinaryGraph, LargeTensorsStayInTheFile) {
  proto::GraphDef graph;
  addConstant(graph, 1000000);
  addConstant(graph, 1000);
  std::string bytes = graph.SerializeAsString();
  Parsed parsed(bytes);
  ASSERT_TRUE(parsed.isGraph);
  llvm::StringRef content = parsed.getContent(0, "value");
  EXPECT_EQ(content.size(), 1000000u);
  EXPECT_GE(content.data(), bytes.data());
  EXPECT_LE(content.end(), bytes.data() + bytes.size());
  EXPECT_TRUE(parsed.getContent(1, "value").empty());
  // All else is what protobuf reads.
  graph.mutable_node(0)
      ->mutable_attr()
      ->at("value")
      .mutable_tensor()
      ->set_tensor_content("x");
  EXPECT_EQ(parsed.graph.SerializeAsString().size(),
            graph.SerializeAsString().size());
  EXPECT_EQ(parsed.graph.node(0).attr().at("value").tensor().DebugString(),
            graph.node(0).attr().at("value").tensor().DebugString());
}

TEST(BinaryGraph, GraphsInARowAreOneGraph) {
  proto::GraphDef first, second;
  addConstant(first, 100000);
  first.mutable_library()->add_function()->mutable_signature()->set_name("f");
  addConstant(second, 200000);
  second.mutable_library()->add_function()->mutable_signature()->set_name("g");
  std::string bytes = first.SerializeAsString() + second.SerializeAsString();
  Parsed parsed(bytes);
  ASSERT_TRUE(parsed.isGraph);
  ASSERT_EQ(parsed.graph.node_size(), 2);
  EXPECT_EQ(parsed.graph.library().function_size(), 2);
  EXPECT_EQ(parsed.getContent(0, "value").size(), 100000u);
  EXPECT_EQ(parsed.getContent(1, "value").size(), 200000u);
}

TEST(BinaryGraph, WhatIsSaidTwiceIsLeftToProtobuf) {
  proto::GraphDef graph;
  addConstant(graph, 100000);
  // The last attribute of a name counts.
  std::string node = graph.node(0).SerializeAsString();
  proto::GraphDef other;
  addConstant(other, 200000);
  other.mutable_node(0)->clear_name();
  other.mutable_node(0)->clear_op();
  node += other.node(0).SerializeAsString();
  proto::GraphDef wanted;
  ASSERT_TRUE(wanted.add_node()->ParseFromString(node));
  Parsed parsed(wanted.SerializeAsString());
  ASSERT_TRUE(parsed.isGraph);

  std::string twice = "\x0a"; // field 1, with its length
  for (size_t length = node.size(); true; length >>= 7) {
    twice += static_cast<char>(length < 128 ? length : (length & 127) | 128);
    if (length < 128)
      break;
  }
  Parsed merged(twice + node);
  ASSERT_TRUE(merged.isGraph);
  EXPECT_EQ(merged.graph.node(0).attr().at("value").tensor().tensor_content(),
            wanted.node(0).attr().at("value").tensor().tensor_content());
}

TEST(BinaryGraph, EveryTruncationIsRefused) {
  proto::GraphDef graph;
  addConstant(graph, 70000);
  std::string bytes = graph.SerializeAsString();
  for (size_t size = 1; size < bytes.size(); size += size < 100 ? 1 : 997)
    EXPECT_FALSE(Parsed(llvm::StringRef(bytes).take_front(size)).isGraph)
        << size;
}
