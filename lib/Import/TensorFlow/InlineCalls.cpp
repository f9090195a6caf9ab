//===- InlineCalls.cpp - calls of functions become their nodes ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The nodes of a call take its place in the order of the source. Edges from a
// call to other nodes are redirected at the end, when all calls are gone.
//
//===----------------------------------------------------------------------===//

#include "InlineCalls.h"

#include "Attributes.h"
#include "ErrorLimit.h"
#include "graph-compile/Support/NodeLocation.h"
#include "graph.pb.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Attributes = google::protobuf::Map<std::string, proto::AttrValue>;

/// More than any model has: functions that each call the next one twice grow
/// exponentially.
static constexpr size_t kMaxNodes = 50'000'000;
static constexpr size_t kMaxDepth = 1000;

static bool isPartitionedCall(StringRef op) {
  return op == "PartitionedCall" || op == "StatefulPartitionedCall";
}

/// The name of the function that a node calls; empty if it calls none.
static StringRef getCallee(const proto::NodeDef &node,
                           const llvm::StringSet<> &functions) {
  if (functions.contains(node.op()))
    return node.op();
  if (!isPartitionedCall(node.op()))
    return {};
  auto attribute = node.attr().find("f");
  if (attribute == node.attr().end() ||
      !functions.contains(attribute->second.func().name()))
    return {};
  return attribute->second.func().name();
}

bool tensorflow::isCall(const NodeGraph &graph, const Node &node) {
  return !getCallee(*node.def, graph.functions).empty();
}

namespace {
/// A node of the new graph.
struct NewNode {
  std::unique_ptr<proto::NodeDef> def;
  unsigned line = 0;
};

class Inliner {
public:
  Inliner(MLIRContext *context, const NodeGraph &graph, const OpTable &table,
          GraphFile &file)
      : context(context), graph(graph), table(table), file(file),
        errors(FileLineColLoc::get(context, file.path, 0, 0)) {
    const auto &library = file.graph->library();
    for (int i = 0, e = library.function_size(); i != e; ++i)
      functionIndex[library.function(i).signature().name()] = i;
  }

  LogicalResult run(ArrayRef<NodeIndex> calls);

private:
  friend class CallExpander;

  void add(std::unique_ptr<proto::NodeDef> def, unsigned line);
  void addOrExpand(std::unique_ptr<proto::NodeDef> def, unsigned line);
  void redirectInputs(proto::NodeDef &node);
  InFlightDiagnostic error(const proto::NodeDef &node, unsigned line) {
    return emitError(makeNodeLocation(context, file.path, line, node.name()))
           << "node \"" << node.name() << "\" (" << node.op() << "): ";
  }

  MLIRContext *context;
  const NodeGraph &graph;
  const OpTable &table;
  GraphFile &file;
  ErrorLimit errors;
  llvm::StringMap<int> functionIndex;
  std::vector<NewNode> nodes;
  bool isFull = false;
  /// The functions that are being expanded, outermost first.
  SmallVector<StringRef> active;
  llvm::StringMap<InlinedCall> calls;
};

/// Expands one call.
class CallExpander {
public:
  CallExpander(Inliner &inliner, const proto::NodeDef &call, unsigned line,
               int function)
      : inliner(inliner), call(call), line(line),
        function(inliner.file.graph->library().function(function)),
        lines(inliner.file.functionLines.empty()
                  ? ArrayRef<unsigned>()
                  : ArrayRef(inliner.file.functionLines[function])),
        isByName(!isPartitionedCall(call.op())),
        values(isByName ? call.attr() : call.attr().at("f").func().attr()) {}

  LogicalResult expand();

private:
  std::string inCall(StringRef name) const {
    return call.name() + "/" + name.str();
  }
  std::string makeName(StringRef name);
  std::unique_ptr<proto::NodeDef> makeNode(StringRef name, StringRef op);
  const proto::AttrValue *findValue(StringRef attribute) const;
  FailureOr<SmallVector<proto::DataType>>
  getTypes(const proto::OpDef::ArgDef &argument);
  LogicalResult addArguments();
  void findLiveNodes();
  void markLive(StringRef edge, SmallVectorImpl<int> &pending);
  LogicalResult addBody();
  LogicalResult addResults();
  std::optional<std::string> convertEdge(StringRef edge);
  unsigned getFirstOutput(const proto::NodeDef &node, StringRef argument);
  void substitute(proto::AttrValue &value) const;
  InFlightDiagnostic error() { return inliner.error(call, line); }

  Inliner &inliner;
  const proto::NodeDef &call;
  unsigned line;
  const proto::FunctionDef &function;
  ArrayRef<unsigned> lines;
  /// Whether the node's op is the function's name.
  bool isByName;
  /// What the call says of the function's attributes.
  const Attributes &values;
  /// Control inputs of the call.
  SmallVector<std::string> waitsFor;
  /// The node that waits for them and for all arguments; empty if there are
  /// neither.
  std::string entrance;
  /// By name of an argument: the node for each of its tensors.
  llvm::StringMap<SmallVector<std::string, 1>> arguments;
  llvm::StringMap<int> bodyIndex;
  std::vector<bool> isLive;
  /// Names of this file's making.
  llvm::StringSet<> madeNames;
};
} // namespace

//===----------------------------------------------------------------------===//
// Names and attributes
//===----------------------------------------------------------------------===//

/// A name in the call that no node of the function has.
std::string CallExpander::makeName(StringRef name) {
  std::string unique = name.str();
  while (bodyIndex.count(unique) || arguments.count(unique) ||
         !madeNames.insert(unique).second)
    unique += "_";
  return inCall(unique);
}

std::unique_ptr<proto::NodeDef> CallExpander::makeNode(StringRef name,
                                                       StringRef op) {
  auto node = std::make_unique<proto::NodeDef>();
  node->set_name(name.str());
  node->set_op(op.str());
  node->set_device(call.device());
  return node;
}

const proto::AttrValue *CallExpander::findValue(StringRef attribute) const {
  auto found = values.find(attribute.str());
  if (found != values.end())
    return &found->second;
  auto own = function.attr().find(attribute.str());
  return own == function.attr().end() ? nullptr : &own->second;
}

/// Puts what the call says in the place of the function's attributes.
void CallExpander::substitute(proto::AttrValue &value) const {
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

/// The types of the tensors that `argument` of the signature stands for.
FailureOr<SmallVector<proto::DataType>>
CallExpander::getTypes(const proto::OpDef::ArgDef &argument) {
  auto missing = [&](StringRef name) {
    if (inliner.errors.report())
      error() << "the call of \"" << function.signature().name()
              << "\" does not say what its attribute \"" << name << "\" is";
    return failure();
  };
  SmallVector<proto::DataType> types;
  if (!argument.type_list_attr().empty()) {
    const proto::AttrValue *list = findValue(argument.type_list_attr());
    if (!list)
      return missing(argument.type_list_attr());
    for (int type : list->list().type())
      types.push_back(static_cast<proto::DataType>(type));
    return types;
  }
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
  if (count < 0 || count > int64_t(kMaxNodes))
    return missing(argument.number_attr());
  types.assign(count, type);
  return types;
}

static void setType(proto::NodeDef &node, proto::DataType type) {
  (*node.mutable_attr())["T"].set_type(type);
}

//===----------------------------------------------------------------------===//
// Arguments, body, results
//===----------------------------------------------------------------------===//

LogicalResult CallExpander::addArguments() {
  SmallVector<StringRef> inputs;
  for (const std::string &input : call.input()) {
    if (StringRef(input).starts_with("^"))
      waitsFor.push_back(input);
    else
      inputs.push_back(input);
  }
  size_t next = 0;
  SmallVector<std::string> starts(waitsFor);
  for (const auto &argument : function.signature().input_arg()) {
    auto types = getTypes(argument);
    if (failed(types))
      return failure();
    SmallVector<std::string, 1> &names = arguments[argument.name()];
    for (auto [element, type] : llvm::enumerate(*types)) {
      std::string name =
          types->size() == 1
              ? inCall(argument.name())
              : makeName(argument.name() + "_" + std::to_string(element));
      auto node = makeNode(name, "Identity");
      setType(*node, type);
      if (next < inputs.size())
        node->add_input(inputs[next].str());
      ++next;
      for (const std::string &edge : waitsFor)
        node->add_input(edge);
      starts.push_back("^" + name);
      names.push_back(std::move(name));
      if (next <= inputs.size())
        inliner.add(std::move(node), line);
    }
  }
  if (next != inputs.size()) {
    if (inliner.errors.report())
      error() << "expected " << next << " inputs for function \""
              << function.signature().name() << "\", got " << inputs.size();
    return failure();
  }
  if (starts.empty())
    return success();
  entrance = makeName("input_control_node");
  auto node = makeNode(entrance, "NoOp");
  for (const std::string &edge : starts)
    node->add_input(edge);
  inliner.add(std::move(node), line);
  return success();
}

/// Splits an edge of a body into the node or argument, and the rest.
static std::pair<StringRef, StringRef> splitEdge(StringRef edge) {
  edge.consume_front("^");
  return edge.split(':');
}

void CallExpander::markLive(StringRef edge, SmallVectorImpl<int> &pending) {
  auto found = bodyIndex.find(splitEdge(edge).first);
  if (found == bodyIndex.end() || isLive[found->second])
    return;
  isLive[found->second] = true;
  pending.push_back(found->second);
}

/// Only what results or effects need belongs to the call.
void CallExpander::findLiveNodes() {
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

/// The number of the first tensor of output `argument` of a body's node.
unsigned CallExpander::getFirstOutput(const proto::NodeDef &node,
                                      StringRef argument) {
  Node view;
  view.name = node.name();
  view.op = node.op();
  view.def = &node;
  const OpInfo *info = inliner.table.lookup(node.op());
  // A call has one list of outputs, or those of the function; what is not in
  // the table is reported as such later.
  if (!info || checkAttributes(view, *info)) {
    auto callee = inliner.functionIndex.find(node.op());
    if (callee == inliner.functionIndex.end())
      return 0;
    unsigned first = 0;
    const auto &library = inliner.file.graph->library();
    for (const auto &output :
         library.function(callee->second).signature().output_arg()) {
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

/// An edge of the body as one of the caller's graph; nothing if it comes from
/// nowhere.
std::optional<std::string> CallExpander::convertEdge(StringRef edge) {
  bool isControl = edge.starts_with("^");
  auto [name, output] = splitEdge(edge);
  auto argument = arguments.find(name);
  if (argument != arguments.end()) {
    unsigned element = 0;
    if (argument->second.empty() ||
        (!output.empty() && output.getAsInteger(10, element)) ||
        element >= argument->second.size())
      return std::nullopt;
    return (isControl ? "^" : "") + argument->second[element];
  }
  auto body = bodyIndex.find(name);
  if (body == bodyIndex.end())
    return std::nullopt;
  if (isControl)
    return "^" + inCall(name);
  auto [outputName, index] = output.split(':');
  unsigned number = 0;
  if (!index.empty() && index.getAsInteger(10, number))
    return std::nullopt;
  number += getFirstOutput(function.node_def(body->second), outputName);
  return inCall(name) + ":" + std::to_string(number);
}

LogicalResult CallExpander::addBody() {
  for (int i = 0, e = function.node_def_size(); i != e; ++i) {
    if (!isLive[i])
      continue;
    const proto::NodeDef &original = function.node_def(i);
    auto node = std::make_unique<proto::NodeDef>(original);
    node->set_name(inCall(original.name()));
    if (node->device().empty())
      node->set_device(call.device());
    node->clear_input();
    // What waits for no other node of the function waits for the call's start.
    bool isFirst = true;
    for (const std::string &edge : original.input()) {
      isFirst &= !bodyIndex.count(splitEdge(edge).first);
      std::optional<std::string> converted = convertEdge(edge);
      if (!converted) {
        if (inliner.errors.report())
          error() << "in function \"" << function.signature().name()
                  << "\", node \"" << original.name() << "\" has input \""
                  << edge << "\", which no node or argument gives";
        return failure();
      }
      node->add_input(std::move(*converted));
    }
    for (auto &[name, value] : *node->mutable_attr())
      substitute(value);
    if (!entrance.empty() && isFirst)
      node->add_input("^" + entrance);
    inliner.addOrExpand(std::move(node), lines.empty() ? line : lines[i]);
  }
  return success();
}

LogicalResult CallExpander::addResults() {
  InlinedCall &result = inliner.calls[call.name()];
  for (const auto &output : function.signature().output_arg()) {
    auto types = getTypes(output);
    if (failed(types))
      return failure();
    auto returned = function.ret().find(output.name());
    for (auto [element, type] : llvm::enumerate(*types)) {
      std::optional<std::string> edge;
      if (returned != function.ret().end()) {
        // Of several tensors the edge names the first.
        StringRef first = returned->second;
        std::string text = first.str();
        if (element != 0) {
          auto [node, index] = first.rsplit(':');
          unsigned number = 0;
          if (arguments.count(first))
            text = (first + ":" + Twine(element)).str();
          else if (!index.getAsInteger(10, number))
            text = (node + ":" + Twine(number + element)).str();
        }
        edge = convertEdge(text);
      }
      if (!edge) {
        if (inliner.errors.report())
          error() << "function \"" << function.signature().name()
                  << "\" does not say what its result \"" << output.name()
                  << "\" is";
        return failure();
      }
      std::string name = makeName(
          types->size() == 1 ? output.name()
                             : output.name() + "_" + std::to_string(element));
      auto node = makeNode(name, "Identity");
      setType(*node, type);
      node->add_input(std::move(*edge));
      inliner.add(std::move(node), line);
      result.outputs.push_back(std::move(name));
    }
  }

  result.done = makeName("output_control_node");
  auto done = makeNode(result.done, "NoOp");
  SmallVector<std::string> effects;
  if (isByName)
    for (const std::string &output : result.outputs)
      effects.push_back(output);
  else
    for (const auto &[name, node] : function.control_ret())
      if (auto edge = convertEdge("^" + node))
        effects.push_back(edge->substr(1));
  llvm::sort(effects); // a map has no order
  if (effects.empty() && !entrance.empty())
    effects.push_back(entrance);
  for (const std::string &effect : effects)
    done->add_input("^" + effect);
  inliner.add(std::move(done), line);
  return success();
}

LogicalResult CallExpander::expand() {
  StringRef name = function.signature().name();
  if (llvm::is_contained(inliner.active, name)) {
    if (inliner.errors.report())
      error() << "function \"" << name
              << "\" calls itself, which is not supported";
    return failure();
  }
  if (inliner.active.size() == kMaxDepth) {
    if (inliner.errors.report())
      error() << "calls are nested more than " << kMaxDepth << " deep";
    return failure();
  }
  for (int i = 0, e = function.node_def_size(); i != e; ++i)
    bodyIndex[function.node_def(i).name()] = i;
  for (const auto &argument : function.signature().input_arg())
    arguments[argument.name()];
  findLiveNodes();
  inliner.active.push_back(name);
  LogicalResult result =
      success(succeeded(addArguments()) && succeeded(addBody()) &&
              succeeded(addResults()));
  inliner.active.pop_back();
  return result;
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

void Inliner::add(std::unique_ptr<proto::NodeDef> def, unsigned line) {
  if (nodes.size() == kMaxNodes) {
    if (!isFull && errors.report())
      error(*def, line) << "the functions that are called have more than "
                        << kMaxNodes << " nodes together";
    isFull = true;
    return;
  }
  nodes.push_back({std::move(def), line});
}

/// Adds a node, or what it calls in its place.
void Inliner::addOrExpand(std::unique_ptr<proto::NodeDef> def, unsigned line) {
  StringRef callee = getCallee(*def, graph.functions);
  if (callee.empty() || isFull) {
    add(std::move(def), line);
    return;
  }
  // Errors have been counted.
  (void)CallExpander(*this, *def, line, functionIndex.lookup(callee)).expand();
}

/// Lets a node take from what calls have become.
void Inliner::redirectInputs(proto::NodeDef &node) {
  for (std::string &text : *node.mutable_input()) {
    StringRef edge = text;
    bool isControl = edge.consume_front("^");
    auto [name, suffix] = edge.rsplit(':');
    unsigned output = 0;
    if (isControl || suffix.empty() || suffix.getAsInteger(10, output))
      name = edge;
    auto call = calls.find(name);
    if (call == calls.end())
      continue;
    if (isControl)
      text = "^" + call->second.done;
    else if (output < call->second.outputs.size())
      text = call->second.outputs[output];
  }
}

LogicalResult Inliner::run(ArrayRef<NodeIndex> callNodes) {
  std::vector<bool> isInlined(graph.size(), false);
  for (NodeIndex node : callNodes)
    isInlined[node] = true;

  auto &defs = *file.graph->mutable_node();
  std::vector<proto::NodeDef *> old(defs.size());
  defs.ExtractSubrange(0, defs.size(), old.data());
  for (auto [index, def] : llvm::enumerate(old)) {
    std::unique_ptr<proto::NodeDef> owned(def);
    unsigned line = file.lines.empty() ? 0 : file.lines[index];
    if (isInlined[index])
      addOrExpand(std::move(owned), line);
    else
      add(std::move(owned), line);
  }
  if (failed(errors.finish()))
    return failure();

  bool isText = !file.lines.empty();
  file.lines.clear();
  for (NewNode &node : nodes) {
    redirectInputs(*node.def);
    if (isText)
      file.lines.push_back(node.line);
    defs.AddAllocated(node.def.release());
  }
  file.calls = std::move(calls);
  return success();
}

LogicalResult tensorflow::inlineCalls(MLIRContext *context,
                                      const NodeGraph &graph,
                                      ArrayRef<NodeIndex> calls,
                                      const OpTable &table, GraphFile &file) {
  return Inliner(context, graph, table, file).run(calls);
}
