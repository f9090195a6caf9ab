/*===- files.h - files of tests --------------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_TEST_FILES_H
#define GCRT_TEST_FILES_H

#include <stddef.h>

/* Makes a folder for this program's files and returns its path. */
const char *files_begin(void);

/* Removes the folder with all files in it. Returns how many files there were.
 */
int files_end(void);

/* Returns the path of the file `name` in the folder; valid for the next few
 * calls. */
const char *files_path(const char *name);

/* Writes a file, and returns its path. */
const char *files_write(const char *name, const void *bytes, size_t size);

/* Reads a file of at most `room` bytes; returns its size, 0 if there is none.
 */
size_t files_read(const char *name, void *bytes, size_t room);

/* How many files there are in the folder. */
int files_count(void);

#endif /* GCRT_TEST_FILES_H */
