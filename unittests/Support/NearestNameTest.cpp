//===- NearestNameTest.cpp - suggestions for misspelt names ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Support/NearestName.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace graph_compile;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(NearestName, NearestComesFirst) {
  EXPECT_THAT(nearestNames("los", {"log", "loss", "square", "lost"}),
              ElementsAre("log", "loss", "lost"));
}

TEST(NearestName, FarNamesAreNoSuggestions) {
  EXPECT_THAT(nearestNames("nothing_like_it", {"loss", "x"}), IsEmpty());
}

TEST(NearestName, LimitHolds) {
  EXPECT_THAT(nearestNames("a1", {"a2", "a3", "a4", "a5"}, 2),
              ElementsAre("a2", "a3"));
}

TEST(NearestName, SuggestionReadsAsAQuestion) {
  EXPECT_EQ(suggestNames("los", {"loss"}), "did you mean \"loss\"?");
  EXPECT_EQ(suggestNames("ab", {"aa", "bb", "ac"}),
            "did you mean \"aa\", \"bb\" or \"ac\"?");
  EXPECT_EQ(suggestNames("los", {}), "");
}
