//===- NodeGraph.cpp - resolving the edges of a TensorFlow graph ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeGraph.h"

#include "ErrorLimit.h"
#include "GraphFile.h"
#include "graph.pb.h"

#include "graph-compile/Support/NearestName.h"
#include "graph-compile/Support/NodeLocation.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

Location NodeGraph::getLocation(MLIRContext *context, NodeIndex index) const {
  const Node &node = nodes[index];
  return makeNodeLocation(context, file, node.line, node.name);
}

std::optional<NodeIndex> NodeGraph::find(StringRef name) const {
  auto found = indexOfName.find(name);
  if (found == indexOfName.end())
    return std::nullopt;
  return found->second;
}

ArrayRef<RegionIndex> NodeGraph::getRegions(NodeIndex owner) const {
  auto found = regionsOf.find(owner);
  return found == regionsOf.end() ? ArrayRef<RegionIndex>() : found->second;
}

bool NodeGraph::isInvariant(NodeIndex loop, uint32_t number) const {
  ArrayRef<RegionIndex> ofLoop = getRegions(loop);
  if (ofLoop.empty())
    return false;
  const llvm::BitVector &invariants = regions[ofLoop.back()].invariants;
  return number < invariants.size() && invariants.test(number);
}

void NodeGraph::listNodes() {
  if (regions.empty())
    regions.resize(1);
  for (NodeRegion &region : regions)
    region.nodes.clear();
  for (Node &node : nodes) {
    std::vector<NodeIndex> &ofRegion = regions[node.region].nodes;
    node.place = ofRegion.size();
    ofRegion.push_back(node.index);
  }
}

bool tensorflow::isLoop(StringRef op) {
  return op == "While" || op == "StatelessWhile";
}

bool tensorflow::isControlFlow(StringRef op) {
  return isLoop(op) || op == "If" || op == "StatelessIf" || op == "Case" ||
         op == "StatelessCase";
}

std::string NodeGraph::suggestNodes(StringRef wanted) const {
  std::vector<StringRef> names;
  names.reserve(nodes.size());
  for (const Node &node : nodes)
    names.push_back(node.name);
  return suggestNames(wanted, names);
}

namespace {
/// An input as the graph spells it: `node`, `node:1` or `^node`.
struct InputName {
  StringRef node;
  uint32_t output = 0;
  bool isControl = false;
};
} // namespace

static InputName parseInputName(StringRef text) {
  InputName name;
  name.isControl = text.consume_front("^");
  name.node = text;
  auto [node, output] = text.rsplit(':');
  // A suffix that is no number is part of a name that does not exist.
  if (!name.isControl && !output.empty() &&
      !output.getAsInteger(10, name.output))
    name.node = node;
  return name;
}

/// Names the nodes; the first of several with one name keeps it.
static LogicalResult addNodes(MLIRContext *context, const GraphFile &file,
                              NodeGraph &graph) {
  ErrorLimit errors(FileLineColLoc::get(context, graph.file, 0, 0));
  graph.nodes.resize(file.graph->node_size());
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    const proto::NodeDef &def = file.graph->node(index);
    node.name = def.name();
    node.op = def.op();
    node.device = def.device();
    node.def = &def;
    node.line = file.lines.empty() ? 0 : file.lines[index];
    node.index = index;
    node.region = file.regionOfNode.empty() ? 0 : file.regionOfNode[index];
    if (node.name.empty()) {
      if (errors.report())
        emitError(graph.getLocation(context, index))
            << "node " << index << " (" << node.op << ") has no name";
      continue;
    }
    auto [entry, isNew] = graph.indexOfName.try_emplace(node.name, index);
    auto otherName = file.namesInMessages.find(node.name);
    if (otherName != file.namesInMessages.end())
      node.name = otherName->second;
    if (isNew || !errors.report())
      continue;
    auto error = emitError(graph.getLocation(context, index))
                 << "node \"" << node.name << "\": another node has this name";
    error.attachNote(graph.getLocation(context, entry->second))
        << "the other node is a " << graph[entry->second].op;
  }
  return errors.finish();
}

static LogicalResult addEdges(MLIRContext *context, NodeGraph &graph) {
  ErrorLimit errors(FileLineColLoc::get(context, graph.file, 0, 0));
  for (Node &node : graph.nodes) {
    for (const std::string &text : node.def->input()) {
      InputName name = parseInputName(text);
      if (std::optional<NodeIndex> source = graph.find(name.node)) {
        if (name.isControl)
          node.controls.push_back(*source);
        else
          node.inputs.push_back({*source, name.output});
        continue;
      }
      if (!errors.report())
        continue;
      auto error = emitError(graph.getLocation(context, node.index));
      error << "node \"" << node.name << "\": ";
      if (name.isControl)
        error << "control input \"" << text << '"';
      else
        error << "input " << node.inputs.size();
      error << " refers to unknown node \"" << name.node << '"';
      std::string suggestion = graph.suggestNodes(name.node);
      if (!suggestion.empty())
        error.attachNote() << suggestion;
    }
    llvm::sort(node.controls);
    node.controls.erase(llvm::unique(node.controls), node.controls.end());
  }
  return errors.finish();
}

/// The node of a name that this importer itself has given.
static NodeIndex lookupNode(const NodeGraph &graph, StringRef name) {
  assert(graph.indexOfName.contains(name) && "a node that does not exist");
  return graph.indexOfName.lookup(name);
}

/// Finds the nodes that have taken the place of calls.
static void addCalls(const GraphFile &file, NodeGraph &graph) {
  for (const auto &entry : file.calls) {
    NodeGraph::Call &call = graph.calls[entry.getKey()];
    call.entrance = graph.find(entry.getValue().entrance);
    call.done = lookupNode(graph, entry.getValue().done);
    for (const std::string &output : entry.getValue().outputs) {
      call.outputs.push_back({lookupNode(graph, output), 0});
      graph.runsWith[call.outputs.back().node] = call.done;
    }
  }
}

static void addRegions(const GraphFile &file, NodeGraph &graph) {
  graph.regions.resize(std::max<size_t>(file.regions.size(), 1));
  for (RegionIndex index = 1; index < file.regions.size(); ++index) {
    const RegionDef &def = file.regions[index];
    NodeRegion &region = graph.regions[index];
    region.owner = lookupNode(graph, def.owner);
    region.parent = graph[region.owner].region;
    for (const std::string &argument : def.arguments)
      region.arguments.push_back(lookupNode(graph, argument));
    for (const std::string &result : def.results) {
      InputName name = parseInputName(result);
      region.results.push_back({lookupNode(graph, name.node), name.output});
    }
    for (const std::string &node : def.controlResults)
      region.controlResults.push_back(lookupNode(graph, node));
    region.function = def.function;
    region.prefix = def.prefix;
    graph.regionsOf[region.owner].push_back(index);
  }
}

FailureOr<NodeGraph> tensorflow::buildNodeGraph(MLIRContext *context,
                                                const GraphFile &file) {
  NodeGraph graph;
  graph.file = file.path;
  for (const proto::FunctionDef &function : file.graph->library().function())
    graph.functions.insert(function.signature().name());
  if (failed(addNodes(context, file, graph)) ||
      failed(addEdges(context, graph)))
    return failure();
  addCalls(file, graph);
  addRegions(file, graph);
  graph.listNodes();
  if (failed(checkCycles(context, graph)))
    return failure();
  findInvariants(graph);
  return graph;
}

bool tensorflow::isBackEdge(const NodeGraph &graph, NodeIndex source,
                            NodeIndex node) {
  StringRef from = graph[source].op, to = graph[node].op;
  return (from == "NextIteration" || from == "RefNextIteration") &&
         (to == "Merge" || to == "RefMerge");
}
