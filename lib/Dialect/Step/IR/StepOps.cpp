//===- StepOps.cpp - operations of a step ---------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Step/IR/Step.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::step;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Step/IR/StepOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Shared checks
//===----------------------------------------------------------------------===//

/// Checks that `type` has the shape and element type of `expected`, be it a
/// tensor or a memref.
static LogicalResult verifySameShape(Operation *op, ShapedType type,
                                     ShapedType expected, StringRef symbol) {
  if (type.getShape() == expected.getShape() &&
      type.getElementType() == expected.getElementType())
    return success();
  return op->emitOpError() << "expects the type of @" << symbol << " ("
                           << expected << "), but got " << type;
}

/// Checks that `variable` names a variable of the type of `type`; any type will
/// do where `type` is null.
static LogicalResult verifyVariable(Operation *op, FlatSymbolRefAttr variable,
                                    ShapedType type,
                                    SymbolTableCollection &symbolTable) {
  auto target =
      symbolTable.lookupNearestSymbolFrom<VariableOp>(op, variable.getAttr());
  if (!target)
    return op->emitOpError()
           << "expects a step.variable, but found none named " << variable;
  if (!type)
    return success();
  return verifySameShape(op, type, target.getTensorType(), variable.getValue());
}

/// C1 of assert and print: the integers in `text` are indices of `data`.
static LogicalResult verifyText(Operation *op, ArrayAttr text,
                                unsigned numData) {
  for (Attribute piece : text) {
    if (isa<StringAttr>(piece))
      continue;
    auto index = dyn_cast<IntegerAttr>(piece);
    if (!index)
      return op->emitOpError()
             << "expects strings and integers as text, but got " << piece;
    if (index.getInt() < 0 || index.getInt() >= numData)
      return op->emitOpError() << "expects indices of its " << numData
                               << " data operands, but got " << index.getInt();
  }
  return success();
}

/// C1 of places: one size per open dimension.
static LogicalResult verifySizes(Operation *op, ShapedType type,
                                 unsigned numSizes) {
  if (type.getNumDynamicDims() == numSizes)
    return success();
  return op->emitOpError() << "expects one size per open dimension of " << type
                           << ", but got " << numSizes;
}

//===----------------------------------------------------------------------===//
// Module level
//===----------------------------------------------------------------------===//

LogicalResult VariableOp::verify() {
  // C1: the initial value has the variable's type.
  if (!getInitialValue())
    return success();
  ShapedType initial = getInitialValue()->getShapedType();
  RankedTensorType type = getTensorType();
  if (initial.getElementType() != type.getElementType() ||
      failed(verifyCompatibleShape(initial.getShape(), type.getShape())))
    return emitOpError() << "expects an initial value of type " << type
                         << ", but got " << initial;
  return success();
}

LogicalResult WeightDataOp::verify() {
  // C1: the offset is a multiple of 64.
  if (getOffset() < 0 || getOffset() % 64 != 0)
    return emitOpError() << "expects an offset that is a multiple of 64, but "
                            "got "
                         << getOffset();
  return success();
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

LogicalResult LoadOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyVariable(*this, getVariableAttr(),
                        cast<ShapedType>(getValue().getType()), symbolTable);
}

LogicalResult StoreOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyVariable(*this, getVariableAttr(),
                        cast<ShapedType>(getValue().getType()), symbolTable);
}

LogicalResult IsSetOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyVariable(*this, getVariableAttr(), {}, symbolTable);
}

LogicalResult MarkSetOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyVariable(*this, getVariableAttr(), {}, symbolTable);
}

LogicalResult CheckSetOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyVariable(*this, getVariableAttr(), {}, symbolTable);
}

//===----------------------------------------------------------------------===//
// Outcome
//===----------------------------------------------------------------------===//

LogicalResult AssertOp::verify() {
  // C2: the status is one that a graph can fail with.
  if (getStatus() != 1 && getStatus() != 3)
    return emitOpError() << "expects a status of 1 or 3, but got "
                         << getStatus();
  return verifyText(*this, getText(), getData().size());
}

LogicalResult PrintOp::verify() {
  // C2: the style is one of two.
  if (getStyle() != "summary" && getStyle() != "format")
    return emitOpError()
           << "expects the style \"summary\" or \"format\", but got \""
           << getStyle() << "\"";
  return verifyText(*this, getText(), getData().size());
}

//===----------------------------------------------------------------------===//
// Kernels and parts
//===----------------------------------------------------------------------===//

LogicalResult LaunchOp::verify() {
  // C3: one result per output on tensors, none on memrefs.
  bool onTensors =
      llvm::any_of(getOutputs().getTypes(), llvm::IsaPred<TensorType>);
  size_t expected = onTensors ? getOutputs().size() : 0;
  if (getResults().size() != expected)
    return emitOpError() << "expects " << expected
                         << " results, one per output tensor, but got "
                         << getResults().size();
  for (auto [result, output] :
       llvm::zip(getResults().getTypes(), getOutputs().getTypes()))
    if (result != output)
      return emitOpError() << "expects a result of its output's type " << output
                           << ", but got " << result;
  return success();
}

/// Whether an operand of type `type` can be passed for a kernel's argument.
static bool fitsArgument(Type type, Type argument) {
  if (type == argument)
    return true;
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto memref = dyn_cast<MemRefType>(argument);
  return tensor && memref && tensor.getShape() == memref.getShape() &&
         tensor.getElementType() == memref.getElementType();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  // C1: the callee is a kernel.
  auto kernel = symbolTable.lookupNearestSymbolFrom<FunctionOpInterface>(
      *this, getKernelAttr().getAttr());
  if (!kernel || !kernel->hasAttr(StepDialect::kKernelAttr))
    return emitOpError() << "expects a kernel, but found none named "
                         << getKernelAttr();
  // C2: the operands' types are the kernel's argument types. A kernel that has
  // been emitted has machine types instead.
  if (!isa<FunctionType>(kernel.getFunctionType()))
    return success();
  ArrayRef<Type> arguments = kernel.getArgumentTypes();
  unsigned numOperands = getInputs().size() + getOutputs().size();
  if (arguments.size() != numOperands)
    return emitOpError() << "expects the " << arguments.size()
                         << " operands of " << getKernelAttr() << ", but got "
                         << numOperands;
  for (auto [index, operand, argument] :
       llvm::enumerate((*this)->getOperandTypes(), arguments))
    if (!fitsArgument(operand, argument))
      return emitOpError() << "expects operand " << index << " to fit "
                           << argument << ", but got " << operand;
  return success();
}

void LaunchOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  // On tensors a launch is a function of its operands.
  for (OpOperand &input : getInputsMutable())
    if (isa<MemRefType>(input.get().getType()))
      effects.emplace_back(MemoryEffects::Read::get(), &input);
  for (OpOperand &output : getOutputsMutable()) {
    if (!isa<MemRefType>(output.get().getType()))
      continue;
    effects.emplace_back(MemoryEffects::Read::get(), &output);
    effects.emplace_back(MemoryEffects::Write::get(), &output);
  }
}

LogicalResult ResizeOp::verify() {
  // C2: only the outermost dimension changes.
  auto source = cast<RankedTensorType>(getSource().getType());
  auto result = cast<RankedTensorType>(getType());
  if (source.getElementType() != result.getElementType() ||
      source.getRank() == 0 || source.getRank() != result.getRank() ||
      failed(verifyCompatibleShape(source.getShape().drop_front(),
                                   result.getShape().drop_front())))
    return emitOpError() << "expects a result with more or fewer rows of "
                         << source << ", but got " << result;
  return verifySizes(*this, result, getSizes().size());
}

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  // C1: the callee is a part with these argument types.
  auto part = symbolTable.lookupNearestSymbolFrom<FunctionOpInterface>(
      *this, getCalleeAttr().getAttr());
  if (!part || !part->hasAttr(StepDialect::kPartAttr))
    return emitOpError() << "expects a part of a step, but found none named "
                         << getCalleeAttr();
  if (!llvm::equal(part.getArgumentTypes(), getOperandTypes()))
    return emitOpError() << "expects the argument types of " << getCalleeAttr();
  return success();
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

LogicalResult ArenaOp::verify() {
  // C1: the offset is a multiple of 8 and not negative.
  if (getOffset() < 0 || getOffset() % 8 != 0)
    return emitOpError()
           << "expects an offset that is a multiple of 8, but got "
           << getOffset();
  return success();
}

LogicalResult ScratchOp::verify() {
  return verifySizes(*this, cast<ShapedType>(getType()), getSizes().size());
}

LogicalResult GrowOp::verify() {
  return verifySizes(*this, cast<ShapedType>(getType()), getSizes().size());
}

LogicalResult OutputOp::verify() {
  return verifySizes(*this, cast<ShapedType>(getType()), getSizes().size());
}

LogicalResult WeightOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  auto data = symbolTable.lookupNearestSymbolFrom<WeightDataOp>(
      *this, getWeightAttr().getAttr());
  if (!data)
    return emitOpError() << "expects a step.weight_data, but found none named "
                         << getWeightAttr();
  return verifySameShape(*this, cast<ShapedType>(getType()),
                         data.getValue().getShapedType(), getWeight());
}

LogicalResult
VariableRefOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyVariable(*this, getVariableAttr(), cast<ShapedType>(getType()),
                        symbolTable);
}

LogicalResult VariableRefOp::verify() {
  return verifySizes(*this, cast<ShapedType>(getType()), getSizes().size());
}

void VariableRefOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  // Variables of fixed shape never move.
  if (!getSizes().empty())
    effects.emplace_back(MemoryEffects::Read::get(), VariableResource::get());
}

LogicalResult
VariableSizeOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  // C1: the variable has that dimension, and it is open.
  if (failed(verifyVariable(*this, getVariableAttr(), {}, symbolTable)))
    return failure();
  RankedTensorType type = symbolTable
                              .lookupNearestSymbolFrom<VariableOp>(
                                  *this, getVariableAttr().getAttr())
                              .getTensorType();
  int64_t dim = getDim();
  if (dim < 0 || dim >= type.getRank() || !type.isDynamicDim(dim))
    return emitOpError() << "expects an open dimension of " << type
                         << ", but got " << dim;
  return success();
}

LogicalResult
ResizeVariableOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyVariable(*this, getVariableAttr(), cast<ShapedType>(getType()),
                        symbolTable);
}

LogicalResult ResizeVariableOp::verify() {
  // C1: the variable has a size to change.
  auto type = cast<ShapedType>(getType());
  if (type.hasStaticShape())
    return emitOpError() << "expects a place of open shape, but got " << type;
  return verifySizes(*this, type, getSizes().size());
}

LogicalResult ViewOp::verify() {
  // C2: source and result have the same element type.
  auto source = cast<MemRefType>(getSource().getType());
  auto place = cast<MemRefType>(getPlace().getType());
  if (source.getElementType() != place.getElementType())
    return emitOpError() << "expects elements of type "
                         << source.getElementType() << ", but got "
                         << place.getElementType();
  return verifySizes(*this, place, getSizes().size());
}

LogicalResult PaddedOp::verify() {
  // C1: dimensions of the source, with an offset and a size each.
  MemRefType source = getSourceType(), result = cast<MemRefType>(getType());
  ArrayRef<int64_t> dims = getDims();
  bool areDims = llvm::is_sorted(dims) && llvm::all_of(dims, [&](int64_t dim) {
                   return dim >= 0 && dim < source.getRank();
                 });
  if (!areDims || std::adjacent_find(dims.begin(), dims.end()) != dims.end())
    return emitOpError() << "expects ascending dims of " << source
                         << ", but got [" << dims << "]";
  if (getOffsets().size() != dims.size() || getSizes().size() != dims.size())
    return emitOpError() << "expects " << dims.size()
                         << " offsets and sizes, but got "
                         << getOffsets().size() << " and " << getSizes().size();
  // C2: nothing else changes.
  SmallVector<int64_t> shape(source.getShape());
  if (source.getRank() == result.getRank())
    for (int64_t dim : dims)
      shape[dim] = result.getDimSize(dim);
  if (MemRefType::get(shape, source.getElementType()) !=
      MemRefType::get(result.getShape(), result.getElementType()))
    return emitOpError() << "expects a result that is " << source
                         << " but for dims [" << dims << "], but got "
                         << result;
  return success();
}
