//===- TiledReduction.cpp - contractions and reductions across rows -------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tile of the output, some rows by some vectors, stays in registers while
// the reduction loops run around it: matrix products (rows of the left operand
// are broadcast, vectors of the right one loaded), convolutions whose channels
// are innermost, sums over rows. The vector loop is the innermost parallel one;
// the row loop is a parallel loop that some vector operand does not depend on,
// so that what is loaded once serves every row.
//
//===----------------------------------------------------------------------===//

#include "Reduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Steps of the innermost reduction loop before f32 sums are added in f64.
static constexpr int64_t kBlockSteps = 64;
/// Rows of tiles that one task of a thread has.
static constexpr int64_t kTilesOfTask = 16;
static constexpr unsigned kMaxVectors = 4;
static constexpr unsigned kMaxRows = 14;

namespace {
/// Emits one reduction.
class TileEmitter {
public:
  explicit TileEmitter(Reduction &reduction) : r(reduction), b(reduction.b) {}

  bool fits();
  void run();

private:
  using Values = SmallVector<Value>;
  /// Rows, vectors and lanes of a tile; lanes 0: one column of scalars.
  struct Tile {
    unsigned rows;
    unsigned vectors;
    unsigned lanes;
    Value mask;
    unsigned size() const { return rows * vectors; }
  };

  bool findRowLoop();
  void chooseTile();
  void emitTask(const Values &offsets, Value firstRow, Value endRow,
                Value firstColumn, Value endColumn);
  void emitColumns(const Values &offsets, Value firstRow, Value endRow,
                   Value column, unsigned vectors, unsigned lanes, Value mask);
  void emitTile(const Values &offsets, const Tile &tile);
  Values emitReduction(unsigned loop, ArrayRef<Values> offsets,
                       const Tile &tile, Values values);
  Values emitSteps(unsigned loop, ArrayRef<Values> offsets, const Tile &tile,
                   Value begin, Value end, Values values);
  void step(ArrayRef<Values> offsets, const Tile &tile,
            MutableArrayRef<Value> values);
  Value convert(Value value, Type element);

  unsigned vectorLoop() const { return r.getNumParallel() - 1; }
  bool moves(unsigned access, unsigned loop) const {
    const Access &a = r.nest.accesses[access];
    return !a.scalar && !a.strides[loop].isZero();
  }

  Reduction &r;
  CodeBuilder &b;
  /// The row loop is the parallel loop before the vector loop, if there is one.
  bool hasRows = false;
  unsigned maxRows = 1, maxVectors = 1;
};
} // namespace

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

/// Moves a parallel loop that a vector operand does not depend on to the place
/// before the vector loop.
bool TileEmitter::findRowLoop() {
  for (unsigned loop = vectorLoop(); loop-- > 0;) {
    bool isShared = false;
    for (unsigned input = 0; input != r.getNumInputs(); ++input)
      isShared |= moves(input, vectorLoop()) && !moves(input, loop);
    if (!isShared)
      continue;
    SmallVector<unsigned> order;
    for (unsigned other = 0; other != r.nest.loops.size(); ++other) {
      if (other == vectorLoop())
        order.push_back(loop);
      if (other != loop)
        order.push_back(other);
    }
    r.reorder(order);
    return true;
  }
  return false;
}

bool TileEmitter::fits() {
  unsigned parallel = r.getNumParallel();
  if (parallel == 0 || parallel == r.nest.loops.size() || r.lanes == 0 ||
      !r.isContiguous(vectorLoop(), /*inputsOnly=*/false))
    return false;
  for (unsigned output = 0; output != r.getNumOutputs(); ++output)
    if (!r.nest.accesses[r.getNumInputs() + output]
             .strides[vectorLoop()]
             .isOne())
      return false;
  // A few columns fill no vector; rows may.
  std::optional<int64_t> columns =
      r.nest.loops[vectorLoop()].size.getConstant();
  unsigned last = r.nest.loops.size() - 1;
  bool rowsFit = r.isContiguous(last, /*inputsOnly=*/true);
  return !(columns && *columns * 4 < r.lanes && rowsFit);
}

/// As many rows and vectors as registers hold: accumulators, one vector of each
/// column and a broadcast.
void TileEmitter::chooseTile() {
  unsigned registers = r.emitter.target.vectorRegisters;
  std::optional<int64_t> columns =
      r.nest.loops[vectorLoop()].size.getConstant();
  maxVectors = registers >= 32 ? kMaxVectors : kMaxVectors / 2;
  if (!hasRows)
    maxVectors = kMaxVectors;
  if (columns)
    maxVectors =
        std::clamp<int64_t>(llvm::divideCeil(*columns, r.lanes), 1, maxVectors);
  maxVectors = std::max(1u, maxVectors / r.getNumOutputs());
  if (!hasRows)
    return;
  maxRows = std::clamp((registers - 1 - maxVectors) /
                           (maxVectors * r.getNumOutputs()),
                       1u, kMaxRows);
  // Equal tiles rather than full ones and a small rest.
  if (std::optional<int64_t> rows =
          r.nest.loops[vectorLoop() - 1].size.getConstant())
    if (*rows > 0)
      maxRows = llvm::divideCeil(*rows, llvm::divideCeil(*rows, maxRows));
}

//===----------------------------------------------------------------------===//
// A tile
//===----------------------------------------------------------------------===//

Value TileEmitter::convert(Value value, Type element) {
  Type from = getElementTypeOrSelf(value);
  Type type = element;
  if (auto vectorType = dyn_cast<VectorType>(value.getType()))
    type = vectorType.clone(element);
  if (from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(b, type, value);
  return arith::TruncFOp::create(b, type, value);
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
      at = b.add(at, b.constant(vector * tile.lanes));
    value = b.load(access.base, access.elementType, at,
                   byColumn ? tile.lanes : 0, byColumn ? tile.mask : Value());
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

/// Runs [begin, end) of reduction loop `loop`, which is the innermost.
SmallVector<Value> TileEmitter::emitSteps(unsigned loop,
                                          ArrayRef<Values> offsets,
                                          const Tile &tile, Value begin,
                                          Value end, Values values) {
  return b.loop(begin, end, b.constant(1), values,
                [&](Value iv, ValueRange carried) {
                  SmallVector<Values> moved;
                  for (const Values &row : offsets)
                    moved.push_back(r.advance(row, loop, iv));
                  Values next(carried);
                  step(moved, tile, next);
                  return next;
                });
}

/// The reduction loops from `loop` on.
SmallVector<Value> TileEmitter::emitReduction(unsigned loop,
                                              ArrayRef<Values> offsets,
                                              const Tile &tile, Values values) {
  Value begin = b.constant(0), end = r.nest.getSize(b, loop);
  if (loop + 1 != r.nest.loops.size())
    return b.loop(
        begin, end, b.constant(1), values, [&](Value iv, ValueRange carried) {
          SmallVector<Values> moved;
          for (const Values &row : offsets)
            moved.push_back(r.advance(row, loop, iv));
          return emitReduction(loop + 1, moved, tile, Values(carried));
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

/// One tile at `offsets`.
void TileEmitter::emitTile(const Values &offsets, const Tile &tile) {
  unsigned outputs = r.getNumOutputs();
  SmallVector<Values> rows;
  for (unsigned row = 0; row != tile.rows; ++row)
    rows.push_back(row == 0
                       ? offsets
                       : r.advance(offsets, vectorLoop() - 1, b.constant(row)));
  auto offsetsOf = [&](unsigned row, unsigned vector) {
    return vector == 0 ? rows[row]
                       : r.advance(rows[row], vectorLoop(),
                                   b.constant(vector * tile.lanes));
  };
  Values values;
  for (unsigned row = 0; row != tile.rows; ++row)
    for (unsigned vector = 0; vector != tile.vectors; ++vector)
      for (unsigned output = 0; output != outputs; ++output) {
        Value start =
            r.getStart(output, offsetsOf(row, vector), tile.lanes, tile.mask);
        values.push_back(r.inBlocks ? convert(start, b.getF64Type()) : start);
      }
  values = emitReduction(r.getNumParallel(), rows, tile, values);
  if (r.inBlocks)
    for (Value &value : values)
      value = convert(value, b.getF32Type());
  for (unsigned row = 0; row != tile.rows; ++row)
    for (unsigned vector = 0; vector != tile.vectors; ++vector) {
      unsigned number = (row * tile.vectors + vector) * outputs;
      r.finish(ArrayRef(values).slice(number, outputs), offsetsOf(row, vector),
               tile.lanes, tile.mask);
    }
}

//===----------------------------------------------------------------------===//
// Loops around tiles
//===----------------------------------------------------------------------===//

/// All rows of the tiles at `column`: full tiles, then the rest.
void TileEmitter::emitColumns(const Values &offsets, Value firstRow,
                              Value endRow, Value column, unsigned vectors,
                              unsigned lanes, Value mask) {
  Values atColumn = r.advance(offsets, vectorLoop(), column);
  if (!hasRows) {
    emitTile(atColumn, {1, vectors, lanes, mask});
    return;
  }
  auto emitRows = [&](Value begin, Value end, unsigned rows) {
    b.loop(begin, end, b.constant(rows), [&](Value row) {
      emitTile(r.advance(atColumn, vectorLoop() - 1, row),
               {rows, vectors, lanes, mask});
    });
  };
  Value whole =
      b.sub(endRow, b.rem(b.sub(endRow, firstRow), b.constant(maxRows)));
  emitRows(firstRow, whole, maxRows);
  if (getConstant(whole) && getConstant(whole) == getConstant(endRow))
    return;
  // The rest: exactly, if its size is known, else row by row.
  std::optional<int64_t> known = getConstant(b.sub(endRow, whole));
  emitRows(whole, endRow, known ? *known : 1);
}

/// Rows and columns of one task: columns by full tiles, by vectors, the rest.
void TileEmitter::emitTask(const Values &offsets, Value firstRow, Value endRow,
                           Value firstColumn, Value endColumn) {
  Value size = b.sub(endColumn, firstColumn);
  int64_t lanes = r.lanes, width = lanes * maxVectors;
  Value wholeEnd = b.sub(endColumn, b.rem(size, b.constant(width)));
  Value vectorEnd = b.sub(endColumn, b.rem(size, b.constant(lanes)));
  b.loop(firstColumn, wholeEnd, b.constant(width), [&](Value column) {
    emitColumns(offsets, firstRow, endRow, column, maxVectors, lanes, {});
  });
  if (maxVectors > 1)
    b.loop(wholeEnd, vectorEnd, b.constant(lanes), [&](Value column) {
      emitColumns(offsets, firstRow, endRow, column, 1, lanes, {});
    });
  if (r.emitter.target.hasMasks) {
    b.when(b.less(vectorEnd, endColumn), [&] {
      Value mask = b.firstLanes(b.sub(endColumn, vectorEnd), lanes);
      emitColumns(offsets, firstRow, endRow, vectorEnd, 1, lanes, mask);
    });
    return;
  }
  b.loop(vectorEnd, endColumn, b.constant(1), [&](Value column) {
    emitColumns(offsets, firstRow, endRow, column, 1, /*lanes=*/0, {});
  });
}

void TileEmitter::run() {
  hasRows = findRowLoop();
  chooseTile();

  // Tasks: the outer loops, times columns of tiles, times groups of rows.
  unsigned outer = vectorLoop() - hasRows;
  int64_t taskColumns = int64_t(r.lanes) * maxVectors;
  int64_t taskRows = maxRows * kTilesOfTask;
  Value columns = r.nest.getSize(b, vectorLoop());
  Value rows = hasRows ? r.nest.getSize(b, vectorLoop() - 1) : b.constant(1);
  Value columnTasks = b.divUp(columns, taskColumns);
  Value rowTasks = b.divUp(rows, taskRows);
  Value count =
      b.mul(b.mul(r.nest.materialize(b, r.nest.getSize(0, outer)), columnTasks),
            rowTasks);
  int64_t stepWork = estimateWork(*r.op.getBody()) * maxVectors;
  Value work =
      b.mul(b.mul(b.constant(stepWork), b.min(rows, b.constant(taskRows))),
            r.nest.materialize(
                b, r.nest.getSize(r.getNumParallel(), r.nest.loops.size())));
  Values start = r.getStartOffsets();
  r.emitter.parallelFor(count, work, [&](Value number) {
    Value firstRow = b.mul(b.rem(number, rowTasks), b.constant(taskRows));
    Value endRow = b.min(rows, b.add(firstRow, b.constant(taskRows)));
    number = b.div(number, rowTasks);
    Value firstColumn =
        b.mul(b.rem(number, columnTasks), b.constant(taskColumns));
    Value endColumn =
        b.min(columns, b.add(firstColumn, b.constant(taskColumns)));
    number = b.div(number, columnTasks);
    Values offsets = start;
    for (unsigned loop = outer; loop-- > 0;) {
      Value size = r.nest.getSize(b, loop);
      offsets =
          r.advance(offsets, loop, loop == 0 ? number : b.rem(number, size));
      number = b.div(number, size);
    }
    emitTask(offsets, firstRow, endRow, firstColumn, endColumn);
  });
}

bool emitTiledReduction(KernelEmitter &emitter, Fusion &fusion) {
  std::optional<Reduction> reduction = Reduction::get(emitter, fusion);
  if (!reduction)
    return false;
  TileEmitter tiles(*reduction);
  if (!tiles.fits())
    return false;
  tiles.run();
  return true;
}

} // namespace graph_compile::cpu
