//===- BundleIndex.h - the index file of a checkpoint -----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BUNDLEINDEX_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BUNDLEINDEX_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace graph_compile::tensorflow {

/// Calls `handle` with each key and value of a table in LevelDB's format, in
/// the order of the keys, until it returns an error. The error of a damaged
/// table says what is wrong with it, not where it is.
llvm::Error readBundleIndex(
    llvm::StringRef bytes,
    llvm::function_ref<llvm::Error(llvm::StringRef key, llvm::StringRef value)>
        handle);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BUNDLEINDEX_H
