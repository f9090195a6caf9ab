//===- EinsumEquationTest.cpp - which dims a sum of products names --------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EinsumEquation.h"

#include "gtest/gtest.h"

using namespace graph_compile::tensorflow;

static EinsumEquation parse(llvm::StringRef text,
                            llvm::ArrayRef<int64_t> ranks) {
  llvm::Expected<EinsumEquation> equation = parseEinsumEquation(text, ranks);
  if (equation)
    return *equation;
  ADD_FAILURE() << llvm::toString(equation.takeError());
  return {};
}

static std::string getError(llvm::StringRef text,
                            llvm::ArrayRef<int64_t> ranks) {
  llvm::Expected<EinsumEquation> equation = parseEinsumEquation(text, ranks);
  return equation ? "" : llvm::toString(equation.takeError());
}

TEST(EinsumEquation, namesEveryDim) {
  EinsumEquation equation = parse("ij,jk->ik", {2, 2});
  ASSERT_EQ(equation.operands.size(), 2u);
  EXPECT_EQ(equation.operands[0], (Labels{'i', 'j'}));
  EXPECT_EQ(equation.operands[1], (Labels{'j', 'k'}));
  EXPECT_EQ(equation.result, (Labels{'i', 'k'}));
}

TEST(EinsumEquation, ellipsesAreAlignedAtTheirLastDim) {
  EinsumEquation equation = parse("a...,...b->...ab", {3, 2});
  EXPECT_EQ(equation.operands[0], (Labels{'a', -2, -1}));
  EXPECT_EQ(equation.operands[1], (Labels{-1, 'b'}));
  EXPECT_EQ(equation.result, (Labels{-2, -1, 'a', 'b'}));
}

TEST(EinsumEquation, ellipsesMayStandForNothing) {
  EinsumEquation equation = parse("...i->i", {1});
  EXPECT_EQ(equation.operands[0], (Labels{'i'}));
  EXPECT_EQ(equation.result, (Labels{'i'}));
}

TEST(EinsumEquation, scalarsHaveNoLabels) {
  EinsumEquation equation = parse(",->", {0, 0});
  ASSERT_EQ(equation.operands.size(), 2u);
  EXPECT_TRUE(equation.operands[0].empty());
  EXPECT_TRUE(equation.result.empty());
}

TEST(EinsumEquation, saysWhatIsWrong) {
  EXPECT_EQ(getError("i", {1}), "expected exactly one \"->\"");
  EXPECT_EQ(getError("i->i->i", {1}), "expected exactly one \"->\"");
  EXPECT_EQ(getError("i,i->i", {1}),
            "expected one term per operand, got 2 terms for 1 operands");
  EXPECT_EQ(getError("ij->i", {1}),
            "expected operand 0 to have 2 dims, as \"ij\" says, got 1");
  EXPECT_EQ(getError("...i...->i", {1}),
            "expected at most one ellipsis in \"...i...\"");
  EXPECT_EQ(getError("i.->i", {1}),
            "expected dots to come in threes in \"i.\"");
  EXPECT_EQ(getError("i->j", {1}), "expected every label of the result to be "
                                   "one of an operand, got \"j\"");
}
