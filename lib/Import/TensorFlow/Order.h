//===- Order.h - order where the graph states none --------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ORDER_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ORDER_H

#include "Effects.h"

namespace graph_compile::tensorflow {

/// What --auto-order adds: each variable's reads and writes, and the stateful
/// nodes without a variable, in the order of the flow graph. A node whose
/// attribute `_graph_compile_auto_order` is false gets and gives no such edge.
std::vector<FlowEdge> makeProgramOrder(const FlowGraph &flow,
                                       const Effects &effects,
                                       llvm::ArrayRef<VariableAccess> accesses);

/// Whether a variable is set is asked where the flow graph asks it: the edges
/// between such queries and the writes. A query is no read, so nothing is said
/// about those that no path orders, but all schedules must give one answer.
std::vector<FlowEdge> makeQueryOrder(const FlowGraph &flow,
                                     const Effects &effects,
                                     llvm::ArrayRef<VariableAccess> accesses);

/// Where no path says otherwise, effects come before assertions, and assertions
/// in the order of the flow graph, which is sorted again for that: whatever
/// does not wait for an assertion has happened when it fails, in every
/// schedule.
void orderAssertions(FlowGraph &flow, const Effects &effects);

/// Sorts a flow graph of an initializer so that, where no path says otherwise,
/// a variable's first assignment comes before its reads, and orders all
/// accesses that way.
void orderInitializer(FlowGraph &flow, const Effects &effects);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ORDER_H
