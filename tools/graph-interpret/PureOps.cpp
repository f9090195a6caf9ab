//===- PureOps.cpp - the ops that only compute ----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The ops that random graphs are made of, by their definitions in the dialect's
// documentation. An op that is missing here is named when it is met.
//
//===----------------------------------------------------------------------===//

#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::interpret;

using Operands = ArrayRef<const Tensor *>;
using Results = llvm::Expected<SmallVector<Tensor, 1>>;

static SmallVector<Tensor, 1> single(Tensor tensor) {
  SmallVector<Tensor, 1> results;
  results.push_back(std::move(tensor));
  return results;
}

static Type getResultElement(Operation *op) {
  return cast<ShapedType>(op->getResult(0).getType()).getElementType();
}

//===----------------------------------------------------------------------===//
// Elementwise ops
//===----------------------------------------------------------------------===//

/// Calls `compute` with the result, its element, and where that comes from in
/// each operand.
template <typename Fn>
static Results mapElements(Operation *op, Operands operands, Fn compute) {
  SmallVector<ArrayRef<int64_t>> shapes;
  for (const Tensor *operand : operands)
    shapes.push_back(operand->shape);
  auto shape = broadcast(shapes);
  if (!shape)
    return llvm::createStringError("shapes do not broadcast");
  Tensor result = makeTensor(getResultElement(op), *shape);
  for (size_t i = 0, e = result.size(); i != e; ++i) {
    SmallVector<size_t, 3> sources;
    for (const Tensor *operand : operands)
      sources.push_back(getSource(i, *shape, operand->shape));
    compute(result, i, sources);
  }
  return single(std::move(result));
}

template <typename Float, typename Integer>
static Results mapBinary(Operation *op, Operands operands, Float ofFloats,
                         Integer ofIntegers) {
  const Tensor &a = *operands[0], &b = *operands[1];
  return mapElements(
      op, operands, [&](Tensor &result, size_t i, ArrayRef<size_t> at) {
        if (a.isFloat())
          result.set(i, double(ofFloats(a.floats[at[0]], b.floats[at[1]])));
        else
          result.set(i,
                     int64_t(ofIntegers(a.integers[at[0]], b.integers[at[1]])));
      });
}

template <typename Float, typename Integer>
static Results mapUnary(Operation *op, Operands operands, Float ofFloat,
                        Integer ofInteger) {
  const Tensor &a = *operands[0];
  return mapElements(op, operands,
                     [&](Tensor &result, size_t i, ArrayRef<size_t> at) {
                       if (a.isFloat())
                         result.set(i, double(ofFloat(a.floats[at[0]])));
                       else
                         result.set(i, int64_t(ofInteger(a.integers[at[0]])));
                     });
}

/// max and min of floats: NaN wins.
static double pick(double a, double b, bool isMax) {
  if (std::isnan(a) || std::isnan(b))
    return std::nan("");
  return isMax ? std::max(a, b) : std::min(a, b);
}

static Results compare(graph::CompareOp op, Operands operands) {
  auto holds = [&](auto a, auto b) {
    switch (op.getDirection()) {
    case graph::CompareDirection::EQ:
      return a == b;
    case graph::CompareDirection::NE:
      return a != b;
    case graph::CompareDirection::LT:
      return a < b;
    case graph::CompareDirection::LE:
      return a <= b;
    case graph::CompareDirection::GT:
      return a > b;
    case graph::CompareDirection::GE:
      return a >= b;
    }
    llvm_unreachable("no such direction");
  };
  const Tensor &a = *operands[0], &b = *operands[1];
  return mapElements(
      op, operands, [&](Tensor &result, size_t i, ArrayRef<size_t> at) {
        result.set(i,
                   int64_t(a.isFloat()
                               ? holds(a.floats[at[0]], b.floats[at[1]])
                               : holds(a.integers[at[0]], b.integers[at[1]])));
      });
}

static Results select(Operation *op, Operands operands) {
  return mapElements(
      op, operands, [&](Tensor &result, size_t i, ArrayRef<size_t> at) {
        unsigned chosen = operands[0]->integers[at[0]] ? 1 : 2;
        if (result.isFloat())
          result.floats[i] = operands[chosen]->floats[at[chosen]];
        else
          result.integers[i] = operands[chosen]->integers[at[chosen]];
      });
}

static Results convert(Operation *op, Operands operands) {
  const Tensor &x = *operands[0];
  bool toTruth = getResultElement(op).isInteger(1);
  return mapElements(
      op, operands, [&](Tensor &result, size_t i, ArrayRef<size_t> at) {
        double number = x.isFloat() ? x.floats[at[0]] : x.integers[at[0]];
        if (toTruth)
          result.set(i, int64_t(number != 0));
        else if (result.isFloat())
          result.set(i, number);
        else
          result.set(i, x.isFloat() ? int64_t(number) : x.integers[at[0]]);
      });
}

//===----------------------------------------------------------------------===//
// Other ops
//===----------------------------------------------------------------------===//

static Results reduce(graph::ReduceOp op, Operands operands) {
  const Tensor &x = *operands[0];
  SmallVector<bool> isReduced(x.shape.size(), false);
  for (int64_t axis : op.getAxes())
    isReduced[axis] = true;
  SmallVector<int64_t> kept, shape;
  for (auto [dim, reduced] : llvm::zip_equal(x.shape, isReduced)) {
    kept.push_back(reduced ? 1 : dim);
    if (!reduced || op.getKeepDims())
      shape.push_back(reduced ? 1 : dim);
  }
  bool isAny = op.getKind() == graph::ReduceKind::Any;
  if (op.getKind() != graph::ReduceKind::Sum && !isAny &&
      op.getKind() != graph::ReduceKind::All)
    return llvm::createStringError("graph-interpret knows sum, all and any");
  Tensor result = makeTensor(x.elementType, shape);
  if (op.getKind() == graph::ReduceKind::All)
    std::fill(result.integers.begin(), result.integers.end(), 1);
  for (size_t i = 0, e = x.size(); i != e; ++i) {
    size_t to = getSource(i, x.shape, kept);
    if (x.isFloat())
      result.set(to, result.floats[to] + x.floats[i]);
    else if (op.getKind() == graph::ReduceKind::Sum)
      result.set(to, result.integers[to] + x.integers[i]);
    else if (isAny)
      result.integers[to] |= x.integers[i];
    else
      result.integers[to] &= x.integers[i];
  }
  return single(std::move(result));
}

/// The same elements in the shape that the op's result type says, where that is
/// static.
static Results reshape(Operation *op, Operands operands) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape())
    return llvm::createStringError(
        "graph-interpret gives static shapes only to this op");
  Tensor result = *operands[0];
  result.shape.assign(type.getShape().begin(), type.getShape().end());
  return single(std::move(result));
}

static Results broadcastTo(Operation *op, Operands operands) {
  SmallVector<int64_t> shape(operands[1]->integers.begin(),
                             operands[1]->integers.end());
  const Tensor &x = *operands[0];
  Tensor result = makeTensor(x.elementType, shape);
  for (size_t i = 0, e = result.size(); i != e; ++i) {
    size_t from = getSource(i, shape, x.shape);
    if (x.isFloat())
      result.floats[i] = x.floats[from];
    else
      result.integers[i] = x.integers[from];
  }
  return single(std::move(result));
}

static Results getShape(Operation *op, Operands operands) {
  Tensor result =
      makeTensor(getResultElement(op), {int64_t(operands[0]->shape.size())});
  for (auto [i, dim] : llvm::enumerate(operands[0]->shape))
    result.integers[i] = dim;
  return single(std::move(result));
}

static Results checkNonzero(Operation *op, Operands operands) {
  if (llvm::is_contained(operands[0]->integers, 0))
    return llvm::createStringError("a number is zero");
  return single(*operands[0]);
}

static Results checkBroadcast(Operation *op, Operands operands) {
  SmallVector<ArrayRef<int64_t>> shapes;
  for (const Tensor *operand : operands)
    shapes.push_back(operand->shape);
  if (!broadcast(shapes))
    return llvm::createStringError("shapes do not broadcast");
  return single(*operands[0]);
}

static int64_t floorDivide(int64_t a, int64_t b) {
  int64_t quotient = a / b;
  return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

Results graph_compile::interpret::computeOp(Operation *op, Operands operands) {
  // Signed overflow wraps around: by way of unsigned numbers.
  auto wrap = [](auto operation) {
    return [operation](int64_t a, int64_t b) {
      return int64_t(operation(uint64_t(a), uint64_t(b)));
    };
  };
  auto noFloat = [](double, double) { return std::nan(""); };
  return llvm::TypeSwitch<Operation *, Results>(op)
      .Case([&](graph::ConstantOp constant) {
        return single(makeTensor(constant.getValue()));
      })
      .Case([&](graph::AddOp) {
        return mapBinary(op, operands, std::plus<>(), wrap(std::plus<>()));
      })
      .Case([&](graph::SubOp) {
        return mapBinary(op, operands, std::minus<>(), wrap(std::minus<>()));
      })
      .Case([&](graph::MulOp) {
        return mapBinary(op, operands, std::multiplies<>(),
                         wrap(std::multiplies<>()));
      })
      .Case([&](graph::DivOp) {
        return mapBinary(op, operands, std::divides<>(), std::minus<>());
      })
      .Case([&](graph::FloorDivOp) {
        return mapBinary(
            op, operands, [](double a, double b) { return std::floor(a / b); },
            floorDivide);
      })
      .Case([&](graph::FloorModOp) {
        return mapBinary(
            op, operands,
            [](double a, double b) { return a - b * std::floor(a / b); },
            [](int64_t a, int64_t b) { return a - b * floorDivide(a, b); });
      })
      .Case([&](graph::MaxOp) {
        return mapBinary(
            op, operands, [](double a, double b) { return pick(a, b, true); },
            [](int64_t a, int64_t b) { return std::max(a, b); });
      })
      .Case([&](graph::MinOp) {
        return mapBinary(
            op, operands, [](double a, double b) { return pick(a, b, false); },
            [](int64_t a, int64_t b) { return std::min(a, b); });
      })
      .Case([&](graph::AndOp) {
        return mapBinary(op, operands, noFloat, std::bit_and<>());
      })
      .Case([&](graph::OrOp) {
        return mapBinary(op, operands, noFloat, std::bit_or<>());
      })
      .Case([&](graph::XorOp) {
        return mapBinary(op, operands, noFloat, std::bit_xor<>());
      })
      .Case([&](graph::NegOp) {
        return mapUnary(op, operands, std::negate<>(),
                        [](int64_t a) { return int64_t(-uint64_t(a)); });
      })
      .Case([&](graph::AbsOp) {
        return mapUnary(
            op, operands, [](double a) { return std::fabs(a); },
            [](int64_t a) { return int64_t(a < 0 ? -uint64_t(a) : a); });
      })
      .Case([&](graph::FloorOp) {
        return mapUnary(
            op, operands, [](double a) { return std::floor(a); },
            [](int64_t a) { return a; });
      })
      .Case([&](graph::NotOp) {
        bool isTruth = getResultElement(op).isInteger(1);
        return mapUnary(op, operands, std::negate<>(),
                        [=](int64_t a) { return isTruth ? int64_t(!a) : ~a; });
      })
      .Case([&](graph::IsFiniteOp) {
        return mapElements(
            op, operands, [&](Tensor &result, size_t i, ArrayRef<size_t> at) {
              result.set(i, int64_t(std::isfinite(operands[0]->floats[at[0]])));
            });
      })
      .Case([&](graph::CompareOp compared) {
        return compare(compared, operands);
      })
      .Case([&](graph::SelectOp) { return select(op, operands); })
      .Case([&](graph::CastOp) { return convert(op, operands); })
      .Case([&](graph::ReduceOp reduced) { return reduce(reduced, operands); })
      .Case<graph::ReshapeOp, graph::ExpandDimsOp, graph::SqueezeOp>(
          [&](auto) { return reshape(op, operands); })
      .Case([&](graph::BroadcastToOp) { return broadcastTo(op, operands); })
      .Case([&](graph::ShapeOp) { return getShape(op, operands); })
      .Case([&](graph::CheckNonzeroOp) { return checkNonzero(op, operands); })
      .Case(
          [&](graph::CheckBroadcastOp) { return checkBroadcast(op, operands); })
      .Case<graph::CheckReshapeOp, graph::CheckDimsOp>(
          // The random graphs have static shapes that fit.
          [&](auto) { return single(*operands[0]); })
      .Default([](Operation *unknown) -> Results {
        return llvm::createStringError("graph-interpret does not know " +
                                       unknown->getName().getStringRef().str());
      });
}
