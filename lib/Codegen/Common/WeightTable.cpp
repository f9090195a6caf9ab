//===- WeightTable.cpp - the constants of a module, each once -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightTable.h"

#include "ElementBytes.h"
#include "graph-compile/Codegen/Common/PlacePlanner.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace graph_compile;

/// The bytes that tell constants of one element type apart, without expanding
/// a splat; nothing if `value` is of a kind that has none.
static std::optional<ArrayRef<char>> getKeyBytes(ElementsAttr value) {
  if (auto panels = dyn_cast<step::PanelsAttr>(value))
    value = panels.getSource();
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
  return std::nullopt;
}

static bool haveEqualBytes(ElementsAttr a, ElementsAttr b) {
  auto panelsA = dyn_cast<step::PanelsAttr>(a);
  auto panelsB = dyn_cast<step::PanelsAttr>(b);
  if (panelsA && panelsB)
    return panelsA.getDim() == panelsB.getDim() &&
           panelsA.getWidth() == panelsB.getWidth() &&
           panelsA.getSource().getType() == panelsB.getSource().getType() &&
           haveEqualBytes(panelsA.getSource(), panelsB.getSource());
  if (panelsA || panelsB)
    return false;
  // A splat keeps one element: it equals a splat of the same length only. Two
  // attributes of one element type and length agree on how they are packed,
  // unless one is a resource, which packs no bits.
  if (a.getElementType() != b.getElementType() ||
      a.getNumElements() != b.getNumElements() || a.isSplat() != b.isSplat())
    return false;
  if (a.getElementType().isInteger(1) &&
      isa<DenseElementsAttr>(a) != isa<DenseElementsAttr>(b))
    return false;
  return getKeyBytes(a) == getKeyBytes(b);
}

WeightTable::WeightTable(ModuleOp module, SymbolTable &symbols)
    : symbols(symbols), builder(module.getBodyRegion()) {
  // Weights come after the variables, before the functions.
  for (Operation &op : *module.getBody()) {
    if (!isa<step::VariableOp>(op))
      continue;
    builder.setInsertionPointAfter(&op);
  }
}

step::WeightDataOp WeightTable::intern(ElementsAttr value, Location loc) {
  step::WeightDataOp &known = byAttribute[value];
  if (known)
    return known;
  std::optional<ArrayRef<char>> bytes = getKeyBytes(value);
  if (!bytes)
    return {};
  auto raw =
      ArrayRef(reinterpret_cast<const uint8_t *>(bytes->data()), bytes->size());
  auto &bucket = byHash[llvm::xxh3_64bits(raw)];
  for (step::WeightDataOp candidate : bucket)
    if (haveEqualBytes(candidate.getValue(), value))
      return known = candidate;

  std::string name;
  do
    name = ("weight_" + Twine(nextNumber++)).str();
  while (symbols.lookup(name));
  known = step::WeightDataOp::create(builder, loc, name, nextOffset, value);
  symbols.insert(known);
  nextOffset +=
      llvm::alignTo(getTotalBytes(value.getShapedType()), kArenaAlignment);
  bucket.push_back(known);
  return known;
}
