//===- OpsOptional.cpp - values that may be absent ------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The gradient of a conditional needs what one branch has computed; the other
// branch gives an optional without a value. An optional is a list of at most
// one element: that of the branch without a value is empty, and its type
// becomes known where the branches meet.
//
//===----------------------------------------------------------------------===//

#include "Lists.h"
#include "OpFamilies.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// An error unless a list of types names one.
static LogicalResult expectOneType(NodeBuilder &node, StringRef attribute) {
  size_t count = node.typeListAttr(attribute).size();
  if (count == 1)
    return success();
  return node.error() << "expected an optional of one tensor, got one of "
                      << count << " (attribute \"" << attribute << "\")";
}

static LogicalResult buildFromValue(NodeBuilder &node, Results &results) {
  if (failed(expectOneType(node, "Toutput_types")))
    return failure();
  if (!node.input(0) || isUntypedList(node.input(0)))
    return node.error("expected an optional of a tensor of known rank");
  return ListChain(node).give(results,
                              ListChain(node).expandDims(node.input(0), {0}));
}

/// The rank of what is not there is not known.
static LogicalResult buildNone(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  Type indexType = node.builder().getI32Type();
  return chain.give(results, chain.make(chain.integer(0, indexType),
                                        chain.integer(-1, indexType),
                                        /*elementType=*/{}));
}

static LogicalResult buildHasValue(NodeBuilder &node, Results &results) {
  ListChain chain(node);
  return chain.give(results, chain.cast(chain.length(node.input(0)),
                                        node.builder().getI1Type()));
}

static LogicalResult buildGetValue(NodeBuilder &node, Results &results) {
  if (failed(expectOneType(node, "output_types")))
    return failure();
  ListChain chain(node);
  if (isUntypedList(node.input(0)))
    return node.error("expected an optional that has a value in some branch");
  FailureOr<Value> element = node.checkSqueeze(node.input(0), {0});
  if (failed(element))
    return failure();
  return chain.give(results, chain.squeeze(*element, {0}));
}

void tensorflow::registerOptionalOps(OpTable &table) {
  table
      .add("OptionalFromValue",
           "components: Toutput_types -> optional: variant; "
           "Toutput_types: list(type)",
           buildFromValue)
      .lists()
      .note("one tensor");
  table.add("OptionalNone", "-> optional: variant", buildNone).lists();
  table
      .add("OptionalHasValue", "optional: variant -> has_value: bool",
           buildHasValue)
      .lists();
  table
      .add("OptionalGetValue",
           "optional: variant -> components: output_types; "
           "output_types: list(type)",
           buildGetValue)
      .lists()
      .note("one tensor");
}
