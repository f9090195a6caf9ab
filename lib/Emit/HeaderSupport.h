//===- HeaderSupport.h - what all generated headers share ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_EMIT_HEADERSUPPORT_H
#define GRAPH_COMPILE_LIB_EMIT_HEADERSUPPORT_H

#include "llvm/ADT/StringRef.h"

namespace graph_compile {

/// C++ code that every generated header contains, guarded so that a program may
/// include several of them: spans and views, the element types, errors, and the
/// base class that owns an instance. The runtime itself has no C++ header.
llvm::StringRef getHeaderSupport();

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_EMIT_HEADERSUPPORT_H
