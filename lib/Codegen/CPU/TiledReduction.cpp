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
// In a matrix product with enough rows, the columns that a task has of the
// right operand, the panel, are first copied to where they lie one after the
// other: the tiles then read without gaps, whatever the operand's layout is. A
// long reduction goes panel by panel, with partial results in the output.
//
//===----------------------------------------------------------------------===//

#include "Reduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Steps of the innermost reduction loop before f32 sums are added in f64.
static constexpr int64_t kBlockSteps = 64;
/// Rows of tiles that one task of a thread has at most, and tasks that are
/// enough for any number of threads.
static constexpr int64_t kMaxTilesOfTask = 64;
static constexpr int64_t kEnoughTasks = 32;
/// Rows of a panel; from so many tiles on copying one pays.
static constexpr int64_t kPanelRows = 1024;
static constexpr int64_t kMinTilesOfPanel = 4;
/// So few rows never pay for a copy.
static constexpr int64_t kFewRows = 8;
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

  /// How the panel operand is read while a panel is at work: row k is
  /// k * stride from where the tile begins.
  struct Panel {
    Value base, stride;
    /// Its rows.
    Value depth;
    /// Whether this panel begins, or ends, the reduction; null: surely.
    Value isFirst, isLast;
  };

  bool findRowLoop();
  void findPanelInput();
  void chooseTile();
  Value chooseTaskRows(Value rows, Value otherTasks);
  void emitPanels(const Values &offsets, Value firstRow, Value endRow,
                  Value firstColumn, Value endColumn);
  void copyPanel(const Values &offsets, Value buffer, Value depth,
                 Value columns);
  Values getStarts(ArrayRef<Values> rows, const Tile &tile);
  void finishTile(ArrayRef<Values> rows, const Tile &tile,
                  ArrayRef<Value> values);
  Values getOffsets(ArrayRef<Values> rows, unsigned row, unsigned vector,
                    const Tile &tile);
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
  /// The operand that is copied, if there is one, and how it is read.
  std::optional<unsigned> panelInput;
  Panel panel;
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

/// Finds the right operand of a matrix product: it alone moves with the vector
/// loop, and does not with the row loop.
void TileEmitter::findPanelInput() {
  if (!hasRows || r.getNumParallel() + 1 != r.nest.loops.size() ||
      r.getNumOutputs() != 1 || !r.combiners[0].product || r.inBlocks)
    return;
  // Partial results are kept in the output, so they must not be rounded.
  unsigned reductionLoop = r.getNumParallel();
  std::optional<int64_t> depth = r.nest.loops[reductionLoop].size.getConstant();
  if (r.nest.accesses[r.getNumInputs()].elementType != r.combiners[0].type &&
      !(depth && *depth <= kPanelRows))
    return;
  std::optional<unsigned> found;
  for (unsigned input = 0; input != r.getNumInputs(); ++input) {
    if (!moves(input, vectorLoop()))
      continue;
    if (found || moves(input, vectorLoop() - 1))
      return;
    found = input;
  }
  if (!found)
    return;
  std::optional<int64_t> rows =
      r.nest.loops[vectorLoop() - 1].size.getConstant();
  bool isContiguous = r.getInput(*found).strides[vectorLoop()].isOne();
  if (!(rows && *rows <= kFewRows && isContiguous))
    panelInput = found;
}

bool TileEmitter::fits() {
  unsigned parallel = r.getNumParallel();
  if (parallel == 0 || parallel == r.nest.loops.size() || r.lanes == 0)
    return false;
  hasRows = findRowLoop();
  findPanelInput();
  for (auto [number, access] : llvm::enumerate(r.nest.accesses)) {
    if (access.scalar || access.strides[vectorLoop()].isZero() ||
        access.strides[vectorLoop()].isOne())
      continue;
    // A few rows are better off without a copy.
    std::optional<int64_t> rows =
        hasRows ? r.nest.loops[vectorLoop() - 1].size.getConstant() : 1;
    if (number != panelInput || (rows && *rows < kFewRows))
      return false;
  }
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

/// Offsets of all accesses at row `row`, vector `vector` of a tile.
SmallVector<Value> TileEmitter::getOffsets(ArrayRef<Values> rows, unsigned row,
                                           unsigned vector, const Tile &tile) {
  return vector == 0 ? rows[row]
                     : r.advance(rows[row], vectorLoop(),
                                 b.constant(vector * tile.lanes));
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
    value = b.load(input == panelInput ? panel.base : access.base,
                   access.elementType, at, byColumn ? tile.lanes : 0,
                   byColumn ? tile.mask : Value());
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
  return b.loop(
      begin, end, b.constant(1), values, [&](Value iv, ValueRange carried) {
        SmallVector<Values> moved;
        for (const Values &row : offsets)
          moved.push_back(r.advance(row, loop, iv));
        if (panelInput)
          for (auto [from, to] : llvm::zip_equal(offsets, moved))
            to[*panelInput] = b.add(from[*panelInput], b.mul(iv, panel.stride));
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

/// What the outputs of a tile begin with: at the first panel their start, later
/// the partial results.
SmallVector<Value> TileEmitter::getStarts(ArrayRef<Values> rows,
                                          const Tile &tile) {
  auto collect = [&](bool isFirst) {
    Values values;
    for (unsigned row = 0; row != tile.rows; ++row)
      for (unsigned vector = 0; vector != tile.vectors; ++vector) {
        Values offsets = getOffsets(rows, row, vector, tile);
        for (unsigned output = 0; output != r.getNumOutputs(); ++output) {
          const Access &access = r.nest.accesses[r.getNumInputs() + output];
          values.push_back(
              isFirst ? r.getStart(output, offsets, tile.lanes, tile.mask)
                      : b.load(access.base, access.elementType,
                               offsets[r.getNumInputs() + output], tile.lanes,
                               tile.mask));
        }
      }
    return values;
  };
  if (!panelInput || !panel.isFirst)
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

/// Stores a tile: after the last panel its results, before the partial ones.
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
                   tile.mask);
        else
          b.store(values[number], r.nest.accesses[r.getNumInputs()].base,
                  offsets[r.getNumInputs()], tile.mask);
      }
  };
  if (!panelInput || !panel.isLast) {
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
  if (panelInput) {
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

//===----------------------------------------------------------------------===//
// Loops around tiles
//===----------------------------------------------------------------------===//

/// All rows of the tiles at `column`: full tiles, then the rest.
void TileEmitter::emitColumns(const Values &offsets, Value firstRow,
                              Value endRow, Value column, unsigned vectors,
                              unsigned lanes, Value mask) {
  Values atColumn = r.advance(offsets, vectorLoop(), column);
  // The columns of a panel are neighbours.
  if (panelInput)
    atColumn[*panelInput] = b.add(offsets[*panelInput], column);
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
  // The rest comes with the last task only. Of a size that is not known it
  // takes a tile of half the rows, then single rows.
  if (std::optional<int64_t> rows =
          r.nest.loops[vectorLoop() - 1].size.getConstant()) {
    if (*rows % maxRows != 0)
      emitRows(whole, endRow, *rows % maxRows);
    return;
  }
  if (unsigned half = maxRows / 2; half > 1) {
    Value halfEnd =
        b.sub(endRow, b.rem(b.sub(endRow, whole), b.constant(half)));
    emitRows(whole, halfEnd, half);
    whole = halfEnd;
  }
  if (maxRows > 1)
    emitRows(whole, endRow, 1);
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

//===----------------------------------------------------------------------===//
// Panels
//===----------------------------------------------------------------------===//

/// Copies `depth` rows of `columns` elements of the panel operand.
void TileEmitter::copyPanel(const Values &offsets, Value buffer, Value depth,
                            Value columns) {
  const Access &access = r.getInput(*panelInput);
  unsigned reductionLoop = r.getNumParallel();
  int64_t width = int64_t(r.lanes) * maxVectors;
  Value from = offsets[*panelInput];
  Value rowStride = r.nest.materialize(b, access.strides[reductionLoop]);
  Value columnStride = r.nest.materialize(b, access.strides[vectorLoop()]);
  auto copy = [&](Value row, Value column, unsigned lanes) {
    Value source =
        b.add(b.add(from, b.mul(row, rowStride)), b.mul(column, columnStride));
    Value target = b.add(b.mul(row, b.constant(width)), column);
    b.store(b.load(access.base, access.elementType, source, lanes), buffer,
            target);
  };
  Value zero = b.constant(0), one = b.constant(1);
  if (!access.strides[vectorLoop()].isOne()) {
    b.loop(zero, columns, one, [&](Value column) {
      b.loop(zero, depth, one, [&](Value row) { copy(row, column, 0); });
    });
    return;
  }
  Value whole = b.sub(columns, b.rem(columns, b.constant(r.lanes)));
  b.loop(zero, depth, one, [&](Value row) {
    b.loop(zero, whole, b.constant(r.lanes),
           [&](Value column) { copy(row, column, r.lanes); });
    b.loop(whole, columns, one, [&](Value column) { copy(row, column, 0); });
  });
}

/// The rows and columns of one task, panel by panel.
void TileEmitter::emitPanels(const Values &offsets, Value firstRow,
                             Value endRow, Value firstColumn, Value endColumn) {
  unsigned reductionLoop = r.getNumParallel();
  const Access &access = r.getInput(*panelInput);
  Value depth = r.nest.getSize(b, reductionLoop);
  std::optional<int64_t> knownDepth = getConstant(depth);
  int64_t rows = knownDepth ? std::min(*knownDepth, kPanelRows) : kPanelRows;
  int64_t width = int64_t(r.lanes) * maxVectors;
  Value buffer = r.emitter.stackBuffer(
      std::max<int64_t>(rows * width * getStorageBytes(access.elementType), 1));
  // Few rows are not worth a copy, if the operand can be read where it is.
  bool isContiguous = access.strides[vectorLoop()].isOne();
  Value copies = b.createOrFold<arith::CmpIOp>(
      arith::CmpIPredicate::sge, b.sub(endRow, firstRow),
      b.constant(isContiguous ? kMinTilesOfPanel * maxRows : 0));

  auto emitPanel = [&](Value begin, Value end) {
    Values atPanel = r.advance(offsets, reductionLoop, begin);
    panel.depth = b.sub(end, begin);
    Values atColumn = r.advance(atPanel, vectorLoop(), firstColumn);
    b.when(copies, [&] {
      copyPanel(atColumn, buffer, panel.depth, b.sub(endColumn, firstColumn));
    });
    panel.base = b.createOrFold<arith::SelectOp>(copies, buffer, access.base);
    panel.stride = b.createOrFold<arith::SelectOp>(
        copies, b.constant(width),
        r.nest.materialize(b, access.strides[reductionLoop]));
    // Tiles move it by their column, which a panel counts from its own first.
    atPanel[*panelInput] = b.createOrFold<arith::SelectOp>(
        copies, b.sub(b.constant(0), firstColumn), atPanel[*panelInput]);
    emitTask(atPanel, firstRow, endRow, firstColumn, endColumn);
  };

  panel = Panel();
  if (knownDepth && *knownDepth <= kPanelRows) {
    emitPanel(b.constant(0), depth);
    return;
  }
  // Without any step there is still a start to store.
  Value last = b.createOrFold<arith::MaxSIOp>(depth, b.constant(1));
  b.loop(b.constant(0), last, b.constant(kPanelRows), [&](Value begin) {
    Value end = b.min(depth, b.add(begin, b.constant(kPanelRows)));
    panel.isFirst = b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq,
                                                  begin, b.constant(0));
    panel.isLast =
        b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, end, depth);
    emitPanel(begin, end);
  });
}

/// Rows of a task: whole tiles, as many as leave enough tasks.
Value TileEmitter::chooseTaskRows(Value rows, Value otherTasks) {
  Value one = b.constant(1);
  Value groups = b.add(b.div(b.constant(kEnoughTasks),
                             b.createOrFold<arith::MaxSIOp>(otherTasks, one)),
                       one);
  Value tiles =
      b.divUp(b.div(b.add(rows, b.sub(groups, one)), groups), maxRows);
  tiles = b.min(tiles, b.constant(kMaxTilesOfTask));
  return b.mul(b.createOrFold<arith::MaxSIOp>(tiles, one), b.constant(maxRows));
}

void TileEmitter::run() {
  chooseTile();

  // Tasks: the outer loops, times columns of tiles, times groups of rows.
  unsigned outer = vectorLoop() - hasRows;
  int64_t taskColumns = int64_t(r.lanes) * maxVectors;
  Value columns = r.nest.getSize(b, vectorLoop());
  Value rows = hasRows ? r.nest.getSize(b, vectorLoop() - 1) : b.constant(1);
  Value columnTasks = b.divUp(columns, taskColumns);
  Value otherTasks =
      b.mul(r.nest.materialize(b, r.nest.getSize(0, outer)), columnTasks);
  Value taskRows = chooseTaskRows(rows, otherTasks);
  Value rowTasks = b.div(b.add(rows, b.sub(taskRows, b.constant(1))), taskRows);
  int64_t stepWork = estimateWork(*r.op.getBody()) * maxVectors;
  Value work =
      b.mul(b.mul(b.constant(stepWork), b.min(rows, taskRows)),
            r.nest.materialize(
                b, r.nest.getSize(r.getNumParallel(), r.nest.loops.size())));
  Values start = r.getStartOffsets();
  r.emitter.parallelFor(b.mul(otherTasks, rowTasks), work, [&](Value number) {
    Value firstRow = b.mul(b.rem(number, rowTasks), taskRows);
    Value endRow = b.min(rows, b.add(firstRow, taskRows));
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
    if (panelInput)
      emitPanels(offsets, firstRow, endRow, firstColumn, endColumn);
    else
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
