//===- GraphEnums.td - enumerations of the graph dialect ---*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHENUMS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHENUMS_TD

include "graph-compile/Dialect/Graph/IR/GraphDialect.td"
include "mlir/IR/EnumAttr.td"

class Graph_Enum<string name, string text, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, text, cases> {
  let cppNamespace = "::graph_compile::graph";
  let genSpecializedAttr = 0;
}

def Graph_CompareDirection
    : Graph_Enum<"CompareDirection", "which comparison", [
        I32EnumAttrCase<"EQ", 0>, I32EnumAttrCase<"NE", 1>,
        I32EnumAttrCase<"LT", 2>, I32EnumAttrCase<"LE", 3>,
        I32EnumAttrCase<"GT", 4>, I32EnumAttrCase<"GE", 5>]>;
def Graph_CompareDirectionAttr
    : EnumAttr<Graph_Dialect, Graph_CompareDirection, "compare_direction">;

def Graph_ReduceKind
    : Graph_Enum<"ReduceKind", "how elements are combined", [
        I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Prod", 1, "prod">,
        I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">,
        I32EnumAttrCase<"Mean", 4, "mean">, I32EnumAttrCase<"All", 5, "all">,
        I32EnumAttrCase<"Any", 6, "any">]>;
def Graph_ReduceKindAttr
    : EnumAttr<Graph_Dialect, Graph_ReduceKind, "reduce_kind">;

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHENUMS_TD
