//===- PlanStatistics.h - what a plan comes to ------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For users who ask where memory and time go: the kernels of a model at stage
// `plan`, and where its values lie.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CODEGEN_COMMON_PLANSTATISTICS_H
#define GRAPH_COMPILE_CODEGEN_COMMON_PLANSTATISTICS_H

#include "mlir/IR/BuiltinOps.h"

#include <optional>
#include <string>
#include <vector>

namespace graph_compile {

/// A launch of a kernel, or a copy that the plan could not avoid.
struct LaunchStatistics {
  /// The kernel's name; empty for a copy.
  std::string kernel;
  std::string kind;
  std::vector<std::string> nodes;
  /// Nothing where a size is open.
  std::optional<int64_t> flops, bytes;
  /// It writes over one of its inputs.
  bool isInPlace = false;
  /// It writes into a variable.
  bool writesVariable = false;
};

/// A value with a place in the arena or, where a size is open, of the instance.
struct PlaceStatistics {
  std::string node;
  bool isInArena = true;
  int64_t index = 0; ///< offset in the arena, or number of the slot
  std::optional<int64_t> bytes;
  /// It is needed from launch `first` of its function to launch `last`; or
  /// between two launches, if `first` is the one after `last`.
  int64_t first = 0, last = 0;
};

struct FunctionStatistics {
  std::string name;
  int64_t arenaBytes = 0;
  int64_t scratchSlots = 0;
  /// In the order in which they run; copies are between them.
  std::vector<LaunchStatistics> launches;
  /// The largest first.
  std::vector<PlaceStatistics> places;
};

struct PlanStatistics {
  std::string model;
  int64_t weightsBytes = 0;
  int64_t numVariables = 0;
  /// How many of them have an open size; they are not in `variablesBytes`.
  int64_t numOpenVariables = 0;
  int64_t variablesBytes = 0;
  std::vector<FunctionStatistics> functions;
};

/// Collects the statistics of `module`, which is at stage `plan` and was
/// planned with `list-places`.
PlanStatistics collectStatistics(mlir::ModuleOp module);

/// Prints them as tables for people, or as one JSON object.
void printStatistics(const PlanStatistics &statistics, llvm::raw_ostream &os);
void printStatisticsAsJson(const PlanStatistics &statistics,
                           llvm::raw_ostream &os);

} // namespace graph_compile

#endif // GRAPH_COMPILE_CODEGEN_COMMON_PLANSTATISTICS_H
