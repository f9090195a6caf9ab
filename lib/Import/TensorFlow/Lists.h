//===- Lists.h - lists of tensors while a graph is imported -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A list of tensors is one tensor, whose first dim is the length of the list.
// A graph may make a list long before it says what shape the elements have. The
// list is then a `!graph.untyped_list`, until the first element is met: from
// there on all values that are this list, by way of branches and loops, are
// tensors. Values keep their identity, so whoever holds one need not know.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_LISTS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_LISTS_H

#include "IndexChain.h"

namespace graph_compile::tensorflow {

/// Whether `value` is a list whose elements have no known shape yet.
inline bool isUntypedList(mlir::Value value) {
  return value && llvm::isa<graph::UntypedListType>(value.getType());
}

/// Tells that the elements of `list` are those of a list of `type`, whose first
/// dim does not matter. Does nothing if they are known already. Returns `list`.
mlir::Value refineList(mlir::Value list, mlir::RankedTensorType type);

/// Gives lists of `function` that no element was met of some type: nothing
/// looks into them.
void typeUnusedLists(graph::FuncOp function);

/// What a loop carries as `output`, or a branch gives as it: where `value` is a
/// number that TensorFlow has for the gradient of an array without any element
/// written, a list of zeros, else the value itself. Null if there was an error.
mlir::Value asFlow(NodeBuilder &owner, unsigned output, mlir::Value value);

/// The sum of inputs of a node that adds, if they are flows of the gradient of
/// an array: what was written into any of them. Null if they are no flows.
mlir::FailureOr<mlir::Value> addFlows(NodeBuilder &node,
                                      mlir::ValueRange flows);

/// Builds what nodes do with lists. A null Value stands for an error that has
/// been emitted, as in Chain.
class ListChain : public IndexChain {
public:
  explicit ListChain(NodeBuilder &node) : IndexChain(node), node(node) {}

  //===--------------------------------------------------------------------===//
  // Making lists
  //===--------------------------------------------------------------------===//

  /// A list of `length` zeros, a scalar that is not negative. `shape` holds
  /// the sizes of the elements' dims as far as they are known: a vector, in
  /// which -1 is an unknown one, or a scalar, -1, of which nothing is known.
  /// `elementType` is null for a list of lists.
  mlir::Value make(mlir::Value length, mlir::Value shape,
                   mlir::Type elementType);
  /// A list of zeros that is like `list`, whose elements are known.
  mlir::Value zerosLike(mlir::Value list);
  /// The sum of two lists, element by element. Where one of them is zeros but
  /// for one element, only that one is added: the sum costs no more than it.
  mlir::Value addLists(mlir::Value a, mlir::Value b);
  /// The sum of lists whose elements are all unknown: an error unless they hold
  /// nothing but zeros.
  mlir::Value sumOfUntyped(mlir::ValueRange lists);

  //===--------------------------------------------------------------------===//
  // Shapes
  //===--------------------------------------------------------------------===//

  /// `list`, which may be untyped, as a list of such elements, or an error.
  /// `shape` is that of `make`; null where nothing but the list itself says
  /// what its elements are.
  mlir::Value withElements(mlir::Value list, mlir::Value shape,
                           mlir::Type elementType);
  /// The length as a scalar of i32.
  mlir::Value length(mlir::Value list);
  /// The sizes of the elements' dims as a vector of i32.
  mlir::Value elementShape(mlir::Value list);

  //===--------------------------------------------------------------------===//
  // Elements
  //===--------------------------------------------------------------------===//

  mlir::Value get(mlir::Value list, mlir::Value index);
  /// The elements at the positions in a vector.
  mlir::Value getRows(mlir::Value list, mlir::Value indices);
  /// Gets the list ready for `item`: its elements have that shape from here on.
  mlir::Value fit(mlir::Value list, mlir::Value &item);
  mlir::Value set(mlir::Value list, mlir::Value index, mlir::Value item);
  /// Combines the rows of `rows` with the elements at the positions in a
  /// vector.
  mlir::Value setRows(graph::ScatterKind kind, mlir::Value list,
                      mlir::Value indices, mlir::Value rows);
  mlir::Value resize(mlir::Value list, mlir::Value length);
  /// `list`, made longer where it has less elements than `least`.
  mlir::Value growTo(mlir::Value list, mlir::Value least);
  mlir::Value push(mlir::Value list, mlir::Value item);
  /// The last element, and the list without it.
  std::pair<mlir::Value, mlir::Value> pop(mlir::Value list);

  //===--------------------------------------------------------------------===//
  // Joining and cutting
  //===--------------------------------------------------------------------===//

  /// The elements joined along their first dim, and the size of that dim of
  /// each, a vector of i64.
  std::pair<mlir::Value, mlir::Value> join(mlir::Value list);
  /// The pieces of `x` along its first dim, whose sizes are in the vector
  /// `lengths` and have to be equal.
  mlir::Value cut(mlir::Value x, mlir::Value lengths);

  /// Whether `indices` are surely 0, 1, .. up to dim 0 of `x`.
  bool areAllRows(mlir::Value indices, mlir::Value x);

private:
  mlir::Value fitTo(mlir::Value list, mlir::Value shape);

  NodeBuilder &node;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_LISTS_H
