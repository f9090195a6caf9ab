//===- FunctionBuilder.cpp - building one entry point ---------------------===//
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

#include "FunctionBuilder.h"

#include "Attributes.h"
#include "CheckNodes.h"
#include "Types.h"
#include "graph.pb.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// VariableTypes
//===----------------------------------------------------------------------===//

VariableTypes::VariableTypes(MLIRContext *context, const NodeGraph &graph,
                             const NodeOps &ops, const VariableTable &variables)
    : elementTypes(variables.size()), types(variables.size()) {
  for (VariableIndex index = 0; index < variables.size(); ++index) {
    const Node &node = graph[variables[index].node];
    if (!ops[node.index])
      continue;
    AttributeReader attributes(node, *ops[node.index]);
    elementTypes[index] =
        convertDataType(context, attributes.getDataType("dtype"));
    std::optional<SmallVector<int64_t>> shape = attributes.getShape("shape");
    if (elementTypes[index] && shape && !ShapedType::isDynamicShape(*shape))
      types[index] = RankedTensorType::get(*shape, elementTypes[index]);
  }
}

void VariableTypes::assign(VariableIndex variable, RankedTensorType value) {
  if (!types[variable] && value.hasStaticShape())
    types[variable] =
        RankedTensorType::get(value.getShape(), elementTypes[variable]);
}

//===----------------------------------------------------------------------===//
// Function
//===----------------------------------------------------------------------===//

FunctionBuilder::FunctionBuilder(ModelState &model, const EntryPoint &entry,
                                 const FlowGraph &flow,
                                 const References &references)
    : model(model), entry(entry), flow(flow), references(references),
      builder(model.context), values(flow.size()), tokens(flow.size()) {
  for (const Fetch &fetch : entry.fetches)
    if (findReference(fetch.tensor))
      fetchedReferences[fetch.tensor.node].push_back(fetch.tensor);
}

LogicalResult FunctionBuilder::build(ModuleOp module) {
  if (failed(createFunction(module)))
    return failure();
  for (Position position = 0, e = flow.size(); position != e; ++position)
    if (failed(buildNode(position)))
      return failure();
  return finishFunction();
}

/// The type of a feed: the element type of what it replaces, and its own shape
/// or that of the graph.
FailureOr<RankedTensorType>
FunctionBuilder::getFeedTensorType(const Feed &feed) {
  const Node &node = model.graph[feed.tensor.node];
  Type elementType = convertDataType(
      model.context, *getFeedType(flow, model.table, feed.tensor));
  std::optional<SmallVector<int64_t>> shape = feed.shape;
  if (!shape) {
    const proto::AttrValue *value = findAttribute(node, "shape");
    const proto::AttrValue *constant = findAttribute(node, "value");
    if (node.op == "Const" && constant)
      shape = convertShape(constant->tensor().tensor_shape());
    else if (value && value->value_case() == proto::AttrValue::kShape)
      shape = convertShape(value->shape());
  }
  Location location = model.graph.getLocation(model.context, node.index);
  if (!shape)
    return emitError(location)
           << "function \"" << entry.name << "\" feeds it as \"" << feed.name
           << "\", but the graph does not say its shape: give one with the "
              "feed";
  for (int64_t dim : *shape)
    if (dim != ShapedType::kDynamic && dim > (int64_t(1) << 40))
      return emitError(location)
             << "function \"" << entry.name << "\" feeds it as \"" << feed.name
             << "\" with a dim of size " << dim << ", which is too large";
  return RankedTensorType::get(*shape, elementType);
}

LogicalResult FunctionBuilder::createFunction(ModuleOp module) {
  SmallVector<Type> inputs;
  SmallVector<DictionaryAttr> inputNames;
  for (const Feed &feed : entry.feeds) {
    FailureOr<RankedTensorType> type = getFeedTensorType(feed);
    if (failed(type))
      return failure();
    inputs.push_back(*type);
    inputNames.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr(graph::GraphDialect::getNameAttrName(),
                             builder.getStringAttr(feed.name))));
  }
  builder.setInsertionPointToEnd(module.getBody());
  Location location =
      FileLineColLoc::get(model.context, model.graph.file, 0, 0);
  // The results' types are known at the end.
  function = graph::FuncOp::create(builder, location, entry.name,
                                   builder.getFunctionType(inputs, {}));
  if (!inputs.empty())
    function.setAllArgAttrs(inputNames);
  function.setInitializer(entry.isInitializer);
  builder.setInsertionPointToEnd(&function.getBlock());
  return success();
}

LogicalResult FunctionBuilder::finishFunction() {
  SmallVector<Value> results;
  SmallVector<DictionaryAttr> resultNames;
  llvm::SetVector<Value> after;
  for (const Fetch &fetch : entry.fetches) {
    Value read = fetchedReads.lookup(getKey(fetch.tensor));
    results.push_back(read ? read : getValue(fetch.tensor));
    resultNames.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr(graph::GraphDialect::getNameAttrName(),
                             builder.getStringAttr(fetch.name))));
    if (!flow.findFeed(fetch.tensor))
      if (Value token = tokens[flow.getPosition(fetch.tensor.node)])
        after.insert(token);
  }
  for (NodeIndex target : entry.targets)
    if (flow.isLive(target))
      if (Value token = tokens[flow.getPosition(target)])
        after.insert(token);
  graph::ReturnOp::create(builder, function.getLoc(), results,
                          after.getArrayRef());
  SmallVector<Type> types = llvm::to_vector(ValueRange(results).getTypes());
  function.setFunctionType(
      builder.getFunctionType(function.getArgumentTypes(), types));
  if (!types.empty())
    function.setAllResultAttrs(resultNames);
  eraseUnusedJoins();
  return success();
}

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

void FunctionBuilder::collectTokens(Position position,
                                    SmallVectorImpl<Value> &result) {
  llvm::SetVector<Value> found;
  for (Position source : flow.getDependencies(position))
    if (Value token = tokens[source])
      found.insert(token);
  result.assign(found.begin(), found.end());
}

Value FunctionBuilder::joinTokens(Location location, ArrayRef<Value> joined) {
  if (joined.empty())
    return {};
  if (joined.size() == 1)
    return joined.front();
  joins.push_back(graph::JoinOp::create(
      builder, location, builder.getType<graph::TokenType>(), joined));
  return joins.back().getToken();
}

/// Joins that no effect waits for; later ones use earlier ones.
void FunctionBuilder::eraseUnusedJoins() {
  for (graph::JoinOp join : llvm::reverse(joins))
    if (join->use_empty())
      join.erase();
  joins.clear();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

Value FunctionBuilder::getValue(Endpoint endpoint) {
  if (std::optional<unsigned> feed = flow.findFeed(endpoint))
    return function.getBody().getArgument(*feed);
  const auto &outputs = values[flow.getPosition(endpoint.node)];
  return endpoint.output < outputs.size() ? outputs[endpoint.output] : Value();
}

const Reference *FunctionBuilder::findReference(Endpoint endpoint) const {
  return flow.findFeed(endpoint) ? nullptr : references.lookup(endpoint);
}

LogicalResult FunctionBuilder::buildNode(Position position) {
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
      pinnedInputs[getKey({node.index, i})] = nodeBuilder.values[i];
  } else if (failed(runBuilder(nodeBuilder, values[position]))) {
    return failure();
  }
  if (failed(readFetches(nodeBuilder)))
    return failure();
  tokens[position] = joinTokens(nodeBuilder.loc(), state.after);
  return success();
}

/// Runs the op's builder and checks that it kept to the signature.
LogicalResult FunctionBuilder::runBuilder(NodeBuilder &node,
                                          SmallVectorImpl<Value> &results) {
  if (failed(node.info().build(node, results)))
    return failure();
  return checkResults(node, results);
}

LogicalResult FunctionBuilder::checkResults(NodeBuilder &node,
                                            ArrayRef<Value> results) {
  SmallVector<TensorSpec, 4> specs = getOutputSpecs(node.node(), node.info());
  if (results.size() != specs.size())
    return node.error() << "was built with " << results.size()
                        << " results, expected " << specs.size();
  for (auto [index, result, spec] : llvm::enumerate(results, specs)) {
    if (!result)
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
LogicalResult FunctionBuilder::resolveVariables(NodeBuilder &node) {
  const Node &source = node.node();
  for (auto [index, input] : llvm::enumerate(source.inputs)) {
    const Reference *reference = findReference(input);
    if (!reference)
      continue;
    VariableIndex variable = reference->variable;
    StringRef name = model.variables[variable].name;
    if (!model.variableTypes.getElementType(variable))
      return node.error() << "variable \"" << name
                          << "\" has an element type that is not supported";
    if (model.variableTypes.get(variable))
      continue;
    Access access = getInputAccess(source, node.info(), index);
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
                " \"shape\", or an initializer that assigns a value whose shape"
                " is known at compile time";
  }
  return success();
}

/// Computes the values at a node's inputs: reads references that it uses.
LogicalResult FunctionBuilder::collectInputs(NodeBuilder &node) {
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
    else if (getInputAccess(source, node.info(), index) == Access::Read &&
             !specs[index].isVariable())
      value = readReference(node, *reference);
    if (failed(value))
      return failure();
    node.values[index] = *value;
  }
  return success();
}

/// Reads fetched outputs of the node that are references, after its effects.
LogicalResult FunctionBuilder::readFetches(NodeBuilder &node) {
  auto found = fetchedReferences.find(node.node().index);
  if (found == fetchedReferences.end())
    return success();
  // What the node itself has read may have changed by its own effect.
  node.state.reads.clear();
  for (Endpoint endpoint : found->second) {
    FailureOr<Value> value = readReference(node, *findReference(endpoint));
    if (failed(value))
      return failure();
    fetchedReads[getKey(endpoint)] = *value;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// References
//===----------------------------------------------------------------------===//

FailureOr<Value> FunctionBuilder::readReference(NodeBuilder &node,
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

FailureOr<Value> FunctionBuilder::makeStandIn(NodeBuilder &node,
                                              const Reference &reference) {
  RankedTensorType type = model.variableTypes.get(reference.variable);
  if (!type)
    return node.error() << "the shape of variable \""
                        << model.variables[reference.variable].name
                        << "\" is not known";
  Value zeros = node.constant(
      DenseElementsAttr::get(type, builder.getZeroAttr(type.getElementType())));
  return applyReshapes(node, reference, zeros);
}

/// Builds the nodes that gave a reference another shape once more, on `value`.
FailureOr<Value> FunctionBuilder::applyReshapes(NodeBuilder &node,
                                                const Reference &reference,
                                                Value value) {
  SmallVector<NodeIndex> nodes;
  for (std::optional<uint32_t> step = reference.reshape; step;
       step = references.getReshape(*step).previous)
    nodes.push_back(references.getReshape(*step).node);
  for (NodeIndex index : llvm::reverse(nodes)) {
    const Node &reshape = model.graph[index];
    const OpInfo &info = *model.ops[index];
    NodeBuilder rebuilt(*this, reshape, info, node.state);
    for (unsigned i = 0; i < reshape.inputs.size(); ++i)
      rebuilt.values.push_back(pinnedInputs.lookup(getKey({index, i})));
    rebuilt.values[*info.passedReference] = value;
    SmallVector<Value, 1> results;
    if (failed(runBuilder(rebuilt, results)))
      return failure();
    value = results.front();
  }
  return value;
}
