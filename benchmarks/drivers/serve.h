/*===- serve.h - how a contender talks to the runner ------------*- C++ -*-===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * A contender is a process that has its model ready and answers lines:
 *
 *   run N        runs the model N times, answers with the seconds that took
 *   save FILE    writes the last result there, float32, answers "saved"
 *
 * Its first line of output says who it is. In C, so that a call of the model is
 * all that is timed.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GRAPH_COMPILE_BENCHMARKS_DRIVERS_SERVE_H
#define GRAPH_COMPILE_BENCHMARKS_DRIVERS_SERVE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The contents of `path`, aligned for vectors; ends the program if it cannot be
 * read. */
static inline float *read_floats(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) {
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
  }
  size_t bytes = (size_t)ftell(file);
  rewind(file);
  float *values = (float *)aligned_alloc(64, (bytes + 64) / 64 * 64);
  if (!values || fread(values, 1, bytes, file) != bytes) {
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
  }
  fclose(file);
  *count = bytes / sizeof(float);
  return values;
}

static inline double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Answers the runner until it closes the pipe. `run` runs the model once,
 * `result` finds what it computed. */
static inline int serve(const char *name, void (*run)(void *),
                        const float *(*result)(void *, size_t *), void *user) {
  printf("%s\n", name);
  fflush(stdout);
  char line[4096];
  while (fgets(line, sizeof(line), stdin)) {
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "run ", 4) == 0) {
      long n = atol(line + 4);
      double start = seconds_now();
      for (long i = 0; i < n; ++i)
        run(user);
      printf("%.9f\n", seconds_now() - start);
    } else if (strncmp(line, "save ", 5) == 0) {
      size_t count = 0;
      const float *values = result(user, &count);
      FILE *file = fopen(line + 5, "wb");
      if (!file || fwrite(values, sizeof(float), count, file) != count) {
        fprintf(stderr, "%s: cannot be written\n", line + 5);
        return 1;
      }
      fclose(file);
      printf("saved\n");
    }
    fflush(stdout);
  }
  return 0;
}

#endif
