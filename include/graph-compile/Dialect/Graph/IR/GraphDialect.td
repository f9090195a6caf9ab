//===- GraphDialect.td - the graph dialect -----------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHDIALECT_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHDIALECT_TD

include "mlir/IR/DialectBase.td"

def Graph_Dialect : Dialect {
  let name = "graph";
  let cppNamespace = "::graph_compile::graph";
  let summary = "what a machine-learning graph says, order included";
  let description = [{
    A model is a module that holds `graph.variable` symbols and `graph.func`
    functions. A function's body is a graph region: nodes stand in any order
    until the function is linearized.

    **Values** are immutable tensors; their dims may be open (`?`). Element
    types are `f64 f32 f16 bf16`, the signed integers `i64 i32 i16 i8`, the
    unsigned integers `ui64 ui32 ui16 ui8`, and `i1` for booleans. Reading a
    variable gives a snapshot.

    **Order.** Pure ops carry no tokens, so every rewrite that is right for
    values is right for them. An effect (read, assign, assertion, print, check)
    waits for the tokens in its `after(..)` list and gives a `!graph.token` that
    stands for "this has happened". `graph.join` merges tokens. Effects that no
    chain of tokens orders may happen in either order. After linearization
    (`linear` on the function) no token is left and textual order is the order.

    **Regions.** The branches of `graph.if` and `graph.case` and the two halves of
    `graph.while` are graphs of their own. They use values of the graphs around
    them as they are; tokens stay in their region. Outside, such an op
    is one effect if anything inside is one.

    **Checks** (`graph.check_*`) pass their first operand through. What needs the
    check uses the result, so data dependence alone keeps it safe, and the
    check's token orders effects after it.

    **Shapes.** Every pure op infers its result types from operands and
    attributes; a result's type may be more or less exact than the inferred one
    as long as the two are compatible (equal element types and ranks, and no
    two different static sizes in one place). Operands that hold a shape are looked
    through as far as their elements are known. A size that is open and wrong at
    run time is for checks to find; an op's own text says what it takes for granted.

    Broadcasting is NumPy's: shapes are aligned at their last dims, a missing
    dim counts as 1, and in each place the sizes are equal or 1.

    A module may carry the string attribute `graph.name`, the model's name;
    arguments and results of `graph.func` carry `graph.name`, the names callers use.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasCanonicalizer = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    /// The string attribute that names a module, an argument or a result.
    static constexpr ::llvm::StringLiteral getNameAttrName() {
      return ::llvm::StringLiteral("graph.name");
    }

  private:
    // One per family of ops, beside its definitions.
    void registerStructureOps();
    void registerControlOps();
    void registerEffectOps();
    void registerCheckOps();
    void registerElementwiseOps();
    void registerReductionOps();
    void registerContractionOps();
    void registerShapeOps();
    void registerDataOps();
    void registerConvolutionOps();
    void registerNormOps();
    void registerWindowOps();
    void registerIndexOps();
    void registerLinearAlgebraOps();
    void registerScanOps();
    void registerListOps();
    void registerRandomOps();

  public:
  }];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHDIALECT_TD
