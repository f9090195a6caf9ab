//===- DataFold.cpp - folding of pad, tile, gather, range -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "ConstantFolding.h"
#include "Inference.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

/// Whether every element of a shape operand is known to be `number`.
static bool isAll(Value shape, int64_t number) {
  std::optional<SmallVector<int64_t>> elements = knownValue(shape);
  return elements && llvm::all_of(*elements, [&](int64_t element) {
           return element == number;
         });
}

OpFoldResult PadOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType() && isAll(getPaddings(), 0))
    return getX();
  DenseElementsAttr x = constantElements(adaptor.getX());
  DenseElementsAttr value = constantElements(adaptor.getValue());
  RankedTensorType type = foldedType(getType());
  std::optional<SmallVector<int64_t>> paddings = knownValue(getPaddings());
  if (!x || !value || !type || !paddings)
    return {};
  SmallVector<Attribute> values(type.getNumElements(),
                                value.getSplatValue<Attribute>());
  SmallVector<int64_t> to = computeSuffixProduct(type.getShape());
  SmallVector<int64_t> from = computeSuffixProduct(x.getType().getShape());
  for (auto [position, element] : llvm::enumerate(x.getValues<Attribute>())) {
    int64_t target = 0;
    for (auto [dim, index] : llvm::enumerate(delinearize(position, from)))
      target += (index + (*paddings)[2 * dim]) * to[dim];
    values[target] = element;
  }
  return DenseElementsAttr::get(type, values);
}

OpFoldResult TileOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType() && isAll(getMultiples(), 1))
    return getX();
  auto type = cast<RankedTensorType>(getType());
  if (!adaptor.getX() || !type.hasStaticShape())
    return {};
  ArrayRef<int64_t> sizes = tensorType(getX()).getShape();
  SmallVector<int64_t> to = computeSuffixProduct(type.getShape());
  SmallVector<int64_t> from = computeSuffixProduct(sizes);
  return moveElements(adaptor.getX(), type, [&](int64_t position) {
    int64_t source = 0;
    for (auto [dim, index] : llvm::enumerate(delinearize(position, to)))
      source += index % sizes[dim] * from[dim];
    return source;
  });
}

/// The positions that a gather looks up; nothing if one lies outside `size`.
static std::optional<SmallVector<int64_t>> lookedUp(Attribute indices,
                                                    int64_t size) {
  DenseElementsAttr elements = constantElements(indices);
  if (!elements || elements.getNumElements() > kMaxFoldedElements)
    return std::nullopt;
  SmallVector<int64_t> positions;
  for (const APInt &element : elements.getValues<APInt>()) {
    int64_t position = element.getSExtValue();
    if (position < 0 || position >= size)
      return std::nullopt;
    positions.push_back(position);
  }
  return positions;
}

OpFoldResult GatherOp::fold(FoldAdaptor adaptor) {
  RankedTensorType x = tensorType(getX());
  RankedTensorType type = foldedType(getType());
  if (!adaptor.getX() || !adaptor.getIndices() || !type || !x.hasStaticShape())
    return foldKnownInts(getResult());
  int64_t axis = getAxis(), batchDims = getBatchDims();
  std::optional<SmallVector<int64_t>> positions =
      lookedUp(adaptor.getIndices(), x.getDimSize(axis));
  if (!positions)
    return {};
  // Row-major, the result's dims are: shared, between, looked up, after.
  ArrayRef<int64_t> sizes = x.getShape();
  int64_t shared = computeProduct(sizes.take_front(batchDims));
  int64_t between = computeProduct(sizes.slice(batchDims, axis - batchDims));
  int64_t after = computeProduct(sizes.drop_front(axis + 1));
  int64_t perPlace = shared ? positions->size() / shared : 0;
  SmallVector<int64_t> to =
      computeSuffixProduct({shared, between, perPlace, after});
  return moveElements(adaptor.getX(), type, [&](int64_t position) {
    SmallVector<int64_t> index = delinearize(position, to);
    int64_t found = (*positions)[index[0] * perPlace + index[2]];
    int64_t place = index[0] * between + index[1];
    return (place * sizes[axis] + found) * after + index[3];
  });
}

/// `start + i * delta`, of floats added up in one go so that errors do not pile
/// up.
static APFloat rangeElement(const APFloat &start, const APFloat &delta,
                            int64_t i) {
  APFloat factor(start.getSemantics());
  factor.convertFromAPInt(APInt(64, i), /*IsSigned=*/true,
                          APFloat::rmNearestTiesToEven);
  return start + factor * delta;
}

OpFoldResult RangeOp::fold(FoldAdaptor adaptor) {
  RankedTensorType type = foldedType(getType());
  if (!type || !constantRangeLength(getStart(), getLimit(), getDelta()))
    return {};
  int64_t count = type.getNumElements();
  std::optional<APFloat> start = splatFloat(adaptor.getStart());
  std::optional<APFloat> delta = splatFloat(adaptor.getDelta());
  if (start && delta) {
    SmallVector<APFloat> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(rangeElement(*start, *delta, i));
    return DenseElementsAttr::get(type, values);
  }
  std::optional<APInt> first = splatInt(adaptor.getStart());
  std::optional<APInt> step = splatInt(adaptor.getDelta());
  if (!first || !step)
    return {};
  SmallVector<APInt> values;
  for (APInt value = *first; count > 0; --count, value += *step)
    values.push_back(value);
  return DenseElementsAttr::get(type, values);
}
