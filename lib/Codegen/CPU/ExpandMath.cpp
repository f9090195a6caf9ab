//===- ExpandMath.cpp - math functions as arithmetic or calls -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MathPolynomials.h"

#include "graph-compile/Codegen/CPU/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace graph_compile {
#define GEN_PASS_DEF_CPUEXPANDMATH
#include "graph-compile/Codegen/CPU/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::cpu;

/// The function of libm that computes `op` on f64; its f32 form has an `f`.
/// Empty for operations that are instructions.
static StringRef getLibmName(Operation &op) {
  return llvm::StringSwitch<StringRef>(op.getName().getStringRef())
      .Case("math.acos", "acos")
      .Case("math.acosh", "acosh")
      .Case("math.asin", "asin")
      .Case("math.asinh", "asinh")
      .Case("math.atan", "atan")
      .Case("math.atan2", "atan2")
      .Case("math.atanh", "atanh")
      .Case("math.cbrt", "cbrt")
      .Case("math.cos", "cos")
      .Case("math.cosh", "cosh")
      .Case("math.erf", "erf")
      .Case("math.erfc", "erfc")
      .Case("math.exp", "exp")
      .Case("math.exp2", "exp2")
      .Case("math.expm1", "expm1")
      .Case("math.log", "log")
      .Case("math.log10", "log10")
      .Case("math.log1p", "log1p")
      .Case("math.log2", "log2")
      .Case("math.powf", "pow")
      .Case("math.sin", "sin")
      .Case("math.sinh", "sinh")
      .Case("math.tan", "tan")
      .Case("math.tanh", "tanh")
      .Default("");
}

namespace {
/// Expands the math operations of one module.
class MathExpander {
public:
  MathExpander(ModuleOp module, MathPolynomials::Instructions has)
      : module(module), symbols(module), has(has) {}

  void run();

private:
  Value expand(CodeBuilder &b, Operation &op);
  Value expandF32(CodeBuilder &b, Operation &op);
  Value expandAngle(CodeBuilder &b, Operation &op);
  Value expandOnF32(CodeBuilder &b, Operation &op);
  Value callLibm(CodeBuilder &b, StringRef name, ValueRange operands);

  ModuleOp module;
  SymbolTable symbols;
  MathPolynomials::Instructions has;
  SmallVector<Operation *> pending;
};
} // namespace

/// Calls the function `name` of libm for each lane.
Value MathExpander::callLibm(CodeBuilder &b, StringRef name,
                             ValueRange operands) {
  Type type = operands[0].getType();
  Type element = getElementTypeOrSelf(type);
  std::string symbol = (name + (element.isF32() ? "f" : "")).str();
  if (!symbols.lookup(symbol)) {
    OpBuilder::InsertionGuard guard(b);
    b.clearInsertionPoint();
    auto function = LLVM::LLVMFuncOp::create(
        b, symbol,
        LLVM::LLVMFunctionType::get(
            element, SmallVector<Type>(operands.size(), element)));
    function.setNoUnwind(true);
    function.setWillReturn(true);
    symbols.insert(function);
  }
  auto vectorType = dyn_cast<VectorType>(type);
  if (!vectorType)
    return LLVM::CallOp::create(b, element, symbol, operands).getResult();
  Value result = b.splatConstant(type, b.getFloatAttr(element, 0.0));
  for (int64_t lane = 0; lane != vectorType.getNumElements(); ++lane) {
    SmallVector<Value> scalars;
    for (Value operand : operands)
      scalars.push_back(vector::ExtractOp::create(b, operand, lane));
    Value value = LLVM::CallOp::create(b, element, symbol, scalars).getResult();
    result = vector::InsertOp::create(b, value, result, lane);
  }
  return result;
}

/// sin and cos: the reduction by multiplication is for angles of moderate size;
/// a vector with a larger one goes to libm lane by lane.
Value MathExpander::expandAngle(CodeBuilder &b, Operation &op) {
  Value x = op.getOperand(0);
  bool isSin = isa<math::SinOp>(op);
  StringRef name = isSin ? "sin" : "cos";
  if (!has.fma)
    return callLibm(b, name, x);
  Value limit = b.splatConstant(
      x.getType(), b.getF32FloatAttr(MathPolynomials::kLargestAngle));
  Value isLarge =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGT,
                            math::AbsFOp::create(b, x).getResult(), limit);
  if (isa<VectorType>(x.getType()))
    isLarge =
        vector::ReductionOp::create(b, vector::CombiningKind::OR, isLarge);
  auto branch = scf::IfOp::create(b, x.getType(), isLarge,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, callLibm(b, name, x));
  b.setInsertionPointToStart(branch.elseBlock());
  MathPolynomials polynomials(b, has);
  scf::YieldOp::create(b, isSin ? polynomials.sin(x) : polynomials.cos(x));
  return branch.getResult(0);
}

/// Operations on f32 that have a polynomial; null for others.
Value MathExpander::expandF32(CodeBuilder &b, Operation &op) {
  MathPolynomials polynomials(b, has);
  Value x = op.getOperand(0);
  if (isa<math::ExpOp>(op))
    return polynomials.exp(x);
  if (isa<math::ExpM1Op>(op))
    return polynomials.expm1(x);
  if (isa<math::LogOp>(op))
    return polynomials.log(x);
  if (isa<math::Log1pOp>(op))
    return polynomials.log1p(x);
  if (isa<math::TanhOp>(op))
    return polynomials.tanh(x);
  if (isa<math::ErfOp>(op))
    return polynomials.erf(x);
  if (isa<math::SinOp, math::CosOp>(op))
    return expandAngle(b, op);
  return {};
}

/// An operation on f16 or bf16, done on f32.
Value MathExpander::expandOnF32(CodeBuilder &b, Operation &op) {
  Type type = op.getResult(0).getType();
  Type wide = b.getF32Type();
  if (auto vectorType = dyn_cast<VectorType>(type))
    wide = vectorType.clone(wide);
  OperationState state(b.getLoc(), op.getName());
  for (Value operand : op.getOperands())
    state.addOperands(arith::ExtFOp::create(b, wide, operand).getResult());
  state.addTypes(wide);
  state.propertiesAttr = op.getPropertiesAsAttribute();
  Operation *onF32 = b.create(state);
  pending.push_back(onF32);
  return arith::TruncFOp::create(b, type, onF32->getResult(0));
}

/// What replaces `op`, or null if it stays.
Value MathExpander::expand(CodeBuilder &b, Operation &op) {
  Type type = op.getResult(0).getType();
  Type element = getElementTypeOrSelf(type);
  if (element.isF16() || element.isBF16()) {
    bool isUniform = llvm::all_of(op.getOperandTypes(),
                                  [&](Type other) { return other == type; });
    return isUniform ? expandOnF32(b, op) : Value();
  }
  if (auto rsqrt = dyn_cast<math::RsqrtOp>(op)) {
    Value one = b.splatConstant(type, b.getFloatAttr(element, 1.0));
    return arith::DivFOp::create(
        b, one, math::SqrtOp::create(b, rsqrt.getOperand()).getResult());
  }
  if (auto fma = dyn_cast<math::FmaOp>(op))
    return has.fma ? Value()
                   : MathPolynomials(b, has).fma(fma.getA(), fma.getB(),
                                                 fma.getC());
  if (element.isF32())
    if (Value value = expandF32(b, op))
      return value;
  StringRef name = getLibmName(op);
  if (name.empty() || !(element.isF32() || element.isF64()))
    return {};
  return callLibm(b, name, op.getOperands());
}

void MathExpander::run() {
  module.walk([&](Operation *op) {
    if (isa_and_nonnull<math::MathDialect>(op->getDialect()))
      pending.push_back(op);
  });
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val();
    CodeBuilder b(op->getLoc(), op);
    Value value = expand(b, *op);
    if (!value)
      continue;
    op->getResult(0).replaceAllUsesWith(value);
    op->erase();
  }
}

namespace {
struct CpuExpandMath : graph_compile::impl::CpuExpandMathBase<CpuExpandMath> {
  using CpuExpandMathBase::CpuExpandMathBase;

  void runOnOperation() override {
    MathExpander(getOperation(), {hasFma, hasScale}).run();
    RewritePatternSet patterns(&getContext());
    arith::populateExpandBFloat16Patterns(patterns);
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    // Nothing but these patterns: folding a large step again is not for here.
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
