//===- ListPlaces.h - the values that have a place of their own -*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_LISTPLACES_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_LISTPLACES_H

#include "StepMemory.h"

namespace graph_compile {

/// The value of `step.places` for `step`, which is not rewritten yet: what
/// `memory` has put into the arena and into scratch places.
mlir::ArrayAttr listPlaces(mlir::func::FuncOp step, const StepMemory &memory);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_LISTPLACES_H
