//===- LiveRangeTest.cpp - sets of points ---------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LiveRange.h"

#include "gtest/gtest.h"

#include <random>
#include <set>

using namespace graph_compile;

namespace {

std::set<unsigned> getPoints(llvm::ArrayRef<LiveRange::Interval> intervals) {
  std::set<unsigned> points;
  for (const LiveRange::Interval &interval : intervals)
    for (unsigned point = interval.first; point <= interval.last; ++point)
      points.insert(point);
  return points;
}

/// A range, and the same points one by one.
struct Sample {
  LiveRange range;
  std::set<unsigned> points;

  void add(unsigned first, unsigned last) {
    range.add(first, last);
    for (unsigned point = first; point <= last; ++point)
      points.insert(point);
  }
};

Sample makeSample(std::mt19937 &random) {
  Sample sample;
  for (unsigned i = random() % 8; i > 0; --i) {
    unsigned first = random() % 100;
    sample.add(first, first + random() % 10);
  }
  return sample;
}

TEST(LiveRange, HasThePointsOfAllThatWasAdded) {
  std::mt19937 random(1);
  for (unsigned i = 0; i < 2000; ++i) {
    Sample a = makeSample(random), b = makeSample(random);
    LiveRange all;
    all.add(0, 200);
    EXPECT_EQ(getPoints(a.range.intersect(all)), a.points);
    std::set<unsigned> common;
    for (unsigned point : a.points)
      if (b.points.count(point))
        common.insert(point);
    EXPECT_EQ(getPoints(a.range.intersect(b.range)), common);
    for (unsigned point = 0; point < 120; ++point) {
      bool has = a.points.count(point);
      EXPECT_EQ(a.range.beginsAt(point),
                has && (point == 0 || !a.points.count(point - 1)));
      EXPECT_EQ(a.range.endsAt(point), has && !a.points.count(point + 1));
    }
    a.range.add(b.range);
    a.points.insert(b.points.begin(), b.points.end());
    EXPECT_EQ(getPoints(a.range.intersect(all)), a.points);
    if (a.points.empty())
      continue;
    EXPECT_EQ(a.range.getHull().first, *a.points.begin() / 2);
    EXPECT_EQ(a.range.getHull().last, *a.points.rbegin() / 2);
  }
}

TEST(LiveRange, GrowsAtItsEndForNothing) {
  LiveRange range;
  for (unsigned i = 0; i < 1000000; ++i)
    range.add(2 * i, 2 * i + 1);
  LiveRange all;
  all.add(0, 4000000);
  EXPECT_EQ(range.intersect(all).size(), 1u);
}

} // namespace
