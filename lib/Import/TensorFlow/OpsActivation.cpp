//===- OpsActivation.cpp - TensorFlow's activation functions --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Activations are formulas of elementwise ops, chosen so that NaN stays NaN and
// no intermediate overflows where the result does not. half and bfloat16 go
// through float where a formula has more than one rounding.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;
using graph::CompareDirection;

/// max(x, 0); NaN stays.
static LogicalResult buildRelu(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  return chain.give(results, chain.max(x, chain.scalar(0, x)));
}

static LogicalResult buildRelu6(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  Value positive = chain.max(x, chain.scalar(0, x));
  return chain.give(results, chain.min(positive, chain.scalar(6, x)));
}

static LogicalResult buildLeakyRelu(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  Value isPositive = chain.compare(CompareDirection::GT, x, chain.scalar(0, x));
  Value scaled = chain.mul(x, chain.scalar(node.floatAttr("alpha"), x));
  return chain.give(results, chain.select(isPositive, x, scaled));
}

static LogicalResult buildElu(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  Value isNegative = chain.compare(CompareDirection::LT, x, chain.scalar(0, x));
  Value curve = chain.op<graph::Expm1Op>(x);
  return chain.give(results, chain.select(isNegative, curve, x));
}

static LogicalResult buildSelu(NodeBuilder &node, Results &results) {
  // The fixed point of Klambauer et al., "Self-Normalizing Neural Networks".
  constexpr double scale = 1.0507009873554804934193349852946;
  constexpr double scaleAlpha = 1.7580993408473768599402175208123;
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Value x = chain.widen(node.input(0));
  Value isNegative = chain.compare(CompareDirection::LT, x, chain.scalar(0, x));
  Value curve =
      chain.mul(chain.op<graph::Expm1Op>(x), chain.scalar(scaleAlpha, x));
  Value line = chain.mul(x, chain.scalar(scale, x));
  Value y = chain.select(isNegative, curve, line);
  return chain.give(results, chain.cast(y, node.elementType(0)));
}

/// log(1 + exp(x)) as max(x, 0) + log1p(exp(-|x|)), which cannot overflow.
static Value softplus(Chain &chain, Value x) {
  Value distance = chain.op<graph::NegOp>(chain.op<graph::AbsOp>(x));
  Value bend = chain.op<graph::Log1pOp>(chain.op<graph::ExpOp>(distance));
  return chain.add(chain.max(x, chain.scalar(0, x)), bend);
}

static LogicalResult buildSoftplus(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Value y = softplus(chain, chain.widen(node.input(0)));
  return chain.give(results, chain.cast(y, node.elementType(0)));
}

/// x / (1 + |x|)
static LogicalResult buildSoftsign(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Value x = chain.widen(node.input(0));
  Value scale = chain.add(chain.op<graph::AbsOp>(x), chain.scalar(1, x));
  return chain.give(results,
                    chain.cast(chain.div(x, scale), node.elementType(0)));
}

/// Softmax and its logarithm along the last dim, shifted by the greatest
/// element so that no exponential overflows.
template <bool isLog>
static LogicalResult buildSoftmax(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  int64_t rank = node.inputType(0).getRank();
  if (rank < 1)
    return node.error("expected input 0 (logits) to have at least one dim, got "
                      "a scalar");
  Chain chain(node);
  Value x = chain.widen(node.input(0));
  Value greatest =
      chain.reduce(graph::ReduceKind::Max, x, rank - 1, /*keepDims=*/true);
  Value shifted = chain.sub(x, greatest);
  Value powers = chain.op<graph::ExpOp>(shifted);
  Value sum =
      chain.reduce(graph::ReduceKind::Sum, powers, rank - 1, /*keepDims=*/true);
  // Like TensorFlow, one division a row.
  Value y = isLog ? chain.sub(shifted, chain.op<graph::LogOp>(sum))
                  : chain.mul(powers, chain.div(chain.scalar(1, sum), sum));
  return chain.give(results, chain.cast(y, node.elementType(0)));
}

void tensorflow::registerActivationOps(OpTable &table) {
  constexpr StringLiteral same = "features: T -> activations: T";
  table.add("Relu", same, buildRelu).note("NaN stays NaN");
  table.add("Relu6", same, buildRelu6).note("NaN stays NaN");
  table.add("LeakyRelu",
            "features: T -> activations: T; alpha: float = 0.2, "
            "T: type = float",
            buildLeakyRelu);
  table.add("Elu", same, buildElu);
  table.add("Selu", same, buildSelu);
  table.add("Softplus", same, buildSoftplus);
  table.add("Softsign", same, buildSoftsign);
  table.add("Softmax", "logits: T -> softmax: T", buildSoftmax<false>);
  table.add("LogSoftmax", "logits: T -> logsoftmax: T", buildSoftmax<true>);
}
