//===- StepText.cpp - texts of assertions and prints ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StepText.h"

using namespace mlir;

namespace graph_compile::cpu {

static Type getPointer(CodeBuilder &b) {
  return LLVM::LLVMPointerType::get(b.getContext());
}

static Value null(CodeBuilder &b) {
  return LLVM::ZeroOp::create(b, getPointer(b));
}

static Value constant(CodeBuilder &b, Type type, int64_t value) {
  return LLVM::ConstantOp::create(b, type, b.getIntegerAttr(type, value));
}

/// A struct of `fields`.
static Value makeStruct(CodeBuilder &b, LLVM::LLVMStructType type,
                        ValueRange fields) {
  Value result = LLVM::UndefOp::create(b, type);
  for (auto [position, field] : llvm::enumerate(fields))
    result = LLVM::InsertValueOp::create(b, result, field, position);
  return result;
}

LLVM::GlobalOp TextGlobals::makeGlobal(CodeBuilder &b, Type type,
                                       StringRef name, Attribute value) {
  OpBuilder::InsertionGuard guard(b);
  b.clearInsertionPoint();
  auto global = LLVM::GlobalOp::create(b, type, /*isConstant=*/true,
                                       LLVM::Linkage::Private, name, value);
  symbols.insert(global);
  return global;
}

Value TextGlobals::getAddress(CodeBuilder &b, LLVM::GlobalOp global) {
  return LLVM::AddressOfOp::create(b, getPointer(b), global.getSymName());
}

Value TextGlobals::getString(CodeBuilder &b, StringRef string) {
  LLVM::GlobalOp &global = strings[string];
  if (!global) {
    std::string withEnd = string.str() + '\0';
    global =
        makeGlobal(b, LLVM::LLVMArrayType::get(b.getI8Type(), withEnd.size()),
                   "gcrt.string." + std::to_string(strings.size() - 1),
                   b.getStringAttr(withEnd));
  }
  return getAddress(b, global);
}

Value TextGlobals::getSizes(CodeBuilder &b, ArrayRef<int64_t> sizes) {
  if (sizes.empty())
    return null(b);
  std::string key = "\1sizes";
  std::string name = "gcrt.sizes";
  for (int64_t size : sizes) {
    key += "." + std::to_string(size);
    name += "." + std::to_string(size);
  }
  LLVM::GlobalOp &global = strings[key];
  if (!global)
    global =
        makeGlobal(b, LLVM::LLVMArrayType::get(b.getI64Type(), sizes.size()),
                   name, b.getI64TensorAttr(sizes));
  return getAddress(b, global);
}

Value TextGlobals::getPieces(CodeBuilder &b, ArrayAttr pieces) {
  if (pieces.empty())
    return null(b);
  auto pieceType = LLVM::LLVMStructType::getLiteral(
      b.getContext(), {getPointer(b), b.getI64Type()});
  auto type = LLVM::LLVMArrayType::get(pieceType, pieces.size());
  LLVM::GlobalOp global = makeGlobal(b, type, "gcrt.pieces");
  {
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&global.getInitializer());
    Value array = LLVM::UndefOp::create(b, type);
    for (auto [position, piece] : llvm::enumerate(pieces)) {
      auto literal = dyn_cast<StringAttr>(piece);
      int64_t operand = literal ? 0 : cast<IntegerAttr>(piece).getInt();
      Value value =
          makeStruct(b, pieceType,
                     {literal ? getString(b, literal.getValue()) : null(b),
                      constant(b, b.getI64Type(), operand)});
      array = LLVM::InsertValueOp::create(b, array, value, position);
    }
    LLVM::ReturnOp::create(b, array);
  }
  return getAddress(b, global);
}

Value TextGlobals::getText(CodeBuilder &b, const Text &text) {
  Type pointer = getPointer(b);
  Type i32 = b.getI32Type();
  auto type = LLVM::LLVMStructType::getLiteral(
      b.getContext(), {pointer, pointer, i32, i32, i32, i32, pointer});
  LLVM::GlobalOp global = makeGlobal(b, type, "gcrt.text");
  {
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&global.getInitializer());
    Value value = makeStruct(
        b, type,
        {text.node.empty() ? null(b) : getString(b, text.node),
         getPieces(b, text.pieces), constant(b, i32, text.pieces.size()),
         constant(b, i32, text.summarize), constant(b, i32, text.style),
         constant(b, i32, 0),
         text.stream.empty() ? null(b) : getString(b, text.stream)});
    LLVM::ReturnOp::create(b, value);
  }
  return getAddress(b, global);
}

} // namespace graph_compile::cpu
