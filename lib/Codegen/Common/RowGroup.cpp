//===- RowGroup.cpp - operations that go row by row -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A group begins with a reduction along rows, and grows with what reads its
// results until something else reads them.
//
//===----------------------------------------------------------------------===//

#include "RowGroup.h"

#include "ElementBytes.h"
#include "FusionGroup.h"
#include "KernelBuilder.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace graph_compile;

/// A row of a result that stays inside has to fit here, in bytes.
static constexpr int64_t kMaxRowBytes = 16 * 1024;
/// Rows that are shorter in number, and longer each, are better cut by threads.
static constexpr int64_t kFewRows = 8;
static constexpr int64_t kLongRow = 64 * 1024;
/// Members of a group: code generation is superlinear in one kernel, and all of
/// them have buffers on one stack.
static constexpr size_t kMaxMembers = 16;

//===----------------------------------------------------------------------===//
// Rows of one operation
//===----------------------------------------------------------------------===//

/// Whether `map` begins with the first `count` loops, which its other results
/// do not depend on.
static bool beginsWithRows(AffineMap map, int64_t count) {
  if (map.getNumResults() < count)
    return false;
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    if (static_cast<int64_t>(position) < count) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim || dim.getPosition() != position)
        return false;
      continue;
    }
    for (int64_t row = 0; row < count; ++row)
      if (expr.isFunctionOfDim(row))
        return false;
  }
  return true;
}

static bool dependsOnRows(AffineMap map, int64_t count) {
  for (int64_t row = 0; row < count; ++row)
    if (map.isFunctionOfDim(row))
      return true;
  return false;
}

/// Whether `init` is written before it is read, or filled.
static bool startsFromScalar(linalg::GenericOp op, OpOperand &init) {
  return !op.payloadUsesValueFromOperand(&init) || !hasContents(init.get()) ||
         getScalarOf(init.get()) || getSplatOf(init.get());
}

/// Whether `op` can go row by row with its first `numRowDims` loops.
static bool goesByRows(linalg::GenericOp op, int64_t numRowDims) {
  unsigned numParallel = op.getNumParallelLoops();
  if (!op.hasPureTensorSemantics() || op.hasIndexSemantics() ||
      numParallel < numRowDims || !hasPlainBody(op))
    return false;
  // What is reduced gives one value a row: a product of matrices is no work for
  // rows.
  if (op.getNumReductionLoops() != 0 && numParallel != numRowDims)
    return false;
  for (auto [loop, kind] : llvm::enumerate(op.getIteratorTypesArray()))
    if ((kind == utils::IteratorType::parallel) !=
        (loop < static_cast<size_t>(numParallel)))
      return false;
  for (OpOperand &init : op.getDpsInitsMutable())
    if (!beginsWithRows(op.getMatchingIndexingMap(&init), numRowDims) ||
        !startsFromScalar(op, init))
      return false;
  return llvm::all_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    AffineMap map = op.getMatchingIndexingMap(input);
    return beginsWithRows(map, numRowDims) || !dependsOnRows(map, numRowDims);
  });
}

/// A reduction along the last dims of what it reads: the number of the others.
static std::optional<int64_t> getSeedDims(linalg::GenericOp op) {
  int64_t numParallel = op.getNumParallelLoops();
  if (op.getNumReductionLoops() == 0 || numParallel == 0 ||
      !goesByRows(op, numParallel))
    return std::nullopt;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t numRows = 1, rowSize = 1;
  for (auto [loop, size] : llvm::enumerate(ranges)) {
    // Of open sizes one expects the usual: many rows, short ones.
    if (ShapedType::isDynamic(size))
      size = static_cast<int64_t>(loop) < numParallel ? kFewRows : 1;
    (static_cast<int64_t>(loop) < numParallel ? numRows : rowSize) *= size;
  }
  if (numRows < kFewRows && rowSize > kLongRow)
    return std::nullopt;
  return numParallel;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

SmallVector<OpResult> RowGroup::getResults() const {
  SmallVector<OpResult> results;
  for (linalg::GenericOp member : members)
    for (OpResult result : member->getResults()) {
      bool isInside = llvm::all_of(
          result.getUsers(), [&](Operation *user) { return contains(user); });
      auto type = cast<RankedTensorType>(result.getType());
      auto row = RankedTensorType::get(type.getShape().drop_front(numRowDims),
                                       type.getElementType());
      if (!isInside || !row.hasStaticShape() ||
          getTotalBytes(row) > kMaxRowBytes)
        results.push_back(result);
    }
  return results;
}

/// Whether some tensor of more than a value a row is at hand again for a second
/// member, which is what one kernel gains.
static bool isWorthIt(const RowGroup &group) {
  llvm::SmallPtrSet<Value, 8> seen;
  for (linalg::GenericOp member : group.members) {
    llvm::SmallPtrSet<Value, 8> own;
    for (Value value :
         llvm::concat<Value>(llvm::to_vector(member.getInputs()),
                             llvm::to_vector(member->getResults()))) {
      auto type = dyn_cast<RankedTensorType>(value.getType());
      if (type && type.getRank() > group.numRowDims)
        own.insert(value);
    }
    for (Value value : own)
      if (!seen.insert(value).second)
        return true;
  }
  return false;
}

namespace {
/// Walks a block with the groups that may still grow.
class RowGroupFinder {
public:
  explicit RowGroupFinder(Block &block) : block(block) {}

  SmallVector<RowGroup> run();

private:
  void visit(Operation &op);
  bool join(unsigned group, linalg::GenericOp op);
  void begin(linalg::GenericOp op);
  void add(unsigned group, linalg::GenericOp op);
  SmallVector<unsigned> getGroupsRead(Operation &op);

  Block &block;
  SmallVector<RowGroup> groups;
  llvm::SmallBitVector isOpen;
  DenseMap<Operation *, unsigned> groupOf;
};
} // namespace

void RowGroupFinder::add(unsigned group, linalg::GenericOp op) {
  groups[group].members.push_back(op);
  groupOf[op] = group;
}

void RowGroupFinder::begin(linalg::GenericOp op) {
  std::optional<int64_t> numRowDims = getSeedDims(op);
  if (!numRowDims)
    return;
  unsigned group = groups.size();
  groups.emplace_back();
  groups[group].numRowDims = *numRowDims;
  isOpen.resize(groups.size(), true);
  add(group, op);
}

/// Takes `op` into the group whose results it reads, if all that it reads of
/// them lies in its row.
bool RowGroupFinder::join(unsigned group, linalg::GenericOp op) {
  int64_t numRowDims = groups[group].numRowDims;
  if (groups[group].members.size() == kMaxMembers ||
      !goesByRows(op, numRowDims))
    return false;
  for (OpOperand &operand : op->getOpOperands()) {
    auto it = groupOf.find(operand.get().getDefiningOp());
    if (it == groupOf.end() || it->second != group)
      continue;
    if (op.isDpsInit(&operand) ||
        !beginsWithRows(op.getMatchingIndexingMap(&operand), numRowDims))
      return false;
  }
  add(group, op);
  return true;
}

/// The open groups whose results `op` uses, itself or in its regions.
SmallVector<unsigned> RowGroupFinder::getGroupsRead(Operation &op) {
  SmallVector<unsigned> read;
  auto use = [&](Value value) {
    auto it = groupOf.find(value.getDefiningOp());
    if (it != groupOf.end() && isOpen.test(it->second) &&
        !llvm::is_contained(read, it->second))
      read.push_back(it->second);
  };
  llvm::for_each(op.getOperands(), use);
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op.getRegions(), captured);
  llvm::for_each(captured, use);
  return read;
}

void RowGroupFinder::visit(Operation &op) {
  if (!isMemoryEffectFree(&op) && !isa<linalg::LinalgOp>(op)) {
    isOpen.reset();
    return;
  }
  SmallVector<unsigned> read = getGroupsRead(op);
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (generic && read.size() == 1 && join(read.front(), generic))
    return;
  for (unsigned group : read)
    isOpen.reset(group);
  if (generic)
    begin(generic);
}

SmallVector<RowGroup> RowGroupFinder::run() {
  for (Operation &op : block)
    visit(op);
  llvm::erase_if(groups, [](const RowGroup &group) {
    return group.members.size() < 2 || !isWorthIt(group);
  });
  return std::move(groups);
}

SmallVector<RowGroup> graph_compile::findRowGroups(Block &block) {
  return RowGroupFinder(block).run();
}
