//===- Variables.cpp - which nodes read and write which variables ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Variables.h"

#include "Attributes.h"
#include "graph.pb.h"

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

VariableTable::VariableTable(
    const NodeGraph &graph,
    llvm::function_ref<std::string(StringRef)> getName) {
  llvm::StringMap<VariableIndex> indexOfName;
  for (const Node &node : graph.nodes) {
    if (!declaresVariable(node.op))
      continue;
    const proto::AttrValue *sharedName = findAttribute(node, "shared_name");
    StringRef name = sharedName && !sharedName->s().empty()
                         ? StringRef(sharedName->s())
                         : node.name;
    auto [entry, isNew] = indexOfName.try_emplace(name, variables.size());
    if (isNew)
      variables.push_back({name.str(), name.str(), node.index});
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
  return info.passesAllReferences || info.passedReference == input;
}

References::References(const FlowGraph &flow, const NodeOps &ops,
                       const VariableTable &variables) {
  const NodeGraph &graph = flow.getGraph();
  for (NodeIndex node : flow.getOrder()) {
    if (std::optional<VariableIndex> variable = variables.lookup(node))
      references[getKey({node, 0})] = {*variable, std::nullopt};
    // The whole graph may hold ops that are not supported.
    else if (const OpInfo *info = ops[node])
      visit(flow, graph[node], *info);
  }
}

void References::visit(const FlowGraph &flow, const Node &node,
                       const OpInfo &info) {
  if (!info.passedReference && !info.passesAllReferences)
    return;
  for (auto [index, input] : llvm::enumerate(node.inputs)) {
    if (!passesReference(info, index) || flow.findFeed(input))
      continue;
    const Reference *found = lookup(input);
    if (!found)
      continue;
    Reference reference = *found;
    if (info.reshapesReference) {
      steps.push_back({node.index, reference.reshape});
      reference.reshape = steps.size() - 1;
    }
    uint32_t output = info.passesAllReferences ? index : 0;
    references[getKey({node.index, output})] = reference;
  }
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

Access tensorflow::getInputAccess(const Node &node, const OpInfo &info,
                                  unsigned input) {
  for (auto [accessed, access] : info.accesses)
    if (accessed == input)
      return access;
  if (passesReference(info, input) || info.needsTypeOnly(input))
    return Access::None;
  // A handle is no value: only what the table says happens to its variable.
  return getInputSpec(node, info, input).isVariable() ? Access::None
                                                      : Access::Read;
}

std::vector<VariableAccess>
tensorflow::findAccesses(const FlowGraph &flow, const EntryPoint *entry,
                         const NodeOps &ops, const References &references) {
  const NodeGraph &graph = flow.getGraph();
  std::vector<VariableAccess> accesses;
  for (NodeIndex index : flow.getOrder()) {
    const Node &node = graph[index];
    const OpInfo *info = ops[index];
    if (!info)
      continue;
    for (auto [input, source] : llvm::enumerate(node.inputs)) {
      const Reference *reference =
          flow.findFeed(source) ? nullptr : references.lookup(source);
      if (!reference)
        continue;
      Access access = getInputAccess(node, *info, input);
      if (access != Access::None)
        accesses.push_back(
            {reference->variable, flow.getPosition(index), access});
    }
  }
  if (entry)
    for (const Fetch &fetch : entry->fetches)
      if (const Reference *reference = flow.findFeed(fetch.tensor)
                                           ? nullptr
                                           : references.lookup(fetch.tensor))
        accesses.push_back({reference->variable,
                            flow.getPosition(fetch.tensor.node), Access::Read});

  llvm::sort(accesses, [](const VariableAccess &a, const VariableAccess &b) {
    return std::tie(a.variable, a.position) < std::tie(b.variable, b.position);
  });
  std::vector<VariableAccess> merged;
  for (const VariableAccess &access : accesses) {
    if (!merged.empty() && merged.back().variable == access.variable &&
        merged.back().position == access.position)
      merged.back().access =
          Access(uint8_t(merged.back().access) | uint8_t(access.access));
    else
      merged.push_back(access);
  }
  return merged;
}
