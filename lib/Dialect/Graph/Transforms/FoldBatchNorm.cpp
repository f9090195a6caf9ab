//===- FoldBatchNorm.cpp - fold batch normalization into weights ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plans (see FoldPlan.h) are made first and carried out then, because weights
// that several ops share are worth folding if all of them ask for the same.
//
//===----------------------------------------------------------------------===//

#include "DeadOps.h"
#include "FoldPlan.h"

#include "graph-compile/Dialect/Graph/Transforms/Passes.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/MapVector.h"

namespace graph_compile {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

/// Weights of up to this size are copied for one of several users. A norm costs
/// next to nothing in the kernel of what comes before, so large copies do not
/// pay.
static constexpr int64_t maxCopiedBytes = 256 * 1024;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

namespace {
/// What a site's op gets: other weights, and a bias that may be null.
struct Replacement {
  Value weights, bias;
};

class Folder {
public:
  Folder(FuncOp function)
      : function(function), rewriter(function->getContext()) {}

  /// Returns how many norms it folded.
  unsigned run();

private:
  unsigned runBefore();
  unsigned runBehind();
  bool isWorthCopying(const FoldSite &site);
  LogicalResult prepare(const FoldPlan &plan,
                        SmallVectorImpl<Replacement> &replacements,
                        Value &remainder);
  void replaceWeights(const FoldSite &site, const Replacement &replacement,
                      Location loc);
  bool carryOut(const FoldPlan &plan, StringRef where);
  unsigned carryOut(ArrayRef<FoldPlan> plans, StringRef where);
  void reject(const FoldPlan &plan, StringRef why);
  void erase(Operation *op);
  void reportMissed();

  remark::RemarkOpts getOptions() {
    return remark::RemarkOpts::name("BatchNorm")
        .category("fold")
        .function(function.getName());
  }

  FuncOp function;
  IRRewriter rewriter;
  /// What is asked of each constant.
  DenseMap<Operation *, SmallVector<FoldSite, 1>> sitesOf;
  DenseSet<Operation *> erased;
  /// Why norms were not folded, in their order.
  llvm::MapVector<Operation *, std::string> reasons;
};
} // namespace

/// Whether weights are worth a version for `site`: if no other op uses them, if
/// all that do ask for the same, or if they are small.
bool Folder::isWorthCopying(const FoldSite &site) {
  RankedTensorType type = site.op.getWeightsType();
  if (type.getNumElements() * type.getElementTypeBitWidth() / 8 <=
      maxCopiedBytes)
    return true;
  // Along reshapes of the constant.
  size_t numUses = 0;
  SmallVector<Value> values = {site.op.getConstant().getResult()};
  for (unsigned i = 0; i < values.size(); ++i)
    for (OpOperand &use : values[i].getUses()) {
      Operation *user = use.getOwner();
      if (isa<ReshapeOp, ExpandDimsOp, SqueezeOp>(user))
        values.push_back(user->getResult(0));
      else if (!isa<ShapeOp, SizeOp>(user))
        ++numUses;
    }
  ArrayRef<FoldSite> sites = sitesOf[site.op.getConstant()];
  return sites.size() == numUses &&
         llvm::all_of(sites, [&](const FoldSite &other) {
           return other.affine.factor == site.affine.factor &&
                  other.scalesColumns() == site.scalesColumns() &&
                  other.op.getWeightsType() == type;
         });
}

/// A constant of `numbers` that broadcasts along dim `axis` of `type`.
static Value createChannels(OpBuilder &builder, Location loc,
                            RankedTensorType type, int64_t axis,
                            ArrayRef<double> numbers) {
  SmallVector<int64_t> shape(type.getRank() - axis, 1);
  shape.front() = numbers.size();
  return createFloats(builder, loc, type.clone(shape), numbers);
}

static void eraseUnused(Value constant) {
  if (constant)
    constant.getDefiningOp()->erase();
}

/// Computes what the op of `site` gets; nothing if that cannot be represented.
static std::optional<Replacement>
createReplacement(OpBuilder &builder, const FoldSite &site, Location loc) {
  auto weights = site.isResult ? site.op.scaleResult(site.affine.factor)
                               : site.op.scaleInput(site.affine.factor);
  std::optional<std::vector<double>> bias = site.affine.shift;
  if (!site.isResult && site.affine.isShifted())
    bias = site.op.passShift(site.affine.shift);
  if (!weights || !bias)
    return std::nullopt;
  Replacement result;
  result.weights = createFloats(builder, site.op.getConstant().getLoc(),
                                site.op.getWeightsType(), *weights);
  if (!result.weights)
    return std::nullopt;
  if (!site.affine.isShifted())
    return result;
  RankedTensorType type = getTensorType(site.op.getOp()->getResult(0));
  result.bias =
      createChannels(builder, loc, type, site.op.getResultAxis(), *bias);
  if (result.bias)
    return result;
  eraseUnused(result.weights);
  return std::nullopt;
}

/// `value` as one of type `type`, which says no less of its shape.
static Value retype(OpBuilder &builder, Location loc, Value value, Type type) {
  if (value.getType() == type)
    return value;
  return CastOp::create(
      builder, loc, type, value,
      TypeAttr::get(cast<RankedTensorType>(type).getElementType()));
}

void Folder::reject(const FoldPlan &plan, StringRef why) {
  for (OpOperand *step : plan.steps)
    reasons[step->getOwner()] = why;
}

/// Creates what the sites of `plan` get, in their order, and the constant that
/// is added instead of the norm, if there is one. Fails, and nothing has
/// happened, if numbers get too large for their types.
LogicalResult Folder::prepare(const FoldPlan &plan,
                              SmallVectorImpl<Replacement> &replacements,
                              Value &remainder) {
  Location loc = plan.root->getLoc();
  bool isDone = true;
  if (!plan.remainder.empty()) {
    rewriter.setInsertionPoint(plan.root);
    auto type = getTensorType(plan.root->getResult(0));
    remainder = createChannels(rewriter, loc, type, plan.axis, plan.remainder);
    isDone = remainder != nullptr;
  }
  for (const FoldSite &site : plan.sites) {
    if (!isDone)
      break;
    rewriter.setInsertionPoint(site.op.getOp());
    std::optional<Replacement> replacement =
        createReplacement(rewriter, site, loc);
    isDone = replacement.has_value();
    if (isDone)
      replacements.push_back(*replacement);
  }
  if (isDone)
    return success();
  eraseUnused(remainder);
  for (Replacement &unused : replacements) {
    eraseUnused(unused.weights);
    eraseUnused(unused.bias);
  }
  reject(plan, "the new weights would not be finite");
  return failure();
}

void Folder::erase(Operation *op) {
  eraseIfDead(rewriter, op, [&](Operation *dead) { erased.insert(dead); });
}

/// Gives the op of `site` its weights and its bias.
void Folder::replaceWeights(const FoldSite &site,
                            const Replacement &replacement, Location loc) {
  Operation *op = site.op.getOp();
  OpOperand &weights = site.op.getWeights();
  Operation *before = weights.get().getDefiningOp();
  rewriter.modifyOpInPlace(op, [&] { weights.set(replacement.weights); });
  erase(before);
  if (!replacement.bias)
    return;
  rewriter.setInsertionPointAfter(op);
  Value result = op->getResult(0);
  auto biased =
      AddOp::create(rewriter, loc, result.getType(), result, replacement.bias);
  rewriter.replaceAllUsesExcept(result, biased, biased);
}

/// Does what `plan` says, if that is possible.
bool Folder::carryOut(const FoldPlan &plan, StringRef where) {
  Location loc = plan.root->getLoc();
  SmallVector<Replacement> replacements;
  Value remainder;
  if (failed(prepare(plan, replacements, remainder)))
    return false;
  remark::passed(loc, getOptions())
      << (Twine(describeNode(loc)) +
          ": batch normalization is folded into the weights of " +
          describeNode(plan.sites.front().op.getOp()->getLoc()) + " " + where +
          " it")
             .str();
  for (auto [site, replacement] : llvm::zip_equal(plan.sites, replacements))
    replaceWeights(site, replacement, loc);
  for (OpOperand *step : plan.steps) {
    Operation *op = step->getOwner();
    Value tensor = step->get();
    rewriter.setInsertionPoint(op);
    if (remainder)
      tensor =
          AddOp::create(rewriter, loc, tensor.getType(), tensor, remainder);
    Value result = op->getResult(0);
    rewriter.replaceAllUsesWith(
        result, retype(rewriter, loc, tensor, result.getType()));
    erase(op);
  }
  return true;
}

/// Carries out the plans whose weights are worth it and returns their number.
unsigned Folder::carryOut(ArrayRef<FoldPlan> plans, StringRef where) {
  sitesOf.clear();
  for (const FoldPlan &plan : plans)
    for (const FoldSite &site : plan.sites)
      sitesOf[site.op.getConstant()].push_back(site);
  // What one plan does to the users of a constant must not change what is said
  // of the next.
  SmallVector<const FoldPlan *> chosen;
  for (const FoldPlan &plan : plans) {
    if (llvm::all_of(plan.sites, [&](const FoldSite &site) {
          return isWorthCopying(site);
        }))
      chosen.push_back(&plan);
    else
      reject(plan, "its weights are large and have other users");
  }
  return llvm::count_if(
      chosen, [&](const FoldPlan *plan) { return carryOut(*plan, where); });
}

unsigned Folder::runBefore() {
  SmallVector<FoldPlan> plans;
  DenseSet<Operation *> roots;
  function.walk([&](Operation *op) {
    if (!getScaledAxis(op))
      return;
    std::optional<FoldPlan> plan = planFoldBefore(op, reasons[op]);
    if (plan && roots.insert(plan->root).second)
      plans.push_back(std::move(*plan));
  });
  // A norm on the way of another one goes with it.
  DenseSet<Operation *> covered;
  for (const FoldPlan &plan : plans)
    for (OpOperand *step : ArrayRef(plan.steps).drop_front())
      covered.insert(step->getOwner());
  llvm::erase_if(
      plans, [&](const FoldPlan &plan) { return covered.contains(plan.root); });
  return carryOut(plans, "before");
}

unsigned Folder::runBehind() {
  SmallVector<FoldPlan> plans;
  function.walk([&](BatchNormOp norm) {
    if (std::optional<FoldPlan> plan = planFoldBehind(norm, reasons[norm]))
      plans.push_back(std::move(*plan));
  });
  return carryOut(plans, "behind");
}

void Folder::reportMissed() {
  for (auto &[op, why] : reasons)
    if (!erased.contains(op) && isa<BatchNormOp>(op))
      remark::missed(op->getLoc(), getOptions())
          << (describeNode(op->getLoc()) +
              ": batch normalization is not folded: " + why);
}

unsigned Folder::run() {
  unsigned numFolded = runBefore();
  numFolded += runBehind();
  reportMissed();
  return numFolded;
}

namespace {
struct FoldBatchNorm : graph_compile::impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<FuncOp>())
      numFolded += Folder(function).run();
  }
};
} // namespace
