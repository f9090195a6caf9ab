//===- TargetTest.cpp - what a CPU's name stands for ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/CPU/Target.h"

#include "gtest/gtest.h"

using namespace graph_compile;

static CpuOptions resolve(llvm::StringRef name) {
  return llvm::cantFail(resolveCpu(name, "x86_64-unknown-linux-gnu"));
}

TEST(Target, LevelsOfX86) {
  CpuOptions baseline = resolve("x86-64");
  EXPECT_EQ(baseline.vectorBytes, 16u);
  EXPECT_FALSE(baseline.hasFma);
  CpuOptions v3 = resolve("x86-64-v3");
  EXPECT_EQ(v3.vectorBytes, 32u);
  EXPECT_TRUE(v3.hasFma);
  EXPECT_FALSE(v3.hasMasks);
  CpuOptions v4 = resolve("x86-64-v4");
  EXPECT_EQ(v4.vectorBytes, 64u);
  EXPECT_EQ(v4.vectorRegisters, 32u);
  EXPECT_TRUE(v4.hasMasks);
}

TEST(Target, FeaturesAreSpelledOut) {
  std::string features = resolve("x86-64-v3").features;
  EXPECT_NE(features.find("+avx2"), std::string::npos);
  EXPECT_EQ(features.find("+avx512f"), std::string::npos);
  EXPECT_EQ(features.find(",-"), std::string::npos);
}

TEST(Target, NativeIsThisMachine) {
  CpuOptions native = llvm::cantFail(resolveCpu("native"));
  EXPECT_FALSE(native.cpu.empty());
  EXPECT_NE(native.cpu, "native");
}

TEST(Target, UnknownNamesAreErrors) {
  llvm::Expected<CpuOptions> cpu =
      resolveCpu("pdp11", "x86_64-unknown-linux-gnu");
  ASSERT_FALSE(static_cast<bool>(cpu));
  EXPECT_NE(llvm::toString(cpu.takeError()).find("\"pdp11\""),
            std::string::npos);
}
