//===- Pipelines.h - the stages of a compilation --------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_PIPELINES_PIPELINES_H
#define GRAPH_COMPILE_PIPELINES_PIPELINES_H

#include "graph-compile/Codegen/CPU/Target.h"
#include "graph-compile/Dialect/Graph/Transforms/Schedule.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include <cstdint>
#include <optional>

namespace graph_compile {

/// The stages, in order; a module is "at" a stage when the stage has ended.
enum class Stage {
  Import,    ///< graph regions with tokens, as imported
  Optimize,  ///< the same, types refined, folded
  Linearize, ///< textual order is the order of execution; no tokens
  Linalg,    ///< linalg, tensor, arith, scf and step; no graph operation
  Kernels,   ///< fusion groups are functions; the step launches them
  Plan,      ///< every value of the step has its place
  Codegen,   ///< llvm dialect
};

/// Registers the dialects of all stages, and what their passes need of them.
void registerPipelineDialects(mlir::DialectRegistry &registry);

/// Returns the stage that `--compile-to=` calls `name`.
std::optional<Stage> parseStage(llvm::StringRef name);

/// Returns the name of a stage as `--compile-to=` spells it.
llvm::StringRef getStageName(Stage stage);

/// Which legal order linearization picks.
struct ScheduleOptions {
  graph::Schedule policy = graph::Schedule::Memory;
  uint64_t seed = 0; ///< for Schedule::Shuffle
};

struct PipelineOptions {
  ScheduleOptions schedule;
  CpuOptions cpu;
  unsigned redZone = 0;    ///< bytes between places of the arena
  bool listPlaces = false; ///< keep where values lie, for statistics
};

/// Appends the passes that bring a module from stage `from` to stage `to`.
void buildPipeline(mlir::OpPassManager &pm, Stage from, Stage to,
                   const PipelineOptions &options);

/// Returns the stage that a hand-written module is at, judged by its
/// operations.
Stage detectStage(mlir::ModuleOp module);

} // namespace graph_compile

#endif // GRAPH_COMPILE_PIPELINES_PIPELINES_H
