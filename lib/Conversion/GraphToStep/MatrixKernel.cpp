//===- MatrixKernel.cpp - kernels on batches of matrices ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixKernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

Value graph_compile::addFloat(NodeBuilder &b, Value x, Value y) {
  return arith::AddFOp::create(b, x, y);
}

Value graph_compile::subFloat(NodeBuilder &b, Value x, Value y) {
  return arith::SubFOp::create(b, x, y);
}

Value graph_compile::mulFloat(NodeBuilder &b, Value x, Value y) {
  return arith::MulFOp::create(b, x, y);
}

Value graph_compile::divFloat(NodeBuilder &b, Value x, Value y) {
  return arith::DivFOp::create(b, x, y);
}

Value graph_compile::compareFloat(NodeBuilder &b,
                                  arith::CmpFPredicate predicate, Value x,
                                  Value y) {
  return arith::CmpFOp::create(b, predicate, x, y);
}

//===----------------------------------------------------------------------===//
// MatrixRef
//===----------------------------------------------------------------------===//

Value MatrixRef::load(ValueRange place) const {
  SmallVector<Value> indices = {batch};
  llvm::append_range(indices, place);
  return memref::LoadOp::create(b, memref, indices);
}

void MatrixRef::store(Value x, ValueRange place) const {
  SmallVector<Value> indices = {batch};
  llvm::append_range(indices, place);
  memref::StoreOp::create(b, x, memref, indices);
}

void MatrixRef::fill(function_ref<Value(Value, Value)> getElement) const {
  Value zero = createIndex(b, 0);
  createLoop(b, zero, getNumRows(), [&](Value i) {
    createLoop(b, zero, getNumColumns(),
               [&](Value j) { store(getElement(i, j), {i, j}); });
  });
}

void MatrixRef::subtractRow(Value i, Value factor, Value k, Value from,
                            Value to) const {
  createLoop(b, from, to, [&](Value j) {
    Value product = mulFloat(b, factor, load({k, j}));
    store(subFloat(b, load({i, j}), product), {i, j});
  });
}

void MatrixRef::swapRows(Value i, Value k) const {
  createLoop(b, createIndex(b, 0), getNumColumns(), [&](Value j) {
    Value x = load({i, j}), y = load({k, j});
    store(y, {i, j});
    store(x, {k, j});
  });
}

void MatrixRef::transpose() const {
  createLoop(b, createIndex(b, 0), getNumRows(), [&](Value i) {
    createLoop(b, createIndex(b, 0), i, [&](Value j) {
      Value x = load({i, j}), y = load({j, i});
      store(y, {i, j});
      store(x, {j, i});
    });
  });
}

//===----------------------------------------------------------------------===//
// MatrixBatch
//===----------------------------------------------------------------------===//

MatrixBatch::MatrixBatch(NodeBuilder &b, Value tensor)
    : b(b), tensor(tensor), numDims(getTensorType(tensor).getRank() - 2),
      staticSize(1), size(createIndex(b, 1)) {
  for (int64_t dim = 0; dim < numDims; ++dim) {
    int64_t dimSize = getTensorType(tensor).getDimSize(dim);
    staticSize =
        ShapedType::isDynamic(dimSize) || ShapedType::isDynamic(staticSize)
            ? ShapedType::kDynamic
            : staticSize * dimSize;
    size = mulIndex(b, size, getDim(b, tensor, dim));
  }
}

Value MatrixBatch::flatten(Value whole, int64_t numLast) const {
  RankedTensorType type = getTensorType(whole);
  SmallVector<int64_t> shape = {staticSize};
  llvm::append_range(shape, type.getShape().take_back(numLast));
  return createReshape(b, whole, type.clone(shape), [&](int64_t dim) {
    return dim == 0 ? size : getDim(b, whole, numDims + dim - 1);
  });
}

/// The size that an index is known to have, for a type.
static int64_t getStaticSize(Value index) {
  return getConstantIntValue(index).value_or(ShapedType::kDynamic);
}

Value MatrixBatch::createOutput(Type elementType, ArrayRef<Value> last) const {
  SmallVector<int64_t> shape = {staticSize};
  for (Value dim : last)
    shape.push_back(getStaticSize(dim));
  return createEmpty(
      b, RankedTensorType::get(shape, elementType),
      [&](int64_t dim) { return dim == 0 ? size : last[dim - 1]; });
}

Value MatrixBatch::unflatten(Value flat, RankedTensorType type) const {
  return createReshape(b, flat, type, [&](int64_t dim) {
    return dim < numDims ? getDim(b, tensor, dim)
                         : getDim(b, flat, dim - numDims + 1);
  });
}

void graph_compile::createMatrixLoop(
    NodeBuilder &b, ArrayRef<Value> arguments,
    function_ref<void(ArrayRef<MatrixRef>)> write) {
  createParallelLoop(b, getMemRefDim(b, arguments.front(), 0),
                     [&](Value batch) {
                       SmallVector<MatrixRef> matrices;
                       for (Value argument : arguments)
                         matrices.emplace_back(b, argument, batch);
                       write(matrices);
                     });
}
