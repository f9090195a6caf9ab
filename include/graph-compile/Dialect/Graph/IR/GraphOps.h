//===- GraphOps.h - ops of the graph dialect --------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHOPS_H
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHOPS_H

#include "graph-compile/Dialect/Graph/IR/Convolution.h"
#include "graph-compile/Dialect/Graph/IR/GraphDialect.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir {
class PatternRewriter;
class RewriterBase;
} // namespace mlir

namespace graph_compile::graph {

/// What effects write: the order of a graph. It keeps upstream passes from
/// removing, merging or moving an effect.
struct OrderResource : mlir::SideEffects::Resource::Base<OrderResource> {
  llvm::StringRef getName() final { return "order"; }
};

/// Whether an inferred type and a written one may be types of one value: equal
/// element types and ranks, and no two different static sizes in one place.
bool areCompatibleTypes(mlir::TypeRange lhs, mlir::TypeRange rhs);

/// Whether `type` says all that `open` says about a tensor: equal element types
/// and ranks, and each static size of `open`.
bool isRefinement(mlir::Type type, mlir::Type open);

/// Whether `type` is an element type of the dialect.
bool isElementType(mlir::Type type);

/// On ops whose result has the broadcast shape of all operands and whose
/// elements each depend on the elements in their place only.
template <typename ConcreteOp>
class Broadcasting : public mlir::OpTrait::TraitBase<ConcreteOp, Broadcasting> {
};

class ConditionOp;
class ReturnOp;
class YieldOp;

} // namespace graph_compile::graph

#include "graph-compile/Dialect/Graph/IR/GraphInterfaces.h.inc"

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphStructureOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphControlOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphEffectOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphCheckOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphElementwiseOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphReductionOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphContractionOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphShapeOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphDataOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphConvolutionOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphNormOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphWindowOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphIndexOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphLinearAlgebraOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphScanOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphRandomOps.h.inc"
#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphListOps.h.inc"

namespace graph_compile::graph {

/// Replaces an effect by one that neither waits for tokens nor gives one, at
/// the same place. Its token must have no use.
mlir::Operation *dropTokens(mlir::RewriterBase &rewriter,
                            OrderedOpInterface effect);

/// Removes an effect that does nothing: its first result becomes `value`
/// (ignored if the effect gives a token only), its token a join of what it
/// waits for.
void eraseEffect(mlir::RewriterBase &rewriter, OrderedOpInterface effect,
                 mlir::Value value = {});

namespace detail {
/// As many types as `OpTy`'s builders expect where the number is fixed.
template <typename OpTy> constexpr unsigned resultCount() {
  if constexpr (OpTy::template hasTrait<mlir::OpTrait::OneResult>())
    return 1;
  else if constexpr (OpTy::template hasTrait<
                         mlir::OpTrait::NResults<2>::template Impl>())
    return 2;
  else
    return 0;
}
} // namespace detail

/// Creates a pure op and infers its result types. Where `OpTy::create` ends
/// the program if the operands break a constraint of inference, this
/// reports an error at `location` and creates nothing.
template <typename OpTy, typename... Args>
mlir::FailureOr<OpTy> tryCreate(mlir::OpBuilder &builder,
                                mlir::Location location, Args &&...args) {
  mlir::OperationState state(location, OpTy::getOperationName());
  llvm::SmallVector<mlir::Type> types(detail::resultCount<OpTy>(),
                                      TokenType::get(builder.getContext()));
  OpTy::build(builder, state, mlir::TypeRange(types),
              std::forward<Args>(args)...);
  state.types.clear();
  if (failed(OpTy::inferReturnTypes(
          builder.getContext(), location, state.operands,
          state.attributes.getDictionary(builder.getContext()),
          state.getRawProperties(), state.regions, state.types)))
    return mlir::failure();
  return llvm::cast<OpTy>(builder.create(state));
}

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHOPS_H
