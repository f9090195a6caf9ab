//===- OpsRandomSamples.cpp - samples of distributions, shuffles ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "RandomChain.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::CompareDirection;
using graph::RandomDistribution;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Gamma, Poisson, binomial
//===----------------------------------------------------------------------===//

namespace {
/// The shape of samples: that of the result, which ends with that of the
/// parameters.
struct SampleShape {
  Value shape;
  /// How many samples there are of each parameter, and how many parameters.
  Value numSamples, numParameters;
};
} // namespace

/// The shape of ops whose input `i` is the shape of the samples alone.
static SampleShape getOuterShape(NodeBuilder &node, unsigned i,
                                 Value parameters) {
  RandomChain chain(node);
  Type i64 = node.builder().getI64Type();
  Value outer = chain.cast(chain.shapeInput(i), i64);
  Value own = chain.shape(parameters, i64);
  return {chain.concat({outer, own}, 0), chain.countElements(outer),
          chain.countElements(own)};
}

/// The shape of ops whose input `i` is the whole shape. `own` is the shape of
/// the parameters, a vector of i64.
static SampleShape getWholeShape(NodeBuilder &node, unsigned i, Value own) {
  RandomChain chain(node);
  Value shape = chain.cast(chain.shapeInput(i), node.builder().getI64Type());
  if (!shape || !own)
    return {};
  int64_t size = tensorType(shape).getDimSize(0);
  int64_t rank = tensorType(own).getDimSize(0);
  if (size < rank) {
    node.error() << "expected a shape that ends with the " << rank
                 << " sizes of the parameters, got " << size << " sizes";
    return {};
  }
  Value inner = chain.part(shape, size - rank, size);
  shape = chain.checkTrue(
      shape, chain.compare(CompareDirection::EQ, inner, own),
      "the shape of samples must end with the shape of the parameters");
  return {shape, chain.countElements(chain.part(shape, 0, size - rank)),
          chain.countElements(own)};
}

/// The elements of `x` as a vector.
static Value flatten(NodeBuilder &node, Value x) {
  return RandomChain(node).reshape(x, node.intVector(-1));
}

/// Ends a node that draws samples: `from` makes the generator when all checks
/// are done.
static LogicalResult giveSamples(NodeBuilder &node,
                                 RandomDistribution distribution,
                                 const SampleShape &samples, Generator from,
                                 ValueRange parameters, Results &results) {
  RandomChain chain(node);
  Type type = node.typeAttr(node.info().outputs.front().typeAttr);
  if (!type || !isOfKind(type, Floats | SignedInts))
    return node.error("expected samples of a float type, int32 or int64");
  if (!samples.shape || !samples.numSamples || !samples.numParameters)
    return failure();
  Value shape = chain.vector({samples.numSamples, samples.numParameters});
  Value numbers = chain.numbers(distribution, from, shape, type, parameters);
  return chain.give(results, chain.reshape(numbers, samples.shape));
}

/// A parameter whose integers become floats.
static Value getParameter(NodeBuilder &node, unsigned i) {
  if (failed(expectKind(node, i, Floats | SignedInts)))
    return {};
  Value x = node.input(i);
  return isa<FloatType>(tensorType(x).getElementType())
             ? x
             : RandomChain(node).cast(x, node.builder().getF64Type());
}

/// RandomGamma, RandomPoissonV2: the shape, then the parameter.
template <RandomDistribution distribution>
static LogicalResult buildOuter(NodeBuilder &node, Results &results) {
  RandomChain chain(node);
  Value parameter = getParameter(node, 1);
  if (!parameter)
    return failure();
  SampleShape samples = getOuterShape(node, 0, parameter);
  Value count = chain.mul(samples.numSamples, samples.numParameters);
  Generator from =
      chain.getGenerator(RandomSource::Node, 0, chain.blocksFor(count));
  return giveSamples(node, distribution, samples, from,
                     flatten(node, parameter), results);
}

/// StatelessRandomGammaV2, StatelessRandomPoisson: the shape, the source, then
/// the parameter, which is the last input.
template <RandomDistribution distribution, RandomSource source>
static LogicalResult buildWhole(NodeBuilder &node, Results &results) {
  RandomChain chain(node);
  Value parameter = getParameter(node, node.numInputs() - 1);
  if (!parameter)
    return failure();
  SampleShape samples = getWholeShape(
      node, 0, chain.shape(parameter, node.builder().getI64Type()));
  Generator from = chain.getGenerator(source, 1, /*numBlocks=*/{});
  return giveSamples(node, distribution, samples, from,
                     flatten(node, parameter), results);
}

/// The last two inputs, counts and probabilities, broadcast.
template <RandomSource source>
static LogicalResult buildBinomial(NodeBuilder &node, Results &results) {
  RandomChain chain(node);
  unsigned last = node.numInputs() - 1;
  Value counts = getParameter(node, last - 1);
  Value probabilities = getParameter(node, last);
  if (!counts || !probabilities)
    return failure();
  Type i64 = node.builder().getI64Type();
  Value own = chain.broadcastShape(chain.shape(counts, i64),
                                   chain.shape(probabilities, i64));
  constexpr bool isVariable = source == RandomSource::Variable;
  SampleShape samples = getWholeShape(node, isVariable ? 2 : 0, own);
  // TensorFlow reserves 200 numbers for each full four samples.
  Value number = chain.mul(samples.numParameters, chain.integer(200, i64));
  number =
      chain.mul(number, chain.add(samples.numSamples, chain.integer(3, i64)));
  number = chain.op<graph::FloorDivOp>({number, chain.integer(4, i64)});
  Generator from =
      chain.getGenerator(source, isVariable ? 0 : 1, chain.blocksFor(number));
  return giveSamples(node, RandomDistribution::Binomial, samples, from,
                     {flatten(node, chain.broadcastTo(counts, own)),
                      flatten(node, chain.broadcastTo(probabilities, own))},
                     results);
}

/// How a gamma sample x changes with its parameter a, the uniform number behind
/// it fixed: -(d/da P(a, x)) / (d/dx P(a, x)) of the incomplete gamma function
/// P. The density x^(a-1) exp(-x) / gamma(a) is taken by its logarithm.
static LogicalResult buildGammaGrad(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  RandomChain chain(node);
  Type type = node.elementType(0), f64 = node.builder().getF64Type();
  Value alpha = chain.checkBroadcast(node.input(0), node.input(1));
  Value a = chain.cast(alpha, f64);
  Value x = chain.cast(node.input(1), f64);
  Value change = chain.op<graph::SpecialOp>(
      {a, x}, node.builder().getNamedAttr(
                  "function",
                  graph::SpecialFunctionAttr::get(
                      node.context(), graph::SpecialFunction::IgammaGradA)));
  Value power =
      chain.mul(chain.sub(a, chain.scalar(1, a)), chain.op<graph::LogOp>({x}));
  Value inverseDensity = chain.op<graph::ExpOp>(
      {chain.sub(chain.add(x, chain.op<graph::LgammaOp>({a})), power)});
  Value zero = chain.scalar(0, x);
  Value grad = chain.sub(zero, chain.mul(change, inverseDensity));
  // At the ends of the range the density has no say.
  Value isEnd =
      chain.op<graph::OrOp>({chain.compare(CompareDirection::EQ, x, zero),
                             chain.op<graph::IsInfOp>({x})});
  return chain.give(results, chain.cast(chain.select(isEnd, zero, grad), type));
}

//===----------------------------------------------------------------------===//
// Multinomial
//===----------------------------------------------------------------------===//

/// The running sums of exp(logits) in each row. Logits that are not finite
/// count as no probability; the greatest of the others is taken away first.
static Value createRunningSums(NodeBuilder &node, Value logits) {
  RandomChain chain(node);
  Value isFinite = chain.op<graph::IsFiniteOp>({logits});
  Value wide = chain.cast(logits, node.builder().getF64Type());
  Value lowest = chain.scalar(std::numeric_limits<double>::lowest(), wide);
  Value greatest = chain.reduce(
      graph::ReduceKind::Max, chain.select(isFinite, wide, lowest), int64_t(1),
      /*keepDims=*/true);
  Value weights = chain.op<graph::ExpOp>({chain.sub(wide, greatest)});
  weights = chain.select(isFinite, weights, chain.scalar(0, wide));
  return chain.op<graph::CumulateOp>(
      {weights}, {chain.attr("axis", 1),
                  node.builder().getNamedAttr(
                      "kind", graph::CumulateKindAttr::get(
                                  node.context(), graph::CumulateKind::Sum))});
}

/// Each sample is where a uniform number belongs in the running sums.
template <RandomSource source>
static LogicalResult buildMultinomial(NodeBuilder &node, Results &results) {
  RandomChain chain(node);
  Type type = node.typeAttr("output_dtype");
  if (failed(expectKind(node, 0, Floats)) || failed(expectRank(node, 0, 2)) ||
      failed(expectRank(node, 1, 0)))
    return failure();
  if (!type || !isOfKind(type, SignedInts))
    return node.error("expected attribute output_dtype to be int32 or int64");
  Type i64 = node.builder().getI64Type();
  Value zero = chain.integer(0, i64);
  Value logits = node.input(0);
  Value hasClasses =
      chain.compare(CompareDirection::GT, chain.dim(logits, 1, i64), zero);
  logits = chain.checkTrue(logits, hasClasses,
                           "there must be logits of at "
                           "least one class");
  Value numSamples = chain.cast(
      chain.checkAtLeast(node.input(1), 0, "a number of samples"), i64);
  Value numRows = chain.dim(logits, 0, i64);
  // TensorFlow reserves numbers for multiples of four samples, two each.
  Value three = chain.integer(3, i64), four = chain.integer(4, i64);
  Value fours =
      chain.op<graph::FloorDivOp>({chain.add(numSamples, three), four});
  Value count = chain.mul(chain.mul(numRows, fours), chain.integer(8, i64));
  Generator from = chain.getGenerator(source, 2, chain.blocksFor(count));

  Value sums = createRunningSums(node, logits);
  Value total = chain.reduce(graph::ReduceKind::Max, sums, int64_t(1),
                             /*keepDims=*/true);
  Value uniform = chain.uniform(from, chain.vector({numRows, numSamples}),
                                node.builder().getF64Type());
  Value places = chain.op<graph::SearchSortedOp>(
      {sums, chain.mul(uniform, total)},
      {chain.attr("out_type", type), chain.flag("upper")});
  return chain.give(results, places);
}

//===----------------------------------------------------------------------===//
// Shuffles
//===----------------------------------------------------------------------===//

/// The rows of input 0 in random order. A scalar has none.
template <RandomSource source>
static LogicalResult buildShuffle(NodeBuilder &node, Results &results) {
  RandomChain chain(node);
  Value x = node.input(0);
  if (tensorType(x).getRank() == 0)
    return chain.give(results, x);
  // One word for each row but the last, four from a block.
  Type i64 = node.builder().getI64Type();
  Value size = chain.dim(x, 0, i64);
  Value blocks = chain.op<graph::FloorDivOp>(
      {chain.add(size, chain.integer(2, i64)), chain.integer(4, i64)});
  Generator from = chain.getGenerator(source, 1, blocks);
  Value rows =
      chain.op<graph::RandomPermutationOp>({from.key, from.counter, size});
  return chain.give(results, chain.gather(x, rows, 0));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

/// TensorFlow's threads each begin a sequence of their own.
static constexpr StringLiteral kRowsRemark =
    "rows draw one after the other, as in one thread of TensorFlow";

static void registerParameterOps(OpTable &table) {
  table
      .add("RandomGamma",
           "shape: S, alpha: T -> output: T; seed: int = 0, seed2: int = 0",
           buildOuter<RandomDistribution::Gamma>)
      .note(kSeededRemark);
  table
      .add("RandomPoisson",
           "shape: S, rate: dtype -> output: dtype; seed: int = 0, "
           "seed2: int = 0",
           buildOuter<RandomDistribution::Poisson>)
      .note(kSeededRemark);
  table
      .add("RandomPoissonV2",
           "shape: S, rate: R -> output: dtype; seed: int = 0, "
           "seed2: int = 0, R: type = double, dtype: type = int64",
           buildOuter<RandomDistribution::Poisson>)
      .note(kSeededRemark);
  table.add("StatelessRandomGammaV2",
            "shape: T, seed: Tseed, alpha: dtype -> output: dtype; "
            "Tseed: type = int64",
            buildWhole<RandomDistribution::Gamma, RandomSource::Seed>);
  table.add("StatelessRandomGammaV3",
            "shape: shape_dtype, key: uint64, counter: uint64, alg: int32, "
            "alpha: dtype -> output: dtype; shape_dtype: type = int32",
            buildWhole<RandomDistribution::Gamma, RandomSource::Key>);
  table.add("StatelessRandomPoisson",
            "shape: T, seed: Tseed, lam: Rtype -> output: dtype; "
            "Rtype: type, dtype: type, Tseed: type = int64",
            buildWhole<RandomDistribution::Poisson, RandomSource::Seed>);
  table.add("StatelessRandomBinomial",
            "shape: S, seed: Tseed, counts: T, probs: T -> output: dtype; "
            "Tseed: type = int64, T: type = double, dtype: type = int64",
            buildBinomial<RandomSource::Seed>);
  table.add("RandomGammaGrad", "alpha: T, sample: T -> output: T",
            buildGammaGrad);
  table
      .add("StatefulRandomBinomial",
           "resource: resource, algorithm: int64, shape: S, counts: T, "
           "probs: T -> output: dtype; T: type = double, dtype: type = int64",
           buildBinomial<RandomSource::Variable>)
      .draws(0);
}

void tensorflow::registerRandomSampleOps(OpTable &table) {
  registerParameterOps(table);
  table
      .add("Multinomial",
           "logits: T, num_samples: int32 -> output: output_dtype; "
           "seed: int = 0, seed2: int = 0, output_dtype: type = int64",
           buildMultinomial<RandomSource::Node>)
      .note((kSeededRemark + "; " + kRowsRemark).str());
  table
      .add("StatelessMultinomial",
           "logits: T, num_samples: int32, seed: Tseed -> "
           "output: output_dtype; Tseed: type = int64, "
           "output_dtype: type = int64",
           buildMultinomial<RandomSource::Seed>)
      .note(kRowsRemark);
  table
      .add("RandomShuffle",
           "value: T -> output: T; seed: int = 0, seed2: int = 0",
           buildShuffle<RandomSource::Node>)
      .note(kSeededRemark);
  table.add("StatelessShuffle",
            "value: T, key: uint64, counter: uint64, alg: int32 -> output: T",
            buildShuffle<RandomSource::Key>);
}
