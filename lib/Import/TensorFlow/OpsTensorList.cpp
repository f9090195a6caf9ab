//===- OpsTensorList.cpp - TensorFlow's lists of tensors ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lists.h"
#include "OpFamilies.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Making lists
//===----------------------------------------------------------------------===//

/// An error unless input `i`, a shape, is a scalar or a vector of known length.
static LogicalResult expectShape(NodeBuilder &node, unsigned i) {
  RankedTensorType type = node.inputType(i);
  if (type.getRank() == 0 || (type.getRank() == 1 && type.hasStaticShape()))
    return success();
  return node.error() << "expected input " << i << " (" << inputName(node, i)
                      << ") to be a scalar or a vector of known length, got "
                      << type;
}

static LogicalResult buildEmpty(NodeBuilder &node, Results &results) {
  if (failed(expectShape(node, 0)))
    return failure();
  ListChain chain(node);
  Value none = chain.integer(0, node.builder().getI32Type());
  return chain.give(
      results, chain.make(none, node.input(0), node.typeAttr("element_dtype")));
}

static LogicalResult buildReserve(NodeBuilder &node, Results &results) {
  if (failed(expectShape(node, 0)) || failed(expectRank(node, 1, 0)))
    return failure();
  ListChain chain(node);
  return chain.give(results, chain.make(node.input(1), node.input(0),
                                        node.typeAttr("element_dtype")));
}

/// The rows of a tensor, which is the list already.
static LogicalResult buildFromTensor(NodeBuilder &node, Results &results) {
  if (node.inputType(0).getRank() == 0)
    return node.error() << "expected input 0 (tensor) to have at least one dim,"
                           " got a scalar";
  ListChain chain(node);
  return chain.give(results, chain.withElements(node.input(0), node.input(1),
                                                node.elementType(0)));
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static LogicalResult buildLength(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  return chain.give(results, chain.length(node.input(0)));
}

static LogicalResult buildElementShape(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  return chain.give(results, chain.cast(chain.elementShape(node.input(0)),
                                        node.typeAttr("shape_type")));
}

static LogicalResult buildResize(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 0)))
    return failure();
  ListChain chain(node);
  Value list = chain.withElements(node.input(0), {}, {});
  return chain.give(
      results,
      chain.resize(list, chain.checkAtLeast(node.input(1), 0, "a length")));
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static LogicalResult buildGetItem(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 0)) || failed(expectShape(node, 2)))
    return failure();
  ListChain chain(node);
  Value list = chain.withElements(node.input(0), node.input(2),
                                  node.typeAttr("element_dtype"));
  return chain.give(results, chain.get(list, node.input(1)));
}

static LogicalResult buildSetItem(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 0)))
    return failure();
  ListChain chain(node);
  Value item = node.input(2), index = node.input(1);
  Value list = chain.fit(node.input(0), item);
  if (node.boolAttr("resize_if_index_out_of_bounds"))
    list = chain.growTo(
        list, chain.add(index, chain.integer(1, node.builder().getI32Type())));
  return chain.give(results, chain.set(list, index, item));
}

static LogicalResult buildPushBack(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  return chain.give(results, chain.push(node.input(0), node.input(1)));
}

static LogicalResult buildPopBack(NodeBuilder &node, Results &results) {
  if (failed(expectShape(node, 1)))
    return failure();
  ListChain chain(node);
  auto [item, rest] = chain.pop(chain.withElements(
      node.input(0), node.input(1), node.typeAttr("element_dtype")));
  if (failed(chain.give(results, rest)))
    return failure();
  return chain.give(results, item);
}

//===----------------------------------------------------------------------===//
// Several elements
//===----------------------------------------------------------------------===//

/// All elements as one tensor, which the list is already.
static LogicalResult buildStack(NodeBuilder &node, Results &results) {
  if (failed(expectShape(node, 1)))
    return failure();
  ListChain chain(node);
  Value list = chain.withElements(node.input(0), node.input(1),
                                  node.typeAttr("element_dtype"));
  int64_t count = node.intAttr("num_elements");
  return chain.give(results,
                    count < 0 ? list : chain.checkSize(list, 0, count));
}

static LogicalResult buildGather(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 1)) || failed(expectShape(node, 2)))
    return failure();
  ListChain chain(node);
  Value list = chain.withElements(node.input(0), node.input(2),
                                  node.typeAttr("element_dtype"));
  return chain.give(results, chain.getRows(list, node.input(1)));
}

/// A list of the rows of input 0 at the positions in input 1; `length` is null
/// if the positions say how long it is.
static LogicalResult scatterRows(NodeBuilder &node, Value length,
                                 Results &results) {
  if (failed(expectRank(node, 1, 1)) || failed(expectShape(node, 2)))
    return failure();
  ListChain chain(node);
  Value indices = node.input(1);
  Type i32Type = node.builder().getI32Type();
  Value least = chain.cast(chain.rangeOf(indices), i32Type);
  if (length) {
    // -1: as many as the positions need.
    Value isOpen = chain.compare(graph::CompareDirection::LT, length,
                                 chain.integer(0, i32Type));
    least = chain.select(isOpen, least, length);
  }
  Value list = chain.make(least, node.input(2), node.typeAttr("element_dtype"));
  return chain.give(results, chain.setRows(graph::ScatterKind::Update, list,
                                           indices, node.input(0)));
}

static LogicalResult buildScatter(NodeBuilder &node, Results &results) {
  return scatterRows(node, {}, results);
}

static LogicalResult buildScatterV2(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 3, 0)))
    return failure();
  return scatterRows(node, node.input(3), results);
}

static LogicalResult buildScatterIntoExisting(NodeBuilder &node,
                                              Results &results) {
  if (failed(expectRank(node, 2, 1)))
    return failure();
  ListChain chain(node);
  Value list = node.input(0), rows = node.input(1), indices = node.input(2);
  // The rows say what the elements are; without them there is no longer list.
  SmallVector<int64_t> shape(node.inputType(1).getShape());
  if (shape.empty())
    return node.error() << "expected input 1 (tensor) to have at least one dim,"
                           " got a scalar";
  refineList(list, node.inputType(1));
  Value least = chain.cast(chain.rangeOf(indices), node.builder().getI32Type());
  list = chain.growTo(list, least);
  return chain.give(
      results, chain.setRows(graph::ScatterKind::Update, list, indices, rows));
}

//===----------------------------------------------------------------------===//
// Joining and cutting
//===----------------------------------------------------------------------===//

static LogicalResult giveJoined(NodeBuilder &node, Value list,
                                Results &results) {
  ListChain chain(node);
  auto [joined, lengths] = chain.join(list);
  if (failed(chain.give(results, joined)))
    return failure();
  return chain.give(results, lengths);
}

static LogicalResult buildConcat(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  Value shape;
  if (auto dims = node.shapeAttr("element_shape")) {
    SmallVector<int64_t> sizes = llvm::map_to_vector(*dims, [](int64_t size) {
      return ShapedType::isDynamic(size) ? -1 : size;
    });
    shape = node.intVector(sizes);
  }
  return giveJoined(
      node,
      chain.withElements(node.input(0), shape, node.typeAttr("element_dtype")),
      results);
}

static LogicalResult buildConcatV2(NodeBuilder &node, Results &results) {
  if (failed(expectShape(node, 1)))
    return failure();
  ListChain chain(node);
  return giveJoined(node,
                    chain.withElements(node.input(0), node.input(1),
                                       node.typeAttr("element_dtype")),
                    results);
}

static LogicalResult buildConcatLists(NodeBuilder &node, Results &results) {
  Value a = node.input(0), b = node.input(1);
  // What is known of one holds for the other.
  if (!isUntypedList(b))
    refineList(a, tensorType(b));
  else if (!isUntypedList(a))
    refineList(b, tensorType(a));
  ListChain chain(node);
  Type elementType = node.typeAttr("element_dtype");
  a = chain.withElements(a, {}, elementType);
  b = chain.withElements(b, {}, elementType);
  if (!a || !b)
    return failure();
  SmallVector<int64_t> dims =
      llvm::to_vector(llvm::seq<int64_t>(1, tensorType(a).getRank()));
  if (tensorType(b).getRank() != tensorType(a).getRank())
    return node.error() << "expected two lists of elements of one shape, got "
                        << tensorType(a) << " and " << tensorType(b);
  b = chain.checkDims(b, a, dims, dims);
  return chain.give(results, chain.concat({a, b}, 0));
}

static LogicalResult buildSplit(NodeBuilder &node, Results &results) {
  if (failed(expectShape(node, 1)))
    return failure();
  ListChain chain(node);
  return chain.give(results,
                    chain.withElements(chain.cut(node.input(0), node.input(2)),
                                       node.input(1), node.elementType(0)));
}

void tensorflow::registerTensorListOps(OpTable &table) {
  constexpr StringLiteral oneShape = "the elements have one shape";
  auto add = [&](StringRef name, StringRef signature,
                 BuildFn build) -> OpInfo & {
    return table.add(name, signature, build).lists();
  };
  add("EmptyTensorList",
      "element_shape: shape_type, max_num_elements: int32 -> handle: variant; "
      "element_dtype: type",
      buildEmpty)
      .note("the elements have one shape; max_num_elements is no limit");
  add("TensorListReserve",
      "element_shape: shape_type, num_elements: int32 -> handle: variant; "
      "element_dtype: type",
      buildReserve)
      .note(oneShape);
  add("TensorListFromTensor",
      "tensor: element_dtype, element_shape: shape_type -> output_handle: "
      "variant",
      buildFromTensor);
  add("TensorListStack",
      "input_handle: variant, element_shape: int32 -> tensor: element_dtype; "
      "element_dtype: type, num_elements: int = -1",
      buildStack);
  add("TensorListGetItem",
      "input_handle: variant, index: int32, element_shape: Tshape -> item: "
      "element_dtype; element_dtype: type, Tshape: type = int32",
      buildGetItem)
      .note("an index outside fails the call");
  add("TensorListSetItem",
      "input_handle: variant, index: int32, item: element_dtype -> "
      "output_handle: variant; resize_if_index_out_of_bounds: bool = false",
      buildSetItem)
      .note(oneShape);
  add("TensorListPushBack",
      "input_handle: variant, tensor: element_dtype -> output_handle: variant",
      buildPushBack)
      .note(oneShape);
  add("TensorListPopBack",
      "input_handle: variant, element_shape: int32 -> output_handle: variant, "
      "tensor: element_dtype; element_dtype: type",
      buildPopBack)
      .note("an empty list fails the call");
  add("TensorListLength", "input_handle: variant -> length: int32",
      buildLength);
  add("TensorListResize",
      "input_handle: variant, size: int32 -> output_handle: variant",
      buildResize);
  add("TensorListGather",
      "input_handle: variant, indices: int32, element_shape: int32 -> values: "
      "element_dtype; element_dtype: type",
      buildGather)
      .note("an index outside fails the call");
  add("TensorListScatter",
      "tensor: element_dtype, indices: int32, element_shape: shape_type -> "
      "output_handle: variant",
      buildScatter);
  add("TensorListScatterV2",
      "tensor: element_dtype, indices: int32, element_shape: shape_type, "
      "num_elements: int32 -> output_handle: variant",
      buildScatterV2);
  add("TensorListScatterIntoExistingList",
      "input_handle: variant, tensor: element_dtype, indices: int32 -> "
      "output_handle: variant",
      buildScatterIntoExisting);
  add("TensorListConcat",
      "input_handle: variant -> tensor: element_dtype, lengths: int64; "
      "element_dtype: type, element_shape: shape = ?",
      buildConcat)
      .note(oneShape);
  add("TensorListConcatV2",
      "input_handle: variant, element_shape: shape_type, leading_dims: int64 "
      "-> tensor: element_dtype, lengths: int64; element_dtype: type",
      buildConcatV2)
      .note(oneShape);
  add("TensorListConcatLists",
      "input_a: variant, input_b: variant -> output: variant; element_dtype: "
      "type",
      buildConcatLists)
      .note(oneShape);
  add("TensorListSplit",
      "tensor: element_dtype, element_shape: shape_type, lengths: int64 -> "
      "output_handle: variant",
      buildSplit)
      .note(oneShape);
  add("TensorListElementShape",
      "input_handle: variant -> element_shape: shape_type; shape_type: type",
      buildElementShape)
      .note("the sizes that the elements have");
}
