//===- OutlineKernels.cpp - make each fusion group a kernel ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A group is launched where its last operation stands. Kernels are values in,
// values out, so that moving the rest of the group there changes nothing.
//
//===----------------------------------------------------------------------===//

#include "ElementBytes.h"
#include "KernelBuilder.h"
#include "KernelTable.h"
#include "PaddedReads.h"
#include "RowGroup.h"
#include "StepBlocks.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace graph_compile {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "graph-compile/Codegen/Common/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Follows `tensor` to a value of the same sizes that says what they are.
static Value getShapeSource(Value tensor) {
  while (true) {
    if (auto op = tensor.getDefiningOp<DestinationStyleOpInterface>())
      tensor = op.getTiedOpOperand(cast<OpResult>(tensor))->get();
    else if (auto cast = tensor.getDefiningOp<tensor::CastOp>())
      tensor = cast.getSource();
    else
      return tensor;
  }
}

/// The size of dimension `index` of `tensor` if something in the step computed
/// it already, else null.
static OpFoldResult getKnownSize(Value tensor, int64_t index) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (index < 0 || index >= type.getRank())
    return {};
  if (!type.isDynamicDim(index))
    return IntegerAttr::get(IndexType::get(tensor.getContext()),
                            type.getDimSize(index));
  Value source = getShapeSource(tensor);
  if (source != tensor &&
      !cast<RankedTensorType>(source.getType()).isDynamicDim(index))
    return getKnownSize(source, index);
  if (auto empty = source.getDefiningOp<tensor::EmptyOp>())
    return empty.getMixedSizes()[index];
  if (auto expand = source.getDefiningOp<tensor::ExpandShapeOp>())
    return expand.getMixedOutputShape()[index];
  if (auto resize = source.getDefiningOp<step::ResizeOp>())
    return OpFoldResult(
        resize.getSizes()[resize.getType().getDynamicDimIndex(index)]);
  return {};
}

/// Reads a size where it is computed rather than from the tensor that has it,
/// so that a size outlives no kernel and equal sizes are seen to be equal.
static void resolveDims(Block &step) {
  for (auto dim : llvm::make_early_inc_range(step.getOps<tensor::DimOp>())) {
    std::optional<int64_t> index = dim.getConstantIndex();
    if (!index)
      continue;
    OpFoldResult size = getKnownSize(dim.getSource(), *index);
    if (!size)
      continue;
    OpBuilder builder(dim);
    dim.replaceAllUsesWith(
        getValueOrCreateConstantIndexOp(builder, dim.getLoc(), size));
    dim.erase();
  }
}

/// A destination of the shape of `init`, whose contents do not matter.
static Value createDestination(ImplicitLocOpBuilder &builder, Value init) {
  Value source = getShapeSource(init);
  if (source.getType() == init.getType() &&
      source.getDefiningOp<tensor::EmptyOp>())
    return source;
  auto type = cast<RankedTensorType>(init.getType());
  SmallVector<Value> sizes;
  for (int64_t i = 0, e = type.getRank(); i < e; ++i) {
    if (!type.isDynamicDim(i))
      continue;
    OpFoldResult size = getKnownSize(init, i);
    sizes.push_back(
        size ? getValueOrCreateConstantIndexOp(builder, builder.getLoc(), size)
             : tensor::DimOp::create(builder, init, i));
  }
  return tensor::EmptyOp::create(builder, type, sizes);
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// A fill that only starts accumulations or surrounds what is inserted into it
/// is part of their kernels.
static bool isOnlyDestination(linalg::FillOp fill) {
  return llvm::all_of(fill->getUses(), [](OpOperand &use) {
    auto user = dyn_cast<DestinationStyleOpInterface>(use.getOwner());
    return user && user.isDpsInit(&use) &&
           isa<linalg::LinalgOp, tensor::InsertSliceOp>(use.getOwner());
  });
}

/// The insertion that goes on with the result of `insert`, if it is all that
/// uses it.
static tensor::InsertSliceOp getNextInsert(tensor::InsertSliceOp insert) {
  if (!insert->hasOneUse())
    return {};
  OpOperand &use = *insert->use_begin();
  auto next = dyn_cast<tensor::InsertSliceOp>(use.getOwner());
  bool goesOn = next && &use == &next.getDestMutable() &&
                next->getBlock() == insert->getBlock();
  return goesOn ? next : tensor::InsertSliceOp();
}

/// The insertions that end with `last`, first to last.
static SmallVector<tensor::InsertSliceOp>
getInsertChain(tensor::InsertSliceOp last) {
  SmallVector<tensor::InsertSliceOp> chain = {last};
  while (auto previous =
             chain.back().getDest().getDefiningOp<tensor::InsertSliceOp>()) {
    if (getNextInsert(previous) != chain.back())
      break;
    chain.push_back(previous);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

/// The accumulation that `epilogue` continues: the last of those it may.
static linalg::LinalgOp findAnchor(linalg::GenericOp epilogue) {
  linalg::LinalgOp best;
  for (OpOperand *operand : epilogue.getDpsInputOperands()) {
    auto anchor = operand->get().getDefiningOp<linalg::LinalgOp>();
    if (!anchor || anchor.getNumReductionLoops() == 0 ||
        anchor->getBlock() != epilogue->getBlock() ||
        !getEpilogueOperand(anchor, epilogue))
      continue;
    if (!best || best->isBeforeInBlock(anchor))
      best = anchor;
  }
  return best;
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

/// Launches `kernel` before `op`; it gives values of `types` in `destinations`.
static ResultRange launchInto(BuiltKernel kernel, Operation *op,
                              TypeRange types, ValueRange destinations,
                              KernelTable &kernels) {
  // `intern` may destroy the function.
  ImplicitLocOpBuilder builder(kernel.function.getLoc(), op);
  func::FuncOp callee = kernels.intern(kernel.function, kernel.origins);
  return step::LaunchOp::create(builder, types,
                                FlatSymbolRefAttr::get(callee.getSymNameAttr()),
                                kernel.inputs, destinations)
      .getResults();
}

/// Launches `kernel` before `op`; it gives values of `types` in destinations of
/// the shapes of `inits`.
static ResultRange launch(BuiltKernel kernel, Operation *op, TypeRange types,
                          ValueRange inits, KernelTable &kernels) {
  ImplicitLocOpBuilder builder(kernel.function.getLoc(), op);
  SmallVector<Value> destinations;
  for (Value init : inits)
    destinations.push_back(createDestination(builder, init));
  return launchInto(kernel, op, types, destinations, kernels);
}

/// Launches `kernel` in place of `op`, whose destinations are `inits`.
static void replace(Operation *op, const BuiltKernel &kernel, ValueRange inits,
                    KernelTable &kernels) {
  op->replaceAllUsesWith(
      launch(kernel, op, op->getResultTypes(), inits, kernels));
  op->erase();
}

namespace {
/// Makes kernels of what computes tensors in one block.
class StepOutliner {
public:
  StepOutliner(Block &step, KernelTable &kernels)
      : step(step), kernels(kernels) {}

  /// Returns the number of launches.
  void run();

private:
  void findAnchors();
  void outline(linalg::LinalgOp op);
  void outline(tensor::InsertSliceOp last);
  void outline(const RowGroup &group);

  Block &step;
  KernelTable &kernels;
  /// The accumulations of epilogues, by epilogue.
  DenseMap<Operation *, linalg::LinalgOp> anchorOf;
  DenseSet<Operation *> isAnchor;
};
} // namespace

void StepOutliner::findAnchors() {
  for (auto generic : step.getOps<linalg::GenericOp>())
    if (linalg::LinalgOp anchor = findAnchor(generic)) {
      anchorOf[generic] = anchor;
      isAnchor.insert(anchor);
    }
}

void StepOutliner::outline(linalg::LinalgOp op) {
  KernelGroup group{op, {}};
  if (linalg::LinalgOp anchor = anchorOf.lookup(op))
    group = {anchor, cast<linalg::GenericOp>(*op)};
  replace(op, buildKernel(group), op.getDpsInits(), kernels);
  if (group.epilogue)
    group.anchor->erase();
}

void StepOutliner::outline(tensor::InsertSliceOp last) {
  SmallVector<tensor::InsertSliceOp> chain = getInsertChain(last);
  BuiltKernel kernel = buildInsertKernel(chain);
  Value init = chain.front().getDest();
  if (goesOnFrom(init))
    last.replaceAllUsesWith(
        launchInto(kernel, last, last.getType(), init, kernels).front());
  else
    last.replaceAllUsesWith(
        launch(kernel, last, last.getType(), init, kernels).front());
  last.erase();
  for (tensor::InsertSliceOp insert :
       llvm::reverse(ArrayRef(chain).drop_back()))
    insert.erase();
}

void StepOutliner::outline(const RowGroup &group) {
  SmallVector<OpResult> results = group.getResults();
  SmallVector<Value> inits;
  SmallVector<Type> types;
  for (OpResult result : results) {
    auto owner = cast<linalg::GenericOp>(result.getOwner());
    inits.push_back(owner.getTiedOpOperand(result)->get());
    types.push_back(result.getType());
  }
  ResultRange values = launch(buildRowKernel(group, results),
                              group.members.back(), types, inits, kernels);
  for (auto [result, value] : llvm::zip_equal(results, values))
    result.replaceAllUsesWith(value);
  for (linalg::GenericOp member : llvm::reverse(group.members))
    member.erase();
}

void StepOutliner::run() {
  for (const RowGroup &group : findRowGroups(step))
    outline(group);
  findAnchors();
  // A group stands where its last operation is; the others go with it.
  for (Operation &op : llvm::make_early_inc_range(step)) {
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
      if (!getNextInsert(insert) && !isReadInWindowsOnly(insert))
        outline(insert);
      continue;
    }
    auto structured = dyn_cast<linalg::LinalgOp>(op);
    if (!structured || isAnchor.contains(&op))
      continue;
    auto fill = dyn_cast<linalg::FillOp>(op);
    if (!fill || !isOnlyDestination(fill))
      outline(structured);
  }
}

/// Large constants of one value that become state, results, or what
/// conditionals and loops hand on are written by a kernel rather than copied
/// from the weights, where they would take their full size.
static void fillSplats(Block &step) {
  constexpr int64_t kLargeBytes = 256;
  for (Operation &op : step) {
    if (!isa<step::StoreOp, func::ReturnOp, scf::YieldOp, scf::ConditionOp,
             scf::WhileOp>(op))
      continue;
    for (OpOperand &use : op.getOpOperands()) {
      TypedAttr splat = getSplatOf(use.get());
      if (!splat || !use.get().getDefiningOp<arith::ConstantOp>() ||
          getTotalBytes(cast<ShapedType>(use.get().getType())) < kLargeBytes)
        continue;
      ImplicitLocOpBuilder builder(use.get().getLoc(), &op);
      Value scalar = arith::ConstantOp::create(builder, splat);
      Value destination =
          tensor::EmptyOp::create(builder, use.get().getType(), ValueRange());
      use.set(
          linalg::FillOp::create(builder, scalar, destination).getResult(0));
    }
  }
}

/// Removes what only served operations that are kernels now, last to first.
static void eraseDeadOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (isOpTriviallyDead(&op)) {
      op.erase();
      continue;
    }
    if (isa<linalg::LinalgOp>(op))
      continue;
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        eraseDeadOps(inner);
  }
}

namespace {
struct OutlineKernels
    : graph_compile::impl::OutlineKernelsBase<OutlineKernels> {
  void runOnOperation() override;
  LogicalResult outline(func::FuncOp step, KernelTable &kernels);
};
} // namespace

LogicalResult OutlineKernels::outline(func::FuncOp step, KernelTable &kernels) {
  if (!step.getBody().hasOneBlock())
    return step.emitOpError() << "expects a step of one block";
  // With what is dead go whole blocks.
  eraseDeadOps(step.getBody().front());
  SmallVector<Block *> blocks = getStepBlocks(step);
  for (Block *block : blocks)
    for (auto op : block->getOps<linalg::LinalgOp>())
      if (!op.hasPureTensorSemantics())
        return op->emitOpError()
               << "expects tensors only, in " << describeNode(op->getLoc());
  auto onAll = [&](function_ref<void(Block &)> run) {
    for (Block *block : blocks)
      run(*block);
  };
  onAll(resolveDims);
  onAll(fillSplats);
  // What lies inside still sees how its operands from outside are computed.
  onAll([&](Block &block) { StepOutliner(block, kernels).run(); });
  eraseDeadOps(step.getBody().front());
  return success();
}

void OutlineKernels::runOnOperation() {
  SmallVector<func::FuncOp> steps;
  for (auto function : getOperation().getOps<func::FuncOp>())
    if (!function.isExternal() &&
        !function->hasAttr(step::StepDialect::kKernelAttr))
      steps.push_back(function);

  KernelTable kernels(getOperation());
  for (func::FuncOp step : steps)
    if (failed(outline(step, kernels)))
      return signalPassFailure();
  kernels.finish();
}
