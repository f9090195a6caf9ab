//===- PureOps.h - the ops that only compute --------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_TOOLS_GRAPH_INTERPRET_PUREOPS_H
#define GRAPH_COMPILE_TOOLS_GRAPH_INTERPRET_PUREOPS_H

#include "Tensor.h"

#include "mlir/IR/Operation.h"

namespace graph_compile::interpret {

/// The results of an op without effects, or why there are none: an op that the
/// interpreter does not know, or a check that fails.
llvm::Expected<llvm::SmallVector<Tensor, 1>>
computeOp(mlir::Operation *op, llvm::ArrayRef<const Tensor *> operands);

} // namespace graph_compile::interpret

#endif // GRAPH_COMPILE_TOOLS_GRAPH_INTERPRET_PUREOPS_H
