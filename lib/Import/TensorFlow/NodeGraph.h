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
#include "llvm/ADT/BitVector.h"
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

/// An endpoint as a key of a hash table.
inline uint64_t getKey(Endpoint endpoint) {
  return uint64_t(endpoint.node) << 32 | endpoint.output;
}

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
  /// The region that the node belongs to, and its place among that region's
  /// nodes.
  RegionIndex region = 0;
  uint32_t place = 0;
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
  /// Of a loop's body: the carried values that are the same in every iteration,
  /// since the result is the argument.
  llvm::BitVector invariants;
  /// The function that the region was made from, and what its nodes' names
  /// start with; empty if the graph itself had the nodes.
  llvm::StringRef function;
  llvm::StringRef prefix;
  /// The nodes of the region, in the order of the source; not those of regions
  /// inside it.
  std::vector<NodeIndex> nodes;
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
    /// All its nodes wait for this node; nothing if they wait for none.
    std::optional<NodeIndex> entrance;
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
  /// Whether a loop carries input `number` only to hand it on as it is: its
  /// regions may use the value outside.
  bool isInvariant(NodeIndex loop, uint32_t number) const;
  /// Lists the nodes of each region. To be called when nodes are complete.
  void listNodes();
  /// Returns `did you mean "loss"?` for a name that no node has, or an empty
  /// string.
  std::string suggestNodes(llvm::StringRef wanted) const;
};

/// Whether an op runs regions once it has them: If, Case, While and their
/// stateless forms.
bool isControlFlow(llvm::StringRef op);
/// Whether it is a loop, whose regions are its condition and its body.
bool isLoop(llvm::StringRef op);

/// Resolves the names of a file's nodes, which must outlive the result. Reports
/// unknown and duplicate ones, and nodes that wait for each other.
mlir::FailureOr<NodeGraph> buildNodeGraph(mlir::MLIRContext *context,
                                          const GraphFile &file);

/// Whether the data edge into `node` from `source` is a loop's back edge, which
/// no node waits for in the first iteration.
bool isBackEdge(const NodeGraph &graph, NodeIndex source, NodeIndex node);

/// What an output is a copy of: the input of an Identity, or of a loop that
/// hands it on; nothing if it is no copy.
std::optional<Endpoint> getCopied(const NodeGraph &graph, Endpoint endpoint);

/// Finds the invariants of the loops of a graph without cycles.
/// (Invariants.cpp)
void findInvariants(NodeGraph &graph);

/// Reports every group of nodes that wait for each other, with one cycle.
mlir::LogicalResult checkCycles(mlir::MLIRContext *context,
                                const NodeGraph &graph);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_NODEGRAPH_H
