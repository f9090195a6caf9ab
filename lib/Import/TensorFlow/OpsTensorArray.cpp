//===- OpsTensorArray.cpp - TensorFlow 1's arrays of tensors --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The flow of an array is the list of its elements. What is written into the
// gradient of an array adds up.
//
//===----------------------------------------------------------------------===//

#include "Arrays.h"
#include "Attributes.h"
#include "Lists.h"
#include "OpFamilies.h"
#include "graph.pb.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// The array of a node
//===----------------------------------------------------------------------===//

namespace {
/// The array that a node works on, and what it holds when the node does.
class Array {
public:
  Array(NodeBuilder &node, ListChain &chain) : node(node), chain(chain) {}

  /// Finds the array of input 0, whose flow is input `flow`; reports if it
  /// cannot be told.
  LogicalResult find(unsigned flow);

  Value getList() const { return list; }
  /// Whether nothing has been written to it yet.
  bool isNew() const { return list.getDefiningOp<graph::ListOp>(); }
  bool isGradient() const { return id.isGradient(); }
  bool isGrowing() const;

  Value write(Value index, Value item);
  Value scatter(Value indices, Value rows);

private:
  Value addUp(Value indices, Value rows);

  NodeBuilder &node;
  ListChain &chain;
  ArrayId id;
  Value list;
};
} // namespace

LogicalResult Array::find(unsigned flow) {
  const Node &source = node.node();
  std::optional<ArrayId> found = findArray(node.graph(), source.inputs[0]);
  if (!found)
    return node.error() << "expected input 0 (handle) to be the handle of one "
                           "TensorArrayV3, whatever branches are taken";
  id = std::move(*found);
  list = node.input(flow);
  bool isList = list && (isUntypedList(list) || tensorType(list).getRank() > 0);
  bool isOwn = !isGradient() || isFlowOf(node.graph(), source.inputs[flow], id);
  // A gradient begins with zeros, which have the shape of the array.
  if (!isList)
    list = node.outputOf({id.maker, 1});
  if (!isList || !isOwn)
    list = chain.zerosLike(list);
  return success(list != nullptr);
}

bool Array::isGrowing() const {
  const proto::AttrValue *isDynamic =
      findAttribute(node.graph()[id.maker], "dynamic_size");
  return isDynamic && isDynamic->b() && !isGradient();
}

Value Array::addUp(Value indices, Value rows) {
  return chain.setRows(graph::ScatterKind::Add, list, indices, rows);
}

Value Array::write(Value index, Value item) {
  if (!isGradient()) {
    list = chain.fit(list, item);
    if (isGrowing())
      list = chain.growTo(
          list,
          chain.add(index, chain.integer(1, node.builder().getI32Type())));
    return chain.set(list, index, item);
  }
  return addUp(chain.expandDims(index, int64_t(0)),
               chain.expandDims(item, int64_t(0)));
}

Value Array::scatter(Value indices, Value rows) {
  if (isGradient())
    return addUp(indices, rows);
  if (tensorType(rows).getRank() == 0) {
    node.error() << "expected rows of elements, got a scalar";
    return {};
  }
  refineList(list, tensorType(rows));
  if (isGrowing())
    list = chain.growTo(
        list, chain.cast(chain.rangeOf(indices), node.builder().getI32Type()));
  // All of a new array at once is what is written.
  if (list && isNew() && chain.areAllRows(indices, rows) &&
      graph::sameDim(list, 0, rows, 0))
    return rows;
  return chain.setRows(graph::ScatterKind::Update, list, indices, rows);
}

Value tensorflow::asFlow(NodeBuilder &owner, unsigned output, Value value) {
  auto type = value ? dyn_cast<RankedTensorType>(value.getType()) : nullptr;
  if (!type || type.getRank() != 0 || !type.getElementType().isF32() ||
      !owner.hasArrayGradients())
    return value;
  std::optional<Endpoint> list =
      findListOfGradient(owner.graph(), {owner.node().index, output});
  return list ? ListChain(owner).zerosLike(owner.outputOf(*list)) : value;
}

/// What has been written into zeros, one after the other, the last first;
/// nothing if `list` is something else.
static SmallVector<graph::ScatterOp> findWrites(Value list) {
  SmallVector<graph::ScatterOp> writes;
  while (auto write = list.getDefiningOp<graph::ScatterOp>()) {
    if (write.getKind() != graph::ScatterKind::Add)
      return {};
    writes.push_back(write);
    list = write.getX();
  }
  auto zeros = list.getDefiningOp<graph::BroadcastToOp>();
  if (zeros && matchPattern(zeros.getX(), m_AnyZeroFloat()))
    return writes;
  return {};
}

/// Writes into `sum` too what has been written into `other`, both flows of one
/// array. TensorFlow has one array for them, so nothing is added to zeros.
static Value addFlow(ListChain &chain, Value sum, Value other) {
  SmallVector<graph::ScatterOp> writes = findWrites(other);
  if (writes.empty() || sum.getType() != other.getType())
    return chain.add(chain.checkSameShape(sum, other), other);
  for (graph::ScatterOp write : llvm::reverse(writes))
    sum = chain.scatter(graph::ScatterKind::Add, sum, write.getIndices(),
                        write.getUpdates());
  return sum;
}

FailureOr<Value> tensorflow::addFlows(NodeBuilder &node, ValueRange flows) {
  if (!node.hasArrayGradients() ||
      !findListOfGradient(node.graph(), {node.node().index, 0}))
    return Value();
  ListChain chain(node);
  Value sum;
  for (Value flow : flows) {
    flow = asFlow(node, 0, flow);
    if (!flow)
      return failure();
    sum = sum ? addFlow(chain, sum, flow) : flow;
    if (!sum)
      return failure();
  }
  return sum;
}

//===----------------------------------------------------------------------===//
// Making arrays
//===----------------------------------------------------------------------===//

/// Dims of an attribute as an operand, -1 where they are open.
static Value makeShape(NodeBuilder &node, ListChain &chain, StringRef name) {
  auto dims = node.shapeAttr(name);
  if (!dims)
    return chain.integer(-1, node.builder().getI32Type());
  return node.intVector(llvm::map_to_vector(*dims, [](int64_t size) {
    return ShapedType::isDynamic(size) ? -1 : size;
  }));
}

static LogicalResult buildArray(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 0, 0)))
    return failure();
  ListChain chain(node);
  Type elementType = node.typeAttr("dtype");
  if (!elementType)
    return node.error("expected attribute dtype to be a type of numbers or "
                      "booleans");
  results.push_back(Value()); // the handle
  return chain.give(results, chain.make(node.input(0),
                                        makeShape(node, chain, "element_shape"),
                                        elementType));
}

static LogicalResult buildGradient(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  Array array(node, chain);
  if (failed(array.find(1)))
    return failure();
  results.push_back(Value()); // the handle
  return chain.give(results, chain.zerosLike(array.getList()));
}

/// The elements of the gradient have further dims before their own.
static LogicalResult buildGradientWithShape(NodeBuilder &node,
                                            Results &results) {
  if (failed(expectRank(node, 2, 1)))
    return failure();
  ListChain chain(node);
  Array array(node, chain);
  if (failed(array.find(1)))
    return failure();
  Value list = chain.withElements(array.getList(), {}, {});
  if (!list)
    return failure();
  Value shape = chain.shape(list);
  Value dims = chain.concat({chain.part(shape, 0, 1), node.input(2),
                             chain.part(shape, 1, tensorType(list).getRank())},
                            0);
  results.push_back(Value()); // the handle
  return chain.give(results, chain.broadcastTo(chain.scalar(0, list), dims));
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static LogicalResult buildWrite(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  Array array(node, chain);
  if (failed(expectRank(node, 1, 0)) || failed(array.find(3)))
    return failure();
  return chain.give(results, array.write(node.input(1), node.input(2)));
}

static LogicalResult buildScatter(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  Array array(node, chain);
  if (failed(expectRank(node, 1, 1)) || failed(array.find(3)))
    return failure();
  return chain.give(results, array.scatter(node.input(1), node.input(2)));
}

static LogicalResult buildSplit(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  Array array(node, chain);
  if (failed(expectRank(node, 2, 1)) || failed(array.find(3)))
    return failure();
  Value rows = chain.cut(node.input(1), node.input(2));
  if (!rows)
    return failure();
  Type i32Type = node.builder().getI32Type();
  Value indices = chain.range(chain.integer(0, i32Type), chain.dim(rows, 0),
                              chain.integer(1, i32Type));
  return chain.give(results, array.scatter(indices, rows));
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// The list of the array, whose elements have the dims of the attribute
/// `shape`, which may be empty.
static Value findList(NodeBuilder &node, ListChain &chain, unsigned flow,
                      StringRef shape = "") {
  Array array(node, chain);
  if (failed(array.find(flow)))
    return {};
  return chain.withElements(
      array.getList(), shape.empty() ? Value() : makeShape(node, chain, shape),
      node.typeAttr("dtype"));
}

static LogicalResult buildRead(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 0)))
    return failure();
  ListChain chain(node);
  return chain.give(results,
                    chain.get(findList(node, chain, 2), node.input(1)));
}

static LogicalResult buildGather(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 1)))
    return failure();
  ListChain chain(node);
  return chain.give(
      results,
      chain.getRows(findList(node, chain, 2, "element_shape"), node.input(1)));
}

static LogicalResult buildConcat(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  auto [joined, lengths] = chain.join(findList(node, chain, 1));
  if (failed(chain.give(results, joined)))
    return failure();
  return chain.give(results, lengths);
}

static LogicalResult buildSize(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  Array array(node, chain);
  if (failed(array.find(1)))
    return failure();
  return chain.give(results, chain.length(array.getList()));
}

static LogicalResult buildClose(NodeBuilder &node, Results &results) {
  return success();
}

void tensorflow::registerTensorArrayOps(OpTable &table) {
  constexpr StringLiteral outside = "an index outside fails the call";
  constexpr StringLiteral oneShape =
      "the elements have one shape; an element may be written again";
  auto add = [&](StringRef name, StringRef signature,
                 BuildFn build) -> OpInfo & {
    return table.add(name, signature, build).lists();
  };
  add("TensorArrayV3",
      "size: int32 -> handle: resource, flow: float; dtype: type, "
      "element_shape: shape = ?, dynamic_size: bool = false, clear_after_read: "
      "bool = true, identical_element_shapes: bool = false, tensor_array_name: "
      "string = ''",
      buildArray)
      .note("the elements have one shape, and stay when they are read");
  add("TensorArrayGradV3",
      "handle: resource, flow_in: float -> grad_handle: resource, flow_out: "
      "float; source: string",
      buildGradient);
  add("TensorArrayGradWithShape",
      "handle: resource, flow_in: float, shape_to_prepend: int32 -> "
      "grad_handle: resource, flow_out: float; source: string",
      buildGradientWithShape);
  add("TensorArrayWriteV3",
      "handle: resource, index: int32, value: T, flow_in: float -> flow_out: "
      "float",
      buildWrite)
      .note(oneShape);
  add("TensorArrayScatterV3",
      "handle: resource, indices: int32, value: T, flow_in: float -> flow_out: "
      "float",
      buildScatter)
      .note(oneShape);
  add("TensorArraySplitV3",
      "handle: resource, value: T, lengths: int64, flow_in: float -> flow_out: "
      "float",
      buildSplit)
      .note("the lengths are equal");
  add("TensorArrayReadV3",
      "handle: resource, index: int32, flow_in: float -> value: dtype; dtype: "
      "type",
      buildRead)
      .note(outside);
  add("TensorArrayGatherV3",
      "handle: resource, indices: int32, flow_in: float -> value: dtype; "
      "dtype: type, element_shape: shape = ?",
      buildGather)
      .note(outside);
  add("TensorArrayConcatV3",
      "handle: resource, flow_in: float -> value: dtype, lengths: int64; "
      "dtype: type, element_shape_except0: shape = ?",
      buildConcat);
  add("TensorArraySizeV3", "handle: resource, flow_in: float -> size: int32",
      buildSize);
  add("TensorArrayCloseV3", "handle: resource ->", buildClose)
      .note("does nothing");
}
