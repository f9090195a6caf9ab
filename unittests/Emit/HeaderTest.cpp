//===- HeaderTest.cpp - the header of an object ------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Header.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace graph_compile;
using testing::HasSubstr;

namespace {
class HeaderTest : public testing::Test {
protected:
  HeaderTest() : builder(&context) { model.name = "test"; }

  FunctionDescription &addFunction(StringRef name) {
    model.functions.emplace_back();
    model.functions.back().name = name.str();
    return model.functions.back();
  }
  TensorDescription makeTensor(StringRef name, ArrayRef<int64_t> shape,
                               Type element) {
    return {name.str(), RankedTensorType::get(shape, element)};
  }
  std::string write() {
    std::string text;
    llvm::raw_string_ostream os(text);
    writeHeader(os, model, "test");
    return text;
  }

  MLIRContext context;
  Builder builder;
  ModelDescription model;
};
} // namespace

TEST_F(HeaderTest, FunctionsAreNamedAsCAllows) {
  addFunction("serving/default");
  addFunction("serving.default");
  addFunction("create");
  std::string text = write();
  EXPECT_THAT(text, HasSubstr("gcrt_status test_serving_default("));
  EXPECT_THAT(text, HasSubstr("gcrt_status test_serving_default_2("));
  EXPECT_THAT(text, HasSubstr("gcrt_status test_create_2("));
  EXPECT_THAT(text, HasSubstr("/* Runs the function \"serving.default\"."));
}

TEST_F(HeaderTest, OpenDimensionsAreParameters) {
  FunctionDescription &function = addFunction("f");
  function.inputs.push_back(
      makeTensor("x", {ShapedType::kDynamic, 8}, builder.getF32Type()));
  EXPECT_THAT(write(), HasSubstr("const float *x, int64_t x_dim0)"));
  EXPECT_THAT(write(),
              HasSubstr("gcrt_status f(gcrt::View<const float, 2> x)"));
}

TEST_F(HeaderTest, StaticInputsAreSpansAndScalarsAreValues) {
  FunctionDescription &function = addFunction("f");
  function.inputs.push_back(makeTensor("x", {4, 8}, builder.getF32Type()));
  function.inputs.push_back(makeTensor(
      "n", {}, IntegerType::get(&context, 8, IntegerType::Unsigned)));
  EXPECT_THAT(write(), HasSubstr("f(gcrt::Span<const float> x, uint8_t n)"));
  EXPECT_THAT(write(), HasSubstr("if (x.size() != 32)"));
}

TEST_F(HeaderTest, InputAndOutputOfOneNameDiffer) {
  FunctionDescription &function = addFunction("f");
  function.inputs.push_back(makeTensor("x", {}, builder.getF32Type()));
  function.outputs.push_back(makeTensor("x", {2}, builder.getBF16Type()));
  EXPECT_THAT(write(), HasSubstr("gcrt_result *x_2)"));
  EXPECT_THAT(write(), HasSubstr("gcrt::Output<gcrt::bfloat16, 1> x_2;"));
}

TEST_F(HeaderTest, NamesCannotEndAComment) {
  addFunction("a*/b");
  EXPECT_THAT(write(), HasSubstr("/* Runs the function \"a* /b\"."));
}
