//===- ReductionTile.cpp - one register tile of a reduction ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Steps of the innermost reduction loop before f32 sums are added in f64.
static constexpr int64_t kBlockSteps = 64;

/// How many of the steps [begin, end), which come in multiples of `multiple`,
/// are emitted one after the other: all of a few, else a divisor.
static int64_t getStepsTogether(Value begin, Value end, int64_t multiple) {
  constexpr int64_t kMaxSteps = 4;
  int64_t count = multiple;
  if (getConstant(begin) == 0)
    count = getConstant(end).value_or(multiple);
  for (int64_t steps = kMaxSteps; steps > 1; --steps)
    if (count % steps == 0)
      return steps;
  return 1;
}

Value TileEmitter::convert(Value value, Type element) {
  Type from = getElementTypeOrSelf(value);
  Type type = element;
  if (auto vectorType = dyn_cast<VectorType>(value.getType()))
    type = vectorType.clone(element);
  if (from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(b, type, value);
  return arith::TruncFOp::create(b, type, value);
}

/// Offsets of all accesses at row `row`, vector `vector` of a tile.
SmallVector<Value> TileEmitter::getOffsets(ArrayRef<Values> rows, unsigned row,
                                           unsigned vector, const Tile &tile) {
  return vector == 0 ? rows[row]
                     : r.advance(rows[row], vectorLoop(),
                                 b.constant(vector * tile.lanes));
}

/// How far vector `vector` of a tile is from its first, in elements. A tile of
/// an operand in panels begins where one does, or lies in one.
Value TileEmitter::getVectorOffset(unsigned access, unsigned vector,
                                   const Tile &tile) {
  int64_t column = int64_t(vector) * tile.lanes;
  const std::optional<Panels> &panels = r.nest.accesses[access].panels;
  if (!panels)
    return b.constant(column);
  return b.add(b.mul(b.constant(column / panels->width),
                     r.nest.materialize(b, panels->stride)),
               b.constant(column % panels->width));
}

/// One step of the reduction loops: `offsets` are those of each row. The value
/// of output o at row i, vector j is number (i * vectors + j) * outputs + o.
void TileEmitter::step(ArrayRef<Values> offsets, const Tile &tile,
                       MutableArrayRef<Value> values) {
  unsigned outputs = r.getNumOutputs();
  // What is loaded for one row or one column serves the others.
  SmallVector<SmallVector<Value>> loaded(r.getNumInputs());
  auto load = [&](unsigned input, unsigned row, unsigned vector) -> Value {
    const Access &access = r.getInput(input);
    if (access.scalar)
      return access.scalar;
    bool byRow = hasRows && moves(input, vectorLoop() - 1);
    bool byColumn = moves(input, vectorLoop());
    Values &known = loaded[input];
    known.resize(tile.size());
    Value &value =
        known[(byRow ? row : 0) * tile.vectors + (byColumn ? vector : 0)];
    if (value)
      return value;
    Value at = offsets[byRow ? row : 0][input];
    if (byColumn && vector != 0)
      at = b.add(at, getVectorOffset(input, vector, tile));
    Value base = access.base;
    if (input == panelInput)
      base = panel.base;
    else if (isCopied(input))
      base = rowBlock.base;
    else if (isAtBorder() && input == rowWindow->input)
      base = rowWindow->bases[row];
    // Panels are as wide as vectors are; what is too much is zero.
    bool isMasked = byColumn && input != packedInput;
    value = b.load(base, access.elementType, at, byColumn ? tile.lanes : 0,
                   isMasked ? tile.maskOf(vector) : Value());
    if (!byColumn)
      value = b.splat(value, tile.lanes);
    return value;
  };
  for (unsigned row = 0; row != tile.rows; ++row)
    for (unsigned vector = 0; vector != tile.vectors; ++vector) {
      Values inputs;
      for (unsigned input = 0; input != r.getNumInputs(); ++input)
        inputs.push_back(load(input, row, vector));
      unsigned number = (row * tile.vectors + vector) * outputs;
      r.accumulate(inputs, tile.lanes, values.slice(number, outputs));
    }
}

/// The offsets of each row after reduction loop `loop` went to `iv`.
SmallVector<SmallVector<Value>>
TileEmitter::advanceRows(ArrayRef<Values> rows, unsigned loop, Value iv) {
  SmallVector<Values> moved;
  for (const Values &row : rows)
    moved.push_back(r.advance(row, loop, iv));
  if (panelInput)
    for (auto [from, to] : llvm::zip_equal(rows, moved))
      to[*panelInput] = b.add(from[*panelInput], b.mul(iv, panel.stride));
  if (isAtBorder() && loop == rowWindow->window.reduction)
    chooseBases(moved, iv);
  return moved;
}

/// Runs [begin, end) of reduction loop `loop`, which is the innermost.
SmallVector<Value> TileEmitter::emitSteps(unsigned loop,
                                          ArrayRef<Values> offsets,
                                          const Tile &tile, Value begin,
                                          Value end, ValueRange values,
                                          int64_t multiple) {
  int64_t steps = usesWindows ? getStepsTogether(begin, end, multiple) : 1;
  return b.loop(begin, end, b.constant(steps), values,
                [&](Value iv, ValueRange carried) {
                  Values next(carried);
                  for (int64_t i = 0; i != steps; ++i)
                    step(advanceRows(offsets, loop, b.add(iv, b.constant(i))),
                         tile, next);
                  return next;
                });
}

/// The reduction loops from `loop` on.
SmallVector<Value> TileEmitter::emitReduction(unsigned loop,
                                              ArrayRef<Values> offsets,
                                              const Tile &tile,
                                              ValueRange values) {
  Range range = getRange(loop);
  Value begin = range.begin, end = range.end;
  if (joinsNext(loop)) {
    Value steps = r.nest.getSize(b, loop + 1);
    return emitSteps(loop + 1, offsets, tile, b.mul(begin, steps),
                     b.mul(end, steps), values, *getConstant(steps));
  }
  if (loop + 1 != r.nest.loops.size())
    return b.loop(
        begin, end, b.constant(1), values, [&](Value iv, ValueRange carried) {
          return emitReduction(loop + 1, advanceRows(offsets, loop, iv), tile,
                               carried);
        });
  if (!r.inBlocks)
    return emitSteps(loop, offsets, tile, begin, end, values);
  Value length = b.constant(kBlockSteps);
  return b.loop(begin, end, length, values, [&](Value iv, ValueRange carried) {
    Values block;
    for (unsigned number = 0; number != carried.size(); ++number)
      block.push_back(r.getNeutral(number % r.getNumOutputs(), tile.lanes));
    block = emitSteps(loop, offsets, tile, iv, b.min(end, b.add(iv, length)),
                      block);
    for (auto [number, value] : llvm::enumerate(carried))
      block[number] = r.combine(number % r.getNumOutputs(), value,
                                convert(block[number], b.getF64Type()));
    return block;
  });
}

/// What the outputs of a tile begin with: at the first part of the reduction
/// their start, later the partial results.
SmallVector<Value> TileEmitter::getStarts(ArrayRef<Values> rows,
                                          const Tile &tile) {
  auto collect = [&](bool isFirst) {
    Values values;
    for (unsigned row = 0; row != tile.rows; ++row)
      for (unsigned vector = 0; vector != tile.vectors; ++vector) {
        Values offsets = getOffsets(rows, row, vector, tile);
        for (unsigned output = 0; output != r.getNumOutputs(); ++output) {
          const Access &access = r.nest.accesses[r.getNumInputs() + output];
          values.push_back(isFirst ? r.getStart(output, offsets, tile.lanes,
                                                tile.maskOf(vector))
                                   : b.load(access.base, access.elementType,
                                            offsets[r.getNumInputs() + output],
                                            tile.lanes, tile.maskOf(vector)));
        }
      }
    return values;
  };
  if (!panel.isFirst)
    return collect(/*isFirst=*/true);
  auto branch = scf::IfOp::create(
      b,
      SmallVector<Type>(
          tile.size(), CodeBuilder::withLanes(r.combiners[0].type, tile.lanes)),
      panel.isFirst, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, collect(/*isFirst=*/true));
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, collect(/*isFirst=*/false));
  return Values(branch.getResults());
}

/// Stores a tile: after the last part of the reduction its results, before the
/// partial ones.
void TileEmitter::finishTile(ArrayRef<Values> rows, const Tile &tile,
                             ArrayRef<Value> values) {
  auto store = [&](bool isLast) {
    unsigned outputs = r.getNumOutputs();
    for (unsigned row = 0; row != tile.rows; ++row)
      for (unsigned vector = 0; vector != tile.vectors; ++vector) {
        unsigned number = (row * tile.vectors + vector) * outputs;
        Values offsets = getOffsets(rows, row, vector, tile);
        if (isLast)
          r.finish(values.slice(number, outputs), offsets, tile.lanes,
                   tile.maskOf(vector));
        else
          b.store(values[number], r.nest.accesses[r.getNumInputs()].base,
                  offsets[r.getNumInputs()], tile.maskOf(vector));
      }
  };
  if (!panel.isLast) {
    store(/*isLast=*/true);
    return;
  }
  auto branch = scf::IfOp::create(b, panel.isLast, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  store(/*isLast=*/true);
  b.setInsertionPointToStart(branch.elseBlock());
  store(/*isLast=*/false);
}

/// One tile at `offsets`.
void TileEmitter::emitTile(const Values &offsets, const Tile &tile) {
  SmallVector<Values> rows;
  for (unsigned row = 0; row != tile.rows; ++row)
    rows.push_back(row == 0
                       ? offsets
                       : r.advance(offsets, vectorLoop() - 1, b.constant(row)));
  Values values = getStarts(rows, tile);
  if (rowPart == RowPart::Whole) {
    values = emitRowSteps(rows, tile, values);
  } else if (panelInput) {
    values = emitSteps(r.getNumParallel(), rows, tile, b.constant(0),
                       panel.depth, values);
  } else if (r.inBlocks) {
    for (Value &value : values)
      value = convert(value, b.getF64Type());
    values = emitReduction(r.getNumParallel(), rows, tile, values);
    for (Value &value : values)
      value = convert(value, b.getF32Type());
  } else {
    values = emitReduction(r.getNumParallel(), rows, tile, values);
  }
  finishTile(rows, tile, values);
}

} // namespace graph_compile::cpu
