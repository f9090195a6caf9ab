//===- Driver.cpp - the command graph-compile ----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Driver/Driver.h"

#include "Compile.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace graph_compile;

/// Returns the folder of the program that is running.
static std::string getProgramFolder(const char *name) {
  // Any address in the program itself will do.
  void *address = reinterpret_cast<void *>(&getProgramFolder);
  std::string program = sys::fs::getMainExecutable(name, address);
  return sys::path::parent_path(program).str();
}

/// Prints which compiler this is, and for what machine it makes code when it is
/// not told.
static void printVersion(raw_ostream &os) {
  os << "graph-compile " GRAPH_COMPILE_VERSION " (LLVM " << LLVM_VERSION_STRING
     << ")\nDefault target: " << sys::getDefaultTargetTriple() << ", CPU "
     << sys::getHostCPUName() << "\n";
}

static ExitStatus run(int argc, char **argv) {
  Expected<CommandLine> commandLine =
      parseCommandLine(ArrayRef<const char *>(argv + 1, argc - 1));
  if (!commandLine) {
    reportError(commandLine.takeError());
    errs() << "see graph-compile --help\n";
    return ExitStatus::WrongCommandLine;
  }
  switch (commandLine->action) {
  case CommandLine::Action::PrintHelp:
    printHelp(outs());
    return ExitStatus::Success;
  case CommandLine::Action::PrintVersion:
    printVersion(outs());
    return ExitStatus::Success;
  case CommandLine::Action::PrintSupportedOps:
    printSupportedOps(outs());
    return ExitStatus::Success;
  case CommandLine::Action::ExplainOrder:
    return explainOrder(*commandLine);
  case CommandLine::Action::Compile:
    return compile(commandLine->options, getProgramFolder(argv[0]));
  }
  llvm_unreachable("all actions are above");
}

int graph_compile::runDriver(int argc, char **argv) {
  return static_cast<int>(run(argc, argv));
}
