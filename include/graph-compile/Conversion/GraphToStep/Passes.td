//===- Passes.td - from the graph dialect to step and linalg -*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CONVERSION_GRAPHTOSTEP_PASSES_TD
#define GRAPH_COMPILE_CONVERSION_GRAPHTOSTEP_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertGraphToStep : Pass<"convert-graph-to-step", "mlir::ModuleOp"> {
  let summary = "turn linear graph functions into steps on tensors";
  let description = [{
    Every `graph.func` becomes a `func.func` whose textual order is the order of
    execution; every `graph.variable` a `step.variable`. Effects become `step`
    operations, checks `step.assert`, and what computes becomes `linalg` on
    tensors with `tensor`, `arith`, `math` and `scf`, one operation (of the kind
    `linalg.generic`) per node, so that fusion is somebody else's business.

    - Arithmetic on rank 0, and on integer vectors of at most 8 elements, is done
      on scalars: shape computations become index arithmetic in registers.
    - Broadcasting is in the indexing maps. Where an open dimension may turn out
      to be 1 or not, the operand is read with `tensor.extract` instead.
    - Conditionals and loops become `scf.if`, `scf.index_switch` and `scf.while`.
      What is computed on scalars crosses their borders as scalars.
    - Integers become signless; signedness is in the operations from then on, and
      in the attribute `step.unsigned` of arguments, results and variables.
    - f16 and bf16 are computed in f32 and rounded after each operation;
      reductions and matrix products accumulate in f32.

    Expects functions that went through `graph-linearize`. Locations are kept.
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::func::FuncDialect",
    "mlir::linalg::LinalgDialect", "mlir::math::MathDialect",
    "mlir::memref::MemRefDialect", "mlir::scf::SCFDialect",
    "mlir::tensor::TensorDialect", "graph_compile::step::StepDialect"
  ];
}

def BranchTensorSelects
    : Pass<"branch-tensor-selects", "mlir::func::FuncOp"> {
  let summary = "select tensors by branches";
  let description = [{
    The canonicalizer turns a conditional whose branches only give values into
    `arith.select`. That is right for scalars, but a step selects tensors by
    branches alone: what comes after knows those, and where their results are to
    lie. Turns selects of tensors back into `scf.if`.
  }];
  let dependentDialects = ["mlir::scf::SCFDialect"];
}

def VerifyLinalgStage : Pass<"verify-linalg-stage", "mlir::ModuleOp"> {
  let summary = "check that a module is at the end of the stage linalg";
  let description = [{
    The contract at the end of the stage `linalg`: no `graph` operation is left,
    only the dialects named above are used, integers are signless, no
    conversion cast is left over, and no `arith.select` chooses between tensors.
  }];
}

#endif // GRAPH_COMPILE_CONVERSION_GRAPHTOSTEP_PASSES_TD
