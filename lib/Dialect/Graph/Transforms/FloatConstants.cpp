//===- FloatConstants.cpp - constants to compute with ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FloatConstants.h"

#include "graph-compile/Support/NodeLocation.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

/// What is larger does not belong into the text of a module.
static constexpr size_t kResourceBytes = 4096;

ConstantOp graph_compile::graph::getFloatConstant(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<ReshapeOp, ExpandDimsOp, SqueezeOp>(op))
      break;
    value = op->getOperand(0);
  }
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant && isa<FloatType>(constant.getValue().getElementType())
             ? constant
             : nullptr;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static double toDouble(APFloat number) {
  bool losesInfo;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToDouble();
}

/// Reads elements that lie packed in `bytes`, maybe at an odd address.
template <typename T, typename Convert>
static std::vector<double> readPacked(ArrayRef<char> bytes, Convert convert) {
  std::vector<double> elements(bytes.size() / sizeof(T));
  for (auto [i, element] : llvm::enumerate(elements)) {
    T bits;
    std::memcpy(&bits, bytes.data() + i * sizeof(T), sizeof(T));
    element = convert(bits);
  }
  return elements;
}

static std::vector<double> readPacked(ArrayRef<char> bytes, Type type) {
  auto isItself = [](auto number) { return static_cast<double>(number); };
  if (type.isF64())
    return readPacked<double>(bytes, isItself);
  if (type.isF32())
    return readPacked<float>(bytes, isItself);
  const llvm::fltSemantics &semantics =
      cast<FloatType>(type).getFloatSemantics();
  return readPacked<uint16_t>(bytes, [&](uint16_t bits) {
    return toDouble(APFloat(semantics, APInt(16, bits)));
  });
}

/// The bytes of all elements of `value`; nothing if they are not there.
static std::optional<ArrayRef<char>> getPackedBytes(ElementsAttr value) {
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
  return std::nullopt;
}

std::optional<std::vector<double>>
graph_compile::graph::readFloats(ConstantOp constant) {
  ElementsAttr value = constant.getValue();
  std::optional<ArrayRef<char>> bytes = getPackedBytes(value);
  if (!bytes)
    return std::nullopt;
  std::vector<double> elements = readPacked(*bytes, value.getElementType());
  // One element may stand for all.
  size_t count = value.getNumElements();
  if (value.isSplat() && elements.size() == 1)
    elements.assign(count, elements.front());
  if (elements.size() != count)
    return std::nullopt;
  return elements;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// Writes `elements` as they lie packed; fails if a finite one gets infinite.
template <typename T, typename Round>
static LogicalResult writePacked(ArrayRef<double> elements, char *bytes,
                                 Round round) {
  for (double element : elements) {
    auto [bits, isFinite] = round(element);
    if (!isFinite && std::isfinite(element))
      return failure();
    std::memcpy(bytes, &bits, sizeof(T));
    bytes += sizeof(T);
  }
  return success();
}

static LogicalResult writePacked(ArrayRef<double> elements, Type type,
                                 char *bytes) {
  auto round = [](auto number) {
    return std::pair(number, std::isfinite(number));
  };
  if (type.isF64())
    return writePacked<double>(elements, bytes, round);
  if (type.isF32())
    return writePacked<float>(elements, bytes, [&](double element) {
      return round(static_cast<float>(element));
    });
  const llvm::fltSemantics &semantics =
      cast<FloatType>(type).getFloatSemantics();
  return writePacked<uint16_t>(elements, bytes, [&](double element) {
    APFloat number(element);
    bool losesInfo;
    number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
    uint16_t bits = number.bitcastToAPInt().getZExtValue();
    return std::pair(bits, number.isFinite());
  });
}

/// A name for the data of a constant that prints as it is.
static std::string makeResourceName(Location loc) {
  std::string name = "folded_";
  for (char c : getNodeName(loc))
    name += llvm::isAlnum(c) ? c : '_';
  return name;
}

Value graph_compile::graph::createFloats(OpBuilder &builder, Location loc,
                                         RankedTensorType type,
                                         ArrayRef<double> elements) {
  size_t elementBytes = type.getElementTypeBitWidth() / 8;
  size_t numBytes = elements.size() * elementBytes;
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(
      numBytes, std::max<size_t>(elementBytes, 1), /*dataIsMutable=*/true);
  if (failed(writePacked(elements, type.getElementType(),
                         blob.getMutableData().data())))
    return {};
  ElementsAttr value;
  if (numBytes < kResourceBytes)
    value = DenseElementsAttr::getFromRawBuffer(type, blob.getData());
  else
    value = DenseResourceElementsAttr::get(type, makeResourceName(loc),
                                           std::move(blob));
  return ConstantOp::create(builder, loc, value);
}
