//===- WindowGrad.cpp - gradients of pools as loops -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The gradient of a pool's input is made row by row out of the rows of all
// windows that cover it: threads share the rows, and no place is added to by
// two of them.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "WindowKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"

using namespace mlir;
using namespace graph_compile;
using graph::ConvolutionDim;

namespace {
/// Writes the body of a kernel whose last argument is the gradient of a pool's
/// input and whose first one is the gradient of its output.
class PoolGradWriter : protected WindowWriter {
public:
  PoolGradWriter(NodeBuilder &b, ArrayRef<ConvolutionDim> dims,
                 ArrayRef<int64_t> window, ArrayRef<Value> arguments)
      : WindowWriter(b, dims, window, arguments.back(), arguments.front()),
        outputGrad(arguments.front()), result(arguments.back()) {}
  virtual ~PoolGradWriter() = default;

  void write();

protected:
  /// A row of windows, and the row of the input that they cover.
  struct RowPair {
    Places output, input;
  };
  /// Returns what all windows of a row share.
  virtual Value prepareRow(const RowPair &rows) { return nullptr; }
  /// Returns what the window at `output` gives to the place `input`.
  virtual Value getShare(const RowPair &rows, Value prepared, Value output,
                         Value input) = 0;

  Value outputGrad, result;
};
} // namespace

void PoolGradWriter::write() {
  Type type = getElementTypeOrSelf(result.getType());
  auto getSize = [](const WindowDim &dim) { return dim.getInputSize(); };
  auto getOutputs = [&](const WindowDim &dim, Value input) {
    return dim.getOutputs(b, input);
  };
  forEachRow(getSize, [&](Places row) {
    Value nothing = createNumber(b, type, 0);
    createLoop(b, zero, dims.back().getInputSize(),
               [&](Value last) { store(nothing, result, row, last); });
    forEachOtherRow(row, getOutputs, [&](Places outputRow) {
      RowPair rows = {std::move(outputRow), row};
      Value prepared = prepareRow(rows);
      // Of the windows that cover a place, the last taps come first.
      forEachPair(/*ascending=*/false, [&](Value output, Value input) {
        Value sum = load(result, row, input);
        store(add(sum, getShare(rows, prepared, output, input)), result, row,
              input);
      });
    });
  });
}

namespace {
/// Shares out evenly: multiplies by the reciprocal of the number of places, as
/// TensorFlow does.
class MeanPoolGradWriter : public PoolGradWriter {
  using PoolGradWriter::PoolGradWriter;

  Value prepareRow(const RowPair &rows) override {
    return countRowsInside(rows.output);
  }
  Value getShare(const RowPair &rows, Value prepared, Value output,
                 Value input) override {
    Value grad = load(outputGrad, rows.output, output);
    Type type = grad.getType();
    Value count = mulIndex(b, prepared, countInside(dims.size() - 1, output));
    Value part = compute(createNumber(b, type, 1), toNumber(count, type),
                         [&](Value x, Value y) {
                           return Value(arith::DivFOp::create(b, x, y));
                         });
    return compute(grad, part, [&](Value x, Value y) {
      return Value(arith::MulFOp::create(b, x, y));
    });
  }
};

/// Gives to the elements that equal the maximum; the arguments between the
/// gradients are the input and the maxima.
class EqualPoolGradWriter : public PoolGradWriter {
public:
  EqualPoolGradWriter(NodeBuilder &b, ArrayRef<ConvolutionDim> dims,
                      ArrayRef<int64_t> window, ArrayRef<Value> arguments)
      : PoolGradWriter(b, dims, window, arguments), x(arguments[1]),
        maxima(arguments[2]) {}

private:
  Value getShare(const RowPair &rows, Value prepared, Value output,
                 Value input) override {
    Value grad = load(outputGrad, rows.output, output);
    Value isEqual = createIsEqual(load(x, rows.input, input),
                                  load(maxima, rows.output, output));
    return createSelect(b, isEqual, grad, createNumber(b, grad.getType(), 0));
  }
  Value createIsEqual(Value element, Value maximum) {
    if (isa<IntegerType>(element.getType()))
      return compareIntegers(b, arith::CmpIPredicate::eq, element, maximum);
    Type wide = getComputeType(element.getType());
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ,
                                 convertFloat(b, element, wide),
                                 convertFloat(b, maximum, wide));
  }

  Value x, maxima;
};

/// Gives to the element at the position that the argument between the gradients
/// holds.
class FirstPoolGradWriter : public PoolGradWriter {
public:
  FirstPoolGradWriter(NodeBuilder &b, ArrayRef<ConvolutionDim> dims,
                      ArrayRef<int64_t> window, ArrayRef<Value> arguments)
      : PoolGradWriter(b, dims, window, arguments), positions(arguments[1]) {}

private:
  /// The position of the first element of the row.
  Value prepareRow(const RowPair &rows) override {
    Value position = zero;
    for (auto [dim, place] :
         llvm::zip_equal(ArrayRef(dims).drop_back(), rows.input))
      position = addIndex(b, mulIndex(b, position, dim.getInputSize()), place);
    return mulIndex(b, position, dims.back().getInputSize());
  }
  Value getShare(const RowPair &rows, Value prepared, Value output,
                 Value input) override {
    Value grad = load(outputGrad, rows.output, output);
    Value position = fromIndex(b, addIndex(b, prepared, input), b.getI64Type());
    Value isHere =
        compareIntegers(b, arith::CmpIPredicate::eq,
                        load(positions, rows.output, output), position);
    return createSelect(b, isHere, grad, createNumber(b, grad.getType(), 0));
  }

  Value positions;
};

struct MeanPoolGradLowering : GraphPattern<graph::MeanPoolGradOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::MeanPoolGradOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    if (op.getWindow().empty()) {
      rewriter.replaceOp(op, adaptor.getOutputGrad());
      return success();
    }
    RankedTensorType type = convert(op.getResult().getType());
    SmallVector<Value> sizes = getIndices(b, adaptor.getSizes());
    Value result =
        createEmpty(b, type, [&](int64_t dim) { return sizes[dim]; });
    rewriter.replaceOp(
        op,
        createLoopKernel(
            b, "mean_pool_grad" + describeWindows(op.getWindow(), op.getDims()),
            adaptor.getOutputGrad(), result,
            [&](NodeBuilder &body, ArrayRef<Value> arguments) {
              MeanPoolGradWriter(body, op.getDims(), op.getWindow(), arguments)
                  .write();
            }));
    return success();
  }
};

struct MaxPoolGradLowering : GraphPattern<graph::MaxPoolGradOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::MaxPoolGradOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value x = adaptor.getX();
    Value grad = adaptor.getOutputGrad();
    RankedTensorType type = convert(op.getResult().getType());
    if (op.getWindow().empty()) {
      // One element is the maximum of itself.
      rewriter.replaceOp(op, grad);
      return success();
    }
    Value result =
        createEmpty(b, type, [&](int64_t dim) { return getDim(b, x, dim); });
    std::string windows = describeWindows(op.getWindow(), op.getDims());
    if (op.getY()) {
      rewriter.replaceOp(
          op, createLoopKernel(
                  b, "max_pool_grad_equal" + windows, {grad, x, adaptor.getY()},
                  result, [&](NodeBuilder &body, ArrayRef<Value> arguments) {
                    EqualPoolGradWriter(body, op.getDims(), op.getWindow(),
                                        arguments)
                        .write();
                  }));
      return success();
    }
    Value positions = createArgMaxPool(
        b, op.getWindow(), op.getDims(), x, isUnsigned(op.getX().getType()),
        getTensorType(grad).clone(b.getI64Type()));
    rewriter.replaceOp(
        op, createLoopKernel(b, "max_pool_grad" + windows, {grad, positions},
                             result,
                             [&](NodeBuilder &body, ArrayRef<Value> arguments) {
                               FirstPoolGradWriter(body, op.getDims(),
                                                   op.getWindow(), arguments)
                                   .write();
                             }));
    return success();
  }
};
} // namespace

void graph_compile::populateWindowGradPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns.add<MeanPoolGradLowering, MaxPoolGradLowering>(patterns.getContext(),
                                                          context);
}
