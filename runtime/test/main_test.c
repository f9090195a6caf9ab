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

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *program;
static char out[65536], err[65536]; /* what the last run printed */

/* Starts the program with `words`, which are split at spaces. */
static pid_t start(const char *words) {
  char copy[4096], *arguments[64] = {(char *)program};
  snprintf(copy, sizeof(copy), "%s", words);
  int n = 1;
  for (char *word = strtok(copy, " "); word && n < 63; word = strtok(NULL, " "))
    arguments[n++] = word;
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("out.txt", "w", stdout) || !freopen("err.txt", "w", stderr))
      _exit(99);
    // Whoever runs this test may ignore them.
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    execv(program, arguments);
    _exit(98);
  }
  return child;
}

/* Waits for the program and returns its exit status; -1 if a signal ended it.
 */
static int wait_for(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  out[files_read("out.txt", out, sizeof(out) - 1)] = '\0';
  err[files_read("err.txt", err, sizeof(err) - 1)] = '\0';
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run(const char *words) { return wait_for(start(words)); }

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
  const int64_t pair_dims[] = {3, 2};
  const gcrt_tensor pairs = {rows, pair_dims, GCRT_F32, 2};
  CHECK_INT(gcrt_npy_write(files_path("pairs.npy"), &pairs, NULL, NULL, 0),
            GCRT_OK);
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
      {"--trace x.json", "unknown option \"--trace\""},
      {"train", "unexpected argument \"train\""},
      {"--steps 0", "--steps: expected a number from 1"},
      {"--steps -1", "but got \"-1\""},
      {"--steps 1x", "but got \"1x\""},
      {"--threads 99999", "--threads: expected a number from 1 to 1024"},
      {"--steps 1 --benchmark 1", "it excludes --steps"},
      {"--input x=@a --benchmark 1", "it excludes NAME=@FILE"},
      {"--save-every 1", "--save-every needs --save FILE"},
      {"--save-every 1 --save a --benchmark 1", "exclude each other"},
      {"--save-every 0 --save a", "--save-every: expected a number from 1"},
      {"--profile a --save a", "\"a\" is named for two"},
      {"--input x=@", "--input: expected NAME=FILE or NAME=@FILE"},
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

/* The elements of a float array in a file, one for each step. */
static void check_steps(const char *name, const float *want, int64_t n) {
  gcrt_npy array;
  CHECK_INT(gcrt_npy_read(files_path(name), NULL, &array, NULL, 0), GCRT_OK);
  if (CHECK(array.tensor.rank == 1 && array.tensor.dims[0] == n))
    for (int64_t i = 0; i < n; ++i)
      CHECK(((const float *)array.tensor.data)[i] == want[i]);
  gcrt_npy_free(&array, NULL);
}

static void write_steps(void) {
  static const float xs[] = {1, 1, 1, 2, 2, 2, 3, 3, 3};
  static const float bad_xs[] = {1, 1, 1, -1, 1, 1, 1, 1, 1};
  static const float rates[] = {0.5f, 0.25f, 0}, two[] = {0, 0};
  static const int64_t sizes[] = {2, 2, 3};
  write_array("xs.npy", GCRT_F32, xs, 2, 3);
  write_array("bad_xs.npy", GCRT_F32, bad_xs, 2, 3);
  write_array("rates.npy", GCRT_F32, rates, 1, 3);
  write_array("two.npy", GCRT_F32, two, 1, 2);
  write_array("none.npy", GCRT_F32, two, 1, 0);
  write_array("sizes.npy", GCRT_I64, sizes, 1, 3);
}

/* Each step takes the next slice of each input that has slices. */
static void test_slices(void) {
  static const float losses[] = {5.5f, 4, 4};
  CHECK_INT(run("--function train --input x=@xs.npy --input rate=@rates.npy "
                "--output loss=@losses.npy --save t1"),
            0);
  CHECK_STRING(out, "count 1 x [1 1 1]\ncount 2 x [2 2 2]\n"
                    "count 3 x [3 3 3]\n");
  check_steps("losses.npy", losses, 3);
  // Fewer steps than slices, one input without, and the last output only.
  CHECK_INT(run(TRAIN "@xs.npy --steps 2 --output loss=last.npy"), 0);
  CHECK_STRING(out, "count 1 x [1 1 1]\ncount 2 x [2 2 2]\n");
  CHECK(first_float("last.npy") == 2.5f);
  // Outputs of steps that all get the same.
  static const float again[] = {5.5f, 4};
  CHECK_INT(run(TRAIN "x.npy --steps 2 --output loss=@again.npy"), 0);
  check_steps("again.npy", again, 2);
}

/* What does not fit is known before anything runs. */
static void test_wrong_slices(void) {
  static const struct {
    const char *words, *message;
  } cases[] = {
      {TRAIN "@xs.npy --steps 4",
       "--steps asks for 4 steps, but input \"x\" has 3\n"},
      {"--function train --input x=@xs.npy --input rate=@two.npy --steps 1",
       "inputs \"x\" and \"rate\" have different numbers of steps: 3 and 2\n"},
      {"--function train --input x=x.npy --input rate=@none.npy",
       "input \"rate\" has no steps: its first dimension is 0\n"},
      {TRAIN "@rate.npy", "expected a first dimension to slice along\n"},
      {TRAIN "@x.npy", "input \"x\": expected float32[3], but got float32[]\n"},
      {TRAIN "@missing.npy", "input \"x\": missing.npy: cannot open"},
      {TRAIN "@garbage.npy", "garbage.npy: is no .npy file"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    CHECK_INT(run(cases[i].words), 2);
    CHECK_CONTAINS(err, cases[i].message);
    CHECK_STRING(out, "");
  }
}

/* A step that fails is the last one; nothing of the outputs is left. */
static void test_failing_step(void) {
  CHECK_INT(run(TRAIN "@bad_xs.npy --output loss=@lost.npy --save t2"), 3);
  CHECK_STRING(out, "count 1 x [1 1 1]\ncount 2 x [-1 1 1]\n");
  CHECK_INT(files_read("lost.npy", out, 1), 0);
  CHECK_INT(run(TRAIN "x.npy --load t2"), 0);
  CHECK_STRING(out, "count 3 x [1 1 1]\n");
  // Outputs that change their size have no common first dimension.
  CHECK_INT(run("--function stack --input i=@sizes.npy --output "
                "zeros=@lost.npy"),
            1);
  CHECK_CONTAINS(err, "output \"zeros\": lost.npy: row 2 is float64[3], but "
                      "those before are float64[2]\n");
  CHECK_INT(run(TRAIN "x.npy --output loss=@/dev/null"), 1);
  CHECK_CONTAINS(err, "/dev/null: is not a regular file");
  CHECK_INT(run(TRAIN "x.npy --output loss=@no/loss.npy"), 1);
  CHECK_CONTAINS(err, "no/loss.npy: cannot write");
}

/* The state of every second step, and at the end that of the last. */
static void test_save_every(void) {
  CHECK_INT(run(TRAIN "@xs.npy --save t3 --save-every 2"), 0);
  CHECK_INT(run(TRAIN "x.npy --load t3"), 0);
  CHECK_STRING(out, "count 4 x [1 1 1]\n");
  // A place that cannot be written ends the steps.
  CHECK_INT(run(TRAIN "@xs.npy --save no/t4 --save-every 2"), 1);
  CHECK_STRING(out, "count 1 x [1 1 1]\ncount 2 x [2 2 2]\n");
}

/* Lets a program with a billion steps begin, and sends it a signal. */
static int interrupt(const char *words, int signal_number) {
  pid_t child = start(words);
  const struct timespec little = {.tv_nsec = 10000000};
  do
    nanosleep(&little, NULL);
  while (files_read("out.txt", out, 1) == 0);
  kill(child, signal_number);
  return wait_for(child);
}

#define MANY_STEPS "x.npy --steps 1000000000 "

static void test_interrupt(void) {
  CHECK_INT(
      interrupt(TRAIN MANY_STEPS "--save t5 --output loss=@t5.npy", SIGINT),
      130);
  CHECK_STRING(err, "");
  // As many losses as steps, and a state that goes on after the last.
  gcrt_npy losses;
  CHECK_INT(gcrt_npy_read(files_path("t5.npy"), NULL, &losses, NULL, 0),
            GCRT_OK);
  int64_t steps = losses.tensor.dims ? losses.tensor.dims[0] : 0;
  gcrt_npy_free(&losses, NULL);
  char want[64];
  snprintf(want, sizeof(want), "count %lld x [1 1 1]\n", (long long)steps + 1);
  CHECK_INT(run(TRAIN "x.npy --load t5"), 0);
  CHECK_STRING(out, want);
  CHECK_INT(interrupt(TRAIN MANY_STEPS, SIGTERM), 143);
}

static void test_profile(void) {
  CHECK_INT(run(TRAIN "x.npy --steps 3 --profile p.json"), 0);
  out[files_read("p.json", out, sizeof(out) - 1)] = '\0';
  CHECK_CONTAINS(out, "\"kernel\":\"kernel_0\",\"nodes\":\"step, loss\"");
  CHECK_CONTAINS(out, "\"count\":3,\"total_us\":");
  CHECK_CONTAINS(out, "{\"name\":\"train\",\"cat\":\"call\",\"ph\":\"X\",");
  CHECK_INT(run("--function nothing --benchmark 10 --profile p2.json"), 0);
  CHECK_INT(run("--function nothing --profile no/p.json"), 1);
  CHECK_CONTAINS(err, "no/p.json: cannot write");
  // Also of calls that fail.
  CHECK_INT(run(TRAIN "bad.npy --profile p3.json"), 3);
  CHECK(files_read("p3.json", out, 1) == 1);
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
  // The sizes of the moment, where they are open and something has set them.
  CHECK_CONTAINS(out, "{\"name\": \"rows\", \"dtype\": \"float32\", "
                      "\"shape\": [-1, 2]}]}");
  CHECK_INT(run("--function append --input x=pairs.npy --save pairs"), 0);
  CHECK_INT(run("--describe --load pairs"), 0);
  CHECK_CONTAINS(out, "{\"name\": \"rows\", \"dtype\": \"float32\", "
                      "\"shape\": [-1, 2], \"current_shape\": [3, 2]}]}");
  CHECK_INT(run("--describe --load garbage.safetensors"), 2);
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
  write_steps();
  test_slices();
  test_wrong_slices();
  test_failing_step();
  test_save_every();
  test_interrupt();
  test_profile();
  test_information();
  files_end();
  return check_result();
}
