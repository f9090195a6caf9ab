//===- ShareStorages.cpp - values of a step that lie in one place ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Storages become one where a copy would otherwise be, inner regions first. Two
// storages never hold different values at the same time: their live ranges have
// no point in common but those at which an operation reads one and writes the
// other, and can do so in place.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"
#include "StepMemory.h"

#include <numeric>

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Two storages
//===----------------------------------------------------------------------===//

unsigned StepMemory::find(unsigned storage) {
  while (owner[storage] != storage)
    storage = owner[storage] = owner[owner[storage]];
  return storage;
}

std::optional<unsigned> StepMemory::findOf(Value tensor) {
  auto it = storageOf.find(tensor);
  if (it == storageOf.end())
    return std::nullopt;
  return find(it->second);
}

/// Makes one storage of those of `lhs` and `rhs` if nobody can tell.
/// `isSimple`: both are written in one block, with the same sizes.
bool StepMemory::tryMerge(Value lhs, Value rhs, bool isSimple) {
  std::optional<unsigned> left = findOf(lhs), right = findOf(rhs);
  if (!left || !right)
    return false;
  if (left == right)
    return true;
  Storage *kept = &storages[*left], *merged = &storages[*right];
  if (!kept->isUndecided() || !merged->isUndecided())
    return false;
  SmallVector<Operation *, 1> overwriting;
  for (const LiveRange::Interval &common : kept->range.intersect(merged->range))
    if (!mayTouch(common, *left, *right, overwriting))
      return false;
  inPlace.insert(overwriting.begin(), overwriting.end());

  // The first that is written gives its name.
  if (std::pair(merged->lifetime.first, *right) <
      std::pair(kept->lifetime.first, *left)) {
    std::swap(kept, merged);
    std::swap(left, right);
  }
  kept->range.add(merged->range);
  kept->lifetime = kept->range.getHull();
  kept->bytes = std::max(kept->bytes, merged->bytes);
  kept->isOpen |= merged->isOpen;
  kept->isSimple &= merged->isSimple && isSimple;
  merged->range = LiveRange();
  owner[*right] = *left;
  return true;
}

/// Whether one memory can serve the storages `lhs` and `rhs` at the points that
/// both live at. Adds the launches that then overwrite what they read.
bool StepMemory::mayTouch(const LiveRange::Interval &common, unsigned lhs,
                          unsigned rhs,
                          SmallVectorImpl<Operation *> &overwriting) {
  unsigned position = common.first / 2;
  if (common.first != common.last ||
      common.first != StepOrder::writeAt(position))
    return false;
  // The contents of one end here, and those of the other begin.
  const LiveRange &left = storages[lhs].range, &right = storages[rhs].range;
  if (!(left.endsAt(common.first) && right.beginsAt(common.first)) &&
      !(right.endsAt(common.first) && left.beginsAt(common.first)))
    return false;
  Operation *op = order.getOperation(position);
  if (auto launch = dyn_cast_or_null<step::LaunchOp>(op)) {
    overwriting.push_back(op);
    return mayOverwrite(launch, lhs, rhs);
  }
  if (isa_and_nonnull<scf::YieldOp, scf::ConditionOp, scf::WhileOp>(op))
    return bordersAgree(op, position == order.getEnd(op), lhs, rhs);
  return false;
}

/// Whether `launch` may write its result over its inputs in these storages:
/// element by element, each after it was read.
bool StepMemory::mayOverwrite(step::LaunchOp launch, unsigned lhs,
                              unsigned rhs) {
  auto isIn = [&](Value value) {
    std::optional<unsigned> number = findOf(value);
    return number && (*number == lhs || *number == rhs);
  };
  if (llvm::count_if(launch.getResults(), isIn) != 1)
    return false;
  auto result = llvm::find_if(launch.getResults(), isIn);
  for (auto [index, input] : llvm::enumerate(launch.getInputs()))
    if (isIn(input) &&
        (input.getType() != (*result).getType() ||
         !symbols.readsInPlace(launch, index, (*result).getResultNumber())))
      return false;
  // It has to begin with what it reads, not with contents copied over that.
  return !hasContents(launch.getOutputs()[(*result).getResultNumber()]);
}

namespace {
/// What passes the border of a region, and what it is called behind it.
struct Border {
  ValueRange sources;
  ValueRange targets;
};
} // namespace

/// The border at `op`; `atEnd`: where a loop is over, not where it begins.
static Border getBorder(Operation *op, bool atEnd) {
  if (auto loop = dyn_cast<scf::WhileOp>(op))
    return atEnd ? Border{loop.getConditionOp().getArgs(), loop.getResults()}
                 : Border{loop.getInits(), loop.getBeforeArguments()};
  if (auto condition = dyn_cast<scf::ConditionOp>(op))
    return {condition.getArgs(),
            cast<scf::WhileOp>(op->getParentOp()).getAfterArguments()};
  return {op->getOperands(), op->getParentOp()->getResults()};
}

/// Whether no copy at the border `op` would be to the storages before another
/// one is from there.
bool StepMemory::bordersAgree(Operation *op, bool atEnd, unsigned lhs,
                              unsigned rhs) {
  auto [sources, targets] = getBorder(op, atEnd);
  auto isIn = [&](Value value) {
    std::optional<unsigned> number = findOf(value);
    return number && (*number == lhs || *number == rhs);
  };
  std::optional<size_t> target;
  for (size_t i = 0; i < targets.size(); ++i) {
    if (!isIn(targets[i]))
      continue;
    if (target)
      return false;
    target = i;
  }
  if (!target || isIn(sources[*target]))
    return true;
  return llvm::none_of(sources, isIn);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// Lets `op` go on from `contents` where they are, if nothing needs them
/// afterwards.
void StepMemory::continueInPlace(Operation *op, Value contents, Value result) {
  // A kernel may take for granted that its operands do not overlap.
  std::optional<unsigned> storage = findOf(contents);
  auto isContents = [&](Value operand) { return findOf(operand) == storage; };
  if (!storage || llvm::count_if(op->getOperands(), isContents) != 1)
    return;
  const Storage &from = storages[*storage];
  tryMerge(contents, result,
           isa<step::LaunchOp>(op) && from.writer &&
               from.writer->getBlock() == op->getBlock());
}

void StepMemory::shareBranches(Operation *op) {
  for (Region &region : op->getRegions())
    for (Block &branch : region)
      for (auto [source, result] : llvm::zip_equal(
               branch.getTerminator()->getOperands(), op->getResults()))
        tryMerge(source, result);
}

void StepMemory::shareLoop(scf::WhileOp loop) {
  for (auto [source, argument] : llvm::zip_equal(
           loop.getConditionOp().getArgs(), loop.getAfterArguments()))
    tryMerge(source, argument);
  for (auto [source, argument] : llvm::zip_equal(
           loop.getYieldOp().getOperands(), loop.getBeforeArguments()))
    tryMerge(source, argument);
  for (auto [source, argument] :
       llvm::zip_equal(loop.getInits(), loop.getBeforeArguments()))
    tryMerge(source, argument);
  planBuffers(loop);
  shareResults(loop);
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

/// Finds a buffer for the next value of everything that `loop` carries and does
/// not update in place: where it is computed, if it is in the loop, else a new
/// one. Values that change places, and those of earlier iterations, need no
/// copy either.
void StepMemory::planBuffers(scf::WhileOp loop) {
  struct Link {
    unsigned carried, target, source;
  };
  SmallVector<Link> links;
  LoopBuffers &plan = buffersOf[loop];
  llvm::SmallDenseSet<unsigned> carriedStorages, claimed;
  struct Carried {
    unsigned number, target;
    Value next;
  };
  SmallVector<Carried> carried;
  for (auto [number, argument, next] : llvm::enumerate(
           loop.getBeforeArguments(), loop.getYieldOp().getOperands())) {
    std::optional<unsigned> target = findOf(argument);
    if (!target || findOf(next) == target)
      continue;
    carried.push_back({static_cast<unsigned>(number), *target, next});
    carriedStorages.insert(*target);
  }

  unsigned condition = order.getPosition(loop.getConditionOp());
  unsigned back = order.getPosition(loop.getYieldOp());
  auto isUsable = [&](std::optional<unsigned> source) {
    if (!source || claimed.contains(*source))
      return false;
    const Storage &storage = storages[*source];
    return carriedStorages.contains(*source) ||
           (storage.isUndecided() && storage.lifetime.first > condition &&
            storage.lifetime.last <= back);
  };
  unsigned begin = StepOrder::writeAt(order.getPosition(loop));
  unsigned end = StepOrder::writeAt(order.getEnd(loop)) - 1;
  for (auto [number, target, next] : carried) {
    Value argument = loop.getBeforeArguments()[number];
    std::optional<unsigned> source = findOf(next);
    if (!isUsable(source)) {
      // The new storage holds nothing else, so it has no value in the IR.
      unsigned own = storageOf.lookup(argument);
      source = addStorage(argument, Storage::Kind::Arena, loop, begin);
      storageOf[argument] = own;
      storages[*source].isSimple = false;
      owner.push_back(*source);
      plan.copies.push_back({number, *source});
    }
    claimed.insert(*source);
    links.push_back({number, target, *source});
  }

  // Each buffer gets the place of its source; what no source takes goes round
  // to the buffer at the other end of its chain.
  llvm::SmallDenseMap<unsigned, unsigned> bufferOf;
  auto addBuffer = [&](unsigned storage, unsigned number) {
    if (!bufferOf.try_emplace(storage, plan.buffers.size()).second)
      return;
    plan.buffers.push_back(
        {storage, loop.getBeforeArguments()[number], /*source=*/0});
    storages[storage].range.add(begin, end);
    storages[storage].lifetime = storages[storage].range.getHull();
    storages[storage].isSimple = false;
  };
  for (const Link &link : links)
    addBuffer(link.target, link.carried);
  plan.numCarried = plan.buffers.size();
  for (const Link &link : links)
    addBuffer(link.source, link.carried);
  llvm::SmallDenseMap<unsigned, unsigned> takenBy;
  for (const Link &link : links) {
    plan.buffers[bufferOf[link.target]].source = bufferOf[link.source];
    takenBy[bufferOf[link.source]] = bufferOf[link.target];
  }
  for (unsigned buffer = plan.numCarried; buffer < plan.buffers.size();
       ++buffer) {
    unsigned last = buffer;
    while (takenBy.contains(last))
      last = takenBy[last];
    plan.buffers[buffer].source = last;
  }
}

/// What a loop ends with may stay where it is, unless that is a buffer which
/// others may lie in by then.
void StepMemory::shareResults(scf::WhileOp loop) {
  const LoopBuffers &plan = buffersOf[loop];
  llvm::SmallDenseMap<unsigned, unsigned> bufferOf;
  for (auto [number, buffer] : llvm::enumerate(plan.buffers))
    bufferOf[buffer.storage] = number;
  for (auto [source, result] :
       llvm::zip_equal(loop.getConditionOp().getArgs(), loop.getResults())) {
    std::optional<unsigned> storage = findOf(source);
    if (!storage)
      continue;
    // Two buffers that only change places with each other hold one value.
    auto it = bufferOf.find(*storage);
    if (it != bufferOf.end()) {
      unsigned partner = plan.buffers[it->second].source;
      if (partner == it->second || plan.buffers[partner].source != it->second ||
          partner < plan.numCarried)
        continue;
    }
    tryMerge(source, result);
  }
}

/// Buffers that change places have to be of one kind and size.
void StepMemory::equalizeBuffers() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (auto &[loop, plan] : buffersOf)
      for (LoopBuffers::Buffer &buffer : plan.buffers) {
        Storage &lhs = storages[buffer.storage];
        Storage &rhs = storages[plan.buffers[buffer.source].storage];
        if (lhs.isOpen == rhs.isOpen && lhs.bytes == rhs.bytes)
          continue;
        lhs.isOpen = rhs.isOpen = lhs.isOpen || rhs.isOpen;
        lhs.bytes = rhs.bytes = std::max(lhs.bytes, rhs.bytes);
        changed = true;
      }
  }
}

//===----------------------------------------------------------------------===//
// The step
//===----------------------------------------------------------------------===//

void StepMemory::shareStorages() {
  owner.resize(storages.size());
  std::iota(owner.begin(), owner.end(), 0);
  for (Operation *op : joints) {
    if (auto loop = dyn_cast<scf::WhileOp>(op)) {
      shareLoop(loop);
    } else if (isBranch(op)) {
      shareBranches(op);
    } else if (auto resize = dyn_cast<step::ResizeOp>(op)) {
      continueInPlace(op, resize.getSource(), resize);
    } else {
      auto launch = cast<step::LaunchOp>(op);
      for (auto [output, result] :
           llvm::zip_equal(launch.getOutputs(), launch.getResults()))
        if (hasContents(output))
          continueInPlace(op, output, result);
    }
  }
  renumber();
  equalizeBuffers();
}

/// Lets everything refer to what is left of the storages.
void StepMemory::renumber() {
  for (auto &[value, storage] : storageOf)
    storage = find(storage);
  for (auto &[loop, plan] : buffersOf) {
    for (LoopBuffers::Buffer &buffer : plan.buffers)
      buffer.storage = find(buffer.storage);
    for (LoopBuffers::Copy &copy : plan.copies)
      copy.storage = find(copy.storage);
  }
  for (auto &[name, variable] : variables)
    for (Access &access : variable.accesses)
      if (access.storage)
        access.storage = find(*access.storage);
}
