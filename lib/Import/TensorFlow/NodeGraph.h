//===- NodeGraph.h - the nodes of a TensorFlow graph ------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the importer works on between the protobuf message and MLIR: nodes with
// resolved edges. Names are looked up once, here; everything later uses
// indices, which are also the order of the source.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_NODEGRAPH_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_NODEGRAPH_H

#include "mlir/IR/Location.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace graph_compile::tensorflow {

namespace proto {
class NodeDef;
} // namespace proto

/// Position of a node in the source; the identity of a node everywhere.
using NodeIndex = uint32_t;

/// One output of one node: what a data edge starts from.
struct Endpoint {
  NodeIndex node;
  uint32_t output;

  friend bool operator==(Endpoint a, Endpoint b) {
    return a.node == b.node && a.output == b.output;
  }
  friend bool operator<(Endpoint a, Endpoint b) {
    return a.node != b.node ? a.node < b.node : a.output < b.output;
  }
};

/// Position of a region among a graph's; 0 is the graph itself.
using RegionIndex = uint32_t;

/// A node with its edges. Strings belong to the protobuf message.
struct Node {
  llvm::StringRef name;
  llvm::StringRef op;
  llvm::StringRef device;
  /// Data inputs in order.
  llvm::SmallVector<Endpoint, 2> inputs;
  /// Nodes that control edges come from; sorted, without duplicates.
  llvm::SmallVector<NodeIndex, 2> controls;
  /// The attributes as the graph holds them. OpTable knows the defaults.
  const proto::NodeDef *def = nullptr;
  /// Line in a text graph, 0 in a binary one.
  unsigned line = 0;
  NodeIndex index = 0;
  /// The region that the node belongs to.
  RegionIndex region = 0;
};

/// A body of a conditional or loop. Its nodes stand in the graph like all
/// others; an edge from a node outside is an edge to the owner, which lists it
/// among its own inputs or controls.
struct NodeRegion {
  /// The node that runs the region: an If, Case or While.
  NodeIndex owner = 0;
  /// The region that the owner belongs to.
  RegionIndex parent = 0;
  /// Nodes (_Arg) that stand for the values that a loop carries; a conditional
  /// has none: its nodes use what the owner's inputs come from.
  llvm::SmallVector<NodeIndex, 2> arguments;
  /// What the region gives: one per output of the owner; of a loop's condition
  /// the predicate alone.
  llvm::SmallVector<Endpoint, 2> results;
  /// Nodes that run for their effects.
  llvm::SmallVector<NodeIndex, 2> controlResults;
};

struct GraphFile;

/// All nodes of one GraphDef, in the order of the source.
struct NodeGraph {
  /// The graph's file as the user named it.
  std::string file;
  std::vector<Node> nodes;
  llvm::StringMap<NodeIndex> indexOfName;
  /// Names of the functions in the graph's library.
  llvm::StringSet<> functions;
  /// Calls that have been replaced by the nodes of their functions.
  struct Call {
    /// What gives each of its outputs.
    llvm::SmallVector<Endpoint, 2> outputs;
    /// What waits for the call waits for this node.
    NodeIndex done;
  };
  llvm::StringMap<Call> calls;
  /// What runs whenever another node does, before or after it: the effects of a
  /// call whose result is used.
  llvm::DenseMap<NodeIndex, NodeIndex> runsWith;
  /// Entry 0 stands for the graph itself.
  std::vector<NodeRegion> regions;
  /// The regions of each If (then, else), Case (branches) and While
  /// (condition, body), in the order of the source.
  llvm::DenseMap<NodeIndex, llvm::SmallVector<RegionIndex, 2>> regionsOf;

  const Node &operator[](NodeIndex index) const { return nodes[index]; }
  size_t size() const { return nodes.size(); }
  mlir::Location getLocation(mlir::MLIRContext *context, NodeIndex index) const;
  /// Returns the node of that name.
  std::optional<NodeIndex> find(llvm::StringRef name) const;
  /// The regions that a node runs; none for most.
  llvm::ArrayRef<RegionIndex> getRegions(NodeIndex owner) const;
  /// Returns `did you mean "loss"?` for a name that no node has, or an empty
  /// string.
  std::string suggestNodes(llvm::StringRef wanted) const;
};

/// Resolves the names of a file's nodes, which must outlive the result, and
/// reports unknown and duplicate ones.
mlir::FailureOr<NodeGraph> buildNodeGraph(mlir::MLIRContext *context,
                                          const GraphFile &file);

/// Whether the data edge into `node` from `source` is a loop's back edge, which
/// no node waits for in the first iteration.
bool isBackEdge(const NodeGraph &graph, NodeIndex source, NodeIndex node);

/// Reports every group of nodes that wait for each other, with one cycle.
mlir::LogicalResult checkCycles(mlir::MLIRContext *context,
                                const NodeGraph &graph);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_NODEGRAPH_H
