/*
 * The kernels: each job is written once, over loads and stores whose meaning the form decides. The
 * compiler makes each form of each job by itself, since forms are constants where they meet.
 */
#define _POSIX_C_SOURCE 199309L
#include "kernels.h"

#include "software.h"

#include <sched.h>

#define LOCK_SPINS_BEFORE_YIELD 128
#define LOCK_SPINS (1u << 24)
#define SOFTWARE_TRIES (1u << 20)
#define SOFTWARE_TRIES_BEFORE_YIELD 16

/* What an operation works with: `form` is a constant wherever it is looked at. */
typedef struct access {
  const stm_htm_ground *ground;
  software *transaction; /* of the form SOFTWARE */
  uint32_t form;
  int recorded; /* whether anything may be written */
} access;

ALWAYS_INLINE uint64_t address_of(const access *a, uint64_t index) {
  return a->ground->base + load(a->ground->objects + 8 * index);
}

ALWAYS_INLINE uint64_t *word_of(const access *a, uint64_t index, int word) {
  return (uint64_t *)(address_of(a, index) + STM_HTM_HEADER_BYTES) + word;
}

ALWAYS_INLINE uint64_t get_word(const access *a, uint64_t index, int word) {
  if (a->form == STM_HTM_BY_SOFTWARE) {
    return software_load(a->transaction, address_of(a, index), word, a->recorded);
  }
  if (a->form == STM_HTM_BY_WORDS) {
    return __atomic_load_n(word_of(a, index, word), __ATOMIC_ACQUIRE);
  }
  return *word_of(a, index, word);
}

/* Stores a word of the object that was read last. */
ALWAYS_INLINE void set_word(const access *a, uint64_t index, int word, uint64_t value) {
  if (a->form == STM_HTM_BY_SOFTWARE) {
    software_store(a->transaction, address_of(a, index), word, value);
  } else if (a->form == STM_HTM_BY_WORDS) {
    __atomic_store_n(word_of(a, index, word), value, __ATOMIC_RELEASE);
  } else {
    *word_of(a, index, word) = value;
  }
}

ALWAYS_INLINE void add_word(const access *a, uint64_t index, uint64_t delta) {
  if (a->form == STM_HTM_BY_WORDS) {
    __atomic_fetch_add(word_of(a, index, 0), delta, __ATOMIC_SEQ_CST);
  } else {
    set_word(a, index, 0, get_word(a, index, 0) + delta);
  }
}

/* ---- the jobs; each returns OK, DIFFERENT or FULL */

ALWAYS_INLINE int32_t do_swap(const access *a, const operation *op) {
  for (uint32_t i = 0; i < op->n; i++) {
    if (get_word(a, op->changes[i].object, 0) != op->changes[i].old_value) {
      return STM_HTM_DIFFERENT;
    }
    if (a->form == STM_HTM_BY_SOFTWARE) {
      set_word(a, op->changes[i].object, 0, op->changes[i].new_value);
    }
  }
  for (uint32_t i = 0; i < op->n && a->form != STM_HTM_BY_SOFTWARE; i++) {
    if (a->form != STM_HTM_BY_WORDS) {
      set_word(a, op->changes[i].object, 0, op->changes[i].new_value);
    } else if (!compare_and_set((uint64_t)word_of(a, op->changes[i].object, 0),
                                op->changes[i].old_value, op->changes[i].new_value)) {
      return STM_HTM_DIFFERENT;
    }
  }
  return STM_HTM_OK;
}

ALWAYS_INLINE int32_t do_add(const access *a, const operation *op) {
  for (uint32_t i = 0; i < op->n; i++) {
    add_word(a, op->first + i * op->second, op->value);
  }
  return STM_HTM_OK;
}

ALWAYS_INLINE int32_t do_sum(const access *a, const operation *op, uint64_t *value) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < op->n; i++) {
    sum += get_word(a, op->first + i * op->second, 0);
  }
  *value = sum;
  return STM_HTM_OK;
}

/* The place of a key, or the empty one where it would go; FULL if neither is within reach. */
ALWAYS_INLINE int32_t find(const access *a, uint64_t key, uint64_t *place, uint64_t *found) {
  for (uint64_t probe = 0; probe < STM_HTM_MAX_PROBES; probe++) {
    uint64_t at = map_place(a->ground, key, probe);
    uint64_t there = get_word(a, at, 0);
    if (there == key || there == 0) {
      *place = at;
      *found = there;
      return STM_HTM_OK;
    }
  }
  return STM_HTM_FULL;
}

ALWAYS_INLINE int32_t do_get(const access *a, const operation *op, uint64_t *value) {
  uint64_t place;
  uint64_t found;
  if (find(a, op->key, &place, &found) != STM_HTM_OK || found != op->key) {
    return STM_HTM_DIFFERENT;
  }
  *value = get_word(a, place, 1);
  return STM_HTM_OK;
}

ALWAYS_INLINE int32_t do_put(const access *a, const operation *op) {
  uint64_t place;
  uint64_t found;
  int32_t result = find(a, op->key, &place, &found);
  if (result != STM_HTM_OK) {
    return result;
  }
  if (found == 0) {
    if (a->form != STM_HTM_BY_WORDS) {
      set_word(a, place, 0, op->key);
    } else if (!compare_and_set((uint64_t)word_of(a, place, 0), 0, op->key)) {
      return STM_HTM_DIFFERENT;
    }
  }
  set_word(a, place, 1, op->value);
  return STM_HTM_OK;
}

ALWAYS_INLINE int32_t do_it(const access *a, const operation *op, uint64_t *value) {
  switch (op->kernel) {
    case STM_HTM_TRANSFER:
      add_word(a, op->first, 0 - op->value);
      add_word(a, op->second, op->value);
      return STM_HTM_OK;
    case STM_HTM_SWAP: return do_swap(a, op);
    case STM_HTM_ADD: return do_add(a, op);
    case STM_HTM_SUM: return do_sum(a, op, value);
    case STM_HTM_PUT: return do_put(a, op);
    case STM_HTM_GET: return do_get(a, op, value);
    default: return STM_HTM_OK;
  }
}

/* ---- the forms */

static int is_taken(const stm_htm_ground *g) {
  return load_acquire(g->lock) != 0;
}

/* Waits until the lock is free; a holder may have lost its processor. */
static int await_lock(const stm_htm_ground *g) {
  for (uint32_t spins = 1; is_taken(g); spins++) {
    if (spins == LOCK_SPINS) {
      return 0;
    }
    if (spins % LOCK_SPINS_BEFORE_YIELD == 0) {
      sched_yield();
    }
    cpu_pause();
  }
  return 1;
}

static int take_lock(const stm_htm_ground *g) {
  while (__atomic_exchange_n((uint64_t *)g->lock, 1, __ATOMIC_ACQUIRE) != 0) {
    if (!await_lock(g)) {
      return 0;
    }
  }
  return 1;
}

static int32_t by_lock(stm_htm_ground *g, const operation *op) {
  access a = {g, 0, STM_HTM_BY_LOCK, 1};
  uint64_t value = 0;
  if (!take_lock(g)) {
    return STM_HTM_CONFLICT;
  }
  int32_t result = do_it(&a, op, &value);
  store_release(g->lock, 0);
  g->value = (int64_t)value;
  return result;
}

static int32_t by_words(stm_htm_ground *g, const operation *op) {
  access a = {g, 0, STM_HTM_BY_WORDS, 1};
  uint64_t value = 0;
  int32_t result = do_it(&a, op, &value);
  g->value = (int64_t)value;
  g->counts.commits++;
  return result;
}

static int32_t by_software(stm_htm_ground *g, const operation *op) {
  software transaction;
  access a = {g, &transaction, STM_HTM_BY_SOFTWARE,
              op->kernel != STM_HTM_SUM && op->kernel != STM_HTM_GET};
  for (uint64_t tried = 1; tried <= SOFTWARE_TRIES; tried++) {
    uint64_t value = 0;
    software_begin(&transaction, g);
    int32_t result = do_it(&a, op, &value);
    g->counts.attempts++;
    int32_t commit = STM_HTM_STALE;
    if (transaction.newest == 0) {
      commit = result == STM_HTM_OK ? software_commit(&transaction) : STM_HTM_OK;
    }
    if (commit == STM_HTM_OK) {
      g->counts.commits++;
      g->value = (int64_t)value;
      return result;
    }
    if (commit == STM_HTM_GUARD) {
      g->counts.guard++;
      return commit;
    }
    g->counts.stale++;
    software_recover(&transaction, tried);
    if (tried % SOFTWARE_TRIES_BEFORE_YIELD == 0) {
      sched_yield();
    }
  }
  return STM_HTM_CONFLICT;
}

/* One transaction of the processor. An operation that finds a difference has written nothing yet,
 * so it commits what it has seen. */
ALWAYS_INLINE uint32_t transact(const stm_htm_ground *g, const operation *op, int elides,
                                int32_t *result, uint64_t *value) {
  access a = {g, 0, STM_HTM_BY_RTM, 1};
  uint32_t status = rtm_begin();
  if (status == RTM_STARTED) {
    if (elides && load(g->lock) != 0) {
      rtm_abort(ABORT_BUSY);
    }
    *result = do_it(&a, op, value);
    rtm_end();
  }
  return status;
}

/* OK if it has committed, with its own result in *result. */
ALWAYS_INLINE int32_t try_rtm(stm_htm_ground *g, const operation *op, int elides,
                              int32_t *result, uint64_t *value) {
  for (uint64_t tried = 1;; tried++) {
    uint32_t status = transact(g, op, elides, result, value);
    g->status = status;
    g->counts.attempts++;
    if (status == RTM_STARTED) {
      g->counts.commits++;
      return STM_HTM_OK;
    }
    int32_t abort = rtm_count_abort(&g->counts, status);
    if (tried == g->tries || abort == STM_HTM_CAPACITY) {
      g->counts.given_up++;
      return abort;
    }
    if (elides && is_taken(g) && !await_lock(g)) {
      g->counts.given_up++;
      return STM_HTM_CONFLICT;
    }
    rtm_back_off(tried);
  }
}

static int32_t by_rtm(stm_htm_ground *g, const operation *op) {
  int32_t result = STM_HTM_OK;
  uint64_t value = 0;
  int32_t end = try_rtm(g, op, 0, &result, &value);
  g->value = (int64_t)value;
  return end == STM_HTM_OK ? result : end;
}

static int32_t by_elision(stm_htm_ground *g, const operation *op) {
  int32_t result = STM_HTM_OK;
  uint64_t value = 0;
  if (try_rtm(g, op, 1, &result, &value) != STM_HTM_OK) {
    return by_lock(g, op);
  }
  g->value = (int64_t)value;
  return result;
}

int32_t kernel_perform(stm_htm_ground *g, uint32_t form, const operation *op) {
  int32_t result;
  switch (form) {
    case STM_HTM_BY_RTM: return by_rtm(g, op);
    case STM_HTM_BY_ELISION: return by_elision(g, op);
    case STM_HTM_BY_WORDS: return by_words(g, op);
    case STM_HTM_BY_SOFTWARE: return by_software(g, op);
    default:
      result = by_lock(g, op);
      g->counts.commits++;
      return result;
  }
}
