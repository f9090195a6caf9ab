//===- Variables.cpp - which nodes read and write which variables ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Variables.h"

#include "Attributes.h"
#include "Queues.h"
#include "graph.pb.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

NodeOps tensorflow::lookupOps(const NodeGraph &graph, const OpTable &table) {
  NodeOps ops;
  ops.reserve(graph.size());
  for (const Node &node : graph.nodes) {
    const OpInfo *info = table.lookup(node.op);
    bool fits = info && !checkAttributes(node, *info) &&
                countInputs(node, *info) == node.inputs.size();
    ops.push_back(fits ? info : nullptr);
  }
  return ops;
}

static bool declaresVariable(StringRef op) {
  return op == "VarHandleOp" || op == "VariableV2" || op == "Variable";
}

/// Whether a node that declares a variable leaves its shape open.
static bool leavesShapeOpen(const Node &node) {
  const proto::AttrValue *value = findAttribute(node, "shape");
  auto shape = value ? convertShape(value->shape()) : std::nullopt;
  return !shape || ShapedType::isDynamicShape(*shape);
}

VariableTable::VariableTable(
    const NodeGraph &graph,
    llvm::function_ref<std::string(StringRef)> getName) {
  // Variables and queues may share a name.
  llvm::StringMap<VariableIndex> variableOfName, queueOfName;
  for (const Node &node : graph.nodes) {
    bool isQueue = declaresQueue(node.op);
    if (!isQueue && !declaresVariable(node.op))
      continue;
    const proto::AttrValue *sharedName = findAttribute(node, "shared_name");
    StringRef name = sharedName && !sharedName->s().empty()
                         ? StringRef(sharedName->s())
                         : node.name;
    auto [entry, isNew] = (isQueue ? queueOfName : variableOfName)
                              .try_emplace(name, variables.size());
    if (isNew)
      variables.push_back({name.str(), name.str(), node.index, isQueue,
                           !isQueue && leavesShapeOpen(node)});
    indexOfNode[node.index] = entry->second;
  }
  if (getName)
    rename(getName);
}

/// The graph's names tell the variables apart, but two of those that users know
/// may be the same: the second variable keeps the graph's.
void VariableTable::rename(llvm::function_ref<std::string(StringRef)> getName) {
  llvm::StringSet<> taken;
  for (Variable &variable : variables) {
    std::string name = getName(variable.nameInGraph);
    if (taken.contains(name))
      name = variable.nameInGraph;
    for (unsigned number = 1; !taken.insert(name).second; ++number)
      name = variable.nameInGraph + "_" + std::to_string(number);
    variable.name = std::move(name);
  }
}

std::optional<VariableIndex> VariableTable::lookup(NodeIndex node) const {
  auto found = indexOfNode.find(node);
  if (found == indexOfNode.end())
    return std::nullopt;
  return found->second;
}

//===----------------------------------------------------------------------===//
// References
//===----------------------------------------------------------------------===//

bool tensorflow::passesReference(const OpInfo &info, unsigned input) {
  return info.passesAllReferences || info.joinsAllReferences ||
         info.passedReference == input;
}

References::References(const FlowTree &flows, const NodeOps &ops,
                       const VariableTable &variables)
    : flows(flows), ops(ops), variables(variables) {
  visitFlow(flows.getRoot());
}

void References::add(Endpoint endpoint, Reference reference) {
  if (!flows.getRoot().findFeed(endpoint))
    references[getKey(endpoint)] = reference;
}

/// Recursion goes as deep as bodies are nested.
void References::visitFlow(const FlowGraph &flow) {
  const NodeGraph &graph = flow.getGraph();
  for (NodeIndex node : flow.getOrder()) {
    // The whole graph may hold ops that are not supported.
    const OpInfo *info = ops[node];
    if (std::optional<VariableIndex> variable = variables.lookup(node))
      add({node, 0}, {*variable, std::nullopt});
    else if (info && !graph.getRegions(node).empty())
      visitOwner(graph[node], *info);
    else if (info)
      visit(graph[node], *info);
  }
}

void References::visit(const Node &node, const OpInfo &info) {
  if (!info.passedReference && !info.passesAllReferences &&
      !info.joinsAllReferences)
    return;
  for (auto [index, input] : llvm::enumerate(node.inputs)) {
    const Reference *found = lookup(input);
    if (!passesReference(info, index) || !found)
      continue;
    Reference reference = *found;
    if (info.reshapesReference) {
      steps.push_back({node.index, reference.reshape});
      reference.reshape = steps.size() - 1;
    }
    uint32_t output = info.passesAllReferences ? index : 0;
    add({node.index, output}, reference);
    for (uint32_t other = 1;
         info.forksReferences && other < countOutputs(node, info); ++other)
      add({node.index, other}, reference);
  }
}

/// Whether a loop hands on input `number` as a reference: a handle, or what
/// never changes.
static bool carriesReference(const NodeGraph &graph, const Node &loop,
                             const OpInfo &info, uint32_t number) {
  return graph.isInvariant(loop.index, number) ||
         getInputSpec(loop, info, number).dataType == proto::DT_RESOURCE;
}

void References::bindArguments(const Node &loop, const OpInfo &info) {
  const NodeGraph &graph = flows.getGraph();
  for (auto [number, input] : llvm::enumerate(loop.inputs)) {
    const Reference *found = lookup(input);
    if (!found || !carriesReference(graph, loop, info, number))
      continue;
    Reference reference = *found;
    for (RegionIndex region : graph.getRegions(loop.index)) {
      const NodeRegion &ofLoop = graph.regions[region];
      if (number < ofLoop.arguments.size())
        add({ofLoop.arguments[number], 0}, reference);
    }
  }
}

void References::visitOwner(const Node &owner, const OpInfo &info) {
  const NodeGraph &graph = flows.getGraph();
  if (isLoop(owner.op))
    bindArguments(owner, info);
  for (RegionIndex region : graph.getRegions(owner.index))
    if (const FlowGraph *flow = flows.lookup(region))
      visitFlow(*flow);
  for (uint32_t output = 0, e = countOutputs(owner, info); output != e;
       ++output)
    if (std::optional<Reference> result = findResult(owner, info, output))
      add({owner.index, output}, *result);
}

/// Whether a node of the region, or of one inside it, gave the reference its
/// shape.
bool References::isShapedIn(Reference reference, RegionIndex region) const {
  if (!reference.reshape)
    return false;
  const NodeGraph &graph = flows.getGraph();
  RegionIndex inner = graph[steps[*reference.reshape].node].region;
  while (inner != 0 && inner != region)
    inner = graph.regions[inner].parent;
  return inner == region;
}

/// The reference that an owner gives; nothing if it gives a value.
std::optional<Reference> References::findResult(const Node &owner,
                                                const OpInfo &info,
                                                uint32_t output) const {
  const NodeGraph &graph = flows.getGraph();
  if (isLoop(owner.op)) {
    const Reference *initial = lookup(owner.inputs[output]);
    if (!initial || !carriesReference(graph, owner, info, output))
      return std::nullopt;
    return *initial;
  }
  std::optional<Reference> common;
  for (RegionIndex region : graph.getRegions(owner.index)) {
    ArrayRef<Endpoint> results = graph.regions[region].results;
    const Reference *found =
        output < results.size() ? lookup(results[output]) : nullptr;
    if (!found || isShapedIn(*found, region))
      return std::nullopt;
    if (common && (common->variable != found->variable ||
                   common->reshape != found->reshape))
      return std::nullopt;
    common = *found;
  }
  return common;
}

bool References::isReadAtEnd(RegionIndex region, uint32_t number) const {
  const NodeGraph &graph = flows.getGraph();
  const NodeRegion &body = graph.regions[region];
  if (!lookup(body.results[number]))
    return false;
  bool isCondition = isLoop(graph[body.owner].op) &&
                     graph.getRegions(body.owner).front() == region;
  return isCondition || !lookup({body.owner, number});
}

namespace {
/// Compares the handles at both ends of bodies.
class HandleChecker {
public:
  HandleChecker(MLIRContext *context, const NodeGraph &graph,
                const NodeOps &ops, const VariableTable &variables,
                const References &references)
      : context(context), graph(graph), ops(ops), variables(variables),
        references(references) {}

  LogicalResult check(const Node &owner) const;

private:
  LogicalResult report(const Node &owner, const Twine &what,
                       ArrayRef<const Reference *> found) const;

  MLIRContext *context;
  const NodeGraph &graph;
  const NodeOps &ops;
  const VariableTable &variables;
  const References &references;
};
} // namespace

LogicalResult HandleChecker::report(const Node &owner, const Twine &what,
                                    ArrayRef<const Reference *> found) const {
  auto error = emitError(graph.getLocation(context, owner.index));
  error << "node \"" << owner.name << "\" (" << owner.op << "): " << what
        << " does not always refer to one variable: it is ";
  llvm::interleave(
      found,
      [&](const Reference *reference) {
        if (reference)
          error << "variable \"" << variables[reference->variable].name << '"';
        else
          error << "no variable";
      },
      [&] { error << " or "; });
  return error;
}

LogicalResult HandleChecker::check(const Node &owner) const {
  ArrayRef<RegionIndex> regions = graph.getRegions(owner.index);
  bool ofLoop = isLoop(owner.op);
  // What a loop's condition gives is no handle.
  if (ofLoop)
    regions = regions.drop_front();
  for (auto [output, spec] :
       llvm::enumerate(getOutputSpecs(owner, *ops[owner.index]))) {
    if (spec.dataType != proto::DT_RESOURCE)
      continue;
    SmallVector<const Reference *> found;
    if (ofLoop)
      found.push_back(references.lookup(owner.inputs[output]));
    for (RegionIndex region : regions)
      found.push_back(references.lookup(graph.regions[region].results[output]));
    // A handle of something else than a variable is none of ours.
    const auto *first = llvm::find_if(found, [](auto *each) { return each; });
    bool isOne = llvm::all_of(found, [&](const Reference *each) {
      return each && each->variable == (*first)->variable;
    });
    if (first != found.end() && !isOne)
      return report(owner, "handle " + Twine(output), found);
  }
  return success();
}

LogicalResult tensorflow::checkHandles(MLIRContext *context,
                                       const FlowTree &flows,
                                       const NodeOps &ops,
                                       const VariableTable &variables,
                                       const References &references) {
  const NodeGraph &graph = flows.getGraph();
  HandleChecker checker(context, graph, ops, variables, references);
  for (const FlowGraph &flow : flows.getFlows())
    for (NodeIndex node : flow.getOrder())
      if (!graph.getRegions(node).empty() && failed(checker.check(graph[node])))
        return failure();
  return success();
}
