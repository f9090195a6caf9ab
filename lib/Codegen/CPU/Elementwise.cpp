//===- Elementwise.cpp - elementwise kernels in vectors -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops are put in the order of the output and merged where every operand
// is walked as if two were one; the innermost then works on vectors, with the
// rest under a mask or one by one. What the innermost loop does not move is
// loaded once, before it. Where an operand lies across the order of the output,
// as in a transpose, squares are walked, so that what one row brings into the
// cache serves the next.
//
//===----------------------------------------------------------------------===//

#include "BodyEmitter.h"
#include "LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Elements that threads do not split when there is only one loop.
static constexpr int64_t kBlock = 4096;
/// The side of a square of elements that the first-level cache holds.
static constexpr int64_t kSquare = 32;

namespace {
/// Emits one operation.
class ElementwiseEmitter {
public:
  ElementwiseEmitter(KernelEmitter &emitter, linalg::GenericOp op,
                     LoopNest nest, unsigned lanes)
      : emitter(emitter), b(emitter.b), op(op), nest(std::move(nest)),
        lanes(lanes), at(op.getNumLoops()) {}

  void run();

private:
  using Offsets = SmallVector<Value>;
  Offsets advance(const Offsets &offsets, unsigned loop, Value iv);
  void emitLoops(unsigned loop, const Offsets &offsets);
  bool findCrossLoop();
  void emitSquares(const Offsets &offsets, int64_t pointWork);
  void emitRow(const Offsets &offsets, Value size);
  void emitPoints(const Offsets &offsets, ArrayRef<Value> invariant, Value iv,
                  unsigned width, Value mask);
  bool isInvariant(unsigned operand) const;

  KernelEmitter &emitter;
  CodeBuilder &b;
  linalg::GenericOp op;
  LoopNest nest;
  /// Lanes of a vector; 0 if the innermost loop cannot be one.
  unsigned lanes;
  /// Where the loops of `op` stand, for linalg.index.
  SmallVector<Value> at;
};
} // namespace

ElementwiseEmitter::Offsets
ElementwiseEmitter::advance(const Offsets &offsets, unsigned loop, Value iv) {
  Offsets result;
  for (auto [access, offset] : llvm::zip_equal(nest.accesses, offsets)) {
    if (access.scalar || access.strides[loop].isZero()) {
      result.push_back(offset);
      continue;
    }
    Value stride = nest.materialize(b, access.strides[loop]);
    result.push_back(b.add(offset, b.mul(iv, stride)));
  }
  return result;
}

bool ElementwiseEmitter::isInvariant(unsigned operand) const {
  const Access &access = nest.accesses[operand];
  return access.scalar || nest.loops.empty() || access.strides.back().isZero();
}

/// `width` neighbouring points (0: one point, as scalars) from `iv` on.
void ElementwiseEmitter::emitPoints(const Offsets &rowOffsets,
                                    ArrayRef<Value> invariant, Value iv,
                                    unsigned width, Value mask) {
  BodyEmitter body(emitter, width);
  Offsets offsets = rowOffsets;
  if (!nest.loops.empty()) {
    offsets = advance(rowOffsets, nest.loops.size() - 1, iv);
    at[nest.loops.back().dim] = iv;
  }
  if (op.hasIndexSemantics()) {
    SmallVector<Value> indices;
    for (auto [dim, value] : llvm::enumerate(at)) {
      Value index = b.splat(b.toIndex(value ? value : b.constant(0)), width);
      if (width != 0 && dim == nest.loops.back().dim)
        index = arith::AddIOp::create(
            b, index,
            vector::StepOp::create(b,
                                   VectorType::get(width, b.getIndexType())));
      indices.push_back(index);
    }
    body.setIndices(indices);
  }
  for (OpOperand &operand : op->getOpOperands()) {
    unsigned number = operand.getOperandNumber();
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    if (argument.use_empty())
      continue;
    const Access &access = nest.accesses[number];
    Value value = invariant[number];
    if (value)
      value = b.splat(value, width);
    else
      value =
          b.load(access.base, access.elementType, offsets[number], width, mask);
    body.map(argument, value);
  }
  body.emit(*op.getBody());
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  for (OpOperand &output : op.getDpsInitsMutable()) {
    unsigned number = output.getOperandNumber();
    Value value = body.get(yield.getOperand(number - op.getNumDpsInputs()));
    b.store(value, nest.accesses[number].base, offsets[number], mask);
  }
}

/// The innermost loop, over `size` points.
void ElementwiseEmitter::emitRow(const Offsets &offsets, Value size) {
  SmallVector<Value> invariant(nest.accesses.size());
  for (OpOperand &operand : op->getOpOperands()) {
    unsigned number = operand.getOperandNumber();
    const Access &access = nest.accesses[number];
    if (access.scalar)
      invariant[number] = access.scalar;
    else if (op.isDpsInput(&operand) && isInvariant(number) &&
             !nest.loops.empty() &&
             !op.getMatchingBlockArgument(&operand).use_empty())
      invariant[number] =
          b.load(access.base, access.elementType, offsets[number]);
  }
  if (nest.loops.empty()) {
    emitPoints(offsets, invariant, {}, /*width=*/0, /*mask=*/{});
    return;
  }

  Value whole = b.constant(0);
  if (lanes != 0) {
    whole = b.sub(size, b.rem(size, b.constant(lanes)));
    b.loop(b.constant(0), whole, b.constant(lanes), [&](Value iv) {
      emitPoints(offsets, invariant, iv, lanes, /*mask=*/{});
    });
    if (emitter.target.hasMasks) {
      b.when(b.less(whole, size), [&] {
        Value mask = b.firstLanes(b.sub(size, whole), lanes);
        emitPoints(offsets, invariant, whole, lanes, mask);
      });
      return;
    }
  }
  if (getConstant(whole) && getConstant(whole) == getConstant(size))
    return;
  b.loop(whole, size, b.constant(1), [&](Value iv) {
    emitPoints(offsets, invariant, iv, /*width=*/0, /*mask=*/{});
  });
}

/// The loops from `loop` on.
void ElementwiseEmitter::emitLoops(unsigned loop, const Offsets &offsets) {
  if (loop + 1 >= nest.loops.size()) {
    emitRow(offsets,
            nest.loops.empty() ? b.constant(1) : nest.getSize(b, loop));
    return;
  }
  b.loop(b.constant(0), nest.getSize(b, loop), b.constant(1), [&](Value iv) {
    at[nest.loops[loop].dim] = iv;
    emitLoops(loop + 1, advance(offsets, loop, iv));
  });
}

/// Finds a loop whose neighbours are neighbours in the memory of an operand,
/// while those of the innermost are not; puts it before the innermost.
bool ElementwiseEmitter::findCrossLoop() {
  unsigned inner = nest.loops.size() - 1;
  if (lanes != 0 || op.hasIndexSemantics())
    return false;
  for (unsigned loop = 0; loop != inner; ++loop) {
    bool isCross = llvm::any_of(nest.accesses, [&](const Access &access) {
      return !access.scalar && access.strides[loop].isOne() &&
             !access.strides[inner].isZero();
    });
    if (!isCross)
      continue;
    SmallVector<unsigned> order;
    for (unsigned other = 0; other != inner; ++other)
      if (other != loop)
        order.push_back(other);
    order.push_back(loop);
    order.push_back(inner);
    nest.reorder(order);
    return true;
  }
  return false;
}

/// The two innermost loops in squares; threads share bands of them.
void ElementwiseEmitter::emitSquares(const Offsets &start, int64_t pointWork) {
  unsigned inner = nest.loops.size() - 1, cross = inner - 1;
  Value side = b.constant(kSquare);
  Value rows = nest.getSize(b, cross), columns = nest.getSize(b, inner);
  Value bands = b.divUp(rows, kSquare);
  Value outer = nest.materialize(b, nest.getSize(0, cross));
  Value work = b.mul(b.constant(kSquare * pointWork), columns);
  emitter.parallelFor(b.mul(outer, bands), work, [&](Value number) {
    Value firstRow = b.mul(b.rem(number, bands), side);
    Value endRow = b.min(rows, b.add(firstRow, side));
    number = b.div(number, bands);
    Offsets offsets = start;
    for (unsigned loop = cross; loop-- > 0;) {
      Value size = nest.getSize(b, loop);
      offsets = advance(offsets, loop, b.rem(number, size));
      number = b.div(number, size);
    }
    b.loop(b.constant(0), columns, side, [&](Value column) {
      Value length = b.min(b.sub(columns, column), side);
      Offsets atColumn = advance(offsets, inner, column);
      b.loop(firstRow, endRow, b.constant(1), [&](Value row) {
        emitRow(advance(atColumn, cross, row), length);
      });
    });
  });
}

void ElementwiseEmitter::run() {
  Offsets offsets;
  for (const Access &access : nest.accesses)
    offsets.push_back(access.start);
  unsigned count = nest.loops.size();
  if (count == 0) {
    emitLoops(0, offsets);
    return;
  }
  int64_t pointWork = std::max<int64_t>(
      estimateWork(*op.getBody()) / std::max(lanes / 2, 1u), 1);

  // One loop is cut into blocks, so that threads can share it.
  if (count == 1) {
    std::optional<int64_t> known = nest.loops[0].size.getConstant();
    Value size = nest.getSize(b, 0);
    if (op.hasIndexSemantics() || (known && *known <= kBlock)) {
      emitRow(offsets, size);
      return;
    }
    emitter.parallelFor(b.divUp(size, kBlock), b.constant(kBlock * pointWork),
                        [&](Value block) {
                          Value begin = b.mul(block, b.constant(kBlock));
                          Value length =
                              b.min(b.sub(size, begin), b.constant(kBlock));
                          emitRow(advance(offsets, 0, begin), length);
                        });
    return;
  }

  if (findCrossLoop()) {
    emitSquares(offsets, pointWork);
    return;
  }

  // Threads share the two outermost loops, or the only one around the rows.
  unsigned shared = count > 2 ? 2 : 1;
  Value inner = shared == 2 ? nest.getSize(b, 1) : Value();
  Value work = b.mul(b.constant(pointWork),
                     nest.materialize(b, nest.getSize(shared, count)));
  emitter.parallelFor(nest.materialize(b, nest.getSize(0, shared)), work,
                      [&](Value number) {
                        Value outer = inner ? b.div(number, inner) : number;
                        at[nest.loops[0].dim] = outer;
                        Offsets moved = advance(offsets, 0, outer);
                        if (inner) {
                          Value second = b.rem(number, inner);
                          at[nest.loops[1].dim] = second;
                          moved = advance(moved, 1, second);
                        }
                        emitLoops(shared, moved);
                      });
}

bool emitElementwise(KernelEmitter &emitter, Fusion &fusion) {
  linalg::GenericOp op = fusion.main;
  if (op.getNumReductionLoops() != 0 || !isVectorizable(*op.getBody()))
    return false;
  FailureOr<LoopNest> nest = LoopNest::get(emitter, op);
  if (failed(nest) || nest->hasPanels() || nest->hasWindows())
    return false;

  AffineMap leader = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  nest->reorder(getLoopOrder(*nest, leader, leader));
  if (!op.hasIndexSemantics())
    nest->simplify();

  unsigned lanes = getLanes(op, emitter.target);
  for (const Access &access : nest->accesses)
    if (!access.scalar && !nest->loops.empty() &&
        !access.strides.back().isZero() && !access.strides.back().isOne())
      lanes = 0;
  if (nest->loops.empty())
    lanes = 0;
  ElementwiseEmitter(emitter, op, std::move(*nest), lanes).run();
  return true;
}

} // namespace graph_compile::cpu
