//===- Bands.cpp - diagonals of matrices ----------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bands.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

FailureOr<Band> tensorflow::readBand(NodeBuilder &node, unsigned i) {
  Chain chain(node);
  Positions positions(node);
  Band band;
  RankedTensorType type = node.inputType(i);
  if (type.getRank() > 1 || !type.hasStaticShape() ||
      (type.getNumElements() != 1 && type.getNumElements() != 2))
    return node.error() << "expected input " << i << " (" << inputName(node, i)
                        << ") to be one integer or two, got " << type;
  if (std::optional<SmallVector<int64_t>> known = node.constantInts(i)) {
    if (known->front() > known->back())
      return node.error() << "expected the first diagonal not to lie above the "
                             "last, got "
                          << known->front() << " and " << known->back();
    band.lower = positions.number(known->front());
    band.upper = positions.number(known->back());
    band.count = known->back() - known->front() + 1;
    return band;
  }
  if (type.getNumElements() == 2)
    return node.error() << "expected input " << i << " (" << inputName(node, i)
                        << ") to be known at compile time, because the rank "
                           "of the result depends on it";
  Value k =
      type.getRank() == 0 ? node.input(i) : chain.element(node.input(i), 0);
  band.lower = band.upper = chain.cast(k, node.builder().getI64Type());
  if (!band.lower)
    return failure();
  return band;
}

LogicalResult tensorflow::readAlignment(NodeBuilder &node, Band &band) {
  StringRef align = node.stringAttr("align");
  auto [upper, lower] = align.split('_');
  auto isSide = [](StringRef side) {
    return side == "LEFT" || side == "RIGHT";
  };
  if (!isSide(upper) || !isSide(lower))
    return node.error() << "expected attribute \"align\" to be LEFT_LEFT, "
                           "LEFT_RIGHT, RIGHT_LEFT or RIGHT_RIGHT, got \""
                        << align << "\"";
  band.isUpperLeft = upper == "LEFT";
  band.isLowerLeft = lower == "LEFT";
  return success();
}

Value tensorflow::getLengths(Positions &at, MatrixSize size, Value d) {
  Value zero = at.number(0);
  return at.min(at.add(size.rows, at.min(d, zero)),
                at.sub(size.columns, at.max(d, zero)));
}

Value tensorflow::getLongest(Positions &at, MatrixSize size, const Band &band) {
  Value zero = at.number(0);
  return at.min(at.add(size.rows, at.min(band.upper, zero)),
                at.sub(size.columns, at.max(band.lower, zero)));
}

Value tensorflow::getPadding(NodeBuilder &node, MatrixSize size,
                             const Band &band, Value longest, Value d) {
  if (band.count == 1 || (band.isUpperLeft && band.isLowerLeft))
    return {};
  Chain chain(node);
  Positions at(node);
  Value padding = at.sub(longest, getLengths(at, size, d));
  if (!band.isUpperLeft && !band.isLowerLeft)
    return padding;
  // The main diagonal is among the longest.
  Value zero = at.number(0);
  Value isPadded =
      band.isUpperLeft ? at.isAtMost(d, zero) : at.isAtMost(zero, d);
  return chain.select(isPadded, padding, zero);
}

LogicalResult tensorflow::checkBand(NodeBuilder &node, MatrixSize size,
                                    Band &band) {
  Chain chain(node);
  Positions at(node);
  // The main diagonal is one of an empty matrix too.
  Value zero = at.number(0), one = at.number(1);
  Value least = at.min(at.sub(one, size.rows), zero);
  Value most = at.max(at.sub(size.columns, one), zero);
  bool isOne = band.lower == band.upper;
  if (graph::knownScalar(band.lower) != 0)
    band.lower = chain.checkBounds(band.lower, least, most, "a diagonal");
  if (isOne)
    band.upper = band.lower;
  else if (graph::knownScalar(band.upper) != 0)
    band.upper = chain.checkBounds(band.upper, least, most, "a diagonal");
  return success(band.lower && band.upper);
}
