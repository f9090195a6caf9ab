//===- Window.cpp - pooling as loops --------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A pool becomes a kernel of loops that makes the result row by row, a row
// being its last dim: for each place of the window along the other dims, a row
// of `x` is combined into it. With channels last these are plain loops over
// channels, which LLVM vectorizes. Gradients likewise make a row of the input's
// gradient out of the rows of all windows that cover it, so that threads share
// rows and nothing is added up twice.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "WindowKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graph_compile;
using graph::ConvolutionDim;
using graph::PoolKind;

//===----------------------------------------------------------------------===//
// graph.pool
//===----------------------------------------------------------------------===//

namespace {
/// Writes the body of a kernel: the pool of the first argument into the second.
class PoolWriter : WindowWriter {
public:
  PoolWriter(NodeBuilder &b, graph::PoolOp op, ArrayRef<Value> arguments)
      : WindowWriter(b, op.getDims(), op.getWindow(), arguments[0],
                     arguments[1]),
        kind(op.getKind()), finite(op.getFinite()),
        areUnsigned(isUnsigned(op.getX().getType())), x(arguments[0]),
        result(arguments[1]) {}

  void write();

private:
  Value createInitial(Type type);
  Value combine(Value sum, Value element);
  void divideByCount(const Places &row);

  PoolKind kind;
  bool finite, areUnsigned;
  Value x, result;
};
} // namespace

/// Returns the lowest value of `type`.
static Value createLowest(NodeBuilder &b, Type type, bool finite,
                          bool isUnsigned) {
  if (auto floatType = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
    APFloat value = finite ? APFloat::getLargest(semantics, /*Negative=*/true)
                           : APFloat::getInf(semantics, /*Negative=*/true);
    return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
  }
  unsigned width = type.getIntOrFloatBitWidth();
  return arith::ConstantOp::create(
      b, b.getIntegerAttr(type, isUnsigned ? APInt::getMinValue(width)
                                           : APInt::getSignedMinValue(width)));
}

Value PoolWriter::createInitial(Type type) {
  if (kind == PoolKind::Max)
    return createLowest(b, type, finite, areUnsigned);
  return createNumber(b, type, 0);
}

Value PoolWriter::combine(Value sum, Value element) {
  if (kind != PoolKind::Max)
    return add(sum, element);
  return createSelect(b, isGreater(element, sum, areUnsigned), element, sum);
}

void PoolWriter::divideByCount(const Places &row) {
  Value numRows = countRowsInside(row);
  createLoop(b, zero, dims.back().getOutputSize(), [&](Value last) {
    Value count = mulIndex(b, numRows, countInside(dims.size() - 1, last));
    Value sum = load(result, row, last);
    Value mean = compute(
        sum, toNumber(count, sum.getType()), [&](Value wideSum, Value divisor) {
          return Value(arith::DivFOp::create(b, wideSum, divisor));
        });
    store(mean, result, row, last);
  });
}

void PoolWriter::write() {
  Type type = getElementTypeOrSelf(result.getType());
  auto getSize = [](const WindowDim &dim) { return dim.getOutputSize(); };
  auto getInputs = [&](const WindowDim &dim, Value output) {
    return dim.getInputs(b, output);
  };
  forEachRow(getSize, [&](Places row) {
    Value initial = createInitial(type);
    createLoop(b, zero, dims.back().getOutputSize(),
               [&](Value last) { store(initial, result, row, last); });
    forEachOtherRow(row, getInputs, [&](Places inputRow) {
      forEachPair(/*ascending=*/true, [&](Value output, Value input) {
        Value sum = load(result, row, output);
        store(combine(sum, load(x, inputRow, input)), result, row, output);
      });
    });
    if (kind == PoolKind::Mean)
      divideByCount(row);
  });
}

namespace {
/// A scalar is its own only window: the kernels see it as a vector.
struct PoolLowering : GraphPattern<graph::PoolOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::PoolOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    if (op.getWindow().empty()) {
      rewriter.replaceOp(op, adaptor.getX());
      return success();
    }
    RankedTensorType type = convert(op.getResult().getType());
    std::string name = ("pool_" + stringifyPoolKind(op.getKind())).str();
    if (op.getFinite())
      name += "_finite";
    if (isUnsigned(op.getX().getType()))
      name += "_unsigned";
    name += describeWindows(op.getWindow(), op.getDims());
    Value output =
        createPoolOutput(b, op.getWindow(), op.getDims(), adaptor.getX(), type);
    rewriter.replaceOp(
        op, createLoopKernel(b, name, adaptor.getX(), output,
                             [&](NodeBuilder &body, ArrayRef<Value> arguments) {
                               PoolWriter(body, op, arguments).write();
                             }));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.arg_max_pool
//===----------------------------------------------------------------------===//

namespace {
/// Writes the body of a kernel: of the pool of the first argument, the maxima
/// into the second and their positions into the third.
class ArgMaxPoolWriter : WindowWriter {
public:
  ArgMaxPoolWriter(NodeBuilder &b, ArrayRef<ConvolutionDim> dims,
                   ArrayRef<int64_t> window, bool areUnsigned,
                   ArrayRef<Value> arguments)
      : WindowWriter(b, dims, window, arguments[0], arguments[1]),
        areUnsigned(areUnsigned), x(arguments[0]), maxima(arguments[1]),
        positions(arguments[2]) {}

  void write();

private:
  Value getPosition(const Places &row, Value last);

  bool areUnsigned;
  Value x, maxima, positions;
};
} // namespace

/// Returns the row-major position in `x`, as an i64.
Value ArgMaxPoolWriter::getPosition(const Places &row, Value last) {
  Value position = zero;
  for (auto [dim, place] :
       llvm::zip_equal(dims, llvm::concat<const Value>(row, ArrayRef(last))))
    position = addIndex(b, mulIndex(b, position, dim.getInputSize()), place);
  return fromIndex(b, position, b.getI64Type());
}

void ArgMaxPoolWriter::write() {
  auto getSize = [](const WindowDim &dim) { return dim.getOutputSize(); };
  auto getInputs = [&](const WindowDim &dim, Value output) {
    return dim.getInputs(b, output);
  };
  forEachRow(getSize, [&](Places row) {
    // A negative position says that nothing has been seen yet.
    Value none = createInteger(b, b.getI64Type(), -1);
    Value lowest = createLowest(b, getElementTypeOrSelf(maxima.getType()),
                                /*finite=*/false, areUnsigned);
    createLoop(b, zero, dims.back().getOutputSize(), [&](Value last) {
      store(none, positions, row, last);
      store(lowest, maxima, row, last);
    });
    forEachOtherRow(row, getInputs, [&](Places inputRow) {
      forEachPair(/*ascending=*/true, [&](Value output, Value input) {
        Value element = load(x, inputRow, input);
        Value maximum = load(maxima, row, output);
        Value position = load(positions, row, output);
        Value isFirst =
            compareIntegers(b, arith::CmpIPredicate::eq, position, none);
        Value takes = arith::OrIOp::create(
            b, isFirst, isGreater(element, maximum, areUnsigned));
        store(createSelect(b, takes, element, maximum), maxima, row, output);
        store(createSelect(b, takes, getPosition(inputRow, input), position),
              positions, row, output);
      });
    });
  });
}

Value graph_compile::createArgMaxPool(NodeBuilder &b, ArrayRef<int64_t> window,
                                      ArrayRef<ConvolutionDim> dims, Value x,
                                      bool areUnsigned, RankedTensorType type) {
  RankedTensorType maximaType = type.clone(getTensorType(x).getElementType());
  Value maxima = createPoolOutput(b, window, dims, x, maximaType);
  Value positions = createPoolOutput(b, window, dims, x, type);
  std::string name = areUnsigned ? "arg_max_pool_unsigned" : "arg_max_pool";
  auto write = [&](NodeBuilder &body, ArrayRef<Value> arguments) {
    ArgMaxPoolWriter(body, dims, window, areUnsigned, arguments).write();
  };
  return createLoopKernel(b, name + describeWindows(window, dims), x,
                          {maxima, positions}, write)[1];
}

namespace {
struct ArgMaxPoolLowering : GraphPattern<graph::ArgMaxPoolOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ArgMaxPoolOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    if (op.getWindow().empty())
      rewriter.replaceOp(
          op, createFromElements(b, type, createInteger(b, b.getI64Type(), 0)));
    else
      rewriter.replaceOp(
          op, createArgMaxPool(b, op.getWindow(), op.getDims(), adaptor.getX(),
                               isUnsigned(op.getX().getType()), type));
    return success();
  }
};
} // namespace

void graph_compile::populateWindowPatterns(RewritePatternSet &patterns,
                                           const GraphToStepContext &context) {
  patterns.add<PoolLowering, ArgMaxPoolLowering>(patterns.getContext(),
                                                 context);
}
