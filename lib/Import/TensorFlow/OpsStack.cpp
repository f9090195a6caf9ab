//===- OpsStack.cpp - the stacks of TensorFlow 1's gradients --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A loop pushes what its gradient, another loop, pops. A stack is a list; the
// handle tells which one, and the edges of the graph tell what comes before
// what. While nodes are built in that order, the block's builder knows what the
// stack holds; loops and conditionals carry it like any other value.
//
//===----------------------------------------------------------------------===//

#include "Arrays.h"
#include "Lists.h"
#include "OpFamilies.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

static LogicalResult buildStack(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 0, 0)))
    return failure();
  Type elementType = node.typeAttr("elem_type");
  if (!elementType)
    return node.error("expected attribute elem_type to be a type of numbers or "
                      "booleans: stacks of handles, which gradients of nested "
                      "loops use, are not supported");
  ListChain chain(node);
  Type i32Type = node.builder().getI32Type();
  Value stack = chain.make(chain.integer(0, i32Type),
                           chain.integer(-1, i32Type), elementType);
  if (!stack)
    return failure();
  node.stack(node.node().index) = stack;
  results.push_back(Value()); // the handle
  return success();
}

/// The stack of input 0; reports if it cannot be told.
static FailureOr<NodeIndex> findStackOf(NodeBuilder &node) {
  std::optional<NodeIndex> stack =
      findStack(node.graph(), node.node().inputs[0]);
  if (stack && node.stack(*stack))
    return *stack;
  return node.error(
      "expected input 0 (handle) to be the handle of one StackV2, "
      "whatever branches are taken");
}

static LogicalResult buildPush(NodeBuilder &node, Results &results) {
  FailureOr<NodeIndex> stack = findStackOf(node);
  if (failed(stack))
    return failure();
  if (!node.input(1))
    return node.error("expected input 1 (elem) to be a tensor: stacks of "
                      "handles are not supported");
  ListChain chain(node);
  if (node.flowOnStack(*stack))
    return chain.give(results, node.input(1));
  Value pushed = chain.push(node.stack(*stack), node.input(1));
  if (!pushed)
    return failure();
  node.stack(*stack) = pushed;
  return chain.give(results, node.input(1));
}

static LogicalResult buildPop(NodeBuilder &node, Results &results) {
  FailureOr<NodeIndex> stack = findStackOf(node);
  if (failed(stack))
    return failure();
  ListChain chain(node);
  if (std::optional<Endpoint> flow = node.flowOnStack(*stack))
    return chain.give(results, node.outputOf(*flow));
  auto [item, rest] = chain.pop(
      chain.withElements(node.stack(*stack), {}, node.typeAttr("elem_type")));
  if (!item || !rest)
    return failure();
  node.stack(*stack) = rest;
  return chain.give(results, item);
}

static LogicalResult buildClose(NodeBuilder &node, Results &results) {
  return success();
}

void tensorflow::registerStackOps(OpTable &table) {
  table
      .add("StackV2",
           "max_size: int32 -> handle: resource; elem_type: type, stack_name: "
           "string = ''",
           buildStack)
      .note("the elements have one shape; max_size is no limit");
  table
      .add("StackPushV2",
           "handle: resource, elem: T -> output: T; swap_memory: bool = false",
           buildPush)
      .lists();
  table
      .add("StackPopV2", "handle: resource -> elem: elem_type; elem_type: type",
           buildPop)
      .lists()
      .note("an empty stack fails the call");
  table.add("StackCloseV2", "handle: resource ->", buildClose)
      .note("does nothing");
}
