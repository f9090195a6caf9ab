//===- PackedReduction.cpp - contractions with a factor in panels ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The right factor is a constant that lies in panels of columns, which a tile
// reads from end to end. Tasks are blocks of rows times groups of panels. The
// rows of a block stay in the second-level cache while the panels pass; where
// enough panels do, the rows are first copied to where a tile reads them
// without gaps too: rows that are a power of two apart would fall on the same
// few places of the first-level cache.
//
//===----------------------------------------------------------------------===//

#include "TileEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Bytes of a block of rows: they stay in a second-level cache.
static constexpr int64_t kBlockBytes = 256 * 1024;
/// Steps of the reduction whose elements of one row are copied together.
static constexpr int64_t kStepGroup = 4;
/// Columns from which on copying rows pays, and steps.
static constexpr int64_t kMinColumnsOfCopy = 256;
static constexpr int64_t kMinStepsOfCopy = 128;
/// Tasks that are enough for threads to end together, and tiles for which the
/// panels are worth fetching.
static constexpr int64_t kEnoughTasks = 16;
static constexpr int64_t kMinTilesOfBlock = 3;
/// Tiles of rows that are too few to lose a row each.
static constexpr int64_t kFewTiles = 8;
/// Accumulators that keep the multiply-add units busy, and the most vectors of
/// a tile.
static constexpr unsigned kMinAccumulators = 8;
static constexpr unsigned kMaxVectors = 4;
static constexpr unsigned kMaxRows = 14;

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

/// Finds the operand in panels. False if panels are along another loop than
/// that of the vectors, or of more operands than one.
bool TileEmitter::findPackedInput() {
  for (auto [number, access] : llvm::enumerate(r.nest.accesses)) {
    if (!access.panels)
      continue;
    if (packedInput || number >= r.getNumInputs() ||
        access.panels->loop != vectorLoop() ||
        access.panels->width % r.lanes != 0)
      return false;
    packedInput = number;
  }
  return true;
}

/// Steps of the reduction; all loops of the factor in panels have known sizes.
int64_t TileEmitter::getDepth() const {
  return r.nest.getSize(r.getNumParallel(), r.nest.loops.size())
      .getConstant()
      .value_or(0);
}

/// Two vectors of a panel by as many rows as registers hold; of a few rows more
/// vectors, as long as their sums would have to wait for each other.
void TileEmitter::choosePackedTile() {
  unsigned registers = r.emitter.target.vectorRegisters;
  const Panels &panels = *r.getInput(*packedInput).panels;
  int64_t panelVectors = panels.width / r.lanes;
  maxVectors = std::min<int64_t>(2, panelVectors);
  std::optional<int64_t> rows =
      hasRows ? r.nest.loops[vectorLoop() - 1].size.getConstant() : 1;
  if (hasRows) {
    maxRows = std::min((registers - 1 - maxVectors) / maxVectors, kMaxRows);
    // Equal tiles rather than full ones and a small rest, and an even number of
    // them for two threads to share.
    if (rows && *rows > 0) {
      int64_t tiles = llvm::divideCeil(*rows, maxRows);
      if (tiles > kFewTiles)
        tiles += tiles % 2;
      maxRows = llvm::divideCeil(*rows, tiles);
    }
  }
  std::optional<int64_t> columns =
      r.nest.loops[vectorLoop()].size.getConstant();
  while (maxRows * maxVectors < kMinAccumulators && maxVectors < kMaxVectors &&
         columns && *columns > int64_t(maxVectors) * r.lanes)
    maxVectors *= 2;
}

/// Roughly how many simple operations a step of the reduction is for one row of
/// a tile. A few rows wait for the panel.
int64_t TileEmitter::estimateStepWork() const {
  constexpr int64_t kLoadWork = 3;
  return maxVectors * std::max<int64_t>(estimateWork(*r.op.getBody()),
                                        kLoadWork * 3 / maxRows);
}

/// Rows of a block at most: whole tiles.
int64_t TileEmitter::chooseBlockRows() const {
  if (!hasRows)
    return 1;
  int64_t tileBytes =
      rowBlock.depth * maxRows * getStorageBytes(r.combiners[0].type);
  int64_t tiles = std::max<int64_t>(kBlockBytes / tileBytes, 1);
  if (std::optional<int64_t> rows =
          r.nest.loops[vectorLoop() - 1].size.getConstant())
    tiles = std::min<int64_t>(
        tiles, std::max<int64_t>(llvm::divideCeil(*rows, maxRows), 1));
  return tiles * maxRows;
}

/// Steps of the reduction that one tile's rows are copied for at a time: all,
/// or equal parts of them.
int64_t TileEmitter::chooseBlockDepth() const {
  int64_t depth = std::max<int64_t>(getDepth(), 1);
  int64_t most = kBlockBytes / (maxRows * getStorageBytes(r.combiners[0].type));
  most -= most % kStepGroup;
  int64_t parts = llvm::divideCeil(depth, most);
  return llvm::alignTo(llvm::divideCeil(depth, parts), kStepGroup);
}

/// Finds the operand whose rows are worth a copy: the other factor, whose
/// elements follow each other in the only reduction loop.
void TileEmitter::findCopiedInput() {
  unsigned reductionLoop = r.getNumParallel();
  std::optional<int64_t> columns =
      r.nest.loops[vectorLoop()].size.getConstant();
  if (!hasRows || reductionLoop + 1 != r.nest.loops.size() ||
      r.getNumOutputs() != 1 || !columns || *columns < kMinColumnsOfCopy ||
      getDepth() < kMinStepsOfCopy)
    return;
  std::optional<int64_t> rows =
      r.nest.loops[vectorLoop() - 1].size.getConstant();
  if (rows && *rows <= maxRows)
    return;
  // Partial results are kept in the output, so they must not be rounded.
  if (rowBlock.depth < getDepth() &&
      r.nest.accesses[r.getNumInputs()].elementType != r.combiners[0].type)
    return;
  for (unsigned input = 0; input != r.getNumInputs(); ++input) {
    const Access &access = r.getInput(input);
    if (input != packedInput && moves(input, vectorLoop() - 1) &&
        access.strides[reductionLoop].isOne())
      copiedInput = input;
  }
}

//===----------------------------------------------------------------------===//
// Blocks of rows
//===----------------------------------------------------------------------===//

/// Emits `body` for the last part of the reduction.
void TileEmitter::whenLast(function_ref<void()> body) {
  if (panel.isLast)
    b.when(panel.isLast, body);
  else
    body();
}

/// Copies the whole tiles of [firstRow, endRow): of each tile, group by group
/// of steps, row by row.
void TileEmitter::copyRows(const Values &offsets, Value firstRow,
                           Value endRow) {
  const Access &access = r.getInput(*copiedInput);
  int64_t tileSize = rowBlock.depth * maxRows;
  Value rowStride = r.nest.materialize(b, access.strides[vectorLoop() - 1]);
  Value tiles = b.div(b.sub(endRow, firstRow), b.constant(maxRows));
  auto copy = [&](Value tile, Value group, int64_t steps) {
    Value row = b.add(firstRow, b.mul(tile, b.constant(maxRows)));
    Value from = b.add(b.add(offsets[*copiedInput], b.mul(row, rowStride)),
                       b.mul(group, b.constant(kStepGroup)));
    Value to = b.add(b.mul(tile, b.constant(tileSize)),
                     b.mul(group, b.constant(kStepGroup * maxRows)));
    for (unsigned i = 0; i != maxRows; ++i) {
      Value source = b.add(from, b.mul(b.constant(i), rowStride));
      Value target = b.add(to, b.constant(i * kStepGroup));
      if (steps == kStepGroup) {
        b.store(b.load(access.base, access.elementType, source, kStepGroup),
                rowBlock.base, target);
        continue;
      }
      for (int64_t j = 0; j != steps; ++j)
        b.store(b.load(access.base, access.elementType,
                       b.add(source, b.constant(j))),
                rowBlock.base, b.add(target, b.constant(j)));
    }
  };
  b.loop(b.constant(0), tiles, b.constant(1), [&](Value tile) {
    b.loop(b.constant(0), rowBlock.groups, b.constant(1),
           [&](Value group) { copy(tile, group, kStepGroup); });
    if (int64_t rest = getDepth() % kStepGroup)
      whenLast([&] { copy(tile, rowBlock.groups, rest); });
  });
}

/// The reduction of a tile whose rows are in the block.
SmallVector<Value> TileEmitter::emitRowSteps(ArrayRef<Values> rows,
                                             const Tile &tile, Values values) {
  Value stride = r.nest.materialize(
      b, r.getInput(*packedInput).strides[r.getNumParallel()]);
  Value start = b.mul(rowBlock.row, b.constant(rowBlock.depth));
  auto emitGroup = [&](Value group, int64_t steps, Values carried) {
    Value first = b.mul(group, b.constant(kStepGroup));
    Value inBlock = b.add(start, b.mul(first, b.constant(tile.rows)));
    for (int64_t i = 0; i != steps; ++i) {
      SmallVector<Values> moved(rows);
      for (auto [row, offsets] : llvm::enumerate(moved)) {
        offsets[*packedInput] =
            b.add(b.add(offsets[*packedInput], b.mul(first, stride)),
                  b.mul(b.constant(i), stride));
        offsets[*copiedInput] =
            b.add(inBlock, b.constant(int64_t(row) * kStepGroup + i));
      }
      step(moved, tile, carried);
    }
    return carried;
  };
  values = b.loop(b.constant(0), rowBlock.groups, b.constant(1), values,
                  [&](Value group, ValueRange carried) {
                    return emitGroup(group, kStepGroup, Values(carried));
                  });
  int64_t rest = getDepth() % kStepGroup;
  if (rest == 0 || !panel.isLast)
    return emitGroup(rowBlock.groups, rest, values);
  auto branch = scf::IfOp::create(b, ValueRange(values).getTypes(),
                                  panel.isLast, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, emitGroup(rowBlock.groups, rest, values));
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, values);
  return Values(branch.getResults());
}

//===----------------------------------------------------------------------===//
// Loops around tiles
//===----------------------------------------------------------------------===//

/// Whole tiles of rows from copies: a long reduction goes part by part, with
/// partial results in the output.
void TileEmitter::emitCopied(const Values &offsets, Value firstRow,
                             Value endRow, Value firstColumn, Value endColumn) {
  int64_t depth = getDepth();
  rowPart = RowPart::Whole;
  rowBlock.firstRow = firstRow;
  auto emitPart = [&](Value begin, Value steps) {
    Values atPart = r.advance(offsets, r.getNumParallel(), begin);
    rowBlock.groups = b.div(steps, b.constant(kStepGroup));
    copyRows(atPart, firstRow, endRow);
    emitTask(atPart, firstRow, endRow, firstColumn, endColumn);
  };
  if (rowBlock.depth >= depth) {
    emitPart(b.constant(0), b.constant(depth));
  } else {
    Value end = b.constant(depth), length = b.constant(rowBlock.depth);
    b.loop(b.constant(0), end, length, [&](Value begin) {
      Value rest = b.sub(end, begin);
      panel.isFirst = b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq,
                                                    begin, b.constant(0));
      panel.isLast = b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::sle,
                                                   rest, length);
      emitPart(begin, b.min(rest, length));
    });
    panel = Panel();
  }
  rowPart = RowPart::All;
}

/// Rows and columns of one task: whole tiles from copies, if there are any, the
/// rest from where it is.
void TileEmitter::emitBlock(const Values &offsets, Value firstRow, Value endRow,
                            Value firstColumn, Value endColumn) {
  if (!copiedInput) {
    emitTask(offsets, firstRow, endRow, firstColumn, endColumn);
    return;
  }
  Value whole =
      b.sub(endRow, b.rem(b.sub(endRow, firstRow), b.constant(maxRows)));
  emitCopied(offsets, firstRow, whole, firstColumn, endColumn);
  rowPart = RowPart::Rest;
  b.when(b.less(whole, endRow),
         [&] { emitTask(offsets, whole, endRow, firstColumn, endColumn); });
  rowPart = RowPart::All;
}

/// `tasks` as a multiple of what threads come in, so that none is left with one
/// more than the others; no more than there are `tiles`.
static Value roundTasks(CodeBuilder &b, Value tasks, Value tiles) {
  Value rounded = b.mul(b.divUp(tasks, 4), b.constant(4));
  Value isMany = b.less(b.constant(2), tasks);
  return b.min(tiles, b.createOrFold<arith::SelectOp>(isMany, rounded, tasks));
}

void TileEmitter::runPacked() {
  choosePackedTile();
  rowBlock.depth = chooseBlockDepth();
  int64_t blockRows = chooseBlockRows();
  findCopiedInput();

  // Tasks: the outer loops, times blocks of rows, times groups of columns.
  unsigned outer = vectorLoop() - hasRows;
  int64_t tileColumns = int64_t(r.lanes) * maxVectors;
  Value one = b.constant(1);
  Value columns = r.nest.getSize(b, vectorLoop());
  Value rows = hasRows ? r.nest.getSize(b, vectorLoop() - 1) : one;
  Value rowTiles = b.divUp(rows, maxRows);
  Value columnTiles = b.divUp(columns, tileColumns);
  Value blocks = b.max(b.divUp(rows, blockRows),
                       roundTasks(b,
                                  b.min(b.divUp(rowTiles, kMinTilesOfBlock),
                                        b.constant(kEnoughTasks)),
                                  rowTiles));
  Value otherTasks =
      b.mul(r.nest.materialize(b, r.nest.getSize(0, outer)), blocks);
  Value groups =
      b.add(b.div(b.constant(kEnoughTasks - 1), b.max(otherTasks, one)), one);
  int64_t leastTiles =
      copiedInput ? llvm::divideCeil(kMinColumnsOfCopy, tileColumns) : 1;
  groups =
      b.max(b.min(groups, b.div(columnTiles, b.constant(leastTiles))), one);
  Value rowsOfTask = b.add(b.div(rows, b.max(blocks, one)), one);
  Value tilesOfTask = b.div(b.add(columnTiles, b.sub(groups, one)), groups);
  Value work =
      b.mul(b.mul(b.constant(estimateStepWork() * getDepth()), tilesOfTask),
            rowsOfTask);
  Values start = r.getStartOffsets();
  r.emitter.parallelFor(b.mul(otherTasks, groups), work, [&](Value number) {
    if (copiedInput)
      rowBlock.base = r.emitter.stackBuffer(
          blockRows * rowBlock.depth *
          getStorageBytes(r.getInput(*copiedInput).elementType));
    auto [firstColumn, endColumn] = getShare(b.rem(number, groups), groups,
                                             columnTiles, columns, tileColumns);
    number = b.div(number, groups);
    auto [firstRow, endRow] =
        getShare(b.rem(number, blocks), blocks, rowTiles, rows, maxRows);
    number = b.div(number, blocks);
    emitBlock(getTaskOffsets(start, outer, number), firstRow, endRow,
              firstColumn, endColumn);
  });
}

} // namespace graph_compile::cpu
