//===- Tensor.h - values of the interpreter ---------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The values that graph-interpret computes with: dense, row-major, every
// element by itself. Slow and easy to check.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_TOOLS_GRAPH_INTERPRET_TENSOR_H
#define GRAPH_COMPILE_TOOLS_GRAPH_INTERPRET_TENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace graph_compile::interpret {

struct Tensor {
  mlir::Type elementType;
  llvm::SmallVector<int64_t> shape;
  /// The elements of a float tensor, each a value of its type.
  std::vector<double> floats;
  /// The elements of an integer or boolean tensor, extended to 64 bits.
  std::vector<int64_t> integers;

  bool isFloat() const { return llvm::isa<mlir::FloatType>(elementType); }
  size_t size() const { return isFloat() ? floats.size() : integers.size(); }

  /// Sets element `i` to a number as the type holds it: rounded to the nearest
  /// float, or the low bits of an integer.
  void set(size_t i, double number);
  void set(size_t i, int64_t number);

  friend bool operator==(const Tensor &a, const Tensor &b);
};

/// A tensor of zeros.
Tensor makeTensor(mlir::Type elementType, llvm::ArrayRef<int64_t> shape);
Tensor makeTensor(mlir::ElementsAttr elements);

/// The number of elements of a shape.
int64_t countElements(llvm::ArrayRef<int64_t> shape);

/// The shape that shapes broadcast to; nothing where they do not.
std::optional<llvm::SmallVector<int64_t>>
broadcast(llvm::ArrayRef<llvm::ArrayRef<int64_t>> shapes);

/// Where element `i` of `shape` comes from in a tensor that is broadcast to it.
size_t getSource(size_t i, llvm::ArrayRef<int64_t> shape,
                 llvm::ArrayRef<int64_t> source);

/// {"shape": [..], "data": [..]}; what JSON has no number for is a string.
llvm::json::Value toJson(const Tensor &tensor);
/// Reads the same; a list or a number by itself has the type's shape.
llvm::Expected<Tensor> fromJson(const llvm::json::Value &value,
                                mlir::RankedTensorType type);

} // namespace graph_compile::interpret

#endif // GRAPH_COMPILE_TOOLS_GRAPH_INTERPRET_TENSOR_H
