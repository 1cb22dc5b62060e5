/*
 * Runs the C tests of the shim, and says in one line how it went.
 *
 *   suite software|native|emulated [name of a test [times]]
 *
 * A test may be run several times, each with a seed of its own, until it fails.
 *
 * Ends with 0 if all tests have passed, 1 if one has failed, 2 if it could not run them, 3 where
 * there are no transactions to run them with.
 */
#define _POSIX_C_SOURCE 200809L
#include "suite.h"
#include "../../main/c/probe.h"

#include <dirent.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

unsigned mode;
uint64_t seed;
uint64_t abort_points;

_Alignas(4096) uint8_t region[REGION_BYTES];
stm_htm_descriptor descriptor __attribute__((aligned(64)));

static jmp_buf end_of_test;

void fail(const char *file, int line, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "  %s:%d: ", strrchr(file, '/') != 0 ? strrchr(file, '/') + 1 : file, line);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, " (SEED=%llu)\n", (unsigned long long)seed);
  va_end(arguments);
  longjmp(end_of_test, 1);
}

static uint64_t state;

uint64_t draw_below(uint64_t bound) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (state >> 16) % bound;
}

const emulated_counts *emulated(void) { return (const emulated_counts *)emulator_counts(); }

/* ---- looking at each step */

static struct {
  const range *ranges;
  size_t count;
  uint64_t steps;
  uint64_t different; /* steps at which an abort would leave something */
} watched;

static void look(void *unused) {
  int different = 0;
  (void)unused;
  for (size_t i = 0; i < watched.count; i++) {
    const range *r = &watched.ranges[i];
    different |= memcmp(r->memory, r->before, r->bytes) != 0;
  }
  watched.steps++;
  watched.different += (uint64_t)different;
}

void watch_steps(const range *ranges, size_t count) {
  watched.ranges = ranges;
  watched.count = count;
  watched.steps = 0;
  watched.different = 0;
  emulator_at_each_step(look, 0);
}

uint64_t end_watch(void) {
  emulator_at_each_step(0, 0);
  abort_points += watched.steps;
  CHECK(watched.steps != 0, "no transaction was looked at");
  CHECK(watched.different == 0, "aborts before %llu of %llu instructions would leave something",
        (unsigned long long)watched.different, (unsigned long long)watched.steps);
  return watched.steps;
}

/* ---- a region */

uint64_t word_at(uint64_t offset) { return load((uint64_t)region + offset); }
void set_word_at(uint64_t offset, uint64_t word) { store((uint64_t)region + offset, word); }
uint64_t object_at(uint64_t index) { return OBJECTS_AT + index * OBJECT_BYTES; }

uint64_t header_of(uint64_t version, uint64_t slot) {
  return version << STM_HTM_VERSION_SHIFT | slot;
}

void reset_region(void) {
  for (uint64_t at = 0; at < REGION_BYTES; at += 8) {
    set_word_at(at, draw_below(UINT64_MAX));
  }
  *CONTROL = (stm_htm_control){.clock = CLOCK};
  for (uint64_t i = 0; i < OBJECTS; i++) {
    set_word_at(object_at(i), header_of(CLOCK - 1 - i % 16, OTHER_SLOT));
  }
  memset(&descriptor, 0, sizeof descriptor);
  descriptor.base = (uint64_t)region;
  descriptor.limit = REGION_BYTES;
  descriptor.control = (uint64_t)CONTROL;
  descriptor.slot = SLOT;
  descriptor.first = descriptor.end = (uint64_t)region + LOG_AT;
  descriptor.bound = (uint64_t)CLOCK << STM_HTM_VERSION_SHIFT;
  descriptor.tries = 1;
}

void add_entry(uint64_t index, uint64_t kind, uint64_t words) {
  stm_htm_entry *entry = (stm_htm_entry *)descriptor.end;
  uint64_t image = IMAGES_AT + (descriptor.end - descriptor.first) / sizeof *entry * OBJECT_BYTES;
  entry->reference = object_at(index) >> STM_HTM_UNIT_SHIFT << STM_HTM_GENERATION_BITS | 77;
  entry->expected = word_at(object_at(index));
  entry->tail = image << STM_HTM_IMAGE_SHIFT | words * 8 | kind;
  descriptor.end += sizeof *entry;
}

void add_read(uint64_t index) { descriptor.reads[descriptor.read_count++] = object_at(index); }

/* Written apart from the shim: what its header promises. */
void expect_commit(uint8_t *expected) {
  const stm_htm_entry *entry = (const stm_htm_entry *)descriptor.first;
  memcpy(expected, region, REGION_BYTES);
  for (; (uint64_t)entry != descriptor.end; entry++) {
    uint64_t object = (entry->reference >> 24) * 16;
    uint64_t header = CONTROL->clock * 2048 + descriptor.slot;
    switch (entry->tail % 8) {
      case STM_HTM_WRITE:
        memcpy(expected + object + 16, region + (entry->tail >> 20),
               entry->tail % (1 << 20) / 8 * 8);
        break;
      case STM_HTM_DROPPED: continue;
      case STM_HTM_FREE: header += 1ull << 61; break;
      default: break;
    }
    memcpy(expected + object, &header, sizeof header);
  }
}

int32_t run_commit(void) {
  descriptor.published = 0;
  return stm_htm_commit((uint64_t)&descriptor);
}

/* ---- the run */

static int failures;
static int run_count;

void await_end_of_threads(void) {
  int threads;
  do {
    DIR *tasks = opendir("/proc/self/task");
    threads = 0;
    while (tasks != 0 && readdir(tasks) != 0) {
      threads++;
    }
    closedir(tasks);
    sched_yield();
  } while (threads > 3); /* itself, "." and ".." */
}

/* What a test may have left behind. */
static void forget_plans(void) {
  await_end_of_threads();
  emulator_inject(0, 0, 0);
  emulator_inject_at_random(1, 0);
  emulator_kill_at(EMULATED_NEVER);
  emulator_at_each_step(0, 0);
  emulator_isolate(1);
  emulator_mistake(EMULATED_RIGHTLY);
}

static int32_t probe(void) {
  stm_htm_report report;
  return stm_htm_probe(mode == EMULATED ? STM_HTM_FORCE : 0, (uint64_t)&report);
}

void probe_again(void) {
  static const rtm_cpuid none;
  stm_htm_report report;
  forget_plans();
  if (mode == IN_SOFTWARE) {
    rtm_probe(&none, 0, &report);
  } else {
    probe();
  }
}

static int passes(void (*run)(void)) {
  if (setjmp(end_of_test) != 0) {
    return 0;
  }
  run();
  return 1;
}

static void run_list(const test *tests, const char *only) {
  for (const test *t = tests; t->name != 0; t++) {
    if ((t->where & mode) == 0 || (only != 0 && strcmp(only, t->name) != 0)) {
      continue;
    }
    run_count++;
    state = seed;
    if (!passes(t->run)) {
      fprintf(stderr, "failed: %s\n", t->name);
      failures++;
    }
    forget_plans();
  }
}

static void run_all(const char *only) {
  run_list(emulator_tests, only);
  run_list(commit_tests, only);
  run_list(refusal_tests, only);
  run_list(probe_tests, only);
  run_list(kernel_tests, only);
  run_list(mixed_tests, only);
  run_list(kill_tests, only);
}

/* Whether there are transactions of the kind that was asked for, and if not, why not. */
static const char *prepare(const char *how) {
  static char reason[64];
  int32_t verdict;
  if (strcmp(how, "software") == 0) {
    mode = IN_SOFTWARE;
    return 0;
  }
  mode = strcmp(how, "native") == 0 ? NATIVELY : EMULATED;
  if (mode == EMULATED && emulator_install() <= 0) {
    return "the instructions cannot be replaced";
  }
  verdict = probe();
  snprintf(reason, sizeof reason, "the probe's verdict is %d", verdict);
  return verdict == STM_HTM_USABLE ? 0 : reason;
}

int main(int count, char **arguments) {
  const char *only = count > 2 ? arguments[2] : 0;
  long times = count > 3 ? strtol(arguments[3], 0, 10) : 1;
  const char *given = getenv("SEED");
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  if (count < 2 || (strcmp(arguments[1], "software") != 0 && strcmp(arguments[1], "native") != 0 &&
                    strcmp(arguments[1], "emulated") != 0)) {
    fprintf(stderr, "suite software|native|emulated [test [times]]\n");
    return 2;
  }
  seed = given != 0 ? strtoull(given, 0, 10) : (uint64_t)start.tv_nsec | 1;
  const char *reason = prepare(arguments[1]);
  if (reason != 0) {
    printf("shim, %s: skipped, %s\n", arguments[1], reason);
    return 3;
  }
  for (long time = 0; time < times && failures == 0; time++) {
    seed += time != 0 ? 2 : 0;
    run_all(only);
  }
  clock_gettime(CLOCK_MONOTONIC, &now);
  printf("shim, %s: %d tests, %d failed, %llu abort points, SEED=%llu, %.1f s\n", arguments[1],
         run_count, failures, (unsigned long long)abort_points, (unsigned long long)seed,
         (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9);
  return run_count == 0 ? 2 : failures != 0;
}
