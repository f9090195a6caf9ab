//===- NormOps.cpp - normalization ----------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "ConstantFolding.h"
#include "Inference.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cmath>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphNormOps.cpp.inc"

void GraphDialect::registerNormOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphNormOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

/// C1: one element type, which goes with that of x.
static LogicalResult verifyElements(std::optional<Location> location,
                                    BatchNormOp::Adaptor adaptor) {
  StringRef op = BatchNormOp::getOperationName();
  Value first = adaptor.getScale();
  for (auto [name, vector] : {std::pair("offset", adaptor.getOffset()),
                              std::pair("mean", adaptor.getMean()),
                              std::pair("variance", adaptor.getVariance())})
    if (failed(verifySameElement(location, op, "scale", first, name, vector)))
      return failure();
  Type type = tensorType(first).getElementType();
  Type ofX = tensorType(adaptor.getX()).getElementType();
  bool isWider = type.isF32() && (ofX.isF16() || ofX.isBF16());
  if (type != ofX && !isWider)
    return InferenceError(location, op)
           << "expects scale, offset, mean and variance to have the element "
              "type of x ("
           << ofX << "), or f32 for f16 and bf16, but got " << type;
  return success();
}

/// C3: scalars, or a vector with an element per channel.
static LogicalResult verifyVectors(std::optional<Location> location,
                                   BatchNormOp::Adaptor adaptor,
                                   int64_t channels) {
  StringRef op = BatchNormOp::getOperationName();
  for (auto [name, vector] : {std::pair("scale", adaptor.getScale()),
                              std::pair("offset", adaptor.getOffset()),
                              std::pair("mean", adaptor.getMean()),
                              std::pair("variance", adaptor.getVariance())}) {
    RankedTensorType type = tensorType(vector);
    if (type.getRank() > 1)
      return InferenceError(location, op)
             << "expects " << name << " to be a vector or a scalar, but got "
             << type;
    if (type.getRank() == 1 &&
        failed(verifyCompatibleShape(type.getShape(), {channels})))
      return InferenceError(location, op)
             << "expects " << name << " to have an element for each of the "
             << channels << " channels of x, but got " << type;
  }
  return success();
}

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())) ||
      failed(verifyElements(location, adaptor)))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  // C2: a dim of x.
  if (failed(verifyDim(location, op, "axis", axis, x.getRank())) ||
      failed(verifyVectors(location, adaptor, x.getDimSize(axis))))
    return failure();
  // C4, the result's type, is checked by the interface.
  types.push_back(x);
  return success();
}

//===----------------------------------------------------------------------===//
// Meaning
//===----------------------------------------------------------------------===//

namespace {
/// Builds the elementwise form of a norm.
class Expansion {
public:
  Expansion(BatchNormOp op, OpBuilder &builder)
      : op(op), b(op.getLoc(), builder) {}

  Value build();

private:
  Value cast(Value x, Type type) {
    return b.createOrFold<CastOp>(x, TypeAttr::get(type));
  }
  Value widen(Value x) {
    Type type = tensorType(x).getElementType();
    return type.isF16() || type.isBF16() ? cast(x, b.getF32Type()) : x;
  }
  /// A vector of channels so that it broadcasts along all dims but theirs.
  Value spread(Value vector) {
    SmallVector<int64_t> behind;
    for (int64_t i = op.getAxis() + 1, e = tensorType(op.getX()).getRank();
         i < e; ++i)
      behind.push_back(i - op.getAxis());
    if (tensorType(vector).getRank() == 0 || behind.empty())
      return vector;
    return b.createOrFold<ExpandDimsOp>(vector, behind);
  }
  Value scalar(double value, Type type) {
    auto tensor = RankedTensorType::get({}, type);
    return ConstantOp::create(
        b, DenseElementsAttr::get(tensor, b.getFloatAttr(type, value)));
  }

  BatchNormOp op;
  ImplicitLocOpBuilder b;
};
} // namespace

Value Expansion::build() {
  Value x = widen(op.getX()), variance = widen(op.getVariance());
  Type type = tensorType(variance).getElementType();
  // The mean comes off first: the difference of two large products would
  // cancel.
  Value centered = b.createOrFold<SubOp>(x, spread(widen(op.getMean())));
  Value shifted = b.createOrFold<AddOp>(
      variance, scalar(op.getEpsilon().convertToDouble(), type));
  Value factor = b.createOrFold<MulOp>(b.createOrFold<RsqrtOp>(shifted),
                                       widen(op.getScale()));
  Value scaled = b.createOrFold<MulOp>(centered, spread(factor));
  Value y = b.createOrFold<AddOp>(scaled, spread(widen(op.getOffset())));
  return cast(y, tensorType(op.getX()).getElementType());
}

Value BatchNormOp::expand(OpBuilder &builder) {
  return Expansion(*this, builder).build();
}

//===----------------------------------------------------------------------===//
// Folding
//===----------------------------------------------------------------------===//

/// The elements of a small constant as doubles, repeated if there is only one;
/// nothing if it is something else.
static std::optional<SmallVector<double>> knownFloats(Attribute constant,
                                                      int64_t count) {
  DenseElementsAttr elements = constantElements(constant);
  if (!elements)
    return std::nullopt;
  auto number = [](APFloat value) {
    bool losesInfo;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    return value.convertToDouble();
  };
  if (elements.isSplat())
    return SmallVector<double>(count,
                               number(elements.getSplatValue<APFloat>()));
  return llvm::map_to_vector(elements.getValues<APFloat>(), number);
}

OpFoldResult BatchNormOp::fold(FoldAdaptor adaptor) {
  RankedTensorType type = foldedType(getType());
  if (!type || type != getX().getType())
    return {};
  int64_t channels = type.getDimSize(getAxis());
  auto x = knownFloats(adaptor.getX(), type.getNumElements());
  auto scale = knownFloats(adaptor.getScale(), channels);
  auto offset = knownFloats(adaptor.getOffset(), channels);
  auto mean = knownFloats(adaptor.getMean(), channels);
  auto variance = knownFloats(adaptor.getVariance(), channels);
  if (!x || !scale || !offset || !mean || !variance)
    return {};
  // How many elements in a row belong to one channel.
  int64_t run = 1;
  for (int64_t size : type.getShape().drop_front(getAxis() + 1))
    run *= size;
  double epsilon = getEpsilon().convertToDouble();
  SmallVector<Attribute> results;
  for (auto [i, element] : llvm::enumerate(*x)) {
    int64_t c = static_cast<int64_t>(i) / run % channels;
    double y = (element - (*mean)[c]) *
                   ((*scale)[c] / std::sqrt((*variance)[c] + epsilon)) +
               (*offset)[c];
    results.push_back(FloatAttr::get(type.getElementType(), y));
  }
  return DenseElementsAttr::get(type, results);
}
