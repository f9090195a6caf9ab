//===- KernelSignature.cpp - what a kernel takes --------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelSignature.h"

#include "graph-compile/Dialect/Step/IR/Step.h"

using namespace mlir;
using namespace graph_compile;

MemRefType graph_compile::getPlaceType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return MemRefType::get(tensor.getShape(), tensor.getElementType());
}

void KernelSignature::add(Value value) {
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

BuiltKernel KernelSignature::start(OpBuilder &builder, TypeRange outputTypes,
                                   ArrayRef<Location> origins) {
  BuiltKernel kernel;
  kernel.origins.assign(origins.begin(), origins.end());
  kernel.inputs.append(tensors.begin(), tensors.end());
  kernel.inputs.append(scalars.begin(), scalars.end());

  SmallVector<Type> types;
  for (Value tensor : tensors)
    types.push_back(getPlaceType(tensor.getType()));
  for (Value scalar : scalars)
    types.push_back(scalar.getType());
  for (Type output : outputTypes)
    types.push_back(getPlaceType(output));
  kernel.function =
      func::FuncOp::create(builder, builder.getFusedLoc(origins), "kernel",
                           builder.getFunctionType(types, {}));
  kernel.function.setPrivate();
  kernel.function->setAttr(step::StepDialect::kKernelAttr,
                           builder.getUnitAttr());

  Block *entry = kernel.function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  mapping.map(kernel.inputs,
              entry->getArguments().take_front(kernel.inputs.size()));
  outputs.assign(entry->args_begin() + kernel.inputs.size(), entry->args_end());
  for (Value constant : constants)
    builder.clone(*constant.getDefiningOp(), mapping);
  return kernel;
}
