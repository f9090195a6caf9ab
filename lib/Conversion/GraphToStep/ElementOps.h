//===- ElementOps.h - one element of an elementwise operation ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_ELEMENTOPS_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_ELEMENTOPS_H

#include "Utils.h"
#include "graph-compile/Dialect/Graph/IR/Graph.h"

namespace graph_compile {

/// Emits what the elementwise operation `op` of the graph does to one element
/// of each operand. The arguments have signless types; `op` tells the signs.
mlir::Value emitElement(NodeBuilder &b, mlir::Operation *op,
                        mlir::ValueRange args);

/// The runtime's C function, of doubles, that computes `function`.
std::string getSpecialFunctionName(graph::SpecialFunction function);

/// Emits the conversion of a scalar between element types of the graph, which
/// tell the signs.
mlir::Value emitCast(NodeBuilder &b, mlir::Value x, mlir::Type from,
                     mlir::Type to);

// The following are for emitElement; they see f64, f32 and integers only.
mlir::Value emitFloatUnary(NodeBuilder &b, mlir::Operation *op, mlir::Value x);
mlir::Value emitFloatBinary(NodeBuilder &b, mlir::Operation *op, mlir::Value x,
                            mlir::Value y);
mlir::Value emitIntegerUnary(NodeBuilder &b, mlir::Operation *op,
                             mlir::Value x);
mlir::Value emitIntegerBinary(NodeBuilder &b, mlir::Operation *op,
                              mlir::Value x, mlir::Value y, bool isUnsigned);

/// f16 and bf16 are computed in f32: returns the type to compute `type` in.
mlir::Type getComputeType(mlir::Type type);
/// Converts between a float type and the type it is computed in.
mlir::Value convertFloat(NodeBuilder &b, mlir::Value x, mlir::Type type);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_ELEMENTOPS_H
