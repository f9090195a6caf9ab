/*===- text_test.c - what assertions and prints say ------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The expected texts are those of TensorFlow.
 *
 *===----------------------------------------------------------------------===*/

#include "check.h"
#include "counting_allocator.h"
#include "files.h"
#include "gcrt/generated.h"
#include "gcrt/runtime.h"

#include <math.h>
#include <unistd.h>

/* A model whose only function prints what `printed` says. */
static const gcrt_text *printed;
static const gcrt_view *printed_args;

static int32_t print(gcrt_frame *frame) {
  return gcrt_print(frame, printed, printed_args);
}

static const gcrt_function_spec print_function = {.name = "print"};
static const gcrt_function_code code = {.entry = print};
static const gcrt_variant variant = {
    .cpu = "generic", .cpu_features = "", .functions = &code};
static const gcrt_model model = {.abi_version = GCRT_ABI_VERSION,
                                 .struct_size = sizeof(gcrt_model),
                                 .name = "printer",
                                 .n_functions = 1,
                                 .functions = &print_function,
                                 .variants = &variant,
                                 .n_variants = 1,
                                 .compiler = "hand"};

static char shown[4096], shown_stream[64];

static void keep(void *user, const char *stream, const char *text,
                 size_t length) {
  (void)user;
  snprintf(shown_stream, sizeof(shown_stream), "%s", stream);
  snprintf(shown, sizeof(shown), "%s", text);
  CHECK_INT(strlen(text), length);
}

static gcrt_instance *create(gcrt_print_fn to) {
  gcrt_options options = {.threads = 1, .print = to};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&model, &options, &instance), GCRT_OK);
  return instance;
}

static gcrt_status print_text(gcrt_instance *instance, const gcrt_text *text,
                              const gcrt_view *args) {
  printed = text;
  printed_args = args;
  return gcrt_call(instance, 0, NULL, 0, NULL, 0);
}

/* Returns the text of one tensor. */
static const char *text_of(gcrt_instance *instance, gcrt_view tensor,
                           uint32_t style, int32_t summarize) {
  static const gcrt_piece piece = {NULL, 0};
  const gcrt_text text = {
      .pieces = &piece, .n_pieces = 1, .summarize = summarize, .style = style};
  shown[0] = '\0';
  CHECK_INT(print_text(instance, &text, &tensor), GCRT_OK);
  return shown;
}

#define DIMS(...) ((const int64_t[]){__VA_ARGS__})
#define VECTOR(type, dtype, ...)                                               \
  ((gcrt_view){(const type[]){__VA_ARGS__},                                    \
               DIMS(sizeof((const type[]){__VA_ARGS__}) / sizeof(type)),       \
               dtype, 1})

/* Every type, as an assertion shows it. */
static void test_types(void) {
  gcrt_instance *i = create(keep);
  const uint32_t style = GCRT_TEXT_SUMMARY;
#define SHOWS(want, ...)                                                       \
  CHECK_STRING(text_of(i, VECTOR(__VA_ARGS__), style, -1), want)
  SHOWS("1.5 -2.25 1e+10 nan inf -inf", float, GCRT_F32, 1.5f, -2.25f, 1e10f,
        (float)NAN, INFINITY, -INFINITY);
  SHOWS("0.1 0.333333343 16777216 1.4013e-45 3.40282347e+38 -0 100000 1e+06",
        float, GCRT_F32, 0.1f, 1.0f / 3, 16777216.0f, 1e-45f, 3.40282347e38f,
        -0.0f, 100000.0f, 1000000.0f);
  SHOWS("0.1 0.33333333333333331 1e+15 1.2345678901234568e+17 "
        "4.94065645841247e-324",
        double, GCRT_F64, 0.1, 1.0 / 3, 1e15, 123456789012345678.0, 5e-324);
  SHOWS("1.7976931348623157e+308 -nan", double, GCRT_F64,
        1.7976931348623157e308, copysign(NAN, -1.0));
  // 0.1, 1, -2, 65504, 2^-24, inf, nan
  SHOWS("0.0999755859 1 -2 65504 5.96046448e-08 inf nan", uint16_t, GCRT_F16,
        0x2e66, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00);
  SHOWS("0.100097656 1 -2.5", uint16_t, GCRT_BF16, 0x3dcd, 0x3f80, 0xc020);
  SHOWS("-9223372036854775808 9223372036854775807", int64_t, GCRT_I64,
        INT64_MIN, INT64_MAX);
  SHOWS("18446744073709551615 0", uint64_t, GCRT_U64, UINT64_MAX, 0);
  SHOWS("-2147483648 7", int32_t, GCRT_I32, INT32_MIN, 7);
  SHOWS("4294967295", uint32_t, GCRT_U32, UINT32_MAX);
  SHOWS("-32768", int16_t, GCRT_I16, INT16_MIN);
  SHOWS("65535", uint16_t, GCRT_U16, UINT16_MAX);
  SHOWS("-8", int8_t, GCRT_I8, -8);
  SHOWS("200 255", uint8_t, GCRT_U8, 200, 255);
  SHOWS("1 0", uint8_t, GCRT_BOOL, 1, 0);
#undef SHOWS
  gcrt_destroy(i);
}

static void test_summary_style(void) {
  gcrt_instance *i = create(keep);
  const uint32_t style = GCRT_TEXT_SUMMARY;
  const int32_t n[] = {1, 2, 3, 4, 5, 6, 7, 8};
  const gcrt_view scalar = {n + 6, NULL, GCRT_I32, 0};
  const gcrt_view vector = {n, DIMS(4), GCRT_I32, 1};
  const gcrt_view matrix = {n, DIMS(2, 2), GCRT_I32, 2};
  const gcrt_view wide = {n, DIMS(2, 3), GCRT_I32, 2};
  const gcrt_view cube = {n, DIMS(2, 2, 2), GCRT_I32, 3};
  CHECK_STRING(text_of(i, scalar, style, 3), "7");
  CHECK_STRING(text_of(i, scalar, style, 0), "...");
  CHECK_STRING(text_of(i, vector, style, 3), "1 2 3...");
  CHECK_STRING(text_of(i, vector, style, 4), "1 2 3 4");
  CHECK_STRING(text_of(i, vector, style, -1), "1 2 3 4");
  CHECK_STRING(text_of(i, vector, style, 0), "...");
  CHECK_STRING(text_of(i, matrix, style, 3), "[1 2][3...]...");
  CHECK_STRING(text_of(i, matrix, style, 2), "[1 2]...");
  CHECK_STRING(text_of(i, matrix, style, 9), "[1 2][3 4]");
  CHECK_STRING(text_of(i, wide, style, 3), "[1 2 3]...");
  CHECK_STRING(text_of(i, cube, style, 5), "[[1 2][3 4]][[5...]]...");
  CHECK_STRING(text_of(i, cube, style, -1), "[[1 2][3 4]][[5 6][7 8]]");
  CHECK_STRING(text_of(i, (gcrt_view){NULL, DIMS(0), GCRT_I32, 1}, style, 3),
               "");
  CHECK_STRING(text_of(i, (gcrt_view){NULL, DIMS(2, 0), GCRT_I32, 2}, style, 3),
               "");
  // Rows that nobody sees are not walked over.
  CHECK_STRING(
      text_of(i, (gcrt_view){n, DIMS(INT64_MAX / 8, 2), GCRT_I32, 2}, style, 2),
      "[1 2]...");
  gcrt_destroy(i);
}

static void test_format_style(void) {
  gcrt_instance *i = create(keep);
  const uint32_t style = GCRT_TEXT_FORMAT;
  int32_t n[64];
  for (int32_t k = 0; k < 64; ++k)
    n[k] = k + 1;
  const gcrt_view vector = {n, DIMS(9), GCRT_I32, 1};
  CHECK_STRING(text_of(i, (gcrt_view){n, NULL, GCRT_I32, 0}, style, 3), "1");
  CHECK_STRING(text_of(i, (gcrt_view){n, DIMS(6), GCRT_I32, 1}, style, 3),
               "[1 2 3 4 5 6]");
  CHECK_STRING(text_of(i, (gcrt_view){n, DIMS(7), GCRT_I32, 1}, style, 3),
               "[1 2 3 ... 5 6 7]");
  CHECK_STRING(text_of(i, vector, style, 1), "[1 ... 9]");
  CHECK_STRING(text_of(i, vector, style, 0), "[ ...]");
  CHECK_STRING(text_of(i, vector, style, -1), "[1 2 3 4 5 6 7 8 9]");
  CHECK_STRING(text_of(i, (gcrt_view){n, DIMS(2, 2), GCRT_I32, 2}, style, 3),
               "[[1 2]\n [3 4]]");
  CHECK_STRING(text_of(i, (gcrt_view){n, DIMS(4, 3), GCRT_I32, 2}, style, 1),
               "[[1 ... 3]\n ...\n [10 ... 12]]");
  CHECK_STRING(text_of(i, (gcrt_view){n, DIMS(2, 2, 2), GCRT_I32, 3}, style, 3),
               "[[[1 2]\n  [3 4]]\n\n [[5 6]\n  [7 8]]]");
  CHECK_STRING(text_of(i, (gcrt_view){n, DIMS(3, 2, 2), GCRT_I32, 3}, style, 1),
               "[[[1 2]\n  [3 4]]\n\n ...\n\n [[9 10]\n  [11 12]]]");
  CHECK_STRING(text_of(i, (gcrt_view){NULL, DIMS(0), GCRT_I32, 1}, style, 3),
               "[]");
  CHECK_STRING(text_of(i, (gcrt_view){NULL, DIMS(0, 2), GCRT_I32, 2}, style, 3),
               "[]");
  gcrt_destroy(i);
}

/* The callback gets the whole text and the graph's stream. */
static void test_callback(void) {
  gcrt_instance *instance = create(keep);
  const gcrt_piece pieces[] = {
      {"a ", 0}, {NULL, 1}, {" b ", 0}, {NULL, 0}, {"\n", 0}};
  const int64_t one = 1, two = 2;
  const gcrt_view args[] = {{&one, NULL, GCRT_I64, 0},
                            {&two, NULL, GCRT_I64, 0}};
  gcrt_text text = {.node = "n", .pieces = pieces, .n_pieces = 5};
  text.summarize = 3;
  CHECK_INT(print_text(instance, &text, args), GCRT_OK);
  CHECK_STRING(shown, "a 2 b 1\n");
  CHECK_STRING(shown_stream, "stderr");
  text.stream = "log(info)";
  CHECK_INT(print_text(instance, &text, args), GCRT_OK);
  CHECK_STRING(shown_stream, "log(info)");
  gcrt_destroy(instance);
}

/* Reads the file that the prints went to. */
static void read_back(char *text, size_t room) {
  text[files_read("out.txt", text, room - 1)] = '\0';
}

static void test_streams(void) {
  char stream[600], text_back[256];
  const char *path = files_path("out.txt");
  snprintf(stream, sizeof(stream), "file://%s", path);
  gcrt_instance *instance = create(NULL);
  const gcrt_piece piece = {"line\n", 0};
  gcrt_text text = {.node = "p", .pieces = &piece, .n_pieces = 1};

  text.stream = stream;
  CHECK_INT(print_text(instance, &text, NULL), GCRT_OK);
  CHECK_INT(print_text(instance, &text, NULL), GCRT_OK);
  read_back(text_back, sizeof(text_back));
  CHECK_STRING(text_back, "line\nline\n");

  // Standard error goes to the file for a while.
  int saved = dup(2);
  CHECK(saved >= 0);
  fflush(stderr);
  CHECK(freopen(path, "w", stderr) != NULL);
  text.stream = NULL;
  CHECK_INT(print_text(instance, &text, NULL), GCRT_OK);
  text.stream = "log(warning)";
  CHECK_INT(print_text(instance, &text, NULL), GCRT_OK);
  fflush(stderr);
  if (saved >= 0) {
    dup2(saved, 2);
    close(saved);
  }
  read_back(text_back, sizeof(text_back));
  CHECK_INT(strncmp(text_back, "line\n2", 6), 0);
  CHECK_CONTAINS(text_back, ": W p] line\n");

  text.stream = "nowhere";
  CHECK_INT(print_text(instance, &text, NULL), GCRT_ERROR);
  CHECK_CONTAINS(gcrt_last_error(instance), "prints to \"nowhere\"");
  snprintf(stream, sizeof(stream), "file://%s", files_path("none/x"));
  text.stream = stream;
  CHECK_INT(print_text(instance, &text, NULL), GCRT_IO_ERROR);
  CHECK_CONTAINS(gcrt_last_error(instance), "No such file");
  gcrt_destroy(instance);
}

int main(void) {
  test_types();
  test_summary_style();
  test_format_style();
  test_callback();
  files_begin();
  test_streams();
  files_end();
  return check_result();
}
