//===- OpsConvolutionGradients.cpp - gradients of convolutions ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// They become graph.conv_input_grad and graph.conv_filter_grad. The gradient
// for the input is known as a transposed convolution, too: its sizes may be
// anything.
//
//===----------------------------------------------------------------------===//

#include "ConvolutionWindows.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// The number of windows along each spatial dim of an input of spatial sizes
/// `sizes`; `taps` are those of the filter, of the same integer type.
static Value countWindows(NodeBuilder &node, Chain &chain,
                          const Windows &windows, Value sizes, Value taps) {
  if (!sizes || !taps)
    return {};
  using Dim = const graph::ConvolutionDim &;
  Type type = tensorType(sizes).getElementType();
  auto get = [&](function_ref<int64_t(Dim)> getNumber) {
    return perDim(node, windows, type, getNumber);
  };
  auto isUnit = [](Dim dim) { return dim.stride == 1; };
  bool hasStride = !llvm::all_of(windows.dims, isUnit);
  bool isSame = windows.dims.front().isSame;
  if (isSame && !hasStride)
    return sizes;
  Value room;
  if (isSame) {
    room = chain.add(sizes, get([](Dim dim) { return dim.stride - 1; }));
  } else {
    Value extra = get([](Dim dim) {
      return dim.before + dim.after + dim.stride - 1 + dim.dilation;
    });
    Value reach = chain.mul(taps, get([](Dim dim) { return dim.dilation; }));
    room = chain.sub(chain.add(sizes, extra), reach);
  }
  if (hasStride)
    room = chain.op<graph::FloorDivOp>(
        {room, get([](Dim dim) { return dim.stride; })});
  return isSame ? room : chain.max(room, chain.integer(0, type));
}

/// `grad`, the gradient of the output of an input of spatial sizes `sizes`,
/// checked to have the spatial sizes of that output. (Of sizes that are all
/// known inference finds that out.)
static Value checkSpatialSizes(NodeBuilder &node, Chain &chain,
                               const Windows &windows, Value grad, Value sizes,
                               Value taps) {
  if (!grad || !sizes || !taps)
    return {};
  ArrayRef<int64_t> spatial =
      tensorType(grad).getShape().slice(1, windows.spatial());
  if (!ShapedType::isDynamicShape(spatial) && graph::knownValue(sizes) &&
      graph::knownValue(taps))
    return grad;
  // The dims are compared with those of a tensor made for the purpose.
  Value wanted = countWindows(node, chain, windows, sizes, taps);
  Value sample =
      chain.broadcastTo(node.splat(node.builder().getI1Type(), 0), wanted);
  return chain.checkDims(
      grad, sample, llvm::to_vector(llvm::seq<int64_t>(1, windows.rank() - 1)),
      llvm::to_vector(llvm::seq<int64_t>(0, windows.spatial())));
}

/// Whether element `i` of `sizes` is certain to be dim `dim` of `x`.
static bool isDim(Value sizes, int64_t i, Value x, int64_t dim) {
  std::optional<SmallVector<graph::Size>> elements =
      graph::shapeElements(sizes);
  if (!elements)
    return false;
  RankedTensorType type = tensorType(x);
  graph::Size size = type.isDynamicDim(dim)
                         ? graph::Size{graph::Size::Kind::Dim, dim, x}
                         : graph::Size::constant(type.getDimSize(dim));
  return graph::sameSize((*elements)[i], size);
}

/// Checks that element `i` of `sizes` is dim `dim` of `x`.
static LogicalResult checkElement(Chain &chain, Value sizes, int64_t i, Value x,
                                  int64_t dim, StringRef what) {
  if (isDim(sizes, i, x, dim))
    return success();
  Value size = chain.dim(x, dim, tensorType(sizes).getElementType());
  return success(
      bool(chain.checkBounds(chain.element(sizes, i), size, size, what)));
}

/// An error unless `sizes`, input `i` of the node, is a vector with one element
/// for each of `count` dims.
static LogicalResult expectSizes(NodeBuilder &node, unsigned i, Value sizes,
                                 int64_t count) {
  RankedTensorType type = tensorType(sizes);
  if (type.getRank() == 1 && type.getDimSize(0) == count)
    return success();
  return node.error() << "expected input " << i << " (" << inputName(node, i)
                      << ") to have " << count << " elements, one per dim, got "
                      << type;
}

//===----------------------------------------------------------------------===//
// Gradient for the input
//===----------------------------------------------------------------------===//

/// Checks what `sizes`, the sizes of the input in the node's order of dims, say
/// of batch and channels, and gives the spatial ones.
static Value checkInputSizes(NodeBuilder &node, Chain &chain,
                             const Windows &windows, Value sizes, Value filter,
                             Value grad, int64_t groups) {
  if (!sizes || !filter || !grad)
    return {};
  // Conv2DBackpropInput takes the spatial sizes alone, too.
  bool isWhole = tensorType(sizes).getDimSize(0) == windows.rank();
  Value spatial = sizes;
  if (isWhole) {
    // A batch of -1 is that of the gradient.
    if (chain.knownInts(sizes)[0] != -1 &&
        failed(checkElement(chain, sizes, 0, grad, 0, "a batch size")))
      return {};
    Type type = tensorType(sizes).getElementType();
    Value channels = chain.mul(chain.dim(filter, windows.rank() - 2, type),
                               chain.integer(groups, type));
    Value given = chain.element(sizes, windows.channels());
    if (!chain.checkBounds(given, channels, channels, "a number of channels"))
      return {};
    spatial = chain.part(sizes, windows.firstSpatial(),
                         windows.firstSpatial() + windows.spatial());
  }
  return chain.checkAtLeast(spatial, 0, "a size");
}

/// The gradient of a convolution for its input of sizes `sizes`; `grad` is in
/// the node's order of dims.
static LogicalResult buildInputGrad(NodeBuilder &node, Chain &chain,
                                    const Windows &windows, Value sizes,
                                    Value filter, Value grad, int64_t groups,
                                    Results &results) {
  grad = toChannelsLast(chain, windows, grad);
  int64_t last = windows.rank() - 1;
  grad = chain.checkDims(grad, filter, last, last);
  sizes = checkInputSizes(node, chain, windows, sizes, filter, grad, groups);
  if (!sizes)
    return failure();
  Value taps =
      chain.part(chain.shape(filter, tensorType(sizes).getElementType()), 0,
                 windows.spatial());
  grad = checkSpatialSizes(node, chain, windows, grad, sizes, taps);
  Value result = chain.op<graph::ConvInputGradOp>(
      {filter, grad, sizes}, makeAttributes(chain, windows, groups));
  return chain.give(results, fromChannelsLast(chain, windows, result));
}

/// The filter and the output's gradient at inputs 1 and 2.
static LogicalResult expectInputGradOperands(NodeBuilder &node,
                                             const Windows &windows,
                                             bool takesIntegers) {
  return success(succeeded(expectElements(node, 1, takesIntegers)) &&
                 succeeded(expectRank(node, 1, windows.rank())) &&
                 succeeded(expectRank(node, 2, windows.rank())));
}

static LogicalResult buildConvInputGrad(NodeBuilder &node, int64_t spatial,
                                        bool takesIntegers, Value sizes,
                                        Results &results) {
  FailureOr<Windows> windows = readWindows(node, spatial);
  if (failed(windows) ||
      failed(expectInputGradOperands(node, *windows, takesIntegers)))
    return failure();
  bool isSpatial = spatial == 2 && tensorType(sizes).getRank() == 1 &&
                   tensorType(sizes).getDimSize(0) == spatial;
  if (!isSpatial && failed(expectSizes(node, 0, sizes, windows->rank())))
    return failure();
  Chain chain(node);
  int64_t channels = isSpatial ? ShapedType::kDynamic
                               : chain.knownInts(sizes)[windows->channels()];
  FailureOr<int64_t> groups = countGroups(
      node, channels, node.inputType(1).getDimSize(windows->rank() - 2));
  if (failed(groups))
    return failure();
  return buildInputGrad(node, chain, *windows, sizes, node.input(1),
                        node.input(2), *groups, results);
}

static LogicalResult buildConv2DInputGrad(NodeBuilder &node, Results &results) {
  return buildConvInputGrad(node, 2, /*takesIntegers=*/true, node.input(0),
                            results);
}

static LogicalResult buildConv3DInputGrad(NodeBuilder &node, Results &results) {
  return buildConvInputGrad(node, 3, /*takesIntegers=*/false, node.input(0),
                            results);
}

/// The versions whose first input has the sizes instead of stating them.
static LogicalResult buildConv2DInputGradLike(NodeBuilder &node,
                                              Results &results) {
  Value sizes = Chain(node).shape(node.input(0));
  return buildConvInputGrad(node, 2, /*takesIntegers=*/true, sizes, results);
}

static LogicalResult buildConv3DInputGradLike(NodeBuilder &node,
                                              Results &results) {
  Value sizes = Chain(node).shape(node.input(0));
  return buildConvInputGrad(node, 3, /*takesIntegers=*/false, sizes, results);
}

static LogicalResult buildDepthwiseInputGrad(NodeBuilder &node,
                                             Results &results) {
  FailureOr<Windows> windows = readWindows(node, 2);
  if (failed(windows) ||
      failed(expectInputGradOperands(node, *windows, false)) ||
      failed(expectSizes(node, 0, node.input(0), 4)))
    return failure();
  FailureOr<int64_t> channels = requireChannels(node, 1);
  if (failed(channels))
    return failure();
  Chain chain(node);
  return buildInputGrad(node, chain, *windows, node.input(0),
                        flattenMultiplier(node, chain, node.input(1)),
                        node.input(2), *channels, results);
}

//===----------------------------------------------------------------------===//
// Gradient for the filter
//===----------------------------------------------------------------------===//

/// The gradient of a convolution for its filter of spatial sizes `taps`; `x`
/// and `grad` are in the node's order of dims.
static Value makeFilterGrad(NodeBuilder &node, Chain &chain,
                            const Windows &windows, Value x, Value taps,
                            Value grad, int64_t groups) {
  x = toChannelsLast(chain, windows, x);
  grad = toChannelsLast(chain, windows, grad);
  grad = chain.checkDims(grad, x, int64_t(0), int64_t(0));
  taps = chain.checkAtLeast(taps, 1, "a size of the filter");
  if (!taps)
    return {};
  Value sizes = chain.part(chain.shape(x, tensorType(taps).getElementType()), 1,
                           windows.rank() - 1);
  grad = checkSpatialSizes(node, chain, windows, grad, sizes, taps);
  return chain.op<graph::ConvFilterGradOp>(
      {x, grad, taps}, makeAttributes(chain, windows, groups));
}

/// The input and the output's gradient at inputs 0 and 2.
static LogicalResult expectFilterGradOperands(NodeBuilder &node,
                                              const Windows &windows) {
  return success(succeeded(expectKind(node, 0, Floats)) &&
                 succeeded(expectRank(node, 0, windows.rank())) &&
                 succeeded(expectRank(node, 2, windows.rank())));
}

static LogicalResult buildConvFilterGrad(NodeBuilder &node, int64_t spatial,
                                         Value sizes, Results &results) {
  FailureOr<Windows> windows = readWindows(node, spatial);
  if (failed(windows) || failed(expectFilterGradOperands(node, *windows)) ||
      failed(expectSizes(node, 1, sizes, windows->rank())))
    return failure();
  Chain chain(node);
  int64_t last = windows->rank() - 1;
  FailureOr<int64_t> groups =
      countGroups(node, node.inputType(0).getDimSize(windows->channels()),
                  chain.knownInts(sizes)[last - 1]);
  // The filter's channels, times the groups, are the input's.
  if (failed(groups) ||
      (*groups == 1 &&
       failed(checkElement(chain, sizes, last - 1, node.input(0),
                           windows->channels(), "a number of channels"))) ||
      failed(checkElement(chain, sizes, last, node.input(2),
                          windows->channels(), "a number of channels")))
    return failure();
  return chain.give(results,
                    makeFilterGrad(node, chain, *windows, node.input(0),
                                   chain.part(sizes, 0, spatial), node.input(2),
                                   *groups));
}

static LogicalResult buildConv2DFilterGrad(NodeBuilder &node,
                                           Results &results) {
  return buildConvFilterGrad(node, 2, node.input(1), results);
}

static LogicalResult buildConv3DFilterGrad(NodeBuilder &node,
                                           Results &results) {
  return buildConvFilterGrad(node, 3, node.input(1), results);
}

/// The versions whose second input has the sizes instead of stating them.
static LogicalResult buildConv2DFilterGradLike(NodeBuilder &node,
                                               Results &results) {
  return buildConvFilterGrad(node, 2, Chain(node).shape(node.input(1)),
                             results);
}

static LogicalResult buildConv3DFilterGradLike(NodeBuilder &node,
                                               Results &results) {
  return buildConvFilterGrad(node, 3, Chain(node).shape(node.input(1)),
                             results);
}

static LogicalResult buildDepthwiseFilterGrad(NodeBuilder &node,
                                              Results &results) {
  FailureOr<Windows> windows = readWindows(node, 2);
  if (failed(windows) || failed(expectFilterGradOperands(node, *windows)) ||
      failed(expectSizes(node, 1, node.input(1), 4)))
    return failure();
  int64_t channels = node.inputType(0).getDimSize(windows->channels());
  if (channels <= 0)
    return node.error() << "expected input 0 (input) to have a known number of "
                           "channels, got "
                        << node.inputType(0);
  Chain chain(node);
  Value sizes = node.input(1);
  if (failed(checkElement(chain, sizes, 2, node.input(0), windows->channels(),
                          "a number of channels")))
    return failure();
  Value result =
      makeFilterGrad(node, chain, *windows, node.input(0),
                     chain.part(sizes, 0, 2), node.input(2), channels);
  if (!result)
    return failure();
  return chain.give(
      results,
      chain.reshape(result, Chain::orNull(node.checkReshape(sizes, result))));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

/// The oldest ops have no layout to choose.
static constexpr StringLiteral windows3DLast =
    "strides: list(int), padding: string, "
    "dilations: list(int) = [1, 1, 1, 1, 1]";

static void addInputGrads(OpTable &table) {
  constexpr StringLiteral sizes =
      "input_sizes: int32, filter: T, out_backprop: T -> output: T; ";
  constexpr StringLiteral like =
      "input: T, filter: T, out_backprop: T -> output: T; ";
  std::string cudnn = (windows2D + ", use_cudnn_on_gpu: bool = true").str();
  table.add("Conv2DBackpropInput", (sizes + cudnn).str(), buildConv2DInputGrad);
  table
      .add("Conv2DBackpropInputV2", (like + cudnn).str(),
           buildConv2DInputGradLike)
      .usesTypeOf(0);
  table
      .add("Conv3DBackpropInput", (like + windows3DLast).str(),
           buildConv3DInputGradLike)
      .usesTypeOf(0);
  table.add("Conv3DBackpropInputV2",
            ("input_sizes: Tshape, filter: T, out_backprop: T -> output: T; " +
             windows3D + ", Tshape: type = int32")
                .str(),
            buildConv3DInputGrad);
  table
      .add("DepthwiseConv2dNativeBackpropInput", (sizes + windows2D).str(),
           buildDepthwiseInputGrad)
      .note("a filter of a known number of channels");
}

static void addFilterGrads(OpTable &table) {
  constexpr StringLiteral sizes =
      "input: T, filter_sizes: int32, out_backprop: T -> output: T; ";
  constexpr StringLiteral like =
      "input: T, filter: T, out_backprop: T -> output: T; ";
  std::string cudnn = (windows2D + ", use_cudnn_on_gpu: bool = true").str();
  table.add("Conv2DBackpropFilter", (sizes + cudnn).str(),
            buildConv2DFilterGrad);
  table
      .add("Conv2DBackpropFilterV2", (like + cudnn).str(),
           buildConv2DFilterGradLike)
      .usesTypeOf(1);
  table
      .add("Conv3DBackpropFilter", (like + windows3DLast).str(),
           buildConv3DFilterGradLike)
      .usesTypeOf(1);
  table.add("Conv3DBackpropFilterV2", (sizes + windows3D).str(),
            buildConv3DFilterGrad);
  table
      .add("DepthwiseConv2dNativeBackpropFilter", (sizes + windows2D).str(),
           buildDepthwiseFilterGrad)
      .note("an input of a known number of channels");
}
void tensorflow::registerConvolutionGradientOps(OpTable &table) {
  addInputGrads(table);
  addFilterGrads(table);
}
