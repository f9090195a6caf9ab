//===- ReadyQueue.cpp - which ready node comes next -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReadyQueue.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "llvm/Support/MathExtras.h"
#include <queue>
#include <tuple>

using namespace mlir;
using namespace graph_compile::graph;

//===----------------------------------------------------------------------===//
// Source order
//===----------------------------------------------------------------------===//

namespace {
class SourceQueue : public ReadyQueue {
public:
  bool empty() const override { return ready.empty(); }
  void push(unsigned node) override { ready.push(node); }
  unsigned pop() override {
    unsigned node = ready.top();
    ready.pop();
    return node;
  }

private:
  std::priority_queue<unsigned, std::vector<unsigned>, std::greater<>> ready;
};
} // namespace

//===----------------------------------------------------------------------===//
// Shuffled order
//===----------------------------------------------------------------------===//

namespace {
class ShuffleQueue : public ReadyQueue {
public:
  explicit ShuffleQueue(uint64_t seed) : state(seed) {}
  bool empty() const override { return ready.empty(); }
  void push(unsigned node) override { ready.push_back(node); }
  unsigned pop() override {
    std::swap(ready[draw() % ready.size()], ready.back());
    unsigned node = ready.back();
    ready.pop_back();
    return node;
  }

private:
  /// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every platform,
  /// which std::shuffle does not promise.
  uint64_t draw() {
    uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  uint64_t state;
  std::vector<unsigned> ready;
};
} // namespace

//===----------------------------------------------------------------------===//
// Low memory
//===----------------------------------------------------------------------===//

/// What an open dimension counts as when sizes are compared.
static constexpr int64_t kNominalDim = 32;

/// Returns about how many bytes the results of `node` occupy. Constants and
/// snapshots of variables occupy none of their own.
static int64_t getResultBytes(Operation *node) {
  if (node->hasTrait<OpTrait::ConstantLike>() || isa<ReadOp>(node))
    return 0;
  int64_t total = 0;
  for (Type type : node->getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      continue;
    int64_t bytes =
        llvm::divideCeil(tensor.getElementType().getIntOrFloatBitWidth(), 8);
    for (int64_t dim : tensor.getShape())
      bytes = llvm::SaturatingMultiply<uint64_t>(
          bytes, ShapedType::isDynamic(dim) ? kNominalDim : dim);
    // Sums of a graph's sizes stay far from overflow below this bound.
    total += std::min<int64_t>(bytes, int64_t(1) << 40);
  }
  return total;
}

namespace {
/// A greedy choice: nodes that free at least what they allocate come first, the
/// most freeing ones before others. Of those that need more memory the ones
/// that became ready last come first, so that a branch is followed to its end
/// before the next one begins.
class MemoryQueue : public ReadyQueue {
public:
  MemoryQueue(const NodeGraph &graph, const Progress &progress);

  bool empty() const override { return numReady == 0; }
  void push(unsigned node) override;
  unsigned pop() override;
  void placed(unsigned node) override;

private:
  /// An entry is stale once its node has been placed or has a newer entry.
  struct Entry {
    std::tuple<bool, int64_t, int64_t, unsigned> key;
    unsigned version;
    bool operator>(const Entry &other) const { return key > other.key; }
    unsigned getNode() const { return std::get<3>(key); }
  };

  int64_t getGrowth(unsigned node) const;
  void enqueue(unsigned node);
  void releaseInputs(unsigned node);
  void preferMissingInputs(unsigned node);

  const NodeGraph &graph;
  const Progress &progress;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> entries;
  unsigned numReady = 0;
  /// The number of nodes taken so far.
  int64_t clock = 0;
  std::vector<int64_t> bytes;
  /// When a node became ready or was last asked for.
  std::vector<int64_t> stamp;
  std::vector<unsigned> version;
  std::vector<bool> ready;
  /// For each node, how many nodes still take its data, and the sum of their
  /// numbers: when one is left, this is its number.
  std::vector<unsigned> usersLeft;
  std::vector<uint64_t> userSum;
};
} // namespace

MemoryQueue::MemoryQueue(const NodeGraph &graph, const Progress &progress)
    : graph(graph), progress(progress), bytes(graph.size()),
      stamp(graph.size()), version(graph.size()), ready(graph.size()),
      usersLeft(graph.size()), userSum(graph.size()) {
  for (unsigned node = 0; node < graph.size(); ++node) {
    bytes[node] = getResultBytes(graph.getNode(node));
    // What the terminator takes is never freed: it counts as a user that does
    // not come.
    usersLeft[node] = graph.isUsedByTerminator(node);
    for (const NodeGraph::Edge &edge : graph.getSuccessors(node))
      if (edge.carriesData) {
        ++usersLeft[node];
        userSum[node] += edge.node;
      }
  }
}

/// Returns by how many bytes placing `node` now would grow what is live.
int64_t MemoryQueue::getGrowth(unsigned node) const {
  int64_t growth = usersLeft[node] ? bytes[node] : 0;
  for (const NodeGraph::Edge &edge : graph.getPredecessors(node))
    if (edge.carriesData && usersLeft[edge.node] == 1)
      growth -= bytes[edge.node];
  return growth;
}

void MemoryQueue::enqueue(unsigned node) {
  int64_t growth = getGrowth(node);
  bool grows = growth > 0;
  entries.push(
      {{grows, grows ? -stamp[node] : growth, growth, node}, ++version[node]});
}

void MemoryQueue::push(unsigned node) {
  ready[node] = true;
  ++numReady;
  stamp[node] = clock;
  enqueue(node);
}

unsigned MemoryQueue::pop() {
  while (true) {
    Entry entry = entries.top();
    entries.pop();
    unsigned node = entry.getNode();
    if (!ready[node] || entry.version != version[node])
      continue;
    ready[node] = false;
    --numReady;
    ++clock;
    return node;
  }
}

void MemoryQueue::placed(unsigned node) {
  releaseInputs(node);
  preferMissingInputs(node);
}

/// Notes that `node` no longer needs its inputs. A ready node that became the
/// last user of one now frees it.
void MemoryQueue::releaseInputs(unsigned node) {
  for (const NodeGraph::Edge &edge : graph.getPredecessors(node)) {
    if (!edge.carriesData)
      continue;
    userSum[edge.node] -= node;
    if (--usersLeft[edge.node] != 1 || graph.isUsedByTerminator(edge.node))
      continue;
    unsigned last = userSum[edge.node];
    if (ready[last])
      enqueue(last);
  }
}

/// Where a user of `node` waits for one more input only, that input is wanted
/// next: it lets the user free what `node` has just allocated. Follows a short
/// chain of such waits, short so that the sort stays linear.
void MemoryQueue::preferMissingInputs(unsigned node) {
  constexpr unsigned maxChain = 8;
  for (const NodeGraph::Edge &edge : graph.getSuccessors(node)) {
    unsigned wanted = edge.node;
    for (unsigned i = 0; i < maxChain && progress.waits[wanted] == 1; ++i)
      wanted = progress.missing[wanted];
    if (ready[wanted] && stamp[wanted] != clock) {
      stamp[wanted] = clock;
      enqueue(wanted);
    }
  }
}

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

std::unique_ptr<ReadyQueue> graph_compile::graph::createSourceQueue() {
  return std::make_unique<SourceQueue>();
}

std::unique_ptr<ReadyQueue>
graph_compile::graph::createShuffleQueue(uint64_t seed) {
  return std::make_unique<ShuffleQueue>(seed);
}

std::unique_ptr<ReadyQueue>
graph_compile::graph::createMemoryQueue(const NodeGraph &graph,
                                        const Progress &progress) {
  return std::make_unique<MemoryQueue>(graph, progress);
}
