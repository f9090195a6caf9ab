//===- Reachability.h - is there a path? many answers at once ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Path queries on an acyclic graph. A sweep carries one bit per source along
// the edges, 512 sources at a time, between the first source and the last
// target. Nodes are numbered depth first for this, so that nodes that depend on
// each other are close and the stretch between them is short. Most queries need
// no sweep: a depth-first tree knows the answer, or one of 64 hubs is known to
// lie on a path (in a training step nearly all paths lead through its loss).
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_REACHABILITY_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_REACHABILITY_H

#include "PathGraph.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <array>
#include <cstdint>
#include <vector>

namespace graph_compile::tensorflow {

class Reachability {
public:
  using Position = uint32_t;

  static constexpr unsigned wordsPerBatch = 8;
  static constexpr unsigned sourcesPerBatch = 64 * wordsPerBatch;

  /// One bit per source of a sweep.
  using Bits = std::array<uint64_t, wordsPerBatch>;

  /// Is there a path from `first` to `second`? A node reaches itself.
  struct Query {
    Position first;
    Position second;
  };

  explicit Reachability(const PathGraph &flow);

  /// Answers all queries: bit i says whether query i has a path.
  llvm::BitVector answer(llvm::ArrayRef<Query> queries) const;

  /// Calls `visit(i, bits)` for each target i, in some order; bit k says
  /// whether source k reaches it. At most sourcesPerBatch sources.
  void sweep(llvm::ArrayRef<Position> sources, llvm::ArrayRef<Position> targets,
             llvm::function_ref<void(size_t, const Bits &)> visit) const;

  /// The place of a node in the depth-first order, which is topological too.
  /// Sources close in it make short sweeps.
  uint32_t getRank(Position position) const { return ranks[position]; }

private:
  void number();
  void chooseHubs();
  /// What the two orders, the tree and the hubs know; nothing if a sweep has to
  /// tell.
  std::optional<bool> guess(Query query) const;

  const PathGraph &flow;
  /// By position.
  std::vector<uint32_t> ranks;
  /// By rank.
  std::vector<Position> positions;
  /// By position: the least rank in the subtree of the depth-first tree, all
  /// nodes of which reach the position.
  std::vector<uint32_t> firstRanks;
  /// By position: one bit per hub that reaches it, or that it reaches.
  std::vector<uint64_t> reachedByHubs, reachedHubs;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_REACHABILITY_H
