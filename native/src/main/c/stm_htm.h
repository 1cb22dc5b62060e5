/*
 * Hardware transactions (Intel RTM) for the engine: what a JVM calls.
 *
 * THE CONTRACT
 *
 * 1. Optional. The Java path can do all that is done here; any result but STM_HTM_OK means that
 *    nothing has changed, and that the caller goes on in Java. On a processor without RTM, and on
 *    another architecture, the functions are there and say STM_HTM_UNAVAILABLE.
 *
 * 2. XBEGIN is executed only after stm_htm_probe has found that it works; never where CPUID denies
 *    it. Until then everything that needs it is STM_HTM_UNAVAILABLE.
 *
 * 3. A commit is complete. stm_htm_commit does in one transaction of the processor what
 *    engine/Commit.java does by locks, with the same headers and by the same rules, so that both may
 *    run at the same time on the same data:
 *
 *      guards    no snapshot is registered and nobody waits in retry (CONTROL line, words LIVE and
 *                WAITERS); else STM_HTM_GUARD, since only Java keeps before-images and wakes
 *      reads     each header is below the bound of the snapshot, OWNED and FREED left out, or has
 *                this slot and neither LOCK nor OWNED, FREED or not; LOCK is above any bound. Else
 *                STM_HTM_STALE
 *      writes    each header is, as a whole word, what its entry expects; else STM_HTM_STALE
 *      clock     is read, inside; the new word is clock << 11 | slot
 *      payloads  image to object; then the header, with FREED for an object that is freed
 *      status    the new word goes into `published` of the descriptor, inside: whoever finds it
 *                there, after whatever has happened to the caller, knows that all of it is done
 *
 *    The token of escalated attempts is no guard: what they own says so by OWNED, in the words that
 *    are compared, so it is STALE as a write.
 *
 *    Nothing is locked, so a software commit that meets the transaction never waits for it: its
 *    compare-and-set on a header aborts it.
 *
 * 4. Bounded. A call looks at no more than STM_HTM_MAX_ENTRIES entries of STM_HTM_MAX_WORDS words
 *    together and STM_HTM_MAX_READS reads, and tries no more than STM_HTM_MAX_TRIES times: some
 *    microseconds. Only CONFLICT is waited out between tries; an interrupt, a fault or an abort
 *    without a reason, also one with the hint to retry alone, is tried twice more without waiting,
 *    since nobody is in the way; and GUARD comes back at once, since a snapshot or a waiter stays
 *    for longer than a call may take. So it may be a critical downcall, which no safepoint
 *    interrupts.
 *
 * 5. Checked. Whatever a descriptor, an entry or a read says is compared with the region before
 *    XBEGIN; out of range, not aligned, of an unknown kind: STM_HTM_BAD. What is trusted: that the
 *    argument is the address of a struct of the kind, that it says the truth of the region and the
 *    control line, and that both stay mapped and nobody changes descriptor, entries or images
 *    during the call.
 *
 * 6. Addresses are uint64_t, because a JVM hands over longs for nothing, and a memory segment
 *    costs a check of its session. Offsets count from the start of the region.
 *
 * 7. One descriptor, ground or run per thread: the functions keep no state but the verdict of the
 *    probe. They allocate nothing, and set no errno.
 */
#ifndef STM_HTM_H
#define STM_HTM_H

#include <stdint.h>

#if defined(__GNUC__)
#define STM_HTM_API __attribute__((visibility("default")))
#else
#define STM_HTM_API
#endif

/* Changes whenever a struct, a constant or the meaning of a result does. */
#define STM_HTM_ABI 1

/* ---- results: 0, or why nothing has changed */

#define STM_HTM_OK 0
/* A header is not what it must be: somebody has committed, or is about to. */
#define STM_HTM_STALE 1
/* A snapshot is registered or somebody waits. */
#define STM_HTM_GUARD 2
/* The tries are spent, the last on a line that another thread touched. */
#define STM_HTM_CONFLICT 3
/* The transaction is larger than the processor's caches can hold. */
#define STM_HTM_CAPACITY 4
/* The tries are spent, the last on an interrupt, a page fault, or without a reason given. */
#define STM_HTM_OTHER 5
/* No usable RTM: XBEGIN was not executed. */
#define STM_HTM_UNAVAILABLE 6
/* Refused: something is out of range. */
#define STM_HTM_BAD 7
/* Refused: more entries, words or reads than a call takes on. */
#define STM_HTM_TOO_LARGE 8
/* Kernels: a word was not what a compare-and-swap expects, or a key is not in the map. */
#define STM_HTM_DIFFERENT 9
/* Kernels: the map has no room for a key within reach. */
#define STM_HTM_FULL 10

/* ---- bounds of a call */

#define STM_HTM_MAX_ENTRIES 256
#define STM_HTM_MAX_WORDS 2048
#define STM_HTM_MAX_READS 512
#define STM_HTM_MAX_TRIES 16

/* ---- the layouts that Java has made: layout/Header, layout/Reference, layout/Control,
 *      engine/LogEntry. A test compares each of these with its Java constant. */

#define STM_HTM_LOCK (1ull << 63)
#define STM_HTM_OWNED (1ull << 62)
#define STM_HTM_FREED (1ull << 61)
#define STM_HTM_VERSION_SHIFT 11
#define STM_HTM_SLOT_MASK ((1ull << STM_HTM_VERSION_SHIFT) - 1)
#define STM_HTM_HEADER_BYTES 16
#define STM_HTM_GENERATION_BITS 24
#define STM_HTM_UNIT_SHIFT 4

/* Kinds of entries; those between and above are committed in Java. */
#define STM_HTM_WRITE 0
#define STM_HTM_NEW 1
#define STM_HTM_FREE 3
#define STM_HTM_DROPPED 4

/* An entry of the write log. */
typedef struct stm_htm_entry {
  uint64_t reference; /* | 63..24 offset of the object, in units of 16 bytes | 23..0 generation | */
  uint64_t expected;  /* header word to be replaced */
  uint64_t tail;      /* | 63..20 offset of the image | 19..3 bytes, in eights | 2..0 kind | */
  uint64_t before;    /* not looked at */
} stm_htm_entry;

#define STM_HTM_IMAGE_SHIFT 20
#define STM_HTM_BYTES_MASK 0xFFFF8ull
#define STM_HTM_KIND_MASK 7ull

/* The line of words that every commit reads, at the start of the control area. */
typedef struct stm_htm_control {
  uint64_t clock;
  uint64_t waiters;
  uint64_t live;
} stm_htm_control;

/*
 * What has happened, added up over calls. Never cleared here.
 *
 *   calls    = commits + refused + given_up (+ ended otherwise, for kernels: see there)
 *   attempts = commits + stale + guard + busy + conflict + capacity + interrupted + unknown
 */
typedef struct stm_htm_counts {
  uint64_t attempts;    /* transactions begun */
  uint64_t commits;     /* of these, ended by XEND */
  uint64_t stale;       /* by XABORT: a header was not as it must be, or DIFFERENT or FULL */
  uint64_t guard;       /* by XABORT: a snapshot or a waiter */
  uint64_t busy;        /* by XABORT: the elided lock was taken */
  uint64_t conflict;    /* by the processor: another thread touched a line */
  uint64_t capacity;    /* by the processor: too large */
  uint64_t interrupted; /* by the processor: status 0, interrupt, fault, forbidden instruction */
  uint64_t unknown;     /* by the processor: any other status */
  uint64_t retry;       /* of all aborts, those with the hint that another try may succeed */
  uint64_t refused;     /* calls that ended without beginning a transaction */
  uint64_t given_up;    /* calls that ended without a commit after one; or went to the lock */
  uint64_t reserved[4];
} stm_htm_counts;

/* ---- commit */

/*
 * One commit: filled in by the slot that runs it, used again for its next one. Aligned to 64 bytes.
 * The first line stays the same for the life of the slot, the second is written for each commit,
 * the third is the result.
 */
typedef struct stm_htm_descriptor {
  uint64_t base;       /* address of the region's offset 0 */
  uint64_t limit;      /* bytes of the region */
  uint64_t control;    /* address of the stm_htm_control */
  uint64_t slot;       /* of the committer, 1 to STM_HTM_SLOT_MASK */
  uint64_t reserved[4];

  uint64_t first;      /* address of the oldest entry; the entries lie in the region */
  uint64_t end;        /* address behind the newest */
  uint64_t bound;      /* snapshot << STM_HTM_VERSION_SHIFT */
  uint64_t read_count; /* how many of `reads` count */
  uint64_t tries;      /* transactions to begin at most, 1 to STM_HTM_MAX_TRIES */
  uint64_t unused[3];

  uint64_t published;  /* out, stored inside the transaction: the new header word. The caller sets
                          it to 0 before the call; anything else says that the commit is done. */
  uint64_t status;     /* out: what XBEGIN has returned last */
  uint64_t tried;      /* out: transactions begun by this call */
  uint64_t offset;     /* out, STALE and BAD: offset of the object that was not as it must be */
  uint64_t spare[4];

  stm_htm_counts counts;
  uint64_t reads[STM_HTM_MAX_READS]; /* offsets of the objects that were read */
} stm_htm_descriptor;

/* Commits. Critical: bounded, no callback, no safepoint needed. */
STM_HTM_API int32_t stm_htm_commit(uint64_t descriptor);

/* ---- probe */

/* Flags of the probe. */
#define STM_HTM_TRUST_MODEL 1u /* leaves out the list of errata; CPUID still decides */
#define STM_HTM_FORCE 2u       /* leaves out CPUID too. Ignored but in a build with
                                  STM_HTM_EMULATED, where an emulator takes the instructions. */

/* Verdicts. */
#define STM_HTM_USABLE 0
#define STM_HTM_NOT_X86 1        /* built for another architecture */
#define STM_HTM_NOT_INTEL 2      /* another vendor's processor; none has RTM */
#define STM_HTM_ERRATUM 3        /* a model whose RTM is known to be wrong */
#define STM_HTM_DENIED 4         /* CPUID: no RTM; by the model, the kernel or the hypervisor */
#define STM_HTM_ALWAYS_ABORTS 5  /* the microcode aborts every transaction */
#define STM_HTM_LOOK_ALIKE 6     /* XTEST and XABORT do not do what RTM does */
#define STM_HTM_TRIALS_FAILED 7  /* fewer than half of the trials committed */

/* Facts, as bits of stm_htm_report.facts. */
#define STM_HTM_HAS_RTM 1u          /* CPUID.7.EBX[11] */
#define STM_HTM_HAS_HLE 2u          /* CPUID.7.EBX[4] */
#define STM_HTM_HAS_ALWAYS_ABORT 4u /* CPUID.7.EDX[11] */
#define STM_HTM_HAS_FORCE_ABORT 8u  /* CPUID.7.EDX[13]; says nothing of use */
#define STM_HTM_HAS_LOAD_TRACKING 16u /* CPUID.7.EDX[16], TSXLDTRK */
#define STM_HTM_HAS_HYPERVISOR 32u  /* CPUID.1.ECX[31] */
#define STM_HTM_ON_ERRATA_LIST 64u
#define STM_HTM_WAS_FORCED 128u

#define STM_HTM_TRIALS 1000

typedef struct stm_htm_report {
  uint32_t abi;
  uint32_t verdict;
  uint32_t facts;
  uint32_t family;
  uint32_t model;
  uint32_t stepping;
  uint32_t trials;      /* how many were made, of two written lines each */
  uint32_t xabort_status; /* of the check of XTEST and XABORT; 0x5A000001 is right */
  uint64_t cas_ps;         /* picoseconds: an uncontended compare-and-set */
  uint64_t transaction_ps; /* picoseconds: a transaction that writes one line */
  uint64_t line_ps;        /* picoseconds: each further line */
  char vendor[16];
  char brand[56];
  stm_htm_counts counts; /* of the trials */
} stm_htm_report;

/* Finds out whether there is usable RTM, makes the trials, and reports. Returns the verdict. Some
 * milliseconds; not critical. May be called again, also from several threads. */
STM_HTM_API int32_t stm_htm_probe(uint32_t flags, uint64_t report);

/* ---- trials: transactions over raw memory, for capacity and raw cost */

typedef struct stm_htm_trial {
  uint64_t memory; /* address */
  uint64_t bytes;  /* how many of it may be touched */
  uint32_t lines;  /* words touched, one in each line; 0: an empty transaction */
  uint32_t stride; /* bytes from one to the next, a multiple of 8 */
  uint32_t writes; /* 0 reads, 1 writes */
  uint32_t trials; /* transactions, one try each */
  uint64_t nanos;  /* out: for all of them */
  uint64_t ticks;  /* out: of the time-stamp counter */
  stm_htm_counts counts; /* added to */
} stm_htm_trial;

/* Makes the trials; OK, UNAVAILABLE or BAD. */
STM_HTM_API int32_t stm_htm_try(uint64_t trial);

/* ---- kernels: the same small jobs in several forms, on objects with our headers */

/* Forms. They do not mix on the same objects, but for SOFTWARE, which keeps the engine's protocol
 * and may run beside Java transactions and stm_htm_commit. */
#define STM_HTM_BY_RTM 0      /* transactions of the processor and nothing else: gives up */
#define STM_HTM_BY_ELISION 1  /* the same, with the lock elided; takes it after the tries */
#define STM_HTM_BY_LOCK 2     /* one spin lock around all */
#define STM_HTM_BY_WORDS 3    /* each word by one atomic instruction: not atomic as a whole */
#define STM_HTM_BY_SOFTWARE 4 /* software transactions in C: lock by compare-and-set, validate */

/* The most objects of a sum, and of any other call. */
#define STM_HTM_MAX_SUMMED 4096
#define STM_HTM_MAX_CHANGES 512

/* How far from its home a key may lie in a map. */
#define STM_HTM_MAX_PROBES 64

/*
 * What the kernels of one thread work on. Aligned to 64 bytes. Objects are named by their index in
 * an array of offsets; kernels use word 0 of the payload, those of the map words 0 (key, not 0; 0
 * is an empty place) and 1 (value), in an open-addressing table of the largest power of two of
 * places that the array holds.
 *
 * counts: for ELISION given_up is the number of calls that went to the lock, whether or not they
 * got it; LOCK and WORDS count commits only; SOFTWARE counts attempts, commits, stale (conflicts of
 * any kind) and guard.
 */
typedef struct stm_htm_ground {
  uint64_t base;    /* address of the region's offset 0 */
  uint64_t limit;   /* bytes of the region */
  uint64_t objects; /* address of the array of offsets */
  uint64_t object_count;
  uint64_t control; /* address of an stm_htm_control */
  uint64_t lock;    /* address of the lock, 0 while it is free; in a line of its own */
  uint64_t slot;    /* of the software form: no other thread's */
  uint64_t tries;   /* of the forms RTM and ELISION, 1 to STM_HTM_MAX_TRIES */
  int64_t value;    /* out: of sum and get */
  uint64_t status;  /* out: what XBEGIN has returned last */
  uint64_t reserved[6];
  stm_htm_counts counts;
} stm_htm_ground;

/* Moves an amount from an object to another. */
STM_HTM_API int32_t stm_htm_transfer(
    uint64_t ground, uint32_t form, uint64_t from, uint64_t to, int64_t amount);

/* One word of a multi-word compare-and-swap. */
typedef struct stm_htm_change {
  uint64_t object; /* index */
  uint64_t old_value;
  uint64_t new_value;
} stm_htm_change;

/* Replaces n words if all are as expected, else none: DIFFERENT. Indices rise strictly. */
STM_HTM_API int32_t stm_htm_swap(
    uint64_t ground, uint32_t form, uint64_t changes, uint32_t n);

/* Adds to n objects, from the first on, each `stride` indices behind the one before. */
STM_HTM_API int32_t stm_htm_add(
    uint64_t ground, uint32_t form, uint64_t first, uint64_t stride, uint32_t n, int64_t delta);

/* Sums n objects up, as of one instant (but by WORDS), into ground.value. */
STM_HTM_API int32_t stm_htm_sum(
    uint64_t ground, uint32_t form, uint64_t first, uint64_t stride, uint32_t n);

/* Looks a key up; its value is in ground.value, or DIFFERENT. */
STM_HTM_API int32_t stm_htm_get(uint64_t ground, uint32_t form, int64_t key);

/* Sets the value of a key, putting it into the map if it is not there; or FULL. */
STM_HTM_API int32_t stm_htm_put(uint64_t ground, uint32_t form, int64_t key, int64_t value);

/* ---- runs: a kernel in a loop, without a downcall for each */

#define STM_HTM_EMPTY 0    /* nothing: the cost of the form itself */
#define STM_HTM_TRANSFER 1 /* between two at random; read-only: sum of `size` */
#define STM_HTM_SWAP 2     /* of `size` at random places, read before; read-only: sum */
#define STM_HTM_ADD 3      /* of `size` in a row from a random one; read-only: sum */
#define STM_HTM_SUM 4      /* of `size` in a row from a random one */
#define STM_HTM_PUT 5      /* of a key at random; read-only: get */
#define STM_HTM_GET 6      /* of a key at random */

typedef struct stm_htm_run {
  uint64_t ground;  /* address, of this thread's */
  uint64_t stop;    /* address of a word: the run ends soon after it is not 0; or 0 */
  uint64_t seed;    /* of the choices, not 0 */
  uint64_t ops;     /* how many at most */
  uint32_t kernel;
  uint32_t form;
  uint32_t size;    /* objects of a swap, add or sum */
  uint32_t read_only_percent;
  uint32_t think;   /* pauses of the processor between two */
  uint32_t keys;    /* of put and get: 1 to this */
  uint64_t done;    /* out: that returned OK, and gets of absent keys */
  uint64_t failed;  /* out: that returned anything else */
  uint64_t nanos;   /* out */
  uint64_t ticks;   /* out: of the time-stamp counter */
  uint64_t spare[3];
} stm_htm_run;

/* Runs; OK, or the first result that no repetition can mend: BAD, TOO_LARGE, UNAVAILABLE. Long:
 * never critical. */
STM_HTM_API int32_t stm_htm_run_kernel(uint64_t run);

/* ---- layout, for the test that finds out whether the bindings are of this header */

typedef struct stm_htm_member {
  char name[48];   /* "struct" or "struct.member"; "" ends the table */
  uint32_t offset; /* of the member, in bytes */
  uint32_t size;   /* of the member or the struct, in bytes */
} stm_htm_member;

/* Address of the table of all structs and members. */
STM_HTM_API uint64_t stm_htm_layout(void);

/* STM_HTM_ABI, of the library. */
STM_HTM_API int32_t stm_htm_abi(void);

#endif
