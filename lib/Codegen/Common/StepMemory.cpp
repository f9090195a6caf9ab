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
#include <numeric>

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

std::optional<SmallVector<Value>> graph_compile::getOpenSizes(Value tensor) {
  if (cast<RankedTensorType>(tensor.getType()).hasStaticShape())
    return SmallVector<Value>();
  while (auto launch = tensor.getDefiningOp<step::LaunchOp>())
    tensor = launch.getOutputs()[cast<OpResult>(tensor).getResultNumber()];
  if (auto empty = tensor.getDefiningOp<tensor::EmptyOp>())
    return llvm::to_vector(empty.getDynamicSizes());
  if (auto expand = tensor.getDefiningOp<tensor::ExpandShapeOp>())
    return llvm::to_vector(expand.getOutputShape());
  return std::nullopt;
}

/// Adds the factors of dimension `dim` of `tensor`, looking through views for
/// sizes that come before `writer`.
static bool addSizeFactors(Value tensor, int64_t dim, Operation *writer,
                           SizeFactors &factors, unsigned depth = 0) {
  constexpr unsigned kMaxViews = 8;
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim)) {
    factors.push_back(IntegerAttr::get(IndexType::get(tensor.getContext()),
                                       type.getDimSize(dim)));
    return true;
  }
  unsigned open = type.getDynamicDimIndex(dim);
  Operation *definition = tensor.getDefiningOp();
  if (definition == writer) {
    std::optional<SmallVector<Value>> sizes = getOpenSizes(tensor);
    if (sizes)
      factors.push_back((*sizes)[open]);
    return sizes.has_value();
  }
  if (depth == kMaxViews || !definition)
    return false;
  // A kernel that goes on from contents keeps their sizes.
  if (auto launch = dyn_cast<step::LaunchOp>(definition)) {
    Value output =
        launch.getOutputs()[cast<OpResult>(tensor).getResultNumber()];
    return hasContents(output) &&
           addSizeFactors(output, dim, writer, factors, depth + 1);
  }
  if (auto cast = dyn_cast<tensor::CastOp>(definition))
    return addSizeFactors(cast.getSource(), dim, writer, factors, depth + 1);
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(definition))
    return llvm::all_of(collapse.getReassociationIndices()[dim],
                        [&](int64_t part) {
                          return addSizeFactors(collapse.getSrc(), part, writer,
                                                factors, depth + 1);
                        });
  auto expand = dyn_cast<tensor::ExpandShapeOp>(definition);
  if (!expand)
    return false;
  Value size = expand.getOutputShape()[open];
  Operation *origin = size.getDefiningOp();
  if (origin && !origin->isBeforeInBlock(writer))
    return false;
  factors.push_back(size);
  return true;
}

std::optional<SmallVector<SizeFactors>>
graph_compile::getOpenSizesAt(Value tensor, Operation *writer) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<SizeFactors> sizes;
  for (int64_t dim = 0, rank = type.getRank(); dim < rank; ++dim)
    if (type.isDynamicDim(dim) &&
        !addSizeFactors(tensor, dim, writer, sizes.emplace_back()))
      return std::nullopt;
  return sizes;
}

/// Scalars that `use` stores one by one, so that no tensor of them is needed.
static bool isScalarStore(OpOperand &use) {
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
    : symbols(symbols) {
  collect(step);
  copyClobberedSnapshots();
  continueInPlace();
  placeInVariables();
  placeInOutputs(cast<func::ReturnOp>(step.getBody().front().getTerminator()));
  layOut(redZone);
}

const Storage *StepMemory::lookup(Value tensor) const {
  auto it = storageOf.find(tensor);
  return it == storageOf.end() ? nullptr : &storages[it->second];
}

unsigned StepMemory::addStorage(Value root, Storage::Kind kind,
                                Operation *writer) {
  Storage &storage = storages.emplace_back();
  storage.kind = kind;
  storage.root = root;
  storage.writer = writer;
  storage.lifetime = {position, position};
  storageOf[root] = storages.size() - 1;
  return storages.size() - 1;
}

void StepMemory::collect(func::FuncOp step) {
  for (BlockArgument argument : step.getArguments()) {
    unsigned storage = addStorage(argument, Storage::Kind::Input, nullptr);
    storages[storage].index = argument.getArgNumber();
  }
  for (Operation &op : step.getBody().front()) {
    ++position;
    visit(&op);
  }
}

void StepMemory::touch(OpOperand &use) {
  if (!isa<RankedTensorType>(use.get().getType()) || !readsElements(use))
    return;
  auto it = storageOf.find(use.get());
  if (it != storageOf.end())
    storages[it->second].lifetime.last = position;
}

void StepMemory::visit(Operation *op) {
  op->walk([&](Operation *inner) {
    for (OpOperand &use : inner->getOpOperands())
      touch(use);
  });
  if (isView(op)) {
    storageOf[op->getResult(0)] = storageOf.lookup(op->getOperand(0));
    return;
  }
  TypeSwitch<Operation *>(op)
      .Case([&](step::LoadOp load) { visitLoad(load); })
      .Case([&](step::StoreOp store) { visitStore(store); })
      .Case([&](step::CheckSetOp check) {
        checkSet(check, getVariable(check.getVariableAttr().getAttr()));
      })
      .Case([&](step::AssertOp) { lastFailure = position; })
      .Case([&](step::LaunchOp launch) {
        for (auto [result, output] :
             llvm::zip_equal(launch.getResults(), launch.getOutputs())) {
          unsigned storage = addStorage(result, Storage::Kind::Arena, launch);
          if (hasContents(output))
            continuations.push_back(
                {launch, storageOf.lookup(output), storage});
        }
      })
      .Case<tensor::FromElementsOp, tensor::EmptyOp>([&](Operation *op) {
        if (needsMemory(op->getResult(0)))
          addStorage(op->getResult(0), Storage::Kind::Arena, op);
      })
      .Case([&](arith::ConstantOp constant) {
        if (isa<RankedTensorType>(constant.getType()))
          addStorage(constant, Storage::Kind::Weight, nullptr);
      });
}

StepMemory::Variable &StepMemory::getVariable(StringAttr name) {
  auto [it, isNew] = variables.try_emplace(name);
  if (isNew)
    it->second.isSet = symbols.hasInitialValue(name);
  return it->second;
}

/// Notes whether `access` fails when nothing has set the variable.
void StepMemory::checkSet(Operation *access, Variable &variable) {
  if (variable.isSet)
    return;
  // Once checked, it is set for the rest of the step.
  needCheck.insert(access);
  lastFailure = position;
  variable.isSet = true;
}

void StepMemory::visitLoad(step::LoadOp load) {
  StringAttr name = load.getVariableAttr().getAttr();
  Variable &variable = getVariable(name);
  checkSet(load, variable);
  Access access;
  access.position = position;
  access.storage = addStorage(load, Storage::Kind::Variable, nullptr);
  storages[*access.storage].variable = name;
  variable.accesses.push_back(access);
}

void StepMemory::visitStore(step::StoreOp store) {
  Variable &variable = getVariable(store.getVariableAttr().getAttr());
  if (!variable.isSet)
    needMark.insert(store);
  variable.isSet = true;
  Access access;
  access.position = position;
  access.store = store;
  access.lastFailure = lastFailure;
  if (!isScalarStore(store.getValueMutable()))
    access.storage = storageOf.lookup(store.getValue());
  variable.accesses.push_back(access);
}

//===----------------------------------------------------------------------===//
// Kernels that go on from contents
//===----------------------------------------------------------------------===//

/// Lets a kernel go on where the contents are, if nothing needs them after it;
/// from then on the two storages are one.
void StepMemory::continueInPlace() {
  if (continuations.empty())
    return;
  std::vector<unsigned> owner(storages.size());
  std::iota(owner.begin(), owner.end(), 0);
  for (const Continuation &continuation : continuations) {
    unsigned index = owner[continuation.contents];
    Storage &contents = storages[index];
    Storage &result = storages[continuation.result];
    if (!contents.isUndecided() ||
        contents.lifetime.last != result.lifetime.first)
      continue;
    // The kernel may take for granted that its operands do not overlap.
    auto isContents = [&](Value operand) {
      auto it = storageOf.find(operand);
      return it != storageOf.end() && owner[it->second] == index;
    };
    if (llvm::count_if(continuation.launch->getOperands(), isContents) != 1)
      continue;
    contents.lifetime.last = result.lifetime.last;
    result.writer = nullptr;
    owner[continuation.result] = index;
  }
  for (auto &entry : storageOf)
    entry.second = owner[entry.second];
  for (auto &[name, variable] : variables)
    for (Access &access : variable.accesses)
      if (access.storage)
        access.storage = owner[*access.storage];
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
  if (!value.isUndecided())
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
  if (overwrites)
    inPlace.insert(value.writer);
  return true;
}

//===----------------------------------------------------------------------===//
// Outputs, arena and scratch places
//===----------------------------------------------------------------------===//

void StepMemory::placeInOutputs(func::ReturnOp terminator) {
  for (OpOperand &result : terminator->getOpOperands()) {
    outputInPlace.push_back(false);
    auto it = storageOf.find(result.get());
    if (isScalarStore(result) || it == storageOf.end())
      continue;
    Storage &storage = storages[it->second];
    // The place is made where the kernel runs, so its sizes must be known then.
    if (!storage.isUndecided() || !getOpenSizesAt(result.get(), storage.writer))
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
  // Storages were made in the order of their first use.
  std::vector<ArenaValue> fixed;
  std::vector<SlotValue> open;
  SmallVector<Storage *> fixedStorages, openStorages;
  std::map<std::pair<int64_t, std::vector<void *>>, unsigned> sizeClasses;
  for (Storage &storage : storages) {
    if (!storage.isUndecided())
      continue;
    auto type = cast<RankedTensorType>(storage.root.getType());
    if (type.hasStaticShape()) {
      fixed.push_back({storage.lifetime, getTotalBytes(type)});
      fixedStorages.push_back(&storage);
    } else {
      open.push_back(
          {storage.lifetime, getSizeClass(storage.root, sizeClasses)});
      openStorages.push_back(&storage);
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
