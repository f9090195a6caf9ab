//===- KernelTable.cpp - the kernels of a module, each once ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelTable.h"

#include "graph-compile/Dialect/Step/IR/Step.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace graph_compile;

/// A hash of what a kernel computes: equal kernels have equal hashes, whatever
/// their locations and names. Operands are left to the comparison.
static size_t hashKernel(func::FuncOp kernel) {
  llvm::hash_code hash = hash_value(kernel.getFunctionType());
  kernel.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
    hash = llvm::hash_combine(
        hash, OperationEquivalence::computeHash(
                  op, OperationEquivalence::ignoreHashValue,
                  OperationEquivalence::ignoreHashValue,
                  OperationEquivalence::Flags::IgnoreLocations));
  });
  return hash;
}

KernelTable::KernelTable(ModuleOp module) : module(module), symbols(module) {}

KernelTable::Entry *KernelTable::findEqual(func::FuncOp kernel,
                                           ArrayRef<unsigned> bucket) {
  for (unsigned index : bucket) {
    Entry &candidate = kernels[index];
    if (candidate.kernel.getFunctionType() == kernel.getFunctionType() &&
        OperationEquivalence::isRegionEquivalentTo(
            &candidate.kernel.getBody(), &kernel.getBody(),
            OperationEquivalence::Flags::IgnoreLocations))
      return &candidate;
  }
  return nullptr;
}

func::FuncOp KernelTable::intern(func::FuncOp kernel,
                                 ArrayRef<Location> origins) {
  SmallVector<unsigned, 1> &bucket = byHash[hashKernel(kernel)];
  Entry *entry = findEqual(kernel, bucket);
  if (entry) {
    kernel->destroy();
  } else {
    // A function of the model may have a kernel's name.
    std::string name;
    do
      name = ("kernel_" + Twine(nextNumber++)).str();
    while (symbols.lookup(name));
    kernel.setName(name);
    symbols.insert(kernel);
    bucket.push_back(kernels.size());
    entry = &kernels.emplace_back();
    entry->kernel = kernel;
  }
  for (Location origin : origins)
    collectNodeNames(origin, entry->nodes);
  return entry->kernel;
}

void KernelTable::finish() {
  Builder builder(module.getContext());
  for (Entry &entry : kernels) {
    SmallVector<Attribute> nodes(entry.nodes.begin(), entry.nodes.end());
    entry.kernel->setAttr(step::StepDialect::kNodesAttr,
                          builder.getArrayAttr(nodes));
  }
}
