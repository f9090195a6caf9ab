//===- Target.cpp - the machine that code is made for -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Target.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/SubtargetFeature.h"

using namespace llvm;

/// The features of x86-64 that choose instructions and that the runtime can
/// check. Those of every x86-64 CPU are not listed.
static constexpr StringLiteral checkedFeatures[] = {
    "sse3",       "ssse3",       "sse4.1",       "sse4.2",
    "popcnt",     "avx",         "avx2",         "fma",
    "f16c",       "bmi",         "bmi2",         "lzcnt",
    "movbe",      "gfni",        "aes",          "pclmul",
    "vaes",       "vpclmulqdq",  "prfchw",       "avx512f",
    "avx512cd",   "avx512bw",    "avx512dq",     "avx512vl",
    "avx512vnni", "avx512bf16",  "avx512fp16",   "avx512ifma",
    "avx512vbmi", "avx512vbmi2", "avx512bitalg", "avx512vpopcntdq",
    "avxvnni"};

/// Features that LLVM would choose instructions of by itself but that the
/// runtime does not check: code is made without them.
static constexpr StringLiteral avoidedFeatures[] = {
    "fma4",         "xop",       "tbm",     "sse4a",       "avxifma",
    "avxneconvert", "avx10.1",   "avx10.2", "avxvnniint8", "avxvnniint16",
    "egpr",         "ndd",       "ccmp",    "nf",          "cf",
    "zu",           "push2pop2", "ppx"};

/// Returns the feature string with which exactly `features` of `cpu` are used:
/// the name of a CPU stands for features that the machine at hand may lack, a
/// virtual one for example.
static std::string restrictFeatures(const Target &target, const Triple &triple,
                                    StringRef cpu, StringRef features) {
  SubtargetFeatures wanted(features);
  StringSet<> isWanted;
  for (StringRef feature : wanted.getFeatures())
    isWanted.insert(feature.drop_front());
  std::unique_ptr<MCSubtargetInfo> named(
      target.createMCSubtargetInfo(triple, cpu, ""));
  SubtargetFeatures result;
  for (const SubtargetFeatureKV &feature : named->getEnabledProcessorFeatures())
    if (!isWanted.contains(feature.Key))
      result.AddFeature(feature.Key, /*Enable=*/false);
  result.addFeaturesVector(wanted.getFeatures());
  for (StringRef feature : avoidedFeatures)
    result.AddFeature(feature, /*Enable=*/false);
  return result.getString();
}

Error graph_compile::checkTargetTriple(StringRef name) {
  Triple triple(Triple::normalize(name));
  if (triple.getArch() == Triple::x86_64 && triple.isOSBinFormatELF())
    return Error::success();
  return createStringError("unsupported target triple \"" + name +
                           "\": code can be made for x86-64 ELF targets, for "
                           "example x86_64-linux-gnu");
}

Expected<std::unique_ptr<TargetMachine>>
graph_compile::createTargetMachine(StringRef tripleName, StringRef cpu,
                                   StringRef features) {
  if (Error error = checkTargetTriple(tripleName))
    return std::move(error);
  Triple triple(Triple::normalize(tripleName));
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  InitializeAllAsmParsers();
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return createStringError(message);

  TargetOptions options;
  // A linker then drops what a program does not use.
  options.FunctionSections = true;
  options.DataSections = true;
  options.UseInitArray = true;
  return std::unique_ptr<TargetMachine>(target->createTargetMachine(
      triple, cpu, restrictFeatures(*target, triple, cpu, features), options,
      Reloc::PIC_, CodeModel::Small, CodeGenOptLevel::Aggressive));
}

std::string
graph_compile::getRequiredCpuFeatures(const TargetMachine &machine) {
  const MCSubtargetInfo &subtarget = *machine.getMCSubtargetInfo();
  SmallVector<StringRef> required;
  for (StringRef feature : checkedFeatures)
    if (subtarget.checkFeatures(("+" + feature).str()))
      required.push_back(feature);
  return join(required, ",");
}
