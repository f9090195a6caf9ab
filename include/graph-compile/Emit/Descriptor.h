//===- Descriptor.h - the model descriptor in LLVM IR -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_DESCRIPTOR_H
#define GRAPH_COMPILE_EMIT_DESCRIPTOR_H

#include "graph-compile/Emit/DataBlob.h"
#include "graph-compile/Emit/ModelDescription.h"
#include "llvm/IR/Module.h"

namespace graph_compile {

/// The constant data of a model and where in it everything lies: first the
/// weights, then the initial values of the variables.
struct ModelData {
  DataBlob blob;
  /// How many bytes of the blob are weights.
  uint64_t weightsBytes = 0;
  /// For each variable the offset of its initial value, if it has one.
  std::vector<std::optional<uint64_t>> initialOffsets;

  explicit ModelData(const ModelDescription &model);
};

/// The section that holds the data. Its name puts it out of the way of code and
/// small data, which then reach each other however large the weights are.
inline constexpr llvm::StringLiteral dataSectionName = ".lrodata.gcrt";

/// What the descriptor says beside the model's own description.
struct DescriptorOptions {
  /// The prefix of the exported symbol, `ID_model`.
  std::string id;
  /// The features of the CPU that the code needs, as gcrt_model wants them.
  std::string cpuFeatures;
  /// Whether the object is to become an executable, whose `main` looks for
  /// `gcrt_main_model`.
  bool isExecutable = false;
};

/// Adds the descriptor, a gcrt_model as gcrt/model.h defines it, and what it
/// points to, after localizeDefinitions has named the functions. Where there is
/// data, one byte stands for it in its section.
void addDescriptor(llvm::Module &module, const ModelDescription &model,
                   const ModelData &data, const DescriptorOptions &options);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_DESCRIPTOR_H
