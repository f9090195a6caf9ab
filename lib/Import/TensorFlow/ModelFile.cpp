//===- ModelFile.cpp - a file that contains a graph
//------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelFile.h"

#include "BinaryGraph.h"
#include "graph.pb.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/STLExtras.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <limits>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using google::protobuf::TextFormat;

namespace {
/// A graph with the file that its tensors may lie in.
struct GraphData {
  std::unique_ptr<llvm::MemoryBuffer> file;
  proto::GraphDef graph;
  TensorContents contents;
};

/// Turns the text parser's messages into errors; it counts from 0.
class TextErrors : public google::protobuf::io::ErrorCollector {
public:
  TextErrors(MLIRContext *context, StringRef path, StringRef kind)
      : context(context), path(path), kind(kind) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string &message) override {
    emitError(FileLineColLoc::get(context, path, line + 1, column + 1))
        << "not a " << kind << ": " << StringRef(message).rtrim('.');
  }
  /// Unknown fields, which newer graphs may have.
  void AddWarning(int, google::protobuf::io::ColumnNumber,
                  const std::string &) override {}

private:
  MLIRContext *context;
  StringRef path;
  StringRef kind;
};
} // namespace

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

FailureOr<std::unique_ptr<llvm::MemoryBuffer>>
tensorflow::openModelFile(MLIRContext *context, StringRef path,
                          StringRef kind) {
  Location location = FileLineColLoc::get(context, path, 0, 0);
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return emitError(location) << buffer.getError().message();
  size_t size = (*buffer)->getBufferSize();
  if (size == 0)
    return emitError(location) << "not a " << kind << ": the file is empty";
  if (isTextFile(path) && size > size_t(std::numeric_limits<int>::max()))
    return emitError(location)
           << "the file has " << size
           << " bytes, more than a text graph can have (2 GiB); store the graph"
              " as binary protobuf (.pb)";
  return std::move(*buffer);
}

static GraphFile makeGraphFile(StringRef path,
                               const std::shared_ptr<GraphData> &data) {
  GraphFile file;
  file.path = path.str();
  file.graph = std::shared_ptr<proto::GraphDef>(data, &data->graph);
  file.contents = &data->contents;
  return file;
}

FailureOr<GraphFile> tensorflow::makeBinaryGraphFile(
    MLIRContext *context, StringRef path, StringRef kind,
    std::unique_ptr<llvm::MemoryBuffer> file, StringRef bytes) {
  auto data = std::make_shared<GraphData>();
  data->file = std::move(file);
  if (failed(parseBinaryGraph(bytes, data->graph, data->contents)))
    return emitError(FileLineColLoc::get(context, path, 0, 0))
           << "not a " << kind
           << ": the file is truncated or no binary protobuf message (a text "
              "graph's name must end in .pbtxt)";
  return makeGraphFile(path, data);
}

//===----------------------------------------------------------------------===//
// Texts
//===----------------------------------------------------------------------===//

LogicalResult tensorflow::parseTextMessage(MLIRContext *context, StringRef path,
                                           StringRef kind, StringRef text,
                                           google::protobuf::Message &message,
                                           TextFormat::ParseInfoTree &places) {
  TextErrors errors(context, path, kind);
  TextFormat::Parser parser;
  parser.AllowUnknownField(true);
  // The parser calls itself for each level; a graph has about ten. The binary
  // form has the same limit by default.
  parser.SetRecursionLimit(100);
  parser.RecordErrorsTo(&errors);
  parser.WriteLocationsTo(&places);
  google::protobuf::io::ArrayInputStream stream(text.data(), text.size());
  return success(parser.Parse(&stream, &message));
}

/// Looks up where the nodes of the library's functions stand.
static void addFunctionLines(const TextFormat::ParseInfoTree &places,
                             GraphFile &file) {
  const auto &library = file.graph->library();
  if (library.function_size() == 0)
    return;
  const auto *libraryField =
      proto::GraphDef::descriptor()->FindFieldByName("library");
  const auto *functionField =
      proto::FunctionDefLibrary::descriptor()->FindFieldByName("function");
  const auto *nodeField =
      proto::FunctionDef::descriptor()->FindFieldByName("node_def");
  const auto *inLibrary = places.GetTreeForNested(libraryField, -1);
  file.functionLines.resize(library.function_size());
  for (auto [index, lines] : llvm::enumerate(file.functionLines)) {
    const auto *inFunction =
        inLibrary ? inLibrary->GetTreeForNested(functionField, index) : nullptr;
    for (int i = 0, e = library.function(index).node_def_size(); i != e; ++i)
      lines.push_back(
          inFunction ? inFunction->GetLocation(nodeField, i).line + 1 : 0);
  }
}

GraphFile
tensorflow::makeTextGraphFile(StringRef path, proto::GraphDef &graph,
                              const TextFormat::ParseInfoTree *places) {
  auto data = std::make_shared<GraphData>();
  data->graph.Swap(&graph);
  GraphFile file = makeGraphFile(path, data);
  if (!places)
    return file;
  const auto *nodeField =
      proto::GraphDef::descriptor()->FindFieldByName("node");
  file.lines.reserve(file.graph->node_size());
  for (int i = 0, e = file.graph->node_size(); i != e; ++i)
    file.lines.push_back(places->GetLocation(nodeField, i).line + 1);
  addFunctionLines(*places, file);
  return file;
}
