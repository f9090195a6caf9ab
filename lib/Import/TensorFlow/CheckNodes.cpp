//===- CheckNodes.cpp - nodes against the signatures of their ops ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckNodes.h"

#include "Attributes.h"
#include "ErrorLimit.h"
#include "Types.h"
#include "graph.pb.h"

#include "graph-compile/Support/NearestName.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
class NodeChecker {
public:
  NodeChecker(MLIRContext *context, const NodeGraph &graph,
              const OpTable &table)
      : context(context), graph(graph), table(table),
        file(FileLineColLoc::get(context, graph.file, 0, 0)), errors(file) {
    signatures.reserve(graph.size());
    for (const Node &node : graph.nodes)
      signatures.push_back(findSignature(node));
  }

  LogicalResult check(ArrayRef<EntryPoint> entries, ArrayRef<FlowTree> flows,
                      StringRef configFile);

private:
  InFlightDiagnostic error(const Node &node) {
    return emitError(graph.getLocation(context, node.index))
           << "node \"" << node.name << "\" (" << node.op << "): ";
  }

  const OpInfo *findSignature(const Node &node) const;
  void checkFunctions(const Node &node);
  LogicalResult checkOps(ArrayRef<NodeIndex> live);
  void checkInputCount(const Node &node, const OpInfo &info);
  bool checkOutputsExist(const Node &node);
  void checkTypes(const Node &node, const OpInfo &info, bool isLive);
  void checkBodies(const Node &owner, const OpInfo &info);
  void checkBody(const Node &owner, const NodeRegion &body,
                 ArrayRef<TensorSpec> expected);
  bool checkSupportedType(const Node &node, const OpInfo &info,
                          const TensorSpec &spec, const Twine &place);
  void checkEntry(const EntryPoint &entry, const FlowGraph &flow,
                  Location location);

  MLIRContext *context;
  const NodeGraph &graph;
  const OpTable &table;
  Location file;
  ErrorLimit errors;
  /// By node: the signature that it fits, null if it fits none.
  std::vector<const OpInfo *> signatures;
};
} // namespace

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

/// What an op belongs to that is not supported as a whole; empty if nothing.
static StringRef getUnsupportedFeature(StringRef op) {
  return llvm::StringSwitch<StringRef>(op)
      .Case("For", "loops")
      .Cases({"PartitionedCall", "StatefulPartitionedCall", "RemoteCall",
              "SymbolicGradient"},
             "calls of functions")
      .Cases({"AsString", "StringLength", "StringJoin", "StringSplit",
              "StringSplitV2", "StringToNumber", "Substr", "RegexReplace",
              "DecodeRaw", "ReadFile"},
             "strings that are computed")
      .Default("");
}

/// Reports functions that a node names and the library lacks.
void NodeChecker::checkFunctions(const Node &node) {
  SmallVector<StringRef> names;
  for (const auto &[key, value] : node.def->attr()) {
    if (value.value_case() == proto::AttrValue::kFunc)
      names.push_back(value.func().name());
    for (const proto::NameAttrList &function : value.list().func())
      names.push_back(function.name());
  }
  llvm::sort(names); // the map has no order
  for (StringRef name : names) {
    if (graph.functions.contains(name) || !errors.report())
      continue;
    auto diagnostic = error(node) << "calls function \"" << name
                                  << "\", which the graph's library lacks";
    std::vector<StringRef> known;
    for (const auto &entry : graph.functions)
      known.push_back(entry.getKey());
    llvm::sort(known);
    std::string suggestion = suggestNames(name, known);
    if (!suggestion.empty())
      diagnostic.attachNote() << suggestion;
  }
}

/// Reports all ops that are not supported, each with all nodes that use it.
LogicalResult NodeChecker::checkOps(ArrayRef<NodeIndex> live) {
  llvm::MapVector<StringRef, SmallVector<NodeIndex>> users;
  for (NodeIndex index : live)
    if (!table.lookup(graph[index].op))
      users[graph[index].op].push_back(index);
  for (auto &[op, nodes] : users) {
    auto diagnostic = emitError(graph.getLocation(context, nodes.front()));
    diagnostic << "op \"" << op << "\" is not supported";
    StringRef feature = getUnsupportedFeature(op);
    if (!feature.empty())
      diagnostic << " (" << feature << ")";
    else if (graph.functions.contains(op))
      diagnostic << " (calls of functions)";
    diagnostic << "; used by node" << (nodes.size() == 1 ? " " : "s ");
    llvm::interleave(
        nodes,
        [&](NodeIndex node) { diagnostic << '"' << graph[node].name << '"'; },
        [&] { diagnostic << ", "; });
  }
  return success(users.empty());
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// A number of outputs that no graph has.
static constexpr int64_t kMaxOutputs = 1 << 20;

/// The first argument whose number of tensors makes no sense: a number from the
/// graph must not make an endless list.
static const ArgumentSpec *findWrongNumber(const Node &node,
                                           const OpInfo &info) {
  AttributeReader attributes(node, info);
  auto isWrong = [&](const ArgumentSpec &argument, int64_t limit) {
    if (argument.numberAttr.empty())
      return false;
    int64_t number = attributes.getInt(argument.numberAttr);
    return number < 0 || number > limit;
  };
  for (const ArgumentSpec &input : info.inputs)
    if (isWrong(input, node.inputs.size()))
      return &input;
  for (const ArgumentSpec &output : info.outputs)
    if (isWrong(output, kMaxOutputs))
      return &output;
  return nullptr;
}

/// Whether the node has as many inputs as its signature and attributes say.
static bool fitsSignature(const Node &node, const OpInfo &info) {
  return !findWrongNumber(node, info) &&
         countInputs(node, info) == node.inputs.size();
}

void NodeChecker::checkInputCount(const Node &node, const OpInfo &info) {
  if (fitsSignature(node, info) || !errors.report())
    return;
  auto diagnostic = error(node) << "has " << node.inputs.size() << " inputs, ";
  if (const ArgumentSpec *argument = findWrongNumber(node, info)) {
    diagnostic << "but attribute \"" << argument->numberAttr << "\" is "
               << AttributeReader(node, info).getInt(argument->numberAttr);
    return;
  }
  diagnostic << "expected " << countInputs(node, info);
  if (info.inputs.empty())
    return;
  diagnostic << " (";
  llvm::interleave(
      info.inputs, [&](const ArgumentSpec &input) { diagnostic << input.name; },
      [&] { diagnostic << ", "; });
  diagnostic << ")";
}

/// The signature of a node that fits it; null for others, which were reported
/// or do not run.
const OpInfo *NodeChecker::findSignature(const Node &node) const {
  const OpInfo *info = table.lookup(node.op);
  if (info && !checkAttributes(node, *info) && fitsSignature(node, *info))
    return info;
  return nullptr;
}

static std::string describeOutputCount(size_t count) {
  if (count == 0)
    return "no output";
  return count == 1 ? "1 output" : std::to_string(count) + " outputs";
}

/// Checks that the node's edges name outputs that their nodes have.
bool NodeChecker::checkOutputsExist(const Node &node) {
  bool allExist = true;
  for (auto [index, input] : llvm::enumerate(node.inputs)) {
    const Node &source = graph[input.node];
    const OpInfo *info = signatures[source.index];
    if (!info)
      continue;
    size_t count = countOutputs(source, *info);
    if (input.output < count)
      continue;
    allExist = false;
    if (errors.report())
      error(node) << "input " << index << " is \"" << source.name << ':'
                  << input.output << "\", but node \"" << source.name << "\" ("
                  << source.op << ") has " << describeOutputCount(count);
  }
  return allExist;
}

/// Checks that the dialect has the type, or that the op may have strings or
/// lists.
bool NodeChecker::checkSupportedType(const Node &node, const OpInfo &info,
                                     const TensorSpec &spec,
                                     const Twine &place) {
  if (spec.dataType == proto::DT_RESOURCE ||
      convertDataType(context, spec.dataType))
    return true;
  bool isString = spec.dataType == proto::DT_STRING;
  if (isString && info.acceptsStrings)
    return true;
  bool isList = spec.dataType == proto::DT_VARIANT;
  if (isList && info.acceptsLists)
    return true;
  if (errors.report()) {
    auto diagnostic = error(node)
                      << place << " is " << getDataTypeName(spec.dataType);
    if (isString)
      diagnostic << ": strings are supported only as constants that assertions"
                    " and prints use";
    else if (isList)
      diagnostic << ": variants are supported only as lists that ops on lists"
                    " use";
    else
      diagnostic << ", a type that is not supported";
  }
  return false;
}

/// Checks the types of the inputs against those of the outputs that they are,
/// and, of a node that runs, that the dialect has them.
void NodeChecker::checkTypes(const Node &node, const OpInfo &info,
                             bool isLive) {
  SmallVector<TensorSpec, 4> specs = getInputSpecs(node, info);
  for (auto [index, expected] : llvm::enumerate(specs)) {
    if (isLive &&
        !checkSupportedType(node, info, expected, "input " + Twine(index)))
      return;
    Endpoint input = node.inputs[index];
    const Node &source = graph[input.node];
    const OpInfo *sourceInfo = signatures[source.index];
    if (!sourceInfo)
      continue;
    int found = getOutputSpec(source, *sourceInfo, input.output).dataType;
    if (found == expected.dataType || !errors.report())
      continue;
    auto diagnostic = error(node);
    diagnostic << "input " << index << " is " << getDataTypeName(found)
               << ", expected " << getDataTypeName(expected.dataType);
    if (!expected.argument->typeAttr.empty())
      diagnostic << " (attribute \"" << expected.argument->typeAttr << "\")";
    diagnostic.attachNote(graph.getLocation(context, source.index))
        << "it is output " << input.output << " of node \"" << source.name
        << "\" (" << source.op << ")";
  }
  if (!isLive)
    return;
  for (auto [index, spec] : llvm::enumerate(getOutputSpecs(node, info)))
    if (!checkSupportedType(node, info, spec, "output " + Twine(index)))
      return;
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

/// Checks that a body gives results of the types `expected`.
void NodeChecker::checkBody(const Node &owner, const NodeRegion &body,
                            ArrayRef<TensorSpec> expected) {
  if (body.results.size() != expected.size()) {
    if (errors.report())
      error(owner) << "function \"" << body.function << "\" gives "
                   << body.results.size() << " results, expected "
                   << expected.size();
    return;
  }
  for (auto [number, result, spec] : llvm::enumerate(body.results, expected)) {
    const Node &source = graph[result.node];
    const OpInfo *info = signatures[source.index];
    if (!info)
      continue;
    size_t count = countOutputs(source, *info);
    if (result.output >= count) {
      if (errors.report())
        error(owner) << "result " << number << " of function \""
                     << body.function << "\" is \"" << source.name << ':'
                     << result.output << "\", but node \"" << source.name
                     << "\" (" << source.op << ") has "
                     << describeOutputCount(count);
      continue;
    }
    int found = getOutputSpec(source, *info, result.output).dataType;
    if (found != spec.dataType && errors.report())
      error(owner) << "result " << number << " of function \"" << body.function
                   << "\" is " << getDataTypeName(found) << ", expected "
                   << getDataTypeName(spec.dataType);
  }
}

void NodeChecker::checkBodies(const Node &owner, const OpInfo &info) {
  ArrayRef<RegionIndex> regions = graph.getRegions(owner.index);
  if (regions.empty()) {
    if (errors.report())
      error(owner) << "has no branch, expected one or more";
    return;
  }
  // Whether a loop goes on may be of any type.
  if (isLoop(owner.op))
    regions = regions.drop_front();
  SmallVector<TensorSpec, 4> outputs = getOutputSpecs(owner, info);
  for (RegionIndex region : regions)
    checkBody(owner, graph.regions[region], outputs);
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

std::optional<int> tensorflow::getFeedType(const FlowGraph &flow,
                                           const OpTable &table,
                                           Endpoint tensor) {
  const NodeGraph &graph = flow.getGraph();
  const Node &node = graph[tensor.node];
  const OpInfo *info = table.lookup(node.op);
  if (info && !checkAttributes(node, *info)) {
    if (tensor.output < countOutputs(node, *info))
      return getOutputSpec(node, *info, tensor.output).dataType;
    return std::nullopt;
  }
  for (NodeIndex index : flow.getOrder()) {
    const Node &user = graph[index];
    for (auto [input, source] : llvm::enumerate(user.inputs)) {
      if (!(source == tensor))
        continue;
      return getInputSpec(user, *table.lookup(user.op), input).dataType;
    }
  }
  return std::nullopt;
}

/// Checks that fetched and fed outputs exist and are tensors of numbers.
void NodeChecker::checkEntry(const EntryPoint &entry, const FlowGraph &flow,
                             Location location) {
  auto check = [&](Endpoint tensor, StringRef role) {
    const Node &node = graph[tensor.node];
    std::string place = ("function \"" + entry.name + "\": " + role + " \"" +
                         node.name + ":" + Twine(tensor.output) + "\"")
                            .str();
    const OpInfo *info = table.lookup(node.op);
    if (info && !checkAttributes(node, *info)) {
      size_t count = countOutputs(node, *info);
      if (tensor.output >= count) {
        if (errors.report())
          emitError(location)
              << place << ": node \"" << node.name << "\" (" << node.op
              << ") has " << describeOutputCount(count);
        return;
      }
    }
    std::optional<int> type = getFeedType(flow, table, tensor);
    if (!type) {
      if (errors.report())
        emitError(location)
            << place << ": its type is not known, since op \"" << node.op
            << "\" is not supported and no node uses it";
      return;
    }
    if (!convertDataType(context, *type) && errors.report())
      emitError(location) << place << ": it is " << getDataTypeName(*type)
                          << ", expected a tensor of numbers or booleans";
  };
  for (const Feed &feed : entry.feeds)
    check(feed.tensor, "feed");
  for (const Fetch &fetch : entry.fetches)
    check(fetch.tensor, "fetch");
}

LogicalResult NodeChecker::check(ArrayRef<EntryPoint> entries,
                                 ArrayRef<FlowTree> flows,
                                 StringRef configFile) {
  std::vector<bool> isLive(graph.size(), false);
  SmallVector<NodeIndex> live;
  for (const Node &node : graph.nodes) {
    isLive[node.index] = llvm::any_of(
        flows, [&](const FlowTree &tree) { return tree.isLive(node.index); });
    if (isLive[node.index])
      live.push_back(node.index);
  }
  for (NodeIndex node : live)
    checkFunctions(graph[node]);
  if (failed(errors.finish()) || failed(checkOps(live)))
    return failure();

  for (NodeIndex index : live) {
    const Node &node = graph[index];
    const OpInfo &info = *table.lookup(node.op);
    std::optional<std::string> problem = checkAttributes(node, info);
    if (!problem)
      checkInputCount(node, info);
    else if (errors.report())
      error(node) << *problem;
  }
  if (failed(errors.finish()))
    return failure();

  // TensorFlow loads no graph with such an edge, wherever it is.
  for (const Node &node : graph.nodes) {
    const OpInfo *info = signatures[node.index];
    if (info && checkOutputsExist(node))
      checkTypes(node, *info, isLive[node.index]);
  }
  for (NodeIndex node : live)
    if (isControlFlow(graph[node].op))
      checkBodies(graph[node], *signatures[node]);
  if (failed(errors.finish()))
    return failure();
  Location location = FileLineColLoc::get(context, configFile, 0, 0);
  for (auto [entry, tree] : llvm::zip_equal(entries, flows))
    checkEntry(entry, tree.getRoot(), location);
  return errors.finish();
}

LogicalResult
tensorflow::checkNodes(MLIRContext *context, const NodeGraph &graph,
                       const OpTable &table, ArrayRef<EntryPoint> entries,
                       ArrayRef<FlowTree> flows, StringRef configFile) {
  return NodeChecker(context, graph, table).check(entries, flows, configFile);
}
