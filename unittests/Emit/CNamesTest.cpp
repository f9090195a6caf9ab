//===- CNamesTest.cpp - names of a model in C ---------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/CNames.h"

#include "gtest/gtest.h"

using namespace graph_compile;

TEST(CNames, OtherCharactersBecomeUnderscores) {
  EXPECT_EQ(makeCName("layer_1/kernel:0"), "layer_1_kernel_0");
  EXPECT_EQ(makeCName("é"), "__"); // two bytes of UTF-8
}

TEST(CNames, LeadingDigitsAndKeywordsGetAnUnderscore) {
  EXPECT_EQ(makeCName("1x"), "_1x");
  EXPECT_EQ(makeCName("float"), "_float");
  EXPECT_EQ(makeCName("class"), "_class");
  EXPECT_EQ(makeCName("xor_eq"), "_xor_eq");
  EXPECT_EQ(makeCName("typeof_unqual"), "_typeof_unqual");
  EXPECT_EQ(makeCName("floats"), "floats");
}

TEST(CNames, NothingIsAnUnderscore) { EXPECT_EQ(makeCName(""), "_"); }

TEST(CNames, CollisionsAreNumbered) {
  CNameScope scope;
  EXPECT_EQ(scope.add("a/b"), "a_b");
  EXPECT_EQ(scope.add("a.b"), "a_b_2");
  EXPECT_EQ(scope.add("a:b"), "a_b_3");
}

TEST(CNames, ANumberedNameIsTakenToo) {
  CNameScope scope;
  EXPECT_EQ(scope.add("a_2"), "a_2");
  EXPECT_EQ(scope.add("a"), "a");
  EXPECT_EQ(scope.add("a"), "a_3");
  EXPECT_EQ(scope.add("a_3"), "a_3_2");
}

TEST(CNames, ReservedNamesAreTaken) {
  CNameScope scope({"create"});
  EXPECT_EQ(scope.add("create"), "create_2");
}
