//===- MatrixProductTest.cpp - numbers of matrix products -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledKernels.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "gtest/gtest.h"

#include <vector>

using namespace graph_compile;

/// relu(a b + bias), or a b without a bias; operands may be transposed.
static std::string makeProduct(const char *type, bool transposeA,
                               bool transposeB, bool hasBias) {
  const char *epilogue = R"(
      linalg.generic {
          indexing_maps = [affine_map<(m, n) -> (n)>,
                           affine_map<(m, n) -> (m, n)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%bias : memref<?xf32>) outs(%c : memref<?x?xf32>) {
      ^bb0(%x: f32, %y: f32):
        %s = arith.addf %y, %x : f32
        %t = arith.maximumf %s, %zero : f32
        linalg.yield %t : f32
      })";
  bool isInteger = type[0] == 'i';
  return llvm::formatv(R"(
    func.func private @k(%a: memref<?x?x{0}>, %b: memref<?x?x{0}>,
                         %bias: memref<?x{0}>, %c: memref<?x?x{0}>)
        attributes {{step.kernel} {{
      %zero = arith.constant {1} : {0}
      linalg.fill ins(%zero : {0}) outs(%c : memref<?x?x{0}>)
      linalg.generic {{
          indexing_maps = [affine_map<(m, n, k) -> ({2})>,
                           affine_map<(m, n, k) -> ({3})>,
                           affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : memref<?x?x{0}>, memref<?x?x{0}>)
          outs(%c : memref<?x?x{0}>) {{
      ^bb0(%x: {0}, %y: {0}, %s: {0}):
        %p = arith.mul{4} %x, %y : {0}
        %t = arith.add{4} %s, %p : {0}
        linalg.yield %t : {0}
      }
      {5}
      return
    })",
                       type, isInteger ? "0" : "0.0",
                       transposeA ? "k, m" : "m, k",
                       transposeB ? "n, k" : "k, n", isInteger ? "i" : "f",
                       hasBias ? epilogue : "");
}

/// Small integers, so that products are exact in any order.
template <typename T>
static std::vector<T> makeMatrix(int64_t rows, int64_t columns, bool transpose,
                                 int64_t seed) {
  std::vector<T> matrix(rows * columns);
  for (int64_t row = 0; row != rows; ++row)
    for (int64_t column = 0; column != columns; ++column)
      matrix[transpose ? column * rows + row : row * columns + column] =
          static_cast<T>((row * 5 + column * 3 + seed) % 7 - 3);
  return matrix;
}

/// Rows, columns and depth: empty ones, rests of tiles in every direction, and
/// more than one panel.
static const int64_t shapes[][3] = {
    {0, 3, 4},   {3, 4, 0},     {1, 1, 1},      {7, 33, 5},    {64, 64, 64},
    {100, 7, 9}, {57, 130, 77}, {33, 70, 2500}, {9, 64, 1024}, {29, 65, 1025}};

template <typename T>
static void check(const char *type, bool transposeA, bool transposeB,
                  bool hasBias) {
  std::string source = makeProduct(type, transposeA, transposeB, hasBias);
  for (const CpuOptions &cpu : {getNativeCpu(), getBaselineCpu()}) {
    CompiledKernels kernels(source, cpu);
    for (auto [m, n, k] : shapes) {
      auto a = makeMatrix<T>(m, k, /*transpose=*/false, 1);
      auto b = makeMatrix<T>(k, n, /*transpose=*/false, 2);
      auto bias = makeMatrix<T>(1, n, /*transpose=*/false, 3);
      std::vector<T> expected(m * n, 0);
      for (int64_t i = 0; i != m; ++i)
        for (int64_t l = 0; l != k; ++l)
          for (int64_t j = 0; j != n; ++j)
            expected[i * n + j] += a[i * k + l] * b[l * n + j];
      if (hasBias)
        for (int64_t i = 0; i != m * n; ++i)
          expected[i] = std::max<T>(expected[i] + bias[i % n], 0);

      auto storedA = makeMatrix<T>(m, k, transposeA, 1);
      auto storedB = makeMatrix<T>(k, n, transposeB, 2);
      std::vector<T> c(m * n + 1, 99);
      kernels.call("k", storedA.data(), transposeA ? k : m, transposeA ? m : k,
                   storedB.data(), transposeB ? n : k, transposeB ? k : n,
                   bias.data(), n, c.data(), m, n);
      EXPECT_EQ(c.back(), 99) << "wrote past the end";
      c.pop_back();
      EXPECT_EQ(c, expected) << m << "x" << n << "x" << k;
    }
  }
}

TEST(MatrixProduct, Plain) { check<float>("f32", false, false, false); }
TEST(MatrixProduct, LeftTransposed) { check<float>("f32", true, false, false); }
TEST(MatrixProduct, RightTransposed) {
  check<float>("f32", false, true, false);
}
TEST(MatrixProduct, BothTransposed) { check<float>("f32", true, true, false); }
TEST(MatrixProduct, WithEpilogue) { check<float>("f32", false, false, true); }
TEST(MatrixProduct, Doubles) { check<double>("f64", false, true, false); }
TEST(MatrixProduct, Integers) { check<int32_t>("i32", false, false, false); }

//===----------------------------------------------------------------------===//
// Right operands in panels
//===----------------------------------------------------------------------===//

/// relu(a b + bias), where b is a matrix of n columns in panels of 32. The
/// rows of a are known to the kernel, or not.
static std::string makePackedProduct(int64_t m, int64_t n, int64_t k,
                                     bool knowsRows) {
  return llvm::formatv(R"(
    func.func private @k(%a: memref<{0}x{2}xf32>, %b: memref<{3}x{2}x32xf32>,
                         %bias: memref<{1}xf32>, %c: memref<{0}x{1}xf32>)
        attributes {{step.kernel} {{
      %zero = arith.constant 0.0 : f32
      linalg.fill ins(%zero : f32) outs(%c : memref<{0}x{1}xf32>)
      linalg.generic {{
          indexing_maps = [affine_map<(m, n, k) -> (m, k)>,
                           affine_map<(m, n, k) -> (n floordiv 32, k,
                                                    n mod 32)>,
                           affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : memref<{0}x{2}xf32>, memref<{3}x{2}x32xf32>)
          outs(%c : memref<{0}x{1}xf32>) {{
      ^bb0(%x: f32, %y: f32, %s: f32):
        %p = arith.mulf %x, %y : f32
        %t = arith.addf %s, %p : f32
        linalg.yield %t : f32
      }
      linalg.generic {{
          indexing_maps = [affine_map<(m, n) -> (n)>,
                           affine_map<(m, n) -> (m, n)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%bias : memref<{1}xf32>) outs(%c : memref<{0}x{1}xf32>) {{
      ^bb0(%x: f32, %y: f32):
        %s = arith.addf %y, %x : f32
        %t = arith.maximumf %s, %zero : f32
        linalg.yield %t : f32
      }
      return
    })",
                       knowsRows ? std::to_string(m) : "?", n, k,
                       llvm::divideCeil(n, 32));
}

/// Rows, columns and depth: one row over one panel and over several, rests of
/// tiles in every direction, copies of rows in one block and in several, and of
/// a part of the depth at a time.
static const int64_t packedShapes[][3] = {
    {1, 33, 5},      {1, 200, 70},    {3, 100, 9},
    {14, 64, 64},    {29, 255, 130},  {29, 300, 131},
    {100, 290, 133}, {75, 260, 2200}, {31, 257, 10003}};

static std::vector<float> packColumns(const std::vector<float> &matrix,
                                      int64_t n, int64_t k) {
  std::vector<float> packed(llvm::divideCeil(n, 32) * k * 32, 0);
  for (int64_t row = 0; row != k; ++row)
    for (int64_t column = 0; column != n; ++column)
      packed[(column / 32 * k + row) * 32 + column % 32] =
          matrix[row * n + column];
  return packed;
}

static void checkPacked(const CpuOptions &cpu, bool knowsRows) {
  for (auto [m, n, k] : packedShapes) {
    CompiledKernels kernels(makePackedProduct(m, n, k, knowsRows), cpu);
    auto a = makeMatrix<float>(m, k, /*transpose=*/false, 1);
    auto b = makeMatrix<float>(k, n, /*transpose=*/false, 2);
    auto bias = makeMatrix<float>(1, n, /*transpose=*/false, 3);
    std::vector<float> expected(m * n, 0);
    for (int64_t i = 0; i != m; ++i)
      for (int64_t l = 0; l != k; ++l)
        for (int64_t j = 0; j != n; ++j)
          expected[i * n + j] += a[i * k + l] * b[l * n + j];
    for (int64_t i = 0; i != m * n; ++i)
      expected[i] = std::max(expected[i] + bias[i % n], 0.0f);

    std::vector<float> packed = packColumns(b, n, k);
    std::vector<float> c(m * n + 1, 99);
    if (knowsRows)
      kernels.call("k", a.data(), packed.data(), bias.data(), c.data());
    else
      kernels.call("k", a.data(), m, packed.data(), bias.data(), c.data(), m);
    EXPECT_EQ(c.back(), 99) << "wrote past the end";
    c.pop_back();
    EXPECT_EQ(c, expected) << m << "x" << n << "x" << k;
  }
}

TEST(PackedMatrixProduct, KnownRows) {
  checkPacked(getNativeCpu(), /*knowsRows=*/true);
}
TEST(PackedMatrixProduct, OpenRows) {
  checkPacked(getNativeCpu(), /*knowsRows=*/false);
}
TEST(PackedMatrixProduct, Baseline) {
  checkPacked(getBaselineCpu(), /*knowsRows=*/true);
  checkPacked(getBaselineCpu(), /*knowsRows=*/false);
}
TEST(PackedMatrixProduct, NarrowVectors) {
  // Vectors of 32 bytes, without masks.
  CpuOptions cpu = getNativeCpu();
  if (cpu.vectorBytes < 32)
    GTEST_SKIP() << "this machine has no AVX";
  cpu.vectorBytes = 32;
  cpu.vectorRegisters = 16;
  cpu.hasMasks = false;
  checkPacked(cpu, /*knowsRows=*/true);
  checkPacked(cpu, /*knowsRows=*/false);
}
