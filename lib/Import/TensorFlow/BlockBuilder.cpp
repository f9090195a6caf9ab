//===- BlockBuilder.cpp - building one flow graph -------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Order becomes tokens here. Every node has at most one: its last effect's, or
// a join of the tokens of what it waits for. So tokens never outnumber nodes
// and edges, and an order that runs through nodes without effects is kept
// however those are simplified later.
//
//===----------------------------------------------------------------------===//

#include "BlockBuilder.h"

#include "Attributes.h"
#include "Effects.h"
#include "Lists.h"
#include "Types.h"
#include "graph.pb.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

BlockBuilder::BlockBuilder(FunctionState &function, const FlowGraph &flow,
                           Block &block, BlockBuilder *parent)
    : function(function), model(function.model), flow(flow), parent(parent),
      builder(OpBuilder::atBlockEnd(&block)), values(flow.size()),
      tokens(flow.size()) {}

LogicalResult BlockBuilder::build() {
  for (Position position = 0, e = flow.size(); position != e; ++position)
    if (failed(buildNode(position)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

void BlockBuilder::collectTokens(Position position,
                                 SmallVectorImpl<Value> &result) {
  llvm::SetVector<Value> found;
  for (Position source : flow.getDependencies(position))
    if (Value token = tokens[source])
      found.insert(token);
  result.assign(found.begin(), found.end());
}

Value BlockBuilder::joinTokens(Location location, ArrayRef<Value> joined) {
  if (joined.empty())
    return {};
  if (joined.size() == 1)
    return joined.front();
  return graph::JoinOp::create(builder, location,
                               builder.getType<graph::TokenType>(), joined)
      .getToken();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// What a body takes from outside is a value of the block that has it.
Value BlockBuilder::getValue(Endpoint endpoint) {
  if (model.graph[endpoint.node].region != flow.getRegion())
    return parent->getValue(endpoint);
  if (std::optional<unsigned> feed = flow.findFeed(endpoint)) {
    if (Value value = feeds.lookup(*feed))
      return value;
    NodeIndex owner = model.graph.regions[flow.getRegion()].owner;
    return parent->getValue(model.graph[owner].inputs[*feed]);
  }
  const auto &outputs = values[flow.getPosition(endpoint.node)];
  return endpoint.output < outputs.size() ? outputs[endpoint.output] : Value();
}

Value BlockBuilder::getResult(Endpoint endpoint) {
  Value read = readsAtEnd.lookup(getKey(endpoint));
  return read ? read : getValue(endpoint);
}

Value BlockBuilder::getToken(NodeIndex node) const {
  return flow.isLive(node) ? tokens[flow.getPosition(node)] : Value();
}

void BlockBuilder::readAtEnd(Endpoint endpoint) {
  marked[endpoint.node].push_back(endpoint);
}

LogicalResult BlockBuilder::buildNode(Position position) {
  const Node &node = model.graph[flow.getNode(position)];
  const OpInfo &info = *model.ops[node.index];
  NodeState state;
  collectTokens(position, state.after);
  NodeBuilder nodeBuilder(*this, node, info, state);
  if (failed(resolveVariables(nodeBuilder)) ||
      failed(collectInputs(nodeBuilder)))
    return failure();

  // What only passes a reference on has nothing to compute.
  bool isPassed = info.passedReference && info.accesses.empty() &&
                  findReference(node.inputs[*info.passedReference]);
  if (isPassed) {
    for (unsigned i = 0; info.reshapesReference && i < node.inputs.size(); ++i)
      function.pinnedInputs[getKey({node.index, i})] = nodeBuilder.values[i];
  } else if (failed(runBuilder(nodeBuilder, values[position]))) {
    return failure();
  }
  if (failed(readMarked(nodeBuilder)))
    return failure();
  tokens[position] = joinTokens(nodeBuilder.loc(), state.after);
  return success();
}

/// Runs the op's builder and checks that it kept to the signature.
LogicalResult BlockBuilder::runBuilder(NodeBuilder &node,
                                       SmallVectorImpl<Value> &results) {
  if (failed(node.info().build(node, results)))
    return failure();
  return checkResults(node, results);
}

LogicalResult BlockBuilder::checkResults(NodeBuilder &node,
                                         ArrayRef<Value> results) {
  SmallVector<TensorSpec, 4> specs = getOutputSpecs(node.node(), node.info());
  if (results.size() != specs.size())
    return node.error() << "was built with " << results.size()
                        << " results, expected " << specs.size();
  for (auto [index, result, spec] : llvm::enumerate(results, specs)) {
    if (!result)
      continue;
    // A list, or the flow of an array, is a tensor of what it holds.
    bool mayBeList =
        node.info().acceptsLists && (spec.dataType == proto::DT_VARIANT ||
                                     spec.dataType == proto::DT_FLOAT);
    if (mayBeList &&
        isa<RankedTensorType, graph::UntypedListType>(result.getType()))
      continue;
    Type expected = convertDataType(model.context, spec.dataType);
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type || type.getElementType() != expected)
      return node.error() << "output " << index << " was built as "
                          << result.getType() << ", expected a tensor of "
                          << getDataTypeName(spec.dataType);
  }
  return success();
}

/// Makes sure that the types of the variables at a node's inputs are known.
LogicalResult BlockBuilder::resolveVariables(NodeBuilder &node) {
  const Node &source = node.node();
  for (auto [index, input] : llvm::enumerate(source.inputs)) {
    const Reference *reference = findReference(input);
    if (!reference)
      continue;
    VariableIndex variable = reference->variable;
    if (model.variables[variable].isQueue)
      continue;
    StringRef name = model.variables[variable].name;
    if (!model.variableTypes.getElementType(variable))
      return node.error() << "variable \"" << name
                          << "\" has an element type that is not supported";
    if (model.variableTypes.isDeclared(variable))
      continue;
    Access access = getInputAccess(model.graph, source, node.info(), index);
    // Whatever assigns a variable has the value behind it.
    bool isAssigned = access == Access::Write && index == 0 &&
                      source.inputs.size() > 1 &&
                      !findReference(source.inputs[1]);
    if (isAssigned)
      if (Value value = getValue(source.inputs[1]))
        model.variableTypes.assign(variable,
                                   cast<RankedTensorType>(value.getType()));
    if (!model.variableTypes.get(variable) && access != Access::None)
      return node.error()
             << "the shape of variable \"" << name
             << "\" is not known: expected a shape in its node's attribute"
                " \"shape\", or an initializer that assigns a value";
  }
  return success();
}

/// Computes the values at a node's inputs: reads references that it uses.
LogicalResult BlockBuilder::collectInputs(NodeBuilder &node) {
  const Node &source = node.node();
  node.values.assign(source.inputs.size(), Value());
  SmallVector<TensorSpec, 4> specs = getInputSpecs(source, node.info());
  for (auto [index, input] : llvm::enumerate(source.inputs)) {
    const Reference *reference = findReference(input);
    if (!reference) {
      node.values[index] = getValue(input);
      continue;
    }
    FailureOr<Value> value = Value();
    if (node.info().needsTypeOnly(index))
      value = makeStandIn(node, *reference);
    else if (getInputAccess(model.graph, source, node.info(), index) ==
                 Access::Read &&
             !specs[index].isVariable())
      value = readReference(node, *reference);
    if (failed(value))
      return failure();
    node.values[index] = *value;
  }
  return success();
}

/// Reads marked outputs of the node, after its effects.
LogicalResult BlockBuilder::readMarked(NodeBuilder &node) {
  auto found = marked.find(node.node().index);
  if (found == marked.end())
    return success();
  // What the node itself has read may have changed by its own effect.
  node.state.reads.clear();
  for (Endpoint endpoint : found->second) {
    FailureOr<Value> value = readReference(node, *findReference(endpoint));
    if (failed(value))
      return failure();
    readsAtEnd[getKey(endpoint)] = *value;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// References
//===----------------------------------------------------------------------===//

FailureOr<Value> BlockBuilder::readReference(NodeBuilder &node,
                                             const Reference &reference) {
  for (const NodeState::Read &read : node.state.reads)
    if (read.variable == reference.variable &&
        read.reshape == reference.reshape)
      return read.value;
  RankedTensorType type = model.variableTypes.get(reference.variable);
  if (!type)
    return node.error() << "the shape of variable \""
                        << model.variables[reference.variable].name
                        << "\" is not known where it is read";
  auto read = graph::ReadOp::create(builder, node.loc(), type,
                                    model.variables[reference.variable].name);
  node.ordered(read);
  FailureOr<Value> value = applyReshapes(node, reference, read.getValue());
  if (succeeded(value))
    node.state.reads.push_back({reference.variable, reference.reshape, *value});
  return value;
}

FailureOr<Value> BlockBuilder::makeStandIn(NodeBuilder &node,
                                           const Reference &reference) {
  RankedTensorType type = model.variableTypes.get(reference.variable);
  if (!type)
    return node.error() << "the shape of variable \""
                        << model.variables[reference.variable].name
                        << "\" is not known";
  // Only the variable itself knows what shape it has.
  if (!type.hasStaticShape())
    return readReference(node, reference);
  Value zeros = node.constant(
      DenseElementsAttr::get(type, builder.getZeroAttr(type.getElementType())));
  return applyReshapes(node, reference, zeros);
}

/// Builds the nodes that gave a reference another shape once more, on `value`.
FailureOr<Value> BlockBuilder::applyReshapes(NodeBuilder &node,
                                             const Reference &reference,
                                             Value value) {
  SmallVector<NodeIndex> nodes;
  for (std::optional<uint32_t> step = reference.reshape; step;
       step = function.references.getReshape(*step).previous)
    nodes.push_back(function.references.getReshape(*step).node);
  for (NodeIndex index : llvm::reverse(nodes)) {
    const Node &reshape = model.graph[index];
    const OpInfo &info = *model.ops[index];
    NodeBuilder rebuilt(*this, reshape, info, node.state);
    for (unsigned i = 0; i < reshape.inputs.size(); ++i)
      rebuilt.values.push_back(
          function.pinnedInputs.lookup(getKey({index, i})));
    rebuilt.values[*info.passedReference] = value;
    SmallVector<Value, 1> results;
    if (failed(runBuilder(rebuilt, results)))
      return failure();
    value = results.front();
  }
  return value;
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

/// What a loop hands on as it is may be a string.
void BlockBuilder::handOnTexts(NodeBuilder &loop, const NodeRegion &body) {
  for (auto [input, argument] : llvm::zip(loop.node().inputs, body.arguments)) {
    auto text = function.texts.find(getKey(input));
    if (text == function.texts.end())
      continue;
    // The map may move what it holds.
    Text copy = text->second;
    function.texts[getKey({argument, 0})] = std::move(copy);
  }
}

FailureOr<BodyResults> BlockBuilder::buildBody(NodeBuilder &owner,
                                               unsigned number, Block &block,
                                               ArrayRef<Value> carried) {
  RegionIndex index = model.graph.getRegions(owner.node().index)[number];
  const NodeRegion &region = model.graph.regions[index];
  handOnTexts(owner, region);
  BlockBuilder body(function, *function.flows.lookup(index), block, this);
  for (auto [input, value] : llvm::enumerate(carried))
    body.setFeed(input, value);
  for (auto [result, endpoint] : llvm::enumerate(region.results))
    if (function.references.isReadAtEnd(index, result))
      body.readAtEnd(endpoint);
  if (failed(body.build()))
    return failure();

  BodyResults results;
  llvm::SetVector<Value> after;
  auto waitFor = [&](NodeIndex node) {
    if (Value token = body.getToken(node))
      after.insert(token);
  };
  for (auto [result, endpoint] : llvm::enumerate(region.results)) {
    Value value = body.getResult(endpoint);
    if (!value && function.references.isReadAtEnd(index, result)) {
      // No node of the body hands the reference on.
      NodeState state;
      NodeBuilder reader(body, owner.node(), owner.info(), state);
      FailureOr<Value> read =
          body.readReference(reader, *findReference(endpoint));
      if (failed(read))
        return failure();
      value = *read;
      after.insert(state.after.begin(), state.after.end());
    }
    results.values.push_back(value);
    waitFor(endpoint.node);
  }
  for (NodeIndex node : region.controlResults)
    waitFor(node);
  results.after = after.takeVector();
  results.hasEffects = body.hasEffects;
  return results;
}
