//===- DiagnoseControlFlow.h - effects in the wrong branch ------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSECONTROLFLOW_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSECONTROLFLOW_H

#include "RaiseControlFlow.h"

#include "graph-compile/Support/WarningOptions.h"

namespace graph_compile::tensorflow {

/// Warns about effects, fetches and targets that a control edge from inside a
/// conditional disables where that branch is not taken (dead-control), and
/// about writes that run whichever branch is taken although only a branch needs
/// them (captured-effect). Looks at graphs as they were before raising. Where
/// these have TF 1 control flow, warns about races as well: conditionals and
/// loops order more than they do. Fails if the warnings are errors.
mlir::LogicalResult checkControlFlow(const FlatModel &model,
                                     const VariableTable &variables,
                                     const WarningOptions &options,
                                     bool autoOrder);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSECONTROLFLOW_H
