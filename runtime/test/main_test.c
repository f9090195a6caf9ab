/*===- main_test.c - the command line of executables -----------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Runs the executable made of the hand-written module and checks exit statuses,
 * messages and files. Its path is the program's argument.
 *
 *===----------------------------------------------------------------------===*/

#include "check.h"
#include "files.h"
#include "gcrt/npy.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *program;
static char out[65536], err[65536]; /* what the last run printed */

/* Runs the program with `words`, which are split at spaces, and returns its
 * exit status; -1 if a signal ended it. */
static int run(const char *words) {
  char copy[4096], *arguments[64] = {(char *)program};
  snprintf(copy, sizeof(copy), "%s", words);
  int n = 1;
  for (char *word = strtok(copy, " "); word && n < 63; word = strtok(NULL, " "))
    arguments[n++] = word;
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("out.txt", "w", stdout) || !freopen("err.txt", "w", stderr))
      _exit(99);
    execv(program, arguments);
    _exit(98);
  }
  int status = 0;
  waitpid(child, &status, 0);
  out[files_read("out.txt", out, sizeof(out) - 1)] = '\0';
  err[files_read("err.txt", err, sizeof(err) - 1)] = '\0';
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void write_array(const char *name, uint32_t dtype, const void *data,
                        uint32_t rank, int64_t size) {
  const int64_t dims[] = {size, 3};
  gcrt_tensor tensor = {data, dims, dtype, rank};
  CHECK_INT(gcrt_npy_write(files_path(name), &tensor, NULL, NULL, 0), GCRT_OK);
}

/* The first element of a float array in a file; -1000 if there is none. */
static float first_float(const char *name) {
  gcrt_npy array;
  if (gcrt_npy_read(files_path(name), NULL, &array, NULL, 0) != GCRT_OK)
    return -1000;
  float value = *(const float *)array.tensor.data;
  gcrt_npy_free(&array, NULL);
  return value;
}

static void write_inputs(void) {
  const float x[] = {1, 1, 1}, bad_x[] = {-1, 1, 1}, rate = 0.5f;
  const float rows[] = {1, 2, 3, 4, 5, 6};
  const int64_t index = 1;
  write_array("x.npy", GCRT_F32, x, 1, 3);
  write_array("bad.npy", GCRT_F32, bad_x, 1, 3);
  write_array("short.npy", GCRT_F32, x, 1, 2);
  write_array("rate.npy", GCRT_F32, &rate, 0, 0);
  write_array("rows.npy", GCRT_F32, rows, 2, 2);
  write_array("i.npy", GCRT_I64, &index, 0, 0);
  files_write("garbage.npy", "garbage and no array", 20);
  files_write("garbage.safetensors", "garbage and no tensors", 22);
}

#define TRAIN "--function train --input rate=rate.npy --input x="

static void test_success(void) {
  CHECK_INT(run(TRAIN "x.npy --output loss=loss.npy --save s1"), 0);
  CHECK_STRING(out, "count 1 x [1 1 1]\n");
  CHECK_STRING(err, "");
  CHECK(first_float("loss.npy") == 5.5f);
  CHECK_INT(
      run(TRAIN "x.npy --load s1 --save=s2 --steps 2 --output=loss=l2.npy"), 0);
  CHECK_STRING(out, "count 2 x [1 1 1]\ncount 3 x [1 1 1]\n");
  CHECK(first_float("l2.npy") == 2.5f);
  CHECK_INT(run("--function scale --input rows=rows.npy --output "
                "scaled=scaled.npy --threads 2"),
            0);
  CHECK(first_float("scaled.npy") == 2);
  CHECK_INT(run("--function nothing"), 0);
}

/* A failure saves what has happened, writes no output, and ends the steps. */
static void test_failures(void) {
  CHECK_INT(run(TRAIN "bad.npy --load s1 --save s3 --steps 5 --output "
                      "loss=none.npy"),
            3);
  CHECK_STRING(out, "count 2 x [-1 1 1]\n");
  CHECK_CONTAINS(err, "assertion failed: [x must be positive] [-1 1...]\n");
  CHECK(first_float("none.npy") == -1000);
  CHECK_INT(run(TRAIN "x.npy --load s3"), 0);
  CHECK_STRING(out, "count 3 x [1 1 1]\n");
  // A failure that is no assertion.
  CHECK_INT(run("--function peek --input i=i.npy --save s4"), 1);
  CHECK_CONTAINS(err, "variable \"flags\" is read, but nothing has set it\n");
  CHECK_INT(run(TRAIN "x.npy --load s4"), 0);
  // A file that cannot be written.
  CHECK_INT(run(TRAIN "x.npy --save no/s5"), 1);
  CHECK_CONTAINS(err, "no/s5: cannot write");
  CHECK_INT(run(TRAIN "x.npy --output loss=no/loss.npy"), 1);
  CHECK_CONTAINS(err, "output \"loss\": no/loss.npy: cannot write");
  CHECK_INT(run(TRAIN "bad.npy --save no/s5"), 3);
}

/* Wrong use: status 2, a message, and nothing has run. */
static void test_usage(void) {
  static const struct {
    const char *words, *message;
  } cases[] = {
      {"", "--function is needed; functions that exist:\n  \"train\"\n"},
      {"--function none", "there is no function \"none\""},
      {"--function", "--function needs a value"},
      {"--function train --save=", "--save needs a value"},
      {"--function train --output loss=a --save a", "\"a\" is named for two"},
      {"--function train --function train", "--function is given twice"},
      {"--profile x.json", "unknown option \"--profile\""},
      {"train", "unexpected argument \"train\""},
      {"--steps 0", "--steps: expected a number from 1"},
      {"--steps -1", "but got \"-1\""},
      {"--steps 1x", "but got \"1x\""},
      {"--threads 99999", "--threads: expected a number from 1 to 1024"},
      {"--steps 1 --benchmark 1", "exclude each other"},
      {"--input x", "--input: expected NAME=FILE"},
      {"--input =x", "--input: expected NAME=FILE"},
      {"--describe=1", "unknown option \"--describe=1\""},
      {TRAIN "short.npy --save kept",
       "input \"x\": expected float32[3], but got float32[2]\n"},
      {TRAIN "rate.npy --save kept", "but got float32[]\n"},
      {TRAIN "i.npy --save kept", "but got int64[]\n"},
      {TRAIN "missing.npy --save kept",
       "input \"x\": missing.npy: cannot open: No such file"},
      {TRAIN "garbage.npy --save kept", "garbage.npy: is no .npy file"},
      {"--function train --input x=x.npy", "input \"rate\" is missing"},
      {TRAIN "x.npy --input x=x.npy", "input \"x\" is given twice"},
      {TRAIN "x.npy --input y=x.npy", "has no input \"y\""},
      {TRAIN "x.npy --output y=y.npy", "has no output \"y\""},
      {TRAIN "x.npy --load missing --save no", "missing: cannot open"},
      {TRAIN "x.npy --load garbage.safetensors --save no",
       "garbage.safetensors: is no safetensors file"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    CHECK_INT(run(cases[i].words), 2);
    CHECK_CONTAINS(err, cases[i].message);
    CHECK_STRING(out, "");
    CHECK_INT(files_read("no", err, 1), 0);
  }
}

/* Inputs that do not fit: nothing runs, and the state is passed on. */
static void test_state_is_passed_on(void) {
  CHECK_INT(run(TRAIN "x.npy --save s6"), 0);
  CHECK_INT(run(TRAIN "short.npy --load s6 --save s7"), 2);
  CHECK_INT(run(TRAIN "missing.npy --load s7 --save s8"), 2);
  CHECK_INT(run(TRAIN "x.npy --load s8"), 0);
  CHECK_STRING(out, "count 2 x [1 1 1]\n");
}

static void test_information(void) {
  CHECK_INT(run("--describe"), 0);
  CHECK_CONTAINS(
      out,
      "{\"name\": \"demo\", \"functions\": [{\"name\": \"train\", "
      "\"inputs\": [{\"name\": \"x\", \"dtype\": \"float32\", \"shape\": "
      "[3]}, {\"name\": \"rate\", \"dtype\": \"float32\", \"shape\": []}], "
      "\"outputs\": [{\"name\": \"loss\", \"dtype\": \"float32\", "
      "\"shape\": []}]}, {\"name\": \"scale\", \"inputs\": [{\"name\": "
      "\"rows\", \"dtype\": \"float32\", \"shape\": [-1, 3]}]");
  CHECK_CONTAINS(out, "\"variables\": [{\"name\": \"count\", \"dtype\": "
                      "\"int64\", \"shape\": []}, ");
  CHECK_INT(run("--version"), 0);
  CHECK_CONTAINS(out, "demo: compiled by hand");
  CHECK_INT(run("--help"), 0);
  CHECK_CONTAINS(out, "--benchmark N");
  CHECK_INT(run("--function nothing --benchmark 50 --threads 2"), 0);
  CHECK_INT(strncmp(out, "{\"median_us\": ", 14), 0);
  CHECK_CONTAINS(out, "\"calls\": 50, \"threads\": 2}\n");
  CHECK_INT(run(TRAIN "bad.npy --benchmark 5"), 3);
}

int main(int argc, char **argv) {
  char path[4096], given[4096];
  // By default the program that lies beside this one.
  const char *slash = strrchr(argv[0], '/');
  snprintf(given, sizeof(given), "%.*sgcrt_demo",
           slash ? (int)(slash + 1 - argv[0]) : 0, argv[0]);
  if (argc > 2 || !realpath(argc == 2 ? argv[1] : given, path)) {
    fprintf(stderr, "usage: %s [PROGRAM]\n", argv[0]);
    return 2;
  }
  program = path;
  if (chdir(files_begin()) != 0)
    return 1;
  write_inputs();
  test_success();
  test_failures();
  test_usage();
  test_state_is_passed_on();
  test_information();
  files_end();
  return check_result();
}
