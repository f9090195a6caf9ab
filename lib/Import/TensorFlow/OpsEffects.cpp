//===- OpsEffects.cpp - TensorFlow's assertions and prints ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Strings exist only here: constants and formats become the literals of the
// text that an assertion or a print shows, written as TensorFlow would.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"
#include "StringSummary.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Texts
//===----------------------------------------------------------------------===//

namespace {
/// The text of an assertion or a print: literals and positions of tensors.
class Message {
public:
  explicit Message(NodeBuilder &node) : node(node) {}

  void addLiteral(StringRef literal) { pending += literal; }
  void addTensor(Value tensor) {
    flush();
    pieces.push_back(node.builder().getI64IntegerAttr(data.size()));
    data.push_back(tensor);
  }
  void addPieces(ArrayRef<Text::Piece> text) {
    for (const Text::Piece &piece : text)
      piece.value ? addTensor(piece.value) : addLiteral(piece.literal);
  }
  /// Input `i` as TensorFlow summarizes it.
  LogicalResult addSummary(unsigned i, int64_t summarize);

  ArrayAttr getPieces() {
    flush();
    return node.builder().getArrayAttr(pieces);
  }
  ArrayRef<Value> getData() const { return data; }

private:
  void flush() {
    if (!pending.empty())
      pieces.push_back(node.builder().getStringAttr(pending));
    pending.clear();
  }

  NodeBuilder &node;
  std::string pending;
  SmallVector<Attribute> pieces;
  SmallVector<Value> data;
};
} // namespace

/// The elements of the string at input `i`, which must not hold tensors.
static FailureOr<SmallVector<std::string>> getStrings(NodeBuilder &node,
                                                      unsigned i) {
  const Text &text = node.text(i);
  SmallVector<std::string> strings;
  for (const Text::Piece &piece : text.pieces) {
    if (piece.value)
      return LogicalResult(
          node.error() << "expected input " << i << " (" << inputName(node, i)
                       << ") not to be a StringFormat of tensors; only "
                          "PrintV2 shows those");
    if (text.isFormat && !strings.empty())
      strings.front() += piece.literal;
    else
      strings.push_back(piece.literal);
  }
  if (text.isFormat && strings.empty())
    strings.emplace_back();
  return strings;
}

LogicalResult Message::addSummary(unsigned i, int64_t summarize) {
  if (!node.isText(i)) {
    addTensor(node.input(i));
    return success();
  }
  auto strings = getStrings(node, i);
  if (failed(strings))
    return failure();
  addLiteral(summarizeStrings(*strings, node.text(i).shape, summarize));
  return success();
}

/// `summarize` as the dialect has it: -1 for all elements.
static int64_t getSummarize(NodeBuilder &node) {
  return std::max<int64_t>(node.intAttr("summarize"), -1);
}

//===----------------------------------------------------------------------===//
// Assertions
//===----------------------------------------------------------------------===//

static LogicalResult buildAssert(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 0, 0)))
    return failure();
  int64_t summarize = getSummarize(node);
  Message message(node);
  message.addLiteral("assertion failed: ");
  for (unsigned i = 1; i < node.numInputs(); ++i) {
    message.addLiteral(i == 1 ? "[" : " [");
    if (failed(message.addSummary(i, summarize)))
      return failure();
    message.addLiteral("]");
  }
  ArrayAttr pieces = message.getPieces();
  node.ordered(graph::AssertOp::create(node.builder(), node.loc(),
                                       node.input(0), message.getData(), pieces,
                                       summarize));
  return success();
}

static LogicalResult buildCheckNumerics(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  auto check = node.ordered(graph::CheckNumericsOp::create(
      node.builder(), node.loc(), node.input(0), node.stringAttr("message")));
  results.push_back(check.getResult());
  return success();
}

//===----------------------------------------------------------------------===//
// Prints
//===----------------------------------------------------------------------===//

static void print(NodeBuilder &node, Message &message, int64_t summarize,
                  StringRef style, StringRef stream) {
  ArrayAttr pieces = message.getPieces();
  node.ordered(graph::PrintOp::create(node.builder(), node.loc(),
                                      message.getData(), pieces, summarize,
                                      style, stream));
}

/// TF 1's Print: the message, then each tensor in brackets; input 0 goes on.
static LogicalResult buildPrint(NodeBuilder &node, Results &results) {
  if (node.intAttr("first_n") > 0)
    return node.error("first_n is not supported; remove the attribute to print "
                      "at every call");
  if (node.intAttr("first_n") < 0) {
    int64_t summarize = getSummarize(node);
    Message message(node);
    message.addLiteral(node.stringAttr("message"));
    for (unsigned i = 1; i < node.numInputs(); ++i) {
      message.addLiteral("[");
      if (failed(message.addSummary(i, summarize)))
        return failure();
      message.addLiteral("]");
    }
    message.addLiteral("\n");
    print(node, message, summarize, "summary", "stderr");
  }
  if (node.isText(0)) {
    node.setText(0, node.text(0));
    results.push_back(nullptr);
  } else {
    results.push_back(node.input(0));
  }
  return success();
}

static LogicalResult buildPrintV2(NodeBuilder &node, Results &results) {
  StringRef stream = node.stringAttr("output_stream");
  if (!llvm::is_contained(
          {"stderr", "stdout", "log(info)", "log(warning)", "log(error)"},
          stream) &&
      !stream.starts_with("file://"))
    return node.error() << "expected attribute output_stream to be \"stderr\", "
                           "\"stdout\", \"log(info)\", \"log(warning)\", "
                           "\"log(error)\" or \"file://..\", got \""
                        << stream << "\"";
  const Text &text = node.text(0);
  if (!text.shape.empty())
    return node.error("expected input 0 (input) to be a scalar string");
  Message message(node);
  message.addPieces(text.pieces);
  message.addLiteral(node.stringAttr("end"));
  print(node, message, text.summarize, "format", stream);
  return success();
}

//===----------------------------------------------------------------------===//
// StringFormat
//===----------------------------------------------------------------------===//

static LogicalResult buildStringFormat(NodeBuilder &node, Results &results) {
  StringRef placeholder = node.stringAttr("placeholder");
  if (placeholder.empty())
    return node.error("expected attribute placeholder not to be empty");
  SmallVector<StringRef> literals;
  node.stringAttr("template").split(literals, placeholder);
  if (literals.size() != node.numInputs() + 1)
    return node.error()
           << "expected one input per placeholder in its template, "
              "but the template has "
           << literals.size() - 1 << " and the node " << node.numInputs();
  Text text;
  text.isFormat = true;
  text.summarize = getSummarize(node);
  text.pieces.push_back({literals.front().str(), Value()});
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    if (node.isText(i)) {
      auto strings = getStrings(node, i);
      if (failed(strings))
        return failure();
      text.pieces.push_back(
          {formatStrings(*strings, node.text(i).shape, text.summarize),
           Value()});
    } else {
      text.pieces.push_back({std::string(), node.input(i)});
    }
    text.pieces.push_back({literals[i + 1].str(), Value()});
  }
  node.setText(0, std::move(text));
  results.push_back(nullptr);
  return success();
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerEffectOps(OpTable &table) {
  table
      .add("Assert",
           "condition: bool, data: T -> ; T: list(type), summarize: int = 3",
           buildAssert)
      .stateful()
      .strings();
  constexpr StringLiteral checkNumerics =
      "tensor: T -> output: T; message: string";
  table.add("CheckNumerics", checkNumerics, buildCheckNumerics).stateful();
  table.add("CheckNumericsV2", checkNumerics, buildCheckNumerics).stateful();
  table
      .add("Print",
           "input: T, data: U -> output: T; T: type, U: list(type), "
           "message: string = '', first_n: int = -1, summarize: int = 3",
           buildPrint)
      .stateful()
      .strings()
      .note("first_n is not supported");
  table
      .add("PrintV2",
           "input: string -> ; output_stream: string = 'stderr', "
           "end: string = '\n'",
           buildPrintV2)
      .stateful()
      .strings()
      .note("a constant or a StringFormat");
  table
      .add("StringFormat",
           "inputs: T -> output: string; T: list(type), "
           "template: string = '%s', placeholder: string = '%s', "
           "summarize: int = 3",
           buildStringFormat)
      .strings()
      .note("only for PrintV2, or without tensors for assertions");
}
