//===- GraphDialect.h - the graph dialect, its types and attributes ------*- C++
//-*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHDIALECT_H
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHDIALECT_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"

#include "graph-compile/Dialect/Graph/IR/GraphDialect.h.inc"
#include "graph-compile/Dialect/Graph/IR/GraphEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphTypes.h.inc"

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHDIALECT_H
