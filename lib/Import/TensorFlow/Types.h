//===- Types.h - TensorFlow's element types ---------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_TYPES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_TYPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace graph_compile::tensorflow {

/// Returns the element type for a DataType number; null for strings, handles
/// and types that the dialect does not have.
mlir::Type convertDataType(mlir::MLIRContext *context, int dataType);

/// Returns TensorFlow's name of a DataType number, as messages spell it:
/// `float32`, `string`, `resource`; `type 77` for an unknown number.
std::string getDataTypeName(int dataType);

/// Returns the DataType number that a signature's type name means (`float`,
/// `int32`, `resource`), as TensorFlow's op registry spells it.
std::optional<int> parseSignatureType(llvm::StringRef name);

/// Returns the DataType number of a value without its reference flag.
inline int removeReference(int dataType) {
  return dataType > 100 ? dataType - 100 : dataType;
}

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_TYPES_H
