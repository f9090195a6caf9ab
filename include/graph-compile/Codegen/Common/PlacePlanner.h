//===- PlacePlanner.h - places for values by their lifetime -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pure planning: which values may share memory, given when they live. Knows
// nothing of the IR.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CODEGEN_COMMON_PLACEPLANNER_H
#define GRAPH_COMPILE_CODEGEN_COMMON_PLACEPLANNER_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace graph_compile {

/// From the operation that writes a value to the last that reads it, both
/// included.
struct Lifetime {
  unsigned first = 0;
  unsigned last = 0;
};

/// A value of fixed size for the arena.
struct ArenaValue {
  Lifetime lifetime;
  int64_t bytes = 0;
};

struct ArenaLayout {
  /// Offset of each value, in the order given; multiples of `kArenaAlignment`.
  std::vector<int64_t> offsets;
  /// Size of the arena.
  int64_t bytes = 0;
};

constexpr int64_t kArenaAlignment = 64;

/// Lays values out so that those that live at the same time do not overlap and
/// are at least `redZone` bytes apart. Values must be sorted by
/// `lifetime.first`. Takes the smallest free block that fits; O(n log n). With
/// a red zone no byte belongs to two values, whenever they live, so that the
/// bytes between the values can be poisoned for a whole call.
ArenaLayout planArena(llvm::ArrayRef<ArenaValue> values, int64_t redZone = 0);

/// A value of open size for a growable slot. Values of the same `sizeClass`
/// have the same size in every call.
struct SlotValue {
  Lifetime lifetime;
  unsigned sizeClass = 0;
};

struct SlotAssignment {
  /// Slot of each value, in the order given.
  std::vector<unsigned> slots;
  unsigned numSlots = 0;
};

/// Assigns slots so that values that live at the same time have different ones.
/// Values must be sorted by `lifetime.first`. Prefers a slot that last held the
/// same size class, then the free slot of the lowest number; O(n log n).
SlotAssignment assignSlots(llvm::ArrayRef<SlotValue> values);

} // namespace graph_compile

#endif // GRAPH_COMPILE_CODEGEN_COMMON_PLACEPLANNER_H
