//===- Matrices.cpp - chains of ops on matrices ---------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Matrices.h"
#include "Diagonals.h"

#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

LogicalResult tensorflow::expectMatrices(NodeBuilder &node, unsigned i) {
  if (failed(expectKind(node, i, Floats)))
    return failure();
  if (node.inputType(i).getRank() < 2)
    return node.error() << "expected input " << i << " (" << inputName(node, i)
                        << ") to have at least two dims, got "
                        << node.inputType(i);
  return success();
}

Value tensorflow::getMatrices(NodeBuilder &node, unsigned i) {
  if (failed(expectMatrices(node, i)))
    return {};
  return Chain(node).widen(node.input(i));
}

Value tensorflow::getSquareMatrices(NodeBuilder &node, unsigned i) {
  Value x = getMatrices(node, i);
  if (!x)
    return {};
  int64_t rank = tensorType(x).getRank();
  return Chain(node).checkDims(x, x, rank - 2, rank - 1);
}

Value tensorflow::transposeMatrices(Chain &chain, Value x) {
  if (!x)
    return {};
  return chain.transpose(x, matrixTransposition(tensorType(x).getRank()));
}

LogicalResult tensorflow::giveNarrow(NodeBuilder &node,
                                     SmallVectorImpl<Value> &results,
                                     Value value) {
  Chain chain(node);
  return chain.give(results, chain.cast(value, node.elementType(0)));
}

//===----------------------------------------------------------------------===//
// Products and systems
//===----------------------------------------------------------------------===//

Value tensorflow::multiply(Chain &chain, Value a, Value b, Form aForm,
                           Form bForm) {
  SmallVector<NamedAttribute> flags;
  if (aForm == Form::Transposed)
    flags.push_back(chain.flag("transpose_a"));
  if (bForm == Form::Transposed)
    flags.push_back(chain.flag("transpose_b"));
  return chain.op<graph::MatmulOp>({a, b}, flags);
}

Value tensorflow::solveLower(Chain &chain, Value a, Value b, Form form) {
  SmallVector<NamedAttribute> flags = {chain.flag("lower")};
  if (form == Form::Transposed)
    flags.push_back(chain.flag("transpose"));
  return chain.op<graph::TriangularSolveOp>({a, b}, flags);
}

Value tensorflow::checkSystem(NodeBuilder &node, Value matrix, Value rhs) {
  if (!matrix || !rhs)
    return {};
  int64_t rank = tensorType(matrix).getRank();
  if (tensorType(rhs).getRank() != rank) {
    node.error() << "expected inputs of one rank, got " << node.inputType(0)
                 << " and " << node.inputType(1);
    return {};
  }
  auto shared = llvm::to_vector(llvm::seq<int64_t>(0, rank - 1));
  return Chain(node).checkDims(rhs, matrix, shared, shared);
}

Value tensorflow::getDiagonal(NodeBuilder &node, Value x) {
  int64_t rank = tensorType(x).getRank();
  return takeDiagonal(node, x, rank - 2, rank - 1);
}
