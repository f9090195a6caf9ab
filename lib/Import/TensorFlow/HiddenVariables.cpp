//===- HiddenVariables.cpp - state that nodes keep themselves -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HiddenVariables.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

HiddenVariables::HiddenVariables(const VariableTable &variables) {
  for (VariableIndex index = 0; index < variables.size(); ++index)
    taken.insert(variables[index].name);
}

StringRef HiddenVariables::get(const Node &node, StringRef role,
                               ElementsAttr initial) {
  auto [entry, isNew] = hidden.try_emplace({node.index, role.str()});
  Hidden &variable = entry->second;
  if (isNew) {
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
  for (const auto &[key, variable] : hidden)
    graph::VariableOp::create(
        builder, graph.getLocation(builder.getContext(), key.first),
        variable.name, variable.initial.getType(), variable.initial,
        /*hidden=*/true);
}
