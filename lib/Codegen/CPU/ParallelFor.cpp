//===- ParallelFor.cpp - loops that several threads share -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The body of a parallel loop becomes a function of a range,
//
//   void k_range_0(int64_t lo, int64_t hi, captured..)
//
// which the kernel calls itself when there is little to do. Otherwise it puts
// the captured values into a struct on its stack (the closure) and hands
//
//   void k_range_0_closure(void *closure, int64_t lo, int64_t hi)
//
// to gcrt_parallel_for, which unpacks them and calls the former. Passing the
// values as arguments keeps what LLVM knows of them (noalias).
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Simple operations that a thread should at least have to do: some 10 us.
static constexpr int64_t kWorkPerThread = 64 * 1024;

/// Finds the values that `function` uses from outside, in order of their use;
/// constants are copied into it instead.
static SmallVector<Value> capture(LLVM::LLVMFuncOp function) {
  Region &body = function.getBody();
  Block &entry = body.front();
  llvm::MapVector<Value, SmallVector<OpOperand *>> uses;
  function.walk([&](Operation *op) {
    for (OpOperand &operand : op->getOpOperands())
      if (!body.isAncestor(operand.get().getParentRegion()))
        uses[operand.get()].push_back(&operand);
  });
  SmallVector<Value> captured;
  OpBuilder builder = OpBuilder::atBlockBegin(&entry);
  for (auto &[value, operands] : uses) {
    Value inside;
    if (matchPattern(value, m_Constant())) {
      inside = builder.clone(*value.getDefiningOp())->getResult(0);
    } else {
      captured.push_back(value);
      inside = entry.addArgument(value.getType(), value.getLoc());
      if (value.getType().isIndex()) {
        // Functions of the llvm dialect have no index.
        inside.setType(builder.getI64Type());
        inside = arith::IndexCastOp::create(builder, value.getLoc(),
                                            builder.getIndexType(), inside);
      }
    }
    for (OpOperand *operand : operands)
      operand->set(inside);
  }
  function.setFunctionType(LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(function.getContext()),
      llvm::to_vector(entry.getArgumentTypes())));
  return captured;
}

/// Carries over which pointers are not aliased.
static void copyNoAlias(LLVM::LLVMFuncOp function, ArrayRef<Value> captured,
                        unsigned firstArgument) {
  StringRef name = LLVM::LLVMDialect::getNoAliasAttrName();
  for (auto [position, value] : llvm::enumerate(captured)) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument)
      continue;
    auto owner = dyn_cast<LLVM::LLVMFuncOp>(argument.getOwner()->getParentOp());
    if (owner && owner.getArgAttr(argument.getArgNumber(), name))
      function.setArgAttr(firstArgument + position, name,
                          UnitAttr::get(function.getContext()));
  }
}

/// Makes the function that unpacks a closure of type `closureType`.
static LLVM::LLVMFuncOp makeTrampoline(CodeBuilder &b, LLVM::LLVMFuncOp range,
                                       LLVM::LLVMStructType closureType,
                                       SymbolTable &symbols) {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  Type i64 = b.getI64Type();
  OpBuilder::InsertionGuard guard(b);
  b.clearInsertionPoint();
  auto function = LLVM::LLVMFuncOp::create(
      b, (range.getName() + "_closure").str(),
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                  {pointer, i64, i64}),
      LLVM::Linkage::Internal);
  symbols.insert(function, std::next(range->getIterator()));
  Block *entry = function.addEntryBlock(b);
  b.setInsertionPointToStart(entry);
  SmallVector<Value> arguments = {entry->getArgument(1), entry->getArgument(2)};
  for (auto [position, type] : llvm::enumerate(closureType.getBody())) {
    Value field = LLVM::GEPOp::create(
        b, pointer, closureType, entry->getArgument(0),
        ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(position)});
    arguments.push_back(LLVM::LoadOp::create(b, type, field));
  }
  LLVM::CallOp::create(b, TypeRange(), range.getName(), arguments);
  LLVM::ReturnOp::create(b, ValueRange());
  return function;
}

/// The declaration of gcrt_parallel_for.
static void declareParallelFor(CodeBuilder &b, SymbolTable &symbols,
                               Operation *before) {
  if (symbols.lookup("gcrt_parallel_for"))
    return;
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  Type i64 = b.getI64Type();
  OpBuilder::InsertionGuard guard(b);
  b.clearInsertionPoint();
  auto function = LLVM::LLVMFuncOp::create(
      b, "gcrt_parallel_for",
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                  {pointer, i64, i64, pointer, pointer}));
  symbols.insert(function, before->getBlock()->begin());
}

void KernelEmitter::parallelFor(Value count, Value work,
                                function_ref<void(Value)> body) {
  if (isInParallel()) {
    b.loop(b.constant(0), count, b.constant(1), body);
    return;
  }
  std::optional<int64_t> knownCount = getConstant(count);
  std::optional<int64_t> knownWork = getConstant(work);
  if (knownCount && knownWork &&
      (*knownCount <= 1 ||
       *knownCount * std::max<int64_t>(*knownWork, 1) < 2 * kWorkPerThread)) {
    b.loop(b.constant(0), count, b.constant(1), body);
    return;
  }

  // The range function, first with what it uses still outside of it.
  LLVM::LLVMFuncOp range;
  {
    OpBuilder::InsertionGuard guard(b);
    b.clearInsertionPoint();
    range = LLVM::LLVMFuncOp::create(
        b, (function.getName() + "_range_0").str(),
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                    {b.getI64Type(), b.getI64Type()}),
        LLVM::Linkage::Internal);
    symbols.insert(range, function->getIterator());
    Block *entry = range.addEntryBlock(b);
    b.setInsertionPointToStart(entry);
    b.loop(entry->getArgument(0), entry->getArgument(1), b.constant(1), body);
    LLVM::ReturnOp::create(b, ValueRange());
  }
  SmallVector<Value> captured = capture(range);
  copyNoAlias(range, captured, /*firstArgument=*/2);
  for (Value &value : captured)
    if (value.getType().isIndex())
      value = b.fromIndex(value);

  Value one = b.constant(1);
  Value grain = b.add(b.div(b.constant(kWorkPerThread), b.max(work, one)), one);
  auto branch = scf::IfOp::create(b, b.less(grain, count),
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.elseBlock());
  SmallVector<Value> arguments = {b.constant(0), count};
  llvm::append_range(arguments, captured);
  LLVM::CallOp::create(b, TypeRange(), range.getName(), arguments);

  b.setInsertionPointToStart(branch.thenBlock());
  SmallVector<Type> fields;
  for (Value value : captured)
    fields.push_back(value.getType());
  auto closureType = LLVM::LLVMStructType::getLiteral(b.getContext(), fields);
  LLVM::LLVMFuncOp trampoline = makeTrampoline(b, range, closureType, symbols);
  declareParallelFor(b, symbols, function);
  Value closure;
  {
    OpBuilder::InsertionGuard entryGuard(b);
    b.setInsertionPointToStart(&function.getBody().front());
    closure = LLVM::AllocaOp::create(b, frame.getType(), closureType,
                                     b.constant(1), /*alignment=*/64);
  }
  for (auto [position, value] : llvm::enumerate(captured)) {
    Value field = LLVM::GEPOp::create(
        b, frame.getType(), closureType, closure,
        ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(position)});
    LLVM::StoreOp::create(b, value, field);
  }
  Value entry =
      LLVM::AddressOfOp::create(b, frame.getType(), trampoline.getName());
  LLVM::CallOp::create(b, TypeRange(), "gcrt_parallel_for",
                       ValueRange{frame, count, grain, entry, closure});
}

} // namespace graph_compile::cpu
