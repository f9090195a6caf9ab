//===- Link.cpp - executables and shared libraries -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Link.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <optional>

using namespace llvm;
using namespace graph_compile;

/// The sanitizers that the runtime beside this compiler was built with, as in
/// -fsanitize=; empty in a normal build.
static constexpr StringLiteral runtimeSanitizers = GRAPH_COMPILE_SANITIZERS;

/// LLVM's own programs that are not on the PATH under a versioned name.
static constexpr StringLiteral llvmFolder = GRAPH_COMPILE_LLVM_TOOLS;

static std::string joinPath(StringRef folder, StringRef file) {
  SmallString<128> path(folder);
  sys::path::append(path, file);
  return std::string(path);
}

Expected<std::string>
graph_compile::findRuntimeLibraries(StringRef programFolder) {
  for (StringRef candidate : {"../lib", "../" GRAPH_COMPILE_INSTALL_LIBDIR}) {
    SmallString<128> folder(programFolder);
    sys::path::append(folder, candidate);
    sys::path::remove_dots(folder, /*remove_dot_dot=*/true);
    if (sys::fs::exists(joinPath(folder, "libgcrt.a")) &&
        sys::fs::exists(joinPath(folder, "libgcrt_main.a")))
      return std::string(folder);
  }
  return createStringError("libgcrt.a and libgcrt_main.a are not in \"" +
                           joinPath(programFolder, "../lib") +
                           "\" beside the compiler; build the targets gcrt and "
                           "gcrt_main, install libgcrt-dev, or use --emit=obj");
}

/// Returns the path of the first of `names` that is a program, on the PATH or
/// in LLVM's own folder.
static std::optional<std::string> findProgram(ArrayRef<StringRef> names) {
  for (StringRef name : names) {
    if (ErrorOr<std::string> path = sys::findProgramByName(name))
      return *path;
    if (ErrorOr<std::string> path = sys::findProgramByName(name, {llvmFolder}))
      return *path;
  }
  return std::nullopt;
}

/// Runs a program and returns what it printed as an error if it failed.
static Error runProgram(ArrayRef<std::string> command) {
  SmallString<128> messages;
  if (std::error_code code =
          sys::fs::createTemporaryFile("graph-compile-link", "txt", messages))
    return createStringError(code, "cannot make a temporary file \"%s\": %s",
                             messages.c_str(), code.message().c_str());
  FileRemover remover(messages);
  SmallVector<StringRef> arguments(command.begin(), command.end());
  std::optional<StringRef> redirects[] = {StringRef(""), messages.str(),
                                          messages.str()};
  std::string failure;
  int status =
      sys::ExecuteAndWait(command.front(), arguments,
                          /*Env=*/std::nullopt, redirects,
                          /*SecondsToWait=*/0, /*MemoryLimit=*/0, &failure);
  if (status == 0)
    return Error::success();
  std::string text = "linking failed: " + join(command, " ");
  if (!failure.empty())
    text += "\n" + failure;
  if (auto buffer = MemoryBuffer::getFile(messages))
    text += "\n" + (*buffer)->getBuffer().rtrim().str();
  return createStringError(text);
}

/// The options that every linker takes; a compiler that links passes them on.
static constexpr StringLiteral linkerOptions[] = {"--gc-sections", "-O1",
                                                  "--as-needed"};

/// Returns the file `name` of the C library or of a compiler, found where
/// Debian, Red Hat and their likes keep such files.
static std::optional<std::string> findSystemFile(StringRef name) {
  for (StringRef folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib64",
                           "/usr/lib", "/lib/x86_64-linux-gnu", "/lib64"})
    if (std::string path = joinPath(folder, name); sys::fs::exists(path))
      return path;
  return std::nullopt;
}

/// Returns the runtime's libraries as the linker gets them. A shared library
/// has all of libgcrt.a: whoever loads it may call any of its functions.
static std::vector<std::string> getRuntimeArguments(const LinkJob &job,
                                                    StringRef prefix) {
  std::string runtime = joinPath(job.libraryFolder, "libgcrt.a");
  if (!job.isShared())
    return {joinPath(job.libraryFolder, "libgcrt_main.a"), runtime};
  return {prefix.str() + "--whole-archive", runtime,
          prefix.str() + "--no-whole-archive"};
}

static void append(std::vector<std::string> &command,
                   ArrayRef<std::string> arguments) {
  command.insert(command.end(), arguments.begin(), arguments.end());
}

/// Appends the C library's start files. Returns the folder that they lie in.
static Expected<std::string> appendStartFiles(std::vector<std::string> &command,
                                              bool isShared) {
  std::string folder;
  for (StringRef name : {"Scrt1.o", "crti.o"}) {
    std::optional<std::string> file = findSystemFile(name);
    if (!file)
      return createStringError("the C library's " + name +
                               " is missing: install libc6-dev, or use "
                               "--emit=obj");
    folder = sys::path::parent_path(*file).str();
    // A shared library is not started.
    if (!isShared || name != "Scrt1.o")
      command.push_back(*file);
  }
  return folder;
}

/// Links without a compiler: names the start files and the C library itself.
static Expected<std::vector<std::string>> buildLldCommand(const LinkJob &job) {
  std::optional<std::string> lld = findProgram({"ld.lld-22", "ld.lld"});
  if (!lld)
    return createStringError("neither cc nor ld.lld-22 is on the PATH: install "
                             "gcc, clang-22 or lld-22, or use --emit=obj");
  std::vector<std::string> command = {*lld, "-o", job.output};
  if (job.isShared())
    append(command, {"-shared", "-soname", job.sharedName, "-z", "defs"});
  else
    append(command, {"-pie", "-dynamic-linker", "/lib64/ld-linux-x86-64.so.2"});
  Expected<std::string> systemFolder =
      appendStartFiles(command, job.isShared());
  if (!systemFolder)
    return systemFolder.takeError();
  for (StringRef option : linkerOptions)
    command.push_back(option.str());
  // Where GNU's linker puts it: see makeRoomForData.
  append(command, {"-z", "lrodata-after-bss"});
  command.push_back(job.object);
  append(command, getRuntimeArguments(job, /*prefix=*/""));
  append(command, {"-L" + *systemFolder, "-lm", "-lc",
                   joinPath(*systemFolder, "crtn.o")});
  return command;
}

/// Links with a C compiler, which knows the files of its system.
static std::vector<std::string> buildCompilerCommand(StringRef compiler,
                                                     const LinkJob &job,
                                                     StringRef sanitizers) {
  std::vector<std::string> command = {compiler.str(), "-o", job.output,
                                      job.object};
  append(command, getRuntimeArguments(job, /*prefix=*/"-Wl,"));
  append(command, {"-lm", "-pthread"});
  for (StringRef option : linkerOptions)
    command.push_back("-Wl," + option.str());
  if (job.isShared())
    append(command,
           {"-shared", "-Xlinker", "-soname", "-Xlinker", job.sharedName});
  if (!sanitizers.empty())
    command.push_back("-fsanitize=" + sanitizers.str());
  else if (job.isShared()) // a sanitizer's runtime is the program's
    command.push_back("-Wl,-z,defs");
  return command;
}

/// Returns the sanitizers whose runtimes the output needs.
static std::string getSanitizers(bool sanitizeAddress) {
  SmallVector<StringRef> sanitizers;
  runtimeSanitizers.split(sanitizers, ',', /*MaxSplit=*/-1,
                          /*KeepEmpty=*/false);
  if (sanitizeAddress && !is_contained(sanitizers, "address"))
    sanitizers.push_back("address");
  return join(sanitizers, ",");
}

Error graph_compile::linkModel(const LinkJob &job) {
  std::string sanitizers = getSanitizers(job.sanitizeAddress);
  if (!sanitizers.empty()) {
    std::optional<std::string> clang = findProgram({"clang-22", "clang"});
    if (!clang)
      return createStringError(
          "clang-22, which has the sanitizer's runtime, is "
          "not on the PATH");
    return runProgram(buildCompilerCommand(*clang, job, sanitizers));
  }
  if (std::optional<std::string> cc = findProgram({"cc"}))
    return runProgram(buildCompilerCommand(*cc, job, sanitizers));
  auto command = buildLldCommand(job);
  if (!command)
    return command.takeError();
  return runProgram(*command);
}
