//===- Schedule.cpp - order of the nodes of a graph region ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kahn's algorithm with a queue of ready nodes, plus deferred nodes: one that
// holds no memory of its own (a constant, a snapshot of a variable, a join)
// frees its successors as soon as its inputs are there, but gets its place only
// right before the first successor that gets one. Whatever must follow it is a
// successor, so deferring never breaks an edge. And a node that could change a
// list in place is held back until those that only read the list are done, as
// far as they do not wait for it.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/Transforms/Schedule.h"
#include "ReadyQueue.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include <optional>
#include <set>

using namespace mlir;
using namespace graph_compile::graph;

static bool isDeferred(Operation *node, Schedule schedule) {
  switch (schedule) {
  case Schedule::Source:
    return node->hasTrait<OpTrait::ConstantLike>();
  case Schedule::Memory:
    return node->hasTrait<OpTrait::ConstantLike>() ||
           isa<ReadOp, IsInitializedOp, JoinOp>(node);
  case Schedule::Shuffle:
    return false;
  }
  llvm_unreachable("unknown schedule");
}

static std::unique_ptr<ReadyQueue> createQueue(Schedule schedule, uint64_t seed,
                                               const NodeGraph &graph,
                                               const Progress &progress) {
  switch (schedule) {
  case Schedule::Source:
    return createSourceQueue();
  case Schedule::Memory:
    return createMemoryQueue(graph, progress);
  case Schedule::Shuffle:
    return createShuffleQueue(seed);
  }
  llvm_unreachable("unknown schedule");
}

/// The list that `node` could change in place, if nothing read it afterwards.
static Value getChangedList(Operation *node) {
  if (auto set = dyn_cast<ListSetOp>(node))
    return set.getList();
  if (auto resize = dyn_cast<ListResizeOp>(node))
    return resize.getList();
  return {};
}

namespace {
/// Which nodes had better wait for others although no edge says so.
class ListReaders {
public:
  explicit ListReaders(const NodeGraph &graph);

  /// Whether nodes that are still to come read the list that `node` changes.
  bool areMissing(unsigned node) const {
    auto list = listOf.find(node);
    return list != listOf.end() && lists[list->second].numReaders != 0;
  }
  /// Notes that `node` has its place; appends the nodes that it was the last
  /// one to hold back to `freed`.
  void place(unsigned node, SmallVectorImpl<unsigned> &freed);

private:
  struct List {
    /// How many nodes that only read it are still to come.
    unsigned numReaders = 0;
    SmallVector<unsigned, 1> changes;
  };

  std::vector<List> lists;
  /// By node that changes a list, and by node that reads lists.
  llvm::DenseMap<unsigned, unsigned> listOf;
  llvm::DenseMap<unsigned, SmallVector<unsigned, 1>> readBy;
};
} // namespace

ListReaders::ListReaders(const NodeGraph &graph) {
  llvm::MapVector<Value, unsigned> numbers;
  for (unsigned node = 0; node < graph.size(); ++node)
    if (Value list = getChangedList(graph.getNode(node))) {
      auto [entry, isNew] = numbers.try_emplace(list, lists.size());
      if (isNew)
        lists.emplace_back();
      lists[entry->second].changes.push_back(node);
      listOf[node] = entry->second;
    }
  if (lists.empty())
    return;
  llvm::DenseMap<Operation *, unsigned> numberOf;
  for (unsigned node = 0; node < graph.size(); ++node)
    numberOf[graph.getNode(node)] = node;
  Block *block = graph.getNode(0)->getBlock();
  for (auto [list, number] : numbers) {
    llvm::SmallDenseSet<unsigned> readers;
    for (Operation *user : list.getUsers()) {
      // A reader may be in a region of a node.
      auto found = numberOf.find(block->findAncestorOpInBlock(*user));
      if (found != numberOf.end() &&
          getChangedList(graph.getNode(found->second)) != list)
        readers.insert(found->second);
    }
    lists[number].numReaders = readers.size();
    for (unsigned reader : readers)
      readBy[reader].push_back(number);
  }
}

void ListReaders::place(unsigned node, SmallVectorImpl<unsigned> &freed) {
  auto found = readBy.find(node);
  if (found == readBy.end())
    return;
  for (unsigned list : found->second)
    if (--lists[list].numReaders == 0)
      llvm::append_range(freed, lists[list].changes);
}

namespace {
class Sorter {
public:
  Sorter(const NodeGraph &graph, Schedule schedule, uint64_t seed);

  /// Fails when nodes wait for each other.
  LogicalResult run();
  ArrayRef<unsigned> getOrder() const { return order; }
  /// After a failure: the nodes of one cycle.
  SmallVector<unsigned> findCycle() const;

private:
  void makeReady(unsigned node);
  void release(unsigned node, SmallVectorImpl<unsigned> &freed);
  void place(unsigned node);
  void releaseHeld(unsigned node);

  const NodeGraph &graph;
  Progress progress;
  std::unique_ptr<ReadyQueue> queue;
  /// None in a shuffled order, which shows that any order will do.
  std::optional<ListReaders> listReaders;
  /// Nodes that wait for nothing but readers of the lists that they change.
  std::set<unsigned> held;
  std::vector<bool> deferred;
  std::vector<bool> done;
  SmallVector<unsigned> order;
};
} // namespace

Sorter::Sorter(const NodeGraph &graph, Schedule schedule, uint64_t seed)
    : graph(graph), queue(createQueue(schedule, seed, graph, progress)),
      deferred(graph.size()), done(graph.size()) {
  if (schedule != Schedule::Shuffle)
    listReaders.emplace(graph);
  progress.waits.resize(graph.size());
  progress.missing.resize(graph.size());
  for (unsigned node = 0; node < graph.size(); ++node) {
    deferred[node] = isDeferred(graph.getNode(node), schedule);
    for (const NodeGraph::Edge &edge : graph.getPredecessors(node)) {
      ++progress.waits[node];
      progress.missing[node] += edge.node;
    }
  }
}

/// Tells the successors of `node` that it need not be waited for; appends those
/// that wait for nothing more to `freed`.
void Sorter::release(unsigned node, SmallVectorImpl<unsigned> &freed) {
  for (const NodeGraph::Edge &edge : graph.getSuccessors(node)) {
    progress.missing[edge.node] -= node;
    if (--progress.waits[edge.node] == 0)
      freed.push_back(edge.node);
  }
}

/// Queues `node`, which waits for nothing more, or if it is deferred whatever
/// waited for it alone.
void Sorter::makeReady(unsigned node) {
  SmallVector<unsigned> worklist{node};
  while (!worklist.empty()) {
    unsigned next = worklist.pop_back_val();
    if (deferred[next])
      release(next, worklist);
    else if (listReaders && listReaders->areMissing(next))
      held.insert(next);
    else
      queue->push(next);
  }
}

/// Appends `node` to the order, after the deferred nodes that it needs.
void Sorter::place(unsigned node) {
  // Each entry is a node and how many of its predecessors have been seen to.
  SmallVector<std::pair<unsigned, unsigned>> path{{node, 0}};
  while (!path.empty()) {
    auto &[current, seen] = path.back();
    ArrayRef<NodeGraph::Edge> inputs = graph.getPredecessors(current);
    if (seen < inputs.size()) {
      unsigned input = inputs[seen++].node;
      if (!done[input])
        path.push_back({input, 0});
      continue;
    }
    done[current] = true;
    order.push_back(current);
    if (listReaders)
      releaseHeld(current);
    path.pop_back();
  }
}

/// Queues the nodes that were held back for `node` alone.
void Sorter::releaseHeld(unsigned node) {
  SmallVector<unsigned> freed;
  listReaders->place(node, freed);
  for (unsigned next : freed)
    if (held.erase(next))
      queue->push(next);
}

LogicalResult Sorter::run() {
  for (unsigned node = 0; node < graph.size(); ++node)
    if (graph.getPredecessors(node).empty())
      makeReady(node);

  SmallVector<unsigned> freed;
  while (!queue->empty() || !held.empty()) {
    // The readers that are missing wait for one of these.
    if (queue->empty()) {
      queue->push(*held.begin());
      held.erase(held.begin());
    }
    unsigned node = queue->pop();
    place(node);
    freed.clear();
    release(node, freed);
    for (unsigned next : freed)
      makeReady(next);
    queue->placed(node);
  }

  // Deferred nodes that nothing but the terminator needs, or nothing at all.
  for (unsigned node = 0; node < graph.size(); ++node)
    if (deferred[node] && !done[node] && progress.waits[node] == 0)
      place(node);
  return success(order.size() == graph.size());
}

SmallVector<unsigned> Sorter::findCycle() const {
  // Every node without a place waits for another such node: going back along
  // these edges must come to a node that was seen before.
  auto isStuck = [&](const NodeGraph::Edge &edge) { return !done[edge.node]; };
  unsigned node = 0;
  while (done[node])
    ++node;
  std::vector<int> position(graph.size(), -1);
  SmallVector<unsigned> path;
  while (position[node] < 0) {
    position[node] = path.size();
    path.push_back(node);
    node = llvm::find_if(graph.getPredecessors(node), isStuck)->node;
  }
  path.erase(path.begin(), path.begin() + position[node]);
  return path;
}

FailureOr<SmallVector<Operation *>>
graph_compile::graph::sortNodes(Block &block, Schedule schedule, uint64_t seed,
                                SmallVectorImpl<Operation *> &cycle) {
  NodeGraph graph(block);
  Sorter sorter(graph, schedule, seed);
  auto getNode = [&](unsigned node) { return graph.getNode(node); };
  if (failed(sorter.run())) {
    llvm::append_range(cycle, llvm::map_range(sorter.findCycle(), getNode));
    return failure();
  }
  return llvm::map_to_vector(sorter.getOrder(), getNode);
}
