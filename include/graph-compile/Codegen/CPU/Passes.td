//===- Passes.td - passes that make CPU code ---------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CODEGEN_CPU_PASSES_TD
#define GRAPH_COMPILE_CODEGEN_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def CpuEmitKernels : Pass<"cpu-emit-kernels", "mlir::ModuleOp"> {
  let summary = "write the bodies of kernels as loops over vectors";
  let description = [{
    Replaces every function with the attribute `step.kernel` by an `llvm.func`
    that takes the frame of the call, a pointer for each memref followed by its
    open sizes, and scalars by value. Its body is scf, arith, math and vector
    operations with direct addressing through llvm loads and stores, so that no
    memref is left.

    Each linalg operation goes the way that fits it: contraction and reduction
    in register tiles, elementwise in vectors, the rest as plain loops. A fill
    before a reduction and an elementwise operation after it are done in
    registers. Loops with enough work become functions of a range that
    `gcrt_parallel_for` runs; what they compute does not depend on how it cuts
    the range.
  }];
  let dependentDialects = [
    "mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect",
    "mlir::math::MathDialect", "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect"
  ];
  let options = [
    Option<"vectorBytes", "vector-bytes", "unsigned", "16",
           "Bytes of a vector register">,
    Option<"vectorRegisters", "vector-registers", "unsigned", "16",
           "Number of vector registers">,
    Option<"hasMasks", "masks", "bool", "false",
           "Loads and stores under a mask are single instructions">
  ];
}

def CpuExpandMath : Pass<"cpu-expand-math", "mlir::ModuleOp"> {
  let summary = "write math functions as arithmetic or calls of libm";
  let description = [{
    exp, exp2, expm1, log, log2, log10, log1p, tanh, erf, sin and cos on f32
    become polynomials that are accurate to about 2 ulp over the whole range,
    denormals, infinities and NaN included, for scalars and vectors alike; all
    other functions become a call of libm for each element. What a CPU has an
    instruction for (square roots, rounding) is left to LLVM. Arithmetic on
    bf16, and conversions to and from it, become operations on f32 and integers.
  }];
  let dependentDialects = [
    "mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect",
    "mlir::math::MathDialect", "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect"
  ];
  let options = [
    Option<"hasFma", "fma", "bool", "false",
           "Fused multiply-add is a single instruction">,
    Option<"hasScale", "scale", "bool", "false",
           "Multiplication by a power of two is a single instruction">
  ];
}

def CpuLowerStep : Pass<"cpu-lower-step", "mlir::ModuleOp"> {
  let summary = "turn steps into functions that call kernels and the runtime";
  let description = [{
    A step becomes an `llvm.func` that takes the frame of the call and returns a
    status, 0 when all went well. Places become addresses; launches become
    calls; assertions, prints and checks become calls of `gcrt_*` that leave the
    function on failure. Each step is walked once. Expects control flow as
    blocks (`convert-scf-to-cf`).

    With `poison-arena` a step poisons its arena when it starts, and each place
    that it uses is made addressable. Expects that no two places share bytes.

    With `mark-launches` a step calls `gcrt_mark` before each launch and copy
    while the call is profiled: where the frame has a profile, which costs a
    comparison and a branch that is not taken where it has none. The module's
    `step.launches` lists them by their numbers: `kernel`, `kind`, `nodes`, and
    where they are known `flops` and `bytes`.
  }];
  let dependentDialects = [
    "mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect",
    "mlir::cf::ControlFlowDialect"
  ];
  let options = [
    Option<"poisonArena", "poison-arena", "bool", "false",
           "For AddressSanitizer: let a step use the places of its arena only">,
    Option<"markLaunches", "mark-launches", "bool", "false",
           "Tell profiles where each launch begins">
  ];
}

def CpuToLLVM : Pass<"cpu-to-llvm", "mlir::LLVM::LLVMFuncOp"> {
  let summary = "convert what kernels and steps are made of to the llvm dialect";
  let description = [{
    Converts arith, cf, math, ub and vector operations in a function, and gives
    it the attributes of the CPU that it is compiled for.
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect"];
  let options = [
    Option<"cpu", "cpu", "std::string", "", "LLVM's name of the CPU">,
    Option<"features", "features", "std::string", "",
           "LLVM's features of the CPU">,
    Option<"vectorBytes", "vector-bytes", "unsigned", "16",
           "Bytes of a vector register">
  ];
}

#endif // GRAPH_COMPILE_CODEGEN_CPU_PASSES_TD
