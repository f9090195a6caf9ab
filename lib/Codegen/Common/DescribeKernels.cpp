//===- DescribeKernels.cpp - say what each kernel does --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For people: what profiles and statistics say of a kernel. No pass decides
// anything by it.
//
//===----------------------------------------------------------------------===//

#include "ElementBytes.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

namespace graph_compile {
#define GEN_PASS_DEF_DESCRIBEKERNELS
#include "graph-compile/Codegen/Common/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

namespace {
/// What an operation of a kernel does, the heavier the later.
enum class Work {
  Fill,
  Copy,
  Elementwise,
  Gather,
  Loops,
  Reduction,
  RowReductions,
  WindowReduction,
  Product,
  PackedProduct,
  Convolution
};
} // namespace

static StringRef getWorkName(Work work) {
  switch (work) {
  case Work::Fill:
    return "fill";
  case Work::Copy:
    return "copy";
  case Work::Elementwise:
    return "elementwise";
  case Work::Gather:
    return "gather";
  case Work::Loops:
    return "loops";
  case Work::Reduction:
    return "reduction";
  case Work::RowReductions:
    return "row reductions";
  case Work::WindowReduction:
    return "window reduction";
  case Work::Product:
    return "matrix product";
  case Work::PackedProduct:
    return "packed matrix product";
  case Work::Convolution:
    return "convolution";
  }
  llvm_unreachable("all kinds of work are above");
}

/// The argument that `value` is, but for its type.
static BlockArgument skipConversions(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(op))
      return {};
    value = op->getOperand(0);
  }
  return cast<BlockArgument>(value);
}

/// Whether the only output of `op` accumulates products of two inputs.
static bool isContraction(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1)
    return false;
  Block *body = op.getBlock();
  Operation *sum = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<arith::AddFOp, arith::AddIOp>(sum))
    return false;
  BlockArgument output = op.getMatchingBlockArgument(op.getDpsInitOperand(0));
  for (unsigned side : {0, 1}) {
    Operation *product = sum->getOperand(1 - side).getDefiningOp();
    if (sum->getOperand(side) != output ||
        !isa_and_nonnull<arith::MulFOp, arith::MulIOp>(product))
      continue;
    BlockArgument lhs = skipConversions(product->getOperand(0));
    BlockArgument rhs = skipConversions(product->getOperand(1));
    return lhs && rhs && lhs != rhs && lhs != output && rhs != output;
  }
  return false;
}

/// Whether a result of `map` is made of several loops, as windows are.
static bool hasWindows(AffineMap map) {
  return llvm::any_of(map.getResults(), [](AffineExpr result) {
    return result.getKind() == AffineExprKind::Add;
  });
}

/// Whether `map` reads panels, by floordiv and mod.
static bool hasPanels(AffineMap map) {
  return llvm::any_of(map.getResults(), [](AffineExpr result) {
    return result.getKind() == AffineExprKind::FloorDiv;
  });
}

static Work classifyReduction(linalg::LinalgOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  bool isProduct = isContraction(op);
  if (llvm::any_of(maps, hasWindows))
    return isProduct ? Work::Convolution : Work::WindowReduction;
  if (!isProduct)
    return Work::Reduction;
  return llvm::any_of(maps, hasPanels) ? Work::PackedProduct : Work::Product;
}

static Work classify(linalg::LinalgOp op) {
  if (isa<linalg::FillOp>(op))
    return Work::Fill;
  if (op.getNumReductionLoops() > 0)
    return classifyReduction(op);
  Block *body = op.getBlock();
  bool reads = llvm::any_of(
      *body, [](Operation &inner) { return isa<memref::LoadOp>(inner); });
  if (reads)
    return Work::Gather;
  bool computes = !llvm::hasSingleElement(*body);
  return computes ? Work::Elementwise : Work::Copy;
}

/// The heaviest work that `kernel` does.
static Work classify(func::FuncOp kernel) {
  Work heaviest = Work::Fill;
  auto add = [&](Work work) { heaviest = std::max(heaviest, work); };
  kernel.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto structured = dyn_cast<linalg::LinalgOp>(op)) {
      Work work = classify(structured);
      bool isInRow = isa<scf::ParallelOp>(op->getParentOp());
      add(work == Work::Reduction && isInRow ? Work::RowReductions : work);
      return WalkResult::skip();
    }
    if (isa<memref::CopyOp>(op))
      add(Work::Copy);
    if (isa<memref::StoreOp>(op))
      add(Work::Loops);
    return WalkResult::advance();
  });
  return heaviest;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// A number that is not known where it depends on an open size.
using Count = std::optional<int64_t>;

static Count add(Count lhs, Count rhs) {
  int64_t sum = 0;
  if (!lhs || !rhs || llvm::AddOverflow(*lhs, *rhs, sum))
    return std::nullopt;
  return sum;
}

/// Nothing, however often, is nothing.
static Count multiply(Count lhs, Count rhs) {
  if (lhs == 0 || rhs == 0)
    return 0;
  int64_t product = 0;
  if (!lhs || !rhs || llvm::MulOverflow(*lhs, *rhs, product))
    return std::nullopt;
  return product;
}

/// Whether `op` computes with numbers, rather than move, convert or compare
/// them.
static bool isArithmetic(Operation *op) {
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
             arith::RemFOp, arith::NegFOp, arith::MaximumFOp, arith::MinimumFOp,
             arith::MaxNumFOp, arith::MinNumFOp>(op) ||
         (isa<math::MathDialect>(op->getDialect()) &&
          isa<FloatType>(getElementTypeOrSelf(op->getResult(0))));
}

static Count countFlops(Block &block);

static Count countFlops(linalg::LinalgOp op) {
  Count points = 1;
  for (int64_t range : op.getStaticLoopRanges())
    points =
        multiply(points, ShapedType::isDynamic(range) ? Count() : Count(range));
  return multiply(points, countFlops(*op.getBlock()));
}

static Count countIterations(LoopLikeOpInterface loop) {
  std::optional<SmallVector<OpFoldResult>> lower = loop.getLoopLowerBounds();
  std::optional<SmallVector<OpFoldResult>> upper = loop.getLoopUpperBounds();
  std::optional<SmallVector<OpFoldResult>> steps = loop.getLoopSteps();
  if (!lower || !upper || !steps)
    return std::nullopt;
  Count iterations = 1;
  for (auto [first, end, step] : llvm::zip_equal(*lower, *upper, *steps)) {
    Count from = getConstantIntValue(first), to = getConstantIntValue(end);
    Count by = getConstantIntValue(step);
    if (!from || !to || !by || *by <= 0)
      return std::nullopt;
    iterations = multiply(iterations,
                          *to > *from ? llvm::divideCeil(*to - *from, *by) : 0);
  }
  return iterations;
}

/// Of the regions of `op` all run, or one if it is a branch: the heaviest.
static Count countFlops(Operation *op) {
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return countFlops(structured);
  if (op->getNumRegions() == 0)
    return isArithmetic(op) ? 1 : 0;
  bool isBranch = isa<scf::IfOp, scf::IndexSwitchOp>(op);
  Count sum = 0;
  for (Region &region : op->getRegions())
    for (Block &block : region) {
      Count flops = countFlops(block);
      sum = isBranch && sum && flops ? std::max(sum, flops) : add(sum, flops);
    }
  if (isBranch)
    return sum;
  auto loop = dyn_cast<LoopLikeOpInterface>(op);
  return multiply(sum, loop ? countIterations(loop) : Count());
}

static Count countFlops(Block &block) {
  Count sum = 0;
  for (Operation &op : block)
    sum = add(sum, countFlops(&op));
  return sum;
}

static Count countBytes(func::FuncOp kernel) {
  Count sum = 0;
  for (Type type : kernel.getArgumentTypes())
    if (auto memref = dyn_cast<MemRefType>(type))
      sum = add(sum, memref.hasStaticShape() ? Count(getTotalBytes(memref))
                                             : Count());
  return sum;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct DescribeKernels
    : graph_compile::impl::DescribeKernelsBase<DescribeKernels> {
  void runOnOperation() override;
};
} // namespace

void DescribeKernels::runOnOperation() {
  Builder builder(&getContext());
  auto set = [&](func::FuncOp kernel, StringRef name, Count count) {
    if (count)
      kernel->setAttr(name, builder.getI64IntegerAttr(*count));
  };
  for (auto kernel : getOperation().getOps<func::FuncOp>()) {
    if (kernel.isExternal() || !kernel->hasAttr(step::StepDialect::kKernelAttr))
      continue;
    kernel->setAttr(step::StepDialect::kKindAttr,
                    builder.getStringAttr(getWorkName(classify(kernel))));
    set(kernel, step::StepDialect::kFlopsAttr,
        countFlops(kernel.getBody().front()));
    set(kernel, step::StepDialect::kBytesAttr, countBytes(kernel));
  }
}
