//===- RegionWriter.cpp - writing raised control flow as nodes ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// First every use is resolved: a value that its user's block cannot see becomes
// a result of each conditional that it has to leave, and an input of each owner
// that it has to enter. An order between items of different blocks becomes one
// between the owners around them. Then blocks are written from the outside in.
//
//===----------------------------------------------------------------------===//

#include "RegionWriter.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Kind = Item::Kind;

static std::unique_ptr<proto::NodeDef> makeDef(const std::string &name,
                                               StringRef op) {
  auto def = std::make_unique<proto::NodeDef>();
  def->set_name(name);
  def->set_op(op.str());
  return def;
}

static void setType(proto::NodeDef &def, const char *attribute, int type) {
  (*def.mutable_attr())[attribute].set_type(proto::DataType(type));
}

static void addType(proto::NodeDef &def, const char *attribute, int type) {
  (*def.mutable_attr())[attribute].mutable_list()->add_type(
      proto::DataType(type));
}

//===----------------------------------------------------------------------===//
// Uses
//===----------------------------------------------------------------------===//

struct RegionWriter::State {
  State(ItemGraph &items, ItemBuilder &builder, OuterFn getOuter,
        bool waitsForOuter)
      : items(items), builder(builder), getOuter(std::move(getOuter)),
        waitsForOuter(waitsForOuter) {}

  ItemGraph &items;
  ItemBuilder &builder;
  OuterFn getOuter;
  /// Whether a node outside may be named as a control input; of a body, the
  /// owner waits for it.
  bool waitsForOuter;
  std::vector<Written> written;
  std::vector<RegionIndex> regionOfBlock;
  /// By block of a loop: its _Arg nodes.
  llvm::DenseMap<BlockIndex, std::vector<std::string>> arguments;
  std::vector<std::string> fetchNames;
};

/// The block that a value stands in, seen from `block`.
BlockIndex RegionWriter::getBlock(State &state, ItemValue value,
                                  BlockIndex block) {
  const Item &item = state.items[value.item];
  switch (item.kind) {
  case Kind::Outer:
    return 0;
  case Kind::Carried:
    return state.items.findBlockOf(block, item.owner);
  default:
    return item.block;
  }
}

/// Makes a value visible in `block`, and returns it as it is seen there.
ItemValue RegionWriter::use(State &state, ItemValue value, BlockIndex block) {
  ItemGraph &items = state.items;
  value = items.lookInside(value, block);
  if (items[value.item].kind == Kind::Select)
    value = {items[value.item].owner, items[value.item].slot};
  BlockIndex home = getBlock(state, value, block);
  while (!items.isInside(block, home)) {
    // It leaves the conditional that it stands in.
    const Block &inside = items.blocks[home];
    ConditionalDetail &conditional = items.getConditional(inside.owner);
    auto [entry, isNew] = conditional.exported.try_emplace(
        getKey(value), conditional.results.size());
    if (isNew)
      conditional.results.emplace_back().values[inside.isSecond] = value;
    state.written[value.item].hasUser = true;
    value = {inside.owner, entry->second};
    home = inside.parent;
  }
  state.written[value.item].hasUser = true;
  for (; block != home; block = items.blocks[block].parent) {
    Written &owner = state.written[items.blocks[block].owner];
    if (owner.captured.try_emplace(getKey(value), owner.captures.size()).second)
      owner.captures.push_back(value);
  }
  return value;
}

/// `after` waits for `before`, or the owners around them do.
void RegionWriter::addOrder(State &state, ItemIndex before, ItemIndex after) {
  ItemGraph &items = state.items;
  bool isOuter = items[before].kind == Kind::Outer;
  BlockIndex first = isOuter ? 0 : items[before].block;
  BlockIndex second = items[after].block;
  if (first == Item::none || second == Item::none ||
      (isOuter && !state.waitsForOuter))
    return;
  auto leave = [&](BlockIndex &block, ItemIndex &item) {
    item = items.blocks[block].owner;
    block = items.blocks[block].parent;
  };
  while (first != second)
    if (items.blocks[first].depth > items.blocks[second].depth)
      leave(first, before);
    else
      leave(second, after);
  if (before == after)
    return;
  state.written[before].hasUser = true;
  state.written[after].controls.insert(before);
}

void RegionWriter::useAll(State &state, ItemIndex index) {
  ItemGraph &items = state.items;
  BlockIndex block = items[index].block;
  if (block == Item::none)
    return;
  for (ItemIndex source : items[index].after)
    addOrder(state, source, index);
  if (items[index].kind == Kind::Select)
    return;
  for (ItemValue &input : items[index].inputs)
    input = use(state, input, block);
  if (items[index].kind == Kind::Conditional) {
    ConditionalDetail &detail = items.getConditional(index);
    use(state, items.conditionValues[detail.condition], block);
    // Uses may add results, to this or others.
    size_t numResults = detail.results.size();
    for (size_t i = 0; i < numResults; ++i)
      for (bool outcome : {false, true})
        if (std::optional<ItemValue> value =
                detail.results[i].values[outcome]) {
          ItemValue seen = use(state, *value, detail.blocks[outcome]);
          detail.results[i].values[outcome] = seen;
        }
  }
  if (items[index].kind != Kind::Loop)
    return;
  LoopDetail &loop = items.getLoop(index);
  loop.goesOn = use(state, loop.goesOn, loop.blocks[0]);
  for (LoopDetail::Carried &carried : loop.carried) {
    if (carried.isInvariant)
      continue;
    carried.init = use(state, carried.init, block);
    carried.next = use(state, carried.next, loop.blocks[1]);
  }
}

/// Resolves all uses, and names what will be nodes.
void RegionWriter::resolve(State &state) {
  size_t numItems = state.items.items.size();
  state.written.resize(numItems);
  state.regionOfBlock.assign(state.items.blocks.size(), 0);
  for (ItemIndex index = 0; index < numItems; ++index)
    useAll(state, index);
  for (ItemIndex index = 0; index < numItems; ++index) {
    const Item &item = state.items[index];
    if (item.block != Item::none && item.kind != Kind::Select)
      state.written[index].name = writer.makeName(item.node);
  }
}

static std::string getOutput(const std::string &name, uint32_t output) {
  return output == 0 ? name : name + ":" + std::to_string(output);
}

/// A value as the input of a node in `block`, where it is visible.
std::string RegionWriter::getText(State &state, ItemValue value,
                                  BlockIndex block) {
  const Item &item = state.items[value.item];
  switch (item.kind) {
  case Kind::Outer:
    return state.getOuter({item.node, value.output});
  case Kind::Carried: {
    const auto &carried = state.items.getLoop(item.owner).carried[item.number];
    BlockIndex home = state.items.findBlockOf(block, item.owner);
    return state.arguments[home][carried.number];
  }
  case Kind::Loop:
    return getOutput(
        state.written[value.item].name,
        state.items.getLoop(value.item).carried[value.output].number);
  default:
    return getOutput(state.written[value.item].name, value.output);
  }
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// What nothing in its block waits for still runs.
std::vector<ItemIndex> RegionWriter::findSinks(State &state, BlockIndex block) {
  std::vector<ItemIndex> sinks;
  for (ItemIndex item : state.items.blocks[block].items)
    if (!state.written[item].hasUser)
      sinks.push_back(item);
  return sinks;
}

LogicalResult RegionWriter::writeBlock(State &state, BlockIndex block) {
  for (ItemIndex item : state.items.blocks[block].items)
    if (failed(writeItem(state, item)))
      return failure();
  return success();
}

static std::unique_ptr<proto::NodeDef> makeConstant(const std::string &name,
                                                    const Item &item) {
  auto def = makeDef(name, "Const");
  setType(*def, "dtype", item.dataType);
  proto::TensorProto &tensor =
      *(*def->mutable_attr())["value"].mutable_tensor();
  tensor.set_dtype(proto::DataType(item.dataType));
  tensor.mutable_tensor_shape();
  if (item.dataType == proto::DT_BOOL)
    tensor.add_bool_val(item.number != 0);
  else
    tensor.add_int_val(item.number);
  return def;
}

LogicalResult RegionWriter::writeItem(State &state, ItemIndex index) {
  const Item &item = state.items[index];
  const Written &written = state.written[index];
  std::unique_ptr<proto::NodeDef> def;
  switch (item.kind) {
  case Kind::Conditional:
    return writeConditional(state, index);
  case Kind::Loop:
    return writeLoop(state, index);
  case Kind::FetchCheck:
    writeFetchCheck(state, index);
    return success();
  case Kind::Node:
    def = writer.copy(item.node);
    def->set_name(written.name);
    if (def->op() == "ControlTrigger")
      def->set_op("NoOp");
    break;
  case Kind::Constant:
    def = makeConstant(written.name, item);
    break;
  case Kind::Forward:
    def = makeDef(written.name, "Identity");
    setType(*def, "T", state.builder.getDataType(item.inputs[0]));
    break;
  case Kind::Read:
    def = makeDef(written.name, "DeepCopy");
    setType(*def, "T", state.builder.getDataType(item.inputs[0]));
    break;
  case Kind::Equal:
    def = makeDef(written.name, "Equal");
    setType(*def, "T", proto::DT_INT32);
    break;
  case Kind::Outer:
  case Kind::Select:
  case Kind::Carried:
    llvm_unreachable("stands in no block's list");
  }
  for (ItemValue input : item.inputs)
    def->add_input(getText(state, input, item.block));
  addControls(state, index, *def);
  std::vector<std::string> inputs(def->input().begin(), def->input().end());
  writer.add(std::move(def), item.node, state.regionOfBlock[item.block]);
  return item.kind == Kind::Node ? writeBodies(state, index, inputs)
                                 : success();
}

void RegionWriter::addControls(State &state, ItemIndex item,
                               proto::NodeDef &def) {
  for (ItemIndex source : state.written[item].controls) {
    bool isOuter = state.items[source].kind == Kind::Outer;
    std::string name = isOuter ? state.getOuter({state.items[source].node, 0})
                               : state.written[source].name;
    def.add_input("^" + name);
  }
}

/// Writes the bodies that a node had before.
LogicalResult RegionWriter::writeBodies(State &state, ItemIndex index,
                                        ArrayRef<std::string> inputs) {
  const Node &owner = model.graph[state.items[index].node];
  auto getOuter = [&](Endpoint endpoint) {
    for (auto [number, input] : llvm::enumerate(owner.inputs))
      if (input == endpoint)
        return inputs[number];
    return state.getOuter(endpoint);
  };
  std::string name = state.written[index].name;
  for (RegionIndex region : model.graph.getRegions(owner.index))
    if (failed(writeBody(region, name, getOuter)))
      return failure();
  return success();
}

/// Opens the region of a block.
void RegionWriter::addRegion(State &state, BlockIndex block) {
  RegionDef region;
  region.owner = state.written[state.items.blocks[block].owner].name;
  state.regionOfBlock[block] = writer.addRegion(std::move(region));
}

/// Writes what stands in a block, and what it gives.
LogicalResult RegionWriter::fillRegion(State &state, BlockIndex block,
                                       std::vector<std::string> results) {
  if (failed(writeBlock(state, block)))
    return failure();
  RegionDef &region = writer.getRegion(state.regionOfBlock[block]);
  region.results = std::move(results);
  for (ItemIndex sink : findSinks(state, block))
    region.controlResults.push_back(state.written[sink].name);
  return success();
}

LogicalResult RegionWriter::writeConditional(State &state, ItemIndex index) {
  const Item &item = state.items[index];
  const Written &written = state.written[index];
  const ConditionalDetail &detail = state.items.getConditional(index);
  auto def = makeDef(written.name, "If");
  ItemValue condition =
      use(state, state.items.conditionValues[detail.condition], item.block);
  setType(*def, "Tcond", state.builder.getDataType(condition));
  def->add_input(getText(state, condition, item.block));
  (*def->mutable_attr())["Tin"].mutable_list();
  (*def->mutable_attr())["Tout"].mutable_list();
  for (ItemValue capture : written.captures) {
    addType(*def, "Tin", state.builder.getDataType(capture));
    def->add_input(getText(state, capture, item.block));
  }
  for (uint32_t i = 0; i < detail.results.size(); ++i)
    addType(*def, "Tout", state.builder.getDataType({index, i}));
  addControls(state, index, *def);
  writer.add(std::move(def), item.node, state.regionOfBlock[item.block]);

  for (bool outcome : {true, false}) {
    BlockIndex block = detail.blocks[outcome];
    addRegion(state, block);
    std::vector<std::string> results;
    for (auto [number, result] : llvm::enumerate(detail.results)) {
      if (result.values[outcome]) {
        results.push_back(getText(state, *result.values[outcome], block));
        continue;
      }
      // Nobody looks at what this branch gives.
      auto undefined = makeDef(writer.makeName(item.node), "_Undefined");
      setType(*undefined, "T",
              state.builder.getDataType({index, uint32_t(number)}));
      results.push_back(undefined->name());
      writer.add(std::move(undefined), item.node, state.regionOfBlock[block]);
    }
    if (failed(fillRegion(state, block, std::move(results))))
      return failure();
  }
  return success();
}

LogicalResult RegionWriter::writeLoop(State &state, ItemIndex index) {
  const Item &item = state.items[index];
  const Written &written = state.written[index];
  const LoopDetail &detail = state.items.getLoop(index);
  auto def = makeDef(written.name, "While");
  (*def->mutable_attr())["T"].mutable_list();
  SmallVector<int> types;
  auto addInput = [&](ItemValue value) {
    types.push_back(state.builder.getDataType(value));
    addType(*def, "T", types.back());
    def->add_input(getText(state, value, item.block));
  };
  for (const LoopDetail::Carried &carried : detail.carried)
    if (!carried.isInvariant)
      addInput(carried.init);
  size_t numCarried = types.size();
  for (ItemValue capture : written.captures)
    addInput(capture);
  addControls(state, index, *def);
  writer.add(std::move(def), item.node, state.regionOfBlock[item.block]);

  for (bool isBody : {false, true}) {
    BlockIndex block = detail.blocks[isBody];
    addRegion(state, block);
    std::vector<std::string> names;
    for (auto [number, type] : llvm::enumerate(types)) {
      auto argument = makeDef(writer.makeName(item.node), "_Arg");
      setType(*argument, "T", type);
      (*argument->mutable_attr())["index"].set_i(number);
      names.push_back(argument->name());
      writer.add(std::move(argument), item.node, state.regionOfBlock[block]);
    }
    writer.getRegion(state.regionOfBlock[block]).arguments = names;
    state.arguments[block] = names;
    std::vector<std::string> results;
    if (!isBody) {
      results.push_back(getText(state, detail.goesOn, block));
    } else {
      for (const LoopDetail::Carried &carried : detail.carried)
        if (!carried.isInvariant)
          results.push_back(getText(state, carried.next, block));
      // What the loop only uses stays what it is.
      results.insert(results.end(), names.begin() + numCarried, names.end());
    }
    if (failed(fillRegion(state, block, std::move(results))))
      return failure();
  }
  return success();
}

void RegionWriter::writeFetchCheck(State &state, ItemIndex index) {
  const Item &item = state.items[index];
  auto text = makeDef(writer.makeName(item.node), "Const");
  setType(*text, "dtype", proto::DT_STRING);
  proto::TensorProto &tensor =
      *(*text->mutable_attr())["value"].mutable_tensor();
  tensor.set_dtype(proto::DT_STRING);
  tensor.mutable_tensor_shape();
  tensor.add_string_val("fetch \"" + state.fetchNames[item.number] +
                        "\" has no value: node \"" +
                        model.graph[item.node].name.str() +
                        "\" stands in a branch that was not taken");
  auto check = makeDef(state.written[index].name, "Assert");
  addType(*check, "T", proto::DT_STRING);
  check->add_input(getText(state, item.inputs[0], item.block));
  check->add_input(text->name());
  addControls(state, index, *check);
  writer.add(std::move(text), item.node, state.regionOfBlock[item.block]);
  writer.add(std::move(check), item.node, state.regionOfBlock[item.block]);
}

//===----------------------------------------------------------------------===//
// Regions and entry points
//===----------------------------------------------------------------------===//

LogicalResult RegionWriter::writeBody(RegionIndex region,
                                      const std::string &owner,
                                      const OuterFn &getOuter) {
  const FlowGraph &flow = *flows.lookup(region);
  const NodeRegion &body = model.graph.regions[region];
  std::vector<bool> isAffected(flow.size(), true);
  ItemGraph items;
  ItemBuilder builder(
      {model.context, flow, model.ops, references, hasEffect, isAffected},
      items);
  if (failed(builder.build()))
    return failure();
  SmallVector<ItemIndex> needed;
  SmallVector<ItemValue> results;
  for (Endpoint result : body.results) {
    ItemBuilder::Source source = builder.getSource(result, /*scope=*/0);
    if (source.context != items.rootContext)
      return emitError(model.graph.getLocation(model.context, result.node))
             << "node \"" << model.graph[result.node].name << "\" ("
             << model.graph[result.node].op
             << "): expected a value whatever branches are taken, since a "
                "function returns it";
    results.push_back(source.value);
    needed.push_back(source.value.item);
    if (source.after != Item::none)
      needed.push_back(source.after);
  }
  for (NodeIndex node : body.controlResults)
    if (ItemIndex item = builder.getItem(node); item != Item::none)
      needed.push_back(item);
  builder.finish();
  buildBlocks(items, needed);

  RegionDef def = writer.getRegion(region);
  def.owner = owner;
  def.arguments.clear();
  def.results.clear();
  def.controlResults.clear();
  RegionIndex newRegion = writer.addRegion(std::move(def));
  llvm::DenseMap<NodeIndex, std::string> arguments;
  for (NodeIndex argument : body.arguments) {
    auto node = writer.copy(argument);
    node->set_name(writer.makeName(argument));
    arguments[argument] = node->name();
    writer.getRegion(newRegion).arguments.push_back(node->name());
    writer.add(std::move(node), argument, newRegion);
  }
  auto getOuterHere = [&](Endpoint endpoint) {
    auto found = arguments.find(endpoint.node);
    return found != arguments.end() ? found->second : getOuter(endpoint);
  };
  State state(items, builder, getOuterHere, /*waitsForOuter=*/false);
  resolve(state);
  std::vector<std::string> texts;
  state.regionOfBlock[0] = newRegion;
  for (ItemValue &result : results)
    result = use(state, result, /*block=*/0);
  for (ItemValue result : results)
    texts.push_back(getText(state, result, /*block=*/0));
  return fillRegion(state, /*block=*/0, std::move(texts));
}

LogicalResult RegionWriter::writeEntry(const EntryPoint &entry,
                                       const std::vector<bool> &isAffected,
                                       std::vector<std::string> &fetches,
                                       std::vector<std::string> &targets) {
  const NodeGraph &graph = model.graph;
  const FlowGraph &flow = flows.getRoot();
  ItemGraph items;
  ItemBuilder builder(
      {model.context, flow, model.ops, references, hasEffect, isAffected},
      items);
  if (failed(builder.build()))
    return failure();

  auto getOuter = [&](Endpoint endpoint) {
    return getOutput(graph[endpoint.node].name.str(), endpoint.output);
  };
  State state(items, builder, getOuter, /*waitsForOuter=*/true);
  SmallVector<ItemIndex> checks;
  SmallVector<ItemIndex> needed;
  SmallVector<ItemValue> values;
  for (auto [number, fetch] : llvm::enumerate(entry.fetches)) {
    state.fetchNames.push_back(fetch.name);
    ItemIndex item = builder.getItem(fetch.tensor.node);
    ItemBuilder::Source source = builder.getSource(fetch.tensor, /*scope=*/0);
    bool isInLoop = item != Item::none && items[item].scope != 0;
    if (source.context == Contexts::dead || isInLoop)
      return emitError(graph.getLocation(model.context, fetch.tensor.node))
             << "node \"" << graph[fetch.tensor.node].name << "\" ("
             << graph[fetch.tensor.node].op << "): expected function \""
             << entry.name
             << "\" to fetch a value that is there when it ends, but "
             << (source.context == Contexts::dead
                     ? "no branch that gives it is ever taken"
                     : "this is inside a loop: fetch an Exit of it");
    // A reference is read where the node stands that is fetched.
    if (item != Item::none && items[item].kind == Kind::Forward &&
        source.context == items[item].context &&
        builder.isReference(source.value))
      source.value = {item, 0};
    values.push_back(source.value);
    needed.push_back(source.value.item);
    if (source.after != Item::none)
      needed.push_back(source.after);
    if (source.context == items.rootContext)
      continue;
    Item check;
    check.kind = Kind::FetchCheck;
    check.node = fetch.tensor.node;
    check.number = number;
    check.inputs.push_back(builder.makeLiveness(
        items.rootContext, source.context, fetch.tensor.node));
    check.context = check.alive = items.rootContext;
    checks.push_back(items.add(std::move(check)));
  }
  for (NodeIndex target : entry.targets) {
    ItemIndex item = builder.getItem(target);
    if (item != Item::none)
      needed.push_back(item);
    else if (flow.isLive(target))
      targets.push_back(graph[target].name.str());
  }
  builder.finish();
  llvm::append_range(items.order, checks);
  buildBlocks(items, needed);
  resolve(state);
  for (ItemValue &value : values)
    value = use(state, value, /*block=*/0);
  // A missing value is an error when all else has happened.
  std::vector<ItemIndex> sinks = findSinks(state, /*block=*/0);
  auto isCheck = [&](ItemIndex item) {
    return items[item].kind == Kind::FetchCheck;
  };
  for (ItemIndex check : llvm::make_filter_range(sinks, isCheck))
    for (ItemIndex other : sinks)
      if (!isCheck(other))
        state.written[check].controls.insert(other);
  if (failed(writeBlock(state, /*block=*/0)))
    return failure();
  for (ItemIndex sink : sinks)
    targets.push_back(state.written[sink].name);
  for (ItemValue value : values)
    fetches.push_back(getText(state, value, /*block=*/0));
  return success();
}
