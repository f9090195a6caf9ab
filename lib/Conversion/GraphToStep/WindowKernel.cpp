//===- WindowKernel.cpp - kernels about windows on a tensor ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowKernel.h"
#include "ElementOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graph_compile;
using graph::ConvolutionDim;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Divides indices that are not negative, rounding down or up.
static Value divideDown(NodeBuilder &b, Value x, int64_t divisor) {
  return divisor == 1
             ? x
             : b.createOrFold<arith::DivUIOp>(x, createIndex(b, divisor));
}
static Value divideUp(NodeBuilder &b, Value x, int64_t divisor) {
  return divideDown(b, addIndex(b, x, createIndex(b, divisor - 1)), divisor);
}

/// Returns `x`, or 0 if that is negative.
static Value clampToZero(NodeBuilder &b, Value x) {
  return maxIndex(b, x, createIndex(b, 0));
}

/// Returns the number of windows along a dim of size `size`.
static Value createOutputSize(NodeBuilder &b, const ConvolutionDim &dim,
                              int64_t window, Value size) {
  if (dim.isSame)
    return divideUp(b, size, dim.stride);
  int64_t room = dim.before + dim.after - window + dim.stride;
  return divideDown(b, clampToZero(b, addIndex(b, size, createIndex(b, room))),
                    dim.stride);
}

std::string graph_compile::describeWindows(ArrayRef<int64_t> window,
                                           ArrayRef<ConvolutionDim> dims) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << ".w";
  llvm::interleave(window, stream, "x");
  stream << ".s";
  llvm::interleave(
      dims, stream, [&](const ConvolutionDim &dim) { stream << dim.stride; },
      "x");
  if (!dims.empty() && dims.front().isSame)
    stream << ".same";
  else
    // The padding behind shows in the sizes.
    for (const ConvolutionDim &dim : dims)
      stream << (&dim == dims.begin() ? ".p" : "x") << dim.before;
  return text;
}

Value graph_compile::createPoolOutput(NodeBuilder &b, ArrayRef<int64_t> window,
                                      ArrayRef<ConvolutionDim> dims, Value x,
                                      RankedTensorType type) {
  return createEmpty(b, type, [&](int64_t dim) {
    return createOutputSize(b, dims[dim], window[dim], getDim(b, x, dim));
  });
}

//===----------------------------------------------------------------------===//
// Windows in a kernel
//===----------------------------------------------------------------------===//

WindowDim::WindowDim(NodeBuilder &b, const ConvolutionDim &dim, int64_t window,
                     Value inputSize, Value outputSize)
    : window(window), stride(dim.stride), plain(window == 1 && dim.stride == 1),
      inputSize(inputSize), outputSize(outputSize) {
  if (!dim.isSame) {
    before = createIndex(b, dim.before);
    return;
  }
  // (outputSize - 1) * stride + window - inputSize, half of it in front.
  Value covered = addIndex(b, mulIndex(b, outputSize, createIndex(b, stride)),
                           createIndex(b, window - stride));
  before = divideDown(b, clampToZero(b, subIndex(b, covered, inputSize)), 2);
}

PlaceRange WindowDim::getInputs(NodeBuilder &b, Value output) const {
  Value first =
      subIndex(b, mulIndex(b, output, createIndex(b, stride)), before);
  Value end = addIndex(b, first, createIndex(b, window));
  return {clampToZero(b, first), minIndex(b, end, inputSize)};
}

PlaceRange WindowDim::getOutputs(NodeBuilder &b, Value input) const {
  Value place = addIndex(b, input, before);
  Value first = divideUp(
      b, clampToZero(b, subIndex(b, place, createIndex(b, window - 1))),
      stride);
  Value end = addIndex(b, divideDown(b, place, stride), createIndex(b, 1));
  return {first, minIndex(b, end, outputSize)};
}

PlaceRange WindowDim::getOutputsOfTap(NodeBuilder &b, Value tap) const {
  Value first = divideUp(b, clampToZero(b, subIndex(b, before, tap)), stride);
  Value end = divideUp(
      b, clampToZero(b, subIndex(b, addIndex(b, inputSize, before), tap)),
      stride);
  return {first, minIndex(b, end, outputSize)};
}

Value WindowDim::getInput(NodeBuilder &b, Value output, Value tap) const {
  return subIndex(
      b, addIndex(b, mulIndex(b, output, createIndex(b, stride)), tap), before);
}

WindowWriter::WindowWriter(NodeBuilder &b, ArrayRef<ConvolutionDim> dims,
                           ArrayRef<int64_t> window, Value input, Value output)
    : b(b), zero(createIndex(b, 0)), one(createIndex(b, 1)) {
  for (auto [i, dim] : llvm::enumerate(dims))
    this->dims.emplace_back(b, dim, window[i], getMemRefDim(b, input, i),
                            getMemRefDim(b, output, i));
}

void WindowWriter::forEachRow(function_ref<Value(const WindowDim &)> getSize,
                              function_ref<void(Places)> body) {
  ArrayRef<WindowDim> outer = ArrayRef(dims).drop_back();
  SmallVector<Value> sizes = llvm::map_to_vector(outer, getSize);
  Value numRows = one;
  for (Value size : sizes)
    numRows = mulIndex(b, numRows, size);
  createParallelLoop(b, numRows, [&](Value row) {
    Places places(outer.size());
    for (size_t dim = outer.size(); dim-- > 0;) {
      places[dim] =
          dim == 0 ? row : b.createOrFold<arith::RemUIOp>(row, sizes[dim]);
      if (dim != 0)
        row = b.createOrFold<arith::DivUIOp>(row, sizes[dim]);
    }
    body(places);
  });
}

void WindowWriter::nestRows(
    const Places &row, Places found,
    function_ref<PlaceRange(const WindowDim &, Value)> getRange,
    function_ref<void(Places)> body) {
  size_t dim = found.size();
  if (dim == row.size())
    return body(found);
  auto enter = [&](Value place) {
    Places next = found;
    next.push_back(place);
    nestRows(row, next, getRange, body);
  };
  if (dims[dim].isPlain())
    return enter(row[dim]);
  PlaceRange range = getRange(dims[dim], row[dim]);
  createLoop(b, range.first, range.end, enter);
}

void WindowWriter::forEachOtherRow(
    const Places &row,
    function_ref<PlaceRange(const WindowDim &, Value)> getRange,
    function_ref<void(Places)> body) {
  nestRows(row, {}, getRange, body);
}

void WindowWriter::forEachPair(
    bool ascending, function_ref<void(Value output, Value input)> body) {
  const WindowDim &dim = dims.back();
  if (dim.isPlain())
    return createLoop(b, zero, dim.getOutputSize(),
                      [&](Value place) { body(place, place); });
  createLoop(b, zero, createIndex(b, dim.getWindow()), [&](Value tap) {
    if (!ascending)
      tap = subIndex(b, createIndex(b, dim.getWindow() - 1), tap);
    PlaceRange range = dim.getOutputsOfTap(b, tap);
    createLoop(b, range.first, range.end, [&](Value output) {
      body(output, dim.getInput(b, output, tap));
    });
  });
}

Value WindowWriter::countInside(size_t dim, Value output) {
  if (dims[dim].isPlain())
    return one;
  PlaceRange range = dims[dim].getInputs(b, output);
  return subIndex(b, range.end, range.first);
}

Value WindowWriter::countRowsInside(const Places &outputs) {
  Value count = one;
  for (auto [dim, output] : llvm::enumerate(outputs))
    count = mulIndex(b, count, countInside(dim, output));
  return count;
}

Value WindowWriter::load(Value memref, Places row, Value last) {
  row.push_back(last);
  return memref::LoadOp::create(b, memref, row);
}

void WindowWriter::store(Value element, Value memref, Places row, Value last) {
  row.push_back(last);
  memref::StoreOp::create(b, element, memref, row);
}

Value WindowWriter::compute(Value x, Value y,
                            function_ref<Value(Value, Value)> computeWide) {
  Type type = x.getType();
  Type wide = getComputeType(type);
  return convertFloat(
      b, computeWide(convertFloat(b, x, wide), convertFloat(b, y, wide)), type);
}

Value WindowWriter::add(Value x, Value y) {
  if (isa<IntegerType>(x.getType()))
    return arith::AddIOp::create(b, x, y);
  return compute(x, y, [&](Value wideX, Value wideY) -> Value {
    return arith::AddFOp::create(b, wideX, wideY);
  });
}

/// Converts an index to a number of the float type `type`.
Value WindowWriter::toNumber(Value index, Type type) {
  Value wide = b.createOrFold<arith::SIToFPOp>(
      getComputeType(type), fromIndex(b, index, b.getI64Type()));
  return convertFloat(b, wide, type);
}

/// Whether `x` is greater than `y`; false of NaN.
Value WindowWriter::isGreater(Value x, Value y, bool isUnsigned) {
  if (isa<IntegerType>(x.getType()))
    return arith::CmpIOp::create(
        b, isUnsigned ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt,
        x, y);
  Type wide = getComputeType(x.getType());
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT,
                               convertFloat(b, x, wide),
                               convertFloat(b, y, wide));
}
