/*
 * Goal: a commit does all that its descriptor says or nothing, whatever ends it and wherever, and
 * it looks at everything inside the transaction. Method: shapes of descriptors, compared with a
 * model of the header's contract; aborts injected before each instruction, or looked at there;
 * changes made at the last moment before the transaction, as another thread could.
 */
#define _GNU_SOURCE
#include "suite.h"

#include <string.h>
#include <sys/mman.h>

#define MAX_WRITES 8
#define RETRY_AND_CONFLICT (RTM_RETRY | RTM_CONFLICT)

static uint8_t before[REGION_BYTES];
static uint8_t after[REGION_BYTES];

/* Kinds of entries in turn, or writes only. */
static uint64_t kind_of(uint64_t entry, int mixed) {
  static const uint64_t kinds[] = {STM_HTM_WRITE, STM_HTM_NEW, STM_HTM_FREE, STM_HTM_WRITE,
                                   STM_HTM_DROPPED};
  return mixed ? kinds[entry % (sizeof kinds / sizeof kinds[0])] : STM_HTM_WRITE;
}

static void make_shape(uint64_t reads, uint64_t writes, uint64_t words, int mixed) {
  reset_region();
  for (uint64_t i = 0; i < reads; i++) {
    add_read(2 * i);
  }
  for (uint64_t i = 0; i < writes; i++) {
    add_entry(2 * i + 1, kind_of(i, mixed), words + i % 2);
  }
}

static void for_each_shape(void (*run)(void)) {
  for (uint64_t writes = 0; writes <= MAX_WRITES; writes++) {
    for (uint64_t reads = 0; reads < 4; reads++) {
      for (int mixed = 0; mixed < 2; mixed++) {
        make_shape(reads, writes, 1 + 3 * (reads % 2), mixed);
        run();
      }
    }
  }
}

static void check_commit(void) {
  expect_commit(after);
  int32_t result = STM_HTM_CONFLICT;
  descriptor.tries = STM_HTM_MAX_TRIES;
  for (int i = 0; i < 100 && result != STM_HTM_OK; i++) {
    result = run_commit();
    CHECK(result == STM_HTM_OK || mode == NATIVELY, "result=%d", result);
  }
  CHECK(result == STM_HTM_OK, "result=%d, status=%llx", result,
        (unsigned long long)descriptor.status);
  CHECK(descriptor.published == header_of(CLOCK, SLOT), "published=%llx",
        (unsigned long long)descriptor.published);
  CHECK(memcmp(region, after, REGION_BYTES) == 0, "not what the entries say");
}

static void commitDoesWhatItsEntriesSay(void) { for_each_shape(check_commit); }

/* Results by status: what commit() must make of it, and how many transactions of five it begins. */
static const struct cause {
  uint32_t status;
  int32_t result;
  uint64_t tried;
  size_t count; /* the counter that counts it */
} causes[] = {
    {RETRY_AND_CONFLICT, STM_HTM_CONFLICT, 5, offsetof(stm_htm_counts, conflict)},
    {RTM_CONFLICT, STM_HTM_CONFLICT, 5, offsetof(stm_htm_counts, conflict)},
    {RTM_CAPACITY, STM_HTM_CAPACITY, 1, offsetof(stm_htm_counts, capacity)},
    {RTM_CAPACITY | RTM_RETRY, STM_HTM_CAPACITY, 1, offsetof(stm_htm_counts, capacity)},
    {0, STM_HTM_OTHER, 3, offsetof(stm_htm_counts, interrupted)},
    {RTM_RETRY, STM_HTM_OTHER, 3, offsetof(stm_htm_counts, unknown)},
    {16, STM_HTM_OTHER, 3, offsetof(stm_htm_counts, unknown)},
    {(uint32_t)ABORT_STALE << 24 | RTM_EXPLICIT, STM_HTM_STALE, 1, offsetof(stm_htm_counts, stale)},
    {(uint32_t)ABORT_GUARD << 24 | RTM_EXPLICIT, STM_HTM_GUARD, 1, offsetof(stm_htm_counts, guard)},
};

#define CAUSES (sizeof causes / sizeof causes[0])

static uint64_t count_at(const stm_htm_counts *counts, size_t offset) {
  return *(const uint64_t *)((const uint8_t *)counts + offset);
}

/* Runs the commit with aborts before one of its instructions, as many as it has tries. */
static void check_abort(uint64_t step, const struct cause *cause, uint64_t tries) {
  stm_htm_descriptor given = descriptor;
  uint64_t expected = cause->tried < tries ? cause->tried : tries;
  descriptor.tries = given.tries = tries;
  emulator_inject(step, cause->status, tries);
  int32_t result = run_commit();
  emulator_inject(0, 0, 0);
  abort_points++;
  CHECK(memcmp(region, before, REGION_BYTES) == 0, "abort before instruction %llu left something",
        (unsigned long long)step);
  CHECK(memcmp(&descriptor, &given, offsetof(stm_htm_descriptor, published)) == 0 &&
            memcmp(descriptor.reads, given.reads, sizeof given.reads) == 0,
        "the descriptor has changed");
  CHECK(descriptor.published == 0, "it says that it has committed");
  CHECK(result == cause->result && descriptor.status == cause->status,
        "result=%d, status=%llx, injected=%x", result, (unsigned long long)descriptor.status,
        cause->status);
  CHECK(descriptor.tried == expected &&
            descriptor.counts.attempts == given.counts.attempts + expected &&
            descriptor.counts.given_up == given.counts.given_up + 1 &&
            count_at(&descriptor.counts, cause->count) ==
                count_at(&given.counts, cause->count) + expected,
        "tried=%llu, status=%x", (unsigned long long)descriptor.tried, cause->status);
}

/* How many instructions the transaction of the commit has, each of them looked at; the state
 * before it. */
static uint64_t count_steps(void) {
  descriptor.tries = 1;
  descriptor.published = 0;
  stm_htm_descriptor given = descriptor;
  const range all[] = {{region, before, REGION_BYTES}, {&descriptor, &given, sizeof given}};
  memcpy(before, region, REGION_BYTES);
  watch_steps(all, 2);
  int32_t result = run_commit();
  uint64_t steps = end_watch();
  CHECK(result == STM_HTM_OK, "status=%llx", (unsigned long long)descriptor.status);
  memcpy(region, before, REGION_BYTES);
  return steps;
}

/* Instructions that each try has: the compiler may give the first a beginning of its own. */
static uint64_t reached_by_all(void) { return count_steps() / 2; }

/* Looks at every instruction, and aborts before some: at random, or all with a stride of 1. */
static void check_aborts(uint64_t stride) {
  uint64_t forbidden = emulated()->forbidden;
  uint64_t steps = count_steps();
  for (uint64_t step = draw_below(stride); step < steps; step += 1 + draw_below(2 * stride - 1)) {
    check_abort(step, &causes[abort_points % CAUSES], 1);
  }
  CHECK(emulated()->forbidden == forbidden, "an instruction is unknown to the emulator");
  check_commit();
}

static void check_some_aborts(void) { check_aborts(64); }

static void abortBeforeAnyInstructionLeavesNothing(void) {
  for_each_shape(check_some_aborts);
  make_shape(2, 3, 1, 1);
  check_aborts(1);
}

static void everyCauseHasItsResultItsCounterAndItsTries(void) {
  make_shape(3, 3, 4, 0);
  uint64_t steps = reached_by_all();
  for (size_t i = 0; i < CAUSES; i++) {
    check_abort(draw_below(steps), &causes[i], 5);
  }
}

static void commitsAtTheLastOfItsTries(void) {
  make_shape(2, 3, 4, 1);
  uint64_t steps = reached_by_all();
  for (int i = 0; i < 10; i++) {
    make_shape(2, 3, 4, 1);
    expect_commit(after);
    descriptor.tries = 5;
    emulator_inject(draw_below(steps), RETRY_AND_CONFLICT, 4);
    CHECK(run_commit() == STM_HTM_OK, "status=%llx", (unsigned long long)descriptor.status);
    CHECK(descriptor.tried == 5, "tried=%llu", (unsigned long long)descriptor.tried);
    CHECK(memcmp(region, after, REGION_BYTES) == 0, "not what the entries say");
  }
}

/* ---- what is looked at, and when */

/* Words of the region to change when the transaction is about to begin. */
static struct change {
  uint64_t offset;
  uint64_t word;
} late;

static void change_late(void *change) {
  const struct change *c = change;
  set_word_at(c->offset, c->word);
}

/* Commits while a word changes: before the call, or between its checks and its transaction. */
static int32_t commit_with(uint64_t offset, uint64_t word, int is_late) {
  late = (struct change){offset, word};
  if (is_late) {
    emulator_before_next(change_late, &late);
  } else {
    change_late(&late);
  }
  memcpy(before, region, REGION_BYTES);
  memcpy(before + offset, &word, sizeof word);
  return run_commit();
}

static void refuse(uint64_t offset, uint64_t word, int32_t expected, int is_late) {
  make_shape(3, 3, 2, 0);
  int32_t result = commit_with(offset, word, is_late);
  CHECK(result == expected, "result=%d, offset=%llx, word=%llx, late=%d", result,
        (unsigned long long)offset, (unsigned long long)word, is_late);
  CHECK(memcmp(region, before, REGION_BYTES) == 0 && descriptor.published == 0,
        "what is refused has left something");
}

/* Words of a header, and whether one that was read may have it. */
static const struct state {
  uint64_t header;
  int is_fresh;
} states[] = {
    {(CLOCK - 1) << 11 | OTHER_SLOT, 1},
    {CLOCK << 11 | OTHER_SLOT, 0},
    {(CLOCK + 1) << 11 | OTHER_SLOT, 0},
    {CLOCK << 11 | SLOT, 1},
    {STM_HTM_LOCK | (CLOCK - 1) << 11 | OTHER_SLOT, 0},
    {STM_HTM_LOCK | (CLOCK - 1) << 11 | SLOT, 0},
    {STM_HTM_OWNED | (CLOCK - 1) << 11 | OTHER_SLOT, 1},
    {STM_HTM_OWNED | CLOCK << 11 | OTHER_SLOT, 0},
    {STM_HTM_OWNED | CLOCK << 11 | SLOT, 0},
    {STM_HTM_FREED | (CLOCK - 1) << 11 | OTHER_SLOT, 1},
    {STM_HTM_FREED | CLOCK << 11 | OTHER_SLOT, 0},
    {STM_HTM_FREED | CLOCK << 11 | SLOT, 1},
};

static void check_reads(int is_late) {
  for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
    for (uint64_t read = 0; read < 3; read++) {
      if (!states[i].is_fresh) {
        refuse(object_at(2 * read), states[i].header, STM_HTM_STALE, is_late);
      } else if (mode == EMULATED) {
        make_shape(3, 3, 2, 0);
        CHECK(commit_with(object_at(2 * read), states[i].header, is_late) == STM_HTM_OK,
              "header %llx refused", (unsigned long long)states[i].header);
      }
    }
  }
}

static void staleReadIsRefusedBeforeATransaction(void) {
  check_reads(0);
  refuse(object_at(0), header_of(CLOCK, OTHER_SLOT), STM_HTM_STALE, 0);
  CHECK(descriptor.counts.attempts == 0 && descriptor.counts.refused == 1, "it was begun");
}

static void staleReadIsRefusedInside(void) { check_reads(1); }

static void check_writes(int is_late) {
  for (uint64_t write = 0; write < 3; write++) {
    make_shape(3, 3, 2, 0);
    uint64_t object = object_at(2 * write + 1);
    uint64_t header = word_at(object);
    for (int bit = 0; bit < 64; bit += 1 + (int)draw_below(8)) {
      refuse(object, header ^ 1ull << bit, STM_HTM_STALE, is_late);
    }
  }
}

static void staleWriteIsRefusedBeforeATransaction(void) {
  check_writes(0);
  CHECK(descriptor.counts.attempts == 0 && descriptor.counts.refused == 1, "it was begun");
}

static void staleWriteIsRefusedInside(void) { check_writes(1); }

static void snapshotsAndWaitersAreRespected(void) {
  for (int is_late = 0; is_late <= (mode == EMULATED); is_late++) {
    refuse(offsetof(stm_htm_control, live), 1, STM_HTM_GUARD, is_late);
    refuse(offsetof(stm_htm_control, waiters), 1, STM_HTM_GUARD, is_late);
  }
}

static void clockIsReadInside(void) {
  make_shape(1, 1, 1, 0);
  CHECK(commit_with(0, CLOCK + 7, 1) == STM_HTM_OK, "refused");
  CHECK(word_at(object_at(1)) == header_of(CLOCK + 7, SLOT), "version=%llu",
        (unsigned long long)(word_at(object_at(1)) >> STM_HTM_VERSION_SHIFT));
}

static void versionIsStored(void) {
  make_shape(0, 2, 1, 0);
  check_commit();
  CHECK(word_at(object_at(1)) == header_of(CLOCK, SLOT), "the header is the old one");
}

/* ---- pages that are not there yet */

#define PAGE 4096u
#define ROUNDS 20

/* Takes two pages out of the region: the next access finds them empty. */
static uint64_t drop_pages(void) {
  uint64_t at = OBJECTS_AT + PAGE;
  CHECK(madvise(region + at, 2 * PAGE, MADV_DONTNEED) == 0, "the pages stay");
  return at;
}

static void absentPagesOfAPayloadAreFetched(void) {
  int commits = 0;
  for (int i = 0; i < ROUNDS; i++) {
    reset_region();
    add_entry(PAGE / OBJECT_BYTES - 1, STM_HTM_WRITE, (PAGE + OBJECT_BYTES) / 8);
    descriptor.tries = STM_HTM_MAX_TRIES;
    drop_pages();
    commits += run_commit() == STM_HTM_OK;
  }
  CHECK(commits > ROUNDS / 2, "commits=%d of %d", commits, ROUNDS);
}

static void absentPagesOfTrialsAreFetched(void) {
  int commits = 0;
  for (int i = 0; i < ROUNDS; i++) {
    stm_htm_trial trial = {.memory = (uint64_t)region + drop_pages(), .bytes = 2 * PAGE,
                           .lines = 2, .stride = PAGE, .writes = 1, .trials = 2};
    CHECK(stm_htm_try((uint64_t)&trial) == STM_HTM_OK, "refused");
    commits += trial.counts.commits != 0;
  }
  CHECK(commits > ROUNDS / 2, "commits=%d of %d", commits, ROUNDS);
}

const test commit_tests[] = {
    {"commitDoesWhatItsEntriesSay", commitDoesWhatItsEntriesSay, IN_HARDWARE},
    {"abortBeforeAnyInstructionLeavesNothing", abortBeforeAnyInstructionLeavesNothing, EMULATED},
    {"everyCauseHasItsResultItsCounterAndItsTries", everyCauseHasItsResultItsCounterAndItsTries,
     EMULATED},
    {"commitsAtTheLastOfItsTries", commitsAtTheLastOfItsTries, EMULATED},
    {"staleReadIsRefusedBeforeATransaction", staleReadIsRefusedBeforeATransaction, IN_HARDWARE},
    {"staleReadIsRefusedInside", staleReadIsRefusedInside, EMULATED},
    {"staleWriteIsRefusedBeforeATransaction", staleWriteIsRefusedBeforeATransaction, IN_HARDWARE},
    {"staleWriteIsRefusedInside", staleWriteIsRefusedInside, EMULATED},
    {"snapshotsAndWaitersAreRespected", snapshotsAndWaitersAreRespected, IN_HARDWARE},
    {"clockIsReadInside", clockIsReadInside, EMULATED},
    {"versionIsStored", versionIsStored, IN_HARDWARE},
    {"absentPagesOfAPayloadAreFetched", absentPagesOfAPayloadAreFetched, NATIVELY},
    {"absentPagesOfTrialsAreFetched", absentPagesOfTrialsAreFetched, NATIVELY},
    {0, 0, 0},
};
