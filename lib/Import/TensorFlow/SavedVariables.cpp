//===- SavedVariables.cpp - what a checkpoint says of variables -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A restore looks like this, in TF 1 in the graph itself, in TF 2 in a function
// whose arguments are handles of variables:
//
//   AssignVariableOp(variable, Identity(RestoreV2(prefix, keys, slices):i))
//
//===----------------------------------------------------------------------===//

#include "SavedVariables.h"

#include "ProtobufFields.h"
#include "saved_model.pb.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// Edges by name
//===----------------------------------------------------------------------===//

namespace {
/// The nodes of a graph or of a function, by name.
using Nodes = llvm::StringMap<const proto::NodeDef *>;

/// Where a data edge comes from.
struct Source {
  StringRef node;
  unsigned output = 0;
};
} // namespace

/// Takes an edge apart: `node:1` in a graph, `node:tensors:1` in a function,
/// and `^node` of both.
static Source parseEdge(StringRef text) {
  text.consume_front("^");
  Source source;
  source.node = text.split(':').first;
  StringRef output = text.contains(':') ? text.rsplit(':').second : "";
  if (output.getAsInteger(10, source.output))
    source.output = 0;
  return source;
}

static const proto::AttrValue *findAttr(const proto::NodeDef &node,
                                        const char *name) {
  auto found = node.attr().find(name);
  return found == node.attr().end() ? nullptr : &found->second;
}

/// Follows a data edge through nodes that change nothing to the node that it
/// comes from; null for a function's argument.
static const proto::NodeDef *follow(const Nodes &nodes, StringRef edge,
                                    Source &source) {
  // A chain is short; only a damaged graph has cycles.
  for (size_t left = nodes.size() + 1; left > 0; --left) {
    source = parseEdge(edge);
    const proto::NodeDef *node = nodes.lookup(source.node);
    bool passesOn = node && node->input_size() > 0 &&
                    (node->op() == "Identity" || node->op() == "Reshape");
    if (!passesOn)
      return node;
    edge = node->input(0);
  }
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Restores
//===----------------------------------------------------------------------===//

/// The element of a constant list of strings, whose last one repeats.
static std::optional<std::string> getString(const Nodes &nodes, StringRef edge,
                                            unsigned index) {
  Source source;
  const proto::NodeDef *node = follow(nodes, edge, source);
  const proto::AttrValue *value =
      node && node->op() == "Const" ? findAttr(*node, "value") : nullptr;
  if (!value || value->tensor().string_val_size() == 0)
    return std::nullopt;
  const auto &strings = value->tensor().string_val();
  return strings[std::min<unsigned>(index, strings.size() - 1)];
}

/// What a node that assigns reads; nothing if it is no restore.
static std::optional<SavedTensor> findRestored(const Nodes &nodes,
                                               const proto::NodeDef &assign) {
  bool isAssign = assign.op() == "Assign" || assign.op() == "AssignVariableOp";
  if (!isAssign || assign.input_size() < 2)
    return std::nullopt;
  Source source;
  const proto::NodeDef *restore = follow(nodes, assign.input(1), source);
  if (!restore || restore->op() != "RestoreV2" || restore->input_size() < 3)
    return std::nullopt;
  auto key = getString(nodes, restore->input(1), source.output);
  auto slice = getString(nodes, restore->input(2), source.output);
  if (!key || !slice)
    return std::nullopt;
  return SavedTensor{*key, *slice};
}

/// The name of the variable that a node of the graph is; empty if it is none.
static StringRef getVariableName(const proto::NodeDef *node) {
  bool isVariable =
      node && (node->op() == "VarHandleOp" || node->op() == "VariableV2" ||
               node->op() == "Variable");
  if (!isVariable)
    return "";
  const proto::AttrValue *sharedName = findAttr(*node, "shared_name");
  return sharedName && !sharedName->s().empty() ? StringRef(sharedName->s())
                                                : StringRef(node->name());
}

template <typename Range> static Nodes indexNodes(const Range &nodes) {
  Nodes index;
  for (const proto::NodeDef &node : nodes)
    index.try_emplace(node.name(), &node);
  return index;
}

/// The nodes of the graph that `restore` runs, itself included.
static SmallVector<const proto::NodeDef *>
findAncestors(const Nodes &nodes, const proto::NodeDef *restore) {
  llvm::SetVector<const proto::NodeDef *> seen;
  seen.insert(restore);
  for (size_t i = 0; i < seen.size(); ++i) {
    const proto::NodeDef *node = seen[i];
    for (const std::string &input : node->input())
      if (const proto::NodeDef *source = nodes.lookup(parseEdge(input).node))
        seen.insert(source);
  }
  return seen.takeVector();
}

static const proto::FunctionDef *findFunction(const proto::GraphDef &graph,
                                              StringRef name) {
  for (const proto::FunctionDef &function : graph.library().function())
    if (function.signature().name() == name)
      return &function;
  return nullptr;
}

/// Restores in a function that `call` calls with the variables.
static void addRestoresOfCall(const proto::GraphDef &graph, const Nodes &nodes,
                              const proto::NodeDef &call,
                              SavedTensors &tensors) {
  const proto::AttrValue *callee = findAttr(call, "f");
  const proto::FunctionDef *function =
      callee ? findFunction(graph, callee->func().name()) : nullptr;
  if (!function)
    return;
  llvm::StringMap<int> arguments;
  for (int i = 0, e = function->signature().input_arg_size(); i != e; ++i)
    arguments[function->signature().input_arg(i).name()] = i;
  Nodes body = indexNodes(function->node_def());
  for (const proto::NodeDef &node : function->node_def()) {
    std::optional<SavedTensor> tensor = findRestored(body, node);
    Source source;
    if (!tensor || follow(body, node.input(0), source))
      continue;
    auto argument = arguments.find(source.node);
    if (argument == arguments.end() || argument->second >= call.input_size())
      continue;
    StringRef variable =
        getVariableName(follow(nodes, call.input(argument->second), source));
    if (!variable.empty())
      tensors[variable] = *tensor;
  }
}

SavedTensors tensorflow::findSavedTensors(const proto::GraphDef &graph,
                                          StringRef restore) {
  SavedTensors tensors;
  Nodes nodes = indexNodes(graph.node());
  const proto::NodeDef *start = nodes.lookup(parseEdge(restore).node);
  if (!start)
    return tensors;
  for (const proto::NodeDef *node : findAncestors(nodes, start)) {
    addRestoresOfCall(graph, nodes, *node, tensors);
    std::optional<SavedTensor> tensor = findRestored(nodes, *node);
    if (!tensor)
      continue;
    Source source;
    StringRef variable = getVariableName(follow(nodes, node->input(0), source));
    if (!variable.empty())
      tensors[variable] = *tensor;
  }
  return tensors;
}

//===----------------------------------------------------------------------===//
// The checkpoint
//===----------------------------------------------------------------------===//

/// Where a TF 2 checkpoint describes its objects.
static constexpr StringRef kObjectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";
static constexpr StringRef kVariableSuffix = "/.ATTRIBUTES/VARIABLE_VALUE";

FailureOr<SavedVariables> SavedVariables::open(MLIRContext *context,
                                               StringRef prefix,
                                               SavedTensors tensors) {
  FailureOr<std::unique_ptr<Checkpoint>> checkpoint =
      Checkpoint::open(context, prefix);
  if (failed(checkpoint))
    return failure();
  SavedVariables variables;
  variables.checkpoint = std::move(*checkpoint);
  variables.tensors = std::move(tensors);
  if (variables.checkpoint->contains(kObjectGraphKey) &&
      failed(variables.readNames()))
    return failure();
  return variables;
}

LogicalResult SavedVariables::readNames() {
  FailureOr<std::string> text = checkpoint->readString(kObjectGraphKey);
  if (failed(text))
    return failure();
  proto::TrackableObjectGraph objects;
  if (!parseMessage(StringRef(*text), objects))
    return checkpoint->reportDamage(kObjectGraphKey);
  llvm::StringMap<unsigned> numUsers;
  for (const auto &node : objects.nodes())
    for (const auto &attribute : node.attributes()) {
      StringRef key = attribute.checkpoint_key(), name = attribute.full_name();
      name.consume_back(":0");
      if (key.ends_with(kVariableSuffix) &&
          names.try_emplace(key, name.str()).second)
        ++numUsers[name];
    }
  for (auto &[key, name] : names) {
    bool isUnique = !name.empty() && numUsers.lookup(name) == 1;
    if (isUnique)
      keys.try_emplace(name, key.str());
    else
      name = key.drop_back(kVariableSuffix.size()).str();
  }
  return success();
}

std::optional<SavedTensor> SavedVariables::lookup(StringRef variable) const {
  if (!checkpoint)
    return std::nullopt;
  auto tensor = tensors.find(variable);
  if (tensor != tensors.end())
    return tensor->second;
  // The nodes that restore may have been taken out: names tell as well, those
  // of the objects of TF 2, and in TF 1 the keys themselves.
  auto key = keys.find(variable);
  if (key != keys.end())
    return SavedTensor{key->second, ""};
  if (checkpoint->contains(variable))
    return SavedTensor{variable.str(), ""};
  return std::nullopt;
}

std::string SavedVariables::getName(StringRef variable) const {
  std::optional<SavedTensor> tensor = lookup(variable);
  auto name = tensor ? names.find(tensor->key) : names.end();
  return name == names.end() ? variable.str() : name->second;
}

FailureOr<RankedTensorType> SavedVariables::getType(StringRef variable) {
  std::optional<SavedTensor> tensor = lookup(variable);
  if (!tensor)
    return RankedTensorType();
  return checkpoint->getType(tensor->key, tensor->slice);
}

FailureOr<ElementsAttr> SavedVariables::read(StringRef variable) {
  std::optional<SavedTensor> tensor = lookup(variable);
  if (!tensor)
    return ElementsAttr();
  return checkpoint->read(tensor->key, tensor->slice, getName(variable));
}
