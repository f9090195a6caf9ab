//===- EntryPoints.cpp - looking up feeds, fetches and targets ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EntryPoints.h"

#include "ErrorLimit.h"
#include "graph.pb.h"

#include "Attributes.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
/// Looks up the names that one configuration uses.
class Resolver {
public:
  Resolver(MLIRContext *context, const NodeGraph &graph, const Config &config)
      : graph(graph), location(FileLineColLoc::get(context, config.file, 0, 0)),
        errors(location) {}

  EntryPoint resolveFunction(const FunctionConfig &function);
  EntryPoint resolveInitializers(const Config &config);
  LogicalResult finish() const { return errors.finish(); }

private:
  std::optional<Endpoint> findTensor(StringRef tensor, const Twine &role);
  std::optional<NodeIndex> findNode(StringRef name, const Twine &role);
  void checkNames(const EntryPoint &entry);
  void error(const Twine &message, const Twine &suggestion = "");

  const NodeGraph &graph;
  Location location;
  ErrorLimit errors;
};
} // namespace

void Resolver::error(const Twine &message, const Twine &suggestion) {
  if (!errors.report())
    return;
  auto diagnostic = emitError(location) << message;
  if (std::string text = suggestion.str(); !text.empty())
    diagnostic.attachNote() << text;
}

std::optional<NodeIndex> Resolver::findNode(StringRef name, const Twine &role) {
  auto call = graph.calls.find(name);
  if (call != graph.calls.end())
    return call->second.done;
  std::optional<NodeIndex> node = graph.find(name);
  if (!node) {
    error(role + ": the graph has no node \"" + name + "\"",
          graph.suggestNodes(name));
  } else if (RegionIndex region = graph[*node].region) {
    StringRef owner = graph[graph.regions[region].owner].name;
    error(role + ": node \"" + name + "\" belongs to a body of node \"" +
          owner + "\", which may run any number of times: name a result of \"" +
          owner + "\" instead");
    return std::nullopt;
  }
  return node;
}

std::optional<Endpoint> Resolver::findTensor(StringRef tensor,
                                             const Twine &role) {
  auto [name, suffix] = tensor.rsplit(':');
  uint32_t output = 0;
  if (suffix.empty() || suffix.getAsInteger(10, output))
    name = tensor;
  auto call = graph.calls.find(name);
  if (call != graph.calls.end() && output < call->second.outputs.size())
    return call->second.outputs[output];
  std::optional<NodeIndex> node = findNode(name, role);
  if (!node)
    return std::nullopt;
  return Endpoint{*node, output};
}

/// Feeds share one set of names, fetches another.
void Resolver::checkNames(const EntryPoint &entry) {
  llvm::StringSet<> feedNames, fetchNames;
  std::string place = "function \"" + entry.name + "\": ";
  for (const Feed &feed : entry.feeds)
    if (!feedNames.insert(feed.name).second)
      error(place + "two feeds are named \"" + feed.name + "\"");
  for (const Fetch &fetch : entry.fetches)
    if (!fetchNames.insert(fetch.name).second)
      error(place + "two fetches are named \"" + fetch.name + "\"");

  SmallVector<Endpoint> fed;
  for (const Feed &feed : entry.feeds)
    fed.push_back(feed.tensor);
  llvm::sort(fed);
  for (size_t i = 1; i < fed.size(); ++i)
    if (fed[i] == fed[i - 1])
      error(place + "output " + Twine(fed[i].output) + " of node \"" +
            graph[fed[i].node].name + "\" is fed twice");
}

EntryPoint Resolver::resolveFunction(const FunctionConfig &function) {
  EntryPoint entry;
  entry.name = function.name;
  std::string place = "function \"" + function.name + "\": ";
  for (const TensorConfig &feed : function.feeds) {
    auto tensor =
        findTensor(feed.tensor, Twine(place) + "feed \"" + feed.tensor + "\"");
    if (!tensor)
      continue;
    Feed &resolved = entry.feeds.emplace_back();
    resolved.tensor = *tensor;
    resolved.name = feed.name;
    if (!feed.shape)
      continue;
    resolved.shape.emplace();
    for (int64_t dim : *feed.shape)
      resolved.shape->push_back(dim < 0 ? ShapedType::kDynamic : dim);
  }
  for (const TensorConfig &fetch : function.fetches)
    if (auto tensor = findTensor(fetch.tensor, Twine(place) + "fetch \"" +
                                                   fetch.tensor + "\""))
      entry.fetches.push_back({*tensor, fetch.name});
  for (const std::string &target : function.targets)
    if (auto node =
            findNode(target, Twine(place) + "target \"" + target + "\""))
      entry.targets.push_back(*node);
  if (function.fetches.empty() && function.targets.empty())
    error(Twine(place) + "expected at least one fetch or target");
  checkNames(entry);
  return entry;
}

EntryPoint Resolver::resolveInitializers(const Config &config) {
  EntryPoint entry;
  entry.isInitializer = true;
  // A symbol that no entry point has.
  auto isTaken = [&](StringRef name) {
    return llvm::any_of(config.functions, [&](const FunctionConfig &function) {
      return function.name == name;
    });
  };
  entry.name = "initializer";
  for (unsigned number = 0; isTaken(entry.name); ++number)
    entry.name = "initializer_" + std::to_string(number);
  for (const std::string &name : config.initializers)
    if (auto node = findNode(name, Twine("initializer \"") + name + "\""))
      entry.targets.push_back(*node);
  return entry;
}

/// Orders _Arg and _Retval nodes by their attribute "index".
static void sortByIndex(const NodeGraph &graph,
                        SmallVectorImpl<NodeIndex> &nodes) {
  auto getIndex = [&](NodeIndex node) -> int64_t {
    const proto::AttrValue *value = findAttribute(graph[node], "index");
    return value ? value->i() : 0;
  };
  llvm::stable_sort(nodes, [&](NodeIndex a, NodeIndex b) {
    return getIndex(a) < getIndex(b);
  });
}

/// The entry point that _Arg and _Retval nodes make; nothing without them.
static std::optional<EntryPoint> makeEntryOfArguments(const NodeGraph &graph) {
  SmallVector<NodeIndex> arguments, results;
  for (NodeIndex index : graph.regions.front().nodes) {
    const Node &node = graph[index];
    if (node.op == "_Arg")
      arguments.push_back(node.index);
    if (node.op == "_Retval" && node.inputs.size() == 1)
      results.push_back(node.index);
  }
  if (results.empty())
    return std::nullopt;
  sortByIndex(graph, arguments);
  sortByIndex(graph, results);
  EntryPoint entry;
  entry.name = "main";
  for (NodeIndex node : arguments)
    entry.feeds.push_back({{node, 0}, graph[node].name.str(), std::nullopt});
  for (NodeIndex node : results) {
    entry.fetches.push_back({graph[node].inputs[0], graph[node].name.str()});
    // A _Retval may have control inputs, too.
    entry.targets.push_back(node);
  }
  return entry;
}

/// Says which flags would name entry points, and what they could name.
static LogicalResult reportNoEntryPoints(MLIRContext *context,
                                         const NodeGraph &graph) {
  constexpr size_t maxNames = 20;
  std::vector<bool> isUsed(graph.size(), false);
  for (const Node &node : graph.nodes) {
    for (Endpoint input : node.inputs)
      isUsed[input.node] = true;
    for (NodeIndex control : node.controls)
      isUsed[control] = true;
  }
  SmallVector<StringRef> sinks;
  for (const Node &node : graph.nodes)
    if (!isUsed[node.index])
      sinks.push_back(node.name);

  Location location = FileLineColLoc::get(context, graph.file, 0, 0);
  auto error =
      emitError(location)
      << "the graph has no entry points: name what to compute with"
         " --fetch NODE, what to run with --target NODE and inputs with"
         " --feed NODE=SHAPE, or give --config FILE.json";
  Diagnostic &note = error.attachNote(location);
  note << "nodes that nothing uses: ";
  llvm::interleave(
      ArrayRef(sinks).take_front(maxNames),
      [&](StringRef name) { note << '"' << name << '"'; },
      [&] { note << ", "; });
  if (sinks.size() > maxNames)
    note << " and " << sinks.size() - maxNames << " more";
  return error;
}

FailureOr<std::vector<EntryPoint>>
tensorflow::resolveEntryPoints(MLIRContext *context, const NodeGraph &graph,
                               const Config &config) {
  std::vector<EntryPoint> entries;
  if (config.functions.empty()) {
    std::optional<EntryPoint> entry = makeEntryOfArguments(graph);
    if (!entry)
      return reportNoEntryPoints(context, graph);
    entries.push_back(std::move(*entry));
    return entries;
  }
  Resolver resolver(context, graph, config);
  if (!config.initializers.empty())
    entries.push_back(resolver.resolveInitializers(config));
  llvm::StringSet<> names;
  for (const FunctionConfig &function : config.functions) {
    if (!names.insert(function.name).second)
      return emitError(FileLineColLoc::get(context, config.file, 0, 0))
             << "two functions are named \"" << function.name << '"';
    entries.push_back(resolver.resolveFunction(function));
  }
  if (failed(resolver.finish()))
    return failure();
  return entries;
}
