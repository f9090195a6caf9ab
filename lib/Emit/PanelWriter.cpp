//===- PanelWriter.cpp - constants in panels ------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Portion by portion, so that a constant of any size needs no second place.
//
//===----------------------------------------------------------------------===//

#include "PanelWriter.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <vector>

using namespace mlir;
using namespace graph_compile;

/// The bytes of `source`; of a splat those of its one element.
static ArrayRef<char> getBytes(ElementsAttr source) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(source))
    return resource.getRawHandle().getBlob()->getData();
  return cast<DenseIntOrFPElementsAttr>(source).getRawData();
}

namespace {
/// Writes panels of elements of type `T`, which stands for their size.
template <typename T> class PanelWriter {
public:
  PanelWriter(llvm::raw_ostream &os, step::PanelsAttr panels)
      : os(os), width(panels.getWidth()),
        isSplat(isa<DenseElementsAttr>(panels.getSource()) &&
                panels.getSource().isSplat()) {
    ArrayRef<char> bytes = getBytes(panels.getSource());
    elements = reinterpret_cast<const T *>(bytes.data());
    ArrayRef<int64_t> shape = panels.getSource().getShapedType().getShape();
    columns = shape[panels.getDim()];
    for (auto [dim, size] : llvm::enumerate(shape))
      if (static_cast<int64_t>(dim) != panels.getDim())
        (static_cast<int64_t>(dim) < panels.getDim() ? outer : inner) *= size;
  }

  void write() {
    for (int64_t first = 0; first < columns; first += width)
      for (int64_t block = 0; block != outer; ++block)
        for (int64_t row = 0; row != inner; ++row)
          addRow((block * columns + first) * inner + row,
                 std::min(width, columns - first));
    flush();
  }

private:
  /// Adds `count` elements from `start` on, `inner` apart, and zeros up to the
  /// width of a panel.
  void addRow(int64_t start, int64_t count) {
    constexpr size_t kPortion = 64 * 1024 / sizeof(T);
    size_t end = buffer.size() + width;
    if (isSplat)
      buffer.insert(buffer.end(), count, elements[0]);
    else if (inner == 1)
      buffer.insert(buffer.end(), elements + start, elements + start + count);
    else
      for (int64_t i = 0; i != count; ++i)
        buffer.push_back(elements[start + i * inner]);
    buffer.resize(end, T());
    if (buffer.size() >= kPortion)
      flush();
  }

  void flush() {
    os.write(reinterpret_cast<const char *>(buffer.data()),
             buffer.size() * sizeof(T));
    buffer.clear();
  }

  llvm::raw_ostream &os;
  int64_t width;
  bool isSplat;
  const T *elements;
  /// Elements of the dimension that is cut, and of those before and after it.
  int64_t columns, outer = 1, inner = 1;
  std::vector<T> buffer;
};
} // namespace

void graph_compile::writePanels(llvm::raw_ostream &os,
                                step::PanelsAttr panels) {
  switch (panels.getType().getElementTypeBitWidth()) {
  case 8:
    return PanelWriter<uint8_t>(os, panels).write();
  case 16:
    return PanelWriter<uint16_t>(os, panels).write();
  case 32:
    return PanelWriter<uint32_t>(os, panels).write();
  case 64:
    return PanelWriter<uint64_t>(os, panels).write();
  }
  llvm_unreachable("isStorable lets these pass only");
}
