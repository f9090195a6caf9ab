//===- Target.cpp - the CPU that code is generated for --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's subtarget tables say which features a name stands for; here they are
// reduced to the few facts that kernels are shaped by.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/CPU/Target.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <memory>

using namespace llvm;

namespace graph_compile {

/// The features of the machine that runs the compiler, as LLVM spells them.
static std::string getHostFeatures() {
  StringMap<bool> features = sys::getHostCPUFeatures();
  SmallVector<std::string> spelled;
  for (const auto &feature : features)
    spelled.push_back((feature.getValue() ? "+" : "-") +
                      feature.getKey().str());
  // The map has no order of its own.
  llvm::sort(spelled);
  return llvm::join(spelled, ",");
}

/// Sizes of vector code for the features of `subtarget`.
static void setVectorShape(const MCSubtargetInfo &subtarget,
                           CpuOptions &options) {
  Triple triple(options.triple);
  if (triple.isX86()) {
    options.hasFma = subtarget.checkFeatures("+fma");
    if (subtarget.checkFeatures("+avx512f,+avx512bw,+avx512vl,+avx512dq")) {
      options.vectorBytes = 64;
      options.vectorRegisters = 32;
      options.hasMasks = true;
      options.hasScale = true;
    } else if (subtarget.checkFeatures("+avx")) {
      options.vectorBytes = 32;
    }
    return;
  }
  // AArch64 and RISC-V have a fused multiply-add, and 32 registers of at least
  // 16 bytes where they have vectors at all.
  options.hasFma = true;
  options.vectorRegisters = 32;
}

Expected<CpuOptions> resolveCpu(StringRef name, StringRef triple) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();

  CpuOptions options;
  options.triple = triple.empty() ? sys::getDefaultTargetTriple()
                                  : Triple::normalize(triple);
  std::string problem;
  const Target *target = TargetRegistry::lookupTarget(options.triple, problem);
  if (!target)
    return createStringError("unknown target \"" + options.triple +
                             "\": " + problem);

  std::string wanted;
  if (name == "native") {
    Triple host(sys::getDefaultTargetTriple());
    if (Triple(options.triple).getArch() != host.getArch())
      return createStringError(
          "--cpu=native is this machine (" + host.getArchName().str() +
          "), but code is for " + options.triple + "; name a CPU of that kind");
    options.cpu = sys::getHostCPUName().str();
    wanted = getHostFeatures();
  } else {
    options.cpu = name.str();
  }

  Triple normalized(options.triple);
  std::unique_ptr<MCSubtargetInfo> generic(
      target->createMCSubtargetInfo(normalized, "", ""));
  if (!generic || !generic->isCPUStringValid(options.cpu))
    return createStringError(
        "unknown CPU \"" + options.cpu + "\" for " + options.triple +
        "; expected \"native\", a level such as \"x86-64-v3\", or a name that "
        "LLVM knows, such as \"sapphirerapids\"");

  std::unique_ptr<MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(normalized, options.cpu, wanted));
  SmallVector<std::string> features;
  for (const SubtargetFeatureKV &feature :
       subtarget->getEnabledProcessorFeatures())
    features.push_back("+" + std::string(feature.Key));
  options.features = llvm::join(features, ",");
  setVectorShape(*subtarget, options);
  return options;
}

} // namespace graph_compile
