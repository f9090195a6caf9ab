//===- OpsScatter.cpp - values written at positions -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ScatterNd and what else takes rows of positions. Repeated rows combine in
// their order, so that the last update stays.
//
//===----------------------------------------------------------------------===//

#include "IndexChain.h"
#include "OpFamilies.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::ScatterKind;

using Results = SmallVectorImpl<Value>;

/// Checks the shapes of `indices` and `updates` against each other and `x`.
static Value checkUpdates(NodeBuilder &node, IndexChain &chain, Value x,
                          Value indices, Value updates) {
  RankedTensorType type = tensorType(x), indexType = tensorType(indices);
  int64_t last = indexType.getRank() - 1;
  if (last < 0 || indexType.isDynamicDim(last) ||
      indexType.getDimSize(last) < 1 ||
      indexType.getDimSize(last) > type.getRank()) {
    node.error() << "expected indices to end with a dim of a known size of 1 "
                    "to "
                 << type.getRank() << ", the number of dims that it picks from "
                 << type << ", got " << indexType;
    return {};
  }
  int64_t depth = indexType.getDimSize(last);
  int64_t rank = last + type.getRank() - depth;
  if (rank == 0 || tensorType(updates).getRank() != rank) {
    node.error() << "expected updates to have " << std::max<int64_t>(rank, 1)
                 << " dims, those of indices but the last and those of " << type
                 << " after the first " << depth << ", got "
                 << tensorType(updates);
    return {};
  }
  auto dims = [](int64_t begin, int64_t end) {
    return llvm::to_vector(llvm::seq<int64_t>(begin, end));
  };
  updates = chain.checkDims(updates, indices, dims(0, last), dims(0, last));
  return chain.checkDims(updates, x, dims(last, rank),
                         dims(depth, type.getRank()));
}

/// Checks that rows of positions lie inside `x`.
static Value checkRows(NodeBuilder &node, IndexChain &chain, Value indices,
                       Value x) {
  int64_t depth = tensorType(indices).getShape().back();
  if (depth == 1)
    return chain.checkIndex(indices, x, 0);
  Type elementType = tensorType(indices).getElementType();
  Value sizes = chain.part(chain.shape(x, elementType), 0, depth);
  Value areInside = chain.op<graph::AndOp>(
      {chain.compare(graph::CompareDirection::GE, indices,
                     chain.integer(0, elementType)),
       chain.compare(graph::CompareDirection::LT, indices, sizes)});
  return chain.checkTrue(indices, areInside, "an index is outside the tensor");
}

static LogicalResult scatter(NodeBuilder &node, ScatterKind kind, Value x,
                             Value indices, Value updates, Results &results) {
  auto policy = getOutsidePolicy(node);
  if (failed(policy))
    return failure();
  IndexChain chain(node);
  indices = chain.widenPositions(indices);
  updates = checkUpdates(node, chain, x, indices, updates);
  if (!updates)
    return failure();
  if (*policy == OutsidePolicy::Fail)
    indices = checkRows(node, chain, indices, x);
  // The sum of booleans is "or".
  bool isBoolean = tensorType(x).getElementType().isInteger(1);
  if (isBoolean && kind == ScatterKind::Add)
    kind = ScatterKind::Max;
  return chain.give(results, chain.scatter(kind, x, indices, updates));
}

template <ScatterKind kind>
static LogicalResult buildTensorScatter(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 1, Ints)))
    return failure();
  if (kind != ScatterKind::Update && kind != ScatterKind::Add &&
      failed(expectKind(node, 0, Numbers)))
    return failure();
  return scatter(node, kind, node.input(0), node.input(1), node.input(2),
                 results);
}

static LogicalResult buildScatterNd(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Ints)) || failed(expectRank(node, 2, 1)))
    return failure();
  if (node.inputType(2).isDynamicDim(0))
    return node.error("expected input 2 (shape) to have a known number of "
                      "elements, so that the result's rank is known");
  IndexChain chain(node);
  Value shape =
      chain.checkAtLeast(chain.widenPositions(node.input(2)), 0, "a size");
  Value zeros = chain.broadcastTo(chain.scalar(0, node.input(1)), shape);
  if (!zeros)
    return failure();
  return scatter(node, ScatterKind::Add, zeros, node.input(0), node.input(1),
                 results);
}

void tensorflow::registerScatterOps(OpTable &table) {
  constexpr StringLiteral outside = "a position outside fails the call, unless "
                                    "bad_indices_policy is IGNORE";
  table
      .add("ScatterNd",
           "indices: Tindices, updates: T, shape: Tindices -> output: T; "
           "bad_indices_policy: string = ''",
           buildScatterNd)
      .note(outside);
  constexpr StringLiteral signature =
      "tensor: T, indices: Tindices, updates: T -> output: T; "
      "bad_indices_policy: string = ''";
  auto add = [&](StringRef name, StringRef text, BuildFn build) {
    table.add(name, text, build).note(outside);
  };
  add("TensorScatterUpdate", signature,
      buildTensorScatter<ScatterKind::Update>);
  add("TensorScatterAdd", signature, buildTensorScatter<ScatterKind::Add>);
  add("TensorScatterSub", signature, buildTensorScatter<ScatterKind::Sub>);
  add("TensorScatterMax", signature, buildTensorScatter<ScatterKind::Max>);
  add("TensorScatterMin", signature, buildTensorScatter<ScatterKind::Min>);
  add("ScatterNdNonAliasingAdd",
      "input: T, indices: Tindices, updates: T -> output: T; "
      "bad_indices_policy: string = ''",
      buildTensorScatter<ScatterKind::Add>);
}
