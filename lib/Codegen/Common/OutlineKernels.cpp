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

#include "KernelBuilder.h"
#include "KernelTable.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
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

/// A fill that only starts accumulations is part of their kernels.
static bool isOnlyDestination(linalg::FillOp fill) {
  return llvm::all_of(fill->getUses(), [](OpOperand &use) {
    auto user = dyn_cast<linalg::LinalgOp>(use.getOwner());
    return user && user.isDpsInit(&use);
  });
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

/// The groups of `step`, in the order of their last operations.
static SmallVector<KernelGroup> findGroups(Block &step) {
  // An accumulation comes before its epilogue: collect those taken first.
  DenseMap<Operation *, linalg::LinalgOp> anchorOf;
  DenseSet<Operation *> taken;
  for (auto generic : step.getOps<linalg::GenericOp>())
    if (linalg::LinalgOp anchor = findAnchor(generic)) {
      anchorOf[generic] = anchor;
      taken.insert(anchor);
    }

  SmallVector<KernelGroup> groups;
  for (auto op : step.getOps<linalg::LinalgOp>()) {
    if (taken.contains(op))
      continue;
    if (auto fill = dyn_cast<linalg::FillOp>(*op))
      if (isOnlyDestination(fill))
        continue;
    if (linalg::LinalgOp anchor = anchorOf.lookup(op))
      groups.push_back({anchor, cast<linalg::GenericOp>(*op)});
    else
      groups.push_back({op, {}});
  }
  return groups;
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

static void launch(const KernelGroup &group, KernelTable &kernels) {
  linalg::LinalgOp last = group.getLast();
  BuiltKernel kernel = buildKernel(group);
  ImplicitLocOpBuilder builder(kernel.function.getLoc(), last);

  SmallVector<Value> destinations;
  for (Value init : last.getDpsInits())
    destinations.push_back(createDestination(builder, init));
  // `intern` may destroy the function: its location was taken above.
  func::FuncOp callee = kernels.intern(kernel.function, kernel.origins);
  auto launch =
      step::LaunchOp::create(builder, last->getResultTypes(),
                             FlatSymbolRefAttr::get(callee.getSymNameAttr()),
                             kernel.inputs, destinations);
  last->replaceAllUsesWith(launch.getResults());
  last->erase();
  if (group.epilogue)
    group.anchor->erase();
}

/// Removes what only served operations that are kernels now, last to first.
static void eraseDeadOps(Block &step) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(step)))
    if (isOpTriviallyDead(&op))
      op.erase();
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
  Block &block = step.getBody().front();
  for (auto op : block.getOps<linalg::LinalgOp>())
    if (!op.hasPureTensorSemantics())
      return op->emitOpError()
             << "expects tensors only, in " << describeNode(op->getLoc());
  resolveDims(block);
  for (const KernelGroup &group : findGroups(block)) {
    launch(group, kernels);
    ++numLaunches;
  }
  eraseDeadOps(block);
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
  numKernels = kernels.getNumKernels();
}
