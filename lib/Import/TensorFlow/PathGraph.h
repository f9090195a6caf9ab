//===- PathGraph.h - nodes that wait for earlier ones -----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_PATHGRAPH_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_PATHGRAPH_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace graph_compile::tensorflow {

/// An acyclic graph in a topological order of its nodes.
class PathGraph {
public:
  size_t size() const { return firstDependency.size() - 1; }

  /// The nodes that a node waits for, all of them earlier ones; ascending,
  /// without duplicates.
  llvm::ArrayRef<uint32_t> getDependencies(uint32_t position) const {
    return llvm::ArrayRef(dependencies)
        .slice(firstDependency[position],
               firstDependency[position + 1] - firstDependency[position]);
  }

  /// Adds a node behind all others.
  void addNode(llvm::ArrayRef<uint32_t> waitsFor) {
    dependencies.insert(dependencies.end(), waitsFor.begin(), waitsFor.end());
    firstDependency.push_back(dependencies.size());
  }

protected:
  std::vector<uint32_t> firstDependency = {0};
  std::vector<uint32_t> dependencies;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_PATHGRAPH_H
