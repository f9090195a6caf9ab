//===- Reshape.h - dims of size 1 come and go -------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_RESHAPE_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_RESHAPE_H

#include "Utils.h"

namespace graph_compile {

/// Inserts dims of size 1 at the positions `axes` of the result, ascending.
mlir::Value createExpandDims(NodeBuilder &b, mlir::Value tensor,
                             llvm::ArrayRef<int64_t> axes);

/// Drops the dims `axes`, ascending, which have size 1 at run time.
mlir::Value createSqueeze(NodeBuilder &b, mlir::Value tensor,
                          llvm::ArrayRef<int64_t> axes);

/// Copies the box of `tensor` that starts at `offsets` and takes every
/// `strides`-th element; `type` gives its static sizes, `getOpenDim` the
/// others.
mlir::Value createSlice(NodeBuilder &b, mlir::Value tensor,
                        mlir::RankedTensorType type,
                        llvm::ArrayRef<mlir::Value> offsets,
                        llvm::ArrayRef<mlir::Value> strides,
                        llvm::function_ref<mlir::Value(int64_t)> getOpenDim);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_RESHAPE_H
