//===- NodeBuilder.cpp - what the builder of a node works with ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeBuilder.h"

#include "Attributes.h"
#include "BlockBuilder.h"
#include "Types.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

NodeBuilder::NodeBuilder(BlockBuilder &block, const Node &node,
                         const OpInfo &info, NodeState &state)
    : block(block), source(node), op(info),
      location(block.model.graph.getLocation(block.model.context, node.index)),
      state(state) {}

OpBuilder &NodeBuilder::builder() { return block.builder; }
MLIRContext *NodeBuilder::context() { return block.model.context; }

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

Value NodeBuilder::input(unsigned i) { return values[i]; }

std::pair<unsigned, unsigned> NodeBuilder::inputRange(StringRef name) const {
  unsigned begin = 0, count = 0;
  for (auto [index, spec] : llvm::enumerate(getInputSpecs(source, op))) {
    if (spec.argument->name != name)
      continue;
    if (count++ == 0)
      begin = index;
  }
  return {begin, count};
}

SmallVector<Value> NodeBuilder::inputs(StringRef name) {
  auto [begin, count] = inputRange(name);
  SmallVector<Value> found;
  for (unsigned i = begin; i < begin + count; ++i)
    found.push_back(input(i));
  return found;
}

RankedTensorType NodeBuilder::inputType(unsigned i) {
  return cast<RankedTensorType>(input(i).getType());
}

FlatSymbolRefAttr NodeBuilder::variable(unsigned i) {
  const Reference *reference = block.findReference(source.inputs[i]);
  return FlatSymbolRefAttr::get(
      context(), block.model.variables[reference->variable].name);
}

RankedTensorType NodeBuilder::variableType(unsigned i) {
  const Reference *reference = block.findReference(source.inputs[i]);
  return block.model.variableTypes.get(reference->variable);
}

FlatSymbolRefAttr NodeBuilder::hiddenVariable(ElementsAttr initial) {
  return FlatSymbolRefAttr::get(
      context(), block.model.hiddenVariables.get(source, "state", initial));
}

FlatSymbolRefAttr NodeBuilder::hiddenVariable(NodeIndex owner, StringRef role,
                                              ElementsAttr initial) {
  return FlatSymbolRefAttr::get(context(), block.model.hiddenVariables.get(
                                               graph()[owner], role, initial));
}

Queue &NodeBuilder::queue(unsigned i) {
  return block.model.queues[block.findReference(source.inputs[i])->variable];
}

bool NodeBuilder::isText(unsigned i) {
  return block.function.texts.contains(getKey(source.inputs[i]));
}

const Text &NodeBuilder::text(unsigned i) {
  return block.function.texts.find(getKey(source.inputs[i]))->second;
}

ElementsAttr NodeBuilder::constantInput(unsigned i) {
  ElementsAttr constant;
  if (matchPattern(input(i), m_Constant(&constant)))
    return constant;
  return {};
}

std::optional<SmallVector<int64_t>> NodeBuilder::constantInts(unsigned i) {
  return graph::knownValue(input(i));
}

FailureOr<SmallVector<int64_t>> NodeBuilder::requireInts(unsigned i) {
  if (std::optional<SmallVector<int64_t>> known = constantInts(i))
    return *known;
  SmallVector<TensorSpec, 4> specs = getInputSpecs(source, op);
  return error() << "expected input " << i << " (" << specs[i].argument->name
                 << ") to be known at compile time";
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

int64_t NodeBuilder::intAttr(StringRef name) {
  return AttributeReader(source, op).getInt(name);
}
double NodeBuilder::floatAttr(StringRef name) {
  return AttributeReader(source, op).getFloat(name);
}
bool NodeBuilder::boolAttr(StringRef name) {
  return AttributeReader(source, op).getBool(name);
}
StringRef NodeBuilder::stringAttr(StringRef name) {
  return AttributeReader(source, op).getString(name);
}
int NodeBuilder::dataTypeAttr(StringRef name) {
  return AttributeReader(source, op).getDataType(name);
}
Type NodeBuilder::typeAttr(StringRef name) {
  return convertDataType(context(), dataTypeAttr(name));
}
std::optional<SmallVector<int64_t>> NodeBuilder::shapeAttr(StringRef name) {
  return AttributeReader(source, op).getShape(name);
}
SmallVector<int64_t> NodeBuilder::intListAttr(StringRef name) {
  return AttributeReader(source, op).getIntList(name);
}
SmallVector<double> NodeBuilder::floatListAttr(StringRef name) {
  return AttributeReader(source, op).getFloatList(name);
}
SmallVector<std::string> NodeBuilder::stringListAttr(StringRef name) {
  return AttributeReader(source, op).getStringList(name);
}
SmallVector<Type> NodeBuilder::typeListAttr(StringRef name) {
  SmallVector<Type> types;
  for (int type : AttributeReader(source, op).getDataTypeList(name))
    types.push_back(convertDataType(context(), type));
  return types;
}

FailureOr<ElementsAttr> NodeBuilder::tensorAttr(StringRef name) {
  return block.model.constants.read(AttributeReader(source, op).getTensor(name),
                                    source.name, [&] { return error(); });
}

FailureOr<Text> NodeBuilder::textAttr(StringRef name) {
  return ConstantReader::readText(AttributeReader(source, op).getTensor(name),
                                  [&] { return error(); });
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

ArrayRef<Value> NodeBuilder::after() { return state.after; }

void NodeBuilder::setToken(Value token) { state.after.assign({token}); }

Type NodeBuilder::tokenType() { return builder().getType<graph::TokenType>(); }

void NodeBuilder::order(Operation *effect) {
  auto ordered = cast<graph::OrderedOpInterface>(effect);
  ordered.getAfterMutable().assign(ValueRange(after()));
  setToken(ordered.getToken());
  block.hasEffects = true;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

void NodeBuilder::setText(unsigned i, Text text) {
  block.function.texts[getKey({source.index, i})] = std::move(text);
}

Value NodeBuilder::constant(ElementsAttr value) {
  return graph::ConstantOp::create(builder(), loc(), value).getResult();
}

Value NodeBuilder::splat(Type elementType, double value,
                         ArrayRef<int64_t> shape) {
  Attribute element;
  if (isa<FloatType>(elementType))
    element = builder().getFloatAttr(elementType, value);
  else
    element = IntegerAttr::get(
        elementType, APInt(elementType.getIntOrFloatBitWidth(),
                           static_cast<int64_t>(value), /*isSigned=*/true,
                           /*implicitTrunc=*/true));
  return constant(DenseElementsAttr::get(
      RankedTensorType::get(shape, elementType), element));
}

Value NodeBuilder::intVector(ArrayRef<int64_t> integers, Type elementType) {
  if (!elementType)
    elementType = builder().getI32Type();
  SmallVector<APInt> elements;
  for (int64_t integer : integers)
    elements.push_back(APInt(elementType.getIntOrFloatBitWidth(), integer,
                             /*isSigned=*/true, /*implicitTrunc=*/true));
  int64_t size = integers.size();
  return constant(DenseElementsAttr::get(
      RankedTensorType::get({size}, elementType), elements));
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

unsigned NodeBuilder::numBodies() const {
  return block.model.graph.getRegions(source.index).size();
}

FailureOr<BodyResults> NodeBuilder::buildBody(unsigned number, Block &body,
                                              ArrayRef<Value> carried) {
  return block.buildBody(*this, number, body, carried);
}

bool NodeBuilder::isInvariant(unsigned i) const {
  return block.model.graph.isInvariant(source.index, i);
}

bool NodeBuilder::isReference(unsigned i) const {
  return block.findReference({source.index, i});
}

const NodeGraph &NodeBuilder::graph() const { return block.model.graph; }

Value NodeBuilder::outputOf(Endpoint endpoint) {
  return block.getValue(endpoint);
}

Value &NodeBuilder::stack(NodeIndex maker) {
  return block.function.stacks[maker];
}

std::optional<Endpoint> NodeBuilder::flowOnStack(NodeIndex maker) const {
  return block.function.stackUses.lookupFlow(maker);
}

bool NodeBuilder::hasArrayGradients() const {
  return block.function.hasArrayGradients;
}

ArrayRef<NodeIndex> NodeBuilder::stacksOfBodies() const {
  return block.function.stackUses.lookup(source.index);
}

SmallVectorImpl<Type> &NodeBuilder::carriedTypes() {
  return block.function.carriedTypes[source.index];
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

InFlightDiagnostic NodeBuilder::error(const Twine &message) {
  // The handler that importTensorFlow installs adds the node's name.
  return emitError(loc()) << message;
}

FailureOr<int64_t> NodeBuilder::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  return error() << "axis " << axis << " is out of range, expected one in ["
                 << -rank << ", " << rank << ")";
}
