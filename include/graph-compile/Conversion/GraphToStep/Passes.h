//===- Passes.h - from the graph dialect to step and linalg -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CONVERSION_GRAPHTOSTEP_PASSES_H
#define GRAPH_COMPILE_CONVERSION_GRAPHTOSTEP_PASSES_H

#include "mlir/Pass/Pass.h"

namespace graph_compile {

#define GEN_PASS_DECL
#include "graph-compile/Conversion/GraphToStep/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "graph-compile/Conversion/GraphToStep/Passes.h.inc"

} // namespace graph_compile

#endif // GRAPH_COMPILE_CONVERSION_GRAPHTOSTEP_PASSES_H
