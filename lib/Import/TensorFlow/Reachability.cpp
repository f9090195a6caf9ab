//===- Reachability.cpp - is there a path? many answers at once -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reachability.h"

#include "llvm/ADT/STLExtras.h"

using namespace graph_compile;
using namespace graph_compile::tensorflow;

Reachability::Reachability(const PathGraph &flow) : flow(flow) {
  number();
  chooseHubs();
}

/// Numbers nodes as a depth-first search along the dependencies leaves them,
/// so that each node comes after all that it waits for.
void Reachability::number() {
  struct Frame {
    Position position;
    size_t nextEdge;
  };
  constexpr uint32_t unvisited = ~uint32_t(0);
  size_t size = flow.size();
  ranks.assign(size, 0);
  firstRanks.assign(size, unvisited);
  positions.reserve(size);
  std::vector<Frame> frames;
  auto enter = [&](Position position) {
    if (firstRanks[position] != unvisited)
      return;
    // The subtree's nodes get the ranks from here on.
    firstRanks[position] = positions.size();
    frames.push_back({position, 0});
  };
  // Last nodes first: a tree that starts at a sink is as deep as can be.
  for (size_t root = size; root-- > 0;) {
    enter(root);
    while (!frames.empty()) {
      Frame &frame = frames.back();
      llvm::ArrayRef<Position> sources = flow.getDependencies(frame.position);
      if (frame.nextEdge != sources.size()) {
        enter(sources[frame.nextEdge++]);
        continue;
      }
      ranks[frame.position] = positions.size();
      positions.push_back(frame.position);
      frames.pop_back();
    }
  }
}

/// Takes up to 64 hubs at equal distances along a longest path, where paths are
/// most likely to meet it.
void Reachability::chooseHubs() {
  constexpr uint32_t none = ~uint32_t(0);
  size_t size = flow.size();
  reachedByHubs.assign(size, 0);
  reachedHubs.assign(size, 0);
  if (size == 0)
    return;
  // The length of the longest path to each node, and the step before it.
  std::vector<uint32_t> length(size, 0), before(size, none);
  Position last = 0;
  for (Position position = 0; position < size; ++position) {
    for (Position source : flow.getDependencies(position))
      if (length[source] >= length[position]) {
        length[position] = length[source] + 1;
        before[position] = source;
      }
    if (length[position] > length[last])
      last = position;
  }
  std::vector<Position> path;
  for (uint32_t position = last; position != none; position = before[position])
    path.push_back(position);

  constexpr size_t maxHubs = 64;
  size_t numHubs = std::min(path.size(), maxHubs);
  for (size_t hub = 0; hub < numHubs; ++hub) {
    Position position = path[hub * path.size() / numHubs];
    reachedByHubs[position] |= uint64_t(1) << hub;
    reachedHubs[position] |= uint64_t(1) << hub;
  }
  for (Position position = 0; position < size; ++position)
    for (Position source : flow.getDependencies(position))
      reachedByHubs[position] |= reachedByHubs[source];
  for (Position position = size; position-- > 0;)
    for (Position source : flow.getDependencies(position))
      reachedHubs[source] |= reachedHubs[position];
}

std::optional<bool> Reachability::guess(Query query) const {
  auto [first, second] = query;
  if (first == second)
    return true;
  // Both orders put a node behind what it waits for.
  if (first > second || ranks[first] > ranks[second])
    return false;
  if (firstRanks[second] <= ranks[first] ||
      (reachedHubs[first] & reachedByHubs[second]) != 0)
    return true;
  return std::nullopt;
}

void Reachability::sweep(
    llvm::ArrayRef<Position> sources, llvm::ArrayRef<Position> targets,
    llvm::function_ref<void(size_t, const Bits &)> visit) const {
  assert(sources.size() <= sourcesPerBatch && "too many sources for a sweep");
  if (sources.empty() || targets.empty())
    return;
  // Everything by rank from here on.
  auto rankOf = [&](Position position) { return ranks[position]; };
  uint32_t begin = ranks[*std::min_element(
      sources.begin(), sources.end(),
      [&](Position a, Position b) { return rankOf(a) < rankOf(b); })];
  uint32_t last = 0;
  for (Position target : targets)
    last = std::max(last, rankOf(target));
  if (last < begin) {
    for (size_t i = 0; i < targets.size(); ++i)
      visit(i, Bits{});
    return;
  }

  std::vector<Bits> reached(last - begin + 1, Bits{});
  for (auto [bit, source] : llvm::enumerate(sources))
    if (rankOf(source) <= last)
      reached[rankOf(source) - begin][bit / 64] |= uint64_t(1) << (bit % 64);
  for (uint32_t rank = begin; rank <= last; ++rank) {
    Bits &bits = reached[rank - begin];
    for (Position source : flow.getDependencies(positions[rank])) {
      uint32_t sourceRank = rankOf(source);
      if (sourceRank < begin)
        continue;
      for (unsigned word = 0; word < wordsPerBatch; ++word)
        bits[word] |= reached[sourceRank - begin][word];
    }
  }
  for (auto [index, target] : llvm::enumerate(targets)) {
    uint32_t rank = rankOf(target);
    visit(index, rank < begin ? Bits{} : reached[rank - begin]);
  }
}

llvm::BitVector Reachability::answer(llvm::ArrayRef<Query> queries) const {
  llvm::BitVector answers(queries.size());
  std::vector<size_t> open;
  for (auto [index, query] : llvm::enumerate(queries)) {
    std::optional<bool> known = guess(query);
    if (!known)
      open.push_back(index);
    else if (*known)
      answers.set(index);
  }
  // Sources that are close in the sweep's order share a batch.
  llvm::sort(open, [&](size_t a, size_t b) {
    return std::pair(ranks[queries[a].first], a) <
           std::pair(ranks[queries[b].first], b);
  });
  for (size_t begin = 0; begin < open.size();) {
    std::vector<Position> sources, targets;
    std::vector<unsigned> bitOfTarget;
    size_t end = begin;
    for (; end < open.size(); ++end) {
      const Query &query = queries[open[end]];
      if (sources.empty() || sources.back() != query.first) {
        if (sources.size() == sourcesPerBatch)
          break;
        sources.push_back(query.first);
      }
      targets.push_back(query.second);
      bitOfTarget.push_back(sources.size() - 1);
    }
    sweep(sources, targets, [&](size_t target, const Bits &bits) {
      unsigned bit = bitOfTarget[target];
      if (bits[bit / 64] >> (bit % 64) & 1)
        answers.set(open[begin + target]);
    });
    begin = end;
  }
  return answers;
}
