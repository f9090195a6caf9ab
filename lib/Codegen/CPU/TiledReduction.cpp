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

#include "TileEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace graph_compile::cpu {

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

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

/// Moves loop `loop` to the place before loop `before`.
void TileEmitter::moveLoop(unsigned loop, unsigned before) {
  SmallVector<unsigned> order;
  for (unsigned other = 0; other != r.nest.loops.size(); ++other) {
    if (other == before)
      order.push_back(loop);
    if (other != loop)
      order.push_back(other);
  }
  r.reorder(order);
}

/// Moves a parallel loop that a vector operand does not depend on to the place
/// before the vector loop.
bool TileEmitter::findRowLoop() {
  for (unsigned loop = vectorLoop(); loop-- > 0;) {
    bool isShared = false;
    for (unsigned input = 0; input != r.getNumInputs(); ++input)
      isShared |= moves(input, vectorLoop()) && !moves(input, loop);
    if (!isShared)
      continue;
    moveLoop(loop, vectorLoop());
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
  if (!findPackedInput())
    return false;
  hasRows = findRowLoop();
  usesWindows = findWindows();
  if (r.nest.hasWindows() && !usesWindows)
    return false;
  if (!packedInput && !usesWindows)
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
  return packedInput || !(columns && *columns * 4 < r.lanes && rowsFit);
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
// Loops around tiles
//===----------------------------------------------------------------------===//

/// All rows of the tiles at `atColumn`: full tiles, then the rest.
void TileEmitter::emitRows(const Values &atColumn, Value firstRow, Value endRow,
                           const Tile &shape) {
  auto emitTiles = [&](Value begin, Value end, unsigned rows) {
    Tile tile = shape;
    tile.rows = rows;
    b.loop(begin, end, b.constant(rows), [&](Value row) {
      if (rowPart == RowPart::Whole)
        rowBlock.row = b.sub(row, rowBlock.firstRow);
      emitTileAt(r.advance(atColumn, rowLoop(), row), tile, row);
    });
  };
  Value whole =
      b.sub(endRow, b.rem(b.sub(endRow, firstRow), b.constant(maxRows)));
  if (rowPart != RowPart::Rest)
    emitTiles(firstRow, whole, maxRows);
  if (rowPart == RowPart::Whole)
    return;
  // The rest comes with the last task only. Of a size that is not known it
  // takes a tile of half the rows, then single rows.
  if (std::optional<int64_t> rows =
          r.nest.loops[vectorLoop() - 1].size.getConstant()) {
    if (*rows % maxRows != 0)
      emitTiles(whole, endRow, *rows % maxRows);
    return;
  }
  if (unsigned half = maxRows / 2; half > 1) {
    Value halfEnd =
        b.sub(endRow, b.rem(b.sub(endRow, whole), b.constant(half)));
    emitTiles(whole, halfEnd, half);
    whole = halfEnd;
  }
  if (maxRows > 1)
    emitTiles(whole, endRow, 1);
}

void TileEmitter::emitColumns(const Values &offsets, Value firstRow,
                              Value endRow, Value column, unsigned vectors,
                              unsigned lanes, Value mask) {
  Values atColumn = r.advance(offsets, vectorLoop(), column);
  // The columns of a panel are neighbours.
  if (panelInput)
    atColumn[*panelInput] = b.add(offsets[*panelInput], column);
  Tile tile{1, vectors, lanes, mask};
  if (usesWindows)
    emitBands(atColumn, firstRow, endRow, tile);
  else if (hasRows)
    emitRows(atColumn, firstRow, endRow, tile);
  else
    emitTile(atColumn, tile);
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
  // Of a size that is known, the rest is one tile.
  std::optional<int64_t> columns =
      r.nest.loops[vectorLoop()].size.getConstant();
  bool hasMasks = r.emitter.target.hasMasks || packedInput;
  if (columns && hasMasks) {
    int64_t rest = *columns % width;
    if (rest == 0)
      return;
    b.when(b.less(wholeEnd, endColumn), [&] {
      Value mask = rest % lanes == 0
                       ? Value()
                       : b.firstLanes(b.constant(rest % lanes), lanes);
      emitColumns(offsets, firstRow, endRow, wholeEnd,
                  llvm::divideCeil(rest, lanes), lanes, mask);
    });
    return;
  }
  if (maxVectors > 1)
    b.loop(wholeEnd, vectorEnd, b.constant(lanes), [&](Value column) {
      emitColumns(offsets, firstRow, endRow, column, 1, lanes, {});
    });
  if (hasMasks) {
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

/// The offsets at number `number` of the first `outer` loops together.
SmallVector<Value> TileEmitter::getTaskOffsets(Values offsets, unsigned outer,
                                               Value number) {
  for (unsigned loop = outer; loop-- > 0;) {
    Value size = r.nest.getSize(b, loop);
    Value at = loop == 0 ? number : b.rem(number, size);
    enterLoop(loop, at);
    offsets = r.advance(offsets, loop, at);
    number = b.div(number, size);
  }
  return offsets;
}

/// Part number `part` of `parts` of a loop of `size`: whole tiles, shared out
/// evenly, so that threads end together.
TileEmitter::Range TileEmitter::getShare(Value part, Value parts, Value tiles,
                                         Value size, int64_t tileSize) {
  auto getBegin = [&](Value at) {
    return b.mul(b.div(b.mul(at, tiles), parts), b.constant(tileSize));
  };
  return {getBegin(part), b.min(size, getBegin(b.add(part, b.constant(1))))};
}

void TileEmitter::run() {
  if (usesWindows) {
    runWindows();
    return;
  }
  if (packedInput) {
    runPacked();
    return;
  }
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
    Values offsets = getTaskOffsets(start, outer, number);
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
