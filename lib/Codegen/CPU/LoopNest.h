//===- LoopNest.h - loops and strides of a linalg operation -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_CPU_LOOPNEST_H
#define GRAPH_COMPILE_LIB_CODEGEN_CPU_LOOPNEST_H

#include "CodeBuilder.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graph_compile::cpu {

class KernelEmitter;

/// A constant times sizes that are known at run time only, so that strides can
/// be compared without knowing them. Sizes are numbers into a table.
struct Product {
  int64_t factor = 1;
  /// Ascending; a size may occur more than once.
  llvm::SmallVector<unsigned, 4> sizes;

  static Product zero() { return {0, {}}; }
  bool isZero() const { return factor == 0; }
  bool isOne() const { return factor == 1 && sizes.empty(); }
  /// The number, if it is known.
  std::optional<int64_t> getConstant() const {
    return sizes.empty() || factor == 0 ? std::optional<int64_t>(factor)
                                        : std::nullopt;
  }
  bool operator==(const Product &other) const {
    return factor == other.factor && sizes == other.sizes;
  }
  Product operator*(const Product &other) const;
};

/// One loop of a nest.
struct Loop {
  Product size;
  bool isParallel = true;
  /// Its number in the linalg operation; of the innermost one, if merged.
  unsigned dim = 0;
};

/// An operand in panels: along one loop, element j is in panel j / width, at
/// j % width, where the stride of that loop is the one inside a panel.
struct Panels {
  unsigned loop;
  int64_t width;
  /// From panel to panel.
  Product stride;
};

/// A dimension of an operand that is read in windows, with zeros around what is
/// in memory: numbers p and r of two loops meet at place
/// p * parallelStep + r * reductionStep - before, which is in memory if it is
/// in [0, size).
struct Window {
  unsigned parallel, reduction;
  int64_t parallelStep, reductionStep;
  mlir::Value before, size;
};

/// An operand: a scalar, or a place walked with one stride for each loop.
struct Access {
  /// Set if the operand is a scalar.
  mlir::Value scalar;
  mlir::Value base;
  mlir::Type elementType;
  /// Where the walk begins, in elements.
  mlir::Value start;
  /// In elements; zero where the loop does not move it.
  llvm::SmallVector<Product, 4> strides;
  std::optional<Panels> panels;
  llvm::SmallVector<Window, 0> windows;
};

/// A linalg operation on memrefs whose indexing maps are sums of loops times
/// constants, or those of panels: one stride for each operand and loop. Loops
/// that windows are made of are neither merged nor dropped.
struct LoopNest {
  llvm::SmallVector<Loop, 4> loops;
  /// In the order of the operands of the operation.
  llvm::SmallVector<Access, 4> accesses;
  /// What the numbers in products stand for.
  llvm::SmallVector<mlir::Value> sizes;

  /// Analyzes `op`. Fails where a map is not of that form.
  static mlir::FailureOr<LoopNest> get(KernelEmitter &emitter,
                                       mlir::linalg::LinalgOp op);

  /// Appends an operand that `map` places, dim i of the map being loop
  /// `loopOfDim[i]`. Fails where the map is not a sum.
  mlir::LogicalResult addAccess(KernelEmitter &emitter, mlir::Value operand,
                                mlir::AffineMap map,
                                llvm::ArrayRef<unsigned> loopOfDim);

  mlir::Value materialize(CodeBuilder &b, const Product &product) const;
  mlir::Value getSize(CodeBuilder &b, unsigned loop) const {
    return materialize(b, loops[loop].size);
  }
  /// Whether some operand is in panels, or read in windows, which only register
  /// tiles know.
  bool hasPanels() const;
  bool hasWindows() const;
  /// The product of the sizes of loops [begin, end).
  Product getSize(unsigned begin, unsigned end) const;

  /// Puts loops into `order` (new position -> old).
  void reorder(llvm::ArrayRef<unsigned> order);
  /// Drops loops of size one and merges neighbours of one kind that every
  /// operand walks as if they were one loop.
  void simplify();

  /// `size` as a product.
  Product getProduct(mlir::Value size);

private:
  mlir::LogicalResult addWindow(Access &access, const ZeroBorder &border,
                                llvm::ArrayRef<int64_t> coefficients,
                                llvm::ArrayRef<unsigned> loopOfDim);
  bool isInWindow(unsigned loop) const;
  void removeLoop(unsigned loop);
};

/// The order of loops that walks `accesses[leader]` row by row: parallel loops
/// by its strides as they lie in `map`, loops that it does not have last, then
/// reduction loops in the order of `reductionLeader`.
llvm::SmallVector<unsigned> getLoopOrder(const LoopNest &nest,
                                         mlir::AffineMap parallelMap,
                                         mlir::AffineMap reductionMap);

} // namespace graph_compile::cpu

#endif // GRAPH_COMPILE_LIB_CODEGEN_CPU_LOOPNEST_H
