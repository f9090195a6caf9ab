//===- PanelWriter.h - constants in panels ----------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_EMIT_PANELWRITER_H
#define GRAPH_COMPILE_LIB_EMIT_PANELWRITER_H

#include "graph-compile/Dialect/Step/IR/Step.h"
#include "llvm/Support/raw_ostream.h"

namespace graph_compile {

/// Writes the elements of `panels`, whose source DataBlob could hold and has no
/// booleans, in the order of the panels.
void writePanels(llvm::raw_ostream &os, step::PanelsAttr panels);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_EMIT_PANELWRITER_H
