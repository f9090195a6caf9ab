//===- WarningOptions.h - which warnings are shown, and how -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_SUPPORT_WARNINGOPTIONS_H
#define GRAPH_COMPILE_SUPPORT_WARNINGOPTIONS_H

#include "mlir/IR/Diagnostics.h"

#include <array>
#include <optional>

namespace graph_compile {

/// The categories of warnings about a graph; docs/Order.md explains each.
enum class Warning { Race, LostUpdate, DeadControl, CapturedEffect };

/// Returns the name of a category as the command line spells it, for example
/// `lost-update`.
llvm::StringRef getWarningName(Warning warning);

/// What the flags -Wno-X, -WX, -Werror and -Werror=X ask for.
class WarningOptions {
public:
  enum class Level { Ignored, Warning, Error };

  /// Takes one flag without its leading `-W`: `race`, `no-race`, `error`,
  /// `error=race` or `no-error=race`. Returns false for an unknown category.
  /// Later flags win over earlier ones.
  bool parse(llvm::StringRef flag);

  Level getLevel(Warning warning) const;

private:
  struct Setting {
    bool shown = true;
    std::optional<bool> isError; // what -Werror=X or -Wno-error=X said
  };
  std::array<Setting, 4> settings;
  bool allAreErrors = false;
};

/// Reports `text` under `warning` at `location`: as a warning that ends with
/// `[-Wrace]`, or as an error that ends with `[-Werror,-Wrace]`. Returns
/// nothing where the category is silenced. Notes can be attached to the result.
std::optional<mlir::InFlightDiagnostic>
emitWarningFor(mlir::Location location, const WarningOptions &options,
               Warning warning, const llvm::Twine &text);

} // namespace graph_compile

#endif // GRAPH_COMPILE_SUPPORT_WARNINGOPTIONS_H
