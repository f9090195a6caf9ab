//===- DataBlob.cpp - the constant data of a model ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/DataBlob.h"

#include "PanelWriter.h"
#include "graph-compile/Emit/ModelDescription.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

#include <cstring>

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
  std::vector<char> bytes(value.value_begin<bool>(), value.value_end<bool>());
  os.write(bytes.data(), bytes.size());
}

namespace {
/// Hashes what is written to it: each portion together with the hash of all
/// before it. The writers above cut equal data into equal portions.
class HashingStream : public llvm::raw_ostream {
public:
  HashingStream() : raw_ostream(/*unbuffered=*/true) {}
  ~HashingStream() override { flush(); }

  DataBlob::Id getHash() const { return hash; }

private:
  void write_impl(const char *data, size_t size) override {
    auto portion =
        llvm::xxh3_128bits({reinterpret_cast<const uint8_t *>(data), size});
    uint8_t chain[32];
    llvm::copy(hash, chain);
    llvm::support::endian::write64le(chain + 16, portion.low64);
    llvm::support::endian::write64le(chain + 24, portion.high64);
    auto next = llvm::xxh3_128bits(chain);
    llvm::support::endian::write64le(hash.data(), next.low64);
    llvm::support::endian::write64le(hash.data() + 8, next.high64);
    position += size;
  }
  uint64_t current_pos() const override { return position; }

  DataBlob::Id hash = {};
  uint64_t position = 0;
};
} // namespace

bool graph_compile::isStorable(ElementsAttr value) {
  ShapedType type = value.getShapedType();
  if (!type.hasStaticShape() || !getRuntimeDtype(type.getElementType()))
    return false;
  // Booleans are packed in some attributes and in others not.
  if (auto panels = dyn_cast<step::PanelsAttr>(value))
    return !type.getElementType().isInteger(1) &&
           isStorable(panels.getSource());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob && blob->getData().size() == getStoredBytes(type);
  }
  return isa<DenseIntOrFPElementsAttr>(value);
}

/// Compares the bytes with themselves, one further on.
static bool areZero(ArrayRef<char> data) {
  return data.empty() ||
         (data.front() == 0 &&
          std::memcmp(data.data(), data.data() + 1, data.size() - 1) == 0);
}

bool graph_compile::isZero(ElementsAttr value) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return areZero(resource.getRawHandle().getBlob()->getData());
  auto dense = dyn_cast<DenseIntOrFPElementsAttr>(value);
  return dense && areZero(dense.getRawData());
}

void graph_compile::writeElements(llvm::raw_ostream &os, ElementsAttr value) {
  if (auto panels = dyn_cast<step::PanelsAttr>(value))
    return writePanels(os, panels);
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

DataBlob::Id DataBlob::computeId() const {
  HashingStream stream;
  for (const Piece &piece : pieces) {
    stream << piece.offset;
    ElementsAttr value = piece.value;
    // Where elements come from says as much as where they go, and is read in
    // its own order, which is faster.
    if (auto panels = dyn_cast<step::PanelsAttr>(value)) {
      value = panels.getSource();
      stream << panels.getDim() << ',' << panels.getWidth();
      for (int64_t size : value.getShapedType().getShape())
        stream << ',' << size;
    }
    writeElements(stream, value);
  }
  return stream.getHash();
}
