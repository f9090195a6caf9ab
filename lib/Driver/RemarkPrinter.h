//===- RemarkPrinter.h - what optimizations say of themselves ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DRIVER_REMARKPRINTER_H
#define GRAPH_COMPILE_LIB_DRIVER_REMARKPRINTER_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringRef.h"

namespace graph_compile {

/// From here on, remarks of `context` about what passes did (`passed`) and what
/// they nearly did (`missed`), of the categories that these regular expressions
/// match, become diagnostics that end with the flag that asks for them. An
/// empty expression asks for none.
void enableRemarks(mlir::MLIRContext &context, llvm::StringRef passed,
                   llvm::StringRef missed);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_DRIVER_REMARKPRINTER_H
