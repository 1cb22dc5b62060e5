/*
 * Goal: a process that is killed in the middle of a commit in hardware leaves nothing of it in
 * memory that others share. Method: under the emulator a child for each instruction of a
 * transaction, killed there; natively children that commit without end, killed at any time.
 */
#define _GNU_SOURCE
#include "bank.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS 40
#define MOST_SPINS 3000000
#define CHILD_SLOT 1

static uint8_t before[REGION_BYTES];
static uint8_t after[REGION_BYTES];

/* How the child has ended that runs the commit of the test and is killed at a step. */
static int run_child(uint64_t step) {
  int ended = 0;
  pid_t child = fork();
  CHECK(child >= 0, "no child");
  if (child == 0) {
    emulator_kill_at(step);
    _exit(run_commit());
  }
  CHECK(waitpid(child, &ended, 0) == child, "no end");
  return ended;
}

static void killBeforeAnyInstructionLeavesNothing(void) {
  int ended;
  CHECK(mmap(region, REGION_BYTES, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == region,
        "no shared memory");
  reset_region();
  add_read(0);
  add_entry(1, STM_HTM_WRITE, 3);
  add_entry(3, STM_HTM_FREE, 1);
  expect_commit(after);
  memcpy(before, region, REGION_BYTES);
  uint64_t step = 0;
  while (WIFSIGNALED(ended = run_child(step))) {
    CHECK(memcmp(region, before, REGION_BYTES) == 0, "killed before instruction %llu, it left some",
          (unsigned long long)step);
    step++;
    abort_points++;
  }
  CHECK(step > 20, "killed %llu times", (unsigned long long)step);
  CHECK(WIFEXITED(ended) && WEXITSTATUS(ended) == STM_HTM_OK, "the last ended with %x", ended);
  CHECK(memcmp(region, after, REGION_BYTES) == 0, "the one that was not killed has not committed");
}

static void commit_without_end(bank *b) {
  client c;
  client_open(&c, b, CHILD_SLOT);
  for (;;) {
    transfer_in_hardware(&c);
  }
}

static void killAtAnyTimeLeavesNothing(void) {
  bank *b = bank_open();
  uint64_t damage = 0;
  uint64_t clock = 0;
  for (int i = 0; i < KILLS; i++) {
    pid_t child = fork();
    CHECK(child >= 0, "no child");
    if (child == 0) {
      commit_without_end(b);
    }
    for (uint64_t volatile spins = draw_below(MOST_SPINS); spins != 0; spins--) {
    }
    kill(child, SIGKILL);
    CHECK(waitpid(child, 0, 0) == child, "no end");
    damage += bank_damage(b);
  }
  clock = ((stm_htm_control *)b)->clock;
  uint64_t written = bank_accounts_of(b, CHILD_SLOT);
  bank_close(b);
  CHECK(damage == 0, "%llu groups broken, clock=%llu", (unsigned long long)damage,
        (unsigned long long)clock);
  CHECK(written != 0, "no child has committed anything");
}

const test kill_tests[] = {
    {"killBeforeAnyInstructionLeavesNothing", killBeforeAnyInstructionLeavesNothing, EMULATED},
    {"killAtAnyTimeLeavesNothing", killAtAnyTimeLeavesNothing, NATIVELY},
    {0, 0, 0},
};
