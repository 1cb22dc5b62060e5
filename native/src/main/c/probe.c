/*
 * Whether this processor has RTM that can be used.
 *
 * Source of the list of errata: that of libitm. Haswell client and EP parts have lost RTM by
 * microcode, and one that has not got it computes wrongly; Haswell-EX, stepping 4, is sound. glibc
 * also refused Skylake SP (0x55 up to stepping 5) and the clients of Skylake, Kaby and Coffee Lake:
 * microcode makes these abort, and kernels hide them; CPUID and the trials see either.
 */
#define _POSIX_C_SOURCE 199309L
#include "probe.h"

#include <string.h>
#include <time.h>

#define LINE 64
#define ABORT_TRIES 16
#define COST_ROUNDS 20000u
#define COST_LINES 16

/* The leaf of CPUID that says of RTM. One that there is not holds what another one does. */
#define FEATURES 7

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

static void identify(const rtm_cpuid *machine, stm_htm_report *r) {
  const uint32_t *version = machine->version;
  memcpy(r->vendor, &machine->basic[1], 4);
  memcpy(r->vendor + 4, &machine->basic[3], 4);
  memcpy(r->vendor + 8, &machine->basic[2], 4);
  memcpy(r->brand, machine->brand, sizeof machine->brand);
  r->family = field(version[0], 8, 4);
  r->model = field(version[0], 4, 4);
  r->stepping = field(version[0], 0, 4);
  if (r->family == 6 || r->family == 15) {
    r->model |= field(version[0], 16, 4) << 4;
  }
  if (r->family == 15) {
    r->family += field(version[0], 20, 8);
  }
  r->facts |= field(version[2], 31, 1) ? STM_HTM_HAS_HYPERVISOR : 0;
  if (machine->basic[0] >= FEATURES) {
    const uint32_t *features = machine->features;
    r->facts |= field(features[1], 11, 1) ? STM_HTM_HAS_RTM : 0;
    r->facts |= field(features[1], 4, 1) ? STM_HTM_HAS_HLE : 0;
    r->facts |= field(features[3], 11, 1) ? STM_HTM_HAS_ALWAYS_ABORT : 0;
    r->facts |= field(features[3], 13, 1) ? STM_HTM_HAS_FORCE_ABORT : 0;
    r->facts |= field(features[3], 16, 1) ? STM_HTM_HAS_LOAD_TRACKING : 0;
  }
  r->facts |= is_on_errata_list(r) ? STM_HTM_ON_ERRATA_LIST : 0;
}

uint32_t rtm_judge(const rtm_cpuid *machine, uint32_t flags, stm_htm_report *r) {
  identify(machine, r);
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

static void leaf(uint32_t number, uint32_t *r) { __cpuid_count(number, 0, r[0], r[1], r[2], r[3]); }

static void ask(rtm_cpuid *machine) {
  uint32_t extended[4];
  memset(machine, 0, sizeof *machine);
  leaf(0, machine->basic);
  leaf(1, machine->version);
  leaf(FEATURES, machine->features);
  leaf(0x80000000, extended);
  for (uint32_t i = 0; i < 3 && extended[0] >= 0x80000004; i++) {
    leaf(0x80000002 + i, machine->brand + 4 * i);
  }
}
#else
uint32_t rtm_judge(const rtm_cpuid *machine, uint32_t flags, stm_htm_report *r) {
  (void)machine, (void)flags, (void)r;
  return STM_HTM_NOT_X86;
}

static void ask(rtm_cpuid *machine) { memset(machine, 0, sizeof *machine); }
#endif

static uint64_t nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* XTEST says where it is, and XABORT comes back with its code: whatever takes XBEGIN for something
 * harmless is found out. Some tries, for an interrupt may come between. RTM_STARTED if there is no
 * way back; XEND only where it is no fault. */
static uint32_t check_abort(void) {
  uint32_t status = 0;
  for (int i = 0; i < ABORT_TRIES && (status & RTM_EXPLICIT) == 0; i++) {
    if (rtm_test()) {
      return RTM_STARTED;
    }
    status = rtm_begin();
    if (status == RTM_STARTED) {
      if (rtm_test()) {
        rtm_abort(ABORT_PROBE);
        rtm_end();
      } else {
        rtm_abort(ABORT_STALE);
      }
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
  int is_real = r->xabort_status == ((uint32_t)ABORT_PROBE << 24 | RTM_EXPLICIT) ||
                !WITH(CHECK_XABORT);
  if (!is_real && (r->xabort_status & RTM_EXPLICIT) != 0) {
    return STM_HTM_LOOK_ALIKE;
  }
  r->trials = (r->facts & STM_HTM_WAS_FORCED) != 0 ? FORCED_TRIALS : STM_HTM_TRIALS;
  for (uint32_t i = 0; i < r->trials; i++) {
    try_lines(memory, 2, &r->counts);
  }
  if (r->counts.commits <= r->trials / 2) {
    return STM_HTM_TRIALS_FAILED;
  }
  if (!is_real) {
    return STM_HTM_LOOK_ALIKE;
  }
  if ((r->facts & STM_HTM_WAS_FORCED) == 0) {
    r->cas_ps = cost_of_cas(memory);
    r->transaction_ps = cost(memory, 1);
    uint64_t many = cost(memory, COST_LINES);
    r->line_ps = many > r->transaction_ps ? (many - r->transaction_ps) / (COST_LINES - 1) : 0;
  }
  return STM_HTM_USABLE;
}

int32_t rtm_probe(const rtm_cpuid *machine, uint32_t flags, stm_htm_report *r) {
  memset(r, 0, sizeof *r);
  r->abi = STM_HTM_ABI;
  r->verdict = rtm_judge(machine, flags, r);
#ifdef STM_HTM_EMULATED
  if ((flags & STM_HTM_FORCE) != 0) {
    r->facts |= STM_HTM_WAS_FORCED;
    r->verdict = STM_HTM_USABLE;
  }
#endif
  if (r->verdict == STM_HTM_USABLE || !WITH(CHECK_CPUID)) {
    r->verdict = make_trials(r);
  }
  __atomic_store_n(&rtm_usable_state, r->verdict == STM_HTM_USABLE, __ATOMIC_RELAXED);
  return (int32_t)r->verdict;
}

STM_HTM_API int32_t stm_htm_probe(uint32_t flags, uint64_t report) {
  rtm_cpuid machine;
  ask(&machine);
  return rtm_probe(&machine, flags, (stm_htm_report *)report);
}

STM_HTM_API int32_t stm_htm_abi(void) { return STM_HTM_ABI; }
