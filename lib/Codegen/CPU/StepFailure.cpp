//===- StepFailure.cpp - what ends a step early, and texts ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StepLowering.h"

#include "graph-compile/Support/NodeLocation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::cpu;

/// gcrt_dtype of an element.
static uint32_t getDtype(Type type) {
  if (type.isF64())
    return 1;
  if (type.isF32())
    return 2;
  if (type.isF16())
    return 3;
  if (type.isBF16())
    return 4;
  switch (type.isIndex() ? 64 : type.getIntOrFloatBitWidth()) {
  case 64:
    return 5;
  case 32:
    return 6;
  case 16:
    return 7;
  case 8:
    return 8;
  default:
    return 13;
  }
}

Value StepLowering::call(StringRef name, Type result, ValueRange arguments) {
  return LLVM::CallOp::create(b, result, name, arguments).getResult();
}

/// Tells AddressSanitizer whether code may touch these bytes.
void StepLowering::setAddressable(Value base, int64_t bytes,
                                  bool isAddressable) {
  StringRef name = isAddressable ? "__asan_unpoison_memory_region"
                                 : "__asan_poison_memory_region";
  Type nothing = LLVM::LLVMVoidType::get(b.getContext());
  context.declare(b, name, nothing, {pointer, b.getI64Type()});
  LLVM::CallOp::create(b, TypeRange(), name,
                       ValueRange{base, b.constant(bytes)});
}

void StepLowering::returnStatus(Value status) {
  LLVM::ReturnOp::create(b, status);
}

void StepLowering::failUnless(Value good, function_ref<void()> fail) {
  Region &body = function.getBody();
  Block *failed = new Block, *rest = new Block;
  LLVM::CondBrOp::create(b, good, rest, ValueRange(), failed, ValueRange());
  body.getBlocks().insert(std::next(b.getInsertionBlock()->getIterator()),
                          rest);
  body.push_back(failed);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(failed);
    fail();
  }
  current = rest;
  b.setInsertionPointToEnd(rest);
}

void StepLowering::failUnlessOk(Value status) {
  Value ok = arith::ConstantOp::create(b, b.getI32IntegerAttr(kOk));
  Value good = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, status, ok);
  failUnless(good, [&] { returnStatus(status); });
}

/// Writes a gcrt_view of `data`, a memref or a scalar, to `view`.
void StepLowering::makeView(Value view, Value data) {
  Place place;
  if (isa<MemRefType>(data.getType())) {
    place = places.at(data);
  } else {
    place = {
        getStackSlot(getStorageType(data.getType()), 1), {}, data.getType()};
    b.store(data, place.base, /*offset=*/Value());
  }
  Value dims = place.sizes.empty()
                   ? LLVM::ZeroOp::create(b, pointer).getResult()
                   : makeDims(place);
  auto field = [&](int64_t byte) {
    return b.address(view, b.getI8Type(), byte);
  };
  auto number = [&](int64_t value) {
    return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
  };
  LLVM::StoreOp::create(b, place.base, field(0));
  LLVM::StoreOp::create(b, dims, field(8));
  LLVM::StoreOp::create(b, number(getDtype(place.elementType)), field(16));
  LLVM::StoreOp::create(b, number(place.sizes.size()), field(20));
}

/// An array of a gcrt_view for each of `data`.
Value StepLowering::makeViews(ValueRange data) {
  if (data.empty())
    return LLVM::ZeroOp::create(b, pointer);
  static constexpr int64_t kViewWords = 3;
  Value views = getStackSlot(b.getI64Type(), kViewWords * data.size());
  for (auto [number, value] : llvm::enumerate(data))
    makeView(b.address(views, b.getI64Type(), kViewWords * number), value);
  return views;
}

void StepLowering::lowerAssert(step::AssertOp op) {
  Type i32 = b.getI32Type();
  context.declare(b, "gcrt_fail", i32, {pointer, i32, pointer, pointer});
  failUnless(op.getCondition(), [&] {
    Value status = arith::ConstantOp::create(b, op.getStatusAttr());
    Value text = context.texts.getText(
        b, {getNodeName(op.getLoc()), op.getText(),
            static_cast<int64_t>(op.getSummarize()), /*style=*/0, ""});
    Value views = makeViews(op.getData());
    returnStatus(call("gcrt_fail", i32, {frame, status, text, views}));
  });
}

void StepLowering::lowerPrint(step::PrintOp op) {
  markOther();
  Type i32 = b.getI32Type();
  context.declare(b, "gcrt_print", i32, {pointer, pointer, pointer});
  Value text = context.texts.getText(
      b, {getNodeName(op.getLoc()), op.getText(),
          static_cast<int64_t>(op.getSummarize()),
          /*style=*/op.getStyle() == "format", op.getStream()});
  Value views = makeViews(op.getData());
  failUnlessOk(call("gcrt_print", i32, {frame, text, views}));
}

void StepLowering::lowerCheckSet(step::CheckSetOp op) {
  Type i32 = b.getI32Type();
  context.declare(b, "gcrt_unset", i32, {pointer, i32});
  Value isSet = b.load(getVariableSlot(op.getVariable()), b.getI1Type(),
                       /*offset=*/Value());
  failUnless(isSet, [&] {
    Value number = arith::ConstantOp::create(
        b, b.getI32IntegerAttr(context.variables.lookup(op.getVariable())));
    returnStatus(call("gcrt_unset", i32, {frame, number}));
  });
}
