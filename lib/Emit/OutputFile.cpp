//===- OutputFile.cpp - files that appear only when they are complete ---===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/OutputFile.h"

using namespace llvm;
using namespace graph_compile;

/// Returns an error that says which file cannot be written, and why.
static Error cannotWrite(StringRef path, std::error_code code) {
  std::string name =
      path == "-" ? "standard output" : ("\"" + path + "\"").str();
  return createStringError("cannot write " + name + ": " + code.message());
}

/// Whether `path` is to be written where it is: standard output, a device, a
/// pipe. Renaming a file over it would take it away from everybody else.
static bool isWrittenInPlace(StringRef path) {
  sys::fs::file_status status;
  return path == "-" || (!sys::fs::status(path, status) &&
                         status.type() != sys::fs::file_type::regular_file &&
                         status.type() != sys::fs::file_type::directory_file);
}

Expected<OutputFile> OutputFile::create(StringRef path) {
  OutputFile file(path);
  if (isWrittenInPlace(path)) {
    std::error_code code;
    file.stream = std::make_unique<raw_fd_ostream>(path, code);
    if (code)
      return cannotWrite(path, code);
    return std::move(file);
  }
  if (sys::fs::is_directory(path))
    return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
  auto temporary = sys::fs::TempFile::create(path + ".%%%%%%%%.tmp");
  if (!temporary)
    return cannotWrite(path, errorToErrorCode(temporary.takeError()));
  file.temporary = std::make_unique<sys::fs::TempFile>(std::move(*temporary));
  file.stream = std::make_unique<raw_fd_ostream>(file.temporary->FD,
                                                 /*shouldClose=*/false);
  return std::move(file);
}

OutputFile::~OutputFile() {
  if (stream)
    stream->clear_error(); // who did not commit knows that something failed
  stream.reset();
  if (temporary)
    consumeError(temporary->discard());
}

StringRef OutputFile::getTemporaryPath() const {
  return temporary ? StringRef(temporary->TmpName) : StringRef(path);
}

Error OutputFile::commit() {
  stream->flush();
  if (std::error_code code = stream->error()) {
    stream->clear_error();
    return cannotWrite(path, code);
  }
  stream.reset();
  if (!temporary)
    return Error::success();
  Error error = temporary->keep(path);
  temporary.reset();
  if (error)
    return cannotWrite(path, errorToErrorCode(std::move(error)));
  return Error::success();
}
