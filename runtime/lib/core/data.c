/*===- data.c - the constants of a model -----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Weights may take gigabytes, so a file of them is mapped: the system reads
 * what is used when it is used, and programs that run one model share the
 * memory. Whether it is the right file its first bytes say; the data are not
 * read for that.
 *
 *===----------------------------------------------------------------------===*/

#include "core/data.h"

#include "core/file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

static gcrt_status check_header(const gcrt_file *file,
                                const gcrt_data_header *header,
                                const gcrt_model *model,
                                gcrt_text_buffer *message) {
  if (memcmp(header->magic, GCRT_DATA_MAGIC, sizeof(header->magic)) != 0)
    return gcrt_error(message, GCRT_MODEL_MISMATCH,
                      "%s: is no file of weights that graph-compile has made",
                      file->path);
  if (header->version != GCRT_DATA_VERSION)
    return gcrt_error(message, GCRT_MODEL_MISMATCH,
                      "%s: has version %" PRIu32 ", expected %d", file->path,
                      header->version, GCRT_DATA_VERSION);
  if (header->bytes != model->data_bytes ||
      memcmp(header->id, model->data_id, sizeof(header->id)) != 0)
    return gcrt_error(message, GCRT_MODEL_MISMATCH,
                      "%s: has the weights of another model than \"%s\": use "
                      "the file that was made with it",
                      file->path, model->name);
  if (file->size - sizeof(*header) != header->bytes)
    return gcrt_error(message, GCRT_MODEL_MISMATCH,
                      "%s: has %" PRIu64 " bytes, expected %" PRIu64
                      ": it is damaged",
                      file->path, file->size, header->bytes + sizeof(*header));
  return GCRT_OK;
}

static gcrt_status map_file(gcrt_data *data, const gcrt_file *file,
                            gcrt_text_buffer *message) {
  void *mapping = mmap(NULL, (size_t)file->size, PROT_READ, MAP_PRIVATE,
                       file->descriptor, 0);
  if (mapping == MAP_FAILED && errno == ENOMEM)
    return gcrt_error_memory(message, "the file of weights", file->size);
  if (mapping == MAP_FAILED)
    return gcrt_error(message, GCRT_IO_ERROR, "%s: cannot map: %s", file->path,
                      strerror(errno));
  data->mapping = mapping;
  data->mapped = file->size;
  data->bytes = (const char *)mapping + sizeof(gcrt_data_header);
  return GCRT_OK;
}

static gcrt_status open_file(gcrt_data *data, const gcrt_model *model,
                             const char *path, gcrt_text_buffer *message) {
  gcrt_file file;
  gcrt_data_header header = {.version = 0};
  gcrt_status status = gcrt_file_open(&file, path, message);
  if (status != GCRT_OK) {
    gcrt_text_appendf(message, "; it has the weights of model \"%s\"",
                      model->name);
    return status;
  }
  if (file.size < sizeof(header))
    status = gcrt_error(message, GCRT_MODEL_MISMATCH,
                        "%s: is too short to be a file of weights", path);
  else
    status = gcrt_file_read(&file, &header, sizeof(header), message);
  if (status == GCRT_OK)
    status = check_header(&file, &header, model, message);
  if (status == GCRT_OK)
    status = map_file(data, &file, message);
  gcrt_file_close(&file);
  return status;
}

static gcrt_status open_beside(gcrt_data *data, const gcrt_model *model,
                               gcrt_text_buffer *message) {
  gcrt_text_buffer path;
  gcrt_text_init(&path, message->allocator);
  gcrt_status status;
  // Not the descriptor: a program may have its own copy of a shared library's.
  if (!gcrt_append_folder_of(model->data_file, &path)) {
    status = gcrt_error(message, GCRT_IO_ERROR,
                        "the file of weights \"%s\" of model \"%s\" is not "
                        "found: its program's folder is not known",
                        model->data_file, model->name);
  } else {
    gcrt_text_append_string(&path, model->data_file);
    status = path.truncated
                 ? gcrt_error_memory(message, "the path of the weights",
                                     strlen(model->data_file))
                 : open_file(data, model, path.data, message);
  }
  gcrt_text_free(&path);
  return status;
}

gcrt_status gcrt_data_open(gcrt_data *data, const gcrt_model *model,
                           const char *path, gcrt_text_buffer *message) {
  *data = (gcrt_data){model->data, NULL, 0};
  if (!model->data_file)
    return GCRT_OK;
  return path ? open_file(data, model, path, message)
              : open_beside(data, model, message);
}

void gcrt_data_close(gcrt_data *data) {
  if (data->mapping)
    munmap(data->mapping, (size_t)data->mapped);
}
