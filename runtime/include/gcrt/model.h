/*===- gcrt/model.h - what a compiled object looks like --------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The schema that compiled objects obey and the runtime reads. It stands alone:
 * it includes no other header of the runtime. A compiled object exports one
 * symbol, `const gcrt_model ID_model`, where ID is the model's name in C.
 *
 * Everything here is read-only data of the object and lives as long as the
 * object does. Pointers are never NULL unless a field says so; an array whose
 * count is zero may be NULL. Strings end in a zero byte and are UTF-8. Only
 * 64-bit, little-endian targets exist.
 *
 * Changing anything here means raising GCRT_ABI_VERSION and changing lib/Emit
 * and docs/Abi.md; runtime/test/abi_demo.c is the schema written out by hand.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_MODEL_H
#define GCRT_MODEL_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this schema and of generated.h. */
#define GCRT_ABI_VERSION 1

/* The alignment, in bytes, of the arena, the weights, scratch memory, variables
 * and outputs that live in the instance. Buffers of the caller (inputs, and
 * outputs that go to a buffer of the caller) are aligned as their element type
 * only. */
#define GCRT_ALIGNMENT 64

/* Element types. A boolean is one byte, 0 or 1. */
typedef enum gcrt_dtype {
  GCRT_F64 = 1,
  GCRT_F32 = 2,
  GCRT_F16 = 3,
  GCRT_BF16 = 4,
  GCRT_I64 = 5,
  GCRT_I32 = 6,
  GCRT_I16 = 7,
  GCRT_I8 = 8,
  GCRT_U64 = 9,
  GCRT_U32 = 10,
  GCRT_U16 = 11,
  GCRT_U8 = 12,
  GCRT_BOOL = 13
} gcrt_dtype;

/* What every call returns. Generated code returns these numbers too. */
typedef enum gcrt_status {
  /* The call did what it says. */
  GCRT_OK = 0,
  /* The graph cannot be computed on these inputs: an index out of range, open
   * dimensions that disagree, an integer divided by zero. The message names the
   * node. What was ordered before it has happened. */
  GCRT_ERROR = 1,
  /* An argument does not fit; the message says which. Nothing has run. */
  GCRT_INVALID_ARGUMENT = 2,
  /* An assertion or a numerics check of the graph failed. Effects ordered
   * before it have happened, none after it. */
  GCRT_ASSERTION_FAILED = 3,
  /* The allocation table returned NULL. */
  GCRT_OUT_OF_MEMORY = 4,
  /* A file could not be opened, read, written or renamed. */
  GCRT_IO_ERROR = 5,
  /* The descriptor is of another version than the runtime, or contradicts
   * itself. */
  GCRT_MODEL_MISMATCH = 6,
  /* No function or variable of that name. */
  GCRT_NOT_FOUND = 7,
  /* A result does not fit the caller's buffer. The call has run; the result
   * says how many bytes are needed and where the value is until the next
   * call. */
  GCRT_BUFFER_TOO_SMALL = 8,
  /* A variable was read that nothing has set. */
  GCRT_UNINITIALIZED = 9,
  /* The object was built for a CPU that this machine does not have. */
  GCRT_UNSUPPORTED_CPU = 10
} gcrt_status;

/* A borrowed view of a tensor: row-major, without gaps. */
typedef struct gcrt_tensor {
  const void *data;    /* the elements; may be NULL if there are none */
  const int64_t *dims; /* `rank` sizes in elements, each >= 0; NULL if rank 0 */
  uint32_t dtype;      /* gcrt_dtype */
  uint32_t rank;
} gcrt_tensor;

/* One call, as generated code sees it (below). */
struct gcrt_frame;

/* The code of one function. Returns a gcrt_status. */
typedef int32_t (*gcrt_entry)(struct gcrt_frame *frame);

/* The type of one input or output of a function. */
typedef struct gcrt_tensor_spec {
  const char *name; /* as the model's user wrote it; unique among its kind */
  uint32_t dtype;   /* gcrt_dtype */
  uint32_t rank;
  const int64_t *shape; /* `rank` sizes, -1 where open; NULL if rank 0 */
} gcrt_tensor_spec;

/* A variable. All functions of a model share its variables. */
typedef struct gcrt_variable_spec {
  const char *name; /* unique in the model */
  uint32_t dtype;   /* gcrt_dtype */
  uint32_t rank;
  const int64_t *shape; /* `rank` sizes, none open; NULL if rank 0 */
  uint64_t bytes;       /* of the value: elements times size of an element */
  const void *initial;  /* `bytes` bytes, the value of a new instance; NULL: not
                           set until it is assigned or loaded */
} gcrt_variable_spec;

/* An entry point. */
typedef struct gcrt_function_spec {
  const char *name; /* unique in the model */
  uint32_t n_inputs;
  uint32_t n_outputs;
  const gcrt_tensor_spec *inputs;  /* `n_inputs` of them, in the order of
                                      gcrt_frame.inputs */
  const gcrt_tensor_spec *outputs; /* `n_outputs` of them, in the order of
                                      gcrt_output's index */
  gcrt_entry entry;
  uint64_t arena_bytes; /* memory at gcrt_frame.arena that it needs */
  uint32_t n_scratch;   /* slots of gcrt_scratch that it uses: 0..n_scratch-1 */
  uint32_t reserved;    /* 0 */
} gcrt_function_spec;

/* A compiled model. */
typedef struct gcrt_model {
  uint32_t abi_version; /* GCRT_ABI_VERSION of the compiler; the first field of
                           every version */
  uint32_t struct_size; /* sizeof(gcrt_model) as the compiler knows it, bytes */
  const char *name;     /* the model's name */
  uint32_t n_functions;
  uint32_t n_variables;
  const gcrt_function_spec *functions;
  const gcrt_variable_spec *variables;   /* in the order of
                                            gcrt_frame.variables */
  const gcrt_function_spec *initializer; /* run once for each new instance; has
                                            no inputs and outputs. NULL: none */
  const void *weights; /* constants, GCRT_ALIGNMENT-aligned; NULL: none */
  uint64_t weights_bytes;
  const char *cpu_features; /* features that the code uses, LLVM's names joined
                               by commas, for example "avx2,fma"; "": those of
                               every CPU of the architecture. List those that
                               choose instructions, no tuning flags: a name that
                               the runtime does not know is refused */
  const char *compiler;     /* who made the object, for messages */
  uint64_t flags;           /* 0 in this version */
} gcrt_model;

/* One call. Generated code reads it and never writes it, except through the
 * pointers. Contents of the arena do not outlive the call. */
typedef struct gcrt_frame {
  const void *const *inputs;        /* data of input i, borrowed, read-only */
  const int64_t *const *input_dims; /* sizes of input i, as many as its rank;
                                       static ones agree with the spec. NULL if
                                       its rank is 0 */
  char *arena;                      /* arena_bytes, GCRT_ALIGNMENT-aligned;
                                       contents undefined */
  void *const *variables;           /* storage of variable i */
  uint8_t *variable_set;            /* 1 once something has set variable i,
                                       else 0 */
  const void *weights;              /* gcrt_model.weights */
  struct gcrt_instance *instance;   /* opaque to generated code */
} gcrt_frame;

/* Executables are the object, libgcrt.a and libgcrt_main.a, which holds `main`.
 * Their object exports this beside `ID_model`, and it points there. */
extern const gcrt_model *const gcrt_main_model;

static_assert(sizeof(void *) == 8, "gcrt supports 64-bit targets only");
static_assert(sizeof(gcrt_tensor) == 24, "ABI");
static_assert(offsetof(gcrt_tensor, dims) == 8, "ABI");
static_assert(offsetof(gcrt_tensor, dtype) == 16, "ABI");
static_assert(offsetof(gcrt_tensor, rank) == 20, "ABI");

static_assert(sizeof(gcrt_tensor_spec) == 24, "ABI");
static_assert(offsetof(gcrt_tensor_spec, dtype) == 8, "ABI");
static_assert(offsetof(gcrt_tensor_spec, rank) == 12, "ABI");
static_assert(offsetof(gcrt_tensor_spec, shape) == 16, "ABI");

static_assert(sizeof(gcrt_variable_spec) == 40, "ABI");
static_assert(offsetof(gcrt_variable_spec, dtype) == 8, "ABI");
static_assert(offsetof(gcrt_variable_spec, rank) == 12, "ABI");
static_assert(offsetof(gcrt_variable_spec, shape) == 16, "ABI");
static_assert(offsetof(gcrt_variable_spec, bytes) == 24, "ABI");
static_assert(offsetof(gcrt_variable_spec, initial) == 32, "ABI");

static_assert(sizeof(gcrt_function_spec) == 56, "ABI");
static_assert(offsetof(gcrt_function_spec, n_inputs) == 8, "ABI");
static_assert(offsetof(gcrt_function_spec, n_outputs) == 12, "ABI");
static_assert(offsetof(gcrt_function_spec, inputs) == 16, "ABI");
static_assert(offsetof(gcrt_function_spec, outputs) == 24, "ABI");
static_assert(offsetof(gcrt_function_spec, entry) == 32, "ABI");
static_assert(offsetof(gcrt_function_spec, arena_bytes) == 40, "ABI");
static_assert(offsetof(gcrt_function_spec, n_scratch) == 48, "ABI");

static_assert(sizeof(gcrt_model) == 88, "ABI");
static_assert(offsetof(gcrt_model, struct_size) == 4, "ABI");
static_assert(offsetof(gcrt_model, name) == 8, "ABI");
static_assert(offsetof(gcrt_model, n_functions) == 16, "ABI");
static_assert(offsetof(gcrt_model, n_variables) == 20, "ABI");
static_assert(offsetof(gcrt_model, functions) == 24, "ABI");
static_assert(offsetof(gcrt_model, variables) == 32, "ABI");
static_assert(offsetof(gcrt_model, initializer) == 40, "ABI");
static_assert(offsetof(gcrt_model, weights) == 48, "ABI");
static_assert(offsetof(gcrt_model, weights_bytes) == 56, "ABI");
static_assert(offsetof(gcrt_model, cpu_features) == 64, "ABI");
static_assert(offsetof(gcrt_model, compiler) == 72, "ABI");
static_assert(offsetof(gcrt_model, flags) == 80, "ABI");

static_assert(sizeof(gcrt_frame) == 56, "ABI");
static_assert(offsetof(gcrt_frame, input_dims) == 8, "ABI");
static_assert(offsetof(gcrt_frame, arena) == 16, "ABI");
static_assert(offsetof(gcrt_frame, variables) == 24, "ABI");
static_assert(offsetof(gcrt_frame, variable_set) == 32, "ABI");
static_assert(offsetof(gcrt_frame, weights) == 40, "ABI");
static_assert(offsetof(gcrt_frame, instance) == 48, "ABI");

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GCRT_MODEL_H */
