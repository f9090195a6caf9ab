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
#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Module.h"

namespace graph_compile {

/// The code of a model for one kind of CPU.
struct VariantDescription {
  /// The CPU's name for the user.
  std::string cpu;
  /// The features that the code needs, as gcrt_variant wants them.
  std::string cpuFeatures;
  /// What stands before the symbols of the model's functions.
  std::string prefix;
  /// The functions' symbols, sizes and weights are those of this code; the rest
  /// is the same for all variants.
  ModelDescription model;
};

/// The constant data of a model and where in it everything lies: first the
/// weights, then the initial values of the variables.
struct ModelData {
  DataBlob blob;
  /// For each variant the offset of its weights. Variants whose weights are the
  /// same share them.
  std::vector<uint64_t> weightsOffsets;
  /// For each variable the offset of its initial value, or what
  /// gcrt_variable_spec.initial has instead.
  std::vector<uint64_t> initialOffsets;

  explicit ModelData(llvm::ArrayRef<VariantDescription> variants);

private:
  void placeWeights(llvm::ArrayRef<VariantDescription> variants);
};

/// The section that holds the data. Its name puts it out of the way of code and
/// small data, which then reach each other however large the weights are.
inline constexpr llvm::StringLiteral dataSectionName = ".lrodata.gcrt";

/// What the descriptor says beside the model's own description.
struct DescriptorOptions {
  /// The prefix of the exported symbol, `ID_model`.
  std::string id;
  /// The name, without a folder, of the file that the data goes to; empty: the
  /// object has it.
  std::string dataFile;
  /// What the file is known by; zero without one.
  DataBlob::Id dataId = {};
  /// Whether the object is to become an executable, whose `main` looks for
  /// `gcrt_main_model`.
  bool isExecutable = false;
};

/// Adds the descriptor, a gcrt_model as gcrt/model.h defines it, and what it
/// points to, after prefixDefinitions has named the functions. The best of
/// the `variants` is the first. Where the object has data, one byte stands for
/// it in its section.
void addDescriptor(llvm::Module &module,
                   llvm::ArrayRef<VariantDescription> variants,
                   const ModelData &data, const DescriptorOptions &options);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_DESCRIPTOR_H
