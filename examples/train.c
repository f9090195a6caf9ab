/*===- train.c - a C program that trains a compiled model ------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Trains the model that classifier.py makes: each step takes the next batch of
 * two array files, which are read slice by slice. After each epoch the state is
 * saved, so that a run that is killed loses one epoch at most.
 *
 *   graph-compile classifier -c
 *   cc train.c classifier.o -lgcrt -lm -o train
 *   ./train points.npy classes.npy STATE EPOCHS
 *
 *===----------------------------------------------------------------------===*/

#include "classifier.h"
#include "gcrt/npy.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct batches {
  gcrt_npy_slices points, classes;
} batches;

/* Opens both files, or says why it cannot. */
static bool open_batches(batches *b, const char *points, const char *classes) {
  char message[256];
  *b = (batches){0};
  if (gcrt_npy_open(points, NULL, &b->points, message, sizeof(message)) !=
          GCRT_OK ||
      gcrt_npy_open(classes, NULL, &b->classes, message, sizeof(message)) !=
          GCRT_OK) {
    fprintf(stderr, "%s\n", message);
    return false;
  }
  // What the header of the model takes for granted.
  const gcrt_tensor *point = &b->points.slice, *class = &b->classes.slice;
  if (point->dtype == GCRT_F32 && point->rank == 2 && point->dims[1] == 2 &&
      class->dtype == GCRT_I32 && class->rank == 1 &&
      b->points.count == b->classes.count)
    return true;
  fprintf(stderr, "expected float32[STEPS,N,2] and int32[STEPS,N]\n");
  return false;
}

static void close_batches(batches *b) {
  gcrt_npy_close(&b->points);
  gcrt_npy_close(&b->classes);
}

/* Takes one step with each batch; *loss is the mean of their losses. */
static bool train_epoch(gcrt_instance *model, batches *b, double *loss) {
  char message[256];
  *loss = 0;
  for (uint64_t i = 0; i < b->points.count; ++i) {
    if (gcrt_npy_read_slice(&b->points, i, message, sizeof(message)) !=
            GCRT_OK ||
        gcrt_npy_read_slice(&b->classes, i, message, sizeof(message)) !=
            GCRT_OK) {
      fprintf(stderr, "%s\n", message);
      return false;
    }
    gcrt_result result = {0}; /* no buffer: the value stays in the instance */
    if (classifier_train(model, b->classes.data, b->classes.slice.dims[0],
                         b->points.data, b->points.slice.dims[0],
                         &result) != GCRT_OK) {
      fprintf(stderr, "%s\n", gcrt_last_error(model));
      return false;
    }
    *loss += *(const float *)result.tensor.data / (double)b->points.count;
  }
  return true;
}

static bool train(gcrt_instance *model, batches *b, const char *state,
                  long epochs) {
  for (long epoch = 1; epoch <= epochs; ++epoch) {
    double loss;
    if (!train_epoch(model, b, &loss))
      return false;
    printf("epoch %ld: loss %.2f\n", epoch, loss);
    if (gcrt_save(model, state) != GCRT_OK) {
      fprintf(stderr, "%s\n", gcrt_last_error(model));
      return false;
    }
  }
  return true;
}

/* Goes on from a state that an earlier run has saved, if there is one. */
static bool load(gcrt_instance *model, const char *state) {
  FILE *file = fopen(state, "rb");
  if (!file)
    return true;
  fclose(file);
  if (gcrt_load(model, state) == GCRT_OK)
    return true;
  fprintf(stderr, "%s\n", gcrt_last_error(model));
  return false;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: %s POINTS.npy CLASSES.npy STATE EPOCHS\n", argv[0]);
    return 2;
  }
  char message[256] = "";
  gcrt_options options = {.message = message, .message_bytes = sizeof(message)};
  gcrt_instance *model;
  if (classifier_create(&options, &model) != GCRT_OK) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  batches b;
  bool good = open_batches(&b, argv[1], argv[2]) && load(model, argv[3]) &&
              train(model, &b, argv[3], strtol(argv[4], NULL, 10));
  close_batches(&b);
  gcrt_destroy(model);
  return good ? 0 : 1;
}
