//===- PlacePlanner.cpp - places for values by their lifetime -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Both planners walk the values in the order in which they come to life, give
// back what has died before, and take the best that is free.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/Common/PlacePlanner.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <map>
#include <queue>
#include <set>

using namespace graph_compile;

namespace {

/// Values in order of death: (last use, index), earliest first.
using DeathQueue =
    std::priority_queue<std::pair<unsigned, unsigned>,
                        std::vector<std::pair<unsigned, unsigned>>,
                        std::greater<>>;

/// The free blocks of an arena that grows at its end. Neighbours are merged at
/// once, so no two free blocks touch.
class FreeBlocks {
public:
  /// Takes `bytes` out of the smallest block that fits, or grows the arena.
  int64_t allocate(int64_t bytes) {
    auto fit = bySize.lower_bound({bytes, 0});
    if (fit == bySize.end())
      return grow(bytes);
    auto [size, offset] = *fit;
    remove(offset, size);
    if (size > bytes)
      insert(offset + bytes, size - bytes);
    return offset;
  }

  void release(int64_t offset, int64_t bytes) {
    auto next = byOffset.lower_bound(offset);
    if (next != byOffset.end() && next->first == offset + bytes) {
      bytes += next->second;
      remove(next->first, next->second);
    }
    auto previous = byOffset.lower_bound(offset);
    if (previous != byOffset.begin()) {
      --previous;
      if (previous->first + previous->second == offset) {
        offset = previous->first;
        bytes += previous->second;
        remove(previous->first, previous->second);
      }
    }
    insert(offset, bytes);
  }

  int64_t getEnd() const { return end; }

private:
  /// Nothing fits: extends the last block if it is free, else appends.
  int64_t grow(int64_t bytes) {
    int64_t offset = end;
    if (!byOffset.empty()) {
      auto last = std::prev(byOffset.end());
      if (last->first + last->second == end) {
        offset = last->first;
        remove(last->first, last->second);
      }
    }
    end = offset + bytes;
    return offset;
  }

  void insert(int64_t offset, int64_t bytes) {
    byOffset.emplace(offset, bytes);
    bySize.emplace(bytes, offset);
  }

  void remove(int64_t offset, int64_t bytes) {
    byOffset.erase(offset);
    bySize.erase({bytes, offset});
  }

  std::map<int64_t, int64_t> byOffset;
  std::set<std::pair<int64_t, int64_t>> bySize;
  int64_t end = 0;
};

} // namespace

ArenaLayout graph_compile::planArena(llvm::ArrayRef<ArenaValue> values,
                                     int64_t redZone) {
  ArenaLayout layout;
  layout.offsets.reserve(values.size());
  FreeBlocks blocks;
  DeathQueue living;
  // An empty tensor still gets a place of its own, so that no two living values
  // have the same address. The red zone follows each value.
  auto paddedSize = [&](const ArenaValue &value) {
    return static_cast<int64_t>(llvm::alignTo(
        std::max<int64_t>(value.bytes, 1) + redZone, kArenaAlignment));
  };
  for (const ArenaValue &value : values) {
    assert(value.lifetime.first <= value.lifetime.last && "lives backwards");
    // Bytes between places are poisoned once, so no place may lie there later.
    bool isReused = redZone == 0;
    while (isReused && !living.empty() &&
           living.top().first < value.lifetime.first) {
      unsigned dead = living.top().second;
      living.pop();
      blocks.release(layout.offsets[dead], paddedSize(values[dead]));
    }
    living.emplace(value.lifetime.last, layout.offsets.size());
    layout.offsets.push_back(blocks.allocate(paddedSize(value)));
  }
  layout.bytes = blocks.getEnd();
  return layout;
}

SlotAssignment graph_compile::assignSlots(llvm::ArrayRef<SlotValue> values) {
  SlotAssignment assignment;
  assignment.slots.reserve(values.size());
  DeathQueue living;
  std::set<unsigned> free;
  // Size class that each slot held last, and the free slots of each class.
  std::vector<unsigned> lastClass;
  llvm::DenseMap<unsigned, std::set<unsigned>> freeOfClass;

  auto take = [&](unsigned sizeClass) -> unsigned {
    if (free.empty())
      return assignment.numSlots++;
    std::set<unsigned> &same = freeOfClass[sizeClass];
    unsigned slot = same.empty() ? *free.begin() : *same.begin();
    free.erase(slot);
    freeOfClass[lastClass[slot]].erase(slot);
    return slot;
  };

  for (const SlotValue &value : values) {
    assert(value.lifetime.first <= value.lifetime.last && "lives backwards");
    while (!living.empty() && living.top().first < value.lifetime.first) {
      unsigned slot = assignment.slots[living.top().second];
      living.pop();
      free.insert(slot);
      freeOfClass[lastClass[slot]].insert(slot);
    }
    unsigned slot = take(value.sizeClass);
    lastClass.resize(assignment.numSlots);
    lastClass[slot] = value.sizeClass;
    living.emplace(value.lifetime.last, assignment.slots.size());
    assignment.slots.push_back(slot);
  }
  return assignment;
}
