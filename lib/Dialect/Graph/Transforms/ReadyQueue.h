//===- ReadyQueue.h - which ready node comes next ---------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_READYQUEUE_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_READYQUEUE_H

#include "NodeGraph.h"
#include "graph-compile/Dialect/Graph/Transforms/Schedule.h"
#include <memory>

namespace graph_compile::graph {

/// How far the sort has come.
struct Progress {
  /// For each node, how many of its predecessors are still to come.
  std::vector<unsigned> waits;
  /// For each node, the sum of the numbers of those predecessors: when one is
  /// left, this is its number.
  std::vector<uint64_t> missing;
};

/// The nodes that could come next.
class ReadyQueue {
public:
  virtual ~ReadyQueue() = default;
  virtual bool empty() const = 0;
  virtual void push(unsigned node) = 0;
  virtual unsigned pop() = 0;
  /// Called once `node` has got its place and its successors know.
  virtual void placed(unsigned node) {}
};

std::unique_ptr<ReadyQueue> createSourceQueue();
std::unique_ptr<ReadyQueue> createShuffleQueue(uint64_t seed);
std::unique_ptr<ReadyQueue> createMemoryQueue(const NodeGraph &graph,
                                              const Progress &progress);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_READYQUEUE_H
