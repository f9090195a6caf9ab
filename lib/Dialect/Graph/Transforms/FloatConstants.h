//===- FloatConstants.h - constants to compute with -------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Weights come as attributes or as resources of any size; passes compute with
// them in f64 and round once, at the end.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_FLOATCONSTANTS_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_FLOATCONSTANTS_H

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"

#include <optional>
#include <vector>

namespace graph_compile::graph {

/// The constant whose elements, in row-major order, are those of `value`:
/// reshapes are looked through. Null if there is none, or not of floats.
ConstantOp getFloatConstant(mlir::Value value);

/// The elements of a constant of floats, row-major; nothing if its data is not
/// there.
std::optional<std::vector<double>> readFloats(ConstantOp constant);

/// Builds a constant of these elements, rounded to the type; null if a finite
/// one does not stay so. Large ones become a resource named after `loc`.
mlir::Value createFloats(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::RankedTensorType type,
                         llvm::ArrayRef<double> elements);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_FLOATCONSTANTS_H
