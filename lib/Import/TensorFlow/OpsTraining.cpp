//===- OpsTraining.cpp - steps of TensorFlow's optimizers -----------------===//
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

/// var -= alpha * delta
static LogicalResult buildGradientDescent(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 1, Numbers)) || failed(expectRank(node, 1, 0)))
    return failure();
  RankedTensorType variable = node.variableType(0);
  RankedTensorType delta = node.inputType(2);
  if (variable.getElementType() != delta.getElementType() ||
      variable.getRank() != delta.getRank() ||
      failed(verifyCompatibleShape(variable, delta)))
    return node.error() << "expected input 2 (delta) to have the type of "
                           "variable \""
                        << node.variable(0).getValue() << "\", which is "
                        << variable << ", got " << delta;
  Chain chain(node);
  Value step = chain.mul(node.input(2), node.input(1));
  if (!step)
    return failure();
  node.ordered(graph::AssignSubOp::create(node.builder(), node.loc(),
                                          node.variable(0).getValue(), step));
  results.append(node.info().outputs.size(), Value());
  return success();
}

void tensorflow::registerTrainingOps(OpTable &table) {
  table
      .add("ApplyGradientDescent",
           "var: Ref(T), alpha: T, delta: T -> out: Ref(T); "
           "use_locking: bool = false",
           buildGradientDescent)
      .updates(0)
      .passesReference(0);
  table
      .add("ResourceApplyGradientDescent",
           "var: resource, alpha: T, delta: T -> ; use_locking: bool = false",
           buildGradientDescent)
      .updates(0);
}
