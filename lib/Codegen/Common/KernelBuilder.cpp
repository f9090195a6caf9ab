//===- KernelBuilder.cpp - one kernel of a fusion group -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel is built in two passes over its group: the first collects what
// becomes an argument, the second copies the operations on memrefs.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

#include "PaddedReads.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Questions about operands
//===----------------------------------------------------------------------===//

Value graph_compile::getScalarOf(Value tensor) {
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    return fill.value();
  auto elements = tensor.getDefiningOp<tensor::FromElementsOp>();
  if (elements && elements.getElements().size() == 1)
    return elements.getElements().front();
  return {};
}

TypedAttr graph_compile::getSplatOf(Value tensor) {
  SplatElementsAttr splat;
  if (!matchPattern(tensor, m_Constant(&splat)))
    return {};
  return splat.getSplatValue<TypedAttr>();
}

OpOperand *graph_compile::getEpilogueOperand(linalg::LinalgOp anchor,
                                             linalg::GenericOp epilogue) {
  if (anchor->getNumResults() != 1 || epilogue->getNumResults() != 1 ||
      epilogue.getNumReductionLoops() != 0 ||
      anchor->getResultTypes() != epilogue->getResultTypes() ||
      !anchor->hasOneUse())
    return nullptr;
  OpOperand &use = *anchor->use_begin();
  // A use inside the body reads by index, one as destination reads it all.
  if (use.getOwner() != epilogue || !epilogue.isDpsInput(&use))
    return nullptr;
  OpOperand *destination = epilogue.getDpsInitOperand(0);
  AffineMap map = epilogue.getMatchingIndexingMap(destination);
  if (epilogue.payloadUsesValueFromOperand(destination) ||
      !map.isPermutation() || map != epilogue.getMatchingIndexingMap(&use))
    return nullptr;
  return &use;
}

void graph_compile::findScalarOperands(
    linalg::LinalgOp op, llvm::SmallPtrSetImpl<OpOperand *> &scalars) {
  // Only bodies of generics can read a scalar in place of an operand.
  if (!isa<linalg::GenericOp>(op))
    return;
  SmallVector<OpOperand *> dropped;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (!isa<RankedTensorType>(operand->get().getType()) ||
        (!getScalarOf(operand->get()) && !getSplatOf(operand->get())))
      continue;
    dropped.push_back(operand);
    if (op.canOpOperandsBeDropped(dropped))
      scalars.insert(operand);
    else
      dropped.pop_back();
  }
}

//===----------------------------------------------------------------------===//
// Contents of destinations
//===----------------------------------------------------------------------===//

bool graph_compile::hasContents(Value init) {
  return !init.getDefiningOp<tensor::EmptyOp>();
}

bool graph_compile::goesOnFrom(Value init) {
  return hasContents(init) && !getScalarOf(init) && !getSplatOf(init);
}

void graph_compile::addContents(KernelSignature &signature, Value init) {
  if (Value scalar = getScalarOf(init))
    signature.add(scalar);
  else if (!getSplatOf(init))
    signature.add(init);
}

Value graph_compile::emitScalarOf(OpBuilder &builder,
                                  KernelSignature &signature, Value tensor) {
  if (Value scalar = getScalarOf(tensor))
    return signature.mapping.lookup(scalar);
  if (TypedAttr splat = getSplatOf(tensor))
    return arith::ConstantOp::create(builder, tensor.getLoc(), splat);
  return {};
}

void graph_compile::emitContents(OpBuilder &builder, KernelSignature &signature,
                                 Value init, Value place) {
  if (Value scalar = emitScalarOf(builder, signature, init))
    linalg::FillOp::create(builder, init.getLoc(), scalar, place);
  else
    linalg::CopyOp::create(builder, init.getLoc(),
                           signature.mapping.lookup(init), place);
}

/// Whether `op` starts from the contents of its destination `init`.
static bool readsContents(linalg::LinalgOp op, OpOperand *init) {
  return op.payloadUsesValueFromOperand(init) && hasContents(init->get());
}

//===----------------------------------------------------------------------===//
// The builder
//===----------------------------------------------------------------------===//

namespace {
class KernelBuilder {
public:
  explicit KernelBuilder(const KernelGroup &group)
      : group(group), builder(group.anchor->getContext()) {
    if (group.epilogue)
      epilogueOperand = getEpilogueOperand(group.anchor, group.epilogue);
  }

  BuiltKernel build();

private:
  void collectOperands(linalg::LinalgOp op);
  void collectPadding(Padding padding);
  Value emitInput(OpOperand &operand);
  void emitOp(linalg::LinalgOp op);
  void emitGeneric(linalg::GenericOp op);

  KernelGroup group;
  OpOperand *epilogueOperand = nullptr;
  OpBuilder builder;
  /// Operands that are read as one scalar, and not as a memref.
  llvm::SmallPtrSet<OpOperand *, 8> scalarOperands;
  KernelSignature signature;
};
} // namespace

void KernelBuilder::collectOperands(linalg::LinalgOp op) {
  findScalarOperands(op, scalarOperands);
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (operand == epilogueOperand)
      continue;
    if (scalarOperands.contains(operand)) {
      if (Value scalar = getScalarOf(operand->get()))
        signature.add(scalar);
    } else if (std::optional<Padding> padding = getPaddedRead(*operand)) {
      collectPadding(*padding);
    } else {
      signature.add(operand->get());
    }
  }
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    signature.add(value);
}

void KernelBuilder::collectPadding(Padding padding) {
  signature.add(padding.getSource());
  for (int64_t dim : padding.dims)
    for (OpFoldResult number : {padding.getOffset(dim), padding.getSize(dim)})
      if (auto value = dyn_cast<Value>(number))
        signature.add(value);
}

/// The memref that `operand` reads.
Value KernelBuilder::emitInput(OpOperand &operand) {
  std::optional<Padding> padding = getPaddedRead(operand);
  if (!padding)
    return signature.mapping.lookup(operand.get());
  ImplicitLocOpBuilder b(padding->insert.getLoc(), builder);
  auto emitNumber = [&](OpFoldResult number) -> Value {
    if (auto value = dyn_cast<Value>(number))
      return signature.mapping.lookup(value);
    return getValueOrCreateConstantIndexOp(b, b.getLoc(), number);
  };
  SmallVector<Value> offsets, sizes;
  for (int64_t dim : padding->dims) {
    offsets.push_back(emitNumber(padding->getOffset(dim)));
    sizes.push_back(emitNumber(padding->getSize(dim)));
  }
  return step::PaddedOp::create(b, getPlaceType(operand.get().getType()),
                                signature.mapping.lookup(padding->getSource()),
                                padding->dims, offsets, sizes);
}

/// Reads of tensors by index, whose tensors are memrefs already, become reads
/// of memrefs.
static void convertTensorReads(Region &region) {
  region.walk([](Operation *op) {
    if (!isa<tensor::ExtractOp, tensor::DimOp>(op))
      return;
    OpBuilder builder(op);
    Value place = op->getOperand(0);
    OperandRange indices = op->getOperands().drop_front();
    Operation *read =
        isa<tensor::ExtractOp>(op)
            ? memref::LoadOp::create(builder, op->getLoc(), place, indices)
                  .getOperation()
            : memref::DimOp::create(builder, op->getLoc(), place,
                                    indices.front());
    op->replaceAllUsesWith(read);
    op->erase();
  });
}

void KernelBuilder::emitGeneric(linalg::GenericOp op) {
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  SmallVector<Value> scalarOf(op->getNumOperands());
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (operand == epilogueOperand)
      continue;
    if (scalarOperands.contains(operand)) {
      scalarOf[operand->getOperandNumber()] =
          emitScalarOf(builder, signature, operand->get());
      continue;
    }
    inputs.push_back(emitInput(*operand));
    maps.push_back(op.getMatchingIndexingMap(operand));
  }
  for (OpOperand &init : op.getDpsInitsMutable())
    maps.push_back(op.getMatchingIndexingMap(&init));

  auto onPlaces =
      linalg::GenericOp::create(builder, op.getLoc(), inputs, signature.outputs,
                                maps, op.getIteratorTypesArray());
  Block *body = builder.createBlock(&onPlaces.getRegion());
  for (BlockArgument argument : op.getBody()->getArguments()) {
    OpOperand *operand = &op->getOpOperand(argument.getArgNumber());
    if (operand == epilogueOperand)
      continue; // the value is in the destination
    if (Value scalar = scalarOf[argument.getArgNumber()])
      signature.mapping.map(argument, scalar);
    else
      signature.mapping.map(
          argument, body->addArgument(argument.getType(), argument.getLoc()));
  }
  if (op == group.epilogue)
    signature.mapping.map(op.getMatchingBlockArgument(epilogueOperand),
                          body->getArguments().back());
  for (Operation &inner : *op.getBody())
    builder.clone(inner, signature.mapping);
  builder.setInsertionPointAfter(onPlaces);
  convertTensorReads(onPlaces.getRegion());
}

void KernelBuilder::emitOp(linalg::LinalgOp op) {
  if (auto generic = dyn_cast<linalg::GenericOp>(*op)) {
    emitGeneric(generic);
    return;
  }
  SmallVector<Value> operands;
  for (OpOperand *input : op.getDpsInputOperands())
    operands.push_back(signature.mapping.lookup(input->get()));
  llvm::append_range(operands, signature.outputs);
  OperationState state(op.getLoc(), op->getName(), operands, TypeRange{},
                       op->getAttrs());
  for (Region &region : op->getRegions())
    region.cloneInto(state.addRegion(), signature.mapping);
  Operation *onPlaces = builder.create(state);
  for (Region &region : onPlaces->getRegions())
    convertTensorReads(region);
}

BuiltKernel KernelBuilder::build() {
  SmallVector<Location> origins = {group.anchor.getLoc()};
  collectOperands(group.anchor);
  for (OpOperand &init : group.anchor.getDpsInitsMutable())
    if (readsContents(group.anchor, &init))
      addContents(signature, init.get());
  if (group.epilogue) {
    origins.push_back(group.epilogue.getLoc());
    collectOperands(group.epilogue);
  }

  BuiltKernel kernel =
      signature.start(builder, group.getLast()->getResultTypes(), origins);
  for (auto [init, place] :
       llvm::zip_equal(group.anchor.getDpsInitsMutable(), signature.outputs))
    if (readsContents(group.anchor, &init))
      emitContents(builder, signature, init.get(), place);
  emitOp(group.anchor);
  if (group.epilogue)
    emitOp(group.epilogue);
  func::ReturnOp::create(builder, kernel.function.getLoc());
  return kernel;
}

BuiltKernel graph_compile::buildKernel(const KernelGroup &group) {
  return KernelBuilder(group).build();
}
