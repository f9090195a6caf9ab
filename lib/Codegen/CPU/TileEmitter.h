//===- TileEmitter.h - reductions in register tiles ----------- -*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_CPU_TILEEMITTER_H
#define GRAPH_COMPILE_LIB_CODEGEN_CPU_TILEEMITTER_H

#include "Reduction.h"

namespace graph_compile::cpu {

/// Emits one reduction: TiledReduction.cpp has the loops around tiles,
/// PackedReduction.cpp those of operands in panels, WindowReduction.cpp those
/// over windows, ReductionTile.cpp the tiles.
class TileEmitter {
public:
  explicit TileEmitter(Reduction &reduction) : r(reduction), b(reduction.b) {}

  bool fits();
  void run();

private:
  using Values = llvm::SmallVector<mlir::Value>;
  /// Rows, vectors and lanes of a tile; lanes 0: one column of scalars. The
  /// mask is that of the last vector.
  struct Tile {
    unsigned rows;
    unsigned vectors;
    unsigned lanes;
    mlir::Value mask;
    unsigned size() const { return rows * vectors; }
    mlir::Value maskOf(unsigned vector) const {
      return vector + 1 == vectors ? mask : mlir::Value();
    }
  };

  /// How the panel operand is read while a panel is at work: row k is
  /// k * stride from where the tile begins.
  struct Panel {
    mlir::Value base, stride;
    /// Its rows.
    mlir::Value depth;
    /// Whether this panel, or the copied part of the rows, begins or ends the
    /// reduction; null: surely.
    mlir::Value isFirst, isLast;
  };

  /// Copied rows of an operand, tile by tile, so that a tile reads them without
  /// gaps: some steps of the reduction of its first row, the same of its
  /// second,
  /// .., then the next steps.
  struct RowBlock {
    mlir::Value base;
    /// The first row of the block, and that of the tile at work, counted from
    /// there.
    mlir::Value firstRow, row;
    /// Steps of the reduction that are copied at a time, a multiple of the
    /// group, and how many groups of them there are now.
    int64_t depth = 0;
    mlir::Value groups;
  };

  /// Numbers [begin, end) of a loop.
  struct Range {
    mlir::Value begin, end;
  };

  /// Tiles whose windows may leave the operand along the row loop, which is
  /// part of `window`. Where one does, its rows begin at an address each: in
  /// the operand, or in `zeros`.
  struct RowWindow {
    unsigned input = 0;
    Window window;
    /// Rows whose windows lie inside.
    Range inside;
    mlir::Value zeros;
    /// Set while such a tile is emitted: its first row, and the addresses.
    mlir::Value firstRow;
    Values bases;
  };

  /// Which rows are emitted: those of whole tiles, whose operand is copied, or
  /// the others, or all, of which nothing is copied.
  enum class RowPart { All, Whole, Rest };

  bool findRowLoop();
  void moveLoop(unsigned loop, unsigned before);
  void findPanelInput();
  bool findPackedInput();
  void chooseTile();
  void runPacked();
  bool findWindows();
  bool findBandLoop();
  bool findRowWindow();
  std::optional<int64_t> getZeroElements(unsigned input, unsigned loop) const;
  void runWindows();
  void chooseWindowTile();
  mlir::Value chooseBandParts(mlir::Value bands, mlir::Value needed);
  bool isFactorLarge() const;
  void prepareRowWindow();
  std::optional<int64_t> getStepBytes(unsigned loop) const;
  int64_t chooseBlockSteps(unsigned loop) const;
  void emitBlocks(unsigned depth, llvm::function_ref<void()> body);
  void enterLoop(unsigned loop, mlir::Value number);
  Range getRange(unsigned loop);
  bool joinsNext(unsigned loop) const;
  void emitBands(const Values &atColumn, mlir::Value firstRow,
                 mlir::Value endRow, const Tile &shape);
  void emitTileAt(const Values &offsets, const Tile &tile, mlir::Value row);
  void chooseBases(llvm::MutableArrayRef<Values> rows, mlir::Value tap);
  llvm::SmallVector<Values> advanceRows(llvm::ArrayRef<Values> rows,
                                        unsigned loop, mlir::Value iv);
  void choosePackedTile();
  int64_t estimateStepWork() const;
  int64_t chooseBlockRows() const;
  int64_t chooseBlockDepth() const;
  void findCopiedInput();
  void emitBlock(const Values &offsets, mlir::Value firstRow,
                 mlir::Value endRow, mlir::Value firstColumn,
                 mlir::Value endColumn);
  void copyRows(const Values &offsets, mlir::Value firstRow,
                mlir::Value endRow);
  void emitCopied(const Values &offsets, mlir::Value firstRow,
                  mlir::Value endRow, mlir::Value firstColumn,
                  mlir::Value endColumn);
  void whenLast(llvm::function_ref<void()> body);
  Values emitRowSteps(llvm::ArrayRef<Values> rows, const Tile &tile,
                      Values values);
  int64_t getDepth() const;
  mlir::Value getVectorOffset(unsigned access, unsigned vector,
                              const Tile &tile);
  Values getTaskOffsets(Values offsets, unsigned outer, mlir::Value number);
  Range getShare(mlir::Value part, mlir::Value parts, mlir::Value tiles,
                 mlir::Value size, int64_t tileSize);
  bool isCopied(unsigned input) const {
    return rowPart == RowPart::Whole && input == copiedInput;
  }
  mlir::Value chooseTaskRows(mlir::Value rows, mlir::Value otherTasks);
  void emitPanels(const Values &offsets, mlir::Value firstRow,
                  mlir::Value endRow, mlir::Value firstColumn,
                  mlir::Value endColumn);
  void copyPanel(const Values &offsets, mlir::Value buffer, mlir::Value depth,
                 mlir::Value columns);
  Values getStarts(llvm::ArrayRef<Values> rows, const Tile &tile);
  void finishTile(llvm::ArrayRef<Values> rows, const Tile &tile,
                  llvm::ArrayRef<mlir::Value> values);
  Values getOffsets(llvm::ArrayRef<Values> rows, unsigned row, unsigned vector,
                    const Tile &tile);
  void emitTask(const Values &offsets, mlir::Value firstRow, mlir::Value endRow,
                mlir::Value firstColumn, mlir::Value endColumn);
  void emitColumns(const Values &offsets, mlir::Value firstRow,
                   mlir::Value endRow, mlir::Value column, unsigned vectors,
                   unsigned lanes, mlir::Value mask);
  void emitRows(const Values &atColumn, mlir::Value firstRow,
                mlir::Value endRow, const Tile &shape);
  void emitTile(const Values &offsets, const Tile &tile);
  Values emitReduction(unsigned loop, llvm::ArrayRef<Values> offsets,
                       const Tile &tile, mlir::ValueRange values);
  Values emitSteps(unsigned loop, llvm::ArrayRef<Values> offsets,
                   const Tile &tile, mlir::Value begin, mlir::Value end,
                   mlir::ValueRange values, int64_t multiple = 1);
  void step(llvm::ArrayRef<Values> offsets, const Tile &tile,
            llvm::MutableArrayRef<mlir::Value> values);
  mlir::Value convert(mlir::Value value, mlir::Type element);

  unsigned vectorLoop() const { return r.getNumParallel() - 1; }
  unsigned rowLoop() const { return vectorLoop() - 1; }
  unsigned bandLoop() const { return rowLoop() - 1; }
  bool isAtBorder() const { return rowWindow && rowWindow->firstRow; }
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
  /// The operand that is in panels, if one is.
  std::optional<unsigned> packedInput;
  /// The operand whose rows are copied in blocks, if there is one.
  std::optional<unsigned> copiedInput;
  RowBlock rowBlock;
  RowPart rowPart = RowPart::All;
  /// Whether the reduction is one over windows: tasks are bands of rows.
  bool usesWindows = false;
  /// The band loop is the one before the row loop, if there is one, and the
  /// part of it at work.
  bool hasBands = false;
  Range bands;
  /// Reduction loops that windows at the border cut, and those that are run
  /// block by block with partial results in the output, by number.
  llvm::SmallVector<std::optional<Range>> ranges, blocks;
  std::optional<RowWindow> rowWindow;
};

} // namespace graph_compile::cpu

#endif // GRAPH_COMPILE_LIB_CODEGEN_CPU_TILEEMITTER_H
