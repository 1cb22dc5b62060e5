/*
 * The commit of a slot's write log in one transaction; the contract is in stm_htm.h, and why it is
 * right beside commits by locks in engine/Commit.java.
 */
#include "rtm.h"

/* How often a transaction is begun again after an interrupt or a fault. */
#define MAX_INTERRUPTED 2

/* The least that a page has. */
#define PAGE 4096u

_Static_assert(sizeof(stm_htm_entry) == 32, "engine/LogEntry.BYTES");
_Static_assert(sizeof(stm_htm_counts) == 128, "two lines");
_Static_assert(sizeof(stm_htm_descriptor) == 192 + 128 + 8 * STM_HTM_MAX_READS, "no padding");

/* A bit for each kind of entry that is committed here. */
#define KINDS \
  (1ull << STM_HTM_WRITE | 1ull << STM_HTM_NEW | 1ull << STM_HTM_FREE | 1ull << STM_HTM_DROPPED)

ALWAYS_INLINE uint64_t object_of(const stm_htm_entry *entry) {
  return entry->reference >> STM_HTM_GENERATION_BITS << STM_HTM_UNIT_SHIFT;
}

ALWAYS_INLINE uint64_t kind_of(const stm_htm_entry *entry) {
  return entry->tail & STM_HTM_KIND_MASK;
}

/* An object that was read is as it was: engine/ReadSet.stillFresh. LOCK is above the bound. */
ALWAYS_INLINE int is_fresh(uint64_t header, uint64_t bound, uint64_t slot) {
  return (header & ~(STM_HTM_OWNED | STM_HTM_FREED)) < bound ||
         (header & (STM_HTM_LOCK | STM_HTM_OWNED | STM_HTM_SLOT_MASK)) == slot;
}

static int32_t check_frame(const stm_htm_descriptor *d) {
  uint64_t bytes = d->end - d->first;
  if (d->base % 64 != 0 || d->base + d->limit < d->base || d->control % 64 != 0 ||
      d->slot - 1 >= STM_HTM_SLOT_MASK || d->tries - 1 >= STM_HTM_MAX_TRIES ||
      d->end < d->first || bytes % sizeof(stm_htm_entry) != 0 || d->first % 8 != 0 ||
      d->first < d->base || !lies_in(d->first - d->base, bytes, d->limit)) {
    return STM_HTM_BAD;
  }
  return bytes > STM_HTM_MAX_ENTRIES * sizeof(stm_htm_entry) || d->read_count > STM_HTM_MAX_READS
             ? STM_HTM_TOO_LARGE
             : STM_HTM_OK;
}

/* Bytes that an entry copies, and whether it lies in the region. Nothing overflows: offsets have 44
 * bits, lengths 20. */
ALWAYS_INLINE uint64_t copied_by(const stm_htm_entry *entry) {
  return kind_of(entry) == STM_HTM_WRITE ? entry->tail & STM_HTM_BYTES_MASK : 0;
}

ALWAYS_INLINE int is_in_range(const stm_htm_entry *entry, uint64_t limit) {
  uint64_t kind = kind_of(entry);
  uint64_t bytes = copied_by(entry);
  uint64_t image = kind == STM_HTM_WRITE ? entry->tail >> STM_HTM_IMAGE_SHIFT : 0;
  return object_of(entry) + STM_HTM_HEADER_BYTES + bytes <= limit && image + bytes <= limit &&
         image % 8 == 0 && (KINDS >> kind & 1) != 0;
}

/* Refuses what is out of range, and does not begin what would be stale: an abort costs more. The
 * look at each header also brings its line near. */
static int32_t check_entries(stm_htm_descriptor *d) {
  uint64_t base = d->base;
  uint64_t limit = d->limit;
  uint64_t bytes = 0;
  uint64_t stale = 0;
  for (uint64_t at = d->first; at != d->end; at += sizeof(stm_htm_entry)) {
    const stm_htm_entry *entry = (const stm_htm_entry *)at;
    if (!is_in_range(entry, limit)) {
      d->offset = object_of(entry);
      return STM_HTM_BAD;
    }
    bytes += copied_by(entry);
    if (load(base + object_of(entry)) != entry->expected &&
        kind_of(entry) != STM_HTM_DROPPED && WITH(CHECK_EXPECTED)) {
      stale = object_of(entry) | 1; /* not 0 */
    }
  }
  if (bytes > 8 * STM_HTM_MAX_WORDS) {
    return STM_HTM_TOO_LARGE;
  }
  d->offset = stale & ~1ull;
  return stale != 0 ? STM_HTM_STALE : STM_HTM_OK;
}

static int32_t check_reads(stm_htm_descriptor *d) {
  int32_t result = STM_HTM_OK;
  for (uint64_t i = 0; i < d->read_count; i++) {
    uint64_t object = d->reads[i];
    if (object % 16 != 0 || !lies_in(object, STM_HTM_HEADER_BYTES, d->limit)) {
      d->offset = object;
      return STM_HTM_BAD;
    }
    if (!is_fresh(load(d->base + object), d->bound, d->slot) && WITH(CHECK_READS)) {
      d->offset = object;
      result = STM_HTM_STALE;
    }
  }
  return result;
}

static int32_t check(stm_htm_descriptor *d) {
  int32_t entries = check_frame(d);
  if (entries == STM_HTM_OK) {
    entries = check_entries(d);
  }
  if (entries != STM_HTM_OK && entries != STM_HTM_STALE) {
    return entries;
  }
  int32_t reads = check_reads(d);
  return reads == STM_HTM_OK ? entries : reads;
}

/* Copies an image, of at least one word, over a payload. */
ALWAYS_INLINE void copy_payload(uint64_t from, uint64_t to, uint64_t bytes) {
  for (uint64_t i = 0; i < bytes; i += 8) {
    store(to + i, load(from + i));
  }
}

/*
 * One transaction: reads, guards and clock, writes, status. Which of them comes first makes no
 * difference to what others see; the clock's line comes late, since it is the one that others write.
 * The clock is one of the words that the processor watches, so it still has that value at XEND.
 */
ALWAYS_INLINE uint32_t transact(stm_htm_descriptor *d) {
  uint64_t base = d->base;
  uint64_t slot = d->slot;
  uint64_t end = d->end;
  const stm_htm_control *control = (const stm_htm_control *)d->control;
  uint64_t early = WITH(CHECK_CLOCK) ? 0 : control->clock;
  uint32_t status = rtm_begin();
  if (status != RTM_STARTED) {
    return status;
  }
  for (uint64_t i = 0; i < d->read_count; i++) {
    if (!is_fresh(load(base + d->reads[i]), d->bound, slot) && WITH(CHECK_READS)) {
      rtm_abort(ABORT_STALE);
    }
  }
  if ((control->waiters | control->live) != 0 && WITH(CHECK_GUARD)) {
    rtm_abort(ABORT_GUARD);
  }
  uint64_t clock = WITH(CHECK_CLOCK) ? control->clock : early;
  uint64_t header = clock << STM_HTM_VERSION_SHIFT | slot;
  for (uint64_t at = d->first; at != end; at += sizeof(stm_htm_entry)) {
    const stm_htm_entry *entry = (const stm_htm_entry *)at;
    uint64_t kind = kind_of(entry);
    if (kind == STM_HTM_DROPPED) {
      continue;
    }
    uint64_t object = base + object_of(entry);
    if (load(object) != entry->expected && WITH(CHECK_EXPECTED)) {
      rtm_abort(ABORT_STALE);
    }
    if (kind == STM_HTM_WRITE) {
      copy_payload(base + (entry->tail >> STM_HTM_IMAGE_SHIFT), object + STM_HTM_HEADER_BYTES,
                   entry->tail & STM_HTM_BYTES_MASK);
    }
    if (WITH(STORE_HEADER)) {
      store(object, kind == STM_HTM_FREE ? STM_HTM_FREED | header : header);
    }
  }
  d->published = header;
  rtm_end();
  return RTM_STARTED;
}

/* Makes every page that will be written present: a fault inside a transaction aborts it, and does
 * not happen outside. */
static void touch(const stm_htm_descriptor *d) {
  for (uint64_t at = d->first; at != d->end; at += sizeof(stm_htm_entry)) {
    const stm_htm_entry *entry = (const stm_htm_entry *)at;
    uint64_t object = d->base + object_of(entry);
    uint64_t end = object + STM_HTM_HEADER_BYTES + copied_by(entry);
    touch_word(object);
    for (uint64_t page = (object / PAGE + 1) * PAGE; page < end; page += PAGE) {
      touch_word(page);
    }
  }
}

static int32_t commit(stm_htm_descriptor *d) {
  stm_htm_counts *counts = &d->counts;
  uint64_t interrupted = 0;
  for (uint64_t tried = 1;; tried++) {
    uint32_t status = transact(d);
    d->tried = tried;
    d->status = status;
    counts->attempts++;
    if (status == RTM_STARTED) {
      counts->commits++;
      return STM_HTM_OK;
    }
    int32_t result = rtm_count_abort(counts, status);
    interrupted += result == STM_HTM_OTHER;
    if (tried == d->tries || interrupted > MAX_INTERRUPTED ||
        (result != STM_HTM_CONFLICT && result != STM_HTM_OTHER)) {
      counts->given_up++;
      return result;
    }
    if (result == STM_HTM_OTHER) {
      touch(d);
    } else {
      rtm_back_off(tried);
    }
  }
}

STM_HTM_API int32_t stm_htm_commit(uint64_t descriptor) {
  stm_htm_descriptor *d = (stm_htm_descriptor *)descriptor;
  int32_t refused = check(d);
  if (!rtm_is_usable() && refused != STM_HTM_BAD && refused != STM_HTM_TOO_LARGE) {
    refused = STM_HTM_UNAVAILABLE;
  }
  if (refused != STM_HTM_OK) {
    d->tried = 0;
    d->counts.refused++;
    return refused;
  }
  return commit(d);
}
