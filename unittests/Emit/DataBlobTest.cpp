//===- DataBlobTest.cpp - the constant data of a model -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/DataBlob.h"

#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace graph_compile;

namespace {
class DataBlobTest : public testing::Test {
protected:
  ElementsAttr parse(StringRef text) {
    return cast<ElementsAttr>(parseAttribute(text, &context));
  }

  static std::string write(ElementsAttr value) {
    std::string bytes;
    llvm::raw_string_ostream os(bytes);
    writeElements(os, value);
    return bytes;
  }

  DataBlobTest() { context.loadDialect<step::StepDialect>(); }

  MLIRContext context;
};
} // namespace

TEST_F(DataBlobTest, ElementsAreLittleEndianAndRowMajor) {
  EXPECT_EQ(write(parse("dense<[[1, 2], [3, 515]]> : tensor<2x2xi16>")),
            std::string("\1\0\2\0\3\0\3\2", 8));
}

TEST_F(DataBlobTest, BooleansAreBytes) {
  EXPECT_EQ(write(parse("dense<[true, false, true]> : tensor<3xi1>")),
            std::string("\1\0\1", 3));
  EXPECT_EQ(write(parse("dense<true> : tensor<3xi1>")), "\1\1\1");
  EXPECT_EQ(write(parse("dense<false> : tensor<2xi1>")), std::string(2, '\0'));
}

TEST_F(DataBlobTest, SplatsAreWrittenOut) {
  EXPECT_EQ(write(parse("dense<7> : tensor<100000xi8>")),
            std::string(100000, '\7'));
  EXPECT_EQ(write(parse("dense<258> : tensor<3xi16>")), "\2\1\2\1\2\1");
}

TEST_F(DataBlobTest, EmptyTensorsHaveNoBytes) {
  EXPECT_EQ(write(parse("dense<> : tensor<0x4xf32>")), "");
}

TEST_F(DataBlobTest, ResourcesAreWrittenAsTheyAre) {
  int32_t data[] = {1, 2};
  auto type = RankedTensorType::get({2}, IntegerType::get(&context, 32));
  auto blob = UnmanagedAsmResourceBlob::allocateInferAlign(ArrayRef(data));
  auto value = DenseResourceElementsAttr::get(type, "data", std::move(blob));
  EXPECT_TRUE(isStorable(value));
  EXPECT_EQ(write(value), std::string("\1\0\0\0\2\0\0\0", 8));
}

TEST_F(DataBlobTest, AResourceOfAnotherSizeIsNotStorable) {
  int32_t data[] = {1, 2, 3};
  auto type = RankedTensorType::get({2}, IntegerType::get(&context, 32));
  auto blob = UnmanagedAsmResourceBlob::allocateInferAlign(ArrayRef(data));
  EXPECT_FALSE(isStorable(
      DenseResourceElementsAttr::get(type, "data", std::move(blob))));
}

TEST_F(DataBlobTest, TypesOfNoRuntimeAreNotStorable) {
  EXPECT_FALSE(isStorable(parse("dense<1> : tensor<2xi7>")));
}

TEST_F(DataBlobTest, PanelsAreLaidOut) {
  // Columns of a matrix of two rows, three at a time; zeros fill the last.
  EXPECT_EQ(write(parse("#step.panels<dense<[[1, 2, 3, 4], [5, 6, 7, 8]]> : "
                        "tensor<2x4xi8>, dim = 1, width = 3> : "
                        "tensor<2x2x3xi8>")),
            std::string("\1\2\3\5\6\7\4\0\0\10\0\0", 12));
  // The same of its transposition.
  EXPECT_EQ(write(parse("#step.panels<dense<[[1, 5], [2, 6], [3, 7], [4, 8]]> "
                        ": tensor<4x2xi8>, dim = 0, width = 3> : "
                        "tensor<2x2x3xi8>")),
            std::string("\1\2\3\5\6\7\4\0\0\10\0\0", 12));
  // A dimension in the middle: the others keep their order.
  EXPECT_EQ(write(parse("#step.panels<dense<[[[1, 2], [3, 4]], [[5, 6], [7, "
                        "8]]]> : tensor<2x2x2xi8>, dim = 1, width = 2> : "
                        "tensor<1x2x2x2xi8>")),
            "\1\3\2\4\5\7\6\10");
}

TEST_F(DataBlobTest, PanelsOfSplatsEndWithZeros) {
  EXPECT_EQ(write(parse("#step.panels<dense<258> : tensor<1x3xi16>, dim = 1, "
                        "width = 2> : tensor<2x1x2xi16>")),
            std::string("\2\1\2\1\2\1\0\0", 8));
}

TEST_F(DataBlobTest, PanelsOfBooleansAreNotStorable) {
  EXPECT_FALSE(isStorable(parse("#step.panels<dense<true> : tensor<1x3xi1>, "
                                "dim = 1, width = 2> : tensor<2x1x2xi1>")));
}

TEST_F(DataBlobTest, PiecesAreAlignedAndEqualOnesShared) {
  DataBlob blob;
  ElementsAttr first = parse("dense<1> : tensor<3xi8>");
  ElementsAttr second = parse("dense<2> : tensor<2xi8>");
  EXPECT_EQ(blob.append(first), 0u);
  EXPECT_EQ(blob.append(second), 64u);
  EXPECT_EQ(blob.append(first), 0u);
  EXPECT_EQ(blob.getSize(), 66u);

  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  blob.write(os);
  EXPECT_EQ(bytes, "\1\1\1" + std::string(61, '\0') + "\2\2");
}

TEST_F(DataBlobTest, AnIdTellsDataApart) {
  auto getId = [&](uint64_t offset, StringRef text) {
    DataBlob blob;
    blob.place(offset, parse(text));
    return blob.computeId();
  };
  StringRef plain = "dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>";
  StringRef panels = "#step.panels<dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>, "
                     "dim = 1, width = 1> : tensor<2x2x1xi8>";
  EXPECT_EQ(getId(0, plain), getId(0, plain));
  EXPECT_NE(getId(0, plain), getId(64, plain));
  EXPECT_NE(getId(0, plain),
            getId(0, "dense<[[1, 2], [3, 5]]> : tensor<2x2xi8>"));
  EXPECT_NE(getId(0, plain), getId(0, panels));
}
