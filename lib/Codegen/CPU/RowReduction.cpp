//===- RowReduction.cpp - reductions along rows of the input --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The innermost reduction loop works on vectors, in several accumulators that
// are combined at its end; what does not fill a vector is taken under a mask,
// or one by one. Without parallel loops the one reduction loop is cut into
// chunks, whose number depends on its length only, and threads share the
// chunks.
//
//===----------------------------------------------------------------------===//

#include "Reduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Accumulators of a vector each, so that additions overlap.
static constexpr unsigned kAccumulators = 4;
/// Vectors that one accumulator of a sum takes before it is added in f64.
static constexpr int64_t kBlockVectors = 32;
/// Elements of a chunk of a full reduction, and the most chunks there are.
static constexpr int64_t kChunk = 16384;
static constexpr int64_t kMaxChunks = 256;

namespace {
/// Emits one reduction.
class RowEmitter {
public:
  explicit RowEmitter(Reduction &reduction)
      : r(reduction), b(reduction.b), inner(reduction.nest.loops.size() - 1) {}

  void run();
  bool fits() const;

private:
  using Values = SmallVector<Value>;
  bool isFull() const { return r.getNumParallel() == 0 && inner == 0; }
  void emitChunks();
  void emitRow(const Values &offsets);
  Values emitOuter(unsigned loop, const Values &offsets, ValueRange totals);
  Values emitInner(const Values &offsets, Value begin, Value end,
                   ValueRange totals);
  Values emitBlock(const Values &offsets, Value begin, Value end);
  Values emitVectors(const Values &offsets, Value begin, Value end,
                     unsigned count, Values values);
  void step(const Values &offsets, Value iv, unsigned lanes, Value mask,
            MutableArrayRef<Value> values);
  Values widen(Values values);
  Values narrow(Values values);
  Values neutral(unsigned lanes);

  Reduction &r;
  CodeBuilder &b;
  /// The loop on vectors.
  unsigned inner;
};
} // namespace

bool RowEmitter::fits() const {
  if (r.nest.loops.size() == r.getNumParallel() || r.lanes == 0 ||
      r.nest.hasPanels() || r.nest.hasWindows() ||
      !r.isContiguous(inner, /*inputsOnly=*/true))
    return false;
  return llvm::any_of(ArrayRef(r.nest.accesses).take_front(r.getNumInputs()),
                      [&](const Access &access) {
                        return !access.scalar && access.strides[inner].isOne();
                      });
}

SmallVector<Value> RowEmitter::neutral(unsigned lanes) {
  Values values;
  for (unsigned output = 0; output != r.getNumOutputs(); ++output)
    values.push_back(r.getNeutral(output, lanes));
  return values;
}

/// Totals of sums in blocks are f64.
SmallVector<Value> RowEmitter::widen(Values values) {
  if (r.inBlocks)
    for (Value &value : values)
      value = arith::ExtFOp::create(b, b.getF64Type(), value);
  return values;
}

SmallVector<Value> RowEmitter::narrow(Values values) {
  if (r.inBlocks)
    for (Value &value : values)
      value = arith::TruncFOp::create(b, b.getF32Type(), value);
  return values;
}

/// Adds the points from `iv` on to `values`, one for each output; under `mask`
/// only its lanes.
void RowEmitter::step(const Values &offsets, Value iv, unsigned lanes,
                      Value mask, MutableArrayRef<Value> values) {
  Values at = r.advance(offsets, inner, iv);
  Values inputs;
  for (unsigned input = 0; input != r.getNumInputs(); ++input) {
    const Access &access = r.getInput(input);
    bool moves = !access.scalar && access.strides[inner].isOne();
    if (access.scalar)
      inputs.push_back(access.scalar);
    else
      inputs.push_back(b.load(access.base, access.elementType, at[input],
                              moves ? lanes : 0, moves ? mask : Value()));
  }
  Values before(values);
  r.accumulate(inputs, lanes, values);
  if (mask)
    for (auto [value, old] : llvm::zip_equal(values, before))
      value = arith::SelectOp::create(b, mask, value, old);
}

/// Reduces whole vectors of [begin, end) in `count` accumulators.
SmallVector<Value> RowEmitter::emitVectors(const Values &offsets, Value begin,
                                           Value end, unsigned count,
                                           Values values) {
  unsigned outputs = r.getNumOutputs();
  int64_t width = r.lanes;
  // Accumulator a of output o is number a * outputs + o.
  for (unsigned number = 1; number != count; ++number)
    llvm::append_range(values, neutral(width));
  values =
      b.loop(begin, end, b.constant(count * width), values,
             [&](Value iv, ValueRange carried) {
               Values next(carried);
               for (unsigned number = 0; number != count; ++number)
                 step(offsets, b.add(iv, b.constant(number * width)), width,
                      /*mask=*/{},
                      MutableArrayRef(next).slice(number * outputs, outputs));
               return next;
             });
  Values combined(ArrayRef(values).take_front(outputs));
  for (unsigned number = 1; number != count; ++number)
    for (unsigned output = 0; output != outputs; ++output)
      combined[output] = r.combine(output, combined[output],
                                   values[number * outputs + output]);
  return combined;
}

/// Reduces [begin, end) of the innermost loop to one value for each output.
SmallVector<Value> RowEmitter::emitBlock(const Values &offsets, Value begin,
                                         Value end) {
  int64_t width = r.lanes;
  bool hasMasks = r.emitter.target.hasMasks;
  std::optional<int64_t> known = r.nest.loops[inner].size.getConstant();
  Values scalars;
  Value vectorEnd = begin;
  if (hasMasks || !known || *known >= width) {
    Value size = b.sub(end, begin);
    Values vectors = neutral(width);
    if (!known || *known >= width * kAccumulators) {
      Value manyEnd =
          b.sub(end, b.rem(size, b.constant(width * kAccumulators)));
      vectors = emitVectors(offsets, begin, manyEnd, kAccumulators, vectors);
      begin = manyEnd;
    }
    vectorEnd = b.sub(end, b.rem(size, b.constant(width)));
    vectors = emitVectors(offsets, begin, vectorEnd, 1, vectors);
    if (hasMasks)
      vectors = b.loop(vectorEnd, end, b.constant(width), vectors,
                       [&](Value iv, ValueRange values) {
                         Values next(values);
                         Value mask = b.firstLanes(b.sub(end, iv), width);
                         step(offsets, iv, width, mask, next);
                         return next;
                       });
    for (auto [output, vector] : llvm::enumerate(vectors))
      scalars.push_back(r.combineLanes(output, vector));
    if (hasMasks)
      return scalars;
  } else {
    scalars = neutral(0);
  }
  return b.loop(vectorEnd, end, b.constant(1), scalars,
                [&](Value iv, ValueRange values) {
                  Values next(values);
                  step(offsets, iv, /*lanes=*/0, /*mask=*/{}, next);
                  return next;
                });
}

/// Adds [begin, end) of the innermost loop to `totals`.
SmallVector<Value> RowEmitter::emitInner(const Values &offsets, Value begin,
                                         Value end, ValueRange totals) {
  auto addBlock = [&](Value from, Value to, ValueRange values) {
    Values block = widen(emitBlock(offsets, from, to));
    for (auto [output, value] : llvm::enumerate(values))
      block[output] = r.combine(output, value, block[output]);
    return block;
  };
  if (!r.inBlocks)
    return addBlock(begin, end, totals);
  Value length = b.constant(r.lanes * kAccumulators * kBlockVectors);
  return b.loop(begin, end, length, totals, [&](Value iv, ValueRange values) {
    return addBlock(iv, b.min(end, b.add(iv, length)), values);
  });
}

/// The reduction loops from `loop` on.
SmallVector<Value> RowEmitter::emitOuter(unsigned loop, const Values &offsets,
                                         ValueRange totals) {
  if (loop == inner)
    return emitInner(offsets, b.constant(0), r.nest.getSize(b, inner), totals);
  return b.loop(b.constant(0), r.nest.getSize(b, loop), b.constant(1), totals,
                [&](Value iv, ValueRange values) {
                  return emitOuter(loop + 1, r.advance(offsets, loop, iv),
                                   values);
                });
}

/// One point of the outputs.
void RowEmitter::emitRow(const Values &offsets) {
  Values totals;
  for (unsigned output = 0; output != r.getNumOutputs(); ++output)
    totals.push_back(r.getStart(output, offsets, /*lanes=*/0, /*mask=*/{}));
  totals = emitOuter(r.getNumParallel(), offsets, widen(totals));
  r.finish(narrow(totals), offsets, /*lanes=*/0, /*mask=*/{});
}

/// A reduction to one point: partial results of chunks, then their reduction.
void RowEmitter::emitChunks() {
  Values offsets = r.getStartOffsets();
  Value size = r.nest.getSize(b, inner);
  Value count = b.min(b.divUp(size, kChunk), b.constant(kMaxChunks));
  Value length =
      b.add(b.div(size, b.createOrFold<arith::MaxSIOp>(count, b.constant(1))),
            b.constant(1));
  Values partials;
  Values zero = widen(neutral(0));
  for (Value value : zero)
    partials.push_back(
        r.emitter.stackBuffer(kMaxChunks * getStorageBytes(value.getType())));
  int64_t work = kChunk * estimateWork(*r.op.getBody()) / r.lanes;
  r.emitter.parallelFor(count, b.constant(work), [&](Value chunk) {
    Value begin = b.min(b.mul(chunk, length), size);
    Value end = b.min(b.add(begin, length), size);
    Values totals = emitInner(offsets, begin, end, widen(neutral(0)));
    for (auto [total, partial] : llvm::zip_equal(totals, partials))
      b.store(total, partial, chunk);
  });

  Values totals;
  for (unsigned output = 0; output != r.getNumOutputs(); ++output)
    totals.push_back(r.getStart(output, offsets, /*lanes=*/0, /*mask=*/{}));
  totals = b.loop(b.constant(0), count, b.constant(1), widen(totals),
                  [&](Value chunk, ValueRange values) {
                    Values next(values);
                    for (auto [output, partial] : llvm::enumerate(partials))
                      next[output] = r.combine(
                          output, next[output],
                          b.load(partial, next[output].getType(), chunk));
                    return next;
                  });
  r.finish(narrow(totals), offsets, /*lanes=*/0, /*mask=*/{});
}

void RowEmitter::run() {
  std::optional<int64_t> known = r.nest.loops[inner].size.getConstant();
  if (isFull() && !r.emitter.isInParallel() && (!known || *known > kChunk)) {
    emitChunks();
    return;
  }
  unsigned parallel = r.getNumParallel();
  Values start = r.getStartOffsets();
  if (parallel == 0) {
    emitRow(start);
    return;
  }
  Value work =
      b.add(b.mul(b.divUp(r.nest.materialize(
                              b, r.nest.getSize(parallel, r.nest.loops.size())),
                          r.lanes),
                  b.constant(estimateWork(*r.op.getBody()))),
            b.constant(16));
  r.emitter.parallelFor(r.nest.materialize(b, r.nest.getSize(0, parallel)),
                        work, [&](Value number) {
                          Values offsets = start;
                          for (unsigned loop = parallel; loop-- > 1;) {
                            Value size = r.nest.getSize(b, loop);
                            offsets =
                                r.advance(offsets, loop, b.rem(number, size));
                            number = b.div(number, size);
                          }
                          emitRow(r.advance(offsets, 0, number));
                        });
}

bool emitRowReduction(KernelEmitter &emitter, Fusion &fusion) {
  std::optional<Reduction> reduction = Reduction::get(emitter, fusion);
  if (!reduction)
    return false;
  RowEmitter row(*reduction);
  if (!row.fits())
    return false;
  row.run();
  return true;
}

} // namespace graph_compile::cpu
