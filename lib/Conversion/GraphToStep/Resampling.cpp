//===- Resampling.cpp - weighted sums of slices as loops ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The kernels see tensors of three dims: what is before the axis, the axis, and
// what is behind it, along which slices are rows.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "LoopKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graph_compile;

namespace {
/// A tensor whose dims before and behind an axis are one each.
struct Slices {
  Value tensor;
  /// The sizes of the three dims.
  SmallVector<Value> sizes;
};

/// Writes the body of a kernel; the arguments are the operand, positions,
/// weights and the result.
class ResamplingWriter {
public:
  ResamplingWriter(NodeBuilder &b, ArrayRef<Value> arguments)
      : b(b), source(arguments[0]), positions(arguments[1]),
        weights(arguments[2]), result(arguments[3]), zero(createIndex(b, 0)) {}

  void write();
  void writeGrad();

private:
  void clearRow(Value outer, Value place);
  void addRow(Value outer, Value to, Value from, Value weight);
  Value multiplyAdd(Value sum, Value x, Value weight);
  Value getPosition(Value place, Value tap);

  NodeBuilder &b;
  Value source, positions, weights, result, zero;
};
} // namespace

/// Joins the dims of `x` before and behind `axis`.
static Slices joinAround(NodeBuilder &b, Value x, int64_t axis) {
  RankedTensorType type = getTensorType(x);
  SmallVector<Value> sizes(3, createIndex(b, 1));
  SmallVector<int64_t> shape(3, 1);
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    int64_t group = dim < axis ? 0 : dim == axis ? 1 : 2;
    sizes[group] = mulIndex(b, sizes[group], getDim(b, x, dim));
    if (type.isDynamicDim(dim) || ShapedType::isDynamic(shape[group]))
      shape[group] = ShapedType::kDynamic;
    else
      shape[group] *= type.getDimSize(dim);
  }
  Value joined = createReshape(b, x, type.clone(shape),
                               [&](int64_t dim) { return sizes[dim]; });
  return {joined, sizes};
}

/// Sets a row of the result to 0.
void ResamplingWriter::clearRow(Value outer, Value place) {
  Value nothing = createNumber(b, getElementTypeOrSelf(result.getType()), 0);
  createLoop(b, zero, getMemRefDim(b, result, 2), [&](Value inner) {
    memref::StoreOp::create(b, nothing, result,
                            ValueRange{outer, place, inner});
  });
}

/// sum + x * weight, each step rounded to the type of the elements.
Value ResamplingWriter::multiplyAdd(Value sum, Value x, Value weight) {
  Type type = sum.getType();
  if (isa<IntegerType>(type))
    return arith::AddIOp::create(b, sum, arith::MulIOp::create(b, x, weight));
  Type wide = getComputeType(type);
  auto round = [&](Value value) {
    return convertFloat(b, convertFloat(b, value, type), wide);
  };
  Value product = round(arith::MulFOp::create(b, convertFloat(b, x, wide),
                                              convertFloat(b, weight, wide)));
  return convertFloat(
      b, arith::AddFOp::create(b, convertFloat(b, sum, wide), product), type);
}

/// Adds row `from` of the operand, weighted, to row `to` of the result.
void ResamplingWriter::addRow(Value outer, Value to, Value from, Value weight) {
  createLoop(b, zero, getMemRefDim(b, result, 2), [&](Value inner) {
    SmallVector<Value> place = {outer, to, inner};
    Value sum = memref::LoadOp::create(b, result, place);
    Value x = memref::LoadOp::create(b, source, ValueRange{outer, from, inner});
    memref::StoreOp::create(b, multiplyAdd(sum, x, weight), result, place);
  });
}

Value ResamplingWriter::getPosition(Value place, Value tap) {
  return toIndex(b,
                 memref::LoadOp::create(b, positions, ValueRange{place, tap}));
}

void ResamplingWriter::write() {
  Value size = getMemRefDim(b, result, 1);
  Value numRows = mulIndex(b, getMemRefDim(b, result, 0), size);
  createParallelLoop(b, numRows, [&](Value row) {
    Value outer = b.createOrFold<arith::DivUIOp>(row, size);
    Value place = b.createOrFold<arith::RemUIOp>(row, size);
    clearRow(outer, place);
    createLoop(b, zero, getMemRefDim(b, positions, 1), [&](Value tap) {
      Value weight = memref::LoadOp::create(b, weights, ValueRange{place, tap});
      addRow(outer, place, getPosition(place, tap), weight);
    });
  });
}

void ResamplingWriter::writeGrad() {
  createParallelLoop(b, getMemRefDim(b, result, 0), [&](Value outer) {
    createLoop(b, zero, getMemRefDim(b, result, 1),
               [&](Value place) { clearRow(outer, place); });
    createLoop(b, zero, getMemRefDim(b, source, 1), [&](Value place) {
      createLoop(b, zero, getMemRefDim(b, positions, 1), [&](Value tap) {
        Value weight =
            memref::LoadOp::create(b, weights, ValueRange{place, tap});
        addRow(outer, getPosition(place, tap), place, weight);
      });
    });
  });
}

/// Launches a kernel on `x`; the result, of type `type`, has `size` places
/// along `axis`.
static Value createResampling(NodeBuilder &b, StringRef name, Value x,
                              Value positions, Value weights, int64_t axis,
                              Value size, RankedTensorType type,
                              function_ref<void(ResamplingWriter &)> write) {
  Slices slices = joinAround(b, x, axis);
  SmallVector<int64_t> shape(getTensorType(slices.tensor).getShape());
  shape[1] = type.getDimSize(axis);
  slices.sizes[1] = size;
  Value output = createEmpty(b, type.clone(shape),
                             [&](int64_t dim) { return slices.sizes[dim]; });
  Value result =
      createLoopKernel(b, name, {slices.tensor, positions, weights}, output,
                       [&](NodeBuilder &body, ArrayRef<Value> arguments) {
                         ResamplingWriter writer(body, arguments);
                         write(writer);
                       })[0];
  return createReshape(b, result, type, [&](int64_t dim) {
    return dim == axis ? size : getDim(b, x, dim);
  });
}

namespace {
struct ResampleLowering : GraphPattern<graph::ResampleOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ResampleOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value size = getDim(b, adaptor.getPositions(), 0);
    rewriter.replaceOp(
        op, createResampling(b, "resample", adaptor.getX(),
                             adaptor.getPositions(), adaptor.getWeights(),
                             op.getAxis(), size, convert(op.getType()),
                             [](ResamplingWriter &writer) { writer.write(); }));
    return success();
  }
};

struct ResampleGradLowering : GraphPattern<graph::ResampleGradOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ResampleGradOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value size = toIndex(b, getElement(b, adaptor.getSize(), {}));
    rewriter.replaceOp(
        op,
        createResampling(b, "resample_grad", adaptor.getOutputGrad(),
                         adaptor.getPositions(), adaptor.getWeights(),
                         op.getAxis(), size, convert(op.getType()),
                         [](ResamplingWriter &writer) { writer.writeGrad(); }));
    return success();
  }
};
} // namespace

void graph_compile::populateResamplingPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns.add<ResampleLowering, ResampleGradLowering>(patterns.getContext(),
                                                       context);
}
