/*
 * An emulator of RTM for tests, on x86-64 Linux: the machine code of the shim runs as it is, but
 * its XBEGIN, XEND, XABORT and XTEST are done here. For tests only: it is in no artifact, and its
 * times say nothing.
 *
 * HOW IT WORKS
 *
 * Sites. In a build with STM_HTM_EMULATED every such instruction has noted its address (rtm.h).
 * emulator_install overwrites its first two bytes with UD2, on every machine alike: where XBEGIN
 * is executed, where it faults, and where it is mistaken for something else. One way to test, not
 * one per machine; and operands lie behind the two bytes, so they stay readable. What is not
 * noted is not emulated.
 *
 * A transaction begins in the handler of SIGILL. It takes the processor (one transaction at a time
 * in a process), stops all other threads, saves the registers, and lets the code go on step by
 * step: with TF set, each instruction ends with SIGTRAP. Before an instruction runs, it is decoded
 * as far as to know which bytes it writes; their lines are saved. An abort writes the lines back
 * that have changed, puts the registers back, and goes on behind XBEGIN. So it can come before any
 * instruction, and leaves nothing.
 *
 * As on a processor: a fault, a system call, PAUSE, or any instruction outside the integer
 * baseline aborts with status 0; one line too many in a set of the first-level cache aborts with
 * CAPACITY; transactions nest flatly, and an abort inside has the bit NESTED.
 *
 * Isolation. All other threads of the process wait in a signal handler until the end. A thread
 * that does not come within 500 ms (it blocks all signals, or is about to end) costs an abort,
 * CONFLICT and RETRY; so nothing can wait for ever.
 *
 * WHAT IT IS NOT
 *
 * Transactions run one after the other: no conflict comes by itself, no order of memory accesses is
 * tested but that of the code, reads are not limited, and a page that is not there yet is fetched
 * and not a fault. Other processes see the stores of a running transaction. Threads in a sleeping
 * system call see EINTR.
 */
#ifndef EMULATOR_H
#define EMULATOR_H

#include <stdint.h>

#define EMULATOR_API __attribute__((visibility("default")))

/* Status bit of an abort inside a nested transaction. */
#define EMULATED_NESTED 32u

/* Sets and ways of a first-level cache of 32 KiB. */
#define EMULATED_SETS 64
#define EMULATED_WAYS 8

/* A step that no transaction reaches. */
#define EMULATED_NEVER UINT64_MAX

/* What has happened since the start of the process. */
typedef struct emulated_counts {
  uint64_t begun;     /* transactions, without nested ones */
  uint64_t committed;
  uint64_t injected;  /* aborts that a test has asked for */
  uint64_t explicit;  /* aborts by XABORT */
  uint64_t capacity;  /* aborts because too much was written */
  uint64_t faults;    /* aborts by a fault */
  uint64_t forbidden; /* aborts by an instruction that always aborts or is not known here */
  uint64_t late;      /* aborts because a thread did not stop in time */
  uint64_t stopped;   /* threads stopped, added up */
  uint64_t steps;     /* instructions of the transaction that ended last, XEND included */
} emulated_counts;

/* Puts itself in place of the instructions; the number of sites, or less than 0. Once, before the
 * first transaction. */
EMULATOR_API int32_t emulator_install(void);

/* Address of the emulated_counts. */
EMULATOR_API uint64_t emulator_counts(void);

/* The next `times` transactions that come so far abort with a status instead of the instruction of
 * that number, from 0 on; 0 times: no more. */
EMULATOR_API void emulator_inject(uint64_t step, uint32_t status, uint64_t times);

/* From now on, one transaction in `one_in` aborts, anywhere, with a status that a processor could
 * give, drawn from a seed; 0: no more. */
EMULATOR_API void emulator_inject_at_random(uint64_t seed, uint32_t one_in);

/* The next transaction that comes so far ends with its process, killed: the kill is an interrupt,
 * so the transaction is rolled back first. */
EMULATOR_API void emulator_kill_at(uint64_t step);

/* Runs a function once, when the next transaction is about to begin: as another thread could. */
EMULATOR_API void emulator_before_next(void (*hook)(void *), void *argument);

/* Runs a function before each instruction of each transaction, or none if 0; it finds the memory as
 * an abort before that instruction would leave it. So one transaction shows all its abort points;
 * to inject each would take the square of the time. It runs in a handler: it changes nothing. */
EMULATOR_API void emulator_at_each_step(void (*look)(void *), void *argument);

/* What another processor, or an emulator that does not know RTM, could do with its instructions. */
enum emulated_mistake {
  EMULATED_RIGHTLY,
  XTEST_SAYS_OUTSIDE,
  XTEST_SAYS_INSIDE,
  XABORT_DOES_NOTHING,
  XABORT_LOSES_ITS_CODE
};

/* Makes that mistake from now on. */
EMULATOR_API void emulator_mistake(enum emulated_mistake mistake);

/* Whether transactions are isolated; 0 to see that a test misses it. */
EMULATOR_API void emulator_isolate(int32_t isolate);

#endif
