//===- Header.h - the C and C++ header of an object ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_HEADER_H
#define GRAPH_COMPILE_EMIT_HEADER_H

#include "graph-compile/Emit/ModelDescription.h"
#include "llvm/Support/raw_ostream.h"

namespace graph_compile {

/// Writes the header that goes with an object which exports `ID_model`: a typed
/// C function for each function of the model, and the class `ID::Model`.
/// docs/Linking.md shows both in use.
void writeHeader(llvm::raw_ostream &os, const ModelDescription &model,
                 llvm::StringRef id);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_HEADER_H
