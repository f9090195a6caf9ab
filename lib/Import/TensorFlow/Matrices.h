//===- Matrices.h - chains of ops on matrices -------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the builders of linear algebra share. Matrices are the last two dims of
// tensors; a null Value stands for an error, as in a Chain.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_MATRICES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_MATRICES_H

#include "PureOps.h"

namespace graph_compile::tensorflow {

//===----------------------------------------------------------------------===//
// Operands and results
//===----------------------------------------------------------------------===//

/// An error unless input `i` has matrices of floats.
mlir::LogicalResult expectMatrices(NodeBuilder &node, unsigned i);

/// The matrices at input `i`, half and bfloat16 as float.
mlir::Value getMatrices(NodeBuilder &node, unsigned i);

/// The same of square matrices.
mlir::Value getSquareMatrices(NodeBuilder &node, unsigned i);

/// `rhs`, the right sides of one system per matrix, after the check that they
/// have its batch dims and as many rows.
mlir::Value checkSystem(NodeBuilder &node, mlir::Value matrix, mlir::Value rhs);

/// Appends a result, rounded to the type of the node's first input.
mlir::LogicalResult giveNarrow(NodeBuilder &node,
                               llvm::SmallVectorImpl<mlir::Value> &results,
                               mlir::Value value);

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

/// How an operand enters a product or a system.
enum class Form { AsIs, Transposed };

mlir::Value transposeMatrices(Chain &chain, mlir::Value x);

mlir::Value multiply(Chain &chain, mlir::Value a, mlir::Value b,
                     Form aForm = Form::AsIs, Form bForm = Form::AsIs);

/// The solution of a system with the lower triangle of `a`.
mlir::Value solveLower(Chain &chain, mlir::Value a, mlir::Value b,
                       Form form = Form::AsIs);

/// The diagonals of matrices with no more columns than rows.
mlir::Value getDiagonal(NodeBuilder &node, mlir::Value x);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_MATRICES_H
