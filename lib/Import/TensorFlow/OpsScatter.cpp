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

static LogicalResult scatter(NodeBuilder &node, ScatterKind kind, Value x,
                             Value indices, Value updates, Results &results) {
  auto policy = getOutsidePolicy(node);
  if (failed(policy))
    return failure();
  IndexChain chain(node);
  return chain.give(results,
                    chain.checkedScatter(kind, x, indices, updates, *policy));
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
