//===- KernelEmitter.cpp - writes the body of one kernel ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Takes the operations of a kernel one by one: linalg operations become loops
// (in the other files of this folder), memref operations addresses, the rest is
// copied.
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"
#include "BodyEmitter.h"

#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace graph_compile::cpu {

/// Buffers of a kernel beyond this do not belong on the stack.
static constexpr int64_t kMaxStackBytes = 256 * 1024;

KernelEmitter::KernelEmitter(func::FuncOp kernel, SymbolTable &symbols,
                             const KernelTarget &target)
    : b(kernel.getLoc(), kernel.getContext()), target(target), kernel(kernel),
      symbols(symbols) {}

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

void KernelEmitter::makeFunction() {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  SmallVector<Type> types = {pointer};
  SmallVector<unsigned> noAlias;
  for (BlockArgument argument : kernel.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type) {
      types.push_back(argument.getType().isIndex() ? b.getI64Type()
                                                   : argument.getType());
      continue;
    }
    if (kernel.getArgAttr(argument.getArgNumber(),
                          LLVM::LLVMDialect::getNoAliasAttrName()))
      noAlias.push_back(types.size());
    types.push_back(pointer);
    types.append(type.getNumDynamicDims(), b.getI64Type());
  }

  symbols.remove(kernel);
  function = LLVM::LLVMFuncOp::create(
      b, kernel.getName(),
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                  types),
      LLVM::Linkage::Internal);
  symbols.insert(function, kernel->getIterator());
  // A step is a list of calls: with kernels inlined it would be one huge
  // function, and hold the stack buffers of all of them at once.
  function.setNoInline(true);
  // Launches are still to be lowered, and look for these.
  for (StringRef name : {StringRef(step::StepDialect::kKernelAttr),
                         StringRef(step::StepDialect::kKindAttr),
                         StringRef(step::StepDialect::kFlopsAttr),
                         StringRef(step::StepDialect::kBytesAttr)})
    if (Attribute value = kernel->getAttr(name))
      function->setAttr(name, value);
  for (unsigned argument : noAlias)
    function.setArgAttr(argument, LLVM::LLVMDialect::getNoAliasAttrName(),
                        b.getUnitAttr());

  Block *entry = function.addEntryBlock(b);
  b.setInsertionPointToStart(entry);
  frame = entry->getArgument(0);
  unsigned position = 1;
  for (BlockArgument argument : kernel.getArguments()) {
    Value value = entry->getArgument(position++);
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type) {
      scalars.map(argument,
                  argument.getType().isIndex() ? b.toIndex(value) : value);
      continue;
    }
    Place place{value, {}, type.getElementType()};
    for (int64_t size : type.getShape())
      place.sizes.push_back(ShapedType::isDynamic(size)
                                ? Value(entry->getArgument(position++))
                                : b.constant(size));
    places[argument] = place;
  }
}

LogicalResult KernelEmitter::emit() {
  for (BlockArgument argument : kernel.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (type && !type.getLayout().isIdentity())
      return kernel.emitError("expects memrefs with an identity layout in a "
                              "kernel, but argument ")
             << argument.getArgNumber() << " has type " << type;
  }
  if (!kernel.getBody().hasOneBlock() ||
      kernel.getFunctionType().getNumResults() != 0)
    return kernel.emitError("expects a kernel to be one block without results");
  makeFunction();
  if (failed(emitOps(kernel.getBody().front())))
    return failure();
  kernel.erase();
  return success();
}

Value KernelEmitter::stackBuffer(int64_t bytes) {
  Operation *parent = b.getInsertionBlock()->getParentOp();
  auto running = dyn_cast<LLVM::LLVMFuncOp>(parent);
  if (!running)
    running = parent->getParentOfType<LLVM::LLVMFuncOp>();
  OpBuilder::InsertionGuard guard(b);
  // In the entry block the stack pointer moves once, however often it is used.
  b.setInsertionPointToStart(&running.getBody().front());
  return LLVM::AllocaOp::create(b, frame.getType(), b.getI8Type(),
                                b.constant(bytes), /*alignment=*/64);
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

/// Whether `op` neither reads nor writes memory, so that it may move.
static bool isFree(Operation &op) {
  return op.getNumRegions() == 0 && isMemoryEffectFree(&op);
}

LogicalResult
KernelEmitter::emitOps(llvm::iterator_range<Block::iterator> ops) {
  for (Operation &op : ops) {
    b.setLoc(op.getLoc());
    if (emitted.contains(&op))
      continue;
    LogicalResult result = success();
    if (auto fill = dyn_cast<linalg::FillOp>(op)) {
      result = emitFill(fill);
    } else if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
      Fusion fusion;
      fusion.main = generic;
      for (Value output : generic.getDpsInits()) {
        auto pending = pendingFills.find(output);
        fusion.initial.push_back(
            pending == pendingFills.end() ? Value() : pending->second);
        if (pending != pendingFills.end())
          pendingFills.erase(pending);
      }
      findEpilogue(fusion);
      result = emitFusion(fusion);
    } else if (isa<func::ReturnOp>(op)) {
      LLVM::ReturnOp::create(b, ValueRange());
    } else {
      result = emitOp(op);
    }
    if (failed(result))
      return failure();
  }
  return success();
}

/// Whether the reduction that follows `fill` may start from its value instead.
bool KernelEmitter::foldFill(linalg::FillOp fill) {
  Value output = fill.getOutputs()[0];
  for (Operation *next = fill->getNextNode(); next;
       next = next->getNextNode()) {
    if (isFree(*next))
      continue;
    if (auto other = dyn_cast<linalg::FillOp>(next)) {
      if (other.getOutputs()[0] == output)
        return false;
      continue;
    }
    auto generic = dyn_cast<linalg::GenericOp>(next);
    return generic && generic.getNumReductionLoops() > 0 &&
           llvm::is_contained(generic.getDpsInits(), output) &&
           !llvm::is_contained(generic.getDpsInputs(), output) &&
           isVectorizable(*generic.getBody());
  }
  return false;
}

LogicalResult KernelEmitter::emitFill(linalg::FillOp fill) {
  Value value = getScalar(fill.getInputs()[0]);
  if (foldFill(fill)) {
    pendingFills[fill.getOutputs()[0]] = value;
    return success();
  }
  const Place &place = getPlace(fill.getOutputs()[0]);
  Type type = place.elementType;
  unsigned lanes = target.vectorBytes / getStorageBytes(type);
  Value all = b.count(place);
  Value block = b.constant(4096);
  parallelFor(b.divUp(all, 4096), block, [&](Value number) {
    Value begin = b.mul(number, block);
    Value end = b.min(all, b.add(begin, block));
    Value size = b.sub(end, begin);
    Value whole = b.add(begin, b.sub(size, b.rem(size, b.constant(lanes))));
    b.loop(begin, whole, b.constant(lanes),
           [&](Value at) { b.store(b.splat(value, lanes), place.base, at); });
    b.loop(whole, end, b.constant(1),
           [&](Value at) { b.store(value, place.base, at); });
  });
  return success();
}

/// Finds an elementwise operation right after a reduction that reads its result
/// point by point.
void KernelEmitter::findEpilogue(Fusion &fusion) {
  linalg::GenericOp main = fusion.main;
  if (main.getNumReductionLoops() == 0 || main.getNumDpsInits() != 1)
    return;
  Value result = main.getDpsInits()[0];
  Operation *next = main->getNextNode();
  while (next && isFree(*next))
    next = next->getNextNode();
  auto epilogue = dyn_cast_or_null<linalg::GenericOp>(next);
  if (!epilogue || epilogue.getNumReductionLoops() != 0 ||
      epilogue.getNumDpsInits() != 1 || !isVectorizable(*epilogue.getBody()) ||
      epilogue.hasIndexSemantics())
    return;
  // Point by point: it reads the result through one operand, and reads nothing
  // of what it writes before.
  OpOperand *written = epilogue.getDpsInitOperand(0);
  OpOperand *read = nullptr;
  for (OpOperand &operand : epilogue->getOpOperands()) {
    bool isUsed = !epilogue.getMatchingBlockArgument(&operand).use_empty();
    if (operand.get() == result && isUsed) {
      if (read)
        return;
      read = &operand;
    } else if (operand.get() == written->get() && isUsed) {
      return;
    }
  }
  AffineMap mainMap = main.getMatchingIndexingMap(main.getDpsInitOperand(0));
  if (!read || !mainMap.isProjectedPermutation())
    return;
  AffineMap map = epilogue.getMatchingIndexingMap(read);
  AffineMap writtenMap = epilogue.getMatchingIndexingMap(written);
  if (!map.isPermutation() || !writtenMap.isPermutation())
    return;
  // Writing in place needs the same walk; elsewhere the order is free.
  if (written->get() == result && writtenMap != map)
    return;
  for (OpOperand *input : main.getDpsInputOperands())
    if (input->get() == written->get())
      return;

  fusion.epilogue = epilogue;
  fusion.epilogueRead = read;
  // A buffer of the kernel's own that nothing else reads needs no contents. (A
  // part of an output is no such buffer.)
  bool isTemporary = isa_and_nonnull<memref::AllocOp, memref::AllocaOp>(
                         result.getDefiningOp()) &&
                     llvm::all_of(result.getUsers(), [&](Operation *user) {
                       return user == main || user == epilogue ||
                              isa<memref::DeallocOp, linalg::FillOp>(user);
                     });
  fusion.storesMain = written->get() != result && !isTemporary;
}

LogicalResult KernelEmitter::emitFusion(Fusion &fusion) {
  // What stands between the two is free to run before both.
  if (fusion.epilogue) {
    for (Operation *op = fusion.main->getNextNode(); op != fusion.epilogue;
         op = op->getNextNode()) {
      if (failed(emitOp(*op)))
        return failure();
      emitted.insert(op);
    }
    b.setLoc(fusion.main.getLoc());
    if (emitTiledReduction(*this, fusion) || emitRowReduction(*this, fusion)) {
      emitted.insert(fusion.epilogue);
      return success();
    }
    fusion.epilogue = nullptr;
    fusion.storesMain = true;
  }
  if (emitElementwise(*this, fusion) || emitTiledReduction(*this, fusion) ||
      emitRowReduction(*this, fusion))
    return success();

  // The plain way: the fills first, then the operation.
  for (auto [output, value] :
       llvm::zip_equal(fusion.main.getDpsInits(), fusion.initial)) {
    if (!value)
      continue;
    const Place &place = getPlace(output);
    b.loop(b.constant(0), b.count(place), b.constant(1),
           [&, fill = value](Value at) { b.store(fill, place.base, at); });
  }
  return emitGeneric(*this, fusion.main);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

LogicalResult KernelEmitter::emitOp(Operation &op) {
  b.setLoc(op.getLoc());
  bool handled = false;
  LogicalResult result = emitMemory(op, handled);
  if (!handled)
    result = emitPlace(op, handled);
  if (handled)
    return result;
  if (auto call = dyn_cast<func::CallOp>(op))
    return emitCall(call);
  auto isMemref = [](Type type) { return isa<BaseMemRefType>(type); };
  if (llvm::any_of(op.getOperandTypes(), isMemref) ||
      llvm::any_of(op.getResultTypes(), isMemref))
    return op.emitOpError("has no CPU code: kernels access memrefs by linalg "
                          "operations, memref.load and memref.store");
  if (auto loop = dyn_cast<scf::ParallelOp>(op))
    return emitParallel(loop);
  if (op.getNumRegions() != 0)
    return emitNested(op);

  SmallVector<Value> operands;
  for (Value operand : op.getOperands())
    operands.push_back(getScalar(operand));
  Operation *copy = emitElementOp(b, op, operands, /*lanes=*/0);
  scalars.map(op.getResults(), copy->getResults());
  return success();
}

SmallVector<Value> KernelEmitter::getIndices(ValueRange indices) {
  SmallVector<Value> values;
  for (Value index : indices)
    values.push_back(b.fromIndex(getScalar(index)));
  return values;
}

/// Loads, stores and sizes.
LogicalResult KernelEmitter::emitMemory(Operation &op, bool &handled) {
  handled = true;
  if (auto load = dyn_cast<memref::LoadOp>(op)) {
    scalars.map(load.getResult(), b.loadElement(getPlace(load.getMemRef()),
                                                getIndices(load.getIndices())));
  } else if (auto store = dyn_cast<memref::StoreOp>(op)) {
    const Place &place = getPlace(store.getMemRef());
    Value offset = b.linearize(place, getIndices(store.getIndices()));
    b.store(getScalar(store.getValue()), place.base, offset);
  } else if (auto dim = dyn_cast<memref::DimOp>(op)) {
    std::optional<int64_t> position = dim.getConstantIndex();
    if (!position)
      return op.emitOpError("expects a constant dimension in a kernel");
    scalars.map(dim.getResult(),
                b.toIndex(getPlace(dim.getSource()).sizes[*position]));
  } else {
    handled = false;
  }
  return success();
}

/// Memrefs that are other memrefs, or lie on the stack.
LogicalResult KernelEmitter::emitPlace(Operation &op, bool &handled) {
  handled = true;
  if (isa<memref::AllocOp, memref::AllocaOp>(op)) {
    auto type = cast<MemRefType>(op.getResult(0).getType());
    if (!type.hasStaticShape() || !type.getLayout().isIdentity() ||
        type.getNumElements() * getStorageBytes(type.getElementType()) >
            kMaxStackBytes)
      return op.emitOpError("expects a buffer inside a kernel to be of static "
                            "size and at most ")
             << kMaxStackBytes << " bytes; place larger ones in the plan";
    int64_t bytes =
        type.getNumElements() * getStorageBytes(type.getElementType());
    Place place{
        stackBuffer(std::max<int64_t>(bytes, 1)), {}, type.getElementType()};
    for (int64_t size : type.getShape())
      place.sizes.push_back(b.constant(size));
    places[op.getResult(0)] = place;
  } else if (auto cast = dyn_cast<memref::CastOp>(op)) {
    places[cast.getResult()] = getPlace(cast.getSource());
  } else if (auto collapse = dyn_cast<memref::CollapseShapeOp>(op)) {
    const Place source = getPlace(collapse.getSrc());
    Place place{source.base, {}, source.elementType};
    for (ArrayRef<int64_t> group : collapse.getReassociationIndices()) {
      Value size = b.constant(1);
      for (int64_t dim : group)
        size = b.mul(size, source.sizes[dim]);
      place.sizes.push_back(size);
    }
    places[collapse.getResult()] = place;
  } else if (auto expand = dyn_cast<memref::ExpandShapeOp>(op)) {
    const Place source = getPlace(expand.getSrc());
    Place place{source.base, {}, source.elementType};
    for (OpFoldResult size : expand.getMixedOutputShape()) {
      if (auto attribute = dyn_cast<Attribute>(size))
        place.sizes.push_back(
            b.constant(::cast<IntegerAttr>(attribute).getInt()));
      else
        place.sizes.push_back(b.fromIndex(getScalar(::cast<Value>(size))));
    }
    places[expand.getResult()] = place;
  } else if (auto view = dyn_cast<memref::SubViewOp>(op)) {
    return emitSubView(view);
  } else if (auto padded = dyn_cast<step::PaddedOp>(op)) {
    Place place = getPlace(padded.getSource());
    for (auto [dim, offset, size] : llvm::zip_equal(
             padded.getDims(), padded.getOffsets(), padded.getSizes())) {
      place.borders.push_back({static_cast<unsigned>(dim),
                               b.fromIndex(getScalar(offset)),
                               place.sizes[dim]});
      place.sizes[dim] = b.fromIndex(getScalar(size));
    }
    places[padded.getResult()] = place;
  } else {
    // The stack gives back what it lent by itself.
    handled = isa<memref::DeallocOp>(op);
  }
  return success();
}

/// Whether `view` takes all of dim `dim`.
static bool takesAll(memref::SubViewOp view, int64_t dim) {
  OpFoldResult size = view.getMixedSizes()[dim];
  if (!isConstantIntValue(view.getMixedOffsets()[dim], 0))
    return false;
  if (auto value = dyn_cast<Value>(size)) {
    auto source = value.getDefiningOp<memref::DimOp>();
    return source && source.getSource() == view.getSource() &&
           source.getConstantIndex() == dim;
  }
  return isConstantIntValue(size, view.getSourceType().getDimSize(dim));
}

/// A part of a memref that has no gaps: one place in its leading dims, and all
/// of the dims after them.
LogicalResult KernelEmitter::emitSubView(memref::SubViewOp view) {
  const Place source = getPlace(view.getSource());
  int64_t rank = view.getSourceType().getRank();
  int64_t numDropped = rank - view.getType().getRank();
  Place place{source.base, {}, source.elementType};
  Value offset = b.constant(0);
  for (int64_t dim = 0; dim < rank; ++dim) {
    bool isRow = dim < numDropped
                     ? isConstantIntValue(view.getMixedSizes()[dim], 1)
                     : takesAll(view, dim);
    if (!isRow || !isConstantIntValue(view.getMixedStrides()[dim], 1))
      return view.emitOpError("expects a row in a kernel: one place in the "
                              "leading dims, all of the others");
    OpFoldResult at = view.getMixedOffsets()[dim];
    Value index = isa<Value>(at) ? b.fromIndex(getScalar(cast<Value>(at)))
                                 : b.constant(*getConstantIntValue(at));
    offset = b.add(b.mul(offset, source.sizes[dim]), index);
    if (dim >= numDropped)
      place.sizes.push_back(source.sizes[dim]);
  }
  place.base = b.address(source.base, source.elementType, offset);
  places[view.getResult()] = place;
  return success();
}

/// Copies an operation whose regions have one block each, such as scf.for.
LogicalResult KernelEmitter::emitNested(Operation &op) {
  Operation *copy = b.insert(op.cloneWithoutRegions(scalars));
  for (auto [from, to] : llvm::zip_equal(op.getRegions(), copy->getRegions())) {
    if (from.empty())
      continue;
    if (!from.hasOneBlock())
      return op.emitOpError("expects regions of one block in a kernel");
    Block &block = to.emplaceBlock();
    for (BlockArgument argument : from.getArguments())
      scalars.map(argument,
                  block.addArgument(argument.getType(), argument.getLoc()));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(&block);
    if (failed(emitOps(from.front())))
      return failure();
  }
  return success();
}

/// A loop of one dimension whose iterations are independent. Together they are
/// taken to touch what the kernel is given about once.
LogicalResult KernelEmitter::emitParallel(scf::ParallelOp loop) {
  if (loop.getNumLoops() != 1 || loop.getNumReductions() != 0)
    return loop.emitOpError(
        "expects one loop and no reduction in a kernel; nest scf.for in it");
  Value from = b.fromIndex(getScalar(loop.getLowerBound()[0]));
  Value to = b.fromIndex(getScalar(loop.getUpperBound()[0]));
  Value stride = b.fromIndex(getScalar(loop.getStep()[0]));
  Value length = b.max(b.constant(0), b.sub(to, from));
  Value count = b.div(b.add(length, b.sub(stride, b.constant(1))), stride);
  Value touched = b.constant(0);
  for (BlockArgument argument : kernel.getArguments())
    if (isa<MemRefType>(argument.getType()))
      touched = b.add(touched, b.count(getPlace(argument)));
  Value work =
      b.add(b.div(touched, b.max(count, b.constant(1))), b.constant(1));
  int64_t pointWork = 0;
  loop.walk(
      [&](linalg::GenericOp op) { pointWork += estimateWork(*op.getBody()); });
  pointWork = std::max<int64_t>(
      pointWork / static_cast<int64_t>(target.vectorBytes / 4), 1);
  LogicalResult result = success();
  bool wasInside = isInside;
  parallelFor(count, b.mul(work, b.constant(pointWork)), [&](Value number) {
    isInside = true;
    scalars.map(loop.getInductionVars()[0],
                b.toIndex(b.add(from, b.mul(number, stride))));
    result = emitOps(loop.getBody()->without_terminator());
  });
  isInside = wasInside;
  return result;
}

/// A call of a C function on scalars.
LogicalResult KernelEmitter::emitCall(func::CallOp call) {
  SmallVector<Value> operands;
  for (Value operand : call.getOperands())
    operands.push_back(getScalar(operand));
  if (call.getNumResults() > 1 || llvm::any_of(operands, [](Value operand) {
        return !LLVM::isCompatibleType(operand.getType());
      }))
    return call.emitOpError("expects scalars and at most one result");
  auto copy = LLVM::CallOp::create(b, call.getResultTypes(), call.getCallee(),
                                   operands);
  if (call.getNumResults() == 1)
    scalars.map(call.getResult(0), copy.getResult());
  return success();
}

} // namespace graph_compile::cpu
