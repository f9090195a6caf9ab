//===- EffectOps.cpp - accesses of variables, assertions, prints ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "Directives.h"
#include "RegionRewrites.h"
#include "Tokens.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphEffectOps.cpp.inc"

void GraphDialect::registerEffectOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphEffectOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

/// C1: the name is that of a variable. Reports if not.
static FailureOr<RankedTensorType>
lookUpVariable(Operation *op, FlatSymbolRefAttr name,
               SymbolTableCollection &symbols) {
  auto variable = symbols.lookupNearestSymbolFrom<VariableOp>(op, name);
  if (!variable)
    return op->emitOpError()
           << "expects " << name << " to name a graph.variable of the module";
  auto type = dyn_cast<RankedTensorType>(variable.getType());
  if (!type) // The variable's own verifier reports it.
    return failure();
  return type;
}

LogicalResult ReadOp::verifySymbolUses(SymbolTableCollection &symbols) {
  FailureOr<RankedTensorType> type =
      lookUpVariable(*this, getVariableAttr(), symbols);
  if (failed(type))
    return failure();
  // C2: the result has the variable's type.
  if (getValue().getType() != *type)
    return emitOpError() << "expects the result to have the type of "
                         << getVariableAttr() << ", " << *type << ", but got "
                         << getValue().getType();
  return success();
}

static LogicalResult verifyWrite(Operation *op, FlatSymbolRefAttr name, Value x,
                                 SymbolTableCollection &symbols) {
  FailureOr<RankedTensorType> type = lookUpVariable(op, name, symbols);
  if (failed(type))
    return failure();
  // C2: element type, rank and static dims are the variable's.
  if (!areCompatibleTypes(x.getType(), *type))
    return op->emitOpError() << "expects a value that fits " << name << ", "
                             << *type << ", but got " << x.getType();
  return success();
}

LogicalResult AssignOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyWrite(*this, getVariableAttr(), getX(), symbols);
}

LogicalResult AssignAddOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyWrite(*this, getVariableAttr(), getX(), symbols);
}

LogicalResult AssignSubOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyWrite(*this, getVariableAttr(), getX(), symbols);
}

LogicalResult
IsInitializedOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return lookUpVariable(*this, getVariableAttr(), symbols);
}

void ReadOp::build(OpBuilder &builder, OperationState &state, Type value,
                   StringRef variable, ValueRange after) {
  build(builder, state, value, builder.getType<TokenType>(), variable, after);
}

void AssignOp::build(OpBuilder &builder, OperationState &state,
                     StringRef variable, Value x, ValueRange after) {
  build(builder, state, builder.getType<TokenType>(), variable, x, after);
}

void AssignAddOp::build(OpBuilder &builder, OperationState &state,
                        StringRef variable, Value x, ValueRange after) {
  build(builder, state, builder.getType<TokenType>(), variable, x, after);
}

void AssignSubOp::build(OpBuilder &builder, OperationState &state,
                        StringRef variable, Value x, ValueRange after) {
  build(builder, state, builder.getType<TokenType>(), variable, x, after);
}

void IsInitializedOp::build(OpBuilder &builder, OperationState &state,
                            StringRef variable, ValueRange after) {
  build(builder, state, RankedTensorType::get({}, builder.getI1Type()),
        builder.getType<TokenType>(), variable, after);
}

//===----------------------------------------------------------------------===//
// Assertions and prints
//===----------------------------------------------------------------------===//

static LogicalResult verifyText(Operation *op, ArrayAttr text, size_t numData,
                                int64_t summarize) {
  for (Attribute piece : text) {
    if (isa<StringAttr>(piece))
      continue;
    // C1: pieces are strings and i64 integers.
    auto position = dyn_cast<IntegerAttr>(piece);
    if (!position || !position.getType().isSignlessInteger(64))
      return op->emitOpError()
             << "expects text to hold strings and i64 integers, but got "
             << piece;
    // C2: integers are positions in the data.
    if (position.getInt() < 0 ||
        static_cast<uint64_t>(position.getInt()) >= numData)
      return op->emitOpError() << "expects positions in text to be in [0, "
                               << numData << "), but got " << position.getInt();
  }
  // C3: a number of elements, or -1 for all.
  if (summarize < -1)
    return op->emitOpError()
           << "expects summarize to be -1 or more, but got " << summarize;
  return success();
}

void AssertOp::build(OpBuilder &builder, OperationState &state, Value condition,
                     ValueRange data, ArrayAttr text, int64_t summarize,
                     ValueRange after) {
  build(builder, state, builder.getType<TokenType>(), condition, data, after,
        text, summarize);
}

LogicalResult AssertOp::verify() {
  return verifyText(*this, getText(), getData().size(), getSummarize());
}

/// An assertion that holds does nothing.
static LogicalResult eraseTrueAssert(AssertOp op, PatternRewriter &rewriter) {
  if (!matchPattern(op.getCondition(), m_One()))
    return rewriter.notifyMatchFailure(op, "not known to hold");
  eraseEffect(rewriter, op);
  return success();
}

void AssertOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *) {
  patterns.add(eraseTrueAssert);
}

void PrintOp::build(OpBuilder &builder, OperationState &state, ValueRange data,
                    ArrayAttr text, int64_t summarize, StringRef style,
                    StringRef stream, ValueRange after) {
  build(builder, state, builder.getType<TokenType>(), data, after, text,
        summarize, style, stream);
}

LogicalResult PrintOp::verify() {
  // C1, C2, C3.
  if (failed(verifyText(*this, getText(), getData().size(), getSummarize())))
    return failure();
  // C4: a known style.
  if (getStyle() != "summary" && getStyle() != "format")
    return emitOpError() << R"(expects style to be "summary" or "format", )"
                         << "but got " << getStyleAttr();
  // C5: a known stream.
  static constexpr StringLiteral streams[] = {"stderr", "stdout", "log(info)",
                                              "log(warning)", "log(error)"};
  StringRef stream = getStream();
  bool isFile = stream.consume_front("file://") && !stream.empty();
  if (!isFile && !llvm::is_contained(streams, getStream()))
    return emitOpError()
           << "expects stream to be \"stderr\", \"stdout\", \"log(info)\", "
           << "\"log(warning)\", \"log(error)\" or \"file://\" and a path, "
           << "but got " << getStreamAttr();
  return success();
}

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

LogicalResult graph::simplifyTokens(Operation *op, MutableOperandRange tokens,
                                    PatternRewriter &rewriter) {
  constexpr unsigned longList = 32;
  if (tokens.size() > longList)
    return rewriter.notifyMatchFailure(op, "the list of tokens is long");
  llvm::SmallSetVector<Value, 8> kept;
  for (OpOperand &token : tokens) {
    auto join = token.get().getDefiningOp<JoinOp>();
    if (!join || !join.getTokens().empty())
      kept.insert(token.get());
  }
  if (kept.size() == tokens.size())
    return rewriter.notifyMatchFailure(op, "all tokens are needed");
  rewriter.modifyOpInPlace(op, [&] { tokens.assign(kept.getArrayRef()); });
  return success();
}

namespace {
/// An effect waits once for each token, and not for those of nothing.
struct SimplifyAfter : OpInterfaceRewritePattern<OrderedOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(OrderedOpInterface op,
                                PatternRewriter &rewriter) const override {
    return simplifyTokens(op, op.getAfterMutable(), rewriter);
  }
};
} // namespace

void GraphDialect::getCanonicalizationPatterns(
    RewritePatternSet &patterns) const {
  patterns.add<SimplifyAfter, DropNeedlessOrder>(getContext());
}
