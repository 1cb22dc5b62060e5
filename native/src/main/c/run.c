/*
 * Loops: a kernel again and again, and trial transactions over raw memory, timed without downcalls.
 */
#define _POSIX_C_SOURCE 199309L
#include "kernels.h"

#include <time.h>

/* Operations between two looks at the stop word. */
#define STOP_EVERY 64

static uint64_t nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* xorshift64 */
static uint64_t draw(uint64_t *seed) {
  uint64_t x = *seed;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return *seed = x;
}

static uint64_t below(uint64_t *seed, uint64_t bound) {
  return (draw(seed) >> 32) * bound >> 32;
}

/* One object out of each of n equal parts of the array: so indices rise. */
static void draw_changes(const stm_htm_ground *g, uint64_t *seed, stm_htm_change *changes,
                         uint64_t n) {
  uint64_t part = g->object_count / n;
  for (uint64_t i = 0; i < n; i++) {
    uint64_t index = i * part + below(seed, part);
    uint64_t value = __atomic_load_n(
        (uint64_t *)(g->base + load(g->objects + 8 * index) + STM_HTM_HEADER_BYTES),
        __ATOMIC_RELAXED);
    changes[i] = (stm_htm_change){index, value, value + 1};
  }
}

static void draw_operation(const stm_htm_run *run, uint64_t *seed, operation *op,
                           stm_htm_change *changes) {
  const stm_htm_ground *g = (const stm_htm_ground *)run->ground;
  int is_read = run->read_only_percent != 0 && below(seed, 100) < run->read_only_percent;
  op->kernel = run->kernel;
  if (is_read) {
    op->kernel = run->kernel == STM_HTM_PUT ? STM_HTM_GET : STM_HTM_SUM;
  }
  op->n = run->size;
  op->second = 1;
  switch (op->kernel) {
    case STM_HTM_TRANSFER:
      op->first = below(seed, g->object_count);
      op->second = below(seed, g->object_count - 1);
      op->second += op->second >= op->first;
      op->value = 1;
      break;
    case STM_HTM_SWAP:
      draw_changes(g, seed, changes, run->size);
      op->changes = changes;
      break;
    case STM_HTM_ADD:
    case STM_HTM_SUM:
      op->first = below(seed, g->object_count - run->size + 1);
      op->value = 1;
      break;
    case STM_HTM_PUT:
    case STM_HTM_GET:
      op->key = 1 + below(seed, run->keys);
      op->value = draw(seed);
      break;
    default: break;
  }
}

static int32_t check_run(const stm_htm_run *run) {
  const stm_htm_ground *g = (const stm_htm_ground *)run->ground;
  int maps = run->kernel == STM_HTM_PUT || run->kernel == STM_HTM_GET;
  int sums = !maps && (run->kernel == STM_HTM_SUM || run->read_only_percent != 0);
  int changes = run->kernel == STM_HTM_SWAP || run->kernel == STM_HTM_ADD;
  if (run->ground == 0 || run->ground % 8 != 0 || run->stop % 8 != 0 || run->seed == 0 ||
      run->kernel > STM_HTM_GET || run->read_only_percent > 100 || (maps && run->keys == 0)) {
    return STM_HTM_BAD;
  }
  int32_t checked = kernel_check_ground(g, run->form);
  if (checked != STM_HTM_OK) {
    return checked;
  }
  if ((changes && run->size > STM_HTM_MAX_CHANGES) || (sums && run->size > STM_HTM_MAX_SUMMED)) {
    return STM_HTM_TOO_LARGE;
  }
  if (((sums || changes) && (run->size == 0 || run->size > g->object_count)) ||
      (run->kernel == STM_HTM_TRANSFER && g->object_count < 2)) {
    return STM_HTM_BAD;
  }
  return kernel_check_objects(g, 0, 1, g->object_count);
}

STM_HTM_API int32_t stm_htm_run_kernel(uint64_t address) {
  stm_htm_run *run = (stm_htm_run *)address;
  int32_t checked = check_run(run);
  if (checked != STM_HTM_OK) {
    return checked;
  }
  stm_htm_ground *g = (stm_htm_ground *)run->ground;
  stm_htm_change changes[STM_HTM_MAX_CHANGES];
  operation op = {0};
  uint64_t seed = run->seed;
  uint64_t done = 0;
  uint64_t i = 0;
  uint64_t start = nanos();
  uint64_t ticks = cpu_ticks();
  for (; i < run->ops; i++) {
    if (i % STOP_EVERY == 0 && run->stop != 0 &&
        __atomic_load_n((const uint64_t *)run->stop, __ATOMIC_ACQUIRE) != 0) {
      break;
    }
    draw_operation(run, &seed, &op, changes);
    int32_t result = kernel_perform(g, run->form, &op);
    done += result == STM_HTM_OK || (op.kernel == STM_HTM_GET && result == STM_HTM_DIFFERENT);
    cpu_pauses(run->think);
  }
  run->ticks = cpu_ticks() - ticks;
  run->nanos = nanos() - start;
  run->done = done;
  run->failed = i - done;
  return STM_HTM_OK;
}

/* ---- trials over raw memory */

ALWAYS_INLINE uint32_t touch(uint64_t memory, uint64_t end, uint64_t stride, int writes) {
  uint32_t status = rtm_begin();
  if (status == RTM_STARTED) {
    for (uint64_t at = memory; at != end; at += stride) {
      if (writes) {
        store(at, end);
      } else {
        (void)*(const volatile uint64_t *)at;
      }
    }
    rtm_end();
  }
  return status;
}

static void make_trials(stm_htm_trial *trial, int writes) {
  uint64_t end = trial->memory + (uint64_t)trial->lines * trial->stride;
  stm_htm_counts *counts = &trial->counts;
  for (uint32_t i = 0; i < trial->trials; i++) {
    uint32_t status = touch(trial->memory, end, trial->stride, writes);
    counts->attempts++;
    if (status == RTM_STARTED) {
      counts->commits++;
    } else {
      rtm_count_abort(counts, status);
    }
  }
}

STM_HTM_API int32_t stm_htm_try(uint64_t address) {
  stm_htm_trial *trial = (stm_htm_trial *)address;
  if (trial->memory % 8 != 0 || trial->stride % 8 != 0 || trial->stride == 0 ||
      (uint64_t)trial->lines * trial->stride > trial->bytes) {
    return STM_HTM_BAD;
  }
  if (!rtm_is_usable()) {
    return STM_HTM_UNAVAILABLE;
  }
  /* No page fault and no cold line inside the first of them. */
  for (uint64_t i = 0; i < trial->lines; i++) {
    touch_word(trial->memory + i * trial->stride);
  }
  uint64_t start = nanos();
  uint64_t ticks = cpu_ticks();
  if (trial->writes) {
    make_trials(trial, 1);
  } else {
    make_trials(trial, 0);
  }
  trial->ticks = cpu_ticks() - ticks;
  trial->nanos = nanos() - start;
  return STM_HTM_OK;
}
