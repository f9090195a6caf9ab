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

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

VariableTypes::VariableTypes(MLIRContext *context, const NodeGraph &graph,
                             const NodeOps &ops, const VariableTable &variables)
    : elementTypes(variables.size()), types(variables.size()),
      declared(variables.size()) {
  for (VariableIndex index = 0; index < variables.size(); ++index) {
    const Node &node = graph[variables[index].node];
    if (!ops[node.index] || variables[index].isQueue)
      continue;
    AttributeReader attributes(node, *ops[node.index]);
    elementTypes[index] =
        convertDataType(context, attributes.getDataType("dtype"));
    std::optional<SmallVector<int64_t>> shape = attributes.getShape("shape");
    if (!elementTypes[index] || !shape)
      continue;
    types[index] = RankedTensorType::get(*shape, elementTypes[index]);
    declared[index] = true;
  }
}

void VariableTypes::assign(VariableIndex variable, RankedTensorType value) {
  RankedTensorType &type = types[variable];
  if (declared[variable])
    return;
  if (!type) {
    type = RankedTensorType::get(value.getShape(), elementTypes[variable]);
    return;
  }
  // Whoever assigns it reports another rank.
  if (type.getRank() != value.getRank())
    return;
  SmallVector<int64_t> shape(type.getShape());
  for (auto [size, other] : llvm::zip_equal(shape, value.getShape()))
    if (size != other)
      size = ShapedType::kDynamic;
  if (ArrayRef(shape) == type.getShape())
    return;
  type = type.clone(shape);
  widened = true;
}
