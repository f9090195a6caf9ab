//===- MathTest.cpp - how accurate math functions are ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledKernels.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <vector>

using namespace graph_compile;

/// Floats of every magnitude, and those where functions change their ways.
static std::vector<float> getArguments() {
  std::vector<float> values;
  for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += 40503)
    values.push_back(llvm::bit_cast<float>(static_cast<uint32_t>(bits)));
  float infinity = std::numeric_limits<float>::infinity();
  for (float value :
       {0.0f, 1.0f, infinity, std::numeric_limits<float>::quiet_NaN(),
        std::numeric_limits<float>::min(), std::numeric_limits<float>::max(),
        std::numeric_limits<float>::denorm_min(), 88.72284f, 88.72283f,
        103.97208f, 87.33655f, 0.93f, 0.625f, 0.70710678f, 65536.0f}) {
    values.push_back(value);
    values.push_back(-value);
  }
  return values;
}

/// Error of `value` in units in the last place of the f32 nearest to `exact`.
static double getError(float value, double exact) {
  float nearest = static_cast<float>(exact);
  if (std::isnan(nearest) || std::isinf(nearest) || std::isnan(value) ||
      std::isinf(value))
    return (std::isnan(nearest) && std::isnan(value)) || nearest == value
               ? 0
               : std::numeric_limits<double>::infinity();
  float magnitude = std::fabs(nearest);
  double unit = static_cast<double>(std::nextafter(
                    magnitude, std::numeric_limits<float>::infinity())) -
                magnitude;
  if (std::isinf(unit))
    unit = std::ldexp(1.0, 104);
  return std::fabs(value - exact) / unit;
}

static void checkFunction(const char *name, double (*exact)(double)) {
  std::string source = llvm::formatv(R"(
    #id = affine_map<(i) -> (i)>
    func.func private @k(%x: memref<?xf32>, %y: memref<?xf32>)
        attributes {{step.kernel} {{
      linalg.generic {{indexing_maps = [#id, #id], iterator_types = ["parallel"]}
          ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {{
      ^bb0(%a: f32, %b: f32):
        %r = math.{0} %a : f32
        linalg.yield %r : f32
      }
      return
    })",
                                     name);
  std::vector<float> x = getArguments();
  for (const CpuOptions &cpu : {getNativeCpu(), getBaselineCpu()}) {
    CompiledKernels kernels(source, cpu);
    std::vector<float> y(x.size(), 7.0f);
    auto size = static_cast<int64_t>(x.size());
    kernels.call("k", x.data(), size, y.data(), size);
    for (size_t i = 0; i != x.size(); ++i) {
      double error = getError(y[i], exact(x[i]));
      EXPECT_LE(error, 2.0)
          << name << "(" << x[i] << ") is " << y[i] << ", not " << exact(x[i]);
      if (exact(x[i]) == 0)
        EXPECT_EQ(std::signbit(y[i]), std::signbit(exact(x[i]))) << x[i];
    }
  }
}

TEST(Math, Exp) { checkFunction("exp", std::exp); }
TEST(Math, Expm1) { checkFunction("expm1", std::expm1); }
TEST(Math, Log) { checkFunction("log", std::log); }
TEST(Math, Log1p) { checkFunction("log1p", std::log1p); }
TEST(Math, Tanh) { checkFunction("tanh", std::tanh); }
TEST(Math, Erf) { checkFunction("erf", std::erf); }
TEST(Math, Sin) { checkFunction("sin", std::sin); }
TEST(Math, Cos) { checkFunction("cos", std::cos); }
TEST(Math, Rsqrt) {
  checkFunction("rsqrt", [](double x) { return 1 / std::sqrt(x); });
}

// A value has one result, whether it lies in a whole vector or in the rest.
TEST(Math, TheSameInEveryLane) {
  std::string source = R"(
    #id = affine_map<(i) -> (i)>
    func.func private @k(%x: memref<?xf32>, %y: memref<?xf32>)
        attributes {step.kernel} {
      linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
          ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {
      ^bb0(%a: f32, %b: f32):
        %r = math.tanh %a : f32
        linalg.yield %r : f32
      }
      return
    })";
  for (const CpuOptions &cpu : {getNativeCpu(), getBaselineCpu()}) {
    CompiledKernels kernels(source, cpu);
    std::vector<float> x(37, 0.7f), y(37);
    kernels.call("k", x.data(), int64_t(37), y.data(), int64_t(37));
    for (float value : y)
      EXPECT_EQ(value, y[0]);
  }
}
