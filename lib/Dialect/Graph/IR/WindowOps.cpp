//===- WindowOps.cpp - pooling and resampling -----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphWindowOps.cpp.inc"

void GraphDialect::registerWindowOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphWindowOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// How the windows that the attributes of `op`, an op or its adaptor, describe
/// lie along each dim. Takes lengths of attributes that do not fit, which
/// verification rejects.
template <typename OpTy> static SmallVector<ConvolutionDim> makeDims(OpTy op) {
  SmallVector<ConvolutionDim> dims(op.getWindow().size());
  auto get = [](std::optional<ArrayRef<int64_t>> values, size_t i,
                int64_t otherwise) {
    return values && i < values->size() ? (*values)[i] : otherwise;
  };
  for (auto [i, dim] : llvm::enumerate(dims)) {
    dim.stride = get(op.getStrides(), i, 1);
    dim.before = get(op.getPadding(), 2 * i, 0);
    dim.after = get(op.getPadding(), 2 * i + 1, 0);
    dim.isSame = op.getSamePadding();
  }
  return dims;
}

SmallVector<ConvolutionDim> PoolOp::getDims() { return makeDims(*this); }
SmallVector<ConvolutionDim> ArgMaxPoolOp::getDims() { return makeDims(*this); }
SmallVector<ConvolutionDim> MaxPoolGradOp::getDims() { return makeDims(*this); }
SmallVector<ConvolutionDim> MeanPoolGradOp::getDims() {
  return makeDims(*this);
}

/// What the ops' constraints C1 to C3 say of windows on a tensor of rank
/// `rank`.
template <typename Adaptor>
static LogicalResult verifyWindow(std::optional<Location> location,
                                  StringRef op, Adaptor adaptor, int64_t rank) {
  // C1: a size per dim.
  ArrayRef<int64_t> window = adaptor.getWindow();
  if (failed(verifyNumbers(location, op, "window", window, rank, 1)))
    return failure();
  // C2: a stride per dim.
  if (adaptor.getStrides() &&
      failed(verifyNumbers(location, op, "strides", *adaptor.getStrides(), rank,
                           1)))
    return failure();
  // C3: two paddings per dim, of which every window sticks out, stated in one
  // way.
  if (!adaptor.getPadding())
    return success();
  ArrayRef<int64_t> padding = *adaptor.getPadding();
  if (failed(verifyNumbers(location, op, "padding", padding, 2 * rank, 0)))
    return failure();
  if (adaptor.getSamePadding())
    return InferenceError(location, op)
           << "expects either padding or same_padding, but got both";
  for (auto [i, size] : llvm::enumerate(padding))
    if (size >= window[i / 2])
      return InferenceError(location, op)
             << "expects padding to be less than the window's size ("
             << window[i / 2] << ") in dim " << i / 2 << ", but got " << size;
  return success();
}

/// The sizes of a pool of a tensor of sizes `sizes`, open where those are.
/// Fails if a window is too large.
template <typename Adaptor>
static FailureOr<SmallVector<int64_t>>
getPooledSizes(std::optional<Location> location, StringRef op, Adaptor adaptor,
               ArrayRef<int64_t> sizes) {
  SmallVector<int64_t> pooled;
  for (auto [i, dim] : llvm::enumerate(makeDims(adaptor))) {
    if (ShapedType::isDynamic(sizes[i])) {
      pooled.push_back(ShapedType::kDynamic);
      continue;
    }
    int64_t window = adaptor.getWindow()[i];
    std::optional<int64_t> size = dim.getOutputSize(sizes[i], window);
    if (!size)
      return InferenceError(location, op)
             << "expects dim " << i << " (" << sizes[i]
             << "), padded, to be about as large as the window (" << window
             << ")";
    pooled.push_back(*size);
  }
  return pooled;
}

/// The sizes of a pool of `x`, once the constraints C1 to C4 hold.
template <typename Adaptor>
static FailureOr<SmallVector<int64_t>>
inferPool(std::optional<Location> location, StringRef op, Adaptor adaptor) {
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  if (failed(verifyWindow(location, op, adaptor, x.getRank())))
    return failure();
  return getPooledSizes(location, op, adaptor, x.getShape());
}

/// Checks that `value` has a shape that is compatible with `pooled`.
static LogicalResult verifyPooled(std::optional<Location> location,
                                  StringRef op, StringRef name, Value value,
                                  ArrayRef<int64_t> pooled) {
  RankedTensorType type = tensorType(value);
  RankedTensorType expected = type.clone(pooled);
  if (areCompatibleTypes(type, expected))
    return success();
  return InferenceError(location, op)
         << "expects " << name << " to have the shape of the pool, as in "
         << expected << ", but got " << type;
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

LogicalResult PoolOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  // C1 to C4: the windows, and an x that is large enough.
  FailureOr<SmallVector<int64_t>> shape = inferPool(location, op, adaptor);
  if (failed(shape))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C5: kinds that fit.
  if (adaptor.getKind() == PoolKind::Mean &&
      !isa<FloatType>(x.getElementType()))
    return InferenceError(location, op)
           << "expects floats for mean, but got " << x;
  if (adaptor.getKind() != PoolKind::Max && adaptor.getFinite())
    return InferenceError(location, op) << "expects finite with max only";
  // C6, the result's type, is checked by the interface.
  types.push_back(x.clone(*shape));
  return success();
}

LogicalResult ArgMaxPoolOp::inferReturnTypes(MLIRContext *context,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  // C1 to C4: the windows, and an x that is large enough.
  FailureOr<SmallVector<int64_t>> shape = inferPool(location, op, adaptor);
  if (failed(shape))
    return failure();
  // C5, the result's type, is checked by the interface.
  types.push_back(RankedTensorType::get(*shape, IntegerType::get(context, 64)));
  return success();
}

LogicalResult MaxPoolGradOp::inferReturnTypes(MLIRContext *,
                                              std::optional<Location> location,
                                              Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  // C1 to C4: the windows, and an x that is large enough.
  FailureOr<SmallVector<int64_t>> shape = inferPool(location, op, adaptor);
  if (failed(shape))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C5: one element type.
  if (failed(verifySameElement(location, op, "x", adaptor.getX(), "output_grad",
                               adaptor.getOutputGrad())) ||
      (adaptor.getY() &&
       failed(verifySameElement(location, op, "x", adaptor.getX(), "y",
                                adaptor.getY()))))
    return failure();
  // C6: the shape of the pool.
  if (failed(verifyPooled(location, op, "output_grad", adaptor.getOutputGrad(),
                          *shape)) ||
      (adaptor.getY() &&
       failed(verifyPooled(location, op, "y", adaptor.getY(), *shape))))
    return failure();
  // C7, the result's type, is checked by the interface.
  types.push_back(x);
  return success();
}

LogicalResult MeanPoolGradOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType grad = tensorType(adaptor.getOutputGrad());
  // C1 to C3: the windows.
  if (failed(verifyWindow(location, op, adaptor, grad.getRank())))
    return failure();
  // C4: a size per dim, large enough.
  if (failed(verifyLength(location, op, "sizes", adaptor.getSizes(),
                          grad.getRank())))
    return failure();
  SmallVector<int64_t> sizes;
  for (int64_t size : elementsOrUnknown(adaptor.getSizes())) {
    if (size != kUnknown && size < 0)
      return InferenceError(location, op)
             << "expects sizes not to be negative, but got " << size;
    sizes.push_back(asDim(size));
  }
  FailureOr<SmallVector<int64_t>> shape =
      getPooledSizes(location, op, adaptor, sizes);
  if (failed(shape))
    return failure();
  // C5: the shape of the pool.
  if (failed(verifyPooled(location, op, "output_grad", adaptor.getOutputGrad(),
                          *shape)))
    return failure();
  // C6, the result's type, is checked by the interface.
  types.push_back(grad.clone(sizes));
  return success();
}

//===----------------------------------------------------------------------===//
// Resampling
//===----------------------------------------------------------------------===//

/// What the ops' constraints C1 to C3 say; `x` is the operand that is
/// resampled.
template <typename Adaptor>
static LogicalResult verifyResampling(std::optional<Location> location,
                                      StringRef op, Adaptor adaptor,
                                      StringRef name, Value x) {
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  // C1: a dim of x.
  if (failed(verifyDim(location, op, "axis", adaptor.getAxis(),
                       tensorType(x).getRank())))
    return failure();
  // C2: two matrices of one shape.
  RankedTensorType positions = tensorType(adaptor.getPositions());
  RankedTensorType weights = tensorType(adaptor.getWeights());
  if (positions.getRank() != 2 || weights.getRank() != 2 ||
      failed(verifyCompatibleShape(positions, weights)))
    return InferenceError(location, op)
           << "expects positions and weights to be matrices of one shape, but "
              "got "
           << positions << " and " << weights;
  // C3: one element type.
  return verifySameElement(location, op, name, x, "weights",
                           adaptor.getWeights());
}

/// The type `x` with `size` along the dim `axis`.
static RankedTensorType withDim(RankedTensorType x, int64_t axis,
                                int64_t size) {
  SmallVector<int64_t> shape(x.getShape());
  shape[axis] = size;
  return x.clone(shape);
}

LogicalResult ResampleOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  if (failed(verifyResampling(location, getOperationName(), adaptor, "x",
                              adaptor.getX())))
    return failure();
  // C4, the result's type, is checked by the interface.
  int64_t size = tensorType(adaptor.getPositions()).getDimSize(0);
  types.push_back(withDim(tensorType(adaptor.getX()), adaptor.getAxis(), size));
  return success();
}

LogicalResult ResampleGradOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(verifyResampling(location, op, adaptor, "output_grad",
                              adaptor.getOutputGrad())))
    return failure();
  // C2: a row for each place.
  RankedTensorType grad = tensorType(adaptor.getOutputGrad());
  RankedTensorType positions = tensorType(adaptor.getPositions());
  int64_t axis = adaptor.getAxis();
  if (failed(verifyCompatibleShape(ArrayRef<int64_t>(grad.getDimSize(axis)),
                                   ArrayRef<int64_t>(positions.getDimSize(0)))))
    return InferenceError(location, op)
           << "expects positions to have as many rows as output_grad has "
              "places in dim "
           << axis << " (" << grad.getDimSize(axis) << "), but got "
           << positions;
  // C4: a size.
  std::optional<int64_t> size = knownScalar(adaptor.getSize());
  if (size && *size < 0)
    return InferenceError(location, op)
           << "expects size not to be negative, but got " << *size;
  // C5, the result's type, is checked by the interface.
  types.push_back(withDim(grad, axis, size.value_or(ShapedType::kDynamic)));
  return success();
}
