/*
 * The bank: a region, and how a slot commits to it. The reads and the extension of a snapshot are
 * the engine's protocol at its smallest: a version that is too new moves the clock, and ends the
 * attempt.
 */
#define _GNU_SOURCE
#include "bank.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#define ACCOUNT_BYTES 64u
#define CLIENTS 8u
#define HOT_GROUPS 2u

struct bank {
  stm_htm_control control;
  uint8_t unused[64 - sizeof(stm_htm_control)];
  uint64_t lock[8];
  uint64_t offsets[ACCOUNTS];
  struct {
    stm_htm_entry log[8];
    uint64_t images[8];
    _Alignas(64) stm_htm_descriptor descriptor;
  } rooms[CLIENTS];
  _Alignas(64) struct {
    uint64_t header[2];
    int64_t balance;
    uint64_t unused[5];
  } accounts[ACCOUNTS];
};

bank *bank_open(void) {
  bank *b = mmap(0, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(b != MAP_FAILED, "no memory");
  b->control.clock = CLOCK;
  for (uint64_t i = 0; i < ACCOUNTS; i++) {
    b->offsets[i] = offsetof(bank, accounts) + i * ACCOUNT_BYTES;
    b->accounts[i].header[0] = header_of(1, OTHER_SLOT);
    b->accounts[i].balance = GROUP_SUM / GROUP;
  }
  return b;
}

void bank_close(bank *b) { munmap(b, sizeof *b); }

void client_open(client *c, bank *b, uint64_t slot) {
  memset(c, 0, sizeof *c);
  c->bank = b;
  c->slot = slot;
  c->random = seed * slot | 1;
  c->descriptor = &b->rooms[slot - 1].descriptor;
  memset(c->descriptor, 0, sizeof *c->descriptor);
  c->descriptor->base = (uint64_t)b;
  c->descriptor->limit = sizeof *b;
  c->descriptor->control = (uint64_t)&b->control;
  c->descriptor->slot = slot;
  c->descriptor->first = (uint64_t)b->rooms[slot - 1].log;
  c->descriptor->end = c->descriptor->first + 2 * sizeof(stm_htm_entry);
  c->descriptor->tries = 3;
  c->ground = (stm_htm_ground){.base = (uint64_t)b,
                               .limit = sizeof *b,
                               .objects = (uint64_t)b->offsets,
                               .object_count = ACCOUNTS,
                               .control = (uint64_t)&b->control,
                               .lock = (uint64_t)b->lock,
                               .slot = slot,
                               .tries = 1};
}

static uint64_t draw(client *c, uint64_t bound) {
  c->random ^= c->random << 13;
  c->random ^= c->random >> 7;
  c->random ^= c->random << 17;
  return (c->random >> 16) % bound;
}

/* The balance and header of an account, or 0 if it is too new or locked. */
static int read_account(client *c, uint64_t i, uint64_t *header, int64_t *balance) {
  uint64_t *word = c->bank->accounts[i].header;
  uint64_t *clock = &c->bank->control.clock;
  *header = __atomic_load_n(word, __ATOMIC_ACQUIRE);
  *balance = __atomic_load_n(&c->bank->accounts[i].balance, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  if ((*header < c->descriptor->bound || (*header & (7ull << 61 | STM_HTM_SLOT_MASK)) == c->slot) &&
      __atomic_load_n(word, __ATOMIC_RELAXED) == *header) {
    return 1;
  }
  uint64_t version = (*header & ~(7ull << 61)) >> STM_HTM_VERSION_SHIFT;
  uint64_t now = __atomic_load_n(clock, __ATOMIC_ACQUIRE);
  if (now <= version) {
    __atomic_compare_exchange_n(clock, &now, version + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  }
  return 0;
}

/* The first account of a group; half of the time it is one of a few, where clients meet. */
static uint64_t draw_group(client *c) {
  return GROUP * draw(c, draw(c, 2) == 0 ? HOT_GROUPS : ACCOUNTS / GROUP);
}

/* Reads a group; what is read together must fit together, also if the attempt will lose. */
static int read_all(client *c, uint64_t group, uint64_t *headers, int64_t *balances) {
  int64_t sum = 0;
  uint64_t clock = __atomic_load_n(&c->bank->control.clock, __ATOMIC_ACQUIRE);
  c->descriptor->bound = clock << STM_HTM_VERSION_SHIFT;
  for (uint64_t i = 0; i < GROUP; i++) {
    if (!read_account(c, group + i, &headers[i], &balances[i])) {
      return 0;
    }
    sum += balances[i];
  }
  c->mixed += sum != GROUP_SUM;
  return 1;
}

/* Entry number `at` of the log: an account gets a balance. */
static void write_account(client *c, uint64_t at, uint64_t i, uint64_t header, int64_t balance) {
  stm_htm_entry *entry = &c->bank->rooms[c->slot - 1].log[at];
  uint64_t *image = &c->bank->rooms[c->slot - 1].images[at];
  *image = (uint64_t)balance;
  entry->reference = c->bank->offsets[i] >> STM_HTM_UNIT_SHIFT << STM_HTM_GENERATION_BITS;
  entry->expected = header;
  entry->tail = ((uint64_t)image - (uint64_t)c->bank) << STM_HTM_IMAGE_SHIFT | 8 | STM_HTM_WRITE;
}

int transfer_in_hardware(client *c) {
  uint64_t group = draw_group(c);
  uint64_t from = draw(c, GROUP);
  uint64_t to = (from + 1 + draw(c, GROUP - 1)) % GROUP;
  int64_t amount = (int64_t)draw(c, 100) - 50;
  uint64_t headers[GROUP];
  int64_t balances[GROUP];
  if (!read_all(c, group, headers, balances)) {
    return 0;
  }
  if (c->pauses != 0) {
    cpu_pauses(c->pauses);
    sched_yield();
  }
  /* A transfer may do without the others: if it does, what it writes is all that is compared. */
  int compares_reads = draw(c, 2) == 0;
  c->descriptor->read_count = 0;
  for (uint64_t i = 0; i < GROUP && compares_reads; i++) {
    if (i != from && i != to) {
      c->descriptor->reads[c->descriptor->read_count++] = c->bank->offsets[group + i];
    }
  }
  write_account(c, 0, group + from, headers[from], balances[from] - amount);
  write_account(c, 1, group + to, headers[to], balances[to] + amount);
  c->descriptor->published = 0;
  int committed = stm_htm_commit((uint64_t)c->descriptor) == STM_HTM_OK;
  c->commits += committed;
  c->fallbacks += !committed;
  return committed;
}

void transfer_in_software(client *c) {
  uint64_t group = draw_group(c);
  uint64_t from = draw(c, GROUP);
  uint64_t to = (from + 1 + draw(c, GROUP - 1)) % GROUP;
  c->commits += stm_htm_transfer((uint64_t)&c->ground, STM_HTM_BY_SOFTWARE, group + from,
                                 group + to, (int64_t)draw(c, 100) - 50) == STM_HTM_OK;
}

void read_group(client *c) {
  uint64_t group = draw_group(c);
  if (stm_htm_sum((uint64_t)&c->ground, STM_HTM_BY_SOFTWARE, group, 1, GROUP) == STM_HTM_OK) {
    c->commits++;
    c->mixed += c->ground.value != GROUP_SUM;
  }
}

uint64_t bank_accounts_of(bank *b, uint64_t slot) {
  uint64_t count = 0;
  for (uint64_t i = 0; i < ACCOUNTS; i++) {
    count += (b->accounts[i].header[0] & STM_HTM_SLOT_MASK) == slot;
  }
  return count;
}

uint64_t bank_damage(bank *b) {
  uint64_t damaged = 0;
  for (uint64_t group = 0; group < ACCOUNTS; group += GROUP) {
    int64_t sum = 0;
    uint64_t flags = 0;
    for (uint64_t i = group; i < group + GROUP; i++) {
      sum += b->accounts[i].balance;
      flags |= b->accounts[i].header[0] >> 61;
    }
    damaged += sum != GROUP_SUM || flags != 0;
  }
  return damaged;
}
