/*
 * The four instructions of RTM, what an abort says, and the verdict of the probe.
 *
 * By hand and not by the compiler's builtins, for two reasons. No function needs a target attribute,
 * so the rest of it cannot be compiled for more than the baseline. And in a build with
 * STM_HTM_EMULATED each instruction notes its address in a section of its own: an emulator can
 * replace it where the processor would execute it, or ignore it.
 *
 * Inside a transaction: no call, no vector code, no instruction that always aborts (PAUSE, CPUID,
 * and whatever enters the kernel). The first is seen to by inlining, the second by the flags of the
 * build; NativeBuildTest looks at the machine code.
 */
#ifndef STM_HTM_RTM_H
#define STM_HTM_RTM_H

#include "stm_htm.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* What XBEGIN seems to return when the transaction has begun. */
#define RTM_STARTED 0xFFFFFFFFu

#define RTM_EXPLICIT 1u
#define RTM_RETRY 2u
#define RTM_CONFLICT 4u
#define RTM_CAPACITY 8u

/* Codes of XABORT. */
#define ABORT_STALE 1
#define ABORT_GUARD 2
#define ABORT_BUSY 3
#define ABORT_PROBE 0x5A

/* Parts that a build of the tests may leave out, to see that somebody notices. */
#define CHECK_READS 1
#define CHECK_EXPECTED 2
#define CHECK_GUARD 3
#define CHECK_CLOCK 4
#define STORE_HEADER 5
#define CHECK_CPUID 6
#define CHECK_XABORT 7
#ifndef STM_HTM_WITHOUT
#define STM_HTM_WITHOUT 0
#endif
#define WITH(part) ((part) != (STM_HTM_WITHOUT))

#if defined(__x86_64__) && !defined(STM_HTM_STUB)
#define RTM_EXISTS 1

#ifdef STM_HTM_EMULATED
#define RTM_SITE(kind) \
  "771:\n\t.pushsection stm_htm_sites,\"aw\"\n\t.quad 771b, " #kind "\n\t.popsection\n\t"
#else
#define RTM_SITE(kind) ""
#endif

/* Begins a transaction. Comes back a second time, with the reason, if that aborts: registers and
 * memory are then as they were, so the compiler need not know. */
ALWAYS_INLINE uint32_t rtm_begin(void) {
  uint32_t status = RTM_STARTED;
  __asm__ volatile(RTM_SITE(1) "xbegin 772f\n772:" : "+a"(status) : : "memory");
  return status;
}

ALWAYS_INLINE void rtm_end(void) {
  __asm__ volatile(RTM_SITE(2) "xend" : : : "memory");
}

#define rtm_abort(code) __asm__ volatile(RTM_SITE(3) "xabort %0" : : "i"(code) : "memory")

ALWAYS_INLINE int rtm_test(void) {
  uint8_t inside;
  __asm__ volatile(RTM_SITE(4) "xtest\n\tsetnz %0" : "=q"(inside) : : "memory", "cc");
  return inside;
}

ALWAYS_INLINE void cpu_pause(void) {
  __asm__ volatile("pause" : : : "memory");
}

/* Makes the page of a word present for writing, and leaves the word as it is. By hand: a compiler
 * may make a load of an atomic OR of 0 whose result nobody uses. */
ALWAYS_INLINE void touch_word(uint64_t address) {
  __asm__ volatile("lock orq $0, %0" : "+m"(*(uint64_t *)address) : : "memory", "cc");
}

ALWAYS_INLINE uint64_t cpu_ticks(void) {
  uint32_t low;
  uint32_t high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}

#else
#define RTM_EXISTS 0

/* Never executed: the verdict is NOT_X86. */
ALWAYS_INLINE uint32_t rtm_begin(void) { return 0; }
ALWAYS_INLINE void rtm_end(void) {}
#define rtm_abort(code) ((void)(code))
ALWAYS_INLINE int rtm_test(void) { return 0; }
ALWAYS_INLINE void cpu_pause(void) {}
ALWAYS_INLINE void touch_word(uint64_t address) {
  __atomic_fetch_or((uint64_t *)address, 0, __ATOMIC_RELAXED);
}
ALWAYS_INLINE uint64_t cpu_ticks(void) { return 0; }

#endif

/* Whether the probe has found RTM usable; the library's only state. */
extern uint32_t rtm_usable_state __attribute__((visibility("hidden")));

ALWAYS_INLINE int rtm_is_usable(void) {
  return __atomic_load_n(&rtm_usable_state, __ATOMIC_RELAXED) != 0;
}

ALWAYS_INLINE uint64_t load(uint64_t address) { return *(const uint64_t *)address; }
ALWAYS_INLINE void store(uint64_t address, uint64_t value) { *(uint64_t *)address = value; }

ALWAYS_INLINE void cpu_pauses(uint64_t times) {
  while (times-- != 0) {
    cpu_pause();
  }
}

/* Waits after an abort, longer after each: up to 64 pauses, less than the ticks make up by chance,
 * so that two that meet once do not meet again and again. */
ALWAYS_INLINE void rtm_back_off(uint64_t tried) {
  uint64_t most = 4ull << (tried < 4 ? tried : 4);
  cpu_pauses(1 + (cpu_ticks() >> 4) % most);
}

/* Counts an abort, and says which result it is. */
static inline int32_t rtm_count_abort(stm_htm_counts *counts, uint32_t status) {
  counts->retry += (status & RTM_RETRY) != 0;
  if (status & RTM_EXPLICIT) {
    switch (status >> 24) {
      case ABORT_GUARD: counts->guard++; return STM_HTM_GUARD;
      case ABORT_BUSY: counts->busy++; return STM_HTM_CONFLICT;
      default: counts->stale++; return STM_HTM_STALE;
    }
  }
  if (status & RTM_CAPACITY) {
    counts->capacity++;
    return STM_HTM_CAPACITY;
  }
  if (status & RTM_CONFLICT) {
    counts->conflict++;
    return STM_HTM_CONFLICT;
  }
  if (status == 0) {
    counts->interrupted++;
  } else {
    counts->unknown++;
  }
  return STM_HTM_OTHER;
}

/* Whether some bytes lie in a region, for any values. */
ALWAYS_INLINE int lies_in(uint64_t offset, uint64_t bytes, uint64_t limit) {
  return offset <= limit && bytes <= limit - offset;
}

#endif
