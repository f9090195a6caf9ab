/*===- unnamed_file_linux.c - files that get their name at the end ------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/unnamed_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* A file without a name is reached through this folder only. */
static const char open_files[] = "/proc/self/fd";

int gcrt_open_unnamed(const char *folder) {
  if (access(open_files, X_OK) != 0)
    return -1;
  return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

bool gcrt_name_file(int descriptor, const char *name) {
  char path[sizeof(open_files) + 16];
  snprintf(path, sizeof(path), "%s/%d", open_files, descriptor);
  return linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
}
