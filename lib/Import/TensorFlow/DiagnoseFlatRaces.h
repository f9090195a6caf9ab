//===- DiagnoseFlatRaces.h - races between dead and repeated nodes -*- C++ -*-//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSEFLATRACES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSEFLATRACES_H

#include "Diagnose.h"
#include "ItemBuilder.h"

namespace graph_compile::tensorflow {

/// Warns about the races of an entry point's own flow graph with TF 1 control
/// flow. Conditionals and loops, once they are there, order more than the graph
/// does, so this looks at the nodes as they are: two that are never alive
/// together do not race, and what a loop does in one iteration races with what
/// it does in the next unless a path leads through the edge between them.
/// `items` are those of the flow graph. Fails if the warnings are errors.
mlir::LogicalResult checkFlatRaces(RaceFinder &races, const FlowGraph &flow,
                                   llvm::ArrayRef<VariableAccess> accesses,
                                   const Effects &effects, ItemGraph &items,
                                   const ItemBuilder &builder);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSEFLATRACES_H
