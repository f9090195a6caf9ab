//===- WeightTable.h - the constants of a module, each once -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_WEIGHTTABLE_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_WEIGHTTABLE_H

#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

namespace graph_compile {

/// Lays constants out one after the other. Constants with equal bytes and
/// element types are one, whatever their shapes; those in panels, of equal
/// panels.
class WeightTable {
public:
  WeightTable(mlir::ModuleOp module, mlir::SymbolTable &symbols);

  /// The entry that holds `value`; null if `value` has no bytes to look at.
  step::WeightDataOp intern(mlir::ElementsAttr value, mlir::Location loc);

private:
  mlir::SymbolTable &symbols;
  mlir::OpBuilder builder;
  /// Equal attributes are found without looking at their bytes.
  llvm::DenseMap<mlir::Attribute, step::WeightDataOp> byAttribute;
  llvm::DenseMap<size_t, llvm::SmallVector<step::WeightDataOp, 1>> byHash;
  int64_t nextOffset = 0;
  unsigned nextNumber = 0;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_WEIGHTTABLE_H
