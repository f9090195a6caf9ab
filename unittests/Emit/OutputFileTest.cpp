//===- OutputFileTest.cpp - files that appear when complete -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/OutputFile.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace graph_compile;

namespace {
class OutputFileTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("output-file-test", folder));
  }
  void TearDown() override { sys::fs::remove_directories(folder); }

  std::string getPath(StringRef name) const {
    SmallString<128> path(folder);
    sys::path::append(path, name);
    return std::string(path);
  }
  unsigned countFiles() const {
    unsigned count = 0;
    std::error_code code;
    for (sys::fs::directory_iterator file(folder, code), end; file != end;
         file.increment(code))
      ++count;
    return count;
  }
  static std::string read(StringRef path) {
    auto buffer = MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "missing";
  }

  SmallString<128> folder;
};
} // namespace

TEST_F(OutputFileTest, AppearsWhenCommitted) {
  std::string path = getPath("out");
  {
    Expected<OutputFile> file = OutputFile::create(path);
    ASSERT_TRUE(static_cast<bool>(file));
    file->os() << "text";
    EXPECT_FALSE(sys::fs::exists(path));
    ASSERT_FALSE(static_cast<bool>(file->commit()));
  }
  EXPECT_EQ(read(path), "text");
  EXPECT_EQ(countFiles(), 1u);
}

TEST_F(OutputFileTest, LeavesNothingWithoutCommit) {
  {
    Expected<OutputFile> file = OutputFile::create(getPath("out"));
    ASSERT_TRUE(static_cast<bool>(file));
    file->os() << "text";
  }
  EXPECT_EQ(countFiles(), 0u);
}

TEST_F(OutputFileTest, AnOldFileStaysUntilTheCommit) {
  std::string path = getPath("out");
  for (StringRef text : {"old", "new"}) {
    Expected<OutputFile> file = OutputFile::create(path);
    ASSERT_TRUE(static_cast<bool>(file));
    file->os() << text;
    if (text == "new")
      EXPECT_EQ(read(path), "old");
    ASSERT_FALSE(static_cast<bool>(file->commit()));
  }
  EXPECT_EQ(read(path), "new");
}

TEST_F(OutputFileTest, AMissingFolderIsAnError) {
  std::string path = getPath("nothing/out");
  Expected<OutputFile> file = OutputFile::create(path);
  ASSERT_FALSE(static_cast<bool>(file));
  EXPECT_EQ(toString(file.takeError()),
            "cannot write \"" + path + "\": No such file or directory");
}

TEST_F(OutputFileTest, AFolderIsAnError) {
  Expected<OutputFile> file = OutputFile::create(folder);
  ASSERT_FALSE(static_cast<bool>(file));
  EXPECT_EQ(toString(file.takeError()),
            "cannot write \"" + folder.str().str() + "\": Is a directory");
}

TEST_F(OutputFileTest, ADeviceIsWrittenInPlace) {
  Expected<OutputFile> file = OutputFile::create("/dev/null");
  ASSERT_TRUE(static_cast<bool>(file));
  EXPECT_EQ(file->getTemporaryPath(), "/dev/null");
  file->os() << "text";
  ASSERT_FALSE(static_cast<bool>(file->commit()));
  sys::fs::file_status status;
  ASSERT_FALSE(sys::fs::status("/dev/null", status));
  EXPECT_EQ(status.type(), sys::fs::file_type::character_file);
}
