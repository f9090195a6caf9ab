//===- Structure.cpp - functions, variables and constants -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace graph_compile;
using graph_compile::step::StepDialect;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

SignlessTypeConverter::SignlessTypeConverter() {
  addConversion([](Type type) { return type; });
  addConversion([](RankedTensorType type) -> Type {
    auto integer = dyn_cast<IntegerType>(type.getElementType());
    if (!integer || integer.isSignless())
      return type;
    return type.clone(IntegerType::get(type.getContext(), integer.getWidth()));
  });
}

GraphToStepContext::GraphToStepContext(ModuleOp module) : facts(module) {
  for (auto variable : module.getOps<graph::VariableOp>())
    variableTypes[variable.getSymNameAttr()] = variable.getTensorType();
}

/// Returns `value` with signless integers; null if it is of a kind that this
/// does not know.
static ElementsAttr convertElements(ElementsAttr value, RankedTensorType type) {
  if (value.getShapedType() == type)
    return value;
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return DenseElementsAttr::getFromRawBuffer(type, dense.getRawData());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {
struct FuncLowering : GraphPattern<graph::FuncOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::FuncOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    const TypeConverter &converter = *getTypeConverter();
    FunctionType type = op.getFunctionType();
    TypeConverter::SignatureConversion signature(type.getNumInputs());
    SmallVector<Type> results;
    if (failed(converter.convertSignatureArgs(type.getInputs(), signature)) ||
        failed(converter.convertTypes(type.getResults(), results)))
      return rewriter.notifyMatchFailure(op, "types cannot be converted");

    auto function = func::FuncOp::create(
        rewriter, op.getLoc(), op.getSymName(),
        rewriter.getFunctionType(signature.getConvertedTypes(), results));
    function.setSymVisibilityAttr(op.getSymVisibilityAttr());
    function.setArgAttrsAttr(
        markUnsigned(rewriter, type.getInputs(), op.getArgAttrsAttr()));
    function.setResAttrsAttr(
        markUnsigned(rewriter, type.getResults(), op.getResAttrsAttr()));
    if (op.getInitializer())
      function->setAttr(StepDialect::kInitializerAttr, rewriter.getUnitAttr());
    rewriter.inlineRegionBefore(op.getBody(), function.getBody(),
                                function.end());
    if (failed(rewriter.convertRegionTypes(&function.getBody(), converter,
                                           &signature)))
      return failure();
    rewriter.eraseOp(op);
    return success();
  }

private:
  /// Adds to `attributes`, one dictionary per type or null, what the signless
  /// types no longer say.
  static ArrayAttr markUnsigned(OpBuilder &b, ArrayRef<Type> types,
                                ArrayAttr attributes) {
    if (llvm::none_of(types, isUnsigned))
      return attributes;
    SmallVector<Attribute> all;
    for (auto [i, type] : llvm::enumerate(types)) {
      NamedAttrList list;
      if (attributes)
        list = cast<DictionaryAttr>(attributes[i]);
      if (isUnsigned(type))
        list.set(StepDialect::kUnsignedAttr, b.getUnitAttr());
      all.push_back(list.getDictionary(b.getContext()));
    }
    return b.getArrayAttr(all);
  }
};

struct ReturnLowering : GraphPattern<graph::ReturnOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ReturnOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<func::ReturnOp>(op, adaptor.getValues());
    return success();
  }
};

struct VariableLowering : GraphPattern<graph::VariableOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::VariableOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = convert(op.getTensorType());
    ElementsAttr initial = op.getInitialValueAttr();
    if (initial) {
      // Its shape is fixed, where the variable's is open, too.
      initial = convertElements(initial,
                                type.clone(initial.getShapedType().getShape()));
      if (!initial)
        return op.emitOpError("expects dense elements as initial value");
    }
    auto variable =
        step::VariableOp::create(rewriter, op.getLoc(), op.getSymNameAttr(),
                                 TypeAttr::get(type), initial);
    if (isUnsigned(op.getTensorType()))
      variable->setAttr(StepDialect::kUnsignedAttr, rewriter.getUnitAttr());
    if (op.getHidden())
      variable->setAttr(StepDialect::kHiddenAttr, rewriter.getUnitAttr());
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConstantLowering : GraphPattern<graph::ConstantOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ConstantOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ElementsAttr value =
        convertElements(op.getValue(), convert(op.getResult().getType()));
    if (!value)
      return op.emitOpError("expects dense elements");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, cast<TypedAttr>(value));
    return success();
  }
};
} // namespace

void graph_compile::populateStructurePatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns
      .add<FuncLowering, ReturnLowering, VariableLowering, ConstantLowering>(
          patterns.getContext(), context);
}
