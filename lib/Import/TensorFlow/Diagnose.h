//===- Diagnose.h - warnings about the order of effects ---------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Diagnostics look at the nodes, before anything is built or folded, so that a
// verdict does not depend on what the compiler can simplify.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSE_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSE_H

#include "Effects.h"

#include "graph-compile/Support/WarningOptions.h"

#include "llvm/ADT/StringSet.h"

#include <functional>

namespace graph_compile::tensorflow {

/// Whether an op sends its first input to one of its outputs, by its second.
inline bool isSwitch(llvm::StringRef op) {
  return op == "Switch" || op == "RefSwitch" || op == "_SwitchN";
}

/// The paths between nodes of a flow graph: its own, or those of another graph
/// that its nodes stand in.
struct NodePaths {
  /*implicit*/ NodePaths(const FlowGraph &flow)
      : NodePaths(flow, flow, flow.getOrder()) {}
  NodePaths(const FlowGraph &flow, const PathGraph &paths,
            llvm::ArrayRef<NodeIndex> nodes)
      : flow(flow), paths(paths), nodes(nodes) {}

  const FlowGraph &flow;
  const PathGraph &paths;
  /// By place in `paths`.
  llvm::ArrayRef<NodeIndex> nodes;
};

/// Finds accesses to one variable, at least one a write, that no path orders.
/// Exact, and near-linear in the graph.
class RaceFinder {
public:
  RaceFinder(mlir::MLIRContext *context, const VariableTable &variables,
             const WarningOptions &options)
      : context(context), variables(variables), options(options) {}

  /// Warns about the races of one flow graph, and gives the edges that order
  /// them as the flow graph does. Fails if the warnings are errors. The
  /// positions of accesses, and of the edges, are those in `paths`. `effects`
  /// knows which accesses exclude each other; null: none do.
  mlir::FailureOr<std::vector<FlowEdge>>
  check(NodePaths paths, llvm::ArrayRef<VariableAccess> accesses,
        const Effects *effects = nullptr);

  /// Lets `exclude` say which nodes, too, never run both; null: none.
  void setExclusion(std::function<bool(NodeIndex, NodeIndex)> exclude) {
    exclusion = std::move(exclude);
  }
  /// Warns about a race between two accesses of a flow graph to one variable;
  /// `loop` names the frame in whose iterations they differ, if they do. Fails
  /// if the warnings are errors.
  mlir::LogicalResult reportPair(const FlowGraph &flow,
                                 const VariableAccess &earlier,
                                 const VariableAccess &later,
                                 llvm::StringRef loop);
  /// Warns that the accesses to a variable of a flow graph are in too many
  /// loops to be compared. Fails if the warnings are errors.
  mlir::LogicalResult reportUnchecked(const FlowGraph &flow,
                                      VariableIndex variable);

private:
  /// The unordered pairs of one variable's accesses.
  struct Races {
    llvm::ArrayRef<VariableAccess> accesses;
    /// The first ones, as indices into `accesses`.
    std::vector<std::pair<uint32_t, uint32_t>> shown;
    uint64_t count = 0;
  };

  struct Batch;

  void findPairs(NodePaths paths, const Effects *effects,
                 std::vector<Races> &races) const;
  bool report(NodePaths paths, const Races &races);
  bool reportPair(const NodeGraph &graph, VariableIndex variable,
                  NodeIndex earlier, Access earlierAccess, NodeIndex later,
                  Access laterAccess, llvm::StringRef loop = "");

  void addLoopNote(mlir::InFlightDiagnostic &warning, const NodeGraph &graph,
                   NodeIndex earlier, llvm::StringRef loop) const;

  mlir::MLIRContext *context;
  const VariableTable &variables;
  const WarningOptions &options;
  /// What has been shown, of other entry points or of other copies of a body.
  llvm::StringSet<> reported;
  std::function<bool(NodeIndex, NodeIndex)> exclusion;
};

/// One entry point with all that it does to variables.
struct EntryAccesses {
  const EntryPoint &entry;
  const FlowTree &flows;
  /// Those of the entry point's own flow graph.
  llvm::ArrayRef<VariableAccess> accesses;
};

/// Warns about updates of variables that no entry point runs although they
/// belong to what one runs. Fails if the warnings are errors.
mlir::LogicalResult checkLostUpdates(mlir::MLIRContext *context,
                                     const NodeGraph &graph, const NodeOps &ops,
                                     const VariableTable &variables,
                                     llvm::ArrayRef<EntryAccesses> entries,
                                     const WarningOptions &options);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSE_H
