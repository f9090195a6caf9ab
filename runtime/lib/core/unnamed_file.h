/*===- unnamed_file.h - files that get their name at the end ------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Of a file without a name nothing is left when the program that writes it is
 * killed.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_UNNAMED_FILE_H
#define GCRT_CORE_UNNAMED_FILE_H

#include <stdbool.h>

/* Creates a file without a name, for writing, that can be named in `folder`.
 * Returns its descriptor, or -1 if the file system has none. */
int gcrt_open_unnamed(const char *folder);

/* Gives such a file a name that no file has. False, with errno, if it cannot.
 */
bool gcrt_name_file(int descriptor, const char *name);

#endif /* GCRT_CORE_UNNAMED_FILE_H */
