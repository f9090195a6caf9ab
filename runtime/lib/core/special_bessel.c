/*===- special_bessel.c - Bessel functions of orders 0 and 1 ---------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "gcrt/special.h"

#include <float.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

/*===-- I
 * ------------------------------------------------------------------===*/

/* From here on the asymptotic series is exact; below, the power series has few
 * terms, all of one sign. */
static const double large = 30;

/* I_order(x) exp(-x) for x >= 0. */
static double scaled_i(int order, double x) {
  double term = 1, sum = 1;
  if (x < large) {
    double square = x * x / 4;
    for (int k = 1; term > sum * (DBL_EPSILON / 8); ++k) {
      term *= square / (k * (double)(k + order));
      sum += term;
    }
    return sum * exp(-x) * (order == 0 ? 1 : x / 2);
  }
  double four_squares = 4.0 * order * order;
  for (int k = 1; fabs(term) > DBL_EPSILON / 8 && k < 60; ++k) {
    double odd = 2 * k - 1;
    term *= (odd * odd - four_squares) / (8 * k * x);
    sum += term;
  }
  return sum / sqrt(2 * pi * x);
}

double gcrt_bessel_i0e(double x) { return isinf(x) ? 0 : scaled_i(0, fabs(x)); }

double gcrt_bessel_i1e(double x) {
  return copysign(isinf(x) ? 0 : scaled_i(1, fabs(x)), x);
}

double gcrt_bessel_i0(double x) { return gcrt_bessel_i0e(x) * exp(fabs(x)); }
double gcrt_bessel_i1(double x) { return gcrt_bessel_i1e(x) * exp(fabs(x)); }

/*===-- K
 * ------------------------------------------------------------------===*/

/* K_order(x) exp(x) for x > 0: the integral of exp(x - x cosh t) cosh(order t)
 * over t >= 0. The integrand is analytic and falls off faster than any
 * exponential, so equal steps give all digits. */
static double scaled_k(int order, double x) {
  double step = fmin(0.2, 0.7 / sqrt(x));
  double sum = 0.5;
  for (int n = 1;; ++n) {
    double t = n * step, half = sinh(t / 2);
    double distance = 2 * x * half * half; /* x cosh t - x */
    double value = exp(-distance) * (order == 0 ? 1 : cosh(t));
    sum += value;
    if (distance > 1 && value < sum * (DBL_EPSILON / 64))
      return sum * step;
  }
}

double gcrt_bessel_k0e(double x) {
  if (isnan(x))
    return x;
  if (x <= 0)
    return INFINITY;
  return x == INFINITY ? 0 : scaled_k(0, x);
}

double gcrt_bessel_k1e(double x) {
  if (isnan(x))
    return x;
  if (x <= 0)
    return INFINITY;
  return x == INFINITY ? 0 : scaled_k(1, x);
}

double gcrt_bessel_k0(double x) {
  return x <= 0 ? INFINITY : gcrt_bessel_k0e(x) * exp(-x);
}

double gcrt_bessel_k1(double x) {
  return x <= 0 ? INFINITY : gcrt_bessel_k1e(x) * exp(-x);
}

/*===-- J, Y
 * ---------------------------------------------------------------===*/

/* The C library's, but for infinities and the negative half of Y. */

double gcrt_bessel_j0(double x) { return isinf(x) ? NAN : j0(x); }
double gcrt_bessel_j1(double x) { return isinf(x) ? NAN : j1(x); }

double gcrt_bessel_y0(double x) {
  if (x <= 0)
    return -INFINITY;
  return x == INFINITY ? NAN : y0(x);
}

double gcrt_bessel_y1(double x) {
  if (x <= 0)
    return -INFINITY;
  return x == INFINITY ? NAN : y1(x);
}
