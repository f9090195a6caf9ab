/*===- pool.h - a pool of threads for the loops of one instance ------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CPU_POOL_H
#define GCRT_CPU_POOL_H

#include "gcrt/runtime.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define GCRT_MAX_THREADS 1024

typedef void (*gcrt_loop_body)(void *closure, int64_t lo, int64_t hi);

/* One loop at a time. The caller writes the loop's fields and then publishes it
 * by storing `ticket`; whoever takes a piece from the ticket works on it. The
 * caller ends when all pieces are done: it never waits for a thread that has
 * taken none. */
typedef struct gcrt_pool {
  uint32_t n_threads; /* the caller's included */
  uint32_t n_started; /* threads in `threads` that run */
  bool tried;         /* starting them was tried */
  pthread_t *threads; /* room for n_threads - 1 */

  pthread_mutex_t mutex;
  pthread_cond_t work; /* a loop was published, or it is time to stop */
  pthread_cond_t done; /* the last piece was done */

  /* High half: number of the loop. Low half: pieces that nobody has taken. */
  _Alignas(64) _Atomic uint64_t ticket;
  _Atomic uint32_t sleepers; /* threads that wait for `work` */
  _Atomic bool stop;

  _Alignas(64) _Atomic uint32_t unfinished; /* pieces that are not done */
  _Atomic bool caller_sleeps;
  _Atomic bool busy; /* a loop is running: further ones are nested */

  /* The loop. Atomic because a thread that comes late may read them while the
   * next loop is written; it then fails to take a piece. */
  _Alignas(64) _Atomic int64_t n;
  _Atomic uint32_t n_pieces;
  _Atomic(gcrt_loop_body) body;
  _Atomic(void *) closure;
} gcrt_pool;

/* Sets up a pool, all zero so far, of `n_threads` (1..GCRT_MAX_THREADS)
 * threads. Starts none. False: out of memory. */
bool gcrt_pool_init(gcrt_pool *pool, uint32_t n_threads,
                    const gcrt_allocator *allocator);

/* Ends the threads. A pool that is all zero is allowed. */
void gcrt_pool_stop(gcrt_pool *pool, const gcrt_allocator *allocator);

/* Runs a loop as gcrt_parallel_for says. Threads that cannot be started are
 * done without. */
void gcrt_pool_run(gcrt_pool *pool, int64_t n, int64_t grain,
                   gcrt_loop_body body, void *closure);

#endif /* GCRT_CPU_POOL_H */
