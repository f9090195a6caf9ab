//===- BodyEmitter.h - scalar operations on scalars or vectors --*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_CPU_BODYEMITTER_H
#define GRAPH_COMPILE_LIB_CODEGEN_CPU_BODYEMITTER_H

#include "KernelEmitter.h"

namespace graph_compile::cpu {

/// Emits `op`, which works on one element, on `operands` of `lanes` elements
/// (0: scalars). Arithmetic on f16 and bf16 is done on f32 and rounded after
/// each operation, which is what TensorFlow does.
mlir::Operation *emitElementOp(CodeBuilder &b, mlir::Operation &op,
                               mlir::ValueRange operands, unsigned lanes);

/// Whether every operation of a linalg body has a form on vectors. Not
/// so: loads, loops, and the division of integers, which no vector unit does
/// and which traps in lanes that are not used.
bool isVectorizable(mlir::Block &body);

/// How many lanes a vector of the widest type in `op` has; 0 if it is no use.
unsigned getLanes(mlir::linalg::GenericOp op, const KernelTarget &target);

/// Roughly how many simple operations one run of `body` is.
int64_t estimateWork(mlir::Block &body);

/// Emits the body of a linalg operation for `lanes` neighbouring points.
class BodyEmitter {
public:
  BodyEmitter(KernelEmitter &emitter, unsigned lanes)
      : emitter(emitter), lanes(lanes) {}

  void map(mlir::Value from, mlir::Value to) { values.map(from, to); }
  /// What stands for `linalg.index` of each loop, in lanes.
  void setIndices(llvm::ArrayRef<mlir::Value> values) {
    indices.assign(values.begin(), values.end());
  }
  /// Emits the operations of `body` but those in `skipped`.
  void emit(mlir::Block &body, llvm::ArrayRef<mlir::Operation *> skipped = {});
  /// What a value of the body, or a scalar of the kernel, is in lanes.
  mlir::Value get(mlir::Value value);

private:
  KernelEmitter &emitter;
  unsigned lanes;
  mlir::IRMapping values;
  llvm::SmallVector<mlir::Value, 4> indices;
};

} // namespace graph_compile::cpu

#endif // GRAPH_COMPILE_LIB_CODEGEN_CPU_BODYEMITTER_H
