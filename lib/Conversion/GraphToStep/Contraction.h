//===- Contraction.h - sums of products -------------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_CONTRACTION_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_CONTRACTION_H

#include "Utils.h"

namespace graph_compile {

/// The loops and operands of a contraction: products of an element of `lhs` and
/// one of `rhs`, added up along the loops that are reductions.
struct ContractionLoops {
  mlir::Value lhs, rhs;
  mlir::AffineMap lhsMap, rhsMap, resultMap;
  llvm::SmallVector<mlir::utils::IteratorType> iterators;
};

/// Creates a contraction whose result has type `type`; `getOpenDim` is asked
/// for its open sizes. f16 and bf16 are added up in f32 and rounded once.
mlir::Value
createContraction(NodeBuilder &b, const ContractionLoops &loops,
                  mlir::RankedTensorType type,
                  llvm::function_ref<mlir::Value(int64_t)> getOpenDim);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_CONTRACTION_H
