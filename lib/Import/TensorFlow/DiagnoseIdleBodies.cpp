//===- DiagnoseIdleBodies.cpp - updates in bodies nobody runs -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DiagnoseIdleBodies.h"

#include "Diagnose.h"
#include "EntryPoints.h"
#include "InlineCalls.h"
#include "graph.pb.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// Conditionals and loops that may change state, but that nothing runs.
static std::vector<NodeIndex> findIdle(const IdleModel &model) {
  std::vector<NodeIndex> idle;
  for (const Node &node : model.graph.nodes) {
    bool isStateful =
        node.op == "If" || node.op == "Case" || node.op == "While";
    bool isRun = llvm::any_of(model.flows, [&](const FlowTree &tree) {
      return tree.isLive(node.index);
    });
    if (isStateful && !isRun && runsFunctions(model.graph, node))
      idle.push_back(node.index);
  }
  return idle;
}

/// A copy of the file with the bodies of `idle` in place; null if there is
/// something wrong with them.
static std::optional<GraphFile> expand(const IdleModel &model,
                                       ArrayRef<NodeIndex> idle) {
  GraphFile file = model.file;
  file.graph = std::make_shared<proto::GraphDef>(*model.file.graph);
  // Contents are known by the addresses of the tensors; nobody looks at them.
  file.contents = nullptr;
  file.ownContents = nullptr;
  if (failed(
          inlineFunctions(model.context, model.graph, idle, model.table, file)))
    return std::nullopt;
  return file;
}

/// Looks for lost updates in the graph with all bodies.
static LogicalResult check(const IdleModel &model, const NodeGraph &graph,
                           ArrayRef<EntryPoint> entries,
                           const WarningOptions &options) {
  NodeOps ops = lookupOps(graph, model.table);
  VariableTable variables(graph, model.getName);
  std::vector<FlowTree> flows;
  std::vector<std::vector<VariableAccess>> accesses;
  flows.reserve(entries.size());
  for (const EntryPoint &entry : entries) {
    const FlowTree &tree = flows.emplace_back(graph, entry);
    References references(tree, ops, variables);
    accesses.push_back(
        Effects(tree, &entry, ops, references).findAccesses(tree.getRoot()));
  }
  std::vector<EntryAccesses> entryAccesses;
  for (auto [entry, tree, ofEntry] : llvm::zip_equal(entries, flows, accesses))
    entryAccesses.push_back({entry, tree, ofEntry});
  return checkLostUpdates(model.context, graph, ops, variables, entryAccesses,
                          options);
}

std::optional<LogicalResult>
tensorflow::checkIdleUpdates(const IdleModel &model,
                             const WarningOptions &options) {
  if (options.getLevel(Warning::LostUpdate) == WarningOptions::Level::Ignored)
    return std::nullopt;
  std::vector<NodeIndex> idle = findIdle(model);
  if (idle.empty())
    return std::nullopt;
  std::optional<GraphFile> file;
  FailureOr<NodeGraph> graph = failure();
  FailureOr<std::vector<EntryPoint>> entries = failure();
  {
    ScopedDiagnosticHandler silence(model.context,
                                    [](Diagnostic &) { return success(); });
    file = expand(model, idle);
    if (file)
      graph = buildNodeGraph(model.context, *file);
    if (succeeded(graph))
      entries = resolveEntryPoints(model.context, *graph, model.config);
  }
  if (failed(entries))
    return std::nullopt;
  return check(model, *graph, *entries, options);
}
