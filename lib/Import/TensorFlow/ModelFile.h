//===- ModelFile.h - a file that contains a graph -----------------*- C++
//-*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_MODELFILE_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_MODELFILE_H

#include "GraphFile.h"

#include "llvm/Support/MemoryBuffer.h"

#include <google/protobuf/text_format.h>

namespace graph_compile::tensorflow {

/// Opens a file of a model. It must not be empty; a text must not have more
/// bytes than a parser can read. `kind` is what errors call a model.
mlir::FailureOr<std::unique_ptr<llvm::MemoryBuffer>>
openModelFile(mlir::MLIRContext *context, llvm::StringRef path,
              llvm::StringRef kind);

/// Whether the file has text: its name ends in `.pbtxt`.
inline bool isTextFile(llvm::StringRef path) {
  return path.ends_with(".pbtxt");
}

/// Parses the text of a message and tells where its fields stand.
mlir::LogicalResult
parseTextMessage(mlir::MLIRContext *context, llvm::StringRef path,
                 llvm::StringRef kind, llvm::StringRef text,
                 google::protobuf::Message &message,
                 google::protobuf::TextFormat::ParseInfoTree &places);

/// Returns the graph that is the part `bytes` of a binary file.
mlir::FailureOr<GraphFile> makeBinaryGraphFile(
    mlir::MLIRContext *context, llvm::StringRef path, llvm::StringRef kind,
    std::unique_ptr<llvm::MemoryBuffer> file, llvm::StringRef bytes);

/// Takes the graph that a text had; `places` are where its fields stand, null
/// if it has none.
GraphFile
makeTextGraphFile(llvm::StringRef path, proto::GraphDef &graph,
                  const google::protobuf::TextFormat::ParseInfoTree *places);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_MODELFILE_H
