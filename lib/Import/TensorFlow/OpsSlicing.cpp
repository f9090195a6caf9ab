//===- OpsSlicing.cpp - TensorFlow's slices -------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"
#include "VariableUpdate.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

/// Whether the box surely lies inside the tensor, or surely not: then the op's
/// own inference says so.
static bool isSliceDecided(RankedTensorType type, ArrayRef<int64_t> begin,
                           ArrayRef<int64_t> size) {
  for (auto [dim, from, count] :
       llvm::zip_equal(type.getShape(), begin, size)) {
    if (from == graph::kUnknown || count == graph::kUnknown)
      return false;
    bool fitsAnySize = from == 0 && (count == -1 || count == 0);
    if (ShapedType::isDynamic(dim) && !fitsAnySize)
      return false;
  }
  return true;
}

static LogicalResult buildSlice(NodeBuilder &node, Results &results) {
  RankedTensorType type = node.inputType(0);
  for (unsigned i : {1u, 2u}) {
    if (failed(expectRank(node, i, 1)))
      return failure();
    if (node.inputType(i).getDimSize(0) != type.getRank())
      return node.error() << "expected input " << i << " ("
                          << inputName(node, i) << ") to have "
                          << type.getRank()
                          << " elements, one per dim of input 0, got "
                          << node.inputType(i);
  }
  Chain chain(node);
  Value x = node.input(0);
  Value begin = node.input(1);
  Value size = node.input(2);
  Type indexType = node.elementType(1);
  auto knownBegin = chain.knownInts(begin);
  auto knownSize = chain.knownInts(size);
  if (!isSliceDecided(type, knownBegin, knownSize)) {
    Value dims = chain.shape(x, indexType);
    begin =
        chain.checkBounds(begin, chain.integer(0, indexType), dims, "a begin");
    size = chain.checkBounds(size, chain.integer(-1, indexType),
                             chain.sub(dims, begin), "a size");
  }
  return chain.give(results, chain.op<graph::SliceOp>({x, begin, size}));
}

//===----------------------------------------------------------------------===//
// StridedSlice
//===----------------------------------------------------------------------===//

/// `position`, which may count from the end, as a checked position in dim
/// `dim` of `x`. `known` is its value where that is known.
static Value checkPosition(Chain &chain, Value x, int64_t dim, Value position,
                           int64_t known) {
  Type type = tensorType(position).getElementType();
  if (known == graph::kUnknown) {
    Value isNegative = chain.compare(graph::CompareDirection::LT, position,
                                     chain.integer(0, type));
    Value fromEnd = chain.add(position, chain.dim(x, dim, type));
    position = chain.select(isNegative, fromEnd, position);
  } else if (known < 0) {
    position = chain.add(chain.dim(x, dim, type), position);
  }
  return chain.checkIndex(position, x, dim);
}

/// The begins, with picked positions of `x` that may lie outside checked.
static Value checkPicks(Chain &chain, Value x, Value begin,
                        ArrayRef<graph::SliceEntry> places) {
  Type indexType = tensorType(begin).getElementType();
  SmallVector<int64_t> known = chain.knownInts(begin);

  SmallVector<Value> begins(known.size());
  for (const graph::SliceEntry &place : places) {
    bool isPick = place.kind == graph::SliceEntry::Kind::Index;
    if (!isPick || (known[place.entry] != graph::kUnknown &&
                    !tensorType(x).isDynamicDim(place.dim)))
      continue;
    Value position = known[place.entry] == graph::kUnknown
                         ? chain.element(begin, place.entry)
                         : chain.integer(known[place.entry], indexType);
    position = checkPosition(chain, x, place.dim, position, known[place.entry]);
    if (!position)
      return {};
    begins[place.entry] = position;
  }
  if (llvm::none_of(begins, [](Value position) { return bool(position); }))
    return begin;
  for (auto [entry, position] : llvm::enumerate(begins))
    if (!position)
      position = known[entry] == graph::kUnknown
                     ? chain.element(begin, entry)
                     : chain.integer(known[entry], indexType);
  return chain.vector(begins);
}

/// The slice of `x` that the inputs from number `first` on (begin, end,
/// strides) and the masks describe.
static Value takeSlice(NodeBuilder &node, Chain &chain, Value x,
                       unsigned first) {
  for (unsigned i : {first, first + 1, first + 2}) {
    if (failed(expectRank(node, i, 1)))
      return {};
    if (!node.inputType(i).isDynamicDim(0) &&
        node.inputType(i) == node.inputType(first))
      continue;
    node.error() << "expected begin, end and strides to have one known "
                    "number of elements, got "
                 << node.inputType(first) << ", " << node.inputType(first + 1)
                 << " and " << node.inputType(first + 2);
    return {};
  }
  // Steps that vary from call to call could be zero, which nothing else does.
  if (failed(node.requireInts(first + 2)))
    return {};
  int64_t count = node.inputType(first).getDimSize(0);
  if (count > 32) {
    node.error("expected at most 32 entries in begin, end and strides");
    return {};
  }
  SmallVector<NamedAttribute> attributes;
  for (StringRef mask : {"begin_mask", "end_mask", "ellipsis_mask",
                         "new_axis_mask", "shrink_axis_mask"})
    if (int64_t bits = node.intAttr(mask))
      attributes.push_back(chain.attr(mask, bits));
  int64_t rank = tensorType(x).getRank();
  auto places = graph::sliceEntries(
      rank, count,
      {node.intAttr("begin_mask"), node.intAttr("end_mask"),
       node.intAttr("ellipsis_mask"), node.intAttr("new_axis_mask"),
       node.intAttr("shrink_axis_mask")});
  if (failed(places)) {
    node.error() << "expected begin, end and strides to speak of at most "
                 << rank << " dims, as many as input 0 has";
    return {};
  }
  Value begin = checkPicks(chain, x, node.input(first), *places);
  return chain.op<graph::StridedSliceOp>(
      {x, begin, node.input(first + 1), node.input(first + 2)}, attributes);
}

static LogicalResult buildStridedSlice(NodeBuilder &node, Results &results) {
  Chain chain(node);
  return chain.give(results,
                    takeSlice(node, chain, node.input(0), /*first=*/1));
}

/// `values` as a vector of one value per element of the slice of which `places`
/// holds the elements' numbers. More dims than the slice's must be of size 1,
/// and a slice without elements takes any values.
static Value fitToSlice(NodeBuilder &node, Chain &chain, Value values,
                        Value places) {
  int64_t rank = tensorType(places).getRank();
  int64_t numExtra = std::max<int64_t>(tensorType(values).getRank() - rank, 0);
  auto extra = llvm::to_vector(llvm::seq<int64_t>(numExtra));
  if (!extra.empty())
    values =
        chain.squeeze(Chain::orNull(node.checkSqueeze(values, extra)), extra);
  if (!values)
    return {};
  Type indexType = node.builder().getI64Type();
  Value flat = node.intVector(-1, indexType);
  Value sizes = chain.shape(places, indexType);
  RankedTensorType type = tensorType(values);
  bool isAnySize =
      llvm::all_of(type.getShape(), [](int64_t dim) { return dim == 1; });
  if (isAnySize || tensorType(places).hasStaticShape())
    return chain.reshape(chain.checkedBroadcastTo(values, sizes), flat);

  // Only the call tells whether there are elements.
  Value count = chain.reduce(graph::ReduceKind::Prod, sizes, int64_t(0));
  Value isEmpty = chain.compare(graph::CompareDirection::EQ, count,
                                chain.integer(0, indexType));
  Value own = chain.shape(values, indexType);
  if (type.getRank() < rank)
    own = chain.concat(
        {node.intVector(SmallVector<int64_t>(rank - type.getRank(), 1),
                        indexType),
         own},
        0);
  Value fitting =
      chain.checkedBroadcastTo(values, chain.select(isEmpty, own, sizes));
  return chain.op<graph::SliceOp>({chain.reshape(fitting, flat),
                                   node.intVector(0, indexType),
                                   chain.expandDims(count, int64_t(0))});
}

/// `x` with `values` written over the slice that the inputs from 1 on describe.
/// The slice of the row-major numbers of the elements says where they go.
static Value writeSlice(NodeBuilder &node, Chain &chain, Value x,
                        Value values) {
  if (!x || !values)
    return {};
  Type indexType = node.builder().getI64Type();
  Value shape = chain.shape(x, indexType);
  Value count = chain.reduce(graph::ReduceKind::Prod, shape, int64_t(0));
  Value numbers = chain.reshape(chain.range(chain.integer(0, indexType), count,
                                            chain.integer(1, indexType)),
                                shape);
  Value places =
      numbers ? takeSlice(node, chain, numbers, /*first=*/1) : Value();
  if (!places)
    return {};
  if (llvm::is_contained(tensorType(places).getShape(), 0))
    return x;
  auto kind =
      graph::ScatterKindAttr::get(node.context(), graph::ScatterKind::Update);
  Value written = chain.op<graph::ScatterOp>(
      {chain.reshape(x, node.intVector(-1, indexType)),
       chain.reshape(places, node.intVector({-1, 1}, indexType)),
       fitToSlice(node, chain, values, places)},
      node.builder().getNamedAttr("kind", kind));
  return chain.reshape(written, shape);
}

/// The gradient of a slice: zeros around what comes in.
static LogicalResult buildStridedSliceGrad(NodeBuilder &node,
                                           Results &results) {
  if (failed(expectRank(node, 0, 1)))
    return failure();
  if (node.inputType(0).isDynamicDim(0))
    return node.error("expected input 0 (shape) to have a known number of "
                      "elements, so that the result's rank is known");
  Chain chain(node);
  Value shape = chain.checkAtLeast(node.input(0), 0, "a size");
  Value zeros = chain.broadcastTo(chain.scalar(0, node.input(4)), shape);
  return chain.give(results, writeSlice(node, chain, zeros, node.input(4)));
}

static LogicalResult buildStridedSliceUpdate(NodeBuilder &node,
                                             Results &results) {
  Chain chain(node);
  return chain.give(results,
                    writeSlice(node, chain, node.input(0), node.input(4)));
}

/// The same of a variable.
static LogicalResult buildStridedSliceAssign(NodeBuilder &node,
                                             Results &results) {
  Value x = readUpdatedVariable(node, /*updates=*/4);
  Chain chain(node);
  return assignUpdatedVariable(node, writeSlice(node, chain, x, node.input(4)),
                               results);
}

/// Reversal along axes: a slice of everything with steps of -1.
static LogicalResult buildReverse(NodeBuilder &node, Results &results) {
  auto axes = node.requireInts(1);
  if (failed(axes))
    return failure();
  int64_t rank = node.inputType(0).getRank();
  SmallVector<int64_t> strides(rank, 1);
  for (int64_t axis : *axes) {
    auto normalized = node.normalizeAxis(axis, rank);
    if (failed(normalized))
      return failure();
    if (std::exchange(strides[*normalized], -1) == -1)
      return node.error() << "expected different axes, but axis " << *normalized
                          << " is given twice";
  }
  Chain chain(node);
  Value x = node.input(0);
  if (axes->empty())
    return chain.give(results, x);
  Value zeros = node.intVector(SmallVector<int64_t>(rank, 0));
  int64_t all = (int64_t(1) << rank) - 1;
  return chain.give(results, chain.op<graph::StridedSliceOp>(
                                 {x, zeros, zeros, node.intVector(strides)},
                                 {chain.attr("begin_mask", all),
                                  chain.attr("end_mask", all)}));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerSlicingOps(OpTable &table) {
  table
      .add("Slice",
           "input: T, begin: Index, size: Index -> output: T; Index: type",
           buildSlice)
      .note("a box outside the tensor fails the call");
  table
      .add("StridedSlice",
           "input: T, begin: Index, end: Index, strides: Index -> output: T; "
           "Index: type, begin_mask: int = 0, end_mask: int = 0, "
           "ellipsis_mask: int = 0, new_axis_mask: int = 0, "
           "shrink_axis_mask: int = 0",
           buildStridedSlice)
      .note("constant strides; a picked position outside fails the call");
  constexpr StringLiteral masks =
      "begin_mask: int = 0, end_mask: int = 0, ellipsis_mask: int = 0, "
      "new_axis_mask: int = 0, shrink_axis_mask: int = 0";
  table
      .add("StridedSliceGrad",
           ("shape: Index, begin: Index, end: Index, strides: Index, dy: T -> "
            "output: T; Index: type, " +
            masks)
               .str(),
           buildStridedSliceGrad)
      .note("constant strides");
  table
      .add("TensorStridedSliceUpdate",
           ("input: T, begin: Index, end: Index, strides: Index, value: T -> "
            "output: T; Index: type, " +
            masks)
               .str(),
           buildStridedSliceUpdate)
      .note("constant strides");
  table
      .add("ResourceStridedSliceAssign",
           ("ref: resource, begin: Index, end: Index, strides: Index, value: T "
            "-> ; Index: type, " +
            masks)
               .str(),
           buildStridedSliceAssign)
      .updates(0)
      .note("constant strides");
  table
      .add("StridedSliceAssign",
           ("ref: Ref(T), begin: Index, end: Index, strides: Index, value: T "
            "-> output_ref: Ref(T); Index: type, " +
            masks)
               .str(),
           buildStridedSliceAssign)
      .updates(0)
      .passesReference(0)
      .note("constant strides");
  table
      .add("ReverseV2",
           "tensor: T, axis: Tidx -> output: T; Tidx: type = int32",
           buildReverse)
      .note("constant axes");
}
