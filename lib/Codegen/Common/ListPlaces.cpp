//===- ListPlaces.cpp - the values that have a place of their own ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ListPlaces.h"

#include "graph-compile/Support/NodeLocation.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace graph_compile;

/// Of each position of a step: how many launches come before it.
static std::vector<int64_t> countLaunches(const StepOrder &order) {
  std::vector<int64_t> before = {0};
  for (unsigned position = 0; position < order.size(); ++position) {
    bool isLaunch =
        isa_and_nonnull<step::LaunchOp>(order.getOperation(position));
    before.push_back(before.back() + isLaunch);
  }
  return before;
}

/// The value that was placed; a loop's or conditional's is named after it.
static StringRef getNode(const Storage &storage) {
  return getNodeName(storage.writer ? storage.writer->getLoc()
                                    : storage.root.getLoc());
}

ArrayAttr graph_compile::listPlaces(func::FuncOp step,
                                    const StepMemory &memory) {
  std::vector<int64_t> launchesBefore = countLaunches(memory.getOrder());
  Builder b(step.getContext());
  SmallVector<Attribute> places;
  for (const Storage &storage : memory.getStorages()) {
    bool isInArena = storage.kind == Storage::Kind::Arena;
    if (!storage.writer ||
        !(isInArena || storage.kind == Storage::Kind::Scratch))
      continue;
    auto number = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    SmallVector<NamedAttribute> place = {
        number(isInArena ? "offset" : "slot", storage.index),
        number("first", launchesBefore[storage.lifetime.first]),
        number("last", launchesBefore[storage.lifetime.last + 1] - 1),
        b.getNamedAttr("node", b.getStringAttr(getNode(storage)))};
    if (!storage.isOpen)
      place.push_back(number("bytes", storage.bytes));
    places.push_back(b.getDictionaryAttr(place));
  }
  return b.getArrayAttr(places);
}
