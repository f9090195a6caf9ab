//===- DiagnoseRaces.cpp - accesses that no path orders -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In a topological order, the accesses to a variable are free of races if and
// only if each write has a path from the write before it and from the reads in
// between, and each read one from the write before it: paths are transitive. So
// a number of queries linear in the accesses decides, and only variables with a
// race are searched for all of their pairs. The pairs of neighbours that have
// no path are also the edges that settle every race.
//
//===----------------------------------------------------------------------===//

#include "Diagnose.h"

#include "Reachability.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// So many pairs of a variable are shown.
static constexpr size_t kMaxShown = 10;

/// Appends the neighbours among one variable's accesses that have to be
/// ordered.
static void addNeighbours(ArrayRef<VariableAccess> accesses,
                          std::vector<Reachability::Query> &queries) {
  std::optional<Position> lastWrite;
  SmallVector<Position> readsSince;
  for (const VariableAccess &access : accesses) {
    if (lastWrite)
      queries.push_back({*lastWrite, access.position});
    if (!writes(access.access)) {
      readsSince.push_back(access.position);
      continue;
    }
    for (Position read : readsSince)
      queries.push_back({read, access.position});
    readsSince.clear();
    lastWrite = access.position;
  }
}

//===----------------------------------------------------------------------===//
// All pairs of the variables with a race
//===----------------------------------------------------------------------===//

using Bits = Reachability::Bits;

static void setBit(Bits &bits, unsigned bit) {
  bits[bit / 64] |= uint64_t(1) << (bit % 64);
}
static void clearBit(Bits &bits, unsigned bit) {
  bits[bit / 64] &= ~(uint64_t(1) << (bit % 64));
}

/// Counts the set bits, and calls `visit` with those that are also in `wanted`.
static uint64_t countBits(const Bits &bits, const Bits &wanted,
                          llvm::function_ref<void(unsigned)> visit) {
  uint64_t count = 0;
  for (unsigned word = 0; word < bits.size(); ++word) {
    count += llvm::popcount(bits[word]);
    for (uint64_t rest = bits[word] & wanted[word]; rest; rest &= rest - 1)
      visit(word * 64 + llvm::countr_zero(rest));
  }
  return count;
}

namespace {
/// The accesses [begin, end) of one variable as sources of a sweep, from bit
/// `firstBit` on.
struct SourceRange {
  size_t races;
  size_t begin, end;
  unsigned firstBit;

  unsigned getBit(size_t access) const { return firstBit + (access - begin); }
};
} // namespace

/// As many accesses as one sweep has sources, of several variables if they have
/// few, and all later accesses to the same variables as targets.
struct RaceFinder::Batch {
  Batch(const RaceFinder &finder, NodePaths paths, const Effects *effects)
      : finder(finder), paths(paths), effects(effects) {}

  const RaceFinder &finder;
  const NodePaths paths;
  const Effects *effects;
  std::vector<SourceRange> ranges;
  std::vector<Position> sources, targets;
  /// By target: its range, and its index among the variable's accesses.
  std::vector<std::pair<size_t, size_t>> targetOf;
  /// The sources that write, and those that may show more pairs.
  Bits writing{}, wanted{};
  /// By source: the first targets without a path.
  std::vector<SmallVector<uint32_t, 0>> unordered;

  bool isFull() const {
    return sources.size() == Reachability::sourcesPerBatch;
  }
  size_t add(size_t variable, const Races &races, size_t begin);
  void sweep(const Reachability &reachability, std::vector<Races> &races);
  void show(std::vector<Races> &races) const;
  void removeExclusive(Bits &missing, const SourceRange &range,
                       ArrayRef<VariableAccess> accesses, size_t target) const;
};

/// Adds accesses from `begin` on while there is room; returns where it ended.
size_t RaceFinder::Batch::add(size_t variable, const Races &races,
                              size_t begin) {
  ArrayRef<VariableAccess> accesses = races.accesses;
  size_t room = Reachability::sourcesPerBatch - sources.size();
  size_t end = std::min(accesses.size(), begin + room);
  for (size_t j = begin + 1; j < accesses.size(); ++j) {
    targets.push_back(accesses[j].position);
    targetOf.push_back({ranges.size(), j});
  }
  ranges.push_back({variable, begin, end, unsigned(sources.size())});
  for (size_t i = begin; i < end; ++i) {
    unsigned bit = ranges.back().getBit(i);
    if (writes(accesses[i].access))
      setBit(writing, bit);
    if (races.shown.size() < kMaxShown)
      setBit(wanted, bit);
    sources.push_back(accesses[i].position);
  }
  unordered.resize(sources.size());
  return end;
}

void RaceFinder::Batch::sweep(const Reachability &reachability,
                              std::vector<Races> &races) {
  // The bits of a range's sources before a target: each range's targets come
  // in ascending order, so the set only grows.
  Bits before{};
  size_t currentRange = ~size_t(0), nextSource = 0;
  reachability.sweep(sources, targets, [&](size_t index, const Bits &bits) {
    size_t rangeIndex = targetOf[index].first;
    size_t target = targetOf[index].second;
    const SourceRange &range = ranges[rangeIndex];
    if (rangeIndex != currentRange) {
      currentRange = rangeIndex;
      before = Bits{};
      nextSource = range.begin;
    }
    for (; nextSource < std::min(range.end, target); ++nextSource)
      setBit(before, range.getBit(nextSource));
    Races &ofVariable = races[range.races];
    bool isWrite = writes(ofVariable.accesses[target].access);
    Bits missing;
    for (unsigned word = 0; word < bits.size(); ++word)
      missing[word] =
          before[word] & ~bits[word] & (isWrite ? ~uint64_t(0) : writing[word]);
    removeExclusive(missing, range, ofVariable.accesses, target);
    ofVariable.count += countBits(missing, wanted, [&](unsigned bit) {
      unordered[bit].push_back(target);
      if (unordered[bit].size() == kMaxShown)
        clearBit(wanted, bit);
    });
  });
}

/// Leaves out the sources that never run when the target does.
void RaceFinder::Batch::removeExclusive(Bits &missing, const SourceRange &range,
                                        ArrayRef<VariableAccess> accesses,
                                        size_t target) const {
  NodeIndex node = paths.nodes[accesses[target].position];
  bool isOwner = effects && !paths.flow.getGraph().getRegions(node).empty();
  if (!isOwner && !finder.exclusion)
    return;
  Bits all = missing;
  countBits(missing, all, [&](unsigned bit) {
    const VariableAccess &source = accesses[range.begin + bit - range.firstBit];
    NodeIndex other = paths.nodes[source.position];
    if ((isOwner && effects->areExclusive(other, node, source.variable)) ||
        (finder.exclusion && finder.exclusion(other, node)))
      clearBit(missing, bit);
  });
}

/// Hands on the pairs that are shown.
void RaceFinder::Batch::show(std::vector<Races> &races) const {
  for (const SourceRange &range : ranges) {
    auto &shown = races[range.races].shown;
    for (size_t i = range.begin; i < range.end; ++i)
      for (uint32_t target : unordered[range.getBit(i)])
        if (shown.size() < kMaxShown)
          shown.push_back({uint32_t(i), target});
  }
}

void RaceFinder::findPairs(NodePaths paths, const Effects *effects,
                           std::vector<Races> &races) const {
  Reachability reachability(paths.paths);
  size_t variable = 0, access = 0;
  while (variable < races.size()) {
    Batch batch(*this, paths, effects);
    while (variable < races.size() && !batch.isFull()) {
      access = batch.add(variable, races[variable], access);
      if (access == races[variable].accesses.size()) {
        ++variable;
        access = 0;
      }
    }
    batch.sweep(reachability, races);
    batch.show(races);
  }
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

/// What names a node: copies of one function's node have one name.
static std::string getIdentity(const NodeGraph &graph, NodeIndex node) {
  const NodeRegion &region = graph.regions[graph[node].region];
  StringRef name = graph[node].name;
  if (region.function.empty() || !name.consume_front(region.prefix))
    return name.str();
  // No name has a space.
  return (region.function + " " + name).str();
}

void RaceFinder::addLoopNote(InFlightDiagnostic &warning,
                             const NodeGraph &graph, NodeIndex earlier,
                             StringRef loop) const {
  warning.attachNote(graph.getLocation(context, earlier))
      << "in different iterations of the loop of frame \"" << loop
      << "\": an edge from \"" << graph[earlier].name
      << "\" to what its NextIteration nodes wait for lets iterations come one "
         "after the other";
}

bool RaceFinder::reportPair(const NodeGraph &graph, VariableIndex variable,
                            NodeIndex earlier, Access earlierAccess,
                            NodeIndex later, Access laterAccess,
                            StringRef loop) {
  std::string least = getIdentity(graph, earlier);
  std::string greatest = getIdentity(graph, later);
  if (greatest < least)
    std::swap(least, greatest);
  if (!reported.insert((Twine(variable) + " " + least + " " + greatest).str())
           .second)
    return false;
  if (earlier == later) {
    // One write, again and again.
    auto warning = emitWarningFor(
        graph.getLocation(context, earlier), options, Warning::Race,
        variables[variable].describe() + ": writes at nodes \"" +
            graph[earlier].name + "\" and \"" + graph[earlier].name +
            "\" are not ordered");
    if (warning)
      addLoopNote(*warning, graph, earlier, loop);
    return warning.has_value();
  }
  bool bothWrite = writes(earlierAccess) && writes(laterAccess);
  // A read is named first; two writes are named as the source lists them.
  NodeIndex first = earlier, second = later;
  if (bothWrite ? later < earlier : !writes(laterAccess))
    std::swap(first, second);
  auto quote = [&](NodeIndex node) {
    return ("\"" + graph[node].name + "\"").str();
  };
  std::string accesses =
      bothWrite ? "writes at nodes " + quote(first) + " and " + quote(second)
                : "read at node " + quote(first) + " and write at node " +
                      quote(second);
  auto warning = emitWarningFor(
      graph.getLocation(context, first), options, Warning::Race,
      variables[variable].describe() + ": " + accesses + " are not ordered");
  if (!warning)
    return false;
  warning->attachNote(graph.getLocation(context, first))
      << (bothWrite ? "one write is" : "the read is") << " at node "
      << quote(first);
  warning->attachNote(graph.getLocation(context, second))
      << (bothWrite ? "the other write is" : "the write is") << " at node "
      << quote(second);
  if (!loop.empty()) {
    addLoopNote(*warning, graph, earlier, loop);
    return true;
  }
  warning->attachNote(graph.getLocation(context, later))
      << "a control edge from " << quote(earlier) << " to " << quote(later)
      << " makes the order that is used here part of the graph: input \"^"
      << graph[earlier].name << "\" of node " << quote(later);
  return true;
}

LogicalResult RaceFinder::reportPair(const FlowGraph &flow,
                                     const VariableAccess &earlier,
                                     const VariableAccess &later,
                                     StringRef loop) {
  bool isShown = reportPair(flow.getGraph(), earlier.variable,
                            flow.getNode(earlier.position), earlier.access,
                            flow.getNode(later.position), later.access, loop);
  return failure(isShown && options.getLevel(Warning::Race) ==
                                WarningOptions::Level::Error);
}

LogicalResult RaceFinder::reportUnchecked(const FlowGraph &flow,
                                          VariableIndex variable) {
  bool isShown =
      emitWarningFor(
          flow.getGraph().getLocation(context, variables[variable].node),
          options, Warning::Race,
          variables[variable].describe() +
              ": accesses in loops are not compared: there are too many loops "
              "in loops")
          .has_value();
  return failure(isShown && options.getLevel(Warning::Race) ==
                                WarningOptions::Level::Error);
}

/// Returns whether anything was new and is shown.
bool RaceFinder::report(NodePaths paths, const Races &races) {
  const FlowGraph &flow = paths.flow;
  const NodeGraph &graph = flow.getGraph();
  VariableIndex variable = races.accesses.front().variable;
  bool isShown = false;
  for (auto [i, j] : races.shown) {
    VariableAccess earlier = races.accesses[i], later = races.accesses[j];
    auto getPosition = [&](const VariableAccess &access) {
      return flow.getPosition(paths.nodes[access.position]);
    };
    if (getPosition(later) < getPosition(earlier))
      std::swap(earlier, later);
    isShown |=
        reportPair(graph, variable, paths.nodes[earlier.position],
                   earlier.access, paths.nodes[later.position], later.access);
  }
  uint64_t rest = races.count - races.shown.size();
  if (isShown && rest != 0)
    emitWarningFor(graph.getLocation(context, variables[variable].node),
                   options, Warning::Race,
                   variables[variable].describe() + ": " + Twine(rest) +
                       (rest == 1 ? " more pair of accesses is not ordered"
                                  : " more pairs of accesses are not ordered"));
  return isShown;
}

FailureOr<std::vector<FlowEdge>>
RaceFinder::check(NodePaths paths, ArrayRef<VariableAccess> accesses,
                  const Effects *effects) {
  // Each variable's queries follow each other.
  std::vector<Reachability::Query> queries;
  std::vector<std::pair<ArrayRef<VariableAccess>, size_t>> ends;
  forEachVariable(accesses, [&](ArrayRef<VariableAccess> ofVariable) {
    addNeighbours(ofVariable, queries);
    ends.push_back({ofVariable, queries.size()});
  });
  llvm::BitVector hasPath = Reachability(paths.paths).answer(queries);

  std::vector<FlowEdge> edges;
  std::vector<Races> races;
  size_t query = 0;
  for (auto [ofVariable, end] : ends) {
    size_t numEdges = edges.size();
    for (; query < end; ++query)
      if (!hasPath[query])
        edges.push_back({queries[query].first, queries[query].second});
    if (edges.size() != numEdges)
      races.emplace_back().accesses = ofVariable;
  }
  WarningOptions::Level level = options.getLevel(Warning::Race);
  if (races.empty() || level == WarningOptions::Level::Ignored)
    return edges;
  findPairs(paths, effects, races);
  bool isShown = false;
  for (const Races &ofVariable : races)
    isShown |= report(paths, ofVariable);
  if (isShown && level == WarningOptions::Level::Error)
    return failure();
  return edges;
}
