/*===- names.c - names and sizes of statuses and element types -------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "gcrt/runtime.h"

static const char *const status_names[] = {
    [GCRT_OK] = "GCRT_OK",
    [GCRT_ERROR] = "GCRT_ERROR",
    [GCRT_INVALID_ARGUMENT] = "GCRT_INVALID_ARGUMENT",
    [GCRT_ASSERTION_FAILED] = "GCRT_ASSERTION_FAILED",
    [GCRT_OUT_OF_MEMORY] = "GCRT_OUT_OF_MEMORY",
    [GCRT_IO_ERROR] = "GCRT_IO_ERROR",
    [GCRT_MODEL_MISMATCH] = "GCRT_MODEL_MISMATCH",
    [GCRT_NOT_FOUND] = "GCRT_NOT_FOUND",
    [GCRT_BUFFER_TOO_SMALL] = "GCRT_BUFFER_TOO_SMALL",
    [GCRT_UNINITIALIZED] = "GCRT_UNINITIALIZED",
    [GCRT_UNSUPPORTED_CPU] = "GCRT_UNSUPPORTED_CPU",
};

static const struct {
  const char *name;
  size_t size;
} dtypes[] = {
    [GCRT_F64] = {"float64", 8}, [GCRT_F32] = {"float32", 4},
    [GCRT_F16] = {"float16", 2}, [GCRT_BF16] = {"bfloat16", 2},
    [GCRT_I64] = {"int64", 8},   [GCRT_I32] = {"int32", 4},
    [GCRT_I16] = {"int16", 2},   [GCRT_I8] = {"int8", 1},
    [GCRT_U64] = {"uint64", 8},  [GCRT_U32] = {"uint32", 4},
    [GCRT_U16] = {"uint16", 2},  [GCRT_U8] = {"uint8", 1},
    [GCRT_BOOL] = {"bool", 1},
};

static const size_t n_statuses = sizeof(status_names) / sizeof(*status_names);
static const size_t n_dtypes = sizeof(dtypes) / sizeof(*dtypes);

const char *gcrt_status_name(int32_t status) {
  if (status < 0 || (size_t)status >= n_statuses)
    return "unknown status";
  return status_names[status];
}

const char *gcrt_dtype_name(uint32_t dtype) {
  return dtype < n_dtypes ? dtypes[dtype].name : NULL;
}

size_t gcrt_dtype_size(uint32_t dtype) {
  return dtype < n_dtypes ? dtypes[dtype].size : 0;
}
