//===- OpsGather.cpp - TensorFlow's lookups by position -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IndexChain.h"
#include "OpFamilies.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// Looks up in `x` after the checks that the positions lie inside and that the
/// shared dims agree.
static LogicalResult gather(NodeBuilder &node, Value x, Value indices,
                            int64_t axis, int64_t batchDims, Results &results) {
  int64_t rank = tensorType(x).getRank();
  int64_t indexRank = tensorType(indices).getRank();
  if (rank == 0)
    return node.error("expected params to have at least one dim, got a "
                      "scalar");
  auto dim = node.normalizeAxis(axis, rank);
  if (failed(dim))
    return failure();
  if (batchDims < 0)
    batchDims += indexRank;
  if (batchDims < 0 || batchDims > indexRank || batchDims > *dim)
    return node.error() << "expected batch_dims to be at most the axis " << *dim
                        << " and the " << indexRank << " dims of indices, got "
                        << node.intAttr("batch_dims");
  Chain chain(node);
  // Narrow positions are looked up as int32.
  Type indexType = tensorType(indices).getElementType();
  if (!indexType.isSignlessInteger(64))
    indices = chain.cast(indices, node.builder().getI32Type());
  indices = chain.checkIndex(indices, x, *dim);
  SmallVector<int64_t> shared =
      llvm::to_vector(llvm::seq<int64_t>(0, batchDims));
  if (!shared.empty())
    indices = chain.checkDims(indices, x, shared, shared);
  return chain.give(results, chain.gather(x, indices, *dim, batchDims));
}

static LogicalResult buildGather(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 1, SignedInts)))
    return failure();
  return gather(node, node.input(0), node.input(1), /*axis=*/0,
                /*batchDims=*/0, results);
}

static LogicalResult buildGatherV2(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 1, SignedInts)))
    return failure();
  auto axis = node.requireInts(2);
  if (failed(axis))
    return failure();
  if (axis->size() != 1)
    return node.error() << "expected input 2 (axis) to be one integer, got "
                        << axis->size();
  return gather(node, node.input(0), node.input(1), axis->front(),
                node.intAttr("batch_dims"), results);
}

static LogicalResult buildResourceGather(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 1, SignedInts)))
    return failure();
  auto read = node.ordered(graph::ReadOp::create(node.builder(), node.loc(),
                                                 node.variableType(0),
                                                 node.variable(0).getValue()));
  return gather(node, read.getValue(), node.input(1),
                /*axis=*/node.intAttr("batch_dims"), node.intAttr("batch_dims"),
                results);
}

//===----------------------------------------------------------------------===//
// GatherNd
//===----------------------------------------------------------------------===//

/// The positions in `x`, with its first dims as one, that the rows of `indices`
/// mean. With `isInside` rows outside `x` mean no particular one, and it is set
/// to whether they are inside; otherwise they fail the call.
static Value flattenPositions(NodeBuilder &node, IndexChain &chain, Value x,
                              Value indices, Value *isInside) {
  Type indexType = node.builder().getI64Type();
  int64_t last = tensorType(indices).getRank() - 1;
  Value flat;
  for (int64_t dim = 0; dim < tensorType(indices).getDimSize(last); ++dim) {
    Value column = chain.gather(indices, chain.i64(dim), last);
    if (!isInside)
      column = chain.checkIndex(column, x, dim);
    column = chain.i64(column);
    Value size = chain.dim(x, dim, indexType);
    if (isInside) {
      Value isWithin = chain.op<graph::AndOp>(
          {chain.compare(graph::CompareDirection::GE, column, chain.i64(0)),
           chain.compare(graph::CompareDirection::LT, column, size)});
      *isInside =
          dim == 0 ? isWithin : chain.op<graph::AndOp>({*isInside, isWithin});
    }
    flat = dim == 0 ? column : chain.add(chain.mul(flat, size), column);
  }
  return flat;
}

/// The slices of `x` that rows of positions pick.
static LogicalResult gatherNd(NodeBuilder &node, Value x, Value indices,
                              OutsidePolicy policy, Results &results) {
  RankedTensorType indexTensor = tensorType(indices);
  int64_t rank = tensorType(x).getRank();
  int64_t last = indexTensor.getRank() - 1;
  if (last < 0 || indexTensor.isDynamicDim(last) ||
      indexTensor.getDimSize(last) > rank)
    return node.error() << "expected the last dim of input 1 (indices) to have "
                           "a known size of at most "
                        << rank << ", got " << indexTensor;
  int64_t depth = indexTensor.getDimSize(last);
  IndexChain chain(node);
  Type indexType = node.builder().getI64Type();
  Value shape = chain.shape(x, indexType);
  if (depth == 0) {
    // Every empty row means all of the tensor.
    Value rows = chain.part(chain.shape(indices, indexType), 0, last);
    Value whole = chain.concat({rows, shape}, 0);
    return chain.give(results, chain.broadcastTo(x, whole));
  }
  bool ignores = policy == OutsidePolicy::Ignore;
  Value isInside;
  Value flat = flattenPositions(node, chain, x, chain.widenPositions(indices),
                                ignores ? &isInside : nullptr);
  Value count = chain.reduce(graph::ReduceKind::Prod,
                             chain.part(shape, 0, depth), int64_t(0));
  Value table = chain.reshape(x, chain.rowsShape(count, x, depth));
  if (ignores) {
    // One more slice, of zeros, is what a position outside means.
    Value zeros = chain.broadcastTo(chain.scalar(0, x),
                                    chain.rowsShape(chain.i64(1), x, depth));
    table = chain.concat({table, zeros}, 0);
    flat = chain.select(isInside, flat, count);
  }
  return chain.give(results, chain.gather(table, flat, /*axis=*/0));
}

static LogicalResult buildGatherNd(NodeBuilder &node, Results &results) {
  auto policy = getOutsidePolicy(node);
  if (failed(policy) || failed(expectKind(node, 1, SignedInts)))
    return failure();
  return gatherNd(node, node.input(0), node.input(1), *policy, results);
}

static LogicalResult buildResourceGatherNd(NodeBuilder &node,
                                           Results &results) {
  if (failed(expectKind(node, 1, SignedInts)))
    return failure();
  auto read = node.ordered(graph::ReadOp::create(node.builder(), node.loc(),
                                                 node.variableType(0),
                                                 node.variable(0).getValue()));
  return gatherNd(node, read.getValue(), node.input(1), OutsidePolicy::Fail,
                  results);
}

//===----------------------------------------------------------------------===//
// OneHot
//===----------------------------------------------------------------------===//

static LogicalResult buildOneHot(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Ints)))
    return failure();
  for (unsigned i = 1; i < 4; ++i)
    if (failed(expectRank(node, i, 0)))
      return failure();
  int64_t rank = node.inputType(0).getRank();
  auto axis = node.normalizeAxis(node.intAttr("axis"), rank + 1);
  if (failed(axis))
    return failure();
  Chain chain(node);
  Type indexType = node.builder().getI64Type();
  Value depth = chain.checkAtLeast(node.input(1), 0, "a depth");
  Value classes =
      chain.range(chain.integer(0, indexType), chain.cast(depth, indexType),
                  chain.integer(1, indexType));
  classes = chain.expandDims(
      classes, llvm::to_vector(llvm::seq<int64_t>(1, rank - *axis + 1)));
  Value indices = chain.expandDims(chain.cast(node.input(0), indexType), *axis);
  Value isHot = chain.compare(graph::CompareDirection::EQ, indices, classes);
  return chain.give(results, chain.select(isHot, node.input(2), node.input(3)));
}

/// The coordinates, one row per dim, of row-major numbers of elements.
static LogicalResult buildUnravelIndex(NodeBuilder &node, Results &results) {
  if (node.inputType(0).getRank() > 1)
    return node.error() << "expected input 0 (indices) to be a scalar or a "
                           "vector, got "
                        << node.inputType(0);
  if (failed(expectRank(node, 1, 1)))
    return failure();
  int64_t rank = node.inputType(1).getDimSize(0);
  if (ShapedType::isDynamic(rank) || rank == 0)
    return node.error() << "expected input 1 (dims) to have a known number of "
                           "elements, at least one, got "
                        << node.inputType(1);
  Chain chain(node);
  Type type = node.elementType(0);
  Value dims = chain.checkAtLeast(node.input(1), 1, "a size");
  Value count = chain.reduce(graph::ReduceKind::Prod, dims, int64_t(0));
  Value rest = chain.checkBounds(
      node.input(0), chain.integer(0, type),
      count ? chain.sub(count, chain.integer(1, type)) : Value(), "an index");
  SmallVector<Value> rows(rank);
  for (int64_t dim = rank - 1; dim >= 0; --dim) {
    Value size = chain.element(dims, dim);
    rows[dim] =
        chain.expandDims(chain.op<graph::FloorModOp>({rest, size}), int64_t(0));
    rest = chain.op<graph::FloorDivOp>({rest, size});
    if (!rows[dim] || !rest)
      return failure();
  }
  return chain.give(results, chain.concat(rows, 0));
}

void tensorflow::registerGatherOps(OpTable &table) {
  table
      .add("UnravelIndex",
           "indices: Tidx, dims: Tidx -> output: Tidx; Tidx: type = int32",
           buildUnravelIndex)
      .note("dims of known length");
  table
      .add("Gather",
           "params: Tparams, indices: Tindices -> output: Tparams; "
           "validate_indices: bool = true",
           buildGather)
      .note("a position outside fails the call");
  table
      .add("GatherV2",
           "params: Tparams, indices: Tindices, axis: Taxis -> output: "
           "Tparams; batch_dims: int = 0",
           buildGatherV2)
      .note("constant axis; a position outside fails the call");
  table
      .add("ResourceGather",
           "resource: resource, indices: Tindices -> output: dtype; "
           "dtype: type, batch_dims: int = 0, validate_indices: bool = true",
           buildResourceGather)
      .reads(0)
      .note("a position outside fails the call");
  table
      .add("ResourceGatherNd",
           "resource: resource, indices: Tindices -> output: dtype; "
           "dtype: type",
           buildResourceGatherNd)
      .reads(0)
      .note("a position outside fails the call");
  table
      .add("GatherNd",
           "params: Tparams, indices: Tindices -> output: Tparams; "
           "bad_indices_policy: string = ''",
           buildGatherNd)
      .note("a position outside fails the call, unless bad_indices_policy is "
            "IGNORE");
  table.add("OneHot",
            "indices: TI, depth: int32, on_value: T, off_value: T -> output: "
            "T; axis: int = -1, TI: type = int64",
            buildOneHot);
}
