//===- BodyEmitter.cpp - scalar operations on scalars or vectors ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BodyEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace graph_compile::cpu {

//===----------------------------------------------------------------------===//
// One operation
//===----------------------------------------------------------------------===//

static bool isHalf(Type type) {
  type = getElementTypeOrSelf(type);
  return type.isF16() || type.isBF16();
}

/// Whether `op` moves values or converts between f32 and half, so that it works
/// on half values as they are.
static bool worksOnHalf(Operation &op) {
  if (!isa_and_nonnull<arith::ArithDialect, math::MathDialect>(op.getDialect()))
    return true;
  if (isa<arith::BitcastOp, arith::ConstantOp>(op))
    return true;
  // LLVM would choose between bf16 values as f32 as well, but round by a call.
  if (isa<arith::SelectOp>(op))
    return !getElementTypeOrSelf(op.getResult(0)).isBF16();
  if (isa<arith::ExtFOp>(op))
    return getElementTypeOrSelf(op.getResult(0)).isF32();
  if (isa<arith::TruncFOp>(op))
    return getElementTypeOrSelf(op.getOperand(0)).isF32();
  return false;
}

Operation *emitElementOp(CodeBuilder &b, Operation &op, ValueRange operands,
                         unsigned lanes) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    Type type = CodeBuilder::withLanes(constant.getType(), lanes);
    return b.splatConstant(type, constant.getValue()).getDefiningOp();
  }

  bool promote = !worksOnHalf(op);
  auto promoted = [&](Type type) {
    return promote && isHalf(type) ? b.getF32Type() : type;
  };
  SmallVector<Value> newOperands;
  for (Value operand : operands) {
    Type type = promoted(getElementTypeOrSelf(operand));
    if (type != getElementTypeOrSelf(operand))
      operand = arith::ExtFOp::create(b, CodeBuilder::withLanes(type, lanes),
                                      operand);
    newOperands.push_back(operand);
  }
  SmallVector<Type> types;
  for (Type type : op.getResultTypes())
    types.push_back(CodeBuilder::withLanes(promoted(type), lanes));

  OperationState state(b.getLoc(), op.getName(), newOperands, types,
                       llvm::to_vector(op.getDiscardableAttrs()));
  state.propertiesAttr = op.getPropertiesAsAttribute();
  Operation *result = b.create(state);
  if (op.getNumResults() == 1 && isHalf(op.getResult(0).getType()) && promote)
    return arith::TruncFOp::create(
        b, CodeBuilder::withLanes(op.getResult(0).getType(), lanes),
        result->getResult(0));
  return result;
}

//===----------------------------------------------------------------------===//
// Facts of a body
//===----------------------------------------------------------------------===//

static bool isIntegerDivision(Operation &op) {
  return isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp,
             arith::CeilDivSIOp, arith::CeilDivUIOp, arith::FloorDivSIOp>(op);
}

static bool isNumber(Type type) {
  return type.isIndex() ||
         (type.isIntOrFloat() && type.getIntOrFloatBitWidth() <= 64);
}

bool isVectorizable(Block &body) {
  return llvm::all_of(body.without_terminator(), [](Operation &op) {
    if (isa<linalg::IndexOp, arith::ConstantOp>(op))
      return true;
    return OpTrait::hasElementwiseMappableTraits(&op) &&
           !isIntegerDivision(op) && !isa<math::FPowIOp>(op) &&
           op.getNumResults() == 1 &&
           llvm::all_of(op.getResultTypes(), isNumber) &&
           llvm::all_of(op.getOperandTypes(), isNumber);
  });
}

unsigned getLanes(linalg::GenericOp op, const KernelTarget &target) {
  unsigned bytes = 1;
  auto see = [&](Type type) {
    if (isHalf(type))
      bytes = std::max(bytes, 4u);
    else if (isNumber(type))
      bytes = std::max(bytes, getStorageBytes(type));
  };
  for (Value operand : op->getOperands())
    see(getElementTypeOrSelf(operand));
  for (Operation &inner : *op.getBody())
    for (Type type : inner.getResultTypes())
      see(type);
  unsigned lanes = target.vectorBytes / bytes;
  return lanes < 2 ? 0 : lanes;
}

int64_t estimateWork(Block &body) {
  int64_t work = 1;
  for (Operation &op : body.without_terminator()) {
    bool isFunction = isa_and_nonnull<math::MathDialect>(op.getDialect());
    work += isFunction || isIntegerDivision(op) ? 10 : 1;
  }
  return work;
}

//===----------------------------------------------------------------------===//
// A body
//===----------------------------------------------------------------------===//

void BodyEmitter::emit(Block &body, ArrayRef<Operation *> skipped) {
  for (Operation &op : body.without_terminator()) {
    if (llvm::is_contained(skipped, &op))
      continue;
    if (auto index = dyn_cast<linalg::IndexOp>(op)) {
      values.map(index.getResult(), indices[index.getDim()]);
      continue;
    }
    SmallVector<Value> operands;
    for (Value operand : op.getOperands())
      operands.push_back(get(operand));
    Operation *result = emitElementOp(emitter.b, op, operands, lanes);
    values.map(op.getResult(0), result->getResult(0));
  }
}

Value BodyEmitter::get(Value value) {
  if (Value known = values.lookupOrNull(value))
    return known;
  // A scalar of the kernel is the same in all lanes.
  Value inLanes = emitter.b.splat(emitter.getScalar(value), lanes);
  values.map(value, inLanes);
  return inLanes;
}

} // namespace graph_compile::cpu
