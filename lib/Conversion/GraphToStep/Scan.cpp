//===- Scan.cpp - running sums, searches, bits as other elements ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "LoopKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <limits>

using namespace mlir;
using namespace graph_compile;
using graph::CumulateKind;

//===----------------------------------------------------------------------===//
// graph.cumulate
//===----------------------------------------------------------------------===//

/// The static product of the sizes of `type` in [from, to), or open.
static int64_t getStaticCount(RankedTensorType type, int64_t from, int64_t to) {
  int64_t count = 1;
  for (int64_t size : type.getShape().slice(from, to - from)) {
    if (ShapedType::isDynamic(size))
      return ShapedType::kDynamic;
    count *= size;
  }
  return count;
}

static Value getCount(NodeBuilder &b, Value tensor, int64_t from, int64_t to) {
  Value count = createIndex(b, 1);
  for (int64_t dim = from; dim < to; ++dim)
    count = mulIndex(b, count, getDim(b, tensor, dim));
  return count;
}

/// Below so many elements in a row of neighbours their running values fit in
/// fast memory; longer rows are cut.
static constexpr int64_t kBlock = 256;

namespace {
/// Writes the body of a kernel: the second argument becomes the running values
/// of the first, [outer, dim, inner], along `dim`.
///
/// Neighbours along `inner` run side by side, a block at a time, so that memory
/// is read in order whichever dim is the axis; blocks of all outer places are
/// shared by threads.
class CumulateWriter {
public:
  CumulateWriter(NodeBuilder &b, graph::CumulateOp op,
                 ArrayRef<Value> arguments)
      : b(b), op(op), x(arguments[0]), y(arguments[1]),
        type(getElementTypeOrSelf(x.getType())), zero(createIndex(b, 0)) {}

  void write();

private:
  void writeBlock(Value outer, Value begin, Value end);
  void writeColumn(Value outer, Value inner);
  Value getPlace(Value step);
  Value createNeutral();
  Value combine(Value sum, Value element);
  Value combineFloats(Value sum, Value element);

  NodeBuilder &b;
  graph::CumulateOp op;
  Value x, y;
  Type type;
  Value zero, length;
};
} // namespace

Value CumulateWriter::createNeutral() {
  switch (op.getKind()) {
  case CumulateKind::Sum:
    return createNumber(b, type, 0);
  case CumulateKind::Prod:
    return createNumber(b, type, 1);
  case CumulateKind::LogSumExp:
    return createNumber(b, type, -std::numeric_limits<double>::infinity());
  }
  llvm_unreachable("unknown kind");
}

/// log(exp(sum) + exp(element)) as the greater plus log1p(exp(-distance)).
/// TensorFlow's comparisons let an element that is NaN count like the sum
/// itself, and so do these.
static Value emitLogAddExp(NodeBuilder &b, Value sum, Value element) {
  auto isLess = [&](Value x, Value y) {
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, y);
  };
  Value greater = createSelect(b, isLess(sum, element), element, sum);
  Value less = createSelect(b, isLess(element, sum), element, sum);
  Value bend = math::Log1pOp::create(
      b, math::ExpOp::create(b, arith::SubFOp::create(b, less, greater)));
  // Two logarithms of nothing have no distance.
  Value isNothing = arith::CmpFOp::create(
      b, arith::CmpFPredicate::OEQ, greater,
      createNumber(b, sum.getType(), -std::numeric_limits<double>::infinity()));
  return createSelect(b, isNothing, greater,
                      arith::AddFOp::create(b, greater, bend));
}

Value CumulateWriter::combineFloats(Value sum, Value element) {
  switch (op.getKind()) {
  case CumulateKind::Sum:
    return b.createOrFold<arith::AddFOp>(sum, element);
  case CumulateKind::Prod:
    return b.createOrFold<arith::MulFOp>(sum, element);
  case CumulateKind::LogSumExp:
    return emitLogAddExp(b, sum, element);
  }
  llvm_unreachable("unknown kind");
}

/// The next running value. Narrow floats are rounded at each place, as
/// TensorFlow rounds them.
Value CumulateWriter::combine(Value sum, Value element) {
  if (isa<FloatType>(type)) {
    Type wide = getComputeType(type);
    return convertFloat(b,
                        combineFloats(convertFloat(b, sum, wide),
                                      convertFloat(b, element, wide)),
                        type);
  }
  return op.getKind() == CumulateKind::Sum
             ? b.createOrFold<arith::AddIOp>(sum, element)
             : b.createOrFold<arith::MulIOp>(sum, element);
}

/// The place of step `step` along the dim.
Value CumulateWriter::getPlace(Value step) {
  if (!op.getReverse())
    return step;
  return subIndex(b, subIndex(b, length, createIndex(b, 1)), step);
}

/// Neighbours [begin, end): the running values of all of them move on one step
/// at a time.
void CumulateWriter::writeBlock(Value outer, Value begin, Value end) {
  auto scratchType = MemRefType::get(kBlock, type);
  Value sums = memref::AllocaOp::create(b, scratchType);
  auto forEach = [&](function_ref<void(Value, Value)> body) {
    createLoop(b, begin, end,
               [&](Value inner) { body(inner, subIndex(b, inner, begin)); });
  };
  forEach([&](Value, Value i) {
    memref::StoreOp::create(b, createNeutral(), sums, i);
  });
  createLoop(b, zero, length, [&](Value step) {
    Value place = getPlace(step);
    forEach([&](Value inner, Value i) {
      SmallVector<Value> indices = {outer, place, inner};
      Value sum = memref::LoadOp::create(b, sums, i);
      Value next = combine(sum, memref::LoadOp::create(b, x, indices));
      memref::StoreOp::create(b, next, sums, i);
      memref::StoreOp::create(b, op.getExclusive() ? sum : next, y, indices);
    });
  });
}

/// A row of its own: the running value stays in a register.
void CumulateWriter::writeColumn(Value outer, Value inner) {
  createCarryingLoop(
      b, zero, length, createNeutral(), [&](Value step, ValueRange carried) {
        SmallVector<Value> indices = {outer, getPlace(step), inner};
        Value sum = carried[0];
        Value next = combine(sum, memref::LoadOp::create(b, x, indices));
        memref::StoreOp::create(b, op.getExclusive() ? sum : next, y, indices);
        return SmallVector<Value>{next};
      });
}

void CumulateWriter::write() {
  length = getMemRefDim(b, x, 1);
  Value numOuter = getMemRefDim(b, x, 0);
  if (cast<MemRefType>(x.getType()).getDimSize(2) == 1) {
    createParallelLoop(b, numOuter,
                       [&](Value outer) { writeColumn(outer, zero); });
    return;
  }
  Value block = createIndex(b, kBlock);
  Value numInner = getMemRefDim(b, x, 2);
  Value numBlocks = b.createOrFold<arith::CeilDivUIOp>(numInner, block);
  createParallelLoop(b, mulIndex(b, numOuter, numBlocks), [&](Value i) {
    Value outer = b.createOrFold<arith::DivUIOp>(i, numBlocks);
    Value begin =
        mulIndex(b, b.createOrFold<arith::RemUIOp>(i, numBlocks), block);
    Value end = minIndex(b, addIndex(b, begin, block), numInner);
    writeBlock(outer, begin, end);
  });
}

namespace {
struct CumulateLowering : GraphPattern<graph::CumulateOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CumulateOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value x = adaptor.getX();
    int64_t axis = op.getAxis(), rank = type.getRank();

    // The kernel sees [outer, dim, inner].
    auto flatType = RankedTensorType::get(
        {getStaticCount(getTensorType(x), 0, axis),
         getTensorType(x).getDimSize(axis),
         getStaticCount(getTensorType(x), axis + 1, rank)},
        type.getElementType());
    SmallVector<Value> sizes = {getCount(b, x, 0, axis), getDim(b, x, axis),
                                getCount(b, x, axis + 1, rank)};
    auto getSize = [&](int64_t dim) { return sizes[dim]; };
    Value flat = createReshape(b, x, flatType, getSize);
    Value init = createEmpty(b, flatType, getSize);
    std::string name =
        ("cumulate_" + stringifyCumulateKind(op.getKind())).str();
    if (op.getExclusive())
      name += "_exclusive";
    if (op.getReverse())
      name += "_reverse";
    Value y = createLoopKernel(b, name, flat, init,
                               [&](NodeBuilder &body, ArrayRef<Value> args) {
                                 CumulateWriter(body, op, args).write();
                               })
                  .front();
    rewriter.replaceOp(op, createReshape(b, y, type, [&](int64_t dim) {
                         return getDim(b, x, dim);
                       }));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.bitcast
//===----------------------------------------------------------------------===//

/// The bits of a scalar as an integer of the same width.
static Value toBits(NodeBuilder &b, Value x) {
  Type bits = b.getIntegerType(x.getType().getIntOrFloatBitWidth());
  return b.createOrFold<arith::BitcastOp>(bits, x);
}

namespace {
struct BitcastLowering : GraphPattern<graph::BitcastOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::BitcastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value x = adaptor.getX();
    if (getTensorType(x) == type) {
      rewriter.replaceOp(op, x);
      return success();
    }
    int64_t rank = getTensorType(x).getRank();
    auto getSize = [&](int64_t dim) { return getDim(b, x, dim); };
    auto getElementAt = [&](NodeBuilder &body, ArrayRef<Value> indices) {
      Value bits = type.getRank() < rank ? joinParts(body, x, type, indices)
                                         : getPart(body, x, type, indices);
      return body.createOrFold<arith::BitcastOp>(type.getElementType(), bits);
    };
    if (isScalarized(type) && isScalarized(x)) {
      rewriter.replaceOp(op, computeScalars(b, type, getElementAt));
      return success();
    }
    Value init = createEmpty(b, type, getSize);
    if (type.getRank() != rank) {
      rewriter.replaceOp(op, createFromIndices(b, init, getElementAt));
      return success();
    }
    // Element by element, so that it can be part of a larger kernel.
    rewriter.replaceOp(
        op, createParallel(b, init, x, b.getMultiDimIdentityMap(rank),
                           [&](NodeBuilder &body, ValueRange args) -> Value {
                             return arith::BitcastOp::create(
                                 body, type.getElementType(), args[0]);
                           }));
    return success();
  }

private:
  using ElementFn = function_ref<Value(NodeBuilder &, ArrayRef<Value>)>;

  static Value computeScalars(NodeBuilder &b, RankedTensorType type,
                              ElementFn getElementAt) {
    SmallVector<Value> elements;
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      SmallVector<Value> indices;
      if (type.getRank() == 1)
        indices.push_back(createIndex(b, i));
      elements.push_back(getElementAt(b, indices));
    }
    return createFromElements(b, type, elements);
  }

  /// Part `indices.back()` of an element of `x`, or all of it if the widths are
  /// equal.
  static Value getPart(NodeBuilder &b, Value x, RankedTensorType type,
                       ArrayRef<Value> indices) {
    int64_t rank = getTensorType(x).getRank();
    Value bits = toBits(b, getElement(b, x, indices.take_front(rank)));
    if (type.getRank() == rank)
      return bits;
    unsigned width = type.getElementTypeBitWidth();
    Value shift = mulIndex(b, indices.back(), createIndex(b, width));
    bits = b.createOrFold<arith::ShRUIOp>(bits,
                                          fromIndex(b, shift, bits.getType()));
    return b.createOrFold<arith::TruncIOp>(b.getIntegerType(width), bits);
  }

  /// The elements along the last dim of `x` as one integer.
  static Value joinParts(NodeBuilder &b, Value x, RankedTensorType type,
                         ArrayRef<Value> indices) {
    unsigned width = getTensorType(x).getElementTypeBitWidth();
    Type wide = b.getIntegerType(type.getElementTypeBitWidth());
    Value bits = createInteger(b, wide, 0);
    for (unsigned i = 0; i * width < type.getElementTypeBitWidth(); ++i) {
      SmallVector<Value> place(indices);
      place.push_back(createIndex(b, i));
      Value part = b.createOrFold<arith::ExtUIOp>(
          wide, toBits(b, getElement(b, x, place)));
      part = b.createOrFold<arith::ShLIOp>(part,
                                           createInteger(b, wide, i * width));
      bits = b.createOrFold<arith::OrIOp>(bits, part);
    }
    return bits;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.search_sorted
//===----------------------------------------------------------------------===//

namespace {
/// Writes the body of a kernel: for each value of the second argument, its
/// place in the row of the first, found by halving.
class SearchWriter {
public:
  SearchWriter(NodeBuilder &b, graph::SearchSortedOp op,
               ArrayRef<Value> arguments)
      : b(b), op(op), sorted(arguments[0]), values(arguments[1]),
        places(arguments[2]) {}

  void write();

private:
  Value search(Value row, Value value);
  Value createIsBefore(Value element, Value value);

  NodeBuilder &b;
  graph::SearchSortedOp op;
  Value sorted, values, places;
};
} // namespace

/// Whether the place of `value` is behind `element`.
Value SearchWriter::createIsBefore(Value element, Value value) {
  bool isUpper = op.getUpper();
  if (isa<FloatType>(value.getType())) {
    Type type = getComputeType(value.getType());
    Value x = convertFloat(b, element, type), y = convertFloat(b, value, type);
    // Not greater, rather than less or equal: with `upper` NaN goes to the end.
    return isUpper ? arith::CmpFOp::create(b, arith::CmpFPredicate::ULE, x, y)
                   : arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, y);
  }
  if (isUnsigned(op.getValues().getType()))
    return compareIntegers(
        b, isUpper ? arith::CmpIPredicate::ule : arith::CmpIPredicate::ult,
        element, value);
  return compareIntegers(
      b, isUpper ? arith::CmpIPredicate::sle : arith::CmpIPredicate::slt,
      element, value);
}

/// What is before `low` is before the value, what is at `high` or behind is
/// not.
Value SearchWriter::search(Value row, Value value) {
  auto hasMore = [&](OpBuilder &nested, Location, ValueRange carried) {
    OpBuilder::InsertionGuard guard(b);
    b.restoreInsertionPoint(nested.saveInsertionPoint());
    Value goesOn =
        compareIntegers(b, arith::CmpIPredicate::slt, carried[0], carried[1]);
    scf::ConditionOp::create(b, goesOn, carried);
  };
  auto halve = [&](OpBuilder &nested, Location, ValueRange carried) {
    OpBuilder::InsertionGuard guard(b);
    b.restoreInsertionPoint(nested.saveInsertionPoint());
    Value low = carried[0], high = carried[1], one = createIndex(b, 1);
    Value middle = arith::ShRUIOp::create(b, addIndex(b, low, high), one);
    Value element = memref::LoadOp::create(b, sorted, ValueRange{row, middle});
    Value isBefore = createIsBefore(element, value);
    scf::YieldOp::create(
        b, ValueRange{createSelect(b, isBefore, addIndex(b, middle, one), low),
                      createSelect(b, isBefore, high, middle)});
  };
  Type index = b.getIndexType();
  auto loop = scf::WhileOp::create(
      b, TypeRange{index, index},
      ValueRange{createIndex(b, 0), getMemRefDim(b, sorted, 1)}, hasMore,
      halve);
  return loop.getResult(0);
}

void SearchWriter::write() {
  Value rowLength = getMemRefDim(b, values, 1);
  Value count = mulIndex(b, getMemRefDim(b, values, 0), rowLength);
  createParallelLoop(b, count, [&](Value i) {
    SmallVector<Value> place = {b.createOrFold<arith::DivUIOp>(i, rowLength),
                                b.createOrFold<arith::RemUIOp>(i, rowLength)};
    Value found = search(place[0], memref::LoadOp::create(b, values, place));
    Type type = cast<MemRefType>(places.getType()).getElementType();
    memref::StoreOp::create(b, fromIndex(b, found, type), places, place);
  });
}

namespace {
struct SearchSortedLowering : GraphPattern<graph::SearchSortedOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::SearchSortedOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value sorted = adaptor.getSorted(), values = adaptor.getValues();
    RankedTensorType type = convert(op.getResult().getType());
    Value init = createEmpty(
        b, type, [&](int64_t dim) { return getDim(b, values, dim); });
    std::string name = op.getUpper() ? "search_upper" : "search_lower";
    if (isUnsigned(op.getValues().getType()))
      name += "_unsigned";
    rewriter.replaceOp(
        op, createLoopKernel(b, name, {sorted, values}, init,
                             [&](NodeBuilder &body, ArrayRef<Value> args) {
                               SearchWriter(body, op, args).write();
                             }));
    return success();
  }
};
} // namespace

void graph_compile::populateScanPatterns(RewritePatternSet &patterns,
                                         const GraphToStepContext &context) {
  patterns.add<CumulateLowering, BitcastLowering, SearchSortedLowering>(
      patterns.getContext(), context);
}
