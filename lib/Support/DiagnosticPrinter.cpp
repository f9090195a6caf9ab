//===- DiagnosticPrinter.cpp - diagnostics as lines of text -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Support/DiagnosticPrinter.h"

#include "graph-compile/Support/NodeLocation.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace graph_compile;

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context,
                                     llvm::raw_ostream &os)
    : ScopedDiagnosticHandler(context), os(os) {
  setHandler([this](Diagnostic &diagnostic) { print(diagnostic); });
}

static StringRef getSeverityName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  llvm_unreachable("unknown severity");
}

static void printPlace(Location location, llvm::raw_ostream &os) {
  FileLineColLoc place = getFileLocation(location);
  if (!place)
    return;
  os << place.getFilename().getValue() << ':';
  if (place.getLine() != 0)
    os << place.getLine() << ':';
  if (place.getLine() != 0 && place.getColumn() != 0)
    os << place.getColumn() << ':';
  os << ' ';
}

void DiagnosticPrinter::print(Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
    ++numErrors;
  printPlace(diagnostic.getLocation(), os);
  os << getSeverityName(diagnostic.getSeverity()) << ": " << diagnostic << '\n';
  for (Diagnostic &note : diagnostic.getNotes())
    print(note);
}
