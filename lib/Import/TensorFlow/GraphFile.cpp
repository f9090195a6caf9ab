//===- GraphFile.cpp - reading a GraphDef from a file ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphFile.h"

#include "ModelFile.h"
#include "graph.pb.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// What errors call a file.
static constexpr StringRef kKind = "GraphDef";

static FailureOr<GraphFile> parseText(MLIRContext *context, StringRef path,
                                      StringRef text) {
  proto::GraphDef graph;
  google::protobuf::TextFormat::ParseInfoTree places;
  if (failed(parseTextMessage(context, path, kKind, text, graph, places)))
    return failure();
  return makeTextGraphFile(path, graph, &places);
}

FailureOr<GraphFile> tensorflow::readGraphFile(MLIRContext *context,
                                               StringRef path) {
  auto buffer = openModelFile(context, path, kKind);
  if (failed(buffer))
    return failure();
  StringRef contents = (*buffer)->getBuffer();
  FailureOr<GraphFile> file =
      isTextFile(path) ? parseText(context, path, contents)
                       : makeBinaryGraphFile(context, path, kKind,
                                             std::move(*buffer), contents);
  if (failed(file))
    return failure();
  // Many files that are something else parse as a message of unknown fields.
  if (file->graph->node_size() == 0)
    return emitError(FileLineColLoc::get(context, path, 0, 0))
           << "not a GraphDef: it has no nodes";
  return file;
}

void GraphFile::addContents(const proto::TensorProto *tensor,
                            llvm::StringRef bytes) {
  struct Extended {
    std::shared_ptr<proto::GraphDef> graph;
    TensorContents contents;
  };
  // What others share is theirs: the graph keeps a map of its own alive.
  if (!ownContents) {
    auto extended = std::make_shared<Extended>();
    extended->graph = graph;
    if (contents)
      extended->contents = *contents;
    ownContents = &extended->contents;
    contents = ownContents;
    graph = std::shared_ptr<proto::GraphDef>(extended, graph.get());
  }
  (*ownContents)[tensor] = bytes;
}
