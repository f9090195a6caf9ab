//===- DiagnosticPrinter.h - diagnostics as lines of text ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_SUPPORT_DIAGNOSTICPRINTER_H
#define GRAPH_COMPILE_SUPPORT_DIAGNOSTICPRINTER_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

namespace graph_compile {

/// Prints every diagnostic of a context, as long as it lives, in the form
/// `FILE:LINE: error: MESSAGE`; without a line where the source has none, and
/// without a file where the location names none.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  DiagnosticPrinter(mlir::MLIRContext *context, llvm::raw_ostream &os);

  unsigned getNumErrors() const { return numErrors; }

private:
  void print(mlir::Diagnostic &diagnostic);

  llvm::raw_ostream &os;
  unsigned numErrors = 0;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_SUPPORT_DIAGNOSTICPRINTER_H
