//===- CompileOptions.h - what the command line asks for -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DRIVER_COMPILEOPTIONS_H
#define GRAPH_COMPILE_DRIVER_COMPILEOPTIONS_H

#include "graph-compile/Emit/Emit.h"
#include "graph-compile/Import/TensorFlow/Import.h"
#include "graph-compile/Pipelines/Pipelines.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace graph_compile {

/// A CPU to make code for.
struct TargetCpu {
  /// What the user calls it; for `native` what LLVM calls this machine's.
  std::string name;
  CpuOptions options;
  /// The features that its code needs, as the runtime checks them.
  std::string requiredFeatures;
};

/// One compilation.
struct CompileOptions {
  std::string modelPath;
  /// Where the output goes; `-` is standard output.
  std::string outputPath;
  /// The stage at which to stop and print the IR; nothing: make `outputKind`.
  std::optional<Stage> printedStage;
  OutputKind outputKind = OutputKind::Executable;
  /// The prefix of the symbols where the user gave one, else empty.
  std::string id;

  /// For graphs; modules of our own dialects list their functions themselves.
  ImportOptions import;
  /// `cpu` is the first of `cpus` here.
  PipelineOptions pipeline;
  /// The CPUs to make code for, the best first.
  std::vector<TargetCpu> cpus;
  bool separateWeights = false;
  bool sanitizeAddress = false;
  bool saveTemps = false;
  /// Regular expressions for the categories of remarks to print: about what
  /// passes did, and about what they nearly did. Empty for none.
  std::string passedRemarks, missedRemarks;
  /// How to print what the plan comes to on standard output.
  enum class Statistics { None, Text, Json };
  Statistics statistics = Statistics::None;

  /// Whether the model is a module of MLIR.
  bool isMlir() const { return llvm::StringRef(modelPath).ends_with(".mlir"); }
};

/// What a command line says.
struct CommandLine {
  enum class Action {
    Compile,
    ExplainOrder,
    PrintHelp,
    PrintSupportedOps,
    PrintVersion
  };
  Action action = Action::Compile;
  CompileOptions options;
  /// The two nodes of ExplainOrder.
  std::string first, second;
};

/// Reads the arguments that follow the program's name. An error says what is
/// wrong with them and, where there is one, what was probably meant.
llvm::Expected<CommandLine>
parseCommandLine(llvm::ArrayRef<const char *> arguments);

/// Prints what `--help` prints.
void printHelp(llvm::raw_ostream &os);

} // namespace graph_compile

#endif // GRAPH_COMPILE_DRIVER_COMPILEOPTIONS_H
