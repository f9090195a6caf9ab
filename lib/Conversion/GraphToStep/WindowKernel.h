//===- WindowKernel.h - kernels about windows on a tensor -------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What pools and their gradients share: how windows lie, and loops over rows
// (the last dim) of a tensor and over the rows that windows relate them to.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_WINDOWKERNEL_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_WINDOWKERNEL_H

#include "LoopKernel.h"
#include "graph-compile/Dialect/Graph/IR/Convolution.h"

namespace graph_compile {

/// What tells kernels about other windows apart: ".w1x3.s1x2.same".
std::string describeWindows(llvm::ArrayRef<int64_t> window,
                            llvm::ArrayRef<graph::ConvolutionDim> dims);

/// Creates a tensor of type `type` for the pool of `x` by windows of size
/// `window` that lie as `dims` say.
mlir::Value createPoolOutput(NodeBuilder &b, llvm::ArrayRef<int64_t> window,
                             llvm::ArrayRef<graph::ConvolutionDim> dims,
                             mlir::Value x, mlir::RankedTensorType type);

/// Returns the positions of the maxima of windows on `x`, as
/// graph.arg_max_pool; `type` is the type of the result.
mlir::Value createArgMaxPool(NodeBuilder &b, llvm::ArrayRef<int64_t> window,
                             llvm::ArrayRef<graph::ConvolutionDim> dims,
                             mlir::Value x, bool areUnsigned,
                             mlir::RankedTensorType type);

/// A range of indices.
struct PlaceRange {
  mlir::Value first, end;
};

/// One dim along which windows lie, in a kernel.
class WindowDim {
public:
  WindowDim(NodeBuilder &b, const graph::ConvolutionDim &dim, int64_t window,
            mlir::Value inputSize, mlir::Value outputSize);

  /// Whether output places are input places.
  bool isPlain() const { return plain; }
  mlir::Value getInputSize() const { return inputSize; }
  mlir::Value getOutputSize() const { return outputSize; }
  int64_t getWindow() const { return window; }

  /// The places of the input that window `output` covers.
  PlaceRange getInputs(NodeBuilder &b, mlir::Value output) const;
  /// The windows that cover place `input` of the input.
  PlaceRange getOutputs(NodeBuilder &b, mlir::Value input) const;
  /// The windows whose element `tap` lies inside the input.
  PlaceRange getOutputsOfTap(NodeBuilder &b, mlir::Value tap) const;
  /// The place of element `tap` of window `output`.
  mlir::Value getInput(NodeBuilder &b, mlir::Value output,
                       mlir::Value tap) const;

private:
  int64_t window, stride;
  bool plain;
  mlir::Value inputSize, outputSize;
  /// How many places of the first window lie before the input.
  mlir::Value before;
};

/// What the writers of kernels about windows share.
class WindowWriter {
public:
  /// `input` and `output` are memrefs of the shapes of a pool's operand and
  /// result.
  WindowWriter(NodeBuilder &b, llvm::ArrayRef<graph::ConvolutionDim> dims,
               llvm::ArrayRef<int64_t> window, mlir::Value input,
               mlir::Value output);

protected:
  using Places = llvm::SmallVector<mlir::Value>;

  /// Writes a loop, which threads share, over the rows of a tensor: over all
  /// places along its dims but the last. `getSize` gives sizes.
  void forEachRow(llvm::function_ref<mlir::Value(const WindowDim &)> getSize,
                  llvm::function_ref<void(Places)> body);
  /// Writes loops over the rows that `getRange` says of the places of a row;
  /// `body` gets the places of the one that it found.
  void forEachOtherRow(
      const Places &row,
      llvm::function_ref<PlaceRange(const WindowDim &, mlir::Value)> getRange,
      llvm::function_ref<void(Places)> body);
  /// Writes loops over pairs of places along the last dim: each output and each
  /// input that it covers, tap by tap in ascending or descending order.
  void forEachPair(
      bool ascending,
      llvm::function_ref<void(mlir::Value output, mlir::Value input)> body);

  /// How many elements of the window at `output` lie inside along dim `dim`.
  mlir::Value countInside(size_t dim, mlir::Value output);
  /// Of all dims but the last.
  mlir::Value countRowsInside(const Places &outputs);

  mlir::Value load(mlir::Value memref, Places row, mlir::Value last);
  void store(mlir::Value element, mlir::Value memref, Places row,
             mlir::Value last);
  /// Arithmetic rounded to the type of the elements.
  mlir::Value compute(
      mlir::Value x, mlir::Value y,
      llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> computeWide);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value toNumber(mlir::Value index, mlir::Type type);
  mlir::Value isGreater(mlir::Value x, mlir::Value y, bool isUnsigned);

  NodeBuilder &b;
  llvm::SmallVector<WindowDim> dims;
  mlir::Value zero, one;

private:
  void nestRows(
      const Places &row, Places found,
      llvm::function_ref<PlaceRange(const WindowDim &, mlir::Value)> getRange,
      llvm::function_ref<void(Places)> body);
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_WINDOWKERNEL_H
