//===- OpsConvolution.cpp - convolutions ----------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// TensorFlow's convolutions become graph.conv and its two gradients. Tensors
// with their channels first are transposed; a depthwise filter is one of single
// channels.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

namespace {
/// What the attributes of a convolution say.
struct Windows {
  SmallVector<graph::ConvolutionDim> dims;
  bool channelsFirst = false;

  int64_t rank() const { return dims.size() + 2; }
  int64_t spatial() const { return dims.size(); }
  /// Where spatial dims start, and the channels are, in the node's tensors.
  int64_t firstSpatial() const { return channelsFirst ? 2 : 1; }
  int64_t channels() const { return channelsFirst ? 1 : rank() - 1; }
};
} // namespace

static bool hasAttribute(NodeBuilder &node, StringRef name) {
  return node.info().findAttribute(name);
}

static LogicalResult readFormat(NodeBuilder &node, Windows &windows) {
  if (!hasAttribute(node, "data_format"))
    return success();
  StringRef format = node.stringAttr("data_format");
  windows.channelsFirst =
      format == "NCHW" || format == "NCDHW" || format == "CHANNELS_FIRST";
  size_t letters = windows.rank();
  bool isName = format == "CHANNELS_FIRST" || format == "CHANNELS_LAST";
  bool isKnown = windows.channelsFirst || format == "NHWC" ||
                 format == "NDHWC" || format == "CHANNELS_LAST";
  if (isKnown && (isName || format.size() == letters))
    return success();
  return node.error() << "expected attribute data_format to name the "
                      << letters << " dims of the input, got \"" << format
                      << "\"";
}

/// The spatial elements of a list with an element per dim of the input, in the
/// order of its dims. Strides and dilations are 1 elsewhere.
static LogicalResult readSteps(NodeBuilder &node, const Windows &windows,
                               StringRef name,
                               SmallVectorImpl<int64_t> &steps) {
  SmallVector<int64_t> all = node.intListAttr(name);
  if (all.empty() && name == "dilations")
    all.assign(windows.rank(), 1);
  if (static_cast<int64_t>(all.size()) != windows.rank())
    return node.error() << "expected attribute " << name << " to have "
                        << windows.rank() << " elements, one per dim, got "
                        << all.size();
  for (int64_t step : all)
    if (step < 1)
      return node.error() << "expected attribute " << name
                          << " to be positive, got " << step;
  if (all[0] != 1 || all[windows.channels()] != 1)
    return node.error() << "expected attribute " << name
                        << " to be 1 for batch and channels, got " << all[0]
                        << " and " << all[windows.channels()];
  steps.assign(all.begin() + windows.firstSpatial(),
               all.begin() + windows.firstSpatial() + windows.spatial());
  return success();
}

static LogicalResult readExplicitPaddings(NodeBuilder &node, Windows &windows) {
  SmallVector<int64_t> all = node.intListAttr("explicit_paddings");
  if (static_cast<int64_t>(all.size()) != 2 * windows.rank())
    return node.error() << "expected attribute explicit_paddings to have "
                        << 2 * windows.rank() << " elements, two per dim, got "
                        << all.size();
  for (int64_t padding : all)
    if (padding < 0)
      return node.error()
             << "expected attribute explicit_paddings not to be negative, got "
             << padding;
  int64_t channels = 2 * windows.channels();
  if (all[0] || all[1] || all[channels] || all[channels + 1])
    return node.error("expected attribute explicit_paddings to be 0 for batch "
                      "and channels");
  for (auto [i, dim] : llvm::enumerate(windows.dims)) {
    dim.before = all[2 * (windows.firstSpatial() + i)];
    dim.after = all[2 * (windows.firstSpatial() + i) + 1];
  }
  return success();
}

static LogicalResult readPadding(NodeBuilder &node, Windows &windows) {
  StringRef padding = node.stringAttr("padding");
  bool canBeExplicit = hasAttribute(node, "explicit_paddings");
  if (canBeExplicit && padding == "EXPLICIT")
    return readExplicitPaddings(node, windows);
  if (canBeExplicit && !node.intListAttr("explicit_paddings").empty())
    return node.error() << "expected no explicit_paddings with padding \""
                        << padding << "\"";
  if (padding != "SAME" && padding != "VALID")
    return node.error() << "expected attribute padding to be SAME"
                        << (canBeExplicit ? ", VALID or EXPLICIT" : " or VALID")
                        << ", got \"" << padding << "\"";
  for (graph::ConvolutionDim &dim : windows.dims)
    dim.isSame = padding == "SAME";
  return success();
}

/// Reads the attributes of a convolution along `spatial` dims.
static FailureOr<Windows> readWindows(NodeBuilder &node, int64_t spatial) {
  Windows windows;
  windows.dims.resize(spatial);
  SmallVector<int64_t> strides, dilations;
  if (failed(readFormat(node, windows)) ||
      failed(readSteps(node, windows, "strides", strides)) ||
      failed(readSteps(node, windows, "dilations", dilations)) ||
      failed(readPadding(node, windows)))
    return failure();
  for (auto [dim, stride, dilation] :
       llvm::zip_equal(windows.dims, strides, dilations)) {
    dim.stride = stride;
    dim.dilation = dilation;
  }
  return windows;
}

/// The attributes of our op; those that say nothing are left out.
static SmallVector<NamedAttribute>
makeAttributes(Chain &chain, const Windows &windows, int64_t groups) {
  SmallVector<int64_t> strides, dilations, padding;
  for (const graph::ConvolutionDim &dim : windows.dims) {
    strides.push_back(dim.stride);
    dilations.push_back(dim.dilation);
    padding.append({dim.before, dim.after});
  }
  SmallVector<NamedAttribute> attributes;
  auto isOne = [](int64_t value) { return value == 1; };
  auto isZero = [](int64_t value) { return value == 0; };
  if (!llvm::all_of(strides, isOne))
    attributes.push_back(chain.attr("strides", strides));
  if (!llvm::all_of(dilations, isOne))
    attributes.push_back(chain.attr("dilations", dilations));
  if (windows.dims.front().isSame)
    attributes.push_back(chain.flag("same_padding"));
  else if (!llvm::all_of(padding, isZero))
    attributes.push_back(chain.attr("padding", padding));
  if (groups != 1)
    attributes.push_back(chain.attr("groups", groups));
  return attributes;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// Floats, and where TensorFlow has them, 32-bit integers.
static LogicalResult expectElements(NodeBuilder &node, unsigned i,
                                    bool takesIntegers) {
  if (takesIntegers && node.elementType(i).isSignlessInteger(32))
    return success();
  return expectKind(node, i, Floats);
}

static Value toChannelsLast(Chain &chain, const Windows &windows, Value x) {
  if (!windows.channelsFirst)
    return x;
  SmallVector<int64_t> permutation = {0};
  for (int64_t dim = 2; dim < windows.rank(); ++dim)
    permutation.push_back(dim);
  permutation.push_back(1);
  return chain.transpose(x, permutation);
}

static Value fromChannelsLast(Chain &chain, const Windows &windows, Value x) {
  if (!windows.channelsFirst)
    return x;
  SmallVector<int64_t> permutation = {0, windows.rank() - 1};
  for (int64_t dim = 1; dim < windows.rank() - 1; ++dim)
    permutation.push_back(dim);
  return chain.transpose(x, permutation);
}

/// The filter [height, width, channels, multiplier] of a depthwise convolution
/// as one of groups of one channel: [height, width, 1, channels * multiplier].
static Value flattenMultiplier(NodeBuilder &node, Chain &chain, Value filter) {
  Value sizes = chain.shape(filter);
  Value features =
      chain.reduce(graph::ReduceKind::Prod, chain.part(sizes, 2, 4), int64_t(0),
                   /*keepDims=*/true);
  return chain.reshape(
      filter,
      chain.concat({chain.part(sizes, 0, 2), node.intVector(1), features}, 0));
}

/// The number of groups of a convolution of `channels` channels, where a
/// filter sees `ofGroup` of them. Channels of which one number is open are
/// taken not to be grouped; the caller checks that.
static FailureOr<int64_t> countGroups(NodeBuilder &node, int64_t channels,
                                      int64_t ofGroup) {
  if (channels < 0 || ofGroup < 0)
    return 1;
  if (ofGroup == 0)
    return LogicalResult(
        node.error("expected a filter with elements, got one for no channels"));
  if (channels == 0 || channels % ofGroup != 0)
    return LogicalResult(node.error()
                         << "expected the channels of the input (" << channels
                         << ") to be a multiple of those of the filter ("
                         << ofGroup << ")");
  return channels / ofGroup;
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// One number per spatial dim as a vector.
static Value
perDim(NodeBuilder &node, const Windows &windows, Type type,
       function_ref<int64_t(const graph::ConvolutionDim &)> getNumber) {
  return node.intVector(llvm::map_to_vector(windows.dims, getNumber), type);
}

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

/// `x`, whose spatial sizes may be open, checked to be large enough for a
/// window. (Of static sizes inference finds that out.)
static Value checkRoom(NodeBuilder &node, Chain &chain, const Windows &windows,
                       Value x, Value filter) {
  if (!x || !filter)
    return {};
  ArrayRef<int64_t> spatialShape =
      tensorType(x).getShape().slice(1, windows.spatial());
  if (windows.dims.front().isSame || !ShapedType::isDynamicShape(spatialShape))
    return x;
  // What is missing may be less than a stride: then there are no windows.
  using Dim = const graph::ConvolutionDim &;
  Type type = node.builder().getI64Type();
  int64_t spatial = windows.spatial();
  Value taps = chain.part(chain.shape(filter, type), 0, spatial);
  Value reach = chain.mul(
      taps, perDim(node, windows, type, [](Dim dim) { return dim.dilation; }));
  Value least = chain.sub(reach, perDim(node, windows, type, [](Dim dim) {
                            return dim.dilation + dim.before + dim.after +
                                   2 * (dim.stride - 1);
                          }));
  if (!least)
    return {};
  bool isSafe = true;
  for (auto [i, known] : llvm::enumerate(chain.knownInts(least)))
    isSafe &= !tensorType(x).isDynamicDim(i + 1) ||
              (known != graph::kUnknown && known <= 0);
  if (isSafe)
    return x;
  Value sizes = chain.part(chain.shape(x, type), 1, spatial + 1);
  Value fits = chain.compare(graph::CompareDirection::GE, sizes, least);
  return chain.checkTrue(
      x, fits, "the padded input is smaller than the filter's window");
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
// Convolution
//===----------------------------------------------------------------------===//

/// A convolution of `x`, channels last, whose filter is [spatial.., channels of
/// a group, output channels].
static Value convolve(NodeBuilder &node, Chain &chain, const Windows &windows,
                      Value x, Value filter, int64_t groups) {
  if (!x || !filter)
    return {};
  int64_t last = windows.rank() - 1;
  RankedTensorType filterType = tensorType(filter);
  if (llvm::is_contained(filterType.getShape().drop_back(), 0)) {
    node.error() << "expected a filter with elements, got " << filterType;
    return {};
  }
  if (groups == 1)
    x = chain.checkDims(x, filter, last, last - 1);
  else
    x = chain.checkSize(x, last, groups * filterType.getDimSize(last - 1));
  x = checkRoom(node, chain, windows, x, filter);
  return chain.op<graph::ConvOp>({x, filter},
                                 makeAttributes(chain, windows, groups));
}

static LogicalResult buildConvolution(NodeBuilder &node, int64_t spatial,
                                      bool takesIntegers, Results &results) {
  FailureOr<Windows> windows = readWindows(node, spatial);
  if (failed(windows) || failed(expectElements(node, 0, takesIntegers)) ||
      failed(expectRank(node, 0, windows->rank())) ||
      failed(expectRank(node, 1, windows->rank())))
    return failure();
  FailureOr<int64_t> groups =
      countGroups(node, node.inputType(0).getDimSize(windows->channels()),
                  node.inputType(1).getDimSize(windows->rank() - 2));
  if (failed(groups))
    return failure();
  Chain chain(node);
  Value x = toChannelsLast(chain, *windows, node.input(0));
  Value result = convolve(node, chain, *windows, x, node.input(1), *groups);
  return chain.give(results, fromChannelsLast(chain, *windows, result));
}

static LogicalResult buildConv2D(NodeBuilder &node, Results &results) {
  return buildConvolution(node, 2, /*takesIntegers=*/true, results);
}

static LogicalResult buildConv3D(NodeBuilder &node, Results &results) {
  return buildConvolution(node, 3, /*takesIntegers=*/false, results);
}

/// Conv, which takes any number of batch dims.
static LogicalResult buildConv(NodeBuilder &node, Results &results) {
  int64_t spatial = node.inputType(1).getRank() - 2;
  if (spatial < 1)
    return node.error() << "expected input 1 (filter) to have a spatial dim at "
                           "least and two of channels, got "
                        << node.inputType(1);
  FailureOr<Windows> windows = readWindows(node, spatial);
  int64_t batchDims = node.intAttr("batch_dims");
  if (failed(windows) || failed(expectElements(node, 0, true)))
    return failure();
  if (batchDims < 1)
    return node.error() << "expected attribute batch_dims to be at least 1, "
                           "got "
                        << batchDims;
  int64_t rank = batchDims + spatial + 1;
  if (failed(expectRank(node, 0, rank)))
    return failure();

  Chain chain(node);
  Value x = node.input(0);
  Value sizes = chain.shape(x);
  if (batchDims > 1) {
    Value batch =
        chain.reduce(graph::ReduceKind::Prod, chain.part(sizes, 0, batchDims),
                     int64_t(0), /*keepDims=*/true);
    x = chain.reshape(
        x, chain.concat({batch, chain.part(sizes, batchDims, rank)}, 0));
  }
  Value result =
      convolve(node, chain, *windows, toChannelsLast(chain, *windows, x),
               node.input(1), node.intAttr("groups"));
  result = fromChannelsLast(chain, *windows, result);
  if (batchDims > 1)
    result = chain.reshape(
        result, chain.concat({chain.part(sizes, 0, batchDims),
                              chain.part(chain.shape(result), 1, spatial + 2)},
                             0));
  return chain.give(results, result);
}

/// The number of channels that input `i`, a depthwise filter, has.
static FailureOr<int64_t> requireChannels(NodeBuilder &node, unsigned i) {
  if (failed(expectRank(node, i, 4)))
    return failure();
  int64_t channels = node.inputType(i).getDimSize(2);
  if (channels > 0)
    return channels;
  return LogicalResult(node.error()
                       << "expected input " << i << " (" << inputName(node, i)
                       << ") to have a known number of channels, got "
                       << node.inputType(i));
}

static LogicalResult buildDepthwise(NodeBuilder &node, Results &results) {
  FailureOr<Windows> windows = readWindows(node, 2);
  if (failed(windows) || failed(expectKind(node, 0, Floats)) ||
      failed(expectRank(node, 0, 4)))
    return failure();
  FailureOr<int64_t> channels = requireChannels(node, 1);
  if (failed(channels))
    return failure();
  Chain chain(node);
  Value x = toChannelsLast(chain, *windows, node.input(0));
  Value filter = flattenMultiplier(node, chain, node.input(1));
  Value result = convolve(node, chain, *windows, x, filter, *channels);
  return chain.give(results, fromChannelsLast(chain, *windows, result));
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

namespace {
/// Attributes in the words of TensorFlow's op registry.
constexpr StringLiteral windows2D =
    "strides: list(int), padding: string, explicit_paddings: list(int) = [], "
    "data_format: string = 'NHWC', dilations: list(int) = [1, 1, 1, 1]";
constexpr StringLiteral windows3D =
    "strides: list(int), padding: string, data_format: string = 'NDHWC', "
    "dilations: list(int) = [1, 1, 1, 1, 1]";
constexpr StringLiteral windows3DLast =
    "strides: list(int), padding: string, "
    "dilations: list(int) = [1, 1, 1, 1, 1]";
} // namespace

static void addForward(OpTable &table) {
  constexpr StringLiteral operands = "input: T, filter: T -> output: T; ";
  table.add("Conv2D",
            (operands + windows2D + ", use_cudnn_on_gpu: bool = true").str(),
            buildConv2D);
  table.add("Conv3D", (operands + windows3D).str(), buildConv3D);
  table.add("Conv",
            (operands +
             "strides: list(int), padding: string, explicit_paddings: "
             "list(int) = [], data_format: string = 'CHANNELS_LAST', "
             "dilations: list(int) = [], batch_dims: int = 1, "
             "groups: int = 1")
                .str(),
            buildConv);
  table
      .add("DepthwiseConv2dNative", (operands + windows2D).str(),
           buildDepthwise)
      .note("a filter of a known number of channels");
}

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

void tensorflow::registerConvolutionOps(OpTable &table) {
  addForward(table);
  addInputGrads(table);
  addFilterGrads(table);
}
