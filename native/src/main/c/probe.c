/*
 * Whether this processor has RTM that can be used.
 *
 * Source of the list of errata: Intel's specification updates, as far as kernels and C libraries act
 * on them. Haswell client and EP parts have lost RTM by
 * microcode, and one that has not got it computes wrongly; Haswell-EX, stepping 4, is sound.
 */
#define _POSIX_C_SOURCE 199309L
#include "rtm.h"

#include <string.h>
#include <time.h>

#define LINE 64
#define COST_ROUNDS 20000u
#define COST_LINES 16

/* Trials under an emulator, where each takes a millisecond. */
#define FORCED_TRIALS 10

uint32_t rtm_usable_state;

#if RTM_EXISTS
#include <cpuid.h>

static uint32_t field(uint32_t word, int shift, int bits) {
  return word >> shift & ((1u << bits) - 1);
}

static int is_on_errata_list(const stm_htm_report *r) {
  if (r->family != 6) {
    return 0;
  }
  switch (r->model) {
    case 0x3C: /* Haswell client */
    case 0x45:
    case 0x46: return 1;
    case 0x3F: return r->stepping < 4; /* Haswell E and EP; EX is stepping 4 */
    default: return 0;
  }
}

static void identify(stm_htm_report *r) {
  uint32_t a, b, c, d;
  uint32_t brand[12];
  __cpuid(0, a, b, c, d);
  uint32_t leaves = a;
  memcpy(r->vendor, &b, 4);
  memcpy(r->vendor + 4, &d, 4);
  memcpy(r->vendor + 8, &c, 4);
  __cpuid(1, a, b, c, d);
  r->family = field(a, 8, 4);
  r->model = field(a, 4, 4);
  r->stepping = field(a, 0, 4);
  if (r->family == 6 || r->family == 15) {
    r->model |= field(a, 16, 4) << 4;
  }
  if (r->family == 15) {
    r->family += field(a, 20, 8);
  }
  r->facts |= field(c, 31, 1) ? STM_HTM_HAS_HYPERVISOR : 0;
  if (leaves >= 7) {
    __cpuid_count(7, 0, a, b, c, d);
    r->facts |= field(b, 11, 1) ? STM_HTM_HAS_RTM : 0;
    r->facts |= field(b, 4, 1) ? STM_HTM_HAS_HLE : 0;
    r->facts |= field(d, 11, 1) ? STM_HTM_HAS_ALWAYS_ABORT : 0;
    r->facts |= field(d, 13, 1) ? STM_HTM_HAS_FORCE_ABORT : 0;
    r->facts |= field(d, 16, 1) ? STM_HTM_HAS_LOAD_TRACKING : 0;
  }
  __cpuid(0x80000000, a, b, c, d);
  if (a >= 0x80000004) {
    for (uint32_t i = 0; i < 3; i++) {
      __cpuid(0x80000002 + i, brand[4 * i], brand[4 * i + 1], brand[4 * i + 2], brand[4 * i + 3]);
    }
    memcpy(r->brand, brand, sizeof brand);
  }
  r->facts |= is_on_errata_list(r) ? STM_HTM_ON_ERRATA_LIST : 0;
}

/* What is known without executing XBEGIN; USABLE if it may be. */
static uint32_t judge(const stm_htm_report *r, uint32_t flags) {
  if (memcmp(r->vendor, "GenuineIntel", 12) != 0) {
    return STM_HTM_NOT_INTEL;
  }
  if ((r->facts & STM_HTM_ON_ERRATA_LIST) != 0 && (flags & STM_HTM_TRUST_MODEL) == 0) {
    return STM_HTM_ERRATUM;
  }
  if ((r->facts & STM_HTM_HAS_ALWAYS_ABORT) != 0) {
    return STM_HTM_ALWAYS_ABORTS;
  }
  return (r->facts & STM_HTM_HAS_RTM) == 0 ? STM_HTM_DENIED : STM_HTM_USABLE;
}
#endif

static uint64_t nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* XTEST says where it is, and XABORT comes back with its code: an emulator that takes XBEGIN for
 * something harmless is found out. Some tries, for an interrupt may come between. */
static uint32_t check_abort(void) {
  uint32_t status = 0;
  for (int i = 0; i < 16; i++) {
    if (rtm_test()) {
      return RTM_STARTED;
    }
    status = rtm_begin();
    if (status == RTM_STARTED) {
      if (rtm_test()) {
        rtm_abort(ABORT_PROBE);
      }
      rtm_end();
    }
    if (status & RTM_EXPLICIT) {
      break;
    }
  }
  return status;
}

/* One transaction that writes some lines; none begins with a page fault. */
static void try_lines(uint64_t memory, uint64_t lines, stm_htm_counts *counts) {
  uint32_t status = rtm_begin();
  if (status == RTM_STARTED) {
    for (uint64_t i = 0; i < lines; i++) {
      store(memory + i * LINE, i);
    }
    rtm_end();
    counts->commits++;
  } else {
    rtm_count_abort(counts, status);
  }
  counts->attempts++;
}

static uint64_t cost(uint64_t memory, uint64_t lines) {
  stm_htm_counts ignored = {0};
  uint64_t start = nanos();
  for (uint32_t i = 0; i < COST_ROUNDS; i++) {
    try_lines(memory, lines, &ignored);
  }
  return (nanos() - start) * 1000 / COST_ROUNDS;
}

static uint64_t cost_of_cas(uint64_t memory) {
  uint64_t start = nanos();
  for (uint64_t i = 0; i < COST_ROUNDS; i++) {
    uint64_t expected = load(memory);
    __atomic_compare_exchange_n((uint64_t *)memory, &expected, i, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
  }
  return (nanos() - start) * 1000 / COST_ROUNDS;
}

static uint32_t make_trials(stm_htm_report *r) {
  _Alignas(LINE) uint8_t lines[COST_LINES * LINE];
  uint64_t memory = (uint64_t)lines;
  memset(lines, 1, sizeof lines);
  r->xabort_status = check_abort();
  if (r->xabort_status != ((uint32_t)ABORT_PROBE << 24 | RTM_EXPLICIT)) {
    return STM_HTM_LOOK_ALIKE;
  }
  r->trials = (r->facts & STM_HTM_WAS_FORCED) != 0 ? FORCED_TRIALS : STM_HTM_TRIALS;
  for (uint32_t i = 0; i < r->trials; i++) {
    try_lines(memory, 2, &r->counts);
  }
  if (r->counts.commits <= r->trials / 2) {
    return STM_HTM_TRIALS_FAILED;
  }
  if ((r->facts & STM_HTM_WAS_FORCED) == 0) {
    r->cas_ps = cost_of_cas(memory);
    r->transaction_ps = cost(memory, 1);
    uint64_t many = cost(memory, COST_LINES);
    r->line_ps = many > r->transaction_ps ? (many - r->transaction_ps) / (COST_LINES - 1) : 0;
  }
  return STM_HTM_USABLE;
}

STM_HTM_API int32_t stm_htm_probe(uint32_t flags, uint64_t report) {
  stm_htm_report *r = (stm_htm_report *)report;
  memset(r, 0, sizeof *r);
  r->abi = STM_HTM_ABI;
#if RTM_EXISTS
  identify(r);
  r->verdict = judge(r, flags);
#ifdef STM_HTM_EMULATED
  if ((flags & STM_HTM_FORCE) != 0) {
    r->facts |= STM_HTM_WAS_FORCED;
    r->verdict = STM_HTM_USABLE;
  }
#endif
  if (r->verdict == STM_HTM_USABLE) {
    r->verdict = make_trials(r);
  }
#else
  (void)flags;
  (void)make_trials;
  r->verdict = STM_HTM_NOT_X86;
#endif
  __atomic_store_n(&rtm_usable_state, r->verdict == STM_HTM_USABLE, __ATOMIC_RELAXED);
  return (int32_t)r->verdict;
}

STM_HTM_API int32_t stm_htm_abi(void) { return STM_HTM_ABI; }
