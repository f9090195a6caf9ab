//===- Passes.h - passes on the graph dialect -------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_TRANSFORMS_PASSES_H
#define GRAPH_COMPILE_DIALECT_GRAPH_TRANSFORMS_PASSES_H

#include "graph-compile/Dialect/Graph/Transforms/Schedule.h"
#include "mlir/Pass/Pass.h"

namespace graph_compile {
namespace graph {
class FuncOp;
} // namespace graph

#define GEN_PASS_DECL
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"
} // namespace graph_compile

#endif // GRAPH_COMPILE_DIALECT_GRAPH_TRANSFORMS_PASSES_H
