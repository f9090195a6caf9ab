//===- DiagnoseIdleBodies.h - updates in bodies nobody runs -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The bodies of a conditional or loop are put in place where some entry point
// runs it. What the others do is of interest to one diagnostic only, which gets
// a graph of its own, so that nothing else meets them.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSEIDLEBODIES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSEIDLEBODIES_H

#include "Config.h"
#include "FlowTree.h"
#include "GraphFile.h"
#include "OpTable.h"

#include "graph-compile/Support/WarningOptions.h"

namespace graph_compile::tensorflow {

/// A graph in which the bodies of what runs are in place.
struct IdleModel {
  mlir::MLIRContext *context;
  const GraphFile &file;
  const NodeGraph &graph;
  const OpTable &table;
  const Config &config;
  llvm::ArrayRef<FlowTree> flows;
  /// What users know a variable by, given the graph's name.
  llvm::function_ref<std::string(llvm::StringRef)> getName;
};

/// Does what checkLostUpdates does, also for conditionals and loops that no
/// entry point runs. Nothing if there are none that could be looked into:
/// what is wrong with them concerns nobody.
std::optional<mlir::LogicalResult>
checkIdleUpdates(const IdleModel &model, const WarningOptions &options);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DIAGNOSEIDLEBODIES_H
