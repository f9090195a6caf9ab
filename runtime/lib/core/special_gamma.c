/*===- special_gamma.c - functions around the gamma function ---------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "gcrt/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static const double pi = 3.14159265358979323846;

/* A sum or fraction that has not settled after so many steps never will. */
static const int max_steps = 200000;

/*===-- Digamma, zeta
 * ------------------------------------------------------===*/

/* The Bernoulli numbers of even index, from the second on. */
static const double bernoulli[] = {
    1.0 / 6,       -1.0 / 30, 1.0 / 42,      -1.0 / 30,     5.0 / 66,
    -691.0 / 2730, 7.0 / 6,   -3617.0 / 510, 43867.0 / 798, -174611.0 / 330};
static const size_t n_bernoulli = sizeof(bernoulli) / sizeof(bernoulli[0]);

/* From here on the asymptotic series with those numbers are exact. */
static const double asymptotic = 12;

static bool is_whole(double x) { return x == floor(x); }

double gcrt_digamma(double x) {
  if (isnan(x) || x == -INFINITY || (x <= 0 && is_whole(x)))
    return NAN;
  if (x == INFINITY)
    return x;
  double sum = 0;
  if (x < 0) {
    /* Reflection; the period of the cotangent is taken off first. */
    sum = -pi / tan(pi * (x - nearbyint(x)));
    x = 1 - x;
  }
  /* Recurrence, up to where the series holds. */
  while (x < asymptotic) {
    sum -= 1 / x;
    x += 1;
  }
  double power = 1 / (x * x), factor = power, tail = 0;
  for (size_t i = 0; i < n_bernoulli; ++i, factor *= power)
    tail += bernoulli[i] / (2 * (double)(i + 1)) * factor;
  return sum + log(x) - 0.5 / x - tail;
}

/* Euler and Maclaurin's formula for the terms from q >= `asymptotic` on. */
static double zeta_tail(double s, double q) {
  double sum = pow(q, 1 - s) / (s - 1) + 0.5 * pow(q, -s);
  double term =
      s * pow(q, -s - 1) / 2; /* s .. (s + 2i) q^-(s+2i+1) / (2i+2)! */
  for (size_t i = 0; i < n_bernoulli; ++i) {
    sum += bernoulli[i] * term;
    double n = 2 * (double)i;
    term *= (s + n + 1) * (s + n + 2) / ((n + 3) * (n + 4) * q * q);
  }
  return sum;
}

double gcrt_zeta(double s, double q) {
  if (s == 1)
    return INFINITY;
  if (isnan(s) || isnan(q) || s < 1)
    return NAN;
  if (s == INFINITY)
    return q > 1 ? 0 : q == 1 ? 1 : INFINITY;
  if (q <= 0 && is_whole(q)) /* a pole, of one sign for even s only */
    return is_whole(s) && fmod(s, 2) == 0 ? INFINITY : NAN;
  if (q < 0 && !is_whole(s)) /* powers of negative numbers */
    return NAN;
  if (q == INFINITY)
    return 0;
  double sum = 0;
  while (q < asymptotic) {
    double term = pow(q, -s);
    sum += term;
    if (q > 1 && term < sum * (DBL_EPSILON / 64) && s > 2)
      return sum;
    q += 1;
  }
  return sum + zeta_tail(s, q);
}

double gcrt_polygamma(double n, double x) {
  if (n == 0)
    return gcrt_digamma(x);
  if (!(n > 0) || !is_whole(n))
    return NAN;
  double value = exp(lgamma(n + 1)) * gcrt_zeta(n + 1, x);
  return fmod(n, 2) == 0 ? -value : value;
}

/*===-- Incomplete gamma
 * ---------------------------------------------------===*/

/* log(1 + x) - x, also for small x. */
static double log1p_minus(double x) {
  if (fabs(x) > 0.25)
    return log1p(x) - x;
  double power = x, sum = 0;
  for (int n = 2; n < 40; ++n) {
    power *= -x;
    sum += power / n;
  }
  return sum;
}

/* What lgamma(a + 1) is beyond Stirling's log(sqrt(2 pi a)) + a log(a) - a. */
static double stirling_rest(double a) {
  double square = 1 / (a * a);
  return (1.0 / 12 -
          square *
              (1.0 / 360 -
               square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188)))) /
         a;
}

/* x^a exp(-x) / gamma(a + 1), without differences of large logarithms. */
static double gamma_density(double a, double x) {
  if (a < asymptotic)
    return exp(a * log(x) - x - lgamma(a + 1));
  double exponent = a * log1p_minus((x - a) / a);
  return exp(exponent - stirling_rest(a)) / sqrt(2 * pi * a);
}

/* P(a, x) by its power series; for x not far above a. */
static double igamma_series(double a, double x) {
  double term = 1, sum = 1;
  for (int n = 1; n < max_steps && term > sum * (DBL_EPSILON / 8); ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * gamma_density(a, x);
}

/* A number with its derivative by a. */
typedef struct dual {
  double value, slope;
} dual;

/* Q(a, x) by its continued fraction, and its derivative; for x above a. Lentz's
 * method, with all that depends on a differentiated alongside. */
static dual igammac_fraction(double a, double x) {
  const double tiny = 1e-300;
  dual b = {x + 1 - a, -1};
  dual c = {1 / tiny, 0};
  dual d = {1 / b.value, -b.slope / (b.value * b.value)};
  dual h = d;
  for (int n = 1; n < max_steps; ++n) {
    dual numerator = {-n * (n - a), n};
    b.value += 2;
    dual next_d = {numerator.value * d.value + b.value,
                   numerator.slope * d.value + numerator.value * d.slope +
                       b.slope};
    dual next_c = {b.value + numerator.value / c.value,
                   b.slope + numerator.slope / c.value -
                       numerator.value * c.slope / (c.value * c.value)};
    if (next_d.value == 0)
      next_d.value = tiny;
    if (next_c.value == 0)
      next_c.value = tiny;
    c = next_c;
    d.value = 1 / next_d.value;
    d.slope = -next_d.slope * d.value * d.value;
    dual factor = {c.value * d.value, c.slope * d.value + c.value * d.slope};
    h.slope = h.slope * factor.value + h.value * factor.slope;
    h.value *= factor.value;
    if (fabs(factor.value - 1) < DBL_EPSILON && fabs(factor.slope) < 1e-15)
      break;
  }
  /* times x^a exp(-x) / gamma(a) */
  double density = a * gamma_density(a, x);
  dual q = {h.value * density,
            density * (h.slope + h.value * (log(x) - gcrt_digamma(a)))};
  return q;
}

/* Above the mean and its neighbourhood the fraction converges, below it the
 * series does. */
static bool takes_fraction(double a, double x) { return x > 1 && x > a; }

double gcrt_igamma(double a, double x) {
  if (x == 0)
    return 0;
  if (!(x > 0) || !(a > 0))
    return NAN;
  if (a == INFINITY)
    return 0;
  if (x == INFINITY)
    return 1;
  return takes_fraction(a, x) ? 1 - igammac_fraction(a, x).value
                              : igamma_series(a, x);
}

double gcrt_igammac(double a, double x) {
  if (isnan(a) || isnan(x) || x < 0 || a <= 0)
    return NAN;
  if (x == INFINITY)
    return 0;
  if (x == 0 || a == INFINITY)
    return 1;
  return takes_fraction(a, x) ? igammac_fraction(a, x).value
                              : 1 - igamma_series(a, x);
}

/* The power series, differentiated term by term. */
static double igamma_series_slope(double a, double x) {
  double term = gamma_density(a, x);
  double logarithm = log(x), psi = gcrt_digamma(a + 1), sum = 0;
  for (int n = 1; n < max_steps; ++n) {
    double slope = term * (logarithm - psi);
    sum += slope;
    if (n > x - a && fabs(slope) < fabs(sum) * (DBL_EPSILON / 8))
      break;
    psi += 1 / (a + n);
    term *= x / (a + n);
  }
  return sum;
}

double gcrt_igamma_grad_a(double a, double x) {
  if (x == 0)
    return 0;
  if (!(x > 0) || !(a > 0))
    return NAN;
  if (a == INFINITY || x == INFINITY)
    return 0;
  return takes_fraction(a, x) ? -igammac_fraction(a, x).slope
                              : igamma_series_slope(a, x);
}

/*===-- Incomplete beta
 * ----------------------------------------------------===*/

/* What lgamma(x) is beyond Stirling's (x - 1/2) log(x) - x + log(2 pi) / 2. */
static double log_gamma_rest(double x) {
  if (x >= asymptotic)
    return stirling_rest(x);
  return lgamma(x) - ((x - 0.5) * log(x) - x + 0.5 * log(2 * pi));
}

/* x^a (1-x)^b / (a B(a, b)); Stirling's terms cancel as they are. */
static double beta_density(double a, double b, double x) {
  double sum = a + b;
  /* x (a+b) / a and (1-x) (a+b) / b lie near 1 where the function is large. */
  double left = (x * b - (1 - x) * a) / a;
  double right = ((1 - x) * a - x * b) / b;
  double exponent = a * log1p(left) + b * log1p(right) + log_gamma_rest(sum) -
                    log_gamma_rest(a) - log_gamma_rest(b);
  return exp(exponent) * sqrt(b / (2 * pi * a * sum));
}

/* The continued fraction, for x below the mean. */
static double beta_fraction(double a, double b, double x) {
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  d = 1 / (d == 0 ? tiny : d);
  double h = d;
  for (int m = 1; m < max_steps; ++m) {
    double numerators[] = {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                           -(a + m) * (a + b + m) * x /
                               ((a + 2 * m) * (a + 2 * m + 1))};
    double factor = 1;
    for (int i = 0; i < 2; ++i) {
      d = 1 + numerators[i] * d;
      d = 1 / (d == 0 ? tiny : d);
      c = 1 + numerators[i] / c;
      c = c == 0 ? tiny : c;
      factor = c * d;
      h *= factor;
    }
    if (fabs(factor - 1) < DBL_EPSILON)
      break;
  }
  return h;
}

double gcrt_betainc(double a, double b, double x) {
  if (a <= 0 || b <= 0 || !(x >= 0) || !(x <= 1))
    return NAN;
  if (x == 0 || x == 1)
    return x;
  if (!isfinite(a) || !isfinite(b))
    return NAN;
  if (x > (a + 1) / (a + b + 2))
    return 1 - beta_density(b, a, 1 - x) * beta_fraction(b, a, 1 - x);
  return beta_density(a, b, x) * beta_fraction(a, b, x);
}
