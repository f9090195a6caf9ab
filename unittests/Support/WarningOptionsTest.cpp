//===- WarningOptionsTest.cpp - which warnings are shown ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Support/WarningOptions.h"

#include "graph-compile/Support/DiagnosticPrinter.h"
#include "graph-compile/Support/NodeLocation.h"

#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace graph_compile;
using Level = WarningOptions::Level;

static Level levelAfter(std::initializer_list<llvm::StringRef> flags,
                        Warning warning = Warning::Race) {
  WarningOptions options;
  for (llvm::StringRef flag : flags)
    EXPECT_TRUE(options.parse(flag)) << flag.str();
  return options.getLevel(warning);
}

TEST(WarningOptions, ShownByDefault) {
  EXPECT_EQ(levelAfter({}), Level::Warning);
}

TEST(WarningOptions, SilencedAndShownAgain) {
  EXPECT_EQ(levelAfter({"no-race"}), Level::Ignored);
  EXPECT_EQ(levelAfter({"no-race", "race"}), Level::Warning);
  EXPECT_EQ(levelAfter({"no-race"}, Warning::LostUpdate), Level::Warning);
}

TEST(WarningOptions, ErrorsForAll) {
  EXPECT_EQ(levelAfter({"error"}), Level::Error);
  EXPECT_EQ(levelAfter({"error", "no-error"}), Level::Warning);
  EXPECT_EQ(levelAfter({"error", "no-race"}), Level::Ignored);
}

TEST(WarningOptions, ErrorsForOne) {
  EXPECT_EQ(levelAfter({"error=race"}), Level::Error);
  EXPECT_EQ(levelAfter({"error=race"}, Warning::DeadControl), Level::Warning);
  EXPECT_EQ(levelAfter({"error", "no-error=race"}), Level::Warning);
  EXPECT_EQ(levelAfter({"no-race", "error=race"}), Level::Error);
}

TEST(WarningOptions, UnknownCategories) {
  WarningOptions options;
  EXPECT_FALSE(options.parse("races"));
  EXPECT_FALSE(options.parse("error=races"));
  EXPECT_FALSE(options.parse("no-"));
}

TEST(WarningOptions, TextNamesTheCategory) {
  mlir::MLIRContext context;
  std::string text;
  llvm::raw_string_ostream os(text);
  DiagnosticPrinter printer(&context, os);
  mlir::Location place = makeNodeLocation(&context, "graph.pbtxt", 7, "v");

  WarningOptions options;
  emitWarningFor(place, options, Warning::Race, "a race");
  options.parse("error=race");
  emitWarningFor(place, options, Warning::Race, "a race");
  options.parse("no-race");
  EXPECT_FALSE(emitWarningFor(place, options, Warning::Race, "a race"));

  EXPECT_EQ(text, "graph.pbtxt:7: warning: a race [-Wrace]\n"
                  "graph.pbtxt:7: error: a race [-Werror,-Wrace]\n");
  EXPECT_EQ(printer.getNumErrors(), 1u);
}
