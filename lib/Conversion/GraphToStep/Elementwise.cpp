//===- Elementwise.cpp - elementwise operations with broadcasting ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One linalg.generic per operation, or scalar arithmetic for small values. An
// operand comes into the body in one of three ways: as a scalar (rank 0 and
// constants of one value), through an indexing map, or, where an open dim may
// be 1 or not, by a tensor.extract at an index chosen at run time.
//
//===----------------------------------------------------------------------===//

#include "Broadcast.h"
#include "ElementOps.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"

using namespace mlir;
using namespace graph_compile;

namespace {
class ElementwiseLowering : public ConversionPattern {
public:
  ElementwiseLowering(StringRef name, MLIRContext *mlirContext,
                      const GraphToStepContext &context)
      : ConversionPattern(context.typeConverter, name, /*benefit=*/1,
                          mlirContext),
        context(context) {}

  LogicalResult
  matchAndRewrite(Operation *op, ArrayRef<Value> operands,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op->getLoc(), rewriter);
    auto type = cast<RankedTensorType>(
        typeConverter->convertType(op->getResult(0).getType()));
    // A call of a C function belongs in a kernel, even one of a single element.
    bool onScalars =
        isScalarized(type) && !isa<graph::LgammaOp, graph::SpecialOp>(op) &&
        llvm::all_of(operands, [](Value v) { return isScalarized(v); });
    rewriter.replaceOp(op, onScalars ? computeScalars(b, op, operands, type)
                                     : computeTensor(b, op, operands, type));
    return success();
  }

private:
  static Value computeScalars(NodeBuilder &b, Operation *op,
                              ArrayRef<Value> operands, RankedTensorType type);
  Value computeTensor(NodeBuilder &b, Operation *op, ArrayRef<Value> operands,
                      RankedTensorType type) const;

  const GraphToStepContext &context;
};
} // namespace

Value ElementwiseLowering::computeScalars(NodeBuilder &b, Operation *op,
                                          ArrayRef<Value> operands,
                                          RankedTensorType type) {
  SmallVector<SmallVector<Value>> inputs = llvm::map_to_vector(
      operands, [&](Value operand) { return getElements(b, operand); });
  SmallVector<Value> results;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    SmallVector<Value> args;
    for (const SmallVector<Value> &elements : inputs)
      args.push_back(elements.size() == 1 ? elements[0] : elements[i]);
    results.push_back(emitElement(b, op, args));
  }
  return createFromElements(b, type, results);
}

Value ElementwiseLowering::computeTensor(NodeBuilder &b, Operation *op,
                                         ArrayRef<Value> operands,
                                         RankedTensorType type) const {
  BroadcastReader reader(b, op, operands, type.getRank(), context.facts);
  Value init = createEmpty(
      b, type, [&](int64_t dim) { return reader.getResultDim(b, dim); });
  return createParallel(b, init, reader.getInputs(), reader.getMaps(),
                        [&](NodeBuilder &body, ValueRange args) {
                          return emitElement(body, op, reader.read(body, args));
                        });
}

template <typename... Ops>
static void addElementwise(RewritePatternSet &patterns,
                           const GraphToStepContext &context) {
  (patterns.add<ElementwiseLowering>(Ops::getOperationName(),
                                     patterns.getContext(), context),
   ...);
}

void graph_compile::populateElementwisePatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  using namespace graph;
  addElementwise<AbsOp, NegOp, SignOp, ExpOp, Expm1Op, LogOp, Log1pOp, SqrtOp,
                 RsqrtOp, SinOp, CosOp, TanOp, AsinOp, AcosOp, AtanOp, SinhOp,
                 CoshOp, TanhOp, AsinhOp, AcoshOp, AtanhOp, ErfOp, ErfcOp,
                 LgammaOp, LogisticOp, FloorOp, CeilOp, RoundEvenOp, NotOp,
                 IsFiniteOp, IsInfOp, IsNanOp, PopulationCountOp, CastOp>(
      patterns, context);
  addElementwise<AddOp, SubOp, MulOp, DivOp, FloorDivOp, FloorModOp, TruncDivOp,
                 TruncModOp, MaxOp, MinOp, PowOp, Atan2Op, AndOp, OrOp, XorOp,
                 ShiftLeftOp, ShiftRightOp, CompareOp, SelectOp, SpecialOp>(
      patterns, context);
}
