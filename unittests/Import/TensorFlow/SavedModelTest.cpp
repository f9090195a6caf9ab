//===- SavedModelTest.cpp - damaged SavedModels ---------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever the bytes of a SavedModel are, importing it either works or reports
// an error. GRAPH_COMPILE_FUZZ=100000 in the environment tries that many wrong
// bytes instead of a few, and every truncation.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Import/TensorFlow/Import.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <random>

using namespace graph_compile;
using llvm::StringRef;

static constexpr const char *kFiles[] = {
    "saved_model.pb", "variables/variables.index",
    "variables/variables.data-00000-of-00001"};

/// How many wrong bytes to try; nothing: what is quick.
static std::optional<unsigned> getFuzzCount() {
  unsigned count;
  const char *text = std::getenv("GRAPH_COMPILE_FUZZ");
  if (!text || StringRef(text).getAsInteger(10, count))
    return std::nullopt;
  return count;
}

namespace {
/// A copy of a small SavedModel, to be damaged.
class SavedModelTest : public testing::Test {
protected:
  SavedModelTest()
      : context(mlir::MLIRContext::Threading::DISABLED),
        handler(&context, [this](mlir::Diagnostic &diagnostic) {
          hasError |=
              diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
          return mlir::success();
        }) {
    EXPECT_FALSE(
        llvm::sys::fs::createUniqueDirectory("gc-saved-model-test", folder));
    EXPECT_FALSE(llvm::sys::fs::create_directory(getPath(folder, "variables")));
    for (const char *file : kFiles) {
      auto buffer = llvm::MemoryBuffer::getFile(
          getPath(GRAPH_COMPILE_TEST_SAVED_MODEL, file));
      contents.push_back(buffer ? (*buffer)->getBuffer().str() : "");
      EXPECT_FALSE(contents.back().empty());
      write(file, contents.back());
    }
  }
  ~SavedModelTest() override {
    EXPECT_FALSE(llvm::sys::fs::remove_directories(folder));
  }

  static std::string getPath(StringRef folder, StringRef file) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, file);
    return std::string(path);
  }

  void write(StringRef file, StringRef bytes) {
    std::error_code error;
    llvm::raw_fd_ostream os(getPath(folder, file), error);
    ASSERT_FALSE(error);
    os << bytes;
  }

  /// Imports what there is and returns whether that is a model.
  bool import() {
    hasError = false;
    ImportOptions options;
    options.modelPath = folder.str();
    auto module = importTensorFlow(context, options);
    EXPECT_NE(static_cast<bool>(module), hasError);
    return static_cast<bool>(module);
  }

  mlir::MLIRContext context;
  bool hasError = false;
  mlir::ScopedDiagnosticHandler handler;
  llvm::SmallString<128> folder;
  std::vector<std::string> contents;
};
} // namespace

TEST_F(SavedModelTest, ReportsTruncations) {
  ASSERT_TRUE(import());
  for (auto [file, bytes] : llvm::zip_equal(kFiles, contents)) {
    size_t step = getFuzzCount() ? 1 : bytes.size() / 100 + 1;
    for (size_t size = 0; size < bytes.size(); size += step) {
      write(file, StringRef(bytes).take_front(size));
      EXPECT_FALSE(import()) << file << " with " << size << " bytes";
    }
    write(file, bytes);
  }
}

TEST_F(SavedModelTest, ReportsWrongBytes) {
  for (unsigned i = 0, e = getFuzzCount().value_or(300); i != e; ++i) {
    std::mt19937 random(i);
    // Most of what can be wrong is in the first file.
    size_t file = i % 8 < 6 ? 0 : i % 8 - 5;
    std::string wrong = contents[file];
    for (unsigned n = 0, count = 1 + random() % 3; n != count; ++n)
      wrong[random() % wrong.size()] ^=
          random() % 2 ? 1 << random() % 8 : random() % 256;
    write(kFiles[file], wrong);
    import();
    write(kFiles[file], contents[file]);
  }
}
