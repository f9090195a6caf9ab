/*===- npy_header.c - the headers of NumPy's array files
 * --------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/npy_header.h"

#include "core/npy_format.h"

#include <inttypes.h>
#include <string.h>

/* NumPy itself refuses longer headers than this unless told otherwise. */
enum { LONGEST_HEADER = 10000 };

/* A header while it is read: the text of a Python dictionary. */
typedef struct reader {
  const char *path;
  const char *at;
  const char *end;
  gcrt_text_buffer *message;
  gcrt_npy_header *header; /* dtype 0: not read yet */
  bool has_shape, has_order;
} reader;

/*===-- Words of Python --------------------------------------------------===*/

static void skip_space(reader *r) {
  while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at)
    ++r->at;
}

static bool take(reader *r, const char *word) {
  size_t length = strlen(word);
  skip_space(r);
  if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
    return false;
  r->at += length;
  return true;
}

/* Reads a string without escapes between quotes of either kind. */
static bool take_string(reader *r, char *value, size_t room) {
  char quote = take(r, "'") ? '\'' : take(r, "\"") ? '"' : '\0';
  size_t length = 0;
  if (!quote)
    return false;
  while (r->at < r->end && *r->at != quote && length + 1 < room)
    value[length++] = *r->at++;
  value[length] = '\0';
  if (r->at == r->end || *r->at != quote)
    return false;
  ++r->at;
  return true;
}

static bool take_size(reader *r, int64_t *value) {
  skip_space(r);
  const char *first = r->at;
  *value = 0;
  for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; ++r->at)
    if (__builtin_mul_overflow(*value, 10, value) ||
        __builtin_add_overflow(*value, *r->at - '0', value))
      return false;
  if (r->at == first)
    return false;
  // Python 2 wrote long integers as 3L.
  take(r, "L");
  return true;
}

/*===-- The header -------------------------------------------------------===*/

static gcrt_status not_understood(reader *r, const char *expected) {
  return gcrt_error(r->message, GCRT_INVALID_ARGUMENT,
                    "%s: the header of an .npy file should have %s", r->path,
                    expected);
}

/* Reads the type. One byte has no byte order: NumPy writes "|". */
static gcrt_status read_descr(reader *r) {
  char descr[32];
  if (take(r, "["))
    return gcrt_error(r->message, GCRT_INVALID_ARGUMENT,
                      "%s: arrays of structures are not supported", r->path);
  if (!take_string(r, descr, sizeof(descr)))
    return not_understood(r, "a type after 'descr'");
  for (uint32_t dtype = GCRT_F64; dtype <= GCRT_BOOL; ++dtype) {
    const char *known = gcrt_npy_descr(dtype);
    bool no_order = known[0] == '|' || dtype == GCRT_BF16;
    if (strcmp(known + 1, descr + (descr[0] != '\0')) == 0 &&
        (descr[0] == '<' || (no_order && descr[0] == '|')))
      r->header->dtype = dtype;
  }
  if (r->header->dtype != 0)
    return GCRT_OK;
  return gcrt_error(
      r->message, GCRT_INVALID_ARGUMENT,
      "%s: elements of type '%s' are not supported%s", r->path, descr,
      descr[0] == '>' ? ": expected little-endian ones ('<')" : "");
}

static gcrt_status read_order(reader *r) {
  r->has_order = true;
  if (take(r, "False"))
    return GCRT_OK;
  if (take(r, "True"))
    return gcrt_error(r->message, GCRT_INVALID_ARGUMENT,
                      "%s: the array is in Fortran order, expected C order: "
                      "save numpy.ascontiguousarray(..)",
                      r->path);
  return not_understood(r, "True or False after 'fortran_order'");
}

static gcrt_status read_shape(reader *r) {
  r->has_shape = true;
  if (!take(r, "("))
    return not_understood(r, "a tuple after 'shape'");
  while (!take(r, ")")) {
    if (r->header->rank == GCRT_MAX_RANK)
      return not_understood(r, "fewer dimensions");
    if (!take_size(r, &r->header->dims[r->header->rank++]))
      return not_understood(r, "sizes in 'shape'");
    if (take(r, ")"))
      break;
    if (!take(r, ","))
      return not_understood(r, "',' or ')' after a size");
  }
  return GCRT_OK;
}

static gcrt_status read_item(reader *r) {
  char key[32];
  if (!take_string(r, key, sizeof(key)) || !take(r, ":"))
    return not_understood(r, "a key and ':'");
  if (strcmp(key, "descr") == 0 && r->header->dtype == 0)
    return read_descr(r);
  if (strcmp(key, "fortran_order") == 0 && !r->has_order)
    return read_order(r);
  if (strcmp(key, "shape") == 0 && !r->has_shape)
    return read_shape(r);
  return not_understood(r, "'descr', 'fortran_order' and 'shape', each once");
}

static gcrt_status read_dictionary(reader *r) {
  if (!take(r, "{"))
    return not_understood(r, "a dictionary");
  while (!take(r, "}")) {
    gcrt_status status = read_item(r);
    if (status != GCRT_OK)
      return status;
    if (take(r, "}"))
      break;
    if (!take(r, ","))
      return not_understood(r, "',' or '}' after an item");
  }
  skip_space(r);
  if (r->at != r->end)
    return not_understood(r, "nothing after its dictionary");
  if (r->header->dtype == 0 || !r->has_order || !r->has_shape)
    return not_understood(r, "'descr', 'fortran_order' and 'shape'");
  return GCRT_OK;
}

/*===-- The file ---------------------------------------------------------===*/

/* Reads magic, version and length of the header, all before it. */
static gcrt_status read_preamble(gcrt_file *file, uint32_t *length,
                                 gcrt_text_buffer *message) {
  unsigned char start[GCRT_NPY_MAGIC_SIZE + 2], bytes[4] = {0};
  if (file->size < sizeof(start) + 2)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: is no .npy file: it has %" PRIu64 " bytes",
                      file->path, file->size);
  gcrt_status status = gcrt_file_read(file, start, sizeof(start), message);
  if (status != GCRT_OK)
    return status;
  if (memcmp(start, GCRT_NPY_MAGIC, GCRT_NPY_MAGIC_SIZE) != 0)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: is no .npy file: it does not begin with the magic "
                      "string \\x93NUMPY",
                      file->path);
  unsigned major = start[GCRT_NPY_MAGIC_SIZE];
  unsigned minor = start[GCRT_NPY_MAGIC_SIZE + 1];
  if ((major != 1 && major != 2) || minor != 0)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: is an .npy file of version %u.%u, expected 1.0 or "
                      "2.0",
                      file->path, major, minor);
  status = gcrt_file_read(file, bytes, major == 1 ? 2 : 4, message);
  *length = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
            (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
  uint64_t rest = file->size - sizeof(start) - (major == 1 ? 2 : 4);
  if (status == GCRT_OK && (*length > rest || *length > LONGEST_HEADER))
    status = gcrt_error(message, GCRT_INVALID_ARGUMENT,
                        "%s: is no .npy file, or is cut short: its header "
                        "should have %" PRIu32 " bytes, but %" PRIu64
                        " bytes follow",
                        file->path, *length, rest);
  return status;
}

void gcrt_npy_fix_booleans(unsigned char *data, uint64_t bytes) {
  for (uint64_t i = 0; i < bytes; ++i)
    data[i] = data[i] != 0;
}

gcrt_status gcrt_npy_read_header(gcrt_file *file, gcrt_npy_header *header,
                                 gcrt_text_buffer *message) {
  char text[LONGEST_HEADER];
  uint32_t length = 0;
  *header = (gcrt_npy_header){.dtype = 0};
  gcrt_status status = read_preamble(file, &length, message);
  if (status == GCRT_OK)
    status = gcrt_file_read(file, text, length, message);
  if (status != GCRT_OK)
    return status;
  reader r = {.path = file->path,
              .at = text,
              .end = text + length,
              .message = message,
              .header = header};
  status = read_dictionary(&r);
  if (status != GCRT_OK)
    return status;
  if (!gcrt_tensor_bytes(header->dtype, header->rank, header->dims,
                         &header->bytes))
    return not_understood(&r, "a shape that fits into memory");
  uint64_t rest = file->size - file->position;
  if (rest != header->bytes)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: its elements should have %" PRIu64
                      " bytes, but %" PRIu64 " bytes follow its header",
                      file->path, header->bytes, rest);
  return GCRT_OK;
}
