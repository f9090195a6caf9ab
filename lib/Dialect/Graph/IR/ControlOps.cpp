//===- ControlOps.cpp - conditionals and loops ----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "Directives.h"
#include "Inference.h"
#include "Tokens.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphControlOps.cpp.inc"

void GraphDialect::registerControlOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphControlOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Builders and accessors
//===----------------------------------------------------------------------===//

static void addResults(OpBuilder &builder, OperationState &state,
                       TypeRange values, bool hasToken) {
  state.addTypes(values);
  if (hasToken)
    state.addTypes(builder.getType<TokenType>());
}

void IfOp::build(OpBuilder &builder, OperationState &state, TypeRange values,
                 Value condition, bool hasToken, ValueRange after) {
  state.addOperands(condition);
  state.addOperands(after);
  addResults(builder, state, values, hasToken);
  for (unsigned branch = 0; branch < 2; ++branch)
    state.addRegion()->emplaceBlock();
}

YieldOp IfOp::getThenYield() {
  return cast<YieldOp>(getThenBlock().getTerminator());
}

YieldOp IfOp::getElseYield() {
  return cast<YieldOp>(getElseBlock().getTerminator());
}

void CaseOp::build(OpBuilder &builder, OperationState &state, TypeRange values,
                   Value index, unsigned numBranches, bool hasToken,
                   ValueRange after) {
  state.addOperands(index);
  state.addOperands(after);
  addResults(builder, state, values, hasToken);
  for (unsigned branch = 0; branch < numBranches; ++branch)
    state.addRegion()->emplaceBlock();
}

YieldOp CaseOp::getYield(unsigned branch) {
  return cast<YieldOp>(getBranches()[branch].front().getTerminator());
}

/// Notes how many operands of a loop are inits and tokens.
static void setSegments(OperationState &state, size_t inits, size_t tokens) {
  state.getOrAddProperties<WhileOp::Properties>().operandSegmentSizes = {
      static_cast<int32_t>(inits), static_cast<int32_t>(tokens)};
}

void WhileOp::build(OpBuilder &builder, OperationState &state, TypeRange values,
                    ValueRange inits, bool hasToken, ValueRange after) {
  state.addOperands(inits);
  state.addOperands(after);
  setSegments(state, inits.size(), after.size());
  addResults(builder, state, values, hasToken);
  SmallVector<Location> locations(values.size(), state.location);
  for (unsigned region = 0; region < 2; ++region)
    state.addRegion()->emplaceBlock().addArguments(values, locations);
}

ConditionOp WhileOp::getConditionOp() {
  return cast<ConditionOp>(getConditionBlock().getTerminator());
}

YieldOp WhileOp::getYield() {
  return cast<YieldOp>(getBodyBlock().getTerminator());
}

//===----------------------------------------------------------------------===//
// Text form of conditionals
//===----------------------------------------------------------------------===//

/// Adds the token's type if the text names more results than `types`.
static void addTokenIfNamed(OpAsmParser &parser, SmallVectorImpl<Type> &types) {
  if (parser.getNumResults() > types.size())
    types.push_back(TokenType::get(parser.getContext()));
}

static TypeRange dropToken(TypeRange outputs) {
  bool hasToken = !outputs.empty() && isa<TokenType>(outputs.back());
  return outputs.drop_back(hasToken ? 1 : 0);
}

ParseResult graph::parseControlTypes(OpAsmParser &parser,
                                     SmallVectorImpl<Type> &outputs) {
  if (parser.parseOptionalArrowTypeList(outputs))
    return failure();
  addTokenIfNamed(parser, outputs);
  return success();
}

void graph::printControlTypes(OpAsmPrinter &printer, Operation *op,
                              TypeRange outputs) {
  TypeRange values = dropToken(outputs);
  if (values.empty())
    return;
  printer << " -> (";
  llvm::interleaveComma(values, printer);
  printer << ")";
}

ParseResult
graph::parseBranches(OpAsmParser &parser,
                     SmallVectorImpl<std::unique_ptr<Region>> &branches) {
  while (true) {
    auto branch = std::make_unique<Region>();
    OptionalParseResult parsed = parser.parseOptionalRegion(*branch);
    if (!parsed.has_value())
      return success();
    if (failed(*parsed))
      return failure();
    branches.push_back(std::move(branch));
  }
}

void graph::printBranches(OpAsmPrinter &printer, Operation *op,
                          MutableArrayRef<Region> branches) {
  llvm::interleave(
      branches, [&](Region &branch) { printer.printRegion(branch); },
      [&] { printer << ' '; });
}

//===----------------------------------------------------------------------===//
// Text form of loops
//===----------------------------------------------------------------------===//

using Arguments = SmallVector<OpAsmParser::Argument>;
using Operands = SmallVector<OpAsmParser::UnresolvedOperand>;

/// Parses `(%arg = %init, ..)`.
static ParseResult parseCarried(OpAsmParser &parser, Arguments &arguments,
                                Operands &inits) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&] {
    return failure(parser.parseArgument(arguments.emplace_back()) ||
                   parser.parseEqual() ||
                   parser.parseOperand(inits.emplace_back()));
  });
}

/// Parses `: (types)`, or `: (types of the inits) -> (types)` where they
/// differ.
static ParseResult parseCarriedTypes(OpAsmParser &parser,
                                     SmallVectorImpl<Type> &initTypes,
                                     SmallVectorImpl<Type> &types) {
  if (parser.parseColon() || parser.parseLParen())
    return failure();
  if (failed(parser.parseOptionalRParen()) &&
      (parser.parseTypeList(initTypes) || parser.parseRParen()))
    return failure();
  if (failed(parser.parseOptionalArrow())) {
    types.assign(initTypes.begin(), initTypes.end());
    return success();
  }
  return failure(parser.parseLParen() || parser.parseTypeList(types) ||
                 parser.parseRParen());
}

/// Parses the body after `do`; its arguments are called as those of the
/// condition or as `(%a, ..)` says.
static ParseResult parseBody(OpAsmParser &parser, Arguments arguments,
                             Region &body) {
  size_t numCarried = arguments.size();
  SMLoc where = parser.getCurrentLocation();
  Arguments renamed;
  if (parser.parseArgumentList(renamed, AsmParser::Delimiter::OptionalParen))
    return failure();
  if (!renamed.empty()) {
    if (renamed.size() != numCarried)
      return parser.emitError(where)
             << "expected " << numCarried << " names, one per carried value, "
             << "but got " << renamed.size();
    for (auto [argument, name] : llvm::zip(arguments, renamed))
      argument.ssaName = name.ssaName;
  }
  return parser.parseRegion(body, arguments);
}

ParseResult WhileOp::parse(OpAsmParser &parser, OperationState &result) {
  Arguments arguments;
  Operands inits, after;
  SmallVector<Type> initTypes, types;
  if (parseCarried(parser, arguments, inits))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("after")) &&
      parser.parseOperandList(after, AsmParser::Delimiter::Paren))
    return failure();
  SMLoc where = parser.getCurrentLocation();
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parseCarriedTypes(parser, initTypes, types))
    return failure();
  if (types.size() != arguments.size())
    return parser.emitError(where)
           << "expected " << arguments.size()
           << " types, one per carried value, but got " << types.size();
  for (auto [argument, type] : llvm::zip(arguments, types))
    argument.type = type;
  Region *condition = result.addRegion();
  Region *body = result.addRegion();
  if (parser.parseRegion(*condition, arguments) || parser.parseKeyword("do") ||
      parseBody(parser, arguments, *body))
    return failure();
  addTokenIfNamed(parser, types);
  result.addTypes(types);
  setSegments(result, inits.size(), after.size());
  return failure(
      parser.resolveOperands(inits, initTypes, where, result.operands) ||
      parser.resolveOperands(after, TokenType::get(parser.getContext()),
                             result.operands));
}

/// Whether the arguments of both regions are printed under the same names.
static bool haveSameNames(OpAsmPrinter &printer, Block &a, Block &b) {
  auto getName = [&](Value value) {
    std::string name;
    llvm::raw_string_ostream stream(name);
    printer.printOperand(value, stream);
    return name;
  };
  return llvm::all_of(
      llvm::zip_equal(a.getArguments(), b.getArguments()), [&](auto pair) {
        return getName(std::get<0>(pair)) == getName(std::get<1>(pair));
      });
}

void WhileOp::print(OpAsmPrinter &printer) {
  Block &condition = getConditionBlock(), &body = getBodyBlock();
  printer << " (";
  llvm::interleaveComma(llvm::zip(condition.getArguments(), getInits()),
                        printer, [&](auto pair) {
                          auto [argument, init] = pair;
                          printer << argument << " = " << init;
                        });
  printer << ")";
  if (!getAfter().empty())
    printer << " after(" << getAfter() << ")";
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(),
                                           {getOperandSegmentSizesAttrName()});
  TypeRange types = getValues().getTypes();
  printer << " : (" << getInits().getTypes() << ")";
  if (getInits().getTypes() != types)
    printer << " -> (" << types << ")";
  printer << ' ';
  printer.printRegion(getConditionRegion(), /*printEntryBlockArgs=*/false);
  printer << " do ";
  if (!haveSameNames(printer, condition, body)) {
    printer << '(';
    llvm::interleaveComma(body.getArguments(), printer);
    printer << ") ";
  }
  printer.printRegion(getBodyRegion(), /*printEntryBlockArgs=*/false);
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

/// Checks that the results are tensors but for a token at the end.
static LogicalResult verifyOutputs(Operation *op) {
  for (Value output : op->getResults().drop_back(op->getNumResults() ? 1 : 0))
    if (isa<TokenType>(output.getType()))
      return op->emitOpError("expects a token to be the last result");
  return success();
}

/// Checks that values yielded, or first ones, are as exact as the results.
static LogicalResult verifyRefinements(Operation *op, StringRef what,
                                       ValueRange values, TypeRange results) {
  for (auto [i, value, result] : llvm::enumerate(values, results))
    if (!isRefinement(value.getType(), result))
      return op->emitOpError()
             << "expects " << what << " #" << i << " to be as exact as result #"
             << i << ", " << result << ", but got " << value.getType();
  return success();
}

/// Checks what `region` of `op` yields; `what` names such a region.
static LogicalResult verifyYield(Operation *op, Region &region, StringRef what,
                                 TypeRange results) {
  auto yield = dyn_cast<YieldOp>(region.front().getTerminator());
  if (!yield)
    return op->emitOpError()
           << "expects " << what << " to end with graph.yield, but got '"
           << region.front().getTerminator()->getName() << "'";
  if (yield.getValues().size() == results.size())
    return success();
  InFlightDiagnostic error =
      op->emitOpError() << "expects " << what << " to yield " << results.size()
                        << " values, one per result, but got "
                        << yield.getValues().size();
  error.attachNote(yield.getLoc()) << "yielded here";
  return error;
}

/// Checks that the ops of `region` wait for each other only.
static LogicalResult verifyTokensStay(Region &region) {
  for (Operation &op : region.front())
    for (OpOperand &operand : op.getOpOperands()) {
      if (!isa<TokenType>(operand.get().getType()) ||
          operand.get().getParentBlock() == op.getBlock())
        continue;
      InFlightDiagnostic error =
          op.emitOpError() << "expects operand #" << operand.getOperandNumber()
                           << ", a token, to come from its own region";
      error.attachNote(operand.get().getLoc()) << "defined here";
      return error;
    }
  return success();
}

/// C1 to C5 of conditionals.
template <typename OpTy>
static LogicalResult verifyConditional(OpTy op,
                                       MutableArrayRef<Region> branches) {
  // C1: tensors, and perhaps a token.
  if (failed(verifyOutputs(op)))
    return failure();
  TypeRange results = op.getValues().getTypes();
  for (Region &branch : branches) {
    if (branch.getNumArguments())
      return op.emitOpError() << "expects a branch to have no arguments, but "
                                 "got "
                              << branch.getNumArguments();
    // C2: it ends with graph.yield. C3: one value per result.
    if (failed(verifyYield(op, branch, "a branch", results)))
      return failure();
    // C4: the values are as exact as the results.
    auto yield = cast<YieldOp>(branch.front().getTerminator());
    if (failed(
            verifyRefinements(op, "value yielded", yield.getValues(), results)))
      return failure();
    // C5: tokens stay inside.
    if (failed(verifyTokensStay(branch)))
      return failure();
  }
  return success();
}

LogicalResult IfOp::verifyRegions() {
  return verifyConditional(*this, (*this)->getRegions());
}

LogicalResult CaseOp::verify() {
  // C6: there is something to run.
  if (getBranches().empty())
    return emitOpError("expects at least one branch");
  return success();
}

LogicalResult CaseOp::verifyRegions() {
  return verifyConditional(*this, (*this)->getRegions());
}

LogicalResult WhileOp::verify() {
  // C1: one tensor per init, and perhaps a token.
  if (failed(verifyOutputs(*this)))
    return failure();
  TypeRange results = getValues().getTypes();
  if (results.size() != getInits().size())
    return emitOpError() << "expects " << getInits().size()
                         << " results, one per init, but got "
                         << results.size();
  // C3: the regions' arguments are of the results' types.
  for (auto [region, name] : {std::pair(&getConditionRegion(), "condition"),
                              {&getBodyRegion(), "body"}})
    if (region->getArgumentTypes() != results)
      return emitOpError() << "expects the arguments of the " << name
                           << " to have the results' types, " << results
                           << ", but got " << region->getArgumentTypes();
  // C5, of the first values.
  return verifyRefinements(*this, "init", getInits(), results);
}

LogicalResult WhileOp::verifyRegions() {
  TypeRange results = getValues().getTypes();
  // C2: the terminators. C4: one value per result.
  Operation *end = getConditionBlock().getTerminator();
  if (!isa<ConditionOp>(end))
    return emitOpError() << "expects the condition to end with "
                            "graph.condition, but got '"
                         << end->getName() << "'";
  if (failed(verifyYield(*this, getBodyRegion(), "the body", results)))
    return failure();
  // C5, of the values that the body gives.
  if (failed(verifyRefinements(*this, "value yielded", getYield().getValues(),
                               results)))
    return failure();
  // C6: tokens stay inside.
  return failure(failed(verifyTokensStay(getConditionRegion())) ||
                 failed(verifyTokensStay(getBodyRegion())));
}

//===----------------------------------------------------------------------===//
// Values across borders
//===----------------------------------------------------------------------===//

/// The yield of a region, if it has one.
static YieldOp getYieldIfAny(Region &region) {
  if (region.empty() || region.front().empty())
    return nullptr;
  return dyn_cast<YieldOp>(region.front().back());
}

SmallVector<Value> graph::branchValues(OpResult result) {
  SmallVector<Value> values;
  for (Region &branch : result.getOwner()->getRegions()) {
    YieldOp yield = getYieldIfAny(branch);
    if (!yield || result.getResultNumber() >= yield.getValues().size())
      return {};
    values.push_back(yield.getValues()[result.getResultNumber()]);
  }
  return values;
}

std::optional<CarriedValue> graph::carriedValue(WhileOp loop, unsigned i) {
  YieldOp yield = getYieldIfAny(loop.getBodyRegion());
  if (!yield || i >= yield.getValues().size() || i >= loop.getInits().size())
    return std::nullopt;
  return CarriedValue{loop.getInits()[i], yield.getValues()[i]};
}

bool graph::isInside(Value value, Operation *op) {
  Region *home = value.getParentRegion();
  return home && llvm::any_of(op->getRegions(), [&](Region &region) {
           return region.isAncestor(home);
         });
}

//===----------------------------------------------------------------------===//
// Terminators
//===----------------------------------------------------------------------===//

LogicalResult YieldOp::canonicalize(YieldOp op, PatternRewriter &rewriter) {
  return simplifyTokens(op, op.getAfterMutable(), rewriter);
}

LogicalResult ConditionOp::canonicalize(ConditionOp op,
                                        PatternRewriter &rewriter) {
  return simplifyTokens(op, op.getAfterMutable(), rewriter);
}
