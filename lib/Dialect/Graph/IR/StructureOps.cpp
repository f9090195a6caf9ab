//===- StructureOps.cpp - variables, functions, constants, joins ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "Tokens.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphStructureOps.cpp.inc"

void GraphDialect::registerStructureOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphStructureOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// VariableOp
//===----------------------------------------------------------------------===//

LogicalResult VariableOp::verify() {
  // C1: the type is a ranked tensor of the dialect's element types.
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || !isElementType(type.getElementType()))
    return emitOpError() << "expects a ranked tensor type of an element type "
                            "of the dialect, but got "
                         << getType();
  // C2: the initial value has the variable's type.
  if (std::optional<ElementsAttr> initial = getInitialValue())
    if (initial->getElementType() != type.getElementType() ||
        failed(verifyCompatibleShape(initial->getShapedType(), type)))
      return emitOpError() << "expects an initial value of type " << type
                           << ", but got " << initial->getShapedType();
  // C3: nobody else could set it.
  if (getHidden() && !getInitialValue())
    return emitOpError("expects an initial value, for the variable is hidden");
  return success();
}

//===----------------------------------------------------------------------===//
// FuncOp
//===----------------------------------------------------------------------===//

void FuncOp::build(OpBuilder &builder, OperationState &state, StringRef name,
                   FunctionType type) {
  state.addAttribute(getSymNameAttrName(state.name),
                     builder.getStringAttr(name));
  state.addAttribute(getFunctionTypeAttrName(state.name), TypeAttr::get(type));
  Block &block = state.addRegion()->emplaceBlock();
  for (Type input : type.getInputs())
    block.addArgument(input, state.location);
}

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  auto buildType = [](Builder &builder, ArrayRef<Type> arguments,
                      ArrayRef<Type> results,
                      function_interface_impl::VariadicFlag, std::string &) {
    return builder.getFunctionType(arguments, results);
  };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false,
      getFunctionTypeAttrName(result.name), buildType,
      getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void FuncOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(
      printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
      getArgAttrsAttrName(), getResAttrsAttrName());
}

ReturnOp FuncOp::getReturnOp() {
  return cast<ReturnOp>(getBlock().getTerminator());
}

static StringRef nameIn(DictionaryAttr attributes) {
  if (!attributes)
    return {};
  auto name = attributes.getAs<StringAttr>(GraphDialect::getNameAttrName());
  return name ? name.getValue() : StringRef();
}

StringRef FuncOp::getArgName(unsigned index) {
  return nameIn(function_interface_impl::getArgAttrDict(*this, index));
}

StringRef FuncOp::getResultName(unsigned index) {
  return nameIn(function_interface_impl::getResultAttrDict(*this, index));
}

static bool isTensorOfDialect(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isElementType(tensor.getElementType());
}

LogicalResult FuncOp::verify() {
  // C1, a body whose arguments are those of the type, is checked by the
  // region's constraint and by the interface. C2: arguments and results are
  // tensors.
  for (Type type :
       llvm::concat<const Type>(getArgumentTypes(), getResultTypes()))
    if (!isTensorOfDialect(type))
      return emitOpError() << "expects arguments and results to be tensors of "
                              "the dialect, but got "
                           << type;
  if (!getInitializer())
    return success();
  // C3: an initializer takes nothing and gives nothing.
  if (getFunctionType().getNumInputs() || getFunctionType().getNumResults())
    return emitOpError()
           << "expects an initializer to have neither arguments nor results";
  // C4: there is at most one; the later one is told.
  for (auto other : (*this)->getParentOfType<ModuleOp>().getOps<FuncOp>()) {
    if (other == *this)
      break;
    if (!other.getInitializer())
      continue;
    InFlightDiagnostic error = emitOpError()
                               << "expects the module to have one initializer";
    error.attachNote(other.getLoc())
        << "\"" << other.getSymName() << "\" is one too";
    return error;
  }
  return success();
}

/// Checks that `operand` is defined above `user`, an op in `block` or in a
/// region of one.
static LogicalResult verifyDefinedAbove(Block &block, Operation *user,
                                        OpOperand &operand) {
  Operation *definition = operand.get().getDefiningOp();
  if (!definition)
    return success();
  Operation *place = definition->getBlock()->findAncestorOpInBlock(*user);
  if (place && definition->isBeforeInBlock(place))
    return success();
  InFlightDiagnostic error =
      user->emitOpError() << "expects operand #" << operand.getOperandNumber()
                          << " to be defined above, the function is linear";
  error.attachNote(definition->getLoc()) << "defined here";
  return error;
}

LogicalResult FuncOp::verifyRegions() {
  if (!getLinear())
    return success();
  WalkResult result = getBody().walk([&](Operation *op) {
    // C5: every operand is defined above its use.
    for (OpOperand &operand : op->getOpOperands())
      if (failed(verifyDefinedAbove(getBlock(), op, operand)))
        return WalkResult::interrupt();
    // C6: no value is a token.
    if (llvm::any_of(op->getResultTypes(), llvm::IsaPred<TokenType>)) {
      op->emitOpError() << "expects no token, the function is linear";
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

//===----------------------------------------------------------------------===//
// ReturnOp
//===----------------------------------------------------------------------===//

LogicalResult ReturnOp::verify() {
  // C1: one value per result of the function, of its type.
  auto function = cast<FuncOp>((*this)->getParentOp());
  ArrayRef<Type> results = function.getResultTypes();
  if (getValues().size() != results.size())
    return emitOpError() << "expects " << results.size()
                         << " values, one per result of \""
                         << function.getSymName() << "\", but got "
                         << getValues().size();
  for (auto [index, value, type] : llvm::enumerate(getValues(), results))
    if (value.getType() != type)
      return emitOpError() << "expects value #" << index << " to be of type "
                           << type << ", but got " << value.getType();
  return success();
}

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  // C1: a ranked tensor of the dialect. C2, the result's type, is checked by
  // the interface.
  ShapedType type = adaptor.getValue().getShapedType();
  if (!isTensorOfDialect(type))
    return emitOptionalError(location,
                             "'graph.constant' op expects a ranked tensor of "
                             "an element type of the dialect, but got ",
                             type);
  types.push_back(type);
  return success();
}

void ConstantOp::getAsmResultNames(
    function_ref<void(Value, StringRef)> setName) {
  setName(getResult(), "cst");
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

//===----------------------------------------------------------------------===//
// JoinOp
//===----------------------------------------------------------------------===//

OpFoldResult JoinOp::fold(FoldAdaptor) {
  if (getTokens().size() != 1 || getTokens().front() == getToken())
    return {};
  return getTokens().front();
}

LogicalResult JoinOp::canonicalize(JoinOp op, PatternRewriter &rewriter) {
  return simplifyTokens(op, op.getTokensMutable(), rewriter);
}

LogicalResult ReturnOp::canonicalize(ReturnOp op, PatternRewriter &rewriter) {
  return simplifyTokens(op, op.getAfterMutable(), rewriter);
}
