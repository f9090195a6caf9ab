//===- OpsTraining.cpp - steps of TensorFlow's optimizers -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each op reads its variables, computes their new values and assigns them, all
// at its place in the order. The formulas are those of TensorFlow's kernels
// term by term, each rounded to the type of the variables, also in half.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// An error unless input `i` has the type of the variable at input 0.
static LogicalResult checkGradient(NodeBuilder &node, unsigned i) {
  RankedTensorType variable = node.variableType(0);
  RankedTensorType gradient = node.inputType(i);
  if (variable.getElementType() == gradient.getElementType() &&
      variable.getRank() == gradient.getRank() &&
      succeeded(verifyCompatibleShape(variable, gradient)))
    return success();
  return node.error() << "expected input " << i << " (" << inputName(node, i)
                      << ") to have the type of variable \""
                      << node.variable(0).getValue() << "\", which is "
                      << variable << ", got " << gradient;
}

/// var -= alpha * delta
static LogicalResult buildGradientDescent(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 1, Numbers)) || failed(expectRank(node, 1, 0)) ||
      failed(checkGradient(node, 2)))
    return failure();
  Chain chain(node);
  Value step = chain.mul(node.input(2), node.input(1));
  if (!step)
    return failure();
  node.ordered(graph::AssignSubOp::create(node.builder(), node.loc(),
                                          node.variable(0).getValue(), step));
  results.append(node.info().outputs.size(), Value());
  return success();
}

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

namespace {
/// A value in a formula: its operators append ops to the chain.
struct Term {
  Chain *chain;
  Value value;

  Term constant(double number) const {
    return {chain, chain->scalar(number, value)};
  }
  template <typename OpTy> Term apply() const {
    return {chain, chain->op<OpTy>(value)};
  }
};
} // namespace

static Term operator+(Term a, Term b) {
  return {a.chain, a.chain->add(a.value, b.value)};
}
static Term operator-(Term a, Term b) {
  return {a.chain, a.chain->sub(a.value, b.value)};
}
static Term operator*(Term a, Term b) {
  return {a.chain, a.chain->mul(a.value, b.value)};
}
static Term operator/(Term a, Term b) {
  return {a.chain, a.chain->div(a.value, b.value)};
}
static Term operator+(double a, Term b) { return b.constant(a) + b; }
static Term operator-(double a, Term b) { return b.constant(a) - b; }
static Term operator*(double a, Term b) { return b.constant(a) * b; }

static Term abs(Term x) { return x.apply<graph::AbsOp>(); }
static Term sign(Term x) { return x.apply<graph::SignOp>(); }
static Term sqrt(Term x) { return x.apply<graph::SqrtOp>(); }
static Term rsqrt(Term x) { return x.apply<graph::RsqrtOp>(); }
static Term exp(Term x) { return x.apply<graph::ExpOp>(); }
static Term negate(Term x) { return x.apply<graph::NegOp>(); }
static Term square(Term x) { return x * x; }
static Term pow(Term x, Term exponent) {
  return {x.chain, x.chain->op<graph::PowOp>({x.value, exponent.value})};
}

/// a > b
static Term isGreater(Term a, Term b) {
  return {a.chain,
          a.chain->compare(graph::CompareDirection::GT, a.value, b.value)};
}
static Term select(Term condition, Term a, Term b) {
  return {a.chain, a.chain->select(condition.value, a.value, b.value)};
}

/// The greater one, `a` where one is NaN.
static Term greater(Term a, Term b) { return select(isGreater(b, a), b, a); }

/// sign(x) * max(|x| - threshold, 0)
static Term shrink(Term x, Term threshold) {
  return sign(x) * greater(abs(x) - threshold, x.constant(0));
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

namespace {
/// One update: its variables come first among the inputs, one other input is
/// the gradient, which has their type, and the rest are scalars.
class Step {
public:
  explicit Step(NodeBuilder &node) : node(node), chain(node) {}

  /// Checks the inputs and reads the variables.
  LogicalResult begin();
  /// Assigns the variables that the formula has given another value.
  LogicalResult end();

  /// The variable of that name, to compute with and to set.
  Term &variable(StringRef name) {
    return variables[node.inputRange(name).first];
  }
  Term gradient() { return {&chain, gradientValue}; }
  Term scalar(StringRef name) {
    return {&chain, node.input(node.inputRange(name).first)};
  }
  bool flag(StringRef name) { return node.boolAttr(name); }

private:
  LogicalResult checkInputs();
  /// "delta" if the op calls it so.
  unsigned gradientInput() const {
    auto [input, count] = node.inputRange("grad");
    return count ? input : node.inputRange("delta").first;
  }

  NodeBuilder &node;
  Chain chain;
  SmallVector<Term, 4> variables;
  SmallVector<Value, 4> read;
  Value gradientValue;
};
} // namespace

LogicalResult Step::checkInputs() {
  unsigned gradient = gradientInput();
  if (failed(expectKind(node, gradient, Floats)) ||
      failed(checkGradient(node, gradient)))
    return failure();
  unsigned count = node.info().accesses.size();
  for (unsigned i = 1; i != count; ++i)
    if (node.variableType(i) != node.variableType(0))
      return node.error() << "expected variable \""
                          << node.variable(i).getValue()
                          << "\" to have the type of variable \""
                          << node.variable(0).getValue() << "\", which is "
                          << node.variableType(0) << ", got "
                          << node.variableType(i);
  for (unsigned i = count, e = node.numInputs(); i != e; ++i)
    if (i != gradient && failed(expectRank(node, i, 0)))
      return failure();
  return success();
}

LogicalResult Step::begin() {
  if (failed(checkInputs()))
    return failure();
  for (unsigned i = 0, e = node.info().accesses.size(); i != e; ++i) {
    auto op = node.ordered(graph::ReadOp::create(node.builder(), node.loc(),
                                                 node.variableType(i),
                                                 node.variable(i).getValue()));
    // Sizes that are open may differ.
    Value value =
        i == 0 ? op.getValue() : chain.checkSameShape(op.getValue(), read[0]);
    if (!value)
      return failure();
    read.push_back(value);
    variables.push_back({&chain, value});
  }
  gradientValue = chain.checkSameShape(node.input(gradientInput()), read[0]);
  return success(gradientValue != nullptr);
}

LogicalResult Step::end() {
  for (const Term &term : variables)
    if (!term.value)
      return failure();
  for (auto [i, term] : llvm::enumerate(variables))
    if (term.value != read[i])
      node.ordered(graph::AssignOp::create(
          node.builder(), node.loc(), node.variable(i).getValue(), term.value));
  return success();
}

template <void (*formula)(Step &)>
static LogicalResult buildStep(NodeBuilder &node, Results &results) {
  Step step(node);
  if (failed(step.begin()))
    return failure();
  formula(step);
  results.append(node.info().outputs.size(), Value());
  return step.end();
}

static void momentum(Step &step) {
  Term &var = step.variable("var"), &accum = step.variable("accum");
  Term lr = step.scalar("lr"), decay = step.scalar("momentum");
  Term grad = step.gradient();
  accum = accum * decay + grad;
  var = var - (step.flag("use_nesterov") ? grad * lr + accum * decay * lr
                                         : accum * lr);
}

static void kerasMomentum(Step &step) {
  Term &var = step.variable("var"), &accum = step.variable("accum");
  Term decay = step.scalar("momentum");
  Term move = step.gradient() * step.scalar("lr");
  accum = accum * decay - move;
  var = var + (step.flag("use_nesterov") ? accum * decay - move : accum);
}

/// The moments of Adam's family: both move towards the gradient's.
static void moveMoments(Step &step) {
  Term &m = step.variable("m"), &v = step.variable("v");
  Term grad = step.gradient();
  m = m + (grad - m) * (1 - step.scalar("beta1"));
  v = v + (square(grad) - v) * (1 - step.scalar("beta2"));
}

/// Adam's learning rate with the correction of the moments' bias.
static Term correctedRate(Step &step) {
  return step.scalar("lr") * sqrt(1 - step.scalar("beta2_power")) /
         (1 - step.scalar("beta1_power"));
}

static void adam(Step &step) {
  Term &var = step.variable("var"), &m = step.variable("m");
  Term alpha = correctedRate(step), beta1 = step.scalar("beta1");
  moveMoments(step);
  Term move =
      step.flag("use_nesterov") ? step.gradient() * (1 - beta1) + beta1 * m : m;
  var =
      var - move * alpha / (sqrt(step.variable("v")) + step.scalar("epsilon"));
}

static void adamWithAmsgrad(Step &step) {
  Term &var = step.variable("var"), &vhat = step.variable("vhat");
  Term alpha = correctedRate(step);
  moveMoments(step);
  vhat = greater(vhat, step.variable("v"));
  var =
      var - step.variable("m") * alpha / (sqrt(vhat) + step.scalar("epsilon"));
}

static void adaMax(Step &step) {
  Term &var = step.variable("var"), &m = step.variable("m");
  Term &v = step.variable("v");
  Term grad = step.gradient();
  m = m + (grad - m) * (1 - step.scalar("beta1"));
  v = greater(step.scalar("beta2") * v, abs(grad));
  var = var - step.scalar("lr") / (1 - step.scalar("beta1_power")) *
                  (m / (v + step.scalar("epsilon")));
}

static void rmsProp(Step &step) {
  Term &var = step.variable("var"), &ms = step.variable("ms");
  Term &mom = step.variable("mom");
  Term grad = step.gradient();
  ms = ms + (square(grad) - ms) * (1 - step.scalar("rho"));
  mom = mom * step.scalar("momentum") +
        grad * step.scalar("lr") / sqrt(ms + step.scalar("epsilon"));
  var = var - mom;
}

static void centeredRmsProp(Step &step) {
  Term &var = step.variable("var"), &mg = step.variable("mg");
  Term &ms = step.variable("ms"), &mom = step.variable("mom");
  Term grad = step.gradient(), rate = 1 - step.scalar("rho");
  ms = ms + (square(grad) - ms) * rate;
  mg = mg + (grad - mg) * rate;
  mom =
      mom * step.scalar("momentum") +
      grad * step.scalar("lr") / sqrt(ms - square(mg) + step.scalar("epsilon"));
  var = var - mom;
}

static void adagrad(Step &step) {
  Term &var = step.variable("var"), &accum = step.variable("accum");
  Term grad = step.gradient();
  if (step.flag("update_slots"))
    accum = accum + square(grad);
  var = var - grad * step.scalar("lr") * rsqrt(accum);
}

static void adagradV2(Step &step) {
  Term &var = step.variable("var"), &accum = step.variable("accum");
  Term grad = step.gradient();
  if (step.flag("update_slots"))
    accum = accum + square(grad);
  var = var - grad * step.scalar("lr") / (sqrt(accum) + step.scalar("epsilon"));
}

static void adagradDA(Step &step) {
  Term &var = step.variable("var");
  Term &sum = step.variable("gradient_accumulator");
  Term &squares = step.variable("gradient_squared_accumulator");
  Term lr = step.scalar("lr"), l1 = step.scalar("l1");
  sum = sum + step.gradient();
  squares = squares + square(step.gradient());

  // TensorFlow counts in float, also for double.
  Chain &chain = *var.chain;
  Type type = tensorType(var.value).getElementType();
  Value count = chain.cast(step.scalar("global_step").value,
                           Float32Type::get(type.getContext()));
  Term steps = {&chain, chain.cast(count, type)};

  Term shrunk =
      select(isGreater(l1, l1.constant(0)), shrink(sum, steps * l1), sum);
  var =
      negate(lr) * shrunk / (step.scalar("l2") * (steps * lr) + sqrt(squares));
}

static void adadelta(Step &step) {
  Term &var = step.variable("var"), &accum = step.variable("accum");
  Term &accumUpdate = step.variable("accum_update");
  Term rho = step.scalar("rho"), epsilon = step.scalar("epsilon");
  Term grad = step.gradient();
  accum = accum * rho + square(grad) * (1 - rho);
  Term update = sqrt(accumUpdate + epsilon) * rsqrt(accum + epsilon) * grad;
  var = var - update * step.scalar("lr");
  accumUpdate = accumUpdate * rho + square(update) * (1 - rho);
}

/// Both versions of Ftrl; `grad` has the shrinkage, the squares have not.
static void followLeader(Step &step, Term grad) {
  Term &var = step.variable("var"), &accum = step.variable("accum");
  Term &linear = step.variable("linear");
  Term lr = step.scalar("lr"), l1 = step.scalar("l1"), l2 = step.scalar("l2");
  Term power = step.scalar("lr_power");
  bool byRate = step.flag("multiply_linear_by_lr");
  Value isRoot = power.chain->compare(graph::CompareDirection::EQ, power.value,
                                      power.constant(-0.5).value);
  auto root = [&](Term x) {
    return select({x.chain, isRoot}, sqrt(x), pow(x, negate(power)));
  };

  Term sum = accum + square(step.gradient());
  Term growth = root(sum) - root(accum);
  linear =
      linear + (byRate ? grad * lr - growth * var : grad - growth / lr * var);
  Term threshold = byRate ? l1 * lr : l1;
  Term curvature = byRate ? root(sum) + 2 * l2 * lr : root(sum) / lr + 2 * l2;
  Term solution = (threshold * sign(linear) - linear) / curvature;
  var = select(isGreater(abs(linear), threshold), solution, var.constant(0));
  accum = sum;
}

static void ftrl(Step &step) { followLeader(step, step.gradient()); }

static void ftrlV2(Step &step) {
  followLeader(step, step.gradient() + 2 * step.scalar("l2_shrinkage") *
                                           step.variable("var"));
}

/// Forward-backward splitting: a step down the gradient, then towards zero.
static Term splitStep(Step &step, Term rate) {
  Term l1 = step.scalar("l1");
  Term moved = step.variable("var") - step.gradient() * rate;
  Term shrunk =
      select(isGreater(l1, l1.constant(0)), shrink(moved, rate * l1), moved);
  return shrunk / (1 + step.scalar("l2") * rate);
}

static void proximalGradientDescent(Step &step) {
  step.variable("var") = splitStep(step, step.scalar("alpha"));
}

static void proximalAdagrad(Step &step) {
  Term &accum = step.variable("accum");
  accum = accum + square(step.gradient());
  step.variable("var") = splitStep(step, step.scalar("lr") * rsqrt(accum));
}

/// Moves the average of AddSign and PowerSign; whether it and the gradient
/// agree, as 1, 0 or -1.
static Term moveAverage(Step &step) {
  Term &m = step.variable("m");
  Term beta = step.scalar("beta"), grad = step.gradient();
  m = m * beta + grad * (1 - beta);
  return sign(grad) * sign(m);
}

static void addSign(Step &step) {
  Term &var = step.variable("var");
  Term agreement = moveAverage(step);
  var =
      var - step.scalar("lr") *
                (step.scalar("alpha") + step.scalar("sign_decay") * agreement) *
                step.gradient();
}

static void powerSign(Step &step) {
  Term &var = step.variable("var");
  Term agreement = moveAverage(step);
  Term scale =
      exp(step.scalar("logbase") * step.scalar("sign_decay") * agreement);
  var = var - step.scalar("lr") * scale * step.gradient();
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

namespace {
/// An op in its two forms.
struct StepOp {
  StringLiteral name;
  /// Separated by spaces.
  StringLiteral variables;
  StringLiteral inputs;
  StringLiteral attributes;
  BuildFn build;
  bool hasReferenceForm = true;
};
} // namespace

static constexpr StepOp stepOps[] = {
    {"Momentum", "var accum", "lr: T, grad: T, momentum: T",
     ", use_nesterov: bool = false", buildStep<momentum>},
    {"KerasMomentum", "var accum", "lr: T, grad: T, momentum: T",
     ", use_nesterov: bool = false", buildStep<kerasMomentum>, false},
    {"Adam", "var m v",
     "beta1_power: T, beta2_power: T, lr: T, beta1: T, beta2: T, epsilon: T, "
     "grad: T",
     ", use_nesterov: bool = false", buildStep<adam>},
    {"AdamWithAmsgrad", "var m v vhat",
     "beta1_power: T, beta2_power: T, lr: T, beta1: T, beta2: T, epsilon: T, "
     "grad: T",
     "", buildStep<adamWithAmsgrad>, false},
    {"AdaMax", "var m v",
     "beta1_power: T, lr: T, beta1: T, beta2: T, epsilon: T, grad: T", "",
     buildStep<adaMax>},
    {"RMSProp", "var ms mom", "lr: T, rho: T, momentum: T, epsilon: T, grad: T",
     "", buildStep<rmsProp>},
    {"CenteredRMSProp", "var mg ms mom",
     "lr: T, rho: T, momentum: T, epsilon: T, grad: T", "",
     buildStep<centeredRmsProp>},
    {"Adagrad", "var accum", "lr: T, grad: T", ", update_slots: bool = true",
     buildStep<adagrad>},
    {"AdagradV2", "var accum", "lr: T, epsilon: T, grad: T",
     ", update_slots: bool = true", buildStep<adagradV2>},
    {"AdagradDA", "var gradient_accumulator gradient_squared_accumulator",
     "grad: T, lr: T, l1: T, l2: T, global_step: int64", "",
     buildStep<adagradDA>},
    {"Adadelta", "var accum accum_update", "lr: T, rho: T, epsilon: T, grad: T",
     "", buildStep<adadelta>},
    {"Ftrl", "var accum linear", "grad: T, lr: T, l1: T, l2: T, lr_power: T",
     ", multiply_linear_by_lr: bool = false", buildStep<ftrl>},
    {"FtrlV2", "var accum linear",
     "grad: T, lr: T, l1: T, l2: T, l2_shrinkage: T, lr_power: T",
     ", multiply_linear_by_lr: bool = false", buildStep<ftrlV2>},
    {"ProximalGradientDescent", "var", "alpha: T, l1: T, l2: T, delta: T", "",
     buildStep<proximalGradientDescent>},
    {"ProximalAdagrad", "var accum", "lr: T, l1: T, l2: T, grad: T", "",
     buildStep<proximalAdagrad>},
    {"AddSign", "var m", "lr: T, alpha: T, sign_decay: T, beta: T, grad: T", "",
     buildStep<addSign>},
    {"PowerSign", "var m", "lr: T, logbase: T, sign_decay: T, beta: T, grad: T",
     "", buildStep<powerSign>},
};

/// Adds one form of `op`, whose variables are of the type `variableType`.
static OpInfo &addForm(OpTable &table, const StepOp &op, StringRef prefix,
                       StringRef variableType, StringRef outputs) {
  SmallVector<StringRef, 4> variables;
  op.variables.split(variables, ' ');
  std::string signature;
  for (StringRef variable : variables)
    signature += (variable + ": " + variableType + ", ").str();
  signature += (op.inputs + " -> " + outputs + "; use_locking: bool = false" +
                op.attributes)
                   .str();
  OpInfo &info = table.add((prefix + op.name).str(), signature, op.build);
  for (unsigned i = 0, e = variables.size(); i != e; ++i)
    info.updates(i);
  return info;
}

void tensorflow::registerTrainingOps(OpTable &table) {
  table
      .add("ApplyGradientDescent",
           "var: Ref(T), alpha: T, delta: T -> out: Ref(T); "
           "use_locking: bool = false",
           buildGradientDescent)
      .updates(0)
      .passesReference(0);
  table
      .add("ResourceApplyGradientDescent",
           "var: resource, alpha: T, delta: T -> ; use_locking: bool = false",
           buildGradientDescent)
      .updates(0);

  for (const StepOp &op : stepOps) {
    addForm(table, op, "ResourceApply", "resource", "");
    if (op.hasReferenceForm)
      addForm(table, op, "Apply", "Ref(T)", "out: Ref(T)").passesReference(0);
  }
}
