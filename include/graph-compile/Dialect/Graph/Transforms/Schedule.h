//===- Schedule.h - order of the nodes of a graph region --------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A topological sort of the nodes of one block by data and control edges. Which
// of the ready nodes comes next is the schedule's choice; all choices are
// legal.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_TRANSFORMS_SCHEDULE_H
#define GRAPH_COMPILE_DIALECT_GRAPH_TRANSFORMS_SCHEDULE_H

#include "mlir/IR/Block.h"
#include "mlir/Support/LLVM.h"
#include <cstdint>

namespace graph_compile::graph {

/// Which of the nodes whose inputs are there comes next.
enum class Schedule {
  /// The first one in the source.
  Source,
  /// The one that keeps the peak of live bytes low.
  Memory,
  /// Any one, drawn from a seeded generator.
  Shuffle,
};

/// Returns the nodes of `block` without its terminator, each after everything
/// that it waits for. Fails when some nodes wait for each other; `cycle` then
/// holds the nodes of one such cycle, each waiting for the next one and the
/// last for the first. `seed` is used by `Schedule::Shuffle` only.
mlir::FailureOr<llvm::SmallVector<mlir::Operation *>>
sortNodes(mlir::Block &block, Schedule schedule, uint64_t seed,
          llvm::SmallVectorImpl<mlir::Operation *> &cycle);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_DIALECT_GRAPH_TRANSFORMS_SCHEDULE_H
