/*===- pool.c - a pool of threads for the loops of one instance ------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "cpu/pool.h"

#include "core/memory.h"
#include "cpu/float_mode.h"
#include "cpu/pause.h"

#include <signal.h>

/* How often a thread looks for work before it sleeps: some ten microseconds,
 * which is longer than the step between two loops takes, and short enough for
 * machines that have other work to do. */
enum { SPINS = 1000 };

/* Pieces per thread: a thread that is late, or was given slow pieces, leaves
 * work to the others. A loop of few but long iterations, such as the blocks of
 * a matrix product, has one piece for each. */
enum { PIECES_PER_THREAD = 8 };

static uint32_t pieces_left(uint64_t ticket) { return (uint32_t)ticket; }

/*===-- Working ----------------------------------------------------------===*/

static void run_piece(gcrt_loop_body body, void *closure, int64_t n,
                      uint32_t n_pieces, uint32_t piece) {
  // Sizes of pieces differ by one at most. The last pieces are taken first, and
  // are the longer ones: what threads wait for in the end is short.
  int64_t size = n / n_pieces, shorter = n_pieces - n % n_pieces;
  int64_t is_longer = piece >= shorter;
  int64_t lo = piece * size + (is_longer ? piece - shorter : 0);
  body(closure, lo, lo + size + is_longer);
}

static void finish_piece(gcrt_pool *pool) {
  if (atomic_fetch_sub(&pool->unfinished, 1) != 1)
    return;
  // The caller sets its flag and then looks at the count; we do the reverse, so
  // one of us sees the other.
  if (atomic_load(&pool->caller_sleeps)) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_signal(&pool->done);
    pthread_mutex_unlock(&pool->mutex);
  }
}

/* Takes pieces of the published loop until there are none. */
static void work(gcrt_pool *pool) {
  uint64_t ticket = atomic_load(&pool->ticket);
  while (pieces_left(ticket) > 0) {
    int64_t n = atomic_load_explicit(&pool->n, memory_order_relaxed);
    uint32_t n_pieces =
        atomic_load_explicit(&pool->n_pieces, memory_order_relaxed);
    gcrt_loop_body body =
        atomic_load_explicit(&pool->body, memory_order_relaxed);
    void *closure = atomic_load_explicit(&pool->closure, memory_order_relaxed);
    // Success means that the ticket is still that of the loop that we read: the
    // fields change only when no piece of it is left.
    if (atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket - 1)) {
      run_piece(body, closure, n, n_pieces, pieces_left(ticket) - 1);
      finish_piece(pool);
      ticket = atomic_load(&pool->ticket);
    }
  }
}

static bool has_work(gcrt_pool *pool) {
  return pieces_left(atomic_load(&pool->ticket)) > 0 ||
         atomic_load(&pool->stop);
}

static void wait_for_work(gcrt_pool *pool) {
  for (int i = 0; i < SPINS; ++i) {
    if (has_work(pool))
      return;
    gcrt_cpu_pause();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleepers, 1);
  while (!has_work(pool))
    pthread_cond_wait(&pool->work, &pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static void *run_thread(void *argument) {
  gcrt_pool *pool = argument;
  gcrt_flush_subnormals(); // as the caller's thread does
  while (!atomic_load(&pool->stop)) {
    wait_for_work(pool);
    work(pool);
  }
  return NULL;
}

/*===-- The caller -------------------------------------------------------===*/

/* Starts the threads, with all signals blocked: those belong to the program. */
static void start_threads(gcrt_pool *pool) {
  pool->tried = true;
  sigset_t all, before;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
    return;
  while (pool->n_started + 1 < pool->n_threads &&
         pthread_create(&pool->threads[pool->n_started], NULL, run_thread,
                        pool) == 0)
    ++pool->n_started;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void wake(gcrt_pool *pool, uint32_t n) {
  if (atomic_load(&pool->sleepers) == 0)
    return;
  pthread_mutex_lock(&pool->mutex);
  uint32_t sleepers = atomic_load(&pool->sleepers);
  if (n >= sleepers)
    pthread_cond_broadcast(&pool->work);
  else
    for (uint32_t i = 0; i < n; ++i)
      pthread_cond_signal(&pool->work);
  pthread_mutex_unlock(&pool->mutex);
}

static void wait_until_done(gcrt_pool *pool) {
  for (int i = 0; i < SPINS; ++i) {
    if (atomic_load(&pool->unfinished) == 0)
      return;
    gcrt_cpu_pause();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->caller_sleeps, true);
  while (atomic_load(&pool->unfinished) != 0)
    pthread_cond_wait(&pool->done, &pool->mutex);
  atomic_store(&pool->caller_sleeps, false);
  pthread_mutex_unlock(&pool->mutex);
}

/* Cuts [0, n) into pieces of `grain` at least, as many for each thread as for
 * the others; 1: not worth a thread. */
static uint32_t count_pieces(const gcrt_pool *pool, int64_t n, int64_t grain) {
  if (pool->n_threads < 2)
    return 1;
  int64_t most = (int64_t)pool->n_threads * PIECES_PER_THREAD;
  int64_t pieces = n / (grain < 1 ? 1 : grain);
  if (pieces < 2)
    return 1;
  if (pieces > pool->n_threads)
    pieces -= pieces % pool->n_threads;
  return (uint32_t)(pieces < most ? pieces : most);
}

void gcrt_pool_run(gcrt_pool *pool, int64_t n, int64_t grain,
                   gcrt_loop_body body, void *closure) {
  if (n <= 0)
    return;
  uint32_t n_pieces = count_pieces(pool, n, grain);
  // A loop inside a piece of another runs where it is.
  if (n_pieces == 1 || atomic_load(&pool->busy)) {
    body(closure, 0, n);
    return;
  }
  if (!pool->tried)
    start_threads(pool);
  atomic_store(&pool->busy, true);
  atomic_store_explicit(&pool->n, n, memory_order_relaxed);
  atomic_store_explicit(&pool->n_pieces, n_pieces, memory_order_relaxed);
  atomic_store_explicit(&pool->body, body, memory_order_relaxed);
  atomic_store_explicit(&pool->closure, closure, memory_order_relaxed);
  atomic_store(&pool->unfinished, n_pieces);
  uint64_t loop = (atomic_load(&pool->ticket) >> 32) + 1;
  atomic_store(&pool->ticket, loop << 32 | n_pieces);

  wake(pool, n_pieces - 1);
  work(pool);
  wait_until_done(pool);
  atomic_store(&pool->busy, false);
}

/*===-- Life -------------------------------------------------------------===*/

bool gcrt_pool_init(gcrt_pool *pool, uint32_t n_threads,
                    const gcrt_allocator *allocator) {
  pool->threads =
      gcrt_allocate_zeroed(allocator, n_threads - 1, sizeof(*pool->threads));
  if (!pool->threads)
    return false;
  pool->n_threads = n_threads;
  // With default attributes these cannot fail on Linux; they take no resources.
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->work, NULL);
  pthread_cond_init(&pool->done, NULL);
  return true;
}

void gcrt_pool_stop(gcrt_pool *pool, const gcrt_allocator *allocator) {
  if (!pool->threads)
    return;
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->stop, true);
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->mutex);
  for (uint32_t i = 0; i < pool->n_started; ++i)
    pthread_join(pool->threads[i], NULL);
  pthread_cond_destroy(&pool->done);
  pthread_cond_destroy(&pool->work);
  pthread_mutex_destroy(&pool->mutex);
  gcrt_free(allocator, pool->threads);
  pool->threads = NULL;
}
