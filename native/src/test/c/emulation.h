/*
 * What the parts of the emulator say to each other.
 */
#ifndef EMULATION_H
#define EMULATION_H

#include "emulator.h"

#include <stddef.h>
#include <ucontext.h>

/* An instruction as far as it matters: what it writes, and whether it may run at all. */
typedef struct instruction {
  int is_allowed;
  uint64_t address; /* of the bytes that it writes */
  uint64_t bytes;   /* how many; 0: none */
} instruction;

/* The instruction at RIP, with these registers. */
instruction decode(const greg_t *registers);

/* Forgets what was saved. */
void lines_forget(void);

/* Saves what an instruction will write: 1, or 0 if that is too much. */
int lines_save(const instruction *next);

/* Writes everything back. */
void lines_roll_back(void);

/* Exchanges what was saved and what is there. */
void lines_swap(void);

/* Of the signal that stops threads, from SIGRTMIN; those before it are used by others. */
#define STOP_SIGNAL_OFFSET 7

/* Gets ready to stop threads. */
int world_prepare(void);

/* The signal that stops a thread. */
int world_signal(void);

/* Stops all other threads of the process: how many, or -1 if one does not come. */
int world_stop(void);

/* Lets them go on. */
void world_resume(void);

#endif
