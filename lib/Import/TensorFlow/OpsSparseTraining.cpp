//===- OpsSparseTraining.cpp - steps of optimizers at some rows -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// SparseApplyMomentum and its like: an optimizer's step at the rows of a
// variable and of its slots that have a gradient. TensorFlow takes repeated
// rows one after the other; its optimizers sum them up before, so here a
// repeated row fails the call.
//
//===----------------------------------------------------------------------===//

#include "IndexChain.h"
#include "OpFamilies.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::CompareDirection;
using graph::ScatterKind;

using Results = SmallVectorImpl<Value>;

namespace {
/// A variable of which some rows take a step.
struct Slot {
  unsigned input = 0;
  Value whole;
  Value rows; ///< widened
};

class SparseStep : public IndexChain {
public:
  explicit SparseStep(NodeBuilder &node) : IndexChain(node), node(node) {}

  /// Reads the first `number` inputs and checks the gradient and its rows
  /// against them.
  LogicalResult begin(unsigned number);
  /// Assigns the new rows, one for each slot, and ends the node.
  LogicalResult end(ValueRange newRows, Results &results);

  Value rows(unsigned slot) const { return slots[slot].rows; }
  Value gradient() const { return gradientRows; }

  /// The scalar input `name`, widened.
  Value number(StringRef name);
  Value positive(StringRef name);
  Value notNegative(StringRef name);
  Value notPositive(StringRef name);
  /// Whether the input `name` is the constant `value`.
  bool isConstant(StringRef name, double value);

  Value sqrt(Value x) { return op<graph::SqrtOp>(x); }
  Value rsqrt(Value x) { return op<graph::RsqrtOp>(x); }
  Value pow(Value x, Value y) { return op<graph::PowOp>({x, y}); }
  Value abs(Value x) { return op<graph::AbsOp>(x); }
  Value sign(Value x) { return op<graph::SignOp>(x); }
  Value neg(Value x) { return op<graph::NegOp>(x); }
  Value square(Value x) { return mul(x, x); }
  Value constant(double value) {
    return gradientRows ? scalar(value, gradientRows) : Value();
  }
  /// old * decay + x * (1 - decay)
  Value average(Value old, Value decay, Value x) {
    return add(mul(old, decay), mul(x, sub(constant(1), decay)));
  }

private:
  LogicalResult checkTypes(unsigned number);
  Value checkOnce(Value rows);
  Value checkNumber(StringRef name, CompareDirection direction, StringRef what);

  NodeBuilder &node;
  SmallVector<Slot, 4> slots;
  Value positions;
  Value gradientRows;
};
} // namespace

LogicalResult SparseStep::checkTypes(unsigned number) {
  unsigned grad = node.inputRange("grad").first;
  unsigned indices = node.inputRange("indices").first;
  if (failed(expectKind(node, grad, Floats)) ||
      failed(expectKind(node, indices, SignedInts)) ||
      failed(expectRank(node, indices, 1)))
    return failure();
  RankedTensorType type = node.variableType(0);
  for (unsigned i = 1; i < number; ++i)
    if (node.variableType(i) != type)
      return node.error() << "expected variable \""
                          << node.variable(i).getValue() << "\", which is "
                          << node.variableType(i) << ", to be as variable \""
                          << node.variable(0).getValue() << "\", which is "
                          << type;
  RankedTensorType gradType = node.inputType(grad);
  if (type.getRank() > 0 && gradType.getRank() == type.getRank() &&
      gradType.getElementType() == type.getElementType())
    return success();
  return node.error() << "expected input " << grad
                      << " (grad) to be rows of variable \""
                      << node.variable(0).getValue() << "\", which is " << type
                      << ", got " << gradType;
}

Value SparseStep::checkOnce(Value rows) {
  if (!rows || tensorType(rows).getDimSize(0) == 1)
    return rows;
  Type i32 = node.builder().getI32Type();
  Value numRows = part(shape(slots[0].whole), 0, 1);
  Value zeros = broadcastTo(integer(0, i32), numRows);
  Value ones = broadcastTo(integer(1, i32), shape(rows));
  Value counts = scatterRows(ScatterKind::Add, zeros, rows, ones);
  return checkTrue(rows, compare(CompareDirection::LE, counts, integer(1, i32)),
                   "a row is given twice");
}

LogicalResult SparseStep::begin(unsigned number) {
  if (failed(checkTypes(number)))
    return failure();
  for (unsigned i = 0; i < number; ++i) {
    auto read = node.ordered(
        graph::ReadOp::create(node.builder(), node.loc(), node.variableType(i),
                              node.variable(i).getValue()));
    // Sizes that are open may differ.
    Value whole = i == 0 ? read.getValue()
                         : checkSameShape(read.getValue(), slots[0].whole);
    if (!whole)
      return failure();
    slots.push_back({i, whole, Value()});
  }
  Value whole = slots[0].whole;
  Value indices = widenPositions(node.input(node.inputRange("indices").first));
  Value grad =
      checkDims(node.input(node.inputRange("grad").first), indices, 0, 0);
  auto rest =
      llvm::to_vector(llvm::seq<int64_t>(1, tensorType(whole).getRank()));
  grad = checkDims(grad, whole, rest, rest);
  positions = checkOnce(checkIndex(indices, whole, 0));
  gradientRows = widen(grad);
  if (!positions || !gradientRows)
    return failure();
  for (Slot &slot : slots) {
    slot.rows = widen(gather(slot.whole, positions, 0));
    if (!slot.rows)
      return failure();
  }
  return success();
}

LogicalResult SparseStep::end(ValueRange newRows, Results &results) {
  for (auto [slot, rows] : llvm::zip_equal(slots, newRows)) {
    if (!rows)
      return failure();
    Value narrow = cast(rows, tensorType(slot.whole).getElementType());
    Value value =
        scatterRows(ScatterKind::Update, slot.whole, positions, narrow);
    if (!value)
      return failure();
    node.ordered(graph::AssignOp::create(node.builder(), node.loc(),
                                         node.variable(slot.input).getValue(),
                                         value));
  }
  results.append(node.info().outputs.size(), Value());
  return success();
}

Value SparseStep::number(StringRef name) {
  unsigned i = node.inputRange(name).first;
  if (failed(expectRank(node, i, 0)))
    return {};
  return widen(node.input(i));
}

Value SparseStep::checkNumber(StringRef name, CompareDirection direction,
                              StringRef what) {
  Value x = number(name);
  if (!x)
    return {};
  return checkTrue(x, compare(direction, x, scalar(0, x)),
                   ("expects " + name + " " + what).str());
}

Value SparseStep::positive(StringRef name) {
  return checkNumber(name, CompareDirection::GT, "to be positive");
}

Value SparseStep::notNegative(StringRef name) {
  return checkNumber(name, CompareDirection::GE, "not to be negative");
}

Value SparseStep::notPositive(StringRef name) {
  return checkNumber(name, CompareDirection::LE, "not to be positive");
}

bool SparseStep::isConstant(StringRef name, double value) {
  auto elements = dyn_cast_or_null<DenseFPElementsAttr>(
      node.constantInput(node.inputRange(name).first));
  return elements && elements.isSplat() &&
         elements.getSplatValue<APFloat>().convertToDouble() == value;
}

//===----------------------------------------------------------------------===//
// Optimizers
//===----------------------------------------------------------------------===//

static LogicalResult buildMomentum(NodeBuilder &node, Results &results) {
  SparseStep step(node);
  if (failed(step.begin(2)))
    return failure();
  Value rate = step.number("lr"), momentum = step.number("momentum");
  Value accum = step.add(step.mul(step.rows(1), momentum), step.gradient());
  Value delta = step.mul(accum, rate);
  if (node.boolAttr("use_nesterov"))
    delta = step.add(step.mul(step.gradient(), rate),
                     step.mul(step.mul(accum, momentum), rate));
  return step.end({step.sub(step.rows(0), delta), accum}, results);
}

static LogicalResult buildKerasMomentum(NodeBuilder &node, Results &results) {
  SparseStep step(node);
  if (failed(step.begin(2)))
    return failure();
  Value momentum = step.number("momentum");
  Value delta = step.mul(step.gradient(), step.number("lr"));
  Value accum = step.sub(step.mul(step.rows(1), momentum), delta);
  Value move = accum;
  if (node.boolAttr("use_nesterov"))
    move = step.sub(step.mul(accum, momentum), delta);
  return step.end({step.add(step.rows(0), move), accum}, results);
}

/// Adagrad, and AdagradV2, which has an epsilon.
template <bool hasEpsilon>
static LogicalResult buildAdagrad(NodeBuilder &node, Results &results) {
  SparseStep step(node);
  if (failed(step.begin(2)))
    return failure();
  Value accum = step.rows(1);
  if (node.boolAttr("update_slots"))
    accum = step.add(accum, step.square(step.gradient()));
  Value root = step.sqrt(accum);
  if (hasEpsilon)
    root = step.add(root, step.number("epsilon"));
  Value delta = step.div(step.mul(step.gradient(), step.number("lr")), root);
  return step.end({step.sub(step.rows(0), delta), accum}, results);
}

/// `x` moved towards zero by the penalties l1 and l2 at the rate `rate`.
static Value shrink(SparseStep &step, Value x, Value rate) {
  Value l1 = step.notNegative("l1"), l2 = step.notNegative("l2");
  Value rest =
      step.max(step.sub(step.abs(x), step.mul(rate, l1)), step.constant(0));
  return step.div(step.mul(step.sign(x), rest),
                  step.add(step.mul(rate, l2), step.constant(1)));
}

static LogicalResult buildProximalAdagrad(NodeBuilder &node, Results &results) {
  SparseStep step(node);
  if (failed(step.begin(2)))
    return failure();
  Value accum = step.add(step.rows(1), step.square(step.gradient()));
  Value rate = step.mul(step.rsqrt(accum), step.positive("lr"));
  Value moved = step.sub(step.rows(0), step.mul(step.gradient(), rate));
  return step.end({shrink(step, moved, rate), accum}, results);
}

static LogicalResult buildProximalGradientDescent(NodeBuilder &node,
                                                  Results &results) {
  SparseStep step(node);
  if (failed(step.begin(1)))
    return failure();
  Value rate = step.number("alpha");
  Value moved = step.sub(step.rows(0), step.mul(step.gradient(), rate));
  return step.end(shrink(step, moved, rate), results);
}

/// Ftrl, and FtrlV2, which has a penalty on the size of the variable.
template <bool hasShrinkage>
static LogicalResult buildFtrl(NodeBuilder &node, Results &results) {
  SparseStep step(node);
  if (failed(step.begin(3)))
    return failure();
  bool timesRate = node.boolAttr("multiply_linear_by_lr");
  Value var = step.rows(0), accum = step.rows(1), linear = step.rows(2);
  Value rate = timesRate ? step.notNegative("lr") : step.positive("lr");
  Value l1 = step.notNegative("l1"), l2 = step.notNegative("l2");
  bool isRoot = step.isConstant("lr_power", -0.5);
  Value power = step.neg(step.notPositive("lr_power"));
  auto raise = [&](Value x) {
    return isRoot ? step.sqrt(x) : step.pow(x, power);
  };
  // With `multiply_linear_by_lr` everything is scaled by the rate.
  auto perRate = [&](Value x) { return timesRate ? x : step.div(x, rate); };
  auto scaled = [&](Value x) { return timesRate ? step.mul(x, rate) : x; };

  Value grad = step.gradient();
  if (hasShrinkage)
    grad = step.add(grad, step.mul(step.mul(step.constant(2),
                                            step.notNegative("l2_shrinkage")),
                                   var));
  Value newAccum = step.add(accum, step.square(step.gradient()));
  Value raised = raise(newAccum);
  Value sigma = perRate(step.sub(raised, raise(accum)));
  linear = step.sub(step.add(linear, scaled(grad)), step.mul(sigma, var));
  Value limit = scaled(l1);
  Value excess = step.sub(step.mul(step.sign(linear), limit), linear);
  Value divisor =
      step.add(perRate(raised), scaled(step.mul(step.constant(2), l2)));
  Value isLarge = step.compare(CompareDirection::GT, step.abs(linear), limit);
  var = step.select(isLarge, step.div(excess, divisor), step.constant(0));
  return step.end({var, newAccum, linear}, results);
}

static LogicalResult buildRmsProp(NodeBuilder &node, Results &results) {
  SparseStep step(node);
  if (failed(step.begin(3)))
    return failure();
  Value grad = step.gradient();
  Value ms = step.average(step.rows(1), step.number("rho"), step.square(grad));
  Value delta =
      step.mul(step.mul(step.rsqrt(step.add(ms, step.number("epsilon"))),
                        step.number("lr")),
               grad);
  Value mom = step.add(step.mul(step.rows(2), step.number("momentum")), delta);
  return step.end({step.sub(step.rows(0), mom), ms, mom}, results);
}

static LogicalResult buildCenteredRmsProp(NodeBuilder &node, Results &results) {
  SparseStep step(node);
  if (failed(step.begin(4)))
    return failure();
  Value grad = step.gradient(), rho = step.number("rho");
  Value mg = step.average(step.rows(1), rho, grad);
  Value ms = step.average(step.rows(2), rho, step.square(grad));
  Value variance =
      step.add(step.sub(ms, step.square(mg)), step.number("epsilon"));
  Value delta =
      step.mul(step.mul(step.rsqrt(variance), step.number("lr")), grad);
  Value mom = step.add(step.mul(step.rows(3), step.number("momentum")), delta);
  return step.end({step.sub(step.rows(0), mom), mg, ms, mom}, results);
}

static LogicalResult buildAdadelta(NodeBuilder &node, Results &results) {
  SparseStep step(node);
  if (failed(step.begin(3)))
    return failure();
  Value grad = step.gradient(), rho = step.number("rho");
  Value epsilon = step.number("epsilon");
  Value accum = step.average(step.rows(1), rho, step.square(grad));
  Value update = step.mul(step.mul(step.sqrt(step.add(step.rows(2), epsilon)),
                                   step.rsqrt(step.add(accum, epsilon))),
                          grad);
  Value updates = step.average(step.rows(2), rho, step.square(update));
  Value var = step.sub(step.rows(0), step.mul(update, step.number("lr")));
  return step.end({var, accum, updates}, results);
}

//===----------------------------------------------------------------------===//
// Table
//===----------------------------------------------------------------------===//

namespace {
struct Optimizer {
  StringLiteral name;
  std::vector<StringRef> slots;
  StringLiteral inputs;
  StringLiteral attributes;
  BuildFn build;
};
} // namespace

static void addOptimizer(OpTable &table, const Optimizer &optimizer,
                         bool isResource) {
  std::string signature;
  for (StringRef slot : optimizer.slots)
    signature += (slot + (isResource ? ": resource, " : ": Ref(T), ")).str();
  signature += optimizer.inputs;
  signature += isResource ? " -> ; " : " -> out: Ref(T); ";
  signature += "use_locking: bool = false";
  signature += optimizer.attributes;
  StringRef prefix = isResource ? "Resource" : "";
  OpInfo &info =
      table.add((prefix + optimizer.name).str(), signature, optimizer.build);
  for (unsigned i = 0; i < optimizer.slots.size(); ++i)
    info.updates(i);
  if (!isResource)
    info.passesReference(0);
  info.note("a row outside or given twice fails the call");
}

void tensorflow::registerSparseTrainingOps(OpTable &table) {
  constexpr StringLiteral nesterov = ", use_nesterov: bool = false";
  constexpr StringLiteral updateSlots = ", update_slots: bool = true";
  constexpr StringLiteral timesRate = ", multiply_linear_by_lr: bool = false";
  const Optimizer optimizers[] = {
      {"SparseApplyMomentum",
       {"var", "accum"},
       "lr: T, grad: T, indices: Tindices, momentum: T",
       nesterov,
       buildMomentum},
      {"SparseApplyAdagrad",
       {"var", "accum"},
       "lr: T, grad: T, indices: Tindices",
       updateSlots,
       buildAdagrad<false>},
      {"SparseApplyAdagradV2",
       {"var", "accum"},
       "lr: T, epsilon: T, grad: T, indices: Tindices",
       updateSlots,
       buildAdagrad<true>},
      {"SparseApplyProximalAdagrad",
       {"var", "accum"},
       "lr: T, l1: T, l2: T, grad: T, indices: Tindices",
       "",
       buildProximalAdagrad},
      {"SparseApplyProximalGradientDescent",
       {"var"},
       "alpha: T, l1: T, l2: T, grad: T, indices: Tindices",
       "",
       buildProximalGradientDescent},
      {"SparseApplyFtrl",
       {"var", "accum", "linear"},
       "grad: T, indices: Tindices, lr: T, l1: T, l2: T, lr_power: T",
       timesRate,
       buildFtrl<false>},
      {"SparseApplyFtrlV2",
       {"var", "accum", "linear"},
       "grad: T, indices: Tindices, lr: T, l1: T, l2: T, l2_shrinkage: T, "
       "lr_power: T",
       timesRate,
       buildFtrl<true>},
      {"SparseApplyRMSProp",
       {"var", "ms", "mom"},
       "lr: T, rho: T, momentum: T, epsilon: T, grad: T, indices: Tindices",
       "",
       buildRmsProp},
      {"SparseApplyCenteredRMSProp",
       {"var", "mg", "ms", "mom"},
       "lr: T, rho: T, momentum: T, epsilon: T, grad: T, indices: Tindices",
       "",
       buildCenteredRmsProp},
      {"SparseApplyAdadelta",
       {"var", "accum", "accum_update"},
       "lr: T, rho: T, epsilon: T, grad: T, indices: Tindices",
       "",
       buildAdadelta},
  };
  for (const Optimizer &optimizer : optimizers) {
    addOptimizer(table, optimizer, /*isResource=*/false);
    addOptimizer(table, optimizer, /*isResource=*/true);
  }
  // It has no form for references.
  addOptimizer(table,
               {"SparseApplyKerasMomentum",
                {"var", "accum"},
                "lr: T, grad: T, indices: Tindices, momentum: T",
                nesterov,
                buildKerasMomentum},
               /*isResource=*/true);
}
