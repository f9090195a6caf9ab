//===- GraphOpBase.td - what the ops' files share ----------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHOPBASE_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHOPBASE_TD

include "graph-compile/Dialect/Graph/IR/GraphDialect.td"
include "graph-compile/Dialect/Graph/IR/GraphEnums.td"
include "graph-compile/Dialect/Graph/IR/GraphInterfaces.td"
include "graph-compile/Dialect/Graph/IR/GraphTypes.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Graph_Op<string mnemonic, list<Trait> traits = []>
    : Op<Graph_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Pure ops
//===----------------------------------------------------------------------===//

/// Result types follow from operands and attributes; the types written down
/// may be more or less exact than the inferred ones.
def Graph_InferTypes : InferTypeOpAdaptorBase<[{
    static bool isCompatibleReturnTypes(::mlir::TypeRange l, ::mlir::TypeRange r) {
      return ::graph_compile::graph::areCompatibleTypes(l, r);
    }
  }]>;

class Graph_PureOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, !listconcat([Pure, Graph_InferTypes], traits)>;

/// Operands broadcast; each element of the result depends on those in its place.
def Graph_Broadcasting : NativeOpTrait<"Broadcasting"> {
  let cppNamespace = "::graph_compile::graph";
}

class Graph_ElementwiseOp<string mnemonic, list<Trait> traits = []>
    : Graph_PureOp<mnemonic, !listconcat([Graph_Broadcasting], traits)>;

//===----------------------------------------------------------------------===//
// Effects
//===----------------------------------------------------------------------===//

/// Everything that must neither vanish nor move nor happen twice.
def Graph_Order : Resource<"::graph_compile::graph::OrderResource">;

/// An op that happens at a moment. Operands end with `after`, results with
/// `token`; both are absent in a linear function.
class Graph_EffectOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, !listconcat([Graph_OrderedOpInterface,
                                      MemoryEffects<[MemWrite<Graph_Order>]>],
                                     traits)>;

/// `after(%t, ..)` operands and the token result, in an op's argument list.
defvar graphAfter = (ins Variadic<Graph_Token>:$after);
defvar graphToken = (outs Optional<Graph_Token>:$token);

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHOPBASE_TD
