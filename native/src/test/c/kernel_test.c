/*
 * Goal: every kernel does its job in every form, and its transactions do all of it or nothing.
 * Method: calls compared with a model written apart from them; aborts before each instruction.
 */
#include "suite.h"

#include <pthread.h>
#include <string.h>

#define LINE 64
#define ABSENT 999983
#define PLACES OBJECTS /* a power of two */

static uint8_t before[REGION_BYTES];
static uint8_t after[REGION_BYTES];
static uint64_t objects[OBJECTS];
static _Alignas(LINE) uint64_t lock[LINE / 8];
static _Alignas(LINE) stm_htm_ground ground;
static stm_htm_change changes[3];

static uint64_t *payload_in(uint8_t *memory, uint64_t index) {
  return (uint64_t *)(memory + object_at(index) + STM_HTM_HEADER_BYTES);
}

static uint64_t *payload(uint64_t index) { return payload_in(region, index); }

static void reset_ground(void) {
  reset_region();
  lock[0] = 0;
  for (uint64_t i = 0; i < OBJECTS; i++) {
    objects[i] = object_at(i);
  }
  ground = (stm_htm_ground){.base = (uint64_t)region,
                            .limit = REGION_BYTES,
                            .objects = (uint64_t)objects,
                            .object_count = OBJECTS,
                            .control = (uint64_t)CONTROL,
                            .lock = (uint64_t)lock,
                            .slot = SLOT,
                            .tries = STM_HTM_MAX_TRIES};
}

/* ---- the calls, and what each must do to the payloads */

typedef struct job {
  const char *name;
  int32_t (*call)(uint32_t form);
  int32_t result;
  void (*model)(uint8_t *memory, int64_t *value);
} job;

static int32_t transfer(uint32_t form) {
  return stm_htm_transfer((uint64_t)&ground, form, 3, 70, -12345);
}

static void transferred(uint8_t *memory, int64_t *value) {
  (void)value;
  *payload_in(memory, 3) += 12345;
  *payload_in(memory, 70) -= 12345;
}

static int32_t swap_words(uint32_t form, uint64_t wrong) {
  static const uint64_t places[] = {2, 40, 41};
  for (int i = 0; i < 3; i++) {
    changes[i] = (stm_htm_change){places[i], *payload(places[i]), 1000 + (uint64_t)i};
  }
  changes[2].old_value += wrong;
  return stm_htm_swap((uint64_t)&ground, form, (uint64_t)changes, 3);
}

static int32_t swap(uint32_t form) { return swap_words(form, 0); }
static int32_t swap_of_others(uint32_t form) { return swap_words(form, 1); }

static void swapped(uint8_t *memory, int64_t *value) {
  (void)value;
  *payload_in(memory, 2) = 1000;
  *payload_in(memory, 40) = 1001;
  *payload_in(memory, 41) = 1002;
}

static int32_t add(uint32_t form) { return stm_htm_add((uint64_t)&ground, form, 1, 9, 5, 77); }

static void added(uint8_t *memory, int64_t *value) {
  (void)value;
  for (uint64_t i = 1; i < 46; i += 9) {
    *payload_in(memory, i) += 77;
  }
}

static int32_t sum(uint32_t form) { return stm_htm_sum((uint64_t)&ground, form, 0, 25, 5); }

static void summed(uint8_t *memory, int64_t *value) {
  for (uint64_t i = 0; i < 125; i += 25) {
    *value += (int64_t)*payload_in(memory, i);
  }
}

/* Where the keys of these tests lie. */
static uint64_t home_of(uint64_t key) {
  return (key * 0x9E3779B97F4A7C15ull >> 20) % PLACES;
}

/* Key 17 in its home, its next three places empty. */
static void make_map(void) {
  for (uint64_t i = 0; i < 4; i++) {
    *payload((home_of(17) + i) % PLACES) = i == 0 ? 17 : 0;
    *payload((home_of(ABSENT) + i) % PLACES) = 0;
  }
  payload(home_of(17))[1] = 1717;
}

static int32_t get(uint32_t form) { return stm_htm_get((uint64_t)&ground, form, 17); }

static void got(uint8_t *memory, int64_t *value) {
  (void)memory;
  *value = 1717;
}

static int32_t get_absent(uint32_t form) { return stm_htm_get((uint64_t)&ground, form, ABSENT); }
static int32_t put(uint32_t form) { return stm_htm_put((uint64_t)&ground, form, 17, 18); }
static int32_t put_absent(uint32_t form) { return stm_htm_put((uint64_t)&ground, form, ABSENT, 4); }

static void was_put(uint8_t *memory, int64_t *value) {
  (void)value;
  payload_in(memory, home_of(17))[1] = 18;
}

static void was_added(uint8_t *memory, int64_t *value) {
  (void)value;
  payload_in(memory, home_of(ABSENT))[0] = ABSENT;
  payload_in(memory, home_of(ABSENT))[1] = 4;
}

static int32_t put_into_full(uint32_t form) {
  for (uint64_t i = 0; i < OBJECTS; i++) {
    *payload(i) = 2 + i;
  }
  memcpy(before, region, REGION_BYTES);
  memcpy(after, region, REGION_BYTES);
  return put_absent(form);
}

static void nothing(uint8_t *memory, int64_t *value) {
  (void)memory;
  (void)value;
}

static const job jobs[] = {
    {"transfer", transfer, STM_HTM_OK, transferred},
    {"swap", swap, STM_HTM_OK, swapped},
    {"swap of other words", swap_of_others, STM_HTM_DIFFERENT, nothing},
    {"add", add, STM_HTM_OK, added},
    {"sum", sum, STM_HTM_OK, summed},
    {"get", get, STM_HTM_OK, got},
    {"get of an absent key", get_absent, STM_HTM_DIFFERENT, nothing},
    {"put", put, STM_HTM_OK, was_put},
    {"put of an absent key", put_absent, STM_HTM_OK, was_added},
    {"put into a full map", put_into_full, STM_HTM_FULL, nothing},
};

#define JOBS (sizeof jobs / sizeof jobs[0])

static void prepare(const job *j, int64_t *value) {
  reset_ground();
  make_map();
  *value = 0;
  memcpy(before, region, REGION_BYTES);
  memcpy(after, region, REGION_BYTES);
  j->model(after, value);
}

/* Headers change only where software commits. */
static int is_as_expected(uint32_t form) {
  if (form != STM_HTM_BY_SOFTWARE) {
    return memcmp(region, after, REGION_BYTES) == 0;
  }
  for (uint64_t i = 0; i < OBJECTS; i++) {
    if (memcmp(payload(i), payload_in(after, i), 16) != 0 ||
        (*payload(i) != *payload_in(before, i) &&
         word_at(object_at(i)) != header_of(CONTROL->clock, SLOT))) {
      return 0;
    }
  }
  return 1;
}

static void check_job(const job *j, uint32_t form) {
  int64_t value;
  int32_t result = STM_HTM_CONFLICT;
  prepare(j, &value);
  for (int i = 0; i < 100 && (result == STM_HTM_CONFLICT || result == STM_HTM_OTHER); i++) {
    result = j->call(form);
  }
  CHECK(result == j->result, "%s, form %u: result=%d, status=%llx", j->name, form, result,
        (unsigned long long)ground.status);
  CHECK(is_as_expected(form), "%s, form %u: wrong words", j->name, form);
  CHECK(value == 0 || ground.value == value, "%s, form %u: value=%lld", j->name, form,
        (long long)ground.value);
  CHECK(lock[0] == 0, "%s, form %u: the lock is taken", j->name, form);
}

static void everyFormDoesTheJob(void) {
  for (size_t i = 0; i < JOBS; i++) {
    for (uint32_t form = STM_HTM_BY_LOCK; form <= STM_HTM_BY_SOFTWARE; form++) {
      /* By words it stops halfway, as its contract says. */
      if (form != STM_HTM_BY_WORDS || jobs[i].call != swap_of_others) {
        check_job(&jobs[i], form);
      }
    }
  }
}

static void everyTransactionDoesTheJob(void) {
  for (size_t i = 0; i < JOBS; i++) {
    check_job(&jobs[i], STM_HTM_BY_RTM);
    check_job(&jobs[i], STM_HTM_BY_ELISION);
  }
}

/* ---- aborts */

static uint64_t count_steps(const job *j, uint32_t form) {
  int64_t value;
  prepare(j, &value);
  stm_htm_ground given = ground;
  const range all[] = {{region, before, REGION_BYTES}, {&ground, &given, sizeof given}};
  watch_steps(all, 2);
  int32_t result = j->call(form);
  uint64_t steps = end_watch();
  CHECK(result == j->result, "%s, form %u: result=%d", j->name, form, result);
  return steps;
}

static void check_abort(const job *j, uint64_t step, uint32_t status, int32_t expected) {
  int64_t value;
  prepare(j, &value);
  ground.tries = 1;
  emulator_inject(step, status, 1);
  int32_t result = j->call(STM_HTM_BY_RTM);
  abort_points++;
  CHECK(result == expected && ground.status == status && ground.counts.given_up == 1,
        "%s: result=%d, status=%llx", j->name, result, (unsigned long long)ground.status);
  CHECK(memcmp(region, before, REGION_BYTES) == 0,
        "%s: an abort before instruction %llu left something", j->name, (unsigned long long)step);
}

static void abortOfAKernelLeavesNothing(void) {
  for (size_t i = 0; i < JOBS; i++) {
    uint64_t steps = count_steps(&jobs[i], STM_HTM_BY_RTM);
    for (uint64_t step = draw_below(9); step < steps; step += 1 + draw_below(60)) {
      check_abort(&jobs[i], step, RTM_CONFLICT | RTM_RETRY, STM_HTM_CONFLICT);
      check_abort(&jobs[i], step, RTM_CAPACITY, STM_HTM_CAPACITY);
      check_abort(&jobs[i], step, 0, STM_HTM_OTHER);
    }
  }
}

static void elisionTakesTheLockWhenItHasSpentItsTries(void) {
  for (size_t i = 0; i < JOBS; i++) {
    uint64_t steps = count_steps(&jobs[i], STM_HTM_BY_ELISION);
    int64_t value;
    prepare(&jobs[i], &value);
    ground.tries = 3;
    emulator_inject(draw_below(steps / 2), RTM_CONFLICT, 3);
    int32_t result = jobs[i].call(STM_HTM_BY_ELISION);
    CHECK(result == jobs[i].result && is_as_expected(STM_HTM_BY_LOCK) && lock[0] == 0,
          "%s: result=%d", jobs[i].name, result);
    CHECK(ground.counts.given_up == 1 && ground.counts.conflict == 3, "%s: it was not the lock",
          jobs[i].name);
  }
}

/* Takes the lock as another thread could, just before a transaction; gives it back when that has
 * been seen. */
static void take_lock(void *unused) {
  (void)unused;
  __atomic_store_n(lock, 1, __ATOMIC_SEQ_CST);
}

static void *release_lock_when_busy(void *unused) {
  while (__atomic_load_n(&ground.counts.busy, __ATOMIC_SEQ_CST) == 0) {
  }
  __atomic_store_n(lock, 0, __ATOMIC_SEQ_CST);
  return unused;
}

static void elisionWaitsWhileTheLockIsTaken(void) {
  pthread_t holder;
  int64_t value;
  prepare(&jobs[0], &value);
  emulator_before_next(take_lock, 0);
  CHECK(pthread_create(&holder, 0, release_lock_when_busy, 0) == 0, "no thread");
  int32_t result = transfer(STM_HTM_BY_ELISION);
  pthread_join(holder, 0);
  CHECK(result == STM_HTM_OK && is_as_expected(STM_HTM_BY_LOCK), "result=%d", result);
  CHECK(ground.counts.busy == 1 && ground.counts.commits == 1, "busy=%llu",
        (unsigned long long)ground.counts.busy);
}

/* Nobody gives the lock back: patience ends, first in front of the lock and then at it. */
static void elisionThatNeverSeesTheLockFreeIsCountedAsGivenUp(void) {
  int64_t value;
  prepare(&jobs[0], &value);
  lock[0] = 1;
  int32_t result = transfer(STM_HTM_BY_ELISION);
  CHECK(result == STM_HTM_CONFLICT && memcmp(region, before, REGION_BYTES) == 0, "result=%d",
        result);
  CHECK(ground.counts.busy == 1 && ground.counts.given_up == 1, "busy=%llu, given_up=%llu",
        (unsigned long long)ground.counts.busy, (unsigned long long)ground.counts.given_up);
}

/* ---- refusals */

#define REFUSE(call) CHECK((call) == STM_HTM_BAD, "not refused: " #call)

static void whatIsOutOfRangeIsRefused(void) {
  uint64_t g = (uint64_t)&ground;
  uint32_t form = mode == IN_SOFTWARE ? STM_HTM_BY_SOFTWARE : STM_HTM_BY_RTM;
  reset_ground();
  memcpy(before, region, REGION_BYTES);
  REFUSE(stm_htm_transfer(g, form, 0, OBJECTS, 1));
  REFUSE(stm_htm_transfer(g, form, UINT64_MAX, 0, 1));
  REFUSE(stm_htm_transfer(g, form, 4, 4, 1));
  REFUSE(stm_htm_transfer(g, STM_HTM_BY_SOFTWARE + 1, 1, 2, 1));
  REFUSE(stm_htm_add(g, form, 0, 1, OBJECTS + 1, 1));
  REFUSE(stm_htm_add(g, form, 1, UINT64_MAX / 2, 3, 1));
  REFUSE(stm_htm_add(g, form, 0, 0, 3, 1));
  REFUSE(stm_htm_sum(g, form, OBJECTS - 1, 1, 2));
  REFUSE(stm_htm_sum(g, form, 0, 1, 0));
  REFUSE(stm_htm_get(g, form, 0));
  REFUSE(stm_htm_put(g, form, 0, 1));
  changes[0] = (stm_htm_change){5, 0, 0};
  changes[1] = (stm_htm_change){5, 0, 0};
  REFUSE(stm_htm_swap(g, form, (uint64_t)changes, 2));
  REFUSE(stm_htm_swap(g, form, (uint64_t)changes + 4, 1));
  changes[0].object = OBJECTS;
  REFUSE(stm_htm_swap(g, form, (uint64_t)changes, 1));
  objects[7] = REGION_BYTES - 16;
  REFUSE(stm_htm_add(g, form, 7, 1, 1, 1));
  objects[7] = object_at(7) + 8;
  REFUSE(stm_htm_transfer(g, form, 7, 8, 1));
  ground.limit = UINT64_MAX;
  REFUSE(stm_htm_sum(g, form, 0, 1, 1));
  CHECK(ground.counts.attempts == 0 && ground.counts.refused == 17, "refused=%llu",
        (unsigned long long)ground.counts.refused);
  CHECK(memcmp(region, before, REGION_BYTES) == 0, "something has changed");
}

static void softwareRespectsSnapshots(void) {
  reset_ground();
  CONTROL->live = 1;
  memcpy(before, region, REGION_BYTES);
  CHECK(transfer(STM_HTM_BY_SOFTWARE) == STM_HTM_GUARD, "it committed");
  CHECK(memcmp(region, before, REGION_BYTES) == 0, "something has changed");
}

const test kernel_tests[] = {
    {"everyFormDoesTheJob", everyFormDoesTheJob, EVERYWHERE},
    {"everyTransactionDoesTheJob", everyTransactionDoesTheJob, IN_HARDWARE},
    {"abortOfAKernelLeavesNothing", abortOfAKernelLeavesNothing, EMULATED},
    {"elisionTakesTheLockWhenItHasSpentItsTries", elisionTakesTheLockWhenItHasSpentItsTries,
     EMULATED},
    {"elisionWaitsWhileTheLockIsTaken", elisionWaitsWhileTheLockIsTaken, EMULATED},
    {"elisionThatNeverSeesTheLockFreeIsCountedAsGivenUp",
     elisionThatNeverSeesTheLockFreeIsCountedAsGivenUp, EMULATED},
    {"whatIsOutOfRangeIsRefused", whatIsOutOfRangeIsRefused, EVERYWHERE},
    {"softwareRespectsSnapshots", softwareRespectsSnapshots, EVERYWHERE},
    {0, 0, 0},
};
