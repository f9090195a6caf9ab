//===- Queues.h - queues of TensorFlow --------------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For order a queue is a variable that its handle stands for: who adds or takes
// elements writes it. What it holds are hidden variables: for each component a
// tensor with room for `capacity` elements, and the counters that say which
// places are taken.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_QUEUES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_QUEUES_H

#include "Variables.h"

#include "mlir/IR/BuiltinTypes.h"

#include <map>

namespace graph_compile::tensorflow {

/// One component of a queue's elements.
struct QueueComponent {
  /// Null if the dialect lacks the type.
  mlir::Type elementType;
  /// Nothing while it is not known: it is that of the first value added.
  std::optional<llvm::SmallVector<int64_t>> shape;
};

/// A queue, as the first node that declares it describes it.
struct Queue {
  /// What users know it by.
  llvm::StringRef name;
  NodeIndex node;
  /// The greatest number of elements; negative: no limit.
  int64_t capacity;
  /// Whether elements leave in random order, how many always stay until the
  /// queue is closed, and what the order is seeded by.
  bool isShuffled = false;
  int64_t minAfterDequeue = 0;
  uint64_t seed = 0, seed2 = 0;
  llvm::SmallVector<QueueComponent, 1> components;
};

/// Whether an op declares a queue.
bool declaresQueue(llvm::StringRef op);

/// The queues of a model.
class Queues {
public:
  Queues(mlir::MLIRContext *context, const NodeGraph &graph, const NodeOps &ops,
         const VariableTable &variables);

  Queue &operator[](VariableIndex variable) {
    return queues.find(variable)->second;
  }

private:
  std::map<VariableIndex, Queue> queues;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_QUEUES_H
