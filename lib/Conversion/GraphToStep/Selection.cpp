//===- Selection.cpp - the greatest elements of each row ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.top_k becomes a kernel of loops. For each row the results are
// a heap of the best elements so far with the worst one on top, which each
// further element may replace; a heap sort then puts them in order. This takes
// O(n log k) steps a row and no memory beside the results.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "LoopKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

namespace {
/// An element and its position in the row.
struct Candidate {
  Value element;
  Value position;
};

/// Writes the body of a kernel: for each row of the first argument, the best
/// elements into the second and their positions into the third.
class TopKWriter {
public:
  TopKWriter(NodeBuilder &b, ArrayRef<Value> arguments, bool isUnsigned)
      : b(b), x(arguments[0]), values(arguments[1]), positions(arguments[2]),
        isUnsigned(isUnsigned), zero(createIndex(b, 0)),
        one(createIndex(b, 1)) {}

  void write();

private:
  void writeRow(Value size, Value count);
  Candidate loadInput(Value place);
  Candidate load(Value place);
  void store(Candidate candidate, Value place);
  Value createIsBetter(Candidate a, Candidate c);
  void siftDown(Candidate candidate, Value root, Value end);
  std::pair<Value, Value> createNextChild(Candidate candidate, Value place,
                                          Value end);

  NodeBuilder &b;
  Value x, values, positions;
  bool isUnsigned;
  Value zero, one;
  Value row;
};
} // namespace

Candidate TopKWriter::loadInput(Value place) {
  Value element = memref::LoadOp::create(b, x, ValueRange{row, place});
  return {element, fromIndex(b, place, b.getI32Type())};
}

Candidate TopKWriter::load(Value place) {
  return {memref::LoadOp::create(b, values, ValueRange{row, place}),
          memref::LoadOp::create(b, positions, ValueRange{row, place})};
}

void TopKWriter::store(Candidate candidate, Value place) {
  memref::StoreOp::create(b, candidate.element, values, ValueRange{row, place});
  memref::StoreOp::create(b, candidate.position, positions,
                          ValueRange{row, place});
}

/// Whether `a` comes before `c`: it is greater, or not less and further ahead.
Value TopKWriter::createIsBetter(Candidate a, Candidate c) {
  Value isGreater, isLess;
  if (isa<FloatType>(a.element.getType())) {
    Type type = getComputeType(a.element.getType());
    Value left = convertFloat(b, a.element, type);
    Value right = convertFloat(b, c.element, type);
    isGreater =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, left, right);
    isLess = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, left, right);
  } else {
    isGreater = compareIntegers(
        b, isUnsigned ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt,
        a.element, c.element);
    isLess = compareIntegers(
        b, isUnsigned ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt,
        a.element, c.element);
  }
  Value isAhead =
      compareIntegers(b, arith::CmpIPredicate::slt, a.position, c.position);
  Value no = createInteger(b, b.getI1Type(), 0);
  return arith::OrIOp::create(b, isGreater,
                              createSelect(b, isLess, no, isAhead));
}

/// Returns the worse child of `place` in the heap of `end` elements, and
/// whether it is worse than `candidate` and has to move up.
std::pair<Value, Value> TopKWriter::createNextChild(Candidate candidate,
                                                    Value place, Value end) {
  Value left = addIndex(b, addIndex(b, place, place), one);
  Value hasLeft = compareIntegers(b, arith::CmpIPredicate::slt, left, end);
  auto choice =
      scf::IfOp::create(b, TypeRange{b.getIndexType(), b.getI1Type()}, hasLeft,
                        /*addThenBlock=*/true, /*addElseBlock=*/true);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(choice.thenBlock());
    Value next = addIndex(b, left, one);
    Value hasRight = compareIntegers(b, arith::CmpIPredicate::slt, next, end);
    // Without a right child the left one is compared with itself.
    Value right = createSelect(b, hasRight, next, left);
    Candidate leftChild = load(left), rightChild = load(right);
    Value takesRight = createIsBetter(leftChild, rightChild);
    Candidate worse = {
        createSelect(b, takesRight, rightChild.element, leftChild.element),
        createSelect(b, takesRight, rightChild.position, leftChild.position)};
    scf::YieldOp::create(b, ValueRange{createSelect(b, takesRight, right, left),
                                       createIsBetter(candidate, worse)});
    b.setInsertionPointToStart(choice.elseBlock());
    scf::YieldOp::create(b,
                         ValueRange{place, createInteger(b, b.getI1Type(), 0)});
  }
  return {choice.getResult(0), choice.getResult(1)};
}

/// Puts `candidate` into the heap of `end` elements at or below `root`, whose
/// element is free to be overwritten.
void TopKWriter::siftDown(Candidate candidate, Value root, Value end) {
  auto getCondition = [&](OpBuilder &nested, Location location,
                          ValueRange carried) {
    OpBuilder::InsertionGuard guard(b);
    b.restoreInsertionPoint(nested.saveInsertionPoint());
    auto [child, goesOn] = createNextChild(candidate, carried[0], end);
    scf::ConditionOp::create(b, goesOn, ValueRange{carried[0], child});
  };
  auto moveUp = [&](OpBuilder &nested, Location location, ValueRange carried) {
    OpBuilder::InsertionGuard guard(b);
    b.restoreInsertionPoint(nested.saveInsertionPoint());
    store(load(carried[1]), carried[0]);
    scf::YieldOp::create(b, carried[1]);
  };
  auto loop =
      scf::WhileOp::create(b, TypeRange{b.getIndexType(), b.getIndexType()},
                           ValueRange{root}, getCondition, moveUp);
  store(candidate, loop.getResult(0));
}

void TopKWriter::writeRow(Value size, Value count) {
  createLoop(b, zero, count, [&](Value i) { store(loadInput(i), i); });
  // Make a heap of them, from the last inner place to the top.
  Value numInner = arith::ShRUIOp::create(b, count, one);
  createLoop(b, zero, numInner, [&](Value i) {
    Value root = subIndex(b, subIndex(b, numInner, one), i);
    siftDown(load(root), root, count);
  });
  // Each further element replaces the worst if it is better.
  createLoop(b, count, size, [&](Value i) {
    Candidate candidate = loadInput(i);
    createWhen(b, createIsBetter(candidate, load(zero)),
               [&] { siftDown(candidate, zero, count); });
  });
  // Take the worst away to the end, again and again.
  createLoop(b, one, count, [&](Value i) {
    Value last = subIndex(b, count, i);
    Candidate candidate = load(last);
    store(load(zero), last);
    siftDown(candidate, zero, last);
  });
}

void TopKWriter::write() {
  Value size = getMemRefDim(b, x, 1);
  Value count = getMemRefDim(b, values, 1);
  createParallelLoop(b, getMemRefDim(b, x, 0), [&](Value i) {
    row = i;
    // Of no elements there is no worst one.
    Value isNonempty =
        compareIntegers(b, arith::CmpIPredicate::sgt, count, zero);
    createWhen(b, isNonempty, [&] { writeRow(size, count); });
  });
}

//===----------------------------------------------------------------------===//
// graph.top_k
//===----------------------------------------------------------------------===//

namespace {
struct TopKLowering : GraphPattern<graph::TopKOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::TopKOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType valuesType = convert(op.getValues().getType());
    RankedTensorType indicesType = convert(op.getIndices().getType());
    RankedTensorType sourceType = getTensorType(adaptor.getX());
    int64_t last = sourceType.getRank() - 1;
    Value size = getDim(b, adaptor.getX(), last);
    Value count = toIndex(b, getElement(b, adaptor.getK(), {}));
    Value isInside = b.createOrFold<arith::AndIOp>(
        compareIntegers(b, arith::CmpIPredicate::sge, count, createIndex(b, 0)),
        compareIntegers(b, arith::CmpIPredicate::sle, count, size));
    createCheck(
        b, isInside,
        {"cannot take the ", count, " greatest of ", size, " elements"});

    // The kernel sees rows.
    Value numRows = createIndex(b, 1);
    int64_t staticRows = 1;
    for (int64_t dim = 0; dim < last; ++dim) {
      numRows = mulIndex(b, numRows, getDim(b, adaptor.getX(), dim));
      staticRows =
          sourceType.isDynamicDim(dim) || ShapedType::isDynamic(staticRows)
              ? ShapedType::kDynamic
              : staticRows * sourceType.getDimSize(dim);
    }
    auto rowsType = [&](RankedTensorType type) {
      return RankedTensorType::get({staticRows, type.getShape().back()},
                                   type.getElementType());
    };
    SmallVector<RankedTensorType> types = {
        rowsType(sourceType), rowsType(valuesType), rowsType(indicesType)};
    Value x = createReshape(b, adaptor.getX(), types[0], [&](int64_t dim) {
      return dim == 0 ? numRows : size;
    });
    SmallVector<Value> outputs;
    for (RankedTensorType type : ArrayRef(types).drop_front())
      outputs.push_back(createEmpty(
          b, type, [&](int64_t dim) { return dim == 0 ? numRows : count; }));
    bool areUnsigned = isUnsigned(op.getX().getType());
    SmallVector<Value> results = createLoopKernel(
        b, areUnsigned ? "top_k_unsigned" : "top_k", x, outputs,
        [&](NodeBuilder &body, ArrayRef<Value> arguments) {
          TopKWriter(body, arguments, areUnsigned).write();
        });

    auto getOpenDim = [&](int64_t dim) {
      return dim == last ? count : getDim(b, adaptor.getX(), dim);
    };
    rewriter.replaceOp(op,
                       {createReshape(b, results[0], valuesType, getOpenDim),
                        createReshape(b, results[1], indicesType, getOpenDim)});
    return success();
  }
};
} // namespace

void graph_compile::populateSelectionPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns.add<TopKLowering>(patterns.getContext(), context);
}
