//===- ReductionTest.cpp - numbers of reductions --------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledKernels.h"

#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <vector>

using namespace graph_compile;

/// A reduction of a matrix of `type` by `op` (on %x and %y): of its rows, its
/// columns or all of it, as `kinds` and `map` say.
static std::string makeReduction(const char *type, const char *rank,
                                 const char *map, const char *kinds,
                                 const char *start, const char *op) {
  return llvm::formatv(R"(
    func.func private @k(%a: memref<?x?x{0}>, %c: memref<{1}{0}>)
        attributes {{step.kernel} {{
      %start = arith.constant {4} : {0}
      linalg.fill ins(%start : {0}) outs(%c : memref<{1}{0}>)
      linalg.generic {{
          indexing_maps = [affine_map<(i, j) -> (i, j)>,
                           affine_map<(i, j) -> ({2})>],
          iterator_types = [{3}]}
          ins(%a : memref<?x?x{0}>) outs(%c : memref<{1}{0}>) {{
      ^bb0(%x: {0}, %y: {0}):
        %r = {5} %x, %y : {0}
        linalg.yield %r : {0}
      }
      return
    })",
                       type, rank, map, kinds, start, op);
}

static constexpr const char *kRows = R"("parallel", "reduction")";
static constexpr const char *kColumns = R"("reduction", "parallel")";
static constexpr const char *kAll = R"("reduction", "reduction")";

static const std::pair<int64_t, int64_t> shapes[] = {
    {0, 3}, {3, 0}, {1, 1}, {5, 17}, {40, 100}, {300, 7}, {3, 70000}};

// Every value is a small integer, so that sums are exact in any order.
static float getElement(int64_t row, int64_t column) {
  return static_cast<float>((row * 7 + column * 13) % 11) - 4;
}

static std::vector<float> makeMatrix(int64_t rows, int64_t columns) {
  std::vector<float> matrix;
  for (int64_t row = 0; row != rows; ++row)
    for (int64_t column = 0; column != columns; ++column)
      matrix.push_back(getElement(row, column));
  return matrix;
}

TEST(Reduction, SumsOfRowsColumnsAndAll) {
  for (const CpuOptions &cpu : {getNativeCpu(), getBaselineCpu()}) {
    CompiledKernels byRow(
        makeReduction("f32", "?x", "i", kRows, "0.0", "arith.addf"), cpu);
    CompiledKernels byColumn(
        makeReduction("f32", "?x", "j", kColumns, "0.0", "arith.addf"), cpu);
    CompiledKernels all(makeReduction("f32", "", "", kAll, "0.0", "arith.addf"),
                        cpu);
    for (auto [rows, columns] : shapes) {
      std::vector<float> a = makeMatrix(rows, columns);
      std::vector<float> rowSums(rows), columnSums(columns);
      float sum = 0;
      for (int64_t i = 0; i != rows; ++i)
        for (int64_t j = 0; j != columns; ++j) {
          rowSums[i] += getElement(i, j);
          columnSums[j] += getElement(i, j);
          sum += getElement(i, j);
        }
      std::vector<float> r(rows, -1), c(columns, -1), s(1, -1);
      byRow.call("k", a.data(), rows, columns, r.data(), rows);
      byColumn.call("k", a.data(), rows, columns, c.data(), columns);
      all.call("k", a.data(), rows, columns, s.data());
      EXPECT_EQ(r, rowSums);
      EXPECT_EQ(c, columnSums);
      EXPECT_EQ(s[0], sum);
    }
  }
}

// The error of a long sum does not grow with its length.
TEST(Reduction, LongSumsAreAccurate) {
  for (const CpuOptions &cpu : {getNativeCpu(), getBaselineCpu()}) {
    CompiledKernels byRow(
        makeReduction("f32", "?x", "i", kRows, "0.0", "arith.addf"), cpu);
    CompiledKernels byColumn(
        makeReduction("f32", "?x", "j", kColumns, "0.0", "arith.addf"), cpu);
    int64_t size = 200000, one = 1;
    std::vector<float> a(size, 0.1f);
    double exact = static_cast<double>(0.1f) * size;
    float sum = 0;
    byRow.call("k", a.data(), one, size, &sum, one);
    EXPECT_NEAR(sum / exact, 1, 1e-6);
    byColumn.call("k", a.data(), size, one, &sum, one);
    EXPECT_NEAR(sum / exact, 1, 1e-6);
  }
}

TEST(Reduction, MaximumOfNaNIsNaN) {
  for (const CpuOptions &cpu : {getNativeCpu(), getBaselineCpu()}) {
    CompiledKernels kernel(
        makeReduction("f32", "?x", "i", kRows, "0xFF800000", "arith.maximumf"),
        cpu);
    std::vector<float> a(3 * 37, 1.0f), c(3);
    a[5] = std::numeric_limits<float>::quiet_NaN();
    a[37 + 36] = 2.0f;
    a[74 + 36] = std::numeric_limits<float>::quiet_NaN();
    kernel.call("k", a.data(), int64_t(3), int64_t(37), c.data(), int64_t(3));
    EXPECT_TRUE(std::isnan(c[0]));
    EXPECT_EQ(c[1], 2.0f);
    EXPECT_TRUE(std::isnan(c[2]));
  }
}

TEST(Reduction, BooleansAreBytes) {
  for (const CpuOptions &cpu : {getNativeCpu(), getBaselineCpu()}) {
    CompiledKernels any(
        makeReduction("i1", "?x", "j", kColumns, "0", "arith.ori"), cpu);
    std::vector<uint8_t> a(5 * 70, 0), c(70, 9);
    a[3 * 70 + 64] = 1;
    any.call("k", a.data(), int64_t(5), int64_t(70), c.data(), int64_t(70));
    for (int64_t j = 0; j != 70; ++j)
      EXPECT_EQ(c[j], j == 64);
  }
}
