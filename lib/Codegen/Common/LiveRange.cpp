//===- LiveRange.cpp - where in a step a value is needed ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LiveRange.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Sets of points
//===----------------------------------------------------------------------===//

void LiveRange::add(unsigned first, unsigned last) {
  // What touches the new interval becomes part of it.
  auto begin = llvm::partition_point(intervals, [&](const Interval &interval) {
    return interval.last + 1 < first;
  });
  auto end = begin;
  for (; end != intervals.end() && end->first <= last + 1; ++end) {
    first = std::min(first, end->first);
    last = std::max(last, end->last);
  }
  if (begin == end) {
    intervals.insert(begin, {first, last});
    return;
  }
  *begin = {first, last};
  intervals.erase(std::next(begin), end);
}

void LiveRange::add(const LiveRange &other) {
  for (const Interval &interval : other.intervals)
    add(interval.first, interval.last);
}

SmallVector<LiveRange::Interval, 1>
LiveRange::intersect(const LiveRange &other) const {
  if (intervals.size() > other.intervals.size())
    return other.intersect(*this);
  SmallVector<Interval, 1> common;
  for (const Interval &own : intervals) {
    auto it =
        llvm::partition_point(other.intervals, [&](const Interval &interval) {
          return interval.last < own.first;
        });
    for (; it != other.intervals.end() && it->first <= own.last; ++it)
      common.push_back(
          {std::max(own.first, it->first), std::min(own.last, it->last)});
  }
  return common;
}

bool LiveRange::beginsAt(unsigned point) const {
  auto it = llvm::partition_point(
      intervals, [&](const Interval &i) { return i.first < point; });
  return it != intervals.end() && it->first == point;
}

bool LiveRange::endsAt(unsigned point) const {
  auto it = llvm::partition_point(
      intervals, [&](const Interval &i) { return i.last < point; });
  return it != intervals.end() && it->last == point;
}

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

bool graph_compile::isBranch(Operation *op) {
  return isa<scf::IfOp, scf::IndexSwitchOp>(op);
}

StepOrder::StepOrder(func::FuncOp step) {
  operations.push_back(nullptr); // inputs are there before the first operation
  number(step.getBody().front());
}

void StepOrder::number(Block &block) {
  for (Operation &op : block) {
    positions[&op] = operations.size();
    operations.push_back(&op);
    if (op.getNumRegions() == 0)
      continue;
    for (Region &region : op.getRegions()) {
      for (Block &inner : region)
        number(inner);
      // What ends with a region does not touch what begins with the next one.
      operations.push_back(nullptr);
    }
    ends[&op] = operations.size();
    operations.push_back(&op);
  }
}

void StepOrder::addLiveness(LiveRange &range, Block *block, unsigned from,
                            ArrayRef<Use> uses) const {
  if (uses.empty()) {
    range.add(from, from);
    return;
  }
  const Use &last = uses.back();
  Operation *op = block->findAncestorOpInBlock(*last.user);
  if (op == last.user) {
    range.add(from, last.point);
    return;
  }
  if (!isBranch(op)) {
    range.add(from, writeAt(getEnd(op)) - 1);
    return;
  }
  unsigned begin = readAt(getPosition(op));
  range.add(from, begin);
  for (Region &region : op->getRegions())
    for (Block &branch : region) {
      unsigned first = readAt(getPosition(&branch.front()));
      unsigned end = writeAt(getPosition(&branch.back()));
      auto isBefore = [](unsigned point) {
        return [point](const Use &use) { return use.point < point; };
      };
      const Use *inside = llvm::partition_point(uses, isBefore(first));
      const Use *behind = llvm::partition_point(uses, isBefore(end + 1));
      if (inside != behind)
        addLiveness(range, &branch, first, ArrayRef(inside, behind));
    }
}
