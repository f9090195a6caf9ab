//===- PlanPlaces.cpp - places, their sizes, and what is put there --------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelSignature.h"
#include "StepRewriter.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

/// The sizes of the open dimensions of `place`, if its operation has them.
static std::optional<OperandRange> getGivenSizes(Value place) {
  Operation *definition = place.getDefiningOp();
  if (auto view = dyn_cast_or_null<step::ViewOp>(definition))
    return view.getSizes();
  if (auto scratch = dyn_cast_or_null<step::ScratchOp>(definition))
    return scratch.getSizes();
  if (auto grow = dyn_cast_or_null<step::GrowOp>(definition))
    return grow.getSizes();
  if (auto output = dyn_cast_or_null<step::OutputOp>(definition))
    return output.getSizes();
  if (auto variable = dyn_cast_or_null<step::VariableRefOp>(definition))
    return variable.getSizes();
  if (auto resize = dyn_cast_or_null<step::ResizeVariableOp>(definition))
    return resize.getSizes();
  return std::nullopt;
}

Value StepRewriter::createView(Value place, MemRefType type, ValueRange sizes) {
  // A view of a view is one of what that looks at: chains stay short.
  if (auto view = place.getDefiningOp<step::ViewOp>())
    place = view.getSource();
  if (place.getType() == type) {
    std::optional<OperandRange> given = getGivenSizes(place);
    if (type.hasStaticShape() || (given && llvm::equal(*given, sizes)))
      return place;
  }
  return step::ViewOp::create(builder, type, place, sizes);
}

Value StepRewriter::createOutput(unsigned index, Type type, ValueRange sizes) {
  return step::OutputOp::create(builder, getPlaceType(type), index, sizes);
}

Value StepRewriter::multiply(ArrayRef<OpFoldResult> factors) {
  Value product;
  for (OpFoldResult factor : factors) {
    Value value =
        getValueOrCreateConstantIndexOp(builder, builder.getLoc(), factor);
    product = product ? arith::MulIOp::create(builder, product, value) : value;
  }
  return product;
}

/// Sizes of the open dimensions of `tensor`, which a kernel or load defines.
SmallVector<Value> StepRewriter::getSizesOfWritten(Value tensor) {
  if (std::optional<SmallVector<Value>> sizes = getOpenSizes(tensor))
    return *sizes;
  // The kernel goes on from contents of the same sizes.
  auto launch = tensor.getDefiningOp<step::LaunchOp>();
  return getSizesOf(
      launch.getOutputs()[cast<OpResult>(tensor).getResultNumber()]);
}

Value StepRewriter::createSlot(unsigned slot, MemRefType type, ValueRange sizes,
                               bool mayGrow) {
  if (!mayGrow && loopDepth == 0)
    return step::ScratchOp::create(builder, type, slot, sizes);
  return step::GrowOp::create(builder, type,
                              arith::ConstantIndexOp::create(builder, slot),
                              sizes, /*kept=*/Value());
}

/// The sizes of the open dimensions of `tensor`, a view of what `writer`
/// defines, where `writer` is.
SmallVector<Value> StepRewriter::createSizesAt(Value tensor,
                                               Operation *writer) {
  SmallVector<Value> sizes;
  SmallVector<SizeFactors> factorsOf = *getOpenSizesAt(tensor, writer);
  for (const SizeFactors &factors : factorsOf)
    sizes.push_back(multiply(factors));
  return sizes;
}

/// Goes out of all regions: what is put there is there for all that follows.
void StepRewriter::leaveRegions() {
  Block &body = step.getBody().front();
  Block *block = builder.getInsertionBlock();
  if (block != &body)
    builder.setInsertionPoint(
        body.findAncestorOpInBlock(*block->getParentOp()));
}

/// The place of result `index` of the step, of a fixed size. What regions write
/// asks for it once, before them.
Value StepRewriter::getFixedOutput(unsigned index) {
  Value &output = fixedOutputs[index];
  if (!output) {
    OpBuilder::InsertionGuard guard(builder);
    leaveRegions();
    Value result = step.getBody().front().getTerminator()->getOperand(index);
    output = createOutput(index, result.getType(), ValueRange());
  }
  return output;
}

Value StepRewriter::createOutputPlace(const Storage &storage, MemRefType type,
                                      ValueRange sizes) {
  if (!storage.isSimple)
    return createView(getFixedOutput(storage.index), type, sizes);
  // The result may be a view of what the kernel writes.
  Value result =
      step.getBody().front().getTerminator()->getOperand(storage.index);
  return createView(createOutput(storage.index, result.getType(),
                                 createSizesAt(result, storage.writer)),
                    type, sizes);
}

/// The place of a variable that stays where it is. All accesses share it: a
/// step may have thousands.
Value StepRewriter::getFixedVariable(StringAttr name, RankedTensorType type) {
  Value &place = fixedVariables[name];
  if (!place) {
    OpBuilder::InsertionGuard guard(builder);
    leaveRegions();
    place = step::VariableRefOp::create(builder, getPlaceType(type), name,
                                        /*sizes=*/ValueRange());
  }
  return place;
}

Value StepRewriter::createVariableRef(StringAttr name) {
  auto variable = symbols.getTable().lookup<step::VariableOp>(name);
  RankedTensorType type = variable.getTensorType();
  if (type.hasStaticShape())
    return getFixedVariable(name, type);
  SmallVector<Value> sizes;
  for (int64_t dim = 0, rank = type.getRank(); dim < rank; ++dim)
    if (type.isDynamicDim(dim))
      sizes.push_back(step::VariableSizeOp::create(
          builder, builder.getIndexType(), name, dim));
  return step::VariableRefOp::create(builder, getPlaceType(type), name, sizes);
}

/// The place of a variable that a kernel writes, as elements of `type`.
Value StepRewriter::createVariablePlace(const Storage &storage, MemRefType type,
                                        ValueRange sizes) {
  auto variable = symbols.getTable().lookup<step::VariableOp>(storage.variable);
  RankedTensorType variableType = variable.getTensorType();
  if (variableType.hasStaticShape())
    return createView(createVariableRef(storage.variable), type, sizes);
  // What is stored may be a view of what the kernel writes.
  step::StoreOp store = storage.store;
  Value place = step::ResizeVariableOp::create(
      builder, getPlaceType(variableType), storage.variable,
      createSizesAt(store.getValue(), storage.writer));
  return createView(place, type, sizes);
}

/// Makes the place of the storage `number` for elements of `type`.
Value StepRewriter::createPlaceIn(unsigned number, MemRefType type,
                                  ValueRange sizes) {
  if (Value buffer = bufferOf.lookup(number)) {
    if (buffer.getType().isIndex())
      return step::GrowOp::create(builder, type, buffer, sizes,
                                  /*kept=*/Value());
    return createView(buffer, type, sizes);
  }
  const Storage &storage = memory.getStorage(number);
  switch (storage.kind) {
  case Storage::Kind::Arena:
    return step::ArenaOp::create(builder, type, storage.index);
  case Storage::Kind::Scratch:
    return createSlot(storage.index, type, sizes, !storage.isSimple);
  case Storage::Kind::Variable:
    return createVariablePlace(storage, type, sizes);
  case Storage::Kind::Output:
    return createOutputPlace(storage, type, sizes);
  case Storage::Kind::Input:
  case Storage::Kind::Weight:
    break;
  }
  llvm_unreachable("the step does not write it");
}

Value StepRewriter::createPlace(Value tensor, ValueRange sizes) {
  return places[tensor] = createPlaceIn(*memory.getNumber(tensor),
                                        getPlaceType(tensor.getType()), sizes);
}

Value StepRewriter::createPlace(Value tensor) {
  return createPlace(tensor, getSizesOfWritten(tensor));
}

/// The size of dimension `dim` of `place`: where it was given, not the place,
/// so that only sizes of inputs are read from memrefs.
Value StepRewriter::getSize(Value place, int64_t dim) {
  auto type = cast<MemRefType>(place.getType());
  if (!type.isDynamicDim(dim))
    return arith::ConstantIndexOp::create(builder, type.getDimSize(dim));
  unsigned open = type.getDynamicDimIndex(dim);
  if (std::optional<OperandRange> given = getGivenSizes(place))
    return (*given)[open];
  return memref::DimOp::create(builder, place, dim);
}

SmallVector<Value> StepRewriter::getSizesOf(Value tensor) {
  auto it = borderSizes.find(tensor);
  if (it != borderSizes.end())
    return it->second;
  if (cast<RankedTensorType>(tensor.getType()).hasStaticShape())
    return {};
  return getOpenSizesOf(getPlace(tensor));
}

SmallVector<Value> StepRewriter::getOpenSizesOf(Value place) {
  auto type = cast<MemRefType>(place.getType());
  SmallVector<Value> sizes;
  for (int64_t i = 0, e = type.getRank(); i < e; ++i)
    if (type.isDynamicDim(i))
      sizes.push_back(getSize(place, i));
  return sizes;
}

void StepRewriter::copy(Value from, Value to) {
  memref::CopyOp::create(builder, from, to);
}

void StepRewriter::storeElements(tensor::FromElementsOp elements, Value place) {
  auto type = cast<MemRefType>(place.getType());
  SmallVector<int64_t> index(type.getRank(), 0);
  for (Value element : elements.getElements()) {
    SmallVector<Value> indices;
    for (int64_t i : index)
      indices.push_back(arith::ConstantIndexOp::create(builder, i));
    memref::StoreOp::create(builder, element, place, indices);
    // The next index, row-major.
    for (int64_t dim = type.getRank(); dim-- > 0;) {
      if (++index[dim] < type.getDimSize(dim))
        break;
      index[dim] = 0;
    }
  }
}

TypedAttr StepRewriter::getImmediate(Value tensor) {
  auto constant = tensor.getDefiningOp<arith::ConstantOp>();
  if (!constant || cast<ShapedType>(constant.getType()).getRank() != 0)
    return {};
  auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
  return elements ? cast<TypedAttr>(elements.getSplatValue<Attribute>())
                  : TypedAttr();
}

void StepRewriter::write(Value tensor, Value place) {
  if (TypedAttr number = getImmediate(tensor)) {
    Value scalar = arith::ConstantOp::create(builder, number);
    memref::StoreOp::create(builder, scalar, place, ValueRange());
  } else if (auto elements = tensor.getDefiningOp<tensor::FromElementsOp>()) {
    storeElements(elements, place);
  } else {
    copy(getPlace(tensor), place);
  }
}
