//===- RandomChain.cpp - random numbers at a node -------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomChain.h"

#include "Attributes.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::CompareDirection;

/// TensorFlow's numbers of algorithms.
static constexpr int64_t kPhilox = 1, kThreeFry = 2, kAutomatic = 3;
/// TensorFlow reserves so many blocks for each number, whatever its type.
static constexpr int64_t kBlocksPerNumber = 256;

static Type getWordType(OpBuilder &builder) {
  return builder.getIntegerType(64, /*isSigned=*/false);
}

Value RandomChain::words(ArrayRef<uint64_t> values) {
  auto type = RankedTensorType::get(int64_t(values.size()),
                                    getWordType(node.builder()));
  return node.constant(DenseElementsAttr::get(type, values));
}

//===----------------------------------------------------------------------===//
// Generators
//===----------------------------------------------------------------------===//

Generator RandomChain::getGenerator(RandomSource source, unsigned first,
                                    Value numBlocks) {
  switch (source) {
  case RandomSource::Seed:
    return scramble(node.input(first));
  case RandomSource::Key:
    return getKeyInputs(first);
  case RandomSource::Variable:
    return drawFromVariable(first + 1, numBlocks);
  case RandomSource::Node:
    return drawFromNode(numBlocks);
  }
  llvm_unreachable("unknown source");
}

/// The seed is the counter of a block with a key of TensorFlow's; its words are
/// the key and the counter's high half.
Generator RandomChain::scramble(Value seed) {
  RankedTensorType type = tensorType(seed);
  bool isSeed = isOfKind(type.getElementType(), SignedInts) &&
                type.getRank() == 1 &&
                (type.isDynamicDim(0) || type.getDimSize(0) == 2);
  if (!isSeed) {
    node.error() << "expected a seed of two elements of int32 or int64, got "
                 << type;
    return {};
  }
  Type word = getWordType(node.builder());
  // A shape of known size is what the generator asks for.
  Value counter = reshape(cast(checkSize(seed, 0, 2), word), node.intVector(2));
  Value mixed = op<graph::RandomBitsOp>(
      {words(0x02461e293ec8f720), counter, node.intVector(2)},
      attr("to", word));
  return {part(mixed, 0, 1), concat({words(0), part(mixed, 1, 2)}, 0)};
}

/// The key and the counter as the graph gives them; the counter may have more
/// elements than count.
Generator RandomChain::getKeyInputs(unsigned first) {
  if (failed(expectRank(node, first, 1)) ||
      failed(expectRank(node, first + 1, 1)))
    return {};
  Value key = checkSize(node.input(first), 0, 1);
  Value counter = node.input(first + 1);
  RankedTensorType type = tensorType(counter);
  if (type.isDynamicDim(0)) {
    counter = checkSize(counter, 0, 2);
  } else if (type.getDimSize(0) < 2) {
    node.error() << "expected a counter of at least two elements, got " << type;
    return {};
  } else if (type.getDimSize(0) > 2) {
    counter = part(counter, 0, 2);
  }
  key = checkAlgorithm(reshape(key, node.intVector(1)), first + 2);
  return {key, reshape(counter, node.intVector(2))};
}

Value RandomChain::checkAlgorithm(Value x, unsigned i) {
  if (!x || failed(expectRank(node, i, 0)))
    return {};
  Value algorithm = node.input(i);
  std::optional<int64_t> known = graph::knownScalar(algorithm);
  if (known == kPhilox || known == kAutomatic)
    return x;
  if (known) {
    node.error() << "expected the algorithm " << kPhilox << " (Philox) or "
                 << kAutomatic << " (chosen automatically), got " << *known
                 << (known == kThreeFry
                         ? " (ThreeFry), which TensorFlow has for accelerators "
                           "only; create the generator with alg=\"philox\""
                         : "");
    return {};
  }
  Type type = tensorType(algorithm).getElementType();
  Value isSupported = op<graph::OrOp>(
      {compare(CompareDirection::EQ, algorithm, integer(kPhilox, type)),
       compare(CompareDirection::EQ, algorithm, integer(kAutomatic, type))});
  return checkTrue(x, isSupported,
                   "the algorithm of random numbers is neither 1 (Philox) nor "
                   "3 (chosen automatically)");
}

Value RandomChain::advance(Value counter, Value numBlocks) {
  Type word = getWordType(node.builder());
  Value count = cast(numBlocks, word);
  Value low = element(counter, 0), high = element(counter, 1);
  Value newLow = add(low, count);
  Value carry = cast(compare(CompareDirection::LT, newLow, count), word);
  std::optional<int64_t> known = graph::knownScalar(numBlocks);
  if (!known || *known < 0) {
    // TensorFlow adds halves of 32 bits. A carry into an upper half whose bits
    // are all ones makes it 0, and is forgotten there.
    Value ones = integer(0xffffffff, word), half = integer(32, word);
    auto lower = [&](Value x) { return op<graph::AndOp>({x, ones}); };
    auto upper = [&](Value x) { return op<graph::ShiftRightOp>({x, half}); };
    Value isFull = compare(CompareDirection::EQ, upper(count), ones);
    Value isCarried =
        compare(CompareDirection::GT, add(lower(low), lower(count)), ones);
    carry =
        select(op<graph::AndOp>({isFull, isCarried}), integer(0, word), carry);
  }
  return vector({newLow, add(high, carry)});
}

Value RandomChain::readState(unsigned algorithmInput) {
  RankedTensorType type = node.variableType(0);
  if (!type.getElementType().isSignlessInteger(64) || type.getRank() != 1 ||
      type.getDimSize(0) < 3) {
    node.error() << "expected variable \"" << node.variable(0).getValue()
                 << "\" to be the state of a generator: a vector of at least "
                    "three elements of int64, got "
                 << type;
    return {};
  }
  Value state =
      node.ordered(graph::ReadOp::create(node.builder(), node.loc(), type,
                                         node.variable(0).getValue()))
          .getValue();
  return cast(checkAlgorithm(state, algorithmInput),
              getWordType(node.builder()));
}

void RandomChain::assignState(Value state, Value counter) {
  if (!state || !counter)
    return;
  int64_t size = tensorType(state).getDimSize(0);
  Value next = cast(concat({counter, part(state, 2, size)}, 0),
                    node.builder().getI64Type());
  if (next)
    node.ordered(graph::AssignOp::create(node.builder(), node.loc(),
                                         node.variable(0).getValue(), next));
}

Generator RandomChain::drawFromVariable(unsigned algorithmInput,
                                        Value numBlocks) {
  Value state = readState(algorithmInput);
  Generator generator = {part(state, 2, 3), part(state, 0, 2)};
  assignState(state, advance(generator.counter, numBlocks));
  return generator;
}

/// The seeds of a node of TensorFlow 1. Without any TensorFlow takes one that
/// nobody knows; here it is the node's name, so that programs can be repeated.
static std::pair<uint64_t, uint64_t> getSeeds(NodeBuilder &node) {
  bool hasSeeds = node.info().findAttribute("seed");
  uint64_t seed = hasSeeds ? node.intAttr("seed") : 0;
  uint64_t seed2 = hasSeeds ? node.intAttr("seed2") : 0;
  if (seed == 0 && seed2 == 0)
    seed = llvm::xxh3_64bits(node.node().name);
  return {seed, seed2};
}

Generator RandomChain::drawFromNode(Value numBlocks) {
  if (!numBlocks)
    return {};
  auto [seed, seed2] = getSeeds(node);
  OpBuilder &builder = node.builder();
  auto type = RankedTensorType::get({}, builder.getI64Type());
  FlatSymbolRefAttr variable = node.hiddenVariable(
      DenseElementsAttr::get(type, builder.getI64IntegerAttr(0)));
  auto drawn = node.ordered(
      graph::ReadOp::create(builder, node.loc(), type, variable.getValue()));
  node.ordered(graph::AssignAddOp::create(builder, node.loc(),
                                          variable.getValue(), numBlocks));
  Value low =
      expandDims(cast(drawn.getValue(), getWordType(builder)), int64_t(0));
  return {words(seed), concat({low, words(seed2)}, 0)};
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

Value RandomChain::shapeInput(unsigned i) {
  if (failed(expectRank(node, i, 1)) || failed(expectKind(node, i, SignedInts)))
    return {};
  if (node.inputType(i).isDynamicDim(0)) {
    node.error() << "expected " << inputName(node, i)
                 << " to have a known number of elements, got "
                 << node.inputType(i)
                 << "; give the vector that holds the shape a static length";
    return {};
  }
  // Sizes of other tensors need no check.
  auto isSize = [](const graph::Size &size) {
    return size.isConstant() ? size.number >= 0
                             : size.kind == graph::Size::Kind::Dim;
  };
  auto sizes = graph::shapeElements(node.input(i));
  if (sizes && llvm::all_of(*sizes, isSize))
    return node.input(i);
  return checkAtLeast(node.input(i), 0, "a size");
}

Value RandomChain::countElements(Value shape) {
  return reduce(graph::ReduceKind::Prod,
                cast(shape, node.builder().getI64Type()), int64_t(0));
}

Value RandomChain::blocksFor(Value count) {
  return mul(count, integer(kBlocksPerNumber, node.builder().getI64Type()));
}

Value RandomChain::bits(Generator from, Value shape, Type type) {
  Type word = node.builder().getIntegerType(type.getIntOrFloatBitWidth(),
                                            /*isSigned=*/false);
  Value drawn = op<graph::RandomBitsOp>({from.key, from.counter, shape},
                                        attr("to", word));
  return cast(drawn, type);
}

/// The lowest bits become the fraction of a number in [1, 2). Of f64 the words
/// come in the other order.
Value RandomChain::uniform(Generator from, Value shape, Type type) {
  OpBuilder &builder = node.builder();
  unsigned width = type.getIntOrFloatBitWidth();
  Type word = builder.getIntegerType(std::max(width, 32u), /*isSigned=*/false);
  Type narrow = builder.getIntegerType(width, /*isSigned=*/false);
  Value drawn = bits(from, shape, word);
  unsigned numBits = llvm::cast<FloatType>(type).getFPMantissaWidth() - 1;
  Value fraction;
  if (width == 64) {
    Value half = integer(32, word);
    Value high = op<graph::AndOp>(
        {drawn, integer((int64_t(1) << (numBits - 32)) - 1, word)});
    fraction = op<graph::OrOp>({op<graph::ShiftLeftOp>({high, half}),
                                op<graph::ShiftRightOp>({drawn, half})});
  } else {
    fraction = op<graph::AndOp>(
        {cast(drawn, narrow), integer((int64_t(1) << numBits) - 1, narrow)});
  }
  APFloat one(llvm::cast<FloatType>(type).getFloatSemantics(), 1);
  Value ofOne = integer(one.bitcastToAPInt().getZExtValue(), narrow);
  Value number = op<graph::BitcastOp>({op<graph::OrOp>({fraction, ofOne})},
                                      attr("to", type));
  return sub(number, scalar(1, number));
}

Value RandomChain::numbers(graph::RandomDistribution distribution,
                           Generator from, Value shape, Type type,
                           ValueRange parameters) {
  OpBuilder &builder = node.builder();
  bool isNarrow = type.getIntOrFloatBitWidth() < 32;
  Type computed = parameters.empty() ? (isNarrow ? builder.getF32Type() : type)
                                     : builder.getF64Type();
  SmallVector<Value> operands = {from.key, from.counter, shape};
  llvm::append_range(operands, parameters);
  return cast(
      op<graph::RandomNumbersOp>(
          operands, {attr("to", computed),
                     builder.getNamedAttr("distribution",
                                          graph::RandomDistributionAttr::get(
                                              node.context(), distribution))}),
      type);
}
