//===- ConfigTest.cpp - tests of the entry point flags --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Import/TensorFlow/Import.h"

#include <gtest/gtest.h>

using graph_compile::FeedFlag;

namespace {

TEST(FeedFlagTest, NameAlone) {
  auto flag = FeedFlag::parse("x:1");
  ASSERT_TRUE(flag);
  EXPECT_EQ(flag->tensor, "x:1");
  EXPECT_FALSE(flag->shape);
}

TEST(FeedFlagTest, Shape) {
  auto flag = FeedFlag::parse("x=2,-1,8");
  ASSERT_TRUE(flag && flag->shape);
  EXPECT_EQ(flag->tensor, "x");
  EXPECT_EQ(*flag->shape, (std::vector<int64_t>{2, -1, 8}));
}

TEST(FeedFlagTest, Scalar) {
  auto flag = FeedFlag::parse("x=");
  ASSERT_TRUE(flag && flag->shape);
  EXPECT_TRUE(flag->shape->empty());
}

TEST(FeedFlagTest, Malformed) {
  for (const char *text : {"", "=2", "x=2,,3", "x=-2", "x=a", "x=2x"})
    EXPECT_FALSE(FeedFlag::parse(text)) << text;
}

} // namespace
