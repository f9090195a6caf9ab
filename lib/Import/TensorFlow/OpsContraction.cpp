//===- OpsContraction.cpp - TensorFlow's matrix products ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

namespace {
/// The operands of a product and which of them are transposed.
struct Product {
  Value a;
  Value b;
  bool transposeA;
  bool transposeB;

  int64_t rankA() const { return tensorType(a).getRank(); }
  int64_t rankB() const { return tensorType(b).getRank(); }
  int64_t contractedA() const { return rankA() - (transposeA ? 2 : 1); }
  int64_t contractedB() const { return rankB() - (transposeB ? 1 : 2); }
};
} // namespace

/// Whether the batch dims of the operands broadcast whatever their open sizes.
static bool batchBroadcasts(const Product &product) {
  RankedTensorType aType = tensorType(product.a);
  RankedTensorType bType = tensorType(product.b);
  int64_t shared = std::min(aType.getRank(), bType.getRank());
  for (int64_t fromEnd = 3; fromEnd <= shared; ++fromEnd) {
    int64_t i = aType.getRank() - fromEnd;
    int64_t j = bType.getRank() - fromEnd;
    if (aType.getDimSize(i) != 1 && bType.getDimSize(j) != 1 &&
        !graph::sameDim(product.a, i, product.b, j))
      return false;
  }
  return true;
}

/// `x` with its two last sizes replaced by 1, as a tensor that stands for its
/// shape: the batch dims as something that broadcasts with a whole operand.
static Value batchSample(NodeBuilder &node, Chain &chain, Value x) {
  int64_t rank = tensorType(x).getRank();
  Type indexType = node.builder().getI64Type();
  Value batch = chain.part(chain.shape(x, indexType), 0, rank - 2);
  Value shape = chain.concat({batch, node.intVector({1, 1}, indexType)}, 0);
  return chain.broadcastTo(node.splat(node.builder().getI1Type(), 0), shape);
}

static LogicalResult buildProduct(NodeBuilder &node, Product product,
                                  Results &results) {
  Chain chain(node);
  product.a = chain.checkDims(product.a, product.b, product.contractedA(),
                              product.contractedB());
  if (!product.a)
    return failure();
  SmallVector<NamedAttribute> attributes;
  if (product.transposeA)
    attributes.push_back(chain.flag("transpose_a"));
  if (product.transposeB)
    attributes.push_back(chain.flag("transpose_b"));
  return chain.give(
      results, chain.op<graph::MatmulOp>({product.a, product.b}, attributes));
}

/// The same after the check that the batch dims broadcast.
static LogicalResult buildBatchProduct(NodeBuilder &node, Product product,
                                       Results &results) {
  Chain chain(node);
  RankedTensorType aType = tensorType(product.a);
  RankedTensorType bType = tensorType(product.b);
  if (failed(graph::broadcastShapes(aType.getShape().drop_back(2),
                                    bType.getShape().drop_back(2))))
    return node.error() << "expected batch dims that broadcast, got " << aType
                        << " and " << bType;
  if (!batchBroadcasts(product))
    product.a =
        chain.checkBroadcast(product.a, batchSample(node, chain, product.b));
  if (!product.a)
    return failure();
  return buildProduct(node, product, results);
}

static LogicalResult buildMatMul(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)) || failed(expectRank(node, 0, 2)) ||
      failed(expectRank(node, 1, 2)))
    return failure();
  return buildProduct(node,
                      {node.input(0), node.input(1),
                       node.boolAttr("transpose_a"),
                       node.boolAttr("transpose_b")},
                      results);
}

static LogicalResult expectMatrices(NodeBuilder &node) {
  for (unsigned i : {0u, 1u}) {
    if (failed(expectKind(node, i, Numbers)))
      return failure();
    if (node.inputType(i).getRank() < 2)
      return node.error() << "expected input " << i << " ("
                          << inputName(node, i)
                          << ") to have at least two dims, got "
                          << node.inputType(i);
  }
  return success();
}

/// BatchMatMul of TensorFlow 1: the batch dims are equal.
static LogicalResult buildBatchMatMul(NodeBuilder &node, Results &results) {
  if (failed(expectMatrices(node)))
    return failure();
  Chain chain(node);
  Value a = node.input(0);
  Value b = node.input(1);
  if (tensorType(a).getRank() != tensorType(b).getRank())
    return node.error() << "expected inputs of one rank, got " << a.getType()
                        << " and " << b.getType();
  auto batchDims =
      llvm::to_vector(llvm::seq<int64_t>(0, tensorType(a).getRank() - 2));
  a = chain.checkDims(a, b, batchDims, batchDims);
  if (!a)
    return failure();
  return buildProduct(
      node, {a, b, node.boolAttr("adj_x"), node.boolAttr("adj_y")}, results);
}

static LogicalResult buildBatchMatMulV2(NodeBuilder &node, Results &results) {
  if (failed(expectMatrices(node)))
    return failure();
  return buildBatchProduct(node,
                           {node.input(0), node.input(1),
                            node.boolAttr("adj_x"), node.boolAttr("adj_y")},
                           results);
}

/// The operands may be of narrower types than the product.
static LogicalResult buildBatchMatMulV3(NodeBuilder &node, Results &results) {
  if (failed(expectMatrices(node)))
    return failure();
  Type outType = node.typeAttr("Tout");
  if (!outType || !isOfKind(outType, Numbers))
    return node.error("expected attribute Tout to be a numeric type");
  Chain chain(node);
  Value a = chain.cast(node.input(0), outType);
  Value b = chain.cast(node.input(1), outType);
  if (!a || !b)
    return failure();
  return buildBatchProduct(
      node, {a, b, node.boolAttr("adj_x"), node.boolAttr("adj_y")}, results);
}

void tensorflow::registerContractionOps(OpTable &table) {
  table.add("MatMul",
            "a: T, b: T -> product: T; transpose_a: bool = false, "
            "transpose_b: bool = false",
            buildMatMul);
  constexpr StringLiteral batch = "x: T, y: T -> output: T; adj_x: bool = "
                                  "false, adj_y: bool = false";
  table.add("BatchMatMul", batch, buildBatchMatMul);
  table.add("BatchMatMulV2", batch, buildBatchMatMulV2)
      .note("batch dims broadcast");
  table
      .add("BatchMatMulV3",
           "x: Ta, y: Tb -> output: Tout; adj_x: bool = false, adj_y: bool = "
           "false",
           buildBatchMatMulV3)
      .note("batch dims broadcast; operands are cast to the product's type");
}
