//===- Reduction.h - what reductions have in common -------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_CPU_REDUCTION_H
#define GRAPH_COMPILE_LIB_CODEGEN_CPU_REDUCTION_H

#include "BodyEmitter.h"
#include "LoopNest.h"

namespace graph_compile::cpu {

/// How one output of a reduction comes about: `op` combines what was
/// accumulated with the contribution of each point.
struct Combiner {
  mlir::Operation *op;
  mlir::Value contribution;
  /// The multiplication that makes the contribution, where it and the addition
  /// are one fused operation.
  mlir::Operation *product = nullptr;
  /// What is accumulated in: f32 for f16 and bf16, else the output's type.
  mlir::Type type;

  bool isAddition() const;
};

/// A reduction with everything that is fused with it: its loops (the parallel
/// ones first), operands and combiners.
class Reduction {
public:
  /// Analyzes `fusion`. Nothing if it is none, or if its body has no form on
  /// vectors or its outputs are not combined by one operation each.
  static std::optional<Reduction> get(KernelEmitter &emitter, Fusion &fusion);

  unsigned getNumParallel() const { return numParallel; }
  unsigned getNumInputs() const { return numInputs; }
  unsigned getNumOutputs() const { return combiners.size(); }
  const Access &getInput(unsigned input) const { return nest.accesses[input]; }

  /// Puts the loops in another order: `order` as in LoopNest::reorder.
  void reorder(llvm::ArrayRef<unsigned> order) { nest.reorder(order); }

  /// Starting values of one output, for `lanes` points of the outputs: what a
  /// fill gave, else what the output holds at `offsets`.
  mlir::Value getStart(unsigned output, llvm::ArrayRef<mlir::Value> offsets,
                       unsigned lanes, mlir::Value mask);
  /// The value that changes nothing when it is combined.
  mlir::Value getNeutral(unsigned output, unsigned lanes);
  /// Adds points whose inputs are `inputs` (scalars or lanes) to `values`.
  void accumulate(llvm::ArrayRef<mlir::Value> inputs, unsigned lanes,
                  llvm::MutableArrayRef<mlir::Value> values);
  mlir::Value combine(unsigned output, mlir::Value lhs, mlir::Value rhs);
  /// Combines the lanes of a vector, in halves.
  mlir::Value combineLanes(unsigned output, mlir::Value vector);

  /// Stores the results at `offsets` (one for each access), after the epilogue.
  void finish(llvm::ArrayRef<mlir::Value> results,
              llvm::ArrayRef<mlir::Value> offsets, unsigned lanes,
              mlir::Value mask);

  /// Whether loop `loop` moves every access by zero or one element.
  bool isContiguous(unsigned loop, bool inputsOnly) const;

  /// Offsets of all accesses after loop `loop` went to `iv`, from its begin
  /// where an access is in panels along it.
  llvm::SmallVector<mlir::Value> advance(llvm::ArrayRef<mlir::Value> offsets,
                                         unsigned loop, mlir::Value iv);
  llvm::SmallVector<mlir::Value> getStartOffsets() const;

  KernelEmitter &emitter;
  CodeBuilder &b;
  Fusion fusion;
  mlir::linalg::GenericOp op;
  /// Accesses: inputs, outputs, then the operands of the epilogue.
  LoopNest nest;
  llvm::SmallVector<Combiner, 2> combiners;
  unsigned lanes = 0;
  /// Sums of f32 that may be long: partial sums of blocks are added in f64, so
  /// that the error does not grow with the length.
  bool inBlocks = false;

private:
  Reduction(KernelEmitter &emitter, Fusion &fusion, LoopNest nest)
      : emitter(emitter), b(emitter.b), fusion(fusion), op(fusion.main),
        nest(std::move(nest)) {}

  bool findCombiners();
  bool addEpilogue();
  mlir::Value extend(mlir::Value value, mlir::Type element);

  unsigned numParallel = 0;
  unsigned numInputs = 0;
};

} // namespace graph_compile::cpu

#endif // GRAPH_COMPILE_LIB_CODEGEN_CPU_REDUCTION_H
