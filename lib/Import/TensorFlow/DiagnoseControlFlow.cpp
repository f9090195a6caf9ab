//===- DiagnoseControlFlow.cpp - effects in the wrong branch --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A node outside of a conditional that waits, by a control edge, for one inside
// is dead where that branch is not taken, and all behind it. What belongs into
// the branch is told from that by its data, which a Switch gates, or by a pivot
// (the Identity behind a Switch), and leads back to a Merge.
//
// A write outside that only a branch needs runs in any case. Each node knows
// whether a path from it leads to the end without entering a branch, and else
// which branches its paths enter; one sweep from the end tells.
//
//===----------------------------------------------------------------------===//

#include "DiagnoseControlFlow.h"

#include "DiagnoseFlatRaces.h"
#include "Effects.h"
#include "Order.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
/// What both checks know of an entry point.
class EntryChecker {
public:
  EntryChecker(const FlatModel &model, unsigned entry,
               const VariableTable &variables, const WarningOptions &options,
               RaceFinder &races, bool autoOrder)
      : model(model), graph(model.graph), entry(model.entries[entry]),
        references(model.references[entry]), tree(model.flows[entry]),
        flow(tree.getRoot()), variables(variables), options(options),
        races(races), autoOrder(autoOrder),
        effects(tree, &model.entries[entry], model.ops, references),
        isAffected(findAffected(tree)), hasEffect(graph.size(), false),
        builder(
            {model.context, flow, model.ops, references, hasEffect, isAffected},
            items) {}

  /// Races are checked here where some entry point has TF 1 control flow.
  LogicalResult check(bool checksRaces);

private:
  /// The branches that paths enter: by their conditional, a bit per branch.
  struct Reached {
    /// Some path leads to the end without entering a branch.
    bool isFree = false;
    SmallVector<std::pair<uint64_t, uint64_t>, 1> entered;
    /// The first node that is entered.
    NodeIndex example = 0;

    void enter(uint64_t conditional, uint64_t branches, NodeIndex node);
    void join(const Reached &other);
  };
  /// Why a node is dead in more cases than its data says.
  struct Blame {
    /// The node in the branch, and the first one outside that waits for it.
    NodeIndex inside;
    NodeIndex outside;
  };

  void findEnds();
  bool isStrong(Position source, Position position) const;

  // dead-control
  bool isPivot(NodeIndex node) const;
  ContextIndex getDataContext(Endpoint input);
  void findBlames();
  std::optional<Blame> findBlame(const Node &node, ContextIndex byData);
  void findEscapes();
  void checkDeadControls();

  // captured-effect
  void findReached();
  void reachFrom(Position source, Position position);
  std::optional<std::pair<ConditionIndex, bool>> findEntered(ItemIndex source,
                                                             ItemIndex item);
  uint64_t findBranches(NodeIndex owner, NodeIndex node);
  void checkCapturedEffects();

  LogicalResult checkBodyRaces(const FlowGraph &body,
                               ArrayRef<VariableAccess> accesses);
  void checkRaces();

  const FlatModel &model;
  const NodeGraph &graph;
  const EntryPoint &entry;
  const References &references;
  const FlowTree &tree;
  const FlowGraph &flow;
  const VariableTable &variables;
  const WarningOptions &options;
  RaceFinder &races;
  bool autoOrder;
  Effects effects;
  std::vector<bool> isAffected, hasEffect;
  ItemGraph items;
  ItemBuilder builder;
  LogicalResult result = success();

  // By position:
  /// It is fetched or a target.
  std::vector<bool> isEnd;
  std::vector<Reached> reached;
  /// Where it would be alive but for control edges that leave branches.
  std::vector<ContextIndex> dataContexts;
  std::vector<std::optional<Blame>> blames;
  /// It leads to the end, and no Merge lies between.
  std::vector<bool> escapes;
  /// By owner: the branches that use a node outside.
  llvm::DenseMap<NodeIndex, llvm::DenseMap<NodeIndex, uint64_t>> usesOfOwner;
};
} // namespace

void EntryChecker::findEnds() {
  isEnd.assign(flow.size(), false);
  auto mark = [&](NodeIndex node) {
    if (flow.isLive(node))
      isEnd[flow.getPosition(node)] = true;
  };
  for (const Fetch &fetch : entry.fetches)
    if (!flow.findFeed(fetch.tensor))
      mark(fetch.tensor.node);
  for (NodeIndex target : entry.targets)
    mark(target);
}

static bool isMerge(StringRef op) { return op == "Merge" || op == "RefMerge"; }

//===----------------------------------------------------------------------===//
// dead-control
//===----------------------------------------------------------------------===//

/// Whether a node only says which branch is taken, so that what waits for it is
/// part of that branch.
bool EntryChecker::isPivot(NodeIndex node) const {
  return isSwitch(graph[node].op) ||
         (graph[node].op == "Identity" &&
          isSwitch(graph[graph[node].inputs[0].node].op));
}

ContextIndex EntryChecker::getDataContext(Endpoint input) {
  ItemIndex item = builder.getItem(input.node);
  if (item == Item::none || flow.findFeed(input) || items[item].scope != 0)
    return items.rootContext;
  ContextIndex context = dataContexts[flow.getPosition(input.node)];
  return builder.isSwitch(item) && context != Contexts::dead
             ? builder.enterOutput(item, input.output, context)
             : context;
}

/// What a node inherits its deadness from, or brings in itself.
std::optional<EntryChecker::Blame>
EntryChecker::findBlame(const Node &node, ContextIndex byData) {
  auto ofSource = [&](NodeIndex source) -> std::optional<Blame> {
    if (!flow.isLive(source))
      return std::nullopt;
    return blames[flow.getPosition(source)];
  };
  for (NodeIndex control : node.controls) {
    ItemIndex source = builder.getItem(control);
    if (source == Item::none || items[source].scope != 0 ||
        items.contexts.implies(byData, items[source].alive))
      continue;
    if (std::optional<Blame> blame = ofSource(control))
      return blame;
    return Blame{control, node.index};
  }
  for (Endpoint input : node.inputs)
    if (!flow.findFeed(input))
      if (std::optional<Blame> blame = ofSource(input.node))
        return blame;
  return std::nullopt;
}

void EntryChecker::findBlames() {
  dataContexts.assign(flow.size(), items.rootContext);
  blames.assign(flow.size(), std::nullopt);
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    const Node &node = graph[flow.getNode(position)];
    ItemIndex item = builder.getItem(node.index);
    if (item == Item::none || items[item].scope != 0)
      continue;
    ContextIndex context = items[item].context;
    dataContexts[position] = context;
    if (context == Contexts::dead || isMerge(node.op))
      continue;
    SmallVector<ContextIndex> byData = {items.rootContext};
    for (Endpoint input : node.inputs)
      byData.push_back(getDataContext(input));
    for (NodeIndex control : node.controls)
      if (builder.getItem(control) != Item::none && isPivot(control))
        byData.push_back(items[builder.getItem(control)].alive);
    ContextIndex alive = items.contexts.intersect(byData);
    dataContexts[position] = alive;
    if (alive != Contexts::dead && !items.contexts.implies(alive, context))
      blames[position] = findBlame(node, alive);
  }
}

/// Whether `position` is dead where its source is.
bool EntryChecker::isStrong(Position source, Position position) const {
  const Node &node = graph[flow.getNode(position)];
  if (isMerge(node.op) || node.op == "ControlTrigger")
    return false;
  NodeIndex from = flow.getNode(source);
  return std::binary_search(node.controls.begin(), node.controls.end(), from) ||
         llvm::any_of(node.inputs,
                      [&](Endpoint input) { return input.node == from; });
}

void EntryChecker::findEscapes() {
  escapes = isEnd;
  for (Position position = flow.size(); position-- > 0;)
    if (escapes[position])
      for (Position source : flow.getDependencies(position))
        if (source < position && isAffected[source] && !escapes[source] &&
            isStrong(source, position))
          escapes[source] = true;
}

void EntryChecker::checkDeadControls() {
  WarningOptions::Level level = options.getLevel(Warning::DeadControl);
  if (level == WarningOptions::Level::Ignored)
    return;
  findBlames();
  findEscapes();
  llvm::DenseSet<NodeIndex> reported;
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    if (!blames[position] || !escapes[position])
      continue;
    NodeIndex node = flow.getNode(position);
    NodeEffects own = effects.find(node);
    bool isEffect =
        own.isStateful || llvm::any_of(own.accesses, [](const auto &access) {
          return writes(access.second);
        });
    Blame blame = *blames[position];
    if ((!isEffect && !isEnd[position]) ||
        !reported.insert(blame.inside).second)
      continue;
    auto quote = [&](NodeIndex index) {
      return ("\"" + graph[index].name + "\"").str();
    };
    Location location = graph.getLocation(model.context, node);
    auto warning = emitWarningFor(
        location, options, Warning::DeadControl,
        "node " + quote(node) + " runs only where node " + quote(blame.inside) +
            " does: a control edge leaves a branch of a conditional");
    warning->attachNote(graph.getLocation(model.context, blame.inside))
        << "node " << quote(blame.inside) << " runs in one branch only";
    warning->attachNote(graph.getLocation(model.context, blame.outside))
        << "node " << quote(blame.outside) << " waits for it by input \"^"
        << graph[blame.inside].name
        << "\": let it wait for a Merge of the conditional instead";
    if (level == WarningOptions::Level::Error)
      result = failure();
  }
}

//===----------------------------------------------------------------------===//
// captured-effect
//===----------------------------------------------------------------------===//

void EntryChecker::Reached::enter(uint64_t conditional, uint64_t branches,
                                  NodeIndex node) {
  if (entered.empty())
    example = node;
  for (auto &[known, bits] : entered)
    if (known == conditional) {
      bits |= branches;
      return;
    }
  // What so many conditionals need is none of a branch's.
  constexpr size_t maxConditionals = 8;
  if (entered.size() == maxConditionals)
    isFree = true;
  else
    entered.push_back({conditional, branches});
}

void EntryChecker::Reached::join(const Reached &other) {
  isFree |= other.isFree;
  if (isFree)
    return;
  for (auto [conditional, branches] : other.entered)
    enter(conditional, branches, other.example);
}

/// The branch that an edge enters, if it enters one.
std::optional<std::pair<ConditionIndex, bool>>
EntryChecker::findEntered(ItemIndex source, ItemIndex item) {
  if (item == Item::none || items[item].context == Contexts::dead)
    return std::nullopt;
  ContextIndex inner = items[item].context;
  ContextIndex outer = items.rootContext;
  if (source != Item::none) {
    if (items[source].scope != items[item].scope)
      return std::nullopt;
    outer = items[source].context;
  } else if (items[item].scope != 0) {
    return std::nullopt;
  }
  if (outer == Contexts::dead || items.contexts.implies(outer, inner) ||
      !items.contexts.implies(inner, outer))
    return std::nullopt;
  for (ContextIndex step : items.contexts.getPath(inner)) {
    if (items.contexts.implies(outer, step))
      continue;
    ConditionIndex condition = items.contexts[step].condition;
    // Whether a loop goes on is no conditional.
    if (items[item].scope != 0 && builder.decidesLoop(condition))
      return std::nullopt;
    return std::pair(condition, items.contexts[step].outcome);
  }
  return std::nullopt;
}

/// The branches of an If or Case that use a node outside.
uint64_t EntryChecker::findBranches(NodeIndex owner, NodeIndex node) {
  auto [entry, isNew] = usesOfOwner.try_emplace(owner);
  if (isNew) {
    llvm::DenseMap<NodeIndex, uint64_t> uses;
    for (auto [number, branch] : llvm::enumerate(graph.getRegions(owner))) {
      SmallVector<RegionIndex> pending = {branch};
      while (!pending.empty()) {
        const FlowGraph *body = tree.lookup(pending.pop_back_val());
        if (!body)
          continue;
        uint64_t bit = uint64_t(1) << std::min<size_t>(number, 63);
        auto use = [&](NodeIndex used) { uses[used] |= bit; };
        for (NodeIndex inside : body->getOrder()) {
          for (Endpoint input : graph[inside].inputs)
            use(input.node);
          llvm::append_range(pending, graph.getRegions(inside));
        }
        for (Endpoint given : graph.regions[body->getRegion()].results)
          use(given.node);
      }
    }
    usesOfOwner[owner] = std::move(uses);
  }
  return usesOfOwner[owner].lookup(node);
}

/// What `position` lets its source reach.
void EntryChecker::reachFrom(Position source, Position position) {
  Reached &from = reached[source];
  if (from.isFree)
    return;
  const Node &node = graph[flow.getNode(position)];
  NodeIndex sourceNode = flow.getNode(source);
  bool isConditional = isControlFlow(node.op) && !isLoop(node.op) &&
                       !graph.getRegions(node.index).empty();
  auto isInput = [&](Endpoint input) { return input.node == sourceNode; };
  // What decides waits for the effect.
  bool decides = (isSwitch(node.op) && isInput(node.inputs.back())) ||
                 (isConditional && isInput(node.inputs.front()));
  bool isControl = std::binary_search(node.controls.begin(),
                                      node.controls.end(), sourceNode);
  if (decides || node.op == "NextIteration" || node.op == "RefNextIteration") {
    from.isFree = true;
  } else if (isConditional && !isControl &&
             llvm::any_of(node.inputs, isInput)) {
    if (uint64_t branches = findBranches(node.index, sourceNode))
      // Conditions of Switches are counted below.
      from.enter(uint64_t(node.index) << 32, branches, node.index);
  } else if (auto entered = findEntered(builder.getItem(sourceNode),
                                        builder.getItem(node.index))) {
    // A control edge into a branch has been made on purpose.
    from.isFree |= isControl;
    from.enter(entered->first + 1, uint64_t(1) << entered->second, node.index);
  } else {
    from.join(reached[position]);
  }
}

void EntryChecker::findReached() {
  reached.assign(flow.size(), {});
  for (Position position = flow.size(); position-- > 0;) {
    if (isEnd[position])
      reached[position].isFree = true;
    for (Position source : flow.getDependencies(position))
      if (source < position)
        reachFrom(source, position);
  }
}

void EntryChecker::checkCapturedEffects() {
  WarningOptions::Level level = options.getLevel(Warning::CapturedEffect);
  if (level == WarningOptions::Level::Ignored)
    return;
  findReached();
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    const Reached &from = reached[position];
    NodeIndex node = flow.getNode(position);
    // What a node draws from a queue or generator is a value like any other.
    if (from.isFree || from.entered.empty() ||
        !graph.getRegions(node).empty() || model.ops[node]->isDraw)
      continue;
    // What all branches need belongs outside.
    bool isOfSome =
        llvm::any_of(from.entered, [&](std::pair<uint64_t, uint64_t> each) {
          auto [conditional, branches] = each;
          size_t numBranches = conditional >> 32
                                   ? graph.getRegions(conditional >> 32).size()
                                   : 2;
          return size_t(llvm::popcount(branches)) < numBranches;
        });
    if (!isOfSome)
      continue;
    for (auto [variable, access] : effects.findOwn(node).accesses) {
      if (!writes(access))
        continue;
      Location location = graph.getLocation(model.context, node);
      auto warning = emitWarningFor(
          location, options, Warning::CapturedEffect,
          variables[variable].describe() + ": the write at node \"" +
              graph[node].name +
              "\" runs whichever branch is taken, although only a branch at "
              "node \"" +
              graph[from.example].name + "\" needs it");
      warning->attachNote(graph.getLocation(model.context, from.example))
          << "make the write inside the branch, or let what runs in any case "
             "wait for it: input \"^"
          << graph[node].name << "\" of such a node";
      if (level == WarningOptions::Level::Error)
        result = failure();
    }
  }
}

//===----------------------------------------------------------------------===//
// Races
//===----------------------------------------------------------------------===//

/// A body has items of its own, if it has TF 1 control flow.
LogicalResult EntryChecker::checkBodyRaces(const FlowGraph &body,
                                           ArrayRef<VariableAccess> accesses) {
  if (!hasFlatControlFlow(body))
    return races.check(body, accesses, &effects);
  std::vector<bool> allAffected(body.size(), true);
  ItemGraph itemsOfBody;
  ItemBuilder builderOfBody(
      {model.context, body, model.ops, references, hasEffect, allAffected},
      itemsOfBody);
  if (failed(builderOfBody.build()))
    return failure();
  return checkFlatRaces(races, body, accesses, effects, itemsOfBody,
                        builderOfBody);
}

void EntryChecker::checkRaces() {
  for (const FlowGraph &original : tree.getFlows()) {
    FlowGraph ordered = original;
    std::vector<VariableAccess> accesses = effects.findAccesses(ordered);
    if (autoOrder)
      ordered.addEdges(makeProgramOrder(ordered, effects, accesses));
    bool isRoot = ordered.getRegion() == 0;
    if (failed(isRoot ? checkFlatRaces(races, ordered, accesses, effects, items,
                                       builder)
                      : checkBodyRaces(ordered, accesses)))
      result = failure();
  }
}

LogicalResult EntryChecker::check(bool checksRaces) {
  bool isFlat = llvm::is_contained(isAffected, true);
  bool hasOwners = tree.getFlows().size() > 1;
  if (!isFlat && !hasOwners && !checksRaces)
    return success();
  if (failed(builder.build()))
    return failure();
  findEnds();
  if (isFlat)
    checkDeadControls();
  checkCapturedEffects();
  if (checksRaces)
    checkRaces();
  return result;
}

LogicalResult tensorflow::checkControlFlow(const FlatModel &model,
                                           const VariableTable &variables,
                                           const WarningOptions &options,
                                           bool autoOrder) {
  LogicalResult result = success();
  RaceFinder races(model.context, variables, options);
  bool checksRaces = hasFlatControlFlow(model.flows);
  for (unsigned entry = 0; entry < model.entries.size(); ++entry)
    if (!model.entries[entry].isInitializer &&
        failed(EntryChecker(model, entry, variables, options, races, autoOrder)
                   .check(checksRaces)))
      result = failure();
  return result;
}
