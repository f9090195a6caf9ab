/*===- files.c - files of tests --------------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

const char *files_begin(void) {
  snprintf(folder, sizeof(folder), "/tmp/gcrt-test-%ld", (long)getpid());
  if (mkdir(folder, 0700) != 0) {
    perror(folder);
    exit(1);
  }
  return folder;
}

/* Visits the files of the folder, and removes them if asked to. */
static int walk(int remove_them) {
  DIR *directory = opendir(folder);
  int count = 0;
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    if (entry->d_name[0] == '.')
      continue;
    ++count;
    if (remove_them)
      unlink(files_path(entry->d_name));
  }
  if (directory)
    closedir(directory);
  return count;
}

int files_count(void) { return walk(0); }

int files_end(void) {
  int count = walk(1);
  rmdir(folder);
  return count;
}

const char *files_path(const char *name) {
  static char paths[8][512];
  static unsigned next;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
  return path;
}

const char *files_write(const char *name, const void *bytes, size_t size) {
  const char *path = files_path(name);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
  return path;
}

size_t files_read(const char *name, void *bytes, size_t room) {
  FILE *file = fopen(files_path(name), "rb");
  if (!file)
    return 0;
  size_t size = fread(bytes, 1, room, file);
  fclose(file);
  return size;
}
