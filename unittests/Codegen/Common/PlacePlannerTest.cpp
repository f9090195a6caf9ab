//===- PlacePlannerTest.cpp - places do not overlap in time and space -----===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/Common/PlacePlanner.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <chrono>
#include <random>

using namespace graph_compile;

namespace {

bool liveTogether(Lifetime a, Lifetime b) {
  return a.first <= b.last && b.first <= a.last;
}

/// Values with lifetimes of up to `maxLength`, in the order of their start.
template <typename Value, typename MakeValue>
std::vector<Value> makeValues(unsigned count, unsigned maxLength,
                              MakeValue makeValue) {
  std::mt19937 random(count * 31 + maxLength);
  std::vector<Value> values;
  for (unsigned i = 0; i < count; ++i) {
    Lifetime lifetime;
    lifetime.first = random() % (2 * count);
    lifetime.last = lifetime.first + random() % maxLength;
    values.push_back(makeValue(lifetime, random()));
  }
  std::stable_sort(values.begin(), values.end(),
                   [](const Value &a, const Value &b) {
                     return a.lifetime.first < b.lifetime.first;
                   });
  return values;
}

ArenaValue makeArenaValue(Lifetime lifetime, unsigned random) {
  return {lifetime, static_cast<int64_t>(random % 5000)};
}

/// Compares every pair: those that live together are `redZone` bytes apart.
void expectNoOverlap(const std::vector<ArenaValue> &values,
                     const ArenaLayout &layout, int64_t redZone) {
  ASSERT_EQ(values.size(), layout.offsets.size());
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(layout.offsets[i] % kArenaAlignment, 0);
    EXPECT_GE(layout.offsets[i], 0);
    EXPECT_LE(layout.offsets[i] + values[i].bytes + redZone, layout.bytes);
    for (size_t j = 0; j < i; ++j) {
      if (!liveTogether(values[i].lifetime, values[j].lifetime))
        continue;
      EXPECT_NE(layout.offsets[i], layout.offsets[j]);
      bool isAfter =
          layout.offsets[i] >= layout.offsets[j] + values[j].bytes + redZone;
      bool isBefore =
          layout.offsets[j] >= layout.offsets[i] + values[i].bytes + redZone;
      EXPECT_TRUE(isAfter || isBefore) << "values " << i << " and " << j;
    }
  }
}

TEST(ArenaTest, ValuesThatLiveTogetherDoNotOverlap) {
  for (unsigned count : {0, 1, 2, 10, 300})
    for (unsigned maxLength : {1, 3, 20, 500})
      for (int64_t redZone : {0, 32}) {
        auto values = makeValues<ArenaValue>(count, maxLength, makeArenaValue);
        expectNoOverlap(values, planArena(values, redZone), redZone);
      }
}

TEST(ArenaTest, AnOperandMayNotShareWithAResult) {
  // The second is written by the operation that reads the first.
  ArenaLayout layout = planArena({{{0, 1}, 64}, {{1, 2}, 64}});
  EXPECT_NE(layout.offsets[0], layout.offsets[1]);
}

TEST(ArenaTest, AChainTakesTwoPlaces) {
  std::vector<ArenaValue> chain;
  for (unsigned i = 0; i < 100; ++i)
    chain.push_back({{i, i + 1}, 1024});
  EXPECT_EQ(planArena(chain).bytes, 2 * 1024);
}

TEST(ArenaTest, WithARedZoneNoPlaceIsUsedTwice) {
  std::vector<ArenaValue> chain;
  for (unsigned i = 0; i < 100; ++i)
    chain.push_back({{i, i + 1}, 1024});
  EXPECT_GE(planArena(chain, /*redZone=*/32).bytes, 100 * (1024 + 32));
}

TEST(ArenaTest, FreeNeighboursMerge) {
  // Three small values die, then one takes the room of all three.
  ArenaLayout layout = planArena(
      {{{0, 1}, 64}, {{0, 1}, 64}, {{0, 1}, 64}, {{0, 9}, 64}, {{2, 9}, 192}});
  EXPECT_EQ(layout.offsets[4], 0);
  EXPECT_EQ(layout.bytes, 256);
}

TEST(ArenaTest, TheSmallestFreeBlockThatFitsIsTaken) {
  ArenaLayout layout = planArena({{{0, 1}, 256},
                                  {{0, 9}, 64},
                                  {{0, 1}, 128},
                                  {{0, 9}, 64},
                                  {{2, 9}, 128}});
  EXPECT_EQ(layout.offsets[4], 320);
}

TEST(ArenaTest, EmptyValuesHaveAddressesOfTheirOwn) {
  ArenaLayout layout = planArena({{{0, 1}, 0}, {{0, 1}, 0}});
  EXPECT_NE(layout.offsets[0], layout.offsets[1]);
}

TEST(ArenaTest, TimeIsNearLinear) {
  // Not a benchmark: a quadratic planner would take minutes.
  auto values = makeValues<ArenaValue>(400000, 5000, makeArenaValue);
  auto start = std::chrono::steady_clock::now();
  planArena(values);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

SlotValue makeSlotValue(Lifetime lifetime, unsigned random) {
  return {lifetime, random % 7};
}

TEST(SlotTest, ValuesThatLiveTogetherHaveDifferentSlots) {
  for (unsigned count : {0, 1, 2, 10, 300})
    for (unsigned maxLength : {1, 3, 20, 500}) {
      auto values = makeValues<SlotValue>(count, maxLength, makeSlotValue);
      SlotAssignment assignment = assignSlots(values);
      ASSERT_EQ(values.size(), assignment.slots.size());
      for (size_t i = 0; i < values.size(); ++i) {
        EXPECT_LT(assignment.slots[i], assignment.numSlots);
        for (size_t j = 0; j < i; ++j)
          if (liveTogether(values[i].lifetime, values[j].lifetime))
            EXPECT_NE(assignment.slots[i], assignment.slots[j]);
      }
    }
}

TEST(SlotTest, ASlotOfTheSameSizeIsPreferred) {
  SlotAssignment assignment =
      assignSlots({{{0, 1}, 5}, {{0, 1}, 6}, {{2, 3}, 6}, {{2, 3}, 5}});
  EXPECT_EQ(assignment.slots, (std::vector<unsigned>{0, 1, 1, 0}));
}

TEST(SlotTest, NoMoreSlotsThanLiveAtOnce) {
  SlotAssignment assignment =
      assignSlots({{{0, 1}, 1}, {{1, 2}, 2}, {{2, 3}, 3}, {{3, 4}, 4}});
  EXPECT_EQ(assignment.numSlots, 2u);
}

} // namespace
