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

#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
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

/// Whether `op` starts from the contents of its destination `init`.
static bool readsDestination(linalg::LinalgOp op, OpOperand *init) {
  return op.payloadUsesValueFromOperand(init) &&
         !init->get().getDefiningOp<tensor::EmptyOp>();
}

static MemRefType getPlaceType(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return MemRefType::get(type.getShape(), type.getElementType());
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
  void collectDestination(OpOperand *init);
  void collect(Value value);
  void findScalarOperands(linalg::LinalgOp op);
  void createFunction(BuiltKernel &kernel);

  void emitDestination(OpOperand *init, Value place);
  void emitOp(linalg::LinalgOp op);
  void emitGeneric(linalg::GenericOp op);
  /// `tensor` as a scalar in the kernel, or null.
  Value emitScalarOf(Value tensor);

  KernelGroup group;
  OpOperand *epilogueOperand = nullptr;
  OpBuilder builder;
  /// Operands that are read as one scalar, and not as a memref.
  llvm::SmallPtrSet<OpOperand *, 8> scalarOperands;
  llvm::SetVector<Value> tensors;
  llvm::SetVector<Value> scalars;
  llvm::SetVector<Value> constants;
  SmallVector<Value> places;
  /// From values outside to values in the kernel.
  IRMapping mapping;
};
} // namespace

void KernelBuilder::collect(Value value) {
  if (isa<RankedTensorType>(value.getType())) {
    tensors.insert(value);
    return;
  }
  Operation *definition = value.getDefiningOp();
  if (definition && definition->hasTrait<OpTrait::ConstantLike>())
    constants.insert(value);
  else
    scalars.insert(value);
}

/// Only bodies of generics can read a scalar in place of an operand, and only
/// where the loops keep their bounds without it.
void KernelBuilder::findScalarOperands(linalg::LinalgOp op) {
  if (!isa<linalg::GenericOp>(op))
    return;
  SmallVector<OpOperand *> dropped;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (!isa<RankedTensorType>(operand->get().getType()) ||
        (!getScalarOf(operand->get()) && !getSplatOf(operand->get())))
      continue;
    dropped.push_back(operand);
    if (op.canOpOperandsBeDropped(dropped))
      scalarOperands.insert(operand);
    else
      dropped.pop_back();
  }
}

void KernelBuilder::collectDestination(OpOperand *init) {
  if (!readsDestination(group.anchor, init))
    return;
  if (Value scalar = getScalarOf(init->get()))
    collect(scalar);
  else if (!getSplatOf(init->get()))
    collect(init->get());
}

void KernelBuilder::collectOperands(linalg::LinalgOp op) {
  findScalarOperands(op);
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (operand == epilogueOperand)
      continue;
    if (!scalarOperands.contains(operand))
      collect(operand->get());
    else if (Value scalar = getScalarOf(operand->get()))
      collect(scalar);
  }
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    collect(value);
}

void KernelBuilder::createFunction(BuiltKernel &kernel) {
  SmallVector<Type> types;
  for (Value tensor : tensors)
    types.push_back(getPlaceType(tensor));
  for (Value scalar : scalars)
    types.push_back(scalar.getType());
  for (Value result : group.getLast()->getResults())
    types.push_back(getPlaceType(result));

  auto function = func::FuncOp::create(
      builder, builder.getFusedLoc(kernel.origins), "kernel",
      FunctionType::get(builder.getContext(), types, {}));
  function.setPrivate();
  function->setAttr(step::StepDialect::kKernelAttr, builder.getUnitAttr());
  kernel.function = function;
  kernel.inputs.append(tensors.begin(), tensors.end());
  kernel.inputs.append(scalars.begin(), scalars.end());

  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  mapping.map(kernel.inputs,
              entry->getArguments().take_front(kernel.inputs.size()));
  places.assign(entry->args_begin() + kernel.inputs.size(), entry->args_end());
  for (Value constant : constants)
    builder.clone(*constant.getDefiningOp(), mapping);
}

Value KernelBuilder::emitScalarOf(Value tensor) {
  if (Value scalar = getScalarOf(tensor))
    return mapping.lookup(scalar);
  if (TypedAttr splat = getSplatOf(tensor))
    return arith::ConstantOp::create(builder, tensor.getLoc(), splat);
  return {};
}

void KernelBuilder::emitDestination(OpOperand *init, Value place) {
  if (!readsDestination(group.anchor, init))
    return;
  Location loc = init->get().getLoc();
  if (Value scalar = emitScalarOf(init->get()))
    linalg::FillOp::create(builder, loc, scalar, place);
  else
    linalg::CopyOp::create(builder, loc, mapping.lookup(init->get()), place);
}

/// Reads of tensors by index become reads of memrefs.
static void convertTensorReads(Region &region) {
  region.walk([](Operation *op) {
    OpBuilder builder(op);
    if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
      Value element = memref::LoadOp::create(
          builder, op->getLoc(), extract.getTensor(), extract.getIndices());
      extract.replaceAllUsesWith(element);
      op->erase();
    } else if (auto dim = dyn_cast<tensor::DimOp>(op)) {
      Value size = memref::DimOp::create(builder, op->getLoc(), dim.getSource(),
                                         dim.getIndex());
      dim.replaceAllUsesWith(size);
      op->erase();
    }
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
      scalarOf[operand->getOperandNumber()] = emitScalarOf(operand->get());
      continue;
    }
    inputs.push_back(mapping.lookup(operand->get()));
    maps.push_back(op.getMatchingIndexingMap(operand));
  }
  for (OpOperand &init : op.getDpsInitsMutable())
    maps.push_back(op.getMatchingIndexingMap(&init));

  auto onPlaces = linalg::GenericOp::create(
      builder, op.getLoc(), inputs, places, maps, op.getIteratorTypesArray());
  Block *body = builder.createBlock(&onPlaces.getRegion());
  for (BlockArgument argument : op.getBody()->getArguments()) {
    OpOperand *operand = &op->getOpOperand(argument.getArgNumber());
    if (operand == epilogueOperand)
      continue; // the value is in the destination
    if (Value scalar = scalarOf[argument.getArgNumber()])
      mapping.map(argument, scalar);
    else
      mapping.map(argument,
                  body->addArgument(argument.getType(), argument.getLoc()));
  }
  if (op == group.epilogue)
    mapping.map(op.getMatchingBlockArgument(epilogueOperand),
                body->getArguments().back());
  for (Operation &inner : *op.getBody())
    builder.clone(inner, mapping);
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
    operands.push_back(mapping.lookup(input->get()));
  llvm::append_range(operands, places);
  OperationState state(op.getLoc(), op->getName(), operands, TypeRange{},
                       op->getAttrs());
  for (Region &region : op->getRegions())
    region.cloneInto(state.addRegion(), mapping);
  Operation *onPlaces = builder.create(state);
  for (Region &region : onPlaces->getRegions())
    convertTensorReads(region);
}

BuiltKernel KernelBuilder::build() {
  BuiltKernel kernel;
  kernel.origins.push_back(group.anchor.getLoc());
  collectOperands(group.anchor);
  for (OpOperand &init : group.anchor.getDpsInitsMutable())
    collectDestination(&init);
  if (group.epilogue) {
    kernel.origins.push_back(group.epilogue.getLoc());
    collectOperands(group.epilogue);
  }

  createFunction(kernel);
  for (auto [init, place] :
       llvm::zip_equal(group.anchor.getDpsInitsMutable(), places))
    emitDestination(&init, place);
  emitOp(group.anchor);
  if (group.epilogue)
    emitOp(group.epilogue);
  func::ReturnOp::create(builder, kernel.function.getLoc());
  return kernel;
}

BuiltKernel graph_compile::buildKernel(const KernelGroup &group) {
  return KernelBuilder(group).build();
}
