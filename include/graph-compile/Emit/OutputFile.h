//===- OutputFile.h - files that appear only when they are complete -----===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_EMIT_OUTPUTFILE_H
#define GRAPH_COMPILE_EMIT_OUTPUTFILE_H

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>

namespace graph_compile {

/// A file that is written beside its place and renamed when it is complete. An
/// error, or a signal that ends the process, leaves nothing behind, and an
/// older file of that name stays what it was. The path `-` is standard output;
/// what is there and no regular file, such as /dev/null, is written in place.
class OutputFile {
public:
  static llvm::Expected<OutputFile> create(llvm::StringRef path);

  OutputFile(OutputFile &&) = default;
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();

  llvm::raw_ostream &os() { return *stream; }

  /// The name under which a program that we run may write the file itself.
  llvm::StringRef getTemporaryPath() const;

  /// Gives the file its name. Nothing may be written after this.
  llvm::Error commit();

private:
  OutputFile(llvm::StringRef path) : path(path) {}

  std::string path;
  std::unique_ptr<llvm::sys::fs::TempFile> temporary;
  std::unique_ptr<llvm::raw_fd_ostream> stream;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_EMIT_OUTPUTFILE_H
