//===- Constants.cpp - TensorProto into attributes ------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A TensorProto holds its elements as bytes (tensor_content, little-endian), or
// as a list of the field that belongs to its type. A short list repeats its
// last element; an empty one means zeros.
//
//===----------------------------------------------------------------------===//

#include "Constants.h"

#include "Attributes.h"
#include "Types.h"
#include "graph.pb.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>
#include <limits>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// From this size on a constant is a resource: not hashed, printed on its own.
static constexpr size_t kResourceBytes = 4096;
/// More elements than this are not a constant but a damaged file.
static constexpr int64_t kMaxElements = int64_t(1) << 40;

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

/// The dims, all of which a constant must state.
static FailureOr<SmallVector<int64_t>>
readShape(const proto::TensorProto &tensor, EmitError emitError) {
  std::optional<SmallVector<int64_t>> shape =
      convertShape(tensor.tensor_shape());
  if (!shape)
    return emitError() << "the constant's rank is unknown";
  int64_t numElements = 1;
  for (int64_t dim : *shape) {
    if (ShapedType::isDynamic(dim))
      return emitError() << "the constant's shape has an unknown dim";
    if (llvm::MulOverflow(numElements, dim, numElements) ||
        numElements > kMaxElements)
      return emitError() << "the constant's shape has too many elements";
  }
  return *shape;
}

/// The bytes of one element; booleans take one.
static size_t getElementBytes(Type elementType) {
  return llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

/// The bytes of a list of elements, each of which has `Storage`'s size.
template <typename Storage, typename List>
static std::string packList(const List &list) {
  std::string bytes;
  bytes.reserve(list.size() * sizeof(Storage));
  for (auto element : list) {
    Storage stored = static_cast<Storage>(element);
    bytes.append(reinterpret_cast<const char *>(&stored), sizeof(Storage));
  }
  return bytes;
}

/// The elements in the list that belongs to the tensor's type, as bytes.
static std::string packValues(const proto::TensorProto &tensor) {
  switch (tensor.dtype()) {
  case proto::DT_DOUBLE:
    return packList<double>(tensor.double_val());
  case proto::DT_FLOAT:
    return packList<float>(tensor.float_val());
  case proto::DT_HALF:
  case proto::DT_BFLOAT16:
    return packList<uint16_t>(tensor.half_val());
  case proto::DT_INT64:
    return packList<int64_t>(tensor.int64_val());
  case proto::DT_INT32:
    return packList<int32_t>(tensor.int_val());
  case proto::DT_INT16:
  case proto::DT_UINT16:
    return packList<uint16_t>(tensor.int_val());
  case proto::DT_INT8:
  case proto::DT_UINT8:
    return packList<uint8_t>(tensor.int_val());
  case proto::DT_UINT64:
    return packList<uint64_t>(tensor.uint64_val());
  case proto::DT_UINT32:
    return packList<uint32_t>(tensor.uint32_val());
  case proto::DT_BOOL:
    return packList<uint8_t>(tensor.bool_val());
  default:
    llvm_unreachable("the dialect has no such type");
  }
}

/// Whether all elements have the same bytes.
static bool isUniform(StringRef bytes, size_t elementBytes) {
  return bytes.size() >= elementBytes &&
         bytes.drop_back(elementBytes) == bytes.drop_front(elementBytes);
}

/// A small tensor, or one repeated element.
static ElementsAttr makeDense(RankedTensorType type, StringRef bytes) {
  if (!type.getElementType().isInteger(1))
    return DenseElementsAttr::getFromRawBuffer(
        type, ArrayRef(bytes.data(), bytes.size()));
  SmallVector<bool> booleans;
  booleans.reserve(bytes.size());
  for (char byte : bytes)
    booleans.push_back(byte != 0);
  return DenseElementsAttr::get(type, booleans);
}

/// A name that prints as it is.
static std::string makeResourceName(StringRef node) {
  std::string name = "tf_";
  for (char c : node)
    name += llvm::isAlnum(c) ? c : '_';
  return name;
}

/// A large tensor whose bytes `owner` owns.
static ElementsAttr makeResource(RankedTensorType type, StringRef bytes,
                                 size_t alignment, StringRef name,
                                 std::shared_ptr<void> owner) {
  ArrayRef<char> data(bytes.data(), bytes.size());
  AsmResourceBlob blob(
      data, alignment, [owner = std::move(owner)](void *, size_t, size_t) {},
      /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, makeResourceName(name),
                                        std::move(blob));
}

ElementsAttr tensorflow::makeElements(RankedTensorType type, StringRef bytes,
                                      StringRef name,
                                      std::shared_ptr<void> owner) {
  if (bytes.empty())
    return DenseElementsAttr::get(type, ArrayRef<Attribute>());
  Type elementType = type.getElementType();
  size_t elementBytes = getElementBytes(elementType);
  if (isUniform(bytes, elementBytes))
    return makeDense(type, bytes.take_front(elementBytes));
  // Booleans have no resource form that all of MLIR agrees on.
  if (bytes.size() < kResourceBytes || elementType.isInteger(1))
    return makeDense(type, bytes);
  // In a file they lie anywhere.
  bool isAligned =
      reinterpret_cast<uintptr_t>(bytes.data()) % elementBytes == 0;
  return makeResource(type, bytes, isAligned ? elementBytes : 1, name,
                      std::move(owner));
}

/// What is wrong with the number of bytes; the constant's shape asks for more
/// or less.
static LogicalResult reportSize(RankedTensorType type, size_t bytes,
                                EmitError emitError) {
  return emitError() << "the constant has " << bytes << " bytes, expected "
                     << type.getNumElements() *
                            getElementBytes(type.getElementType())
                     << " (" << type.getNumElements() << " elements of "
                     << getElementBytes(type.getElementType()) << " bytes)";
}

StringRef ConstantReader::getContent(const proto::TensorProto &tensor) const {
  auto content = contents.find(&tensor);
  return content == contents.end() ? StringRef(tensor.tensor_content())
                                   : content->second;
}

FailureOr<ElementsAttr> ConstantReader::read(const proto::TensorProto &tensor,
                                             StringRef name,
                                             EmitError emitError) {
  if (ElementsAttr attribute = known.lookup(&tensor))
    return attribute;
  Type elementType = convertDataType(context, tensor.dtype());
  if (!elementType)
    return emitError() << "the constant is " << getDataTypeName(tensor.dtype())
                       << ", a type that is not supported";
  FailureOr<SmallVector<int64_t>> shape = readShape(tensor, emitError);
  if (failed(shape))
    return failure();
  auto type = RankedTensorType::get(*shape, elementType);
  size_t elementBytes = getElementBytes(elementType);
  size_t wantedBytes = type.getNumElements() * elementBytes;

  // The bytes are the message's own, or those of a list, which may be short.
  auto packed = std::make_shared<std::string>();
  StringRef bytes = getContent(tensor);
  bool isContent = !bytes.empty();
  if (!isContent) {
    *packed = packValues(tensor);
    if (packed->empty())
      packed->assign(elementBytes, '\0');
    bytes = *packed;
  }
  bool fits = isContent ? bytes.size() == wantedBytes
                        : bytes.size() <= std::max(wantedBytes, elementBytes);
  if (!fits)
    return reportSize(type, bytes.size(), emitError);

  auto remember = [&](ElementsAttr attribute) {
    return known[&tensor] = attribute;
  };
  if (wantedBytes == 0)
    return remember(DenseElementsAttr::get(type, ArrayRef<Attribute>()));
  if (isUniform(bytes, elementBytes))
    return remember(makeDense(type, bytes.take_front(elementBytes)));
  if (!isContent && bytes.size() < wantedBytes) {
    // A few bytes of file must not fill the memory.
    if (wantedBytes > size_t(std::numeric_limits<int>::max()))
      return emitError() << "the constant repeats its last element to "
                         << wantedBytes << " bytes, more than are supported";
    std::string last = bytes.take_back(elementBytes).str();
    packed->reserve(wantedBytes);
    while (packed->size() < wantedBytes)
      packed->append(last);
    bytes = *packed;
  }
  std::shared_ptr<void> owner =
      isContent ? std::shared_ptr<void>(graph) : std::shared_ptr<void>(packed);
  return remember(makeElements(type, bytes, name, std::move(owner)));
}

FailureOr<Text> ConstantReader::readText(const proto::TensorProto &tensor,
                                         EmitError emitError) {
  FailureOr<SmallVector<int64_t>> shape = readShape(tensor, emitError);
  if (failed(shape))
    return failure();
  Text text;
  text.shape = SmallVector<int64_t, 1>(shape->begin(), shape->end());
  int64_t numElements = 1;
  for (int64_t dim : *shape)
    numElements *= dim;
  if (tensor.string_val_size() > std::max<int64_t>(numElements, 1))
    return emitError() << "the constant has " << tensor.string_val_size()
                       << " strings, expected " << numElements;
  // More than anybody prints would fill the memory from a few bytes of file.
  constexpr int64_t maxStrings = 1 << 20;
  if (numElements > maxStrings)
    return emitError() << "the constant has " << numElements
                       << " strings, more than are supported";
  for (int64_t i = 0; i < numElements; ++i) {
    int last = tensor.string_val_size() - 1;
    Text::Piece &piece = text.pieces.emplace_back();
    if (last >= 0)
      piece.literal = tensor.string_val(std::min<int64_t>(i, last));
  }
  return text;
}
