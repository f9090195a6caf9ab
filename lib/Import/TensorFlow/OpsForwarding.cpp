//===- OpsForwarding.cpp - ops that hand their input on -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// Output i is input i, a tensor or a string.
static LogicalResult buildForward(NodeBuilder &node, Results &results) {
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    if (node.isText(i)) {
      node.setText(i, node.text(i));
      results.push_back(nullptr);
      continue;
    }
    results.push_back(node.input(i));
  }
  return success();
}

/// A reference has no value of its own: its readers read the variable.
static LogicalResult buildReference(NodeBuilder &node, Results &results) {
  results.push_back(nullptr);
  return success();
}

/// A placeholder that is not fed is its default.
static LogicalResult buildPlaceholderWithDefault(NodeBuilder &node,
                                                 Results &results) {
  std::optional<SmallVector<int64_t>> shape = node.shapeAttr("shape");
  RankedTensorType type = node.inputType(0);
  if (shape && (int64_t(shape->size()) != type.getRank() ||
                failed(verifyCompatibleShape(*shape, type.getShape())))) {
    auto diagnostic = node.error();
    diagnostic << "expected a default that fits the attribute shape, got "
               << type;
    return diagnostic;
  }
  results.push_back(node.input(0));
  return success();
}

void tensorflow::registerForwardingOps(OpTable &table) {
  constexpr StringLiteral same = "input: T -> output: T";
  for (StringRef name : {"Identity", "Snapshot", "StopGradient"})
    table.add(name, same, buildForward).passesReference(0).strings().lists();
  table.add("RefIdentity", "input: Ref(T) -> output: Ref(T)", buildReference)
      .passesReference(0);
  table.add("DeepCopy", "x: T -> y: T", buildForward);
  table
      .add("PreventGradient", "input: T -> output: T; message: string = ''",
           buildForward)
      .passesReference(0)
      .lists();
  table.add("IdentityN", "input: T -> output: T; T: list(type)", buildForward)
      .passesReferences()
      .strings()
      .lists();
  table
      .add("PlaceholderWithDefault",
           "input: dtype -> output: dtype; shape: shape",
           buildPlaceholderWithDefault)
      .note("the default where it is not fed");
}
