//===- Emit.h - from a compiled module to files --------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_EMIT_H
#define GRAPH_COMPILE_EMIT_EMIT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Target/TargetMachine.h"

#include <string>

namespace graph_compile {

/// What is made of a module at stage `codegen`.
enum class OutputKind {
  Executable,    ///< a program, linked with the runtime
  Object,        ///< one relocatable object, and its header
  StaticLibrary, ///< the object and the runtime in one archive, and its header
  SharedLibrary, ///< the same, linked and loadable, and its header
  Assembly,      ///< text; the data of weights and variables is left out
  LLVMIR         ///< text, optimized; the data is left out here too
};

/// Whether other programs link the output, so that a header goes with it.
bool hasHeader(OutputKind kind);

/// Whether the output is text.
bool isText(OutputKind kind);

/// Whether the output contains the runtime.
bool hasRuntime(OutputKind kind);

struct EmitOptions {
  OutputKind kind = OutputKind::Executable;
  /// Where the output goes; its header, if it has one, beside it. `-`: standard
  /// output, for text.
  std::string outputPath;
  /// The prefix of the symbols, a name of C.
  std::string id;
  /// The folder of libgcrt.a and libgcrt_main.a, where the output contains the
  /// runtime.
  std::string libraryFolder;
  /// Puts the data of weights and variables into a file beside the output, from
  /// where the runtime maps it.
  bool separateWeights = false;
  /// Instruments the generated code with LLVM's AddressSanitizer.
  bool sanitizeAddress = false;
  /// Where not empty, the optimized LLVM IR and the object are kept too, as
  /// this path with `.ll` and `.o` behind it.
  std::string saveTempsPrefix;
};

/// Returns the path of the header that goes with the output at `outputPath`.
std::string getHeaderPath(llvm::StringRef outputPath);

/// Returns the path of the file that the weights go to if they are separate.
std::string getWeightsPath(const EmitOptions &options);

/// A model, compiled for one kind of CPU.
struct ModelVariant {
  mlir::ModuleOp module; ///< at stage `codegen`; used up
  llvm::TargetMachine *machine;
  std::string cpu; ///< the CPU's name for the user
};

/// Makes code of `variants`, the best first, of which a program runs the first
/// one that its CPU can run, and writes the files. Errors are reported as
/// diagnostics; after one no output file has been made or changed.
mlir::LogicalResult emitModel(llvm::ArrayRef<ModelVariant> variants,
                              const EmitOptions &options);

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_EMIT_H
