//===- OpTable.cpp - reading the signatures of TensorFlow's ops -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Signatures are part of this program, so a malformed one is a bug and ends it;
// a unit test registers them all.
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"

#include "Types.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
/// A recursive-descent parser of the grammar at OpTable::add.
class SignatureParser {
public:
  SignatureParser(OpInfo &info, StringRef signature)
      : info(info), rest(signature) {}

  void parse() {
    parseArguments(info.inputs);
    expect("->");
    parseArguments(info.outputs);
    if (consume(";"))
      do
        parseAttribute();
      while (consume(","));
    skipSpace();
    if (!rest.empty())
      fail("text after its end");
    resolveArgumentTypes(info.inputs);
    resolveArgumentTypes(info.outputs);
  }

private:
  [[noreturn]] void fail(const Twine &what) const {
    llvm::report_fatal_error("signature of op " + info.name + ": " + what +
                             " at '" + rest + "'");
  }
  void skipSpace() { rest = rest.ltrim(); }
  bool consume(StringRef token) {
    skipSpace();
    return rest.consume_front(token);
  }
  void expect(StringRef token) {
    if (!consume(token))
      fail("expected '" + token + "'");
  }
  StringRef parseWhile(llvm::function_ref<bool(char)> wanted,
                       const Twine &what) {
    skipSpace();
    StringRef found = rest.take_while(wanted);
    if (found.empty())
      fail("expected " + what);
    rest = rest.drop_front(found.size());
    return found;
  }
  StringRef parseName() {
    return parseWhile([](char c) { return llvm::isAlnum(c) || c == '_'; },
                      "a name");
  }

  void parseArguments(std::vector<ArgumentSpec> &arguments);
  void parseArgument(ArgumentSpec &argument);
  void parseAttribute();
  void parseDefault(AttributeSpec &attribute);
  void parseScalarDefault(AttributeSpec &attribute);
  void resolveArgumentTypes(std::vector<ArgumentSpec> &arguments);
  void requireAttribute(StringRef name, AttributeSpec::Kind kind);

  OpInfo &info;
  StringRef rest;
};
} // namespace

void SignatureParser::parseArguments(std::vector<ArgumentSpec> &arguments) {
  skipSpace();
  if (rest.empty() || rest.starts_with("->") || rest.starts_with(";"))
    return;
  do
    parseArgument(arguments.emplace_back());
  while (consume(","));
}

void SignatureParser::parseArgument(ArgumentSpec &argument) {
  argument.name = parseName();
  expect(":");
  StringRef type = parseName();
  if (consume("*")) {
    argument.numberAttr = type;
    type = parseName();
  }
  if (type == "Ref") {
    expect("(");
    argument.isReference = true;
    type = parseName();
    expect(")");
  }
  if (std::optional<int> fixedType = parseSignatureType(type)) {
    argument.fixedType = *fixedType;
    return;
  }
  // Whether it names a type or a list of types is known after the attributes.
  argument.kind = ArgumentSpec::Kind::TypeAttr;
  argument.typeAttr = type;
}

void SignatureParser::resolveArgumentTypes(
    std::vector<ArgumentSpec> &arguments) {
  for (ArgumentSpec &argument : arguments) {
    if (!argument.numberAttr.empty())
      requireAttribute(argument.numberAttr, AttributeSpec::Kind::Int);
    if (argument.typeAttr.empty())
      continue;
    requireAttribute(argument.typeAttr, AttributeSpec::Kind::Type);
    if (info.findAttribute(argument.typeAttr)->isList)
      argument.kind = ArgumentSpec::Kind::TypeList;
  }
}

/// Declares the attribute of an argument's type or number where the signature
/// did not.
void SignatureParser::requireAttribute(StringRef name,
                                       AttributeSpec::Kind kind) {
  if (const AttributeSpec *attribute = info.findAttribute(name)) {
    if (attribute->kind != kind)
      fail("attribute " + name + " has two kinds");
    return;
  }
  AttributeSpec &attribute = info.attributes.emplace_back();
  attribute.name = name;
  attribute.kind = kind;
}

static std::optional<AttributeSpec::Kind> parseKind(StringRef name) {
  using Kind = AttributeSpec::Kind;
  return llvm::StringSwitch<std::optional<Kind>>(name)
      .Case("int", Kind::Int)
      .Case("float", Kind::Float)
      .Case("bool", Kind::Bool)
      .Case("string", Kind::String)
      .Case("type", Kind::Type)
      .Case("shape", Kind::Shape)
      .Case("tensor", Kind::Tensor)
      .Case("func", Kind::Function)
      .Default(std::nullopt);
}

void SignatureParser::parseAttribute() {
  AttributeSpec attribute;
  attribute.name = parseName();
  expect(":");
  StringRef kindName = parseName();
  if (kindName == "list") {
    attribute.isList = true;
    expect("(");
    kindName = parseName();
    expect(")");
  }
  std::optional<AttributeSpec::Kind> kind = parseKind(kindName);
  if (!kind)
    fail("'" + kindName + "' is no kind of attribute");
  attribute.kind = *kind;
  if (consume("=")) {
    attribute.hasDefault = true;
    parseDefault(attribute);
  }
  info.attributes.push_back(std::move(attribute));
}

void SignatureParser::parseDefault(AttributeSpec &attribute) {
  if (!attribute.isList)
    return parseScalarDefault(attribute);
  expect("[");
  if (consume("]"))
    return;
  do
    parseScalarDefault(attribute);
  while (consume(","));
  expect("]");
}

void SignatureParser::parseScalarDefault(AttributeSpec &attribute) {
  auto isNumber = [](char c) {
    return llvm::isDigit(c) || StringRef("+-.e").contains(c);
  };
  switch (attribute.kind) {
  case AttributeSpec::Kind::Int:
    if (parseWhile(isNumber, "an integer")
            .getAsInteger(10, attribute.ints.emplace_back()))
      fail("malformed integer");
    return;
  case AttributeSpec::Kind::Float:
    if (parseWhile(isNumber, "a number")
            .getAsDouble(attribute.floats.emplace_back()))
      fail("malformed number");
    return;
  case AttributeSpec::Kind::Bool: {
    StringRef name = parseName();
    if (name != "true" && name != "false")
      fail("expected true or false");
    attribute.ints.push_back(name == "true");
    return;
  }
  case AttributeSpec::Kind::String: {
    expect("'");
    size_t end = rest.find('\'');
    if (end == StringRef::npos)
      fail("string without an end");
    attribute.strings.push_back(rest.take_front(end).str());
    rest = rest.drop_front(end + 1);
    return;
  }
  case AttributeSpec::Kind::Type: {
    std::optional<int> type = parseSignatureType(parseName());
    if (!type)
      fail("expected a type");
    attribute.ints.push_back(*type);
    return;
  }
  case AttributeSpec::Kind::Shape:
    return expect("?");
  case AttributeSpec::Kind::Tensor:
  case AttributeSpec::Kind::Function:
    fail("such an attribute has no default");
  }
}

const AttributeSpec *OpInfo::findAttribute(StringRef attribute) const {
  for (const AttributeSpec &spec : attributes)
    if (spec.name == attribute)
      return &spec;
  return nullptr;
}

bool OpInfo::needsTypeOnly(unsigned i) const {
  return isTypeOnly || llvm::is_contained(typeOnly, i);
}

OpInfo &OpTable::add(StringRef name, StringRef signature, BuildFn build) {
  auto [entry, isNew] = ops.try_emplace(name);
  if (!isNew)
    llvm::report_fatal_error("op " + name + " is registered twice");
  OpInfo &info = entry->second;
  info.name = name;
  info.family = family;
  info.build = build;
  SignatureParser(info, signature).parse();
  return info;
}

const OpInfo *OpTable::lookup(StringRef name) const {
  auto found = ops.find(name);
  return found == ops.end() ? nullptr : &found->second;
}

std::vector<const OpInfo *> OpTable::list() const {
  std::vector<const OpInfo *> sorted;
  for (const auto &entry : ops)
    sorted.push_back(&entry.second);
  llvm::sort(sorted, [](const OpInfo *a, const OpInfo *b) {
    return a->name < b->name;
  });
  return sorted;
}
