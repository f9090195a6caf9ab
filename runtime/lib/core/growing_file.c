/*===- growing_file.c - files that are written bit by bit ------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/growing_file.h"

#include "core/unnamed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gcrt_status fail(const gcrt_growing_file *file, const char *what,
                        gcrt_text_buffer *message) {
  return gcrt_error(message, GCRT_IO_ERROR, "%s: cannot %s: %s", file->path,
                    what, strerror(errno));
}

/* Finds out where the file goes: a link stays a link. */
static gcrt_status find_target(gcrt_growing_file *file, struct stat *about,
                               bool *exists, gcrt_text_buffer *message) {
  char resolved[PATH_MAX];
  *exists = stat(file->path, about) == 0;
  if (*exists && !S_ISREG(about->st_mode))
    return gcrt_error(message, GCRT_IO_ERROR,
                      "%s: is not a regular file, which it has to be to be "
                      "written bit by bit",
                      file->path);
  if (*exists && !realpath(file->path, resolved))
    return fail(file, "find", message);
  gcrt_text_append_string(&file->target, *exists ? resolved : file->path);
  // No other process has this name, and this one writes a path once at a time.
  gcrt_text_appendf(&file->temporary, "%s.%ld.tmp", file->target.data,
                    (long)getpid());
  if (file->target.truncated || file->temporary.truncated)
    return gcrt_error_memory(message, "a file name", strlen(file->path));
  return GCRT_OK;
}

/* Opens a file without a name if there can be one, else `temporary`. */
static int open_new(gcrt_growing_file *file) {
  char folder[PATH_MAX];
  const char *target = file->target.data, *slash = strrchr(target, '/');
  int length = slash == target ? 1 : slash ? (int)(slash - target) : 1;
  snprintf(folder, sizeof(folder), "%.*s", length, slash ? target : ".");
  int descriptor = gcrt_open_unnamed(folder);
  file->is_named = descriptor < 0;
  return file->is_named ? open(file->temporary.data,
                               O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)
                        : descriptor;
}

static gcrt_status create(gcrt_growing_file *file, gcrt_text_buffer *message) {
  struct stat about;
  bool exists;
  gcrt_status status = find_target(file, &about, &exists, message);
  if (status != GCRT_OK)
    return status;
  file->descriptor = open_new(file);
  if (file->descriptor < 0)
    return fail(file, "write", message);
  if (exists)
    (void)!fchmod(file->descriptor, about.st_mode & 07777);
  return GCRT_OK;
}

static void free_names(gcrt_growing_file *file) {
  gcrt_text_free(&file->temporary);
  gcrt_text_free(&file->target);
}

gcrt_status gcrt_growing_file_create(gcrt_growing_file *file, const char *path,
                                     gcrt_text_buffer *message) {
  file->path = path;
  gcrt_text_init(&file->target, message->allocator);
  gcrt_text_init(&file->temporary, message->allocator);
  gcrt_status status = create(file, message);
  if (status != GCRT_OK)
    free_names(file);
  return status;
}

gcrt_status gcrt_growing_file_write(gcrt_growing_file *file, const void *data,
                                    uint64_t bytes, gcrt_text_buffer *message) {
  const char *place = data;
  // Linux cuts longer requests.
  const uint64_t most = 1u << 30;
  while (bytes > 0) {
    ssize_t written =
        write(file->descriptor, place, (size_t)(bytes < most ? bytes : most));
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return fail(file, "write", message);
    place += written;
    bytes -= (uint64_t)written;
  }
  return GCRT_OK;
}

gcrt_status gcrt_growing_file_rewind(gcrt_growing_file *file,
                                     gcrt_text_buffer *message) {
  return lseek(file->descriptor, 0, SEEK_SET) == 0
             ? GCRT_OK
             : fail(file, "write", message);
}

/* Sees to it that the file has the name beside its path. */
static bool give_name(gcrt_growing_file *file) {
  if (file->is_named)
    return true;
  // Another process may have had our number, and died.
  unlink(file->temporary.data);
  file->is_named = gcrt_name_file(file->descriptor, file->temporary.data);
  return file->is_named;
}

gcrt_status gcrt_growing_file_commit(gcrt_growing_file *file,
                                     gcrt_text_buffer *message) {
  if (!give_name(file)) {
    gcrt_status status = fail(file, "write", message);
    gcrt_growing_file_abandon(file);
    return status;
  }
  gcrt_status status = GCRT_OK;
  if (close(file->descriptor) != 0 ||
      rename(file->temporary.data, file->target.data) != 0) {
    status = fail(file, "write", message);
    unlink(file->temporary.data);
  }
  free_names(file);
  return status;
}

void gcrt_growing_file_abandon(gcrt_growing_file *file) {
  close(file->descriptor);
  if (file->is_named)
    unlink(file->temporary.data);
  free_names(file);
}
