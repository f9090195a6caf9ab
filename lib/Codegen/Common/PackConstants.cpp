//===- PackConstants.cpp - lay constant factors out in panels -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A contraction computes some neighbouring columns of its result at a time, in
// registers, and walks the right factor down those columns. Where that factor
// is a constant, its elements are put into the order of the walk when the
// weights are written: the kernel then reads them one after the other, whatever
// the factor's layout was.
//
//===----------------------------------------------------------------------===//

#include "ElementBytes.h"
#include "KernelSignature.h"
#include "PaddedReads.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/MapVector.h"

namespace graph_compile {
#define GEN_PASS_DEF_PACKCONSTANTS
#include "graph-compile/Codegen/Common/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

/// Bytes of a vector register of the widest kind, and of a row of a panel, in
/// what is accumulated. The same for all CPUs, so that their code can share the
/// weights.
static constexpr int64_t kVectorBytes = 64;
static constexpr int64_t kRowBytes = 2 * kVectorBytes;
/// So few columns fill no vector.
static constexpr int64_t kMinColumns = 4;

//===----------------------------------------------------------------------===//
// What can be packed
//===----------------------------------------------------------------------===//

namespace {
/// An argument of a kernel that may come in panels.
struct PackableArgument {
  unsigned argument;
  /// The operation that reads it, through which operand.
  linalg::GenericOp reader;
  unsigned operand;
  /// The loop of the columns, and the argument's dimension that it walks.
  unsigned columnLoop, dim;
  int64_t width;
};
} // namespace

/// The loop that walks neighbouring elements of the result, if `op` is a
/// contraction.
static std::optional<unsigned> getColumnLoop(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() == 0 || !isMultiplyAdd(*op.getBody()))
    return std::nullopt;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!result.isProjectedPermutation() || result.getNumResults() == 0)
    return std::nullopt;
  return result.getDimPosition(result.getNumResults() - 1);
}

/// Whether `operand` is the factor of `op` that has the columns, and walks some
/// reduction loop.
static bool isColumnFactor(linalg::GenericOp op, OpOperand *operand,
                           unsigned columnLoop) {
  AffineMap map = op.getMatchingIndexingMap(operand);
  if (!map.isProjectedPermutation() || !map.isFunctionOfDim(columnLoop))
    return false;
  for (OpOperand *other : op.getDpsInputOperands())
    if (other != operand &&
        op.getMatchingIndexingMap(other).isFunctionOfDim(columnLoop))
      return false;
  SmallVector<unsigned> reductions;
  op.getReductionDims(reductions);
  return llvm::any_of(reductions,
                      [&](unsigned loop) { return map.isFunctionOfDim(loop); });
}

static std::optional<PackableArgument> findPackable(BlockArgument argument) {
  auto type = dyn_cast<MemRefType>(argument.getType());
  if (!type || !type.hasStaticShape() || type.getNumElements() == 0 ||
      !argument.hasOneUse())
    return std::nullopt;
  OpOperand &use = *argument.use_begin();
  auto reader = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!reader || !reader.isDpsInput(&use))
    return std::nullopt;
  std::optional<unsigned> columnLoop = getColumnLoop(reader);
  if (!columnLoop || !isColumnFactor(reader, &use, *columnLoop))
    return std::nullopt;
  unsigned dim = *reader.getMatchingIndexingMap(&use).getResultPosition(
      getAffineDimExpr(*columnLoop, argument.getContext()));
  int64_t columns = type.getDimSize(dim);
  // Few columns make one panel, of whole vectors.
  int64_t bytes = getElementBytes(reader.getRegionOutputArgs()[0].getType());
  int64_t width = std::min<int64_t>(
      llvm::alignTo(columns, kVectorBytes / bytes), kRowBytes / bytes);
  bool isPanel = dim + 1 == type.getRank() && columns == width;
  if (columns < kMinColumns || isPanel)
    return std::nullopt;
  return PackableArgument{argument.getArgNumber(),
                          reader,
                          use.getOperandNumber(),
                          *columnLoop,
                          dim,
                          width};
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

/// The map of an operand in panels: column j is in panel j / width, at
/// j % width.
static AffineMap getPanelsMap(AffineMap map, const PackableArgument &packable) {
  AffineExpr column = getAffineDimExpr(packable.columnLoop, map.getContext());
  SmallVector<AffineExpr> exprs = {column.floorDiv(packable.width)};
  for (auto [dim, expr] : llvm::enumerate(map.getResults()))
    if (dim != packable.dim)
      exprs.push_back(expr);
  exprs.push_back(column % packable.width);
  return AffineMap::get(map.getNumDims(), 0, exprs, map.getContext());
}

/// Makes the kernel take an argument in panels.
static void packArgument(func::FuncOp kernel,
                         const PackableArgument &packable) {
  BlockArgument argument = kernel.getArgument(packable.argument);
  auto type = cast<MemRefType>(argument.getType());
  RankedTensorType packed =
      step::PanelsAttr::getPanelsType(type, packable.dim, packable.width);
  argument.setType(getPlaceType(packed));
  kernel.setFunctionType(FunctionType::get(
      kernel.getContext(), kernel.getBody().front().getArgumentTypes(), {}));

  linalg::GenericOp reader = packable.reader;
  SmallVector<AffineMap> maps = reader.getIndexingMapsArray();
  maps[packable.operand] = getPanelsMap(maps[packable.operand], packable);
  reader.setIndexingMapsAttr(OpBuilder(reader).getAffineMapArrayAttr(maps));
}

namespace {
struct PackConstants : graph_compile::impl::PackConstantsBase<PackConstants> {
  void runOnOperation() override;

private:
  using Arguments = SmallVector<unsigned, 2>;
  const SmallVector<PackableArgument, 1> &getPackable(func::FuncOp kernel);
  func::FuncOp getPackedKernel(func::FuncOp kernel, const Arguments &arguments,
                               SymbolTable &symbols);
  void pack(step::LaunchOp launch, SymbolTable &symbols);

  llvm::DenseMap<Operation *, SmallVector<PackableArgument, 1>> packableOf;
  /// For each kernel, the kernels that take some arguments in panels.
  llvm::DenseMap<Operation *,
                 SmallVector<std::pair<Arguments, func::FuncOp>, 1>>
      packedOf;
};
} // namespace

const SmallVector<PackableArgument, 1> &
PackConstants::getPackable(func::FuncOp kernel) {
  auto [entry, isNew] = packableOf.try_emplace(kernel);
  if (isNew)
    for (BlockArgument argument : kernel.getArguments())
      if (std::optional<PackableArgument> packable = findPackable(argument))
        entry->second.push_back(*packable);
  return entry->second;
}

func::FuncOp PackConstants::getPackedKernel(func::FuncOp kernel,
                                            const Arguments &arguments,
                                            SymbolTable &symbols) {
  auto &known = packedOf[kernel];
  for (auto &[packed, function] : known)
    if (packed == arguments)
      return function;
  func::FuncOp clone = kernel.clone();
  clone.setName((kernel.getName() + "_packed").str());
  symbols.insert(clone, std::next(kernel->getIterator()));
  for (unsigned argument : arguments)
    packArgument(clone, *findPackable(clone.getArgument(argument)));
  known.push_back({arguments, clone});
  return clone;
}

/// Gives `launch` its constants in panels, and a kernel that takes them so.
void PackConstants::pack(step::LaunchOp launch, SymbolTable &symbols) {
  auto kernel = symbols.lookup<func::FuncOp>(launch.getKernel());
  Arguments arguments;
  for (const PackableArgument &packable : getPackable(kernel)) {
    if (packable.argument >= launch.getInputs().size())
      continue; // an output
    OpOperand &operand = launch->getOpOperand(packable.argument);
    auto constant = operand.get().getDefiningOp<arith::ConstantOp>();
    if (!constant)
      continue;
    auto source = dyn_cast<ElementsAttr>(constant.getValue());
    if (!source)
      continue;
    OpBuilder builder(constant);
    auto panels = step::PanelsAttr::get(source, packable.dim, packable.width);
    operand.set(arith::ConstantOp::create(builder, constant.getLoc(), panels));
    if (constant->use_empty())
      constant.erase();
    arguments.push_back(packable.argument);
  }
  if (arguments.empty())
    return;
  func::FuncOp packed = getPackedKernel(kernel, arguments, symbols);
  launch.setKernelAttr(FlatSymbolRefAttr::get(packed.getSymNameAttr()));
}

void PackConstants::runOnOperation() {
  SymbolTable symbols(getOperation());
  llvm::SetVector<Operation *> launched, replaced;
  for (auto step : getOperation().getOps<func::FuncOp>()) {
    if (step.isExternal() || step->hasAttr(step::StepDialect::kKernelAttr))
      continue;
    SmallVector<step::LaunchOp> launches;
    step.walk([&](step::LaunchOp launch) { launches.push_back(launch); });
    for (step::LaunchOp launch : launches) {
      Operation *before = symbols.lookup(launch.getKernel());
      pack(launch, symbols);
      Operation *after = symbols.lookup(launch.getKernel());
      launched.insert(after);
      if (before != after)
        replaced.insert(before);
    }
  }
  for (Operation *kernel : replaced)
    if (!launched.contains(kernel))
      symbols.erase(kernel);
}
