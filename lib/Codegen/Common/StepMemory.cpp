//===- StepMemory.cpp - where each value of a step lives ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One walk over the step finds storages, lifetimes and the accesses of each
// variable. Everything after looks at those only.
//
//===----------------------------------------------------------------------===//

#include "StepMemory.h"

#include "ElementBytes.h"
#include "KernelBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

#include <map>

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

bool ModuleSymbols::hasInitialValue(StringAttr variable) {
  auto op = table.lookup<step::VariableOp>(variable);
  return op && op.getInitialValue();
}

bool ModuleSymbols::readsInPlace(step::LaunchOp launch, unsigned input,
                                 unsigned output) {
  func::FuncOp kernel = getKernel(launch.getKernelAttr().getAttr());
  // Only a kernel that visits each element once keeps reads before writes.
  Block &body = kernel.getBody().front();
  SmallVector<linalg::LinalgOp> ops(body.getOps<linalg::LinalgOp>());
  if (ops.size() != 1 || ops.front().getNumReductionLoops() != 0)
    return false;
  linalg::LinalgOp op = ops.front();
  BlockArgument destination =
      body.getArgument(launch.getInputs().size() + output);
  AffineMap written;
  for (OpOperand &init : op.getDpsInitsMutable())
    if (init.get() == destination)
      written = op.getMatchingIndexingMap(&init);
  if (!written || !written.isPermutation())
    return false;
  return llvm::all_of(body.getArgument(input).getUses(), [&](OpOperand &use) {
    return use.getOwner() == op && op.isDpsInput(&use) &&
           op.getMatchingIndexingMap(&use) == written;
  });
}

//===----------------------------------------------------------------------===//
// Questions about operations
//===----------------------------------------------------------------------===//

bool graph_compile::isView(Operation *op) {
  return isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp,
                         tensor::CastOp, tensor::ReshapeOp>(op);
}

bool graph_compile::isScalarLoad(Value tensor) {
  return tensor.getDefiningOp<step::LoadOp>() &&
         cast<RankedTensorType>(tensor.getType()).getRank() == 0;
}

bool graph_compile::isScalarStore(OpOperand &use) {
  return isa<step::StoreOp, func::ReturnOp>(use.getOwner()) &&
         use.get().getDefiningOp<tensor::FromElementsOp>();
}

/// Whether `use` looks at the elements of a tensor in memory.
static bool readsElements(OpOperand &use) {
  Operation *user = use.getOwner();
  if (isa<tensor::DimOp>(user) || isScalarStore(use))
    return false;
  if (isView(user)) // beside the tensor, a reshape reads the new shape
    return use.getOperandNumber() != 0;
  if (isa<tensor::ExtractOp>(user) && isScalarLoad(use.get()))
    return false;
  if (auto launch = dyn_cast<step::LaunchOp>(user))
    return use.getOperandNumber() < launch.getInputs().size() ||
           hasContents(use.get());
  return true;
}

/// Whether something needs `tensor`, which no kernel writes, in memory.
static bool needsMemory(Value tensor) {
  return llvm::any_of(tensor.getUses(), [](OpOperand &use) {
    return readsElements(use) || isView(use.getOwner());
  });
}

//===----------------------------------------------------------------------===//
// Collection
//===----------------------------------------------------------------------===//

StepMemory::StepMemory(func::FuncOp step, ModuleSymbols &symbols,
                       int64_t redZone)
    : symbols(symbols), order(step), body(&step.getBody().front()) {
  collect(step);
  computeLiveness();
  copyClobberedSnapshots();
  shareStorages();
  placeInVariables();
  placeInOutputs(cast<func::ReturnOp>(body->getTerminator()));
  layOut(redZone);
}

const Storage *StepMemory::lookup(Value tensor) const {
  auto it = storageOf.find(tensor);
  return it == storageOf.end() ? nullptr : &storages[it->second];
}

std::optional<unsigned> StepMemory::getNumber(Value tensor) const {
  auto it = storageOf.find(tensor);
  if (it == storageOf.end())
    return std::nullopt;
  return it->second;
}

/// Makes the storage of `root`, which is there from point `from` on.
unsigned StepMemory::addStorage(Value root, Storage::Kind kind,
                                Operation *writer, unsigned from) {
  unsigned number = storages.size();
  Storage &storage = storages.emplace_back();
  storage.kind = kind;
  storage.root = root;
  storage.writer = writer;
  auto type = cast<RankedTensorType>(root.getType());
  storage.isOpen = !type.hasStaticShape();
  storage.bytes = storage.isOpen ? 0 : getTotalBytes(type);
  definedAt.push_back(from);
  usesOf.emplace_back();
  return storageOf[root] = number;
}

unsigned StepMemory::addStorage(Value root, Storage::Kind kind,
                                Operation *writer) {
  return addStorage(root, kind, writer, StepOrder::writeAt(position));
}

/// Makes a storage for each tensor of `values`, which come over the border of a
/// region of `writer`.
void StepMemory::addBorderStorages(ValueRange values, Operation *writer,
                                   unsigned from) {
  for (Value value : values)
    if (isa<RankedTensorType>(value.getType()))
      storages[addStorage(value, Storage::Kind::Arena, writer, from)].isSimple =
          false;
}

void StepMemory::collect(func::FuncOp step) {
  for (BlockArgument argument : step.getArguments()) {
    unsigned storage = addStorage(argument, Storage::Kind::Input, nullptr);
    storages[storage].index = argument.getArgNumber();
  }
  collect(*body);
}

void StepMemory::collect(Block &block) {
  for (Operation &op : block) {
    position = order.getPosition(&op);
    visit(&op);
  }
}

/// The point at which the user of `use` is done with what it reads.
static unsigned getPoint(OpOperand &use, unsigned position) {
  Operation *user = use.getOwner();
  // What the contents become lies where they did, or they are copied before.
  if (isa<step::ResizeOp, step::StoreOp, func::ReturnOp>(user))
    return StepOrder::readAt(position);
  if (auto launch = dyn_cast<step::LaunchOp>(user))
    if (use.getOperandNumber() >= launch.getInputs().size())
      return StepOrder::readAt(position);
  // The buffers of a loop all change at once.
  if (isa<scf::YieldOp>(user) && isa<scf::WhileOp>(user->getParentOp()))
    return StepOrder::readAt(position);
  return StepOrder::writeAt(position);
}

void StepMemory::touch(OpOperand &use) {
  if (!isa<RankedTensorType>(use.get().getType()) || !readsElements(use))
    return;
  auto it = storageOf.find(use.get());
  if (it == storageOf.end())
    return;
  SmallVector<StepOrder::Use, 2> &uses = usesOf[it->second];
  StepOrder::Use next = {use.getOwner(), getPoint(use, position)};
  if (!uses.empty() && uses.back().user == next.user)
    uses.back().point = std::max(uses.back().point, next.point);
  else
    uses.push_back(next);
}

void StepMemory::visit(Operation *op) {
  for (OpOperand &use : op->getOpOperands())
    touch(use);
  if (isView(op)) {
    storageOf[op->getResult(0)] = storageOf.lookup(op->getOperand(0));
    return;
  }
  TypeSwitch<Operation *>(op)
      .Case([&](step::LoadOp load) { visitLoad(load); })
      .Case([&](step::StoreOp store) { visitStore(store); })
      .Case([&](step::CheckSetOp check) {
        checkSet(check, check.getVariableAttr().getAttr());
      })
      .Case([&](step::AssertOp) { lastFailure = position; })
      .Case([&](step::LaunchOp launch) { visitLaunch(launch); })
      .Case([&](step::ResizeOp resize) {
        addStorage(resize, Storage::Kind::Arena, resize);
        joints.push_back(resize);
      })
      .Case<tensor::FromElementsOp, tensor::EmptyOp>([&](Operation *op) {
        if (needsMemory(op->getResult(0)))
          addStorage(op->getResult(0), Storage::Kind::Arena, op);
      })
      .Case([&](arith::ConstantOp constant) {
        if (isa<RankedTensorType>(constant.getType()))
          addStorage(constant, Storage::Kind::Weight, nullptr);
      })
      .Default([&](Operation *op) {
        if (op->getNumRegions() != 0)
          visitRegions(op);
      });
}

void StepMemory::visitLaunch(step::LaunchOp launch) {
  bool continues = false;
  for (auto [result, output] :
       llvm::zip_equal(launch.getResults(), launch.getOutputs())) {
    addStorage(result, Storage::Kind::Arena, launch);
    continues |= hasContents(output);
  }
  if (continues)
    joints.push_back(launch);
}

StepMemory::Variable &StepMemory::getVariable(StringAttr name) {
  auto [it, isNew] = variables.try_emplace(name);
  if (isNew)
    it->second.isSet = symbols.hasInitialValue(name);
  return it->second;
}

/// Notes that `variable` is set from here on, for the rest of the region.
void StepMemory::setVariable(StringAttr name, Variable &variable) {
  if (variable.isSet)
    return;
  variable.isSet = true;
  setVariables.push_back(name);
}

/// Notes whether `access` fails when nothing has set the variable.
void StepMemory::checkSet(Operation *access, StringAttr name) {
  Variable &variable = getVariable(name);
  if (variable.isSet)
    return;
  needCheck.insert(access);
  lastFailure = position;
  setVariable(name, variable);
}

void StepMemory::visitLoad(step::LoadOp load) {
  StringAttr name = load.getVariableAttr().getAttr();
  checkSet(load, name);
  Variable &variable = getVariable(name);
  Access access;
  access.position = position;
  access.storage = addStorage(load, Storage::Kind::Variable, nullptr);
  storages[*access.storage].variable = name;
  variable.accesses.push_back(access);
}

void StepMemory::visitStore(step::StoreOp store) {
  StringAttr name = store.getVariableAttr().getAttr();
  Variable &variable = getVariable(name);
  if (!variable.isSet)
    needMark.insert(store);
  setVariable(name, variable);
  Access access;
  access.position = position;
  access.store = store;
  access.lastFailure = lastFailure;
  if (!isScalarStore(store.getValueMutable()))
    access.storage = storageOf.lookup(store.getValue());
  variable.accesses.push_back(access);
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

/// Visits `region`; what it does is known to have happened afterwards only if
/// it always runs.
void StepMemory::visitRegion(Region &region, bool alwaysRuns) {
  size_t numSet = setVariables.size();
  for (Block &block : region)
    collect(block);
  if (alwaysRuns)
    return;
  for (StringAttr name : ArrayRef(setVariables).drop_front(numSet))
    getVariable(name).isSet = false;
  setVariables.truncate(numSet);
}

void StepMemory::visitRegions(Operation *op) {
  if (auto loop = dyn_cast<scf::WhileOp>(op)) {
    visitLoop(loop);
    return;
  }
  for (Region &region : op->getRegions())
    visitRegion(region, /*alwaysRuns=*/false);
  position = order.getEnd(op);
  if (isBranch(op))
    visitBranches(op);
}

/// The results of a conditional are written where its branches end.
void StepMemory::visitBranches(Operation *op) {
  unsigned first = storages.size();
  addBorderStorages(op->getResults(), op, StepOrder::writeAt(position));
  for (Region &region : op->getRegions())
    for (Block &branch : region) {
      unsigned end =
          StepOrder::writeAt(order.getPosition(branch.getTerminator()));
      for (unsigned storage = first; storage < storages.size(); ++storage)
        borderPoints.push_back({storage, {end, end}});
    }
  if (first != storages.size())
    joints.push_back(op);
}

/// What a loop carries is written where it begins and at the end of its body;
/// what it ends with is read when it is over.
void StepMemory::visitLoop(scf::WhileOp loop) {
  unsigned begin = position;
  unsigned first = storages.size();
  addBorderStorages(loop.getBeforeArguments(), loop, StepOrder::writeAt(begin));
  unsigned back = StepOrder::writeAt(order.getPosition(loop.getYieldOp()));
  for (unsigned storage = first; storage < storages.size(); ++storage)
    borderPoints.push_back({storage, {back, back}});
  visitRegion(loop.getBefore(), /*alwaysRuns=*/true);

  scf::ConditionOp condition = loop.getConditionOp();
  unsigned end = order.getEnd(loop);
  for (Value value : condition.getArgs())
    if (auto it = storageOf.find(value); it != storageOf.end())
      borderPoints.push_back(
          {it->second, {StepOrder::readAt(end), StepOrder::writeAt(end)}});
  addBorderStorages(loop.getAfterArguments(), loop,
                    StepOrder::writeAt(order.getPosition(condition)));
  visitRegion(loop.getAfter(), /*alwaysRuns=*/false);
  position = end;
  addBorderStorages(loop.getResults(), loop, StepOrder::writeAt(end));
  joints.push_back(loop);
}

void StepMemory::computeLiveness() {
  for (auto [number, storage] : llvm::enumerate(storages))
    order.addLiveness(storage.range, storage.root.getParentBlock(),
                      definedAt[number], usesOf[number]);
  for (auto [number, interval] : borderPoints)
    storages[number].range.add(interval.first, interval.last);
  for (Storage &storage : storages)
    storage.lifetime = storage.range.getHull();
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

/// A snapshot may be its variable's own storage as long as no store comes
/// before its last use; else the load copies.
void StepMemory::copyClobberedSnapshots() {
  for (auto &[name, variable] : variables) {
    const Access *nextStore = nullptr;
    for (Access &access : llvm::reverse(variable.accesses)) {
      if (access.store) {
        nextStore = &access;
        continue;
      }
      Storage &snapshot = storages[*access.storage];
      if (!nextStore || nextStore->position > snapshot.lifetime.last)
        continue;
      // Storing a variable's own value back is where the snapshot may end.
      if (nextStore->position == snapshot.lifetime.last &&
          nextStore->storage == access.storage)
        continue;
      snapshot.kind = Storage::Kind::Arena;
      snapshot.writer = snapshot.root.getDefiningOp();
    }
  }
}

void StepMemory::placeInVariables() {
  for (auto &[name, variable] : variables)
    for (unsigned i = 0, e = variable.accesses.size(); i < e; ++i) {
      Access &access = variable.accesses[i];
      if (!access.store || !access.storage)
        continue;
      const Storage &value = storages[*access.storage];
      bool isOwnValue =
          value.kind == Storage::Kind::Variable && value.variable == name;
      if (isOwnValue || tryPlaceInVariable(name, variable, i)) {
        access.inPlace = true;
        storedInPlace.insert(access.store);
      }
    }
}

/// Whether the operation that writes `value` may write over `alias`: nothing
/// reads `alias` after it, and it reads element by element itself.
bool StepMemory::isOverwritable(const Storage &alias,
                                const Storage &value) const {
  if (alias.lifetime.last != value.lifetime.first)
    return alias.lifetime.last < value.lifetime.first;
  auto launch = dyn_cast<step::LaunchOp>(value.writer);
  if (!launch)
    return false;
  for (auto [index, input] : llvm::enumerate(launch.getInputs())) {
    if (lookup(input) != &alias)
      continue;
    if (input.getType() != value.root.getType() ||
        !symbols.readsInPlace(launch, index,
                              cast<OpResult>(value.root).getResultNumber()))
      return false;
  }
  return true;
}

/// Lets the kernel of a stored value write straight into the variable, where
/// nobody can tell that the store happens a little earlier.
bool StepMemory::tryPlaceInVariable(StringAttr name, Variable &variable,
                                    unsigned index) {
  const Access &access = variable.accesses[index];
  Storage &value = storages[*access.storage];
  // Whenever the kernel runs the store has to.
  if (!value.isUndecided() || !value.isSimple ||
      value.writer->getBlock() != access.store->getBlock())
    return false;
  // The place of a variable of open shape is made where the kernel runs, so its
  // sizes must be known then.
  step::StoreOp store = access.store;
  if (!getOpenSizesAt(store.getValue(), value.writer))
    return false;
  unsigned written = value.lifetime.first;
  // A call that fails in between must find the old value.
  if (access.lastFailure > written)
    return false;
  // The value lives in the variable until the next store.
  for (const Access &later : ArrayRef(variable.accesses).drop_front(index + 1))
    if (later.store) {
      if (later.position <= value.lifetime.last)
        return false;
      break;
    }
  // Whoever sees the old value has done so before the kernel writes.
  bool overwrites = false;
  for (unsigned i = index; i-- > 0;) {
    const Access &earlier = variable.accesses[i];
    if (earlier.position >= written)
      return false;
    bool lives = earlier.storage && (!earlier.store || earlier.inPlace) &&
                 storages[*earlier.storage].kind == Storage::Kind::Variable;
    if (lives) {
      const Storage &alias = storages[*earlier.storage];
      if (!isOverwritable(alias, value))
        return false;
      overwrites |= alias.lifetime.last == written;
    }
    if (earlier.store)
      break; // older values ended there
  }
  value.kind = Storage::Kind::Variable;
  value.variable = name;
  value.store = store;
  if (overwrites)
    inPlace.insert(value.writer);
  return true;
}

//===----------------------------------------------------------------------===//
// Outputs, arena and scratch places
//===----------------------------------------------------------------------===//

/// Whether the place of the result `result` will do for `storage`.
static bool mayBeOutput(const Storage &storage, Value result) {
  // Of what regions write, only the size that all know of can be asked for.
  auto type = cast<RankedTensorType>(result.getType());
  if (!storage.isSimple || !storage.writer->getBlock()->isEntryBlock() ||
      !isa<func::FuncOp>(storage.writer->getParentOp()))
    return type.hasStaticShape() && !storage.isOpen &&
           storage.bytes == getTotalBytes(type);
  // The place is made where the kernel runs, so its sizes must be known then.
  return getOpenSizesAt(result, storage.writer).has_value();
}

void StepMemory::placeInOutputs(func::ReturnOp terminator) {
  for (OpOperand &result : terminator->getOpOperands()) {
    outputInPlace.push_back(false);
    auto it = storageOf.find(result.get());
    if (isScalarStore(result) || it == storageOf.end())
      continue;
    Storage &storage = storages[it->second];
    if (!storage.isUndecided() || !mayBeOutput(storage, result.get()))
      continue;
    storage.kind = Storage::Kind::Output;
    storage.index = result.getOperandNumber();
    outputInPlace.back() = true;
  }
}

/// Numbers sizes so that equal numbers mean equal sizes in every call: the
/// same fixed bytes times the same open sizes, in any order.
static unsigned getSizeClass(
    Value tensor,
    std::map<std::pair<int64_t, std::vector<void *>>, unsigned> &classes) {
  auto type = cast<RankedTensorType>(tensor.getType());
  int64_t bytes = getElementBytes(type.getElementType());
  for (int64_t size : type.getShape())
    if (ShapedType::isStatic(size))
      bytes *= size;
  std::vector<void *> open;
  std::optional<SmallVector<Value>> sizes = getOpenSizes(tensor);
  // Sizes that are not written down are those of this tensor alone.
  for (Value size : sizes.value_or(SmallVector<Value>{tensor}))
    open.push_back(size.getAsOpaquePointer());
  llvm::sort(open);
  return classes.try_emplace({bytes, std::move(open)}, classes.size())
      .first->second;
}

void StepMemory::layOut(int64_t redZone) {
  // The planners want them in the order of their first use.
  SmallVector<Storage *> undecided;
  for (auto [number, storage] : llvm::enumerate(storages))
    if (storage.isUndecided() && owner[number] == number)
      undecided.push_back(&storage);
  llvm::stable_sort(undecided, [](const Storage *lhs, const Storage *rhs) {
    return lhs->lifetime.first < rhs->lifetime.first;
  });

  std::vector<ArenaValue> fixed;
  std::vector<SlotValue> open;
  SmallVector<Storage *> fixedStorages, openStorages;
  std::map<std::pair<int64_t, std::vector<void *>>, unsigned> sizeClasses;
  for (Storage *storage : undecided) {
    if (storage->isOpen) {
      open.push_back(
          {storage->lifetime, getSizeClass(storage->root, sizeClasses)});
      openStorages.push_back(storage);
    } else {
      fixed.push_back({storage->lifetime, storage->bytes});
      fixedStorages.push_back(storage);
    }
  }

  ArenaLayout layout = planArena(fixed, redZone);
  for (auto [storage, offset] : llvm::zip_equal(fixedStorages, layout.offsets))
    storage->index = offset;
  arenaBytes = layout.bytes;
  SlotAssignment assignment = assignSlots(open);
  for (auto [storage, slot] : llvm::zip_equal(openStorages, assignment.slots)) {
    storage->kind = Storage::Kind::Scratch;
    storage->index = slot;
  }
  numSlots = assignment.numSlots;
}
