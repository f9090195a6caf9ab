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
#define GCRT_ABI_VERSION 5

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
  const char *name; /* unique in the model; NULL: hidden, the model's own: it is
                       neither listed nor saved nor loaded, and begins anew
                       with each instance */
  uint32_t dtype;   /* gcrt_dtype */
  uint32_t rank;
  const int64_t *shape; /* `rank` sizes, -1 where open: what sets the variable
                           gives it that size; NULL if rank 0 */
  const int64_t *dims;  /* `rank` sizes in a new instance, none open: `shape`
                           itself if none is open there; NULL if rank 0 */
  uint64_t bytes;       /* of a value of these sizes: elements times size of an
                           element */
  uint64_t initial;     /* where the value of a new instance, `bytes` bytes, is
                           in the model's data; GCRT_ZEROS: all its bytes are
                           zero; GCRT_NO_DATA: not set until it is assigned or
                           loaded */
} gcrt_variable_spec;

/* An entry point, whatever CPU runs it. */
typedef struct gcrt_function_spec {
  const char *name; /* unique in the model */
  uint32_t n_inputs;
  uint32_t n_outputs;
  const gcrt_tensor_spec *inputs;  /* `n_inputs` of them, in the order of
                                      gcrt_frame.inputs */
  const gcrt_tensor_spec *outputs; /* `n_outputs` of them, in the order of
                                      gcrt_output's index */
} gcrt_function_spec;

/* The code of one function for one kind of CPU. */
typedef struct gcrt_function_code {
  gcrt_entry entry;
  uint64_t arena_bytes; /* memory at gcrt_frame.arena that it needs */
  uint32_t n_scratch;   /* slots of gcrt_scratch that it uses: 0..n_scratch-1 */
  uint32_t reserved;    /* 0 */
} gcrt_function_code;

/* Stands for a number that depends on the sizes of a call. */
#define GCRT_UNKNOWN UINT64_MAX

/* A launch: a place in the code where a kernel runs. Texts are given by where
 * they begin in gcrt_variant.launch_texts. */
typedef struct gcrt_launch_spec {
  uint32_t node;   /* text: the node that it is named after; may be empty */
  uint32_t nodes;  /* text: all nodes that it computes, joined by ", " */
  uint32_t kernel; /* text: the name of the kernel; launches may share one */
  uint32_t kind;   /* text: what the kernel does, "matrix product" */
  uint64_t flops;  /* operations on floating-point numbers, or GCRT_UNKNOWN */
  uint64_t bytes;  /* that it reads and writes, or GCRT_UNKNOWN */
} gcrt_launch_spec;

/* The code of a model for one kind of CPU. */
typedef struct gcrt_variant {
  const char *cpu;          /* its name for the compiler, "x86-64-v3"; unique in
                               the model */
  const char *cpu_features; /* features that the code uses, LLVM's names joined
                               by commas, for example "avx2,fma"; "": those of
                               every CPU of the architecture. List those that
                               choose instructions, no tuning flags: a name that
                               the runtime does not know is refused */
  const gcrt_function_code *functions;   /* in the order of
                                            gcrt_model.functions */
  const gcrt_function_code *initializer; /* run once for each new instance; has
                                            no inputs and outputs. NULL: none */
  uint64_t weights; /* where in the model's data its weights start, a multiple
                       of GCRT_ALIGNMENT; ignored if there is no data */
  const gcrt_launch_spec *launches; /* `n_launches` of them, of all functions;
                                       gcrt_mark knows each by its index */
  const char *launch_texts;         /* each ended by a zero byte */
  uint32_t n_launches;
  uint32_t reserved; /* 0 */
} gcrt_variant;

/* Stand for an offset in the data of a model: there is nothing; there are zero
 * bytes, which nobody has written down. */
#define GCRT_NO_DATA UINT64_MAX
#define GCRT_ZEROS (UINT64_MAX - 1)

/* A compiled model. */
typedef struct gcrt_model {
  uint32_t abi_version; /* GCRT_ABI_VERSION of the compiler; the first field of
                           every version */
  uint32_t struct_size; /* sizeof(gcrt_model) as the compiler knows it, bytes */
  const char *name;     /* the model's name */
  uint32_t n_functions;
  uint32_t n_variables;
  const gcrt_function_spec *functions;
  const gcrt_variable_spec *variables; /* in the order of
                                          gcrt_frame.variables */
  const gcrt_variant *variants;        /* `n_variants` (> 0) of them, the best
                                          first: an instance runs the first one
                                          that its CPU can run */
  uint32_t n_variants;
  uint32_t reserved;     /* 0 */
  const void *data;      /* constants: weights and initial values of variables,
                            GCRT_ALIGNMENT-aligned. NULL: there are none, or
                            they are in a file */
  uint64_t data_bytes;   /* here or in the file */
  const char *data_file; /* the name, without a folder, of the file of the data
                            (gcrt_data_header); NULL: the data is here */
  uint8_t data_id[16];   /* the id that the file must have; else 0 */
  const char *compiler;  /* who made the object, for messages */
  uint64_t flags;        /* 0 in this version */
} gcrt_model;

/* How a file of data begins; the data follow at once, so that they are aligned
 * when the file is mapped. */
typedef struct gcrt_data_header {
  char magic[8];    /* GCRT_DATA_MAGIC, without a final zero byte */
  uint32_t version; /* GCRT_DATA_VERSION */
  uint32_t reserved;
  uint64_t bytes; /* of data, as gcrt_model.data_bytes */
  uint8_t id[16]; /* a hash of the data: gcrt_model.data_id */
  uint8_t padding[24];
} gcrt_data_header;

#define GCRT_DATA_MAGIC "gcrtdata"
#define GCRT_DATA_VERSION 1

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
  const void *weights;              /* the data at gcrt_variant.weights */
  struct gcrt_instance *instance;   /* opaque to generated code */
  struct gcrt_profile *profile;     /* opaque; NULL: nothing is recorded, and
                                       gcrt_mark is not to be called */
  const int64_t *const *variable_dims; /* sizes of variable i now, as many as
                                          its rank; gcrt_resize_variable
                                          changes them, and the storage */
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

static_assert(sizeof(gcrt_variable_spec) == 48, "ABI");
static_assert(offsetof(gcrt_variable_spec, dtype) == 8, "ABI");
static_assert(offsetof(gcrt_variable_spec, rank) == 12, "ABI");
static_assert(offsetof(gcrt_variable_spec, shape) == 16, "ABI");
static_assert(offsetof(gcrt_variable_spec, dims) == 24, "ABI");
static_assert(offsetof(gcrt_variable_spec, bytes) == 32, "ABI");
static_assert(offsetof(gcrt_variable_spec, initial) == 40, "ABI");

static_assert(sizeof(gcrt_function_spec) == 32, "ABI");
static_assert(offsetof(gcrt_function_spec, n_inputs) == 8, "ABI");
static_assert(offsetof(gcrt_function_spec, n_outputs) == 12, "ABI");
static_assert(offsetof(gcrt_function_spec, inputs) == 16, "ABI");
static_assert(offsetof(gcrt_function_spec, outputs) == 24, "ABI");

static_assert(sizeof(gcrt_function_code) == 24, "ABI");
static_assert(offsetof(gcrt_function_code, arena_bytes) == 8, "ABI");
static_assert(offsetof(gcrt_function_code, n_scratch) == 16, "ABI");

static_assert(sizeof(gcrt_launch_spec) == 32, "ABI");
static_assert(offsetof(gcrt_launch_spec, nodes) == 4, "ABI");
static_assert(offsetof(gcrt_launch_spec, kernel) == 8, "ABI");
static_assert(offsetof(gcrt_launch_spec, kind) == 12, "ABI");
static_assert(offsetof(gcrt_launch_spec, flops) == 16, "ABI");
static_assert(offsetof(gcrt_launch_spec, bytes) == 24, "ABI");

static_assert(sizeof(gcrt_variant) == 64, "ABI");
static_assert(offsetof(gcrt_variant, cpu_features) == 8, "ABI");
static_assert(offsetof(gcrt_variant, functions) == 16, "ABI");
static_assert(offsetof(gcrt_variant, initializer) == 24, "ABI");
static_assert(offsetof(gcrt_variant, weights) == 32, "ABI");
static_assert(offsetof(gcrt_variant, launches) == 40, "ABI");
static_assert(offsetof(gcrt_variant, launch_texts) == 48, "ABI");
static_assert(offsetof(gcrt_variant, n_launches) == 56, "ABI");

static_assert(sizeof(gcrt_model) == 112, "ABI");
static_assert(offsetof(gcrt_model, struct_size) == 4, "ABI");
static_assert(offsetof(gcrt_model, name) == 8, "ABI");
static_assert(offsetof(gcrt_model, n_functions) == 16, "ABI");
static_assert(offsetof(gcrt_model, n_variables) == 20, "ABI");
static_assert(offsetof(gcrt_model, functions) == 24, "ABI");
static_assert(offsetof(gcrt_model, variables) == 32, "ABI");
static_assert(offsetof(gcrt_model, variants) == 40, "ABI");
static_assert(offsetof(gcrt_model, n_variants) == 48, "ABI");
static_assert(offsetof(gcrt_model, data) == 56, "ABI");
static_assert(offsetof(gcrt_model, data_bytes) == 64, "ABI");
static_assert(offsetof(gcrt_model, data_file) == 72, "ABI");
static_assert(offsetof(gcrt_model, data_id) == 80, "ABI");
static_assert(offsetof(gcrt_model, compiler) == 96, "ABI");
static_assert(offsetof(gcrt_model, flags) == 104, "ABI");

static_assert(sizeof(gcrt_data_header) == 64, "ABI");
static_assert(offsetof(gcrt_data_header, version) == 8, "ABI");
static_assert(offsetof(gcrt_data_header, bytes) == 16, "ABI");
static_assert(offsetof(gcrt_data_header, id) == 24, "ABI");

static_assert(sizeof(gcrt_frame) == 72, "ABI");
static_assert(offsetof(gcrt_frame, input_dims) == 8, "ABI");
static_assert(offsetof(gcrt_frame, arena) == 16, "ABI");
static_assert(offsetof(gcrt_frame, variables) == 24, "ABI");
static_assert(offsetof(gcrt_frame, variable_set) == 32, "ABI");
static_assert(offsetof(gcrt_frame, weights) == 40, "ABI");
static_assert(offsetof(gcrt_frame, instance) == 48, "ABI");
static_assert(offsetof(gcrt_frame, profile) == 56, "ABI");
static_assert(offsetof(gcrt_frame, variable_dims) == 64, "ABI");

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GCRT_MODEL_H */
