/*===- load-models.c - models loaded at run time ---------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

/* usage: load-models LIBRARY SYMBOL [LIBRARY SYMBOL]..
 *
 * Loads models, counter.mlir all of them, each with the runtime in its own
 * library, and calls the first function of each. */
#include "gcrt/runtime.h"

#include <dlfcn.h>
#include <stdio.h>

typedef gcrt_status create_fn(const gcrt_model *, const gcrt_options *,
                              gcrt_instance **);
typedef gcrt_status call_fn(gcrt_instance *, uint32_t, const gcrt_tensor *,
                            uint32_t, gcrt_result *, uint32_t);
typedef void destroy_fn(gcrt_instance *);

static int run(void *library, const char *symbol) {
  const gcrt_model *model = dlsym(library, symbol);
  create_fn *create = (create_fn *)dlsym(library, "gcrt_create");
  call_fn *call = (call_fn *)dlsym(library, "gcrt_call");
  destroy_fn *destroy = (destroy_fn *)dlsym(library, "gcrt_destroy");
  gcrt_instance *instance;
  if (!model || !create || !call || !destroy ||
      create(model, NULL, &instance) != GCRT_OK)
    return 1;
  const float x[] = {1, 2, 3};
  const int64_t dims[] = {3};
  gcrt_tensor input = {x, dims, GCRT_F32, 1};
  gcrt_result total = {0};
  gcrt_status status = call(instance, 0, &input, 1, &total, 1);
  if (status == GCRT_OK)
    printf("%s %g\n", symbol, *(const float *)total.tensor.data);
  destroy(instance);
  return status != GCRT_OK;
}

int main(int argc, char **argv) {
  int result = argc < 3;
  for (int i = 1; i + 1 < argc; i += 2) {
    void *library = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);
    if (!library)
      fprintf(stderr, "%s\n", dlerror());
    result |= !library || run(library, argv[i + 1]);
  }
  return result;
}
