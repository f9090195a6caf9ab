//===- DiagnosticPrinterTest.cpp - diagnostics as lines of text -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Support/DiagnosticPrinter.h"

#include "graph-compile/Support/NodeLocation.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace graph_compile;

namespace {
class DiagnosticPrinterTest : public testing::Test {
protected:
  mlir::MLIRContext context;
  std::string text;
  llvm::raw_string_ostream os{text};
  DiagnosticPrinter printer{&context, os};
};
} // namespace

TEST_F(DiagnosticPrinterTest, FileAndLine) {
  emitError(makeNodeLocation(&context, "graph.pbtxt", 3, "x")) << "is wrong";
  EXPECT_EQ(text, "graph.pbtxt:3: error: is wrong\n");
}

TEST_F(DiagnosticPrinterTest, BinaryFilesHaveNoLines) {
  emitError(makeNodeLocation(&context, "graph.pb", 0, "x")) << "is wrong";
  EXPECT_EQ(text, "graph.pb: error: is wrong\n");
}

TEST_F(DiagnosticPrinterTest, NoFile) {
  emitError(mlir::UnknownLoc::get(&context)) << "is wrong";
  EXPECT_EQ(text, "error: is wrong\n");
}

TEST_F(DiagnosticPrinterTest, NotesFollow) {
  {
    mlir::InFlightDiagnostic diagnostic =
        emitWarning(makeNodeLocation(&context, "g.pbtxt", 3, "x")) << "odd";
    diagnostic.attachNote(makeNodeLocation(&context, "g.pbtxt", 9, "y"))
        << "other half";
  }
  EXPECT_EQ(text, "g.pbtxt:3: warning: odd\ng.pbtxt:9: note: other half\n");
  EXPECT_EQ(printer.getNumErrors(), 0u);
}

TEST_F(DiagnosticPrinterTest, NodesAreFoundInFusedLocations) {
  mlir::Location x = makeNodeLocation(&context, "g.pbtxt", 3, "x");
  mlir::Location fused =
      mlir::FusedLoc::get(&context, {mlir::UnknownLoc::get(&context), x});
  EXPECT_EQ(getNodeName(fused), "x");
  EXPECT_EQ(describeNode(fused), "node \"x\"");
  EXPECT_EQ(describeNode(mlir::UnknownLoc::get(&context)), "an unnamed node");
  EXPECT_EQ(getFileLocation(fused).getLine(), 3u);
}
