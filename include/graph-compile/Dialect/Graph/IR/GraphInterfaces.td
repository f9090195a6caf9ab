//===- GraphInterfaces.td - op interfaces of the dialect ---*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHINTERFACES_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHINTERFACES_TD

include "mlir/IR/OpBase.td"

def Graph_OrderedOpInterface : OpInterface<"OrderedOpInterface"> {
  let cppNamespace = "::graph_compile::graph";
  let description = [{
    An effect: an op that happens at a moment. It waits for the tokens in its
    `after` operands, which are its last, and may give a token of its own, which is
    its last result. In a linear function it has neither.
  }];
  let methods = [
    InterfaceMethod<"The tokens that this effect waits for.",
                    "::mlir::OperandRange", "getAfter">,
    InterfaceMethod<"The tokens that this effect waits for, to be changed.",
                    "::mlir::MutableOperandRange", "getAfterMutable">,
    InterfaceMethod<"The token that stands for this effect; null when absent.",
                    "::mlir::Value", "getToken">
  ];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHINTERFACES_TD
