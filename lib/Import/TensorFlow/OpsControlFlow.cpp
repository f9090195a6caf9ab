//===- OpsControlFlow.cpp - conditionals and loops ------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The bodies are regions of the node in the graph of nodes; here they become
// regions of an op. Each is built in its place, with an op around it that may
// still change its results: their types are known when the bodies are there.
//
//===----------------------------------------------------------------------===//

#include "Attributes.h"
#include "Lists.h"
#include "OpFamilies.h"
#include "PureOps.h"
#include "Types.h"
#include "graph.pb.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

static Value makeBool(NodeBuilder &node, bool value) {
  return node.constant(DenseElementsAttr::get(
      RankedTensorType::get({}, node.builder().getI1Type()), value));
}

/// Whether a string is taken for true: a scalar that is not empty, any other
/// tensor that has elements.
static bool isTrue(const Text &text) {
  if (!text.shape.empty())
    return llvm::none_of(text.shape, [](int64_t size) { return size == 0; });
  // What a tensor is printed as is never empty.
  return llvm::any_of(text.pieces, [](const Text::Piece &piece) {
    return piece.value || !piece.literal.empty();
  });
}

/// What TensorFlow takes a value for that decides: a scalar is true unless it
/// is zero, any other tensor if it has elements.
static Value toCondition(NodeBuilder &node, Value value) {
  Chain chain(node);
  RankedTensorType type = tensorType(value);
  Type boolType = node.builder().getI1Type();
  if (type.getRank() == 0)
    return type.getElementType() == boolType ? value
                                             : chain.cast(value, boolType);
  Value size = chain.op<graph::SizeOp>(
      value, chain.attr("out_type", node.builder().getI64Type()));
  return chain.cast(size, boolType);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// The type that both types are, with open dims where they differ; null if
/// there is none.
static Type joinTypes(Type a, Type b) {
  if (a == b)
    return a;
  auto first = dyn_cast<RankedTensorType>(a);
  auto second = dyn_cast<RankedTensorType>(b);
  if (!first || !second || first.getRank() != second.getRank() ||
      first.getElementType() != second.getElementType())
    return {};
  SmallVector<int64_t> shape(first.getShape());
  for (auto [dim, size] : llvm::enumerate(second.getShape()))
    if (shape[dim] != size)
      shape[dim] = ShapedType::kDynamic;
  return first.clone(shape);
}

/// The type of what is one of \p values. Where the elements of a list are known
/// in one of them, they are known in all.
static FailureOr<Type> meet(NodeBuilder &node, ArrayRef<Value> values,
                            const Twine &what) {
  for (Value known : values)
    if (auto type = dyn_cast<RankedTensorType>(known.getType()))
      for (Value value : values)
        refineList(value, type);
  Type joined = values.front().getType();
  for (Value value : values.drop_front()) {
    Type next = joinTypes(joined, value.getType());
    if (!next)
      return node.error() << what << " is " << joined << " or "
                          << value.getType()
                          << ": expected one element type and rank";
    joined = next;
  }
  return joined;
}

static void addYield(NodeBuilder &node, Block &block, ValueRange values,
                     ValueRange after) {
  OpBuilder builder = OpBuilder::atBlockEnd(&block);
  graph::YieldOp::create(builder, node.loc(), values, after);
}

//===----------------------------------------------------------------------===//
// Stacks
//===----------------------------------------------------------------------===//

/// The stacks from outside that the bodies push or pop.
static SmallVector<NodeIndex> getStacks(NodeBuilder &node) {
  return llvm::filter_to_vector(node.stacksOfBodies(), [&](NodeIndex stack) {
    return node.stack(stack) != nullptr;
  });
}

static SmallVector<Value> holdStacks(NodeBuilder &node,
                                     ArrayRef<NodeIndex> stacks) {
  return llvm::map_to_vector(
      stacks, [&](NodeIndex stack) { return node.stack(stack); });
}

static void setStacks(NodeBuilder &node, ArrayRef<NodeIndex> stacks,
                      ValueRange held) {
  for (auto [stack, value] : llvm::zip_equal(stacks, held))
    node.stack(stack) = value;
}

//===----------------------------------------------------------------------===//
// Conditionals
//===----------------------------------------------------------------------===//

namespace {
/// Builds an If or a Case.
class ConditionalBuilder {
public:
  /// Creates the op with results of these types.
  using CreateFn =
      llvm::function_ref<Operation *(TypeRange types, bool hasToken)>;

  ConditionalBuilder(NodeBuilder &node, CreateFn create)
      : node(node), create(create) {}

  LogicalResult build(Results &results);

private:
  LogicalResult findValues();
  LogicalResult buildBranches(Operation *draft);
  FailureOr<SmallVector<Type>> getTypes();
  LogicalResult makeUndefined(Operation *draft, ArrayRef<Type> types);

  NodeBuilder &node;
  CreateFn create;
  size_t numOutputs = 0;
  /// The outputs that are values.
  SmallVector<unsigned> outputs;
  /// The stacks that the branches use; what they hold follows the outputs.
  SmallVector<NodeIndex> stacks;
  SmallVector<BodyResults> branches;
};
} // namespace

LogicalResult ConditionalBuilder::findValues() {
  for (auto [output, spec] :
       llvm::enumerate(getOutputSpecs(node.node(), node.info()))) {
    ++numOutputs;
    if (spec.dataType == proto::DT_STRING)
      return node.error() << "output " << output
                          << " is a string, which a conditional cannot give";
    if (spec.dataType != proto::DT_RESOURCE && !node.isReference(output))
      outputs.push_back(output);
  }
  stacks = getStacks(node);
  return success();
}

LogicalResult ConditionalBuilder::buildBranches(Operation *draft) {
  SmallVector<Value> held = holdStacks(node, stacks);
  for (auto [number, region] : llvm::enumerate(draft->getRegions())) {
    setStacks(node, stacks, held);
    FailureOr<BodyResults> branch = node.buildBody(number, region.front());
    if (failed(branch))
      return failure();
    OpBuilder::InsertionGuard guard(node.builder());
    node.builder().setInsertionPointToEnd(&region.front());
    SmallVector<Value> values;
    for (unsigned output : outputs) {
      Value value = branch->values[output];
      values.push_back(asFlow(node, output, value));
      if (value && !values.back())
        return failure();
    }
    llvm::append_range(values, holdStacks(node, stacks));
    branch->values = std::move(values);
    branches.push_back(std::move(*branch));
  }
  return success();
}

FailureOr<SmallVector<Type>> ConditionalBuilder::getTypes() {
  SmallVector<Type> types;
  for (size_t number = 0; number < outputs.size() + stacks.size(); ++number) {
    std::string what = number < outputs.size()
                           ? "output " + std::to_string(outputs[number])
                           : "a stack that the branches use";
    SmallVector<Value> values;
    for (const BodyResults &branch : branches)
      if (Value value = branch.values[number])
        values.push_back(value);
    if (values.empty())
      return node.error() << what << " is no tensor";
    FailureOr<Type> type = meet(node, values, what);
    if (failed(type))
      return failure();
    types.push_back(*type);
  }
  return types;
}

/// Where nobody looks at what a branch gives, it gives zeros of the type that
/// the others give, as few as there can be.
LogicalResult ConditionalBuilder::makeUndefined(Operation *draft,
                                                ArrayRef<Type> types) {
  for (auto [region, branch] : llvm::zip_equal(draft->getRegions(), branches))
    for (auto [value, type] : llvm::zip_equal(branch.values, types)) {
      if (value)
        continue;
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor)
        return node.error() << "expected a tensor where a value leaves a "
                               "branch, got "
                            << type;
      SmallVector<int64_t> shape(tensor.getShape());
      for (int64_t &size : shape)
        size = ShapedType::isDynamic(size) ? 0 : size;
      Type elementType = tensor.getElementType();
      OpBuilder::InsertionGuard guard(node.builder());
      node.builder().setInsertionPointToEnd(&region.front());
      auto valueType = RankedTensorType::get(shape, elementType);
      SmallVector<Attribute, 1> elements;
      if (valueType.getNumElements() != 0)
        elements.push_back(node.builder().getZeroAttr(elementType));
      value = node.constant(DenseElementsAttr::get(valueType, elements));
    }
  return success();
}

LogicalResult ConditionalBuilder::build(Results &results) {
  if (failed(findValues()))
    return failure();
  Operation *draft = create(/*types=*/{}, /*hasToken=*/true);
  if (failed(buildBranches(draft)))
    return failure();
  FailureOr<SmallVector<Type>> types = getTypes();
  if (failed(types) || failed(makeUndefined(draft, *types)))
    return failure();
  for (auto [region, branch] : llvm::zip_equal(draft->getRegions(), branches))
    addYield(node, region.front(), branch.values, branch.after);
  bool hasEffects = llvm::any_of(
      branches, [](const BodyResults &branch) { return branch.hasEffects; });
  Operation *op = create(*types, hasEffects);
  for (auto [region, built] :
       llvm::zip_equal(op->getRegions(), draft->getRegions()))
    region.takeBody(built);
  draft->erase();
  if (hasEffects)
    node.ordered(cast<graph::OrderedOpInterface>(op));
  results.assign(numOutputs, Value());
  for (auto [number, output] : llvm::enumerate(outputs))
    results[output] = op->getResult(number);
  setStacks(node, stacks,
            op->getResults().slice(outputs.size(), stacks.size()));
  return success();
}

static LogicalResult buildIf(NodeBuilder &node, Results &results) {
  Value condition = node.isText(0) ? makeBool(node, isTrue(node.text(0)))
                                   : toCondition(node, node.input(0));
  if (!condition)
    return failure();
  auto create = [&](TypeRange types, bool hasToken) -> Operation * {
    return graph::IfOp::create(node.builder(), node.loc(), types, condition,
                               hasToken);
  };
  return ConditionalBuilder(node, create).build(results);
}

static LogicalResult buildCase(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 0, 0)))
    return failure();
  auto create = [&](TypeRange types, bool hasToken) -> Operation * {
    return graph::CaseOp::create(node.builder(), node.loc(), types,
                                 node.input(0), node.numBodies(), hasToken);
  };
  return ConditionalBuilder(node, create).build(results);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

namespace {
/// Builds a While. What the loop carries has the types of the first values at
/// first; if the body gives others, it is built again with types that are open
/// where they differ.
class LoopBuilder {
public:
  explicit LoopBuilder(NodeBuilder &node) : node(node) {}

  LogicalResult build(Results &results);

private:
  LogicalResult findValues();
  SmallVector<Type> getFirstTypes();
  SmallVector<Type> openTypes(ArrayRef<Type> first);
  LogicalResult buildFrom(ArrayRef<Type> first);
  LogicalResult buildUntilStable();
  void create(TypeRange types, bool hasToken);
  LogicalResult buildBody();
  FailureOr<bool> adjustTypes();
  LogicalResult buildCondition();
  void giveResults(Results &results);
  SmallVector<Value> enter(Block &block);
  ValueRange getStackArguments(Block &block);

  NodeBuilder &node;
  graph::WhileOp loop;
  /// The inputs and stacks that the loop carries as values, and these.
  SmallVector<unsigned> inputs;
  SmallVector<NodeIndex> stacks;
  SmallVector<Value> inits;
  SmallVector<Type> types;
  BodyResults body;
  bool hasEffects = false;
};
} // namespace

LogicalResult LoopBuilder::findValues() {
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    if (node.isInvariant(i))
      continue;
    if (node.isText(i))
      return node.error() << "input " << i
                          << " is a string, which a loop cannot change";
    // Others are handles.
    if (!node.input(i))
      continue;
    inputs.push_back(i);
    inits.push_back(asFlow(node, i, node.input(i)));
    if (!inits.back())
      return failure();
  }
  stacks = getStacks(node);
  llvm::append_range(inits, holdStacks(node, stacks));
  return success();
}

/// The types to begin with: those that the loop was built with before, when a
/// loop around it was, unless they do not hold any more.
SmallVector<Type> LoopBuilder::getFirstTypes() {
  SmallVector<Type> first = llvm::to_vector(ValueRange(inits).getTypes());
  ArrayRef<Type> known = node.carriedTypes();
  for (auto [type, before] : llvm::zip(first, known))
    if (Type joined = joinTypes(type, before))
      type = joined;
  return first;
}

void LoopBuilder::create(TypeRange types, bool hasToken) {
  loop = graph::WhileOp::create(node.builder(), node.loc(), types, inits,
                                hasToken);
}

ValueRange LoopBuilder::getStackArguments(Block &block) {
  return ValueRange(block.getArguments()).drop_front(inputs.size());
}

/// The arguments of a region, by input of the node. Stacks hold what the region
/// gets from here on.
SmallVector<Value> LoopBuilder::enter(Block &block) {
  setStacks(node, stacks, getStackArguments(block));
  SmallVector<Value> arguments(node.numInputs());
  for (auto [number, input] : llvm::enumerate(inputs))
    arguments[input] = block.getArgument(number);
  return arguments;
}

LogicalResult LoopBuilder::buildBody() {
  Block &block = loop.getBodyBlock();
  FailureOr<BodyResults> built = node.buildBody(1, block, enter(block));
  if (failed(built))
    return failure();
  body = std::move(*built);
  SmallVector<Value> values;
  for (unsigned input : inputs)
    values.push_back(body.values[input]);
  llvm::append_range(values, holdStacks(node, stacks));
  body.values = std::move(values);
  return success();
}

/// Makes the types as open as the body needs them; returns whether they have
/// changed.
FailureOr<bool> LoopBuilder::adjustTypes() {
  bool haveChanged = false;
  SmallVector<Type> adjusted;
  for (size_t number = 0; number < inits.size(); ++number) {
    Value argument = loop.getBodyBlock().getArgument(number);
    std::string what =
        number < inputs.size()
            ? "what the loop carries as input " + std::to_string(inputs[number])
            : "a stack that the loop uses";
    FailureOr<Type> type = meet(node, {argument, body.values[number]}, what);
    if (failed(type))
      return failure();
    haveChanged |= *type != argument.getType();
    adjusted.push_back(*type);
  }
  types = std::move(adjusted);
  return haveChanged;
}

LogicalResult LoopBuilder::buildCondition() {
  Block &block = loop.getConditionBlock();
  FailureOr<BodyResults> built = node.buildBody(0, block, enter(block));
  if (failed(built))
    return failure();
  if (!llvm::equal(holdStacks(node, stacks), getStackArguments(block)))
    return node.error("expected a condition that neither pushes nor pops");
  Value result = built->values.front();
  if (!result)
    return node.error("expected the condition to be a tensor of numbers");
  OpBuilder::InsertionGuard guard(node.builder());
  node.builder().setInsertionPointToEnd(&block);
  Value condition = toCondition(node, result);
  if (!condition)
    return failure();
  graph::ConditionOp::create(node.builder(), node.loc(), condition,
                             built->after);
  hasEffects = body.hasEffects || built->hasEffects;
  return success();
}

/// Opens the dims that TensorFlow does not know: those that the program says
/// may change (shape_invariants) are among them.
SmallVector<Type> LoopBuilder::openTypes(ArrayRef<Type> first) {
  SmallVector<Type> opened(first);
  const proto::AttrValue *shapes = findAttribute(node.node(), "output_shapes");
  if (!shapes || shapes->list().shape_size() != int(node.numInputs()))
    return opened;
  for (auto [number, input] : llvm::enumerate(inputs)) {
    auto type = dyn_cast<RankedTensorType>(first[number]);
    auto known = convertShape(shapes->list().shape(input));
    if (!type || !known || int64_t(known->size()) != type.getRank())
      continue;
    SmallVector<int64_t> shape(type.getShape());
    for (auto [dim, size] : llvm::enumerate(*known))
      if (ShapedType::isDynamic(size))
        shape[dim] = size;
    opened[number] = type.clone(shape);
  }
  return opened;
}

LogicalResult LoopBuilder::buildUntilStable() {
  while (true) {
    create(types, /*hasToken=*/true);
    if (failed(buildBody()))
      return failure();
    FailureOr<bool> haveChanged = adjustTypes();
    if (failed(haveChanged))
      return failure();
    if (!*haveChanged)
      break;
    loop.erase();
  }
  addYield(node, loop.getBodyBlock(), body.values, body.after);
  return buildCondition();
}

LogicalResult LoopBuilder::buildFrom(ArrayRef<Type> first) {
  types.assign(first.begin(), first.end());
  LogicalResult result = buildUntilStable();
  if (failed(result))
    loop.erase();
  node.carriedTypes().assign(types.begin(), types.end());
  return result;
}

LogicalResult LoopBuilder::build(Results &results) {
  if (failed(findValues()))
    return failure();
  SmallVector<Type> first = getFirstTypes(), opened = openTypes(first);
  LogicalResult result = failure();
  if (first != opened) {
    // A body need not fit the first values: it may never run with them.
    ScopedDiagnosticHandler quiet(node.context(),
                                  [](Diagnostic &) { return success(); });
    result = buildFrom(first);
  }
  if (failed(result) && failed(buildFrom(opened)))
    return failure();
  if (hasEffects) {
    node.ordered(loop);
  } else {
    graph::WhileOp draft = loop;
    create(draft.getBodyBlock().getArgumentTypes(), /*hasToken=*/false);
    loop.getConditionRegion().takeBody(draft.getConditionRegion());
    loop.getBodyRegion().takeBody(draft.getBodyRegion());
    draft.erase();
  }
  giveResults(results);
  return success();
}

/// What does not change is given as it was.
void LoopBuilder::giveResults(Results &results) {
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    results.push_back(node.input(i));
    if (node.isText(i))
      node.setText(i, node.text(i));
  }
  for (auto [number, input] : llvm::enumerate(inputs))
    results[input] = loop.getResult(number);
  setStacks(node, stacks,
            loop->getResults().slice(inputs.size(), stacks.size()));
}

static LogicalResult buildWhile(NodeBuilder &node, Results &results) {
  return LoopBuilder(node).build(results);
}

void tensorflow::registerControlFlowOps(OpTable &table) {
  for (StringRef name : {"If", "StatelessIf"})
    table
        .add(name,
             "cond: Tcond, input: Tin -> output: Tout; Tin: list(type), "
             "Tout: list(type)",
             buildIf)
        .strings()
        .lists();
  for (StringRef name : {"Case", "StatelessCase"})
    table
        .add(name,
             "branch_index: int32, input: Tin -> output: Tout; "
             "Tin: list(type), Tout: list(type)",
             buildCase)
        .strings()
        .lists();
  for (StringRef name : {"While", "StatelessWhile"})
    table.add(name, "input: T -> output: T; T: list(type)", buildWhile)
        .strings()
        .lists();
}
