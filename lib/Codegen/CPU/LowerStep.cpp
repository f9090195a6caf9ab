//===- LowerStep.cpp - steps as functions that call kernels ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A step of 100,000 operations takes one walk: operations of the step dialect
// are replaced where they stand, all others stay. What can fail ends its block
// with a branch to a block at the end of the function, and what follows moves,
// operation by operation, into a new block. (Splitting the block there would
// move the whole rest each time.)
//
// The layout of gcrt_frame, gcrt_view and gcrt_text is gcrt/model.h's and
// gcrt/generated.h's; a change there needs one here.
//
//===----------------------------------------------------------------------===//

#include "StepText.h"

#include "graph-compile/Codegen/CPU/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

namespace graph_compile {
#define GEN_PASS_DEF_CPULOWERSTEP
#include "graph-compile/Codegen/CPU/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::cpu;

/// gcrt_status.
static constexpr int32_t kOk = 0;
static constexpr int32_t kOutOfMemory = 4;

/// Fields of gcrt_frame.
namespace frame_field {
enum { Inputs, InputDims, Arena, Variables, VariableSet, Weights };
} // namespace frame_field

/// gcrt_dtype of an element, which counts from 1 in the order of the contract.
static uint32_t getDtype(Type type) {
  if (type.isF64())
    return 1;
  if (type.isF32())
    return 2;
  if (type.isF16())
    return 3;
  if (type.isBF16())
    return 4;
  switch (type.isIndex() ? 64 : type.getIntOrFloatBitWidth()) {
  case 64:
    return 5;
  case 32:
    return 6;
  case 16:
    return 7;
  case 8:
    return 8;
  default:
    return 13;
  }
}

namespace {
/// What the steps of a module share.
struct ModuleContext {
  ModuleContext(ModuleOp module, bool poisonArena)
      : poisonArena(poisonArena), symbols(module), texts(symbols) {
    int64_t number = 0;
    for (auto variable : module.getOps<step::VariableOp>())
      variables[variable.getSymName()] = number++;
    for (auto weight : module.getOps<step::WeightDataOp>())
      weights[weight.getSymName()] = weight.getOffset();
  }

  /// Declares a function of the runtime where it is first called.
  void declare(CodeBuilder &b, StringRef name, Type result,
               ArrayRef<Type> arguments) {
    if (!declared.insert(name).second || symbols.lookup(name))
      return;
    OpBuilder::InsertionGuard guard(b);
    b.clearInsertionPoint();
    symbols.insert(LLVM::LLVMFuncOp::create(
        b, name, LLVM::LLVMFunctionType::get(result, arguments)));
  }

  /// Whether the places of the arena alone are addressable.
  bool poisonArena;
  SymbolTable symbols;
  TextGlobals texts;
  /// The index of each variable, and where each constant begins in the weights.
  llvm::StringMap<int64_t> variables, weights;
  llvm::StringSet<> declared;
};

/// Lowers one step or part of a step.
class StepLowering {
public:
  StepLowering(func::FuncOp step, ModuleContext &context)
      : context(context), step(step), b(step.getLoc(), step.getContext()),
        pointer(LLVM::LLVMPointerType::get(step.getContext())) {}

  LogicalResult run();

private:
  void makeFunction();
  void describeInputs();
  LogicalResult lowerBlock(Block &block);
  LogicalResult lower(Operation &op, bool &handled);

  Value getFrameField(unsigned field);
  Value getVariableSlot(StringRef variable);
  Value getStackSlot(Type type, int64_t count);
  SmallVector<Value> getMachineOperands(ValueRange operands);
  Place makePlace(Value base, MemRefType type, ValueRange openSizes);

  void lowerGrowable(Operation *op, MemRefType type, ValueRange sizes);
  void lowerAssert(step::AssertOp op);
  void lowerPrint(step::PrintOp op);
  void lowerCheckSet(step::CheckSetOp op);
  LogicalResult lowerMemory(Operation &op, bool &handled);

  Value makeViews(ValueRange data);
  void makeView(Value view, Value data);
  Value call(StringRef name, Type result, ValueRange arguments);
  void setAddressable(Value base, int64_t bytes, bool isAddressable);
  void returnStatus(Value status);
  /// Goes on in a new block if `good`; `fail` fills the block for the rest.
  void failUnless(Value good, function_ref<void()> fail);
  void failUnlessOk(Value status);

  ModuleContext &context;
  func::FuncOp step;
  LLVM::LLVMFuncOp function;
  CodeBuilder b;
  Type pointer;
  Value frame;
  /// Fields of the frame that do not change in a call, loaded at its start.
  Value frameFields[frame_field::Weights + 1];
  llvm::DenseMap<Value, Place> places;
  /// The block that operations go to, if it is not the one they stand in.
  Block *current = nullptr;
  /// What the new operations stand for.
  SmallVector<Operation *> replaced;
};
} // namespace

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

/// Keeps what the arguments say of the inputs as an attribute.
void StepLowering::describeInputs() {
  SmallVector<Attribute> inputs;
  for (BlockArgument argument : step.getArguments()) {
    unsigned number = argument.getArgNumber();
    auto type = cast<MemRefType>(argument.getType());
    Type element = type.getElementType();
    if (step.getArgAttr(number, step::StepDialect::kUnsignedAttr))
      element =
          IntegerType::get(b.getContext(), element.getIntOrFloatBitWidth(),
                           IntegerType::Unsigned);
    auto name =
        step.getArgAttrOfType<StringAttr>(number, step::StepDialect::kNameAttr);
    if (!name)
      name = b.getStringAttr("input_" + Twine(number));
    inputs.push_back(b.getDictionaryAttr(
        {b.getNamedAttr("name", name),
         b.getNamedAttr("type", TypeAttr::get(RankedTensorType::get(
                                    type.getShape(), element)))}));
  }
  function->setAttr(step::StepDialect::kInputsAttr, b.getArrayAttr(inputs));
}

void StepLowering::makeFunction() {
  bool isPart = step->hasAttr(step::StepDialect::kPartAttr);
  SmallVector<Type> types = {pointer};
  if (isPart)
    for (Type type : step.getArgumentTypes()) {
      auto memref = dyn_cast<MemRefType>(type);
      types.push_back(memref ? pointer : type);
      if (memref)
        types.append(memref.getNumDynamicDims(), b.getI64Type());
      else if (type.isIndex())
        types.back() = b.getI64Type();
    }

  context.symbols.remove(step);
  function = LLVM::LLVMFuncOp::create(
      b, step.getName(), LLVM::LLVMFunctionType::get(b.getI32Type(), types),
      LLVM::Linkage::Internal);
  context.symbols.insert(function, step->getIterator());
  // Long steps were cut into parts to stay so.
  function.setNoInline(true);
  for (NamedAttribute attribute : step->getDiscardableAttrs())
    if (attribute.getName() != step::StepDialect::kPartAttr)
      function->setAttr(attribute.getName(), attribute.getValue());
  if (!isPart)
    describeInputs();

  // The body moves over as it is; an entry block of its own takes the
  // arguments, which leaves the blocks of the body free to be branched to.
  Block *entry = function.addEntryBlock(b);
  Region &body = function.getBody();
  Block *first = &step.getBody().front();
  body.getBlocks().splice(body.end(), step.getBody().getBlocks());
  b.setInsertionPointToStart(entry);
  frame = entry->getArgument(0);
  for (unsigned field = 0; field != std::size(frameFields); ++field)
    frameFields[field] = LLVM::LoadOp::create(
        b, pointer, b.address(frame, b.getI64Type(), b.constant(field)));
  // The runtime has made the arena whole; what the functions of a model place
  // there differs.
  auto arenaBytes =
      step->getAttrOfType<IntegerAttr>(step::StepDialect::kArenaBytesAttr);
  if (context.poisonArena && !isPart && arenaBytes && arenaBytes.getInt() > 0)
    setAddressable(getFrameField(frame_field::Arena), arenaBytes.getInt(),
                   /*isAddressable=*/false);
  SmallVector<BlockArgument> arguments(first->getArguments());
  unsigned position = 1;
  for (BlockArgument argument : arguments) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!isPart) {
      unsigned number = argument.getArgNumber();
      Value base =
          b.load(frameFields[frame_field::Inputs], pointer, b.constant(number));
      SmallVector<Value> sizes;
      if (!type.hasStaticShape()) {
        Value dims = b.load(frameFields[frame_field::InputDims], pointer,
                            b.constant(number));
        for (auto [dim, size] : llvm::enumerate(type.getShape()))
          if (ShapedType::isDynamic(size))
            sizes.push_back(b.load(dims, b.getI64Type(), b.constant(dim)));
      }
      places[argument] = makePlace(base, type, sizes);
      continue;
    }
    Value value = entry->getArgument(position++);
    if (!type) {
      argument.replaceAllUsesWith(
          argument.getType().isIndex() ? b.toIndex(value) : value);
      continue;
    }
    SmallVector<Value> sizes;
    for (int64_t dim = 0, end = type.getNumDynamicDims(); dim != end; ++dim)
      sizes.push_back(entry->getArgument(position++));
    places[argument] = makePlace(value, type, sizes);
  }
  LLVM::BrOp::create(b, ValueRange(), first);
}

LogicalResult StepLowering::run() {
  for (Type type : step.getArgumentTypes())
    if (isa<TensorType>(type) || (!isa<MemRefType>(type) &&
                                  !step->hasAttr(step::StepDialect::kPartAttr)))
      return step.emitError("expects a planned step, whose inputs are memrefs, "
                            "but got ")
             << type;
  if (step.getFunctionType().getNumResults() != 0)
    return step.emitError("expects a planned step, which has no results");
  makeFunction();

  SmallVector<Block *> blocks;
  for (Block &block : llvm::drop_begin(function.getBody()))
    blocks.push_back(&block);
  for (Block *block : blocks)
    for (Type type : block->getArgumentTypes())
      if (isa<MemRefType>(type) && block != blocks.front())
        return step.emitError("a place that depends on control flow has no "
                              "CPU code yet");
  for (Block *block : blocks)
    if (failed(lowerBlock(*block)))
      return failure();
  // Users come after what they use, so the last go first.
  for (Operation *op : llvm::reverse(replaced))
    op->erase();
  blocks.front()->eraseArguments([](BlockArgument) { return true; });
  step.erase();
  return success();
}

LogicalResult StepLowering::lowerBlock(Block &block) {
  SmallVector<Operation *> ops;
  for (Operation &op : block)
    ops.push_back(&op);
  current = nullptr;
  for (Operation *op : ops) {
    b.setLoc(op->getLoc());
    if (current)
      b.setInsertionPointToEnd(current);
    else
      b.setInsertionPoint(op);
    bool handled = true;
    if (failed(lower(*op, handled)))
      return failure();
    if (handled)
      replaced.push_back(op);
    else if (current)
      op->moveBefore(current, current->end());
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

Value StepLowering::getFrameField(unsigned field) { return frameFields[field]; }

Place StepLowering::makePlace(Value base, MemRefType type,
                              ValueRange openSizes) {
  Place place{base, {}, type.getElementType()};
  unsigned open = 0;
  for (int64_t size : type.getShape())
    place.sizes.push_back(ShapedType::isDynamic(size) ? openSizes[open++]
                                                      : b.constant(size));
  return place;
}

/// Memory of the running function; in its entry block, so that a loop does not
/// take more of it each time round.
Value StepLowering::getStackSlot(Type type, int64_t count) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&function.getBody().front());
  return LLVM::AllocaOp::create(b, pointer, type, b.constant(count));
}

Value StepLowering::getVariableSlot(StringRef variable) {
  return b.address(getFrameField(frame_field::VariableSet), b.getI8Type(),
                   b.constant(context.variables.lookup(variable)));
}

/// Operands as the kernel ABI has them.
SmallVector<Value> StepLowering::getMachineOperands(ValueRange operands) {
  SmallVector<Value> values = {frame};
  for (Value operand : operands) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type) {
      values.push_back(operand.getType().isIndex() ? b.fromIndex(operand)
                                                   : operand);
      continue;
    }
    const Place &place = places.at(operand);
    values.push_back(place.base);
    for (auto [dim, size] : llvm::enumerate(place.sizes))
      if (type.isDynamicDim(dim))
        values.push_back(size);
  }
  return values;
}

/// `step.scratch` and `step.output`: memory that the runtime may not have.
void StepLowering::lowerGrowable(Operation *op, MemRefType type,
                                 ValueRange sizes) {
  SmallVector<Value> openSizes;
  for (Value size : sizes)
    openSizes.push_back(b.fromIndex(size));
  Place place = makePlace({}, type, openSizes);
  Type i64 = b.getI64Type(), i32 = b.getI32Type();
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
  };
  if (auto scratch = dyn_cast<step::ScratchOp>(op)) {
    Value bytes = b.mul(b.count(place),
                        b.constant(getStorageBytes(type.getElementType())));
    context.declare(b, "gcrt_scratch", pointer, {pointer, i32, i64});
    place.base = call("gcrt_scratch", pointer,
                      {frame, number(scratch.getSlot()), bytes});
  } else {
    Value dims;
    if (type.hasStaticShape()) {
      dims = context.texts.getSizes(b, type.getShape());
    } else {
      dims = getStackSlot(i64, type.getRank());
      for (auto [dim, size] : llvm::enumerate(place.sizes))
        b.store(size, dims, b.constant(dim));
    }
    context.declare(b, "gcrt_output", pointer, {pointer, i32, pointer});
    place.base =
        call("gcrt_output", pointer,
             {frame, number(cast<step::OutputOp>(op).getIndex()), dims});
  }
  places[op->getResult(0)] = place;
  Value null = LLVM::ZeroOp::create(b, pointer);
  Value good =
      LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ne, place.base, null);
  failUnless(good, [&] { returnStatus(number(kOutOfMemory)); });
}

//===----------------------------------------------------------------------===//
// Failure
//===----------------------------------------------------------------------===//

Value StepLowering::call(StringRef name, Type result, ValueRange arguments) {
  return LLVM::CallOp::create(b, result, name, arguments).getResult();
}

/// Tells AddressSanitizer whether code may touch these bytes.
void StepLowering::setAddressable(Value base, int64_t bytes,
                                  bool isAddressable) {
  StringRef name = isAddressable ? "__asan_unpoison_memory_region"
                                 : "__asan_poison_memory_region";
  Type nothing = LLVM::LLVMVoidType::get(b.getContext());
  context.declare(b, name, nothing, {pointer, b.getI64Type()});
  LLVM::CallOp::create(b, TypeRange(), name,
                       ValueRange{base, b.constant(bytes)});
}

void StepLowering::returnStatus(Value status) {
  LLVM::ReturnOp::create(b, status);
}

void StepLowering::failUnless(Value good, function_ref<void()> fail) {
  Region &body = function.getBody();
  Block *failed = new Block, *rest = new Block;
  LLVM::CondBrOp::create(b, good, rest, ValueRange(), failed, ValueRange());
  body.getBlocks().insert(std::next(b.getInsertionBlock()->getIterator()),
                          rest);
  body.push_back(failed);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(failed);
    fail();
  }
  current = rest;
  b.setInsertionPointToEnd(rest);
}

void StepLowering::failUnlessOk(Value status) {
  Value ok = arith::ConstantOp::create(b, b.getI32IntegerAttr(kOk));
  Value good = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, status, ok);
  failUnless(good, [&] { returnStatus(status); });
}

/// Writes a gcrt_view of `data`, a memref or a scalar, to `view`.
void StepLowering::makeView(Value view, Value data) {
  Place place;
  if (isa<MemRefType>(data.getType())) {
    place = places.at(data);
  } else {
    place = {
        getStackSlot(getStorageType(data.getType()), 1), {}, data.getType()};
    b.store(data, place.base, b.constant(0));
  }
  Value dims;
  if (place.sizes.empty()) {
    dims = LLVM::ZeroOp::create(b, pointer);
  } else {
    dims = getStackSlot(b.getI64Type(), place.sizes.size());
    for (auto [dim, size] : llvm::enumerate(place.sizes))
      b.store(size, dims, b.constant(dim));
  }
  auto field = [&](int64_t byte) {
    return b.address(view, b.getI8Type(), b.constant(byte));
  };
  auto number = [&](int64_t value) {
    return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
  };
  LLVM::StoreOp::create(b, place.base, field(0));
  LLVM::StoreOp::create(b, dims, field(8));
  LLVM::StoreOp::create(b, number(getDtype(place.elementType)), field(16));
  LLVM::StoreOp::create(b, number(place.sizes.size()), field(20));
}

/// An array of a gcrt_view for each of `data`.
Value StepLowering::makeViews(ValueRange data) {
  if (data.empty())
    return LLVM::ZeroOp::create(b, pointer);
  static constexpr int64_t kViewWords = 3;
  Value views = getStackSlot(b.getI64Type(), kViewWords * data.size());
  for (auto [number, value] : llvm::enumerate(data))
    makeView(b.address(views, b.getI64Type(), b.constant(kViewWords * number)),
             value);
  return views;
}

void StepLowering::lowerAssert(step::AssertOp op) {
  Type i32 = b.getI32Type();
  context.declare(b, "gcrt_fail", i32, {pointer, i32, pointer, pointer});
  failUnless(op.getCondition(), [&] {
    Value status = arith::ConstantOp::create(b, op.getStatusAttr());
    Value text = context.texts.getText(
        b, {getNodeName(op.getLoc()), op.getText(),
            static_cast<int64_t>(op.getSummarize()), /*style=*/0, ""});
    Value views = makeViews(op.getData());
    returnStatus(call("gcrt_fail", i32, {frame, status, text, views}));
  });
}

void StepLowering::lowerPrint(step::PrintOp op) {
  Type i32 = b.getI32Type();
  context.declare(b, "gcrt_print", i32, {pointer, pointer, pointer});
  Value text = context.texts.getText(
      b, {getNodeName(op.getLoc()), op.getText(),
          static_cast<int64_t>(op.getSummarize()),
          /*style=*/op.getStyle() == "format", op.getStream()});
  Value views = makeViews(op.getData());
  failUnlessOk(call("gcrt_print", i32, {frame, text, views}));
}

void StepLowering::lowerCheckSet(step::CheckSetOp op) {
  Type i32 = b.getI32Type();
  context.declare(b, "gcrt_unset", i32, {pointer, i32});
  Value isSet =
      b.load(getVariableSlot(op.getVariable()), b.getI1Type(), b.constant(0));
  failUnless(isSet, [&] {
    Value number = arith::ConstantOp::create(
        b, b.getI32IntegerAttr(context.variables.lookup(op.getVariable())));
    returnStatus(call("gcrt_unset", i32, {frame, number}));
  });
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// Scalars that lie in memory, and copies.
LogicalResult StepLowering::lowerMemory(Operation &op, bool &handled) {
  auto indices = [&](ValueRange values) {
    SmallVector<Value> result;
    for (Value value : values)
      result.push_back(b.fromIndex(value));
    return result;
  };
  if (auto load = dyn_cast<memref::LoadOp>(op)) {
    const Place &place = places.at(load.getMemRef());
    load.getResult().replaceAllUsesWith(
        b.load(place.base, place.elementType,
               b.linearize(place, indices(load.getIndices()))));
  } else if (auto store = dyn_cast<memref::StoreOp>(op)) {
    const Place &place = places.at(store.getMemRef());
    b.store(store.getValue(), place.base,
            b.linearize(place, indices(store.getIndices())));
  } else if (auto dim = dyn_cast<memref::DimOp>(op)) {
    std::optional<int64_t> number = dim.getConstantIndex();
    if (!number)
      return op.emitOpError("expects a constant dimension in a step");
    dim.getResult().replaceAllUsesWith(
        b.toIndex(places.at(dim.getSource()).sizes[*number]));
  } else if (auto copy = dyn_cast<memref::CopyOp>(op)) {
    const Place &from = places.at(copy.getSource());
    Value bytes =
        b.mul(b.count(from), b.constant(getStorageBytes(from.elementType)));
    LLVM::MemmoveOp::create(b, places.at(copy.getTarget()).base, from.base,
                            bytes, /*isVolatile=*/false);
  } else if (auto cast = dyn_cast<memref::CastOp>(op)) {
    places[cast.getResult()] = places.at(cast.getSource());
  } else {
    handled = false;
    auto isMemref = [](Type type) { return isa<BaseMemRefType>(type); };
    if (llvm::any_of(op.getOperandTypes(), isMemref) ||
        llvm::any_of(op.getResultTypes(), isMemref))
      return op.emitOpError(
          "has no CPU code in a step: memrefs are accessed by "
          "kernels, memref.load, memref.store and "
          "memref.copy");
  }
  return success();
}

/// The bytes of a place whose sizes are all known.
static int64_t getPlaceBytes(MemRefType type) {
  return type.getNumElements() * getStorageBytes(type.getElementType());
}

LogicalResult StepLowering::lower(Operation &op, bool &handled) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](step::ArenaOp arena) {
        Value base = b.address(getFrameField(frame_field::Arena), b.getI8Type(),
                               b.constant(arena.getOffset()));
        auto type = cast<MemRefType>(arena.getType());
        if (context.poisonArena)
          setAddressable(base, getPlaceBytes(type), /*isAddressable=*/true);
        places[arena.getPlace()] = makePlace(base, type, {});
        return success();
      })
      .Case([&](step::WeightOp weight) {
        int64_t offset = context.weights.lookup(weight.getWeight());
        Value base = b.address(getFrameField(frame_field::Weights),
                               b.getI8Type(), b.constant(offset));
        places[weight.getPlace()] =
            makePlace(base, cast<MemRefType>(weight.getType()), {});
        return success();
      })
      .Case([&](step::VariableRefOp ref) {
        int64_t number = context.variables.lookup(ref.getVariable());
        Value base = b.load(getFrameField(frame_field::Variables), pointer,
                            b.constant(number));
        places[ref.getPlace()] =
            makePlace(base, cast<MemRefType>(ref.getType()), {});
        return success();
      })
      .Case([&](step::ViewOp view) {
        SmallVector<Value> sizes;
        for (Value size : view.getSizes())
          sizes.push_back(b.fromIndex(size));
        places[view.getPlace()] =
            makePlace(places.at(view.getSource()).base,
                      cast<MemRefType>(view.getType()), sizes);
        return success();
      })
      .Case([&](step::ScratchOp scratch) {
        lowerGrowable(scratch, cast<MemRefType>(scratch.getType()),
                      scratch.getSizes());
        return success();
      })
      .Case([&](step::OutputOp output) {
        lowerGrowable(output, cast<MemRefType>(output.getType()),
                      output.getSizes());
        return success();
      })
      .Case([&](step::LaunchOp launch) {
        LLVM::CallOp::create(b, TypeRange(), launch.getKernel(),
                             getMachineOperands(launch->getOperands()));
        return success();
      })
      .Case([&](step::CallOp part) {
        failUnlessOk(call(part.getCallee(), b.getI32Type(),
                          getMachineOperands(part->getOperands())));
        return success();
      })
      .Case([&](step::AssertOp assertOp) {
        lowerAssert(assertOp);
        return success();
      })
      .Case([&](step::PrintOp print) {
        lowerPrint(print);
        return success();
      })
      .Case([&](step::CheckSetOp check) {
        lowerCheckSet(check);
        return success();
      })
      .Case([&](step::MarkSetOp mark) {
        Value one = arith::ConstantOp::create(b, b.getI8IntegerAttr(1));
        b.store(one, getVariableSlot(mark.getVariable()), b.constant(0));
        return success();
      })
      .Case([&](step::IsSetOp isSet) {
        isSet.getResult().replaceAllUsesWith(
            b.load(getVariableSlot(isSet.getVariable()), b.getI1Type(),
                   b.constant(0)));
        return success();
      })
      .Case([&](func::ReturnOp) {
        returnStatus(arith::ConstantOp::create(b, b.getI32IntegerAttr(kOk)));
        return success();
      })
      .Case<step::LoadOp, step::StoreOp>([&](Operation *access) {
        return access->emitOpError("is on tensors, but CPU code is made from a "
                                   "planned step; run the plan first");
      })
      .Default([&](Operation *other) { return lowerMemory(*other, handled); });
}

namespace {
struct CpuLowerStep : graph_compile::impl::CpuLowerStepBase<CpuLowerStep> {
  using CpuLowerStepBase::CpuLowerStepBase;

  void runOnOperation() override {
    ModuleContext context(getOperation(), poisonArena);
    auto functions = llvm::to_vector(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions) {
      if (function.isDeclaration() ||
          function->hasAttr(step::StepDialect::kKernelAttr))
        continue;
      if (failed(StepLowering(function, context).run()))
        return signalPassFailure();
    }
  }
};
} // namespace
