//===- ElementBytes.h - bytes of an element in memory -----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_ELEMENTBYTES_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_ELEMENTBYTES_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"

namespace graph_compile {

/// Bytes of an element in memory; an i1 takes a byte, an index eight.
inline int64_t getElementBytes(mlir::Type type) {
  if (type.isIndex())
    return 8;
  return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

/// Bytes of a value of fixed shape.
inline int64_t getTotalBytes(mlir::ShapedType type) {
  return getElementBytes(type.getElementType()) * type.getNumElements();
}

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_ELEMENTBYTES_H
