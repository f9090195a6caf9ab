//===- OpsRandom.cpp - uniform and normal random numbers ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The numbers are TensorFlow's own, bit by bit, as its CPU kernels draw them.
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

namespace {
/// The part that all these ops begin with.
struct Draw {
  Value shape;
  Value count;
  Generator from;
  /// The input behind the shape and the source.
  unsigned nextInput;
};
} // namespace

/// How many inputs tell the source.
static unsigned getNumSourceInputs(RandomSource source) {
  switch (source) {
  case RandomSource::Seed:
    return 1;
  case RandomSource::Key:
    return 3;
  case RandomSource::Variable:
    return 2;
  case RandomSource::Node:
    return 0;
  }
  llvm_unreachable("unknown source");
}

/// Reads the shape, checks what `check` has to say about the inputs behind it,
/// and only then draws, so that a call that fails leaves the state as it was.
static Draw beginDraw(NodeBuilder &node, RandomSource source,
                      function_ref<LogicalResult(Draw &)> check = nullptr) {
  RandomChain chain(node);
  // A variable comes before the shape, other sources come behind it.
  bool isVariable = source == RandomSource::Variable;
  unsigned numSource = getNumSourceInputs(source);
  Draw draw;
  draw.shape = chain.shapeInput(isVariable ? numSource : 0);
  draw.nextInput = numSource + 1;
  if (!draw.shape)
    return {};
  draw.count = chain.countElements(draw.shape);
  if (check && failed(check(draw)))
    return {};
  draw.from = chain.getGenerator(source, isVariable ? 0 : 1,
                                 chain.blocksFor(draw.count));
  return draw;
}

/// The type of the node's output.
static Type outputType(NodeBuilder &node, unsigned kinds) {
  StringRef attribute = node.info().outputs.back().typeAttr;
  Type type = node.typeAttr(attribute);
  if (type && isOfKind(type, kinds) && type.getIntOrFloatBitWidth() >= 16 &&
      (isa<FloatType>(type) || type.getIntOrFloatBitWidth() >= 32))
    return type;
  node.error() << "expected attribute " << attribute << " to be "
               << (kinds == Floats ? "half, bfloat16, float32 or float64"
                                   : "int32, int64, uint32 or uint64");
  return {};
}

template <RandomSource source>
static LogicalResult buildUniform(NodeBuilder &node, Results &results) {
  Type type = outputType(node, Floats);
  if (!type)
    return failure();
  Draw draw = beginDraw(node, source);
  RandomChain chain(node);
  return chain.give(results, chain.uniform(draw.from, draw.shape, type));
}

template <RandomSource source, RandomDistribution distribution>
static LogicalResult buildNormal(NodeBuilder &node, Results &results) {
  Type type = outputType(node, Floats);
  if (!type)
    return failure();
  Draw draw = beginDraw(node, source);
  RandomChain chain(node);
  return chain.give(results,
                    chain.numbers(distribution, draw.from, draw.shape, type));
}

/// Integers of all bits.
template <RandomSource source>
static LogicalResult buildFullIntegers(NodeBuilder &node, Results &results) {
  Type type = outputType(node, Ints);
  if (!type)
    return failure();
  Draw draw = beginDraw(node, source);
  RandomChain chain(node);
  return chain.give(results, chain.bits(draw.from, draw.shape, type));
}

/// Integers in a range: what dividing all bits by its length leaves.
template <RandomSource source>
static LogicalResult buildIntegers(NodeBuilder &node, Results &results) {
  Type type = outputType(node, Ints);
  if (!type)
    return failure();
  RandomChain chain(node);
  Type word =
      node.builder().getIntegerType(type.getIntOrFloatBitWidth(), false);
  Value least, length;
  auto check = [&](Draw &draw) -> LogicalResult {
    if (failed(expectRank(node, draw.nextInput, 0)) ||
        failed(expectRank(node, draw.nextInput + 1, 0)))
      return failure();
    least = node.input(draw.nextInput);
    Value limit = node.input(draw.nextInput + 1);
    Value isRange = chain.compare(CompareDirection::LT, least, limit);
    // No numbers are of any range, but for the ops that keep their state in a
    // variable.
    if (source != RandomSource::Variable) {
      Value zero = chain.integer(0, node.builder().getI64Type());
      isRange = chain.op<graph::OrOp>(
          {isRange, chain.compare(CompareDirection::EQ, draw.count, zero)});
    }
    length = chain.checkTrue(chain.cast(chain.sub(limit, least), word), isRange,
                             "minval of random integers must be less than "
                             "maxval");
    return success(bool(length));
  };
  Draw draw = beginDraw(node, source, check);
  Value offset = chain.op<graph::TruncModOp>(
      {chain.bits(draw.from, draw.shape, word), length});
  return chain.give(results, chain.add(chain.cast(offset, type), least));
}

//===----------------------------------------------------------------------===//
// Generators
//===----------------------------------------------------------------------===//

/// The number of Philox, which every CPU kernel has.
static Value createAlgorithm(NodeBuilder &node) {
  return RandomChain(node).integer(1, node.builder().getI32Type());
}

static LogicalResult buildGetAlgorithm(NodeBuilder &node, Results &results) {
  results.push_back(createAlgorithm(node));
  return success();
}

static LogicalResult buildGetKeyCounter(NodeBuilder &node, Results &results) {
  RandomChain chain(node);
  Generator generator = chain.scramble(node.input(0));
  if (!generator.key || !generator.counter)
    return failure();
  results.append({generator.key, generator.counter});
  if (node.info().outputs.size() > results.size())
    results.push_back(createAlgorithm(node));
  return success();
}

/// RngSkip and RngReadAndSkip: the state moves on as if `delta` numbers had
/// been drawn.
static LogicalResult buildSkip(NodeBuilder &node, Results &results) {
  RandomChain chain(node);
  Value state = chain.readState(1);
  if (!state || failed(expectRank(node, 2, 0)))
    return failure();
  Type i64 = node.builder().getI64Type();
  Value blocks = chain.blocksFor(chain.cast(node.input(2), i64));
  chain.assignState(state, chain.advance(chain.part(state, 0, 2), blocks));
  if (node.info().outputs.empty())
    return success();
  return chain.give(results, chain.cast(chain.part(state, 0, 3), i64));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

/// Registers what the four sources have in common: the builders of one op.
namespace {
struct Forms {
  /// Names of the op for each source; empty: there is none.
  StringLiteral seed, key, variable, node;
  BuildFn fromSeed, fromKey, fromVariable, fromNode;
  /// Inputs behind the source, as in ", minval: dtype".
  StringLiteral inputs;
  /// The default of dtype, as in " = float"; TF 1's ops have none.
  StringLiteral defaultType;
};
} // namespace

static void addForms(OpTable &table, const Forms &forms) {
  std::string inputs = forms.inputs.str();
  std::string type = ("dtype: type" + forms.defaultType).str();
  table.add(forms.seed,
            "shape: T, seed: Tseed" + inputs + " -> output: dtype; " + type +
                ", T: type = int32, Tseed: type = int64",
            forms.fromSeed);
  table.add(forms.key,
            "shape: Tshape, key: uint64, counter: uint64, alg: int32" + inputs +
                " -> output: dtype; " + type + ", Tshape: type = int32",
            forms.fromKey);
  table
      .add(forms.variable,
           "resource: resource, algorithm: int64, shape: shape_dtype" + inputs +
               " -> output: dtype; " + type + ", shape_dtype: type = int64",
           forms.fromVariable)
      .draws(0);
  if (forms.node.empty())
    return;
  // RandomUniformInt calls its type otherwise.
  std::string own = inputs.empty() ? "dtype" : "Tout";
  for (size_t at; (at = inputs.find("dtype")) != std::string::npos;)
    inputs.replace(at, 5, own);
  table
      .add(forms.node,
           "shape: T" + inputs + " -> output: " + own +
               "; seed: int = 0, seed2: int = 0, " + own + ": type",
           forms.fromNode)
      .note(kSeededRemark);
}

template <RandomDistribution distribution>
static Forms makeNormalForms(StringLiteral seed, StringLiteral key,
                             StringLiteral variable, StringLiteral node) {
  return {seed,
          key,
          variable,
          node,
          buildNormal<RandomSource::Seed, distribution>,
          buildNormal<RandomSource::Key, distribution>,
          buildNormal<RandomSource::Variable, distribution>,
          buildNormal<RandomSource::Node, distribution>,
          "",
          " = float"};
}

void tensorflow::registerRandomOps(OpTable &table) {
  addForms(table,
           {"StatelessRandomUniform", "StatelessRandomUniformV2",
            "StatefulUniform", "RandomUniform",
            buildUniform<RandomSource::Seed>, buildUniform<RandomSource::Key>,
            buildUniform<RandomSource::Variable>,
            buildUniform<RandomSource::Node>, "", " = float"});
  addForms(table, makeNormalForms<RandomDistribution::Normal>(
                      "StatelessRandomNormal", "StatelessRandomNormalV2",
                      "StatefulStandardNormalV2", "RandomStandardNormal"));
  addForms(table, makeNormalForms<RandomDistribution::TruncatedNormal>(
                      "StatelessTruncatedNormal", "StatelessTruncatedNormalV2",
                      "StatefulTruncatedNormal", "TruncatedNormal"));
  addForms(table,
           {"StatelessRandomUniformFullInt", "StatelessRandomUniformFullIntV2",
            "StatefulUniformFullInt", "", buildFullIntegers<RandomSource::Seed>,
            buildFullIntegers<RandomSource::Key>,
            buildFullIntegers<RandomSource::Variable>, nullptr, "",
            " = uint64"});
  addForms(table,
           {"StatelessRandomUniformInt", "StatelessRandomUniformIntV2",
            "StatefulUniformInt", "RandomUniformInt",
            buildIntegers<RandomSource::Seed>, buildIntegers<RandomSource::Key>,
            buildIntegers<RandomSource::Variable>,
            buildIntegers<RandomSource::Node>, ", minval: dtype, maxval: dtype",
            " = int64"});
  table
      .add("NonDeterministicInts",
           "shape: shape_dtype -> output: dtype; dtype: type = int64, "
           "shape_dtype: type = int64",
           buildFullIntegers<RandomSource::Node>)
      .note("starts anew with each instance, seeded by the node's name");

  table.add("StatelessRandomGetAlg", " -> alg: int32", buildGetAlgorithm);
  table.add("StatelessRandomGetKeyCounter",
            "seed: Tseed -> key: uint64, counter: uint64; Tseed: type = int64",
            buildGetKeyCounter);
  table.add("StatelessRandomGetKeyCounterAlg",
            "seed: Tseed -> key: uint64, counter: uint64, alg: int32; "
            "Tseed: type = int64",
            buildGetKeyCounter);
  table
      .add("RngReadAndSkip",
           "resource: resource, alg: int32, delta: uint64 -> value: int64",
           buildSkip)
      .draws(0);
  table
      .add("RngSkip", "resource: resource, algorithm: int64, delta: int64 -> ",
           buildSkip)
      .draws(0);
}
