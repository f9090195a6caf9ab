//===- FunctionCopy.cpp - a copy of a function's nodes --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Inliner.h"

#include "Attributes.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// More tensors than any argument has.
static constexpr int64_t kMaxElements = 1 << 20;

FunctionCopy::FunctionCopy(Inliner &inliner, FunctionUse givenUse)
    : inliner(inliner), use(std::move(givenUse)),
      function(inliner.getFunction(use.function)) {
  for (int i = 0, e = function.node_def_size(); i != e; ++i)
    indexOfNode[function.node_def(i).name()] = i;
  for (const auto &argument : function.signature().input_arg())
    arguments[argument.name()];
  while (hasTakenName())
    use.prefix.insert(use.prefix.size() - 1, "_");
  findLiveNodes();
}

//===----------------------------------------------------------------------===//
// Names and attributes
//===----------------------------------------------------------------------===//

/// Whether the graph has a node of a name that the copy would use.
bool FunctionCopy::hasTakenName() const {
  auto isTaken = [&](const auto &entry) {
    return inliner.isTaken(inCopy(entry.getKey()));
  };
  return llvm::any_of(indexOfNode, isTaken) || llvm::any_of(arguments, isTaken);
}

std::string FunctionCopy::makeName(StringRef name) {
  std::string unique = name.str();
  while (indexOfNode.count(unique) || arguments.count(unique) ||
         inliner.isTaken(inCopy(unique)) || !madeNames.insert(unique).second)
    unique += "_";
  return inCopy(unique);
}

std::string FunctionCopy::Tensor::getNodeName() const {
  return numElements == 1 ? name.str() : (name + "_" + Twine(element)).str();
}

std::unique_ptr<proto::NodeDef> FunctionCopy::makeNode(StringRef name,
                                                       StringRef op) {
  auto node = std::make_unique<proto::NodeDef>();
  node->set_name(name.str());
  node->set_op(op.str());
  node->set_device(use.node.device());
  return node;
}

std::unique_ptr<proto::NodeDef>
FunctionCopy::makeIdentity(StringRef name, proto::DataType type) {
  auto node = makeNode(name, "Identity");
  (*node->mutable_attr())["T"].set_type(type);
  return node;
}

const proto::AttrValue *FunctionCopy::findValue(StringRef attribute) const {
  auto found = use.values.find(attribute.str());
  if (found != use.values.end())
    return &found->second;
  auto own = function.attr().find(attribute.str());
  return own == function.attr().end() ? nullptr : &own->second;
}

/// Puts what the use says in the place of the function's attributes.
void FunctionCopy::substitute(proto::AttrValue &value) const {
  if (value.value_case() == proto::AttrValue::kPlaceholder) {
    if (const proto::AttrValue *given = findValue(value.placeholder()))
      value.CopyFrom(proto::AttrValue(*given));
    return;
  }
  if (value.value_case() == proto::AttrValue::kFunc)
    for (auto &[name, inner] : *value.mutable_func()->mutable_attr())
      substitute(inner);
  if (value.value_case() == proto::AttrValue::kList)
    for (proto::NameAttrList &list : *value.mutable_list()->mutable_func())
      for (auto &[name, inner] : *list.mutable_attr())
        substitute(inner);
}

/// Appends the tensors that an argument of the signature stands for.
LogicalResult FunctionCopy::listTensors(const proto::OpDef::ArgDef &argument,
                                        std::vector<Tensor> &tensors) {
  auto missing = [&](StringRef name) {
    return report("the call of \"" + getName() +
                  "\" does not say what its attribute \"" + name + "\" is");
  };
  SmallVector<proto::DataType> types;
  if (!argument.type_list_attr().empty()) {
    const proto::AttrValue *list = findValue(argument.type_list_attr());
    if (!list)
      return missing(argument.type_list_attr());
    for (int type : list->list().type())
      types.push_back(static_cast<proto::DataType>(type));
  } else {
    proto::DataType type = argument.type();
    if (!argument.type_attr().empty()) {
      const proto::AttrValue *given = findValue(argument.type_attr());
      if (!given)
        return missing(argument.type_attr());
      type = given->type();
    }
    int64_t count = 1;
    if (!argument.number_attr().empty()) {
      const proto::AttrValue *given = findValue(argument.number_attr());
      if (!given)
        return missing(argument.number_attr());
      count = given->i();
    }
    if (count < 0 || count > kMaxElements)
      return missing(argument.number_attr());
    types.assign(count, type);
  }
  for (auto [element, type] : llvm::enumerate(types))
    tensors.push_back(
        {argument.name(), unsigned(element), unsigned(types.size()), type});
  return success();
}

FailureOr<std::vector<FunctionCopy::Tensor>>
FunctionCopy::listTensors(const Arguments &list) {
  std::vector<Tensor> tensors;
  for (const proto::OpDef::ArgDef &argument : list)
    if (failed(listTensors(argument, tensors)))
      return failure();
  return tensors;
}

//===----------------------------------------------------------------------===//
// Edges
//===----------------------------------------------------------------------===//

/// Splits an edge of a body into the node or argument, and the rest.
static std::pair<StringRef, StringRef> splitEdge(StringRef edge) {
  edge.consume_front("^");
  return edge.split(':');
}

void FunctionCopy::bind(const Tensor &argument, std::string edge, bool runs) {
  arguments[argument.name].push_back({std::move(edge), runs});
}

/// The number of the first tensor of output `argument` of a body's node.
unsigned FunctionCopy::getFirstOutput(const proto::NodeDef &node,
                                      StringRef argument) const {
  Node view;
  view.name = node.name();
  view.op = node.op();
  view.def = &node;
  const OpInfo *info = inliner.getTable().lookup(node.op());
  // A call has one list of outputs, or those of the function; what is not in
  // the table is reported as such later.
  if (!info || checkAttributes(view, *info)) {
    std::optional<int> callee = inliner.findFunction(node.op());
    if (!callee)
      return 0;
    unsigned first = 0;
    for (const auto &output :
         inliner.getFunction(*callee).signature().output_arg()) {
      if (output.name() == argument)
        break;
      ++first;
    }
    return first;
  }
  for (auto [number, output] : llvm::enumerate(getOutputSpecs(view, *info)))
    if (output.argument->name == argument)
      return number;
  return 0;
}

/// An edge of the body as one of the new graph; nothing if it comes from
/// nowhere, empty if it says nothing there.
std::optional<std::string> FunctionCopy::convertEdge(StringRef edge) const {
  auto [name, output] = splitEdge(edge);
  if (edge.starts_with("^"))
    return convertControl(name);
  auto argument = arguments.find(name);
  if (argument != arguments.end()) {
    unsigned element = 0;
    if (argument->second.empty() ||
        (!output.empty() && output.getAsInteger(10, element)) ||
        element >= argument->second.size())
      return std::nullopt;
    return argument->second[element].edge;
  }
  auto node = indexOfNode.find(name);
  if (node == indexOfNode.end())
    return std::nullopt;
  auto [outputName, index] = output.split(':');
  unsigned number = 0;
  if (!index.empty() && index.getAsInteger(10, number))
    return std::nullopt;
  number += getFirstOutput(function.node_def(node->second), outputName);
  return inCopy(name) + ":" + std::to_string(number);
}

std::optional<std::string> FunctionCopy::convertControl(StringRef name) const {
  if (indexOfNode.count(name))
    return "^" + inCopy(name);
  auto argument = arguments.find(name);
  if (argument == arguments.end() || argument->second.empty())
    return std::nullopt;
  const Binding &binding = argument->second.front();
  return binding.runs ? "^" + binding.edge : std::string();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

void FunctionCopy::markLive(StringRef edge, SmallVectorImpl<int> &pending) {
  auto found = indexOfNode.find(splitEdge(edge).first);
  if (found == indexOfNode.end() || isLive[found->second])
    return;
  isLive[found->second] = true;
  pending.push_back(found->second);
}

/// Only what results or effects need belongs to the copy.
void FunctionCopy::findLiveNodes() {
  isLive.assign(function.node_def_size(), false);
  SmallVector<int> pending;
  for (const auto &[name, edge] : function.ret())
    markLive(edge, pending);
  for (const auto &[name, node] : function.control_ret())
    markLive(node, pending);
  while (!pending.empty())
    for (const std::string &edge :
         function.node_def(pending.pop_back_val()).input())
      markLive(edge, pending);
}

LogicalResult FunctionCopy::copyNode(int index, StringRef entrance) {
  const proto::NodeDef &original = function.node_def(index);
  auto node = std::make_unique<proto::NodeDef>(original);
  node->set_name(inCopy(original.name()));
  if (node->device().empty())
    node->set_device(use.node.device());
  node->clear_input();
  // What waits for no other node of the function waits for its start.
  bool isFirst = true;
  for (const std::string &edge : original.input()) {
    isFirst &= !indexOfNode.count(splitEdge(edge).first);
    std::optional<std::string> converted = convertEdge(edge);
    if (!converted)
      return report("in function \"" + getName() + "\", node \"" +
                    original.name() + "\" has input \"" + edge +
                    "\", which no node or argument gives");
    if (!converted->empty())
      node->add_input(std::move(*converted));
  }
  for (auto &[name, value] : *node->mutable_attr())
    substitute(value);
  // The loops of two copies are two loops.
  auto frame = node->mutable_attr()->find("frame_name");
  if (frame != node->mutable_attr()->end())
    frame->second.set_s(inCopy(frame->second.s()));
  if (!entrance.empty() && isFirst)
    node->add_input("^" + entrance.str());
  ArrayRef<unsigned> lines = inliner.getLines(use.function);
  inliner.addOrExpand(std::move(node), lines.empty() ? use.line : lines[index],
                      use.region);
  return success();
}

LogicalResult FunctionCopy::addNodes(StringRef entrance) {
  for (int i = 0, e = function.node_def_size(); i != e; ++i)
    if (isLive[i] && failed(copyNode(i, entrance)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool FunctionCopy::isArgument(const Tensor &result) const {
  auto returned = function.ret().find(result.name.str());
  return returned != function.ret().end() &&
         arguments.count(splitEdge(returned->second).first);
}

FailureOr<std::string> FunctionCopy::getEdge(const Tensor &result) {
  auto returned = function.ret().find(result.name.str());
  std::optional<std::string> edge;
  if (returned != function.ret().end()) {
    // Of several tensors the edge names the first.
    StringRef first = returned->second;
    std::string text = first.str();
    if (result.element != 0) {
      auto [node, index] = first.rsplit(':');
      unsigned number = 0;
      if (arguments.count(first))
        text = (first + ":" + Twine(result.element)).str();
      else if (!index.getAsInteger(10, number))
        text = (node + ":" + Twine(number + result.element)).str();
    }
    edge = convertEdge(text);
  }
  if (edge)
    return *edge;
  return report("function \"" + getName() +
                "\" does not say what its result \"" + result.name + "\" is");
}

std::vector<std::string> FunctionCopy::getControlResults() const {
  std::vector<std::string> nodes;
  for (const auto &[name, node] : function.control_ret())
    if (std::optional<std::string> edge = convertControl(node))
      if (!edge->empty())
        nodes.push_back(edge->substr(1));
  llvm::sort(nodes); // a map has no order
  return nodes;
}
