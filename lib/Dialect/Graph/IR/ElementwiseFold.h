//===- ElementwiseFold.h - elementwise ops on constants -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_ELEMENTWISEFOLD_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_ELEMENTWISEFOLD_H

#include "ConstantFolding.h"

#include "mlir/IR/TypeUtilities.h"

#include <optional>

namespace graph_compile::graph {

/// What an element is computed to; nothing where that is left to run time.
using Int = std::optional<llvm::APInt>;
using Float = std::optional<llvm::APFloat>;

/// Applies `compute` to each element of `x`. Null if the result is too large or
/// an element has no value.
template <typename From, typename To, typename Compute>
mlir::Attribute mapElements(mlir::Attribute x, mlir::Type result,
                            Compute compute) {
  mlir::DenseElementsAttr elements = constantElements(x);
  auto type = llvm::cast<mlir::RankedTensorType>(result);
  if (!elements || !type.hasStaticShape())
    return {};
  llvm::SmallVector<To> values;
  auto append = [&](const From &element) {
    std::optional<To> value = compute(element);
    if (value)
      values.push_back(*value);
    return value.has_value();
  };
  if (elements.isSplat()) {
    if (!append(elements.getSplatValue<From>()))
      return {};
    return mlir::DenseElementsAttr::get(type, values);
  }
  if (!foldedType(type))
    return {};
  for (const From &element : elements.getValues<From>())
    if (!append(element))
      return {};
  return mlir::DenseElementsAttr::get(type, values);
}

/// Applies `compute` to each pair of elements of `lhs` and `rhs`, broadcast.
template <typename From, typename To, typename Compute>
mlir::Attribute zipElements(mlir::Attribute lhs, mlir::Attribute rhs,
                            mlir::Type result, Compute compute) {
  mlir::DenseElementsAttr a = constantElements(lhs), b = constantElements(rhs);
  auto type = llvm::cast<mlir::RankedTensorType>(result);
  if (!a || !b || !type.hasStaticShape())
    return {};
  if (a.isSplat() && b.isSplat()) {
    std::optional<To> value =
        compute(a.getSplatValue<From>(), b.getSplatValue<From>());
    return value
               ? mlir::DenseElementsAttr::get(type, llvm::ArrayRef<To>(*value))
               : mlir::Attribute();
  }
  if (!foldedType(type))
    return {};
  auto aValues = a.getValues<From>(), bValues = b.getValues<From>();
  BroadcastPositions aPosition(a.getType().getShape(), type.getShape());
  BroadcastPositions bPosition(b.getType().getShape(), type.getShape());
  llvm::SmallVector<To> values;
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    std::optional<To> value =
        compute(aValues[aPosition.current()], bValues[bPosition.current()]);
    if (!value)
      return {};
    values.push_back(*value);
    aPosition.next();
    bPosition.next();
  }
  return mlir::DenseElementsAttr::get(type, values);
}

/// Whether the elements of `value` are floats.
inline bool holdsFloats(mlir::Value value) {
  return llvm::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(value));
}

/// Folds a unary op on integers or floats, whichever `x` holds.
template <typename OnInts, typename OnFloats>
mlir::Attribute foldUnary(mlir::Operation *op, mlir::Attribute x, OnInts onInts,
                          OnFloats onFloats) {
  mlir::Type result = op->getResult(0).getType();
  if (!x)
    return {};
  if (holdsFloats(op->getOperand(0)))
    return mapElements<llvm::APFloat, llvm::APFloat>(x, result, onFloats);
  return mapElements<llvm::APInt, llvm::APInt>(x, result, onInts);
}

/// Folds a binary op on integers or floats, whichever the operands hold.
template <typename OnInts, typename OnFloats>
mlir::Attribute foldBinary(mlir::Operation *op,
                           llvm::ArrayRef<mlir::Attribute> operands,
                           OnInts onInts, OnFloats onFloats) {
  mlir::Type result = op->getResult(0).getType();
  if (!operands[0] || !operands[1])
    return {};
  if (holdsFloats(op->getOperand(0)))
    return zipElements<llvm::APFloat, llvm::APFloat>(operands[0], operands[1],
                                                     result, onFloats);
  return zipElements<llvm::APInt, llvm::APInt>(operands[0], operands[1], result,
                                               onInts);
}

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_ELEMENTWISEFOLD_H
