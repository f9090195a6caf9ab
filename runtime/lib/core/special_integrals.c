/*===- special_integrals.c - integrals and inverse distributions -----------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "gcrt/special.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

static const double pi = 3.14159265358979323846;
static const double two_over_root_pi = 1.12837916709551257390;

/*===-- Inverse error function
 * ---------------------------------------------===*/

/* The y >= 0 with erf(y) = x to three digits, from log(1 - x^2): Winitzki's
 * formula. */
static double erfinv_roughly(double logarithm) {
  const double a = 0.147;
  double t = 2 / (pi * a) + logarithm / 2;
  return sqrt(fmax(0, sqrt(t * t - logarithm / a) - t));
}

/* The y with erf(y) = x for |x| <= 1/2, by Newton's method with a correction
 * for the curvature (Halley's). */
static double erfinv_center(double x) {
  double y = copysign(erfinv_roughly(log1p(-x * x)), x);
  for (int i = 0; i < 3; ++i) {
    double step = (erf(y) - x) / (two_over_root_pi * exp(-y * y));
    y -= step / (1 + y * step);
  }
  return y;
}

/* The y with erfc(y) = q for 0 < q <= 1/2, by Newton's method on log(erfc),
 * which is nearly a parabola. */
static double erfcinv_tail(double q) {
  double y = erfinv_roughly(log(q) + log1p(1 - q));
  double wanted = log(q);
  for (int i = 0; i < 5; ++i) {
    double tail = erfc(y);
    if (!(tail > 0))
      break;
    y += (log(tail) - wanted) * tail / (two_over_root_pi * exp(-y * y));
  }
  return y;
}

double gcrt_erfinv(double x) {
  double magnitude = fabs(x);
  if (!(magnitude <= 1))
    return NAN;
  if (magnitude == 1)
    return copysign(INFINITY, x);
  if (magnitude <= 0.5)
    return x == 0 ? x : erfinv_center(x);
  return copysign(erfcinv_tail(1 - magnitude), x);
}

double gcrt_ndtri(double p) {
  const double root_two = 1.41421356237309504880;
  if (!(p >= 0) || !(p <= 1))
    return NAN;
  if (p == 0 || p == 1)
    return p == 0 ? -INFINITY : INFINITY;
  if (p >= 0.25 && p <= 0.75)
    return root_two * gcrt_erfinv(2 * p - 1);
  return p < 0.5 ? -root_two * erfcinv_tail(2 * p)
                 : root_two * erfcinv_tail(2 * (1 - p));
}

/*===-- Dawson's integral
 * --------------------------------------------------===*/

double gcrt_dawson(double x) {
  double magnitude = fabs(x);
  if (!(magnitude < INFINITY))
    return isnan(x) ? x : copysign(0, x);
  if (magnitude < 0.25) {
    /* x - 2/3 x^3 + 4/15 x^5 - .. */
    double term = x, sum = x;
    for (int n = 1; n < 14; ++n) {
      term *= -2 * x * x / (2 * n + 1);
      sum += term;
    }
    return sum;
  }
  if (magnitude > 50) {
    double square = 1 / (2 * x * x);
    return (1 + square * (1 + 3 * square * (1 + 5 * square))) / (2 * x);
  }
  /* Rybicki's sampling: the sum of exp(-(x - n h)^2) / n over odd n, whose
   * error falls off with exp(-(pi / 2h)^2). */
  const double step = 0.25;
  double center = 2 * nearbyint(magnitude / (2 * step));
  double sum = 0;
  for (int k = -29; k <= 29; k += 2) {
    double distance = magnitude - (center + k) * step;
    sum += exp(-distance * distance) / (center + k);
  }
  return copysign(sum / sqrt(pi), x);
}

/*===-- Exponential integral
 * -----------------------------------------------===*/

double gcrt_expint(double x) {
  const double euler = 0.57721566490153286061;
  if (!(x >= 0) || x == INFINITY)
    return NAN;
  if (x == 0)
    return -INFINITY;
  double term = 1, sum = 0;
  if (x <= 40) {
    for (int k = 1; k < 200; ++k) {
      term *= x / k;
      sum += term / k;
      if (k > x && term < sum * (DBL_EPSILON / 8))
        break;
    }
    return euler + log(x) + sum;
  }
  /* exp(x) / x times the sum of k! / x^k, up to its least term */
  sum = 1;
  for (int k = 1; k < x && term > DBL_EPSILON / 8; ++k) {
    term *= k / x;
    sum += term;
  }
  return exp(x) / x * sum;
}

/*===-- Fresnel's integrals
 * ------------------------------------------------===*/

typedef struct complex_number {
  double real, imaginary;
} complex_number;

/* Both integrals by their power series; for 0 <= x < 1.7. */
static complex_number fresnel_series(double x) {
  double square = x * x * pi / 2;
  complex_number sum = {0, 0};
  double term = x; /* x (pi/2 x^2)^n / n! */
  for (int n = 0; n < 40; ++n) {
    double part = term / (2 * n + 1);
    /* The powers of i turn from one sum to the other. */
    double *to = n % 2 == 0 ? &sum.real : &sum.imaginary;
    *to += n % 4 < 2 ? part : -part;
    term *= square / (n + 1);
  }
  return sum;
}

/* (1+i)/2 (1 - erfc(z)) with z = sqrt(pi)/2 (1-i) x and the continued fraction
 * of erfc, evaluated from its end; for x >= 1.7. */
static complex_number fresnel_fraction(double x) {
  double side = sqrt(pi) / 2 * x;
  complex_number z = {side, -side}, w = z;
  for (int k = 300; k >= 1; --k) {
    double norm = w.real * w.real + w.imaginary * w.imaginary;
    complex_number next = {z.real + k / 2.0 * w.real / norm,
                           z.imaginary - k / 2.0 * w.imaginary / norm};
    w = next;
  }
  /* erfc(z) = exp(-z^2) / (sqrt(pi) w) where -z^2 = i pi/2 x^2 */
  double angle = pi / 2 * fmod(x * x, 4);
  double norm = (w.real * w.real + w.imaginary * w.imaginary) * sqrt(pi);
  complex_number tail = {
      (cos(angle) * w.real + sin(angle) * w.imaginary) / norm,
      (sin(angle) * w.real - cos(angle) * w.imaginary) / norm};
  complex_number rest = {1 - tail.real, -tail.imaginary};
  complex_number result = {(rest.real - rest.imaginary) / 2,
                           (rest.real + rest.imaginary) / 2};
  return result;
}

/* Both integrals from 0 to |x|. */
static complex_number fresnel(double x) {
  double magnitude = fabs(x);
  if (magnitude < 1.7)
    return fresnel_series(magnitude);
  if (magnitude < 1e8)
    return fresnel_fraction(magnitude);
  complex_number limit = {0.5, 0.5};
  return limit;
}

double gcrt_fresnel_cos(double x) {
  return isnan(x) ? x : copysign(fresnel(x).real, x);
}

double gcrt_fresnel_sin(double x) {
  return isnan(x) ? x : copysign(fresnel(x).imaginary, x);
}

/*===-- Spence's function
 * --------------------------------------------------===*/

/* The dilogarithm of 1 - x for x in [1/2, 3/2], as a series in -log(x) whose
 * coefficients are B_n / (n+1)!. */
static double spence_center(double x) {
  static const double coefficients[] = {1.0 / 36,
                                        -1.0 / 3600,
                                        1.0 / 211680,
                                        -1.0 / 10886400,
                                        1.8978869988970999e-9,
                                        -4.0647616451442256e-11,
                                        8.921691020456452e-13,
                                        -1.9939295860721076e-14};
  double u = -log(x), square = u * u;
  double power = u * square, sum = u - square / 4;
  for (size_t i = 0; i < sizeof(coefficients) / sizeof(coefficients[0]); ++i) {
    sum += coefficients[i] * power;
    power *= square;
  }
  return sum;
}

double gcrt_spence(double x) {
  if (!(x >= 0) || x == INFINITY)
    return NAN;
  if (x == 0)
    return pi * pi / 6;
  if (x > 1.5) { /* spence(x) + spence(1/x) = -log(x)^2 / 2 */
    double logarithm = log(x);
    return -0.5 * logarithm * logarithm - gcrt_spence(1 / x);
  }
  if (x < 0.5) /* spence(x) + spence(1-x) = pi^2/6 - log(x) log(1-x) */
    return pi * pi / 6 - log(x) * log1p(-x) - spence_center(1 - x);
  return spence_center(x);
}
