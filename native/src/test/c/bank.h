/*
 * A bank in shared memory for tests with several threads or processes: accounts in groups of four,
 * whose sum no transfer changes. Committed by hardware as the engine does it, by software, and
 * read by both.
 */
#ifndef BANK_H
#define BANK_H

#include "suite.h"

#define ACCOUNTS 1024u
#define GROUP 4u
#define GROUP_SUM 1000

typedef struct bank bank;

/* Makes one, shared with children. */
bank *bank_open(void);
void bank_close(bank *b);

/* A client of the bank: a slot, and memory for its commits. `slot` is 1 to 8. */
typedef struct client {
  bank *bank;
  uint64_t slot;
  uint64_t random;
  uint64_t commits;
  uint64_t fallbacks; /* commits in hardware that did not take place */
  uint64_t mixed;     /* groups that were seen with another sum */
  uint64_t pauses;    /* between reads and commit, where others get in between */
  stm_htm_descriptor *descriptor;
  stm_htm_ground ground;
} client;

void client_open(client *c, bank *b, uint64_t slot);

/* Moves an amount inside a group, one commit in hardware of two reads and two writes; whether it
 * has committed. */
int transfer_in_hardware(client *c);

/* The same by a software transaction. */
void transfer_in_software(client *c);

/* Reads a group in one software transaction. */
void read_group(client *c);

/* Accounts that a slot has written last. */
uint64_t bank_accounts_of(bank *b, uint64_t slot);

/* Groups whose sum is wrong or that are locked; nobody may be at work. */
uint64_t bank_damage(bank *b);

#endif
