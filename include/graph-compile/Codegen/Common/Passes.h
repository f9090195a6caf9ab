//===- Passes.h - from a linear step to its memory plan ---------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CODEGEN_COMMON_PASSES_H
#define GRAPH_COMPILE_CODEGEN_COMMON_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir {
namespace func {
class FuncOp;
} // namespace func
} // namespace mlir

namespace graph_compile {

#define GEN_PASS_DECL
#include "graph-compile/Codegen/Common/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "graph-compile/Codegen/Common/Passes.h.inc"

} // namespace graph_compile

#endif // GRAPH_COMPILE_CODEGEN_COMMON_PASSES_H
