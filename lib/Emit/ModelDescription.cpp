//===- ModelDescription.cpp - what the descriptor of a model says -------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/ModelDescription.h"

#include "gcrt/model.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "graph-compile/Emit/DataBlob.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace graph_compile;

/// Returns `type` with unsigned integers where it has signless ones.
static RankedTensorType makeUnsigned(RankedTensorType type) {
  auto element = dyn_cast<IntegerType>(type.getElementType());
  if (!element || element.getWidth() == 1)
    return type;
  return type.clone(IntegerType::get(type.getContext(), element.getWidth(),
                                     IntegerType::Unsigned));
}

std::optional<uint32_t> graph_compile::getRuntimeDtype(Type elementType) {
  if (elementType.isF64())
    return GCRT_F64;
  if (elementType.isF32())
    return GCRT_F32;
  if (elementType.isF16())
    return GCRT_F16;
  if (elementType.isBF16())
    return GCRT_BF16;
  auto integer = dyn_cast<IntegerType>(elementType);
  if (!integer)
    return std::nullopt;
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 64:
    return isUnsigned ? GCRT_U64 : GCRT_I64;
  case 32:
    return isUnsigned ? GCRT_U32 : GCRT_I32;
  case 16:
    return isUnsigned ? GCRT_U16 : GCRT_I16;
  case 8:
    return isUnsigned ? GCRT_U8 : GCRT_I8;
  case 1:
    return GCRT_BOOL;
  default:
    return std::nullopt;
  }
}

uint64_t graph_compile::getStoredBytes(ShapedType type) {
  return static_cast<uint64_t>(type.getNumElements()) *
         llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

/// Reads a list of {name, type} from the attribute `attribute` of `function`.
static LogicalResult readTensors(LLVM::LLVMFuncOp function, StringRef attribute,
                                 std::vector<TensorDescription> &tensors) {
  auto list = function->getAttrOfType<ArrayAttr>(attribute);
  if (!list)
    return function.emitOpError()
           << "expects the array attribute " << attribute;
  for (Attribute entry : list) {
    auto dictionary = dyn_cast<DictionaryAttr>(entry);
    auto name = dictionary ? dictionary.getAs<StringAttr>("name") : nullptr;
    auto typeAttr = dictionary ? dictionary.getAs<TypeAttr>("type") : nullptr;
    auto type =
        typeAttr ? dyn_cast<RankedTensorType>(typeAttr.getValue()) : nullptr;
    if (!name || !type)
      return function.emitOpError()
             << "expects entries {name = string, type = ranked tensor} in "
             << attribute << ", but got " << entry;
    if (!getRuntimeDtype(type.getElementType()))
      return function.emitOpError()
             << "expects a type that the runtime has for \"" << name.getValue()
             << "\", but got " << type;
    tensors.push_back({name.str(), type});
  }
  return success();
}

/// Reads a count that must not be negative; absent means zero.
static LogicalResult readCount(LLVM::LLVMFuncOp function, StringRef attribute,
                               uint64_t limit, uint64_t &count) {
  auto value = function->getAttrOfType<IntegerAttr>(attribute);
  int64_t number = value ? value.getInt() : 0;
  if (number < 0 || static_cast<uint64_t>(number) > limit)
    return function.emitOpError() << "expects " << attribute << " from 0 to "
                                  << limit << ", but got " << number;
  count = number;
  return success();
}

static FailureOr<FunctionDescription> readFunction(LLVM::LLVMFuncOp function) {
  FunctionDescription description;
  auto name = function->getAttrOfType<StringAttr>(step::StepDialect::kNameAttr);
  description.symbol = function.getSymName().str();
  description.name = name ? name.str() : description.symbol;
  uint64_t scratchCount = 0;
  if (failed(readTensors(function, step::StepDialect::kInputsAttr,
                         description.inputs)) ||
      failed(readTensors(function, step::StepDialect::kResultsAttr,
                         description.outputs)) ||
      failed(readCount(function, step::StepDialect::kArenaBytesAttr, INT64_MAX,
                       description.arenaBytes)) ||
      failed(readCount(function, step::StepDialect::kScratchSlotsAttr,
                       UINT32_MAX, scratchCount)))
    return failure();
  description.scratchCount = scratchCount;
  return description;
}

static LogicalResult checkData(Operation *op, ElementsAttr value) {
  if (isStorable(value))
    return success();
  return op->emitOpError() << "expects dense data of a type that the runtime "
                              "has, present in memory, but got "
                           << value.getShapedType();
}

static LogicalResult readVariable(step::VariableOp variable,
                                  std::vector<VariableDescription> &variables) {
  RankedTensorType type = variable.getTensorType();
  if (variable->hasAttr(step::StepDialect::kUnsignedAttr))
    type = makeUnsigned(type);
  if (!getRuntimeDtype(type.getElementType()))
    return variable.emitOpError()
           << "expects a type that the runtime has, but got " << type;
  ElementsAttr initial = variable.getInitialValueAttr();
  if (initial && failed(checkData(variable, initial)))
    return failure();
  variables.push_back({variable.getSymName().str(), type, initial,
                       variable->hasAttr(step::StepDialect::kHiddenAttr)});
  return success();
}

static LogicalResult readWeight(step::WeightDataOp weight, uint64_t &end,
                                std::vector<WeightDescription> &weights) {
  uint64_t offset = weight.getOffset();
  if (failed(checkData(weight, weight.getValue())))
    return failure();
  if (offset < end)
    return weight.emitOpError() << "expects an offset from " << end
                                << " on, where the constant before it ends, "
                                   "but got "
                                << offset;
  end = offset + getStoredBytes(weight.getValue().getShapedType());
  weights.push_back({offset, weight.getValue()});
  return success();
}

/// Reads the launches, where the code marks them.
static LogicalResult readLaunches(ModuleOp module,
                                  std::vector<LaunchDescription> &launches) {
  StringRef attribute = step::StepDialect::kLaunchesAttr;
  auto list = module->getAttrOfType<ArrayAttr>(attribute);
  for (Attribute entry :
       list ? list : ArrayAttr::get(module.getContext(), {})) {
    auto dictionary = dyn_cast<DictionaryAttr>(entry);
    auto kernel = dictionary ? dictionary.getAs<StringAttr>("kernel") : nullptr;
    auto nodes = dictionary ? dictionary.getAs<ArrayAttr>("nodes") : nullptr;
    if (!kernel || !nodes || !llvm::all_of(nodes, llvm::IsaPred<StringAttr>))
      return module.emitError("expects entries {kernel = string, nodes = "
                              "strings} in ")
             << attribute << ", but got " << entry;
    LaunchDescription &launch = launches.emplace_back();
    launch.kernel = kernel.str();
    for (auto node : nodes.getAsRange<StringAttr>())
      launch.nodes.push_back(node.str());
    if (auto kind = dictionary.getAs<StringAttr>("kind"))
      launch.kind = kind.str();
    if (auto flops = dictionary.getAs<IntegerAttr>("flops"))
      launch.flops = flops.getInt();
    if (auto bytes = dictionary.getAs<IntegerAttr>("bytes"))
      launch.bytes = bytes.getInt();
  }
  return success();
}

FailureOr<ModelDescription>
graph_compile::readModelDescription(ModuleOp module) {
  ModelDescription model;
  if (auto name =
          module->getAttrOfType<StringAttr>(step::StepDialect::kNameAttr))
    model.name = name.str();

  if (failed(readLaunches(module, model.launches)))
    return failure();
  uint64_t weightsEnd = 0;
  for (Operation &op : *module.getBody()) {
    if (auto variable = dyn_cast<step::VariableOp>(op)) {
      if (failed(readVariable(variable, model.variables)))
        return failure();
    } else if (auto weight = dyn_cast<step::WeightDataOp>(op)) {
      if (failed(readWeight(weight, weightsEnd, model.weights)))
        return failure();
    } else if (auto function = dyn_cast<LLVM::LLVMFuncOp>(op)) {
      if (!function->hasAttr(step::StepDialect::kInputsAttr))
        continue; // a kernel, a part of a step or a declaration
      FailureOr<FunctionDescription> description = readFunction(function);
      if (failed(description))
        return failure();
      if (function->hasAttr(step::StepDialect::kInitializerAttr))
        model.initializer = std::move(*description);
      else
        model.functions.push_back(std::move(*description));
    }
  }
  if (model.functions.empty())
    return module.emitError(
               "the module has no entry point: expected a graph.func, "
               "or at stage codegen an llvm.func with the attribute ")
           << step::StepDialect::kInputsAttr;
  return model;
}

void graph_compile::eraseModelDescription(ModuleOp module) {
  for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
    if (isa<step::VariableOp, step::WeightDataOp>(op))
      op.erase();
  module->removeAttr(step::StepDialect::kLaunchesAttr);
}
