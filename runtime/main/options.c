/*===- options.c - the command line of compiled executables ----------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void complain(const options *o, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  // What the graph printed to standard output comes first.
  fflush(stdout);
  fprintf(stderr, "%s: ", o->program);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}

void print_help(const options *o) {
  printf(
      "usage: %s [options]\n"
      "\n"
      "  --function NAME       the function to call; may be left out when "
      "there "
      "is one\n"
      "  --input NAME=FILE     read an input from a NumPy .npy file; all are "
      "needed\n"
      "  --input NAME=@FILE    each step takes the next slice along the first "
      "dimension\n"
      "  --output NAME=FILE    write an output of the last step to a NumPy "
      ".npy "
      "file\n"
      "  --output NAME=@FILE   write those of all steps, with a first "
      "dimension\n"
      "  --load FILE           set variables from a safetensors file first\n"
      "  --save FILE           write all variables to a safetensors file at "
      "the "
      "end\n"
      "  --save-every N        save after every N steps, too\n"
      "  --steps N             call N times; stop at the first failure. "
      "Default: as often\n"
      "                        as there are slices, else once\n"
      "  --threads N           use at most N threads; default: one for each "
      "CPU it may run on\n"
      "  --benchmark N         time N calls and print the result as JSON\n"
      "  --profile FILE        write the times of all kernels as a Chrome "
      "trace, JSON\n"
      "  --cpu NAME            run the code that was compiled for this CPU; "
      "default: the\n"
      "                        best that this machine can run\n"
      "  --weights FILE        the file of the weights, if they are not in the "
      "program;\n"
      "                        default: beside the program\n"
      "  --describe            print functions and variables as JSON\n"
      "  --version             print the versions of compiler and runtime\n"
      "  --help                print this\n"
      "\n"
      "An interrupt lets the step that runs end, and saves.\n"
      "\n"
      "Exit status: 0; 2 for bad usage or bad input files, when nothing has "
      "run; "
      "3 for a\nfailed assertion or numerics check; 130 or 143 for steps that "
      "an interrupt or\ntermination signal ended; 1 for anything else.\n",
      o->program);
}

/*===-- Values -----------------------------------------------------------===*/

#define MOST_STEPS 1000000000000

/* Reads a number from 1 to `most`. */
static bool parse_count(const options *o, const char *option, const char *text,
                        uint64_t most, uint64_t *value) {
  const char *c = text;
  *value = 0;
  for (; *c >= '0' && *c <= '9' && *value <= most; ++c)
    *value = 10 * *value + (uint64_t)(*c - '0');
  if (*c == '\0' && *value >= 1 && *value <= most)
    return true;
  complain(o, "%s: expected a number from 1 to %llu, but got \"%s\"", option,
           (unsigned long long)most, text);
  return false;
}

static bool parse_binding(const options *o, const char *option,
                          const char *text, binding *list, size_t *n) {
  const char *equals = strchr(text, '=');
  bool is_stepped = equals && equals[1] == '@';
  const char *file = equals ? equals + 1 + is_stepped : NULL;
  if (!equals || equals == text || *file == '\0') {
    complain(o, "%s: expected NAME=FILE or NAME=@FILE, but got \"%s\"", option,
             text);
    return false;
  }
  list[(*n)++] = (binding){text, (size_t)(equals - text), file, is_stepped};
  return true;
}

static bool parse_once(const options *o, const char *option, const char *text,
                       const char **value) {
  if (*text == '\0') {
    complain(o, "%s needs a value", option);
    return false;
  }
  if (*value) {
    complain(o, "%s is given twice", option);
    return false;
  }
  *value = text;
  return true;
}

/*===-- Options ----------------------------------------------------------===*/

static bool parse_flag(options *o, const char *option) {
  if (strcmp(option, "--describe") == 0)
    o->describe = true;
  else if (strcmp(option, "--version") == 0)
    o->version = true;
  else if (strcmp(option, "--help") == 0)
    o->help = true;
  else
    return false;
  return true;
}

/* Parses the value of one of the options that takes_value knows. */
static bool parse_option(options *o, const char *option, const char *value) {
  uint64_t threads;
  if (strcmp(option, "--function") == 0)
    return parse_once(o, option, value, &o->function);
  if (strcmp(option, "--input") == 0)
    return parse_binding(o, option, value, o->inputs, &o->n_inputs);
  if (strcmp(option, "--output") == 0)
    return parse_binding(o, option, value, o->outputs, &o->n_outputs);
  if (strcmp(option, "--load") == 0)
    return parse_once(o, option, value, &o->load);
  if (strcmp(option, "--save") == 0)
    return parse_once(o, option, value, &o->save);
  if (strcmp(option, "--profile") == 0)
    return parse_once(o, option, value, &o->profile);
  if (strcmp(option, "--save-every") == 0)
    return parse_count(o, option, value, MOST_STEPS, &o->save_every);
  if (strcmp(option, "--cpu") == 0)
    return parse_once(o, option, value, &o->cpu);
  if (strcmp(option, "--weights") == 0)
    return parse_once(o, option, value, &o->weights);
  if (strcmp(option, "--steps") == 0)
    return parse_count(o, option, value, MOST_STEPS, &o->steps);
  if (strcmp(option, "--benchmark") == 0)
    return parse_count(o, option, value, 100000000, &o->benchmark);
  if (!parse_count(o, option, value, 1024, &threads))
    return false;
  o->threads = (uint32_t)threads;
  return true;
}

static bool takes_value(const char *option) {
  static const char *const names[] = {
      "--function", "--input",   "--output",    "--load",
      "--save",     "--steps",   "--threads",   "--cpu",
      "--weights",  "--profile", "--benchmark", "--save-every"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i)
    if (strcmp(names[i], option) == 0)
      return true;
  return false;
}

/* Parses argv[*i], written "--option value" or "--option=value". */
static bool parse_argument(options *o, char **argv, int argc, int *i) {
  char option[32];
  const char *word = argv[*i];
  if (parse_flag(o, word))
    return true;
  size_t length = strcspn(word, "=");
  if (strncmp(word, "--", 2) != 0 || length >= sizeof(option)) {
    complain(o, "unexpected argument \"%s\"; --help shows what is known", word);
    return false;
  }
  memcpy(option, word, length);
  option[length] = '\0';
  const char *value = NULL;
  if (word[length] == '=')
    value = word + length + 1;
  else if (takes_value(option) && *i + 1 < argc)
    value = argv[++*i];
  if (!takes_value(option)) {
    complain(o, "unknown option \"%s\"; --help shows those that exist", word);
    return false;
  }
  if (!value) {
    complain(o, "%s needs a value", option);
    return false;
  }
  return parse_option(o, option, value);
}

/* Files that the program writes, output by output, then the others. NULL: not
 * asked for. */
static const char *get_written_file(const options *o, size_t i) {
  return i < o->n_outputs    ? o->outputs[i].file
         : i == o->n_outputs ? o->save
                             : o->profile;
}

/* Two results in one file would leave the last of them. */
static bool check_files(const options *o) {
  for (size_t i = 0; i < o->n_outputs + 2; ++i) {
    const char *file = get_written_file(o, i);
    bool is_taken = false;
    for (size_t j = 0; file && j < i; ++j) {
      const char *other = get_written_file(o, j);
      is_taken |= other && strcmp(other, file) == 0;
    }
    if (is_taken && strncmp(file, "/dev/", 5) != 0) {
      complain(o, "\"%s\" is named for two results", file);
      return false;
    }
  }
  return true;
}

/* Options that mean nothing together. */
static bool check_combinations(const options *o) {
  bool is_stepped = false;
  for (size_t i = 0; i < o->n_inputs; ++i)
    is_stepped |= o->inputs[i].is_stepped;
  for (size_t i = 0; i < o->n_outputs; ++i)
    is_stepped |= o->outputs[i].is_stepped;
  if (o->benchmark && (o->steps || is_stepped))
    complain(o, "--benchmark times one call again and again: it excludes %s",
             o->steps ? "--steps" : "NAME=@FILE");
  else if (o->save_every && !o->save)
    complain(o, "--save-every needs --save FILE");
  else if (o->save_every && o->benchmark)
    complain(o, "--save-every and --benchmark exclude each other");
  else
    return true;
  return false;
}

bool options_parse(options *o, int argc, char **argv, int *exit_status) {
  *o = (options){.program = argc > 0 ? argv[0] : "program"};
  const char *slash = strrchr(o->program, '/');
  o->program = slash ? slash + 1 : o->program;
  *exit_status = EXIT_FAILED;
  o->inputs = calloc((size_t)argc + 1, sizeof(*o->inputs));
  o->outputs = calloc((size_t)argc + 1, sizeof(*o->outputs));
  if (!o->inputs || !o->outputs) {
    complain(o, "out of memory");
    options_free(o);
    return false;
  }
  bool good = true;
  for (int i = 1; good && i < argc; ++i)
    good = parse_argument(o, argv, argc, &i);
  good = good && check_files(o) && check_combinations(o);
  if (!good) {
    *exit_status = EXIT_USAGE;
    options_free(o);
  }
  return good;
}

void options_free(options *o) {
  free(o->inputs);
  free(o->outputs);
}
