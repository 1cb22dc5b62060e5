/*
 * Goal: transactions that are emulated behave as those of a processor, so that what passes under
 * the emulator means something. Method: transactions that do what Intel's manual describes; those
 * that a processor decides as well run natively too.
 */
#define _GNU_SOURCE
#include "suite.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE 64
#define WAY_BYTES (EMULATED_SETS * LINE)
#define TRIES 100

static _Alignas(4096) uint8_t memory[(EMULATED_WAYS + 1) * WAY_BYTES];

static uint64_t address(uint64_t offset) { return (uint64_t)memory + offset; }

static void touch_memory(void) { memset(memory, 1, sizeof memory); }

/* Again, while the processor aborts for reasons of its own. */
#define UNTIL(condition, attempt) \
  for (int tried_ = 0; tried_ < TRIES; tried_++) { \
    attempt; \
    if (condition) { \
      break; \
    } \
  }

static void xtestSaysWhereItIs(void) {
  uint32_t status = 0;
  int inside = 0;
  CHECK(!rtm_test(), "inside before");
  UNTIL(status == RTM_STARTED, {
    status = rtm_begin();
    if (status == RTM_STARTED) {
      inside = rtm_test();
      rtm_end();
    }
  });
  CHECK(status == RTM_STARTED && inside, "status=%x, inside=%d", status, inside);
  CHECK(!rtm_test(), "inside after");
}

static void xabortOutsideDoesNothing(void) { rtm_abort(1); }

/* Nested so deep, then XABORT. */
static __attribute__((noinline)) uint32_t abort_in(uint64_t depth) {
  uint32_t status = rtm_begin();
  if (status == RTM_STARTED) {
    store(address(0), depth);
    for (uint64_t i = 1; i < depth; i++) {
      if (rtm_begin() != RTM_STARTED) {
        return 0xBAD; /* An abort goes to the outermost. */
      }
    }
    rtm_abort(7);
  }
  return status;
}

static void abortInsideTellsItsCodeAndWhetherItWasNested(void) {
  uint32_t status = 0;
  touch_memory();
  UNTIL(status & RTM_EXPLICIT, status = abort_in(1));
  CHECK(status == 0x07000001, "status=%x", status);
  UNTIL(status & EMULATED_NESTED, status = abort_in(2));
  CHECK(status == (0x07000001 | EMULATED_NESTED), "status=%x", status);
  CHECK(memory[0] == 1, "a store is left");
}

static void nestedTransactionsEndTogether(void) {
  uint32_t status = 0;
  int inside = 0;
  touch_memory();
  UNTIL(status == RTM_STARTED, {
    status = rtm_begin();
    if (status == RTM_STARTED) {
      if (rtm_begin() == RTM_STARTED) {
        store(address(0), 2);
        rtm_end();
      }
      inside = rtm_test();
      rtm_end();
    }
  });
  CHECK(status == RTM_STARTED && inside && memory[0] == 2, "status=%x", status);
}

static void nestingHasALimit(void) {
  uint32_t status = abort_in(8);
  CHECK((status & RTM_EXPLICIT) == 0, "status=%x", status);
}

static __attribute__((noinline)) uint32_t write_lines(uint64_t lines, uint64_t stride) {
  uint32_t status = rtm_begin();
  if (status == RTM_STARTED) {
    for (uint64_t i = 0; i < lines; i++) {
      store(address(i * stride), 99);
    }
    rtm_end();
  }
  return status;
}

static void asMuchIsWrittenAsTheCacheHolds(void) {
  uint64_t all = EMULATED_SETS * EMULATED_WAYS;
  touch_memory();
  uint32_t status = write_lines(all, LINE);
  CHECK(status == RTM_STARTED, "status=%x of %d lines", status, (int)all);
  status = write_lines(all + 1, LINE);
  CHECK(status == RTM_CAPACITY, "status=%x of one line more", status);
  CHECK(write_lines(EMULATED_WAYS, WAY_BYTES) == RTM_STARTED, "a set has room for its ways");
  touch_memory();
  status = write_lines(EMULATED_WAYS + 1, WAY_BYTES);
  CHECK(status == RTM_CAPACITY, "status=%x of one way more", status);
  CHECK(memory[0] == 1 && memory[WAY_BYTES] == 1, "a store is left");
}

/* A transaction of one instruction, which ends it. */
#define STATUS_OF(instruction) \
  ({ \
    uint32_t status_ = rtm_begin(); \
    if (status_ == RTM_STARTED) { \
      __asm__ volatile(instruction : : "a"(0), "c"(0), "d"(0) : "rbx", "memory"); \
      rtm_end(); \
    } \
    status_; \
  })

static void whatAlwaysAbortsDoes(void) {
  touch_memory();
  CHECK(STATUS_OF("pause") == 0, "PAUSE");
  CHECK(STATUS_OF("movl $39, %%eax\n\tsyscall") == 0, "a system call");
  CHECK(STATUS_OF("ud2") == 0, "an undefined instruction");
}

static void faultsAbort(void) {
  CHECK(STATUS_OF("movq $1, 0(%%rax)") == 0, "a store to address 0");
  CHECK(STATUS_OF("movq 0(%%rax), %%rdx") == 0, "a load from address 0");
  CHECK(STATUS_OF("divl %%ecx") == 0, "a division by 0");
}

static void faultsOutsideAreNotTouched(void) {
  int ended;
  pid_t child = fork();
  CHECK(child >= 0, "no child");
  if (child == 0) {
    rtm_end(); /* Without a transaction: a fault. */
    _exit(0);
  }
  CHECK(waitpid(child, &ended, 0) == child && WIFSIGNALED(ended), "it ended with %x", ended);
}

/* Seven registers, the flags and the stack below change; then it aborts. */
static void registersAndStackAreRestored(void) {
  uint64_t found[8];
  uint64_t aborted = 0;
  UNTIL(aborted == 0x09000001, __asm__ volatile(
      "movq $11, %%rbx\n\t movq $12, %%rcx\n\t movq $13, %%rdx\n\t movq $14, %%rsi\n\t"
      "movq $15, %%r12\n\t movq $16, %%r15\n\t subq $1024, %%rsp\n\t pushq $17\n\t"
      "movl $-1, %%eax\n\t stc\n\t"
      RTM_SITE(1) "xbegin 1f\n\t"
      "popq %%rbx\n\t pushq $21\n\t pushq $22\n\t xorq %%rcx, %%rcx\n\t movq %%rsp, %%rdx\n\t"
      "addq $24, %%rsp\n\t pushq $23\n\t leaq 8(%%rsi), %%r12\n\t imulq $5, %%rsi, %%rsi\n\t"
      "xchgq %%r15, -256(%%rsp)\n\t clc\n\t"
      RTM_SITE(3) "xabort $9\n\t"
      "1:\n\t"
      "setc 56(%%rdi)\n\t popq 48(%%rdi)\n\t addq $1024, %%rsp\n\t"
      "movq %%rbx, 0(%%rdi)\n\t movq %%rcx, 8(%%rdi)\n\t movq %%rdx, 16(%%rdi)\n\t"
      "movq %%rsi, 24(%%rdi)\n\t movq %%r12, 32(%%rdi)\n\t movq %%r15, 40(%%rdi)"
      : "=a"(aborted) : "D"(found)
      : "rbx", "rcx", "rdx", "rsi", "r12", "r15", "memory", "cc"));
  CHECK(aborted == 0x09000001, "status=%llx", (unsigned long long)aborted);
  for (uint64_t i = 0; i < 7; i++) {
    CHECK(found[i] == 11 + i, "value %llu is %llx", (unsigned long long)i,
          (unsigned long long)found[i]);
  }
  CHECK((found[7] & 1) == 1, "the carry is lost");
}

/* ---- other threads */

static volatile uint64_t counter;
static volatile int is_over;

static void *count(void *unused) {
  (void)unused;
  while (!is_over) {
    counter++;
  }
  return 0;
}

/* Whether a word that another thread counts up stands still inside a transaction. */
static int stands_still(int transactions) {
  int same = 1;
  for (int i = 0; i < transactions && same; i++) {
    uint64_t first = 0;
    uint64_t last = 0;
    if (rtm_begin() == RTM_STARTED) {
      first = counter;
      for (int volatile j = 0; j < 5; j++) {
      }
      last = counter;
      rtm_end();
    }
    same &= first == last;
  }
  return same;
}

static void beside_a_counting_thread(void (*run)(void)) {
  pthread_t thread;
  counter = 0;
  is_over = 0;
  CHECK(pthread_create(&thread, 0, count, 0) == 0, "no thread");
  while (counter == 0) {
  }
  run();
  is_over = 1;
  pthread_join(thread, 0);
}

static int isolated;
static int exposed;

static void compare_isolation(void) {
  isolated = stands_still(20);
  if (mode == EMULATED) {
    emulator_isolate(0);
    exposed = stands_still(1000);
    emulator_isolate(1);
  }
}

static void otherThreadsStandStillMeanwhile(void) {
  exposed = 0;
  beside_a_counting_thread(compare_isolation);
  CHECK(isolated, "another thread was seen inside a transaction");
  CHECK(!exposed, "without isolation it must be seen");
}

static void *block_signals(void *unused) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, 0);
  return count(unused);
}

static void threadThatDoesNotStopAbortsTheTransaction(void) {
  pthread_t thread;
  counter = 0;
  is_over = 0;
  touch_memory();
  CHECK(pthread_create(&thread, 0, block_signals, 0) == 0, "no thread");
  while (counter == 0) {
  }
  uint64_t late = emulated()->late;
  uint32_t status = write_lines(1, LINE);
  is_over = 1;
  pthread_join(thread, 0);
  await_end_of_threads();
  CHECK(status == (RTM_RETRY | RTM_CONFLICT), "status=%x", status);
  CHECK(emulated()->late == late + 1 && memory[0] == 1, "it was not late, or a store is left");
  CHECK(write_lines(1, LINE) == RTM_STARTED, "the next one aborts as well");
}

const test emulator_tests[] = {
    {"xtestSaysWhereItIs", xtestSaysWhereItIs, IN_HARDWARE},
    {"xabortOutsideDoesNothing", xabortOutsideDoesNothing, IN_HARDWARE},
    {"abortInsideTellsItsCodeAndWhetherItWasNested", abortInsideTellsItsCodeAndWhetherItWasNested,
     IN_HARDWARE},
    {"nestedTransactionsEndTogether", nestedTransactionsEndTogether, IN_HARDWARE},
    {"nestingHasALimit", nestingHasALimit, IN_HARDWARE},
    {"asMuchIsWrittenAsTheCacheHolds", asMuchIsWrittenAsTheCacheHolds, EMULATED},
    {"whatAlwaysAbortsDoes", whatAlwaysAbortsDoes, IN_HARDWARE},
    {"faultsAbort", faultsAbort, IN_HARDWARE},
    {"faultsOutsideAreNotTouched", faultsOutsideAreNotTouched, IN_HARDWARE},
    {"registersAndStackAreRestored", registersAndStackAreRestored, IN_HARDWARE},
    {"otherThreadsStandStillMeanwhile", otherThreadsStandStillMeanwhile, IN_HARDWARE},
    {"threadThatDoesNotStopAbortsTheTransaction", threadThatDoesNotStopAbortsTheTransaction,
     EMULATED},
    {0, 0, 0},
};
