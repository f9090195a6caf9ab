//===- RandomOps.cpp - random numbers -------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "ConstantFolding.h"
#include "Directives.h"
#include "Inference.h"

#include <array>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphRandomOps.cpp.inc"

void GraphDialect::registerRandomOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphRandomOps.cpp.inc"
      >();
}

/// The type of a tensor of the shape that the vector `shape` holds; reports
/// known sizes that are negative.
static FailureOr<RankedTensorType>
inferFromShape(std::optional<Location> location, StringRef op, Value shape,
               Type element) {
  if (failed(vectorLength(location, op, "shape", shape)))
    return failure();
  SmallVector<int64_t> sizes;
  for (int64_t size : elementsOrUnknown(shape)) {
    if (size < 0 && size != kUnknown)
      return InferenceError(location, op)
             << "expects sizes not to be negative, but got " << size;
    sizes.push_back(asDim(size));
  }
  return RankedTensorType::get(sizes, element);
}

//===----------------------------------------------------------------------===//
// graph.random_bits
//===----------------------------------------------------------------------===//

LogicalResult RandomBitsOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  // C1: a type of words.
  Type to = adaptor.getTo();
  if (!to.isUnsignedInteger(32) && !to.isUnsignedInteger(64))
    return InferenceError(location, op)
           << "expects ui32 or ui64 as the type of the bits, but got " << to;
  // C2: sizes are not negative.
  FailureOr<RankedTensorType> type =
      inferFromShape(location, op, adaptor.getShape(), to);
  if (failed(type))
    return failure();
  // C3, the result's type, is checked by the interface.
  types.push_back(*type);
  return success();
}

namespace {
/// The generator Philox 4x32-10: blocks of four words, one after the other.
class Philox {
public:
  Philox(uint64_t key, uint64_t counterLow, uint64_t counterHigh)
      : key(key), low(counterLow), high(counterHigh) {}

  uint32_t next();

private:
  std::array<uint32_t, 4> computeBlock() const;

  uint64_t key, low, high;
  std::array<uint32_t, 4> block;
  unsigned used = 4;
};
} // namespace

std::array<uint32_t, 4> Philox::computeBlock() const {
  std::array<uint32_t, 4> x = {uint32_t(low), uint32_t(low >> 32),
                               uint32_t(high), uint32_t(high >> 32)};
  uint32_t key0 = uint32_t(key), key1 = uint32_t(key >> 32);
  for (int round = 0; round < 10; ++round) {
    uint64_t product0 = uint64_t(0xD2511F53) * x[0];
    uint64_t product1 = uint64_t(0xCD9E8D57) * x[2];
    x = {uint32_t(product1 >> 32) ^ x[1] ^ key0, uint32_t(product1),
         uint32_t(product0 >> 32) ^ x[3] ^ key1, uint32_t(product0)};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return x;
}

uint32_t Philox::next() {
  if (used == block.size()) {
    block = computeBlock();
    used = 0;
    if (++low == 0)
      ++high;
  }
  return block[used++];
}

OpFoldResult RandomBitsOp::fold(FoldAdaptor adaptor) {
  RankedTensorType type = foldedType(getType());
  DenseElementsAttr key = constantElements(adaptor.getKey());
  DenseElementsAttr counter = constantElements(adaptor.getCounter());
  if (!type || !key || !counter)
    return {};
  auto words = llvm::to_vector(counter.getValues<uint64_t>());
  Philox philox(*key.getValues<uint64_t>().begin(), words[0], words[1]);
  unsigned width = type.getElementTypeBitWidth();
  SmallVector<APInt> elements;
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    uint64_t element = philox.next();
    if (width == 64)
      element |= uint64_t(philox.next()) << 32;
    elements.push_back(APInt(width, element));
  }
  return DenseElementsAttr::get(type, elements);
}

//===----------------------------------------------------------------------===//
// graph.random_numbers
//===----------------------------------------------------------------------===//

/// How many parameters a distribution has.
static size_t getNumParameters(RandomDistribution distribution) {
  switch (distribution) {
  case RandomDistribution::Normal:
  case RandomDistribution::TruncatedNormal:
    return 0;
  case RandomDistribution::Gamma:
  case RandomDistribution::Poisson:
    return 1;
  case RandomDistribution::Binomial:
    return 2;
  }
  llvm_unreachable("unknown distribution");
}

/// Checks that the numbers of `type` are samples of the parameters.
static LogicalResult verifyParameters(std::optional<Location> location,
                                      StringRef op, ValueRange parameters,
                                      RankedTensorType type) {
  // C3: samples and parameters.
  if (type.getRank() != 2)
    return InferenceError(location, op)
           << "expects a shape of two sizes, the numbers of samples and "
              "parameters, but got "
           << type.getRank();
  for (Value parameter : parameters) {
    RankedTensorType vector = tensorType(parameter);
    if (vector.getRank() != 1 ||
        failed(verifyCompatibleShape(vector.getShape(),
                                     type.getShape().drop_front())))
      return InferenceError(location, op)
             << "expects vectors of " << type.getDimSize(1)
             << " parameters, as the shape says, but got " << vector;
    // C4: one element type.
    if (vector.getElementType() != getElementTypeOrSelf(parameters.front()))
      return InferenceError(location, op)
             << "expects parameters of one element type, but got "
             << parameters.front().getType() << " and " << vector;
  }
  return success();
}

LogicalResult RandomNumbersOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  // C1: the distribution's parameters.
  size_t numParameters = getNumParameters(adaptor.getDistribution());
  if (adaptor.getParameters().size() != numParameters)
    return InferenceError(location, op)
           << "expects " << numParameters << " parameters of the distribution "
           << stringifyRandomDistribution(adaptor.getDistribution())
           << ", but got " << adaptor.getParameters().size();
  // C2: a type that numbers are computed in.
  Type to = adaptor.getTo();
  if (!to.isF64() && (numParameters > 0 || !to.isF32()))
    return InferenceError(location, op)
           << "expects " << (numParameters > 0 ? "f64" : "f32 or f64")
           << " as the type of the numbers, but got " << to;
  // C5: sizes are not negative.
  FailureOr<RankedTensorType> type =
      inferFromShape(location, op, adaptor.getShape(), to);
  if (failed(type))
    return failure();
  if (numParameters > 0 &&
      failed(verifyParameters(location, op, adaptor.getParameters(), *type)))
    return failure();
  // C6, the result's type, is checked by the interface.
  types.push_back(*type);
  return success();
}

//===----------------------------------------------------------------------===//
// graph.random_permutation
//===----------------------------------------------------------------------===//

LogicalResult RandomPermutationOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  // C1: a size that is not negative.
  std::optional<int64_t> size = knownScalar(adaptor.getSize());
  if (size && *size < 0)
    return InferenceError(location, op)
           << "expects a size that is not negative, but got " << *size;
  // C2, the result's type, is checked by the interface.
  types.push_back(RankedTensorType::get(size.value_or(ShapedType::kDynamic),
                                        IntegerType::get(context, 64)));
  return success();
}
