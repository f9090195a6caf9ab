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

#include "Inliner.h"

#include "graph-compile/Support/NodeLocation.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// More than any model has: functions that each call the next one twice grow
/// exponentially.
static constexpr size_t kMaxNodes = 50'000'000;
static constexpr size_t kMaxDepth = 1000;

static bool isPartitionedCall(StringRef op) {
  return op == "PartitionedCall" || op == "StatefulPartitionedCall";
}

/// The name of the function that a node may call.
static StringRef getCallee(const proto::NodeDef &node) {
  if (!isPartitionedCall(node.op()))
    return node.op();
  auto attribute = node.attr().find("f");
  return attribute == node.attr().end() ? StringRef()
                                        : attribute->second.func().name();
}

bool tensorflow::runsFunctions(const NodeGraph &graph, const Node &node) {
  if (isControlFlow(node.op))
    return graph.getRegions(node.index).empty();
  return graph.functions.contains(getCallee(*node.def));
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

namespace {
/// Expands one call.
class CallExpander {
public:
  CallExpander(Inliner &inliner, const proto::NodeDef &call, unsigned line,
               RegionIndex region, int function)
      : inliner(inliner), call(call), isByName(!isPartitionedCall(call.op())),
        copy(inliner,
             {call, line, function,
              isByName ? call.attr() : call.attr().at("f").func().attr(),
              call.name() + "/", region}) {}

  LogicalResult expand() {
    return success(succeeded(addArguments()) &&
                   succeeded(copy.addNodes(entrance)) &&
                   succeeded(addResults()));
  }

private:
  LogicalResult addArguments();
  LogicalResult addResults();
  void addExit(InlinedCall &result);

  Inliner &inliner;
  const proto::NodeDef &call;
  /// Whether the node's op is the function's name.
  bool isByName;
  FunctionCopy copy;
  /// The node that waits for the control inputs of the call and for all
  /// arguments; empty if there are neither.
  std::string entrance;
};
} // namespace

LogicalResult CallExpander::addArguments() {
  SmallVector<StringRef> inputs;
  SmallVector<std::string> waitsFor;
  for (const std::string &input : call.input()) {
    if (StringRef(input).starts_with("^"))
      waitsFor.push_back(input);
    else
      inputs.push_back(input);
  }
  auto arguments = copy.getArguments();
  if (failed(arguments))
    return failure();
  if (arguments->size() != inputs.size())
    return copy.report("expected " + Twine(arguments->size()) +
                       " inputs for function \"" + copy.getName() + "\", got " +
                       Twine(inputs.size()));
  SmallVector<std::string> starts(waitsFor);
  for (auto [argument, input] : llvm::zip_equal(*arguments, inputs)) {
    std::string name = copy.nameArgument(argument);
    auto node = copy.makeIdentity(name, argument.type);
    node->add_input(input.str());
    for (const std::string &edge : waitsFor)
      node->add_input(edge);
    copy.add(std::move(node));
    starts.push_back("^" + name);
    copy.bind(argument, std::move(name), /*runs=*/true);
  }
  if (starts.empty())
    return success();
  entrance = copy.makeName("input_control_node");
  auto node = copy.makeNode(entrance, "NoOp");
  for (const std::string &edge : starts)
    node->add_input(edge);
  copy.add(std::move(node));
  return success();
}

LogicalResult CallExpander::addResults() {
  auto results = copy.getResults();
  if (failed(results))
    return failure();
  InlinedCall inlined;
  for (const FunctionCopy::Tensor &result : *results) {
    FailureOr<std::string> edge = copy.getEdge(result);
    if (failed(edge))
      return failure();
    std::string name = copy.makeName(result.getNodeName());
    auto node = copy.makeIdentity(name, result.type);
    node->add_input(std::move(*edge));
    copy.add(std::move(node));
    inlined.outputs.push_back(std::move(name));
  }
  addExit(inlined);
  inliner.addCall(call.name(), std::move(inlined));
  return success();
}

/// Adds the node that what waits for the call waits for.
void CallExpander::addExit(InlinedCall &inlined) {
  inlined.entrance = entrance;
  inlined.done = copy.makeName("output_control_node");
  std::vector<std::string> effects =
      isByName ? inlined.outputs : copy.getControlResults();
  llvm::sort(effects);
  if (effects.empty() && !entrance.empty())
    effects.push_back(entrance);
  auto node = copy.makeNode(inlined.done, "NoOp");
  for (const std::string &effect : effects)
    node->add_input("^" + effect);
  copy.add(std::move(node));
}

LogicalResult tensorflow::expandCall(Inliner &inliner,
                                     const proto::NodeDef &call, unsigned line,
                                     RegionIndex region, int function) {
  if (failed(inliner.enter(getCallee(call), call, line)))
    return failure();
  LogicalResult result =
      CallExpander(inliner, call, line, region, function).expand();
  inliner.leave();
  return result;
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

Inliner::Inliner(MLIRContext *context, const NodeGraph &graph,
                 const OpTable &table, GraphFile &file)
    : context(context), graph(graph), table(table), file(file),
      errors(FileLineColLoc::get(context, file.path, 0, 0)),
      regions(file.regions), calls(std::move(file.calls)) {
  const auto &library = file.graph->library();
  for (int i = 0, e = library.function_size(); i != e; ++i)
    functionIndex[library.function(i).signature().name()] = i;
  if (regions.empty())
    regions.resize(1);
}

std::optional<int> Inliner::findFunction(StringRef name) const {
  auto found = functionIndex.find(name);
  if (found == functionIndex.end())
    return std::nullopt;
  return found->second;
}

ArrayRef<unsigned> Inliner::getLines(int function) const {
  if (file.functionLines.empty())
    return {};
  return file.functionLines[function];
}

LogicalResult Inliner::report(const proto::NodeDef &node, unsigned line,
                              const Twine &message) {
  if (errors.report())
    emitError(makeNodeLocation(context, file.path, line, node.name()))
        << "node \"" << node.name() << "\" (" << node.op() << "): " << message;
  return failure();
}

LogicalResult Inliner::enter(StringRef function, const proto::NodeDef &user,
                             unsigned line) {
  if (llvm::is_contained(active, function))
    return report(user, line,
                  "function \"" + function +
                      "\" calls itself, which is not supported");
  if (active.size() == kMaxDepth)
    return report(user, line,
                  "calls are nested more than " + Twine(kMaxDepth) + " deep");
  active.push_back(function);
  return success();
}

RegionIndex Inliner::addRegion(RegionDef region) {
  regions.push_back(std::move(region));
  return regions.size() - 1;
}

const proto::NodeDef *Inliner::add(std::unique_ptr<proto::NodeDef> def,
                                   unsigned line, RegionIndex region) {
  if (nodes.size() == kMaxNodes) {
    if (!isFull)
      (void)report(*def, line,
                   "the functions that are called have more than " +
                       Twine(kMaxNodes) + " nodes together");
    isFull = true;
    return nullptr;
  }
  nodes.push_back({std::move(def), line, region});
  return nodes.back().def.get();
}

void Inliner::addOrExpand(std::unique_ptr<proto::NodeDef> def, unsigned line,
                          RegionIndex region) {
  // Errors have been counted.
  if (isControlFlow(def->op())) {
    if (const proto::NodeDef *owner = add(std::move(def), line, region))
      (void)expandRegions(*this, *owner, line);
  } else if (std::optional<int> function = findFunction(getCallee(*def));
             function && !isFull) {
    (void)expandCall(*this, *def, line, region, *function);
  } else {
    add(std::move(def), line, region);
  }
}

/// Lets an edge come from what calls have become.
void Inliner::redirect(std::string &text) const {
  StringRef edge = text;
  bool isControl = edge.consume_front("^");
  auto [name, suffix] = edge.rsplit(':');
  unsigned output = 0;
  if (isControl || suffix.empty() || suffix.getAsInteger(10, output))
    name = edge;
  auto call = calls.find(name);
  if (call == calls.end())
    return;
  if (isControl)
    text = "^" + call->second.done;
  else if (output < call->second.outputs.size())
    text = call->second.outputs[output];
}

/// Puts the new nodes into the file, with edges that exist.
void Inliner::replaceNodes() {
  auto &defs = *file.graph->mutable_node();
  bool isText = !file.lines.empty();
  file.lines.clear();
  file.regionOfNode.clear();
  for (NewNode &node : nodes) {
    for (std::string &edge : *node.def->mutable_input())
      redirect(edge);
    if (isText)
      file.lines.push_back(node.line);
    file.regionOfNode.push_back(node.region);
    defs.AddAllocated(node.def.release());
  }
  for (RegionDef &region : regions) {
    for (std::string &result : region.results)
      redirect(result);
    for (std::string &node : region.controlResults)
      if (auto call = calls.find(node); call != calls.end())
        node = call->second.done;
  }
  file.regions = std::move(regions);
  file.calls = std::move(calls);
}

LogicalResult Inliner::run(ArrayRef<NodeIndex> users) {
  std::vector<bool> isExpanded(graph.size(), false);
  for (NodeIndex node : users)
    isExpanded[node] = true;

  auto &defs = *file.graph->mutable_node();
  std::vector<proto::NodeDef *> old(defs.size());
  defs.ExtractSubrange(0, defs.size(), old.data());
  for (auto [index, def] : llvm::enumerate(old)) {
    std::unique_ptr<proto::NodeDef> owned(def);
    unsigned line = file.lines.empty() ? 0 : file.lines[index];
    RegionIndex region = graph[index].region;
    if (isExpanded[index])
      addOrExpand(std::move(owned), line, region);
    else
      add(std::move(owned), line, region);
  }
  if (failed(errors.finish()))
    return failure();
  replaceNodes();
  return success();
}

LogicalResult tensorflow::inlineFunctions(MLIRContext *context,
                                          const NodeGraph &graph,
                                          ArrayRef<NodeIndex> users,
                                          const OpTable &table,
                                          GraphFile &file) {
  return Inliner(context, graph, table, file).run(users);
}
