//===- OpsVariableScatter.cpp - scattered updates of variables ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ScatterUpdate and its like: the variable is read, combined with the updates
// and assigned. Repeated rows combine in their order.
//
//===----------------------------------------------------------------------===//

#include "IndexChain.h"
#include "OpFamilies.h"
#include "VariableUpdate.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::ScatterKind;

using Results = SmallVectorImpl<Value>;

/// The value of the variable at input 0, if the updates at input 2 are of its
/// element type and of one of `kinds`.
static Value readVariable(NodeBuilder &node, unsigned kinds) {
  if (failed(expectKind(node, 1, SignedInts)) ||
      failed(expectKind(node, 2, kinds)))
    return {};
  return readUpdatedVariable(node, /*updates=*/2);
}

/// Scatters `updates` to rows of `x`. One update may stand for all elements.
static Value scatterToRows(NodeBuilder &node, ScatterKind kind, Value x,
                           Value rows, Value updates) {
  IndexChain chain(node);
  if (tensorType(x).getRank() == 0) {
    node.error("expected a variable with rows, got a scalar");
    return {};
  }
  rows = chain.widenPositions(rows);
  if (rows && tensorType(updates).getRank() == 0) {
    Type i64 = node.builder().getI64Type();
    SmallVector<Value> sizes;
    if (tensorType(rows).getRank() != 0)
      sizes.push_back(chain.shape(rows, i64));
    if (int64_t rank = tensorType(x).getRank(); rank > 1)
      sizes.push_back(chain.part(chain.shape(x, i64), 1, rank));
    if (!sizes.empty())
      updates = chain.broadcastTo(updates, chain.concat(sizes, 0));
  }
  if (rows && tensorType(rows).getRank() == 0) {
    rows = chain.expandDims(rows, int64_t(0));
    updates = chain.expandDims(updates, int64_t(0));
  }
  if (!rows || !updates)
    return {};
  Value indices = chain.expandDims(rows, tensorType(rows).getRank());
  return chain.checkedScatter(kind, x, indices, updates, OutsidePolicy::Fail);
}

template <ScatterKind kind>
static LogicalResult buildRows(NodeBuilder &node, Results &results) {
  Value x =
      readVariable(node, kind == ScatterKind::Update ? Anything : Numbers);
  if (!x)
    return failure();
  return assignUpdatedVariable(
      node, scatterToRows(node, kind, x, node.input(1), node.input(2)),
      results);
}

/// Rows are divided by the product of their updates. It is taken in a wider
/// type, so that the quotient by one update is exact.
static LogicalResult buildDivideRows(NodeBuilder &node, Results &results) {
  Value x = readVariable(node, Floats);
  if (!x)
    return failure();
  IndexChain chain(node);
  Type type = tensorType(x).getElementType();
  Type wide = type.isF64() ? type : node.builder().getF64Type();
  Value wideX = chain.cast(x, wide);
  Value updates = chain.cast(node.input(2), wide);
  if (!wideX || !updates)
    return failure();
  Value ones = node.splat(wide, 1, tensorType(x).getShape());
  Value divisors =
      scatterToRows(node, ScatterKind::Mul, ones, node.input(1), updates);
  return assignUpdatedVariable(
      node, chain.cast(chain.div(wideX, divisors), type), results);
}

template <ScatterKind kind>
static LogicalResult buildNd(NodeBuilder &node, Results &results) {
  auto policy = getOutsidePolicy(node);
  if (failed(policy))
    return failure();
  constexpr bool takesAll =
      kind == ScatterKind::Update || kind == ScatterKind::Add;
  Value x = readVariable(node, takesAll ? Anything : Numbers);
  if (!x)
    return failure();
  IndexChain chain(node);
  return assignUpdatedVariable(
      node,
      chain.checkedScatter(kind, x, node.input(1), node.input(2), *policy),
      results);
}

namespace {
struct Form {
  StringLiteral name;
  BuildFn build;
};
} // namespace

void tensorflow::registerVariableScatterOps(OpTable &table) {
  constexpr StringLiteral outside = "a row outside fails the call";
  const Form rowForms[] = {
      {"ScatterUpdate", buildRows<ScatterKind::Update>},
      {"ScatterAdd", buildRows<ScatterKind::Add>},
      {"ScatterSub", buildRows<ScatterKind::Sub>},
      {"ScatterMul", buildRows<ScatterKind::Mul>},
      {"ScatterDiv", buildDivideRows},
      {"ScatterMin", buildRows<ScatterKind::Min>},
      {"ScatterMax", buildRows<ScatterKind::Max>},
  };
  for (const Form &form : rowForms) {
    // Of all these only ScatterUpdate locks unless told.
    StringRef locks = form.name == "ScatterUpdate" ? "true" : "false";
    StringRef remark = form.name == "ScatterDiv"
                           ? "float types; a row outside fails the call; "
                             "repeated rows are divided by the product of "
                             "their updates"
                           : outside;
    table
        .add(form.name,
             ("ref: Ref(T), indices: Tindices, updates: T -> "
              "output_ref: Ref(T); use_locking: bool = " +
              locks)
                 .str(),
             form.build)
        .updates(0)
        .passesReference(0)
        .note(remark);
    table
        .add(("Resource" + form.name).str(),
             "resource: resource, indices: Tindices, updates: dtype -> ; "
             "dtype: type",
             form.build)
        .updates(0)
        .note(remark);
  }

  constexpr StringLiteral policy = "a position outside fails the call, unless "
                                   "bad_indices_policy is IGNORE";
  const Form ndForms[] = {
      {"ScatterNdUpdate", buildNd<ScatterKind::Update>},
      {"ScatterNdAdd", buildNd<ScatterKind::Add>},
      {"ScatterNdSub", buildNd<ScatterKind::Sub>},
      {"ScatterNdMin", buildNd<ScatterKind::Min>},
      {"ScatterNdMax", buildNd<ScatterKind::Max>},
  };
  for (const Form &form : ndForms) {
    StringRef locks = form.name == "ScatterNdUpdate" ? "true" : "false";
    table
        .add(form.name,
             ("ref: Ref(T), indices: Tindices, updates: T -> "
              "output_ref: Ref(T); use_locking: bool = " +
              locks + ", bad_indices_policy: string = ''")
                 .str(),
             form.build)
        .updates(0)
        .passesReference(0)
        .note(policy);
    table
        .add(("Resource" + form.name).str(),
             "ref: resource, indices: Tindices, updates: T -> ; "
             "use_locking: bool = true, bad_indices_policy: string = ''",
             form.build)
        .updates(0)
        .note(policy);
  }
}
