//===- OpsSpecial.cpp - special functions of mathematics ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;
using graph::SpecialFunction;

static LogicalResult give(NodeBuilder &node, SpecialFunction function,
                          ValueRange inputs, Results &results) {
  Chain chain(node);
  auto attribute = graph::SpecialFunctionAttr::get(node.context(), function);
  return chain.give(
      results, chain.op<graph::SpecialOp>(
                   inputs, node.builder().getNamedAttr("function", attribute)));
}

template <SpecialFunction function>
static LogicalResult buildUnary(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  return give(node, function, node.input(0), results);
}

template <SpecialFunction function>
static LogicalResult buildBinary(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Value y = node.input(1);
  Value x = chain.checkBroadcast(node.input(0), y);
  return give(node, function, {x, y}, results);
}

/// The incomplete beta function, whose operands are scalars or of one shape.
static LogicalResult buildBetainc(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  SmallVector<Value> inputs = {node.input(0), node.input(1), node.input(2)};
  Value *first = nullptr;
  for (Value &input : inputs) {
    if (tensorType(input).getRank() == 0)
      continue;
    if (first)
      *first = chain.checkSameShape(*first, input);
    else
      first = &input;
    if (!*first)
      return failure();
  }
  return give(node, SpecialFunction::Betainc, inputs, results);
}

void tensorflow::registerSpecialOps(OpTable &table) {
  constexpr StringLiteral unary = "x: T -> y: T";
  table.add("BesselI0", unary, buildUnary<SpecialFunction::BesselI0>);
  table.add("BesselI0e", unary, buildUnary<SpecialFunction::BesselI0e>);
  table.add("BesselI1", unary, buildUnary<SpecialFunction::BesselI1>);
  table.add("BesselI1e", unary, buildUnary<SpecialFunction::BesselI1e>);
  table.add("BesselJ0", unary, buildUnary<SpecialFunction::BesselJ0>);
  table.add("BesselJ1", unary, buildUnary<SpecialFunction::BesselJ1>);
  table.add("BesselK0", unary, buildUnary<SpecialFunction::BesselK0>);
  table.add("BesselK0e", unary, buildUnary<SpecialFunction::BesselK0e>);
  table.add("BesselK1", unary, buildUnary<SpecialFunction::BesselK1>);
  table.add("BesselK1e", unary, buildUnary<SpecialFunction::BesselK1e>);
  table.add("BesselY0", unary, buildUnary<SpecialFunction::BesselY0>);
  table.add("BesselY1", unary, buildUnary<SpecialFunction::BesselY1>);
  table.add("Dawsn", unary, buildUnary<SpecialFunction::Dawson>);
  table.add("Digamma", unary, buildUnary<SpecialFunction::Digamma>);
  table.add("Erfinv", unary, buildUnary<SpecialFunction::Erfinv>);
  table.add("Expint", unary, buildUnary<SpecialFunction::Expint>);
  table.add("FresnelCos", unary, buildUnary<SpecialFunction::FresnelCos>);
  table.add("FresnelSin", unary, buildUnary<SpecialFunction::FresnelSin>);
  table.add("Ndtri", unary, buildUnary<SpecialFunction::Ndtri>);
  table.add("Spence", unary, buildUnary<SpecialFunction::Spence>);

  constexpr StringLiteral ofGamma = "a: T, x: T -> z: T";
  table.add("Igamma", ofGamma, buildBinary<SpecialFunction::Igamma>);
  table.add("Igammac", ofGamma, buildBinary<SpecialFunction::Igammac>);
  table.add("IgammaGradA", ofGamma, buildBinary<SpecialFunction::IgammaGradA>);
  table.add("Polygamma", ofGamma, buildBinary<SpecialFunction::Polygamma>);
  table.add("Zeta", "x: T, q: T -> z: T", buildBinary<SpecialFunction::Zeta>);
  table.add("Betainc", "a: T, b: T, x: T -> z: T", buildBetainc)
      .note("operands are scalars or of one shape");
}
