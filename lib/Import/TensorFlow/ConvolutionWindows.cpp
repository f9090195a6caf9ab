//===- ConvolutionWindows.cpp - what convolutions state -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionWindows.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

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

FailureOr<Windows> tensorflow::readWindows(NodeBuilder &node, int64_t spatial) {
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

SmallVector<NamedAttribute> tensorflow::makeAttributes(Chain &chain,
                                                       const Windows &windows,
                                                       int64_t groups) {
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

Value tensorflow::perDim(
    NodeBuilder &node, const Windows &windows, Type type,
    function_ref<int64_t(const graph::ConvolutionDim &)> getNumber) {
  return node.intVector(llvm::map_to_vector(windows.dims, getNumber), type);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

LogicalResult tensorflow::expectElements(NodeBuilder &node, unsigned i,
                                         bool takesIntegers) {
  if (takesIntegers && node.elementType(i).isSignlessInteger(32))
    return success();
  return expectKind(node, i, Floats);
}

Value tensorflow::toChannelsLast(Chain &chain, const Windows &windows,
                                 Value x) {
  if (!windows.channelsFirst)
    return x;
  SmallVector<int64_t> permutation = {0};
  for (int64_t dim = 2; dim < windows.rank(); ++dim)
    permutation.push_back(dim);
  permutation.push_back(1);
  return chain.transpose(x, permutation);
}

Value tensorflow::fromChannelsLast(Chain &chain, const Windows &windows,
                                   Value x) {
  if (!windows.channelsFirst)
    return x;
  SmallVector<int64_t> permutation = {0, windows.rank() - 1};
  for (int64_t dim = 1; dim < windows.rank() - 1; ++dim)
    permutation.push_back(dim);
  return chain.transpose(x, permutation);
}

Value tensorflow::flattenMultiplier(NodeBuilder &node, Chain &chain,
                                    Value filter) {
  Value sizes = chain.shape(filter);
  Value features =
      chain.reduce(graph::ReduceKind::Prod, chain.part(sizes, 2, 4), int64_t(0),
                   /*keepDims=*/true);
  return chain.reshape(
      filter,
      chain.concat({chain.part(sizes, 0, 2), node.intVector(1), features}, 0));
}

FailureOr<int64_t> tensorflow::countGroups(NodeBuilder &node, int64_t channels,
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

FailureOr<int64_t> tensorflow::requireChannels(NodeBuilder &node, unsigned i) {
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
