//===- GraphFile.cpp - reading a GraphDef from a file ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphFile.h"

#include "BinaryGraph.h"
#include "graph.pb.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <limits>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

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
  TextErrors(MLIRContext *context, StringRef path)
      : context(context), path(path) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string &message) override {
    emitError(FileLineColLoc::get(context, path, line + 1, column + 1))
        << "not a GraphDef: " << StringRef(message).rtrim('.');
  }
  /// Unknown fields, which newer graphs may have.
  void AddWarning(int, google::protobuf::io::ColumnNumber,
                  const std::string &) override {}

private:
  MLIRContext *context;
  StringRef path;
};
} // namespace

/// Looks up where the nodes of the library's functions stand.
static void
addFunctionLines(const google::protobuf::TextFormat::ParseInfoTree &places,
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

static LogicalResult parseText(MLIRContext *context, StringRef text,
                               GraphFile &file) {
  TextErrors errors(context, file.path);
  google::protobuf::TextFormat::ParseInfoTree places;
  google::protobuf::TextFormat::Parser parser;
  parser.AllowUnknownField(true);
  // The parser calls itself for each level; a graph has about ten. The binary
  // form has the same limit by default.
  parser.SetRecursionLimit(100);
  parser.RecordErrorsTo(&errors);
  parser.WriteLocationsTo(&places);
  google::protobuf::io::ArrayInputStream stream(text.data(), text.size());
  if (!parser.Parse(&stream, file.graph.get()))
    return failure();

  const auto *nodeField =
      proto::GraphDef::descriptor()->FindFieldByName("node");
  file.lines.reserve(file.graph->node_size());
  for (int i = 0, e = file.graph->node_size(); i != e; ++i)
    file.lines.push_back(places.GetLocation(nodeField, i).line + 1);
  addFunctionLines(places, file);
  return success();
}

static LogicalResult parseBinary(Location location, StringRef bytes,
                                 GraphData &data) {
  if (succeeded(parseBinaryGraph(bytes, data.graph, data.contents)))
    return success();
  return emitError(location)
         << "not a GraphDef: the file is truncated or no binary protobuf"
            " message (a text graph's name must end in .pbtxt)";
}

FailureOr<GraphFile> tensorflow::readGraphFile(MLIRContext *context,
                                               StringRef path) {
  Location location = FileLineColLoc::get(context, path, 0, 0);
  if (llvm::sys::fs::is_directory(path))
    return emitError(location)
           << "a folder, expected a GraphDef file (.pb or .pbtxt): SavedModels"
              " are not supported yet";
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return emitError(location) << buffer.getError().message();
  StringRef contents = (*buffer)->getBuffer();
  if (contents.empty())
    return emitError(location) << "not a GraphDef: the file is empty";
  bool isText = path.ends_with(".pbtxt");
  if (isText && contents.size() > size_t(std::numeric_limits<int>::max()))
    return emitError(location)
           << "the file has " << contents.size()
           << " bytes, more than a text graph can have (2 GiB); store the graph"
              " as binary protobuf (.pb)";

  auto data = std::make_shared<GraphData>();
  GraphFile file;
  file.path = path.str();
  file.graph = std::shared_ptr<proto::GraphDef>(data, &data->graph);
  file.contents = &data->contents;
  LogicalResult parsed = isText ? parseText(context, contents, file)
                                : parseBinary(location, contents, *data);
  if (failed(parsed))
    return failure();
  data->file = std::move(*buffer);
  // Many files that are something else parse as a message of unknown fields.
  if (file.graph->node_size() == 0)
    return emitError(location) << "not a GraphDef: it has no nodes";
  return file;
}
