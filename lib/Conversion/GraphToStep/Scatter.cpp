//===- Scatter.cpp - values written at positions of others ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.scatter becomes a kernel of loops that goes on from the contents of
// `x`; where nobody else needs them, the memory plan lets it do so in place.
// The rows of positions come one after the other, so that the result does not
// depend on chance where they repeat. Threads share the slices, not the rows;
// a row that picks a single element is too little to share.
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
using graph::ScatterKind;

namespace {
/// How an update changes an element.
struct Combination {
  ScatterKind kind;
  bool isUnsigned;
  bool takesNan;

  Value emit(NodeBuilder &b, Value x, Value update) const;
  /// A name for kernels that tells combinations of one type apart.
  std::string getName() const;

private:
  Value emitFloat(NodeBuilder &b, Value x, Value update) const;
  Value emitInteger(NodeBuilder &b, Value x, Value update) const;
};
} // namespace

std::string Combination::getName() const {
  std::string name = "scatter_" + stringifyScatterKind(kind).str();
  bool isOrdering = kind == ScatterKind::Max || kind == ScatterKind::Min;
  if (isOrdering && isUnsigned)
    name += "_unsigned";
  if (takesNan)
    name += "_nan";
  return name;
}

Value Combination::emit(NodeBuilder &b, Value x, Value update) const {
  if (kind == ScatterKind::Update)
    return update;
  Type type = x.getType();
  if (!isa<FloatType>(type))
    return emitInteger(b, x, update);
  Type computeType = getComputeType(type);
  return convertFloat(b,
                      emitFloat(b, convertFloat(b, x, computeType),
                                convertFloat(b, update, computeType)),
                      type);
}

Value Combination::emitFloat(NodeBuilder &b, Value x, Value update) const {
  auto emitLess = [&](Value lhs, Value rhs) -> Value {
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, lhs, rhs);
  };
  switch (kind) {
  case ScatterKind::Update:
    return update;
  case ScatterKind::Add:
    return arith::AddFOp::create(b, x, update);
  case ScatterKind::Sub:
    return arith::SubFOp::create(b, x, update);
  case ScatterKind::Mul:
    return arith::MulFOp::create(b, x, update);
  // What a comparison with NaN, which is false, selects matters.
  case ScatterKind::Max:
    return takesNan ? createSelect(b, emitLess(update, x), x, update)
                    : createSelect(b, emitLess(x, update), update, x);
  case ScatterKind::Min:
    return takesNan ? createSelect(b, emitLess(x, update), x, update)
                    : createSelect(b, emitLess(update, x), update, x);
  }
  llvm_unreachable("unknown combination");
}

Value Combination::emitInteger(NodeBuilder &b, Value x, Value update) const {
  // Of booleans, true is the greater one.
  bool comparesUnsigned = isUnsigned || x.getType().isInteger(1);
  switch (kind) {
  case ScatterKind::Update:
    return update;
  case ScatterKind::Add:
    return arith::AddIOp::create(b, x, update);
  case ScatterKind::Sub:
    return arith::SubIOp::create(b, x, update);
  case ScatterKind::Mul:
    return arith::MulIOp::create(b, x, update);
  case ScatterKind::Max:
    if (comparesUnsigned)
      return arith::MaxUIOp::create(b, x, update);
    return arith::MaxSIOp::create(b, x, update);
  case ScatterKind::Min:
    if (comparesUnsigned)
      return arith::MinUIOp::create(b, x, update);
    return arith::MinSIOp::create(b, x, update);
  }
  llvm_unreachable("unknown combination");
}

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

namespace {
/// Writes the body of a kernel: combines the updates, the second argument, with
/// the elements of the third at the positions in the first.
class ScatterWriter {
public:
  ScatterWriter(NodeBuilder &b, ArrayRef<Value> arguments,
                const Combination &combination);

  void write();

private:
  void writeElements();
  SmallVector<Value> writeElement(Value row, Value last, Value sum);
  void writeSlices();
  void writeRow(Value row, Value from, Value to);
  std::pair<Value, Value> createTarget(Value row);

  NodeBuilder &b;
  const Combination &combination;
  /// The three tensors as vectors.
  Value indices, updates, elements;
  /// The sizes of the dims of x that positions speak of.
  SmallVector<Value> sizes;
  Value numRows, sliceSize;
};
} // namespace

/// The product of the sizes of dims [begin, end) of a memref.
static Value createCount(NodeBuilder &b, Value memref, int64_t begin,
                         int64_t end) {
  Value count = createIndex(b, 1);
  for (int64_t dim = begin; dim < end; ++dim)
    count = mulIndex(b, count, getMemRefDim(b, memref, dim));
  return count;
}

ScatterWriter::ScatterWriter(NodeBuilder &b, ArrayRef<Value> arguments,
                             const Combination &combination)
    : b(b), combination(combination),
      indices(createFlatMemRef(b, arguments[0])),
      updates(createFlatMemRef(b, arguments[1])),
      elements(createFlatMemRef(b, arguments[2])) {
  ArrayRef<int64_t> indexShape =
      cast<MemRefType>(arguments[0].getType()).getShape();
  int64_t rank = cast<MemRefType>(arguments[2].getType()).getRank();
  for (int64_t dim = 0; dim < indexShape.back(); ++dim)
    sizes.push_back(getMemRefDim(b, arguments[2], dim));
  numRows = createCount(b, arguments[0], 0, indexShape.size() - 1);
  sliceSize = createCount(b, arguments[2], indexShape.back(), rank);
}

/// Returns the number of the slice that a row of positions picks, and whether
/// there is one.
std::pair<Value, Value> ScatterWriter::createTarget(Value row) {
  Value target = createIndex(b, 0);
  Value isInside = createInteger(b, b.getI1Type(), 1);
  Value first = mulIndex(b, row, createIndex(b, sizes.size()));
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    Value place = addIndex(b, first, createIndex(b, dim));
    Value position = toIndex(b, memref::LoadOp::create(b, indices, place));
    // Read as unsigned, negative positions are too large.
    isInside = b.createOrFold<arith::AndIOp>(
        isInside,
        compareIntegers(b, arith::CmpIPredicate::ult, position, size));
    target = addIndex(b, mulIndex(b, target, size), position);
  }
  return {target, isInside};
}

/// Combines the update of `row` with `sum`, the element `last` so far, which
/// stays in a register as long as rows mean one and the same. Returns the next
/// `last` and `sum`.
SmallVector<Value> ScatterWriter::writeElement(Value row, Value last,
                                               Value sum) {
  auto [target, isInside] = createTarget(row);
  Value isOther = b.createOrFold<arith::AndIOp>(
      isInside, compareIntegers(b, arith::CmpIPredicate::ne, target, last));
  auto change = scf::IfOp::create(b, sum.getType(), isOther,
                                  /*addThenBlock=*/true, /*addElseBlock=*/true);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(change.thenBlock());
    memref::StoreOp::create(b, sum, elements, last);
    scf::YieldOp::create(
        b, memref::LoadOp::create(b, elements, target).getResult());
    b.setInsertionPointToStart(change.elseBlock());
    scf::YieldOp::create(b, sum);
  }
  sum = change.getResult(0);
  Value update = memref::LoadOp::create(b, updates, row);
  return {createSelect(b, isInside, target, last),
          createSelect(b, isInside, combination.emit(b, sum, update), sum)};
}

void ScatterWriter::writeElements() {
  // Without elements all positions are outside.
  Value zero = createIndex(b, 0);
  Value hasElements = compareIntegers(b, arith::CmpIPredicate::ne,
                                      getMemRefDim(b, elements, 0), zero);
  createWhen(b, hasElements, [&] {
    SmallVector<Value> initial = {zero,
                                  memref::LoadOp::create(b, elements, zero)};
    SmallVector<Value> last = createCarryingLoop(
        b, zero, numRows, initial, [&](Value row, ValueRange carried) {
          return writeElement(row, carried[0], carried[1]);
        });
    memref::StoreOp::create(b, last[1], elements, last[0]);
  });
}

/// Combines the part [from, to) of the slices that belong together.
void ScatterWriter::writeRow(Value row, Value from, Value to) {
  auto [target, isInside] = createTarget(row);
  Value targetStart = mulIndex(b, target, sliceSize);
  Value updateStart = mulIndex(b, row, sliceSize);
  createWhen(b, isInside, [&] {
    createLoop(b, from, to, [&](Value i) {
      Value place = addIndex(b, targetStart, i);
      Value element = memref::LoadOp::create(b, elements, place);
      Value update =
          memref::LoadOp::create(b, updates, addIndex(b, updateStart, i));
      memref::StoreOp::create(b, combination.emit(b, element, update), elements,
                              place);
    });
  });
}

void ScatterWriter::write() {
  if (matchPattern(sliceSize, m_One()))
    writeElements();
  else
    writeSlices();
}

void ScatterWriter::writeSlices() {
  // Long enough that reading the positions again costs little.
  constexpr int64_t kBlock = 256;
  Value block = createIndex(b, kBlock);
  Value numBlocks = b.createOrFold<arith::DivUIOp>(
      addIndex(b, sliceSize, createIndex(b, kBlock - 1)), block);
  createParallelLoop(b, numBlocks, [&](Value number) {
    Value from = mulIndex(b, number, block);
    Value to = minIndex(b, sliceSize, addIndex(b, from, block));
    createLoop(b, createIndex(b, 0), numRows,
               [&](Value row) { writeRow(row, from, to); });
  });
}

//===----------------------------------------------------------------------===//
// graph.scatter
//===----------------------------------------------------------------------===//

namespace {
struct ScatterLowering : GraphPattern<graph::ScatterOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ScatterOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Combination combination = {op.getKind(), isUnsigned(op.getX().getType()),
                               op.getTakesNan()};
    SmallVector<Value> results = createLoopKernel(
        b, combination.getName(), {adaptor.getIndices(), adaptor.getUpdates()},
        adaptor.getX(), [&](NodeBuilder &body, ArrayRef<Value> arguments) {
          ScatterWriter(body, arguments, combination).write();
        });
    rewriter.replaceOp(
        op, castTo(b, results[0], convert(op.getResult().getType())));
    return success();
  }
};
} // namespace

void graph_compile::populateScatterPatterns(RewritePatternSet &patterns,
                                            const GraphToStepContext &context) {
  patterns.add<ScatterLowering>(patterns.getContext(), context);
}
