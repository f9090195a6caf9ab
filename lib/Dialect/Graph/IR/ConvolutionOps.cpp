//===- ConvolutionOps.cpp - convolutions and their gradients --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The three ops share their attributes, and one relation between the spatial
// sizes of an input, a filter and an output.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphConvolutionOps.cpp.inc"

void GraphDialect::registerConvolutionOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphConvolutionOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

std::optional<int64_t> ConvolutionDim::getOutputSize(int64_t size,
                                                     int64_t taps) const {
  if (isSame)
    return llvm::divideCeil(size, stride);
  // size + before + after - ((taps - 1) * dilation + 1) + stride
  int64_t reach, room = size;
  if (llvm::MulOverflow(taps - 1, dilation, reach) ||
      llvm::AddOverflow(room, before, room) ||
      llvm::AddOverflow(room, after, room) ||
      llvm::AddOverflow(room, stride - 1, room) ||
      llvm::SubOverflow(room, reach, room))
    return std::nullopt;
  // Rounded towards zero, as TensorFlow does.
  int64_t windows = room / stride;
  return windows < 0 ? std::nullopt : std::optional<int64_t>(windows);
}

/// The windows that the attributes of `op`, an op or its adaptor, describe.
/// Takes lengths of attributes that do not fit, which verification rejects.
template <typename OpTy>
static SmallVector<ConvolutionDim> makeSpatialDims(OpTy op, int64_t rank) {
  SmallVector<ConvolutionDim> dims(std::max<int64_t>(rank - 2, 0));
  auto get = [](std::optional<ArrayRef<int64_t>> values, size_t i,
                int64_t otherwise) {
    return values && i < values->size() ? (*values)[i] : otherwise;
  };
  for (auto [i, dim] : llvm::enumerate(dims)) {
    dim.stride = get(op.getStrides(), i, 1);
    dim.dilation = get(op.getDilations(), i, 1);
    dim.before = get(op.getPadding(), 2 * i, 0);
    dim.after = get(op.getPadding(), 2 * i + 1, 0);
    dim.isSame = op.getSamePadding();
  }
  return dims;
}

SmallVector<ConvolutionDim> ConvOp::getSpatialDims() {
  return makeSpatialDims(*this, tensorType(getInput()).getRank());
}
SmallVector<ConvolutionDim> ConvInputGradOp::getSpatialDims() {
  return makeSpatialDims(*this, tensorType(getFilter()).getRank());
}
SmallVector<ConvolutionDim> ConvFilterGradOp::getSpatialDims() {
  return makeSpatialDims(*this, tensorType(getInput()).getRank());
}

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

/// What the ops' constraints C1 to C4 say, and of C5 what concerns `groups`
/// alone. `lhs` and `rhs` are the operands in question.
template <typename Adaptor>
static LogicalResult
verifyBasics(std::optional<Location> location, StringRef op, Adaptor adaptor,
             StringRef lhsName, Value lhs, StringRef rhsName, Value rhs) {
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  // C1: one element type.
  if (failed(verifySameElement(location, op, lhsName, lhs, rhsName, rhs)))
    return failure();
  // C2: a spatial dim at least.
  int64_t rank = tensorType(lhs).getRank();
  if (rank < 3 || tensorType(rhs).getRank() != rank)
    return InferenceError(location, op)
           << "expects " << lhsName << " and " << rhsName
           << " to have the same number of dims, at least three, but got "
           << tensorType(lhs) << " and " << tensorType(rhs);
  // C3: a stride and a dilation per spatial dim.
  auto verify = [&](StringRef name, std::optional<ArrayRef<int64_t>> values,
                    int64_t length, int64_t least) {
    return success(!values || succeeded(verifyNumbers(location, op, name,
                                                      *values, length, least)));
  };
  if (failed(verify("strides", adaptor.getStrides(), rank - 2, 1)) ||
      failed(verify("dilations", adaptor.getDilations(), rank - 2, 1)))
    return failure();
  // C4: two paddings per spatial dim, stated in one way.
  if (failed(verify("padding", adaptor.getPadding(), 2 * (rank - 2), 0)))
    return failure();
  if (adaptor.getPadding() && adaptor.getSamePadding())
    return InferenceError(location, op)
           << "expects either padding or same_padding, but got both";
  // C5: there are groups.
  if (static_cast<int64_t>(adaptor.getGroups()) < 1)
    return InferenceError(location, op)
           << "expects groups to be at least 1, but got "
           << static_cast<int64_t>(adaptor.getGroups());
  return success();
}

/// C5: the number of channels in the last dim of `value` is shared out evenly.
static LogicalResult verifyShares(std::optional<Location> location,
                                  StringRef op, StringRef name, Value value,
                                  int64_t groups) {
  int64_t channels = tensorType(value).getShape().back();
  if (ShapedType::isDynamic(channels) || channels % groups == 0)
    return success();
  return InferenceError(location, op)
         << "expects the channels of " << name << " (" << channels
         << ") to be a multiple of groups (" << groups << ")";
}

/// `size` times `factor`, open if it is.
static int64_t multiply(int64_t size, int64_t factor) {
  return ShapedType::isDynamic(size) ? size : size * factor;
}

/// Checks that static sizes of filters, `taps`, are at least 1.
static LogicalResult verifyTaps(std::optional<Location> location, StringRef op,
                                ArrayRef<int64_t> taps) {
  for (int64_t size : taps)
    if (!ShapedType::isDynamic(size) && size < 1)
      return InferenceError(location, op)
             << "expects spatial sizes of the filter to be at least 1, but got "
             << size;
  return success();
}

/// The spatial sizes of the output of inputs of spatial sizes `sizes`; open
/// where something that they depend on is. Fails if there is no such output.
static FailureOr<SmallVector<int64_t>>
getOutputSizes(std::optional<Location> location, StringRef op,
               ArrayRef<ConvolutionDim> dims, ArrayRef<int64_t> sizes,
               ArrayRef<int64_t> taps) {
  SmallVector<int64_t> outputs;
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (ShapedType::isDynamic(sizes[i]) ||
        (ShapedType::isDynamic(taps[i]) && !dim.isSame)) {
      outputs.push_back(ShapedType::kDynamic);
      continue;
    }
    std::optional<int64_t> output = dim.getOutputSize(sizes[i], taps[i]);
    if (!output)
      return InferenceError(location, op)
             << "expects spatial dim " << i << " of the padded input to hold a "
             << "window of " << taps[i] << " taps, but got size " << sizes[i];
    outputs.push_back(*output);
  }
  return outputs;
}

/// C7 of the gradients: `outputGrad` has the sizes of the output.
static LogicalResult verifyOutputGrad(std::optional<Location> location,
                                      StringRef op, Value outputGrad,
                                      ArrayRef<ConvolutionDim> dims,
                                      ArrayRef<int64_t> sizes,
                                      ArrayRef<int64_t> taps) {
  FailureOr<SmallVector<int64_t>> wanted =
      getOutputSizes(location, op, dims, sizes, taps);
  if (failed(wanted))
    return failure();
  ArrayRef<int64_t> given =
      tensorType(outputGrad).getShape().drop_front().drop_back();
  for (auto [i, want, have] : llvm::enumerate(*wanted, given))
    if (!ShapedType::isDynamic(want) && !ShapedType::isDynamic(have) &&
        want != have)
      return InferenceError(location, op)
             << "expects output_grad to have size " << want
             << " in spatial dim " << i << ", but got " << have;
  return success();
}

/// C6 of the gradients: one size per spatial dim, known ones at least `least`.
static FailureOr<SmallVector<int64_t>>
getGivenSizes(std::optional<Location> location, StringRef op, Value sizes,
              size_t numDims, int64_t least) {
  FailureOr<int64_t> length = vectorLength(location, op, "sizes", sizes);
  if (failed(length))
    return failure();
  if (*length != static_cast<int64_t>(numDims))
    return InferenceError(location, op)
           << "expects sizes to have " << numDims
           << " elements, one per spatial dim, but got " << *length;
  SmallVector<int64_t> known;
  for (int64_t size : elementsOrUnknown(sizes)) {
    if (size != kUnknown && size < least)
      return InferenceError(location, op) << "expects sizes to be at least "
                                          << least << ", but got " << size;
    known.push_back(size == kUnknown ? ShapedType::kDynamic : size);
  }
  return known;
}

//===----------------------------------------------------------------------===//
// conv
//===----------------------------------------------------------------------===//

LogicalResult ConvOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  // C1 to C4.
  if (failed(verifyBasics(location, op, adaptor, "input", adaptor.getInput(),
                          "filter", adaptor.getFilter())))
    return failure();
  RankedTensorType input = tensorType(adaptor.getInput());
  RankedTensorType filter = tensorType(adaptor.getFilter());
  int64_t rank = input.getRank(), groups = adaptor.getGroups();
  // C5: channels and groups fit.
  if (failed(verifyShares(location, op, "filter", adaptor.getFilter(), groups)))
    return failure();
  int64_t channels = multiply(filter.getDimSize(rank - 2), groups);
  if (!ShapedType::isDynamic(channels) && !input.isDynamicDim(rank - 1) &&
      input.getDimSize(rank - 1) != channels)
    return InferenceError(location, op)
           << "expects input to have " << channels << " channels, " << groups
           << " groups of " << filter.getDimSize(rank - 2) << ", but got "
           << input.getDimSize(rank - 1);
  // C6: sizes that make sense. C7, the result's type, is checked by the
  // interface.
  ArrayRef<int64_t> taps = filter.getShape().drop_back(2);
  if (failed(verifyTaps(location, op, taps)))
    return failure();
  FailureOr<SmallVector<int64_t>> sizes =
      getOutputSizes(location, op, makeSpatialDims(adaptor, rank),
                     input.getShape().drop_front().drop_back(), taps);
  if (failed(sizes))
    return failure();
  SmallVector<int64_t> shape = {input.getDimSize(0)};
  llvm::append_range(shape, *sizes);
  shape.push_back(filter.getShape().back());
  types.push_back(input.clone(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// conv_input_grad
//===----------------------------------------------------------------------===//

LogicalResult ConvInputGradOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  // C1 to C4.
  if (failed(verifyBasics(location, op, adaptor, "filter", adaptor.getFilter(),
                          "output_grad", adaptor.getOutputGrad())))
    return failure();
  RankedTensorType filter = tensorType(adaptor.getFilter());
  RankedTensorType grad = tensorType(adaptor.getOutputGrad());
  int64_t rank = grad.getRank(), groups = adaptor.getGroups();
  // C5: channels and groups fit.
  if (failed(verifyShares(location, op, "filter", adaptor.getFilter(), groups)))
    return failure();
  if (!filter.isDynamicDim(rank - 1) && !grad.isDynamicDim(rank - 1) &&
      filter.getDimSize(rank - 1) != grad.getDimSize(rank - 1))
    return InferenceError(location, op)
           << "expects output_grad to have as many channels as filter ("
           << filter.getDimSize(rank - 1) << "), but got "
           << grad.getDimSize(rank - 1);
  // C6: sizes that make sense.
  FailureOr<SmallVector<int64_t>> sizes =
      getGivenSizes(location, op, adaptor.getSizes(), rank - 2, /*least=*/0);
  ArrayRef<int64_t> taps = filter.getShape().drop_back(2);
  if (failed(sizes) || failed(verifyTaps(location, op, taps)))
    return failure();
  // C7: output_grad has the output's sizes. C8, the result's type, is checked
  // by the interface.
  if (failed(verifyOutputGrad(location, op, adaptor.getOutputGrad(),
                              makeSpatialDims(adaptor, rank), *sizes, taps)))
    return failure();
  SmallVector<int64_t> shape = {grad.getDimSize(0)};
  llvm::append_range(shape, *sizes);
  shape.push_back(multiply(filter.getDimSize(rank - 2), groups));
  types.push_back(grad.clone(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// conv_filter_grad
//===----------------------------------------------------------------------===//

LogicalResult ConvFilterGradOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  // C1 to C4.
  if (failed(verifyBasics(location, op, adaptor, "input", adaptor.getInput(),
                          "output_grad", adaptor.getOutputGrad())))
    return failure();
  RankedTensorType input = tensorType(adaptor.getInput());
  RankedTensorType grad = tensorType(adaptor.getOutputGrad());
  int64_t rank = input.getRank(), groups = adaptor.getGroups();
  // C5: channels and groups fit.
  if (failed(verifyShares(location, op, "input", adaptor.getInput(), groups)) ||
      failed(verifyShares(location, op, "output_grad", adaptor.getOutputGrad(),
                          groups)))
    return failure();
  // C6: sizes that make sense.
  FailureOr<SmallVector<int64_t>> sizes =
      getGivenSizes(location, op, adaptor.getSizes(), rank - 2, /*least=*/1);
  if (failed(sizes))
    return failure();
  // C7: output_grad has the output's sizes. C8, the result's type, is checked
  // by the interface.
  if (!input.isDynamicDim(0) && !grad.isDynamicDim(0) &&
      input.getDimSize(0) != grad.getDimSize(0))
    return InferenceError(location, op)
           << "expects output_grad to have the batch size of input ("
           << input.getDimSize(0) << "), but got " << grad.getDimSize(0);
  if (failed(verifyOutputGrad(
          location, op, adaptor.getOutputGrad(), makeSpatialDims(adaptor, rank),
          input.getShape().drop_front().drop_back(), *sizes)))
    return failure();
  SmallVector<int64_t> shape(*sizes);
  int64_t channels = input.getShape().back();
  shape.push_back(ShapedType::isDynamic(channels) ? channels
                                                  : channels / groups);
  shape.push_back(grad.getShape().back());
  types.push_back(input.clone(shape));
  return success();
}
