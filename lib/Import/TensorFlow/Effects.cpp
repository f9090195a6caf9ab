//===- Effects.cpp - what nodes do to variables ---------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Effects.h"

#include "Attributes.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// Whether a conditional or loop itself uses the value of input `input`, and
/// not just its bodies.
static bool usesInput(const NodeGraph &graph, const Node &owner,
                      unsigned input) {
  return isLoop(owner.op) ? !graph.isInvariant(owner.index, input) : input == 0;
}

Access tensorflow::getInputAccess(const NodeGraph &graph, const Node &node,
                                  const OpInfo &info, unsigned input) {
  for (auto [accessed, access] : info.accesses)
    if (accessed == input)
      return access;
  if (passesReference(info, input) || info.needsTypeOnly(input))
    return Access::None;
  if (isControlFlow(node.op) && !usesInput(graph, node, input))
    return Access::None;
  // A handle is no value: only what the table says happens to its variable.
  return getInputSpec(node, info, input).isVariable() ? Access::None
                                                      : Access::Read;
}

static Access operator|(Access a, Access b) {
  return Access(uint8_t(a) | uint8_t(b));
}

void NodeEffects::access(VariableIndex variable, Access access) {
  auto [entry, isNew] = accesses.try_emplace(variable, access);
  if (!isNew)
    entry->second = entry->second | access;
}

void NodeEffects::merge(const NodeEffects &other) {
  for (auto [variable, kind] : other.accesses)
    access(variable, kind);
  queries.insert(other.queries.begin(), other.queries.end());
  isStateful |= other.isStateful;
  isAssertion |= other.isAssertion;
}

Effects::Effects(const FlowTree &flows, const EntryPoint *entry,
                 const NodeOps &ops, const References &references)
    : graph(flows.getGraph()), entry(entry), ops(ops), references(references) {
  // From the inside out.
  for (const FlowGraph &flow : llvm::reverse(flows.getFlows().drop_front()))
    addBody(flow);
}

void Effects::addBody(const FlowGraph &flow) {
  const NodeRegion &region = graph.regions[flow.getRegion()];
  NodeEffects effects;
  for (NodeIndex node : flow.getOrder())
    effects.merge(find(node));
  for (auto [number, result] : llvm::enumerate(region.results))
    if (references.isReadAtEnd(flow.getRegion(), number))
      effects.access(references.lookup(result)->variable, Access::Read);
  ofBodies[region.owner].merge(effects);
  ofRegion[flow.getRegion()] = std::move(effects);
}

/// Whether a node asks if the variable at its input 0 is set.
static bool asksWhetherSet(const Node &node) {
  return node.op == "VarIsInitializedOp" || node.op == "IsVariableInitialized";
}

/// Whether a node asks for the shape of the variable at `input`.
static bool asksForShape(const Node &node, const OpInfo &info, unsigned input) {
  return info.needsTypeOnly(input) ||
         (input == 0 && node.op == "VariableShape");
}

NodeEffects Effects::findOwn(NodeIndex index) const {
  const Node &node = graph[index];
  const OpInfo *info = ops[index];
  NodeEffects effects;
  if (!info)
    return effects;
  effects.isStateful = info->isStateful;
  effects.isAssertion = node.op == "Assert";
  for (auto [input, source] : llvm::enumerate(node.inputs)) {
    const Reference *reference = references.lookup(source);
    if (!reference)
      continue;
    Access access = getInputAccess(graph, node, *info, input);
    if (access != Access::None)
      effects.access(reference->variable, access);
    if ((input == 0 && asksWhetherSet(node)) ||
        (references.isOpen(*reference) && asksForShape(node, *info, input)))
      effects.queries.insert(reference->variable);
  }
  return effects;
}

NodeEffects Effects::find(NodeIndex node) const {
  NodeEffects effects = findOwn(node);
  auto bodies = ofBodies.find(node);
  if (bodies != ofBodies.end())
    effects.merge(bodies->second);
  return effects;
}

std::vector<VariableAccess> Effects::findAccesses(const FlowGraph &flow) const {
  std::vector<VariableAccess> accesses;
  auto add = [&](VariableIndex variable, Position position, Access access) {
    accesses.push_back({variable, position, access});
  };
  for (Position position = 0, e = flow.size(); position != e; ++position)
    for (auto [variable, access] : find(flow.getNode(position)).accesses)
      add(variable, position, access);
  auto addRead = [&](Endpoint tensor) {
    const Reference *reference = references.lookup(tensor);
    if (reference && flow.isLive(tensor.node))
      add(reference->variable, flow.getPosition(tensor.node), Access::Read);
  };
  if (flow.getRegion() == 0 && entry)
    for (const Fetch &fetch : entry->fetches)
      addRead(fetch.tensor);
  ArrayRef<Endpoint> results = graph.regions[flow.getRegion()].results;
  for (auto [number, result] : llvm::enumerate(results))
    if (references.isReadAtEnd(flow.getRegion(), number))
      addRead(result);

  llvm::sort(accesses, [](const VariableAccess &a, const VariableAccess &b) {
    return std::tie(a.variable, a.position) < std::tie(b.variable, b.position);
  });
  std::vector<VariableAccess> merged;
  for (const VariableAccess &access : accesses) {
    if (!merged.empty() && merged.back().variable == access.variable &&
        merged.back().position == access.position)
      merged.back().access = merged.back().access | access.access;
    else
      merged.push_back(access);
  }
  return merged;
}

//===----------------------------------------------------------------------===//
// Exclusive branches
//===----------------------------------------------------------------------===//

std::optional<Effects::Decision>
Effects::findDecision(NodeIndex conditional) const {
  const Node &node = graph[conditional];
  if (graph.getRegions(conditional).empty() || isLoop(node.op))
    return std::nullopt;
  Decision decision = {node.inputs.front(), false};
  bool isBool = graph.getRegions(conditional).size() == 2;
  while (true) {
    // A reference may be something else for each of its readers.
    if (references.lookup(decision.value))
      return std::nullopt;
    const Node &source = graph[decision.value.node];
    if (std::optional<Endpoint> origin = getCopied(graph, decision.value)) {
      decision.value = *origin;
    } else if (isBool && source.op == "LogicalNot" &&
               source.inputs.size() == 1) {
      decision.value = source.inputs.front();
      decision.isNegated = !decision.isNegated;
    } else {
      return decision;
    }
  }
}

bool Effects::areExclusive(NodeIndex a, NodeIndex b,
                           VariableIndex variable) const {
  std::optional<Decision> first = findDecision(a), second = findDecision(b);
  if (!first || !second || !(first->value == second->value) ||
      graph[a].op != graph[b].op)
    return false;
  ArrayRef<RegionIndex> ofFirst = graph.getRegions(a);
  ArrayRef<RegionIndex> ofSecond = graph.getRegions(b);
  if (ofFirst.size() != ofSecond.size())
    return false;
  auto getAccess = [&](RegionIndex region) {
    auto effects = ofRegion.find(region);
    if (effects == ofRegion.end())
      return Access::None;
    auto access = effects->second.accesses.find(variable);
    return access == effects->second.accesses.end() ? Access::None
                                                    : access->second;
  };
  for (size_t branch = 0; branch < ofFirst.size(); ++branch) {
    bool isFlipped = first->isNegated != second->isNegated;
    size_t other = isFlipped ? ofFirst.size() - 1 - branch : branch;
    Access access = getAccess(ofFirst[branch]);
    Access otherAccess = getAccess(ofSecond[other]);
    if (access != Access::None && otherAccess != Access::None &&
        (writes(access) || writes(otherAccess)))
      return false;
  }
  return true;
}
