//===- RandomSamples.cpp - samples of distributions with parameters -------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Methods of rejection: numbers are drawn until they fit. How many that are
// differs from sample to sample, so each has a stream of its own. The constants
// are those of the papers that the functions name.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "RandomKernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include <limits>

using namespace mlir;
using namespace graph_compile;
using graph::RandomDistribution;

namespace {
/// Arithmetic on f64 with constants.
class Calculator {
public:
  explicit Calculator(NodeBuilder &b) : b(b) {}

  Value number(double value) { return createNumber(b, b.getF64Type(), value); }
  Value add(Value x, Value y) { return b.createOrFold<arith::AddFOp>(x, y); }
  Value add(Value x, double y) { return add(x, number(y)); }
  Value sub(Value x, Value y) { return b.createOrFold<arith::SubFOp>(x, y); }
  Value sub(Value x, double y) { return sub(x, number(y)); }
  Value sub(double x, Value y) { return sub(number(x), y); }
  Value mul(Value x, Value y) { return b.createOrFold<arith::MulFOp>(x, y); }
  Value mul(double x, Value y) { return mul(number(x), y); }
  Value div(Value x, Value y) { return b.createOrFold<arith::DivFOp>(x, y); }
  Value div(double x, Value y) { return div(number(x), y); }
  Value neg(Value x) { return arith::NegFOp::create(b, x); }
  Value abs(Value x) { return math::AbsFOp::create(b, x); }
  Value sqrt(Value x) { return math::SqrtOp::create(b, x); }
  Value log(Value x) { return math::LogOp::create(b, x); }
  Value log1p(Value x) { return math::Log1pOp::create(b, x); }
  Value exp(Value x) { return math::ExpOp::create(b, x); }
  Value pow(Value x, Value y) { return math::PowFOp::create(b, x, y); }
  Value floor(Value x) { return math::FloorOp::create(b, x); }
  Value ceil(Value x) { return math::CeilOp::create(b, x); }
  /// libm's, which convert-graph-to-step declares.
  Value lgamma(Value x) {
    return func::CallOp::create(b, "lgamma", x.getType(), x).getResult(0);
  }

  Value less(Value x, Value y) {
    return compare(arith::CmpFPredicate::OLT, x, y);
  }
  Value less(Value x, double y) { return less(x, number(y)); }
  Value lessEqual(Value x, Value y) {
    return compare(arith::CmpFPredicate::OLE, x, y);
  }
  Value lessEqual(Value x, double y) { return lessEqual(x, number(y)); }
  Value compare(arith::CmpFPredicate predicate, Value x, Value y) {
    return arith::CmpFOp::create(b, predicate, x, y);
  }
  Value both(Value x, Value y) { return b.createOrFold<arith::AndIOp>(x, y); }
  Value either(Value x, Value y) { return b.createOrFold<arith::OrIOp>(x, y); }
  Value no() { return createInteger(b, b.getI1Type(), 0); }

  /// One of two numbers; only the one is computed.
  Value choose(Value condition, function_ref<Value()> onTrue,
               function_ref<Value()> onFalse) {
    return createChoice(
               b, b.getF64Type(), condition,
               [&] { return SmallVector<Value>{onTrue()}; },
               [&] { return SmallVector<Value>{onFalse()}; })
        .front();
  }
  /// Whether `condition` holds and then `other`, which is computed only then.
  Value bothInTurn(Value condition, function_ref<Value()> other) {
    return createChoice(
               b, b.getI1Type(), condition,
               [&] { return SmallVector<Value>{other()}; },
               [&] { return SmallVector<Value>{no()}; })
        .front();
  }

  /// Draws until `attempt`, which gives a number and whether it is accepted,
  /// accepts one.
  Value drawUntil(Draws &draws,
                  function_ref<std::pair<Value, Value>()> attempt);

private:
  NodeBuilder &b;
};
} // namespace

Value Calculator::drawUntil(Draws &draws,
                            function_ref<std::pair<Value, Value>()> attempt) {
  SmallVector<Value> initial = draws.getState();
  initial.push_back(number(0));
  SmallVector<Value> last =
      createRepetition(b, initial, [&](SmallVectorImpl<Value> &carried) {
        draws.setState(ArrayRef(carried).drop_back());
        auto [value, isAccepted] = attempt();
        carried = draws.getState();
        carried.push_back(value);
        return isAccepted;
      });
  draws.setState(ArrayRef(last).drop_back());
  return last.back();
}

/// How many uniform numbers are drawn before the last one. `advance` is given
/// the total of those before and a number; it gives the next total, and whether
/// the number is the last.
static Value
countDraws(NodeBuilder &b, Draws &draws, Value total,
           function_ref<std::pair<Value, Value>(Value, Value)> advance) {
  Calculator f(b);
  SmallVector<Value> initial = draws.getState();
  initial.append({total, f.number(-1)});
  return createRepetition(b, initial,
                          [&](SmallVectorImpl<Value> &carried) {
                            draws.setState(ArrayRef(carried).drop_back(2));
                            Value before = carried[carried.size() - 2];
                            auto [next, isLast] =
                                advance(before, draws.drawUniform());
                            Value count = f.add(carried.back(), 1);
                            carried = draws.getState();
                            carried.append({next, count});
                            return isLast;
                          })
      .back();
}

/// A parameter of any float type as f64. Narrow types go through f32, which
/// the code generator converts itself.
static Value toF64(NodeBuilder &b, Value x) {
  x = convertFloat(b, x, getComputeType(x.getType()));
  return x.getType().isF64() ? x : arith::ExtFOp::create(b, b.getF64Type(), x);
}

/// An f64 that a float type holds exactly as that type.
static Value fromF64(NodeBuilder &b, Value x, Type type) {
  Type wide = getComputeType(type);
  if (!wide.isF64())
    x = arith::TruncFOp::create(b, wide, x);
  return convertFloat(b, x, type);
}

/// How many blocks lie between the streams of neighbouring samples.
static constexpr int64_t kBlocksPerSample = 256, kBlocksPerInversion = 42;

static PhiloxStream getOwnStream(NodeBuilder &b, const PhiloxStream &stream,
                                 Value index, int64_t numBlocks) {
  return stream.advance(arith::MulIOp::create(
      b, index, createInteger(b, b.getI64Type(), numBlocks)));
}

//===----------------------------------------------------------------------===//
// Gamma
//===----------------------------------------------------------------------===//

/// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
/// Below 1 the parameter is raised by 1, which a power of a uniform number
/// makes up for.
static Value createRejectedGamma(NodeBuilder &b, Draws &draws, Value alpha) {
  Calculator f(b);
  Value isSmall = f.less(alpha, 1);
  Value d = f.add(
      alpha, createSelect(b, isSmall, f.number(2.0 / 3), f.number(-1.0 / 3)));
  Value c = f.div(1.0 / 3, f.sqrt(d));
  Value sample = f.drawUntil(draws, [&]() -> std::pair<Value, Value> {
    Value x = draws.drawNormal();
    Value v = f.add(f.mul(c, x), 1);
    Value isPositive = f.compare(arith::CmpFPredicate::UGT, v, f.number(0));
    Value cube = f.mul(f.mul(v, v), v);
    // A number that is not positive costs no uniform one.
    SmallVector<Type> types = llvm::map_to_vector(
        draws.getState(), [](Value value) { return value.getType(); });
    types.push_back(b.getI1Type());
    SmallVector<Value> before = draws.getState();
    SmallVector<Value> after = createChoice(
        b, types, isPositive,
        [&] {
          Value u = draws.drawUniform();
          Value square = f.mul(x, x);
          Value isBelow =
              f.less(u, f.sub(1, f.mul(f.mul(0.0331, square), square)));
          Value isAccepted =
              createChoice(
                  b, b.getI1Type(), isBelow,
                  [&] {
                    return SmallVector<Value>{
                        createInteger(b, b.getI1Type(), 1)};
                  },
                  [&] {
                    Value bound =
                        f.add(f.mul(f.mul(0.5, x), x),
                              f.mul(d, f.add(f.sub(1, cube), f.log(cube))));
                    return SmallVector<Value>{f.less(f.log(u), bound)};
                  })
                  .front();
          SmallVector<Value> state = draws.getState();
          state.push_back(isAccepted);
          return state;
        },
        [&] {
          SmallVector<Value> state = before;
          state.push_back(f.no());
          return state;
        });
    draws.setState(ArrayRef(after).drop_back());
    return {f.mul(d, cube), after.back()};
  });
  return f.choose(
      isSmall,
      [&] {
        return f.mul(sample, f.pow(draws.drawUniform(), f.div(1, alpha)));
      },
      [&] { return sample; });
}

static Value createGamma(NodeBuilder &b, Value alpha,
                         const PhiloxStream &stream, Value index) {
  Calculator f(b);
  PhiloxStream own = getOwnStream(b, stream, index, kBlocksPerSample);
  Value isExponential =
      f.compare(arith::CmpFPredicate::OEQ, alpha, f.number(1));
  // No number fits a parameter far below 0, or NaN.
  Value isPossible =
      f.compare(arith::CmpFPredicate::OGT, alpha, f.number(-2.0 / 3));
  return f.choose(
      isExponential,
      [&] {
        Draws draws(b, own);
        return f.neg(f.log1p(f.neg(draws.drawUniform())));
      },
      [&] {
        return f.choose(
            isPossible,
            [&] {
              Draws draws(b, own);
              return createRejectedGamma(b, draws, alpha);
            },
            [&] { return f.number(std::numeric_limits<double>::quiet_NaN()); });
      });
}

//===----------------------------------------------------------------------===//
// Poisson
//===----------------------------------------------------------------------===//

/// Knuth, "Seminumerical algorithms": how many uniform numbers can be
/// multiplied until the product is at most exp(-rate).
static Value createFewEvents(NodeBuilder &b, Draws &draws, Value rate) {
  Calculator f(b);
  Value bound = f.exp(f.neg(rate));
  return countDraws(b, draws, f.number(1), [&](Value product, Value drawn) {
    Value next = f.mul(product, drawn);
    return std::pair(next, f.lessEqual(next, bound));
  });
}

/// Hoermann, "The transformed rejection method for generating Poisson random
/// variables", 1993.
static Value createManyEvents(NodeBuilder &b, Draws &draws, Value rate) {
  Calculator f(b);
  Value logRate = f.log(rate);
  Value width = f.add(f.mul(2.53, f.sqrt(rate)), 0.931);
  Value slope = f.add(f.mul(0.02483, width), -0.059);
  Value inverseAlpha = f.add(f.div(1.1328, f.sub(width, 3.4)), 1.1239);
  return f.drawUntil(draws, [&]() -> std::pair<Value, Value> {
    Value u = f.sub(draws.drawUniform(), 0.5);
    Value v = draws.drawUniform();
    Value distance = f.sub(0.5, f.abs(u));
    Value k = f.floor(f.add(
        f.add(f.mul(f.add(f.div(f.mul(2, slope), distance), width), u), rate),
        0.43));
    Value isInside =
        f.both(f.lessEqual(f.number(0.07), distance),
               f.lessEqual(v, f.sub(0.9277, f.div(3.6224, f.sub(width, 2)))));
    Value isOutside = f.either(
        f.less(k, 0), f.both(f.less(distance, 0.013), f.less(distance, v)));
    Value isAccepted =
        createChoice(
            b, b.getI1Type(), f.either(isInside, isOutside),
            [&] { return SmallVector<Value>{isInside}; },
            [&] {
              Value square = f.mul(distance, distance);
              Value s = f.log(f.div(f.mul(v, inverseAlpha),
                                    f.add(f.div(slope, square), width)));
              Value t = f.sub(f.add(f.neg(rate), f.mul(k, logRate)),
                              f.lgamma(f.add(k, 1)));
              return SmallVector<Value>{f.lessEqual(s, t)};
            })
            .front();
    return {k, isAccepted};
  });
}

static Value createPoisson(NodeBuilder &b, Value rate,
                           const PhiloxStream &stream, Value index) {
  Calculator f(b);
  PhiloxStream own = getOwnStream(b, stream, index, kBlocksPerSample);
  Value isFinite = f.less(rate, std::numeric_limits<double>::infinity());
  return f.choose(
      isFinite,
      [&] {
        return f.choose(
            f.less(rate, 10),
            [&] {
              Draws draws(b, own);
              return createFewEvents(b, draws, rate);
            },
            [&] {
              Draws draws(b, own);
              return createManyEvents(b, draws, rate);
            });
      },
      // Infinity and NaN.
      [&] { return rate; });
}

//===----------------------------------------------------------------------===//
// Binomial
//===----------------------------------------------------------------------===//

/// Sums distances between successes until they exceed the count.
static Value createInversion(NodeBuilder &b, Draws &draws, Value count,
                             Value probability) {
  Calculator f(b);
  Value logFailure = f.log1p(f.neg(probability));
  return countDraws(b, draws, f.number(0), [&](Value sum, Value drawn) {
    Value distance = f.ceil(f.div(f.log(drawn), logFailure));
    Value next = f.add(sum, distance);
    return std::pair(next, f.less(count, next));
  });
}

/// What Stirling's formula for k! lacks.
static Value createStirlingTail(NodeBuilder &b, Value k) {
  static constexpr double exact[] = {0.0810614667953272,  0.0413406959554092,
                                     0.0276779256849983,  0.02079067210376509,
                                     0.0166446911898211,  0.0138761288230707,
                                     0.0118967099458917,  0.0104112652619720,
                                     0.00925546218271273, 0.00833056343336287};
  Calculator f(b);
  Value next = f.add(k, 1);
  Value square = f.mul(next, next);
  Value tail =
      f.div(f.sub(1.0 / 12,
                  f.div(f.sub(1.0 / 360, f.div(1.0 / 1260, square)), square)),
            next);
  // Of a whole number; a fraction is cut off.
  for (int i = std::size(exact) - 1; i >= 0; --i) {
    Value isBelow =
        i == std::size(exact) - 1 ? f.lessEqual(k, i) : f.less(k, i + 1);
    tail = createSelect(b, isBelow, f.number(exact[i]), tail);
  }
  return tail;
}

namespace {
/// Hoermann, "The generation of binomial random variates", 1993: the method
/// BTRS.
class TransformedRejection {
public:
  TransformedRejection(NodeBuilder &b, Value count, Value probability);

  std::pair<Value, Value> createAttempt(Draws &draws);

private:
  Value createBound(Value k);

  NodeBuilder &b;
  Calculator f;
  Value count, probability;
  Value width, slope, center, box, odds, alpha, mode;
};
} // namespace

TransformedRejection::TransformedRejection(NodeBuilder &b, Value count,
                                           Value probability)
    : b(b), f(b), count(count), probability(probability) {
  Value mean = f.mul(count, probability);
  Value deviation = f.sqrt(f.mul(mean, f.sub(1, probability)));
  width = f.add(f.mul(2.53, deviation), 1.15);
  slope = f.add(f.add(f.mul(0.0248, width), -0.0873), f.mul(0.01, probability));
  center = f.add(mean, 0.5);
  box = f.sub(0.92, f.div(4.2, width));
  odds = f.div(probability, f.sub(1, probability));
  alpha = f.mul(f.add(f.div(5.1, width), 2.83), deviation);
  mode = f.floor(f.mul(f.add(count, 1), probability));
}

/// The logarithm of the ratio that a candidate must not exceed.
Value TransformedRejection::createBound(Value k) {
  Value failures = f.add(f.sub(count, k), 1);
  Value modeFailures = f.add(f.sub(count, mode), 1);
  Value bound =
      f.add(f.mul(f.add(mode, 0.5),
                  f.log(f.div(f.add(mode, 1), f.mul(odds, modeFailures)))),
            f.mul(f.add(count, 1), f.log(f.div(modeFailures, failures))));
  bound = f.add(bound, f.mul(f.add(k, 0.5),
                             f.log(f.div(f.mul(odds, failures), f.add(k, 1)))));
  bound = f.add(bound, createStirlingTail(b, mode));
  bound = f.add(bound, createStirlingTail(b, f.sub(count, mode)));
  bound = f.sub(bound, createStirlingTail(b, k));
  return f.sub(bound, createStirlingTail(b, f.sub(count, k)));
}

std::pair<Value, Value> TransformedRejection::createAttempt(Draws &draws) {
  Value u = draws.drawUniform();
  Value v = draws.drawUniform();
  u = f.sub(u, 0.5);
  Value distance = f.sub(0.5, f.abs(u));
  Value k = f.floor(
      f.add(f.mul(f.add(f.div(f.mul(2, slope), distance), width), u), center));
  Value isInside =
      f.both(f.lessEqual(f.number(0.07), distance), f.lessEqual(v, box));
  Value isOutside = f.either(f.less(k, 0), f.less(count, k));
  Value isAccepted =
      createChoice(
          b, b.getI1Type(), f.either(isInside, isOutside),
          [&] { return SmallVector<Value>{isInside}; },
          [&] {
            Value square = f.mul(distance, distance);
            Value ratio = f.log(
                f.div(f.mul(v, alpha), f.add(f.div(slope, square), width)));
            return SmallVector<Value>{f.lessEqual(ratio, createBound(k))};
          })
          .front();
  return {k, isAccepted};
}

/// The number of the less likely outcomes, whose probability is in (0, 0.5].
static Value createLessLikely(NodeBuilder &b, Value count, Value probability,
                              Value isLarge, const PhiloxStream &stream,
                              Value index) {
  Calculator f(b);
  return f.choose(
      isLarge,
      [&] {
        Draws draws(b, getOwnStream(b, stream, index, kBlocksPerSample));
        TransformedRejection rejection(b, count, probability);
        return f.drawUntil(draws,
                           [&] { return rejection.createAttempt(draws); });
      },
      [&] {
        Draws draws(b, getOwnStream(b, stream, index, kBlocksPerInversion));
        return createInversion(b, draws, count, probability);
      });
}

/// Whether the mean is at least 10, in the type of the parameters.
static Value createIsLarge(NodeBuilder &b, Value count, Value q) {
  Type type = count.getType(), wide = getComputeType(type);
  Value mean = arith::MulFOp::create(b, convertFloat(b, count, wide),
                                     convertFloat(b, q, wide));
  mean = convertFloat(b, convertFloat(b, mean, type), wide);
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OGE, mean,
                               createNumber(b, wide, 10));
}

static Value createBinomial(NodeBuilder &b, Value count, Value probability,
                            const PhiloxStream &stream, Value index) {
  Calculator f(b);
  Value n = toF64(b, count), p = toF64(b, probability);
  Value isLikely = f.less(f.number(0.5), p);
  Value q = createSelect(b, isLikely, f.sub(1, p), p);
  // 1 - p has all its bits in the type of p.
  Value isLarge = createIsLarge(b, count, fromF64(b, q, count.getType()));
  Value isImpossible = f.either(f.lessEqual(n, 0), f.lessEqual(p, 0));
  Value isCertain = f.lessEqual(f.number(1), p);
  // Comparisons with NaN are false.
  Value isPossible = f.both(f.less(f.number(0), n), f.less(p, 1));
  return f.choose(
      isImpossible, [&] { return f.number(0); },
      [&] {
        return f.choose(
            isCertain, [&] { return n; },
            [&] {
              return f.choose(
                  isPossible,
                  [&] {
                    Value k = createLessLikely(b, n, q, isLarge, stream, index);
                    return createSelect(b, isLikely, f.sub(n, k), k);
                  },
                  [&] {
                    return f.number(std::numeric_limits<double>::quiet_NaN());
                  });
            });
      });
}

//===----------------------------------------------------------------------===//
// All of them
//===----------------------------------------------------------------------===//

Value graph_compile::createSample(NodeBuilder &b,
                                  RandomDistribution distribution,
                                  ValueRange parameters,
                                  const PhiloxStream &stream, Value index) {
  switch (distribution) {
  case RandomDistribution::Gamma:
    return createGamma(b, toF64(b, parameters[0]), stream, index);
  case RandomDistribution::Poisson:
    return createPoisson(b, toF64(b, parameters[0]), stream, index);
  case RandomDistribution::Binomial:
    return createBinomial(b, parameters[0], parameters[1], stream, index);
  case RandomDistribution::Normal:
  case RandomDistribution::TruncatedNormal:
    break;
  }
  llvm_unreachable("a distribution without parameters");
}
