//===- CoreOps.cpp - constants, placeholders, variables, groups -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The ops that the importer itself knows about: feeds replace placeholders,
// references start at variables, and a NoOp is nothing but its control edges.
//
//===----------------------------------------------------------------------===//

#include "NodeBuilder.h"
#include "Types.h"
#include "graph.pb.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

static LogicalResult buildConst(NodeBuilder &node, Results &results) {
  if (node.dataTypeAttr("dtype") == proto::DT_STRING) {
    FailureOr<Text> text = node.textAttr("value");
    if (failed(text))
      return failure();
    node.setText(0, std::move(*text));
    results.push_back(Value());
    return success();
  }
  FailureOr<ElementsAttr> value = node.tensorAttr("value");
  if (failed(value))
    return failure();
  Type expected = node.typeAttr("dtype");
  if (value->getElementType() != expected)
    return node.error() << "attribute \"value\" has elements of type "
                        << value->getElementType() << ", expected " << expected
                        << " (attribute \"dtype\")";
  results.push_back(node.constant(*value));
  return success();
}

/// Only placeholders that are not fed are built.
static LogicalResult buildPlaceholder(NodeBuilder &node, Results &results) {
  return node.error() << "has no value: expected a feed of it, in \"feeds\" of"
                         " the config or by --feed";
}

/// Variables are followed to the nodes that read them.
static LogicalResult buildVariable(NodeBuilder &node, Results &results) {
  results.push_back(Value());
  return success();
}

static LogicalResult buildNothing(NodeBuilder &node, Results &results) {
  return success();
}

void tensorflow::registerCoreOps(OpTable &table) {
  table.beginFamily("Constants, inputs, variables");
  table.add("Const", "-> output: dtype; value: tensor, dtype: type", buildConst)
      .strings();
  for (StringRef name : {"Placeholder", "PlaceholderV2"})
    table.add(name, "-> output: dtype; dtype: type, shape: shape = ?",
              buildPlaceholder);
  table.add("_Arg", "-> output: T; index: int = 0", buildPlaceholder).lists();
  table.add("_Retval", "input: T ->; index: int = 0", buildNothing).lists();
  table.add("VarHandleOp",
            "-> resource: resource; dtype: type, shape: shape = ?",
            buildVariable);
  for (StringRef name : {"Variable", "VariableV2"})
    table.add(name, "-> ref: Ref(dtype); dtype: type, shape: shape = ?",
              buildVariable);
  table.add("NoOp", "->", buildNothing);
}
