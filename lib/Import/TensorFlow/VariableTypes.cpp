//===- VariableTypes.cpp - the types of the model's variables -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelState.h"

#include "Attributes.h"
#include "Types.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

VariableTypes::VariableTypes(MLIRContext *context, const NodeGraph &graph,
                             const NodeOps &ops, const VariableTable &variables)
    : elementTypes(variables.size()), types(variables.size()) {
  for (VariableIndex index = 0; index < variables.size(); ++index) {
    const Node &node = graph[variables[index].node];
    if (!ops[node.index] || variables[index].isQueue)
      continue;
    AttributeReader attributes(node, *ops[node.index]);
    elementTypes[index] =
        convertDataType(context, attributes.getDataType("dtype"));
    std::optional<SmallVector<int64_t>> shape = attributes.getShape("shape");
    if (elementTypes[index] && shape && !ShapedType::isDynamicShape(*shape))
      types[index] = RankedTensorType::get(*shape, elementTypes[index]);
  }
}

void VariableTypes::assign(VariableIndex variable, RankedTensorType value) {
  if (!types[variable] && value.hasStaticShape())
    types[variable] =
        RankedTensorType::get(value.getShape(), elementTypes[variable]);
}
