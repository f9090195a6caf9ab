//===- Utils.h - what the patterns from graph to linalg share ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_UTILS_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_UTILS_H

#include "graph-compile/Conversion/GraphToStep/GraphToStep.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace graph_compile {

/// Creates operations at the location of the node that is being converted.
using NodeBuilder = mlir::ImplicitLocOpBuilder;

/// Base of the patterns: they all hold the shared context.
template <typename OpTy>
class GraphPattern : public mlir::OpConversionPattern<OpTy> {
public:
  GraphPattern(mlir::MLIRContext *mlirContext,
               const GraphToStepContext &context)
      : mlir::OpConversionPattern<OpTy>(context.typeConverter, mlirContext),
        context(context) {}

protected:
  /// Returns the signless type of a tensor of the graph.
  mlir::RankedTensorType convert(mlir::Type type) const {
    return mlir::cast<mlir::RankedTensorType>(
        context.typeConverter.convertType(type));
  }

  const GraphToStepContext &context;
};

inline mlir::RankedTensorType getTensorType(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

mlir::Value createIndex(NodeBuilder &b, int64_t value);
/// Returns a constant of a float, integer or index type; `value` is rounded.
mlir::Value createNumber(NodeBuilder &b, mlir::Type type, double value);
mlir::Value createInteger(NodeBuilder &b, mlir::Type type, int64_t value);

/// Index arithmetic, folded where the operands are constants.
mlir::Value addIndex(NodeBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value subIndex(NodeBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value mulIndex(NodeBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value maxIndex(NodeBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value minIndex(NodeBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value createSelect(NodeBuilder &b, mlir::Value condition, mlir::Value x,
                         mlir::Value y);
mlir::Value compareIntegers(NodeBuilder &b,
                            mlir::arith::CmpIPredicate predicate, mlir::Value x,
                            mlir::Value y);

/// Converts an integer scalar that was read from a tensor of the graph to an
/// index; `isUnsigned` says how to widen it.
mlir::Value toIndex(NodeBuilder &b, mlir::Value integer,
                    bool isUnsigned = false);
/// Converts an index to an integer of type `type`.
mlir::Value fromIndex(NodeBuilder &b, mlir::Value index, mlir::Type type);

/// Whether `type`, of the graph, has unsigned integers as elements.
bool isUnsigned(mlir::Type type);

//===----------------------------------------------------------------------===//
// Dims
//===----------------------------------------------------------------------===//

/// Returns the size of dim `dim` of `tensor` as an index. Looks through what
/// this conversion has created, so that sizes depend on the sizes of arguments
/// and not on results of kernels.
mlir::Value getDim(NodeBuilder &b, mlir::Value tensor, int64_t dim);

/// Returns the number of elements of `tensor` as an index.
mlir::Value getNumElements(NodeBuilder &b, mlir::Value tensor);

/// Creates a tensor without contents; `getOpenDim` is asked for the size of
/// each open dim of `type`.
mlir::Value createEmpty(NodeBuilder &b, mlir::RankedTensorType type,
                        llvm::function_ref<mlir::Value(int64_t)> getOpenDim);

/// Creates a tensor that holds `value` in every element.
mlir::Value createFill(NodeBuilder &b, mlir::Value value, mlir::Value init);

/// Returns `tensor` as a value of `type`, which differs in open dims at most.
mlir::Value castTo(NodeBuilder &b, mlir::Value tensor,
                   mlir::RankedTensorType type);

/// Gives the elements of `tensor`, row-major, the shape of `type`. Open dims of
/// `type` have the sizes that `getOpenDim` says.
mlir::Value createReshape(NodeBuilder &b, mlir::Value tensor,
                          mlir::RankedTensorType type,
                          llvm::function_ref<mlir::Value(int64_t)> getOpenDim);

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// Whether values of `type` are computed element by element in registers: rank
/// 0, or a vector of a few integers.
bool isScalarized(mlir::RankedTensorType type);
bool isScalarized(mlir::Value tensor);

/// Returns the element at `indices`, folded where `tensor` is made of scalars.
mlir::Value getElement(NodeBuilder &b, mlir::Value tensor,
                       mlir::ValueRange indices);
/// Returns the elements of a tensor of static shape and at most rank 1.
llvm::SmallVector<mlir::Value> getElements(NodeBuilder &b, mlir::Value tensor);
/// Returns the elements of a vector of static size as indices.
llvm::SmallVector<mlir::Value> getIndices(NodeBuilder &b, mlir::Value tensor,
                                          bool isUnsigned = false);

/// Makes a tensor of static shape out of its elements.
mlir::Value createFromElements(NodeBuilder &b, mlir::RankedTensorType type,
                               mlir::ValueRange elements);

/// Creates a linalg.generic that writes every element of `init` once; the
/// body's arguments are the elements of `inputs` that `maps` name.
mlir::Value
createParallel(NodeBuilder &b, mlir::Value init, mlir::ValueRange inputs,
               llvm::ArrayRef<mlir::AffineMap> maps,
               llvm::function_ref<mlir::Value(NodeBuilder &, mlir::ValueRange)>
                   getElement);

/// Like createParallel with no inputs: the element is computed from the indices
/// of its place.
mlir::Value createFromIndices(
    NodeBuilder &b, mlir::Value init,
    llvm::function_ref<mlir::Value(NodeBuilder &, llvm::ArrayRef<mlir::Value>)>
        getElement);

/// Returns whether every element of `tensor` satisfies `holds`, as an i1.
mlir::Value
createAllOf(NodeBuilder &b, mlir::Value tensor,
            llvm::function_ref<mlir::Value(NodeBuilder &, mlir::Value)> holds);

/// Combines all elements of `tensor` into one scalar of `neutral`'s type.
mlir::Value createFullReduction(
    NodeBuilder &b, mlir::Value tensor, mlir::Value neutral,
    llvm::function_ref<mlir::Value(NodeBuilder &, mlir::Value element,
                                   mlir::Value accumulator)>
        combine);

//===----------------------------------------------------------------------===//
// Failure at run time
//===----------------------------------------------------------------------===//

/// The status of a failed assertion or numerics check, and of a graph that
/// fails on its inputs.
inline constexpr int32_t kAssertionFailed = 3, kFailed = 1;

/// A piece of a message: a text, or an index or integer scalar.
class MessagePiece {
public:
  MessagePiece(const char *text) : text(text) {}
  MessagePiece(std::string text) : text(std::move(text)) {}
  MessagePiece(mlir::Value number) : number(number) {}

  std::string text;
  /// Null for a text.
  mlir::Value number;
};

/// Fails the call with status 1 when `condition` is false. Nothing is created
/// for a condition that is known to hold.
void createCheck(NodeBuilder &b, mlir::Value condition,
                 llvm::ArrayRef<MessagePiece> message);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_UTILS_H
