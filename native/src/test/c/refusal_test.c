/*
 * Goal: what a descriptor says and cannot be is refused before anything is begun or touched.
 * Method: a sound commit, spoilt in one place; nothing changes, no transaction is begun, no fault.
 */
#include "suite.h"

#include <string.h>

static uint8_t before[REGION_BYTES];

static stm_htm_entry *entry_at(uint64_t index) {
  return (stm_htm_entry *)descriptor.first + index;
}

static void set_object(uint64_t index, uint64_t offset) {
  entry_at(index)->reference = offset >> STM_HTM_UNIT_SHIFT << STM_HTM_GENERATION_BITS;
}

static void set_tail(uint64_t index, uint64_t image, uint64_t bytes, uint64_t kind) {
  entry_at(index)->tail = image << STM_HTM_IMAGE_SHIFT | bytes | kind;
}

static void make_sound(void) {
  reset_region();
  for (uint64_t i = 0; i < 3; i++) {
    add_read(2 * i);
    add_entry(2 * i + 1, STM_HTM_WRITE, 2);
  }
}

/* Ways to spoil it, each with its result. */
#define SPOILT \
  SPOIL(BAD, descriptor.base += 8) \
  SPOIL(BAD, descriptor.limit = UINT64_MAX) \
  SPOIL(BAD, descriptor.control += 8) \
  SPOIL(BAD, descriptor.slot = 0) \
  SPOIL(BAD, descriptor.slot = STM_HTM_SLOT_MASK + 1) \
  SPOIL(BAD, descriptor.tries = 0) \
  SPOIL(BAD, descriptor.tries = STM_HTM_MAX_TRIES + 1) \
  SPOIL(BAD, descriptor.first = descriptor.end + sizeof(stm_htm_entry)) \
  SPOIL(BAD, descriptor.first -= 8) \
  SPOIL(BAD, (descriptor.first += 4, descriptor.end += 4)) \
  SPOIL(BAD, descriptor.first = descriptor.end = descriptor.base - sizeof(stm_htm_entry)) \
  SPOIL(BAD, descriptor.end = descriptor.base + REGION_BYTES + sizeof(stm_htm_entry)) \
  SPOIL(BAD, descriptor.first = descriptor.end = descriptor.base + REGION_BYTES + 64) \
  SPOIL(TOO_LARGE, descriptor.end = descriptor.first + (STM_HTM_MAX_ENTRIES + 1) * 32) \
  SPOIL(TOO_LARGE, descriptor.read_count = STM_HTM_MAX_READS + 1) \
  SPOIL(TOO_LARGE, descriptor.read_count = UINT64_MAX) \
  SPOIL(BAD, descriptor.reads[1] = REGION_BYTES) \
  SPOIL(BAD, descriptor.reads[1] = REGION_BYTES - 8) \
  SPOIL(BAD, descriptor.reads[2] += 8) \
  SPOIL(BAD, descriptor.reads[0] = UINT64_MAX - 15) \
  SPOIL(BAD, set_object(0, REGION_BYTES)) \
  SPOIL(BAD, set_object(1, REGION_BYTES - 16)) \
  SPOIL(BAD, entry_at(2)->reference = UINT64_MAX) \
  SPOIL(BAD, set_tail(0, REGION_BYTES, 16, STM_HTM_WRITE)) \
  SPOIL(BAD, set_tail(1, REGION_BYTES - 8, 16, STM_HTM_WRITE)) \
  SPOIL(BAD, set_tail(1, IMAGES_AT + 4, 16, STM_HTM_WRITE)) \
  SPOIL(BAD, set_tail(2, IMAGES_AT, REGION_BYTES - OBJECTS_AT, STM_HTM_WRITE)) \
  SPOIL(BAD, set_tail(0, (1ull << 44) - 8, 16, STM_HTM_WRITE)) \
  SPOIL(BAD, set_tail(0, IMAGES_AT, 16, 2)) \
  SPOIL(BAD, set_tail(1, IMAGES_AT, 16, 5)) \
  SPOIL(BAD, set_tail(2, IMAGES_AT, 16, 7)) \
  SPOIL(TOO_LARGE, spread_too_many_words())

/* Each entry is small enough, all together are not. */
static void spread_too_many_words(void) {
  uint64_t bytes = 8 * (STM_HTM_MAX_WORDS / 3 + 8);
  for (uint64_t i = 0; i < 3; i++) {
    set_tail(i, 0, bytes, STM_HTM_WRITE);
  }
}

static void check_refused(int32_t expected, const char *what) {
  stm_htm_descriptor given = descriptor;
  uint64_t begun = emulated()->begun;
  memcpy(before, region, REGION_BYTES);
  int32_t result = stm_htm_commit((uint64_t)&descriptor);
  CHECK(result == expected, "result=%d: %s", result, what);
  CHECK(descriptor.counts.attempts == 0 && descriptor.counts.refused == 1 &&
            descriptor.tried == 0 && emulated()->begun == begun,
        "a transaction was begun: %s", what);
  CHECK(descriptor.published == 0 && memcmp(region, before, REGION_BYTES) == 0,
        "something has changed: %s", what);
  CHECK(memcmp(&descriptor, &given, offsetof(stm_htm_descriptor, published)) == 0,
        "the descriptor has changed: %s", what);
}

static void whatIsOutOfRangeIsRefusedBeforeATransaction(void) {
#define SPOIL(result, how) \
  make_sound(); \
  how; \
  check_refused(STM_HTM_##result, #how);
  SPOILT
#undef SPOIL
}

static void withoutAProbeCommitsAreUnavailable(void) {
  make_sound();
  check_refused(STM_HTM_UNAVAILABLE, "no probe yet");
}

static void largestCommitIsTakenOn(void) {
  reset_region();
  for (uint64_t i = 0; i < STM_HTM_MAX_READS; i++) {
    add_read(i % (OBJECTS / 2));
  }
  for (uint64_t i = 0; i < STM_HTM_MAX_ENTRIES; i++) {
    add_entry(OBJECTS / 2 + i % (OBJECTS / 2), STM_HTM_DROPPED, 1);
  }
  descriptor.tries = STM_HTM_MAX_TRIES;
  int32_t result = run_commit();
  CHECK(result == STM_HTM_OK || (mode == NATIVELY && descriptor.tried == STM_HTM_MAX_TRIES),
        "result=%d", result);
}

const test refusal_tests[] = {
    {"withoutAProbeCommitsAreUnavailable", withoutAProbeCommitsAreUnavailable, IN_SOFTWARE},
    {"whatIsOutOfRangeIsRefusedBeforeATransaction", whatIsOutOfRangeIsRefusedBeforeATransaction,
     EVERYWHERE},
    {"largestCommitIsTakenOn", largestCommitIsTakenOn, IN_HARDWARE},
    {0, 0, 0},
};
