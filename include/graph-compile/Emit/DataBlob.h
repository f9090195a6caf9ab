//===- DataBlob.h - the constant data of a model ------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_DATABLOB_H
#define GRAPH_COMPILE_EMIT_DATABLOB_H

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/raw_ostream.h"

#include <array>
#include <vector>

namespace graph_compile {

/// Constant tensors laid out one after the other as the runtime stores them.
/// The data stays where the attributes have it and goes from there straight to
/// the output: neither LLVM IR nor the assembler ever sees it.
class DataBlob {
public:
  /// Every tensor that `append` places starts at a multiple of this.
  static constexpr uint64_t alignment = 64;

  /// Places `value` at `offset`, which must not be below the current size.
  void place(uint64_t offset, mlir::ElementsAttr value);

  /// Places `value` behind what is there and returns its offset. Equal
  /// attributes share one place.
  uint64_t append(mlir::ElementsAttr value);

  uint64_t getSize() const { return size; }

  /// Writes all the data, getSize() bytes, with zeros between the tensors.
  void write(llvm::raw_ostream &os) const;

  using Id = std::array<uint8_t, 16>;

  /// Returns a hash of all the data: what a program knows its file by. It reads
  /// them all.
  Id computeId() const;

private:
  struct Piece {
    uint64_t offset;
    mlir::ElementsAttr value;
  };
  std::vector<Piece> pieces;
  llvm::DenseMap<mlir::Attribute, uint64_t> offsets;
  uint64_t size = 0;
};

/// Whether DataBlob can hold `value`: dense data that is present in memory.
bool isStorable(mlir::ElementsAttr value);

/// Whether all bytes of a storable `value` are zero, so that nobody has to
/// write them down.
bool isZero(mlir::ElementsAttr value);

/// Writes the elements of a storable `value` in row-major order, little-endian,
/// a boolean as one byte.
void writeElements(llvm::raw_ostream &os, mlir::ElementsAttr value);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_DATABLOB_H
