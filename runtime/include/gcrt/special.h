/*===- gcrt/special.h - special functions ----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * What generated code calls for mathematics that C lacks. All functions are
 * accurate to about 1e-14 of the value (of 1 near their zeros), take any
 * double, and have no state but what lgamma of <math.h> has (signgam). At
 * infinities, poles and outside their domains they give what TensorFlow gives.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_SPECIAL_H
#define GCRT_SPECIAL_H

#ifdef __cplusplus
extern "C" {
#endif

/* A shared library that contains the runtime exports what headers declare. */
#pragma GCC visibility push(default)

/* The derivative of the logarithm of the gamma function. */
double gcrt_digamma(double x);
/* The n-th derivative of digamma; n is a whole number >= 0. */
double gcrt_polygamma(double n, double x);
/* The sum of (q + k)^-s over k >= 0. */
double gcrt_zeta(double s, double q);

/* The regularized incomplete gamma functions, the lower one and the upper one,
 * and the derivative of the lower one by a. */
double gcrt_igamma(double a, double x);
double gcrt_igammac(double a, double x);
double gcrt_igamma_grad_a(double a, double x);
/* The regularized incomplete beta function. */
double gcrt_betainc(double a, double b, double x);

/* The inverses of the error function and of the normal distribution. */
double gcrt_erfinv(double x);
double gcrt_ndtri(double p);

/* Bessel functions of orders 0 and 1: J, Y, and the modified I, K; those that
 * end in e are scaled by exp(-|x|) (I) and exp(x) (K). */
double gcrt_bessel_i0(double x);
double gcrt_bessel_i0e(double x);
double gcrt_bessel_i1(double x);
double gcrt_bessel_i1e(double x);
double gcrt_bessel_j0(double x);
double gcrt_bessel_j1(double x);
double gcrt_bessel_k0(double x);
double gcrt_bessel_k0e(double x);
double gcrt_bessel_k1(double x);
double gcrt_bessel_k1e(double x);
double gcrt_bessel_y0(double x);
double gcrt_bessel_y1(double x);

/* exp(-x^2) times the integral of exp(t^2) from 0 to x. */
double gcrt_dawson(double x);
/* The exponential integral Ei, for x >= 0. */
double gcrt_expint(double x);
/* The integrals of cos(pi/2 t^2) and sin(pi/2 t^2) from 0 to x. */
double gcrt_fresnel_cos(double x);
double gcrt_fresnel_sin(double x);
/* The integral of log(t) / (1 - t) from 1 to x. */
double gcrt_spence(double x);

#pragma GCC visibility pop

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GCRT_SPECIAL_H */
