//===- Utils.cpp - what the patterns from graph to linalg share -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

Value graph_compile::createIndex(NodeBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value graph_compile::createInteger(NodeBuilder &b, Type type, int64_t value) {
  return arith::ConstantOp::create(b, b.getIntegerAttr(type, value));
}

Value graph_compile::createNumber(NodeBuilder &b, Type type, double value) {
  if (isa<FloatType>(type))
    return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
  return createInteger(b, type, static_cast<int64_t>(value));
}

Value graph_compile::addIndex(NodeBuilder &b, Value x, Value y) {
  return b.createOrFold<arith::AddIOp>(x, y);
}
Value graph_compile::subIndex(NodeBuilder &b, Value x, Value y) {
  return b.createOrFold<arith::SubIOp>(x, y);
}
Value graph_compile::mulIndex(NodeBuilder &b, Value x, Value y) {
  return b.createOrFold<arith::MulIOp>(x, y);
}
Value graph_compile::maxIndex(NodeBuilder &b, Value x, Value y) {
  return b.createOrFold<arith::MaxSIOp>(x, y);
}
Value graph_compile::minIndex(NodeBuilder &b, Value x, Value y) {
  return b.createOrFold<arith::MinSIOp>(x, y);
}
Value graph_compile::createSelect(NodeBuilder &b, Value condition, Value x,
                                  Value y) {
  return b.createOrFold<arith::SelectOp>(condition, x, y);
}
Value graph_compile::compareIntegers(NodeBuilder &b,
                                     arith::CmpIPredicate predicate, Value x,
                                     Value y) {
  return b.createOrFold<arith::CmpIOp>(predicate, x, y);
}

Value graph_compile::toIndex(NodeBuilder &b, Value integer, bool isUnsigned) {
  if (isUnsigned)
    return b.createOrFold<arith::IndexCastUIOp>(b.getIndexType(), integer);
  return b.createOrFold<arith::IndexCastOp>(b.getIndexType(), integer);
}

Value graph_compile::fromIndex(NodeBuilder &b, Value index, Type type) {
  return b.createOrFold<arith::IndexCastOp>(type, index);
}

bool graph_compile::isUnsigned(Type type) {
  return getElementTypeOrSelf(type).isUnsignedInteger();
}

//===----------------------------------------------------------------------===//
// Dims
//===----------------------------------------------------------------------===//

Value graph_compile::getDim(NodeBuilder &b, Value tensor, int64_t dim) {
  while (true) {
    RankedTensorType type = getTensorType(tensor);
    if (!type.isDynamicDim(dim))
      return createIndex(b, type.getDimSize(dim));
    auto result = dyn_cast<OpResult>(tensor);
    if (!result)
      break;
    Operation *op = result.getOwner();
    if (auto empty = dyn_cast<tensor::EmptyOp>(op))
      return empty.getDynamicSize(dim);
    if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
      return cast<Value>(expand.getMixedOutputShape()[dim]);
    if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
      // The recursion is as deep as the tensor has dims at most: each step
      // goes to a tensor with more of them.
      Value size = createIndex(b, 1);
      ReassociationIndices parts = collapse.getReassociationIndices()[dim];
      for (int64_t part : parts)
        size = mulIndex(b, size, getDim(b, collapse.getSrc(), part));
      return size;
    }
    if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
      tensor = destination.getTiedOpOperand(result)->get();
    else if (auto launch = dyn_cast<step::LaunchOp>(op))
      tensor = launch.getOutputs()[result.getResultNumber()];
    else if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
      tensor = insert.getDest();
    else if (auto resize = dyn_cast<step::ResizeOp>(op))
      return resize.getSizes()[type.getDynamicDimIndex(dim)];
    else if (auto cast = dyn_cast<tensor::CastOp>(op))
      tensor = cast.getSource();
    else
      break;
  }
  return tensor::DimOp::create(b, tensor, dim);
}

Value graph_compile::getNumElements(NodeBuilder &b, Value tensor) {
  Value count = createIndex(b, 1);
  for (int64_t dim = 0; dim < getTensorType(tensor).getRank(); ++dim)
    count = mulIndex(b, count, getDim(b, tensor, dim));
  return count;
}

Value graph_compile::createEmpty(NodeBuilder &b, RankedTensorType type,
                                 function_ref<Value(int64_t)> getOpenDim) {
  SmallVector<Value> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (type.isDynamicDim(dim))
      sizes.push_back(getOpenDim(dim));
  return tensor::EmptyOp::create(b, type.getShape(), type.getElementType(),
                                 sizes);
}

Value graph_compile::createFill(NodeBuilder &b, Value value, Value init) {
  return linalg::FillOp::create(b, value, init).getResult(0);
}

Value graph_compile::castTo(NodeBuilder &b, Value tensor,
                            RankedTensorType type) {
  if (tensor.getType() == type)
    return tensor;
  return tensor::CastOp::create(b, type, tensor);
}

/// Gives `tensor` the shape of `type` by joining or cutting single dims, where
/// the types alone show how. Returns null where they do not.
static Value createDirectReshape(NodeBuilder &b, Value tensor,
                                 RankedTensorType type,
                                 function_ref<Value(int64_t)> getOpenDim) {
  RankedTensorType source = getTensorType(tensor);
  // One open dim on each side: as the numbers of elements agree, it is
  // determined by the static dims.
  if (source.getNumDynamicDims() > 1 ||
      source.getNumDynamicDims() != type.getNumDynamicDims())
    return nullptr;
  if (source == type)
    return tensor;
  std::optional<SmallVector<ReassociationIndices>> reassociation =
      getReassociationIndicesForReshape(source, type);
  if (!reassociation)
    return nullptr;
  bool expands = source.getRank() < type.getRank();
  if (tensor::CollapseShapeOp::inferCollapsedType(
          expands ? type : source, *reassociation) != (expands ? source : type))
    return nullptr;
  if (!expands)
    return tensor::CollapseShapeOp::create(b, type, tensor, *reassociation);
  SmallVector<OpFoldResult> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    sizes.push_back(type.isDynamicDim(dim)
                        ? OpFoldResult(getOpenDim(dim))
                        : b.getIndexAttr(type.getDimSize(dim)));
  return tensor::ExpandShapeOp::create(b, type, tensor, *reassociation, sizes);
}

/// Returns the reassociation that joins `rank` dims into one.
static SmallVector<ReassociationIndices> joinAll(int64_t rank) {
  return {llvm::to_vector<2>(llvm::seq<int64_t>(0, rank))};
}

Value graph_compile::createReshape(NodeBuilder &b, Value tensor,
                                   RankedTensorType type,
                                   function_ref<Value(int64_t)> getOpenDim) {
  if (Value direct = createDirectReshape(b, tensor, type, getOpenDim))
    return direct;

  // By way of a vector, whose size is open exactly if one of `type` is.
  RankedTensorType source = getTensorType(tensor);
  Value flat = tensor;
  if (source.getRank() == 0)
    flat = tensor::ExpandShapeOp::create(
        b, RankedTensorType::get({1}, type.getElementType()), tensor,
        ArrayRef<ReassociationIndices>());
  else if (source.getRank() > 1)
    flat =
        tensor::CollapseShapeOp::create(b, tensor, joinAll(source.getRank()));
  int64_t size =
      type.hasStaticShape() ? type.getNumElements() : ShapedType::kDynamic;
  flat = castTo(b, flat, RankedTensorType::get({size}, type.getElementType()));

  if (type.getRank() == 0)
    return tensor::CollapseShapeOp::create(b, type, flat,
                                           ArrayRef<ReassociationIndices>());
  if (type.getRank() == 1)
    return flat;
  SmallVector<OpFoldResult> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    sizes.push_back(type.isDynamicDim(dim)
                        ? OpFoldResult(getOpenDim(dim))
                        : b.getIndexAttr(type.getDimSize(dim)));
  return tensor::ExpandShapeOp::create(b, type, flat, joinAll(type.getRank()),
                                       sizes);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

bool graph_compile::isScalarized(RankedTensorType type) {
  constexpr int64_t maxElements = 8;
  if (type.getRank() == 0)
    return true;
  return type.getRank() == 1 && type.hasStaticShape() &&
         type.getNumElements() <= maxElements &&
         isa<IntegerType>(type.getElementType());
}

bool graph_compile::isScalarized(Value tensor) {
  return isScalarized(getTensorType(tensor));
}

Value graph_compile::getElement(NodeBuilder &b, Value tensor,
                                ValueRange indices) {
  return b.createOrFold<tensor::ExtractOp>(tensor, indices);
}

SmallVector<Value> graph_compile::getElements(NodeBuilder &b, Value tensor) {
  RankedTensorType type = getTensorType(tensor);
  if (type.getRank() == 0)
    return {getElement(b, tensor, {})};
  SmallVector<Value> elements;
  for (int64_t i = 0; i < type.getDimSize(0); ++i)
    elements.push_back(getElement(b, tensor, createIndex(b, i)));
  return elements;
}

SmallVector<Value> graph_compile::getIndices(NodeBuilder &b, Value tensor,
                                             bool isUnsigned) {
  return llvm::map_to_vector(getElements(b, tensor), [&](Value element) {
    return toIndex(b, element, isUnsigned);
  });
}

Value graph_compile::createFromElements(NodeBuilder &b, RankedTensorType type,
                                        ValueRange elements) {
  return b.createOrFold<tensor::FromElementsOp>(type, elements);
}

Value graph_compile::createParallel(
    NodeBuilder &b, Value init, ValueRange inputs, ArrayRef<AffineMap> maps,
    function_ref<Value(NodeBuilder &, ValueRange)> getElement) {
  RankedTensorType type = getTensorType(init);
  SmallVector<AffineMap> allMaps(maps);
  allMaps.push_back(b.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto buildBody = [&](OpBuilder &nested, Location location, ValueRange args) {
    NodeBuilder body(location, nested);
    linalg::YieldOp::create(body, getElement(body, args.drop_back()));
  };
  return linalg::GenericOp::create(b, type, inputs, init, allMaps, iterators,
                                   buildBody)
      .getResult(0);
}

Value graph_compile::createFromIndices(
    NodeBuilder &b, Value init,
    function_ref<Value(NodeBuilder &, ArrayRef<Value>)> getElement) {
  return createParallel(
      b, init, /*inputs=*/{}, /*maps=*/{}, [&](NodeBuilder &body, ValueRange) {
        SmallVector<Value> indices;
        for (int64_t dim = 0; dim < getTensorType(init).getRank(); ++dim)
          indices.push_back(linalg::IndexOp::create(body, dim));
        return getElement(body, indices);
      });
}

Value graph_compile::createFullReduction(
    NodeBuilder &b, Value tensor, Value neutral,
    function_ref<Value(NodeBuilder &, Value, Value)> combine) {
  RankedTensorType type = getTensorType(tensor);
  if (isScalarized(type)) {
    Value result = neutral;
    for (Value element : getElements(b, tensor))
      result = combine(b, element, result);
    return result;
  }
  auto resultType = RankedTensorType::get({}, neutral.getType());
  Value init = createFill(b, neutral, createEmpty(b, resultType, nullptr));
  SmallVector<AffineMap> maps = {
      b.getMultiDimIdentityMap(type.getRank()),
      AffineMap::get(type.getRank(), /*symbolCount=*/0, b.getContext())};
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::reduction);
  auto buildBody = [&](OpBuilder &nested, Location location, ValueRange args) {
    NodeBuilder body(location, nested);
    linalg::YieldOp::create(body, combine(body, args[0], args[1]));
  };
  auto reduction = linalg::GenericOp::create(b, resultType, tensor, init, maps,
                                             iterators, buildBody);
  return tensor::ExtractOp::create(b, reduction.getResult(0), ValueRange());
}

Value graph_compile::createAllOf(
    NodeBuilder &b, Value tensor,
    function_ref<Value(NodeBuilder &, Value)> holds) {
  return createFullReduction(
      b, tensor, createInteger(b, b.getI1Type(), 1),
      [&](NodeBuilder &body, Value element, Value accumulator) {
        return body.createOrFold<arith::AndIOp>(holds(body, element),
                                                accumulator);
      });
}

//===----------------------------------------------------------------------===//
// Failure at run time
//===----------------------------------------------------------------------===//

void graph_compile::createCheck(NodeBuilder &b, Value condition,
                                ArrayRef<MessagePiece> message) {
  if (matchPattern(condition, m_One()))
    return;
  SmallVector<Attribute> text;
  SmallVector<Value> data;
  auto scalarType = RankedTensorType::get({}, b.getI64Type());
  for (const MessagePiece &piece : message) {
    if (!piece.number) {
      text.push_back(b.getStringAttr(piece.text));
      continue;
    }
    text.push_back(b.getI64IntegerAttr(data.size()));
    Value number = piece.number;
    if (number.getType().isIndex())
      number = fromIndex(b, number, b.getI64Type());
    else if (number.getType() != b.getI64Type())
      number = b.createOrFold<arith::ExtSIOp>(b.getI64Type(), number);
    data.push_back(createFromElements(b, scalarType, number));
  }
  step::AssertOp::create(b, condition, b.getArrayAttr(text), data, kFailed);
}
