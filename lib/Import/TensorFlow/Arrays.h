//===- Arrays.h - which array or stack a handle names -----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A TensorArray of TensorFlow 1 is a resource with a handle, and a float, its
// flow, that orders what happens to it. Here the flow is the array itself: a
// list, and the handle only tells which array is meant. A stack has a handle
// alone.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ARRAYS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ARRAYS_H

#include "NodeGraph.h"

#include "llvm/ADT/SetVector.h"

namespace graph_compile::tensorflow {

/// An array: what a TensorArrayV3 makes, or the gradient of that of some name.
struct ArrayId {
  NodeIndex maker;
  /// Names of gradients, the outermost last; empty for the array itself.
  llvm::SmallVector<llvm::StringRef, 1> gradients;

  bool isGradient() const { return !gradients.empty(); }
  bool operator==(const ArrayId &other) const {
    return maker == other.maker && gradients == other.gradients;
  }
};

/// Where a value comes from that branches, loops and forwarding nodes hand on:
/// the node that makes it. Nothing if it comes from several.
std::optional<Endpoint> findOrigin(const NodeGraph &graph, Endpoint value);

/// The array that a handle names; nothing if that depends on what happens.
std::optional<ArrayId> findArray(const NodeGraph &graph, Endpoint handle);

/// The StackV2 whose handle it is.
std::optional<NodeIndex> findStack(const NodeGraph &graph, Endpoint handle);

/// What the conditionals and loops of a graph do with stacks.
class StackUses {
public:
  explicit StackUses(const NodeGraph &graph);

  /// The stacks, by the nodes that make them, that stand outside of `owner` and
  /// that its bodies, or bodies inside them, push or pop.
  llvm::ArrayRef<NodeIndex> lookup(NodeIndex owner) const;

  /// Where all that is pushed are flows of one array: the array as it was made.
  /// Such a stack only serves order: there is nothing to keep but which array
  /// it is.
  std::optional<Endpoint> lookupFlow(NodeIndex stack) const;

private:
  void findFlows(const NodeGraph &graph);

  llvm::DenseMap<NodeIndex, llvm::SetVector<NodeIndex>> stacksOfOwner;
  llvm::DenseMap<NodeIndex, Endpoint> flowOfStack;
};

/// Whether there are gradients of arrays at all; most graphs have none.
bool hasArrayGradients(const NodeGraph &graph);

/// Whether a flow is one of `array`, and not that of the array that it is the
/// gradient of: TensorFlow's gradients hand on either.
bool isFlowOf(const NodeGraph &graph, Endpoint flow, const ArrayId &array);

/// A list of the shape of the gradient whose flow it is, which may begin with
/// a number that stands for zeros; nothing if `flow` is no such flow.
std::optional<Endpoint> findListOfGradient(const NodeGraph &graph,
                                           Endpoint flow);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ARRAYS_H
