//===- StringSummary.h - strings as TensorFlow prints them ------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constant string tensors in the texts of assertions and prints. (Tensors of
// numbers are written by the runtime.)
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_STRINGSUMMARY_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_STRINGSUMMARY_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <string>

namespace graph_compile::tensorflow {

/// The first `summarize` elements (-1: all) of a tensor of the given shape as
/// Assert and Print show them: `a b...`, `[a b][c...]...`.
std::string summarizeStrings(llvm::ArrayRef<std::string> strings,
                             llvm::ArrayRef<int64_t> shape, int64_t summarize);

/// The tensor as StringFormat shows it: nested brackets with the first and last
/// `summarize` entries (-1: all) of each dim, elements in quotes.
std::string formatStrings(llvm::ArrayRef<std::string> strings,
                          llvm::ArrayRef<int64_t> shape, int64_t summarize);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_STRINGSUMMARY_H
