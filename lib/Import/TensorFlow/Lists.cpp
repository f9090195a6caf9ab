//===- Lists.cpp - lists of tensors while a graph is imported -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lists.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::CompareDirection;
using graph::ReduceKind;

//===----------------------------------------------------------------------===//
// Lists without a type
//===----------------------------------------------------------------------===//

namespace {
/// The values that are one list because branches or loops hand it on: they all
/// have one type.
class SameList {
public:
  explicit SameList(Value list);

  ArrayRef<Value> getValues() const { return values.getArrayRef(); }
  /// The ops that make the list.
  SmallVector<graph::ListOp> getMakers() const;
  /// The length, if all values have the same static one.
  int64_t getLength() const;
  /// `type` with what the makers know of the elements' dims.
  RankedTensorType refine(RankedTensorType type) const;

private:
  void visit(Value value);
  void visitOwner(Operation *owner, unsigned number);
  void visitYield(Block &block, unsigned number);

  llvm::SetVector<Value> values;
};
} // namespace

SameList::SameList(Value list) {
  values.insert(list);
  for (size_t next = 0; next < values.size(); ++next)
    visit(values[next]);
}

/// Adds what the value comes from and what it is handed on to.
void SameList::visit(Value value) {
  if (!isUntypedList(value))
    return;
  if (auto result = dyn_cast<OpResult>(value))
    visitOwner(result.getOwner(), result.getResultNumber());
  else
    visitOwner(value.getParentBlock()->getParentOp(),
               cast<BlockArgument>(value).getArgNumber());
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (isa<graph::YieldOp>(user))
      visitOwner(user->getParentOp(), use.getOperandNumber());
    else if (isa<graph::WhileOp>(user))
      visitOwner(user, use.getOperandNumber());
  }
}

/// Adds all that is value `number` of a conditional or loop, which may still be
/// under construction.
void SameList::visitOwner(Operation *owner, unsigned number) {
  if (!isa_and_nonnull<graph::IfOp, graph::CaseOp, graph::WhileOp>(owner))
    return;
  if (number < owner->getNumResults())
    values.insert(owner->getResult(number));
  if (auto loop = dyn_cast<graph::WhileOp>(owner))
    values.insert(loop.getInits()[number]);
  for (Region &region : owner->getRegions())
    for (Block &block : region) {
      if (number < block.getNumArguments())
        values.insert(block.getArgument(number));
      visitYield(block, number);
    }
}

void SameList::visitYield(Block &block, unsigned number) {
  if (block.empty())
    return;
  auto yield = dyn_cast<graph::YieldOp>(block.back());
  if (yield && number < yield.getValues().size())
    values.insert(yield.getValues()[number]);
}

SmallVector<graph::ListOp> SameList::getMakers() const {
  SmallVector<graph::ListOp> makers;
  for (Value value : values)
    if (auto maker = value.getDefiningOp<graph::ListOp>())
      makers.push_back(maker);
  return makers;
}

int64_t SameList::getLength() const {
  std::optional<int64_t> common;
  auto meet = [&](int64_t length) {
    common = !common || *common == length ? length : ShapedType::kDynamic;
  };
  for (Value value : values) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (type && type.getRank() > 0)
      meet(type.getDimSize(0));
  }
  for (graph::ListOp maker : getMakers()) {
    std::optional<int64_t> known = graph::knownScalar(maker.getLength());
    meet(known ? std::max<int64_t>(*known, 0) : ShapedType::kDynamic);
  }
  return common.value_or(ShapedType::kDynamic);
}

RankedTensorType SameList::refine(RankedTensorType type) const {
  SmallVector<int64_t> shape(type.getShape());
  shape.front() = getLength();
  for (graph::ListOp maker : getMakers()) {
    auto known =
        maker.getShape() ? graph::partialValue(maker.getShape()) : std::nullopt;
    if (!known || known->size() + 1 != shape.size())
      continue;
    for (auto [dim, size] : llvm::enumerate(*known))
      if (ShapedType::isDynamic(shape[dim + 1]) && size >= 0)
        shape[dim + 1] = size;
  }
  return type.clone(shape);
}

Value tensorflow::refineList(Value list, RankedTensorType type) {
  if (!isUntypedList(list))
    return list;
  SameList same(list);
  RankedTensorType refined = same.refine(type);
  for (Value value : same.getValues())
    if (isUntypedList(value))
      value.setType(refined);
  return list;
}

void tensorflow::typeUnusedLists(graph::FuncOp function) {
  function.walk([&](graph::ListOp list) {
    auto type = dyn_cast<graph::UntypedListType>(list.getResult().getType());
    if (!type)
      return;
    Type elementType = type.getElementType();
    if (isa<NoneType>(elementType))
      elementType = IntegerType::get(list.getContext(), 1);
    int64_t rank =
        list.getShape() ? tensorType(list.getShape()).getDimSize(0) : 0;
    SmallVector<int64_t> shape(rank + 1, ShapedType::kDynamic);
    refineList(list.getResult(), RankedTensorType::get(shape, elementType));
  });
}

//===----------------------------------------------------------------------===//
// Making lists
//===----------------------------------------------------------------------===//

Value ListChain::make(Value length, Value shape, Type elementType) {
  if (!length || !shape)
    return {};
  OpBuilder &builder = node.builder();
  length = checkAtLeast(length, 0, "a length");
  if (!length)
    return {};
  // A scalar says nothing, not even how many dims there are. What is said of
  // lists in a list is that they are no tensors.
  if (tensorType(shape).getRank() == 0 || !elementType)
    shape = Value();
  Type type = graph::UntypedListType::get(
      node.context(), elementType ? elementType : builder.getNoneType());
  auto list = graph::ListOp::create(builder, node.loc(), type, length, shape);
  auto known = shape ? graph::knownValue(shape) : std::nullopt;
  if (known && elementType &&
      llvm::all_of(*known, [](int64_t size) { return size >= 0; })) {
    SmallVector<int64_t> sizes = {ShapedType::kDynamic};
    llvm::append_range(sizes, *known);
    refineList(list.getResult(), RankedTensorType::get(sizes, elementType));
  }
  return list.getResult();
}

Value ListChain::zerosLike(Value list) {
  if (!list)
    return {};
  if (auto type = dyn_cast<graph::UntypedListType>(list.getType()))
    return make(length(list), elementShape(list),
                isa<NoneType>(type.getElementType()) ? Type()
                                                     : type.getElementType());
  return broadcastTo(scalar(0, list), shape(list));
}

/// The op that sets the only element of `list` that is not zero, if it is such
/// a list.
static graph::ListSetOp findOnlyElement(Value list) {
  auto set = list.getDefiningOp<graph::ListSetOp>();
  return set && set.getList().getDefiningOp<graph::ListOp>()
             ? set
             : graph::ListSetOp();
}

Value ListChain::addLists(Value a, Value b) {
  if (!a || !b)
    return {};
  if (!findOnlyElement(b))
    std::swap(a, b);
  graph::ListSetOp set = findOnlyElement(b);
  if (!set)
    return add(checkSameShape(b, a), a);
  a = checkSameShape(a, set.getList());
  return scatterRows(graph::ScatterKind::Add, a,
                     expandDims(set.getIndex(), int64_t(0)),
                     expandDims(set.getItem(), int64_t(0)));
}

Value ListChain::sumOfUntyped(ValueRange lists) {
  auto isMade = [](Value list) { return list.getDefiningOp<graph::ListOp>(); };
  if (lists.size() == 1 || llvm::all_of(lists, isMade))
    return lists.front();
  node.error() << "the elements of the lists are not known where they are "
                  "added: expected an element to be set before";
  return {};
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// The dims that `shape`, as of ListChain::make, states after one for the
/// length; nothing if it does not say how many there are.
static std::optional<SmallVector<int64_t>> listDims(Value shape) {
  if (!shape || tensorType(shape).getRank() != 1 ||
      tensorType(shape).isDynamicDim(0))
    return std::nullopt;
  SmallVector<int64_t> dims(tensorType(shape).getDimSize(0) + 1,
                            ShapedType::kDynamic);
  if (auto known = graph::partialValue(shape))
    for (auto [dim, size] : llvm::enumerate(*known))
      if (size >= 0)
        dims[dim + 1] = size;
  return dims;
}

Value ListChain::withElements(Value list, Value shape, Type elementType) {
  if (!list)
    return {};
  if (isUntypedList(list)) {
    std::optional<SmallVector<int64_t>> dims = listDims(shape);
    for (graph::ListOp maker : SameList(list).getMakers())
      if (!dims)
        dims = listDims(maker.getShape());
    if (!dims || !elementType) {
      node.error() << "the shape of the list's elements is not known: expected "
                      "an element to be set before, or the number of dims in "
                      "the element_shape";
      return {};
    }
    refineList(list, RankedTensorType::get(*dims, elementType));
  }
  RankedTensorType type = tensorType(list);
  if (elementType && type.getElementType() != elementType) {
    node.error() << "expected a list of elements of type " << elementType
                 << ", got " << type;
    return {};
  }
  // Unset elements have the shape that is asked for; of lists none is.
  std::optional<SmallVector<int64_t>> dims = listDims(shape);
  if (!dims || !elementType)
    return list;
  if (failed(verifyCompatibleShape(ArrayRef(*dims).drop_front(),
                                   type.getShape().drop_front()))) {
    node.error() << "expected elements of shape "
                 << type.clone(ArrayRef(*dims).drop_front()) << " in the list, "
                 << "got " << type;
    return {};
  }
  SmallVector<Value> sizes;
  bool adds = false;
  for (int64_t dim = 1; dim < type.getRank(); ++dim) {
    bool isAsked = !ShapedType::isDynamic((*dims)[dim]);
    adds |= isAsked && type.isDynamicDim(dim);
    sizes.push_back(isAsked ? integer((*dims)[dim], node.builder().getI32Type())
                            : this->dim(list, dim));
  }
  return adds ? fitTo(list, vector(sizes)) : list;
}

Value ListChain::length(Value list) {
  if (!isUntypedList(list))
    return dim(list, 0);
  SmallVector<graph::ListOp> makers = SameList(list).getMakers();
  if (makers.size() == 1)
    return makers.front().getLength();
  node.error() << "the list's elements are not known where its length is asked "
                  "for: expected an element to be set before";
  return {};
}

Value ListChain::elementShape(Value list) {
  if (!list)
    return {};
  if (!isUntypedList(list))
    return part(shape(list), 1, tensorType(list).getRank());
  // What is not known is -1.
  for (graph::ListOp maker : SameList(list).getMakers())
    if (maker.getShape())
      return maker.getShape();
  return integer(-1, node.builder().getI32Type());
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

Value ListChain::get(Value list, Value index) {
  return gather(list, checkIndex(index, list, 0), 0);
}

bool ListChain::areAllRows(Value indices, Value x) {
  auto range = indices ? indices.getDefiningOp<graph::RangeOp>() : nullptr;
  if (!range || graph::knownScalar(range.getStart()) != 0 ||
      graph::knownScalar(range.getDelta()) != 1)
    return false;
  auto limit = graph::shapeElements(range.getLimit());
  graph::Size rows = {graph::Size::Kind::Dim, 0, x};
  if (!tensorType(x).isDynamicDim(0))
    rows = graph::Size::constant(tensorType(x).getDimSize(0));
  return limit && graph::sameSize(limit->front(), rows);
}

Value ListChain::getRows(Value list, Value indices) {
  if (!list || !indices || areAllRows(indices, list))
    return list;
  return gather(list, checkIndex(indices, list, 0), 0);
}

/// Gives the elements of `list` the sizes in the vector `shape` after the check
/// that they have them or hold nothing.
Value ListChain::fitTo(Value list, Value shape) {
  if (!list || !shape)
    return {};
  Value own = elementShape(list);
  Value isSame = reduce(ReduceKind::All,
                        compare(CompareDirection::EQ, own, shape), int64_t(0));
  Value count = reduce(ReduceKind::Prod, own, int64_t(0));
  Value isUnset =
      count ? compare(CompareDirection::EQ, count, scalar(0, count)) : Value();
  Value fits = op<graph::OrOp>({isSame, isUnset});
  shape = checkTrue(shape, fits,
                    "expects an element of the shape of those that the list "
                    "holds: lists of elements of different shapes are not "
                    "supported");
  return op<graph::ListFitOp>({list, shape});
}

Value ListChain::fit(Value list, Value &item) {
  if (!list || !item)
    return {};
  RankedTensorType itemType = tensorType(item);
  SmallVector<int64_t> shape = {ShapedType::kDynamic};
  llvm::append_range(shape, itemType.getShape());
  refineList(list, itemType.clone(shape));
  RankedTensorType type = tensorType(list);
  if (type.getElementType() != itemType.getElementType() ||
      failed(verifyCompatibleShape(type.getShape().drop_front(),
                                   itemType.getShape()))) {
    node.error() << "expected an element that the list can hold, "
                 << type.clone(type.getShape().drop_front()) << ", got "
                 << itemType;
    return {};
  }
  SmallVector<int64_t> itemDims, ownDims;
  bool isOpen = false;
  for (int64_t dim = 0; dim < itemType.getRank(); ++dim) {
    if (type.isDynamicDim(dim + 1)) {
      isOpen |= !graph::sameDim(list, dim + 1, item, dim);
      continue;
    }
    itemDims.push_back(dim);
    ownDims.push_back(dim + 1);
  }
  item = checkDims(item, list, itemDims, ownDims);
  return isOpen ? fitTo(list, this->shape(item)) : list;
}

Value ListChain::set(Value list, Value index, Value item) {
  list = fit(list, item);
  return op<graph::ListSetOp>({list, checkIndex(index, list, 0), item});
}

Value ListChain::setRows(graph::ScatterKind kind, Value list, Value indices,
                         Value rows) {
  if (!list || !indices || !rows)
    return {};
  if (tensorType(rows).getRank() == 0) {
    node.error() << "expected rows of elements, got " << tensorType(rows);
    return {};
  }
  // A row tells the shape of an element as well as an element does.
  Value sample = gather(rows, integer(0, node.builder().getI32Type()), 0);
  list = fit(list, sample);
  return checkedScatter(kind, list, expandDims(indices, int64_t(1)), rows,
                        OutsidePolicy::Fail);
}

Value ListChain::resize(Value list, Value length) {
  return op<graph::ListResizeOp>({list, length});
}

Value ListChain::growTo(Value list, Value least) {
  if (!list || !least)
    return {};
  return resize(list, max(length(list), least));
}

Value ListChain::push(Value list, Value item) {
  list = fit(list, item);
  if (!list)
    return {};
  Value last = length(list);
  Value one = integer(1, node.builder().getI32Type());
  return op<graph::ListSetOp>({resize(list, add(last, one)), last, item});
}

std::pair<Value, Value> ListChain::pop(Value list) {
  if (!list)
    return {};
  Value one = integer(1, node.builder().getI32Type());
  Value size = length(list);
  Value last =
      checkTrue(sub(size, one), compare(CompareDirection::GE, size, one),
                "expects a list that is not empty");
  return {gather(list, last, 0), resize(list, last)};
}

//===----------------------------------------------------------------------===//
// Joining and cutting
//===----------------------------------------------------------------------===//

std::pair<Value, Value> ListChain::join(Value list) {
  if (!list)
    return {};
  if (tensorType(list).getRank() < 2) {
    node.error() << "expected a list of elements that have dims, got "
                 << tensorType(list);
    return {};
  }
  Type i64Type = node.builder().getI64Type();
  Value count = dim(list, 0, i64Type), size = dim(list, 1, i64Type);
  Value joined = reshape(list, rowsShape(mul(count, size), list, 2));
  return {joined, broadcastTo(size, expandDims(count, int64_t(0)))};
}

Value ListChain::cut(Value x, Value lengths) {
  if (!x || !lengths)
    return {};
  if (tensorType(x).getRank() == 0 || tensorType(lengths).getRank() != 1) {
    node.error() << "expected a tensor that has dims and a vector of lengths, "
                    "got "
                 << tensorType(x) << " and " << tensorType(lengths);
    return {};
  }
  lengths = i64(lengths);
  Value count = dim(lengths, 0, node.builder().getI64Type());
  Value rows = dim(x, 0, node.builder().getI64Type());
  // Of no pieces any size is right.
  Value size = op<graph::FloorDivOp>({rows, max(count, i64(1))});
  Value areEqual =
      reduce(ReduceKind::All, compare(CompareDirection::EQ, lengths, size),
             int64_t(0));
  Value isWhole = compare(CompareDirection::EQ, mul(count, size), rows);
  size = checkTrue(size, op<graph::AndOp>({areEqual, isWhole}),
                   "expects pieces of one length that add up to all: lists of "
                   "elements of different shapes are not supported");
  if (!size)
    return {};
  Value dims =
      concat({expandDims(count, int64_t(0)), rowsShape(size, x, 1)}, 0);
  return reshape(x, dims);
}
