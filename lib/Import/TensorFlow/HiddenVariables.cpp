//===- HiddenVariables.cpp - state that nodes keep themselves -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HiddenVariables.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

HiddenVariables::HiddenVariables(const VariableTable &variables) {
  for (VariableIndex index = 0; index < variables.size(); ++index)
    taken.insert(variables[index].name);
}

StringRef HiddenVariables::get(const Node &node, StringRef role,
                               ElementsAttr initial) {
  auto [entry, isNew] = hidden.try_emplace({node.name, role.str()});
  Hidden &variable = entry->second;
  if (isNew) {
    variable.node = node.index;
    variable.name = (node.name + "/" + role).str();
    while (!taken.insert(variable.name).second)
      variable.name += "_";
    variable.initial = initial;
  }
  assert(variable.initial == initial && "a node starts in one state");
  return variable.name;
}

void HiddenVariables::declare(OpBuilder &builder,
                              const NodeGraph &graph) const {
  SmallVector<const Hidden *> inOrder;
  for (const auto &[key, variable] : hidden)
    inOrder.push_back(&variable);
  llvm::stable_sort(inOrder, [](const Hidden *a, const Hidden *b) {
    return a->node < b->node;
  });
  for (const Hidden *variable : inOrder)
    graph::VariableOp::create(
        builder, graph.getLocation(builder.getContext(), variable->node),
        variable->name, variable->initial.getType(), variable->initial,
        /*hidden=*/true);
}
