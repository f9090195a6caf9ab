//===- NearestName.h - suggestions for misspelt names -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_SUPPORT_NEARESTNAME_H
#define GRAPH_COMPILE_SUPPORT_NEARESTNAME_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace graph_compile {

/// Returns those of `names` that `wanted` may have meant, nearest first and at
/// most `limit`: a small edit distance for its length. Ties keep their order.
std::vector<std::string> nearestNames(llvm::StringRef wanted,
                                      llvm::ArrayRef<llvm::StringRef> names,
                                      unsigned limit = 3);

/// Returns `did you mean "a" or "b"?`, or an empty string without suggestions.
std::string suggestNames(llvm::StringRef wanted,
                         llvm::ArrayRef<llvm::StringRef> names,
                         unsigned limit = 3);

} // namespace graph_compile

#endif // GRAPH_COMPILE_SUPPORT_NEARESTNAME_H
