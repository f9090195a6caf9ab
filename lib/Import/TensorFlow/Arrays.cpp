//===- Arrays.cpp - which array or stack a handle names -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arrays.h"

#include "Attributes.h"
#include "graph.pb.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// Values that are handed on
//===----------------------------------------------------------------------===//

static bool handsOnInput(StringRef op) {
  return llvm::StringSwitch<bool>(op)
      .Cases({"Identity", "IdentityN", "Snapshot", "StopGradient",
              "PreventGradient"},
             true)
      .Default(false);
}

/// What a loop's argument is: the first value, and that of the next iteration.
static void collectArgument(const NodeGraph &graph, const Node &argument,
                            SmallVectorImpl<Endpoint> &sources) {
  const NodeRegion &region = graph.regions[argument.region];
  auto *found = llvm::find(region.arguments, argument.index);
  if (argument.region == 0 || found == region.arguments.end())
    return;
  unsigned number = found - region.arguments.begin();
  sources.push_back(graph[region.owner].inputs[number]);
  const NodeRegion &body = graph.regions[graph.getRegions(region.owner).back()];
  if (number < body.results.size())
    sources.push_back(body.results[number]);
}

/// What an endpoint is, one step back; empty where a node makes it.
static SmallVector<Endpoint, 2> findSources(const NodeGraph &graph,
                                            Endpoint value) {
  SmallVector<Endpoint, 2> sources;
  const Node &node = graph[value.node];
  if (handsOnInput(node.op)) {
    if (value.output < node.inputs.size())
      sources.push_back(node.inputs[value.output]);
  } else if (node.op == "_Arg") {
    collectArgument(graph, node, sources);
  } else if (isControlFlow(node.op)) {
    if (isLoop(node.op) && value.output < node.inputs.size())
      sources.push_back(node.inputs[value.output]);
    // The condition of a loop gives no result of the loop.
    ArrayRef<RegionIndex> regions = graph.getRegions(node.index);
    for (RegionIndex region : isLoop(node.op) ? regions.take_back() : regions)
      if (value.output < graph.regions[region].results.size())
        sources.push_back(graph.regions[region].results[value.output]);
  }
  return sources;
}

std::optional<Endpoint> tensorflow::findOrigin(const NodeGraph &graph,
                                               Endpoint value) {
  std::optional<Endpoint> origin;
  llvm::SetVector<std::pair<NodeIndex, uint32_t>> seen;
  seen.insert({value.node, value.output});
  for (size_t next = 0; next < seen.size(); ++next) {
    Endpoint endpoint = {seen[next].first, seen[next].second};
    SmallVector<Endpoint, 2> sources = findSources(graph, endpoint);
    for (Endpoint source : sources)
      seen.insert({source.node, source.output});
    if (!sources.empty())
      continue;
    if (origin && !(*origin == endpoint))
      return std::nullopt;
    origin = endpoint;
  }
  return origin;
}

/// Whether a node of `region` may use what stands in `outer`.
static bool isAround(const NodeGraph &graph, RegionIndex outer,
                     RegionIndex region) {
  while (region != outer && region != 0)
    region = graph.regions[region].parent;
  return region == outer;
}

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

static bool makesGradient(StringRef op) {
  return op == "TensorArrayGradV3" || op == "TensorArrayGradWithShape";
}

bool tensorflow::hasArrayGradients(const NodeGraph &graph) {
  return llvm::any_of(graph.nodes,
                      [](const Node &node) { return makesGradient(node.op); });
}

std::optional<ArrayId> tensorflow::findArray(const NodeGraph &graph,
                                             Endpoint handle) {
  SmallVector<StringRef, 1> gradients;
  while (true) {
    std::optional<Endpoint> origin = findOrigin(graph, handle);
    if (!origin || origin->output != 0)
      return std::nullopt;
    const Node &maker = graph[origin->node];
    if (maker.op == "TensorArrayV3") {
      std::reverse(gradients.begin(), gradients.end());
      return ArrayId{maker.index, std::move(gradients)};
    }
    const proto::AttrValue *source = findAttribute(maker, "source");
    if (!makesGradient(maker.op) || maker.inputs.empty() || !source)
      return std::nullopt;
    gradients.push_back(source->s());
    handle = maker.inputs.front();
  }
}

std::optional<NodeIndex> tensorflow::findStack(const NodeGraph &graph,
                                               Endpoint handle) {
  std::optional<Endpoint> origin = findOrigin(graph, handle);
  if (!origin || graph[origin->node].op != "StackV2")
    return std::nullopt;
  return origin->node;
}

/// The handle that belongs to a flow which a node gives.
static std::optional<Endpoint> findFlowHandle(const Node &node,
                                              uint32_t output) {
  bool changesArray = node.op == "TensorArrayWriteV3" ||
                      node.op == "TensorArrayScatterV3" ||
                      node.op == "TensorArraySplitV3";
  if (changesArray && !node.inputs.empty())
    return node.inputs.front();
  bool makesArray = node.op == "TensorArrayV3" || makesGradient(node.op);
  if (makesArray && output == 1)
    return Endpoint{node.index, 0};
  return std::nullopt;
}

/// Calls `visit` with each node that gives what `flow` may be, whether a loop
/// or a branch hands it on or sums are made of several, until it says true;
/// returns whether it did.
static bool
visitMakersOfFlow(const NodeGraph &graph, Endpoint flow,
                  llvm::function_ref<bool(const Node &, Endpoint)> visit) {
  llvm::SetVector<std::pair<NodeIndex, uint32_t>> seen;
  seen.insert({flow.node, flow.output});
  for (size_t next = 0; next < seen.size(); ++next) {
    Endpoint endpoint = {seen[next].first, seen[next].second};
    const Node &node = graph[endpoint.node];
    if (std::optional<Endpoint> handle =
            findFlowHandle(node, endpoint.output)) {
      if (visit(node, *handle))
        return true;
      continue;
    }
    for (Endpoint source : findSources(graph, endpoint))
      seen.insert({source.node, source.output});
    // Gradients that reach one flow on several ways are added.
    bool adds = node.op == "AddN" || node.op == "Add" || node.op == "AddV2";
    if (adds)
      for (Endpoint source : node.inputs)
        seen.insert({source.node, source.output});
  }
  return false;
}

bool tensorflow::isFlowOf(const NodeGraph &graph, Endpoint flow,
                          const ArrayId &array) {
  return visitMakersOfFlow(graph, flow, [&](const Node &, Endpoint handle) {
    return findArray(graph, handle) == array;
  });
}

std::optional<Endpoint> tensorflow::findListOfGradient(const NodeGraph &graph,
                                                       Endpoint flow) {
  std::optional<Endpoint> found;
  RegionIndex region = graph[flow.node].region;
  visitMakersOfFlow(graph, flow, [&](const Node &node, Endpoint handle) {
    std::optional<ArrayId> array = findArray(graph, handle);
    if (!array || !array->isGradient())
      return false;
    // What the node is given is the gradient, or the array itself; by way of
    // loops it is of the same shape all the time.
    Endpoint list = node.op == "TensorArrayGradWithShape"
                        ? Endpoint{node.index, 1}
                        : node.inputs.back();
    while (!isAround(graph, graph[list.node].region, region)) {
      SmallVector<Endpoint, 2> sources = findSources(graph, list);
      if (sources.empty())
        break;
      list = sources.front();
    }
    if (!isAround(graph, graph[list.node].region, region))
      list = {array->maker, 1};
    if (!isAround(graph, graph[list.node].region, region))
      return false;
    found = list;
    return true;
  });
  return found;
}

//===----------------------------------------------------------------------===//
// Stacks
//===----------------------------------------------------------------------===//

/// The stack that a node pushes or pops.
static std::optional<NodeIndex> findUsedStack(const NodeGraph &graph,
                                              const Node &node) {
  bool isUse = node.op == "StackPushV2" || node.op == "StackPopV2";
  return isUse && !node.inputs.empty() ? findStack(graph, node.inputs[0])
                                       : std::nullopt;
}

StackUses::StackUses(const NodeGraph &graph) {
  findFlows(graph);
  for (const Node &node : graph.nodes) {
    std::optional<NodeIndex> stack = findUsedStack(graph, node);
    if (!stack || flowOfStack.contains(*stack))
      continue;
    RegionIndex region = node.region;
    while (region != 0 && region != graph[*stack].region) {
      stacksOfOwner[graph.regions[region].owner].insert(*stack);
      region = graph.regions[region].parent;
    }
  }
}

/// Finds the stacks of which all elements are flows of one array.
void StackUses::findFlows(const NodeGraph &graph) {
  auto makesArray = [](const Node &node) { return node.op == "TensorArrayV3"; };
  if (llvm::none_of(graph.nodes, makesArray))
    return;
  llvm::DenseSet<NodeIndex> others;
  for (const Node &node : graph.nodes) {
    std::optional<NodeIndex> stack = findUsedStack(graph, node);
    if (!stack || node.inputs.size() < 2)
      continue;
    std::optional<NodeIndex> maker;
    visitMakersOfFlow(graph, node.inputs[1],
                      [&](const Node &, Endpoint handle) {
                        if (auto array = findArray(graph, handle))
                          maker = array->maker;
                        return true;
                      });
    if (!maker ||
        !isAround(graph, graph[*maker].region, graph[*stack].region)) {
      others.insert(*stack);
      continue;
    }
    auto [entry, isNew] = flowOfStack.try_emplace(*stack, Endpoint{*maker, 1});
    if (!isNew && entry->second.node != *maker)
      others.insert(*stack);
  }
  for (NodeIndex stack : others)
    flowOfStack.erase(stack);
}

ArrayRef<NodeIndex> StackUses::lookup(NodeIndex owner) const {
  auto found = stacksOfOwner.find(owner);
  return found == stacksOfOwner.end() ? ArrayRef<NodeIndex>()
                                      : found->second.getArrayRef();
}

std::optional<Endpoint> StackUses::lookupFlow(NodeIndex stack) const {
  auto found = flowOfStack.find(stack);
  return found == flowOfStack.end() ? std::nullopt
                                    : std::optional(found->second);
}
