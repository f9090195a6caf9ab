//===- OpsVariables.cpp - reading and assigning variables -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Resource variables and the reference variables of TensorFlow 1. An op that
// passes a reference on gives no value for it: who computes with the reference
// reads it.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"
#include "VariableUpdate.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// The null results of a node whose outputs are references.
static void giveReferences(NodeBuilder &node, Results &results) {
  results.append(node.info().outputs.size(), Value());
}

static LogicalResult buildRead(NodeBuilder &node, Results &results) {
  RankedTensorType type = node.variableType(0);
  if (node.typeAttr("dtype") != type.getElementType())
    return node.error()
           << "expected attribute dtype to be the type of variable \""
           << node.variable(0).getValue() << "\", which is " << type;
  auto read = node.ordered(graph::ReadOp::create(
      node.builder(), node.loc(), type, node.variable(0).getValue()));
  results.push_back(read.getValue());
  return success();
}

/// An error unless `value` may be put into the variable at input 0.
static LogicalResult checkAssigned(NodeBuilder &node, Value value) {
  RankedTensorType variable = node.variableType(0);
  RankedTensorType type = tensorType(value);
  if (variable.getElementType() == type.getElementType() &&
      variable.getRank() == type.getRank() &&
      succeeded(verifyCompatibleShape(variable, type)))
    return success();
  auto error = node.error();
  error << "expected a value of the type of variable \""
        << node.variable(0).getValue() << "\", which is " << variable
        << ", got " << type;
  if (variable.getRank() != type.getRank())
    error.attachNote() << "a variable may change its size, but not its rank";
  return error;
}

/// Assign, AssignAdd, AssignSub and their resource forms.
template <typename OpTy>
static LogicalResult buildAssign(NodeBuilder &node, Results &results) {
  Value value = node.input(1);
  if (failed(checkAssigned(node, value)))
    return failure();
  if (!std::is_same_v<OpTy, graph::AssignOp> &&
      failed(expectKind(node, 1, Numbers)))
    return failure();
  auto assign = OpTy::create(node.builder(), node.loc(),
                             node.variable(0).getValue(), value);
  if constexpr (std::is_same_v<OpTy, graph::AssignOp>)
    assign.setKeepShape(node.boolAttr("validate_shape") &&
                        !node.variableType(0).hasStaticShape());
  node.ordered(assign);
  giveReferences(node, results);
  return success();
}

Value tensorflow::readUpdatedVariable(NodeBuilder &node, unsigned updates) {
  RankedTensorType type = node.variableType(0);
  if (node.elementType(updates) != type.getElementType()) {
    node.error() << "expected " << inputName(node, updates)
                 << " of the type of variable \"" << node.variable(0).getValue()
                 << "\", which is " << type << ", got "
                 << node.inputType(updates);
    return {};
  }
  return node
      .ordered(graph::ReadOp::create(node.builder(), node.loc(), type,
                                     node.variable(0).getValue()))
      .getValue();
}

LogicalResult tensorflow::assignUpdatedVariable(NodeBuilder &node, Value value,
                                                Results &results) {
  if (!value)
    return failure();
  node.ordered(graph::AssignOp::create(node.builder(), node.loc(),
                                       node.variable(0).getValue(), value));
  giveReferences(node, results);
  return success();
}

static LogicalResult buildIsInitialized(NodeBuilder &node, Results &results) {
  auto query = node.ordered(graph::IsInitializedOp::create(
      node.builder(), node.loc(), node.variable(0).getValue()));
  results.push_back(query.getValue());
  return success();
}

static LogicalResult buildVariableShape(NodeBuilder &node, Results &results) {
  Type outType = node.typeAttr("out_type");
  if (!outType || !isOfKind(outType, SignedInts))
    return node.error("expected attribute out_type to be int32 or int64");
  RankedTensorType type = node.variableType(0);
  if (!type)
    return node.error() << "the shape of variable \""
                        << node.variable(0).getValue()
                        << "\" is not known: expected a shape in its node's "
                           "attribute \"shape\"";
  if (!type.hasStaticShape()) {
    Chain chain(node);
    auto read = node.ordered(graph::ReadOp::create(
        node.builder(), node.loc(), type, node.variable(0).getValue()));
    return chain.give(results, chain.shape(read.getValue(), outType));
  }
  results.push_back(node.intVector(type.getShape(), outType));
  return success();
}

void tensorflow::registerVariableOps(OpTable &table) {
  table
      .add("ReadVariableOp", "resource: resource -> value: dtype; dtype: type",
           buildRead)
      .reads(0);
  table
      .add("AssignVariableOp",
           "resource: resource, value: dtype -> ; dtype: type, "
           "validate_shape: bool = false",
           buildAssign<graph::AssignOp>)
      .writes(0)
      .note("the value has the variable's shape, and any size where that is "
            "open");
  constexpr StringLiteral update =
      "resource: resource, value: dtype -> ; dtype: type";
  table.add("AssignAddVariableOp", update, buildAssign<graph::AssignAddOp>)
      .updates(0);
  table.add("AssignSubVariableOp", update, buildAssign<graph::AssignSubOp>)
      .updates(0);
  table.add("VarIsInitializedOp", "resource: resource -> is_initialized: bool",
            buildIsInitialized);
  table.add("VariableShape",
            "input: resource -> output: out_type; out_type: type = int32",
            buildVariableShape);

  table
      .add("Assign",
           "ref: Ref(T), value: T -> output_ref: Ref(T); "
           "validate_shape: bool = true, use_locking: bool = true",
           buildAssign<graph::AssignOp>)
      .writes(0)
      .passesReference(0)
      .note("the value has the variable's shape, and any size where that is "
            "open");
  constexpr StringLiteral refUpdate =
      "ref: Ref(T), value: T -> output_ref: Ref(T); use_locking: bool = false";
  table.add("AssignAdd", refUpdate, buildAssign<graph::AssignAddOp>)
      .updates(0)
      .passesReference(0);
  table.add("AssignSub", refUpdate, buildAssign<graph::AssignSubOp>)
      .updates(0)
      .passesReference(0);
  table.add("IsVariableInitialized",
            "ref: Ref(dtype) -> is_initialized: bool; dtype: type",
            buildIsInitialized);
}
