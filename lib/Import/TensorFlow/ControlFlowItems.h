//===- ControlFlowItems.h - a graph between its two forms -------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a graph with Switch, Merge and frames becomes on its way to conditionals
// and loops: items, each in a context (see Deadness.h), later in a block, which
// is a branch of a conditional or a part of a loop.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONTROLFLOWITEMS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONTROLFLOWITEMS_H

#include "Deadness.h"
#include "NodeGraph.h"

#include "llvm/ADT/SmallVector.h"

#include <array>
#include <optional>
#include <string>

namespace graph_compile::tensorflow {

/// Position of an item among a graph's.
using ItemIndex = uint32_t;
/// Position of a block among a graph's; 0 is the graph itself.
using BlockIndex = uint32_t;
/// Position of a scope among a graph's; 0 is the graph itself.
using ScopeIndex = uint32_t;

/// One output of one item.
struct ItemValue {
  ItemIndex item;
  uint32_t output;

  friend bool operator==(ItemValue a, ItemValue b) {
    return a.item == b.item && a.output == b.output;
  }
};

inline std::pair<ItemIndex, uint32_t> getKey(ItemValue value) {
  return {value.item, value.output};
}

struct Item {
  static constexpr uint32_t none = ~uint32_t(0);

  enum class Kind : uint8_t {
    /// A node of the graph.
    Node,
    /// Input 0 as it is: what a node becomes that only Switches, Merges or
    /// moves between frames.
    Forward,
    /// A node, or what is fed for it, that stands outside of all this.
    Outer,
    /// A scalar `number` of type `dataType`.
    Constant,
    /// Input 0, a reference variable, as it is here.
    Read,
    /// Whether the inputs, int32 scalars, are equal.
    Equal,
    /// Input 1 where `condition` holds, else input 0.
    Select,
    /// If, with results that `Select` items and other blocks use.
    Conditional,
    /// While.
    Loop,
    /// What loop `owner` carries as number `number`: see ItemGraph::resolve.
    Carried,
    /// Fails where input 0 is false: fetch `number` has no value then.
    FetchCheck,
  };

  Kind kind = Kind::Node;
  /// Whether it is left out where nothing needs it.
  bool isOptional = false;
  /// The node that it is, or that it is made for.
  NodeIndex node = none;
  llvm::SmallVector<ItemValue, 2> inputs;
  /// What must have run, or must be known not to run.
  llvm::SmallVector<ItemIndex, 2> after;
  ScopeIndex scope = 0;
  /// Where it runs.
  ContextIndex context = 0;
  /// Where what waits for it may run; the same for all but ControlTriggers.
  ContextIndex alive = 0;

  /// Of a Select.
  ConditionIndex condition = 0;
  /// Of a Constant or FetchCheck, and the number of what is carried.
  int64_t number = 0;
  int dataType = 0;
  /// The loop of what is carried; the conditional of a Select.
  ItemIndex owner = none;
  /// Of a Conditional or Loop: its place among the graph's.
  uint32_t detail = 0;

  /// The block that it stands in; none if it is left out.
  BlockIndex block = none;
  /// Of a Select, its number among its conditional's results.
  uint32_t slot = none;
};

/// A branch of a conditional, or a part of a loop.
struct Block {
  BlockIndex parent = Item::none;
  /// The conditional or loop.
  ItemIndex owner = Item::none;
  /// Whether it is the branch taken where the condition holds, or the body.
  bool isSecond = false;
  uint32_t depth = 0;
  std::vector<ItemIndex> items;
};

/// What a Conditional item stands for.
struct ConditionalDetail {
  ConditionIndex condition = 0;
  /// Else and then.
  std::array<BlockIndex, 2> blocks = {Item::none, Item::none};
  struct Result {
    /// What the branches give, else and then; nothing where nobody looks.
    std::array<std::optional<ItemValue>, 2> values;
  };
  std::vector<Result> results;
  /// The result that another block uses, by its value.
  llvm::DenseMap<std::pair<ItemIndex, uint32_t>, uint32_t> exported;
};

/// What a Loop item stands for.
struct LoopDetail {
  std::string frame;
  ScopeIndex scope = 0;
  struct Carried {
    ItemIndex item;
    ItemValue init;
    ItemValue next = {};
    /// Whether it stays what it is: it stands for `init` everywhere then.
    bool isInvariant = false;
    /// Its number among what is carried; none for invariants.
    uint32_t number = Item::none;
  };
  std::vector<Carried> carried;
  /// Whether the loop goes on.
  ItemValue goesOn = {};
  /// What runs once more than the body, and the body, in order.
  std::vector<ItemIndex> checkItems, bodyItems;
  /// The contexts that the two blocks are.
  ContextIndex checkContext = 0, bodyContext = 0;
  std::array<BlockIndex, 2> blocks = {Item::none, Item::none};
};

/// The items of one region of a graph, as one entry point runs it.
struct ItemGraph {
  ItemGraph() : contexts(predicates) {}

  Predicates predicates;
  Contexts contexts;
  /// What each condition looks at.
  std::vector<ItemValue> conditionValues;
  std::vector<Item> items;
  std::vector<Block> blocks;
  std::vector<ConditionalDetail> conditionals;
  std::vector<LoopDetail> loops;
  /// Items of the graph itself, in an order that they can run in.
  std::vector<ItemIndex> order;
  ContextIndex rootContext = 0;

  ItemIndex add(Item item) {
    items.push_back(std::move(item));
    return items.size() - 1;
  }
  const Item &operator[](ItemIndex index) const { return items[index]; }
  Item &operator[](ItemIndex index) { return items[index]; }

  LoopDetail &getLoop(ItemIndex loop) { return loops[items[loop].detail]; }
  ConditionalDetail &getConditional(ItemIndex conditional) {
    return conditionals[items[conditional].detail];
  }

  /// Whether `inner` lies in `outer` or is the same.
  bool isInside(BlockIndex inner, BlockIndex outer) const {
    while (blocks[inner].depth > blocks[outer].depth)
      inner = blocks[inner].parent;
    return inner == outer;
  }
  /// What a value is in `block`: what a conditional around it chooses is what
  /// that branch gives, and what a loop never changes is what came in.
  ItemValue lookInside(ItemValue value, BlockIndex block) const;
  /// The block of `owner` that `block` lies in; none if it lies in none.
  BlockIndex findBlockOf(BlockIndex block, ItemIndex owner) const {
    while (block != Item::none && blocks[block].owner != owner)
      block = blocks[block].parent;
    return block;
  }
};

/// Gives each item that something needs its block: builds conditionals and
/// loops out of contexts. `needed` are items that run in any case.
/// (RaiseConditionals.cpp)
void buildBlocks(ItemGraph &graph, llvm::ArrayRef<ItemIndex> needed);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONTROLFLOWITEMS_H
