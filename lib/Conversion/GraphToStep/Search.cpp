//===- Search.cpp - positions of what is searched for ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How large the results of graph.nonzero and graph.unique are depends on the
// data: first something counts, then the results are made and filled.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "LoopKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// graph.nonzero
//===----------------------------------------------------------------------===//

static Value isNonzero(NodeBuilder &b, Value x) {
  return emitCast(b, x, x.getType(), b.getI1Type());
}

/// Writes a loop nest over the dims of `x` from `place.size()` on: for each
/// element that is not zero a row of `positions`, from row `row` on. Returns
/// the row after the last one.
static Value writePositions(NodeBuilder &b, Value x, Value positions, Value row,
                            SmallVector<Value> &place) {
  int64_t rank = cast<MemRefType>(x.getType()).getRank();
  int64_t dim = place.size();
  if (dim < rank)
    return createCarryingLoop(
               b, createIndex(b, 0), getMemRefDim(b, x, dim), row,
               [&](Value i, ValueRange carried) -> SmallVector<Value> {
                 place.push_back(i);
                 Value next =
                     writePositions(b, x, positions, carried[0], place);
                 place.pop_back();
                 return {next};
               })
        .front();
  // Whether an element counts is hard to predict, so its position is written
  // in any case; the next one that counts writes over it if it does not.
  Value isLeft = compareIntegers(b, arith::CmpIPredicate::ult, row,
                                 getMemRefDim(b, positions, 0));
  createWhen(b, isLeft, [&] {
    for (auto [column, position] : llvm::enumerate(place))
      memref::StoreOp::create(b, fromIndex(b, position, b.getI64Type()),
                              positions,
                              ValueRange{row, createIndex(b, column)});
  });
  Value isHit = isNonzero(b, memref::LoadOp::create(b, x, place));
  return addIndex(
      b, row, b.createOrFold<arith::IndexCastUIOp>(b.getIndexType(), isHit));
}

namespace {
struct NonzeroLowering : GraphPattern<graph::NonzeroOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::NonzeroOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value x = adaptor.getX();
    Value count = createFullReduction(
        b, x, createInteger(b, b.getI64Type(), 0),
        [](NodeBuilder &body, Value element, Value all) -> Value {
          Value one = body.createOrFold<arith::ExtUIOp>(
              body.getI64Type(), isNonzero(body, element));
          return body.createOrFold<arith::AddIOp>(all, one);
        });
    Value numRows = toIndex(b, count);
    auto type = RankedTensorType::get(
        {ShapedType::kDynamic, getTensorType(x).getRank()}, b.getI64Type());
    Value rows = createEmpty(b, type, [&](int64_t) { return numRows; });
    SmallVector<Value> results =
        createLoopKernel(b, "nonzero", x, rows,
                         [](NodeBuilder &body, ArrayRef<Value> arguments) {
                           SmallVector<Value> place;
                           writePositions(body, arguments[0], arguments[1],
                                          createIndex(body, 0), place);
                         });
    rewriter.replaceOp(
        op, castTo(b, results[0], convert(op.getResult().getType())));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.unique: kernels
//===----------------------------------------------------------------------===//

namespace {
/// Writes the body of a kernel that numbers the different slices of a tensor
/// (the first argument) in the order of first appearance. It gives each slice
/// its number (the third argument), each number the first slice that has it
/// (the fourth), and how many numbers there are (the fifth).
///
/// The second argument is a hash table, of more than twice as many entries as
/// there are slices, that holds numbers; an entry that is taken makes the
/// search go on with the next one.
class UniqueWriter {
public:
  UniqueWriter(NodeBuilder &b, ArrayRef<Value> arguments)
      : b(b), table(arguments[1]), indices(arguments[2]), firsts(arguments[3]),
        count(arguments[4]), elements(createFlatMemRef(b, arguments[0])),
        zero(createIndex(b, 0)), one(createIndex(b, 1)),
        tableSize(getMemRefDim(b, table, 0)),
        numSlices(getMemRefDim(b, arguments[0], 0)), sliceSize(one),
        numberType(cast<MemRefType>(table.getType()).getElementType()),
        free(createInteger(b, numberType, -1)) {
    auto type = cast<MemRefType>(arguments[0].getType());
    isVector = type.getRank() == 1;
    for (int64_t dim = 1; dim < type.getRank(); ++dim)
      sliceSize = mulIndex(b, sliceSize, getMemRefDim(b, arguments[0], dim));
  }

  void write();

private:
  /// What is hashed and compared of an element, an i64, and whether it is NaN.
  struct Key {
    Value bits;
    Value isNan;
  };
  Key loadKey(Value slice, Value position);
  /// What is hashed of a slice, and whether it holds a NaN.
  Key createHash(Value slice);
  Value createAreEqual(Value slice, Value other);
  Value createFirstPlace(Value hash);
  Value findPlace(Value slice, Value hash);
  Value writeSlice(Value slice, Value numKnown);

  NodeBuilder &b;
  Value table, indices, firsts, count, elements;
  Value zero, one, tableSize, numSlices, sliceSize;
  Type numberType;
  /// What an entry of the table holds that is not taken.
  Value free;
  bool isVector;
};
} // namespace

UniqueWriter::Key UniqueWriter::loadKey(Value slice, Value position) {
  Value place = addIndex(b, mulIndex(b, slice, sliceSize), position);
  Value element = memref::LoadOp::create(b, elements, place);
  Type type = element.getType();
  if (!isa<FloatType>(type))
    return {b.createOrFold<arith::ExtUIOp>(b.getI64Type(), element),
            createInteger(b, b.getI1Type(), 0)};

  Value wide = convertFloat(b, element, getComputeType(type));
  Value isNan = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, wide, wide);
  // -0.0 is 0.0, but TensorFlow tells them apart in vectors of narrow floats.
  if (wide.getType() == type || !isVector) {
    Value none = createNumber(b, wide.getType(), 0);
    Value isZero =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, wide, none);
    wide = createSelect(b, isZero, none, wide);
  }
  Value bits = arith::BitcastOp::create(
      b, b.getIntegerType(wide.getType().getIntOrFloatBitWidth()), wide);
  return {b.createOrFold<arith::ExtUIOp>(b.getI64Type(), bits), isNan};
}

/// Multiplication carries a difference to the higher bits, the shift back to
/// the lower ones (as in the finalizer of MurmurHash3).
static Value createMix(NodeBuilder &b, Value hash, Value bits) {
  Type type = b.getI64Type();
  Value factor = createInteger(b, type, 0x9e3779b97f4a7c15);
  Value half = createInteger(b, type, 32);
  Value mixed = arith::XOrIOp::create(b, hash, bits);
  for (int i = 0; i < 2; ++i) {
    mixed = arith::MulIOp::create(b, mixed, factor);
    mixed =
        arith::XOrIOp::create(b, mixed, arith::ShRUIOp::create(b, mixed, half));
  }
  return mixed;
}

UniqueWriter::Key UniqueWriter::createHash(Value slice) {
  SmallVector<Value> initial = {createInteger(b, b.getI64Type(), 0),
                                createInteger(b, b.getI1Type(), 0)};
  SmallVector<Value> last = createCarryingLoop(
      b, zero, sliceSize, initial,
      [&](Value i, ValueRange carried) -> SmallVector<Value> {
        Key key = loadKey(slice, i);
        return {createMix(b, carried[0], key.bits),
                b.createOrFold<arith::OrIOp>(carried[1], key.isNan)};
      });
  return {last[0], last[1]};
}

/// Whether two slices without NaN are equal.
Value UniqueWriter::createAreEqual(Value slice, Value other) {
  return createCarryingLoop(
             b, zero, sliceSize, createInteger(b, b.getI1Type(), 1),
             [&](Value i, ValueRange carried) -> SmallVector<Value> {
               Value isEqual = compareIntegers(b, arith::CmpIPredicate::eq,
                                               loadKey(slice, i).bits,
                                               loadKey(other, i).bits);
               return {b.createOrFold<arith::AndIOp>(carried[0], isEqual)};
             })
      .front();
}

/// Scales the upper half of a hash to the table's size.
Value UniqueWriter::createFirstPlace(Value hash) {
  Value half = createInteger(b, b.getI64Type(), 32);
  Value upper = arith::ShRUIOp::create(b, hash, half);
  Value scaled =
      arith::MulIOp::create(b, upper, fromIndex(b, tableSize, b.getI64Type()));
  return toIndex(b, arith::ShRUIOp::create(b, scaled, half),
                 /*isUnsigned=*/true);
}

/// Returns the place in the table that holds the number of `slice`, or a free
/// one where it belongs.
Value UniqueWriter::findPlace(Value slice, Value hash) {
  auto writeCondition = [&](OpBuilder &nested, Location, ValueRange carried) {
    OpBuilder::InsertionGuard guard(b);
    b.restoreInsertionPoint(nested.saveInsertionPoint());
    Value number = memref::LoadOp::create(b, table, carried[0]);
    Value isTaken = compareIntegers(b, arith::CmpIPredicate::ne, number, free);
    auto compare = scf::IfOp::create(b, b.getI1Type(), isTaken,
                                     /*addThenBlock=*/true,
                                     /*addElseBlock=*/true);
    {
      OpBuilder::InsertionGuard inner(b);
      b.setInsertionPointToStart(compare.thenBlock());
      Value other =
          memref::LoadOp::create(b, firsts, toIndex(b, number)).getResult();
      Value isOther =
          arith::XOrIOp::create(b, createAreEqual(slice, toIndex(b, other)),
                                createInteger(b, b.getI1Type(), 1));
      scf::YieldOp::create(b, isOther);
      b.setInsertionPointToStart(compare.elseBlock());
      scf::YieldOp::create(b, createInteger(b, b.getI1Type(), 0));
    }
    scf::ConditionOp::create(b, compare.getResult(0), carried);
  };
  auto writeNext = [&](OpBuilder &nested, Location, ValueRange carried) {
    OpBuilder::InsertionGuard guard(b);
    b.restoreInsertionPoint(nested.saveInsertionPoint());
    Value next = addIndex(b, carried[0], one);
    Value isEnd = compareIntegers(b, arith::CmpIPredicate::eq, next, tableSize);
    scf::YieldOp::create(b, createSelect(b, isEnd, zero, next));
  };
  return scf::WhileOp::create(b, TypeRange{b.getIndexType()},
                              ValueRange{createFirstPlace(hash)},
                              writeCondition, writeNext)
      .getResult(0);
}

/// Numbers `slice`; returns how many numbers there are with it.
Value UniqueWriter::writeSlice(Value slice, Value numKnown) {
  Key hash = createHash(slice);
  Value nextNumber = fromIndex(b, numKnown, numberType);
  auto search = scf::IfOp::create(b, numberType, hash.isNan,
                                  /*addThenBlock=*/true, /*addElseBlock=*/true);
  {
    // What equals nothing is not worth a place in the table, where all of its
    // kind would stand in a row.
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(search.thenBlock());
    scf::YieldOp::create(b, nextNumber);
    b.setInsertionPointToStart(search.elseBlock());
    Value place = findPlace(slice, hash.bits);
    Value found = memref::LoadOp::create(b, table, place);
    Value isNew = compareIntegers(b, arith::CmpIPredicate::eq, found, free);
    Value number = createSelect(b, isNew, nextNumber, found);
    memref::StoreOp::create(b, number, table, place);
    scf::YieldOp::create(b, number);
  }
  Value number = search.getResult(0);
  Value isNew =
      compareIntegers(b, arith::CmpIPredicate::eq, number, nextNumber);
  createWhen(b, isNew, [&] {
    memref::StoreOp::create(b, fromIndex(b, slice, b.getI64Type()), firsts,
                            numKnown);
  });
  memref::StoreOp::create(b, number, indices, slice);
  return createSelect(b, isNew, addIndex(b, numKnown, one), numKnown);
}

void UniqueWriter::write() {
  createLoop(b, zero, tableSize,
             [&](Value i) { memref::StoreOp::create(b, free, table, i); });
  Value last = createCarryingLoop(
                   b, zero, numSlices, zero,
                   [&](Value i, ValueRange carried) -> SmallVector<Value> {
                     return {writeSlice(i, carried[0])};
                   })
                   .front();
  memref::StoreOp::create(b, fromIndex(b, last, b.getI64Type()), count);
}

/// Writes the body of a kernel that counts how often each number appears in the
/// first argument.
static void writeCounts(NodeBuilder &b, ArrayRef<Value> arguments) {
  Value indices = arguments[0], counts = arguments[1];
  Type type = cast<MemRefType>(counts.getType()).getElementType();
  Value zero = createIndex(b, 0);
  createLoop(b, zero, getMemRefDim(b, counts, 0), [&](Value i) {
    memref::StoreOp::create(b, createInteger(b, type, 0), counts, i);
  });
  createLoop(b, zero, getMemRefDim(b, indices, 0), [&](Value i) {
    Value number = toIndex(b, memref::LoadOp::create(b, indices, i));
    Value sum =
        arith::AddIOp::create(b, memref::LoadOp::create(b, counts, number),
                              createInteger(b, type, 1));
    memref::StoreOp::create(b, sum, counts, number);
  });
}

//===----------------------------------------------------------------------===//
// graph.unique
//===----------------------------------------------------------------------===//

namespace {
struct UniqueLowering : GraphPattern<graph::UniqueOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::UniqueOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Numbers numbers =
        createNumbers(b, adaptor.getX(), convert(op.getIndices().getType()));
    // Results that nobody uses vanish with what computes them.
    Value values = createValues(b, adaptor.getX(), numbers);
    Value counts = createCounts(b, numbers);
    auto castToResult = [&](Value value, Value result) {
      return castTo(b, value, convert(result.getType()));
    };
    rewriter.replaceOp(op, {castToResult(values, op.getValues()),
                            castToResult(numbers.indices, op.getIndices()),
                            castToResult(counts, op.getCounts())});
    return success();
  }

private:
  /// The numbers of slices; see UniqueWriter.
  struct Numbers {
    Value indices, firsts;
    /// An index.
    Value count;
  };
  static Numbers createNumbers(NodeBuilder &b, Value x,
                               RankedTensorType indicesType);
  static Value createValues(NodeBuilder &b, Value x, const Numbers &numbers);
  static Value createCounts(NodeBuilder &b, const Numbers &numbers);
};
} // namespace

/// An output of a kernel: a vector of `size` elements, open if `x` is.
static Value createVector(NodeBuilder &b, Value size, Type elementType) {
  IntegerAttr constant;
  int64_t staticSize = matchPattern(size, m_Constant(&constant))
                           ? constant.getInt()
                           : ShapedType::kDynamic;
  return createEmpty(b, RankedTensorType::get(staticSize, elementType),
                     [&](int64_t) { return size; });
}

UniqueLowering::Numbers
UniqueLowering::createNumbers(NodeBuilder &b, Value x,
                              RankedTensorType indicesType) {
  Value size = getDim(b, x, 0);
  Value tableSize =
      addIndex(b, mulIndex(b, size, createIndex(b, 2)), createIndex(b, 1));
  SmallVector<Value> outputs = {
      createVector(b, tableSize, indicesType.getElementType()),
      createVector(b, size, indicesType.getElementType()),
      createVector(b, size, b.getI64Type()),
      createEmpty(b, RankedTensorType::get({}, b.getI64Type()), nullptr)};
  SmallVector<Value> results =
      createLoopKernel(b, "unique", x, outputs,
                       [](NodeBuilder &body, ArrayRef<Value> arguments) {
                         UniqueWriter(body, arguments).write();
                       });
  return {results[1], results[2], toIndex(b, getElement(b, results[3], {}))};
}

/// Takes the first slice of each number.
Value UniqueLowering::createValues(NodeBuilder &b, Value x,
                                   const Numbers &numbers) {
  SmallVector<int64_t> shape(getTensorType(x).getShape());
  shape.front() = ShapedType::kDynamic;
  Value init = createEmpty(b, getTensorType(x).clone(shape), [&](int64_t dim) {
    return dim == 0 ? numbers.count : getDim(b, x, dim);
  });
  return createFromIndices(
      b, init, [&](NodeBuilder &body, ArrayRef<Value> indices) -> Value {
        SmallVector<Value> place(indices);
        place.front() =
            toIndex(body, tensor::ExtractOp::create(body, numbers.firsts,
                                                    indices.front()));
        return tensor::ExtractOp::create(body, x, place);
      });
}

Value UniqueLowering::createCounts(NodeBuilder &b, const Numbers &numbers) {
  auto type = RankedTensorType::get(
      ShapedType::kDynamic, getTensorType(numbers.indices).getElementType());
  Value init = createEmpty(b, type, [&](int64_t) { return numbers.count; });
  return createLoopKernel(b, "counts", numbers.indices, init, writeCounts)
      .front();
}

void graph_compile::populateSearchPatterns(RewritePatternSet &patterns,
                                           const GraphToStepContext &context) {
  patterns.add<NonzeroLowering, UniqueLowering>(patterns.getContext(), context);
}
