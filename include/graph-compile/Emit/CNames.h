//===- CNames.h - names of a model in C ----------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_CNAMES_H
#define GRAPH_COMPILE_EMIT_CNAMES_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace graph_compile {

/// Returns `name` as an identifier of C and C++: every character but letters,
/// digits and `_` becomes `_`; a leading digit or a keyword of either language
/// gets a `_` before it, and so does nothing at all.
std::string makeCName(llvm::StringRef name);

/// Names that must differ from each other, such as the members of a class.
class CNameScope {
public:
  /// Takes names that nothing else may have.
  CNameScope(std::initializer_list<llvm::StringRef> reserved = {});

  /// Returns the C name of `name`; `_2`, `_3`, .. is appended where that name
  /// is taken.
  std::string add(llvm::StringRef name);

private:
  /// Each taken name, with the number to try next for another of that name.
  llvm::StringMap<unsigned> taken;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_CNAMES_H
