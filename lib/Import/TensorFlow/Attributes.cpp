//===- Attributes.cpp - attributes and types of nodes ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Attributes.h"

#include "Types.h"
#include "graph.pb.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

const proto::AttrValue *tensorflow::findAttribute(const Node &node,
                                                  StringRef name) {
  auto found = node.def->attr().find(name.str());
  return found == node.def->attr().end() ? nullptr : &found->second;
}

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

static StringRef getKindName(AttributeSpec::Kind kind) {
  switch (kind) {
  case AttributeSpec::Kind::Int:
    return "an integer";
  case AttributeSpec::Kind::Float:
    return "a float";
  case AttributeSpec::Kind::Bool:
    return "a boolean";
  case AttributeSpec::Kind::String:
    return "a string";
  case AttributeSpec::Kind::Type:
    return "a type";
  case AttributeSpec::Kind::Shape:
    return "a shape";
  case AttributeSpec::Kind::Tensor:
    return "a tensor";
  case AttributeSpec::Kind::Function:
    return "a function";
  }
  llvm_unreachable("unknown kind");
}

static proto::AttrValue::ValueCase getValueCase(const AttributeSpec &spec) {
  if (spec.isList)
    return proto::AttrValue::kList;
  switch (spec.kind) {
  case AttributeSpec::Kind::Int:
    return proto::AttrValue::kI;
  case AttributeSpec::Kind::Float:
    return proto::AttrValue::kF;
  case AttributeSpec::Kind::Bool:
    return proto::AttrValue::kB;
  case AttributeSpec::Kind::String:
    return proto::AttrValue::kS;
  case AttributeSpec::Kind::Type:
    return proto::AttrValue::kType;
  case AttributeSpec::Kind::Shape:
    return proto::AttrValue::kShape;
  case AttributeSpec::Kind::Tensor:
    return proto::AttrValue::kTensor;
  case AttributeSpec::Kind::Function:
    return proto::AttrValue::kFunc;
  }
  llvm_unreachable("unknown kind");
}

std::optional<std::string> tensorflow::checkAttributes(const Node &node,
                                                       const OpInfo &info) {
  for (const AttributeSpec &spec : info.attributes) {
    const proto::AttrValue *value = findAttribute(node, spec.name);
    bool isAbsent =
        !value || value->value_case() == proto::AttrValue::VALUE_NOT_SET;
    if (isAbsent ? spec.hasDefault : value->value_case() == getValueCase(spec))
      continue;
    std::string kind = spec.isList ? "a list" : getKindName(spec.kind).str();
    return "attribute \"" + spec.name +
           (isAbsent ? "\" is missing, expected " : "\" is not ") + kind;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

const AttributeSpec &AttributeReader::getSpec(StringRef name) const {
  if (const AttributeSpec *spec = info.findAttribute(name))
    return *spec;
  // The builder of an op asks for what its signature does not declare.
  llvm::report_fatal_error("op " + Twine(info.name) +
                           " is registered without attribute " + name);
}

/// The value in the graph; null where the default holds.
static const proto::AttrValue *findValue(const Node &node, StringRef name) {
  const proto::AttrValue *value = findAttribute(node, name);
  if (!value || value->value_case() == proto::AttrValue::VALUE_NOT_SET)
    return nullptr;
  return value;
}

int64_t AttributeReader::getInt(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  return value ? value->i() : spec.ints.front();
}

double AttributeReader::getFloat(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  return value ? value->f() : spec.floats.front();
}

bool AttributeReader::getBool(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  return value ? value->b() : spec.ints.front() != 0;
}

StringRef AttributeReader::getString(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  return value ? StringRef(value->s()) : StringRef(spec.strings.front());
}

int AttributeReader::getDataType(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  return value ? removeReference(value->type()) : spec.ints.front();
}

std::optional<SmallVector<int64_t>>
tensorflow::convertShape(const proto::TensorShapeProto &shape) {
  if (shape.unknown_rank())
    return std::nullopt;
  SmallVector<int64_t> dims;
  for (const proto::TensorShapeProto::Dim &dim : shape.dim())
    dims.push_back(dim.size() < 0 ? ShapedType::kDynamic : dim.size());
  return dims;
}

std::optional<SmallVector<int64_t>>
AttributeReader::getShape(StringRef name) const {
  getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  // The only default is the unknown shape.
  return value ? convertShape(value->shape()) : std::nullopt;
}

const proto::TensorProto &AttributeReader::getTensor(StringRef name) const {
  getSpec(name);
  return findValue(node, name)->tensor();
}

SmallVector<int64_t> AttributeReader::getIntList(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  if (!value)
    return SmallVector<int64_t>(spec.ints.begin(), spec.ints.end());
  return SmallVector<int64_t>(value->list().i().begin(),
                              value->list().i().end());
}

SmallVector<double> AttributeReader::getFloatList(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  if (!value)
    return SmallVector<double>(spec.floats.begin(), spec.floats.end());
  return SmallVector<double>(value->list().f().begin(),
                             value->list().f().end());
}

SmallVector<std::string> AttributeReader::getStringList(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  if (!value)
    return SmallVector<std::string>(spec.strings.begin(), spec.strings.end());
  return SmallVector<std::string>(value->list().s().begin(),
                                  value->list().s().end());
}

SmallVector<int> AttributeReader::getDataTypeList(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  SmallVector<int> types;
  if (!value) {
    types.append(spec.ints.begin(), spec.ints.end());
    return types;
  }
  for (int type : value->list().type())
    types.push_back(removeReference(type));
  return types;
}

size_t AttributeReader::getListSize(StringRef name) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  return value ? value->list().type_size() : spec.ints.size();
}

int AttributeReader::getDataType(StringRef name, unsigned element) const {
  const AttributeSpec &spec = getSpec(name);
  const proto::AttrValue *value = findValue(node, name);
  return value ? removeReference(value->list().type(element))
               : spec.ints[element];
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

bool TensorSpec::isVariable() const {
  return argument->isReference || dataType == proto::DT_RESOURCE;
}

/// The number of tensors of one argument.
static size_t countTensors(const ArgumentSpec &argument,
                           const AttributeReader &attributes) {
  if (argument.kind == ArgumentSpec::Kind::TypeList)
    return attributes.getListSize(argument.typeAttr);
  return argument.numberAttr.empty() ? 1
                                     : attributes.getInt(argument.numberAttr);
}

/// One tensor of an argument.
static TensorSpec makeSpec(const ArgumentSpec &argument, unsigned element,
                           const AttributeReader &attributes) {
  switch (argument.kind) {
  case ArgumentSpec::Kind::Fixed:
    return {argument.fixedType, &argument, element};
  case ArgumentSpec::Kind::TypeAttr:
    return {attributes.getDataType(argument.typeAttr), &argument, element};
  case ArgumentSpec::Kind::TypeList:
    return {attributes.getDataType(argument.typeAttr, element), &argument,
            element};
  }
  llvm_unreachable("unknown kind");
}

static size_t count(ArrayRef<ArgumentSpec> arguments, const Node &node,
                    const OpInfo &info) {
  AttributeReader attributes(node, info);
  size_t total = 0;
  for (const ArgumentSpec &argument : arguments)
    total += countTensors(argument, attributes);
  return total;
}

static TensorSpec select(ArrayRef<ArgumentSpec> arguments, const Node &node,
                         const OpInfo &info, size_t index) {
  AttributeReader attributes(node, info);
  for (const ArgumentSpec &argument : arguments) {
    size_t size = countTensors(argument, attributes);
    if (index < size)
      return makeSpec(argument, index, attributes);
    index -= size;
  }
  llvm_unreachable("the signature has no such tensor");
}

static SmallVector<TensorSpec, 4> expand(ArrayRef<ArgumentSpec> arguments,
                                         const Node &node, const OpInfo &info) {
  AttributeReader attributes(node, info);
  SmallVector<TensorSpec, 4> tensors;
  for (const ArgumentSpec &argument : arguments) {
    size_t size = countTensors(argument, attributes);
    for (unsigned element = 0; element < size; ++element)
      tensors.push_back(makeSpec(argument, element, attributes));
  }
  return tensors;
}

size_t tensorflow::countInputs(const Node &node, const OpInfo &info) {
  return count(info.inputs, node, info);
}

size_t tensorflow::countOutputs(const Node &node, const OpInfo &info) {
  return count(info.outputs, node, info);
}

TensorSpec tensorflow::getInputSpec(const Node &node, const OpInfo &info,
                                    unsigned input) {
  return select(info.inputs, node, info, input);
}

TensorSpec tensorflow::getOutputSpec(const Node &node, const OpInfo &info,
                                     unsigned output) {
  return select(info.outputs, node, info, output);
}

SmallVector<TensorSpec, 4> tensorflow::getInputSpecs(const Node &node,
                                                     const OpInfo &info) {
  return expand(info.inputs, node, info);
}

SmallVector<TensorSpec, 4> tensorflow::getOutputSpecs(const Node &node,
                                                      const OpInfo &info) {
  return expand(info.outputs, node, info);
}
