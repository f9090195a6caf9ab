//===- Graph.h - everything users of the graph dialect include --*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPH_H
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPH_H

#include "graph-compile/Dialect/Graph/IR/GraphDialect.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPH_H
