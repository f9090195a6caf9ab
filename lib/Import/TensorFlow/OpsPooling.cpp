//===- OpsPooling.cpp - pooling, local response normalization -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Windows have a size along every dim in our dialect as in TensorFlow, so that
// tensors with their channels first need no transposition.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include <limits>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;
using graph::PoolKind;

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

namespace {
/// How windows lie along the dims of a tensor.
struct Windows {
  SmallVector<int64_t> sizes, strides;
  /// Two per dim; empty if there is none, or with `isSame`.
  SmallVector<int64_t> padding;
  bool isSame = false;

  /// The attributes of our ops.
  SmallVector<NamedAttribute> getAttributes(Chain &chain) const {
    SmallVector<NamedAttribute> attributes = {chain.attr("window", sizes),
                                              chain.attr("strides", strides)};
    if (isSame)
      attributes.push_back(chain.flag("same_padding"));
    else if (!padding.empty())
      attributes.push_back(chain.attr("padding", padding));
    return attributes;
  }
};
} // namespace

/// The attribute `name`, or the constant input `input` where the op has one.
static FailureOr<SmallVector<int64_t>> readPerDim(NodeBuilder &node,
                                                  StringRef name,
                                                  std::optional<unsigned> input,
                                                  int64_t rank) {
  FailureOr<SmallVector<int64_t>> values =
      input ? node.requireInts(*input) : node.intListAttr(name);
  if (failed(values))
    return failure();
  if (static_cast<int64_t>(values->size()) != rank)
    return node.error() << "expected " << name << " to have " << rank
                        << " elements, one per dim of the pooled tensor, got "
                        << values->size();
  for (int64_t value : *values)
    if (value < 1)
      return node.error() << "expected " << name << " to be positive, got "
                          << value;
  return values;
}

/// Reads `padding` and `explicit_paddings`.
static LogicalResult readPadding(NodeBuilder &node, Windows &windows) {
  StringRef padding = node.stringAttr("padding");
  bool canBeExplicit = node.info().findAttribute("explicit_paddings");
  windows.isSame = padding == "SAME";
  if (padding == "SAME" || padding == "VALID")
    return success();
  if (!canBeExplicit || padding != "EXPLICIT")
    return node.error() << "expected attribute padding to be SAME"
                        << (canBeExplicit ? ", VALID or EXPLICIT" : " or VALID")
                        << ", got \"" << padding << "\"";
  windows.padding = node.intListAttr("explicit_paddings");
  if (windows.padding.size() != 2 * windows.sizes.size())
    return node.error() << "expected attribute explicit_paddings to have "
                        << 2 * windows.sizes.size()
                        << " elements, two per dim, got "
                        << windows.padding.size();
  return success();
}

/// Checks that `data_format`, where the op has it, names the dims of a tensor
/// of rank `rank`.
static LogicalResult checkFormat(NodeBuilder &node, int64_t rank) {
  if (!node.info().findAttribute("data_format"))
    return success();
  StringRef format = node.stringAttr("data_format");
  bool isKnown = format == "NHWC" || format == "NCHW" || format == "NDHWC" ||
                 format == "NCDHW";
  if (isKnown && static_cast<int64_t>(format.size()) == rank)
    return success();
  return node.error() << "expected attribute data_format to name the " << rank
                      << " dims of the pooled tensor, got \"" << format << "\"";
}

/// The windows of an op on tensors of rank `rank`, stated by attributes or by
/// the inputs after the first `numTensors`.
static FailureOr<Windows> readWindows(NodeBuilder &node, int64_t rank,
                                      unsigned numTensors) {
  if (failed(checkFormat(node, rank)))
    return failure();
  std::optional<unsigned> firstInput, secondInput;
  if (node.numInputs() > numTensors) {
    firstInput = numTensors;
    secondInput = numTensors + 1;
  }
  auto sizes = readPerDim(node, "ksize", firstInput, rank);
  auto strides = readPerDim(node, "strides", secondInput, rank);
  if (failed(sizes) || failed(strides))
    return failure();
  Windows windows = {*sizes, *strides, {}};
  if (failed(readPadding(node, windows)))
    return failure();
  return windows;
}

/// Checks that open sizes of `x` are not smaller than a window by more than a
/// stride; the pool's own inference looks at the static ones.
static LogicalResult checkSizes(Chain &chain, Value x, const Windows &windows) {
  if (!x || windows.isSame)
    return success(x != nullptr);
  for (int64_t dim = 0; dim < tensorType(x).getRank(); ++dim) {
    int64_t least = windows.sizes[dim] - 2 * windows.strides[dim] + 1;
    if (!windows.padding.empty())
      least -= windows.padding[2 * dim] + windows.padding[2 * dim + 1];
    if (least > 0 && tensorType(x).isDynamicDim(dim) &&
        !chain.checkAtLeast(chain.dim(x, dim), least, "a size"))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

static Value pool(NodeBuilder &node, Chain &chain, PoolKind kind, Value x,
                  const Windows &windows, bool finite = false) {
  SmallVector<NamedAttribute> attributes = windows.getAttributes(chain);
  attributes.push_back(node.builder().getNamedAttr(
      "kind", graph::PoolKindAttr::get(node.context(), kind)));
  if (finite)
    attributes.push_back(chain.flag("finite"));
  return chain.op<graph::PoolOp>(x, attributes);
}

template <PoolKind kind, int64_t rank>
static LogicalResult buildPool(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, kind == PoolKind::Max ? Numbers : Floats)) ||
      failed(expectRank(node, 0, rank)))
    return failure();
  auto windows = readWindows(node, rank, /*numTensors=*/1);
  if (failed(windows))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  if (failed(checkSizes(chain, x, *windows)))
    return failure();
  // TensorFlow's kernel for images begins with the lowest finite value, the one
  // for volumes with negative infinity.
  bool finite = kind == PoolKind::Max && rank == 4;
  return chain.give(results, pool(node, chain, kind, x, *windows, finite));
}

/// All elements of `x` as a vector.
static Value flatten(NodeBuilder &node, Chain &chain, Value x) {
  return chain.reshape(x, node.intVector({-1}));
}

/// The elements of `x` at the row-major positions `positions`.
static Value lookUp(NodeBuilder &node, Chain &chain, Value x, Value positions) {
  return chain.gather(flatten(node, chain, x), positions, /*axis=*/0);
}

/// Where in the whole batch each sample begins, as a tensor of rank 4 of i64.
static Value sampleStarts(NodeBuilder &node, Chain &chain, Value x) {
  Type type = node.builder().getI64Type();
  Value sampleSize =
      chain.reduce(graph::ReduceKind::Prod,
                   chain.part(chain.shape(x, type), 1, 4), int64_t(0));
  Value samples = chain.range(chain.integer(0, type), chain.dim(x, 0, type),
                              chain.integer(1, type));
  return chain.expandDims(chain.mul(samples, sampleSize), {1, 2, 3});
}

static LogicalResult buildMaxPoolWithArgmax(NodeBuilder &node,
                                            Results &results) {
  if (failed(expectKind(node, 0, Numbers)) || failed(expectRank(node, 0, 4)))
    return failure();
  auto windows = readWindows(node, 4, /*numTensors=*/1);
  if (failed(windows))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  if (failed(checkSizes(chain, x, *windows)))
    return failure();
  Value positions =
      chain.op<graph::ArgMaxPoolOp>(x, windows->getAttributes(chain));
  if (failed(chain.give(results, lookUp(node, chain, x, positions))))
    return failure();
  if (!node.boolAttr("include_batch_in_index"))
    positions = chain.sub(positions, sampleStarts(node, chain, x));
  return chain.give(results, chain.cast(positions, node.typeAttr("Targmax")));
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

/// The number of windows along dim `dim` of size `size`.
static Value pooledSize(Chain &chain, Value size, const Windows &windows,
                        int64_t dim) {
  Type type = tensorType(size).getElementType();
  int64_t stride = windows.strides[dim];
  int64_t room = stride - 1;
  if (!windows.isSame) {
    room = stride - windows.sizes[dim];
    if (!windows.padding.empty())
      room += windows.padding[2 * dim] + windows.padding[2 * dim + 1];
  }
  size = chain.max(chain.add(size, chain.integer(room, type)),
                   chain.integer(0, type));
  return chain.op<graph::FloorDivOp>({size, chain.integer(stride, type)});
}

/// `grad` after the check that it has the shape of the pool of a tensor of
/// sizes `sizes`, a vector. What is static is for inference to compare.
static Value checkPooled(Chain &chain, Value grad, Value sizes,
                         const Windows &windows) {
  if (!grad || !sizes)
    return {};
  Type type = tensorType(sizes).getElementType();
  SmallVector<int64_t> known = chain.knownInts(sizes);
  std::optional<SmallVector<graph::Size>> origins = graph::shapeElements(sizes);
  SmallVector<Value> conditions;
  for (int64_t dim = 0; dim < tensorType(grad).getRank(); ++dim) {
    if (!tensorType(grad).isDynamicDim(dim) && known[dim] != graph::kUnknown)
      continue;
    bool keepsSize = windows.strides[dim] == 1 &&
                     (windows.isSame || windows.sizes[dim] == 1);
    graph::Size own = graph::previousSize(grad, dim);
    if (keepsSize && origins && graph::sameSize((*origins)[dim], own))
      continue;
    Value expected = pooledSize(chain, chain.element(sizes, dim), windows, dim);
    conditions.push_back(chain.compare(graph::CompareDirection::EQ,
                                       chain.dim(grad, dim, type), expected));
  }
  if (conditions.empty())
    return grad;
  return chain.checkTrue(grad, chain.vector(conditions),
                         "the gradient has another shape than the pool");
}

/// The windows of the gradient of a maximum, whose inputs are the pool's, its
/// result and a gradient.
static FailureOr<Windows> readWindowsOfGrad(NodeBuilder &node, int64_t rank) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  for (unsigned i = 0; i < 3; ++i)
    if (failed(expectRank(node, i, rank)))
      return failure();
  return readWindows(node, rank, /*numTensors=*/3);
}

/// MaxPoolGrad looks for the first maximum of a window, MaxPool3DGrad for all
/// places that equal the output that it is given.
template <int64_t rank>
static LogicalResult buildMaxPoolGrad(NodeBuilder &node, Results &results) {
  auto windows = readWindowsOfGrad(node, rank);
  if (failed(windows))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  if (failed(checkSizes(chain, x, *windows)))
    return failure();
  Value grad = checkPooled(chain, node.input(2), chain.shape(x), *windows);
  SmallVector<Value> operands = {x, chain.cast(grad, node.elementType(0))};
  if (rank == 5) {
    Value y = chain.checkSameShape(node.input(1), grad);
    operands.push_back(y);
  }
  Value result =
      chain.op<graph::MaxPoolGradOp>(operands, windows->getAttributes(chain));
  return chain.give(results, chain.cast(result, node.elementType(2)));
}

/// The gradient of the gradient for the output's gradient: what the output's
/// place of the maximum holds.
template <int64_t rank>
static LogicalResult buildMaxPoolGradGrad(NodeBuilder &node, Results &results) {
  auto windows = readWindowsOfGrad(node, rank);
  if (failed(windows))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  if (failed(checkSizes(chain, x, *windows)))
    return failure();
  Value grad = chain.checkSameShape(node.input(2), x);
  Value positions =
      chain.op<graph::ArgMaxPoolOp>(x, windows->getAttributes(chain));
  return chain.give(results, lookUp(node, chain, grad, positions));
}

static LogicalResult buildMaxPoolGradWithArgmax(NodeBuilder &node,
                                                Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  for (unsigned i = 0; i < 3; ++i)
    if (failed(expectRank(node, i, 4)))
      return failure();
  auto windows = readWindows(node, 4, /*numTensors=*/3);
  if (failed(windows))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  if (failed(checkSizes(chain, x, *windows)))
    return failure();
  Value grad = checkPooled(chain, node.input(1), chain.shape(x), *windows);
  Type positionType = node.builder().getI64Type();
  Value positions =
      chain.cast(chain.checkSameShape(node.input(2), grad), positionType);
  if (!node.boolAttr("include_batch_in_index"))
    positions = chain.add(positions, sampleStarts(node, chain, x));
  Value all = flatten(node, chain, x);
  positions = chain.checkIndex(flatten(node, chain, positions), all, 0);
  // Each element of the gradient is added to one place.
  positions = chain.expandDims(positions, int64_t(1));
  Value weights = chain.broadcastTo(chain.scalar(1, x), chain.shape(positions));
  Value sums = chain.op<graph::ResampleGradOp>(
      {flatten(node, chain, grad), positions, weights,
       chain.dim(all, 0, positionType)},
      chain.attr("axis", int64_t(0)));
  return chain.give(results, chain.reshape(sums, chain.shape(x)));
}

template <int64_t rank>
static LogicalResult buildAvgPoolGrad(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 0, 1)) || failed(expectKind(node, 1, Floats)) ||
      failed(expectRank(node, 1, rank)))
    return failure();
  if (node.inputType(0).getDimSize(0) != rank)
    return node.error() << "expected input 0 (" << inputName(node, 0)
                        << ") to have " << rank << " elements, got "
                        << node.inputType(0);
  auto windows = readWindows(node, rank, /*numTensors=*/2);
  if (failed(windows))
    return failure();
  Chain chain(node);
  Value sizes = node.input(0);
  auto origins = graph::shapeElements(sizes);
  bool areSizes = origins && llvm::none_of(*origins, [](graph::Size size) {
                    return size.kind == graph::Size::Kind::Element;
                  });
  if (!areSizes)
    sizes = chain.checkAtLeast(sizes, 0, "a size");
  Value grad = checkPooled(chain, node.input(1), sizes, *windows);
  return chain.give(results, chain.op<graph::MeanPoolGradOp>(
                                 {grad, sizes}, windows->getAttributes(chain)));
}

//===----------------------------------------------------------------------===//
// Local response normalization
//===----------------------------------------------------------------------===//

/// The sums of `x` over the channels up to `depth_radius` away.
static Value sumNearby(NodeBuilder &node, Chain &chain, Value x) {
  Windows windows = {{1, 1, 1, 2 * node.intAttr("depth_radius") + 1},
                     {1, 1, 1, 1},
                     {},
                     /*isSame=*/true};
  return pool(node, chain, PoolKind::Sum, x, windows);
}

/// bias + alpha * sum of nearby squares
static Value responseNorm(NodeBuilder &node, Chain &chain, Value x) {
  Value squares = sumNearby(node, chain, chain.mul(x, x));
  return chain.add(
      chain.scalar(node.floatAttr("bias"), x),
      chain.mul(chain.scalar(node.floatAttr("alpha"), x), squares));
}

static LogicalResult checkResponse(NodeBuilder &node, unsigned numTensors) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  for (unsigned i = 0; i < numTensors; ++i)
    if (failed(expectRank(node, i, 4)))
      return failure();
  int64_t radius = node.intAttr("depth_radius");
  if (radius < 0 || radius > std::numeric_limits<int32_t>::max())
    return node.error() << "expected attribute depth_radius to be a 32-bit "
                           "integer that is not negative, got "
                        << radius;
  return success();
}

/// x * norm^-beta
static LogicalResult buildLrn(NodeBuilder &node, Results &results) {
  if (failed(checkResponse(node, 1)))
    return failure();
  Chain chain(node);
  Value x = chain.widen(node.input(0));
  Value norm = responseNorm(node, chain, x);
  Value scale =
      chain.op<graph::PowOp>({norm, chain.scalar(-node.floatAttr("beta"), x)});
  return chain.give(results,
                    chain.cast(chain.mul(x, scale), node.elementType(0)));
}

/// dy * norm^-beta - 2 * alpha * beta * x * (sum of nearby dy * y / norm)
static LogicalResult buildLrnGrad(NodeBuilder &node, Results &results) {
  if (failed(checkResponse(node, 3)))
    return failure();
  Chain chain(node);
  Value grad = chain.widen(node.input(0));
  Value x = chain.widen(chain.checkSameShape(node.input(1), node.input(0)));
  Value y = chain.widen(chain.checkSameShape(node.input(2), node.input(0)));
  Value norm = responseNorm(node, chain, x);
  double beta = node.floatAttr("beta");
  Value scale = chain.op<graph::PowOp>({norm, chain.scalar(-beta, x)});
  Value nearby = sumNearby(node, chain, chain.div(chain.mul(grad, y), norm));
  Value factor = chain.scalar(2 * node.floatAttr("alpha") * beta, x);
  Value result = chain.sub(chain.mul(grad, scale),
                           chain.mul(chain.mul(factor, x), nearby));
  return chain.give(results, chain.cast(result, node.elementType(0)));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

/// Where an op's windows are stated.
enum class WindowForm { Attributes, Inputs };

/// The signature of an op: its tensors, and its attributes beside those of
/// windows.
static std::string signature(StringRef tensors, StringRef format,
                             StringRef attributes = "",
                             WindowForm form = WindowForm::Attributes) {
  std::string text = tensors.str() +
                     "; padding: string, data_format: string = '" +
                     format.str() + "'";
  if (form == WindowForm::Attributes)
    text += ", ksize: list(int), strides: list(int)";
  if (!attributes.empty())
    text += ", " + attributes.str();
  return text;
}

static constexpr StringLiteral kImages = "NHWC", kVolumes = "NDHWC";
static constexpr StringLiteral kConstantWindows = "constant ksize and strides";

static void registerPools(OpTable &table) {
  constexpr StringLiteral tensors = "input: T -> output: T";
  table.add("MaxPool",
            signature(tensors, kImages,
                      "explicit_paddings: list(int) = [], T: type = float"),
            buildPool<PoolKind::Max, 4>);
  table
      .add("MaxPoolV2",
           signature("input: T, ksize: int32, strides: int32 -> output: T",
                     kImages, "T: type = float", WindowForm::Inputs),
           buildPool<PoolKind::Max, 4>)
      .note(kConstantWindows);
  table.add("AvgPool", signature("value: T -> output: T", kImages),
            buildPool<PoolKind::Mean, 4>);
  table.add("MaxPool3D", signature(tensors, kVolumes),
            buildPool<PoolKind::Max, 5>);
  table.add("AvgPool3D", signature(tensors, kVolumes),
            buildPool<PoolKind::Mean, 5>);
  table.add("MaxPoolWithArgmax",
            "input: T -> output: T, argmax: Targmax; ksize: list(int), "
            "strides: list(int), padding: string, Targmax: type = int64, "
            "include_batch_in_index: bool = false",
            buildMaxPoolWithArgmax);
}

static void registerPoolGradients(OpTable &table) {
  constexpr StringLiteral tensors =
      "orig_input: T, orig_output: T, grad: T -> output: T";
  constexpr StringLiteral tensorsAndWindows =
      "orig_input: T, orig_output: T, grad: T, ksize: int32, strides: int32 -> "
      "output: T";
  table.add("MaxPoolGrad",
            signature(tensors, kImages,
                      "explicit_paddings: list(int) = [], T: type = float"),
            buildMaxPoolGrad<4>);
  table
      .add("MaxPoolGradV2",
           signature(tensorsAndWindows, kImages, "T: type = float",
                     WindowForm::Inputs),
           buildMaxPoolGrad<4>)
      .note(kConstantWindows);
  table.add("MaxPool3DGrad",
            signature("orig_input: TInput, orig_output: TInput, grad: T -> "
                      "output: T",
                      kVolumes, "T: type = float, TInput: type = float"),
            buildMaxPoolGrad<5>);
  table.add("MaxPoolGradGrad", signature(tensors, kImages),
            buildMaxPoolGradGrad<4>);
  table
      .add("MaxPoolGradGradV2",
           signature(tensorsAndWindows, kImages, "", WindowForm::Inputs),
           buildMaxPoolGradGrad<4>)
      .note(kConstantWindows);
  table.add("MaxPool3DGradGrad", signature(tensors, kVolumes),
            buildMaxPoolGradGrad<5>);
  table.add("MaxPoolGradWithArgmax",
            "input: T, grad: T, argmax: Targmax -> output: T; ksize: "
            "list(int), strides: list(int), padding: string, "
            "include_batch_in_index: bool = false",
            buildMaxPoolGradWithArgmax);
  constexpr StringLiteral meanTensors =
      "orig_input_shape: int32, grad: T -> output: T";
  table.add("AvgPoolGrad", signature(meanTensors, kImages),
            buildAvgPoolGrad<4>);
  table.add("AvgPool3DGrad", signature(meanTensors, kVolumes),
            buildAvgPoolGrad<5>);
}

void tensorflow::registerPoolingOps(OpTable &table) {
  registerPools(table);
  registerPoolGradients(table);
  table.add("LRN",
            "input: T -> output: T; depth_radius: int = 5, bias: float = 1.0, "
            "alpha: float = 1.0, beta: float = 0.5, T: type = float",
            buildLrn);
  table.add("LRNGrad",
            "input_grads: T, input_image: T, output_image: T -> output: T; "
            "depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, "
            "beta: float = 0.5, T: type = float",
            buildLrnGrad);
}
