/*
 * Stopping the other threads of the process, from inside a signal handler: nothing here allocates
 * or takes a lock of the C library, since a stopped thread may hold it.
 *
 * One word holds the number of the stop, odd while it lasts, and how many threads have come to it.
 * A signal carries the number that it belongs to, so one that is late counts for nothing.
 */
#define _GNU_SOURCE
#include "emulation.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 1024
#define PATIENCE_NANOS 500000000ll
#define NAMES_BYTES 4096

/* | number of the stop | threads that have come | */
static uint64_t stops;
static uint32_t resumed; /* number of the last stop that is over: what stopped threads wait for */
static int32_t told[MAX_THREADS];

static uint32_t number_of(uint64_t word) { return (uint32_t)(word >> 32); }

int world_signal(void) { return SIGRTMIN + STOP_SIGNAL_OFFSET; }

static int64_t nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000ll + now.tv_nsec;
}

static void on_stop(int signal, siginfo_t *info, void *context) {
  int saved = errno;
  uint32_t number = (uint32_t)info->si_value.sival_int;
  uint64_t word = __atomic_load_n(&stops, __ATOMIC_SEQ_CST);
  (void)signal;
  (void)context;
  do {
    if (number_of(word) != number) {
      errno = saved;
      return;
    }
  } while (!__atomic_compare_exchange_n(&stops, &word, word + 1, 0, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST));
  uint32_t seen;
  while ((seen = __atomic_load_n(&resumed, __ATOMIC_SEQ_CST)) < number) {
    syscall(SYS_futex, &resumed, FUTEX_WAIT_PRIVATE, seen, 0, 0, 0);
  }
  errno = saved;
}

int world_prepare(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_stop;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  return sigaction(world_signal(), &action, 0);
}

static int tell(int32_t thread, uint32_t number) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  info.si_signo = world_signal();
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_value.sival_int = (int)number;
  return syscall(SYS_rt_tgsigqueueinfo, getpid(), thread, info.si_signo, &info) == 0;
}

static int32_t number_in(const char *name) {
  int32_t number = 0;
  for (; *name >= '0' && *name <= '9'; name++) {
    number = number * 10 + (*name - '0');
  }
  return number;
}

static int is_told(int32_t thread, int count) {
  for (int i = 0; i < count; i++) {
    if (told[i] == thread) {
      return 1;
    }
  }
  return 0;
}

/* The kernel's directory entry. */
struct entry {
  uint64_t inode;
  int64_t next;
  uint16_t bytes;
  uint8_t type;
  char name[];
};

/* Tells every thread that has not been told: how many have been now, or -1. */
static int tell_new(int count, uint32_t number) {
  int directory = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  _Alignas(struct entry) char names[NAMES_BYTES];
  int32_t self = (int32_t)syscall(SYS_gettid);
  long got;
  while (directory >= 0 && (got = syscall(SYS_getdents64, directory, names, NAMES_BYTES)) > 0) {
    for (long at = 0; at < got; at += ((const struct entry *)(names + at))->bytes) {
      int32_t thread = number_in(((const struct entry *)(names + at))->name);
      if (thread == 0 || thread == self || is_told(thread, count)) {
        continue;
      }
      if (count == MAX_THREADS) {
        close(directory);
        return -1;
      }
      if (tell(thread, number)) {
        told[count++] = thread;
      }
    }
  }
  close(directory);
  return directory < 0 ? -1 : count;
}

static int await(uint32_t count) {
  int64_t start = nanos();
  while ((uint32_t)__atomic_load_n(&stops, __ATOMIC_SEQ_CST) != count) {
    if (nanos() - start > PATIENCE_NANOS) {
      return 0;
    }
    syscall(SYS_sched_yield);
  }
  return 1;
}

int world_stop(void) {
  uint32_t number = number_of(stops) + 1;
  __atomic_store_n(&stops, (uint64_t)number << 32, __ATOMIC_SEQ_CST);
  /* Until a look finds nobody new: a thread may have been born since the last. */
  for (int before = -1, count = 0; before != count;) {
    before = count;
    count = tell_new(count, number);
    if (count < 0 || !await((uint32_t)count)) {
      world_resume();
      return -1;
    }
    if (count == before) {
      return count;
    }
  }
  return -1;
}

void world_resume(void) {
  uint32_t number = number_of(stops);
  /* A number of its own in between, so that a late signal finds no stop to come to. */
  __atomic_store_n(&stops, (uint64_t)(number + 1) << 32, __ATOMIC_SEQ_CST);
  __atomic_store_n(&resumed, number, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, &resumed, FUTEX_WAKE_PRIVATE, MAX_THREADS, 0, 0, 0);
}
