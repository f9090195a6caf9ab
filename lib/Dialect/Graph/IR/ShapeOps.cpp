//===- ShapeOps.cpp - types of ops on shapes and places -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last constraint of every op, the result's type, is checked by the
// interface.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Directives.h"
#include "Inference.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphShapeOps.cpp.inc"

void GraphDialect::registerShapeOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphShapeOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// shape, size
//===----------------------------------------------------------------------===//

/// C1 of both: i32 or i64.
static LogicalResult verifyOutType(std::optional<Location> location,
                                   StringRef op, Type outType) {
  if (outType.isSignlessInteger(32) || outType.isSignlessInteger(64))
    return success();
  return InferenceError(location, op)
         << "expects out_type to be i32 or i64, but got " << outType;
}

LogicalResult ShapeOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getX())) ||
      failed(verifyOutType(location, op, adaptor.getOutType())))
    return failure();
  int64_t rank = tensorType(adaptor.getX()).getRank();
  types.push_back(RankedTensorType::get({rank}, adaptor.getOutType()));
  return success();
}

LogicalResult SizeOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getX())) ||
      failed(verifyOutType(location, op, adaptor.getOutType())))
    return failure();
  types.push_back(RankedTensorType::get({}, adaptor.getOutType()));
  return success();
}

//===----------------------------------------------------------------------===//
// reshape
//===----------------------------------------------------------------------===//

/// The static sizes of `x` multiplied, if each open dim of `x` is the same
/// number as one element of `sizes`, one by one, and no other element is
/// unknown: then the open dims cancel out.
static std::optional<int64_t> countBesidesSizes(Value x, ArrayRef<Size> sizes) {
  SmallVector<Size> left = llvm::filter_to_vector(
      sizes, [](Size size) { return !size.isConstant(); });
  int64_t count = 1;
  for (auto [dim, size] : llvm::enumerate(tensorType(x).getShape())) {
    if (!ShapedType::isDynamic(size)) {
      if (llvm::MulOverflow(count, size, count))
        return std::nullopt;
      continue;
    }
    Size open{Size::Kind::Dim, static_cast<int64_t>(dim), x};
    auto *same =
        llvm::find_if(left, [&](Size other) { return sameSize(open, other); });
    if (same == left.end())
      return std::nullopt;
    left.erase(same);
  }
  if (!left.empty())
    return std::nullopt;
  return count;
}

/// Sets the one entry of `shape` at `hole` to what is left for it.
static LogicalResult fillHole(std::optional<Location> location, StringRef op,
                              int64_t count, MutableArrayRef<int64_t> shape,
                              int64_t hole) {
  int64_t others = 1;
  for (auto [dim, size] : llvm::enumerate(shape))
    if (static_cast<int64_t>(dim) != hole && !ShapedType::isDynamic(size) &&
        llvm::MulOverflow(others, size, others))
      return InferenceError(location, op) << "expects sizes whose product fits";
  // C2: the product of the other sizes divides the number of elements.
  if (others == 0 || count % others != 0)
    return InferenceError(location, op)
           << "expects the product of the given sizes (" << others
           << ") to divide the number of elements (" << count << ")";
  shape[hole] = count / others;
  return success();
}

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())) ||
      failed(vectorLength(location, op, "shape", adaptor.getShape())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  SmallVector<int64_t> elements = elementsOrUnknown(adaptor.getShape());
  // C1: sizes are -1 or more, at most one is -1.
  int64_t hole = -1;
  for (auto [dim, element] : llvm::enumerate(elements)) {
    if (element == kUnknown || element >= 0)
      continue;
    if (element != -1)
      return InferenceError(location, op)
             << "expects sizes to be -1 or more, but got " << element;
    if (hole != -1)
      return InferenceError(location, op)
             << "expects at most one size to be -1, but got two, for dims "
             << hole << " and " << dim;
    hole = dim;
  }
  SmallVector<int64_t> shape = llvm::map_to_vector(elements, asDim);
  std::optional<int64_t> count = staticCount(x.getShape());
  int64_t unknown = llvm::count(elements, kUnknown);
  if (hole == -1 && unknown == 0 && count) {
    // C2: the numbers of elements agree.
    std::optional<int64_t> wanted = staticCount(shape);
    if (!wanted || *wanted != *count)
      return InferenceError(location, op)
             << "expects a shape of " << *count
             << " elements, as x has, but got " << ArrayRef<int64_t>(shape);
  } else if (hole != -1) {
    // What is left for the -1, if open dims cancel out.
    std::optional<int64_t> left = unknown == 0 ? count : std::nullopt;
    if (!left && (unknown != 0 || !count))
      if (std::optional<SmallVector<Size>> sizes =
              shapeElements(adaptor.getShape()))
        left = countBesidesSizes(adaptor.getX(), *sizes);
    if (left && failed(fillHole(location, op, *left, shape, hole)))
      return failure();
  }
  types.push_back(x.clone(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// expand_dims, squeeze, broadcast_to, transpose
//===----------------------------------------------------------------------===//

LogicalResult ExpandDimsOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getX())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> axes = adaptor.getAxes();
  // C1: different dims of the result, ascending.
  if (failed(verifyDims(location, op, "axes", axes,
                        x.getRank() + static_cast<int64_t>(axes.size()),
                        /*ascending=*/true)))
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  for (int64_t axis : axes)
    shape.insert(shape.begin() + axis, 1);
  types.push_back(x.clone(shape));
  return success();
}

LogicalResult SqueezeOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getX())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> axes = adaptor.getAxes();
  // C1: different dims of x, ascending.
  if (failed(verifyDims(location, op, "axes", axes, x.getRank(),
                        /*ascending=*/true)))
    return failure();
  SmallVector<int64_t> shape;
  for (auto [dim, size] : llvm::enumerate(x.getShape())) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(dim))) {
      shape.push_back(size);
      continue;
    }
    // C2: a static size is 1.
    if (!ShapedType::isDynamic(size) && size != 1)
      return InferenceError(location, op)
             << "expects dim " << dim << " to have size 1, but got " << size;
  }
  types.push_back(x.clone(shape));
  return success();
}

LogicalResult BroadcastToOp::inferReturnTypes(MLIRContext *,
                                              std::optional<Location> location,
                                              Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  FailureOr<int64_t> rank =
      vectorLength(location, op, "shape", adaptor.getShape());
  if (failed(rank))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C1: no dim of x vanishes.
  int64_t newDims = *rank - x.getRank();
  if (newDims < 0)
    return InferenceError(location, op)
           << "expects a shape of at least " << x.getRank()
           << " elements, as x has dims, but got " << *rank;
  SmallVector<int64_t> shape;
  for (auto [dim, size] :
       llvm::enumerate(elementsOrUnknown(adaptor.getShape()))) {
    // C2: sizes are not negative.
    if (size < 0 && size != kUnknown)
      return InferenceError(location, op)
             << "expects sizes not to be negative, but got " << size;
    shape.push_back(asDim(size));
    int64_t source = static_cast<int64_t>(dim) - newDims;
    if (source < 0 || x.isDynamicDim(source) || x.getDimSize(source) == 1)
      continue;
    // C3: what cannot be repeated keeps its size.
    if (size != kUnknown && size != x.getDimSize(source))
      return InferenceError(location, op)
             << "expects x dim " << source << " (" << x.getDimSize(source)
             << ") to be 1 or the size asked for (" << size << ")";
    shape.back() = x.getDimSize(source);
  }
  types.push_back(x.clone(shape));
  return success();
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getX())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  // C1: a permutation of the dims.
  if (failed(verifyDims(location, op, "permutation", permutation, x.getRank(),
                        /*ascending=*/false)))
    return failure();
  if (static_cast<int64_t>(permutation.size()) != x.getRank())
    return InferenceError(location, op)
           << "expects a permutation of " << x.getRank() << " dims, but got "
           << permutation.size();
  types.push_back(x.clone(llvm::map_to_vector(
      permutation, [&](int64_t dim) { return x.getDimSize(dim); })));
  return success();
}

//===----------------------------------------------------------------------===//
// concat, split
//===----------------------------------------------------------------------===//

/// Adds the sizes of `next` to `shape`, the inputs joined so far.
static LogicalResult joinShape(std::optional<Location> location, StringRef op,
                               SmallVectorImpl<int64_t> &shape,
                               RankedTensorType next, int64_t axis) {
  for (auto [dim, size] : llvm::enumerate(next.getShape())) {
    int64_t &joined = shape[dim];
    if (static_cast<int64_t>(dim) == axis) {
      if (ShapedType::isDynamic(joined))
        continue;
      if (ShapedType::isDynamic(size))
        joined = size;
      else if (llvm::AddOverflow(joined, size, joined))
        return InferenceError(location, op)
               << "expects sizes that fit 64 bits, but dim " << dim
               << " does not";
    } else if (ShapedType::isDynamic(joined)) {
      joined = size;
    } else if (!ShapedType::isDynamic(size) && size != joined) {
      // C4: the other dims are equal.
      return InferenceError(location, op)
             << "expects inputs to have equal dims but for " << axis
             << ", but got " << joined << " and " << size << " for dim " << dim;
    }
  }
  return success();
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  ValueRange inputs = adaptor.getInputs();
  if (failed(requireTensors(location, op, inputs)))
    return failure();
  // C1: there is an input.
  if (inputs.empty())
    return InferenceError(location, op) << "expects at least one input";
  RankedTensorType first = tensorType(inputs.front());
  // C3: a dim of the inputs.
  int64_t axis = adaptor.getAxis();
  if (failed(verifyDim(location, op, "axis", axis, first.getRank())))
    return failure();
  SmallVector<int64_t> shape(first.getShape());
  for (Value input : inputs.drop_front()) {
    RankedTensorType next = tensorType(input);
    // C2: one element type and one rank.
    if (next.getElementType() != first.getElementType() ||
        next.getRank() != first.getRank())
      return InferenceError(location, op) << "expects inputs of one element "
                                             "type and number of dims, but got "
                                          << first << " and " << next;
    if (failed(joinShape(location, op, shape, next, axis)))
      return failure();
  }
  types.push_back(first.clone(shape));
  return success();
}

LogicalResult SplitOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getX())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t axis = adaptor.getAxis(), num = adaptor.getNum();
  // C1: a dim of x.
  if (failed(verifyDim(location, op, "axis", axis, x.getRank())))
    return failure();
  // C2: a number of parts; that it is the number of results is checked by the
  // interface.
  if (num <= 0)
    return InferenceError(location, op)
           << "expects num to be positive, but got " << num;
  SmallVector<int64_t> shape(x.getShape());
  if (!x.isDynamicDim(axis)) {
    // C3: the parts are equal.
    if (shape[axis] % num != 0)
      return InferenceError(location, op)
             << "expects num (" << num << ") to divide dim " << axis << " ("
             << shape[axis] << ")";
    shape[axis] /= num;
  }
  types.append(num, x.clone(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// slice, strided_slice
//===----------------------------------------------------------------------===//

/// The size of one dim of a slice.
static FailureOr<int64_t> slicedSize(std::optional<Location> location,
                                     StringRef op, int64_t dim, int64_t whole,
                                     int64_t begin, int64_t size) {
  // C2: begins are not negative, sizes are -1 or more.
  if (begin != kUnknown && begin < 0)
    return InferenceError(location, op)
           << "expects begin not to be negative, but got " << begin
           << " for dim " << dim;
  if (size != kUnknown && size < -1)
    return InferenceError(location, op)
           << "expects size to be -1 or more, but got " << size << " for dim "
           << dim;
  // C3: the box lies inside x.
  if (begin != kUnknown && !ShapedType::isDynamic(whole) &&
      (begin > whole || (size > 0 && size > whole - begin)))
    return InferenceError(location, op)
           << "expects the slice to lie inside dim " << dim << " (" << whole
           << "), but got begin " << begin << " and size " << size;
  if (size != -1)
    return asDim(size);
  if (ShapedType::isDynamic(whole) || begin == kUnknown)
    return ShapedType::kDynamic;
  return whole - begin;
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C1: one begin and one size per dim, of one type.
  if (failed(verifyLength(location, op, "begin", adaptor.getBegin(),
                          x.getRank())) ||
      failed(
          verifyLength(location, op, "size", adaptor.getSize(), x.getRank())) ||
      failed(verifySameElement(location, op, "begin", adaptor.getBegin(),
                               "size", adaptor.getSize())))
    return failure();
  SmallVector<int64_t> begin = elementsOrUnknown(adaptor.getBegin());
  SmallVector<int64_t> size = elementsOrUnknown(adaptor.getSize());
  SmallVector<int64_t> shape;
  for (int64_t dim = 0; dim < x.getRank(); ++dim) {
    FailureOr<int64_t> sliced =
        slicedSize(location, op, dim, x.getDimSize(dim), begin[dim], size[dim]);
    if (failed(sliced))
      return failure();
    shape.push_back(*sliced);
  }
  types.push_back(x.clone(shape));
  return success();
}

/// The size of the dim that a range of a strided slice gives.
static int64_t rangeSize(const SliceEntry &entry, int64_t whole, int64_t begin,
                         int64_t end, int64_t stride) {
  bool isKnown = (entry.openBegin || begin != kUnknown) &&
                 (entry.openEnd || end != kUnknown) && stride != kUnknown;
  if (!isKnown || ShapedType::isDynamic(whole))
    return ShapedType::kDynamic;
  return sliceRange(entry, whole, begin, end, stride).count;
}

LogicalResult StridedSliceOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C1: begin, end and strides have one type.
  FailureOr<int64_t> entries =
      vectorLength(location, op, "begin", adaptor.getBegin());
  if (failed(entries))
    return failure();
  Type type = adaptor.getBegin().getType();
  if (adaptor.getEnd().getType() != type ||
      adaptor.getStrides().getType() != type)
    return InferenceError(location, op)
           << "expects begin, end and strides of one type, but got "
           << adaptor.getOperands().drop_front().getTypes();
  // C2: at most one ellipsis.
  SliceMasks masks = {static_cast<int64_t>(adaptor.getBeginMask()),
                      static_cast<int64_t>(adaptor.getEndMask()),
                      static_cast<int64_t>(adaptor.getEllipsisMask()),
                      static_cast<int64_t>(adaptor.getNewAxisMask()),
                      static_cast<int64_t>(adaptor.getShrinkAxisMask())};
  if (llvm::popcount(static_cast<uint64_t>(masks.ellipsis) &
                     llvm::maskTrailingOnes<uint64_t>(
                         std::min<int64_t>(*entries, 64))) > 1)
    return InferenceError(location, op)
           << "expects at most one ellipsis, but got the mask "
           << masks.ellipsis;
  // C3: the dims spoken of exist.
  FailureOr<SmallVector<SliceEntry>> places =
      sliceEntries(x.getRank(), *entries, masks);
  if (failed(places))
    return InferenceError(location, op)
           << "expects entries for at most " << x.getRank() << " dims";
  SmallVector<int64_t> begin = elementsOrUnknown(adaptor.getBegin());
  SmallVector<int64_t> end = elementsOrUnknown(adaptor.getEnd());
  SmallVector<int64_t> strides = elementsOrUnknown(adaptor.getStrides());
  SmallVector<int64_t> shape;
  for (const SliceEntry &place : *places) {
    if (place.kind == SliceEntry::Kind::NewAxis) {
      shape.push_back(1);
      continue;
    }
    int64_t whole = x.getDimSize(place.dim);
    if (place.kind == SliceEntry::Kind::Whole) {
      shape.push_back(whole);
      continue;
    }
    int64_t first = begin[place.entry], stride = strides[place.entry];
    bool isIndex = place.kind == SliceEntry::Kind::Index;
    // C4: strides are not 0, and positive for a picked position.
    if (stride != kUnknown && (stride == 0 || (isIndex && stride < 0)))
      return InferenceError(location, op)
             << "expects stride #" << place.entry << " to be "
             << (isIndex ? "positive" : "other than 0") << ", but got "
             << stride;
    if (!isIndex) {
      shape.push_back(rangeSize(place, whole, first, end[place.entry], stride));
      continue;
    }
    // C5: a picked position lies inside the dim.
    if (first != kUnknown && !ShapedType::isDynamic(whole) &&
        (first < -whole || first >= whole))
      return InferenceError(location, op)
             << "expects position " << first << " to lie inside dim "
             << place.dim << " (" << whole << ")";
  }
  types.push_back(x.clone(shape));
  return success();
}
