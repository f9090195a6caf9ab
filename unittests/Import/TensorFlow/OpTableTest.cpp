//===- OpTableTest.cpp - tests of signatures ------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"

#include <gtest/gtest.h>

using namespace graph_compile::tensorflow;

namespace {

TEST(OpTableTest, AllSignaturesParse) {
  // A malformed signature ends the program.
  OpTable table;
  registerCoreOps(table);
  registerOpFamilies(table);
  EXPECT_TRUE(table.lookup("Const"));
  EXPECT_FALSE(table.lookup("SquareTheCircle"));
}

TEST(OpTableTest, ArgumentsAndAttributes) {
  OpTable table;
  const OpInfo &info = table.add(
      "Op",
      "first: T, rest: N * int32, handle: resource, ref: Ref(U), "
      "all: Tall -> output: T; Tall: list(type), U: type = half, "
      "padding: string = 'a, b', strides: list(int) = [1, -2], "
      "epsilon: float = 1e-4, shape: shape = ?, training: bool = true",
      nullptr);
  ASSERT_EQ(info.inputs.size(), 5u);
  EXPECT_EQ(info.inputs[0].kind, ArgumentSpec::Kind::TypeAttr);
  EXPECT_EQ(info.inputs[1].numberAttr, "N");
  EXPECT_EQ(info.inputs[1].kind, ArgumentSpec::Kind::Fixed);
  EXPECT_TRUE(info.inputs[3].isReference);
  EXPECT_EQ(info.inputs[4].kind, ArgumentSpec::Kind::TypeList);

  // Attributes of arguments are declared by them.
  ASSERT_TRUE(info.findAttribute("T"));
  EXPECT_FALSE(info.findAttribute("T")->hasDefault);
  ASSERT_TRUE(info.findAttribute("N"));
  EXPECT_EQ(info.findAttribute("N")->kind, AttributeSpec::Kind::Int);

  EXPECT_TRUE(info.findAttribute("U")->hasDefault);
  EXPECT_EQ(info.findAttribute("padding")->strings,
            std::vector<std::string>{"a, b"});
  EXPECT_EQ(info.findAttribute("strides")->ints, (std::vector<int64_t>{1, -2}));
  EXPECT_DOUBLE_EQ(info.findAttribute("epsilon")->floats.front(), 1e-4);
  EXPECT_TRUE(info.findAttribute("shape")->hasDefault);
  EXPECT_EQ(info.findAttribute("training")->ints, std::vector<int64_t>{1});
}

TEST(OpTableTest, Empty) {
  OpTable table;
  const OpInfo &info = table.add("Op", "->", nullptr);
  EXPECT_TRUE(info.inputs.empty());
  EXPECT_TRUE(info.outputs.empty());
}

TEST(OpTableTest, ListsOpsByNameWithFamilies) {
  OpTable table;
  table.beginFamily("Second");
  table.add("B", "->", nullptr).note("limited");
  table.beginFamily("First");
  table.add("C", "->", nullptr);
  table.add("A", "->", nullptr);
  std::vector<const OpInfo *> ops = table.list();
  ASSERT_EQ(ops.size(), 3u);
  EXPECT_EQ(ops[0]->name, "A");
  EXPECT_EQ(ops[0]->family, "First");
  EXPECT_EQ(ops[1]->name, "B");
  EXPECT_EQ(ops[1]->family, "Second");
  EXPECT_EQ(ops[1]->remark, "limited");
  EXPECT_EQ(ops[2]->name, "C");
}

TEST(OpTableTest, EveryOpHasAFamily) {
  OpTable table;
  registerCoreOps(table);
  registerOpFamilies(table);
  for (const OpInfo *op : table.list())
    EXPECT_FALSE(op->family.empty()) << op->name;
}

TEST(OpTableDeathTest, Malformed) {
  OpTable table;
  EXPECT_DEATH(table.add("A", "x: T", nullptr), "expected '->'");
  EXPECT_DEATH(table.add("B", "x: T -> y: T; k: integer", nullptr),
               "no kind of attribute");
  EXPECT_DEATH(table.add("C", "x: T -> y: T; T: int", nullptr), "two kinds");
}

} // namespace
