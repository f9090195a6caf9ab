//===- Target.h - the CPU that code is generated for ------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CODEGEN_CPU_TARGET_H
#define GRAPH_COMPILE_CODEGEN_CPU_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace graph_compile {

/// What code generation has to know of a CPU. The default is what every x86-64
/// has.
struct CpuOptions {
  /// The LLVM target triple.
  std::string triple = "x86_64-unknown-linux-gnu";
  /// LLVM's name of the CPU.
  std::string cpu = "x86-64";
  /// Every feature that the code may use, `+avx,+avx2,..`, so that a program
  /// can compare it with what the machine has.
  std::string features;
  /// Bytes of a vector register.
  unsigned vectorBytes = 16;
  /// Vector registers; what register tiles are sized by.
  unsigned vectorRegisters = 16;
  /// Fused multiply-add is one instruction.
  bool hasFma = false;
  /// Multiplication by a power of two is one instruction.
  bool hasScale = false;
  /// Loads and stores under a mask are one instruction for every element type.
  bool hasMasks = false;
  /// Poison what lies between the places of the arena: code for
  /// AddressSanitizer.
  bool poisonArena = false;
  /// Tell profiles where each launch begins.
  bool markLaunches = true;
};

/// Resolves what the user wrote after `--cpu=`: `native` for this machine,
/// `x86-64-v3` and the like, or a name that LLVM knows. An error lists what can
/// be written.
llvm::Expected<CpuOptions> resolveCpu(llvm::StringRef name,
                                      llvm::StringRef triple = "");

} // namespace graph_compile

#endif // GRAPH_COMPILE_CODEGEN_CPU_TARGET_H
