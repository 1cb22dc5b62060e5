/*
 * What the C tests of the shim are made of: a list of tests, a check that leaves the test when it
 * fails, and a region with objects in it to commit to.
 */
#ifndef SUITE_H
#define SUITE_H

#include "../../main/c/rtm.h"
#include "emulator.h"

#include <stddef.h>

/* Where a test makes sense. */
#define IN_SOFTWARE 1u /* no transactions */
#define NATIVELY 2u    /* those of the processor */
#define EMULATED 4u
#define IN_HARDWARE (NATIVELY | EMULATED)
#define EVERYWHERE (IN_SOFTWARE | IN_HARDWARE)

typedef struct test {
  const char *name;
  void (*run)(void);
  unsigned where;
} test;

/* Lists that end with a test without a name. */
extern const test commit_tests[];
extern const test refusal_tests[];
extern const test probe_tests[];
extern const test kernel_tests[];
extern const test emulator_tests[];
extern const test mixed_tests[];
extern const test kill_tests[];

/* How the tests run: one of the above. */
extern unsigned mode;

/* Every choice of a test comes from this seed, which a failure prints. */
extern uint64_t seed;
uint64_t draw_below(uint64_t bound);

/* Abort points that were gone through. */
extern uint64_t abort_points;

#define CHECK(condition, ...) \
  do { \
    if (!(condition)) { \
      fail(__FILE__, __LINE__, __VA_ARGS__); \
    } \
  } while (0)

/* Ends the test; never returns. */
void fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));

const emulated_counts *emulated(void);

/* Lets the library find out once more what it has found out before the first test. */
void probe_again(void);

/* Waits until joined threads are gone: for a moment they are not, and no signal stops them. */
void await_end_of_threads(void);

/* Some memory, and what it was before a transaction. */
typedef struct range {
  const void *memory;
  const void *before;
  size_t bytes;
} range;

/* From now to end_watch: an abort before any instruction would leave these ranges as they were.
 * end_watch returns how many instructions there were. */
void watch_steps(const range *ranges, size_t count);
uint64_t end_watch(void);

/* ---- a region */

#define REGION_BYTES 65536u
#define LOG_AT 4096u
#define IMAGES_AT 16384u
#define OBJECTS_AT 32768u
#define OBJECT_BYTES 256u
#define OBJECTS ((REGION_BYTES - OBJECTS_AT) / OBJECT_BYTES)
#define SLOT 5u
#define OTHER_SLOT 9u
#define CLOCK 100u

/* Offset 0 is the control line. */
extern uint8_t region[REGION_BYTES];
extern stm_htm_descriptor descriptor;

#define CONTROL ((stm_htm_control *)region)

uint64_t word_at(uint64_t offset);
void set_word_at(uint64_t offset, uint64_t word);
uint64_t object_at(uint64_t index);

/* The header of a version that a slot has written. */
uint64_t header_of(uint64_t version, uint64_t slot);

/* Fills the region with arbitrary bytes, objects of old versions by another slot, an empty log. */
void reset_region(void);

/* Adds an entry to the log: object number `index`, of that many words. */
void add_entry(uint64_t index, uint64_t kind, uint64_t words);
void add_read(uint64_t index);

/* The region as it must be after the commit. */
void expect_commit(uint8_t *expected);

int32_t run_commit(void);

#endif
