//===- GraphControlOps.td - conditionals and loops ---------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCONTROLOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCONTROLOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"
include "mlir/IR/RegionKindInterface.td"

//===----------------------------------------------------------------------===//
// What conditionals and loops share
//===----------------------------------------------------------------------===//

/// The values of a conditional or loop, and last its token if it gives one.
def Graph_ControlResult : AnyTypeOf<[Graph_Tensor, Graph_Token]>;

/// An op whose regions are graphs of their own, each of one block. They use
/// values of the blocks around them as they are; tokens stay inside. The op is
/// an effect if something inside is one.
class Graph_ControlOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic,
               !listconcat([Graph_OrderedOpInterface, RegionKindInterface,
                            RecursiveMemoryEffects, SingleBlock],
                           traits)> {
  let hasCanonicalizer = 1;
  let hasRegionVerifier = 1;
  let skipDefaultBuilders = 1;
  code controlDeclaration = [{
    // As in a function, order is checked by the verifier of a linear one.
    static ::mlir::RegionKind getRegionKind(unsigned index) {
      return ::mlir::RegionKind::Graph;
    }
    /// The token that stands for the effects inside; null when absent.
    ::mlir::Value getToken() {
      ::mlir::ResultRange results = (*this)->getResults();
      bool hasToken = !results.empty() &&
                      ::llvm::isa<::graph_compile::graph::TokenType>(
                          results.back().getType());
      return hasToken ? ::mlir::Value(results.back()) : ::mlir::Value();
    }
    /// The results without the token.
    ::mlir::ResultRange getValues() {
      return (*this)->getResults().drop_back(getToken() ? 1 : 0);
    }
  }];
}

//===----------------------------------------------------------------------===//
// IfOp
//===----------------------------------------------------------------------===//

def Graph_IfOp : Graph_ControlOp<"if", [RecursivelySpeculatable]> {
  let summary = "runs one of two graphs";
  let description = [{
    Runs `thenRegion` if `condition` is true, else `elseRegion`, and gives what the
    `graph.yield` of that branch gives. Nothing of the other branch runs. A
    branch uses values from outside as they are.

    A result's type may be more open than that of the value a branch
    gives.

    Effect: those of the branch that runs. They happen after everything in
    `after`, and the token stands for them: it is there when what the branch's
    `graph.yield` waits for has happened. Tokens do not cross the border of a
    branch.

    Constraints:
    - C1: the results are tensors; a token may follow them.
    - C2: each branch ends with `graph.yield` and has no arguments.
    - C3: each branch yields one value per result but the token.
    - C4: each value yielded has the element type and the rank of its result,
      and the static sizes of the result.
    - C5: an op in a branch waits for tokens of its own branch only.

    Example:

    ```mlir
    graph.variable @v : tensor<4xf32>
    graph.func @update(%go: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
      %y, %done = graph.if %go -> (tensor<4xf32>) {
        %twice = graph.add %x, %x : tensor<4xf32>
        %t = graph.assign @v, %twice : tensor<4xf32>
        graph.yield %twice after(%t) : tensor<4xf32>
      } else {
        graph.yield %x : tensor<4xf32>
      }
      graph.return %y after(%done) : tensor<4xf32>
    }
    ```

    Source: TensorFlow `If`, `StatelessIf`; `Switch` and `Merge`.
  }];
  let arguments = !con((ins Graph_BoolScalar:$condition), graphAfter);
  let results = (outs Variadic<Graph_ControlResult>:$outputs);
  let regions = (region SizedRegion<1>:$thenRegion, SizedRegion<1>:$elseRegion);
  let assemblyFormat = [{
    $condition (`after` `(` $after^ `)`)? attr-dict-with-keyword
    `` custom<ControlTypes>(type($outputs)) $thenRegion `else` $elseRegion
  }];
  // The branches are created with their blocks, still without a yield.
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$values,
                                 "::mlir::Value":$condition, "bool":$hasToken,
                                 CArg<"::mlir::ValueRange", "{}">:$after)>];
  let extraClassDeclaration = controlDeclaration # [{
    ::mlir::Block &getThenBlock() { return getThenRegion().front(); }
    ::mlir::Block &getElseBlock() { return getElseRegion().front(); }
    ::graph_compile::graph::YieldOp getThenYield();
    ::graph_compile::graph::YieldOp getElseYield();
  }];
}

//===----------------------------------------------------------------------===//
// CaseOp
//===----------------------------------------------------------------------===//

def Graph_CaseOp : Graph_ControlOp<"case", [RecursivelySpeculatable]> {
  let summary = "runs one of several graphs";
  let description = [{
    Runs branch `index` (counted from 0) and gives what its `graph.yield` gives. An
    index out of range runs the last branch. Nothing of the others runs. A
    branch uses values from outside as they are.

    A result's type may be more open than that of the value a branch
    gives.

    Effect: those of the branch that runs. They happen after everything in
    `after`, and the token stands for them: it is there when what the branch's
    `graph.yield` waits for has happened. Tokens do not cross the border of a
    branch.

    Constraints:
    - C1: the results are tensors; a token may follow them.
    - C2: each branch ends with `graph.yield` and has no arguments.
    - C3: each branch yields one value per result but the token.
    - C4: each value yielded has the element type and the rank of its result,
      and the static sizes of the result.
    - C5: an op in a branch waits for tokens of its own branch only.
    - C6: there is at least one branch.

    Example:

    ```mlir
    graph.func @pick(%index: tensor<i32>, %x: tensor<f32>) -> tensor<f32> {
      %y = graph.case %index -> (tensor<f32>) {
        graph.yield %x : tensor<f32>
      } {
        %minus = graph.neg %x : tensor<f32>
        graph.yield %minus : tensor<f32>
      }
      graph.return %y : tensor<f32>
    }
    ```

    Source: TensorFlow `Case`, `StatelessCase`.
  }];
  let arguments = !con((ins Graph_Int32Scalar:$index), graphAfter);
  let results = (outs Variadic<Graph_ControlResult>:$outputs);
  let regions = (region VariadicRegion<SizedRegion<1>>:$branches);
  let assemblyFormat = [{
    $index (`after` `(` $after^ `)`)? attr-dict-with-keyword
    `` custom<ControlTypes>(type($outputs)) custom<Branches>($branches)
  }];
  // The branches are created with their blocks, still without a yield.
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$values,
                                 "::mlir::Value":$index, "unsigned":$numBranches,
                                 "bool":$hasToken,
                                 CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
  let extraClassDeclaration = controlDeclaration # [{
    ::graph_compile::graph::YieldOp getYield(unsigned branch);
  }];
}

//===----------------------------------------------------------------------===//
// WhileOp
//===----------------------------------------------------------------------===//

def Graph_WhileOp
    : Graph_ControlOp<"while", [AttrSizedOperandSegments]> {
  let summary = "runs a graph as long as a condition holds";
  let description = [{
    Carries values from one iteration to the next: first `inits`, then what the
    `graph.yield` of the body gives. Before each iteration the condition region
    runs on the carried values; if its `graph.condition` holds, the body runs
    on them, else the loop ends and gives them as results. With no iteration
    the results are `inits`. Both regions use values from outside as they are.

    A result's type, which is that of both regions' arguments, may be more open
    than that of the first value and of the value that the body gives.

    Effect: those of the condition and of the body, each time that they run, one
    after the other: what a region's terminator waits for has happened before the
    next region starts. They happen after everything in `after`, and the
    token stands for all of them. Tokens do not cross the border of a region.

    Constraints:
    - C1: the results are tensors, one per init; a token may follow them.
    - C2: the condition ends with `graph.condition`, the body with `graph.yield`.
    - C3: the arguments of the condition and of the body have the results' types.
    - C4: the body yields one value per result but the token.
    - C5: each init and each value yielded has the element type and the rank of
      its result, and the static sizes of the result.
    - C6: an op in a region waits for tokens of its own region only.

    Example:

    ```mlir
    graph.func @power(%x: tensor<f32>, %n: tensor<i32>) -> tensor<f32> {
      %zero = graph.constant dense<0> : tensor<i32>
      %one = graph.constant dense<1> : tensor<i32>
      %last, %y = graph.while (%i = %zero, %p = %x) : (tensor<i32>, tensor<f32>) {
        %more = graph.compare LT %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
        graph.condition %more
      } do {
        %next = graph.add %i, %one : tensor<i32>
        %product = graph.mul %p, %x : tensor<f32>
        graph.yield %next, %product : tensor<i32>, tensor<f32>
      }
      graph.return %y : tensor<f32>
    }
    ```

    The names of the arguments hold in both regions; `do (%j, %q) {` gives the
    body's others.

    Source: TensorFlow `While`, `StatelessWhile`; `Enter`, `Merge`, `Switch`,
    `NextIteration`, `Exit` and `LoopCond`.
  }];
  let arguments = !con((ins Variadic<Graph_Tensor>:$inits), graphAfter);
  let results = (outs Variadic<Graph_ControlResult>:$outputs);
  let regions = (region SizedRegion<1>:$conditionRegion,
                        SizedRegion<1>:$bodyRegion);
  let hasCustomAssemblyFormat = 1;
  // The regions are created with their blocks and arguments, of the types
  // `values`, still without terminators.
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$values,
                                 "::mlir::ValueRange":$inits, "bool":$hasToken,
                                 CArg<"::mlir::ValueRange", "{}">:$after)>];
  let hasVerifier = 1;
  let extraClassDeclaration = controlDeclaration # [{
    ::mlir::Block &getConditionBlock() { return getConditionRegion().front(); }
    ::mlir::Block &getBodyBlock() { return getBodyRegion().front(); }
    ::graph_compile::graph::ConditionOp getConditionOp();
    ::graph_compile::graph::YieldOp getYield();
  }];
}

//===----------------------------------------------------------------------===//
// Terminators
//===----------------------------------------------------------------------===//

def Graph_YieldOp : Graph_Op<"yield", [
    Pure, Terminator, ParentOneOf<["IfOp", "CaseOp", "WhileOp"]>,
    AttrSizedOperandSegments]> {
  let summary = "ends a branch or the body of a loop";
  let description = [{
    Gives the results of a branch, or what a loop carries to its next iteration. The
    region has run when the values are computed and everything in `after` has
    happened.

    Example:

    ```mlir
    graph.func @tell(%go: tensor<i1>) {
      %done = graph.if %go {
        %t = graph.print ["going"] {stream = "stdout"}
        graph.yield after(%t)
      } else {
        graph.yield
      }
      graph.return after(%done)
    }
    ```

    Source: TensorFlow `_Retval` and `control_ret` of a branch or a body; `Merge`,
    `NextIteration`.
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$values,
                       Variadic<Graph_Token>:$after);
  let assemblyFormat = [{
    ($values^)? (`after` `(` $after^ `)`)? attr-dict (`:` type($values)^)?
  }];
  let builders = [OpBuilder<(ins CArg<"::mlir::ValueRange", "{}">:$values), [{
    build($_builder, $_state, values, ::mlir::ValueRange());
  }]>];
  let hasCanonicalizeMethod = 1;
}

def Graph_ConditionOp : Graph_Op<"condition", [
    Pure, Terminator, HasParent<"WhileOp">]> {
  let summary = "ends the condition of a loop";
  let description = [{
    Says whether the loop goes on. The region has run when `condition` is computed and
    everything in `after` has happened.

    Example:

    ```mlir
    graph.func @never() {
      %no = graph.constant dense<false> : tensor<i1>
      graph.while () : () {
        graph.condition %no
      } do {
        graph.yield
      }
      graph.return
    }
    ```

    Source: TensorFlow `_Retval` and `control_ret` of a condition; `LoopCond`.
  }];
  let arguments = (ins Graph_BoolScalar:$condition,
                       Variadic<Graph_Token>:$after);
  let assemblyFormat = [{
    $condition (`after` `(` $after^ `)`)? attr-dict
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$condition), [{
    build($_builder, $_state, condition, ::mlir::ValueRange());
  }]>];
  let hasCanonicalizeMethod = 1;
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCONTROLOPS_TD
