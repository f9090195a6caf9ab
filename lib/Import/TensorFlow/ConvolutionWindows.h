//===- ConvolutionWindows.h - what convolutions state -----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the builders of TensorFlow's convolutions and of their gradients share.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONVOLUTIONWINDOWS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONVOLUTIONWINDOWS_H

#include "PureOps.h"

namespace graph_compile::tensorflow {

/// What the attributes of a convolution say.
struct Windows {
  llvm::SmallVector<graph::ConvolutionDim> dims;
  bool channelsFirst = false;

  int64_t rank() const { return dims.size() + 2; }
  int64_t spatial() const { return dims.size(); }
  /// Where spatial dims start, and the channels are, in the node's tensors.
  int64_t firstSpatial() const { return channelsFirst ? 2 : 1; }
  int64_t channels() const { return channelsFirst ? 1 : rank() - 1; }
};

/// Reads the attributes of a convolution along `spatial` dims.
mlir::FailureOr<Windows> readWindows(NodeBuilder &node, int64_t spatial);

/// The attributes of our op; those that say nothing are left out.
llvm::SmallVector<mlir::NamedAttribute>
makeAttributes(Chain &chain, const Windows &windows, int64_t groups);

/// One number per spatial dim as a vector of integers of type `type`.
mlir::Value
perDim(NodeBuilder &node, const Windows &windows, mlir::Type type,
       llvm::function_ref<int64_t(const graph::ConvolutionDim &)> getNumber);

/// Moves the channels of `x`, which is in the node's order of dims, to the end.
mlir::Value toChannelsLast(Chain &chain, const Windows &windows, mlir::Value x);
/// The other way.
mlir::Value fromChannelsLast(Chain &chain, const Windows &windows,
                             mlir::Value x);

/// An error unless input `i` is of floats or, where TensorFlow has them, 32-bit
/// integers.
mlir::LogicalResult expectElements(NodeBuilder &node, unsigned i,
                                   bool takesIntegers);

/// The number of channels that input `i`, a depthwise filter, has.
mlir::FailureOr<int64_t> requireChannels(NodeBuilder &node, unsigned i);

/// The filter [height, width, channels, multiplier] of a depthwise convolution
/// as one of groups of one channel: [height, width, 1, channels * multiplier].
mlir::Value flattenMultiplier(NodeBuilder &node, Chain &chain,
                              mlir::Value filter);

/// The number of groups of a convolution of `channels` channels, where a
/// filter sees `ofGroup` of them. Channels of which one number is open are
/// taken not to be grouped; the caller checks that.
mlir::FailureOr<int64_t> countGroups(NodeBuilder &node, int64_t channels,
                                     int64_t ofGroup);

/// Attributes in the words of TensorFlow's op registry.
inline constexpr llvm::StringLiteral windows2D =
    "strides: list(int), padding: string, explicit_paddings: list(int) = [], "
    "data_format: string = 'NHWC', dilations: list(int) = [1, 1, 1, 1]";
inline constexpr llvm::StringLiteral windows3D =
    "strides: list(int), padding: string, data_format: string = 'NDHWC', "
    "dilations: list(int) = [1, 1, 1, 1, 1]";

/// Adds the gradients of convolutions.
void registerConvolutionGradientOps(OpTable &table);
/// Adds the dilations of morphology, which have windows like convolutions.
void registerDilationOps(OpTable &table);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONVOLUTIONWINDOWS_H
