//===- CompiledKernels.h - kernels that a test can call ---------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_UNITTESTS_CODEGEN_CPU_COMPILEDKERNELS_H
#define GRAPH_COMPILE_UNITTESTS_CODEGEN_CPU_COMPILEDKERNELS_H

#include "graph-compile/Codegen/CPU/Target.h"

#include <memory>
#include <string>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace graph_compile {

/// Kernels at stage `plan`, compiled in this process. gcrt_parallel_for cuts a
/// range into the smallest allowed parts and runs them last to first, so that a
/// result that depended on the cut would differ from what a test expects.
class CompiledKernels {
public:
  CompiledKernels(llvm::StringRef source, const CpuOptions &cpu);
  ~CompiledKernels();

  /// Calls the kernel `name` with a frame of nothing and `arguments` (pointers,
  /// int64_t and floats, as the kernel ABI has them).
  template <typename... Arguments>
  void call(llvm::StringRef name, Arguments... arguments) {
    auto *kernel =
        reinterpret_cast<void (*)(void *, Arguments...)>(lookup(name));
    kernel(nullptr, arguments...);
  }

private:
  void *lookup(llvm::StringRef name);

  std::unique_ptr<llvm::orc::LLJIT> jit;
};

/// What this machine has, and what every machine has.
CpuOptions getNativeCpu();
CpuOptions getBaselineCpu();

} // namespace graph_compile

#endif // GRAPH_COMPILE_UNITTESTS_CODEGEN_CPU_COMPILEDKERNELS_H
