//===- WarningOptions.cpp - which warnings are shown, and how -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Support/WarningOptions.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace graph_compile;

StringRef graph_compile::getWarningName(Warning warning) {
  switch (warning) {
  case Warning::Race:
    return "race";
  case Warning::LostUpdate:
    return "lost-update";
  case Warning::DeadControl:
    return "dead-control";
  case Warning::CapturedEffect:
    return "captured-effect";
  }
  llvm_unreachable("unknown warning");
}

static std::optional<Warning> findWarning(StringRef name) {
  return llvm::StringSwitch<std::optional<Warning>>(name)
      .Case("race", Warning::Race)
      .Case("lost-update", Warning::LostUpdate)
      .Case("dead-control", Warning::DeadControl)
      .Case("captured-effect", Warning::CapturedEffect)
      .Default(std::nullopt);
}

bool WarningOptions::parse(StringRef flag) {
  bool wanted = !flag.consume_front("no-");
  if (flag == "error") {
    allAreErrors = wanted;
    return true;
  }
  bool isError = flag.consume_front("error=");
  std::optional<Warning> warning = findWarning(flag);
  if (!warning)
    return false;
  Setting &setting = settings[static_cast<unsigned>(*warning)];
  if (!isError) {
    setting.shown = wanted;
    return true;
  }
  setting.isError = wanted;
  // As clang does it: -Werror=X also turns X on; -Wno-error=X leaves it shown.
  setting.shown |= wanted;
  return true;
}

WarningOptions::Level WarningOptions::getLevel(Warning warning) const {
  const Setting &setting = settings[static_cast<unsigned>(warning)];
  if (!setting.shown)
    return Level::Ignored;
  return setting.isError.value_or(allAreErrors) ? Level::Error : Level::Warning;
}

std::optional<InFlightDiagnostic>
graph_compile::emitWarningFor(Location location, const WarningOptions &options,
                              Warning warning, const Twine &text) {
  StringRef name = getWarningName(warning);
  switch (options.getLevel(warning)) {
  case WarningOptions::Level::Ignored:
    return std::nullopt;
  case WarningOptions::Level::Warning:
    return emitWarning(location) << text << " [-W" << name << "]";
  case WarningOptions::Level::Error:
    return emitError(location) << text << " [-Werror,-W" << name << "]";
  }
  llvm_unreachable("unknown level");
}
