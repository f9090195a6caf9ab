//===- Driver.h - the command graph-compile ------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DRIVER_DRIVER_H
#define GRAPH_COMPILE_DRIVER_DRIVER_H

namespace graph_compile {

/// The exit statuses of the command.
enum class ExitStatus : int {
  Success = 0,
  WrongModel = 1,      ///< the model, its configuration, or a file
  WrongCommandLine = 2 ///< the flags; no model has been read
};

/// The command: reads its arguments, compiles, and returns the exit status.
int runDriver(int argc, char **argv);

} // namespace graph_compile

#endif // GRAPH_COMPILE_DRIVER_DRIVER_H
