//===- Tensor.cpp - values of the interpreter -----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tensor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"

#include <cmath>

using namespace mlir;
using namespace graph_compile::interpret;

void Tensor::set(size_t i, double number) {
  auto type = cast<FloatType>(elementType);
  APFloat value(number);
  bool losesInfo;
  value.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  floats[i] = value.convertToDouble();
}

void Tensor::set(size_t i, int64_t number) {
  auto type = cast<IntegerType>(elementType);
  APInt bits(64, number, /*isSigned=*/true);
  bool isSigned = !type.isUnsigned() && type.getWidth() > 1;
  bits = bits.trunc(type.getWidth());
  bits = isSigned ? bits.sext(64) : bits.zext(64);
  integers[i] = bits.getSExtValue();
}

/// To the bit; all NaN are one.
static bool isSame(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return std::isnan(a) && std::isnan(b);
  return llvm::bit_cast<uint64_t>(a) == llvm::bit_cast<uint64_t>(b);
}

bool graph_compile::interpret::operator==(const Tensor &a, const Tensor &b) {
  return a.elementType == b.elementType && a.shape == b.shape &&
         a.integers == b.integers && a.floats.size() == b.floats.size() &&
         std::equal(a.floats.begin(), a.floats.end(), b.floats.begin(), isSame);
}

int64_t graph_compile::interpret::countElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t dim : shape)
    count *= dim;
  return count;
}

Tensor graph_compile::interpret::makeTensor(Type elementType,
                                            ArrayRef<int64_t> shape) {
  Tensor tensor;
  tensor.elementType = elementType;
  tensor.shape.assign(shape.begin(), shape.end());
  if (tensor.isFloat())
    tensor.floats.assign(countElements(shape), 0);
  else
    tensor.integers.assign(countElements(shape), 0);
  return tensor;
}

Tensor graph_compile::interpret::makeTensor(ElementsAttr elements) {
  ShapedType type = elements.getShapedType();
  Tensor tensor = makeTensor(type.getElementType(), type.getShape());
  if (tensor.isFloat()) {
    for (auto [i, value] : llvm::enumerate(elements.getValues<APFloat>())) {
      bool losesInfo;
      APFloat wide = value;
      wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
      tensor.floats[i] = wide.convertToDouble();
    }
    return tensor;
  }
  for (auto [i, value] : llvm::enumerate(elements.getValues<APInt>()))
    tensor.set(i, int64_t(value.zextOrTrunc(64).getZExtValue()));
  return tensor;
}

std::optional<SmallVector<int64_t>>
graph_compile::interpret::broadcast(ArrayRef<ArrayRef<int64_t>> shapes) {
  size_t rank = 0;
  for (ArrayRef<int64_t> shape : shapes)
    rank = std::max(rank, shape.size());
  SmallVector<int64_t> result(rank, 1);
  for (ArrayRef<int64_t> shape : shapes)
    for (auto [i, dim] : llvm::enumerate(shape)) {
      int64_t &wanted = result[rank - shape.size() + i];
      if (dim == 1 || dim == wanted)
        continue;
      if (wanted != 1)
        return std::nullopt;
      wanted = dim;
    }
  return result;
}

size_t graph_compile::interpret::getSource(size_t i, ArrayRef<int64_t> shape,
                                           ArrayRef<int64_t> source) {
  size_t result = 0, stride = 1;
  for (size_t axis = source.size(); axis-- > 0;) {
    int64_t dim = shape[shape.size() - source.size() + axis];
    if (source[axis] != 1)
      result += (i % dim) * stride;
    stride *= source[axis];
    i /= dim;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static llvm::json::Value toJson(double number) {
  if (std::isnan(number))
    return "nan";
  if (std::isinf(number))
    return number > 0 ? "inf" : "-inf";
  return number;
}

llvm::json::Value graph_compile::interpret::toJson(const Tensor &tensor) {
  llvm::json::Array shape, data;
  for (int64_t dim : tensor.shape)
    shape.push_back(dim);
  for (double number : tensor.floats)
    data.push_back(::toJson(number));
  for (int64_t number : tensor.integers)
    data.push_back(number);
  return llvm::json::Object{{"shape", std::move(shape)},
                            {"data", std::move(data)}};
}

/// Appends the numbers in nested lists, row by row.
static bool flatten(const llvm::json::Value &value,
                    std::vector<double> &numbers) {
  if (const llvm::json::Array *list = value.getAsArray())
    return llvm::all_of(*list, [&](const llvm::json::Value &element) {
      return flatten(element, numbers);
    });
  if (std::optional<bool> truth = value.getAsBoolean())
    numbers.push_back(*truth);
  else if (std::optional<double> number = value.getAsNumber())
    numbers.push_back(*number);
  else if (auto text = value.getAsString())
    numbers.push_back(std::strtod(text->str().c_str(), nullptr));
  else
    return false;
  return true;
}

llvm::Expected<Tensor>
graph_compile::interpret::fromJson(const llvm::json::Value &value,
                                   RankedTensorType type) {
  SmallVector<int64_t> shape(type.getShape());
  const llvm::json::Value *data = &value;
  if (const llvm::json::Object *object = value.getAsObject()) {
    const llvm::json::Array *dims = object->getArray("shape");
    data = object->get("data");
    if (!dims || !data)
      return llvm::createStringError("expected a shape and data");
    shape.clear();
    for (const llvm::json::Value &dim : *dims)
      shape.push_back(dim.getAsInteger().value_or(0));
  }
  std::vector<double> numbers;
  if (ShapedType::isDynamicShape(shape) || !flatten(*data, numbers) ||
      int64_t(numbers.size()) != countElements(shape))
    return llvm::createStringError(
        "expected as many numbers as the shape has elements");
  Tensor tensor = makeTensor(type.getElementType(), shape);
  for (auto [i, number] : llvm::enumerate(numbers)) {
    if (tensor.isFloat())
      tensor.set(i, number);
    else
      tensor.set(i, int64_t(number));
  }
  return tensor;
}
