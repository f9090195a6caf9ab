//===- ErrorLimit.h - not more errors than anybody reads --------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ERRORLIMIT_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ERRORLIMIT_H

#include "mlir/IR/Diagnostics.h"

namespace graph_compile::tensorflow {

/// Counts the errors of one kind: a check goes on after the first, so that one
/// run shows them all, but not when every node of a large graph is wrong.
class ErrorLimit {
public:
  explicit ErrorLimit(mlir::Location file) : file(file) {}

  /// Counts one error and returns whether to print it.
  bool report() { return ++count <= limit; }

  /// Says how many errors were left out; fails if there were any at all.
  mlir::LogicalResult finish() const {
    if (count > limit)
      mlir::emitError(file) << (count - limit) << " more errors like these";
    return mlir::success(count == 0);
  }

private:
  static constexpr unsigned limit = 20;

  mlir::Location file;
  unsigned count = 0;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ERRORLIMIT_H
