/*===- file.c - whole files ------------------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/file.h"

#include "core/unnamed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gcrt_status io_error(gcrt_text_buffer *message, const char *path,
                            const char *what) {
  return gcrt_error(message, GCRT_IO_ERROR, "%s: cannot %s: %s", path, what,
                    strerror(errno));
}

/* Larger requests than this are cut by Linux anyway. */
static size_t one_request(uint64_t bytes) {
  const uint64_t most = 1u << 30;
  return (size_t)(bytes < most ? bytes : most);
}

/*===-- Reading ----------------------------------------------------------===*/

gcrt_status gcrt_file_open(gcrt_file *file, const char *path,
                           gcrt_text_buffer *message) {
  file->path = path;
  file->descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (file->descriptor < 0)
    return io_error(message, path, "open");
  struct stat about;
  if (fstat(file->descriptor, &about) != 0) {
    gcrt_status status = io_error(message, path, "read");
    gcrt_file_close(file);
    return status;
  }
  if (!S_ISREG(about.st_mode)) {
    gcrt_file_close(file);
    return gcrt_error(message, GCRT_IO_ERROR, "%s: is not a regular file",
                      path);
  }
  file->size = (uint64_t)about.st_size;
  file->position = 0;
  return GCRT_OK;
}

void gcrt_file_close(gcrt_file *file) { close(file->descriptor); }

gcrt_status gcrt_file_read(gcrt_file *file, void *data, uint64_t bytes,
                           gcrt_text_buffer *message) {
  gcrt_status status =
      gcrt_file_read_at(file, file->position, data, bytes, message);
  if (status == GCRT_OK)
    file->position += bytes;
  return status;
}

gcrt_status gcrt_file_read_at(gcrt_file *file, uint64_t offset, void *data,
                              uint64_t bytes, gcrt_text_buffer *message) {
  char *place = data;
  while (bytes > 0) {
    ssize_t got =
        pread(file->descriptor, place, one_request(bytes), (off_t)offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return io_error(message, file->path, "read");
    if (got == 0)
      return gcrt_error(message, GCRT_IO_ERROR,
                        "%s: ends %" PRIu64 " bytes too early", file->path,
                        bytes);
    place += got;
    offset += (uint64_t)got;
    bytes -= (uint64_t)got;
  }
  return GCRT_OK;
}

/*===-- Writing ----------------------------------------------------------===*/

static bool write_span(int descriptor, const gcrt_span *span) {
  const char *data = span->data;
  uint64_t bytes = span->bytes;
  while (bytes > 0) {
    ssize_t written = write(descriptor, data, one_request(bytes));
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    data += written;
    bytes -= (uint64_t)written;
  }
  return true;
}

static bool write_spans(int descriptor, const gcrt_span *spans,
                        uint64_t n_spans) {
  for (uint64_t i = 0; i < n_spans; ++i)
    if (!write_span(descriptor, &spans[i]))
      return false;
  return true;
}

static gcrt_status write_in_place(const char *path, const gcrt_span *spans,
                                  uint64_t n_spans, gcrt_text_buffer *message) {
  int descriptor = open(path, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0)
    return io_error(message, path, "open");
  gcrt_status status = GCRT_OK;
  if (!write_spans(descriptor, spans, n_spans))
    status = io_error(message, path, "write");
  if (close(descriptor) != 0 && status == GCRT_OK)
    status = io_error(message, path, "write");
  return status;
}

/* Creates a file that did not exist beside `path`, or lets `unnamed` be it (-1:
 * there is none), and puts its name in `temporary`. Returns its descriptor, or
 * -1 with errno. */
static int create_beside(const char *path, int unnamed,
                         gcrt_text_buffer *temporary) {
  for (int i = 0; i < 1000; ++i) {
    gcrt_text_clear(temporary);
    gcrt_text_appendf(temporary, "%s.%ld-%d.tmp", path, (long)getpid(), i);
    if (temporary->truncated) {
      errno = ENOMEM;
      return -1;
    }
    int descriptor = unnamed;
    bool created;
    if (unnamed < 0) {
      descriptor =
          open(temporary->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      created = descriptor >= 0;
    } else {
      created = gcrt_name_file(unnamed, temporary->data);
    }
    if (created)
      return descriptor;
    if (errno != EEXIST)
      break;
  }
  return -1;
}

static void find_folder_of(const char *path, char folder[PATH_MAX]) {
  const char *slash = strrchr(path, '/');
  int length = slash == path ? 1 : slash ? (int)(slash - path) : 1;
  snprintf(folder, PATH_MAX, "%.*s", length, slash ? path : ".");
}

/* Makes the renaming itself durable. Some file systems cannot; the file is
 * whole all the same. */
static void sync_folder_of(const char *path) {
  char folder[PATH_MAX];
  find_folder_of(path, folder);
  int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  fsync(descriptor);
  close(descriptor);
}

/* Fills the new file, which has no name if `temporary` has none, and gives it
 * the name `path`. */
static bool finish_beside(int descriptor, gcrt_text_buffer *temporary,
                          const char *path, const gcrt_span *spans,
                          uint64_t n_spans, bool durable) {
  bool named = temporary->size > 0;
  bool written = write_spans(descriptor, spans, n_spans) &&
                 (!durable || fsync(descriptor) == 0);
  if (written && !named)
    written = named = create_beside(path, descriptor, temporary) >= 0;
  int problem = errno;
  if (close(descriptor) != 0 && written) {
    written = false;
    problem = errno;
  }
  if (written && rename(temporary->data, path) == 0) {
    if (durable)
      sync_folder_of(path);
    return true;
  }
  if (written)
    problem = errno;
  if (named)
    unlink(temporary->data);
  errno = problem;
  return false;
}

/* Writes a new file and gives it the name `path`, which a file with the
 * permissions `mode` may have (-1: none has). Returns 0, or errno. */
static int write_beside(const char *path, int64_t mode, const gcrt_span *spans,
                        uint64_t n_spans, bool durable,
                        gcrt_text_buffer *temporary) {
  char folder[PATH_MAX];
  find_folder_of(path, folder);
  int descriptor = gcrt_open_unnamed(folder);
  if (descriptor < 0)
    descriptor = create_beside(path, /*unnamed=*/-1, temporary);
  if (descriptor < 0)
    return errno;
  if (mode >= 0)
    (void)!fchmod(descriptor, (mode_t)mode);
  bool good =
      finish_beside(descriptor, temporary, path, spans, n_spans, durable);
  return good ? 0 : errno;
}

gcrt_status gcrt_file_write(const char *path, const gcrt_span *spans,
                            uint64_t n_spans, bool durable,
                            gcrt_text_buffer *message) {
  struct stat about;
  bool exists = stat(path, &about) == 0;
  if (exists && !S_ISREG(about.st_mode))
    return write_in_place(path, spans, n_spans, message);
  // A link stays a link: what it points to is replaced.
  char resolved[PATH_MAX];
  const char *target = exists ? realpath(path, resolved) : path;
  if (!target)
    return io_error(message, path, "find");

  gcrt_text_buffer temporary;
  gcrt_text_init(&temporary, message->allocator);
  errno = write_beside(target, exists ? (int64_t)(about.st_mode & 07777) : -1,
                       spans, n_spans, durable, &temporary);
  gcrt_status status = GCRT_OK;
  if (errno == ENOMEM && temporary.truncated)
    status = gcrt_error_memory(message, "a file name", strlen(target));
  else if (errno != 0)
    status = io_error(message, path, "write");
  gcrt_text_free(&temporary);
  return status;
}
