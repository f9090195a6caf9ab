//@ a module written by hand

#ifndef GCRT_TEST_ABI_DEMO_H
#define GCRT_TEST_ABI_DEMO_H

#include "gcrt/model.h"

extern const gcrt_model demo_model;

/* Numbers of its functions and variables. */
enum { DEMO_TRAIN, DEMO_SCALE, DEMO_NOTHING, DEMO_PEEK, DEMO_STACK };
enum { DEMO_COUNT, DEMO_WEIGHTS, DEMO_FLAGS };

#endif /* GCRT_TEST_ABI_DEMO_H */
