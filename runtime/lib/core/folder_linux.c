/*===- folder_linux.c - where a program or library lies --------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The dynamic linker knows the file of each shared library; the program itself
 * has no name there, but a link in /proc.
 *
 *===----------------------------------------------------------------------===*/

#include "core/data.h"

#include <limits.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

typedef struct search {
  uintptr_t address;
  const char *file; /* of the library that has it; NULL: the program */
} search;

static int look_at(struct dl_phdr_info *object, size_t size, void *closure) {
  (void)size;
  search *wanted = closure;
  for (unsigned i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    uintptr_t start = object->dlpi_addr + segment->p_vaddr;
    if (segment->p_type != PT_LOAD || wanted->address < start ||
        wanted->address - start >= segment->p_memsz)
      continue;
    // The name lives as long as the library is loaded.
    wanted->file = *object->dlpi_name ? object->dlpi_name : NULL;
    return 1;
  }
  return 0;
}

bool gcrt_append_folder_of(const void *address, gcrt_text_buffer *path) {
  char program[PATH_MAX];
  search wanted = {(uintptr_t)address, NULL};
  dl_iterate_phdr(look_at, &wanted);
  if (!wanted.file) {
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (length <= 0)
      return false;
    program[length] = '\0';
    wanted.file = program;
  }
  const char *slash = strrchr(wanted.file, '/');
  if (slash) // else it is in the working folder
    gcrt_text_append(path, wanted.file, (size_t)(slash + 1 - wanted.file));
  return true;
}
