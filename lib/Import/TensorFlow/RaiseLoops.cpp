//===- RaiseLoops.cpp - frames become loops -------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A frame is a scope of its own: its nodes run once per iteration. What is
// alive only where the loop goes on is the loop's body; what is alive only
// where it ends runs behind the loop; all the rest is its condition, which runs
// once more than the body does.
//
// A loop's regions share no values but those that the loop carries. A pure node
// of the condition that others use is computed there once more. Where that does
// not do, the whole frame becomes the body, with the condition's outcome
// carried and the former body in a conditional.
//
//===----------------------------------------------------------------------===//

#include "ItemBuilder.h"

#include "Attributes.h"
#include "graph.pb.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

static bool isNextIteration(StringRef op) {
  return op == "NextIteration" || op == "RefNextIteration";
}

LogicalResult ItemBuilder::buildScope(unsigned frame, ScopeIndex scope) {
  for (uint32_t element : elements[frame])
    if (failed(element < flow.size() ? makeItem(element, scope)
                                     : buildLoop(element - flow.size(), scope)))
      return failure();
  return success();
}

/// Nothing in the frame ever runs.
void ItemBuilder::kill(unsigned frame) {
  for (uint32_t element : elements[frame]) {
    if (element >= flow.size()) {
      kill(element - flow.size());
      continue;
    }
    Item item;
    item.isOptional = true;
    item.node = flow.getNode(element);
    item.context = item.alive = Contexts::dead;
    itemOfNode[element] = items.add(std::move(item));
  }
}

LogicalResult ItemBuilder::buildLoop(unsigned frame, ScopeIndex parent) {
  bool iterates = llvm::any_of(elements[frame], [&](uint32_t element) {
    return element < flow.size() &&
           isNextIteration(graph[flow.getNode(element)].op);
  });
  // What runs once needs no loop.
  if (!iterates) {
    scopeOfFrame[frame] = parent;
    return buildScope(frame, parent);
  }
  Item loop;
  loop.kind = Item::Kind::Loop;
  loop.node = flow.getNode(enters[frame].front());
  loop.detail = items.loops.size();
  SmallVector<ContextIndex> contexts = {scopes[parent].root};
  for (Position enter : enters[frame]) {
    const Item &item = items[itemOfNode[enter]];
    contexts.push_back(item.context);
    if (!item.after.empty())
      loop.after.push_back(itemOfNode[enter]);
  }
  loop.context = loop.alive = items.contexts.intersect(contexts);
  items.loops.emplace_back().frame = frames.frames[frame].name;
  bool isDead = loop.context == Contexts::dead;
  ItemIndex index = addItem(std::move(loop), parent);
  ScopeIndex scope = addScope(frame, index, items.contexts.addRoot());
  items.getLoop(index).scope = scope;
  if (isDead) {
    kill(frame);
    return success();
  }
  if (failed(buildScope(frame, scope)))
    return failure();
  return finishLoop(scope, parent);
}

ItemIndex ItemBuilder::addCarried(ItemIndex loop, ItemValue init) {
  auto &carried = items.getLoop(loop).carried;
  Item item;
  item.kind = Item::Kind::Carried;
  item.node = items[loop].node;
  item.owner = loop;
  item.number = carried.size();
  item.scope = items.getLoop(loop).scope;
  item.context = item.alive = scopes[item.scope].root;
  ItemIndex index = items.add(std::move(item));
  items.getLoop(loop).carried.push_back({index, init});
  return index;
}

LogicalResult ItemBuilder::makeLoopMerge(Position position, ScopeIndex scope) {
  const Node &node = graph[flow.getNode(position)];
  SmallVector<Endpoint> initial, next;
  for (Endpoint input : node.inputs)
    (isBackEdge(graph, input.node, node.index) ? next : initial)
        .push_back(input);
  if (initial.size() != 1 || next.size() != 1 || scope == 0)
    return error(node.index)
           << "expected the value of an Enter and that of a NextIteration, got "
           << initial.size() << " and " << next.size();
  Source source = getSource(initial.front(), scope);
  ItemIndex loop = scopes[scope].loop;
  Item item;
  item.kind = Item::Kind::Forward;
  item.isOptional = true;
  item.node = node.index;
  item.scope = scope;
  item.context = item.alive = scopes[scope].root;
  item.inputs.push_back({addCarried(loop, source.value), 0});
  scopes[scope].nextIterations.push_back(next.front().node);
  addControls(position, item, /*contexts=*/nullptr);
  itemOfNode[position] = addItem(std::move(item), scope);
  if (!indexedMerges.contains(node.index))
    return success();
  // The index is that of the Enter's input in the first iteration only.
  bool entersFirst = node.inputs.front() == initial.front();
  ScopeIndex outer = items[loop].scope;
  ItemValue first = makeConstant(proto::DT_INT32, !entersFirst,
                                 items[loop].context, outer, node.index);
  ItemValue later = makeConstant(proto::DT_INT32, entersFirst,
                                 scopes[scope].root, scope, node.index);
  ItemIndex index = addCarried(loop, first);
  items.getLoop(loop).carried.back().next = later;
  // Its next value is known: no NextIteration gives it.
  scopes[scope].nextIterations.push_back(Item::none);
  valueIndices[itemOfNode[position]] = {index, 0};
  return success();
}

/// A value that is handed on as it is in every iteration is not carried.
void ItemBuilder::findInvariants(LoopDetail &loop, ArrayRef<ItemIndex> next) {
  for (auto [carried, item] : llvm::zip_equal(loop.carried, next)) {
    if (item == Item::none)
      continue;
    ItemValue value = items[item].inputs[0];
    while (true) {
      const Item &source = items[value.item];
      bool isPassing =
          source.kind == Item::Kind::Forward ||
          (source.kind == Item::Kind::Node &&
           llvm::is_contained({"Identity", "RefIdentity", "StopGradient"},
                              graph[source.node].op));
      if (!isPassing)
        break;
      value = source.inputs[0];
    }
    carried.isInvariant = value == ItemValue{carried.item, 0};
  }
}

LogicalResult ItemBuilder::finishLoop(ScopeIndex scope, ScopeIndex parent) {
  ItemIndex loop = scopes[scope].loop;
  ArrayRef<ItemIndex> conditions = scopes[scope].loopConditions;
  StringRef frame = items.getLoop(loop).frame;
  if (conditions.empty())
    return error(items[loop].node)
           << "the loop of frame \"" << frame
           << "\" has no LoopCond node that says whether it goes on";
  Item user;
  ContextIndex root = scopes[scope].root;
  ItemValue goesOn = items[conditions.front()].inputs[0];
  Literal literal = findLiteral(goesOn, scope, user);
  for (ItemIndex condition : conditions) {
    Literal other = findLiteral(items[condition].inputs[0], scope, user);
    if (other.condition != literal.condition || other.holds != literal.holds)
      return error(items[condition].node)
             << "the loop of frame \"" << frame
             << "\" has another LoopCond node of another value: \""
             << graph[items[conditions.front()].node].name << '"';
    if (items[condition].context != root)
      return error(items[condition].node)
             << "expected a value in every iteration of the loop, but a Switch "
                "in front of it disables it in some";
  }
  loopConditions.insert(literal.condition);
  items.getLoop(loop).goesOn = goesOn;
  items[loop].node = items[conditions.front()].node;
  ContextIndex body =
      items.contexts.enter(root, literal.condition, literal.holds);
  ContextIndex exit =
      items.contexts.enter(root, literal.condition, !literal.holds);

  scopes[scope].body = body;
  SmallVector<ItemIndex> next;
  for (NodeIndex node : scopes[scope].nextIterations)
    next.push_back(node == Item::none ? Item::none : getItem(node));
  findInvariants(items.getLoop(loop), next);
  bool isPlain = llvm::all_of(next, [&](ItemIndex item) {
    return item == Item::none || items[item].context == body;
  });
  for (auto [carried, item] :
       llvm::zip_equal(items.getLoop(loop).carried, next))
    if (item != Item::none)
      carried.next = items[item].inputs[0];
  if (!isPlain || !splitLoop(scope, parent, body, exit))
    keepLoopWhole(scope, parent, next);
  uint32_t number = 0;
  for (LoopDetail::Carried &carried : items.getLoop(loop).carried)
    if (!carried.isInvariant)
      carried.number = number++;
  // What leaves the loop does so when it ends.
  for (Position position : exits[scopes[scope].frame]) {
    Source source = getSource(graph[flow.getNode(position)].inputs[0], scope);
    auto found = exitValues.find(position);
    ItemValue value = found != exitValues.end()
                          ? found->second
                          : getOutside(loop, source.value);
    if (source.context != exit || (items[value.item].scope == scope &&
                                   items[value.item].kind != Item::Kind::Outer))
      return error(flow.getNode(position))
             << "expected a value that is there when the loop of frame \""
             << items.getLoop(loop).frame << "\" ends, and only then";
    exitValues[position] = value;
  }
  return success();
}

bool ItemBuilder::isInBody(ItemIndex item) const {
  const Item &inside = items[item];
  return inside.scope != 0 && inside.context != Contexts::dead &&
         items.contexts.implies(inside.context, scopes[inside.scope].body);
}

/// What a value of the loop is outside, when the loop has ended.
ItemValue ItemBuilder::getOutside(ItemIndex loop, ItemValue value) {
  const Item &item = items[value.item];
  if (item.kind != Item::Kind::Carried || item.owner != loop)
    return value;
  const auto &carried = items.getLoop(loop).carried[item.number];
  return carried.isInvariant ? carried.init
                             : ItemValue{loop, uint32_t(item.number)};
}

LogicalResult ItemBuilder::makeExit(Position position, ScopeIndex scope) {
  const Node &node = graph[flow.getNode(position)];
  Item item = makeForward(node, scope);
  SmallVector<ContextIndex> contexts = {scopes[scope].root};
  Endpoint input = node.inputs[0];
  ScopeIndex inner = scope;
  if (flow.isLive(input.node))
    inner =
        scopeOfFrame.lookup(frames.frameOfNode[flow.getPosition(input.node)]);
  ItemIndex loop = scopes[inner].loop;
  if (inner == scope) {
    Source source = getSource(input, scope);
    item.inputs.push_back(source.value);
    contexts.push_back(source.context);
    if (source.after != Item::none)
      item.after.push_back(source.after);
  } else if (items[loop].context == Contexts::dead) {
    item.inputs.push_back({loop, 0});
    contexts.push_back(Contexts::dead);
  } else {
    item.inputs.push_back(exitValues.lookup(position));
    contexts.push_back(items[loop].context);
    if (item.inputs[0].item != loop)
      item.after.push_back(loop);
  }
  addControls(position, item, &contexts);
  item.context = item.alive = items.contexts.intersect(contexts);
  itemOfNode[position] = addItem(std::move(item), scope);
  return success();
}

//===----------------------------------------------------------------------===//
// Condition and body as regions of their own
//===----------------------------------------------------------------------===//

ItemBuilder::Parts ItemBuilder::findParts(const Scope &scope,
                                          ContextIndex bodyContext,
                                          ContextIndex exitContext) {
  Parts parts;
  for (ItemIndex index : scope.items) {
    Item &item = items[index];
    if (item.context == Contexts::dead)
      continue;
    Part part = Part::Check;
    if (items.contexts.implies(item.context, bodyContext))
      part = Part::Body;
    else if (items.contexts.implies(item.context, exitContext))
      part = Part::Exit;
    // A ControlTrigger only hands an order on.
    bool isTrigger = item.kind == Item::Kind::Node &&
                     graph[item.node].op == "ControlTrigger";
    auto isInBody = [&](ItemIndex source) {
      auto found = parts.find(source);
      return found != parts.end() && found->second == Part::Body;
    };
    if (isTrigger && part == Part::Check &&
        llvm::any_of(item.after, isInBody)) {
      part = Part::Body;
      item.context = bodyContext;
    }
    parts[index] = part;
  }
  return parts;
}

/// Appends an item and all items inside it, if it is a loop.
void ItemBuilder::collectNested(ItemIndex item,
                                SmallVectorImpl<ItemIndex> &found) {
  found.push_back(item);
  if (items[item].kind != Item::Kind::Loop)
    return;
  const LoopDetail &loop = items.getLoop(item);
  for (ArrayRef<ItemIndex> part :
       {ArrayRef(loop.checkItems), ArrayRef(loop.bodyItems)})
    for (ItemIndex inside : part)
      collectNested(inside, found);
}

/// Calls `fn` with each value that an item uses, itself or as a loop.
template <typename Fn> void ItemBuilder::forEachUse(ItemIndex item, Fn fn) {
  for (ItemValue &input : items[item].inputs)
    fn(input);
  if (items[item].kind != Item::Kind::Loop)
    return;
  LoopDetail &loop = items.getLoop(item);
  fn(loop.goesOn);
  for (LoopDetail::Carried &carried : loop.carried) {
    fn(carried.init);
    fn(carried.next);
  }
}

/// Whether condition, body and what comes behind the loop can be parted.
bool ItemBuilder::isSplittable(const Scope &scope, Parts &parts,
                               ContextIndex bodyContext,
                               ContextIndex exitContext) {
  auto isOfCheck = [&](ItemIndex item) {
    auto found = parts.find(item);
    return found != parts.end() && found->second == Part::Check;
  };
  // Whether nothing that the condition computes decides about an item.
  auto isDecidedInside = [&](ItemIndex index) {
    const Item &item = items[index];
    auto isInside = [&](ConditionIndex condition) {
      return !isOfCheck(items.conditionValues[condition].item);
    };
    if (item.kind == Item::Kind::Select && !isInside(item.condition))
      return false;
    for (ContextIndex context = item.context;
         !items.contexts.isRoot(context) && context != bodyContext;
         context = items.contexts[context].parent)
      if (!isInside(items.contexts[context].condition))
        return false;
    return true;
  };
  for (ItemIndex index : scope.items) {
    Item &item = items[index];
    if (item.context == Contexts::dead)
      continue;
    switch (parts.lookup(index)) {
    case Part::Check:
      for (ItemValue input : item.inputs)
        if (parts.contains(input.item) && !isOfCheck(input.item))
          return false;
      // Only an order that disables nothing leads here: the condition comes
      // first in each iteration.
      llvm::erase_if(item.after, [&](ItemIndex source) {
        return parts.contains(source) && !isOfCheck(source);
      });
      break;
    case Part::Body: {
      if (!items.contexts.isInside(item.context, bodyContext))
        return false;
      SmallVector<ItemIndex> nested;
      collectNested(index, nested);
      if (!llvm::all_of(nested, isDecidedInside))
        return false;
      break;
    }
    case Part::Exit:
      if (item.context != exitContext || item.kind == Item::Kind::Loop ||
          item.kind == Item::Kind::Select)
        return false;
      break;
    }
  }
  return !parts.contains(items.getLoop(scope.loop).goesOn.item) ||
         isOfCheck(items.getLoop(scope.loop).goesOn.item);
}

/// The items of the condition that computing `values` again takes, in order;
/// nothing if one of them must not run again.
std::optional<std::vector<ItemIndex>>
ItemBuilder::findClosure(const Scope &scope, const Parts &parts,
                         ArrayRef<ItemValue> values) {
  llvm::DenseSet<ItemIndex> wanted;
  SmallVector<ItemIndex> pending;
  auto want = [&](ItemValue value) {
    auto found = parts.find(value.item);
    if (found != parts.end() && found->second == Part::Check &&
        wanted.insert(value.item).second)
      pending.push_back(value.item);
  };
  llvm::for_each(values, want);
  while (!pending.empty()) {
    const Item &item = items[pending.pop_back_val()];
    bool isPure =
        item.kind == Item::Kind::Constant || item.kind == Item::Kind::Forward ||
        item.kind == Item::Kind::Equal ||
        (item.kind == Item::Kind::Node && !region.hasEffect[item.node]);
    if (!isPure || item.context != scope.root)
      return std::nullopt;
    llvm::for_each(item.inputs, want);
  }
  std::vector<ItemIndex> closure;
  for (ItemIndex item : scope.items)
    if (wanted.contains(item))
      closure.push_back(item);
  return closure;
}

/// Copies items, which the loop's condition then has only if it needs them.
llvm::DenseMap<ItemIndex, ItemIndex>
ItemBuilder::cloneItems(ArrayRef<ItemIndex> closure, ScopeIndex scope,
                        ContextIndex context, std::vector<ItemIndex> &clones) {
  llvm::DenseMap<ItemIndex, ItemIndex> cloneOf;
  for (ItemIndex original : closure) {
    items[original].isOptional = true;
    Item clone = items[original];
    clone.scope = scope;
    clone.context = clone.alive = context;
    clone.after.clear();
    for (ItemValue &input : clone.inputs) {
      auto found = cloneOf.find(input.item);
      if (found != cloneOf.end())
        input.item = found->second;
    }
    cloneOf[original] = items.add(std::move(clone));
    clones.push_back(cloneOf[original]);
  }
  return cloneOf;
}

bool ItemBuilder::splitLoop(ScopeIndex scope, ScopeIndex parent,
                            ContextIndex bodyContext,
                            ContextIndex exitContext) {
  Scope &ofLoop = scopes[scope];
  ItemIndex loop = ofLoop.loop;
  Parts parts = findParts(ofLoop, bodyContext, exitContext);
  if (!isSplittable(ofLoop, parts, bodyContext, exitContext))
    return false;

  std::vector<ItemIndex> check, body, behind;
  SmallVector<ItemIndex> inBody;
  SmallVector<ItemValue> ofBody, ofExit;
  for (ItemIndex index : ofLoop.items) {
    auto part = parts.find(index);
    if (part == parts.end())
      continue;
    switch (part->second) {
    case Part::Check:
      check.push_back(index);
      break;
    case Part::Body:
      body.push_back(index);
      collectNested(index, inBody);
      break;
    case Part::Exit:
      behind.push_back(index);
      llvm::append_range(ofExit, items[index].inputs);
      break;
    }
  }
  for (ItemIndex index : inBody)
    forEachUse(index, [&](ItemValue value) { ofBody.push_back(value); });
  for (const LoopDetail::Carried &carried : items.getLoop(loop).carried)
    ofBody.push_back(carried.next);
  SmallVector<std::pair<Position, ItemValue>> leaving;
  for (Position position : exits[ofLoop.frame]) {
    Source source = getSource(graph[flow.getNode(position)].inputs[0], scope);
    leaving.push_back({position, source.value});
    ofExit.push_back(source.value);
  }
  auto bodyClosure = findClosure(ofLoop, parts, ofBody);
  auto exitClosure = findClosure(ofLoop, parts, ofExit);
  if (!bodyClosure || !exitClosure)
    return false;

  // From here on nothing fails.
  std::vector<ItemIndex> bodyItems;
  auto cloneInBody = cloneItems(*bodyClosure, scope, bodyContext, bodyItems);
  auto inBodyNow = [&](ItemValue &value) {
    auto found = cloneInBody.find(value.item);
    if (found != cloneInBody.end())
      value.item = found->second;
  };
  for (ItemIndex index : inBody)
    forEachUse(index, inBodyNow);
  LoopDetail &detail = items.getLoop(loop);
  for (LoopDetail::Carried &carried : detail.carried)
    inBodyNow(carried.next);
  llvm::append_range(bodyItems, body);
  detail.checkItems = std::move(check);
  detail.bodyItems = std::move(bodyItems);
  detail.checkContext = ofLoop.root;
  detail.bodyContext = bodyContext;

  std::vector<ItemIndex> &outside = scopes[parent].items;
  ContextIndex context = items[loop].context;
  size_t firstBehind = outside.size();
  auto cloneBehind = cloneItems(*exitClosure, parent, context, outside);
  auto behindNow = [&](ItemValue value) {
    auto found = cloneBehind.find(value.item);
    return found != cloneBehind.end() ? ItemValue{found->second, value.output}
                                      : getOutside(loop, value);
  };
  llvm::append_range(outside, behind);
  for (ItemIndex index : ArrayRef(outside).drop_front(firstBehind)) {
    Item &item = items[index];
    item.scope = parent;
    item.context = item.alive = context;
    for (ItemValue &input : item.inputs)
      input = behindNow(input);
    llvm::erase_if(item.after, [&](ItemIndex source) {
      auto found = parts.find(source);
      return found != parts.end() && found->second != Part::Exit;
    });
    item.after.push_back(loop);
  }
  for (auto [position, value] : leaving)
    exitValues[position] = behindNow(value);
  return true;
}

//===----------------------------------------------------------------------===//
// The whole frame as the body
//===----------------------------------------------------------------------===//

void ItemBuilder::keepLoopWhole(ScopeIndex scope, ScopeIndex parent,
                                ArrayRef<ItemIndex> next) {
  ItemIndex loop = scopes[scope].loop;
  ContextIndex root = scopes[scope].root;
  // A value that no NextIteration gives in some iteration stays what it was.
  for (auto [number, item] : llvm::enumerate(next)) {
    if (item == Item::none)
      continue;
    ItemValue old = {items.getLoop(loop).carried[number].item, 0};
    Candidate candidate = {items[item].context, items[item].inputs[0]};
    ItemValue value =
        candidate.context == Contexts::dead
            ? old
            : select(root, {candidate}, old, scope, items[item].node);
    items.getLoop(loop).carried[number].next = value;
  }
  ItemValue start = makeConstant(proto::DT_BOOL, 1, items[loop].context, parent,
                                 items[loop].node);
  ItemIndex goesOn = addCarried(loop, start);
  LoopDetail &detail = items.getLoop(loop);
  detail.carried.back().next = detail.goesOn;
  detail.goesOn = {goesOn, 0};
  detail.checkContext = detail.bodyContext = root;
  for (ItemIndex item : scopes[scope].items)
    if (items[item].context != Contexts::dead)
      detail.bodyItems.push_back(item);
}
