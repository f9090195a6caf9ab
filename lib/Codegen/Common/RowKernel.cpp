//===- RowKernel.cpp - one kernel of a group of rows ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The kernel is a loop over rows, which threads share. In it stand the members
// of the group without their row loops, on rows of the arguments
// (memref.subview) and on buffers for what stays inside.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"
#include "RowGroup.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace graph_compile;

namespace {
class RowKernelBuilder {
public:
  RowKernelBuilder(const RowGroup &group, ArrayRef<OpResult> results)
      : group(group), results(results),
        b(group.getLoc(), group.getLoc().getContext()) {}

  BuiltKernel build();

private:
  void collectOperands(linalg::GenericOp op);
  /// Whether the operand is walked by the row loops.
  bool hasRows(linalg::GenericOp op, OpOperand *operand) {
    AffineMap map = op.getMatchingIndexingMap(operand);
    return map.getNumResults() >= group.numRowDims && map.isFunctionOfDim(0);
  }
  Value getRow(Value place);
  Value createBuffer(RankedTensorType type);
  void findRows(linalg::GenericOp op);
  AffineMap dropRows(AffineMap map, bool hasRows);
  void emit(linalg::GenericOp op);

  const RowGroup &group;
  ArrayRef<OpResult> results;
  ImplicitLocOpBuilder b;
  KernelSignature signature;
  /// Operands that are one scalar.
  llvm::SmallPtrSet<OpOperand *, 8> scalarOperands;
  /// The row of a tensor that the loop is at.
  DenseMap<Value, Value> rowOf;
  Value row;
};
} // namespace

void RowKernelBuilder::collectOperands(linalg::GenericOp op) {
  findScalarOperands(op, scalarOperands);
  for (OpOperand *operand : op.getDpsInputOperands()) {
    Value value = operand->get();
    if (group.contains(value.getDefiningOp()))
      continue;
    if (!scalarOperands.contains(operand))
      signature.add(value);
    else if (Value scalar = getScalarOf(value))
      signature.add(scalar);
  }
  for (OpOperand &init : op.getDpsInitsMutable())
    if (op.payloadUsesValueFromOperand(&init) && hasContents(init.get()))
      addContents(signature, init.get());
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    signature.add(value);
}

/// The row of an argument: a memref of its dims after those of the rows, where
/// it lies.
Value RowKernelBuilder::getRow(Value place) {
  if (group.numRowDims > 1) {
    // One loop goes over all row dims.
    int64_t rank = cast<MemRefType>(place.getType()).getRank();
    SmallVector<ReassociationIndices> dims(1);
    for (int64_t dim = 0; dim < rank; ++dim) {
      if (dim >= group.numRowDims)
        dims.emplace_back();
      dims.back().push_back(dim);
    }
    place = memref::CollapseShapeOp::create(b, place, dims);
  }
  auto type = cast<MemRefType>(place.getType());
  SmallVector<OpFoldResult> offsets(type.getRank(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(type.getRank(), b.getIndexAttr(1));
  SmallVector<OpFoldResult> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    sizes.push_back(memref::getMixedSize(b, b.getLoc(), place, dim));
  offsets[0] = row;
  sizes[0] = b.getIndexAttr(1);
  MemRefType rowType = memref::SubViewOp::inferRankReducedResultType(
      type.getShape().drop_front(), type, offsets, sizes, strides);
  return memref::SubViewOp::create(b, rowType, place, offsets, sizes, strides);
}

Value RowKernelBuilder::createBuffer(RankedTensorType type) {
  return memref::AllocaOp::create(
      b, MemRefType::get(type.getShape().drop_front(group.numRowDims),
                         type.getElementType()));
}

/// Makes the rows that `op` reads and writes known.
void RowKernelBuilder::findRows(linalg::GenericOp op) {
  for (OpOperand *operand : op.getDpsInputOperands()) {
    Value value = operand->get();
    if (!isa<RankedTensorType>(value.getType()) ||
        scalarOperands.contains(operand) || !hasRows(op, operand) ||
        rowOf.count(value))
      continue;
    rowOf[value] = getRow(signature.mapping.lookup(value));
  }
  for (OpResult result : op->getResults()) {
    const auto *output = llvm::find(results, result);
    rowOf[result] = output == results.end()
                        ? createBuffer(cast<RankedTensorType>(result.getType()))
                        : getRow(signature.outputs[output - results.begin()]);
  }
}

/// `map` without the loops over rows, and without the results that they are.
AffineMap RowKernelBuilder::dropRows(AffineMap map, bool hasRows) {
  unsigned numRowDims = group.numRowDims;
  SmallVector<AffineExpr> loops;
  for (unsigned loop = 0; loop != map.getNumDims(); ++loop)
    loops.push_back(loop < numRowDims ? b.getAffineConstantExpr(0)
                                      : b.getAffineDimExpr(loop - numRowDims));
  SmallVector<AffineExpr> places;
  for (AffineExpr expr : map.getResults().drop_front(hasRows ? numRowDims : 0))
    places.push_back(expr.replaceDims(loops));
  return AffineMap::get(map.getNumDims() - numRowDims, /*symbolCount=*/0,
                        places, b.getContext());
}

void RowKernelBuilder::emit(linalg::GenericOp op) {
  b.setLoc(op.getLoc());
  findRows(op);
  SmallVector<Value> inputs, outputs;
  SmallVector<AffineMap> maps;
  IRMapping mapping = signature.mapping;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    Value value = operand->get();
    BlockArgument argument = op.getMatchingBlockArgument(operand);
    if (scalarOperands.contains(operand)) {
      mapping.map(argument, emitScalarOf(b, signature, value));
      continue;
    }
    bool isRow = isa<RankedTensorType>(value.getType()) && hasRows(op, operand);
    inputs.push_back(isRow ? rowOf.lookup(value)
                           : signature.mapping.lookup(value));
    maps.push_back(dropRows(op.getMatchingIndexingMap(operand), isRow));
  }
  for (OpOperand &init : op.getDpsInitsMutable()) {
    Value place = rowOf.lookup(op.getTiedOpResult(&init));
    outputs.push_back(place);
    maps.push_back(
        dropRows(op.getMatchingIndexingMap(&init), /*hasRows=*/true));
    if (op.payloadUsesValueFromOperand(&init) && hasContents(init.get()))
      emitContents(b, signature, init.get(), place);
  }
  auto onRows = linalg::GenericOp::create(
      b, inputs, outputs, maps,
      ArrayRef(op.getIteratorTypesArray()).drop_front(group.numRowDims));
  OpBuilder::InsertionGuard guard(b);
  Block *body = b.createBlock(&onRows.getRegion());
  for (BlockArgument argument : op.getBody()->getArguments())
    if (!mapping.contains(argument))
      mapping.map(argument,
                  body->addArgument(argument.getType(), argument.getLoc()));
  for (Operation &inner : *op.getBody())
    b.clone(inner, mapping);
}

BuiltKernel RowKernelBuilder::build() {
  SmallVector<Location> origins;
  for (linalg::GenericOp member : group.members) {
    origins.push_back(member.getLoc());
    collectOperands(member);
  }
  BuiltKernel kernel = signature.start(
      b,
      ValueRange(SmallVector<Value>(results.begin(), results.end())).getTypes(),
      origins);

  // Every output has the row dims first.
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value numRows = one;
  for (int64_t dim = 0; dim < group.numRowDims; ++dim)
    numRows = b.createOrFold<arith::MulIOp>(
        numRows, b.createOrFold<memref::DimOp>(signature.outputs.front(), dim));
  auto loop = scf::ParallelOp::create(b, ValueRange{zero}, ValueRange{numRows},
                                      ValueRange{one});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    row = loop.getInductionVars().front();
    for (linalg::GenericOp member : group.members)
      emit(member);
  }
  func::ReturnOp::create(b);
  return kernel;
}

BuiltKernel graph_compile::buildRowKernel(const RowGroup &group,
                                          ArrayRef<OpResult> results) {
  return RowKernelBuilder(group, results).build();
}
