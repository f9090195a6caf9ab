//===- OpsFlatControlFlow.cpp - the control flow of TensorFlow 1 ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The signatures of the nodes that become conditionals and loops before
// anything is built (see RaiseControlFlow.h).
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// No entry point runs such a node any more when nodes are built.
static LogicalResult buildFlat(NodeBuilder &node, Results &results) {
  return node.error("was expected to be part of a conditional or loop");
}

/// What a branch gives where nobody looks: the conditional makes it up, of the
/// type that the other branch gives.
static LogicalResult buildUndefined(NodeBuilder &node, Results &results) {
  results.push_back(nullptr);
  return success();
}

void tensorflow::registerFlatControlFlowOps(OpTable &table) {
  auto add = [&](StringRef name, StringRef signature) -> OpInfo & {
    return table.add(name, signature, buildFlat).strings().lists();
  };
  add("Switch", "data: T, pred: bool -> output_false: T, output_true: T")
      .forksReference(0);
  add("RefSwitch",
      "data: Ref(T), pred: bool -> output_false: Ref(T), output_true: Ref(T)")
      .forksReference(0);
  add("_SwitchN", "data: T, output_index: int32 -> outputs: num_outs * T")
      .forksReference(0);
  add("Merge", "inputs: N * T -> output: T, value_index: int32")
      .joinsReferences();
  add("RefMerge", "inputs: N * T -> output: Ref(T), value_index: int32")
      .joinsReferences();
  add("Enter", "data: T -> output: T; frame_name: string, "
               "is_constant: bool = false, parallel_iterations: int = 10")
      .passesReference(0);
  add("RefEnter", "data: Ref(T) -> output: Ref(T); frame_name: string, "
                  "is_constant: bool = false, parallel_iterations: int = 10")
      .passesReference(0);
  for (StringRef name : {"Exit", "NextIteration"})
    add(name, "data: T -> output: T").passesReference(0);
  for (StringRef name : {"RefExit", "RefNextIteration"})
    add(name, "data: Ref(T) -> output: Ref(T)").passesReference(0);
  add("LoopCond", "input: bool -> output: bool");
  add("ControlTrigger", "->");
  table.add("_Undefined", "-> output: T", buildUndefined).strings().lists();
}
