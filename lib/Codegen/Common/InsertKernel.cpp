//===- InsertKernel.cpp - tensors written into parts of another -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a concatenation or a padding is: a chain of tensor.insert_slice becomes
// one kernel, with a loop nest per source.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace graph_compile;

/// Writes the source of `insert` to its place in `output`.
static void emitInsert(OpBuilder &outer, KernelSignature &signature,
                       tensor::InsertSliceOp insert, Value output) {
  ImplicitLocOpBuilder builder(insert.getLoc(), outer);
  auto getIndex = [&](OpFoldResult index) -> Value {
    if (auto value = dyn_cast<Value>(index))
      return signature.mapping.lookup(value);
    return arith::ConstantIndexOp::create(
        builder, cast<IntegerAttr>(cast<Attribute>(index)).getInt());
  };
  Value source = signature.mapping.lookup(insert.getSource());
  unsigned rank = insert.getSourceType().getRank();
  Value zero = arith::ConstantIndexOp::create(builder, 0);
  Value one = arith::ConstantIndexOp::create(builder, 1);
  SmallVector<Value> sizes;
  for (unsigned dim = 0; dim < rank; ++dim)
    sizes.push_back(builder.createOrFold<memref::DimOp>(source, dim));
  SmallVector<Value> offsets, strides;
  for (OpFoldResult offset : insert.getMixedOffsets())
    offsets.push_back(getIndex(offset));
  for (OpFoldResult stride : insert.getMixedStrides())
    strides.push_back(isConstantIntValue(stride, 1) ? Value()
                                                    : getIndex(stride));

  // Dimensions that the source lacks stay at their offset.
  llvm::SmallBitVector dropped = insert.getDroppedDims();
  auto copyElement = [&](OpBuilder &nested, Location loc, ValueRange from) {
    ImplicitLocOpBuilder body(loc, nested);
    SmallVector<Value> to;
    unsigned loop = 0;
    for (auto [dim, offset] : llvm::enumerate(offsets)) {
      Value index = offset;
      if (!dropped.test(dim)) {
        Value distance = from[loop++];
        if (strides[dim])
          distance = arith::MulIOp::create(body, distance, strides[dim]);
        index = arith::AddIOp::create(body, index, distance);
      }
      to.push_back(index);
    }
    Value element = memref::LoadOp::create(body, source, from);
    memref::StoreOp::create(body, element, output, to);
  };
  scf::buildLoopNest(builder, builder.getLoc(), SmallVector<Value>(rank, zero),
                     sizes, SmallVector<Value>(rank, one), copyElement);
}

BuiltKernel
graph_compile::buildInsertKernel(ArrayRef<tensor::InsertSliceOp> chain) {
  KernelSignature signature;
  SmallVector<Location> origins;
  Value init = tensor::InsertSliceOp(chain.front()).getDest();
  bool writesContents = hasContents(init) && !goesOnFrom(init);
  if (writesContents)
    addContents(signature, init);
  for (tensor::InsertSliceOp insert : chain) {
    origins.push_back(insert.getLoc());
    signature.add(insert.getSource());
    for (Value offset : insert.getOffsets())
      signature.add(offset);
    for (Value stride : insert.getStrides())
      signature.add(stride);
  }

  OpBuilder builder(init.getContext());
  BuiltKernel kernel = signature.start(builder, init.getType(), origins);
  Value output = signature.outputs.front();
  if (writesContents)
    emitContents(builder, signature, init, output);
  for (tensor::InsertSliceOp insert : chain)
    emitInsert(builder, signature, insert, output);
  func::ReturnOp::create(builder, kernel.function.getLoc());
  return kernel;
}
