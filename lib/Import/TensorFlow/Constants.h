//===- Constants.h - TensorProto into attributes ----------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONSTANTS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONSTANTS_H

#include "GraphFile.h"
#include "NodeBuilder.h"

#include <memory>

namespace graph_compile::tensorflow {

/// Returns the attribute for a tensor of a type whose elements are `bytes`. A
/// large one is not copied: its attribute points into the bytes and keeps
/// `owner`, which has them. `name` is that of its resource.
mlir::ElementsAttr makeElements(mlir::RankedTensorType type,
                                llvm::StringRef bytes, llvm::StringRef name,
                                std::shared_ptr<void> owner);

/// Turns the tensors of one GraphDef into attributes, each tensor once. A large
/// one is not copied: its attribute points into the GraphDef, or into the file
/// that it was read from, and keeps them.
class ConstantReader {
public:
  ConstantReader(mlir::MLIRContext *context, const GraphFile &file)
      : context(context), graph(file.graph), contents(*file.contents) {}

  /// Reads a tensor of numbers or booleans. `name` is that of the node, to name
  /// the resource of a large one; `emitError` starts an error.
  mlir::FailureOr<mlir::ElementsAttr>
  read(const proto::TensorProto &tensor, llvm::StringRef name,
       llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

  /// Reads a tensor of strings.
  static mlir::FailureOr<Text>
  readText(const proto::TensorProto &tensor,
           llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

private:
  /// The bytes of a tensor that are not in a list; empty: there are none.
  llvm::StringRef getContent(const proto::TensorProto &tensor) const;

  mlir::MLIRContext *context;
  std::shared_ptr<proto::GraphDef> graph;
  const TensorContents &contents;
  llvm::DenseMap<const proto::TensorProto *, mlir::ElementsAttr> known;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONSTANTS_H
