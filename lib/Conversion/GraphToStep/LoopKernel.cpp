//===- LoopKernel.cpp - kernels written as loops --------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopKernel.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graph_compile;

/// The type of a kernel's argument for a value of the step.
static Type getArgumentType(Type type) {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return MemRefType::get(tensor.getShape(), tensor.getElementType());
  return type;
}

/// A name that tells kernels of other types apart: "top_k.4xnxf32.4x2xi32".
static std::string getKernelName(const Twine &name, ArrayRef<Type> types) {
  std::string full = name.str();
  llvm::raw_string_ostream stream(full);
  for (Type type : types) {
    stream << '.';
    if (auto memref = dyn_cast<MemRefType>(type))
      for (int64_t size : memref.getShape()) {
        if (ShapedType::isDynamic(size))
          stream << 'n';
        else
          stream << size;
        stream << 'x';
      }
    stream << getElementTypeOrSelf(type);
  }
  return full;
}

SmallVector<Value> graph_compile::createLoopKernel(
    NodeBuilder &b, Twine name, ValueRange inputs, ValueRange outputs,
    function_ref<void(NodeBuilder &, ArrayRef<Value>)> write) {
  SmallVector<Type> types;
  for (Value value :
       llvm::concat<Value>(llvm::to_vector(inputs), llvm::to_vector(outputs)))
    types.push_back(getArgumentType(value.getType()));
  std::string fullName = getKernelName(name, types);

  auto module =
      b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  if (!module.lookupSymbol(fullName)) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(module.getBody());
    auto kernel =
        func::FuncOp::create(b, fullName, b.getFunctionType(types, {}));
    kernel.setPrivate();
    kernel->setAttr(step::StepDialect::kKernelAttr, b.getUnitAttr());
    Block *entry =
        b.createBlock(&kernel.getBody(), kernel.getBody().begin(), types,
                      SmallVector<Location>(types.size(), b.getLoc()));
    write(b, llvm::to_vector_of<Value>(entry->getArguments()));
    b.setInsertionPointToEnd(entry);
    func::ReturnOp::create(b);
  }
  auto launch = step::LaunchOp::create(
      b, outputs.getTypes(), FlatSymbolRefAttr::get(b.getContext(), fullName),
      inputs, outputs);
  return launch.getResults();
}

void graph_compile::createLoop(NodeBuilder &b, Value from, Value to,
                               function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(b, from, to, createIndex(b, 1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void graph_compile::createParallelLoop(NodeBuilder &b, Value to,
                                       function_ref<void(Value)> body) {
  auto loop =
      scf::ParallelOp::create(b, ValueRange{createIndex(b, 0)}, ValueRange{to},
                              ValueRange{createIndex(b, 1)});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVars()[0]);
}

SmallVector<Value> graph_compile::createCarryingLoop(
    NodeBuilder &b, Value from, Value to, ValueRange initial,
    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(b, from, to, createIndex(b, 1), initial);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> next =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  scf::YieldOp::create(b, next);
  return loop.getResults();
}

void graph_compile::createWhen(NodeBuilder &b, Value condition,
                               function_ref<void()> body) {
  auto branch = scf::IfOp::create(b, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  body();
}

Value graph_compile::getMemRefDim(NodeBuilder &b, Value memref, int64_t dim) {
  auto type = cast<MemRefType>(memref.getType());
  if (!type.isDynamicDim(dim))
    return createIndex(b, type.getDimSize(dim));
  return memref::DimOp::create(b, memref, dim);
}

Value graph_compile::createFlatMemRef(NodeBuilder &b, Value memref) {
  int64_t rank = cast<MemRefType>(memref.getType()).getRank();
  if (rank == 1)
    return memref;
  ReassociationIndices allDims =
      llvm::to_vector<2>(llvm::seq<int64_t>(0, rank));
  return memref::CollapseShapeOp::create(
      b, memref, ArrayRef<ReassociationIndices>(allDims));
}
