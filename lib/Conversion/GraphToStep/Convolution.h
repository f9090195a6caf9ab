//===- Convolution.h - what the convolutions' patterns share ----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_CONVOLUTION_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_CONVOLUTION_H

#include "Contraction.h"
#include "Utils.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"

namespace graph_compile {

/// One spatial dim of a convolution with its sizes at run time: those of the
/// input and the filter are given, the others follow from them. All are
/// constants where they can be.
class SpatialDim {
public:
  SpatialDim(NodeBuilder &b, graph::ConvolutionDim windows, mlir::Value size,
             mlir::Value taps);

  graph::ConvolutionDim windows;
  /// The size of the input.
  mlir::Value size;
  /// The size of the filter.
  mlir::Value taps;
  /// The size of the output.
  mlir::Value outputSize;
  /// The entries of zero before the input, and before and after it together.
  mlir::Value before, padding;
};

/// `x` divided by `y`, which is positive, rounded towards zero.
mlir::Value divideIndex(NodeBuilder &b, mlir::Value x, int64_t y);
/// The same rounded up; `x` is not negative.
mlir::Value divideUp(NodeBuilder &b, mlir::Value x, int64_t y);

/// Where a dim of a tensor comes to lie in a larger one.
struct Placement {
  /// The size of the tensor, and its place in the result.
  mlir::Value size, before;
  /// The size of the result.
  mlir::Value paddedSize;
};

/// Surrounds the spatial dims of `tensor`, [batch, spatial.., channels], with
/// zeros. Gives `tensor` itself where that is known to change nothing.
mlir::Value createPadded(NodeBuilder &b, mlir::Value tensor,
                         llvm::ArrayRef<Placement> spatial);

/// The sizes of `tensor`, static where its type says so.
llvm::SmallVector<mlir::OpFoldResult> getMixedSizes(NodeBuilder &b,
                                                    mlir::Value tensor);

/// The type of a tensor of these sizes: static where they are constants.
mlir::RankedTensorType getTypeOfSizes(mlir::ArrayRef<mlir::Value> sizes,
                                      mlir::Type elementType);

/// Splits dim `dim` of `tensor` into the groups and what belongs to one.
mlir::Value createSplitDim(NodeBuilder &b, mlir::Value tensor, int64_t dim,
                           int64_t groups);
/// Joins the dims from `dim` to `dim` + `count` - 1 into one.
mlir::Value createJoinDims(NodeBuilder &b, mlir::Value tensor, int64_t dim,
                           int64_t count = 2);

/// Hands out the loops of a contraction over windows.
class LoopNumbers {
public:
  explicit LoopNumbers(mlir::MLIRContext *context) : context(context) {}

  mlir::AffineExpr add(mlir::utils::IteratorType kind);
  mlir::AffineExpr addParallel() {
    return add(mlir::utils::IteratorType::parallel);
  }
  mlir::AffineExpr addReduction() {
    return add(mlir::utils::IteratorType::reduction);
  }
  mlir::AffineMap getMap(llvm::ArrayRef<mlir::AffineExpr> places) const;

  llvm::SmallVector<mlir::utils::IteratorType> kinds;

private:
  mlir::MLIRContext *context;
};

/// The pattern of graph.conv_input_grad.
void populateConvolutionInputGradPatterns(mlir::RewritePatternSet &patterns,
                                          const GraphToStepContext &context);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_CONVOLUTION_H
