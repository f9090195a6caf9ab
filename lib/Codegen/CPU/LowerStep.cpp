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

#include "StepLowering.h"

#include "graph-compile/Codegen/CPU/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/TypeSwitch.h"

namespace graph_compile {
#define GEN_PASS_DEF_CPULOWERSTEP
#include "graph-compile/Codegen/CPU/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::cpu;

/// Loads an address from a table of the frame. The tables do not change in a
/// call, so that LLVM need not load it again after every store.
static Value loadFromTable(CodeBuilder &b, Value table, int64_t number) {
  Type pointer = table.getType();
  return LLVM::LoadOp::create(b, pointer, b.address(table, pointer, number),
                              /*alignment=*/8, /*isVolatile=*/false,
                              /*isNonTemporal=*/false, /*isInvariant=*/true);
}

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

/// The arguments of the new function: the frame, and for a part what the kernel
/// ABI makes of its arguments.
SmallVector<Type> StepLowering::getMachineTypes() {
  SmallVector<Type> types = {pointer};
  if (!isPart)
    return types;
  for (Type type : step.getArgumentTypes()) {
    auto memref = dyn_cast<MemRefType>(type);
    if (memref) {
      types.push_back(pointer);
      types.append(memref.getNumDynamicDims(), b.getI64Type());
    } else {
      types.push_back(type.isIndex() ? b.getI64Type() : type);
    }
  }
  return types;
}

/// An input of an entry point lies where the frame says.
void StepLowering::addInput(BlockArgument argument) {
  auto type = cast<MemRefType>(argument.getType());
  unsigned number = argument.getArgNumber();
  Value base = loadFromTable(b, getFrameField(frame_field::Inputs), number);
  SmallVector<Value> sizes;
  if (!type.hasStaticShape()) {
    Value dims =
        loadFromTable(b, getFrameField(frame_field::InputDims), number);
    for (auto [dim, size] : llvm::enumerate(type.getShape()))
      if (ShapedType::isDynamic(size))
        sizes.push_back(b.load(b.address(dims, b.getI64Type(), dim),
                               b.getI64Type(), /*offset=*/Value()));
  }
  places[argument] = makePlace(base, type, sizes);
}

/// An argument of a part begins at `position` of the function's, which moves.
void StepLowering::addPartArgument(BlockArgument argument, unsigned &position) {
  auto getNext = [&]() -> Value { return function.getArgument(position++); };
  Value value = getNext();
  auto type = dyn_cast<MemRefType>(argument.getType());
  if (!type) {
    argument.replaceAllUsesWith(argument.getType().isIndex() ? b.toIndex(value)
                                                             : value);
    return;
  }
  SmallVector<Value> sizes;
  for (int64_t dim = 0, end = type.getNumDynamicDims(); dim != end; ++dim)
    sizes.push_back(getNext());
  places[argument] = makePlace(value, type, sizes);
}

void StepLowering::makeFunction() {
  context.symbols.remove(step);
  function = LLVM::LLVMFuncOp::create(
      b, step.getName(),
      LLVM::LLVMFunctionType::get(b.getI32Type(), getMachineTypes()),
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
  // The runtime has made the arena whole; what the functions of a model place
  // there differs.
  auto arenaBytes =
      step->getAttrOfType<IntegerAttr>(step::StepDialect::kArenaBytesAttr);
  if (context.poisonArena && !isPart && arenaBytes && arenaBytes.getInt() > 0)
    setAddressable(getFrameField(frame_field::Arena), arenaBytes.getInt(),
                   /*isAddressable=*/false);
  unsigned position = 1;
  for (BlockArgument argument : first->getArguments()) {
    if (isPart)
      addPartArgument(argument, position);
    else
      addInput(argument);
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
  for (Block *block : llvm::drop_begin(blocks))
    if (failed(addBlockPlaces(*block)))
      return failure();
  for (Block *block : blocks)
    if (failed(lowerBlock(*block)))
      return failure();
  // Users come after what they use, so the last go first.
  for (Operation *op : llvm::reverse(replaced))
    op->erase();
  finishBlockPlaces();
  blocks.front()->eraseArguments([](BlockArgument) { return true; });
  step.erase();
  return success();
}

/// A place that comes with a branch to `block` is an address; its size is
/// known.
LogicalResult StepLowering::addBlockPlaces(Block &block) {
  b.setInsertionPointToStart(&function.getBody().front());
  for (BlockArgument argument : block.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type)
      continue;
    if (!type.hasStaticShape())
      return step.emitError(
                 "expects places of fixed size at branches, but got ")
             << type;
    auto address =
        UnrealizedConversionCastOp::create(b, pointer, ValueRange(argument));
    places[argument] = makePlace(address.getResult(0), type, {});
    blockPlaces.push_back(address);
  }
  return success();
}

void StepLowering::finishBlockPlaces() {
  for (UnrealizedConversionCastOp address : blockPlaces) {
    Value argument = address.getOperand(0);
    argument.setType(pointer);
    address.getResult(0).replaceAllUsesWith(argument);
    address.erase();
  }
}

/// Lets a branch hand on addresses.
void StepLowering::lowerBranch(Operation *branch) {
  for (OpOperand &operand : branch->getOpOperands())
    if (auto it = places.find(operand.get()); it != places.end())
      operand.set(it->second.base);
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

/// Loads a field where the function begins, if it is the first to ask for it: a
/// long step is many functions, which use few fields each.
Value StepLowering::getFrameField(unsigned field) {
  Value &value = frameFields[field];
  if (!value) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&function.getBody().front());
    value = LLVM::LoadOp::create(b, pointer,
                                 b.address(frame, b.getI64Type(), field));
  }
  return value;
}

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
                   context.variables.lookup(variable));
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

void StepLowering::lowerVariableRef(step::VariableRefOp op) {
  auto type = cast<MemRefType>(op.getType());
  int64_t number = context.variables.lookup(op.getVariable());
  Value table = getFrameField(frame_field::Variables);
  // Variables of open shape move when they are resized.
  Value base = type.hasStaticShape()
                   ? loadFromTable(b, table, number)
                   : b.load(b.address(table, pointer, number), pointer,
                            /*offset=*/Value());
  SmallVector<Value> sizes;
  for (Value size : op.getSizes())
    sizes.push_back(b.fromIndex(size));
  places[op.getPlace()] = makePlace(base, type, sizes);
}

void StepLowering::lowerVariableSize(step::VariableSizeOp op) {
  Value dims = loadFromTable(b, getFrameField(frame_field::VariableDims),
                             context.variables.lookup(op.getVariable()));
  Value size = b.load(b.address(dims, b.getI64Type(), op.getDim()),
                      b.getI64Type(), /*offset=*/Value());
  op.getSize().replaceAllUsesWith(b.toIndex(size));
}

/// Stores sizes where the runtime reads them.
Value StepLowering::makeDims(const Place &place) {
  Value dims = getStackSlot(b.getI64Type(), place.sizes.size());
  for (auto [dim, size] : llvm::enumerate(place.sizes))
    b.store(size, b.address(dims, b.getI64Type(), dim), /*offset=*/Value());
  return dims;
}

/// `step.scratch`, `step.grow`, `step.output` and `step.resize_variable`:
/// memory that the runtime may not have.
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
  auto getBytes = [&](const Place &place) {
    return b.mul(b.count(place),
                 b.constant(getStorageBytes(place.elementType)));
  };
  if (auto scratch = dyn_cast<step::ScratchOp>(op)) {
    context.declare(b, "gcrt_scratch", pointer, {pointer, i32, i64});
    place.base = call("gcrt_scratch", pointer,
                      {frame, number(scratch.getSlot()), getBytes(place)});
  } else if (auto grow = dyn_cast<step::GrowOp>(op)) {
    context.declare(b, "gcrt_scratch_grow", pointer, {pointer, i32, i64, i64});
    Value slot = arith::IndexCastOp::create(b, i32, grow.getSlot());
    Value kept =
        grow.getKept() ? getBytes(places.at(grow.getKept())) : b.constant(0);
    place.base = call("gcrt_scratch_grow", pointer,
                      {frame, slot, getBytes(place), kept});
  } else if (auto resize = dyn_cast<step::ResizeVariableOp>(op)) {
    context.declare(b, "gcrt_resize_variable", pointer,
                    {pointer, i32, pointer});
    int64_t variable = context.variables.lookup(resize.getVariable());
    place.base = call("gcrt_resize_variable", pointer,
                      {frame, number(variable), makeDims(place)});
  } else {
    Value dims = type.hasStaticShape()
                     ? context.texts.getSizes(b, type.getShape())
                     : makeDims(place);
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
// Operations
//===----------------------------------------------------------------------===//

/// The offset of the element at `indices` of `place`; null in a scalar, for
/// which no number is needed.
Value StepLowering::getOffset(const Place &place, ValueRange indices) {
  if (indices.empty())
    return {};
  SmallVector<Value> numbers;
  for (Value index : indices)
    numbers.push_back(b.fromIndex(index));
  return b.linearize(place, numbers);
}

/// The bytes of a place whose sizes are all known.
static int64_t getPlaceBytes(MemRefType type) {
  return type.getNumElements() * getStorageBytes(type.getElementType());
}

/// The places may be one.
void StepLowering::lowerCopy(memref::CopyOp copy) {
  markCopy(copy);
  auto type = cast<MemRefType>(copy.getSource().getType());
  const Place &from = places.at(copy.getSource());
  Value bytes =
      type.hasStaticShape()
          ? b.constant(getPlaceBytes(type))
          : b.mul(b.count(from), b.constant(getStorageBytes(from.elementType)));
  LLVM::MemmoveOp::create(b, places.at(copy.getTarget()).base, from.base, bytes,
                          /*isVolatile=*/false);
}

/// Scalars that lie in memory, and copies.
LogicalResult StepLowering::lowerMemory(Operation &op, bool &handled) {
  if (auto load = dyn_cast<memref::LoadOp>(op)) {
    const Place &place = places.at(load.getMemRef());
    load.getResult().replaceAllUsesWith(b.load(
        place.base, place.elementType, getOffset(place, load.getIndices())));
  } else if (auto store = dyn_cast<memref::StoreOp>(op)) {
    const Place &place = places.at(store.getMemRef());
    b.store(store.getValue(), place.base, getOffset(place, store.getIndices()));
  } else if (auto dim = dyn_cast<memref::DimOp>(op)) {
    std::optional<int64_t> number = dim.getConstantIndex();
    if (!number)
      return op.emitOpError("expects a constant dimension in a step");
    dim.getResult().replaceAllUsesWith(
        b.toIndex(places.at(dim.getSource()).sizes[*number]));
  } else if (auto copy = dyn_cast<memref::CopyOp>(op)) {
    lowerCopy(copy);
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

LogicalResult StepLowering::lower(Operation &op, bool &handled) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](step::ArenaOp arena) {
        Value base = b.address(getFrameField(frame_field::Arena), b.getI8Type(),
                               static_cast<int64_t>(arena.getOffset()));
        auto type = cast<MemRefType>(arena.getType());
        if (context.poisonArena)
          setAddressable(base, getPlaceBytes(type), /*isAddressable=*/true);
        places[arena.getPlace()] = makePlace(base, type, {});
        return success();
      })
      .Case([&](step::WeightOp weight) {
        int64_t offset = context.weights.lookup(weight.getWeight());
        Value base = b.address(getFrameField(frame_field::Weights),
                               b.getI8Type(), offset);
        places[weight.getPlace()] =
            makePlace(base, cast<MemRefType>(weight.getType()), {});
        return success();
      })
      .Case([&](step::VariableRefOp ref) {
        lowerVariableRef(ref);
        return success();
      })
      .Case([&](step::VariableSizeOp size) {
        lowerVariableSize(size);
        return success();
      })
      .Case([&](step::ResizeVariableOp resize) {
        lowerGrowable(resize, cast<MemRefType>(resize.getType()),
                      resize.getSizes());
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
      .Case([&](step::GrowOp grow) {
        lowerGrowable(grow, cast<MemRefType>(grow.getType()), grow.getSizes());
        return success();
      })
      .Case([&](step::OutputOp output) {
        lowerGrowable(output, cast<MemRefType>(output.getType()),
                      output.getSizes());
        return success();
      })
      .Case([&](step::LaunchOp launch) {
        markLaunch(launch);
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
        b.store(one, getVariableSlot(mark.getVariable()), /*offset=*/Value());
        return success();
      })
      .Case([&](step::IsSetOp isSet) {
        isSet.getResult().replaceAllUsesWith(
            b.load(getVariableSlot(isSet.getVariable()), b.getI1Type(),
                   /*offset=*/Value()));
        return success();
      })
      .Case([&](func::ReturnOp) {
        returnStatus(arith::ConstantOp::create(b, b.getI32IntegerAttr(kOk)));
        return success();
      })
      .Case([&](UnrealizedConversionCastOp) {
        handled = false; // the address of a place that came with a branch
        return success();
      })
      .Case<cf::BranchOp, cf::CondBranchOp, cf::SwitchOp>(
          [&](Operation *branch) {
            lowerBranch(branch);
            handled = false;
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
    ModuleContext context(getOperation(), poisonArena, markLaunches);
    auto functions = llvm::to_vector(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions) {
      if (function.isDeclaration() ||
          function->hasAttr(step::StepDialect::kKernelAttr))
        continue;
      if (failed(StepLowering(function, context).run()))
        return signalPassFailure();
    }
    if (markLaunches)
      getOperation()->setAttr(step::StepDialect::kLaunchesAttr,
                              ArrayAttr::get(&getContext(), context.launches));
  }
};
} // namespace
