//===- GraphOps.cpp - what the families of ops share ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Directives.h"
#include "Inference.h"
#include "RegionRewrites.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#include "graph-compile/Dialect/Graph/IR/GraphInterfaces.cpp.inc"

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

bool graph::areCompatibleTypes(TypeRange lhs, TypeRange rhs) {
  if (lhs.size() != rhs.size())
    return false;
  return llvm::all_of(llvm::zip(lhs, rhs), [](auto pair) {
    auto [a, b] = pair;
    return getElementTypeOrSelf(a) == getElementTypeOrSelf(b) &&
           succeeded(verifyCompatibleShape(a, b));
  });
}

bool graph::isRefinement(Type type, Type open) {
  auto exact = dyn_cast<RankedTensorType>(type);
  auto wide = dyn_cast<RankedTensorType>(open);
  if (!exact || !wide || exact.getElementType() != wide.getElementType() ||
      exact.getRank() != wide.getRank())
    return false;
  return llvm::all_of(llvm::zip(exact.getShape(), wide.getShape()),
                      [](auto pair) {
                        auto [size, wanted] = pair;
                        return ShapedType::isDynamic(wanted) || size == wanted;
                      });
}

bool graph::isElementType(Type type) {
  if (type.isF64() || type.isF32() || type.isF16() || type.isBF16() ||
      type.isSignlessInteger(1))
    return true;
  auto integer = dyn_cast<IntegerType>(type);
  return integer && !integer.isSigned() &&
         llvm::is_contained({8u, 16u, 32u, 64u}, integer.getWidth());
}

//===----------------------------------------------------------------------===//
// Effects
//===----------------------------------------------------------------------===//

Operation *graph::dropTokens(RewriterBase &rewriter,
                             OrderedOpInterface effect) {
  Operation *op = effect;
  if (effect.getAfter().empty() && !effect.getToken())
    return op;
  rewriter.modifyOpInPlace(op, [&] { effect.getAfterMutable().clear(); });
  if (!effect.getToken())
    return op;
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  Operation *replacement =
      recreate(rewriter, op, TypeRange(op->getResultTypes()).drop_back());
  for (auto [from, to] :
       llvm::zip(op->getResults().drop_back(), replacement->getResults()))
    rewriter.replaceAllUsesWith(from, to);
  rewriter.eraseOp(op);
  return replacement;
}

void graph::eraseEffect(RewriterBase &rewriter, OrderedOpInterface effect,
                        Value value) {
  Value token = effect.getToken();
  SmallVector<Value> replacements;
  if (effect->getNumResults() > (token ? 1u : 0u))
    replacements.push_back(value);
  if (token) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(effect);
    replacements.push_back(
        JoinOp::create(rewriter, effect->getLoc(), effect.getAfter()));
  }
  rewriter.replaceOp(effect, replacements);
}

//===----------------------------------------------------------------------===//
// Directives
//===----------------------------------------------------------------------===//

static ParseResult parseToken(OpAsmParser &parser, Type &token,
                              size_t resultsWithToken) {
  if (parser.getNumResults() >= resultsWithToken)
    token = TokenType::get(parser.getContext());
  return success();
}

ParseResult graph::parseTokenOnly(OpAsmParser &parser, Type &token) {
  return parseToken(parser, token, 1);
}

ParseResult graph::parseTokenAfterValue(OpAsmParser &parser, Type &token) {
  return parseToken(parser, token, 2);
}

static ParseResult parseSameTypes(OpAsmParser &parser, ArrayRef<Type *> types) {
  SMLoc where = parser.getCurrentLocation();
  Type parsed;
  if (parser.parseType(parsed))
    return failure();
  auto function = dyn_cast<FunctionType>(parsed);
  if (!function) {
    for (Type *type : types)
      *type = parsed;
    return success();
  }
  if (function.getNumInputs() + 1 != types.size() ||
      function.getNumResults() != 1)
    return parser.emitError(where)
           << "expected one type, or " << types.size() - 1
           << " operand types and one result type";
  for (auto [type, input] : llvm::zip(types.drop_back(), function.getInputs()))
    *type = input;
  *types.back() = function.getResult(0);
  return success();
}

static void printSameTypes(OpAsmPrinter &printer, ArrayRef<Type> operands,
                           Type result) {
  if (llvm::all_of(operands, [&](Type type) { return type == result; })) {
    printer << result;
    return;
  }
  printer << '(' << operands << ") -> " << result;
}

ParseResult graph::parseSameTypes(OpAsmParser &parser, Type &x, Type &result) {
  return ::parseSameTypes(parser, {&x, &result});
}

ParseResult graph::parseSameTypes(OpAsmParser &parser, Type &lhs, Type &rhs,
                                  Type &result) {
  return ::parseSameTypes(parser, {&lhs, &rhs, &result});
}

void graph::printSameTypes(OpAsmPrinter &printer, Operation *op, Type x,
                           Type result) {
  ::printSameTypes(printer, {x}, result);
}

void graph::printSameTypes(OpAsmPrinter &printer, Operation *op, Type lhs,
                           Type rhs, Type result) {
  ::printSameTypes(printer, {lhs, rhs}, result);
}

ParseResult graph::parseResultOfElement(OpAsmParser &parser, Type &result,
                                        TypeAttr &element) {
  SMLoc where = parser.getCurrentLocation();
  if (parser.parseType(result))
    return failure();
  auto tensor = dyn_cast<RankedTensorType>(result);
  if (!tensor)
    return parser.emitError(where)
           << "expected a ranked tensor type, but got " << result;
  element = TypeAttr::get(tensor.getElementType());
  return success();
}

void graph::printResultOfElement(OpAsmPrinter &printer, Operation *op,
                                 Type result, TypeAttr element) {
  printer << result;
}

//===----------------------------------------------------------------------===//
// Inference
//===----------------------------------------------------------------------===//

LogicalResult graph::requireTensors(std::optional<Location> location,
                                    StringRef op, ValueRange values) {
  for (Value value : values)
    if (!isa<RankedTensorType>(value.getType()))
      return InferenceError(location, op)
             << "expects ranked tensors, but got " << value.getType();
  return success();
}

/// Whether the number of operands is one that the op's traits allow.
static bool hasItsOperands(Operation *op) {
  unsigned count = op->getNumOperands();
  if (op->hasTrait<OpTrait::OneOperand>())
    return count == 1;
  if (op->hasTrait<OpTrait::NOperands<2>::Impl>())
    return count == 2;
  if (op->hasTrait<OpTrait::NOperands<3>::Impl>())
    return count == 3;
  if (op->hasTrait<OpTrait::NOperands<4>::Impl>())
    return count == 4;
  if (op->hasTrait<OpTrait::AtLeastNOperands<1>::Impl>())
    return count >= 1;
  if (op->hasTrait<OpTrait::AtLeastNOperands<2>::Impl>())
    return count >= 2;
  if (op->hasTrait<OpTrait::AtLeastNOperands<3>::Impl>())
    return count >= 3;
  return true;
}

bool graph::isWellFormed(Operation *op) {
  // Only effects have operands that are no tensors.
  if (!hasItsOperands(op) ||
      (!isa<OrderedOpInterface>(op) &&
       !llvm::all_of(op->getOperandTypes(), llvm::IsaPred<RankedTensorType>)))
    return false;
  // The attributes of pure ops that have no default.
  static constexpr StringLiteral required[] = {
      "axes",     "axis",        "direction", "kind", "num",
      "out_type", "permutation", "to",        "value"};
  return llvm::all_of(op->getName().getAttributeNames(), [&](StringAttr name) {
    return !llvm::is_contained(required, name.getValue()) ||
           op->getInherentAttr(name).value_or(Attribute());
  });
}

LogicalResult graph::verifyDim(std::optional<Location> location, StringRef op,
                               StringRef name, int64_t dim, int64_t rank) {
  if (dim >= 0 && dim < rank)
    return success();
  return InferenceError(location, op) << "expects " << name << " to be in [0, "
                                      << rank << "), but got " << dim;
}

LogicalResult graph::verifyNumbers(std::optional<Location> location,
                                   StringRef op, StringRef name,
                                   ArrayRef<int64_t> values, int64_t length,
                                   int64_t least) {
  if (static_cast<int64_t>(values.size()) != length)
    return InferenceError(location, op)
           << "expects " << name << " to have " << length
           << " elements, but got " << values.size();
  for (int64_t value : values)
    if (value < least)
      return InferenceError(location, op)
             << "expects elements of " << name << " to be at least " << least
             << ", but got " << value;
  return success();
}

LogicalResult graph::verifyDims(std::optional<Location> location, StringRef op,
                                StringRef name, ArrayRef<int64_t> dims,
                                int64_t rank, bool ascending) {
  llvm::SmallBitVector seen(rank);
  int64_t previous = -1;
  for (int64_t dim : dims) {
    if (failed(verifyDim(location, op, name, dim, rank)))
      return failure();
    if (seen.test(dim))
      return InferenceError(location, op)
             << "expects " << name << " to be different, but got " << dim
             << " twice";
    if (ascending && dim < previous)
      return InferenceError(location, op)
             << "expects " << name << " in ascending order, but got " << dim
             << " after " << previous;
    seen.set(dim);
    previous = dim;
  }
  return success();
}

LogicalResult graph::verifySameElement(std::optional<Location> location,
                                       StringRef op, StringRef lhsName,
                                       Value lhs, StringRef rhsName,
                                       Value rhs) {
  Type lhsElement = tensorType(lhs).getElementType();
  Type rhsElement = tensorType(rhs).getElementType();
  if (lhsElement == rhsElement)
    return success();
  return InferenceError(location, op)
         << "expects " << lhsName << " and " << rhsName
         << " to have one element type, but got " << lhsElement << " and "
         << rhsElement;
}

FailureOr<int64_t> graph::vectorLength(std::optional<Location> location,
                                       StringRef op, StringRef name,
                                       Value value) {
  RankedTensorType type = tensorType(value);
  if (type.getRank() == 1 && type.hasStaticShape())
    return type.getDimSize(0);
  return InferenceError(location, op)
         << "expects " << name << " to be a vector of static length, but got "
         << type;
}

LogicalResult graph::verifyLength(std::optional<Location> location,
                                  StringRef op, StringRef name, Value value,
                                  int64_t rank) {
  FailureOr<int64_t> length = vectorLength(location, op, name, value);
  if (failed(length))
    return failure();
  if (*length == rank)
    return success();
  return InferenceError(location, op)
         << "expects " << name << " to have " << rank
         << " elements, one per dim of x, but got " << *length;
}

SmallVector<int64_t> graph::elementsOrUnknown(Value value) {
  if (std::optional<SmallVector<int64_t>> elements = partialValue(value))
    return *elements;
  return SmallVector<int64_t>(tensorType(value).getNumElements(), kUnknown);
}

std::optional<int64_t> graph::staticCount(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    if (ShapedType::isDynamic(size) || llvm::MulOverflow(count, size, count))
      return std::nullopt;
  return count;
}
