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

def Graph_CumulateKind
    : Graph_Enum<"CumulateKind", "what runs along a dim", [
        I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Prod", 1, "prod">,
        I32EnumAttrCase<"LogSumExp", 2, "log_sum_exp">]>;
def Graph_CumulateKindAttr
    : EnumAttr<Graph_Dialect, Graph_CumulateKind, "cumulate_kind">;

def Graph_SpecialFunction
    : Graph_Enum<"SpecialFunction", "which special function", [
        I32EnumAttrCase<"BesselI0", 0, "bessel_i0">,
        I32EnumAttrCase<"BesselI0e", 1, "bessel_i0e">,
        I32EnumAttrCase<"BesselI1", 2, "bessel_i1">,
        I32EnumAttrCase<"BesselI1e", 3, "bessel_i1e">,
        I32EnumAttrCase<"BesselJ0", 4, "bessel_j0">,
        I32EnumAttrCase<"BesselJ1", 5, "bessel_j1">,
        I32EnumAttrCase<"BesselK0", 6, "bessel_k0">,
        I32EnumAttrCase<"BesselK0e", 7, "bessel_k0e">,
        I32EnumAttrCase<"BesselK1", 8, "bessel_k1">,
        I32EnumAttrCase<"BesselK1e", 9, "bessel_k1e">,
        I32EnumAttrCase<"BesselY0", 10, "bessel_y0">,
        I32EnumAttrCase<"BesselY1", 11, "bessel_y1">,
        I32EnumAttrCase<"Betainc", 12, "betainc">,
        I32EnumAttrCase<"Dawson", 13, "dawson">,
        I32EnumAttrCase<"Digamma", 14, "digamma">,
        I32EnumAttrCase<"Erfinv", 15, "erfinv">,
        I32EnumAttrCase<"Expint", 16, "expint">,
        I32EnumAttrCase<"FresnelCos", 17, "fresnel_cos">,
        I32EnumAttrCase<"FresnelSin", 18, "fresnel_sin">,
        I32EnumAttrCase<"Igamma", 19, "igamma">,
        I32EnumAttrCase<"IgammaGradA", 20, "igamma_grad_a">,
        I32EnumAttrCase<"Igammac", 21, "igammac">,
        I32EnumAttrCase<"Ndtri", 22, "ndtri">,
        I32EnumAttrCase<"Polygamma", 23, "polygamma">,
        I32EnumAttrCase<"Spence", 24, "spence">,
        I32EnumAttrCase<"Zeta", 25, "zeta">]>;
def Graph_SpecialFunctionAttr
    : EnumAttr<Graph_Dialect, Graph_SpecialFunction, "special_function">;

def Graph_PoolKind
    : Graph_Enum<"PoolKind", "how the elements of a window are combined", [
        I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Mean", 1, "mean">,
        I32EnumAttrCase<"Sum", 2, "sum">]>;
def Graph_PoolKindAttr
    : EnumAttr<Graph_Dialect, Graph_PoolKind, "pool_kind">;

def Graph_ScatterKind
    : Graph_Enum<"ScatterKind", "how updates are combined with elements", [
        I32EnumAttrCase<"Update", 0, "update">,
        I32EnumAttrCase<"Add", 1, "add">, I32EnumAttrCase<"Sub", 2, "sub">,
        I32EnumAttrCase<"Mul", 3, "mul">, I32EnumAttrCase<"Max", 4, "max">,
        I32EnumAttrCase<"Min", 5, "min">]>;
def Graph_ScatterKindAttr
    : EnumAttr<Graph_Dialect, Graph_ScatterKind, "scatter_kind">;

def Graph_RandomDistribution
    : Graph_Enum<"RandomDistribution", "how random numbers are distributed", [
        I32EnumAttrCase<"Normal", 0, "normal">,
        I32EnumAttrCase<"TruncatedNormal", 1, "truncated_normal">,
        I32EnumAttrCase<"Gamma", 2, "gamma">,
        I32EnumAttrCase<"Poisson", 3, "poisson">,
        I32EnumAttrCase<"Binomial", 4, "binomial">]>;
def Graph_RandomDistributionAttr
    : EnumAttr<Graph_Dialect, Graph_RandomDistribution, "random_distribution">;

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHENUMS_TD
