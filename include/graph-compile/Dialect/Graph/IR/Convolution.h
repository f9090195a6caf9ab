//===- Convolution.h - how the windows of a convolution lie -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_CONVOLUTION_H
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_CONVOLUTION_H

#include <cstdint>
#include <optional>

namespace graph_compile::graph {

/// How the windows of a convolution lie along one spatial dim. Window `o`
/// covers the places `o * stride + k * dilation - before` of the input, for
/// every tap `k` of the filter.
struct ConvolutionDim {
  int64_t stride = 1;
  int64_t dilation = 1;
  /// Entries of zero before and after the input; they mean nothing if `isSame`.
  int64_t before = 0;
  int64_t after = 0;
  /// The padding is what makes the output's size that of the input divided by
  /// the stride, rounded up; of an odd number of entries the last is behind.
  bool isSame = false;

  /// The number of windows of `taps` taps on an input of `size`; nothing if the
  /// padded input is too small by a stride or more, or numbers get too large.
  std::optional<int64_t> getOutputSize(int64_t size, int64_t taps) const;
};

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_CONVOLUTION_H
