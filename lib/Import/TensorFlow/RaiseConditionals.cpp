//===- RaiseConditionals.cpp - contexts become conditionals ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The items of a block that are alive under one condition, or its opposite,
// form a group; each group becomes one conditional, or several where something
// outside lies between its items. Kahn's algorithm decides: whatever is ready
// outside of every group is taken first; when nothing is, a group with a ready
// item is taken, and all of it that becomes ready on the way is one
// conditional. So conditionals and what is around them are in an order that
// they can run in, by construction. Their branches are blocks of their own.
//
//===----------------------------------------------------------------------===//

#include "ControlFlowItems.h"

#include "llvm/ADT/STLExtras.h"

#include <queue>

using namespace graph_compile;
using namespace graph_compile::tensorflow;

ItemValue ItemGraph::lookInside(ItemValue value, BlockIndex block) const {
  while (true) {
    const Item &item = items[value.item];
    if (item.kind == Item::Kind::Carried) {
      const auto &carried =
          loops[items[item.owner].detail].carried[item.number];
      if (!carried.isInvariant)
        return value;
      value = carried.init;
      continue;
    }
    if (item.kind != Item::Kind::Select || item.owner == Item::none)
      return value;
    BlockIndex around = findBlockOf(block, item.owner);
    if (around == Item::none)
      return value;
    value = item.inputs[blocks[around].isSecond];
  }
}

namespace {
class BlockFiller {
public:
  explicit BlockFiller(ItemGraph &graph)
      : graph(graph), isWanted(graph.items.size(), false),
        placeOf(graph.items.size(), Item::none) {}

  void build(llvm::ArrayRef<ItemIndex> needed);

private:
  struct Group;
  class Sorter;

  void want(ItemIndex item);
  void wantContext(ContextIndex context);
  void wantUses(ItemIndex item);
  BlockIndex addBlock(BlockIndex parent, ItemIndex owner, bool isSecond);
  void fillBlock(BlockIndex block, ContextIndex context,
                 llvm::ArrayRef<ItemIndex> items);
  void buildConditional(BlockIndex block, ContextIndex context,
                        ConditionIndex condition,
                        llvm::ArrayRef<ItemIndex> members);
  void buildLoop(BlockIndex block, ItemIndex loop);
  template <typename Fn>
  void forEachDependency(ItemIndex item, ContextIndex context, BlockIndex block,
                         Fn fn);

  ItemGraph &graph;
  std::vector<bool> isWanted;
  std::vector<ItemIndex> pending;
  /// By item: its place in the list of the block that is being filled.
  std::vector<uint32_t> placeOf;
};
} // namespace

//===----------------------------------------------------------------------===//
// What is needed at all
//===----------------------------------------------------------------------===//

void BlockFiller::want(ItemIndex item) {
  if (isWanted[item] || graph[item].context == Contexts::dead)
    return;
  isWanted[item] = true;
  pending.push_back(item);
}

/// What decides whether a context is alive.
void BlockFiller::wantContext(ContextIndex context) {
  for (; !graph.contexts.isRoot(context);
       context = graph.contexts[context].parent)
    want(graph.conditionValues[graph.contexts[context].condition].item);
}

void BlockFiller::wantUses(ItemIndex index) {
  const Item &item = graph[index];
  for (ItemValue input : item.inputs)
    want(input.item);
  for (ItemIndex source : item.after)
    want(source);
  wantContext(item.context);
  if (item.kind == Item::Kind::Select)
    want(graph.conditionValues[item.condition].item);
  if (item.kind == Item::Kind::Carried) {
    want(item.owner);
    want(graph.getLoop(item.owner).carried[item.number].init.item);
  }
  if (item.kind != Item::Kind::Loop)
    return;
  const LoopDetail &loop = graph.getLoop(index);
  want(loop.goesOn.item);
  for (const LoopDetail::Carried &carried : loop.carried) {
    want(carried.init.item);
    if (!carried.isInvariant)
      want(carried.next.item);
  }
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

BlockIndex BlockFiller::addBlock(BlockIndex parent, ItemIndex owner,
                                 bool isSecond) {
  Block block;
  block.parent = parent;
  block.owner = owner;
  block.isSecond = isSecond;
  block.depth = parent == Item::none ? 0 : graph.blocks[parent].depth + 1;
  graph.blocks.push_back(std::move(block));
  return graph.blocks.size() - 1;
}

/// Calls `fn` with each item that an item of a block in `context` waits for,
/// some more than once.
template <typename Fn>
void BlockFiller::forEachDependency(ItemIndex index, ContextIndex context,
                                    BlockIndex block, Fn fn) {
  auto use = [&](ItemValue value) { fn(graph.lookInside(value, block).item); };
  const Item &item = graph[index];
  for (ItemValue input : item.inputs)
    use(input);
  for (ItemIndex source : item.after)
    fn(source);
  for (ContextIndex step = item.context;
       step != context && !graph.contexts.isRoot(step);
       step = graph.contexts[step].parent)
    use(graph.conditionValues[graph.contexts[step].condition]);
  if (item.kind == Item::Kind::Select)
    use(graph.conditionValues[item.condition]);
  if (item.kind != Item::Kind::Loop)
    return;
  // A loop waits for all that is used inside it.
  const LoopDetail &loop = graph.getLoop(index);
  use(loop.goesOn);
  for (const LoopDetail::Carried &carried : loop.carried) {
    use(carried.init);
    use(carried.next);
  }
  for (ItemIndex inside : loop.checkItems)
    forEachDependency(inside, loop.checkContext, block, fn);
  for (ItemIndex inside : loop.bodyItems)
    forEachDependency(inside, loop.bodyContext, block, fn);
}

/// The items of one block that share a condition.
struct BlockFiller::Group {
  ConditionIndex condition;
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> ready;
};

/// The state of Kahn's algorithm over the items of one block, by their places
/// in its list.
class BlockFiller::Sorter {
public:
  using Queue =
      std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>>;

  Sorter(BlockFiller &builder, ContextIndex context, BlockIndex block,
         llvm::ArrayRef<ItemIndex> items);

  /// Takes the next item outside of every group.
  std::optional<ItemIndex> takeItem();
  /// Takes all that can run together of the next group.
  std::vector<ItemIndex> takeGroup(ConditionIndex &condition);

private:
  void enqueue(uint32_t place);
  void release(uint32_t place);

  llvm::ArrayRef<ItemIndex> items;
  std::vector<Group> groups;
  /// By place; none outside of every group.
  std::vector<uint32_t> groupOf;
  std::vector<uint32_t> numPending;
  std::vector<llvm::SmallVector<uint32_t, 2>> users;
  std::vector<bool> isTaken;
  Queue ready, readyInGroups;
};

BlockFiller::Sorter::Sorter(BlockFiller &builder, ContextIndex context,
                            BlockIndex block, llvm::ArrayRef<ItemIndex> items)
    : items(items), groupOf(items.size(), Item::none),
      numPending(items.size(), 0), users(items.size()),
      isTaken(items.size(), false) {
  ItemGraph &graph = builder.graph;
  llvm::DenseMap<ConditionIndex, uint32_t> groupOfCondition;
  for (auto [place, index] : llvm::enumerate(items)) {
    builder.placeOf[index] = place;
    const Item &item = graph[index];
    ConditionIndex condition = item.condition;
    if (item.context != context)
      condition =
          graph.contexts[graph.contexts.getChildAround(item.context, context)]
              .condition;
    else if (item.kind != Item::Kind::Select)
      continue;
    auto [entry, isNew] =
        groupOfCondition.try_emplace(condition, groups.size());
    if (isNew)
      groups.push_back({condition, {}});
    groupOf[place] = entry->second;
  }
  for (auto [place, index] : llvm::enumerate(items))
    builder.forEachDependency(index, context, block,
                              [&, place = place](ItemIndex source) {
                                uint32_t from = builder.placeOf[source];
                                if (from == Item::none || from == place)
                                  return;
                                users[from].push_back(place);
                                ++numPending[place];
                              });
  for (ItemIndex index : items)
    builder.placeOf[index] = Item::none;
  for (uint32_t place = 0; place < items.size(); ++place)
    if (numPending[place] == 0)
      enqueue(place);
}

void BlockFiller::Sorter::enqueue(uint32_t place) {
  if (groupOf[place] == Item::none) {
    ready.push(place);
    return;
  }
  readyInGroups.push(place);
  groups[groupOf[place]].ready.push(place);
}

void BlockFiller::Sorter::release(uint32_t place) {
  isTaken[place] = true;
  for (uint32_t user : users[place])
    if (--numPending[user] == 0)
      enqueue(user);
}

std::optional<ItemIndex> BlockFiller::Sorter::takeItem() {
  if (ready.empty())
    return std::nullopt;
  uint32_t place = ready.top();
  ready.pop();
  release(place);
  return items[place];
}

std::vector<ItemIndex>
BlockFiller::Sorter::takeGroup(ConditionIndex &condition) {
  std::vector<ItemIndex> members;
  while (!readyInGroups.empty() && isTaken[readyInGroups.top()])
    readyInGroups.pop();
  if (readyInGroups.empty())
    return members;
  Group &group = groups[groupOf[readyInGroups.top()]];
  condition = group.condition;
  while (!group.ready.empty()) {
    uint32_t place = group.ready.top();
    group.ready.pop();
    members.push_back(items[place]);
    release(place);
  }
  return members;
}

/// Gives the items, which are alive in `context` or deeper, their places.
/// Recursion goes as deep as conditionals and loops are nested.
void BlockFiller::fillBlock(BlockIndex block, ContextIndex context,
                            llvm::ArrayRef<ItemIndex> items) {
  Sorter sorter(*this, context, block, items);
  while (true) {
    if (std::optional<ItemIndex> item = sorter.takeItem()) {
      graph[*item].block = block;
      graph.blocks[block].items.push_back(*item);
      if (graph[*item].kind == Item::Kind::Loop)
        buildLoop(block, *item);
      continue;
    }
    ConditionIndex condition = 0;
    std::vector<ItemIndex> members = sorter.takeGroup(condition);
    if (members.empty())
      return;
    buildConditional(block, context, condition, members);
  }
}

void BlockFiller::buildConditional(BlockIndex block, ContextIndex context,
                                   ConditionIndex condition,
                                   llvm::ArrayRef<ItemIndex> members) {
  auto isSelect = [&](ItemIndex item) {
    return graph[item].kind == Item::Kind::Select &&
           graph[item].context == context;
  };
  // It bears the name of what chooses, if anything does.
  const auto *named = llvm::find_if(members, isSelect);
  Item item;
  item.kind = Item::Kind::Conditional;
  item.node = graph[named == members.end() ? members.front() : *named].node;
  item.context = item.alive = context;
  item.block = block;
  item.detail = graph.conditionals.size();
  ItemIndex index = graph.add(std::move(item));
  placeOf.push_back(Item::none);
  isWanted.push_back(true);
  graph.blocks[block].items.push_back(index);
  ConditionalDetail detail;
  detail.condition = condition;
  detail.blocks = {addBlock(block, index, /*isSecond=*/false),
                   addBlock(block, index, /*isSecond=*/true)};

  std::array<std::vector<ItemIndex>, 2> inBranch;
  for (ItemIndex member : members) {
    Item &inside = graph[member];
    if (isSelect(member)) {
      inside.block = block;
      inside.owner = index;
      inside.slot = detail.results.size();
      detail.results.push_back({{inside.inputs[0], inside.inputs[1]}});
      continue;
    }
    ContextIndex child = graph.contexts.getChildAround(inside.context, context);
    inBranch[graph.contexts[child].outcome].push_back(member);
  }
  std::array<BlockIndex, 2> blocks = detail.blocks;
  graph.conditionals.push_back(std::move(detail));
  for (bool outcome : {false, true})
    if (!inBranch[outcome].empty())
      fillBlock(blocks[outcome],
                graph.contexts.enter(context, condition, outcome),
                inBranch[outcome]);
}

void BlockFiller::buildLoop(BlockIndex block, ItemIndex loop) {
  LoopDetail &detail = graph.getLoop(loop);
  detail.blocks = {addBlock(block, loop, /*isSecond=*/false),
                   addBlock(block, loop, /*isSecond=*/true)};
  // The inner loops' details may move.
  std::array<BlockIndex, 2> blocks = detail.blocks;
  std::array<ContextIndex, 2> contexts = {detail.checkContext,
                                          detail.bodyContext};
  std::array<std::vector<ItemIndex>, 2> parts = {detail.checkItems,
                                                 detail.bodyItems};
  for (unsigned part : {0, 1}) {
    llvm::erase_if(parts[part],
                   [&](ItemIndex item) { return !isWanted[item]; });
    fillBlock(blocks[part], contexts[part], parts[part]);
  }
}

void BlockFiller::build(llvm::ArrayRef<ItemIndex> needed) {
  // What is not dead and more than a value runs.
  for (ItemIndex index = 0, e = graph.items.size(); index != e; ++index)
    if (!graph[index].isOptional)
      want(index);
  for (ItemIndex item : needed)
    want(item);
  while (!pending.empty()) {
    ItemIndex item = pending.back();
    pending.pop_back();
    wantUses(item);
  }
  std::vector<ItemIndex> order;
  for (ItemIndex item : graph.order)
    if (isWanted[item])
      order.push_back(item);
  fillBlock(addBlock(Item::none, Item::none, /*isSecond=*/false),
            graph.rootContext, order);
}

void tensorflow::buildBlocks(ItemGraph &graph,
                             llvm::ArrayRef<ItemIndex> needed) {
  BlockFiller(graph).build(needed);
}
