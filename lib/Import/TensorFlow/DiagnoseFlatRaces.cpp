//===- DiagnoseFlatRaces.cpp - races between dead and repeated nodes ------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each node of a loop stands for two here: itself in some iteration, and in the
// next one. A path between them leads through a NextIteration, and what comes
// behind a loop waits for the second of the two, which may be the last. Loops
// in loops double again. An access in the body has a next iteration: only the
// first of its two has to come before what is behind the loop. What is outside
// of all loops stands for itself; paths between two such nodes may lead through
// loops.
//
//===----------------------------------------------------------------------===//

#include "DiagnoseFlatRaces.h"

#include "Attributes.h"
#include "Reachability.h"
#include "graph.pb.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// So many copies of nodes are made at most. Loops in loops double them, so
/// only graphs with more nests, or deeper ones, than anybody writes reach that.
static constexpr uint64_t kMaxCopies = 4'000'000;

namespace {
class FlatRaceChecker {
public:
  FlatRaceChecker(RaceFinder &races, const FlowGraph &flow,
                  const Effects &effects, ItemGraph &items,
                  const ItemBuilder &builder)
      : races(races), flow(flow), graph(flow.getGraph()), effects(effects),
        items(items), builder(builder), frames(findFrames(flow)) {}

  LogicalResult check(ArrayRef<VariableAccess> accesses);

private:
  /// Two accesses, one of which has to come first: of some pairs of their
  /// copies, each has to have a path.
  struct Pair {
    const VariableAccess *first, *second;
    std::vector<Reachability::Query> ways;
    /// The frame whose iterations tell the two apart; 0: one iteration.
    unsigned frame = 0;
  };

  unsigned getFrame(Position position) const {
    return frames.frameOfNode[position];
  }
  unsigned getParent(unsigned frame) const {
    return frames.frames[frame].parent;
  }
  void findLoops();
  uint64_t countCopies() const;
  void unroll();
  uint32_t getCopy(Position position, uint32_t iterations) const {
    return places[firstCopy[position] + iterations];
  }
  bool areExclusive(Position a, Position b,
                    std::optional<unsigned> frame = std::nullopt);
  std::optional<ContextIndex> liftContext(Position position,
                                          ScopeIndex scope) const;
  bool isVarying(ConditionIndex condition, unsigned frame) const;
  ContextIndex getFixedContext(Position position,
                               std::optional<unsigned> frame);
  SmallVector<uint32_t> getIterations(Position position) const;
  void addPair(const VariableAccess &a, const VariableAccess &b);
  void addIterations(Pair pair, unsigned level);
  LogicalResult checkOutside(std::vector<VariableAccess> accesses);
  LogicalResult checkPairs();

  RaceFinder &races;
  const FlowGraph &flow;
  const NodeGraph &graph;
  const Effects &effects;
  ItemGraph &items;
  const ItemBuilder &builder;
  FrameTree frames;
  /// By frame.
  std::vector<unsigned> depths;
  /// Whether a frame's iterations come one after the other.
  std::vector<bool> isSequential;
  /// By position: its first copy; a copy's number has a bit per loop around it,
  /// that of the innermost last.
  std::vector<uint32_t> firstCopy;
  PathGraph copies;
  /// By what is decided on: one of the conditions.
  llvm::DenseMap<std::pair<ItemIndex, uint32_t>, ConditionIndex> conditionOf;
  /// By copy: its place in `copies`.
  std::vector<uint32_t> places;
  /// By place: the node.
  std::vector<NodeIndex> nodeOfPlace;
  std::vector<Pair> pairs;
};
} // namespace

void FlatRaceChecker::findLoops() {
  depths.assign(frames.frames.size(), 0);
  for (unsigned frame = 1; frame < frames.frames.size(); ++frame)
    depths[frame] = depths[getParent(frame)] + 1;
  isSequential.assign(frames.frames.size(), false);
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    const Node &node = graph[flow.getNode(position)];
    if (node.op != "Enter" && node.op != "RefEnter")
      continue;
    const proto::AttrValue *limit = findAttribute(node, "parallel_iterations");
    if (limit && limit->i() == 1)
      isSequential[getFrame(position)] = true;
  }
}

uint64_t FlatRaceChecker::countCopies() const {
  uint64_t count = 0;
  for (Position position = 0, e = flow.size(); position != e; ++position)
    count += uint64_t(1) << std::min(depths[getFrame(position)], 30u);
  return count;
}

/// Makes the graph of copies, in a topological order.
void FlatRaceChecker::unroll() {
  uint32_t numCopies = 0;
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    firstCopy.push_back(numCopies);
    numCopies += 1u << depths[getFrame(position)];
  }
  std::vector<SmallVector<uint32_t, 2>> sources(numCopies), users(numCopies);
  auto addEdge = [&](uint32_t from, uint32_t to) {
    sources[to].push_back(from);
    users[from].push_back(to);
  };
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    const Node &node = graph[flow.getNode(position)];
    unsigned frame = getFrame(position);
    auto addEdges = [&](Position source, bool isBack) {
      unsigned from = getFrame(source);
      for (uint32_t copy = 0; copy < (1u << depths[from]); ++copy) {
        uint32_t first = firstCopy[source] + copy;
        if (isBack) {
          if (copy % 2 == 0)
            addEdge(first, firstCopy[position] + copy + 1);
        } else if (from == frame) {
          addEdge(first, firstCopy[position] + copy);
        } else if (getParent(frame) == from && frame != 0) {
          addEdge(first, firstCopy[position] + 2 * copy);
          addEdge(first, firstCopy[position] + 2 * copy + 1);
        } else if (getParent(from) == frame && copy % 2 == 1) {
          addEdge(first, firstCopy[position] + copy / 2);
        }
      }
    };
    for (Position source : flow.getDependencies(position))
      addEdges(source, /*isBack=*/false);
    for (Endpoint input : node.inputs)
      if (isBackEdge(graph, input.node, node.index) && !flow.findFeed(input))
        addEdges(flow.getPosition(input.node), /*isBack=*/true);
  }
  std::vector<NodeIndex> nodeOfCopy;
  for (Position position = 0, e = flow.size(); position != e; ++position)
    nodeOfCopy.resize(nodeOfCopy.size() + (1u << depths[getFrame(position)]),
                      flow.getNode(position));
  std::vector<uint32_t> numPending(numCopies), ready;
  for (uint32_t copy = 0; copy < numCopies; ++copy) {
    numPending[copy] = sources[copy].size();
    if (numPending[copy] == 0)
      ready.push_back(copy);
  }
  places.assign(numCopies, 0);
  while (!ready.empty()) {
    uint32_t copy = ready.back();
    ready.pop_back();
    places[copy] = copies.size();
    SmallVector<uint32_t> waitsFor;
    for (uint32_t source : sources[copy])
      waitsFor.push_back(places[source]);
    llvm::sort(waitsFor);
    waitsFor.erase(llvm::unique(waitsFor), waitsFor.end());
    copies.addNode(waitsFor);
    nodeOfPlace.push_back(nodeOfCopy[copy]);
    for (uint32_t user : users[copy])
      if (--numPending[user] == 0)
        ready.push_back(user);
  }
}

/// The context of a node, or of the loop around it, in a scope. What is never
/// alive in a loop is dead around it, too.
std::optional<ContextIndex>
FlatRaceChecker::liftContext(Position position, ScopeIndex scope) const {
  ItemIndex item = builder.getItem(flow.getNode(position));
  if (item == Item::none)
    return std::nullopt;
  while (items[item].scope != scope && items[item].context != Contexts::dead) {
    item = builder.getLoop(items[item].scope);
    if (item == Item::none)
      return std::nullopt;
  }
  return items[item].context;
}

/// Whether the outcome of a condition may differ between iterations of a frame.
bool FlatRaceChecker::isVarying(ConditionIndex condition,
                                unsigned frame) const {
  ItemIndex decider = items.conditionValues[condition].item;
  ScopeIndex scope = items[decider].kind == Item::Kind::Carried
                         ? items.getLoop(items[decider].owner).scope
                         : items[decider].scope;
  ScopeIndex loop = builder.getScope(frame);
  while (scope != loop && scope != 0)
    scope = items[builder.getLoop(scope)].scope;
  return scope == loop;
}

/// Where a node would be alive, and the loops around it, if all that is decided
/// inside a frame went its way. What loops decide on one value is one
/// condition.
ContextIndex FlatRaceChecker::getFixedContext(Position position,
                                              std::optional<unsigned> frame) {
  ContextIndex fixed = items.rootContext;
  ItemIndex item = builder.getItem(flow.getNode(position));
  while (item != Item::none && items[item].context != Contexts::dead) {
    for (ContextIndex step : items.contexts.getPath(items[item].context)) {
      ConditionIndex condition = items.contexts[step].condition;
      if (frame && isVarying(condition, *frame))
        continue;
      ConditionIndex shared =
          conditionOf
              .try_emplace(getKey(items.conditionValues[condition]), condition)
              .first->second;
      bool outcome = items.contexts[step].outcome;
      fixed = items.contexts.enter(fixed, shared, outcome);
    }
    item = builder.getLoop(items[item].scope);
  }
  return fixed;
}

/// Whether two nodes never run both: in one iteration, or in two of `frame`.
bool FlatRaceChecker::areExclusive(Position a, Position b,
                                   std::optional<unsigned> frame) {
  unsigned common = getFrame(a);
  SmallVector<unsigned> around;
  for (unsigned outer = getFrame(b);; outer = getParent(outer)) {
    around.push_back(outer);
    if (outer == 0)
      break;
  }
  while (!llvm::is_contained(around, common))
    common = getParent(common);
  ScopeIndex scope = builder.getScope(common);
  auto first = liftContext(a, scope), second = liftContext(b, scope);
  if (first == Contexts::dead || second == Contexts::dead)
    return true;
  // What waits for no Switch is always alive.
  if (!frame && first && second && items.contexts.areExclusive(*first, *second))
    return true;
  // Loops may look at one value from outside of them.
  auto getFixed = [&](Position position) {
    std::optional<unsigned> loop = frame;
    for (unsigned outer = getFrame(position); !frame && outer != common;
         outer = getParent(outer))
      loop = outer;
    return getFixedContext(position, loop);
  };
  ContextIndex fixedFirst = getFixed(a), fixedSecond = getFixed(b);
  return fixedFirst == Contexts::dead || fixedSecond == Contexts::dead ||
         items.contexts.areExclusive(fixedFirst, fixedSecond);
}

/// Which copies an access has to be in order with others as, by the bits of the
/// loops around it.
SmallVector<uint32_t> FlatRaceChecker::getIterations(Position position) const {
  SmallVector<uint32_t> iterations = {0};
  ItemIndex item = builder.getItem(flow.getNode(position));
  if (item == Item::none || depths[getFrame(position)] == 0)
    return iterations;
  // What does not need the loop to go on runs in the last iteration, too.
  if (!builder.isInBody(item))
    iterations.push_back(1);
  return iterations;
}

void FlatRaceChecker::addIterations(Pair pair, unsigned level) {
  const VariableAccess &a = *pair.first, &b = *pair.second;
  unsigned depthOfA = depths[getFrame(a.position)];
  unsigned depthOfB = depths[getFrame(b.position)];
  // Of the loop at that level the second access is in the next iteration.
  for (uint32_t ofA : getIterations(a.position))
    for (uint32_t ofB : getIterations(b.position)) {
      uint32_t later = 1u << (depthOfB - level);
      if (depthOfA == level)
        ofA = 0;
      if (depthOfB == level)
        ofB = 0;
      pair.ways.push_back(
          {getCopy(a.position, ofA), getCopy(b.position, ofB | later)});
    }
  pairs.push_back(std::move(pair));
}

void FlatRaceChecker::addPair(const VariableAccess &a,
                              const VariableAccess &b) {
  if (!writes(a.access) && !writes(b.access))
    return;
  SmallVector<unsigned> loopsOfA;
  for (unsigned frame = getFrame(a.position); frame != 0;
       frame = getParent(frame))
    loopsOfA.push_back(frame);
  SmallVector<unsigned> common;
  for (unsigned frame = getFrame(b.position); frame != 0;
       frame = getParent(frame))
    if (llvm::is_contained(loopsOfA, frame))
      common.push_back(frame);
  if (&a != &b && !areExclusive(a.position, b.position)) {
    Pair pair = {&a, &b, {}, 0};
    bool areTogether = getFrame(a.position) == getFrame(b.position);
    for (uint32_t ofA : getIterations(a.position))
      for (uint32_t ofB : getIterations(b.position))
        if (!areTogether || ofA == ofB)
          pair.ways.push_back(
              {getCopy(a.position, ofA), getCopy(b.position, ofB)});
    pairs.push_back(std::move(pair));
  }
  for (unsigned frame : common) {
    if (isSequential[frame] || areExclusive(a.position, b.position, frame))
      continue;
    addIterations({&a, &b, {}, frame}, depths[frame]);
    if (&a != &b)
      addIterations({&b, &a, {}, frame}, depths[frame]);
  }
}

/// Accesses outside of loops follow the rules of all graphs.
LogicalResult
FlatRaceChecker::checkOutside(std::vector<VariableAccess> accesses) {
  bool isUnrolled = copies.size() != 0;
  NodePaths paths = isUnrolled ? NodePaths(flow, copies, nodeOfPlace) : flow;
  if (isUnrolled) {
    for (VariableAccess &access : accesses)
      access.position = getCopy(access.position, 0);
    llvm::stable_sort(accesses,
                      [](const VariableAccess &a, const VariableAccess &b) {
                        return std::pair(a.variable, a.position) <
                               std::pair(b.variable, b.position);
                      });
  }
  races.setExclusion([&](NodeIndex a, NodeIndex b) {
    return areExclusive(flow.getPosition(a), flow.getPosition(b));
  });
  LogicalResult result = races.check(paths, accesses, &effects);
  races.setExclusion(nullptr);
  return result;
}

LogicalResult FlatRaceChecker::checkPairs() {
  std::vector<Reachability::Query> queries;
  for (const Pair &pair : pairs)
    for (Reachability::Query way : pair.ways) {
      queries.push_back(way);
      queries.push_back({way.second, way.first});
    }
  LogicalResult result = success();
  llvm::BitVector hasPath = Reachability(copies).answer(queries);
  size_t query = 0;
  for (const Pair &pair : pairs) {
    bool isOrdered = true;
    for (size_t i = 0; i < pair.ways.size(); ++i, query += 2)
      isOrdered &= hasPath[query] || hasPath[query + 1];
    if (!isOrdered && failed(races.reportPair(flow, *pair.first, *pair.second,
                                              frames.frames[pair.frame].name)))
      result = failure();
  }
  return result;
}

LogicalResult FlatRaceChecker::check(ArrayRef<VariableAccess> accesses) {
  findLoops();
  bool hasLoops = frames.frames.size() > 1;
  bool canUnroll = hasLoops && countCopies() <= kMaxCopies;
  if (canUnroll)
    unroll();
  LogicalResult result = success();
  std::vector<VariableAccess> outside;
  forEachVariable(accesses, [&](ArrayRef<VariableAccess> ofVariable) {
    bool isInLoop = llvm::any_of(ofVariable, [&](const VariableAccess &access) {
      return depths[getFrame(access.position)] != 0;
    });
    if (!isInLoop)
      llvm::append_range(outside, ofVariable);
    else if (!canUnroll &&
             failed(races.reportUnchecked(flow, ofVariable.front().variable)))
      result = failure();
    if (!isInLoop || !canUnroll)
      return;
    for (const VariableAccess &a : ofVariable)
      for (const VariableAccess &b : ofVariable)
        if (&a <= &b)
          addPair(a, b);
  });
  if (failed(checkOutside(std::move(outside))))
    result = failure();
  if (!pairs.empty() && failed(checkPairs()))
    result = failure();
  return result;
}

LogicalResult tensorflow::checkFlatRaces(
    RaceFinder &races, const FlowGraph &flow, ArrayRef<VariableAccess> accesses,
    const Effects &effects, ItemGraph &items, const ItemBuilder &builder) {
  return FlatRaceChecker(races, flow, effects, items, builder).check(accesses);
}
