//===- DataBlob.cpp - the constant data of a model ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/DataBlob.h"

#include "graph-compile/Emit/ModelDescription.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile;

// Attributes hold their data as the host stores it, and so does the output.
static_assert(llvm::endianness::native == llvm::endianness::little,
              "the blob is written for little-endian targets");

/// Writes `pattern` over and over, `bytes` bytes in all, in large portions.
static void writeRepeated(llvm::raw_ostream &os, ArrayRef<char> pattern,
                          uint64_t bytes) {
  constexpr uint64_t portion = 64 * 1024;
  std::vector<char> buffer;
  uint64_t wanted = std::min(portion, bytes);
  buffer.reserve(wanted + pattern.size());
  while (buffer.size() < wanted)
    buffer.insert(buffer.end(), pattern.begin(), pattern.end());
  while (bytes > 0) {
    uint64_t now = std::min<uint64_t>(bytes, buffer.size());
    os.write(buffer.data(), now);
    bytes -= now;
  }
}

/// Writes booleans, which attributes may pack, as bytes.
static void writeBooleans(llvm::raw_ostream &os, DenseElementsAttr value) {
  if (value.isSplat()) {
    char byte = value.getSplatValue<bool>();
    return writeRepeated(os, byte, value.getNumElements());
  }
  for (bool element : value.getValues<bool>())
    os << static_cast<char>(element);
}

bool graph_compile::isStorable(ElementsAttr value) {
  ShapedType type = value.getShapedType();
  if (!type.hasStaticShape() || !getRuntimeDtype(type.getElementType()))
    return false;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob && blob->getData().size() == getStoredBytes(type);
  }
  return isa<DenseIntOrFPElementsAttr>(value);
}

void graph_compile::writeElements(llvm::raw_ostream &os, ElementsAttr value) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    ArrayRef<char> data = resource.getRawHandle().getBlob()->getData();
    os.write(data.data(), data.size());
    return;
  }
  auto dense = cast<DenseIntOrFPElementsAttr>(value);
  if (dense.getNumElements() == 0)
    return;
  if (dense.getElementType().isInteger(1))
    return writeBooleans(os, dense);
  ArrayRef<char> data = dense.getRawData();
  if (dense.isSplat())
    return writeRepeated(os, data, getStoredBytes(dense.getType()));
  os.write(data.data(), data.size());
}

void DataBlob::place(uint64_t offset, ElementsAttr value) {
  assert(offset >= size && "pieces are placed in ascending order");
  assert(isStorable(value) && "the caller checks what it places");
  pieces.push_back({offset, value});
  size = offset + getStoredBytes(value.getShapedType());
}

uint64_t DataBlob::append(ElementsAttr value) {
  auto [entry, isNew] =
      offsets.try_emplace(value, llvm::alignTo(size, alignment));
  if (isNew)
    place(entry->second, value);
  return entry->second;
}

void DataBlob::write(llvm::raw_ostream &os) const {
  uint64_t written = 0;
  for (const Piece &piece : pieces) {
    os.write_zeros(piece.offset - written);
    writeElements(os, piece.value);
    written = piece.offset + getStoredBytes(piece.value.getShapedType());
  }
}
