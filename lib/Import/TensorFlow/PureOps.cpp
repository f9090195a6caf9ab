//===- PureOps.cpp - chains of pure ops at a node -------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// Expectations
//===----------------------------------------------------------------------===//

bool tensorflow::isOfKind(Type type, unsigned kinds) {
  if (isa<FloatType>(type))
    return kinds & Floats;
  if (type.isInteger(1))
    return kinds & Booleans;
  return kinds & (type.isUnsignedInteger() ? UnsignedInts : SignedInts);
}

static StringRef describeKinds(unsigned kinds) {
  switch (kinds) {
  case Floats:
    return "a floating-point type";
  case Ints:
    return "an integer type";
  case SignedInts:
    return "a signed integer type";
  case SignedNumbers:
    return "a floating-point or signed integer type";
  case Numbers:
    return "a numeric type";
  case Booleans:
    return "bool";
  default:
    return "an integer or boolean type";
  }
}

std::string tensorflow::inputName(const NodeBuilder &node, unsigned i) {
  for (const ArgumentSpec &argument : node.info().inputs) {
    auto [begin, count] = node.inputRange(argument.name);
    if (i < begin || i >= begin + count)
      continue;
    bool isList = !argument.numberAttr.empty() ||
                  argument.kind == ArgumentSpec::Kind::TypeList;
    return isList ? argument.name + "[" + std::to_string(i - begin) + "]"
                  : argument.name;
  }
  return std::to_string(i);
}

LogicalResult tensorflow::expectKind(NodeBuilder &node, unsigned i,
                                     unsigned kinds) {
  if (isOfKind(node.elementType(i), kinds))
    return success();
  return node.error() << "expected input " << i << " (" << inputName(node, i)
                      << ") to be of " << describeKinds(kinds) << ", got "
                      << node.inputType(i);
}

LogicalResult tensorflow::expectRank(NodeBuilder &node, unsigned i,
                                     int64_t rank) {
  if (node.inputType(i).getRank() == rank)
    return success();
  auto diagnostic = node.error() << "expected input " << i << " ("
                                 << inputName(node, i) << ") to be a ";
  if (rank == 0)
    diagnostic << "scalar";
  else if (rank == 1)
    diagnostic << "vector";
  else
    diagnostic << "tensor of rank " << rank;
  return diagnostic << ", got " << node.inputType(i);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

NamedAttribute Chain::attr(StringRef name, int64_t value) {
  OpBuilder &builder = node.builder();
  return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
}

NamedAttribute Chain::attr(StringRef name, ArrayRef<int64_t> value) {
  OpBuilder &builder = node.builder();
  return builder.getNamedAttr(name, builder.getDenseI64ArrayAttr(value));
}

NamedAttribute Chain::attr(StringRef name, Type value) {
  return node.builder().getNamedAttr(name, TypeAttr::get(value));
}

NamedAttribute Chain::flag(StringRef name) {
  OpBuilder &builder = node.builder();
  return builder.getNamedAttr(name, builder.getUnitAttr());
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

Value Chain::add(Value a, Value b) { return op<graph::AddOp>({a, b}); }
Value Chain::sub(Value a, Value b) { return op<graph::SubOp>({a, b}); }
Value Chain::mul(Value a, Value b) { return op<graph::MulOp>({a, b}); }
Value Chain::div(Value a, Value b) { return op<graph::DivOp>({a, b}); }
Value Chain::max(Value a, Value b) { return op<graph::MaxOp>({a, b}); }
Value Chain::min(Value a, Value b) { return op<graph::MinOp>({a, b}); }

Value Chain::compare(graph::CompareDirection direction, Value a, Value b) {
  auto attribute = graph::CompareDirectionAttr::get(node.context(), direction);
  return op<graph::CompareOp>(
      {a, b}, node.builder().getNamedAttr("direction", attribute));
}

Value Chain::select(Value condition, Value a, Value b) {
  return op<graph::SelectOp>({condition, a, b});
}

Value Chain::cast(Value x, Type elementType) {
  if (!x || tensorType(x).getElementType() == elementType)
    return x;
  return op<graph::CastOp>(x, attr("to", elementType));
}

Value Chain::scalar(double value, Value like) {
  return like ? node.splat(tensorType(like).getElementType(), value) : Value();
}

Value Chain::widen(Value x) {
  if (!x)
    return x;
  Type elementType = tensorType(x).getElementType();
  bool isShort =
      isa<FloatType>(elementType) && elementType.getIntOrFloatBitWidth() < 32;
  return isShort ? cast(x, node.builder().getF32Type()) : x;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

Value Chain::reduce(graph::ReduceKind kind, Value x, ArrayRef<int64_t> axes,
                    bool keepDims) {
  auto attribute = graph::ReduceKindAttr::get(node.context(), kind);
  SmallVector<NamedAttribute> attributes = {
      node.builder().getNamedAttr("kind", attribute), attr("axes", axes)};
  if (keepDims)
    attributes.push_back(flag("keep_dims"));
  return op<graph::ReduceOp>(x, attributes);
}

Value Chain::reshape(Value x, Value shape) {
  return op<graph::ReshapeOp>({x, shape});
}

Value Chain::expandDims(Value x, ArrayRef<int64_t> axes) {
  return axes.empty() ? x : op<graph::ExpandDimsOp>(x, attr("axes", axes));
}

Value Chain::squeeze(Value x, ArrayRef<int64_t> axes) {
  return axes.empty() ? x : op<graph::SqueezeOp>(x, attr("axes", axes));
}

Value Chain::concat(ValueRange parts, int64_t axis) {
  if (parts.size() == 1)
    return parts.front();
  return op<graph::ConcatOp>(parts, attr("axis", axis));
}

Value Chain::broadcastTo(Value x, Value shape) {
  return op<graph::BroadcastToOp>({x, shape});
}

Value Chain::transpose(Value x, ArrayRef<int64_t> permutation) {
  return op<graph::TransposeOp>(x, attr("permutation", permutation));
}

Value Chain::gather(Value x, Value indices, int64_t axis, int64_t batchDims) {
  SmallVector<NamedAttribute> attributes = {attr("axis", axis)};
  if (batchDims)
    attributes.push_back(attr("batch_dims", batchDims));
  return op<graph::GatherOp>({x, indices}, attributes);
}

Value Chain::range(Value start, Value limit, Value delta) {
  return op<graph::RangeOp>({start, limit, delta});
}

Value Chain::shape(Value x, Type elementType) {
  if (!elementType)
    elementType = node.builder().getI32Type();
  return op<graph::ShapeOp>(x, attr("out_type", elementType));
}

Value Chain::dim(Value x, int64_t axis, Type elementType) {
  if (!x)
    return {};
  if (!elementType)
    elementType = node.builder().getI32Type();
  if (!tensorType(x).isDynamicDim(axis))
    return integer(tensorType(x).getDimSize(axis), elementType);
  return element(shape(x, elementType), axis);
}

Value Chain::part(Value x, int64_t begin, int64_t end) {
  if (!x)
    return {};
  Type elementType = tensorType(x).getElementType();
  // `x` may hold more than positions; the positions themselves are short.
  if (!elementType.isSignlessInteger(64))
    elementType = node.builder().getI32Type();
  return op<graph::SliceOp>({x, node.intVector(begin, elementType),
                             node.intVector(end - begin, elementType)});
}

Value Chain::element(Value x, int64_t i) {
  return squeeze(part(x, i, i + 1), int64_t(0));
}

Value Chain::vector(ValueRange scalars) {
  SmallVector<Value> parts;
  for (Value scalar : scalars)
    parts.push_back(expandDims(scalar, int64_t(0)));
  return concat(parts, 0);
}

Value Chain::integer(int64_t value, Type elementType) {
  auto type = RankedTensorType::get({}, elementType);
  APInt bits(elementType.getIntOrFloatBitWidth(), value, /*isSigned=*/true,
             /*implicitTrunc=*/true);
  return node.constant(DenseElementsAttr::get(type, bits));
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

Value Chain::checkBroadcast(Value x, ValueRange others) {
  if (!x || llvm::is_contained(others, Value()))
    return {};
  return orNull(node.checkBroadcast(x, others));
}

Value Chain::checkSameShape(Value x, Value y) {
  return x && y ? orNull(node.checkSameShape(x, y)) : Value();
}

Value Chain::checkDims(Value x, Value y, ArrayRef<int64_t> lhsDims,
                       ArrayRef<int64_t> rhsDims) {
  return x && y ? orNull(node.checkDims(x, y, lhsDims, rhsDims)) : Value();
}

Value Chain::checkIndex(Value index, Value x, int64_t axis) {
  return index && x ? orNull(node.checkIndex(index, x, axis)) : Value();
}

Value Chain::checkNonzero(Value x) {
  return x ? orNull(node.checkNonzero(x)) : Value();
}

Value Chain::checkTrue(Value x, Value conditions, StringRef message) {
  if (!x || !conditions)
    return {};
  return node
      .ordered(graph::CheckTrueOp::create(node.builder(), node.loc(), x,
                                          conditions, message))
      .getResult();
}

Value Chain::checkSize(Value x, int64_t axis, int64_t size) {
  if (!x)
    return {};
  RankedTensorType type = tensorType(x);
  if (type.getDimSize(axis) == size)
    return x;
  if (!type.isDynamicDim(axis)) {
    node.error() << "expected dim " << axis << " of " << type
                 << " to have size " << size;
    return {};
  }
  // The dim is compared with that of a tensor made for the purpose.
  Value sample = node.splat(node.builder().getI1Type(), 0, size);
  return checkDims(x, sample, axis, int64_t(0));
}

/// The value of element `i` of known elements that may be one for all.
static int64_t boundOf(ArrayRef<int64_t> bounds, size_t i) {
  return bounds.size() == 1 ? bounds.front() : bounds[i];
}

Value Chain::checkBounds(Value x, Value lower, Value upper, StringRef what) {
  if (!x || !lower || !upper)
    return {};
  auto known = graph::partialValue(x);
  auto least = graph::partialValue(lower);
  auto most = graph::partialValue(upper);
  if (known && least && most) {
    bool isDecided = true;
    for (auto [i, value] : llvm::enumerate(*known)) {
      int64_t low = boundOf(*least, i);
      int64_t high = boundOf(*most, i);
      bool isKnown = value != graph::kUnknown;
      isDecided &= isKnown && low != graph::kUnknown && high != graph::kUnknown;
      if (!isKnown || ((low == graph::kUnknown || value >= low) &&
                       (high == graph::kUnknown || value <= high)))
        continue;
      if (value < low && low != graph::kUnknown)
        node.error() << "expected " << what << " of at least " << low
                     << ", got " << value;
      else
        node.error() << "expected " << what << " of at most " << high
                     << ", got " << value;
      return {};
    }
    if (isDecided)
      return x;
  }
  return node
      .ordered(graph::CheckBoundsOp::create(node.builder(), node.loc(), x,
                                            lower, upper))
      .getResult();
}

/// The highest value of a signed integer type.
static int64_t highestOf(Type type) {
  return APInt::getSignedMaxValue(type.getIntOrFloatBitWidth()).getSExtValue();
}

Value Chain::checkAtLeast(Value x, int64_t lower, StringRef what) {
  if (!x)
    return {};
  std::optional<SmallVector<int64_t>> known = graph::knownValue(x);
  if (known && llvm::all_of(*known, [&](int64_t i) { return i >= lower; }))
    return x;
  Type type = tensorType(x).getElementType();
  return checkBounds(x, integer(lower, type), integer(highestOf(type), type),
                     what);
}

SmallVector<int64_t> Chain::knownInts(Value x) {
  if (auto known = graph::partialValue(x))
    return *known;
  int64_t count =
      tensorType(x).hasStaticShape() ? tensorType(x).getNumElements() : 0;
  return SmallVector<int64_t>(count, graph::kUnknown);
}

/// Whether a known size differs from a static dim of `x` that it should equal.
static bool neverBroadcastsTo(Value x, ArrayRef<graph::Size> shape) {
  RankedTensorType type = tensorType(x);
  ArrayRef<graph::Size> own = shape.take_back(type.getRank());
  for (auto [dim, size] : llvm::zip_equal(type.getShape(), own))
    if (!ShapedType::isDynamic(dim) && dim != 1 && size.isConstant() &&
        !size.isConstant(dim))
      return true;
  return false;
}

/// Whether `x` can surely be repeated up to the sizes in `shape`.
static bool surelyBroadcastsTo(Value x, ArrayRef<graph::Size> shape) {
  RankedTensorType type = tensorType(x);
  size_t offset = shape.size() - type.getRank();
  for (auto [i, size] : llvm::enumerate(shape)) {
    if (size.isConstant() && size.number < 0)
      return false;
    // A size that is no dim's and no constant may be negative.
    if (size.kind == graph::Size::Kind::Element)
      return false;
    if (i < offset || type.getDimSize(i - offset) == 1)
      continue;
    graph::Size own =
        type.isDynamicDim(i - offset)
            ? graph::Size{graph::Size::Kind::Dim, int64_t(i - offset), x}
            : graph::Size::constant(type.getDimSize(i - offset));
    if (!graph::sameSize(own, size))
      return false;
  }
  return true;
}

Value Chain::checkedBroadcastTo(Value x, Value shape) {
  if (!x || !shape)
    return {};
  int64_t rank = tensorType(x).getRank();
  int64_t count = tensorType(shape).getDimSize(0);
  auto sizes = graph::shapeElements(shape);
  // Too few sizes, and known ones that do not fit, are for inference to report.
  if (count < rank || (sizes && (surelyBroadcastsTo(x, *sizes) ||
                                 neverBroadcastsTo(x, *sizes))))
    return broadcastTo(x, shape);
  if (rank == 0)
    return broadcastTo(x, checkAtLeast(shape, 0, "a size"));

  // New dims take any size, a dim of size 1 too, any other its own.
  Type type = tensorType(shape).getElementType();
  int64_t highest = highestOf(type);
  Value zero = integer(0, type);
  Value most = integer(highest, type);
  Value dims = this->shape(x, type);
  Value isOne = compare(graph::CompareDirection::EQ, dims, integer(1, type));
  Value lower = select(isOne, zero, dims);
  Value upper = select(isOne, most, dims);
  if (count > rank) {
    lower = concat(
        {node.intVector(SmallVector<int64_t>(count - rank, 0), type), lower},
        0);
    upper = concat(
        {node.intVector(SmallVector<int64_t>(count - rank, highest), type),
         upper},
        0);
  }
  return broadcastTo(x, checkBounds(shape, lower, upper, "a size"));
}

Value Chain::broadcastShape(Value a, Value b) {
  if (!a || !b)
    return {};
  Type type = tensorType(a).getElementType();
  // Missing dims have size 1.
  int64_t rank =
      std::max(tensorType(a).getDimSize(0), tensorType(b).getDimSize(0));
  auto widenTo = [&](Value shape) -> Value {
    int64_t missing = rank - tensorType(shape).getDimSize(0);
    if (missing == 0)
      return shape;
    return concat(
        {node.intVector(SmallVector<int64_t>(missing, 1), type), shape}, 0);
  };
  a = widenTo(a);
  b = widenTo(b);
  if (a == b)
    return a;
  for (auto [x, y] : llvm::zip_equal(knownInts(a), knownInts(b))) {
    bool mayDiffer =
        x == graph::kUnknown || y == graph::kUnknown || x == 1 || y == 1;
    if (x == y || mayDiffer)
      continue;
    node.error() << "expected shapes that broadcast, got the sizes " << x
                 << " and " << y << " in one place";
    return {};
  }
  // A size is that of the other shape unless one of them is 1.
  Value one = integer(1, type);
  Value aIsOne = compare(graph::CompareDirection::EQ, a, one);
  Value bIsOne = compare(graph::CompareDirection::EQ, b, one);
  Value mayDiffer = op<graph::OrOp>({aIsOne, bIsOne});
  Value wanted = select(mayDiffer, b, a);
  b = checkBounds(b, wanted, wanted, "a size");
  return select(aIsOne, b, a);
}
