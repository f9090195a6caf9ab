//===- ShapeFold.cpp - folding of ops on shapes and places ----------------===//
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

/// `x` if its type is the result's and its shape is the result's in every call.
static Value sameTensor(Value x, Value result) {
  if (x.getType() != result.getType() || !sameShape(result, x))
    return {};
  return x;
}

/// The same elements in row-major order as the constant of type `result`.
static Attribute reshapeElements(Attribute x, Type result) {
  DenseElementsAttr elements = constantElements(x);
  auto type = cast<RankedTensorType>(result);
  if (!elements || !type.hasStaticShape())
    return {};
  if (elements.isSplat())
    return elements.resizeSplat(type);
  return elements.reshape(type); // Shares the data, so of any size.
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

OpFoldResult ShapeOp::fold(FoldAdaptor) { return foldKnownInts(getResult()); }

OpFoldResult SizeOp::fold(FoldAdaptor) { return foldKnownInts(getResult()); }

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (Value x = sameTensor(getX(), getResult()))
    return x;
  if (Attribute folded = reshapeElements(adaptor.getX(), getType()))
    return folded;
  return foldKnownInts(getResult());
}

OpFoldResult ExpandDimsOp::fold(FoldAdaptor adaptor) {
  if (getAxes().empty() && getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<SqueezeOp>())
    if (inner.getAxes() == getAxes() && inner.getX().getType() == getType())
      return inner.getX();
  if (Attribute folded = reshapeElements(adaptor.getX(), getType()))
    return folded;
  return foldKnownInts(getResult());
}

OpFoldResult SqueezeOp::fold(FoldAdaptor adaptor) {
  if (getAxes().empty() && getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<ExpandDimsOp>())
    if (inner.getAxes() == getAxes() && inner.getX().getType() == getType())
      return inner.getX();
  if (Attribute folded = reshapeElements(adaptor.getX(), getType()))
    return folded;
  return foldKnownInts(getResult());
}

OpFoldResult BroadcastToOp::fold(FoldAdaptor adaptor) {
  if (Value x = sameTensor(getX(), getResult()))
    return x;
  if (!adaptor.getX() || !cast<RankedTensorType>(getType()).hasStaticShape())
    return foldKnownInts(getResult());
  BroadcastPositions position(tensorType(getX()).getShape(),
                              tensorType(getResult()).getShape());
  // Positions are asked for in order.
  return moveElements(adaptor.getX(), getType(), [&](int64_t) {
    int64_t current = position.current();
    position.next();
    return current;
  });
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> permutation = getPermutation();
  if (isIdentityPermutation(permutation) && getX().getType() == getType())
    return getX();
  if (!adaptor.getX() || !tensorType(getX()).hasStaticShape())
    return {};
  auto type = cast<RankedTensorType>(getType());
  SmallVector<int64_t> to = computeSuffixProduct(type.getShape());
  SmallVector<int64_t> from =
      computeSuffixProduct(tensorType(getX()).getShape());
  return moveElements(adaptor.getX(), type, [&](int64_t position) {
    int64_t source = 0;
    for (auto [dim, index] : llvm::enumerate(delinearize(position, to)))
      source += index * from[permutation[dim]];
    return source;
  });
}

//===----------------------------------------------------------------------===//
// Joining and cutting
//===----------------------------------------------------------------------===//

/// Joins constants: for each place before the axis, the rows of all inputs.
static Attribute joinElements(ArrayRef<Attribute> inputs, int64_t axis,
                              RankedTensorType result) {
  SmallVector<DenseElementsAttr> parts = llvm::map_to_vector(
      inputs, [](Attribute input) { return constantElements(input); });
  if (llvm::is_contained(parts, DenseElementsAttr()))
    return {};
  int64_t places = computeProduct(result.getShape().take_front(axis));
  SmallVector<Attribute> values;
  for (int64_t place = 0; place < places; ++place)
    for (DenseElementsAttr part : parts) {
      int64_t row = part.getNumElements() / places;
      auto elements = part.getValues<Attribute>();
      for (int64_t i = place * row, e = i + row; i < e; ++i)
        values.push_back(elements[i]);
    }
  return DenseElementsAttr::get(result, values);
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  if (getInputs().size() == 1 && getInputs().front().getType() == getType())
    return getInputs().front();
  if (RankedTensorType type = foldedType(getType()))
    if (Attribute joined = joinElements(adaptor.getInputs(), getAxis(), type))
      return joined;
  return foldKnownInts(getResult());
}

LogicalResult SplitOp::fold(FoldAdaptor adaptor,
                            SmallVectorImpl<OpFoldResult> &results) {
  if (getNumResults() == 1 && getX().getType() == getResult(0).getType()) {
    results.push_back(getX());
    return success();
  }
  RankedTensorType x = tensorType(getX());
  if (!adaptor.getX() || !x.hasStaticShape())
    return failure();
  // A part's rows lie one whole row of x apart.
  int64_t wholeRow = computeProduct(x.getShape().drop_front(getAxis()));
  int64_t row = wholeRow / getNum();
  for (OpResult part : getOperation()->getResults()) {
    int64_t first = part.getResultNumber() * row;
    Attribute elements =
        moveElements(adaptor.getX(), part.getType(), [&](int64_t position) {
          return position / row * wholeRow + first + position % row;
        });
    if (!elements) {
      results.clear();
      return failure();
    }
    results.push_back(elements);
  }
  return success();
}

/// The elements of a box of `x`: the one at `index` of the result is at
/// `first + index * stride` of `x`, dim by dim. Dims of `x` that the result
/// lacks have count 1.
static Attribute boxElements(Attribute x, RankedTensorType xType, Type result,
                             ArrayRef<SliceRange> box) {
  SmallVector<int64_t> counts = llvm::map_to_vector(
      box, [](const SliceRange &range) { return range.count; });
  SmallVector<int64_t> to = computeSuffixProduct(counts);
  SmallVector<int64_t> from = computeSuffixProduct(xType.getShape());
  return moveElements(x, result, [&](int64_t position) {
    int64_t source = 0;
    for (auto [dim, index] : llvm::enumerate(delinearize(position, to)))
      source += (box[dim].first + index * box[dim].stride) * from[dim];
    return source;
  });
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  std::optional<SmallVector<int64_t>> begin = knownValue(getBegin());
  bool fromStart =
      begin && llvm::all_of(*begin, [](int64_t i) { return i == 0; });
  if (fromStart)
    if (Value x = sameTensor(getX(), getResult()))
      return x;
  RankedTensorType x = tensorType(getX());
  auto result = cast<RankedTensorType>(getType());
  if (!adaptor.getX() || !begin || !x.hasStaticShape() ||
      !result.hasStaticShape())
    return foldKnownInts(getResult());
  SmallVector<SliceRange> box;
  for (auto [first, count] : llvm::zip(*begin, result.getShape()))
    box.push_back({first, /*stride=*/1, count});
  return boxElements(adaptor.getX(), x, result, box);
}

/// The ranges that a strided slice of a static tensor takes; nothing if one is
/// not known.
static std::optional<SmallVector<SliceRange>> knownBox(StridedSliceOp op) {
  std::optional<SmallVector<int64_t>> begin = partialValue(op.getBegin());
  std::optional<SmallVector<int64_t>> end = partialValue(op.getEnd());
  std::optional<SmallVector<int64_t>> strides = knownValue(op.getStrides());
  RankedTensorType x = tensorType(op.getX());
  if (!begin || !end || !strides || !x.hasStaticShape())
    return std::nullopt;
  SmallVector<SliceRange> box;
  for (const SliceEntry &place : sliceEntries(op)) {
    if (place.kind == SliceEntry::Kind::NewAxis)
      continue;
    int64_t size = x.getDimSize(place.dim);
    if (place.kind == SliceEntry::Kind::Whole) {
      box.push_back({0, 1, size});
      continue;
    }
    int64_t first = (*begin)[place.entry], last = (*end)[place.entry];
    if (place.kind == SliceEntry::Kind::Index) {
      if (first == kUnknown)
        return std::nullopt;
      box.push_back({first < 0 ? first + size : first, 1, 1});
      continue;
    }
    if ((!place.openBegin && first == kUnknown) ||
        (!place.openEnd && last == kUnknown))
      return std::nullopt;
    box.push_back(
        sliceRange(place, size, first, last, (*strides)[place.entry]));
  }
  return box;
}

/// Whether every place of a slice takes a whole dim, forward.
static bool takesAll(StridedSliceOp op) {
  std::optional<SmallVector<int64_t>> strides = knownValue(op.getStrides());
  return strides &&
         llvm::all_of(sliceEntries(op), [&](const SliceEntry &place) {
           return place.kind == SliceEntry::Kind::Whole ||
                  (place.kind == SliceEntry::Kind::Range &&
                   (*strides)[place.entry] == 1);
         });
}

OpFoldResult StridedSliceOp::fold(FoldAdaptor adaptor) {
  // Forward ranges as long as their dims are the dims.
  if (takesAll(*this))
    if (Value x = sameTensor(getX(), getResult()))
      return x;
  if (adaptor.getX())
    if (std::optional<SmallVector<SliceRange>> box = knownBox(*this))
      return boxElements(adaptor.getX(), tensorType(getX()), getType(), *box);
  return foldKnownInts(getResult());
}
