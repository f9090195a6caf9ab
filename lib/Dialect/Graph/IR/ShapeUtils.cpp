//===- ShapeUtils.cpp - what is known about shapes at compile time --------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"
#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "Inference.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<int64_t>> graph::broadcastShapes(ArrayRef<int64_t> lhs,
                                                       ArrayRef<int64_t> rhs) {
  if (lhs.size() < rhs.size())
    std::swap(lhs, rhs);
  SmallVector<int64_t> shape(lhs);
  size_t missing = lhs.size() - rhs.size();
  for (auto [dim, size] : llvm::enumerate(rhs)) {
    int64_t &wide = shape[dim + missing];
    if (size == 1 || size == wide)
      continue;
    if (wide == 1)
      wide = size;
    else if (ShapedType::isDynamic(wide))
      wide = size;
    else if (!ShapedType::isDynamic(size))
      return failure();
  }
  return shape;
}

bool graph::broadcastsInto(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  if (from.size() > to.size())
    return false;
  return llvm::all_of(
      llvm::zip(from, to.take_back(from.size())), [](auto pair) {
        auto [size, wanted] = pair;
        return size == 1 || (size == wanted && !ShapedType::isDynamic(size));
      });
}

//===----------------------------------------------------------------------===//
// Index expressions
//===----------------------------------------------------------------------===//

/// Whether `mask` speaks of entry `entry`; later entries than bits are not
/// spoken of.
static bool speaksOf(int64_t mask, int64_t entry) {
  return entry < 64 && ((static_cast<uint64_t>(mask) >> entry) & 1);
}

FailureOr<SmallVector<SliceEntry>>
graph::sliceEntries(int64_t rank, int64_t entries, const SliceMasks &masks) {
  using Kind = SliceEntry::Kind;
  int64_t ellipsis = 0;
  while (ellipsis < entries && !speaksOf(masks.ellipsis, ellipsis))
    ++ellipsis;
  int64_t spoken = 0;
  for (int64_t entry = 0; entry < entries; ++entry)
    spoken += entry != ellipsis && !speaksOf(masks.newAxis, entry);
  if (spoken > rank)
    return failure();

  SmallVector<SliceEntry> places;
  int64_t dim = 0;
  auto takeWholeDims = [&] {
    for (int64_t i = spoken; i < rank; ++i)
      places.push_back({Kind::Whole, dim++, -1});
  };
  for (int64_t entry = 0; entry < entries; ++entry) {
    if (entry == ellipsis)
      takeWholeDims();
    else if (speaksOf(masks.newAxis, entry))
      places.push_back({Kind::NewAxis, -1, entry});
    else if (speaksOf(masks.shrinkAxis, entry))
      places.push_back({Kind::Index, dim++, entry});
    else
      places.push_back({Kind::Range, dim++, entry, speaksOf(masks.begin, entry),
                        speaksOf(masks.end, entry)});
  }
  if (ellipsis == entries) // The entries end with an ellipsis nobody wrote.
    takeWholeDims();
  return places;
}

SmallVector<SliceEntry> graph::sliceEntries(StridedSliceOp op) {
  if (tensorType(op.getBegin()).getRank() != 1)
    return {};
  FailureOr<SmallVector<SliceEntry>> places = sliceEntries(
      tensorType(op.getX()).getRank(), tensorType(op.getBegin()).getDimSize(0),
      {static_cast<int64_t>(op.getBeginMask()),
       static_cast<int64_t>(op.getEndMask()),
       static_cast<int64_t>(op.getEllipsisMask()),
       static_cast<int64_t>(op.getNewAxisMask()),
       static_cast<int64_t>(op.getShrinkAxisMask())});
  return succeeded(places) ? *places : SmallVector<SliceEntry>();
}

SliceRange graph::sliceRange(const SliceEntry &entry, int64_t size,
                             int64_t begin, int64_t end, int64_t stride) {
  // The positions that a range may start from, and the one after its last.
  int64_t lowest = stride > 0 ? 0 : -1;
  int64_t highest = stride > 0 ? size : size - 1;
  auto clamp = [&](int64_t position) {
    return std::clamp(position < 0 ? position + size : position, lowest,
                      highest);
  };
  int64_t first =
      entry.openBegin ? (stride > 0 ? lowest : highest) : clamp(begin);
  int64_t last = entry.openEnd ? (stride > 0 ? highest : lowest) : clamp(end);
  return {first, stride, rangeLength(first, last, stride)};
}

int64_t graph::rangeLength(int64_t start, int64_t limit, int64_t delta) {
  if (delta > 0 ? start >= limit : start <= limit)
    return 0;
  // Unsigned, for the distance may not fit a signed number.
  uint64_t distance = delta > 0 ? static_cast<uint64_t>(limit) - start
                                : static_cast<uint64_t>(start) - limit;
  uint64_t step = delta > 0 ? delta : -static_cast<uint64_t>(delta);
  return static_cast<int64_t>((distance - 1) / step + 1);
}
