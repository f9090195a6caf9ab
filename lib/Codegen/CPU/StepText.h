//===- StepText.h - texts of assertions and prints --------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_CPU_STEPTEXT_H
#define GRAPH_COMPILE_LIB_CODEGEN_CPU_STEPTEXT_H

#include "CodeBuilder.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"

namespace graph_compile::cpu {

/// What a `gcrt_text` (gcrt/generated.h) says.
struct Text {
  llvm::StringRef node;
  /// Strings, and integers that are operands.
  mlir::ArrayAttr pieces;
  int64_t summarize;
  /// 0: summary, 1: format.
  int64_t style;
  /// Empty where the text is not printed.
  llvm::StringRef stream;
};

/// Makes the constant globals of texts and shapes, each string once.
class TextGlobals {
public:
  explicit TextGlobals(mlir::SymbolTable &symbols) : symbols(symbols) {}

  /// The address of a `gcrt_text`, where `b` builds.
  mlir::Value getText(CodeBuilder &b, const Text &text);
  /// The address of a constant array of `sizes`.
  mlir::Value getSizes(CodeBuilder &b, llvm::ArrayRef<int64_t> sizes);

private:
  /// The address of a string that ends with a zero; null for an empty one.
  mlir::Value getString(CodeBuilder &b, llvm::StringRef string);
  mlir::LLVM::GlobalOp makeGlobal(CodeBuilder &b, mlir::Type type,
                                  llvm::StringRef name,
                                  mlir::Attribute value = {});
  mlir::Value getPieces(CodeBuilder &b, mlir::ArrayAttr pieces);
  mlir::Value getAddress(CodeBuilder &b, mlir::LLVM::GlobalOp global);

  mlir::SymbolTable &symbols;
  llvm::StringMap<mlir::LLVM::GlobalOp> strings;
};

} // namespace graph_compile::cpu

#endif // GRAPH_COMPILE_LIB_CODEGEN_CPU_STEPTEXT_H
