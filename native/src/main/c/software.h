/*
 * A software transaction in C, on the engine's headers and by the engine's protocol
 * (engine/ReadSet, engine/Commit): what its commit by locks costs without a JVM. It may run beside
 * Java transactions, in a slot of its own.
 *
 * Smaller than the original: a read that is too new restarts (no extension), each object is read
 * once and then written, nothing is allocated or freed, and where a snapshot or a waiter must be
 * served it gives up.
 */
#ifndef STM_HTM_SOFTWARE_H
#define STM_HTM_SOFTWARE_H

#include "rtm.h"

/* Words of a payload that kernels use. */
#define WORDS 2

typedef struct software_entry {
  uint64_t address; /* of the header */
  uint64_t header;  /* as read */
  uint64_t written; /* bit i: value[i] is to be stored */
  uint64_t value[WORDS];
} software_entry;

typedef struct software {
  const stm_htm_control *control;
  uint64_t slot;
  uint64_t bound;
  uint64_t newest;  /* a header that was too new, or locked; 0 if the attempt is sound */
  uint64_t count;
  software_entry entries[STM_HTM_MAX_CHANGES + STM_HTM_MAX_PROBES];
} software;

ALWAYS_INLINE uint64_t load_acquire(uint64_t address) {
  return __atomic_load_n((const uint64_t *)address, __ATOMIC_ACQUIRE);
}

ALWAYS_INLINE void store_release(uint64_t address, uint64_t value) {
  __atomic_store_n((uint64_t *)address, value, __ATOMIC_RELEASE);
}

ALWAYS_INLINE int compare_and_set(uint64_t address, uint64_t expected, uint64_t value) {
  return __atomic_compare_exchange_n((uint64_t *)address, &expected, value, 0, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST);
}

ALWAYS_INLINE int software_is_fresh(const software *t, uint64_t header) {
  return header < t->bound ||
         (header & (STM_HTM_LOCK | STM_HTM_OWNED | STM_HTM_FREED | STM_HTM_SLOT_MASK)) == t->slot;
}

ALWAYS_INLINE void software_begin(software *t, const stm_htm_ground *g) {
  t->control = (const stm_htm_control *)g->control;
  t->slot = g->slot;
  t->bound = load_acquire((uint64_t)&t->control->clock) << STM_HTM_VERSION_SHIFT;
  t->newest = 0;
  t->count = 0;
}

/* Reads a word of an object; recorded, unless the whole transaction only reads. */
ALWAYS_INLINE uint64_t software_load(software *t, uint64_t address, int word, int recorded) {
  uint64_t header = load_acquire(address);
  uint64_t value =
      __atomic_load_n((const uint64_t *)(address + STM_HTM_HEADER_BYTES) + word, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  if (!software_is_fresh(t, header) || load_acquire(address) != header) {
    t->newest = header | 1; /* never 0 */
    return 0;
  }
  if (recorded && (t->count == 0 || t->entries[t->count - 1].address != address)) {
    software_entry *entry = &t->entries[t->count++];
    entry->address = address;
    entry->header = header;
    entry->written = 0;
  }
  return value;
}

/* Writes a word of the object that was read last. */
ALWAYS_INLINE void software_store(software *t, uint64_t address, int word, uint64_t value) {
  if (t->newest != 0) {
    return;
  }
  software_entry *entry = &t->entries[t->count - 1];
  if (entry->address == address) {
    entry->written |= 1ull << word;
    entry->value[word] = value;
  }
}

static inline void software_unlock(software *t, uint64_t end) {
  for (uint64_t i = 0; i < end; i++) {
    if (t->entries[i].written != 0) {
      store_release(t->entries[i].address, t->entries[i].header);
    }
  }
}

/* Locks what will be written; if that fails, lets go of all. */
static inline int software_lock(software *t) {
  for (uint64_t i = 0; i < t->count; i++) {
    software_entry *entry = &t->entries[i];
    uint64_t locked =
        STM_HTM_LOCK | (entry->header & ~STM_HTM_SLOT_MASK) | t->slot;
    if (entry->written != 0 && !compare_and_set(entry->address, entry->header, locked)) {
      t->newest = load_acquire(entry->address) | 1;
      software_unlock(t, i);
      return 0;
    }
  }
  return 1;
}

static inline int software_reads_are_valid(software *t) {
  for (uint64_t i = 0; i < t->count; i++) {
    if (t->entries[i].written == 0) {
      uint64_t header = load_acquire(t->entries[i].address);
      if (!software_is_fresh(t, header)) {
        t->newest = header | 1;
        return 0;
      }
    }
  }
  return 1;
}

static inline void software_publish(software *t, uint64_t clock) {
  uint64_t header = clock << STM_HTM_VERSION_SHIFT | t->slot;
  for (uint64_t i = 0; i < t->count; i++) {
    software_entry *entry = &t->entries[i];
    uint64_t *payload = (uint64_t *)(entry->address + STM_HTM_HEADER_BYTES);
    if (entry->written != 0) {
      for (int word = 0; word < WORDS; word++) {
        if ((entry->written >> word & 1) != 0) {
          __atomic_store_n(payload + word, entry->value[word], __ATOMIC_RELAXED);
        }
      }
      store_release(entry->address, header);
    }
  }
}

/* Commits an attempt that is sound: OK, STALE or GUARD. Order as in engine/Commit.java: locks, then
 * the clock (the linearization point), then the guards, then validation. */
static inline int32_t software_commit(software *t) {
  int writes = 0;
  for (uint64_t i = 0; i < t->count; i++) {
    writes |= t->entries[i].written != 0;
  }
  if (!writes) {
    return STM_HTM_OK;
  }
  if (!software_lock(t)) {
    return STM_HTM_STALE;
  }
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  uint64_t clock = __atomic_load_n(&t->control->clock, __ATOMIC_SEQ_CST);
  uint64_t served = __atomic_load_n(&t->control->waiters, __ATOMIC_SEQ_CST) |
                    __atomic_load_n(&t->control->live, __ATOMIC_SEQ_CST);
  int32_t result = served != 0 ? STM_HTM_GUARD
                   : software_reads_are_valid(t) ? STM_HTM_OK
                                                 : STM_HTM_STALE;
  if (result == STM_HTM_OK) {
    software_publish(t, clock);
  } else {
    software_unlock(t, t->count);
  }
  return result;
}

/* After a loss: moves the clock past the version that was too new, or waits for a lock. */
static inline void software_recover(software *t, uint64_t tried) {
  uint64_t header = t->newest;
  if ((header & STM_HTM_LOCK) != 0) {
    rtm_back_off(tried);
    return;
  }
  uint64_t version =
      (header & ~(STM_HTM_OWNED | STM_HTM_FREED)) >> STM_HTM_VERSION_SHIFT;
  uint64_t clock = load_acquire((uint64_t)&t->control->clock);
  if (clock <= version) {
    compare_and_set((uint64_t)&t->control->clock, clock, clock + 1);
  }
}

#endif
