//===- ElfSectionTest.cpp - large section contents --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/ElfSection.h"

#include "graph-compile/Emit/MachineCode.h"
#include "graph-compile/Emit/Target.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Object/ELFObjectFile.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace graph_compile;

namespace {
/// An object with one byte in the section ".lrodata.test".
class ElfSectionTest : public testing::Test {
protected:
  void SetUp() override {
    auto machine = createTargetMachine("x86_64-linux-gnu", "x86-64", "");
    ASSERT_TRUE(static_cast<bool>(machine));
    LLVMContext context;
    Module module("test", context);
    module.setTargetTriple((*machine)->getTargetTriple());
    module.setDataLayout((*machine)->createDataLayout());
    auto *byte = ConstantInt::get(Type::getInt8Ty(context), 0);
    auto *global =
        new GlobalVariable(module, byte->getType(), /*isConstant=*/true,
                           GlobalValue::InternalLinkage, byte, "data");
    global->setSection(".lrodata.test");
    global->setAlignment(Align(64));
    // A pointer to it keeps it.
    new GlobalVariable(module, global->getType(), /*isConstant=*/true,
                       GlobalValue::ExternalLinkage, global, "pointer");
    raw_svector_ostream os(object);
    ASSERT_FALSE(static_cast<bool>(
        emitMachineCode(module, **machine, CodeGenFileType::ObjectFile, os)));
  }

  SmallVector<char, 0> object;
};
} // namespace

TEST_F(ElfSectionTest, ContentsLieBehindTheObject) {
  Expected<uint64_t> offset =
      moveSectionBehindObject(object, ".lrodata.test", 1000);
  ASSERT_TRUE(static_cast<bool>(offset));
  EXPECT_GE(*offset, object.size());
  EXPECT_EQ(*offset % 64, 0u);
  object.resize(*offset);
  object.append(1000, 'x');

  auto file = object::ObjectFile::createObjectFile(
      MemoryBufferRef(StringRef(object.data(), object.size()), "test"));
  ASSERT_TRUE(static_cast<bool>(file));
  bool isFound = false;
  for (const object::SectionRef &section : (*file)->sections()) {
    if (cantFail(section.getName()) != ".lrodata.test")
      continue;
    isFound = true;
    EXPECT_EQ(cantFail(section.getContents()), std::string(1000, 'x'));
  }
  EXPECT_TRUE(isFound);
  for (const object::ELFSymbolRef symbol : (*file)->symbols())
    if (cantFail(symbol.getName()) == "data")
      EXPECT_EQ(symbol.getSize(), 1000u);
}

TEST_F(ElfSectionTest, AMissingSectionIsAnError) {
  Expected<uint64_t> offset = moveSectionBehindObject(object, ".nothing", 1);
  ASSERT_FALSE(static_cast<bool>(offset));
  EXPECT_EQ(toString(offset.takeError()),
            "the object has no section \".nothing\"");
}
