//===- CodeBuilder.h - addresses, loads and stores of kernels ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_CPU_CODEBUILDER_H
#define GRAPH_COMPILE_LIB_CODEGEN_CPU_CODEBUILDER_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/STLExtras.h"

namespace graph_compile::cpu {

/// The zeros around a memref along one dimension, which are not in memory.
struct ZeroBorder {
  unsigned dim;
  /// Where the memref begins, and its own size, as i64.
  mlir::Value before, size;
};

/// Where a memref is in generated code: row-major, without gaps.
struct Place {
  /// Its first element, an `!llvm.ptr`.
  mlir::Value base;
  /// Its sizes as i64, static ones as constants; with zeros around it, theirs.
  llvm::SmallVector<mlir::Value, 4> sizes;
  mlir::Type elementType;
  // Most places have none and leave it out, which asks for an initializer.
  // NOLINTNEXTLINE(readability-redundant-member-init)
  llvm::SmallVector<ZeroBorder, 0> borders = {};

  const ZeroBorder *getBorder(unsigned dim) const {
    const auto *border = llvm::find_if(
        borders, [&](const ZeroBorder &other) { return other.dim == dim; });
    return border == borders.end() ? nullptr : border;
  }
};

/// Builds what every kernel is made of. Numbers of elements, places in loops
/// and offsets are i64; arithmetic on them folds.
class CodeBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs);
  /// Division and remainder of numbers that are not negative.
  mlir::Value div(mlir::Value lhs, mlir::Value rhs);
  mlir::Value rem(mlir::Value lhs, mlir::Value rhs);
  mlir::Value divUp(mlir::Value lhs, int64_t rhs);
  mlir::Value min(mlir::Value lhs, mlir::Value rhs);
  mlir::Value max(mlir::Value lhs, mlir::Value rhs);
  mlir::Value less(mlir::Value lhs, mlir::Value rhs);
  /// From and to `index`, which bodies of linalg operations use.
  mlir::Value toIndex(mlir::Value value);
  mlir::Value fromIndex(mlir::Value value);

  /// `type` for lanes = 0, else a vector of `lanes` elements of it.
  static mlir::Type withLanes(mlir::Type type, unsigned lanes);
  /// The same value in every lane; unchanged for lanes = 0.
  mlir::Value splat(mlir::Value value, unsigned lanes);
  /// A constant of `type` (scalar or vector), every lane from `attribute`.
  mlir::Value splatConstant(mlir::Type type, mlir::TypedAttr attribute);
  /// A mask of the first `count` of `lanes` lanes.
  mlir::Value firstLanes(mlir::Value count, unsigned lanes);

  /// The address of element `offset` of what begins at `base`, the first one if
  /// it is null.
  mlir::Value address(mlir::Value base, mlir::Type elementType,
                      mlir::Value offset);
  mlir::Value address(mlir::Value base, mlir::Type elementType, int64_t offset);
  /// Loads one element (lanes = 0) or `lanes` neighbours, those under `mask`
  /// if there is one; the others are zero. For `offset` see `address`.
  mlir::Value load(mlir::Value base, mlir::Type elementType, mlir::Value offset,
                   unsigned lanes = 0, mlir::Value mask = {});
  void store(mlir::Value value, mlir::Value base, mlir::Value offset,
             mlir::Value mask = {});

  /// The row-major offset of `indices` (i64) in `place`, which has no borders.
  mlir::Value linearize(const Place &place, mlir::ValueRange indices);
  /// The element at `indices` (i64) of `place`, or the zero around it.
  mlir::Value loadElement(const Place &place, mlir::ValueRange indices);
  /// The number of elements of `place`.
  mlir::Value count(const Place &place);

  /// A loop from `begin` to `end`; the values that `body` returns are carried.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value begin, mlir::Value end, mlir::Value step,
       mlir::ValueRange carried,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                         mlir::ValueRange)>
           body);
  void loop(mlir::Value begin, mlir::Value end, mlir::Value step,
            llvm::function_ref<void(mlir::Value)> body);
  /// Runs `body` if `condition` (i1) holds.
  void when(mlir::Value condition, llvm::function_ref<void()> body);
};

/// How an element lies in memory: a boolean as a byte, an index as 64 bits,
/// bf16 as an integer.
mlir::Type getStorageType(mlir::Type elementType);
/// Bytes of an element in memory.
unsigned getStorageBytes(mlir::Type elementType);
/// The constant that `value` is, if it is one.
std::optional<int64_t> getConstant(mlir::Value value);

} // namespace graph_compile::cpu

#endif // GRAPH_COMPILE_LIB_CODEGEN_CPU_CODEBUILDER_H
