//===- Why.cpp - what orders two nodes ------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two nodes meet in the innermost region that both are in: there each of them
// is a node, or a part of a conditional or loop, and the flow graph of that
// region orders them.
//
// The flow graph holds the edges of the graph and those that the compiler adds.
// An edge that the node itself does not list is one of the latter, so nobody
// has to keep a record of them: which of the compiler's rules it follows is
// found out here. Edges that only break ties make no order that the graph
// states.
//
//===----------------------------------------------------------------------===//

#include "Why.h"

#include "CheckNodes.h"
#include "Order.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <deque>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

namespace {
/// One of the two names: the nodes that stand for its beginning and its end.
/// They differ where it names a call, which nodes have taken the place of.
struct Named {
  std::string name;
  /// Nothing where a call waits for nothing.
  std::optional<NodeIndex> begin;
  NodeIndex end;
  /// The nodes themselves.
  std::vector<NodeIndex> nodes;
};
} // namespace

/// `did you mean ..?` with nodes of functions, which users know by their last
/// names, or with what is nearly spelled so.
static std::string suggestNamed(const NodeGraph &graph, StringRef wanted) {
  constexpr size_t maxNames = 3;
  SmallVector<std::string> found;
  std::string suffix = ("/" + wanted).str();
  for (const Node &node : graph.nodes)
    if (node.name.ends_with(suffix) && found.size() < maxNames)
      found.push_back(("\"" + node.name + "\"").str());
  if (found.empty())
    return graph.suggestNodes(wanted);
  return "did you mean " + llvm::join(found, " or ") + "?";
}

/// The nodes that have taken the place of a call.
static std::vector<NodeIndex> findNodesOfCall(const NodeGraph &graph,
                                              StringRef call, NodeIndex end) {
  std::vector<NodeIndex> nodes;
  std::string prefix = (call + "/").str();
  for (const Node &node : graph.nodes)
    // What bodies do, their owner does.
    if (node.name.starts_with(prefix) && node.region == graph[end].region)
      nodes.push_back(node.index);
  return nodes;
}

static FailureOr<Named> findNamed(const OrderedModel &model, StringRef name) {
  const NodeGraph &graph = model.graph;
  // Whoever copies a name from a graph may have copied an edge.
  StringRef wanted = name;
  wanted.consume_front("^");
  auto [node, output] = wanted.rsplit(':');
  if (!output.empty() && llvm::all_of(output, llvm::isDigit))
    wanted = node;

  auto call = graph.calls.find(wanted);
  if (call != graph.calls.end())
    return Named{wanted.str(), call->second.entrance, call->second.done,
                 findNodesOfCall(graph, wanted, call->second.done)};
  if (std::optional<NodeIndex> found = graph.find(wanted))
    return Named{wanted.str(), found, *found, {*found}};
  auto error = emitError(FileLineColLoc::get(model.context, graph.file, 0, 0))
               << "--why: the graph has no node \"" << wanted << '"';
  if (std::string text = suggestNamed(graph, wanted); !text.empty())
    error.attachNote() << text;
  return error;
}

//===----------------------------------------------------------------------===//
// Edges and paths
//===----------------------------------------------------------------------===//

/// Whether an edge leads from one iteration of a loop to the next.
static bool isBack(FlowEdge edge) { return edge.first >= edge.second; }

/// What a node waits for, in the iteration before, too.
static SmallVector<Position> getSources(const FlowGraph &flow,
                                        Position position) {
  SmallVector<Position> sources(flow.getDependencies(position));
  const NodeGraph &graph = flow.getGraph();
  NodeIndex node = flow.getNode(position);
  for (Endpoint input : graph[node].inputs)
    if (isBackEdge(graph, input.node, node))
      sources.push_back(flow.getPosition(input.node));
  return sources;
}

/// Returns the edges of the shortest path from `first` to `last` among those
/// that `follows` allows, or nothing if there is none. Breadth first, from the
/// end.
static SmallVector<FlowEdge>
findPath(const FlowGraph &flow, Position first, Position last,
         llvm::function_ref<bool(FlowEdge)> follows) {
  constexpr Position none = ~Position(0);
  // By position: the node on the path that waits for this one.
  std::vector<Position> next(flow.size(), none);
  std::deque<Position> queue = {last};
  while (!queue.empty() && next[first] == none) {
    Position node = queue.front();
    queue.pop_front();
    for (Position source : getSources(flow, node)) {
      if (source == last || next[source] != none || !follows({source, node}))
        continue;
      next[source] = node;
      queue.push_back(source);
    }
  }
  SmallVector<FlowEdge> path;
  if (next[first] == none)
    return path;
  for (Position node = first; node != last; node = next[node])
    path.push_back({node, next[node]});
  return path;
}

/// The number of the data input that makes an edge; nothing if none does.
static std::optional<size_t> findInput(const FlowGraph &flow, FlowEdge edge) {
  const Node &node = flow.getGraph()[flow.getNode(edge.second)];
  for (auto [index, input] : llvm::enumerate(node.inputs))
    if (input.node == flow.getNode(edge.first) && !flow.findFeed(input))
      return index;
  return std::nullopt;
}

static bool hasControlEdge(const FlowGraph &flow, FlowEdge edge) {
  const Node &node = flow.getGraph()[flow.getNode(edge.second)];
  return llvm::is_contained(node.controls, flow.getNode(edge.first));
}

/// Prints where a node is in the file and what it is.
static void printNode(const NodeGraph &graph, NodeIndex index,
                      raw_ostream &os) {
  const Node &node = graph[index];
  os << "  ";
  // A binary graph has no lines.
  if (node.line != 0)
    os << graph.file << ':' << node.line << ": ";
  os << '"' << node.name << "\" (" << node.op << ')';
}

namespace {
/// Answers for one flow graph.
class FlowExplainer {
public:
  /// Of the flow graph of `region`.
  FlowExplainer(const OrderedModel &model, const EntryPoint &entry,
                const FlowTree &flows, const Effects &effects,
                RegionIndex region, raw_ostream &os)
      : model(model), graph(model.graph), entry(entry), flows(flows),
        effects(effects), flow(*flows.lookup(region)),
        accesses(effects.findAccesses(flow)), frames(findFrames(flow)), os(os) {
    if (model.autoOrder && !entry.isInitializer)
      programOrder = makeProgramOrder(flow, effects, accesses);
    llvm::sort(programOrder);
  }

  void explain(const Named &first, const Named &second);

private:
  /// What a node does to a variable.
  struct Use {
    VariableIndex variable;
    Access access;
  };

  NodeIndex lift(NodeIndex node) const;
  bool isStated(FlowEdge edge) const;
  std::string describeEdge(FlowEdge edge) const;
  bool printOrder(const Named &first, const Named &second, StringRef says,
                  bool onlyStated);
  void printPart(NodeIndex node);
  void printPath(ArrayRef<FlowEdge> path);
  SmallVector<FlowEdge> findOrder(NodeIndex first, NodeIndex second,
                                  bool onlyStated) const;
  bool isInLoop(Position position, unsigned frame) const;
  bool areOrdered(NodeIndex a, NodeIndex b) const;
  void printMeaning(const Named &first, const Named &second);
  void printSharedUse(NodeIndex a, NodeIndex b, Use use, Access other);
  SmallVector<Use> findUses(NodeIndex node) const;

  const OrderedModel &model;
  const NodeGraph &graph;
  const EntryPoint &entry;
  const FlowTree &flows;
  const Effects &effects;
  const FlowGraph &flow;
  std::vector<VariableAccess> accesses;
  FrameTree frames;
  raw_ostream &os;
  std::vector<FlowEdge> programOrder;
};
} // namespace

static std::string quote(const Named &named) { return '"' + named.name + '"'; }

/// The node of this flow graph that is `node` or runs it.
NodeIndex FlowExplainer::lift(NodeIndex node) const {
  while (graph[node].region != flow.getRegion())
    node = graph.regions[graph[node].region].owner;
  return node;
}

/// Whether the graph, or an option that asks for it, makes the edge: not only
/// the rule that the same input gives the same program.
bool FlowExplainer::isStated(FlowEdge edge) const {
  return entry.isInitializer || findInput(flow, edge) ||
         hasControlEdge(flow, edge) ||
         std::binary_search(programOrder.begin(), programOrder.end(), edge);
}

SmallVector<FlowExplainer::Use> FlowExplainer::findUses(NodeIndex node) const {
  SmallVector<Use> uses;
  for (const VariableAccess &access : accesses)
    if (access.position == flow.getPosition(node))
      uses.push_back({access.variable, access.access});
  return uses;
}

/// Says what makes the second node of an edge wait for the first.
std::string FlowExplainer::describeEdge(FlowEdge edge) const {
  if (std::optional<size_t> input = findInput(flow, edge))
    return "its input " + std::to_string(*input) +
           (isBack(edge) ? ", of the iteration before" : "");
  if (hasControlEdge(flow, edge))
    return "a control edge";
  if (entry.isInitializer)
    return "an edge of the compiler, which lets an initializer assign a "
           "variable before it is read";
  if (isStated(edge))
    return "an edge that --auto-order adds";
  for (const Use &use : findUses(flow.getNode(edge.first)))
    for (const Use &other : findUses(flow.getNode(edge.second)))
      if (use.variable == other.variable)
        return "the compiler's choice in a race on " +
               model.variables[use.variable].describe();
  return "an edge of the compiler, which asks whether a variable is set where "
         "the graph lists the question";
}

/// Prints which node of this flow graph runs a node of a region inside it.
void FlowExplainer::printPart(NodeIndex node) {
  NodeIndex owner = lift(node);
  if (owner == node)
    return;
  printNode(graph, owner, os);
  os << " runs \"" << graph[node].name << "\"\n";
}

void FlowExplainer::printPath(ArrayRef<FlowEdge> path) {
  printNode(graph, flow.getNode(path.front().first), os);
  os << '\n';
  for (FlowEdge edge : path) {
    printNode(graph, flow.getNode(edge.second), os);
    os << " waits for \"" << graph[flow.getNode(edge.first)].name
       << "\": " << describeEdge(edge) << '\n';
  }
}

/// Whether a node is in the loop of that frame, or in a loop inside it.
bool FlowExplainer::isInLoop(Position position, unsigned frame) const {
  unsigned around = frames.frameOfNode[position];
  while (around != frame && around != 0)
    around = frames.frames[around].parent;
  return around == frame;
}

/// The shortest path between two nodes of this flow graph. What is behind a
/// loop waits for all of its iterations; two nodes of one loop are ordered
/// within each iteration.
SmallVector<FlowEdge> FlowExplainer::findOrder(NodeIndex first,
                                               NodeIndex second,
                                               bool onlyStated) const {
  Position last = flow.getPosition(second);
  auto follows = [&](FlowEdge edge) {
    if (isBack(edge) && isInLoop(last, frames.frameOfNode[edge.second]))
      return false;
    return !onlyStated || isStated(edge);
  };
  return findPath(flow, flow.getPosition(first), last, follows);
}

/// Prints that `first` comes before `second` and why, if it does.
bool FlowExplainer::printOrder(const Named &first, const Named &second,
                               StringRef says, bool onlyStated) {
  if (!second.begin)
    return false;
  SmallVector<FlowEdge> path =
      findOrder(lift(first.end), lift(*second.begin), onlyStated);
  if (path.empty())
    return false;
  os << says << quote(first) << " comes before " << quote(second) << ":\n";
  printPart(first.end);
  printPath(path);
  printPart(*second.begin);
  return true;
}

static StringRef describeAccess(Access access) {
  if (!writes(access))
    return "reads";
  return reads(access) ? "updates" : "writes";
}

/// Whether a path that the graph states leads from one node to the other.
bool FlowExplainer::areOrdered(NodeIndex a, NodeIndex b) const {
  return !findOrder(lift(a), lift(b), /*onlyStated=*/true).empty() ||
         !findOrder(lift(b), lift(a), /*onlyStated=*/true).empty();
}

/// Says what it means that two nodes access one variable.
void FlowExplainer::printSharedUse(NodeIndex a, NodeIndex b, Use use,
                                   Access other) {
  std::string variable = model.variables[use.variable].describe();
  if (!writes(use.access) && !writes(other)) {
    os << "  both only read " << variable << ": any order gives the same\n";
    return;
  }
  if (effects.areExclusive(lift(a), lift(b), use.variable)) {
    os << "  " << variable
       << ": no run takes both of the branches that access it, so there is "
          "nothing to order\n";
    return;
  }
  os << "  a race: \"" << graph[a].name << "\" " << describeAccess(use.access)
     << ' ' << variable << ", \"" << graph[b].name << "\" "
     << describeAccess(other) << " it, and TensorFlow runs them in either order"
     << (model.isFlat ? ", if a run takes both\n" : "\n");
  // Edges do not cross the border of a region.
  StringRef from = graph[lift(a)].name, to = graph[lift(b)].name;
  os << "  a control edge makes an order part of the graph: input \"^" << from
     << "\" of node \"" << to << "\", or \"^" << to << "\" of node \"" << from
     << "\"\n";
}

/// Says what it means that nothing orders the nodes.
void FlowExplainer::printMeaning(const Named &first, const Named &second) {
  constexpr size_t maxShown = 10;
  size_t numShared = 0;
  for (NodeIndex a : first.nodes)
    for (const auto &[variable, access] : effects.find(a).accesses)
      for (NodeIndex b : second.nodes) {
        NodeEffects others = effects.find(b);
        auto other = others.accesses.find(variable);
        // Of a call, single nodes may be ordered.
        bool isUnordered = other != others.accesses.end() && flows.isLive(a) &&
                           flows.isLive(b) && !areOrdered(a, b);
        if (isUnordered && numShared++ < maxShown)
          printSharedUse(a, b, {variable, access}, other->second);
      }
  if (numShared == 0)
    os << "  they access no variable that needs an order between them\n";
}

void FlowExplainer::explain(const Named &first, const Named &second) {
  if (printOrder(first, second, "", /*onlyStated=*/true) ||
      printOrder(second, first, "", /*onlyStated=*/true))
    return;
  os << "nothing orders " << quote(first) << " and " << quote(second) << '\n';
  printMeaning(first, second);
  StringRef says = "  the compiler's own choice is that ";
  if (!printOrder(first, second, says, /*onlyStated=*/false))
    printOrder(second, first, says, /*onlyStated=*/false);
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

/// The regions around a node, the graph itself first.
static SmallVector<RegionIndex> getRegionsAround(const NodeGraph &graph,
                                                 NodeIndex node) {
  SmallVector<RegionIndex> regions;
  for (RegionIndex region = graph[node].region; region != 0;
       region = graph.regions[region].parent)
    regions.push_back(region);
  regions.push_back(0);
  std::reverse(regions.begin(), regions.end());
  return regions;
}

namespace {
/// Answers for one entry point.
class EntryExplainer {
public:
  EntryExplainer(const OrderedModel &model, size_t entry, raw_ostream &os)
      : model(model), graph(model.graph), entry(model.entries[entry]),
        flows(model.flows[entry]),
        effects(flows, &this->entry, model.ops, model.references[entry]),
        os(os) {}

  void explain(const Named &first, const Named &second);

private:
  bool checkRuns(const Named &named);
  bool explainParts(const Named &first, const Named &second,
                    ArrayRef<RegionIndex> aroundFirst,
                    ArrayRef<RegionIndex> aroundSecond);

  const OrderedModel &model;
  const NodeGraph &graph;
  const EntryPoint &entry;
  const FlowTree &flows;
  Effects effects;
  raw_ostream &os;
};
} // namespace

/// Whether the entry point runs the node; says so if not.
bool EntryExplainer::checkRuns(const Named &named) {
  if (flows.isLive(named.end))
    return true;
  os << quote(named) << " does not run: ";
  RegionIndex region = graph[named.end].region;
  bool isFed = llvm::any_of(entry.feeds, [&](const Feed &feed) {
    return feed.tensor.node == named.end;
  });
  if (llvm::is_contained(graph.regions[region].arguments, named.end))
    os << "it stands for a value that a loop carries\n";
  else if (isFed)
    os << "its value is fed\n";
  else
    os << "no fetch or target depends on it\n";
  return false;
}

/// Answers where one of the nodes runs the other, or where they are in two
/// regions of one node. The regions around them are those that only one of them
/// is in.
bool EntryExplainer::explainParts(const Named &first, const Named &second,
                                  ArrayRef<RegionIndex> aroundFirst,
                                  ArrayRef<RegionIndex> aroundSecond) {
  auto getOwner = [&](ArrayRef<RegionIndex> around) {
    return graph.regions[around.front()].owner;
  };
  if (!aroundSecond.empty() && getOwner(aroundSecond) == first.end) {
    os << quote(second) << " runs as a part of " << quote(first) << '\n';
    return true;
  }
  if (!aroundFirst.empty() && getOwner(aroundFirst) == second.end) {
    os << quote(first) << " runs as a part of " << quote(second) << '\n';
    return true;
  }
  if (aroundFirst.empty() || aroundSecond.empty() ||
      getOwner(aroundFirst) != getOwner(aroundSecond))
    return false;
  const Node &owner = graph[getOwner(aroundFirst)];
  if (!isLoop(owner.op)) {
    os << quote(first) << " and " << quote(second)
       << " are in two branches of \"" << owner.name
       << "\", of which a run takes one\n";
    return true;
  }
  bool firstDecides = aroundFirst.front() < aroundSecond.front();
  os << quote(firstDecides ? first : second) << " comes before "
     << quote(firstDecides ? second : first) << " in each iteration of \""
     << owner.name << "\", whose condition it is a part of\n";
  return true;
}

void EntryExplainer::explain(const Named &first, const Named &second) {
  if (entry.isInitializer)
    os << "initializer: ";
  else
    os << "function \"" << entry.name << "\": ";
  // Of two that do not run, one line says so.
  if (!checkRuns(first) || !checkRuns(second))
    return;
  SmallVector<RegionIndex> ofFirst = getRegionsAround(graph, first.end);
  SmallVector<RegionIndex> ofSecond = getRegionsAround(graph, second.end);
  ArrayRef<RegionIndex> aroundFirst = ofFirst, aroundSecond = ofSecond;
  RegionIndex common = 0;
  while (!aroundFirst.empty() && !aroundSecond.empty() &&
         aroundFirst.front() == aroundSecond.front()) {
    common = aroundFirst.front();
    aroundFirst = aroundFirst.drop_front();
    aroundSecond = aroundSecond.drop_front();
  }
  if (explainParts(first, second, aroundFirst, aroundSecond))
    return;
  // What is said of a region holds each time that it runs.
  if (common != 0)
    os << "whenever \"" << graph[graph.regions[common].owner].name
       << "\" runs them, ";
  FlowExplainer(model, entry, flows, effects, common, os)
      .explain(first, second);
}

LogicalResult tensorflow::explainOrder(const OrderedModel &model,
                                       OrderQuestion question,
                                       raw_ostream &os) {
  FailureOr<Named> first = findNamed(model, question.first);
  FailureOr<Named> second = findNamed(model, question.second);
  if (failed(first) || failed(second))
    return failure();
  if (first->name == second->name) {
    os << '"' << first->name << "\" is one node\n";
    return success();
  }
  for (size_t entry = 0; entry < model.entries.size(); ++entry)
    EntryExplainer(model, entry, os).explain(*first, *second);
  return success();
}
