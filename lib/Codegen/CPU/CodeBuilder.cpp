//===- CodeBuilder.cpp - addresses, loads and stores of kernels -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CodeBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace graph_compile::cpu {

Type getStorageType(Type elementType) {
  Builder builder(elementType.getContext());
  if (elementType.isInteger(1))
    return builder.getI8Type();
  if (elementType.isIndex())
    return builder.getI64Type();
  // LLVM has no instructions for bf16 on most CPUs: what it does not fold it
  // turns into calls of a library that may lack them.
  if (elementType.isBF16())
    return builder.getI16Type();
  return elementType;
}

unsigned getStorageBytes(Type elementType) {
  if (isa<LLVM::LLVMPointerType>(elementType))
    return 8;
  return getStorageType(elementType).getIntOrFloatBitWidth() / 8;
}

std::optional<int64_t> getConstant(Value value) {
  IntegerAttr attribute;
  if (matchPattern(value, m_Constant(&attribute)))
    return attribute.getValue().getSExtValue();
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

Value CodeBuilder::constant(int64_t value) {
  return arith::ConstantOp::create(*this, getI64IntegerAttr(value));
}

Value CodeBuilder::add(Value lhs, Value rhs) {
  return createOrFold<arith::AddIOp>(lhs, rhs);
}

Value CodeBuilder::sub(Value lhs, Value rhs) {
  return createOrFold<arith::SubIOp>(lhs, rhs);
}

Value CodeBuilder::mul(Value lhs, Value rhs) {
  return createOrFold<arith::MulIOp>(lhs, rhs);
}

Value CodeBuilder::div(Value lhs, Value rhs) {
  return createOrFold<arith::DivUIOp>(lhs, rhs);
}

Value CodeBuilder::rem(Value lhs, Value rhs) {
  return createOrFold<arith::RemUIOp>(lhs, rhs);
}

Value CodeBuilder::divUp(Value lhs, int64_t rhs) {
  return div(add(lhs, constant(rhs - 1)), constant(rhs));
}

Value CodeBuilder::min(Value lhs, Value rhs) {
  return createOrFold<arith::MinSIOp>(lhs, rhs);
}

Value CodeBuilder::max(Value lhs, Value rhs) {
  return createOrFold<arith::MaxSIOp>(lhs, rhs);
}

Value CodeBuilder::less(Value lhs, Value rhs) {
  return createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, lhs, rhs);
}

Value CodeBuilder::toIndex(Value value) {
  return createOrFold<arith::IndexCastOp>(getIndexType(), value);
}

Value CodeBuilder::fromIndex(Value value) {
  return createOrFold<arith::IndexCastOp>(getI64Type(), value);
}

//===----------------------------------------------------------------------===//
// Lanes
//===----------------------------------------------------------------------===//

Type CodeBuilder::withLanes(Type type, unsigned lanes) {
  return lanes == 0 ? type : VectorType::get(lanes, type);
}

Value CodeBuilder::splat(Value value, unsigned lanes) {
  if (lanes == 0)
    return value;
  Attribute attribute;
  Type type = withLanes(value.getType(), lanes);
  if (matchPattern(value, m_Constant(&attribute)))
    return splatConstant(type, cast<TypedAttr>(attribute));
  return vector::BroadcastOp::create(*this, type, value);
}

Value CodeBuilder::splatConstant(Type type, TypedAttr attribute) {
  if (auto vectorType = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vectorType, attribute);
  return arith::ConstantOp::create(*this, attribute);
}

Value CodeBuilder::firstLanes(Value count, unsigned lanes) {
  return vector::CreateMaskOp::create(
      *this, VectorType::get(lanes, getI1Type()), toIndex(count));
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value CodeBuilder::address(Value base, Type elementType, Value offset) {
  if (!offset || getConstant(offset) == 0)
    return base;
  return LLVM::GEPOp::create(*this, base.getType(), getStorageType(elementType),
                             base, ValueRange{offset});
}

Value CodeBuilder::address(Value base, Type elementType, int64_t offset) {
  if (offset == 0)
    return base;
  if (!llvm::isInt<32>(offset))
    return address(base, elementType, constant(offset));
  // A number of its own would be one more operation.
  return LLVM::GEPOp::create(*this, base.getType(), getStorageType(elementType),
                             base, LLVM::GEPArg(static_cast<int32_t>(offset)));
}

Value CodeBuilder::load(Value base, Type elementType, Value offset,
                        unsigned lanes, Value mask) {
  Type storage = getStorageType(elementType);
  Value from = address(base, elementType, offset);
  Type type = withLanes(storage, lanes);
  unsigned alignment = getStorageBytes(elementType);
  Value value;
  if (mask)
    value = LLVM::MaskedLoadOp::create(
        *this, type, from, mask,
        splatConstant(type, cast<TypedAttr>(getZeroAttr(storage))), alignment);
  else
    value = LLVM::LoadOp::create(*this, type, from, alignment);
  if (elementType.isInteger(1))
    return arith::CmpIOp::create(
        *this, arith::CmpIPredicate::ne, value,
        splatConstant(type, cast<TypedAttr>(getZeroAttr(storage))));
  if (elementType.isIndex())
    return arith::IndexCastOp::create(*this, withLanes(elementType, lanes),
                                      value);
  if (elementType != storage)
    return arith::BitcastOp::create(*this, withLanes(elementType, lanes),
                                    value);
  return value;
}

void CodeBuilder::store(Value value, Value base, Value offset, Value mask) {
  Type elementType = getElementTypeOrSelf(value);
  unsigned lanes = 0;
  if (auto vectorType = dyn_cast<VectorType>(value.getType()))
    lanes = vectorType.getNumElements();
  Type type = withLanes(getStorageType(elementType), lanes);
  if (elementType.isInteger(1))
    value = arith::ExtUIOp::create(*this, type, value);
  else if (elementType.isIndex())
    value = arith::IndexCastOp::create(*this, type, value);
  else if (value.getType() != type)
    value = arith::BitcastOp::create(*this, type, value);
  Value to = address(base, elementType, offset);
  unsigned alignment = getStorageBytes(elementType);
  if (mask)
    LLVM::MaskedStoreOp::create(*this, value, to, mask, alignment);
  else
    LLVM::StoreOp::create(*this, value, to, alignment);
}

Value CodeBuilder::linearize(const Place &place, ValueRange indices) {
  Value offset = constant(0);
  for (auto [size, index] : llvm::zip_equal(place.sizes, indices))
    offset = add(mul(offset, size), index);
  return offset;
}

Value CodeBuilder::loadElement(const Place &place, ValueRange indices) {
  if (place.borders.empty())
    return load(place.base, place.elementType, linearize(place, indices));
  Place inside{place.base, place.sizes, place.elementType};
  SmallVector<Value> indicesInside(indices);
  Value isInside = splatConstant(getI1Type(), getBoolAttr(true));
  for (const ZeroBorder &border : place.borders) {
    Value index = sub(indices[border.dim], border.before);
    inside.sizes[border.dim] = border.size;
    indicesInside[border.dim] = index;
    // An index before the first is a large one as an unsigned number.
    isInside = createOrFold<arith::AndIOp>(
        isInside, createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ult, index,
                                              border.size));
  }
  auto branch = scf::IfOp::create(*this, place.elementType, isInside,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(*this, loadElement(inside, indicesInside));
  setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(
      *this, splatConstant(place.elementType,
                           cast<TypedAttr>(getZeroAttr(place.elementType))));
  return branch.getResult(0);
}

Value CodeBuilder::count(const Place &place) {
  Value product = constant(1);
  for (Value size : place.sizes)
    product = mul(product, size);
  return product;
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

SmallVector<Value>
CodeBuilder::loop(Value begin, Value end, Value step, ValueRange carried,
                  function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop =
      scf::ForOp::create(*this, begin, end, step, carried,
                         [](OpBuilder &, Location, Value, ValueRange) {});
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToEnd(loop.getBody());
  SmallVector<Value> results =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  scf::YieldOp::create(*this, results);
  return SmallVector<Value>(loop.getResults());
}

void CodeBuilder::loop(Value begin, Value end, Value step,
                       function_ref<void(Value)> body) {
  loop(begin, end, step, {}, [&](Value iv, ValueRange) {
    body(iv);
    return SmallVector<Value>();
  });
}

void CodeBuilder::when(Value condition, function_ref<void()> body) {
  IntegerAttr known;
  if (matchPattern(condition, m_Constant(&known))) {
    if (!known.getValue().isZero())
      body();
    return;
  }
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  body();
}

} // namespace graph_compile::cpu
