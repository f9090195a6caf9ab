//===- DescriptorTest.cpp - the descriptor in LLVM IR -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Descriptor.h"

#include "gcrt/model.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LLVMContext.h"
#include "gtest/gtest.h"

using namespace graph_compile;

namespace {
class DescriptorTest : public testing::Test {
protected:
  DescriptorTest()
      : builder(&mlirContext), module("test", context), variants(1),
        model(variants.front().model) {
    variants.front().cpu = "x86-64";
    variants.front().prefix = "id.";
    model.name = "test";
    model.functions.emplace_back();
    model.functions.back().name = "f";
    model.functions.back().symbol = "f";
    auto *type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context),
                                         {llvm::PointerType::get(context, 0)},
                                         /*isVarArg=*/false);
    llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, "id.f",
                           module);
    options.id = "id";
  }

  /// Adds the descriptor and returns one of its globals.
  llvm::GlobalVariable *add(llvm::StringRef name) {
    ModelData data(variants);
    addDescriptor(module, variants, data, options);
    return module.getGlobalVariable(name, /*AllowInternal=*/true);
  }
  uint64_t getSize(llvm::GlobalVariable *global) {
    return module.getDataLayout().getTypeAllocSize(global->getValueType());
  }

  mlir::MLIRContext mlirContext;
  mlir::Builder builder;
  llvm::LLVMContext context;
  llvm::Module module;
  std::vector<VariantDescription> variants;
  ModelDescription &model;
  DescriptorOptions options;
};
} // namespace

TEST_F(DescriptorTest, SizesAreThoseOfTheSchema) {
  auto type = mlir::RankedTensorType::get({2}, builder.getF32Type());
  model.variables.push_back({"v", type, nullptr});
  model.functions.back().inputs.push_back({"x", type});
  EXPECT_EQ(getSize(add("id_model")), sizeof(gcrt_model));
  auto get = [&](llvm::StringRef name) {
    return module.getGlobalVariable(name, /*AllowInternal=*/true);
  };
  EXPECT_EQ(getSize(get("id.functions")), sizeof(gcrt_function_spec));
  EXPECT_EQ(getSize(get("id.code")), sizeof(gcrt_function_code));
  EXPECT_EQ(getSize(get("id.variants")), sizeof(gcrt_variant));
  EXPECT_EQ(getSize(get("id.variables")), sizeof(gcrt_variable_spec));
  EXPECT_EQ(getSize(get("id.f.inputs")), sizeof(gcrt_tensor_spec));
}

TEST_F(DescriptorTest, OnlyTheModelIsExported) {
  add("id_model");
  for (llvm::GlobalVariable &global : module.globals())
    EXPECT_EQ(global.hasInternalLinkage(), global.getName() != "id_model");
}

TEST_F(DescriptorTest, ExecutablesTellMainTheirModel) {
  options.isExecutable = true;
  llvm::GlobalVariable *pointer = add("gcrt_main_model");
  ASSERT_TRUE(pointer);
  EXPECT_EQ(pointer->getInitializer(), module.getNamedValue("id_model"));
}

TEST_F(DescriptorTest, AModelWithoutDataHasNoDataSection) {
  EXPECT_FALSE(add("id.data"));
}

TEST_F(DescriptorTest, DataIsOneByteInItsSection) {
  auto type = mlir::RankedTensorType::get({1000}, builder.getF32Type());
  model.variables.push_back(
      {"v", type, mlir::DenseElementsAttr::get(type, 1.0f)});
  llvm::GlobalVariable *global = add("id.data");
  ASSERT_TRUE(global);
  EXPECT_EQ(getSize(global), 1u);
  EXPECT_EQ(global->getSection(), dataSectionName);
  EXPECT_EQ(global->getAlign()->value(), uint64_t(GCRT_ALIGNMENT));
}

TEST_F(DescriptorTest, EqualNamesAndShapesAreStoredOnce) {
  auto type = mlir::RankedTensorType::get({2, 3}, builder.getF32Type());
  for (const char *name : {"v", "w"})
    model.variables.push_back({name, type, nullptr});
  EXPECT_EQ(getSize(add("id.shapes")), 2 * sizeof(int64_t));
}

TEST_F(DescriptorTest, ZerosAreNotStored) {
  auto type = mlir::RankedTensorType::get({1000}, builder.getF32Type());
  auto open = mlir::RankedTensorType::get({mlir::ShapedType::kDynamic},
                                          builder.getF32Type());
  auto bools = mlir::RankedTensorType::get({3}, builder.getI1Type());
  auto empty = mlir::RankedTensorType::get({0}, builder.getF32Type());
  std::vector<float> late(1000);
  late.back() = 1;
  model.variables.push_back(
      {"splat", type, mlir::DenseElementsAttr::get(type, 0.0f)});
  model.variables.push_back(
      {"none", open,
       mlir::DenseElementsAttr::get(empty, llvm::ArrayRef<float>())});
  model.variables.push_back(
      {"bools", bools, mlir::DenseElementsAttr::get(bools, false)});
  model.variables.push_back({"unset", open, nullptr});
  ModelData zeros(variants);
  EXPECT_EQ(zeros.initialOffsets,
            (std::vector<uint64_t>{GCRT_ZEROS, GCRT_ZEROS, GCRT_ZEROS,
                                   GCRT_NO_DATA}));
  EXPECT_EQ(zeros.blob.getSize(), 0u);
  model.variables.push_back(
      {"minus", type, mlir::DenseElementsAttr::get(type, -0.0f)});
  model.variables.push_back(
      {"late", type, mlir::DenseElementsAttr::get(type, llvm::ArrayRef(late))});
  ModelData data(variants);
  EXPECT_EQ(data.blob.getSize(), 4032u + 4000u);
}

TEST_F(DescriptorTest, OpenVariablesSayTheSizesOfNewInstances) {
  auto open = mlir::RankedTensorType::get({mlir::ShapedType::kDynamic, 2},
                                          builder.getF32Type());
  auto initial = mlir::RankedTensorType::get({3, 2}, builder.getF32Type());
  model.variables.push_back(
      {"v", open, mlir::DenseElementsAttr::get(initial, 1.0f)});
  model.variables.push_back({"unset", open, nullptr});
  llvm::GlobalVariable *shapes = add("id.shapes");
  auto *data = llvm::cast<llvm::ConstantDataArray>(shapes->getInitializer());
  std::vector<int64_t> sizes;
  for (unsigned i = 0; i < data->getNumElements(); ++i)
    sizes.push_back(data->getElementAsInteger(i));
  EXPECT_EQ(sizes, (std::vector<int64_t>{-1, 2, 3, 2, 0, 2}));
}

TEST_F(DescriptorTest, DataInAFileHasNoSection) {
  auto type = mlir::RankedTensorType::get({1000}, builder.getF32Type());
  model.variables.push_back(
      {"v", type, mlir::DenseElementsAttr::get(type, 1.0f)});
  options.dataFile = "m.weights";
  EXPECT_FALSE(add("id.data"));
}

TEST_F(DescriptorTest, VariantsShareEqualWeights) {
  auto type = mlir::RankedTensorType::get({100}, builder.getF32Type());
  auto value = mlir::DenseElementsAttr::get(type, 1.0f);
  auto other = mlir::DenseElementsAttr::get(type, 2.0f);
  model.weights.push_back({0, value});
  variants.push_back(variants.front());
  variants.push_back(variants.front());
  variants.back().model.weights.front().value = other;
  ModelData data(variants);
  EXPECT_EQ(data.weightsOffsets, (std::vector<uint64_t>{0, 0, 448}));
  EXPECT_EQ(data.blob.getSize(), 448u + 400u);
}

TEST_F(DescriptorTest, LaunchesAreTableOfNumbers) {
  model.launches.push_back({"kernel_0", "elementwise", {"a", "b"}, 8, 32});
  model.launches.push_back(
      {"kernel_0", "elementwise", {"c"}, std::nullopt, std::nullopt});
  llvm::GlobalVariable *global = add("id.launches");
  ASSERT_TRUE(global);
  EXPECT_EQ(getSize(global), 2 * sizeof(gcrt_launch_spec));
  auto *words = llvm::cast<llvm::ConstantDataArray>(global->getInitializer());
  EXPECT_EQ(words->getElementAsInteger(2), 8u);
  EXPECT_EQ(words->getElementAsInteger(3), 32u);
  EXPECT_EQ(words->getElementAsInteger(6), GCRT_UNKNOWN);
  EXPECT_EQ(words->getElementAsInteger(7), GCRT_UNKNOWN);
  // Texts that are equal are one.
  EXPECT_EQ(words->getElementAsInteger(1), words->getElementAsInteger(5));
  llvm::StringRef texts =
      llvm::cast<llvm::ConstantDataArray>(
          module.getGlobalVariable("id.strings", true)->getInitializer())
          ->getRawDataValues();
  auto getText = [&](uint64_t offset) {
    return texts.substr(offset).take_until([](char c) { return c == 0; });
  };
  uint64_t names = words->getElementAsInteger(0);
  EXPECT_EQ(getText(names & UINT32_MAX), "a");
  EXPECT_EQ(getText(names >> 32), "a, b");
}

TEST_F(DescriptorTest, NoLaunchesAreNoTable) {
  EXPECT_FALSE(add("id.launches"));
}
