//===- KernelTable.h - the kernels of a module, each once -------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_KERNELTABLE_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_KERNELTABLE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

namespace graph_compile {

/// Numbers kernels in the order in which they are first seen and keeps one of
/// each, however many groups lead to it.
class KernelTable {
public:
  explicit KernelTable(mlir::ModuleOp module);

  /// Takes `kernel`, a function without a parent that came from the nodes in
  /// `origins`: names it and adds it to the module, or destroys it if the table
  /// has an equal one. Returns the one that stays.
  mlir::func::FuncOp intern(mlir::func::FuncOp kernel,
                            llvm::ArrayRef<mlir::Location> origins);

  /// Writes the nodes that each kernel came from into its attribute.
  void finish();

private:
  struct Entry {
    mlir::func::FuncOp kernel;
    llvm::SetVector<mlir::StringAttr> nodes;
  };

  Entry *findEqual(mlir::func::FuncOp kernel, llvm::ArrayRef<unsigned> bucket);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  std::vector<Entry> kernels;
  llvm::DenseMap<size_t, llvm::SmallVector<unsigned, 1>> byHash;
  unsigned nextNumber = 0;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_KERNELTABLE_H
