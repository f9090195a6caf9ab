//===- DeadnessTest.cpp - boolean functions and nests of conditionals -----===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Deadness.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

using namespace graph_compile::tensorflow;

namespace {

//===----------------------------------------------------------------------===//
// Predicates
//===----------------------------------------------------------------------===//

constexpr unsigned numVariables = 5;
/// The value of a function of five variables for each of their values.
using Table = uint32_t;

TEST(Predicates, AreEqualNumbersIfEqualFunctions) {
  Predicates predicates;
  Predicate a = predicates.addVariable(), b = predicates.addVariable();
  EXPECT_NE(a, b);
  EXPECT_EQ(predicates.negate(predicates.negate(a)), a);
  EXPECT_EQ(predicates.both(a, b), predicates.both(b, a));
  EXPECT_EQ(predicates.either(a, predicates.negate(a)), Predicates::always);
  EXPECT_EQ(predicates.both(a, predicates.negate(a)), Predicates::never);
  // De Morgan's law.
  EXPECT_EQ(predicates.negate(predicates.both(a, b)),
            predicates.either(predicates.negate(a), predicates.negate(b)));
  // What a Merge of both sides of `b` inside `a` is.
  EXPECT_EQ(predicates.either(predicates.both(a, b),
                              predicates.both(a, predicates.negate(b))),
            a);
}

TEST(Predicates, KnowConstants) {
  Predicates predicates;
  Predicate a = predicates.addVariable();
  EXPECT_EQ(predicates.negate(Predicates::always), Predicates::never);
  EXPECT_TRUE(predicates.implies(Predicates::never, a));
  EXPECT_TRUE(predicates.implies(a, Predicates::always));
  EXPECT_FALSE(predicates.implies(Predicates::always, a));
  EXPECT_TRUE(predicates.areExclusive(Predicates::never, Predicates::never));
  EXPECT_FALSE(predicates.areExclusive(a, Predicates::always));
}

/// Functions made of random ones before them, against their truth tables.
TEST(Predicates, AgreeWithTruthTables) {
  std::mt19937 random(1);
  for (unsigned round = 0; round < 20; ++round) {
    Predicates predicates;
    std::vector<std::pair<Predicate, Table>> functions = {
        {Predicates::never, 0}, {Predicates::always, ~Table(0)}};
    for (unsigned variable = 0; variable < numVariables; ++variable) {
      Table table = 0;
      for (unsigned values = 0; values < 32; ++values)
        table |= Table((values >> variable) & 1) << values;
      functions.push_back({predicates.addVariable(), table});
    }
    for (unsigned i = 0; i < 100; ++i) {
      auto [a, tableOfA] = functions[random() % functions.size()];
      auto [b, tableOfB] = functions[random() % functions.size()];
      switch (random() % 3) {
      case 0:
        functions.push_back({predicates.negate(a), ~tableOfA});
        break;
      case 1:
        functions.push_back({predicates.both(a, b), tableOfA & tableOfB});
        break;
      default:
        functions.push_back({predicates.either(a, b), tableOfA | tableOfB});
      }
    }
    std::map<Table, Predicate> predicateOf;
    for (auto [a, tableOfA] : functions) {
      EXPECT_EQ(predicateOf.try_emplace(tableOfA, a).first->second, a);
      for (auto [b, tableOfB] : functions) {
        EXPECT_EQ(predicates.implies(a, b), (tableOfA & ~tableOfB) == 0);
        EXPECT_EQ(predicates.areExclusive(a, b), (tableOfA & tableOfB) == 0);
      }
    }
    EXPECT_GT(predicateOf.size(), 20u);
  }
}

//===----------------------------------------------------------------------===//
// Contexts
//===----------------------------------------------------------------------===//

class ContextsTest : public ::testing::Test {
protected:
  ConditionIndex addCondition() {
    return contexts.addCondition(predicates.addVariable());
  }

  Predicates predicates;
  Contexts contexts{predicates};
  ContextIndex root = contexts.addRoot();
};

TEST_F(ContextsTest, EnteringTwiceGivesOneContext) {
  ConditionIndex p = addCondition();
  ContextIndex then = contexts.enter(root, p, true);
  EXPECT_EQ(contexts.enter(root, p, true), then);
  EXPECT_NE(contexts.enter(root, p, false), then);
  EXPECT_TRUE(contexts.isRoot(root));
  EXPECT_FALSE(contexts.isRoot(then));
  EXPECT_EQ(contexts[then].parent, root);
  EXPECT_EQ(contexts[then].depth, 1u);
}

TEST_F(ContextsTest, EnteringWhereTheOutcomeIsKnown) {
  ConditionIndex p = addCondition();
  ContextIndex then = contexts.enter(root, p, true);
  EXPECT_EQ(contexts.enter(then, p, true), then);
  EXPECT_EQ(contexts.enter(then, p, false), Contexts::dead);
  EXPECT_EQ(contexts.enter(Contexts::dead, p, true), Contexts::dead);
  // Known through another condition as well.
  ConditionIndex never = contexts.addCondition(Predicates::never);
  EXPECT_EQ(contexts.enter(root, never, true), Contexts::dead);
  EXPECT_EQ(contexts.enter(root, never, false), root);
}

TEST_F(ContextsTest, BranchesAreExclusiveInAnyNest) {
  ConditionIndex p = addCondition(), q = addCondition();
  ContextIndex then = contexts.enter(root, p, true);
  ContextIndex both = contexts.enter(then, q, true);
  ContextIndex other = contexts.enter(contexts.enter(root, q, true), p, false);
  EXPECT_TRUE(contexts.areExclusive(both, other));
  EXPECT_FALSE(contexts.areExclusive(both, then));
  EXPECT_TRUE(contexts.implies(both, then));
  EXPECT_FALSE(contexts.implies(then, both));
  // The same place, nested the other way around.
  ContextIndex swapped = contexts.enter(contexts.enter(root, q, true), p, true);
  EXPECT_NE(swapped, both);
  EXPECT_TRUE(contexts.implies(swapped, both));
  EXPECT_TRUE(contexts.implies(both, swapped));
}

TEST_F(ContextsTest, IntersectionTakesTheInnerContext) {
  ConditionIndex p = addCondition(), q = addCondition();
  ContextIndex ofP = contexts.enter(root, p, true);
  ContextIndex ofQ = contexts.enter(root, q, false);
  ContextIndex inner = contexts.enter(ofP, q, false);
  EXPECT_EQ(contexts.intersect({root, ofP}), ofP);
  EXPECT_EQ(contexts.intersect({inner, ofP, root}), inner);
  // Siblings: the second one's conditions inside the first.
  EXPECT_EQ(contexts.intersect({ofP, ofQ}), inner);
  ContextIndex notP = contexts.enter(root, p, false);
  EXPECT_EQ(contexts.intersect({ofP, notP}), Contexts::dead);
  EXPECT_EQ(contexts.intersect({root, Contexts::dead}), Contexts::dead);
}

TEST_F(ContextsTest, FindsItsWayInTheNest) {
  ConditionIndex p = addCondition(), q = addCondition(), r = addCondition();
  ContextIndex a = contexts.enter(root, p, true);
  ContextIndex b = contexts.enter(a, q, true);
  ContextIndex c = contexts.enter(b, r, true);
  ContextIndex d = contexts.enter(a, q, false);
  EXPECT_EQ(contexts.findCommon({c, d}), a);
  EXPECT_EQ(contexts.findCommon({c, b}), b);
  EXPECT_EQ(contexts.findCommon({c}), c);
  EXPECT_TRUE(contexts.isInside(c, a));
  EXPECT_TRUE(contexts.isInside(c, c));
  EXPECT_FALSE(contexts.isInside(d, b));
  EXPECT_EQ(contexts.getChildAround(c, root), a);
  EXPECT_EQ(contexts.getChildAround(c, b), c);
  EXPECT_EQ(contexts.getPath(c), (llvm::SmallVector<ContextIndex>{a, b, c}));
  EXPECT_TRUE(contexts.getPath(root).empty());
}

/// A conditional in a conditional and so on, each of them merged again: what a
/// Merge unites leads back to the context around, in constant time.
TEST_F(ContextsTest, DeepNestsStaySmall) {
  ContextIndex around = root;
  for (unsigned depth = 0; depth < 100'000; ++depth) {
    ConditionIndex condition = addCondition();
    ContextIndex then = contexts.enter(around, condition, true);
    ContextIndex otherwise = contexts.enter(around, condition, false);
    ASSERT_EQ(predicates.either(contexts[then].predicate,
                                contexts[otherwise].predicate),
              contexts[around].predicate);
    ASSERT_TRUE(contexts.areExclusive(then, otherwise));
    around = then;
  }
  EXPECT_EQ(contexts[around].depth, 100'000u);
}

} // namespace
