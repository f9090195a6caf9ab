//===- Generic.cpp - any linalg operation as plain loops ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For bodies that load from computed places, use the numbers of the loops or
// divide integers, and for maps that are no sums: one loop for each iterator,
// one element at a time. Right for every operation; LLVM makes vectors of it
// where it can.
//
//===----------------------------------------------------------------------===//

#include "BodyEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Emits an affine expression of i64 loop numbers that are not negative.
static Value emitAffine(CodeBuilder &b, AffineExpr expr, ArrayRef<Value> dims) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return dims[dim.getPosition()];
  if (auto value = dyn_cast<AffineConstantExpr>(expr))
    return b.constant(value.getValue());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Value lhs = emitAffine(b, binary.getLHS(), dims);
  Value rhs = emitAffine(b, binary.getRHS(), dims);
  switch (binary.getKind()) {
  case AffineExprKind::Add:
    return b.add(lhs, rhs);
  case AffineExprKind::Mul:
    return b.mul(lhs, rhs);
  case AffineExprKind::Mod:
    return b.sub(lhs,
                 b.mul(b.createOrFold<arith::FloorDivSIOp>(lhs, rhs), rhs));
  case AffineExprKind::FloorDiv:
    return b.createOrFold<arith::FloorDivSIOp>(lhs, rhs);
  case AffineExprKind::CeilDiv:
    return b.createOrFold<arith::CeilDivSIOp>(lhs, rhs);
  default:
    llvm_unreachable("every kind of affine expression is above");
  }
}

namespace {
/// Emits one operation.
class GenericEmitter {
public:
  GenericEmitter(KernelEmitter &emitter, linalg::GenericOp op)
      : emitter(emitter), b(emitter.b), op(op) {}

  LogicalResult run();

private:
  LogicalResult findSizes();
  void emitParallel(unsigned position);
  SmallVector<Value> emitReduction(unsigned position, ValueRange outputs);
  SmallVector<Value> emitPoint(ValueRange outputs);
  SmallVector<Value> getIndices(OpOperand &operand);

  KernelEmitter &emitter;
  CodeBuilder &b;
  linalg::GenericOp op;
  SmallVector<unsigned> parallel, reduction;
  SmallVector<Value> sizes;
  /// Where each loop stands.
  SmallVector<Value> at;
  LogicalResult result = success();
};
} // namespace

LogicalResult GenericEmitter::findSizes() {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (auto [dim, kind] : llvm::enumerate(op.getIteratorTypesArray())) {
    (kind == utils::IteratorType::parallel ? parallel : reduction)
        .push_back(dim);
    Value size;
    if (!ShapedType::isDynamic(ranges[dim]))
      size = b.constant(ranges[dim]);
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<MemRefType>(operand.get().getType()))
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      for (auto [position, expr] : llvm::enumerate(map.getResults())) {
        auto dimExpr = dyn_cast<AffineDimExpr>(expr);
        if (!size && dimExpr && dimExpr.getPosition() == dim)
          size = emitter.getPlace(operand.get()).sizes[position];
      }
    }
    if (!size)
      return op.emitOpError("expects an operand that has loop ")
             << dim << " as one of its dimensions, which gives its size";
    sizes.push_back(size);
  }
  // The values of the outputs are carried through the reduction loops.
  for (OpOperand &output : op.getDpsInitsMutable())
    for (unsigned dim : reduction)
      if (op.getMatchingIndexingMap(&output).isFunctionOfDim(dim))
        return op.emitOpError("expects outputs that do not depend on "
                              "reduction loops");
  return success();
}

SmallVector<Value> GenericEmitter::getIndices(OpOperand &operand) {
  SmallVector<Value> indices;
  for (AffineExpr expr : op.getMatchingIndexingMap(&operand).getResults())
    indices.push_back(emitAffine(b, expr, at));
  return indices;
}

/// Runs the body where the loops stand; takes and gives the outputs' values.
SmallVector<Value> GenericEmitter::emitPoint(ValueRange outputs) {
  Block &body = *op.getBody();
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    if (argument.use_empty())
      continue;
    if (!isa<MemRefType>(input->get().getType())) {
      emitter.setScalar(argument, emitter.getScalar(input->get()));
      continue;
    }
    emitter.setScalar(argument, b.loadElement(emitter.getPlace(input->get()),
                                              getIndices(*input)));
  }
  for (auto [output, value] :
       llvm::zip_equal(op.getRegionOutputArgs(), outputs))
    if (value)
      emitter.setScalar(output, value);
  for (Operation &inner : body.without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner))
      emitter.setScalar(index.getResult(), b.toIndex(at[index.getDim()]));
    else if (failed(emitter.emitOp(inner)))
      result = failure();
  }
  // After an error the loops around still carry something.
  if (failed(result))
    return SmallVector<Value>(outputs);
  SmallVector<Value> values;
  for (Value value : body.getTerminator()->getOperands())
    values.push_back(emitter.getScalar(value));
  return values;
}

SmallVector<Value> GenericEmitter::emitReduction(unsigned position,
                                                 ValueRange outputs) {
  if (position == reduction.size())
    return emitPoint(outputs);
  unsigned dim = reduction[position];
  return b.loop(b.constant(0), sizes[dim], b.constant(1), outputs,
                [&](Value iv, ValueRange carried) {
                  at[dim] = iv;
                  return emitReduction(position + 1, carried);
                });
}

void GenericEmitter::emitParallel(unsigned position) {
  if (position != parallel.size()) {
    unsigned dim = parallel[position];
    b.loop(b.constant(0), sizes[dim], b.constant(1), [&](Value iv) {
      at[dim] = iv;
      emitParallel(position + 1);
    });
    return;
  }
  SmallVector<Value> offsets, values;
  for (OpOperand &output : op.getDpsInitsMutable()) {
    const Place &place = emitter.getPlace(output.get());
    offsets.push_back(b.linearize(place, getIndices(output)));
    // Without reduction loops the old value may be of no interest.
    bool isRead =
        !reduction.empty() || !op.getMatchingBlockArgument(&output).use_empty();
    values.push_back(isRead
                         ? b.load(place.base, place.elementType, offsets.back())
                         : Value());
  }
  values = emitReduction(0, values);
  if (failed(result))
    return;
  for (auto [output, offset, value] :
       llvm::zip_equal(op.getDpsInits(), offsets, values))
    b.store(value, emitter.getPlace(output).base, offset);
}

LogicalResult GenericEmitter::run() {
  if (failed(findSizes()))
    return failure();
  at.resize(sizes.size());
  if (parallel.empty()) {
    emitParallel(0);
    return result;
  }
  // Threads share the outermost loop, or the first that is long enough.
  unsigned dim = parallel[0];
  Value work = b.constant(estimateWork(*op.getBody()));
  for (auto [other, size] : llvm::enumerate(sizes))
    if (other != dim)
      work = b.mul(work, size);
  emitter.parallelFor(sizes[dim], work, [&](Value iv) {
    at[dim] = iv;
    emitParallel(1);
  });
  return result;
}

LogicalResult emitGeneric(KernelEmitter &emitter, linalg::GenericOp op) {
  return GenericEmitter(emitter, op).run();
}

} // namespace graph_compile::cpu
