//===- ItemBuilder.cpp - from nodes with deadness to items ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rules of TensorFlow's executor: a node is dead if any of its data or
// control inputs is; a Merge only if all of its data inputs are; a
// ControlTrigger never. Each node gets the context in which it is alive. A
// Merge becomes a tree of Selects, each of which looks at one condition and has
// one side alive for each outcome, however the Switches in front of it are
// arranged.
//
//===----------------------------------------------------------------------===//

#include "ItemBuilder.h"

#include "Attributes.h"
#include "graph.pb.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

bool tensorflow::isFlatControlFlow(StringRef op) {
  op.consume_front("Ref");
  return llvm::StringSwitch<bool>(op)
      .Cases({"Switch", "_SwitchN", "Merge", "Enter", "Exit", "NextIteration",
              "LoopCond", "ControlTrigger"},
             true)
      .Default(false);
}

ItemBuilder::ItemBuilder(const FlatRegion &region, ItemGraph &items)
    : region(region), flow(region.flow), graph(region.flow.getGraph()),
      items(items), frames(findFrames(region.flow)),
      itemOfNode(region.flow.size(), Item::none) {}

LogicalResult ItemBuilder::build() {
  if (failed(orderScopes()))
    return failure();
  items.rootContext = items.contexts.addRoot();
  addScope(/*frame=*/0, /*loop=*/Item::none, items.rootContext);
  return buildScope(/*frame=*/0, /*scope=*/0);
}

void ItemBuilder::finish() { items.order = std::move(scopes.front().items); }

InFlightDiagnostic ItemBuilder::error(NodeIndex node) {
  return emitError(graph.getLocation(region.context, node))
         << "node \"" << graph[node].name << "\" (" << graph[node].op << "): ";
}

ScopeIndex ItemBuilder::addScope(unsigned frame, ItemIndex loop,
                                 ContextIndex root) {
  Scope &scope = scopes.emplace_back();
  scope.frame = frame;
  scope.loop = loop;
  scope.root = root;
  scopeOfFrame[frame] = scopes.size() - 1;
  return scopes.size() - 1;
}

//===----------------------------------------------------------------------===//
// Items and values
//===----------------------------------------------------------------------===//

ItemIndex ItemBuilder::addItem(Item item, ScopeIndex scope) {
  item.scope = scope;
  ItemIndex index = items.add(std::move(item));
  scopes[scope].items.push_back(index);
  return index;
}

/// What stands outside of all this is alive everywhere.
ItemIndex ItemBuilder::getOuterItem(NodeIndex node) {
  auto [entry, isNew] = outerItems.try_emplace(node, Item::none);
  if (isNew) {
    Item item;
    item.kind = Item::Kind::Outer;
    item.node = node;
    item.context = item.alive = items.rootContext;
    entry->second = items.add(std::move(item));
  }
  return entry->second;
}

ItemValue ItemBuilder::makeConstant(int dataType, int64_t number,
                                    ContextIndex context, ScopeIndex scope,
                                    NodeIndex node) {
  Item item;
  item.kind = Item::Kind::Constant;
  item.isOptional = true;
  item.node = node;
  item.context = item.alive = context;
  item.dataType = dataType;
  item.number = number;
  return {addItem(std::move(item), scope), 0};
}

/// What passes a reference variable on has no value of its own.
bool ItemBuilder::isReference(ItemValue value) const {
  const Item &item = items[value.item];
  bool isOfGraph =
      item.kind == Item::Kind::Node || item.kind == Item::Kind::Outer;
  return isOfGraph && region.references.lookup({item.node, value.output});
}

ItemBuilder::Source ItemBuilder::getSource(Endpoint endpoint,
                                           ScopeIndex scope) {
  ContextIndex root = scopes[scope].root;
  ItemIndex index = getItem(endpoint.node);
  if (index == Item::none || flow.findFeed(endpoint))
    return {{getOuterItem(endpoint.node), endpoint.output}, root};
  const Item &item = items[index];
  Source source = {{index, endpoint.output}, item.context};
  if (item.kind == Item::Kind::Forward) {
    source.value = item.inputs[0];
    if (literals.count(index))
      source.context = enterOutput(index, endpoint.output, item.context);
    else if (endpoint.output == 1)
      source.value = valueIndices.lookup(index);
    if (!item.after.empty())
      source.after = index;
  }
  // What comes from around a loop is there in every iteration.
  if (item.scope != scope)
    source.context = root;
  return source;
}

ContextIndex ItemBuilder::enterOutput(ItemIndex index, uint32_t output,
                                      ContextIndex context) {
  ArrayRef<Literal> decisions = literals.find(index)->second;
  const Item &item = items[index];
  // Output 0 of a Switch is the one of false; of a _SwitchN, outputs are tried
  // one after the other, and the last is taken where no other is.
  if (graph[item.node].op != "_SwitchN") {
    bool outcome = decisions[0].holds == (output == 1);
    return items.contexts.enter(context, decisions[0].condition, outcome);
  }
  for (unsigned i = 0; i < std::min<size_t>(output, decisions.size()); ++i)
    context = items.contexts.enter(context, decisions[i].condition, false);
  if (output < decisions.size())
    context = items.contexts.enter(context, decisions[output].condition, true);
  return context;
}

int ItemBuilder::getDataType(ItemValue value) const {
  const Item &item = items[value.item];
  switch (item.kind) {
  case Item::Kind::Node:
  case Item::Kind::Outer:
    return getOutputSpec(graph[item.node], *region.ops[item.node], value.output)
        .dataType;
  case Item::Kind::Constant:
    return item.dataType;
  case Item::Kind::Forward:
  case Item::Kind::Read:
    return getDataType(item.inputs[0]);
  case Item::Kind::Select:
    return getDataType(item.inputs[1]);
  case Item::Kind::Conditional: {
    const auto &result = items.conditionals[item.detail].results[value.output];
    return getDataType(result.values[0] ? *result.values[0]
                                        : *result.values[1]);
  }
  case Item::Kind::Loop:
    return getDataType(items.loops[item.detail].carried[value.output].init);
  case Item::Kind::Carried:
    return getDataType(
        items.loops[items[item.owner].detail].carried[item.number].init);
  case Item::Kind::Equal:
    return proto::DT_BOOL;
  case Item::Kind::FetchCheck:
    break;
  }
  return proto::DT_INVALID;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// Adds what an item waits for beside its data. `contexts` gets those of the
/// control inputs, if these can disable it.
void ItemBuilder::addControls(Position position, Item &item,
                              SmallVectorImpl<ContextIndex> *contexts) {
  const Node &node = graph[flow.getNode(position)];
  for (NodeIndex control : node.controls) {
    if (!flow.isLive(control) || isPlaceholder(graph[control].op))
      continue;
    ItemIndex source = getItem(control);
    item.after.push_back(source == Item::none ? getOuterItem(control) : source);
    if (!contexts || source == Item::none)
      continue;
    contexts->push_back(items[source].scope == item.scope
                            ? items[source].alive
                            : scopes[item.scope].root);
  }
  // Order that is no edge of the graph disables nothing. Between loops and what
  // is around them it is made anew for the loops.
  llvm::SmallDenseSet<NodeIndex, 8> sources;
  for (Endpoint input : node.inputs)
    sources.insert(input.node);
  for (Position source : flow.getDependencies(position)) {
    NodeIndex other = flow.getNode(source);
    ItemIndex index = itemOfNode[source];
    bool isEdge =
        sources.contains(other) ||
        std::binary_search(node.controls.begin(), node.controls.end(), other);
    if (isEdge || source > position)
      continue;
    if (index == Item::none)
      item.after.push_back(getOuterItem(other));
    else if (items[index].scope == item.scope)
      item.after.push_back(index);
  }
}

void ItemBuilder::makeNode(Position position, ScopeIndex scope) {
  const Node &node = graph[flow.getNode(position)];
  Item item;
  item.node = node.index;
  item.scope = scope;
  SmallVector<ContextIndex> contexts = {scopes[scope].root};
  bool isForward =
      llvm::is_contained({"Enter", "RefEnter", "Exit", "RefExit",
                          "NextIteration", "RefNextIteration", "LoopCond"},
                         node.op);
  for (Endpoint input : node.inputs) {
    Source source = getSource(input, scope);
    item.inputs.push_back(source.value);
    contexts.push_back(source.context);
    if (source.after != Item::none)
      item.after.push_back(source.after);
  }
  bool isTrigger = node.op == "ControlTrigger";
  addControls(position, item, isTrigger ? nullptr : &contexts);
  item.context = item.alive = items.contexts.intersect(contexts);
  // A constant is one everywhere; only who uses it waits for its controls.
  if (node.op == "Const" && !item.after.empty() &&
      item.context != Contexts::dead) {
    Item constant;
    constant.isOptional = true;
    constant.node = node.index;
    constant.context = constant.alive = items.rootContext;
    item.inputs.push_back({addItem(std::move(constant), /*scope=*/0), 0});
    isForward = true;
  }
  if (isForward) {
    item.kind = Item::Kind::Forward;
    item.isOptional = true;
  }
  itemOfNode[position] = addItem(std::move(item), scope);
  if (node.op == "LoopCond")
    scopes[scope].loopConditions.push_back(itemOfNode[position]);
}

/// What a value is a copy of, or the opposite of; nothing if it is neither.
std::optional<ItemValue> ItemBuilder::lookThrough(ItemValue value) {
  const Item &item = items[value.item];
  if (item.kind == Item::Kind::Forward)
    return item.inputs[0];
  if (item.kind != Item::Kind::Node && item.kind != Item::Kind::Outer)
    return std::nullopt;
  const Node &node = graph[item.node];
  if (!llvm::is_contained({"Identity", "Snapshot", "StopGradient",
                           "PreventGradient", "LogicalNot"},
                          node.op))
    return std::nullopt;
  ItemValue source = {};
  if (item.kind == Item::Kind::Node) {
    source = item.inputs[0];
  } else {
    if (node.region != flow.getRegion() || flow.findFeed({node.index, 0}))
      return std::nullopt;
    source = {getOuterItem(node.inputs[0].node), node.inputs[0].output};
  }
  // What passes a reference variable on is where that is read.
  if (isReference(source))
    return std::nullopt;
  return source;
}

/// Looks through what only passes a value on or negates it. `user` waits for
/// what that would have waited for.
ItemBuilder::Literal ItemBuilder::findLiteral(ItemValue value, ScopeIndex scope,
                                              Item &user) {
  ItemIndex start = value.item;
  bool holds = true, waits = false;
  while (std::optional<ItemValue> source = lookThrough(value)) {
    const Item &item = items[value.item];
    if (item.kind != Item::Kind::Forward && graph[item.node].op == "LogicalNot")
      holds = !holds;
    waits |= !item.after.empty();
    value = *source;
  }
  if (waits)
    user.after.push_back(start);
  auto [entry, isNew] = scopes[scope].conditions.try_emplace(getKey(value), 0);
  if (isNew) {
    entry->second = items.contexts.addCondition(items.predicates.addVariable());
    // All that is decided on a variable looks at it once.
    if (isReference(value)) {
      Item read;
      read.kind = Item::Kind::Read;
      read.isOptional = true;
      read.node = user.node;
      read.inputs.push_back(value);
      read.after = user.after;
      read.context = read.alive = user.context;
      value = {addItem(std::move(read), scope), 0};
    }
    items.conditionValues.push_back(value);
  }
  return {entry->second, holds};
}

/// An item that passes on what it gets, and may be left out where nobody looks.
Item ItemBuilder::makeForward(const Node &node, ScopeIndex scope) {
  Item item;
  item.kind = Item::Kind::Forward;
  item.isOptional = true;
  item.node = node.index;
  item.scope = scope;
  return item;
}

void ItemBuilder::makeSwitch(Position position, ScopeIndex scope) {
  const Node &node = graph[flow.getNode(position)];
  Item item = makeForward(node, scope);
  SmallVector<ContextIndex> contexts = {scopes[scope].root};
  for (Endpoint input : node.inputs) {
    Source source = getSource(input, scope);
    item.inputs.push_back(source.value);
    contexts.push_back(source.context);
    if (source.after != Item::none)
      item.after.push_back(source.after);
  }
  addControls(position, item, &contexts);
  item.context = item.alive = items.contexts.intersect(contexts);
  ItemValue decider = item.inputs.pop_back_val();
  SmallVector<Literal, 1> decisions;
  if (node.op != "_SwitchN") {
    decisions.push_back(findLiteral(decider, scope, item));
  } else {
    // One comparison for each output but the last.
    size_t numOutputs = countOutputs(node, *region.ops[node.index]);
    for (unsigned output = 0; output + 1 < numOutputs; ++output) {
      Item equal;
      equal.kind = Item::Kind::Equal;
      equal.isOptional = true;
      equal.node = node.index;
      equal.inputs = {decider, makeConstant(proto::DT_INT32, output,
                                            item.context, scope, node.index)};
      equal.context = equal.alive = item.context;
      decisions.push_back(
          findLiteral({addItem(std::move(equal), scope), 0}, scope, item));
    }
  }
  itemOfNode[position] = addItem(std::move(item), scope);
  literals[itemOfNode[position]] = std::move(decisions);
}

//===----------------------------------------------------------------------===//
// Merges
//===----------------------------------------------------------------------===//

/// The value of the candidate that is alive, or `otherwise`, at `context`.
/// Recursion goes as deep as candidates are nested in conditionals of their
/// own.
ItemValue ItemBuilder::select(ContextIndex context,
                              ArrayRef<Candidate> candidates,
                              std::optional<ItemValue> otherwise,
                              ScopeIndex scope, NodeIndex node) {
  Contexts &contexts = items.contexts;
  SmallVector<Candidate> possible;
  for (const Candidate &candidate : candidates) {
    if (contexts.areExclusive(context, candidate.context))
      continue;
    if (contexts.implies(context, candidate.context))
      return candidate.value;
    possible.push_back(candidate);
  }
  if (possible.empty())
    return *otherwise;
  // The outermost condition of the first candidate that is still open.
  for (ContextIndex step : contexts.getPath(possible.front().context)) {
    ConditionIndex condition = contexts[step].condition;
    ContextIndex low = contexts.enter(context, condition, false);
    ContextIndex high = contexts.enter(context, condition, true);
    if (low == Contexts::dead || high == Contexts::dead)
      continue;
    Item item;
    item.kind = Item::Kind::Select;
    item.isOptional = true;
    item.node = node;
    item.condition = condition;
    item.context = item.alive = context;
    item.inputs = {select(low, possible, otherwise, scope, node),
                   select(high, possible, otherwise, scope, node)};
    if (item.inputs[0] == item.inputs[1])
      return item.inputs[0];
    return {addItem(std::move(item), scope), 0};
  }
  return possible.front().value;
}

/// The number of the context that is alive, or `otherwise`, at `context`.
ItemValue ItemBuilder::select(ContextIndex context,
                              ArrayRef<ContextIndex> alive,
                              ArrayRef<int64_t> numbers, int64_t otherwise,
                              int dataType, ScopeIndex scope, NodeIndex node) {
  ContextIndex root = scopes[scope].root;
  SmallVector<Candidate> candidates;
  for (auto [candidate, number] : llvm::zip_equal(alive, numbers))
    candidates.push_back(
        {candidate, makeConstant(dataType, number, root, scope, node)});
  ItemValue rest = makeConstant(dataType, otherwise, root, scope, node);
  return select(context, candidates, rest, scope, node);
}

ItemValue ItemBuilder::makeLiveness(ContextIndex context, ContextIndex alive,
                                    NodeIndex node) {
  return select(context, {alive}, {1}, 0, proto::DT_BOOL, /*scope=*/0, node);
}

/// Where any of the candidates is alive: around them, or, if no nest of
/// conditionals has such a place, under a condition of its own.
ContextIndex ItemBuilder::unite(ArrayRef<Candidate> candidates,
                                ScopeIndex scope, NodeIndex node) {
  Contexts &contexts = items.contexts;
  Predicate predicate = Predicates::never;
  SmallVector<ContextIndex> alive;
  for (const Candidate &candidate : candidates) {
    alive.push_back(candidate.context);
    predicate = items.predicates.either(predicate,
                                        contexts[candidate.context].predicate);
  }
  for (ContextIndex inner : alive)
    for (ContextIndex around = inner;; around = contexts[around].parent) {
      if (contexts[around].predicate == predicate)
        return around;
      if (contexts.isRoot(around))
        break;
    }
  ContextIndex common = contexts.findCommon(alive);
  auto [entry, isNew] = unions.try_emplace({common, predicate}, 0);
  if (isNew) {
    SmallVector<int64_t> numbers(alive.size(), 1);
    ItemValue isAlive =
        select(common, alive, numbers, 0, proto::DT_BOOL, scope, node);
    ConditionIndex condition = contexts.addCondition(predicate);
    items.conditionValues.push_back(isAlive);
    unions[{common, predicate}] = condition;
    return contexts.enter(common, condition, true);
  }
  return contexts.enter(common, entry->second, true);
}

LogicalResult ItemBuilder::makeMerge(Position position, ScopeIndex scope) {
  const Node &node = graph[flow.getNode(position)];
  for (Endpoint input : node.inputs)
    if (isBackEdge(graph, input.node, node.index) && !flow.findFeed(input))
      return makeLoopMerge(position, scope);
  Item item;
  item.kind = Item::Kind::Forward;
  item.isOptional = true;
  item.node = node.index;
  item.scope = scope;
  SmallVector<Candidate> candidates;
  SmallVector<ContextIndex> alive;
  SmallVector<int64_t> numbers;
  for (auto [number, input] : llvm::enumerate(node.inputs)) {
    Source source = getSource(input, scope);
    if (source.context == Contexts::dead)
      continue;
    candidates.push_back({source.context, source.value});
    alive.push_back(source.context);
    numbers.push_back(number);
    if (source.after != Item::none)
      item.after.push_back(source.after);
  }
  addControls(position, item, /*contexts=*/nullptr);
  if (candidates.empty()) {
    item.context = item.alive = Contexts::dead;
    item.inputs.push_back(getSource(node.inputs[0], scope).value);
    itemOfNode[position] = addItem(std::move(item), scope);
    return success();
  }
  ContextIndex context = unite(candidates, scope, node.index);
  item.context = item.alive = context;
  item.inputs.push_back(
      select(context, candidates, std::nullopt, scope, node.index));
  ItemValue index =
      select(context, alive, numbers, 0, proto::DT_INT32, scope, node.index);
  itemOfNode[position] = addItem(std::move(item), scope);
  valueIndices[itemOfNode[position]] = index;
  return success();
}

LogicalResult ItemBuilder::makeItem(Position position, ScopeIndex scope) {
  StringRef op = graph[flow.getNode(position)].op;
  if (op == "Merge" || op == "RefMerge")
    return makeMerge(position, scope);
  if (op == "Exit" || op == "RefExit")
    return makeExit(position, scope);
  if (op == "Switch" || op == "RefSwitch" || op == "_SwitchN")
    makeSwitch(position, scope);
  else
    makeNode(position, scope);
  return success();
}
