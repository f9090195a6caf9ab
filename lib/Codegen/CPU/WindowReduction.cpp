//===- WindowReduction.cpp - contractions over windows --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Convolutions as matrix products whose left operand is never written out: a
// tile is some neighbouring windows of an output row by some output channels.
// Tasks are bands of output rows times groups of channels; inside, the rows of
// a band pass while one tile's width of the filter stays in the cache.
//
// Nothing is copied for the zeros around an operand. Where a loop of the result
// is fixed, the taps inside are a range, which is all that the reduction loop
// runs over. Along the row loop the windows of a tile differ: where all lie
// inside, rows are a stride apart; where one does not, each row has an address,
// for each tap that of its elements or of zeros.
//
// A long reduction, as the gradient of a filter is over all images, goes block
// by block: what tiles read of a block stays in the cache, and partial results
// are kept in the output.
//
//===----------------------------------------------------------------------===//

#include "TileEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Bytes of a band that stay in a second-level cache, and of a filter that
/// does not.
static constexpr int64_t kBandBytes = 256 * 1024;
static constexpr int64_t kLargeFactorBytes = 512 * 1024;
/// Bytes that one tile's columns and all rows read, beyond which a reduction is
/// cut into blocks, and of such a block.
static constexpr int64_t kLargeReductionBytes = 1024 * 1024;
static constexpr int64_t kBlockBytes = 512 * 1024;
/// What an open number of rows is taken for.
static constexpr int64_t kUsualRows = 64;
/// Tasks that are enough for threads to end together.
static constexpr int64_t kEnoughTasks = 16;
/// The same where each task reads all of a long reduction, so that they share
/// the way to the memory.
static constexpr int64_t kEnoughLongTasks = 6;
/// Zeros that are kept at hand for windows which leave the operand.
static constexpr int64_t kMaxZeroBytes = 64 * 1024;
static constexpr unsigned kMaxVectors = 4;
/// As many rows have an address in a register each.
static constexpr unsigned kMaxRows = 8;

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

/// Moves a parallel loop that the factor which rows share does not depend on to
/// the place before the row loop.
bool TileEmitter::findBandLoop() {
  for (unsigned loop = rowLoop(); loop-- > 0;) {
    bool isShared = true;
    for (unsigned input = 0; input != r.getNumInputs(); ++input)
      if (moves(input, vectorLoop()) && !moves(input, rowLoop()))
        isShared &= !moves(input, loop);
    if (!isShared)
      continue;
    moveLoop(loop, rowLoop());
    return true;
  }
  return false;
}

/// How many elements after the first one loops inside reduction loop `loop` and
/// the vectors of a tile reach.
std::optional<int64_t> TileEmitter::getZeroElements(unsigned input,
                                                    unsigned loop) const {
  const Access &access = r.getInput(input);
  int64_t reach = moves(input, vectorLoop()) ? kMaxVectors * r.lanes : 1;
  for (unsigned inner = loop + 1; inner != r.nest.loops.size(); ++inner) {
    std::optional<int64_t> size = r.nest.loops[inner].size.getConstant();
    std::optional<int64_t> stride = access.strides[inner].getConstant();
    if (!size || !stride || *stride < 0)
      return std::nullopt;
    reach += std::max<int64_t>(*size - 1, 0) * *stride;
  }
  return llvm::alignTo(reach, r.lanes);
}

/// Finds the window that the row loop is part of. False if there are windows
/// that tiles cannot take.
bool TileEmitter::findRowWindow() {
  llvm::SmallBitVector isCut(r.nest.loops.size());
  for (unsigned input = 0; input != r.getNumInputs(); ++input)
    for (const Window &window : r.getInput(input).windows) {
      if (window.parallel == vectorLoop() || isCut.test(window.reduction))
        return false;
      isCut.set(window.reduction);
      if (!hasRows || window.parallel != rowLoop())
        continue;
      std::optional<int64_t> zeros = getZeroElements(input, window.reduction);
      if (rowWindow || !zeros ||
          *zeros * getStorageBytes(r.getInput(input).elementType) >
              kMaxZeroBytes)
        return false;
      rowWindow.emplace();
      rowWindow->input = input;
      rowWindow->window = window;
    }
  return true;
}

/// Whether the reduction is one over windows, or walks its operands as one over
/// windows without zeros around them does.
bool TileEmitter::findWindows() {
  if (r.getNumOutputs() != 1 || !r.combiners[0].product || r.inBlocks)
    return false;
  unsigned numReductions = r.nest.loops.size() - r.getNumParallel();
  if (!r.nest.hasWindows() && (!hasRows || numReductions < 2))
    return false;
  hasBands = hasRows && findBandLoop();
  return findRowWindow();
}

/// Vectors first: each is loaded once for all rows.
void TileEmitter::chooseWindowTile() {
  unsigned registers = r.emitter.target.vectorRegisters;
  maxVectors = registers >= 32 ? kMaxVectors : kMaxVectors / 2;
  if (std::optional<int64_t> columns =
          r.nest.loops[vectorLoop()].size.getConstant())
    while (maxVectors > 1 && *columns <= int64_t(maxVectors / 2) * r.lanes)
      maxVectors /= 2;
  if (!hasRows)
    return;
  maxRows = std::clamp((registers - 1 - maxVectors) / maxVectors, 1u, kMaxRows);
  // Equal tiles rather than full ones and a small rest.
  if (std::optional<int64_t> rows = r.nest.loops[rowLoop()].size.getConstant())
    if (*rows > 0)
      maxRows = llvm::divideCeil(*rows, llvm::divideCeil(*rows, maxRows));
}

/// Whether the factor that rows share is too large to be fetched again for each
/// band.
bool TileEmitter::isFactorLarge() const {
  for (unsigned input = 0; input != r.getNumInputs(); ++input) {
    if (!moves(input, vectorLoop()) || (hasRows && moves(input, rowLoop())))
      continue;
    int64_t bytes = getStorageBytes(r.getInput(input).elementType);
    for (unsigned loop = 0; loop != r.nest.loops.size(); ++loop)
      if (moves(input, loop))
        bytes *= r.nest.loops[loop].size.getConstant().value_or(1);
    if (bytes > kLargeFactorBytes)
      return true;
  }
  return false;
}

/// How many parts `bands` are cut into: `needed`, but no larger ones than the
/// cache holds.
Value TileEmitter::chooseBandParts(Value bands, Value needed) {
  int64_t bandBytes = 1;
  for (unsigned input = 0; hasBands && input != r.getNumInputs(); ++input)
    if (moves(input, bandLoop()))
      bandBytes = std::max<int64_t>(
          bandBytes,
          r.getInput(input).strides[bandLoop()].getConstant().value_or(1) *
              getStorageBytes(r.getInput(input).elementType));
  int64_t bandsOfCache = std::max<int64_t>(kBandBytes / bandBytes, 1);
  return b.max(b.min(b.max(needed, b.divUp(bands, bandsOfCache)), bands),
               b.constant(1));
}

/// Bytes that a tile's columns and all rows read in one step of reduction loop
/// `loop`.
std::optional<int64_t> TileEmitter::getStepBytes(unsigned loop) const {
  int64_t total = 0;
  for (unsigned input = 0; input != r.getNumInputs(); ++input) {
    if (!moves(input, loop))
      continue;
    Product elements;
    for (unsigned inner = loop + 1; inner != r.nest.loops.size(); ++inner)
      if (moves(input, inner))
        elements = elements * r.nest.loops[inner].size;
    if (moves(input, vectorLoop()))
      elements.factor *= int64_t(r.lanes) * maxVectors;
    if (hasRows && moves(input, rowLoop()))
      elements.factor *=
          r.nest.loops[rowLoop()].size.getConstant().value_or(kUsualRows);
    std::optional<int64_t> known = elements.getConstant();
    if (!known)
      return std::nullopt;
    total += *known * getStorageBytes(r.getInput(input).elementType);
  }
  return total;
}

/// Steps of reduction loop `loop` that a block has; 0 if it is not cut.
int64_t TileEmitter::chooseBlockSteps(unsigned loop) const {
  // Partial results are kept in the output, so they must not be rounded.
  if (r.nest.accesses[r.getNumInputs()].elementType != r.combiners[0].type ||
      loop + 1 >= r.nest.loops.size())
    return 0;
  std::optional<int64_t> bytes = getStepBytes(loop);
  std::optional<int64_t> size = r.nest.loops[loop].size.getConstant();
  if (bytes && size && *bytes * *size <= kLargeReductionBytes)
    return 0;
  int64_t steps = bytes ? std::max<int64_t>(kBlockBytes / *bytes, 1) : 1;
  // Equal blocks rather than full ones and a small rest.
  return size && *size > 0
             ? llvm::divideCeil(*size, llvm::divideCeil(*size, steps))
             : steps;
}

//===----------------------------------------------------------------------===//
// Windows at the border
//===----------------------------------------------------------------------===//

/// The numbers of the loop of step `step` that meet with `fixed`, the other
/// part of the place, inside `window`: all in [0, size).
static std::pair<Value, Value> getNumbersInside(CodeBuilder &b,
                                                const Window &window,
                                                Value fixed, int64_t step,
                                                Value count) {
  Value zero = b.constant(0);
  // The place that the first number should have, and that after the last.
  Value first = b.sub(window.before, fixed);
  Value end = b.add(first, window.size);
  Value stepBefore = b.constant(step - 1), stepValue = b.constant(step);
  return {b.div(b.add(b.max(first, zero), stepBefore), stepValue),
          b.min(count, b.div(b.max(b.add(end, stepBefore), zero), stepValue))};
}

/// Parallel loop `loop` is at `number`: cuts the reduction loops of its
/// windows.
void TileEmitter::enterLoop(unsigned loop, Value number) {
  ranges.resize(r.nest.loops.size());
  for (unsigned input = 0; input != r.getNumInputs(); ++input)
    for (const Window &window : r.getInput(input).windows) {
      if (window.parallel != loop)
        continue;
      auto [begin, end] = getNumbersInside(
          b, window, b.mul(number, b.constant(window.parallelStep)),
          window.reductionStep, r.nest.getSize(b, window.reduction));
      ranges[window.reduction] = Range{begin, end};
    }
}

TileEmitter::Range TileEmitter::getRange(unsigned loop) {
  Range all{b.constant(0), r.nest.getSize(b, loop)};
  if (loop < ranges.size() && ranges[loop])
    all = *ranges[loop];
  if (loop < blocks.size() && blocks[loop])
    all = {b.max(all.begin, blocks[loop]->begin),
           b.min(all.end, blocks[loop]->end)};
  return all;
}

/// Whether reduction loop `loop` and the next, the innermost, are one walk: of
/// windows inside, a row of taps with their channels is.
bool TileEmitter::joinsNext(unsigned loop) const {
  if (!usesWindows || loop + 2 != r.nest.loops.size() || isAtBorder() ||
      (loop + 1 < ranges.size() && ranges[loop + 1]) ||
      (loop + 1 < blocks.size() && blocks[loop + 1]))
    return false;
  const Product &inner = r.nest.loops[loop + 1].size;
  return r.nest.loops[loop].size.getConstant() && inner.getConstant() &&
         llvm::all_of(r.nest.accesses, [&](const Access &access) {
           return access.scalar ||
                  access.strides[loop] == access.strides[loop + 1] * inner;
         });
}

/// Computes, for all tiles of a task, which rows have their windows inside, and
/// provides zeros.
void TileEmitter::prepareRowWindow() {
  if (!rowWindow)
    return;
  const Window &window = rowWindow->window;
  Value zero = b.constant(0);
  Value rows = r.nest.getSize(b, rowLoop());
  // From where the first tap is inside, to where the last one is.
  Value lastTap =
      b.mul(b.sub(r.nest.getSize(b, window.reduction), b.constant(1)),
            b.constant(window.reductionStep));
  Value begin =
      getNumbersInside(b, window, zero, window.parallelStep, rows).first;
  Value end =
      getNumbersInside(b, window, lastTap, window.parallelStep, rows).second;
  rowWindow->inside = {begin, end};

  const Access &access = r.getInput(rowWindow->input);
  int64_t count = *getZeroElements(rowWindow->input, window.reduction);
  rowWindow->zeros =
      r.emitter.stackBuffer(count * getStorageBytes(access.elementType));
  Type type = CodeBuilder::withLanes(access.elementType, r.lanes);
  Value zeros =
      b.splatConstant(type, cast<TypedAttr>(b.getZeroAttr(access.elementType)));
  b.loop(zero, b.constant(count), b.constant(r.lanes),
         [&](Value at) { b.store(zeros, rowWindow->zeros, at); });
}

/// The rows of a tile at the border went to tap `tap`: chooses an address for
/// each, from which offsets count from then on.
void TileEmitter::chooseBases(MutableArrayRef<Values> rows, Value tap) {
  const Window &window = rowWindow->window;
  const Access &access = r.getInput(rowWindow->input);
  Value ofTap =
      b.sub(b.mul(tap, b.constant(window.reductionStep)), window.before);
  rowWindow->bases.clear();
  for (auto [row, offsets] : llvm::enumerate(rows)) {
    Value number = b.add(rowWindow->firstRow, b.constant(row));
    Value place = b.add(b.mul(number, b.constant(window.parallelStep)), ofTap);
    // A place before the first is a large one as an unsigned number.
    Value isInside = b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ult,
                                                   place, window.size);
    Value &offset = offsets[rowWindow->input];
    Value address = b.address(access.base, access.elementType, offset);
    rowWindow->bases.push_back(
        b.createOrFold<arith::SelectOp>(isInside, address, rowWindow->zeros));
    offset = b.constant(0);
  }
}

/// One tile at `offsets`, whose first row is `row`.
void TileEmitter::emitTileAt(const Values &offsets, const Tile &tile,
                             Value row) {
  if (!rowWindow) {
    emitTile(offsets, tile);
    return;
  }
  auto emitAtBorder = [&] {
    rowWindow->firstRow = row;
    emitTile(offsets, tile);
    rowWindow->firstRow = {};
  };
  auto [begin, end] = rowWindow->inside;
  std::optional<int64_t> length = getConstant(b.sub(end, begin));
  if (length && *length < tile.rows) {
    emitAtBorder();
    return;
  }
  Value endRow = b.add(row, b.constant(tile.rows));
  Value isInside = b.createOrFold<arith::AndIOp>(
      b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::sge, row, begin),
      b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::sle, endRow, end));
  auto branch = scf::IfOp::create(b, isInside, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  emitTile(offsets, tile);
  b.setInsertionPointToStart(branch.elseBlock());
  emitAtBorder();
}

//===----------------------------------------------------------------------===//
// Loops around tiles
//===----------------------------------------------------------------------===//

/// All rows of the bands at work of the tiles at `atColumn`.
void TileEmitter::emitBands(const Values &atColumn, Value firstRow,
                            Value endRow, const Tile &shape) {
  if (!hasBands) {
    if (hasRows)
      emitRows(atColumn, firstRow, endRow, shape);
    else
      emitTile(atColumn, shape);
    return;
  }
  b.loop(bands.begin, bands.end, b.constant(1), [&](Value band) {
    enterLoop(bandLoop(), band);
    emitRows(r.advance(atColumn, bandLoop(), band), firstRow, endRow, shape);
  });
}

/// Runs `body` for each block of reduction loop number `depth` and, where a
/// step of it is a block already, of the next.
void TileEmitter::emitBlocks(unsigned depth, function_ref<void()> body) {
  unsigned loop = r.getNumParallel() + depth;
  blocks.resize(r.nest.loops.size());
  int64_t steps = depth < 2 ? chooseBlockSteps(loop) : 0;
  if (steps == 0) {
    body();
    return;
  }
  Value zero = b.constant(0), size = r.nest.getSize(b, loop);
  auto isAlso = [&](Value before, arith::CmpIPredicate predicate, Value lhs,
                    Value rhs) {
    Value is = b.createOrFold<arith::CmpIOp>(predicate, lhs, rhs);
    return before ? b.createOrFold<arith::AndIOp>(before, is) : is;
  };
  Panel outer = panel;
  // Without any step there is still a start to store.
  b.loop(zero, b.max(size, b.constant(1)), b.constant(steps), [&](Value begin) {
    Value end = b.min(size, b.add(begin, b.constant(steps)));
    blocks[loop] = Range{begin, end};
    panel.isFirst =
        isAlso(outer.isFirst, arith::CmpIPredicate::eq, begin, zero);
    panel.isLast = isAlso(outer.isLast, arith::CmpIPredicate::eq, end, size);
    if (steps == 1)
      emitBlocks(depth + 1, body);
    else
      body();
  });
  blocks[loop].reset();
  panel = outer;
}

void TileEmitter::runWindows() {
  chooseWindowTile();

  // Tasks: the outer loops, times parts of the bands (without them, of the
  // rows), times groups of columns. The next task has the same columns of the
  // filter where it can.
  unsigned outer = vectorLoop() - hasRows - hasBands;
  int64_t tileColumns = int64_t(r.lanes) * maxVectors;
  Value one = b.constant(1);
  Value columns = r.nest.getSize(b, vectorLoop());
  Value rows = hasRows ? r.nest.getSize(b, rowLoop()) : one;
  Value rowTiles = b.divUp(rows, maxRows);
  Value columnTiles = b.divUp(columns, tileColumns);
  Value all = hasBands ? r.nest.getSize(b, bandLoop()) : rowTiles;
  Value outerTasks = r.nest.materialize(b, r.nest.getSize(0, outer));
  bool isLong = chooseBlockSteps(r.getNumParallel()) != 0;
  Value enough = b.constant(isLong ? kEnoughLongTasks : kEnoughTasks);
  Value needed = b.add(b.div(b.sub(enough, one), b.max(outerTasks, one)), one);
  Value parts, groups;
  auto getRest = [&](Value taken) {
    return b.div(b.add(needed, b.sub(taken, one)), taken);
  };
  if (isFactorLarge()) {
    groups = b.max(b.min(columnTiles, needed), one);
    parts = chooseBandParts(all, getRest(groups));
  } else {
    parts = chooseBandParts(all, needed);
    groups = b.max(b.min(columnTiles, getRest(parts)), one);
  }
  Value depth = r.nest.materialize(
      b, r.nest.getSize(r.getNumParallel(), r.nest.loops.size()));
  Value tiles = b.div(b.mul(b.mul(all, hasBands ? rowTiles : one), columnTiles),
                      b.mul(parts, groups));
  Value work = b.mul(b.constant(estimateStepWork() * maxRows),
                     b.mul(depth, b.add(tiles, one)));
  Values start = r.getStartOffsets();
  Value tasks = b.mul(b.mul(outerTasks, groups), parts);
  r.emitter.parallelFor(tasks, work, [&](Value number) {
    prepareRowWindow();
    Value part = b.rem(number, parts);
    Range taskRows{b.constant(0), rows};
    if (hasBands)
      bands = getShare(part, parts, all, all, 1);
    else
      taskRows = getShare(part, parts, all, rows, maxRows);
    number = b.div(number, parts);
    Range taskColumns = getShare(b.rem(number, groups), groups, columnTiles,
                                 columns, tileColumns);
    number = b.div(number, groups);
    Values offsets = getTaskOffsets(start, outer, number);
    emitBlocks(/*depth=*/0, [&] {
      emitTask(offsets, taskRows.begin, taskRows.end, taskColumns.begin,
               taskColumns.end);
    });
  });
}

} // namespace graph_compile::cpu
