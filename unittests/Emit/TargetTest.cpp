//===- TargetTest.cpp - the machine that code is made for --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Target.h"

#include "gtest/gtest.h"

using namespace llvm;
using namespace graph_compile;

static std::string getRequired(StringRef cpu, StringRef features) {
  auto machine = createTargetMachine("x86_64-linux-gnu", cpu, features);
  if (!machine)
    return toString(machine.takeError());
  return getRequiredCpuFeatures(**machine);
}

TEST(Target, TheBaselineNeedsNoFeature) {
  EXPECT_EQ(getRequired("x86-64", ""), "");
}

TEST(Target, FeaturesAreListedInAFixedOrder) {
  EXPECT_EQ(getRequired("x86-64", "+fma,+avx2,+avx"),
            "sse3,ssse3,sse4.1,sse4.2,avx,avx2,fma");
}

TEST(Target, WhatTheMachineLacksIsNotUsed) {
  // The name stands for AVX-512, the list does not.
  EXPECT_EQ(getRequired("sapphirerapids", "+sse3,+ssse3"), "sse3,ssse3");
}

TEST(Target, WhatTheRuntimeCannotCheckIsNotUsed) {
  EXPECT_EQ(getRequired("x86-64", "+xop").find("xop"), std::string::npos);
}

TEST(Target, OtherArchitecturesAreRefused) {
  auto machine = createTargetMachine("riscv64-linux-gnu", "generic", "");
  ASSERT_FALSE(static_cast<bool>(machine));
  EXPECT_EQ(toString(machine.takeError()),
            "unsupported target triple \"riscv64-linux-gnu\": code can be made "
            "for x86-64 ELF targets, for example x86_64-linux-gnu");
}
