//===- UnitDims.h - dimensions of size 1 in elementwise operations -*- C++ -*-//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_UNITDIMS_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_UNITDIMS_H

#include "mlir/IR/Block.h"

namespace graph_compile {

/// Brings the operations of `step` together that reductions with kept
/// dimensions separate: reads of a tensor.expand_shape that only adds
/// dimensions of size 1 become reads of its source, and an elementwise
/// operation whose operands lost such a dimension loses it too.
void simplifyUnitDims(mlir::Block &step);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_UNITDIMS_H
