//===- OpsConvolution.cpp - convolutions ----------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// TensorFlow's convolutions become graph.conv. Tensors with their channels
// first are transposed; a depthwise filter is one of single channels.
//
//===----------------------------------------------------------------------===//

#include "ConvolutionWindows.h"
#include "OpFamilies.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// `x` checked to be large enough for a window, if sizes are open. (Of static
/// ones inference finds that out.)
static Value checkRoom(NodeBuilder &node, Chain &chain, const Windows &windows,
                       Value x, Value filter) {
  if (!x || !filter)
    return {};
  int64_t spatial = windows.spatial();
  bool isOpen =
      ShapedType::isDynamicShape(tensorType(x).getShape().slice(1, spatial)) ||
      ShapedType::isDynamicShape(
          tensorType(filter).getShape().take_front(spatial));
  if (windows.dims.front().isSame || !isOpen)
    return x;
  // What is missing may be less than a stride: then there are no windows.
  using Dim = const graph::ConvolutionDim &;
  Type type = node.builder().getI64Type();
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
    isSafe &= known != graph::kUnknown &&
              (known <= 0 || !tensorType(x).isDynamicDim(i + 1));
  if (isSafe)
    return x;
  Value sizes = chain.part(chain.shape(x, type), 1, spatial + 1);
  Value fits = chain.compare(graph::CompareDirection::GE, sizes, least);
  return chain.checkTrue(
      x, fits, "the padded input is smaller than the filter's window");
}

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
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerConvolutionOps(OpTable &table) {
  constexpr StringLiteral operands = "input: T, filter: T -> output: T; ";
  table
      .add("Conv2D",
           (operands + windows2D + ", use_cudnn_on_gpu: bool = true").str(),
           buildConv2D)
      .note("channels of an open number are not in groups");
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
  registerConvolutionGradientOps(table);
  registerDilationOps(table);
}
