//===- MathPolynomials.h - math functions as arithmetic ---------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_CPU_MATHPOLYNOMIALS_H
#define GRAPH_COMPILE_LIB_CODEGEN_CPU_MATHPOLYNOMIALS_H

#include "CodeBuilder.h"

namespace graph_compile::cpu {

/// Functions of f32 (a scalar, or every lane of a vector) without branches:
/// within about 2 ulp everywhere, with the right infinities, NaNs, denormals
/// and signed zeros. The same input gives the same bits, scalar or in a vector.
class MathPolynomials {
public:
  /// What the target has instructions for; otherwise a fused multiply-add is a
  /// multiplication and an addition, and a scaling by a power of two is made of
  /// integer operations.
  struct Instructions {
    bool fma, scale;
  };
  MathPolynomials(CodeBuilder &b, Instructions has) : b(b), has(has) {}

  mlir::Value exp(mlir::Value x);
  mlir::Value expm1(mlir::Value x);
  mlir::Value log(mlir::Value x);
  mlir::Value log1p(mlir::Value x);
  mlir::Value tanh(mlir::Value x);
  mlir::Value erf(mlir::Value x);
  /// Accurate for |x| <= kLargestAngle only, and with fused multiply-add only.
  mlir::Value sin(mlir::Value x) { return sinOfQuadrant(x, 0); }
  mlir::Value cos(mlir::Value x) { return sinOfQuadrant(x, 1); }
  static constexpr float kLargestAngle = 65536.0f;

  mlir::Value fma(mlir::Value x, mlir::Value y, mlir::Value z);

private:
  struct Exponential {
    mlir::Value power; ///< n, as f32
    mlir::Value bits;  ///< n, as i32
    mlir::Value rest;  ///< exp(r) - 1 where x = n ln 2 + r
  };
  Exponential reduceExp(mlir::Value x);
  mlir::Value scale(mlir::Value x, const Exponential &exponential);
  mlir::Value scaleAtOnce(mlir::Value x, const Exponential &exponential);
  mlir::Value powerOfTwo(mlir::Value power);
  mlir::Value logOfReduced(mlir::Value f, mlir::Value power,
                           mlir::Value correction);
  mlir::Value sinOfQuadrant(mlir::Value x, int32_t quadrant);

  mlir::Value real(mlir::Value like, float value);
  mlir::Value integer(mlir::Value like, int32_t value);
  mlir::Value asInteger(mlir::Value x);
  mlir::Value asReal(mlir::Value x);
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<float> coefficients);

  CodeBuilder &b;
  Instructions has;
};

} // namespace graph_compile::cpu

#endif // GRAPH_COMPILE_LIB_CODEGEN_CPU_MATHPOLYNOMIALS_H
