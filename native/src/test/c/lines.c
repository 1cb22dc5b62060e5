/*
 * The lines that a transaction has written, as they were: what a first-level cache holds, in its
 * sets and ways.
 */
#define _GNU_SOURCE
#include "emulation.h"

#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define LINE 64u

typedef struct line {
  uint64_t address;
  uint8_t bytes[LINE];
} line;

static uint32_t used[EMULATED_SETS];
static line lines[EMULATED_SETS][EMULATED_WAYS];

void lines_forget(void) { memset(used, 0, sizeof used); }

/* Saves a line unless it has been: 1; 0: its set is full. What cannot be read will fault by itself
 * when the instruction runs. */
static int save_line(uint64_t address) {
  uint64_t set = address / LINE % EMULATED_SETS;
  for (uint32_t i = 0; i < used[set]; i++) {
    if (lines[set][i].address == address) {
      return 1;
    }
  }
  if (used[set] == EMULATED_WAYS) {
    return 0;
  }
  line *new = &lines[set][used[set]];
  struct iovec to = {new->bytes, LINE};
  struct iovec from = {(void *)address, LINE};
  if (syscall(SYS_process_vm_readv, getpid(), &to, 1, &from, 1, 0) == LINE) {
    new->address = address;
    used[set]++;
  }
  return 1;
}

int lines_save(const instruction *next) {
  if (next->bytes == 0) {
    return 1;
  }
  uint64_t last = (next->address + next->bytes - 1) & ~(uint64_t)(LINE - 1);
  uint64_t first = next->address & ~(uint64_t)(LINE - 1);
  return save_line(first) && (first == last || save_line(last));
}

/* A line that has not changed may lie where nothing can be written. */
static int has_changed(const line *saved) {
  return memcmp((const void *)saved->address, saved->bytes, LINE) != 0;
}

void lines_swap(void) {
  for (int set = 0; set < EMULATED_SETS; set++) {
    for (uint32_t i = 0; i < used[set]; i++) {
      line *saved = &lines[set][i];
      if (has_changed(saved)) {
        line now = *saved;
        memcpy(saved->bytes, (const void *)saved->address, LINE);
        memcpy((void *)saved->address, now.bytes, LINE);
      }
    }
  }
}

void lines_roll_back(void) {
  for (int set = 0; set < EMULATED_SETS; set++) {
    for (uint32_t i = 0; i < used[set]; i++) {
      if (has_changed(&lines[set][i])) {
        memcpy((void *)lines[set][i].address, lines[set][i].bytes, LINE);
      }
    }
  }
}
